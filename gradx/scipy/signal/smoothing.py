"""Trends taken away, and smoothing: Savitzky and Golay's, Wiener's, medians.

- Fits of polynomials are constant matrices, applied to the signal.
- Of equal values the order is that of the window, row by row: the gradient of a median goes to one element.
"""

from __future__ import annotations

from itertools import pairwise
from math import factorial, prod
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy.arguments import ints, tensor
from gradx.ops.filtering import convolved
from gradx.scipy.arrays import axis_back, axis_last, chosen, constant, extended, floating, values_of
from gradx.scipy.windows import windows_of


def detrend(
    data: Any, axis: int = -1, type: str = "linear", bp: Any = 0, overwrite_data: bool = False
) -> Any:
    """Take the mean, or the best line, away along an axis.

    Parameters
    ----------
    type
        "linear" or "constant".
    bp
        Where one line ends and the next begins, integers.

    >>> import gradx as gx
    >>> gx.scipy.signal.detrend(gx.asarray([1.0, 2.0, 3.0]), type="constant")
    Tensor([-1.,  0.,  1.])
    """
    name = "signal.detrend"
    chosen(name, "type", type, ("linear", "l", "constant", "c"))
    x, axis = axis_last(name, floating(data), axis)
    n = x.shape[-1]
    if type in ("constant", "c"):
        return axis_back(x - ops.mean(x, axis=-1, keepdims=True), axis)
    ends = sorted({0, n, *ints(bp)})
    if ends[-1] > n or ends[0] < 0:
        raise ValueError(f"{name}: expected breakpoints bp between 0 and {n}; got {bp}")
    parts = [_without_line(x[..., start:stop]) for start, stop in pairwise(ends)]
    return axis_back(ops.concat(parts, axis=-1), axis)


def _without_line(x: Any) -> Any:
    n = x.shape[-1]
    x = x - ops.mean(x, axis=-1, keepdims=True)
    if n < 2:
        return x
    at = [k - (n - 1) / 2 for k in range(n)]
    t = constant(at, x)
    return x - ops.sum(x * t, axis=-1, keepdims=True) * (t / sum(k * k for k in at))


# ---------------------------------------------------------------- Savitzky and Golay


def savgol_coeffs(window_length: int, polyorder: int, deriv: int = 0, delta: Any = 1.0, pos: Any = None,
                  use: str = "conv", *, xp: Any = None, device: str | None = None) -> Any:  # fmt: skip
    """The coefficients `(window_length,)` of Savitzky and Golay's filter; differentiable in `delta`.

    >>> import gradx as gx
    >>> gx.scipy.signal.savgol_coeffs(3, 1).shape
    (3,)
    """
    name = "signal.savgol_coeffs"
    chosen(name, "use", use, ("conv", "dot"))
    if polyorder >= window_length:
        raise ValueError(
            f"{name}: expected polyorder < window_length; got {polyorder} and {window_length}"
        )
    half, odd = divmod(window_length, 2)
    pos = (half if odd else half - 0.5) if pos is None else pos
    if not 0 <= pos < window_length:
        raise ValueError(f"{name}: expected 0 <= pos < {window_length}; got {pos}")
    if deriv > polyorder:
        return ops.zeros(window_length, dtype="float64", device=device)
    at = ops.arange(window_length, dtype="float64", device=device) - float(pos)
    fit = ops.linalg.pinv(_powers(ops.flip(at) if use == "conv" else at, polyorder))
    return fit[deriv] * (factorial(deriv) / delta**deriv)


def _powers(at: Any, order: int) -> Any:
    """Return the powers 0 to `order` of places, `(n, order + 1)`."""
    return ops.stack([at**k for k in range(order + 1)], axis=-1)


def savgol_filter(x: Any, window_length: int, polyorder: int, deriv: int = 0, delta: Any = 1.0, axis: int = -1,
                  mode: str = "interp", cval: Any = 0.0) -> Any:  # fmt: skip
    """Smooth along an axis by polynomials fitted to each window.

    Parameters
    ----------
    deriv, delta
        Which derivative of the polynomial, of samples `delta` apart.
    mode
        At the ends "interp", the polynomials of the first and of the last window; or a boundary, "mirror", "nearest",
        "wrap", "constant" with `cval`.

    >>> import gradx as gx
    >>> gx.scipy.signal.savgol_filter(gx.ones((2, 9)), 5, 2).shape
    (2, 9)
    """
    name = "signal.savgol_filter"
    chosen(name, "mode", mode, ("mirror", "constant", "nearest", "interp", "wrap"))
    x, axis = axis_last(name, floating(x), axis)
    n, half = x.shape[-1], window_length // 2
    if mode == "interp" and window_length > n:
        raise ShapeError(
            f"{name}: expected at least {window_length} samples in mode 'interp'; got {n}"
        )
    h = constant(savgol_coeffs(window_length, polyorder, deriv, delta, device=x.device), x)
    h = ops.astype(h, x.dtype, copy=False) if x.dtype.kind == "f" else h
    margin = "constant" if mode == "interp" else mode
    before = window_length - 1 - half
    y = convolved(extended(x, before, window_length - 1 - before, margin, cval), h, 1, "valid")
    if mode != "interp" or not half:
        return axis_back(y, axis)
    at = ops.arange(window_length, dtype="float64", device=x.device)
    fit = ops.linalg.pinv(_powers(at, polyorder))
    ends = []
    for window, places in (
        (x[..., :window_length], at[:half]),
        (x[..., n - window_length :], at[window_length - half :]),
    ):
        rows = _derived(places, polyorder, deriv)
        weights = ops.astype(ops.matmul(rows, fit), h.dtype, copy=False) / delta**deriv
        ends.append(ops.matmul(window, ops.matrix_transpose(weights)))
    return axis_back(ops.concat([ends[0], y[..., half : n - half], ends[1]], axis=-1), axis)


