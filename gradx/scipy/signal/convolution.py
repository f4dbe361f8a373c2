"""Convolution and correlation of arrays of one rank: by sums of products, or by Fourier transforms.

- All are bilinear: exact to any order, in both modes.
- `convolve` also takes the arguments of `autograd.scipy.signal.convolve`: pairs of axes, and a mode by keyword.
- The correlation with an array is the convolution with its conjugate turned round.
- Shapes beside the docstrings: `n` of the first, `m` of the second array along each axis.
"""

from __future__ import annotations

from math import log2, prod
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy.arguments import tensor
from gradx.ops.filtering import convolved
from gradx.promotion import result_type
from gradx.scipy.arrays import chosen, complex_of, floating, same_rank
from gradx.scipy.signal import tensor_products

MODES = ("full", "same", "valid")
_BOUNDARIES = {"fill": "constant", "pad": "constant", "wrap": "wrap", "circular": "wrap", "symm": "symmetric",
               "symmetric": "symmetric"}  # fmt: skip


def convolve(in1: Any, in2: Any, axes: Any = None, dot_axes: Any = ((), ()), mode: str = "full",
             method: str = "auto") -> Any:  # fmt: skip
    """Convolve two arrays: SciPy's `convolve(in1, in2, mode, method)`, and autograd's over pairs of axes.

    Parameters
    ----------
    in1, in2
        Arrays of one rank. With `axes`, of any.
    axes
        A string here is the mode, and a string after it the method, as in SciPy. Otherwise two lists: the axes of
        `in1` and of `in2` that are convolved with each other.
    dot_axes
        With `axes`: two lists of those over which products are summed, as by `tensordot`.
    mode
        "full": `n + m - 1` elements along each axis; "same": the middle `n`; "valid": those without a margin.
    method
        "direct", "fft", or "auto": the one with fewer products.

    Raises
    ------
    ShapeError
        If the ranks differ, or in mode "valid" neither array is the larger one along all axes.

    >>> import gradx as gx
    >>> gx.scipy.signal.convolve(gx.ones(5), gx.ones(3), "same")
    Tensor([2., 3., 3., 3., 2.])
    >>> images, filters = gx.ones((8, 3, 10, 10)), gx.ones((3, 5, 4, 4))
    >>> axes, dot_axes = ([2, 3], [2, 3]), ([1], [0])
    >>> gx.scipy.signal.convolve(images, filters, axes, dot_axes, mode="valid").shape
    (8, 5, 7, 7)
    """
    if isinstance(axes, str):
        method = dot_axes if isinstance(dot_axes, str) else method
        axes, dot_axes, mode = None, ((), ()), axes
    chosen("signal.convolve", "mode", mode, MODES)
    chosen("signal.convolve", "method", method, ("auto", "direct", "fft"))
    a, b = tensor(in1), tensor(in2)
    if axes is not None or tuple(map(tuple, dot_axes)) != ((), ()):
        return tensor_products.convolve(a, b, axes, dot_axes, mode)
    same_rank("signal.convolve", a, b)
    return _convolve("signal.convolve", a, b, mode, method)


def _convolve(name: str, a: Any, b: Any, mode: str, method: str) -> Any:
    if not a.ndim:
        return a * b
    if not prod(a.shape) or not prod(b.shape):
        return ops.zeros(0, dtype=result_type(a, b), device=a.device)
    if method == "auto":
        full = prod([n + m - 1 for n, m in zip(a.shape, b.shape)])
        exact = result_type(a, b).kind not in "fc"
        many = prod(a.shape) * prod(b.shape) > 30 * full * log2(full + 1)
        method = "fft" if many and not exact else "direct"
    if method == "fft":
        y = fftconvolve(a, b, mode)
        kind = result_type(a, b)
        return y if kind.kind in "fc" else ops.astype(ops.round(y), kind)
    large, small = _ordered(name, a, b) if mode == "valid" else (a, b)
    if mode == "valid":
        return convolved(large, small, a.ndim, "valid")
    if prod(a.shape) < prod(b.shape):
        large, small = b, a
    y = convolved(large, small, a.ndim, "full")
    return y if mode == "full" else _centred(y, a.shape)


def _ordered(name: str, a: Any, b: Any) -> tuple[Any, Any]:
    """Return the array that is the larger one along all axes, and the other."""
    if all(n >= m for n, m in zip(a.shape, b.shape)):
        return a, b
    if all(n <= m for n, m in zip(a.shape, b.shape)):
        return b, a
    raise ShapeError(
        f"{name}: expected one array to be the larger along all axes, for mode 'valid'; got shapes {a.shape} and "
        f"{b.shape}"
    )


