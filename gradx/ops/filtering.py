"""Convolution along the last axes, and the recursive part of a linear filter: the two cards under `gradx.scipy`.

- `convolved` is bilinear and closed under its derivatives: the transposes of a full convolution are valid ones with
  the other array turned round, and the reverse.
- `recurred` solves `A(z) y = x`, a triangular system of constant diagonals. Its transpose runs the same filter
  backwards; its derivative by the coefficients is the filter of the lagged output. Both are written with the cards
  themselves, hence any order and both modes, and no step per sample in Python.
- Axes before the convolved ones broadcast.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

from gradx.backend import namespaces
from gradx.batching import aligned
from gradx.multilinear import multilinear
from gradx.ops.adjoint import conj
from gradx.ops.casting import astype
from gradx.primitive import primitive
from gradx.promotion import result_type
from gradx.tape import apply, bind, lift


def _turned(xp: Any, x: Any, axes: int) -> Any:
    return xp.flip(conj(xp, x), axis=tuple(range(-axes, 0)))


def _to_first(xp: Any, ct: Any, _y: Any, _x: Any, h: Any, *, axes: int, mode: str) -> Any:
    other = "valid" if mode == "full" else "full"
    return bind(_convolved, (ct, _turned(xp, h, axes)), {"axes": axes, "mode": other})


def _to_second(xp: Any, ct: Any, _y: Any, x: Any, _h: Any, *, axes: int, mode: str) -> Any:
    if mode == "full":
        return bind(_convolved, (ct, _turned(xp, x, axes)), {"axes": axes, "mode": "valid"})
    every = tuple(range(-axes, 0))
    y = bind(_convolved, (conj(xp, x), xp.flip(ct, axis=every)), {"axes": axes, "mode": "valid"})
    return xp.flip(y, axis=every)


def _raw(x: Any, h: Any, *, axes: int, mode: str) -> Any:
    """Convolve by the backend's own function; else a multiple of the array for each element of the kernel."""
    xp = namespaces[type(x)]
    own = getattr(xp, "convolve_last", None)
    if own is not None:
        return own(x, h, axes=axes, mode=mode)
    kernel = tuple(h.shape[h.ndim - axes :])
    if mode == "full":
        x = _with_margins(xp, x, kernel)
    sizes = tuple([n - m + 1 for n, m in zip(x.shape[x.ndim - axes :], kernel)])
    if prod(sizes) < prod(kernel):
        return _by_products(xp, x, xp.flip(h, axis=tuple(range(-axes, 0))), sizes)
    total: Any = None
    for place in product(*map(range, kernel)):
        part = x[(..., *[slice(m - 1 - k, m - 1 - k + n) for k, m, n in zip(place, kernel, sizes)])]
        term = part * h[(..., *[slice(k, k + 1) for k in place])]
        total = term if total is None else total + term
    return total


def _with_margins(xp: Any, x: Any, kernel: tuple[int, ...]) -> Any:
    """Put zeros, one fewer than the kernel is long, at both ends of each of the last axes."""
    for i, m in enumerate(kernel, x.ndim - len(kernel)):
        zeros = xp.zeros((*x.shape[:i], m - 1, *x.shape[i + 1 :]), dtype=x.dtype, device=x.device)
        x = xp.concat([zeros, x, zeros], axis=i)
    return x


def _by_products(xp: Any, x: Any, turned: Any, sizes: tuple[int, ...]) -> Any:
    """Return few elements, a sum of products with the whole kernel each."""
    axes = len(sizes)
    kernel = turned.shape[turned.ndim - axes :]
    found = [
        xp.sum(x[(..., *[slice(i, i + m) for i, m in zip(place, kernel)])] * turned,
               axis=tuple(range(-axes, 0)))
        for place in product(*map(range, sizes))
    ]  # fmt: skip
    y = xp.stack(found, axis=-1)
    return xp.reshape(y, (*y.shape[:-1], *sizes))


_convolved = multilinear("convolve_last", _to_first, _to_second, batch=aligned)
_convolved.implementation = _raw


