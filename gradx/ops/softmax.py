"""Exponentials that are summed over an axis, without overflow.

- The greatest element is taken out first. An element at -inf gets 0, and so do all of them.
- `logsumexp` at +inf passes the derivative to the elements at +inf, in equal shares.
"""

from __future__ import annotations

from math import inf
from typing import Any

from gradx.backend import backend_of, namespaces
from gradx.batching import joined, shifted
from gradx.ops.creation import full
from gradx.ops.manipulation import broadcast_arrays, named_axes
from gradx.ops.reductions import Axes, Axis, aligned, axes_of
from gradx.ops.reductions import sum as total
from gradx.ops.selection import either
from gradx.primitive import primitive
from gradx.promotion import result_type
from gradx.tape import SCALARS, apply_one, apply_two, lift

_logsumexp, _softmax, _log_softmax = [
    primitive(name, batch=shifted) for name in ("logsumexp", "softmax", "log_softmax")
]
_weighted = primitive("logsumexp_weighted", batch=joined)


def _top(xp: Any, x: Any, axes: Axes) -> Any:
    """Return the greatest elements, 0 where all are -inf."""
    m = xp.max(x, axis=axes, keepdims=True)
    return xp.where(m == -inf, 0, m)


def _raw_logsumexp(x: Any, *, axis: Axes, keepdims: bool) -> Any:
    xp = namespaces[type(x)]
    with backend_of(type(x)).quiet():
        m = xp.max(x, axis=axis, keepdims=True)
        shift = xp.where(xp.isfinite(m), m, 0)
        sums = xp.sum(xp.exp(x - shift), axis=axis, keepdims=keepdims)
        return xp.log(sums) + (shift if keepdims else xp.reshape(shift, sums.shape))


def _weights(xp: Any, x: Any, y: Any, axes: Axes, keepdims: bool, factors: Any = None) -> Any:
    """Return exp(x - y) with its limits at infinities, and so that its sum, with `factors`, is 1 however large `y`.

    Elements at inf share, those at -inf have 0.
    """
    y = aligned(xp, y, tuple(x.shape), axes, keepdims)
    at_inf = x == inf
    if factors is not None:
        at_inf = at_inf & (factors != 0)
    w = xp.exp(xp.where(at_inf, 0, xp.where(x == -inf, -inf, x - y)))
    terms = w if factors is None else xp.guarded_multiply(factors, w)
    sums = xp.sum(terms, axis=axes, keepdims=True)
    return w / xp.where(sums == 0, 1, sums)


@_logsumexp.vjp
def _logsumexp_vjp(xp: Any, ct: Any, y: Any, x: Any, *, axis: Axes, keepdims: bool) -> Any:
    ct = aligned(xp, ct, tuple(x.shape), axis, keepdims)
    return (xp.guarded_multiply(ct, _weights(xp, x, y, axis, keepdims)),)


@_logsumexp.jvp
def _logsumexp_jvp(xp: Any, tangents: Any, y: Any, x: Any, *, axis: Axes, keepdims: bool) -> Any:
    w = _weights(xp, x, y, axis, keepdims)
    return xp.sum(either(xp, w, tangents[0]), axis=axis, keepdims=keepdims)


_logsumexp.implementation = _raw_logsumexp


def _raw_weighted(x: Any, b: Any, *, axis: Axes, keepdims: bool) -> Any:
    xp = namespaces[type(x)]
    with backend_of(type(x)).quiet():
        m = xp.max(xp.where(b == 0, -inf, x), axis=axis, keepdims=True)
        shift = xp.where(xp.isfinite(m), m, 0)
        terms = xp.guarded_multiply(b, xp.exp(x - shift))
        sums = xp.sum(terms, axis=axis, keepdims=keepdims)
        return xp.log(sums) + (shift if keepdims else xp.reshape(shift, sums.shape))


@_weighted.vjp
def _weighted_vjp(xp: Any, ct: Any, y: Any, x: Any, b: Any, *, axis: Axes, keepdims: bool) -> Any:
    ct = aligned(xp, ct, tuple(x.shape), axis, keepdims)
    w = _weights(xp, x, y, axis, keepdims, b)
    return xp.guarded_multiply(ct, xp.guarded_multiply(b, w)), xp.guarded_multiply(ct, w)


@_weighted.jvp
def _weighted_jvp(
    xp: Any, tangents: Any, y: Any, x: Any, b: Any, *, axis: Axes, keepdims: bool
) -> Any:
    w = _weights(xp, x, y, axis, keepdims, b)
    slopes = xp.guarded_multiply(b, w), w
    terms = [either(xp, s, t) for s, t in zip(slopes, tangents, strict=True) if t is not None]
    return xp.sum(sum(terms[1:], terms[0]), axis=axis, keepdims=keepdims)


