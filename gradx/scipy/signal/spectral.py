"""Spectra of segments: Welch's method, spectrograms, short-time Fourier transforms, Lomb's periodogram.

- The segments are read by one index and transformed at once, along the last axis; windows are constants, or Tensors.
- A complex signal has both sides of the spectrum, as in SciPy, without a warning.
- Axes before, behind and beside that of time broadcast.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

from gradx import ops
from gradx.errors import ShapeError
from gradx.scipy.arrays import axis_last, chosen, complex_of, constant, extended, floating, real_dtype, scipy
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


def _plan(name: str, x: Any, n: int, fs: Any, window: Any, nperseg: Any, noverlap: Any, nfft: Any, detrend: Any,
          one_sided: bool, scaling: str) -> _Plan:  # fmt: skip
    """Check the arguments that all spectra share."""
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
        raise ValueError(f"{name}: expected noverlap < nperseg <= nfft; got {overlap}, {size} and {points}")
    power = ops.sum(weights * weights) * fs if scaling == "density" else ops.sum(weights) ** 2
    return _Plan(weights, size, size - overlap, points, fs, detrend, one_sided, 1.0 / power)


def _frequencies(plan: _Plan, x: Any) -> Any:
    make = ops.fft.rfftfreq if plan.one_sided else ops.fft.fftfreq
    return make(plan.points, device=x.device) * plan.fs


def _segments(x: Any, plan: _Plan) -> Any:
    """Return the spectra of the windowed segments, `(..., n)` to `(..., k, frequencies)`."""
    count = (x.shape[-1] - plan.size) // plan.step + 1
    at = ops.arange(count, device=x.device)[:, None] * plan.step + ops.arange(plan.size, device=x.device)
    parts = ops.reshape(ops.take(x, ops.reshape(at, (-1,)), axis=-1), (*x.shape[:-1], count, plan.size))
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


def _powers(name: str, x: Any, y: Any, axis: int, plan_of: Any) -> tuple[Any, Any, int, _Plan]:
    """Return frequencies and cross powers `(..., k, frequencies)`, and where their axis was."""
    same = y is x
    x, position = axis_last(name, floating(x), axis)
    last = axis if axis < 0 else position - x.ndim
    y = x if same else axis_last(name, floating(y), last)[0]
    n = max(x.shape[-1], y.shape[-1])
    if not prod(x.shape) or not prod(y.shape):
        raise ShapeError(f"{name}: expected signals that are not empty; got shapes {x.shape} and {y.shape}")
    complex_ones = "c" in (x.dtype.kind, y.dtype.kind)
    plan = plan_of(x, n, complex_ones)
    spectra = [_segments(ops.pad(v, [(0, 0)] * (v.ndim - 1) + [(0, n - v.shape[-1])]), plan)
               for v in ([x] if same else [x, y])]  # fmt: skip
    if same:
        power = ops.real(spectra[0]) ** 2 + ops.imag(spectra[0]) ** 2
    else:
        power = ops.conj(spectra[0]) * spectra[1]
    power = power * plan.scale
    power = _doubled(power, plan.points) if plan.one_sided else power
    return _frequencies(plan, x), power, last, plan


def csd(x: Any, y: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = None, noverlap: Any = None,
        nfft: Any = None, detrend: Any = "constant", return_onesided: bool = True, scaling: str = "density",
        axis: int = -1, average: str = "mean") -> tuple[Any, Any]:  # fmt: skip
    """Cross power spectral density by Welch's method.

    Parameters
    ----------
    x, y
        Signals; the shorter one is filled up with zeros along `axis`.
    fs
        The sampling frequency.
    window
        A name, a tuple, or the weights `(nperseg,)`.
    nperseg, noverlap, nfft
        The length of a segment, 256 by default; how many samples neighbours share, half by default; of the transform.
    detrend
        "constant", "linear", False, or a function of the segments `(..., k, nperseg)`.
    average
        "mean" or "median" over the segments.

    Returns
    -------
    f, Pxy
        Frequencies, and the density with them along `axis`: conj(X) Y.

    >>> import gradx as gx
    >>> f, p = gx.scipy.signal.csd(gx.ones((2, 64)), gx.ones(64), nperseg=16)
    >>> f.shape, p.shape
    ((9,), (2, 9))
    """
    name = "signal.csd" if y is not x else "signal.welch"
    chosen(name, "average", average, ("mean", "median"))

    def plan_of(signal: Any, n: int, both: bool) -> _Plan:
        return _plan(name, signal, n, fs, window, nperseg, noverlap, nfft, detrend, return_onesided and not both, scaling)

    f, power, last, _ = _powers(name, x, y, axis, plan_of)
    count = power.shape[-2]
    if average == "mean" or count == 1:
        power = ops.mean(power, axis=-2)
    elif power.dtype.kind == "c":
        middle = [ops.median(part, axis=-2) for part in (ops.real(power), ops.imag(power))]
        power = (middle[0] + 1j * middle[1]) / _median_bias(count)
    else:
        power = ops.median(power, axis=-2) / _median_bias(count)
    return f, ops.moveaxis(power, -1, last)


def _median_bias(n: int) -> float:
    """Return the mean of the median of n exponential variables: 1 - 1/2 + 1/3 - ..., an odd number of terms."""
    return 1.0 + sum(1.0 / (k + 1) - 1.0 / k for k in range(2, n, 2))


def welch(x: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = None, noverlap: Any = None, nfft: Any = None,
          detrend: Any = "constant", return_onesided: bool = True, scaling: str = "density", axis: int = -1,
          average: str = "mean") -> tuple[Any, Any]:  # fmt: skip
    """Power spectral density by Welch's method; arguments as in `csd`.

    >>> import gradx as gx
    >>> gx.scipy.signal.welch(gx.ones(64), nperseg=16)[1].shape
    (9,)
    """
    return csd(x, x, fs, window, nperseg, noverlap, nfft, detrend, return_onesided, scaling, axis, average)


def periodogram(x: Any, fs: Any = 1.0, window: Any = "boxcar", nfft: Any = None, detrend: Any = "constant",
                return_onesided: bool = True, scaling: str = "density", axis: int = -1) -> tuple[Any, Any]:  # fmt: skip
    """Power spectral density of the whole signal as one segment; arguments as in `csd`.

    >>> import gradx as gx
    >>> gx.scipy.signal.periodogram(gx.ones(10))[1].shape
    (6,)
    """
    x = floating(x)
    n = x.shape[axis]
    if nfft is not None and nfft < n:
        key = [slice(None)] * x.ndim
        key[axis] = slice(0, nfft)
        x, n, nfft = x[tuple(key)], nfft, None
    return csd(x, x, fs, "boxcar" if window is None else window, n, 0, nfft, detrend, return_onesided, scaling, axis)


def coherence(x: Any, y: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = None, noverlap: Any = None,
              nfft: Any = None, detrend: Any = "constant", axis: int = -1) -> tuple[Any, Any]:  # fmt: skip
    """Magnitude squared coherence, `|Pxy|^2 / (Pxx Pyy)`; arguments as in `csd`.

    >>> import gradx as gx
    >>> gx.scipy.signal.coherence(gx.arange(64.0), gx.arange(64.0) ** 2, nperseg=16)[1].shape
    (9,)
    """
    rest = (fs, window, nperseg, noverlap, nfft, detrend)
    f, p = csd(x, y, *rest, axis=axis)
    power = ops.real(p) ** 2 + ops.imag(p) ** 2 if p.dtype.kind == "c" else p**2
    return f, power / welch(x, *rest, axis=axis)[1] / welch(y, *rest, axis=axis)[1]


def spectrogram(x: Any, fs: Any = 1.0, window: Any = ("tukey", 0.25), nperseg: Any = None, noverlap: Any = None,
                nfft: Any = None, detrend: Any = "constant", return_onesided: bool = True, scaling: str = "density",
                axis: int = -1, mode: str = "psd") -> tuple[Any, Any, Any]:  # fmt: skip
    """Spectra of consecutive segments.

    Parameters
    ----------
    mode
        "psd"; or of the transform itself "complex", "magnitude", "angle", "phase" (unwrapped).

    Returns
    -------
    f, t, Sxx
        Frequencies, times, and the spectra: frequencies along `axis`, times along a new last axis.

    >>> import gradx as gx
    >>> [part.shape for part in gx.scipy.signal.spectrogram(gx.ones(64), nperseg=16)]
    [(9,), (4,), (9, 4)]
    """
    from gradx.numpy import unwrap

    name = "signal.spectrogram"
    chosen(name, "mode", mode, ("psd", "complex", "magnitude", "angle", "phase"))
    x = floating(x)
    if noverlap is None:
        size = nperseg or (256 if isinstance(window, (str, tuple)) else len(window))
        noverlap = min(size, x.shape[axis]) // 8
    if mode == "psd":
        def plan_of(signal: Any, n: int, both: bool) -> _Plan:
            return _plan(name, signal, n, fs, window, nperseg, noverlap, nfft, detrend, return_onesided and not both, scaling)

        f, power, last, plan = _powers(name, x, x, axis, plan_of)
        return f, _times(plan, power, x), ops.moveaxis(ops.matrix_transpose(power), -2, last - 1)
    f, t, z = _transformed(name, x, fs, window, nperseg, noverlap, nfft, detrend, return_onesided, None, False, axis, scaling)
    if mode == "complex":
        return f, t, z
    if mode == "magnitude":
        return f, t, ops.abs(z)
    return f, t, unwrap(ops.angle(z), axis=axis - 1 if axis < 0 else axis) if mode == "phase" else ops.angle(z)


def _times(plan: _Plan, spectra: Any, x: Any, before: float = 0.0) -> Any:
    at = ops.arange(spectra.shape[-2], dtype="float64", device=x.device) * plan.step
    return (at + (plan.size / 2 - before)) / plan.fs


def stft(x: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = 256, noverlap: Any = None, nfft: Any = None,
         detrend: Any = False, return_onesided: bool = True, boundary: str | None = "zeros", padded: bool = True,
         axis: int = -1, scaling: str = "spectrum") -> tuple[Any, Any, Any]:  # fmt: skip
    """Short-time Fourier transform.

    Parameters
    ----------
    boundary
        How half a segment is put before and behind: "zeros", "even", "odd", "constant", None.
    padded
        Fill up with zeros, so that the segments hold all of it.
    scaling
        "spectrum" or "psd".

    Returns
    -------
    f, t, Zxx
        Frequencies along `axis`, times along a new last axis.

    >>> import gradx as gx
    >>> [part.shape for part in gx.scipy.signal.stft(gx.ones(64), nperseg=16)]
    [(9,), (9,), (9, 9)]
    """
    chosen("signal.stft", "scaling", scaling, ("spectrum", "psd"))
    return _transformed("signal.stft", floating(x), fs, window, nperseg, noverlap, nfft, detrend, return_onesided, boundary,
                        padded, axis, "density" if scaling == "psd" else scaling)  # fmt: skip


def _transformed(name: str, x: Any, fs: Any, window: Any, nperseg: Any, noverlap: Any, nfft: Any, detrend: Any,
                 one_sided: bool, boundary: str | None, padded: bool, axis: int,
                 scaling: str) -> tuple[Any, Any, Any]:  # fmt: skip
    chosen(name, "boundary", boundary, ("zeros", "even", "odd", "constant", None))
    x, position = axis_last(name, x, axis)
    last = axis if axis < 0 else position - x.ndim
    plan = _plan(name, x, x.shape[-1], fs, window, nperseg, noverlap, nfft, detrend,
                 one_sided and x.dtype.kind != "c", scaling)  # fmt: skip
    half = plan.size // 2
    if boundary == "zeros":
        x = extended(x, half, half, "constant")
    elif boundary is not None:
        x = with_margins(name, x, boundary, half)
    if padded:
        x = extended(x, 0, (-(x.shape[-1] - plan.size) % plan.step) % plan.size, "constant")
    z = _segments(x, plan) * ops.sqrt(plan.scale)
    t = _times(plan, z, x, plan.size / 2 if boundary is not None else 0.0)
    return _frequencies(plan, x), t, ops.moveaxis(ops.matrix_transpose(z), -2, last - 1)


def istft(Zxx: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = None, noverlap: Any = None, nfft: Any = None,
          input_onesided: bool = True, boundary: bool = True, time_axis: int = -1, freq_axis: int = -2,
          scaling: str = "spectrum") -> tuple[Any, Any]:  # fmt: skip
    """Inverse of `stft`, whose arguments it takes: times, and the signal, its axis where the times were.

    >>> import gradx as gx
    >>> gx.scipy.signal.istft(gx.ones((9, 9)), nperseg=16)[1].shape
    (64,)
    """
    name = "signal.istft"
    chosen(name, "scaling", scaling, ("spectrum", "psd"))
    z = complex_of(floating(Zxx))
    if z.ndim < 2 or time_axis % z.ndim == freq_axis % z.ndim:
        raise ShapeError(f"{name}: expected two axes, of frequencies and times; got shape {z.shape}")
    back = time_axis % z.ndim - (freq_axis % z.ndim < time_axis % z.ndim)
    z = ops.moveaxis(z, (time_axis, freq_axis), (-2, -1))
    whole = 2 * (z.shape[-1] - 1) if input_onesided else z.shape[-1]
    size = whole if nperseg is None else int(nperseg)
    points = (size if input_onesided and size == whole + 1 else whole) if nfft is None else int(nfft)
    overlap = size // 2 if noverlap is None else int(noverlap)
    if size < 1 or points < size or overlap >= size:
        raise ValueError(f"{name}: expected noverlap < nperseg <= nfft; got {overlap}, {size} and {points}")
    weights = constant(scipy("signal").get_window(window, size), z) if isinstance(window, (str, tuple)) else floating(window, z)
    if weights.shape != (size,):
        raise ShapeError(f"{name}: expected a window of shape ({size},); got {weights.shape}")
    parts = (ops.fft.irfft(z, n=points) if input_onesided else ops.fft.ifft(z, n=points))[..., :size]
    scale = ops.sum(weights) if scaling == "spectrum" else ops.sqrt(fs * ops.sum(weights**2))
    x, norm = _overlapped(parts * (weights * scale), weights, size - overlap)
    if boundary:
        x, norm = (v[..., size // 2 : v.shape[-1] - size // 2] for v in (x, norm))
    x = x / ops.where(norm > 1e-10, norm, 1.0)
    x = ops.moveaxis(x, -1, back)
    return ops.arange(x.shape[0], dtype="float64", device=x.device) / float(fs), x


def _overlapped(parts: Any, weights: Any, step: int) -> tuple[Any, Any]:
    """Add the segments `(..., k, size)` up, `step` samples apart, and the squares of the weights."""
    count, size = parts.shape[-2:]
    at = ops.arange(count, device=parts.device)[:, None] * step + ops.arange(size, device=parts.device)
    total = size + (count - 1) * step
    x = ops.zeros((*parts.shape[:-2], total), dtype=parts.dtype, device=parts.device)
    norm = ops.zeros(total, dtype=weights.dtype, device=parts.device)
    squares = ops.broadcast_to(weights**2, (count, size))
    return ops.index_add(x, parts, key=(..., at)), ops.index_add(norm, squares, key=(at,))


def lombscargle(x: Any, y: Any, freqs: Any, *, normalize: Any = False, weights: Any = None,
                floating_mean: bool = False) -> Any:  # fmt: skip
    """Lomb's periodogram of samples at uneven times; differentiable in times, samples, frequencies and weights.

    Parameters
    ----------
    x, y
        Times and samples, `(n,)`.
    freqs
        Angular frequencies `(m,)`.
    normalize
        False or "power"; True or "normalize", between 0 and 1; "amplitude", complex.
    weights
        `(n,)`, not negative.
    floating_mean
        Fit a mean for each frequency.

    >>> import gradx as gx
    >>> gx.scipy.signal.lombscargle(gx.arange(5.0), gx.arange(5.0), gx.ones(3)).shape
    (3,)
    """
    name = "signal.lombscargle"
    mode = {False: "power", True: "normalize"}.get(normalize, normalize)
    chosen(name, "normalize", mode, ("power", "normalize", "amplitude"))
    y = floating(y)
    t, freqs = floating(x, y), floating(freqs, y)
    w = ops.ones_like(y) if weights is None else floating(weights, y)
    if t.ndim != 1 or not t.shape[0] or not t.shape == y.shape == w.shape or freqs.ndim != 1:
        raise ShapeError(
            f"{name}: expected x, y and weights of one shape (n,), n > 0, and freqs (m,); got {t.shape}, {y.shape}, "
            f"{w.shape} and {freqs.shape}"
        )
    w = w / ops.sum(w)
    wy, mean = w * y, ops.sum(w * y)
    phase = ops.outer(freqs, t)
    cc, ss, cs, _, _ = _moments(phase, w, floating_mean)
    tau = 0.5 * ops.atan2(2.0 * cs, cc - ss)
    phase = phase - tau[:, None]
    cc, ss, _, c, s = _moments(phase, w, floating_mean)
    yc, ys = ops.matmul(ops.cos(phase), wy), ops.matmul(ops.sin(phase), wy)
    if floating_mean:
        yc, ys = yc - mean * c, ys - mean * s
    least = 2.0**-53 if real_dtype(y) == "float64" else 2.0**-24
    a, b = (part / ops.where(power < least, least, power) for part, power in ((yc, cc), (ys, ss)))
    if mode == "amplitude":
        return (a + 1j * b) * ops.exp(1j * tau)
    power = 2.0 * (a * yc + b * ys)
    if mode == "power":
        return power * (t.shape[0] / 4.0)
    total = ops.sum(wy * y)
    return power * 0.5 / (total - mean * mean if floating_mean else total)


def _moments(phase: Any, w: Any, floating_mean: bool) -> tuple[Any, Any, Any, Any, Any]:
    """Return the weighted sums of cos^2, sin^2, cos sin, cos, sin."""
    c, s = ops.cos(phase), ops.sin(phase)
    cc, cs = ops.matmul(c * c, w), ops.matmul(c * s, w)
    ss, mc, ms = 1.0 - cc, ops.matmul(c, w), ops.matmul(s, w)
    if floating_mean:
        return cc - mc * mc, ss - ms * ms, cs - mc * ms, mc, ms
    return cc, ss, cs, mc, ms


__all__ = ["coherence", "csd", "istft", "lombscargle", "periodogram", "spectrogram", "stft", "welch"]
