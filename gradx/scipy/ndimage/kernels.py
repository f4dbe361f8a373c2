"""Linear filters of images: by kernels of any rank, and along one axis.

- The margins are laid on first, then the windows are one valid convolution.
- Differentiable in image, weights and widths, to any order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.level import Cell
from gradx.numpy.arguments import axis_of
from gradx.ops.filtering import convolved
from gradx.scipy.arrays import axis_back, axis_last, constant, floating
from gradx.scipy.ndimage.arguments import each, finished, image, which, with_margins


def correlate(input: Any, weights: Any, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *,
              axes: Any = None) -> Any:  # fmt: skip
    """Correlate with weights of one rank with the image, or with the axes.

    Parameters
    ----------
    weights
        `(m, ...)`; of complex ones the conjugates are taken.
    mode
        What lies beyond the edges: "reflect" (d c b a | a b c d), "mirror" (d c b | a b c d), "nearest", "wrap",
        "constant" with `cval`; one, or one for each axis.
    origin
        How far the window is moved from its middle.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.correlate(gx.ones((4, 5)), gx.ones((3, 3))).shape
    (4, 5)
    """
    return _filtered("ndimage.correlate", input, weights, output, mode, cval, origin, axes, False)


def convolve(input: Any, weights: Any, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *,
             axes: Any = None) -> Any:  # fmt: skip
    """Convolve with weights of one rank with the image, or with the axes; arguments as in `correlate`.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.convolve(gx.ones((4, 5)), gx.ones((2, 2))).shape
    (4, 5)
    """
    return _filtered("ndimage.convolve", input, weights, output, mode, cval, origin, axes, True)


def _filtered(name: str, input: Any, weights: Any, output: Any, mode: Any, cval: Any, origin: Any, axes: Any,
              turned: bool) -> Any:  # fmt: skip
    x, dtype = image(name, input)
    w = floating(weights, x)
    axes = which(name, axes, x.ndim)
    if w.ndim != len(axes) or 0 in w.shape:
        raise ShapeError(
            f"{name}: expected weights of {len(axes)} dimensions, not empty; got shape {w.shape}"
        )
    origins, modes = (
        each(name, what, v, len(axes)) for what, v in (("origin", origin), ("mode", mode))
    )
    if turned:
        origins = [-o - (1 - size % 2) for o, size in zip(origins, w.shape)]
        kernel = w
    else:
        kernel = ops.flip(ops.conj(w) if w.dtype.kind == "c" else w)
    wide = with_margins(name, x, w.shape, origins, modes, cval, axes)
    last = tuple(range(x.ndim - len(axes), x.ndim))
    y = convolved(ops.moveaxis(wide, axes, last), kernel, len(axes), "valid")
    dtype = None if y.dtype.kind == "c" else dtype
    return finished(name, ops.moveaxis(y, last, axes), dtype, output)


def correlate1d(input: Any, weights: Any, axis: int = -1, output: Any = None, mode: str = "reflect", cval: Any = 0.0,
                origin: int = 0) -> Any:  # fmt: skip
    """Correlate along an axis with weights `(m,)`; the other arguments as in `correlate`.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.correlate1d(gx.asarray([1.0, 2.0, 4.0]), [-1.0, 0.0, 1.0])
    Tensor([1., 3., 2.])
    """
    return _along("ndimage.correlate1d", input, weights, axis, output, mode, cval, origin, False)


def convolve1d(input: Any, weights: Any, axis: int = -1, output: Any = None, mode: str = "reflect", cval: Any = 0.0,
               origin: int = 0) -> Any:  # fmt: skip
    """Convolve along an axis with weights `(m,)`; the other arguments as in `correlate`.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.convolve1d(gx.asarray([1.0, 2.0, 4.0]), [-1.0, 0.0, 1.0])
    Tensor([-1., -3., -2.])
    """
    return _along("ndimage.convolve1d", input, weights, axis, output, mode, cval, origin, True)


def _along(name: str, input: Any, weights: Any, axis: int, output: Any, mode: str, cval: Any, origin: int,
           turned: bool) -> Any:  # fmt: skip
    x, dtype = image(name, input)
    w = floating(weights, x)
    if w.ndim != 1 or not w.shape[0]:
        raise ShapeError(f"{name}: expected weights (m,), m > 0; got shape {w.shape}")
    size = w.shape[0]
    if turned:
        origin = -origin - (1 - size % 2)
        kernel = w
    else:
        kernel = ops.flip(ops.conj(w) if w.dtype.kind == "c" else w)
    x, axis = axis_last(name, x, axis)
    y = convolved(with_margins(name, x, [size], [origin], [mode], cval, [-1]), kernel, 1, "valid")
    return finished(name, axis_back(y, axis), None if y.dtype.kind == "c" else dtype, output)


# ---------------------------------------------------------------- bells and boxes


def _bell(sigma: Any, order: int, radius: int, like: Any) -> Any:
    """Return the weights of a bell's derivative, to be convolved with: `(2 radius + 1,)`."""
    x = constant([float(k) for k in range(-radius, radius + 1)], like)
    inverse = 1.0 / (sigma * sigma)
    phi = ops.exp(-0.5 * inverse * x * x)
    phi = phi / ops.sum(phi)
    factor: list[Any] = [
        1.0
    ]  # phi' = -x / sigma^2 phi, so each derivative is a polynomial times phi
    for _ in range(order):
        slope = [(k + 1) * c for k, c in enumerate(factor[1:])] + [0.0, 0.0]
        factor = [d - inverse * c for d, c in zip(slope, [0.0, *factor])]
    total: Any = 0.0
    for k, c in enumerate(factor):
        total = total + c * x**k
    return phi * total