_weighted.implementation = _raw_weighted


def logsumexp(x: Any, /, *, axis: Axis = None, b: Any = None, keepdims: bool = False) -> Any:
    """`log(sum(b * exp(x)))` over `axis`, real, without overflow; -inf over no elements.

    An element at -inf gets the derivative 0, also where all of them are.

    Parameters
    ----------
    b
        Factors of the exponentials, which broadcast with `x`; all 1 by default. They may be zero or negative,
        but a negative sum gives NaN. What has the factor 0 is left out of the value, whatever it is; the
        derivative by that factor is `exp(x - y)` still.

    >>> import gradx as gx
    >>> gx.logsumexp(gx.asarray([1000.0, 1000.0]))
    Tensor(1000.69314718)
    >>> gx.logsumexp(gx.asarray([1000.0, 2000.0]), b=gx.asarray([1.0, 0.0]))
    Tensor(1000.)
    """
    x = lift(x)
    if b is not None:
        if type(b) in SCALARS:
            b = full((), b, dtype=result_type(x, b), device=x.device)
        x, b = broadcast_arrays(x, b)
    axes = axes_of("logsumexp", x, axis)
    if 0 in x.shape:
        return total(x, axis=axes, keepdims=keepdims) - inf
    params = {"axis": axes, "keepdims": keepdims}
    return apply_one(_logsumexp, x, params) if b is None else apply_two(_weighted, x, b, params)


# ---------------------------------------------------------------- softmax


def _raw_softmax(x: Any, *, axis: int) -> Any:
    xp = namespaces[type(x)]
    e = xp.exp(x - _top(xp, x, (axis,)))
    sums = xp.sum(e, axis=(axis,), keepdims=True)
    return e / xp.where(sums == 0, 1, sums)


@_softmax.vjp
def _softmax_vjp(xp: Any, ct: Any, y: Any, _x: Any, *, axis: int) -> Any:
    g = xp.guarded_multiply(ct, y)
    return (g - xp.guarded_multiply(xp.sum(g, axis=(axis,), keepdims=True), y),)


@_softmax.jvp
def _softmax_jvp(xp: Any, tangents: Any, y: Any, x: Any, *, axis: int) -> Any:
    t = either(xp, y, tangents[0])
    return t - either(xp, y, xp.sum(t, axis=(axis,), keepdims=True))


_softmax.implementation = _raw_softmax


def _raw_log_softmax(x: Any, *, axis: int) -> Any:
    xp = namespaces[type(x)]
    d = x - _top(xp, x, (axis,))
    sums = xp.sum(xp.exp(d), axis=(axis,), keepdims=True)
    return d - xp.log(xp.where(sums == 0, 1, sums))


@_log_softmax.vjp
def _log_softmax_vjp(xp: Any, ct: Any, y: Any, _x: Any, *, axis: int) -> Any:
    g = ct - xp.guarded_multiply(xp.sum(ct, axis=(axis,), keepdims=True), xp.exp(y))
    return (xp.where(y == -inf, 0, g),)


@_log_softmax.jvp
def _log_softmax_jvp(xp: Any, tangents: Any, y: Any, x: Any, *, axis: int) -> Any:
    t = xp.where(y == -inf, 0, tangents[0])
    return t - xp.sum(either(xp, xp.exp(y), t), axis=(axis,), keepdims=True)


_log_softmax.implementation = _raw_log_softmax


def softmax(x: Any, /, *, axis: int = -1) -> Any:
    """`exp(x) / sum(exp(x))` along `axis`, without overflow; 0 where all elements are -inf.

    >>> import gradx as gx
    >>> gx.softmax(gx.asarray([1000.0, 1000.0]))
    Tensor([0.5, 0.5])
    """
    return _along(_softmax, x, axis)


def log_softmax(x: Any, /, *, axis: int = -1) -> Any:
    """`x - logsumexp(x)` along `axis`, without overflow; -inf where all elements are -inf."""
    return _along(_log_softmax, x, axis)


def _along(card: Any, x: Any, axis: int) -> Any:
    x = lift(x)
    (axis,) = named_axes(card.name, x, axis)
    if 0 in x.shape:
        return x * 1.0
    return apply_one(card, x, {"axis": axis})


__all__ = ["log_softmax", "logsumexp", "softmax"]
