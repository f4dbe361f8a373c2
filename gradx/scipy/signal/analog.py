"""Analog filters: other bands from a low pass, frequency responses; and group delays, vector strengths.

- A polynomial in s becomes one in what s stands for; a low pass has its edge at 1.
"""

from __future__ import annotations

from math import pi
from typing import Any

from gradx import ops
from gradx.numpy import polyval
from gradx.ops.filtering import convolved
from gradx.scipy.arrays import (
    complex_of,
    constant,
    floating,
    real_dtype,
    scipy,
    values_of,
    values_of_all,
)
from gradx.scipy.signal.zeros_poles import excess, normalize


def _given(b: Any, a: Any) -> tuple[Any, Any]:
    a = ops.atleast_nd(floating(a), ndim=1)
    return ops.atleast_nd(floating(b, a), ndim=1), a


def _powers(x: Any, n: int, like: Any) -> Any:
    """Return the powers n - 1 to 0 of a number."""
    return ops.stack([floating(x, like) ** k * constant(1.0, like) for k in reversed(range(n))])


def lp2lp(b: Any, a: Any, wo: Any = 1.0) -> tuple[Any, Any]:
    """The low pass with its edge at `wo`.

    >>> import gradx as gx
    >>> gx.scipy.signal.lp2lp([1.0], gx.asarray([1.0, 1.0]), 2.0)
    (Tensor([2.]), Tensor([1., 2.]))
    """
    b, a = _given(b, a)
    scale = _powers(wo, max(b.shape[0], a.shape[0]), a)
    return normalize(
        b / scale[scale.shape[0] - b.shape[0] :], a / scale[scale.shape[0] - a.shape[0] :]
    )


def lp2hp(b: Any, a: Any, wo: Any = 1.0) -> tuple[Any, Any]:
    """The high pass with its edge at `wo`.

    >>> import gradx as gx
    >>> gx.scipy.signal.lp2hp([1.0], gx.asarray([1.0, 1.0]), 2.0)
    (Tensor([1., 0.]), Tensor([1., 2.]))
    """
    b, a = _given(b, a)
    size = max(b.shape[0], a.shape[0])
    scale = ops.flip(_powers(wo, size, a))
    turned = [ops.pad(ops.flip(p) * scale[: p.shape[0]], (0, size - p.shape[0])) for p in (b, a)]
    return normalize(*turned)


def _substituted(p: Any, order: int, above: Any, below: Any) -> Any:
    """Return `below^order p(above / below)`, all polynomials from the highest power."""
    total: Any = None
    for i in range(p.shape[0]):
        term = p[p.shape[0] - 1 - i][None]
        for factor in [above] * i + [below] * (order - i):
            term = convolved(term, factor, 1)
        if total is None:
            total = term
            continue
        size = max(total.shape[0], term.shape[0])
        total = ops.pad(total, (size - total.shape[0], 0)) + ops.pad(
            term, (size - term.shape[0], 0)
        )
    return total


def _band(b: Any, a: Any, wo: Any, bw: Any, stop: bool) -> tuple[Any, Any]:
    b, a = _given(b, a)
    one, zero = constant(1.0, a), constant(0.0, a)
    square = ops.stack([one, zero, floating(wo, a) ** 2 * one])
    width = ops.stack([floating(bw, a) * one, zero])
    above, below = (width, square) if stop else (square, width)
    order = max(b.shape[0], a.shape[0]) - 1
    return normalize(*[_substituted(p, order, above, below) for p in (b, a)])


def lp2bp(b: Any, a: Any, wo: Any = 1.0, bw: Any = 1.0) -> tuple[Any, Any]:
    """The band pass about `wo` of width `bw`.

    >>> import gradx as gx
    >>> gx.scipy.signal.lp2bp([1.0], gx.asarray([1.0, 1.0]), 2.0, 0.5)
    (Tensor([0.5, 0. ]), Tensor([1. , 0.5, 4. ]))
    """
    return _band(b, a, wo, bw, False)


def lp2bs(b: Any, a: Any, wo: Any = 1.0, bw: Any = 1.0) -> tuple[Any, Any]:
    """The band stop about `wo` of width `bw`.

    >>> import gradx as gx
    >>> gx.scipy.signal.lp2bs([1.0], gx.asarray([1.0, 1.0]), 2.0, 0.5)
    (Tensor([1., 0., 4.]), Tensor([1. , 0.5, 4. ]))
    """
    return _band(b, a, wo, bw, True)


# ---------------------------------------------------------------- zeros and poles


def _roots(z: Any, p: Any) -> tuple[Any, Any, int]:
    z, p = (ops.atleast_nd(floating(x), ndim=1) for x in (z, p))
    return z, p, excess(z, p)


def _more(z: Any, value: Any, count: int) -> Any:
    return ops.concat([z, value * ops.ones(count, dtype=z.dtype, device=z.device)])


def lp2lp_zpk(z: Any, p: Any, k: Any, wo: Any = 1.0) -> tuple[Any, Any, Any]:
    """`lp2lp` of zeros `(m,)`, poles `(n,)` and gain."""
    z, p, more = _roots(z, p)
    return wo * z, wo * p, k * wo**more


def lp2hp_zpk(z: Any, p: Any, k: Any, wo: Any = 1.0) -> tuple[Any, Any, Any]:
    """`lp2hp` of zeros `(m,)`, poles `(n,)` and gain."""
    z, p, more = _roots(z, p)
    return _more(wo / z, 0.0, more), wo / p, k * ops.real(ops.prod(-z) / ops.prod(-p))


def _both(x: Any, wo: Any) -> Any:
    """Return the two roots s of `s^2 - 2 x s + wo^2`."""
    x = complex_of(x)
    root = ops.sqrt(x * x - wo**2)
    return ops.concat([x + root, x - root])


