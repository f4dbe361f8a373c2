"""The Fourier transforms, by those of `gradx.fft`.

- A table: of one axis, of several, of the last two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx.ops import conj
from gradx.ops import fft as _fft
from gradx.scipy.fft.arguments import array, one_axis, sizes_and_axes
from gradx.scipy.native import refuse


def _one(name: str) -> Callable[..., Any]:
    transform = getattr(_fft, name)

    def function(x: Any, n: Any = None, axis: int = -1, norm: Any = None, overwrite_x: bool = False,
                 workers: Any = None, *, plan: Any = None) -> Any:  # fmt: skip
        refuse(f"scipy.fft.{name}", plan=plan)
        x = array(x)
        return transform(x, n=n, axis=one_axis(name, x, axis), norm=norm or "backward")

    return _named(function, name, f"gradx.fft.{name}")


def _many(name: str, apply: Callable[..., Any], default: Any) -> Callable[..., Any]:
    def function(x: Any, s: Any = None, axes: Any = default, norm: Any = None, overwrite_x: bool = False,
                 workers: Any = None, *, plan: Any = None) -> Any:  # fmt: skip
        refuse(f"scipy.fft.{name}", plan=plan)
        x = array(x)
        last = s is None and name.startswith(("irfft", "hfft"))  # whose size is that of the result
        sizes, places = sizes_and_axes(name, x, s, axes)
        if not places:
            return x
        if last:
            sizes = (*sizes[:-1], 2 * (sizes[-1] - 1))
        return apply(x, sizes, places, norm or "backward")

    return _named(function, name, f"gradx.fft.{name.removesuffix('2').removesuffix('n')}n")


def _named(function: Callable[..., Any], name: str, by: str) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"SciPy's `fft.{name}`, by `{by}`."
    return function


def _by(name: str) -> Callable[..., Any]:
    transform = getattr(_fft, name)
    return lambda x, s, axes, norm: transform(x, s=s, axes=axes, norm=norm)


_MIRRORED = {"backward": "forward", "ortho": "ortho", "forward": "backward"}


def _hermitian(x: Any, s: Any, axes: Any, norm: str) -> Any:
    """The real spectrum of a Hermitian signal of which half is given."""
    x = conj(x) if x.dtype.kind == "c" else x
    return _fft.irfftn(x, s=s, axes=axes, norm=_mirrored("hfftn", norm))


def _half(x: Any, s: Any, axes: Any, norm: str) -> Any:
    """Half of the Hermitian signal of a real spectrum."""
    return conj(_fft.rfftn(x, s=s, axes=axes, norm=_mirrored("ihfftn", norm)))


def _mirrored(name: str, norm: str) -> str:
    if norm not in _MIRRORED:
        raise ValueError(
            f"scipy.fft.{name}: expected norm 'backward', 'ortho' or 'forward'; got {norm!r}"
        )
    return _MIRRORED[norm]


_LAST = (-2, -1)
fft, ifft, rfft, irfft, hfft, ihfft = map(_one, ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"))
fftn, ifftn, rfftn, irfftn = (_many(n, _by(n), None) for n in ("fftn", "ifftn", "rfftn", "irfftn"))
fft2, ifft2, rfft2, irfft2 = (
    _many(f"{n}2", _by(f"{n}n"), _LAST) for n in ("fft", "ifft", "rfft", "irfft")
)
hfftn, ihfftn = _many("hfftn", _hermitian, None), _many("ihfftn", _half, None)
hfft2, ihfft2 = _many("hfft2", _hermitian, _LAST), _many("ihfft2", _half, _LAST)


def fftshift(x: Any, axes: Any = None) -> Any:
    """SciPy's `fft.fftshift`, by `gradx.fft.fftshift`."""
    return _fft.fftshift(array(x), axes=axes)


def ifftshift(x: Any, axes: Any = None) -> Any:
    """SciPy's `fft.ifftshift`, by `gradx.fft.ifftshift`."""
    return _fft.ifftshift(array(x), axes=axes)


def fftfreq(n: int, d: float = 1.0, *, xp: Any = None, device: Any = None) -> Any:
    """SciPy's `fft.fftfreq`, by `gradx.fft.fftfreq`; `xp` is not read."""
    return _fft.fftfreq(n, d=d, device=device)


def rfftfreq(n: int, d: float = 1.0, *, xp: Any = None, device: Any = None) -> Any:
    """SciPy's `fft.rfftfreq`, by `gradx.fft.rfftfreq`; `xp` is not read."""
    return _fft.rfftfreq(n, d=d, device=device)


__all__ = ["fft", "fft2", "fftfreq", "fftn", "fftshift", "hfft", "hfft2", "hfftn", "ifft", "ifft2", "ifftn",
           "ifftshift", "ihfft", "ihfft2", "ihfftn", "irfft", "irfft2", "irfftn", "rfft", "rfft2", "rfftfreq",
           "rfftn"]  # fmt: skip
