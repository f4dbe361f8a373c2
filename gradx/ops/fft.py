"""Discrete Fourier transforms: the fft extension of the standard.

- Each transform is a linear map; its transpose is the adjoint: the transform of the other direction with the scale on
  the other side. The n-dimensional and Hermitian ones are built on four cards.
- Half a spectrum (`rfft`) stands for a whole one: the elements without a mirror image, the first and, for even n,
  the last, count once, the others twice. The adjoints weigh them accordingly.
- `n` and `s` cut or pad with zeros; the adjoint pads or cuts back.
- A real argument of a complex transform is cast to complex first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradx.batching import shifted
from gradx.dtypes import dtype_of, float64, is_inexact
from gradx.errors import DtypeError, ShapeError
from gradx.ops.casting import astype
from gradx.ops.complex import conj
from gradx.ops.creation import arange, default_dtype
from gradx.ops.manipulation import named_axes, roll
from gradx.primitive import linear
from gradx.shapes import along
from gradx.tape import apply_one, lift

_MIRRORED = {"backward": "forward", "ortho": "ortho", "forward": "backward"}


def _resized(xp: Any, g: Any, size: int, axis: int) -> Any:
    """Cut `g`, or pad it with zeros, to `size` along `axis`: the adjoint of padding, or of cutting."""
    n = g.shape[axis]
    if n == size:
        return g
    if n > size:
        return xp.getitem(g, key=along(axis, slice(0, size)))
    shape = (*g.shape[:axis], size - n, *g.shape[axis + 1 :])
    return xp.concat([g, xp.zeros(shape, dtype=g.dtype, device=g.device)], axis=axis)


def _weighed(xp: Any, g: Any, n: int, axis: int, weight: float) -> Any:
    """Multiply half a spectrum by `weight` wherever an element has a mirror image."""
    k = xp.arange(g.shape[axis], device=g.device)
    single = xp.reshape((k == 0) | (k * 2 == n), (-1, *(1,) * (g.ndim - axis - 1)))
    return xp.where(single, g, g * weight)


def _fft_transpose(xp: Any, ct: Any, _y: Any, _x: Any, *, n: int, axis: int, norm: str) -> Any:
    return _resized(xp, xp.fft.ifft(ct, axis=axis, norm=_MIRRORED[norm]), _x.shape[axis], axis)


def _ifft_transpose(xp: Any, ct: Any, _y: Any, _x: Any, *, n: int, axis: int, norm: str) -> Any:
    return _resized(xp, xp.fft.fft(ct, axis=axis, norm=_MIRRORED[norm]), _x.shape[axis], axis)


def _rfft_transpose(xp: Any, ct: Any, _y: Any, _x: Any, *, n: int, axis: int, norm: str) -> Any:
    ct = _weighed(xp, ct, n, axis, 0.5)
    return _resized(
        xp, xp.fft.irfft(ct, n=n, axis=axis, norm=_MIRRORED[norm]), _x.shape[axis], axis
    )


def _irfft_transpose(xp: Any, ct: Any, _y: Any, _x: Any, *, n: int, axis: int, norm: str) -> Any:
    g = _weighed(xp, xp.fft.rfft(ct, axis=axis, norm=_MIRRORED[norm]), n, axis, 2.0)
    return _resized(xp, g, _x.shape[axis], axis)


_fft = linear("fft.fft", _fft_transpose, batch=shifted)
_ifft = linear("fft.ifft", _ifft_transpose, batch=shifted)
_rfft = linear("fft.rfft", _rfft_transpose, batch=shifted)
_irfft = linear("fft.irfft", _irfft_transpose, batch=shifted)


def _complex(x: Any) -> Any:
    """Return `x` in a complex dtype."""
    x = lift(x)
    if x.dtype.kind == "c":
        return x
    single = x.dtype.kind == "f" and x.dtype.itemsize <= 4
    return astype(x, "complex64" if single else "complex128")


def _real(name: str, x: Any) -> Any:
    x = lift(x)
    if x.dtype.kind == "c":
        raise DtypeError(f"{name}: expected a real array; got {x.dtype.name}")
    if not is_inexact(x.dtype):
        return astype(x, "float64")
    return (
        astype(x, "float32") if x.dtype.itemsize < 4 else x
    )  # no library transforms half precision


def _transform(
    card: Any, name: str, x: Any, n: int | None, axis: int, norm: str, size: int | None = None
) -> Any:
    """Apply one of the four cards along one axis; `size` is what `n=None` stands for."""
    (axis,) = named_axes(name, x, axis)
    n = n if n is not None else x.shape[axis] if size is None else size
    if n < 1:
        raise ShapeError(f"{name}: expected at least 1 point; got n = {n} for shape {x.shape}")
    _mirrored(name, norm)
    return apply_one(card, x, {"n": n, "axis": axis, "norm": norm})


def fft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Any:
    """Discrete Fourier transform along `axis`, `(..., m) -> (..., n)`.

    >>> import gradx as gx
    >>> gx.fft.fft(gx.ones((3, 4))).shape
    (3, 4)
    """
    return _transform(_fft, "fft.fft", _complex(x), n, axis, norm)


def ifft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Any:
    """Inverse of `fft`, `(..., m) -> (..., n)`."""
    return _transform(_ifft, "fft.ifft", _complex(x), n, axis, norm)


def rfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Any:
    """The first half of the spectrum of a real array, `(..., m) -> (..., n // 2 + 1)`.

    >>> import gradx as gx
    >>> gx.fft.rfft(gx.ones(5)).shape
    (3,)
    """
    return _transform(_rfft, "fft.rfft", _real("fft.rfft", x), n, axis, norm)


def irfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Any:
    """The real array of n = 2 (m - 1) points with this half of a spectrum, `(..., m) -> (..., n)`.

    The imaginary parts of the elements without a mirror image are not read.
    """
    x = _complex(x)
    (axis,) = named_axes("fft.irfft", x, axis)
    return _transform(_irfft, "fft.irfft", x, n, axis, norm, size=2 * (x.shape[axis] - 1))


def hfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Any:
    """The real spectrum of n = 2 (m - 1) points of a Hermitian signal given by its half, `(..., m) -> (..., n)`."""
    return irfft(conj(_complex(x)), n=n, axis=axis, norm=_mirrored("fft.hfft", norm))


def ihfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Any:
    """Inverse of `hfft`, `(..., m) -> (..., n // 2 + 1)`."""
    return conj(rfft(x, n=n, axis=axis, norm=_mirrored("fft.ihfft", norm)))


def _mirrored(name: str, norm: str) -> str:
    """Return where the other direction has the scale."""
    if norm not in _MIRRORED:
        raise ValueError(f"{name}: expected norm 'backward', 'ortho' or 'forward'; got {norm!r}")
    return _MIRRORED[norm]


def _sizes(name: str, x: Any, s: Sequence[int] | None, axes: Sequence[int] | None) -> list[Any]:
    """Return pairs of a size (None: as it is) and an axis."""
    if axes is None:
        axes = range(x.ndim) if s is None else range(x.ndim - len(s), x.ndim)
    axes = named_axes(name, x, axes)
    sizes = [None] * len(axes) if s is None else [None if n == -1 else n for n in s]
    if len(sizes) != len(axes) or not axes:
        raise ShapeError(
            f"{name}: expected a size for each axis; got s = {s} and axes = {tuple(axes)}"
        )
    return list(zip(sizes, axes))


def fftn(x: Any, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None,
         norm: str = "backward") -> Any:  # fmt: skip
    """Discrete Fourier transform along several axes, all by default."""
    x = _complex(x)
    for n, axis in reversed(_sizes("fft.fftn", x, s, axes)):
        x = _transform(_fft, "fft.fftn", x, n, axis, norm)
    return x


def ifftn(x: Any, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None,
          norm: str = "backward") -> Any:  # fmt: skip
    """Inverse of `fftn`."""
    x = _complex(x)
    for n, axis in reversed(_sizes("fft.ifftn", x, s, axes)):
        x = _transform(_ifft, "fft.ifftn", x, n, axis, norm)
    return x


def rfftn(x: Any, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None,
          norm: str = "backward") -> Any:  # fmt: skip
    """Transform of a real array along several axes; half of the spectrum along the last of them.

    >>> import gradx as gx
    >>> gx.fft.rfftn(gx.ones((4, 6))).shape
    (4, 4)
    """
    x = _real("fft.rfftn", x)
    *others, (n, axis) = _sizes("fft.rfftn", x, s, axes)
    x = _transform(_rfft, "fft.rfftn", x, n, axis, norm)
    for n, axis in reversed(others):
        x = _transform(_fft, "fft.rfftn", x, n, axis, norm)
    return x


def irfftn(x: Any, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None,
           norm: str = "backward") -> Any:  # fmt: skip
    """Inverse of `rfftn`; n = 2 (m - 1) points along the last of the axes by default."""
    x = _complex(x)
    *others, (n, axis) = _sizes("fft.irfftn", x, s, axes)
    for k, other in others:
        x = _transform(_ifft, "fft.irfftn", x, k, other, norm)
    return _transform(_irfft, "fft.irfftn", x, n, axis, norm, size=2 * (x.shape[axis] - 1))


def fftshift(x: Any, /, *, axes: int | Sequence[int] | None = None) -> Any:
    """Move frequency 0 to the middle of `axes`, all by default."""
    x = lift(x)
    which = named_axes("fft.fftshift", x, axes)
    return roll(x, tuple(x.shape[axis] // 2 for axis in which), axis=which)


def ifftshift(x: Any, /, *, axes: int | Sequence[int] | None = None) -> Any:
    """Inverse of `fftshift`."""
    x = lift(x)
    which = named_axes("fft.ifftshift", x, axes)
    return roll(x, tuple(-(x.shape[axis] // 2) for axis in which), axis=which)


def fftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: str | None = None) -> Any:
    """Frequencies `(n,)` of `fft` for samples `d` apart: 0, 1, ..., -2, -1 over `n d`.

    >>> import gradx as gx
    >>> gx.fft.fftfreq(4)
    Tensor([ 0.  ,  0.25, -0.5 , -0.25])
    """
    k = arange(-(n // 2), n - n // 2, dtype=_frequency_dtype(dtype, device), device=device)
    return roll(k, -(n // 2)) * (1.0 / (n * d))


def rfftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: str | None = None) -> Any:
    """Frequencies `(n // 2 + 1,)` of `rfft` for samples `d` apart.

    >>> import gradx as gx
    >>> gx.fft.rfftfreq(4)
    Tensor([0.  , 0.25, 0.5 ])
    """
    return arange(n // 2 + 1, dtype=_frequency_dtype(dtype, device), device=device) * (
        1.0 / (n * d)
    )


def _frequency_dtype(dtype: Any, device: str | None) -> Any:
    dtype = dtype_of(default_dtype(dtype, float64, device))
    if dtype.kind != "f":
        raise DtypeError(f"fft.fftfreq: expected a real floating dtype; got {dtype.name}")
    return dtype


__all__ = ["fft", "fftfreq", "fftn", "fftshift", "hfft", "ifft", "ifftn", "ifftshift", "ihfft", "irfft", "irfftn",
           "rfft", "rfftfreq", "rfftn"]  # fmt: skip