def _centred(y: Any, sizes: Any) -> Any:
    """Return the middle of `y`, of these sizes."""
    starts = [(have - want) // 2 for have, want in zip(y.shape, sizes)]
    return y[tuple([slice(start, start + want) for start, want in zip(starts, sizes)])]


def correlate(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    """Cross-correlate two arrays of one rank: `sum_k in1[i + k] conj(in2[k])`; modes and methods as in `convolve`.

    >>> import gradx as gx
    >>> gx.scipy.signal.correlate(gx.ones((4, 4)), gx.ones((2, 2)), "valid").shape
    (3, 3)
    """
    chosen("signal.correlate", "mode", mode, MODES)
    chosen("signal.correlate", "method", method, ("auto", "direct", "fft"))
    a, b = tensor(in1), tensor(in2)
    same_rank("signal.correlate", a, b)
    return _convolve("signal.correlate", a, _turned(b), mode, method)


def _turned(x: Any) -> Any:
    return ops.flip(ops.conj(x) if x.dtype.kind == "c" else x)


def correlation_lags(in1_len: int, in2_len: int, mode: str = "full") -> Any:
    """The lag of each element of `correlate` along one axis, integers.

    >>> import gradx as gx
    >>> gx.scipy.signal.correlation_lags(3, 2)
    Tensor([-1,  0,  1,  2])
    """
    chosen("signal.correlation_lags", "mode", mode, MODES)
    n, m = in1_len, in2_len
    if mode == "full":
        return ops.arange(1 - m, n)
    if mode == "same":
        return ops.arange(1 - m, n)[(start := (m - 1) // 2) : start + n]
    return ops.arange(0, n - m + 1) if n >= m else ops.arange(n - m, 1)


# ---------------------------------------------------------------- by Fourier transforms


def fast_length(n: int) -> int:
    """Return the least number of at least `n` without a prime factor above 5."""
    while True:
        rest = n
        for p in (2, 3, 5):
            while rest % p == 0 and rest:
                rest //= p
        if rest <= 1:
            return n
        n += 1


def fftconvolve(in1: Any, in2: Any, mode: str = "full", axes: Any = None) -> Any:
    """Convolve along `axes`, all by default, by Fourier transforms; the other axes broadcast.

    >>> import gradx as gx
    >>> gx.scipy.signal.fftconvolve(gx.ones((3, 100)), gx.ones((1, 20)), axes=1).shape
    (3, 119)
    """
    name = "signal.fftconvolve"
    chosen(name, "mode", mode, MODES)
    a, b = floating(in1), floating(in2)
    same_rank(name, a, b)
    if not a.ndim:
        return a * b
    if not prod(a.shape) or not prod(b.shape):
        return ops.zeros(0, dtype=result_type(a, b), device=a.device)
    which = _axes(name, a.ndim, axes)
    others = [i for i in range(a.ndim) if i not in which]
    if any(a.shape[i] != b.shape[i] and 1 not in (a.shape[i], b.shape[i]) for i in others):
        raise ShapeError(
            f"{name}: expected shapes that broadcast beside axes {which}; got {a.shape} and {b.shape}"
        )
    if mode == "valid":
        _ordered(
            name,
            *[x[tuple([slice(None) if i in which else 0 for i in range(x.ndim)])] for x in (a, b)],
        )
    # of size 1 an axis only scales
    moving = [i for i in which if a.shape[i] != 1 and b.shape[i] != 1]
    y = _by_transforms(a, b, moving) if moving else a * b
    sizes = list(y.shape)
    for i in which:
        sizes[i] = {
            "full": y.shape[i],
            "same": a.shape[i],
            "valid": abs(a.shape[i] - b.shape[i]) + 1,
        }[mode]
    return _centred(y, sizes)


def _axes(name: str, rank: int, axes: Any) -> list[int]:
    if axes is None:
        return list(range(rank))
    which = [int(axis) % rank for axis in ([axes] if isinstance(axes, int) else axes)]
    if not which or len(set(which)) < len(which):
        raise ValueError(f"{name}: expected axes, each once; got {axes}")
    return which


def _by_transforms(a: Any, b: Any, axes: list[int]) -> Any:
    """Return the full convolution along these axes."""
    full = [a.shape[i] + b.shape[i] - 1 for i in axes]
    fast = [fast_length(n) for n in full]
    dtype = result_type(a, b)
    if dtype.kind == "c":
        p, q = (ops.fft.fftn(complex_of(x), s=fast, axes=axes) for x in (a, b))
        y = ops.fft.ifftn(p * q, s=fast, axes=axes)
    else:
        p, q = (ops.fft.rfftn(x, s=fast, axes=axes) for x in (a, b))
        y = ops.fft.irfftn(p * q, s=fast, axes=axes)
    key = [slice(None)] * y.ndim
    for i, n in zip(axes, full):
        key[i] = slice(0, n)
    return ops.astype(y[tuple(key)], dtype, copy=False)


def oaconvolve(in1: Any, in2: Any, mode: str = "full", axes: Any = None) -> Any:
    """Convolve as `fftconvolve` does; one array much longer than the other in blocks of some times the shorter one.

    >>> import gradx as gx
    >>> gx.scipy.signal.oaconvolve(gx.ones(100), gx.ones(3)).shape
    (102,)
    """
    name = "signal.oaconvolve"
    chosen(name, "mode", mode, MODES)
    a, b = floating(in1), floating(in2)
    same_rank(name, a, b)
    which = _axes(name, a.ndim, axes) if a.ndim else []
    few, many = sorted([a.shape[which[0]], b.shape[which[0]]]) if len(which) == 1 else (0, 0)
    if many < 8 * few or few < 2:
        return fftconvolve(a, b, mode, axes)
    long, short = (a, b) if a.shape[which[0]] == many else (b, a)
    y = _in_blocks(*[ops.moveaxis(x, which[0], -1) for x in (long, short)])
    size = {"full": y.shape[-1], "same": a.shape[which[0]], "valid": many - few + 1}[mode]
    return ops.moveaxis(_centred(y, (*y.shape[:-1], size)), -1, which[0])


def _in_blocks(long: Any, short: Any) -> Any:
    """Return the full convolution along the last axis: of blocks, whose ends overlap and are added."""
    n, m = long.shape[-1], short.shape[-1]
    points = fast_length(8 * m)
    size = points - m + 1
    count = -(-(n + m - 1) // size)
    margins = [(0, 0)] * (long.ndim - 1) + [(0, count * size - n)]
    blocks = ops.reshape(ops.pad(long, margins), (*long.shape[:-1], count, size))
    y = _by_transforms(blocks, ops.expand_dims(short, axis=-2), [long.ndim])
    body, tail = y[..., :size], y[..., :-1, size:]
    begins = ops.pad(tail, [(0, 0)] * (long.ndim - 1) + [(1, 0), (0, size - m + 1)])
    whole = body + begins
    return ops.reshape(whole, (*whole.shape[:-2], count * size))[..., : n + m - 1]


# ---------------------------------------------------------------- of images


def convolve2d(
    in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0
) -> Any:
    """Convolve two matrices, what lies beyond the edges of the first given by `boundary`.

    Parameters
    ----------
    boundary
        "fill" with `fillvalue`, "wrap" round, or "symm", mirrored.

    >>> import gradx as gx
    >>> gx.scipy.signal.convolve2d(gx.ones((4, 5)), gx.ones((3, 3)), "same", "symm").shape
    (4, 5)
    """
    return _convolve2d("signal.convolve2d", tensor(in1), tensor(in2), mode, boundary, fillvalue)


def correlate2d(
    in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0
) -> Any:
    """Cross-correlate two matrices; arguments as in `convolve2d`.

    >>> import gradx as gx
    >>> gx.scipy.signal.correlate2d(gx.ones((4, 5)), gx.ones((3, 3)), "valid").shape
    (2, 3)
    """
    a, b = tensor(in1), tensor(in2)
    y = _convolve2d("signal.correlate2d", a, _turned(b), mode, boundary, fillvalue, ahead=1)
    swapped = mode == "valid" and any(n < m for n, m in zip(a.shape, b.shape))
    return ops.conj(y) if swapped and y.dtype.kind == "c" else y  # SciPy conjugates the smaller one


def _convolve2d(name: str, a: Any, b: Any, mode: str, boundary: str, fillvalue: Any,
                ahead: int = 0) -> Any:  # fmt: skip
    chosen(name, "mode", mode, MODES)
    chosen(name, "boundary", boundary, _BOUNDARIES)
    if a.ndim != 2 or b.ndim != 2 or not prod(a.shape) or not prod(b.shape):
        raise ShapeError(
            f"{name}: expected two matrices, not empty; got shapes {a.shape} and {b.shape}"
        )
    if mode == "valid":
        return convolved(*_ordered(name, a, b), 2, "valid")
    plain = (
        _BOUNDARIES[boundary] == "constant"
        and isinstance(fillvalue, (int, float))
        and not fillvalue
    )
    if plain:
        y = convolved(a, b, 2, "full")
    else:
        dtype = result_type(a, b)
        margins = [(m - 1, m - 1) for m in b.shape]
        wide = ops.pad(ops.astype(a, dtype, copy=False), margins, _BOUNDARIES[boundary],
                       constant_values=fillvalue)  # fmt: skip
        y = convolved(wide, b, 2, "valid")
    if mode == "full":
        return y
    starts = [(m - 1 + ahead) // 2 for m in b.shape]
    return y[tuple([slice(i, i + n) for i, n in zip(starts, a.shape)])]


__all__ = ["convolve", "convolve2d", "correlate", "correlate2d", "correlation_lags", "fast_length", "fftconvolve",
           "oaconvolve"]  # fmt: skip
