"""Signals cut into segments, windowed and transformed: what all spectra share.

- The segments are read by one index and transformed at once, along the last axis; windows are constants, or Tensors.
- A complex signal has both sides of the spectrum, as in SciPy, without a warning.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

from gradx import ops
from gradx.errors import ShapeError
from gradx.scipy.arrays import axis_last, chosen, complex_of, constant, extended, floating, scipy
from gradx.scipy.signal.smoothing import detrend as without_trend
from gradx.scipy.signal.zero_phase import with_margins


class _Plan(NamedTuple):
    """How a signal is cut and weighed."""

    window: Any
    size: int
    step: int
    points: int
    fs: Any
    detrend: Any
    one_sided: bool
    scale: Any


class Cut(NamedTuple):
    """What is asked for: arguments that all spectra share, by SciPy's names."""

    fs: Any
    window: Any
    nperseg: Any
    noverlap: Any
    nfft: Any
    detrend: Any
    one_sided: bool
    scaling: str


def _plan(name: str, x: Any, n: int, cut: Cut, both_sides: bool) -> _Plan:
    """Check what is asked for, of signals of n samples; `both_sides` of complex ones."""
    fs, window, nperseg, noverlap, nfft, detrend, one_sided, scaling = cut
    chosen(name, "scaling", scaling, ("density", "spectrum"))
    if isinstance(window, (str, tuple)):
        size = min(256 if nperseg is None else int(nperseg), n)
        if size < 1:
            raise ValueError(f"{name}: expected nperseg of at least 1; got {nperseg}")
        weights = constant(scipy("signal").get_window(window, size), x)
    else:
        weights = floating(window, x)
        size = weights.shape[0] if weights.ndim == 1 else 0
        if not size or nperseg not in (None, size) or size > n:
            raise ShapeError(
                f"{name}: expected a window of shape (nperseg,), nperseg at most {n}; got shape {weights.shape}, "
                f"nperseg {nperseg}"
            )
    overlap = size // 2 if noverlap is None else int(noverlap)
    points = size if nfft is None else int(nfft)
    if overlap >= size or points < size:
        raise ValueError(
            f"{name}: expected noverlap < nperseg <= nfft; got {overlap}, {size} and {points}"
        )
    power = ops.sum(weights * weights) * fs if scaling == "density" else ops.sum(weights) ** 2
    one_sided = one_sided and not both_sides
    return _Plan(weights, size, size - overlap, points, fs, detrend, one_sided, 1.0 / power)


def _frequencies(plan: _Plan, x: Any) -> Any:
    make = ops.fft.rfftfreq if plan.one_sided else ops.fft.fftfreq
    return make(plan.points, device=x.device) * plan.fs


def _segments(x: Any, plan: _Plan) -> Any:
    """Return the spectra of the windowed segments, `(..., n)` to `(..., k, frequencies)`."""
    count = (x.shape[-1] - plan.size) // plan.step + 1
    at = ops.arange(count, device=x.device)[:, None] * plan.step + ops.arange(
        plan.size, device=x.device
    )
    parts = ops.reshape(
        ops.take(x, ops.reshape(at, (-1,)), axis=-1), (*x.shape[:-1], count, plan.size)
    )
    if callable(plan.detrend):
        parts = plan.detrend(parts)
    elif plan.detrend:
        parts = without_trend(parts, type=plan.detrend)
    parts = parts * plan.window
    if plan.one_sided:
        return ops.fft.rfft(parts, n=plan.points)
    return ops.fft.fft(complex_of(parts), n=plan.points)


def _doubled(power: Any, points: int) -> Any:
    """Count what stands for two frequencies of opposite sign twice."""
    twice = [1.0 if k == 0 or 2 * k == points else 2.0 for k in range(power.shape[-1])]
    return power * constant(twice, power)


def powers(name: str, x: Any, y: Any, axis: int, cut: Cut) -> tuple[Any, Any, int, _Plan]:
    """Return frequencies and cross powers `(..., k, frequencies)`, and where their axis was."""
    same = y is x
    x, position = axis_last(name, floating(x), axis)
    last = axis if axis < 0 else position - x.ndim
    y = x if same else axis_last(name, floating(y), last)[0]
    n = max(x.shape[-1], y.shape[-1])
    if not prod(x.shape) or not prod(y.shape):
        raise ShapeError(
            f"{name}: expected signals that are not empty; got shapes {x.shape} and {y.shape}"
        )
    plan = _plan(name, x, n, cut, "c" in (x.dtype.kind, y.dtype.kind))
    spectra = [_segments(ops.pad(v, [(0, 0)] * (v.ndim - 1) + [(0, n - v.shape[-1])]), plan)
               for v in ([x] if same else [x, y])]  # fmt: skip
    if same:
        power = ops.real(spectra[0]) ** 2 + ops.imag(spectra[0]) ** 2
    else:
        power = ops.conj(spectra[0]) * spectra[1]
    power = power * plan.scale
    power = _doubled(power, plan.points) if plan.one_sided else power
    return _frequencies(plan, x), power, last, plan


def times(plan: _Plan, spectra: Any, before: float = 0.0) -> Any:
    """Return the times of the middles of the segments `(..., k, frequencies)`, which begin so many samples earlier."""
    at = ops.arange(spectra.shape[-2], dtype="float64", device=spectra.device) * plan.step
    return (at + (plan.size / 2 - before)) / plan.fs


def transformed(name: str, x: Any, axis: int, cut: Cut, boundary: str | None = None,
                padded: bool = False) -> tuple[Any, Any, Any]:  # fmt: skip
    """Return frequencies, times and the spectra of the segments, as `stft` does."""
    chosen(name, "boundary", boundary, ("zeros", "even", "odd", "constant", None))
    x, position = axis_last(name, x, axis)
    last = axis if axis < 0 else position - x.ndim
    plan = _plan(name, x, x.shape[-1], cut, x.dtype.kind == "c")
    half = plan.size // 2
    if boundary == "zeros":
        x = extended(x, half, half, "constant")
    elif boundary is not None:
        x = with_margins(name, x, boundary, half)
    if padded:
        x = extended(x, 0, (-(x.shape[-1] - plan.size) % plan.step) % plan.size, "constant")
    z = _segments(x, plan) * ops.sqrt(plan.scale)
    t = times(plan, z, plan.size / 2 if boundary is not None else 0.0)
    return _frequencies(plan, x), t, ops.moveaxis(ops.matrix_transpose(z), -2, last - 1)


__all__ = ["Cut", "powers", "times", "transformed"]
