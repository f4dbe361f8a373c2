"""Waveforms, differentiable in time and in their parameters.

- Between the corners of a sawtooth its slope; a square wave is piecewise constant.
"""

from __future__ import annotations

from math import factorial, log, pi, sqrt
from typing import Any

from gradx import ops
from gradx.errors import OperandError
from gradx.level import Cell
from gradx.scipy.arrays import chosen, constant, floating

_METHODS = {"linear": "linear", "lin": "linear", "li": "linear", "quadratic": "quadratic", "quad": "quadratic",
            "q": "quadratic", "logarithmic": "logarithmic", "log": "logarithmic", "lo": "logarithmic",
            "hyperbolic": "hyperbolic", "hyp": "hyperbolic"}  # fmt: skip


def chirp(t: Any, f0: Any, t1: Any, f1: Any, method: str = "linear", phi: Any = 0, vertex_zero: bool = True, *,
          complex: bool = False) -> Any:  # fmt: skip
    """A cosine whose frequency goes from `f0` at 0 to `f1` at `t1`.

    Parameters
    ----------
    t
        Times, `(...)`.
    method
        How the frequency goes: "linear", "quadratic", "logarithmic", "hyperbolic".
    phi
        The phase at 0 in degrees.
    vertex_zero
        Whether the parabola of "quadratic" has its vertex at 0, or at `t1`.
    complex
        `exp(i phase)` in place of the cosine.

    >>> import gradx as gx
    >>> gx.scipy.signal.chirp(gx.linspace(0.0, 1.0, 5), 1.0, 1.0, 3.0).shape
    (5,)
    """
    kind = _METHODS[chosen("signal.chirp", "method", method, _METHODS)]
    t = floating(t)
    f0, t1, f1 = (x if isinstance(x, Cell) else float(x) for x in (f0, t1, f1))
    phase = _phase(t, f0, t1, f1, kind, vertex_zero)
    phase = phase + phi * (pi / 180.0)
    return ops.exp(1j * phase) if complex else ops.cos(phase)


def _off(x: Any) -> float:
    return float(ops.stop_gradient(x).item()) if isinstance(x, Cell) else float(x)


def _phase(t: Any, f0: Any, t1: Any, f1: Any, kind: str, vertex_zero: bool) -> Any:
    if kind == "linear":
        return 2.0 * pi * (f0 * t + (0.5 * (f1 - f0) / t1) * t * t)
    if kind == "quadratic":
        beta = (f1 - f0) / t1**2
        if vertex_zero:
            return 2.0 * pi * (f0 * t + beta * t**3 / 3.0)
        return 2.0 * pi * (f1 * t + beta * ((t1 - t) ** 3 - t1**3) / 3.0)
    first, last = _off(f0), _off(f1)
    if first * last <= 0.0 and (kind == "logarithmic" or not first or not last):
        raise ValueError(
            f"signal.chirp: expected frequencies not 0, for method {kind!r} of one sign; got {first} and {last}"
        )
    if first == last and not isinstance(f0, Cell) and not isinstance(f1, Cell):
        return 2.0 * pi * f0 * t
    ratio = f1 / f0
    if (
        kind == "hyperbolic"
    ):  # f0 t1 f1 / (f0 - f1) log|1 + (f0 / f1 - 1) t / t1|: log(1 + u) / u at u = 0 too
        u = (f0 / f1 - 1.0) * t / t1
        return (
            2.0
            * pi
            * f0
            * t
            * _relative(_log_of_one_plus(u), u, [(-1.0) ** k / (k + 1) for k in range(8)])
        )
    rate = ops.log(ratio) if isinstance(ratio, Cell) else log(ratio)
    u = rate * t / t1
    return (
        2.0 * pi * f0 * t * _relative(ops.expm1(u), u, [1.0 / factorial(k + 1) for k in range(8)])
    )


def _log_of_one_plus(u: Any) -> Any:
    """Return `log|1 + u|`, exact near 0."""
    near = u > -0.5
    return ops.where(
        near, ops.log1p(ops.where(near, u, 0.0)), ops.log(ops.abs(1.0 + ops.where(near, 0.0, u)))
    )


def _relative(y: Any, u: Any, series: list[float]) -> Any:
    """Return `y / u`, where u is small from its series, whose derivatives are right as well."""
    small = ops.abs(u) < 1e-2
    near, total = ops.where(small, u, 0.0), 0.0
    for c in reversed(series):
        total = total * near + c
    return ops.where(small, total, y / ops.where(small, 1.0, u))