def lp2bp_zpk(z: Any, p: Any, k: Any, wo: Any = 1.0, bw: Any = 1.0) -> tuple[Any, Any, Any]:
    """`lp2bp` of zeros `(m,)`, poles `(n,)` and gain."""
    z, p, more = _roots(z, p)
    return _more(_both(z * bw / 2.0, wo), 0.0, more), _both(p * bw / 2.0, wo), k * bw**more


def lp2bs_zpk(z: Any, p: Any, k: Any, wo: Any = 1.0, bw: Any = 1.0) -> tuple[Any, Any, Any]:
    """`lp2bs` of zeros `(m,)`, poles `(n,)` and gain."""
    z, p, more = _roots(z, p)
    zeros = _more(_more(_both(bw / 2.0 / z, wo), 1j * wo, more), -1j * wo, more)
    return zeros, _both(bw / 2.0 / p, wo), k * ops.real(ops.prod(-z) / ops.prod(-p))


# ---------------------------------------------------------------- responses


def findfreqs(num: Any, den: Any, N: int, kind: str = "ba") -> Any:
    """Frequencies `(N,)` for the plot of an analog response: whole powers of 10, so constants."""
    den = ops.atleast_nd(floating(den), ndim=1)
    return constant(scipy("signal").findfreqs(values_of(num), values_of(den), N, kind), den)


def freqs(b: Any, a: Any, worN: Any = 200, plot: Any = None) -> tuple[Any, Any]:
    """Angular frequencies `(n,)`, and there the complex response of an analog filter.

    >>> import gradx as gx
    >>> gx.scipy.signal.freqs([1.0], gx.asarray([1.0, 1.0]), 5)[1].shape
    (5,)
    """
    b, a = _given(b, a)
    w = (
        findfreqs(b, a, 200 if worN is None else worN)
        if worN is None or isinstance(worN, int)
        else floating(worN, a)
    )
    w = ops.atleast_nd(w, ndim=1)
    h = polyval(b, 1j * w) / polyval(a, 1j * w)
    if plot is not None:
        plot(w, h)
    return w, h


def freqs_zpk(z: Any, p: Any, k: Any, worN: Any = 200) -> tuple[Any, Any]:
    """`freqs` of zeros `(m,)`, poles `(n,)` and gain.

    >>> import gradx as gx
    >>> gx.scipy.signal.freqs_zpk(gx.ones(1), -gx.ones(2), 1.0, 5)[1].shape
    (5,)
    """
    z, p = (ops.atleast_nd(floating(x), ndim=1) for x in (z, p))
    number = worN is None or isinstance(worN, int)
    w = findfreqs(z, p, 200 if worN is None else worN, "zp") if number else floating(worN, p)
    w = ops.atleast_nd(w, ndim=1)
    s = 1j * w[:, None]
    return w, k * ops.prod(s - z, axis=-1) / ops.prod(s - p, axis=-1)


def group_delay(
    system: Any, w: Any = 512, whole: bool = False, fs: Any = 2 * pi
) -> tuple[Any, Any]:
    """Frequencies, and there the delay in samples, of a digital filter `(b, a)`; 0 where the response vanishes.

    >>> import gradx as gx
    >>> gx.scipy.signal.group_delay((gx.ones(3), [1.0]), 4)[1]
    Tensor([1., 1., 1., 1.])
    """
    b, a = system
    b = ops.atleast_nd(floating(b), ndim=1)
    a = ops.atleast_nd(floating(a, b), ndim=1)
    if w is None or isinstance(w, int):
        last = 2.0 * pi if whole else pi
        w = ops.linspace(
            0.0, last, 512 if w is None else w, endpoint=False, dtype=real_dtype(b), device=b.device
        )
    else:
        w = 2.0 * pi * ops.atleast_nd(floating(w, b), ndim=1) / fs
    c = convolved(b, ops.flip(ops.conj(a) if a.dtype.kind == "c" else a), 1)
    steps = ops.arange(c.shape[0], dtype=real_dtype(c), device=c.device)
    z = ops.exp(-1j * w)
    above, below = polyval(ops.flip(c * steps), z), polyval(ops.flip(c), z)
    none = ops.abs(below) < 10.0 * (2.0**-52 if real_dtype(c) == "float64" else 2.0**-23)
    delay = ops.real(above / ops.where(none, 1.0, below)) - (a.shape[0] - 1)
    return w * (fs / (2.0 * pi)), ops.where(none, 0.0, delay)


def vectorstrength(events: Any, period: Any) -> tuple[Any, Any]:
    """How well events `(n,)` keep to a period, from 0 to 1, and their mean phase; of each of periods `(m,)`.

    >>> import gradx as gx
    >>> gx.scipy.signal.vectorstrength(gx.arange(4.0), 1.0)[0]
    Tensor(1.)
    """
    events = floating(events)
    period = floating(period, events)
    if not bool((values_of_all(period) > 0).all()) or events.ndim > 1 or period.ndim > 1:
        raise ValueError(
            f"signal.vectorstrength: expected events (n,) and periods (m,) above 0; got {period}"
        )
    mean = ops.mean(
        ops.exp(2j * pi * (ops.atleast_nd(events, ndim=1) / period[..., None])), axis=-1
    )
    return ops.abs(mean), ops.angle(mean)


__all__ = ["findfreqs", "freqs", "freqs_zpk", "group_delay", "lp2bp", "lp2bp_zpk", "lp2bs", "lp2bs_zpk", "lp2hp",
           "lp2hp_zpk", "lp2lp", "lp2lp_zpk", "vectorstrength"]  # fmt: skip