def gaussian_filter1d(input: Any, sigma: Any, axis: int = -1, order: int = 0, output: Any = None, mode: str = "reflect",
                      cval: Any = 0.0, truncate: float = 4.0, *, radius: int | None = None) -> Any:  # fmt: skip
    """Convolve along an axis with a bell of width `sigma`, or with a derivative of it.

    Parameters
    ----------
    sigma
        The standard deviation, a number or a 0-d Tensor to differentiate by.
    order
        Which derivative.
    truncate, radius
        The bell ends `truncate` sigma from its middle, or after `radius` elements.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.gaussian_filter1d(gx.ones((4, 5)), 1.0).shape
    (4, 5)
    """
    name = "ndimage.gaussian_filter1d"
    if radius is None:
        width = ops.stop_gradient(sigma).item() if isinstance(sigma, Cell) else sigma
        reach = int(truncate * float(width) + 0.5)
    else:
        reach = radius
    if order < 0 or reach < 0 or int(reach) != reach:
        raise ValueError(
            f"{name}: expected an order and a radius of at least 0; got {order} and {radius}"
        )
    x, dtype = image(name, input)
    y = convolve1d(x, _bell(sigma, order, int(reach), x), axis, None, mode, cval)
    return finished(name, y, dtype, output)


def gaussian_filter(input: Any, sigma: Any, order: Any = 0, output: Any = None, mode: Any = "reflect", cval: Any = 0.0,
                    truncate: float = 4.0, *, radius: Any = None, axes: Any = None) -> Any:  # fmt: skip
    """`gaussian_filter1d` along one axis after the other; `sigma`, `order`, `mode`, `radius` may differ by axis.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.gaussian_filter(gx.ones((4, 5)), (1.0, 2.0)).shape
    (4, 5)
    """
    name = "ndimage.gaussian_filter"
    x, dtype = image(name, input)
    axes = which(name, axes, x.ndim)
    given = (("sigma", sigma), ("order", order), ("mode", mode), ("radius", radius))
    for axis, s, o, m, r in zip(axes, *[each(name, what, v, len(axes)) for what, v in given]):
        if isinstance(s, Cell) or s > 1e-15:
            x = gaussian_filter1d(x, s, axis, o, None, m, cval, truncate, radius=r)
            x = floating(finished(name, x, dtype))  # integers after each axis, as SciPy
    return finished(name, x, dtype, output)


def uniform_filter1d(input: Any, size: int, axis: int = -1, output: Any = None, mode: str = "reflect", cval: Any = 0.0,
                     origin: int = 0) -> Any:  # fmt: skip
    """The mean of `size` elements along an axis.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.uniform_filter1d(gx.asarray([1.0, 2.0, 6.0]), 3)
    Tensor([1.33333333, 3.        , 4.66666667])
    """
    name = "ndimage.uniform_filter1d"
    if size < 1:
        raise ValueError(f"{name}: expected a size of at least 1; got {size}")
    x, dtype = image(name, input)
    y = correlate1d(x, constant([1.0] * size, x), axis, None, mode, cval, origin) / size
    return finished(name, y, dtype, output)


def uniform_filter(input: Any, size: Any = 3, output: Any = None, mode: Any = "reflect", cval: Any = 0.0,
                   origin: Any = 0, *, axes: Any = None) -> Any:  # fmt: skip
    """The mean of windows of these sizes.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.uniform_filter(gx.ones((4, 5)), 3).shape
    (4, 5)
    """
    name = "ndimage.uniform_filter"
    x, dtype = image(name, input)
    axes = which(name, axes, x.ndim)
    given = (("size", size), ("mode", mode), ("origin", origin))
    for axis, n, m, o in zip(axes, *[each(name, what, v, len(axes)) for what, v in given]):
        x = uniform_filter1d(x, n, axis, None, m, cval, o) if n > 1 else x
        x = floating(finished(name, x, dtype))  # integers after each axis, as SciPy
    return finished(name, x, dtype, output)


# ---------------------------------------------------------------- edges


def _edges(
    name: str, input: Any, axis: int, output: Any, mode: Any, cval: Any, across: list[float]
) -> Any:
    x, dtype = image(name, input)
    axis, modes = axis_of(name, axis, x.ndim), each(name, "mode", mode, x.ndim)
    x = correlate1d(x, [-1.0, 0.0, 1.0], axis, None, modes[axis], cval)
    for other in range(x.ndim):
        if other != axis:
            x = correlate1d(x, across, other, None, modes[other], cval)
    return finished(name, x, dtype, output)