def _modulo(t: Any, w: Any) -> tuple[Any, Any]:
    """Return `t` within its period, and the width of its shape."""
    t = floating(t)
    w = floating(w, t) + 0.0 * t
    return ops.remainder(t + 0.0 * w, 2.0 * pi), w


def sawtooth(t: Any, width: Any = 1) -> Any:
    """A wave of period 2 pi that rises from -1 to 1 in the part `width` of it, and falls in the rest.

    >>> import gradx as gx
    >>> gx.scipy.signal.sawtooth(gx.asarray([0.0, 1.5707963267948966]))
    Tensor([-1. , -0.5])
    """
    phase, w = _modulo(t, width)
    rises = phase < w * (2.0 * pi)
    up = phase / (pi * ops.where(rises, w, 1.0)) - 1.0
    down = (pi * (w + 1.0) - phase) / (pi * (1.0 - ops.where(rises, 0.0, w)))
    y = ops.where(rises, up, down)
    return ops.where((w > 1.0) | (w < 0.0), float("nan"), y)


def square(t: Any, duty: Any = 0.5) -> Any:
    """A wave of period 2 pi that is 1 in the part `duty` of it, then -1; piecewise constant.

    >>> import gradx as gx
    >>> gx.scipy.signal.square(gx.asarray([1.0, 4.0]))
    Tensor([ 1., -1.])
    """
    phase, w = _modulo(t, duty)
    y = ops.where(phase < w * (2.0 * pi), 1.0, -1.0 + 0.0 * phase)
    return ops.where((w > 1.0) | (w < 0.0), float("nan"), y)


def gausspulse(t: Any, fc: Any = 1000, bw: Any = 0.5, bwr: float = -6, tpr: float = -60, retquad: bool = False,
               retenv: bool = False) -> Any:  # fmt: skip
    """A cosine of frequency `fc` under a bell of the fractional bandwidth `bw` at the level `bwr` (dB).

    `retquad` asks for the sine too, `retenv` for the envelope. For `t` "cutoff": the time at which the envelope has
    fallen to `tpr` (dB).

    >>> import gradx as gx
    >>> gx.scipy.signal.gausspulse(gx.linspace(-1.0, 1.0, 5), fc=5).shape
    (5,)
    """
    if _off(fc) < 0 or _off(bw) <= 0 or bwr >= 0:
        raise ValueError(
            f"signal.gausspulse: expected fc >= 0, bw > 0 and bwr < 0; got {fc}, {bw} and {bwr}"
        )
    a: Any = -((pi * fc * bw) ** 2) / (4.0 * log(10.0 ** (bwr / 20.0)))
    if isinstance(t, str):
        if t != "cutoff" or tpr >= 0:
            raise OperandError(
                f"signal.gausspulse: expected times, or 'cutoff' with tpr < 0; got {t!r} and {tpr}"
            )
        decay = -log(10.0 ** (tpr / 20.0))
        ratio: Any = decay / a
        return ops.sqrt(ratio) if isinstance(ratio, Cell) else sqrt(ratio)
    t = floating(t)
    envelope = ops.exp(-a * t * t)
    phase = 2.0 * pi * fc * t
    parts = [envelope * ops.cos(phase)]
    if retquad:
        parts.append(envelope * ops.sin(phase))
    if retenv:
        parts.append(envelope)
    return parts[0] if len(parts) == 1 else tuple(parts)


def sweep_poly(t: Any, poly: Any, phi: Any = 0) -> Any:
    """A cosine whose frequency is a polynomial in time, coefficients `(n,)` from the highest.

    >>> import gradx as gx
    >>> gx.scipy.signal.sweep_poly(gx.linspace(0.0, 1.0, 5), [1.0, 2.0]).shape
    (5,)
    """
    from gradx.numpy import polyval

    t = floating(t)
    poly = floating(getattr(poly, "coeffs", poly), t)
    powers = constant([1.0 / k for k in range(poly.shape[0], 0, -1)], poly)
    return ops.cos(2.0 * pi * t * polyval(poly * powers, t) + phi * (pi / 180.0))


__all__ = ["chirp", "gausspulse", "sawtooth", "square", "sweep_poly"]