def convolved(x: Any, h: Any, axes: int, mode: str = "full") -> Any:
    """Convolve the last axes of `x` `(..., n)` and `h` `(..., m)`, none of them empty; the axes before broadcast.

    Parameters
    ----------
    axes
        How many of the last axes; there `mode` "valid" expects `n >= m`.
    mode
        "full": `n + m - 1` elements along each; "valid": the `n - m + 1` without a margin.
    """
    x, h = lift(x), lift(h)
    dtype = result_type(x, h)
    pair = astype(x, dtype, copy=False), astype(h, dtype, copy=False)
    return apply(_convolved, pair, {"axes": axes, "mode": mode})


# ---------------------------------------------------------------- recursion


def _backwards(xp: Any, ct: Any, _y: Any, a: Any, _x: Any) -> Any:
    return xp.flip(bind(_recurred, (conj(xp, a), xp.flip(ct, axis=(-1,))), {}), axis=(-1,))


def _lagged(xp: Any, y: Any, order: int) -> Any:
    """Return `y` after `order` zeros, without the last output: `(..., order + n - 1)`."""
    zeros = xp.zeros((*y.shape[:-1], order), dtype=y.dtype, device=y.device)
    return xp.concat([zeros, y[..., : y.shape[-1] - 1]], axis=-1)


def _to_coefficients(xp: Any, ct: Any, y: Any, a: Any, _x: Any) -> Any:
    """Return `-sum_n g[n] conj(y[n - k])` for k = 1 ... K, g the cotangent carried back to the input."""
    g = _backwards(xp, ct, None, a, None)
    sums = bind(_convolved, (conj(xp, _lagged(xp, y, a.shape[-1])), xp.flip(g, axis=(-1,))),
                {"axes": 1, "mode": "valid"})  # fmt: skip
    return -xp.flip(sums, axis=(-1,))


_recurred = primitive("recurse", _to_coefficients, _backwards, batch=aligned)


def _delayed(xp: Any, y: Any, order: int) -> list[Any]:
    """Return `y` delayed by 1 to `order` samples."""
    past, n = _lagged(xp, y, order), y.shape[-1]
    return [past[..., order - k : order - k + n] for k in range(1, order + 1)]


def _recurred_jvp(xp: Any, tangents: Any, y: Any, a: Any, x: Any, masked: bool = False) -> Any:
    da, dx = tangents
    if da is not None:
        if masked:
            delayed = enumerate(_delayed(xp, y, a.shape[-1]))
            terms = [xp.guarded_multiply(da[..., k : k + 1], part) for k, part in delayed]
            moved = sum(terms[1:], terms[0])
        else:
            past = _lagged(xp, y, a.shape[-1])
            moved = bind(_convolved, (past, da), {"axes": 1, "mode": "valid"})
        dx = -moved if dx is None else dx - moved
    return bind(_recurred, (a, dx), {})


def _pull_guarded(xp: Any, ct: Any, node: Any, parents: Any) -> list[Any]:
    """As the rules; what is not finite among the outputs does not count where the cotangent is 0."""
    (a, _), (of_a, of_x) = node.inputs, parents
    g = _backwards(xp, ct, None, a, None)
    if of_a is None:
        return [None, None if of_x is None else g]
    delayed = [xp.guarded_multiply(g, conj(xp, part)) for part in _delayed(xp, node.y, a.shape[-1])]
    found = -xp.stack([xp.sum(part, axis=-1) for part in delayed], axis=-1)
    return [found, None if of_x is None else g]


_recurred.push, _recurred.pull_guarded = _recurred_jvp, _pull_guarded


def recurred(a: Any, x: Any) -> Any:
    """Solve `y[n] + sum_k a[k - 1] y[n - k] = x[n]` along the last axis, all y before the first being 0.

    `a` is `(..., K)`, `x` `(..., n)`; the axes before broadcast. Where there is nothing to do, `x` itself.
    """
    a, x = lift(a), lift(x)
    dtype = result_type(a, x)
    x = astype(x, dtype, copy=False)
    if not a.shape[-1] or not x.shape[-1]:
        return x
    return apply(_recurred, (astype(a, dtype, copy=False), x), {})


__all__ = ["convolved", "recurred"]