def _derived(at: Any, order: int, deriv: int) -> Any:
    """Return the `deriv`-th derivatives of the powers 0 to `order` at places, `(n, order + 1)`."""
    zero = ops.zeros_like(at)
    return ops.stack(
        [
            zero if k < deriv else factorial(k) / factorial(k - deriv) * at ** (k - deriv)
            for k in range(order + 1)
        ],
        axis=-1,
    )


# ---------------------------------------------------------------- windows in any number of dimensions


def _sizes(name: str, size: Any, rank: int, default: int = 3, odd: bool = True) -> tuple[int, ...]:
    sizes = (default,) * rank if size is None else ints(size)
    sizes = sizes * rank if len(sizes) == 1 else sizes
    if len(sizes) != rank or (odd and any(n % 2 == 0 for n in sizes)):
        raise ShapeError(f"{name}: expected an odd size for each of {rank} dimensions; got {size}")
    return sizes


def wiener(im: Any, mysize: Any = None, noise: Any = None) -> Any:
    """Wiener's filter from means and variances of windows; `noise` is its power, the mean variance by default.

    >>> import gradx as gx
    >>> gx.scipy.signal.wiener(gx.arange(9.0), 3).shape
    (9,)
    """
    x = floating(im)
    sizes = _sizes("signal.wiener", mysize, x.ndim, odd=False)
    count, box = prod(sizes), ops.ones(sizes, dtype=x.dtype, device=x.device)

    def local(v: Any) -> Any:
        margins = [(m - 1 - (m - 1) // 2, (m - 1) // 2) for m in sizes]
        return convolved(ops.pad(v, margins), box, x.ndim, "valid") / count

    mean = local(x)
    power = local(x * x) - mean * mean
    noise = ops.mean(power) if noise is None else noise
    taken = power < noise
    ratio = noise / ops.where(taken, 1.0, power)
    return ops.where(taken, mean, mean + (x - mean) * (1.0 - ratio))


def medfilt(volume: Any, kernel_size: Any = None) -> Any:
    """The median of each window of odd sizes, 3 by default, with zeros beyond the edges.

    >>> import gradx as gx
    >>> gx.scipy.signal.medfilt(gx.asarray([1.0, 5.0, 2.0]), 3)
    Tensor([1., 2., 2.])
    """
    x = tensor(volume)
    sizes = _sizes("signal.medfilt", kernel_size, x.ndim)
    return _ranked(x, sizes, None, prod(sizes) // 2)


def medfilt2d(input: Any, kernel_size: Any = 3) -> Any:
    """`medfilt` of a matrix.

    >>> import gradx as gx
    >>> gx.scipy.signal.medfilt2d(gx.ones((4, 5))).shape
    (4, 5)
    """
    return medfilt(input, kernel_size)


def order_filter(a: Any, domain: Any, rank: int) -> Any:
    """The element of a rank, from 0, of those of each window where `domain` is not 0; zeros beyond the edges.

    >>> import gradx as gx
    >>> gx.scipy.signal.order_filter(gx.asarray([1.0, 5.0, 2.0]), [1, 1, 1], 2)
    Tensor([5., 5., 5.])
    """
    x, mask = tensor(a), values_of(domain) != 0
    sizes = _sizes("signal.order_filter", mask.shape, x.ndim)
    return _ranked(x, sizes, mask.reshape(-1), rank)


def _ranked(x: Any, sizes: tuple[int, ...], mask: Any, rank: int) -> Any:
    wide = ops.pad(x, [(m // 2, m // 2) for m in sizes])
    windows = windows_of(wide, sizes, mask)
    if not 0 <= rank < windows.shape[-1]:
        raise ValueError(
            f"signal.order_filter: expected a rank below {windows.shape[-1]}; got {rank}"
        )
    return ops.sort(windows, axis=-1)[..., rank]


__all__ = [
    "detrend",
    "medfilt",
    "medfilt2d",
    "order_filter",
    "savgol_coeffs",
    "savgol_filter",
    "wiener",
]
