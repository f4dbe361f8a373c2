"""The chirp z-transform: a spectrum at points of a spiral, by one convolution.

- `w` and `a`, the ratio and the start of the spiral, may be Tensors.
- Source: L. Bluestein, "A linear filtering approach to the computation of discrete Fourier transform" (1970).
"""

from __future__ import annotations

from math import pi
from operator import index
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.scipy.arrays import axis_back, axis_last, complex_of, floating
from gradx.scipy.signal.convolution import fast_length


def _sizes(n: int, m: int | None) -> tuple[int, int]:
    n, m = index(n), index(n if m is None else m)
    if n < 1 or m < 1:
        raise ValueError(
            f"signal.czt: expected at least 1 sample and 1 point; got n = {n} and m = {m}"
        )
    return n, m


def _power(base: Any, exponent: Any, like: Any) -> Any:
    """Return `base ** exponent`, complex, beside `like`."""
    base = complex_of(floating(base, like)) if hasattr(base, "dtype") else complex(base)
    return base**exponent


def _phases(k: Any, period: float) -> Any:
    """Return `exp(-i pi k^2 / period)`, the square reduced before it loses digits."""
    return ops.exp(-1j * (pi / period) * ops.remainder(k * k, 2.0 * period))


class CZT:
    """The transform of `n` samples at `m` points `a w^-k`, called with arrays `(..., n)` to give `(..., m)`.

    >>> import gradx as gx
    >>> gx.scipy.signal.CZT(8, 5)(gx.ones((2, 8))).shape
    (2, 5)
    """

    def __init__(self, n: int, m: int | None = None, w: Any = None, a: Any = 1 + 0j) -> None:
        self.n, self.m = _sizes(n, m)
        self.a = a
        self._given = w
        self.w = ops.exp(ops.full((), -2j * pi / self.m)) if w is None else w

    def _chirp(self, k: Any) -> Any:
        return (
            _phases(k, float(self.m))
            if self._given is None
            else _power(self._given, k * k * 0.5, k)
        )

    def _start(self, k: Any) -> Any:
        plain = not hasattr(self.a, "dtype") and complex(self.a) == 1.0
        return None if plain else _power(self.a, -k, k)

    def __call__(self, x: Any, *, axis: int = -1) -> Any:
        x = floating(x)
        x, axis = axis_last("signal.czt", x, axis)
        if x.shape[-1] != self.n:
            raise ShapeError(
                f"signal.CZT: expected {self.n} samples along the axis; got {x.shape[-1]}"
            )
        z, n, m = complex_of(x), self.n, self.m
        k = ops.arange(max(m, n), dtype="float64", device=x.device)
        chirp, start = self._chirp(k), self._start(k)
        weights = chirp[:n] if start is None else chirp[:n] * start[:n]
        inverse = 1.0 / ops.concat([ops.flip(chirp[1:n]), chirp[:m]])
        size = fast_length(n + m - 1)
        spectrum = ops.fft.fft(z * ops.astype(weights, z.dtype, copy=False), n=size)
        spectrum = spectrum * ops.astype(ops.fft.fft(inverse, n=size), z.dtype, copy=False)
        y = ops.fft.ifft(spectrum)[..., n - 1 : n + m - 1]
        return axis_back(y * ops.astype(chirp[:m], z.dtype, copy=False), axis)

    def points(self) -> Any:
        """Return the points at which the transform is taken, `(m,)`."""
        return czt_points(self.m, self._given, self.a)


class ZoomFFT(CZT):
    """The spectrum of `n` samples at `m` frequencies between the two of `fn`, or from 0 to it.

    >>> import gradx as gx
    >>> gx.scipy.signal.ZoomFFT(8, [0.2, 0.4], 5)(gx.ones(8)).shape
    (5,)
    """

    def __init__(
        self, n: int, fn: Any, m: int | None = None, *, fs: Any = 2, endpoint: bool = False
    ) -> None:
        several = isinstance(fn, (list, tuple)) or len(getattr(fn, "shape", ())) > 0
        if several and len(fn) not in (1, 2):
            raise ValueError(f"signal.ZoomFFT: expected fn to be a frequency or two; got {fn}")
        first, last = (0.0, fn) if not several else (0.0, fn[0]) if len(fn) == 1 else (fn[0], fn[1])
        super().__init__(n, m)
        self.f1, self.f2, self.fs = first, last, fs
        span = last - first
        self._scale = span * self.m / (fs * (self.m - 1)) if endpoint else span / fs

    def _chirp(self, k: Any) -> Any:
        return ops.exp(-1j * pi / self.m * (self._scale * k * k))

    def _start(self, k: Any) -> Any:
        return ops.exp(-2j * pi * (self.f1 / self.fs * k))

    def points(self) -> Any:
        """Return the points at which the transform is taken, `(m,)`."""
        k = ops.arange(self.m, dtype="float64")
        return ops.exp(2j * pi * (self.f1 / self.fs + self._scale / self.m * k))


def czt(x: Any, m: int | None = None, w: Any = None, a: Any = 1 + 0j, *, axis: int = -1) -> Any:
    """The z-transform of `(..., n)` at `m` points `a w^-k`, by default the Fourier transform's.

    >>> import gradx as gx
    >>> gx.scipy.signal.czt(gx.ones((2, 8)), 5).shape
    (2, 5)
    """
    x = floating(x)
    return CZT(x.shape[axis], m, w, a)(x, axis=axis)


def zoom_fft(
    x: Any, fn: Any, m: int | None = None, *, fs: Any = 2, endpoint: bool = False, axis: int = -1
) -> Any:
    """The spectrum of `(..., n)` at `m` frequencies between the two of `fn`, or from 0 to it; `fs` samples a second.

    >>> import gradx as gx
    >>> gx.scipy.signal.zoom_fft(gx.ones(8), [0.2, 0.4], 5).shape
    (5,)
    """
    x = floating(x)
    return ZoomFFT(x.shape[axis], fn, m, fs=fs, endpoint=endpoint)(x, axis=axis)


def czt_points(m: int, w: Any = None, a: Any = 1 + 0j) -> Any:
    """The `m` points `a w^-k`, on the unit circle by default.

    >>> import gradx as gx
    >>> gx.scipy.signal.czt_points(3).shape
    (3,)
    """
    _, m = _sizes(1, m)
    k = ops.arange(m, dtype="float64")
    turns = ops.exp(2j * pi * k / m) if w is None else _power(w, -k, k)
    return a * turns


__all__ = ["CZT", "ZoomFFT", "czt", "czt_points", "zoom_fft"]
