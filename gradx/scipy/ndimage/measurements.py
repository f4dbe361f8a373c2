"""Sums, moments and extremes of labelled regions.

- Which elements belong to a label is decided on values, once; the reductions are on the tape.
- Without labels the whole image is one region; without an index, all labels above 0 are.
- Positions are integers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.scipy.arrays import constant, floating, values_of


class _Regions:
    """The elements of each region of an image, as numbers of the flat image."""

    def __init__(self, name: str, input: Any, labels: Any, index: Any) -> None:
        x = floating(input)
        self.shape, self.single = x.shape, True
        self.image = ops.reshape(x, (-1,))
        if labels is None:
            if index is not None:
                raise ValueError(f"{name}: expected labels with an index; got none")
            self.places: list[Any] = [None]
            return
        marks = values_of(labels)
        if marks.shape != x.shape:
            try:
                marks = marks + 0 * values_of(ops.zeros(x.shape, dtype="int64"))
            except ValueError:
                raise ShapeError(
                    f"{name}: expected labels that broadcast to the image's shape {x.shape}; got {marks.shape}"
                ) from None
        marks = marks.reshape(-1)
        wanted = None if index is None else values_of(index)
        self.single = wanted is None or wanted.ndim == 0
        self.form = () if wanted is None else wanted.shape
        masks = [marks > 0] if wanted is None else [marks == i for i in wanted.reshape(-1)]
        self.places = [constant(mask.nonzero()[0], x, "int64") for mask in masks]

    def read(self, place: Any, values: Any = None) -> Any:
        """Return the elements of a region, of the image or of another flat array."""
        values = self.image if values is None else values
        return values if place is None else ops.take(values, place)

    def each(self, reduce: Callable[[Any], Any]) -> Any:
        """Return a reduction of every region, in the form of the index."""
        found = [reduce(place) for place in self.places]
        if self.single:
            return found[0]
        return ops.reshape(ops.stack(found), self.form) if found else ops.zeros(self.form)


def sum_labels(input: Any, labels: Any = None, index: Any = None) -> Any:
    """The sum over each region: of the shape of `index`.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.sum_labels(gx.asarray([1.0, 2.0, 4.0]), [1, 1, 2], [1, 2])
    Tensor([3., 4.])
    """
    regions = _Regions("ndimage.sum_labels", input, labels, index)
    return regions.each(lambda place: ops.sum(regions.read(place)))


def mean(input: Any, labels: Any = None, index: Any = None) -> Any:
    """The mean of each region.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.mean(gx.asarray([1.0, 2.0, 4.0]), [1, 1, 2], [1, 2])
    Tensor([1.5, 4. ])
    """
    regions = _Regions("ndimage.mean", input, labels, index)
    return regions.each(lambda place: ops.mean(regions.read(place)))


def variance(input: Any, labels: Any = None, index: Any = None) -> Any:
    """The variance of each region.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.variance(gx.asarray([1.0, 2.0, 4.0]), [1, 1, 2], 1)
    Tensor(0.25)
    """
    regions = _Regions("ndimage.variance", input, labels, index)
    return regions.each(lambda place: ops.var(regions.read(place)))


def standard_deviation(input: Any, labels: Any = None, index: Any = None) -> Any:
    """The standard deviation of each region; its slope at 0 is 0.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.standard_deviation(gx.asarray([1.0, 2.0, 4.0]), [1, 1, 2], 1)
    Tensor(0.5)
    """
    regions = _Regions("ndimage.standard_deviation", input, labels, index)
    return regions.each(lambda place: ops.std(regions.read(place)))


def minimum(input: Any, labels: Any = None, index: Any = None) -> Any:
    """The least element of each region, 0 of an empty one.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.minimum(gx.asarray([1.0, 2.0, 4.0]), [1, 1, 2], [1, 2])
    Tensor([1., 4.])
    """
    return _extreme("ndimage.minimum", ops.min, input, labels, index)


def maximum(input: Any, labels: Any = None, index: Any = None) -> Any:
    """The greatest element of each region, 0 of an empty one.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.maximum(gx.asarray([1.0, 2.0, 4.0]), [1, 1, 2], [1, 2])
    Tensor([2., 4.])
    """
    return _extreme("ndimage.maximum", ops.max, input, labels, index)


def median(input: Any, labels: Any = None, index: Any = None) -> Any:
    """The median of each region.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.median(gx.asarray([1.0, 2.0, 4.0]), [1, 1, 2], [1, 2])
    Tensor([1.5, 4. ])
    """
    return _extreme("ndimage.median", ops.median, input, labels, index)


def _extreme(name: str, reduce: Any, input: Any, labels: Any, index: Any) -> Any:
    regions = _Regions(name, input, labels, index)

    def of(place: Any) -> Any:
        x = regions.read(place)
        return reduce(x) if x.shape[0] else ops.sum(x)

    return regions.each(of)


def center_of_mass(input: Any, labels: Any = None, index: Any = None) -> Any:
    """The mean place of each region, weighed by the image: a tuple, or a list of tuples, of a Tensor for each axis.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.center_of_mass(gx.asarray([1.0, 0.0, 3.0]))
    (Tensor(1.5),)
    """
    regions = _Regions("ndimage.center_of_mass", input, labels, index)
    lines = [
        ops.arange(n, dtype=regions.image.dtype, device=regions.image.device) for n in regions.shape
    ]
    grids = [ops.reshape(g, (-1,)) for g in (ops.meshgrid(*lines, indexing="ij") if lines else [])]

    def of(place: Any) -> tuple[Any, ...]:
        mass = regions.read(place)
        return tuple([ops.sum(mass * regions.read(place, g)) / ops.sum(mass) for g in grids])

    found = [of(place) for place in regions.places]
    return found[0] if regions.single else found


def _position(name: str, arg: Any, input: Any, labels: Any, index: Any) -> Any:
    regions = _Regions(name, input, labels, index)
    found = []
    for place in regions.places:
        k = int(values_of(arg(ops.stop_gradient(regions.read(place)))))
        k = k if place is None else int(values_of(place)[k])
        at = []
        for n in reversed(regions.shape):
            k, i = divmod(k, n)
            at.append(i)
        found.append(tuple(reversed(at)))
    return found[0] if regions.single else found


def minimum_position(input: Any, labels: Any = None, index: Any = None) -> Any:
    """Where the least element of each region stands: a tuple, or a list of tuples, of integers.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.minimum_position(gx.asarray([[3.0, 1.0], [2.0, 4.0]]))
    (0, 1)
    """
    return _position("ndimage.minimum_position", ops.argmin, input, labels, index)


def maximum_position(input: Any, labels: Any = None, index: Any = None) -> Any:
    """Where the greatest element of each region stands: a tuple, or a list of tuples, of integers.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.maximum_position(gx.asarray([[3.0, 1.0], [2.0, 4.0]]))
    (1, 1)
    """
    return _position("ndimage.maximum_position", ops.argmax, input, labels, index)


def extrema(input: Any, labels: Any = None, index: Any = None) -> tuple[Any, Any, Any, Any]:
    """`minimum`, `maximum`, `minimum_position`, `maximum_position`.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.extrema(gx.asarray([3.0, 1.0]))
    (Tensor(1.), Tensor(3.), (1,), (0,))
    """
    given = input, labels, index
    return minimum(*given), maximum(*given), minimum_position(*given), maximum_position(*given)


__all__ = ["center_of_mass", "extrema", "maximum", "maximum_position", "mean", "median", "minimum",
           "minimum_position", "standard_deviation", "sum_labels", "variance"]  # fmt: skip
