"""`numpy.fft`: NumPy's Fourier transforms, by `gradx.fft`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx.numpy.arguments import inexact, ints, refuse, tensor
from gradx.numpy.names import missing_name
from gradx.ops import fft as _fft
from gradx.ops.fft import fftfreq as _fftfreq
from gradx.ops.fft import rfftfreq as _rfftfreq


def _one(name: str) -> Callable[..., Any]:
    transform = getattr(_fft, name)

    def function(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
        refuse(f"fft.{name}", out=out)
        return transform(inexact(a), n=n, axis=axis, norm=norm or "backward")

    return _named(function, name, name)


def _many(name: str, by: str, default: Any) -> Callable[..., Any]:
    transform = getattr(_fft, by)

    def function(
        a: Any, s: Any = None, axes: Any = default, norm: Any = None, out: Any = None
    ) -> Any:
        refuse(f"fft.{name}", out=out)
        x = inexact(a)
        if s is not None:
            s = ints(s)
            axes = tuple(range(-len(s), 0)) if axes is None else axes
            places = tuple(ints(axes))
            s = tuple([x.shape[axis] if size == -1 else size for size, axis in zip(s, places)])
        return transform(x, s=s, axes=axes, norm=norm or "backward")

    return _named(function, name, by)


def _named(function: Callable[..., Any], name: str, by: str) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"NumPy's `fft.{name}`, by `gradx.fft.{by}`."
    return function


fft, ifft, rfft, irfft, hfft, ihfft = map(_one, ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"))
fftn, ifftn, rfftn, irfftn = (_many(n, n, None) for n in ("fftn", "ifftn", "rfftn", "irfftn"))
fft2, ifft2, rfft2, irfft2 = (
    _many(f"{n}2", f"{n}n", (-2, -1)) for n in ("fft", "ifft", "rfft", "irfft")
)


def fftshift(x: Any, axes: Any = None) -> Any:
    """NumPy's `fft.fftshift`, by `gradx.fft.fftshift`."""
    return _fft.fftshift(tensor(x), axes=axes)


def ifftshift(x: Any, axes: Any = None) -> Any:
    """NumPy's `fft.ifftshift`, by `gradx.fft.ifftshift`."""
    return _fft.ifftshift(tensor(x), axes=axes)


def fftfreq(n: int, d: float = 1.0, device: Any = None) -> Any:
    """NumPy's `fft.fftfreq`, by `gradx.fft.fftfreq`."""
    return _fftfreq(n, d=d, device=device)


def rfftfreq(n: int, d: float = 1.0, device: Any = None) -> Any:
    """NumPy's `fft.rfftfreq`, by `gradx.fft.rfftfreq`."""
    return _rfftfreq(n, d=d, device=device)


def __getattr__(name: str) -> Any:
    raise missing_name(f"fft.{name}")


__all__ = ["fft", "fft2", "fftfreq", "fftn", "fftshift", "hfft", "ifft", "ifft2", "ifftn", "ifftshift", "ihfft",
           "irfft", "irfft2", "irfftn", "rfft", "rfft2", "rfftfreq", "rfftn"]  # fmt: skip
