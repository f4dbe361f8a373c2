"""Histograms under NumPy's names: counts are constant, sums of weights and densities are differentiable.

- Edges that follow from the data, `bins=10`, are differentiable in its extremes; so are densities in the edges.
- Bins are half open, the last one closed, as in NumPy. Rules by name, `bins="auto"`, are not here.
"""

from __future__ import annotations

from operator import index
from typing import Any

from gradx import ops
from gradx.errors import OperandError, ShapeError
from gradx.numpy.arguments import beside, cast, inexact, tensor, tensors
from gradx.numpy.creation import linspace
from gradx.promotion import result_type
from gradx.tape import SCALARS


def _edges(name: str, x: Any, bins: Any, limits: Any) -> Any:
    """Return the edges of the bins of one coordinate: made of their number, or as they are given."""
    if isinstance(bins, str):
        raise OperandError(
            f"numpy.{name}: expected a number of bins or their edges; got bins={bins!r}. Find the edges for the values "
            "with NumPy: numpy.histogram_bin_edges(x.detach().numpy(), bins)"
        )
    if (hasattr(bins, "ndim") and bins.ndim) or isinstance(bins, (list, tuple)):
        edges = beside(bins, x)
        if edges.ndim != 1 or bool(ops.any(ops.diff(edges) < 0)):
            raise ValueError(f"numpy.{name}: expected edges in one dimension that do not fall")
        return edges
    count = index(bins)
    if count < 1:
        raise ValueError(f"numpy.{name}: expected at least one bin; got {count}")
    if limits is not None:
        first, last = (inexact(ops.to_device(tensor(x_), x.device)) for x_ in limits)
    elif not x.size:
        first, last = (inexact(beside(end, x)) for end in (0.0, 1.0))
    else:
        first, last = inexact(ops.min(x)), inexact(ops.max(x))
    if not bool(ops.isfinite(first) & ops.isfinite(last) & (first <= last)):
        raise ValueError(
            f"numpy.{name}: expected finite limits that do not fall; got {first} and {last}"
        )
    apart = ops.where(first == last, 0.5, 0.0)
    return linspace(first - apart, last + apart, count + 1)


def _places(x: Any, edges: Any) -> tuple[Any, Any]:
    """Return the number of the bin of each element, and whether it is in one."""
    x, edges = ops.stop_gradient(x), ops.stop_gradient(edges)
    common = result_type(x, edges)
    x, edges = cast(x, common), cast(edges, common)
    count = edges.shape[0] - 1
    place = ops.searchsorted(edges, x, side="right") - 1
    place = ops.where(x == edges[-1], count - 1, place)
    inside = (place >= 0) & (place < count)
    return ops.clip(place, 0, max(count - 1, 0)), inside


def _total(shape: tuple[int, ...], place: Any, inside: Any, weights: Any) -> Any:
    """Return the sum of the weights in each bin, in the shape of the bins."""
    size = 1
    for n in shape:
        size *= n
    zeros = ops.zeros(size, dtype=weights.dtype, device=weights.device)
    found = ops.index_add(zeros, ops.where(inside, weights, ops.zeros_like(weights)), key=(place,))
    return ops.reshape(found, shape)


def _weights(name: str, weights: Any, x: Any) -> Any:
    if weights is None:
        return ops.ones(x.size, dtype="int64", device=x.device)
    w = beside(weights, x)
    if w.size != x.size:
        raise ShapeError(f"numpy.{name}: expected weights of shape {x.shape}; got {w.shape}")
    return ops.ravel(w)


def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    """NumPy's `histogram_bin_edges`, by `linspace`."""
    return _edges("histogram_bin_edges", ops.ravel(tensor(a)), bins, range)


def histogram(
    a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    """NumPy's `histogram`, by `gradx.searchsorted` and `gradx.index_add`; differentiable in `weights`.

    >>> import gradx as gx
    >>> gx.grad(lambda w: histogram([0.1, 0.7, 0.2], 2, (0.0, 1.0), weights=w)[0][0])(gx.ones(3))
    Tensor([1., 0., 1.])
    """
    x = ops.ravel(tensor(a))
    edges = _edges("histogram", x, bins, range)
    counts = _total(
        (edges.shape[0] - 1,), *_places(x, edges), _weights("histogram", weights, tensor(a))
    )
    if not density:
        return counts, edges
    counts = inexact(counts)
    return counts / ops.sum(counts) / inexact(ops.diff(edges)), edges


def histogramdd(
    sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    """NumPy's `histogramdd`: of points `(n, d)`, or of d arrays of coordinates; differentiable in `weights`."""
    columns = tensors(sample) if isinstance(sample, (list, tuple)) else None
    points = ops.stack(columns, axis=-1) if columns is not None else tensor(sample)
    points = points[:, None] if points.ndim == 1 else points
    count = points.shape[1]
    several = [bins] * count if type(bins) in SCALARS else list(bins)
    limits = [None] * count if range is None else list(range)
    if len(several) != count or len(limits) != count:
        raise ShapeError(f"numpy.histogramdd: expected bins and range for {count} coordinates")
    edges, place, inside = [], 0, True
    for column, each, ends in zip(ops.unstack(points, axis=1), several, limits, strict=True):
        column = ops.concat([column])  # by itself in memory, as PyTorch wants what it searches for
        edges.append(_edges("histogramdd", column, each, ends))
        here, there = _places(column, edges[-1])
        place, inside = place * (edges[-1].shape[0] - 1) + here, there & inside
    weighted = inexact(_weights("histogramdd", weights, points[:, 0]))
    found = _total(tuple([each.shape[0] - 1 for each in edges]), place, inside, weighted)
    if density:
        found = found / ops.sum(found)
        for axis, each in enumerate(edges):
            widths = inexact(ops.diff(each))
            found = found / ops.reshape(widths, (-1,) + (1,) * (count - 1 - axis))
    return found, tuple(edges)


def histogram2d(x: Any, y: Any, bins: Any = 10, range: Any = None, density: Any = None,
                weights: Any = None) -> Any:  # fmt: skip
    """NumPy's `histogram2d`, by `histogramdd`."""
    both = type(bins) in SCALARS or len(bins) not in (1, 2)
    found, edges = histogramdd([x, y], [bins, bins] if both else bins, range, density, weights)
    return found, *edges


__all__ = ["histogram", "histogram2d", "histogram_bin_edges", "histogramdd"]
