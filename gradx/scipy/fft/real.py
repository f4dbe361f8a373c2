"""Cosine and sine transforms of types 1 to 4, O(n log n) and exact to any order: linear maps through one FFT.

- `y_k = 2 sum_n x_n cos(2 pi (k + p)(n + q) / L)`, or with sin: p and q are 0, 1/2 or 1, L is 2 n, of type 1 2 n - 2
  (cosines) or 2 n + 2 (sines). With `w = exp(-2 pi i / L)` the sum is the real part of `w^((k + p) q) F_k`, F the
  transform of length L of `w^(p n) x_n`; the sine's is minus the imaginary part.
- What stands at a boundary counts half where its mirror image is itself.
- Source: M. Puschel and J. Moura, "The algebraic approach to the discrete cosine and sine transforms" (2003).
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi, sqrt
from typing import Any, NamedTuple

from gradx import ops
from gradx.errors import OperandError, ShapeError
from gradx.ops import fft as _fft
from gradx.scipy.fft.arguments import array, one_axis, resized, sizes_and_axes


class _Kind(NamedTuple):
    """The offsets of k and n, what is added to n for half the period, and the places at a boundary of x and of y."""

    p: float
    q: float
    extra: int
    ends_in: tuple[int, ...]  # of x: they count half, and are scaled in an orthogonal transform
    ends_out: tuple[int, ...]  # of y: scaled in an orthogonal transform


_KINDS = {
    ("dct", 1): _Kind(0, 0, -1, (0, -1), (0, -1)),
    ("dct", 2): _Kind(0, 0.5, 0, (), (0,)),
    ("dct", 3): _Kind(0.5, 0, 0, (0,), ()),
    ("dct", 4): _Kind(0.5, 0.5, 0, (), ()),
    ("dst", 1): _Kind(1, 1, 1, (), ()),
    ("dst", 2): _Kind(1, 0.5, 0, (), (-1,)),
    ("dst", 3): _Kind(0.5, 1, 0, (-1,), ()),
    ("dst", 4): _Kind(0.5, 0.5, 0, (), ()),
}
_INVERSE = {1: 1, 2: 3, 3: 2, 4: 4}
_MIRRORED = {"backward": "forward", "ortho": "ortho", "forward": "backward"}


def _weights(n: int, ends: tuple[int, ...], value: float, like: Any) -> Any:
    """Return ones `(n,)` with `value` at the ends."""
    i = ops.arange(n, device=like.device)
    at_end = i < 0
    for end in ends:
        at_end = at_end | (i == end % n)
    one = ops.ones((n,), dtype=like.dtype, device=like.device)
    return ops.where(at_end, one * value, one)


def _turns(angles: Any) -> Any:
    """Return `exp(-i angle)`."""
    return ops.cos(angles) - 1j * ops.sin(angles)


def _sum(trig: str, x: Any, kind: _Kind, period: int) -> Any:
    """Return the sums above of a real `x` along its last axis."""
    n = x.shape[-1]
    i = ops.arange(n, dtype=x.dtype, device=x.device)
    step = 2.0 * pi / period
    if kind.p % 1:  # no rows of a real transform lie half-way
        spectrum = _fft.fft(x * _turns(i * (kind.p * step)), n=period)[..., :n]
    else:
        first = int(kind.p)
        spectrum = _fft.rfft(x, n=period)[..., first : first + n]
    if kind.q:
        spectrum = spectrum * _turns((i + kind.p) * (kind.q * step))
    return 2.0 * ops.real(spectrum) if trig == "dct" else -2.0 * ops.imag(spectrum)


def _along_last(trig: str, x: Any, type: int, norm: str, orthogonalize: bool) -> Any:
    """Return the transform along the last axis."""
    if x.dtype.kind == "c":
        parts = [
            _along_last(trig, part, type, norm, orthogonalize)
            for part in (ops.real(x), ops.imag(x))
        ]
        return parts[0] + 1j * parts[1]
    kind, n = _KINDS[trig, type], x.shape[-1]
    period = 2 * (n + kind.extra)
    if kind.ends_in:
        x = x * _weights(n, kind.ends_in, sqrt(0.5) if orthogonalize else 0.5, x)
    y = _sum(trig, x, kind, period)
    if orthogonalize and kind.ends_out:
        y = y * _weights(n, kind.ends_out, sqrt(0.5), x)
    return y if norm == "backward" else y * (1.0 / (sqrt(period) if norm == "ortho" else period))


def _apply(
    name: str, x: Any, type: Any, sizes: Any, axes: Any, norm: Any, orthogonalize: Any
) -> Any:
    """Transform along several axes, each cut or padded to its size."""
    trig = name.removeprefix("i").removesuffix("n")
    norm = norm or "backward"
    if type not in _INVERSE:
        raise OperandError(f"scipy.fft.{name}: expected type 1, 2, 3 or 4; got {type!r}")
    if norm not in _MIRRORED:
        raise ValueError(
            f"scipy.fft.{name}: expected norm 'backward', 'ortho' or 'forward'; got {norm!r}"
        )
    orthogonal = norm == "ortho" if orthogonalize is None else bool(orthogonalize)
    if name.startswith("i"):
        type, norm = _INVERSE[type], _MIRRORED[norm]
    for n, axis in zip(sizes, axes):
        if n + _KINDS[trig, type].extra < 1:
            raise ShapeError(f"scipy.fft.{name}: expected at least 2 points of type 1; got {n}")
        moved = ops.moveaxis(resized(x, n, axis), axis, -1)
        x = ops.moveaxis(_along_last(trig, moved, type, norm, orthogonal), -1, axis)
    return x


def _one(name: str, says: str) -> Callable[..., Any]:
    def function(x: Any, type: int = 2, n: Any = None, axis: int = -1, norm: Any = None, overwrite_x: bool = False,
                 workers: Any = None, orthogonalize: Any = None) -> Any:  # fmt: skip
        x = array(x)
        axis = one_axis(name, x, axis)
        n = x.shape[axis] if n is None else n
        if n < 1:
            raise ShapeError(f"scipy.fft.{name}: expected at least 1 point; got {n}")
        return _apply(name, x, type, (n,), (axis,), norm, orthogonalize)

    return _named(function, name, says)


def _many(name: str, says: str) -> Callable[..., Any]:
    def function(x: Any, type: int = 2, s: Any = None, axes: Any = None, norm: Any = None, overwrite_x: bool = False,
                 workers: Any = None, orthogonalize: Any = None) -> Any:  # fmt: skip
        x = array(x)
        sizes, axes = sizes_and_axes(name, x, s, axes)
        return _apply(name, x, type, sizes, axes, norm, orthogonalize)

    return _named(function, name, says)


def _named(function: Callable[..., Any], name: str, says: str) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = says
    return function


dct = _one(
    "dct",
    """Discrete cosine transform of type 1, 2, 3 or 4 along an axis, cut or padded with zeros to `n` points.

    `norm` scales as in SciPy; "ortho" makes it orthogonal, unless `orthogonalize` says otherwise. The real and the
    imaginary part of a complex array are transformed apart.

    >>> import gradx as gx
    >>> gx.scipy.fft.dct([1.0, 2.0, 3.0], n=5).shape
    (5,)
    """,
)
idct = _one("idct", "Inverse of `dct` of the same type.")
dst = _one(
    "dst",
    """Discrete sine transform of type 1, 2, 3 or 4 along an axis, cut or padded with zeros to `n` points; see `dct`.

    >>> import gradx as gx
    >>> gx.scipy.fft.dst([1.0, 2.0, 3.0], norm="ortho").shape
    (3,)
    """,
)
idst = _one("idst", "Inverse of `dst` of the same type.")
dctn = _many("dctn", "Discrete cosine transform along several axes, all by default; see `dct`.")
idctn = _many("idctn", "Inverse of `dctn` of the same type.")
dstn = _many("dstn", "Discrete sine transform along several axes, all by default; see `dct`.")
idstn = _many("idstn", "Inverse of `dstn` of the same type.")

__all__ = ["dct", "dctn", "dst", "dstn", "idct", "idctn", "idst", "idstn"]
