"""Images at other places: along coordinates, shifted, zoomed, rotated.

- Differentiable in the image and in the places: coordinates, shifts, matrices, angles, zooms.
- Order 0 is piecewise constant in the places; order 1 has at an element the slope towards the next one.
- Where a place depends on one axis alone, each axis is interpolated by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from gradx import ops
from gradx.errors import ShapeError
from gradx.level import Cell
from gradx.numpy.arguments import ints
from gradx.scipy.arrays import chosen, constant, extended, floating, values_of
from gradx.scipy.ndimage.arguments import each, finished, image, which
from gradx.scipy.ndimage.splines import MODES, coefficients, weights_at

_MARGIN = 12  # by how much SciPy extends an image whose boundary has no exact filter


class _Grid(NamedTuple):
    """Spline coefficients to be read, and how."""

    values: Any
    order: int
    mode: str
    cval: Any
    margin: int
    dtype: Any


def _grid(name: str, input: Any, order: int, mode: str, cval: Any, prefilter: bool,
          axes: Sequence[int] | None = None) -> _Grid:  # fmt: skip
    """Return the coefficients of an image; `axes`, all by default, are those that are interpolated."""
    chosen(name, "order", order, range(6))
    chosen(name, "mode", mode, MODES)
    x, dtype = image(name, input)
    mode = "reflect" if mode == "grid-mirror" else mode
    if mode == "grid-constant":
        x = x - cval  # so that what lies beyond counts nothing
    margin = 0
    if prefilter and order > 1:
        margin = _MARGIN if mode in ("nearest", "grid-constant") else 0
        axes = range(x.ndim) if axes is None else axes
        for axis in axes:
            x = extended(x, margin, margin, mode, 0.0, axis)
        for axis in axes:
            x = ops.moveaxis(coefficients(ops.moveaxis(x, axis, -1), order, mode), -1, axis)
    return _Grid(x, order, mode, cval, margin, dtype)


def _inside(place: Any, n: int, mode: str) -> tuple[Any, Any]:
    """Return places brought into the image of n elements by a boundary, and which lay beyond a constant one."""
    if mode == "constant":
        beyond = (place < 0.0) | (place > n - 1.0)
        return ops.where(beyond, 0.0, place), beyond
    if mode in (
        "nearest",
        "grid-constant",
    ):  # what lies beyond is in the elements, not in the places
        return place, None
    if n == 1:
        return 0.0 * place, None
    if mode == "mirror":
        m = ops.remainder(place, 2.0 * n - 2.0)
        return ops.where(m > n - 1.0, 2.0 * n - 2.0 - m, m), None
    if mode == "reflect":
        m = ops.remainder(place, 2.0 * n)
        return ops.where(m >= n, 2.0 * n - 1.0 - m, m), None
    if mode == "grid-wrap":
        return ops.remainder(place, float(n)), None
    around = ops.where(
        place < 0.0, (n - 1.0) - ops.remainder(-place, n - 1.0), ops.remainder(place, n - 1.0)
    )
    return ops.where((place < 0.0) | (place > n - 1.0), around, place), None


def _elements(first: Any, j: int, n: int, mode: str) -> tuple[Any, Any]:
    """Return the numbers of the j-th elements after the first ones, and which are there (None: all)."""
    at = ops.astype(first, "int64") + j
    if mode == "grid-constant":
        return ops.clip(at, 0, n - 1), (at >= 0) & (at < n)
    if mode == "nearest":
        return ops.clip(at, 0, n - 1), None
    if n == 1:
        return 0 * at, None
    if mode == "reflect":
        m = at % (2 * n)
        return ops.where(m >= n, 2 * n - 1 - m, m), None
    if mode == "grid-wrap":
        return at % n, None
    m = at % (2 * n - 2)
    return ops.where(m > n - 1, 2 * n - 2 - m, m), None


def _axis_weights(grid: _Grid, place: Any, n: int) -> tuple[Any, Any, Any]:
    """Return elements and weights `(order + 1, ...)` for places along an axis, and which lie beyond."""
    place, beyond = _inside(place + float(grid.margin), n, grid.mode)
    first, weights = weights_at(place, grid.order)
    found, parts = [], []
    for j, weight in enumerate(weights):
        at, there = _elements(first, j, n, grid.mode)
        found.append(at)
        parts.append(weight if there is None else ops.where(there, weight, 0.0))
    return ops.stack(found), ops.stack(parts), beyond


def _settled(name: str, grid: _Grid, y: Any, beyond: list[Any], output: Any) -> Any:
    if grid.mode == "grid-constant":
        y = y + grid.cval
    for mask in beyond:
        y = ops.where(mask, grid.cval, y)
    if output is not None:
        return finished(name, y, None, output)
    if grid.dtype.kind not in "fc":  # integers are rounded here, not cut
        y = ops.trunc(y + ops.where(y > 0.0, 0.5, -0.5 if grid.dtype.kind == "i" else 0.0))
    return finished(name, y, y.dtype if y.dtype.kind == "c" else grid.dtype)


def _at(name: str, grid: _Grid, places: Sequence[Any], output: Any) -> Any:
    """Interpolate the first axes at places `(...)` given for each: one read of all elements around each place."""
    rank, axes = (
        len(places),
        [_axis_weights(grid, place, n) for place, n in zip(places, grid.values.shape)],
    )
    shape, count, behind = places[0].shape, grid.order + 1, [1] * (grid.values.ndim - len(places))
    key = []
    for i, (at, _, _) in enumerate(axes):
        wide = [1] * rank
        wide[i] = count
        key.append(ops.reshape(at, (*wide, *shape)))
    y = grid.values[tuple(key)]
    for i in reversed(range(rank)):
        weight = ops.reshape(axes[i][1], (*[1] * i, count, *shape, *behind))
        y = ops.sum(y * weight, axis=i)
    beyond = [ops.reshape(mask, (*shape, *behind)) for _, _, mask in axes if mask is not None]
    return _settled(name, grid, y, beyond, output)


def _separately(name: str, grid: _Grid, places: Sequence[Any], output: Any) -> Any:
    """Interpolate at places `(m,)` of each axis by itself."""
    y, beyond, rank = grid.values, [], grid.values.ndim
    for axis, place in enumerate(places):
        at, weight, out = _axis_weights(grid, place, y.shape[axis])
        shape = [1] * rank
        shape[axis] = place.shape[0]
        y = sum(
            ops.take(y, at[j], axis=axis) * ops.reshape(weight[j], shape)
            for j in range(grid.order + 1)
        )
        if out is not None:
            beyond.append(ops.reshape(out, shape))
    return _settled(name, grid, y, beyond, output)


def map_coordinates(input: Any, coordinates: Any, output: Any = None, order: int = 3, mode: str = "constant",
                    cval: Any = 0.0,
                     prefilter: bool = True) -> Any:  # fmt: skip
    """The image at coordinates, by splines.

    Parameters
    ----------
    input
        `(n1, ..., nd)`.
    coordinates
        `(d, ...)`: for each axis, where to read.
    order
        Of the spline, 0 to 5.
    mode
        What lies beyond the edges: "constant" with `cval`, "grid-constant" (interpolated with it), "nearest", "mirror",
        "reflect", "wrap", "grid-wrap".
    prefilter
        Make coefficients of the image first, as an image of orders above 1 needs.

    Returns
    -------
    Tensor
        `(...)`, the shape of the coordinates without the first axis.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.map_coordinates(gx.asarray([0.0, 1.0, 4.0]), [[0.5, 1.5]], order=1)
    Tensor([0.5, 2.5])
    """
    name = "ndimage.map_coordinates"
    grid = _grid(name, input, order, mode, cval, prefilter)
    places = floating(coordinates, grid.values)
    if not places.ndim or places.shape[0] != grid.values.ndim:
        raise ShapeError(
            f"{name}: expected coordinates for each of {grid.values.ndim} axes; got shape {places.shape}"
        )
    return _at(name, grid, [places[i] for i in range(places.shape[0])], output)


def geometric_transform(input: Any, mapping: Callable[..., Any], output_shape: Any = None, output: Any = None,
                        order: int = 3, mode: str = "constant", cval: Any = 0.0, prefilter: bool = True,
                        extra_arguments: Any = (), extra_keywords: Any = None) -> Any:  # fmt: skip
    """The image at `mapping(place)`; the mapping is called once, with a tuple of arrays for all places.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.geometric_transform(gx.ones((4, 5)), lambda p: (p[0], p[1] - 1.0)).shape
    (4, 5)
    """
    name = "ndimage.geometric_transform"
    grid = _grid(name, input, order, mode, cval, prefilter)
    shape = _shape_of(input, output_shape)
    lines = [ops.arange(n, dtype="float64", device=grid.values.device) for n in shape]
    grids = tuple(ops.meshgrid(*lines, indexing="ij"))
    places = mapping(grids, *extra_arguments, **(extra_keywords or {}))
    every = [ops.broadcast_to(floating(p, grid.values), shape) for p in places]
    return _at(name, grid, every, output)


def _shape_of(input: Any, output_shape: Any) -> tuple[int, ...]:
    return tuple(input.shape) if output_shape is None else ints(output_shape)


def affine_transform(input: Any, matrix: Any, offset: Any = 0.0, output_shape: Any = None, output: Any = None,
                     order: int = 3, mode: str = "constant", cval: Any = 0.0,
                     prefilter: bool = True) -> Any:  # fmt: skip
    """The image at `matrix @ place + offset`, its other arguments as in `map_coordinates`.

    Parameters
    ----------
    matrix
        `(d,)`, a diagonal; `(d, d)`; or with the offset in a last column, `(d, d + 1)` or `(d + 1, d + 1)`.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.affine_transform(gx.ones((4, 5)), gx.eye(2), (0.5, 0.0)).shape
    (4, 5)
    """
    name = "ndimage.affine_transform"
    grid = _grid(name, input, order, mode, cval, prefilter)
    x, rank = grid.values, grid.values.ndim
    matrix = floating(matrix, x) if hasattr(matrix, "dtype") else constant(matrix, x, "float64")
    if matrix.shape in ((rank, rank + 1), (rank + 1, rank + 1)):
        matrix, offset = matrix[:rank, :rank], matrix[:rank, rank]
    if matrix.shape not in ((rank,), (rank, rank)):
        raise ShapeError(f"{name}: expected a matrix for {rank} axes; got shape {matrix.shape}")
    offsets = each(name, "offset", offset, rank)
    shape = _shape_of(grid_shape(input), output_shape)
    lines = [ops.arange(n, dtype="float64", device=x.device) for n in shape]
    if matrix.ndim == 1:
        return _separately(
            name, grid, [line * matrix[i] + offsets[i] for i, line in enumerate(lines)], output
        )
    places = []
    for i in range(rank):
        total: Any = offsets[i]
        for j, line in enumerate(lines):
            total = total + ops.reshape(line, (-1, *[1] * (rank - 1 - j))) * matrix[i, j]
        places.append(ops.broadcast_to(total, shape))
    return _at(name, grid, places, output)


def grid_shape(input: Any) -> Any:
    """Return the array of whose shape a result is, a list as a Tensor."""
    return input if hasattr(input, "shape") else floating(input)


def shift(input: Any, shift: Any, output: Any = None, order: int = 3, mode: str = "constant", cval: Any = 0.0,
          prefilter: bool = True) -> Any:  # fmt: skip
    """The image shifted by so many elements, not only whole ones; differentiable in the shift.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.shift(gx.asarray([0.0, 1.0, 4.0]), 1.0, order=1)
    Tensor([0., 0., 1.])
    """
    name = "ndimage.shift"
    grid = _grid(name, input, order, mode, cval, prefilter)
    by = each(name, "shift", shift, grid.values.ndim)
    lines = [
        ops.arange(n, dtype="float64", device=grid.values.device) for n in grid_shape(input).shape
    ]
    return _separately(name, grid, [line - s for line, s in zip(lines, by)], output)


def zoom(input: Any, zoom: Any, output: Any = None, order: int = 3, mode: str = "constant", cval: Any = 0.0,
         prefilter: bool = True, *, grid_mode: bool = False) -> Any:  # fmt: skip
    """The image with `round(n zoom)` elements along each axis: the outermost stay, or, with `grid_mode`, the edges.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.zoom(gx.ones((4, 5)), 2).shape
    (8, 10)
    """
    name = "ndimage.zoom"
    grid = _grid(name, input, order, mode, cval, prefilter)
    sizes = grid_shape(input).shape
    by = [float(values_of(z)) for z in each(name, "zoom", zoom, grid.values.ndim)]
    places = []
    for n, z in zip(sizes, by):
        m = round(n * z)
        line = ops.arange(m, dtype="float64", device=grid.values.device)
        if grid_mode:
            places.append((line + 0.5) * (n / max(m, 1)) - 0.5)
        else:
            places.append(line * ((n - 1) / (m - 1) if m > 1 else 1.0))
    return _separately(name, grid, places, output)


def rotate(input: Any, angle: Any, axes: tuple[int, int] = (1, 0), reshape: bool = True, output: Any = None,
           order: int = 3, mode: str = "constant", cval: Any = 0.0,
                     prefilter: bool = True) -> Any:  # fmt: skip
    """The image rotated by an angle in degrees in the plane of two axes; differentiable in the angle.

    `reshape` makes the result large enough for all of the image.

    >>> import gradx as gx
    >>> gx.scipy.ndimage.rotate(gx.ones((4, 6)), 90.0).shape
    (6, 4)
    """
    name = "ndimage.rotate"
    sizes = grid_shape(input).shape
    plane = sorted(which(name, axes, len(sizes)))
    if len(plane) != 2:
        raise ShapeError(f"{name}: expected two axes; got {axes}")
    grid = _grid(name, input, order, mode, cval, prefilter, plane)
    x = grid.values
    angle = angle if isinstance(angle, Cell) else constant(float(angle), x, "float64")
    c, s = ops.special.cosdg(angle), ops.special.sindg(angle)  # exact at right angles
    old, new = [sizes[i] for i in plane], list(sizes)
    if reshape:
        rows = [[float(values_of(v)) for v in row] for row in ((c, s), (-s, c))]
        corners = [(0, 0), (0, old[1]), (old[0], 0), (old[0], old[1])]
        for i, row in enumerate(rows):
            ends = [row[0] * p + row[1] * q for p, q in corners]
            new[plane[i]] = int(max(ends) - min(ends) + 0.5)
    lines = [ops.arange(new[i], dtype="float64", device=x.device) for i in plane]
    u, v = (line - (line.shape[0] - 1) / 2.0 for line in lines)
    u = ops.reshape(u, (-1, 1))
    turned = c * u + s * v + (old[0] - 1) / 2.0, -s * u + c * v + (old[1] - 1) / 2.0
    size = new[plane[0]], new[plane[1]]
    flat = grid._replace(values=ops.moveaxis(x, tuple(plane), (0, 1)))
    y = _at(name, flat, [ops.broadcast_to(p, size) for p in turned], output)
    return ops.moveaxis(y, (0, 1), tuple(plane))


__all__ = ["affine_transform", "geometric_transform", "map_coordinates", "rotate", "shift", "zoom"]