def prewitt(
    input: Any, axis: int = -1, output: Any = None, mode: Any = "reflect", cval: Any = 0.0
) -> Any:
    """Differences along an axis, summed over three neighbours along the others.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.prewitt(gx.ones((4, 5))).shape
    (4, 5)
    """
    return _edges("ndimage.prewitt", input, axis, output, mode, cval, [1.0, 1.0, 1.0])


def sobel(
    input: Any, axis: int = -1, output: Any = None, mode: Any = "reflect", cval: Any = 0.0
) -> Any:
    """Differences along an axis, weighed 1, 2, 1 over neighbours along the others.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.sobel(gx.ones((4, 5))).shape
    (4, 5)
    """
    return _edges("ndimage.sobel", input, axis, output, mode, cval, [1.0, 2.0, 1.0])


def generic_laplace(input: Any, derivative2: Callable[..., Any], output: Any = None, mode: Any = "reflect",
                    cval: Any = 0.0, extra_arguments: Any = (), extra_keywords: Any = None, *,
                    axes: Any = None) -> Any:  # fmt: skip
    """The sum of `derivative2(input, axis, output, mode, cval, ...)` over the axes."""
    name = "ndimage.generic_laplace"
    x, dtype = image(name, input)
    axes = which(name, axes, x.ndim)
    total = None
    for axis, m in zip(axes, each(name, "mode", mode, len(axes))):
        term = derivative2(x, axis, None, m, cval, *extra_arguments, **(extra_keywords or {}))
        total = term if total is None else total + term
    return finished(name, x if total is None else total, dtype, output)


def laplace(
    input: Any, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, *, axes: Any = None
) -> Any:
    """The sum of second differences over the axes.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.laplace(gx.asarray([0.0, 1.0, 0.0]))
    Tensor([ 1., -2.,  1.])
    """

    def second(x: Any, axis: int, output: Any, mode: str, cval: Any) -> Any:
        return correlate1d(x, [1.0, -2.0, 1.0], axis, output, mode, cval)

    return generic_laplace(input, second, output, mode, cval, axes=axes)


def gaussian_laplace(input: Any, sigma: Any, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, *,
                     axes: Any = None, **kwargs: Any) -> Any:  # fmt: skip
    """The sum over the axes of second derivatives of the image under a bell.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.gaussian_laplace(gx.ones((4, 5)), 1.0).shape
    (4, 5)
    """
    x, dtype = image("ndimage.gaussian_laplace", input)
    terms = _bells("ndimage.gaussian_laplace", x, sigma, mode, cval, axes, 2, kwargs)
    return finished("ndimage.gaussian_laplace", sum(terms[1:], terms[0]), dtype, output)


def gaussian_gradient_magnitude(input: Any, sigma: Any, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, *,
                                axes: Any = None, **kwargs: Any) -> Any:  # fmt: skip
    """The length of the gradient of the image under a bell; 0 where it is 0 to every order.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.gaussian_gradient_magnitude(gx.ones((4, 5)), 1.0).shape
    (4, 5)
    """
    x, dtype = image("ndimage.gaussian_gradient_magnitude", input)
    terms = _bells("ndimage.gaussian_gradient_magnitude", x, sigma, mode, cval, axes, 1, kwargs)
    y = ops.linalg.vector_norm(ops.stack(terms), axis=0)
    return finished("ndimage.gaussian_gradient_magnitude", y, dtype, output)


def _bells(
    name: str, x: Any, sigma: Any, mode: Any, cval: Any, axes: Any, order: int, options: Any
) -> list[Any]:
    """Return for each axis the image under a bell, differentiated so often along this axis."""
    axes = which(name, axes, x.ndim)
    sigmas, modes = (
        each(name, what, v, len(axes)) for what, v in (("sigma", sigma), ("mode", mode))
    )
    return [
        gaussian_filter(
            x,
            sigmas,
            [order if a == axis else 0 for a in axes],
            None,
            modes,
            cval,
            axes=axes,
            **options,
        )
        for axis in axes
    ]


def generic_gradient_magnitude(input: Any, derivative: Callable[..., Any], output: Any = None, mode: Any = "reflect",
                               cval: Any = 0.0, extra_arguments: Any = (), extra_keywords: Any = None, *,
                               axes: Any = None) -> Any:  # fmt: skip
    """The length of `derivative(input, axis, output, mode, cval, ...)` over the axes."""
    name = "ndimage.generic_gradient_magnitude"
    x, dtype = image(name, input)
    axes = which(name, axes, x.ndim)
    terms = [derivative(x, axis, None, m, cval, *extra_arguments, **(extra_keywords or {}))
             for axis, m in zip(axes, each(name, "mode", mode, len(axes)))]  # fmt: skip
    return finished(name, ops.linalg.vector_norm(ops.stack(terms), axis=0), dtype, output)


__all__ = ["convolve", "convolve1d", "correlate", "correlate1d", "gaussian_filter", "gaussian_filter1d",
           "gaussian_gradient_magnitude", "gaussian_laplace", "generic_gradient_magnitude", "generic_laplace",
           "laplace", "prewitt", "sobel", "uniform_filter", "uniform_filter1d"]  # fmt: skip
