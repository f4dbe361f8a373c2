"""Convolution and recursion along the last axes of NumPy's arrays, by compiled code; loaded on first use.

- One sequence: `numpy.convolve`. Many rows by one kernel: `scipy.ndimage`. Otherwise a multiple of the array for
  each element of the kernel, added up in place.
- The recursion is `scipy.signal.lfilter`.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

import numpy as np

Array = Any

_FEW_ROWS = 8  # so many are convolved one by one


def convolve_last(x: Array, h: Array, *, axes: int, mode: str) -> Array:
    """Convolve along the last axes; the axes before broadcast."""
    if axes == 1 and h.size == h.shape[-1] and x.dtype.char in "fdFD":
        lead = np.broadcast_shapes(x.shape[:-1], h.shape[:-1])
        y = _rows(x.reshape(-1, x.shape[-1]), h.reshape(-1), mode)
        return y.reshape(*lead, y.shape[-1])
    kernel = h.shape[h.ndim - axes :]
    if mode == "valid":
        sizes = tuple([n - m + 1 for n, m in zip(x.shape[x.ndim - axes :], kernel)])
        if prod(sizes) < prod(kernel):
            return _by_products(x, np.flip(h, axis=tuple(range(-axes, 0))), sizes)
    return _by_shifts(x, h, axes, mode)


def _rows(x: Array, h: Array, mode: str) -> Array:
    n, m = x.shape[-1], h.shape[0]
    size = n + m - 1 if mode == "full" else n - m + 1
    if len(x) <= _FEW_ROWS or min(m, size) > 64:
        y = np.empty((len(x), size), np.result_type(x, h))
        for row, of in zip(y, x):
            row[:] = np.convolve(of, h, "full" if mode == "full" else "valid")
        return y
    if min(size, n) < m or x.dtype.kind == "c":
        if mode == "valid" and size < m:
            return _by_products(x, h[::-1], (size,))
        return _by_shifts(x, h, 1, mode)
    from scipy.ndimage import correlate1d

    if mode == "full":
        x = np.pad(x, ((0, 0), (m - 1, m - 1)))
    y = correlate1d(x, h[::-1], axis=-1, mode="nearest", origin=-(m // 2))
    return np.ascontiguousarray(y[:, :size])


def _by_shifts(x: Array, h: Array, axes: int, mode: str) -> Array:
    kernel, sizes = h.shape[h.ndim - axes :], x.shape[x.ndim - axes :]
    lead = np.broadcast_shapes(x.shape[: x.ndim - axes], h.shape[: h.ndim - axes])
    full = mode == "full"
    out = [n + m - 1 if full else n - m + 1 for n, m in zip(sizes, kernel)]
    y = np.zeros((*lead, *out), np.result_type(x, h))
    for place in product(*map(range, kernel)):
        weight = h[(..., *[slice(k, k + 1) for k in place])]
        if full:
            y[(..., *[slice(k, k + n) for k, n in zip(place, sizes)])] += x * weight
        else:
            part = [slice(m - 1 - k, m - 1 - k + n) for k, m, n in zip(place, kernel, out)]
            y += x[(..., *part)] * weight
    return y


def _by_products(x: Array, turned: Array, sizes: tuple[int, ...]) -> Array:
    axes = len(sizes)
    kernel, letters = turned.shape[turned.ndim - axes :], "abcdefgh"[:axes]
    found = [
        np.einsum(f"...{letters},...{letters}->...",
                  x[(..., *[slice(i, i + m) for i, m in zip(place, kernel)])], turned)
        for place in product(*map(range, sizes))
    ]  # fmt: skip
    y = np.stack(found, axis=-1)
    return y.reshape(*y.shape[:-1], *sizes)


def recurse(a: Array, x: Array) -> Array:
    """Solve `y[n] + sum_k a[k - 1] y[n - k] = x[n]` along the last axis."""
    from scipy.signal import lfilter

    one = np.ones(1, a.dtype)
    if a.size == a.shape[-1]:
        lead = np.broadcast_shapes(a.shape[:-1], x.shape[:-1])
        y = lfilter(one, np.concatenate([one, a.reshape(-1)]), x, axis=-1)
        return y.reshape(*lead, x.shape[-1])
    lead = np.broadcast_shapes(a.shape[:-1], x.shape[:-1])
    every = np.broadcast_to(a, (*lead, a.shape[-1])).reshape(-1, a.shape[-1])
    rows = np.broadcast_to(x, (*lead, x.shape[-1])).reshape(-1, x.shape[-1])
    found = [lfilter(one, np.concatenate([one, c]), row) for c, row in zip(every, rows)]
    return np.asarray(found, x.dtype).reshape(*lead, x.shape[-1])


__all__ = ["convolve_last", "recurse"]
