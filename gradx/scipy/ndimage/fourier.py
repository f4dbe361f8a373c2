"""Filters of spectra: the transform of an image times that of a bell, a box, or a shift.

- Differentiable in widths and shifts too. `n` is the number of samples before a real transform along `axis`.
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi
from typing import Any

from gradx import ops
from gradx.numpy.arguments import axis_of
from gradx.scipy.arrays import complex_of, real_dtype
from gradx.scipy.ndimage.arguments import each, finished, image


def _weighed(name: str, input: Any, value: Any, n: int, axis: int, output: Any, weight: Callable[..., Any],
             complex_result: bool = False) -> Any:  # fmt: skip
    """Multiply a spectrum along each axis by `weight(frequencies in cycles a sample, value, axis's length)`."""
    x, _ = image(name, input)
    x = complex_of(x) if complex_result else x
    axis = axis_of(name, axis, x.ndim)
    for i, v in enumerate(each(name, "a value", value, x.ndim)):
        size = n if n >= 0 and i == axis else x.shape[i]
        half = n >= 0 and i == axis
        make = ops.fft.rfftfreq if half else ops.fft.fftfreq
        f = make(size, dtype=real_dtype(x), device=x.device)[: x.shape[i]]
        shape = [1] * x.ndim
        shape[i] = x.shape[i]
        x = x * ops.reshape(weight(f, v, size), shape)
    return finished(name, x, None, output)


def fourier_gaussian(
    input: Any, sigma: Any, n: int = -1, axis: int = -1, output: Any = None
) -> Any:
    """The spectrum under a bell of width `sigma`.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.fourier_gaussian(gx.ones((4, 5)), 1.0).shape
    (4, 5)
    """

    def weight(f: Any, sigma: Any, size: int) -> Any:
        return ops.exp(-2.0 * (pi * sigma * f) ** 2)

    return _weighed("ndimage.fourier_gaussian", input, sigma, n, axis, output, weight)


def fourier_uniform(input: Any, size: Any, n: int = -1, axis: int = -1, output: Any = None) -> Any:
    """The spectrum under a box of this size.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.fourier_uniform(gx.ones((4, 5)), 3.0).shape
    (4, 5)
    """

    def weight(f: Any, width: Any, size: int) -> Any:
        return ops.sinc(width * f)

    return _weighed("ndimage.fourier_uniform", input, size, n, axis, output, weight)


def fourier_shift(input: Any, shift: Any, n: int = -1, axis: int = -1, output: Any = None) -> Any:
    """The spectrum of the image shifted, not only by whole elements; complex.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.fourier_shift(gx.ones((4, 5)), 0.5).shape
    (4, 5)
    """

    def weight(f: Any, by: Any, size: int) -> Any:
        return ops.exp(-2j * pi * (by * f))

    return _weighed(
        "ndimage.fourier_shift", input, shift, n, axis, output, weight, complex_result=True
    )


__all__ = ["fourier_gaussian", "fourier_shift", "fourier_uniform"]
