"""Each row of the table under `vmap`: it equals the loop over examples, for each choice of `in_axes`.

- Values on every device of the suite; derivatives, inside of vmap and around it, on the CPU in double precision.
- What has no batch, as its shape depends on values, raises a `BatchError` that names the cure.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import BatchError
from gradx.testing import assert_close
from tests.cases import CASES, arrays, function_of, is_floating, tensors
from tests.cases_base import Case

EXAMPLES = 3
ROWS = [pytest.param(row, id=row.id) for row in CASES]
FLOATING = [pytest.param(row, d, id=f"{row.id}-{d}") for row in CASES for d in row.doubles]

WITHOUT_BATCH = {"nonzero", "unique_all", "unique_counts", "unique_inverse", "unique_values"}
"""Functions whose results have a shape that depends on values."""

Axes = tuple[Any, ...]


def is_batchable(arg: Any) -> bool:
    """Whether an argument is an array, or a sequence of them."""
    if isinstance(arg, (list, tuple)):
        return bool(arg) and all(isinstance(part, np.ndarray) for part in arg)
    return isinstance(arg, np.ndarray)


def choices(args: list[Any], chosen: Any = is_batchable) -> Iterator[Axes]:
    """Yield values of `in_axes`: one argument mapped, all of them along the first, the last, or several axes."""
    spots = [i for i, arg in enumerate(args) if chosen(arg)]
    for spot in spots:
        yield tuple(0 if i == spot else None for i in range(len(args)))
    if spots:
        yield tuple(-1 if i in spots else None for i in range(len(args)))
    if len(spots) > 1:
        yield tuple(0 if i in spots else None for i in range(len(args)))
        yield tuple(
            (-1, 0, 1)[spots.index(i) % 3 - 1] if i in spots else None for i in range(len(args))
        )


def stacked(examples: list[Any], axis: int | None) -> Any:
    """Return one argument of all examples along `axis`; the first example's for None."""
    if axis is None:
        return examples[0]
    if isinstance(examples[0], (list, tuple)):
        return [
            stacked([example[i] for example in examples], axis) for i in range(len(examples[0]))
        ]
    axis = min(axis, examples[0].ndim)
    return np.stack(examples, axis=axis)


def fitting(axes: Axes, args: list[Any]) -> Axes:
    """Return `axes` for arguments, some of which may have no axis but the examples' own."""
    parts = [arg if isinstance(arg, (list, tuple)) else [arg] for arg in args]
    return tuple(
        axis if axis is None else min(axis, min(part.ndim for part in each))
        for axis, each in zip(axes, parts)
    )


def has_batch(row: Case, args: list[Any], axes: Axes) -> bool:
    """Whether the row has a result of one shape for all examples."""
    mapped = [arg for arg, axis in zip(args, axes) if axis is not None]
    if row.name == "getitem":
        return not any(arg.dtype.kind == "b" for arg in mapped)
    if row.name == "repeat":
        return len(args) < 2 or axes[1] is None
    return row.name not in WITHOUT_BATCH


def call(row: Case) -> Any:
    """Return a row's function of its positional arguments, which gives a list."""
    return lambda *args: arrays(function_of(row)(*args, **row.params))


@pytest.mark.parametrize("row", ROWS)
def test_vmap_equals_the_loop(row: Case, gradx_device: str) -> None:
    dtype = row.doubles[0] if row.doubles else "float64"
    examples = [row.draw(dtype, i) for i in range(EXAMPLES)]
    with gx.default_device(gradx_device):
        for axes in [fitting(a, examples[0]) for a in choices(examples[0])]:
            mapped = gx.vmap(call(row), in_axes=axes)
            args = [stacked(list(each), axis) for each, axis in zip(zip(*examples), axes)]
            there = [tensors(arg, gradx_device) for arg in args]
            if not has_batch(row, examples[0], axes):
                with pytest.raises(BatchError, match="vmap"):
                    mapped(*there)
                continue
            actual = mapped(*there)
            looped = [
                call(row)(*[
                    tensors(arg if axis is not None else first, gradx_device)
                    for arg, first, axis in zip(example, examples[0], axes)
                ])
                for example in examples
            ]  # fmt: skip
            for y, parts in zip(actual, zip(*looped, strict=True), strict=True):
                assert y.device == parts[0].device
                assert_close(y, gx.stack(list(parts)), rtol=1e-7, atol=1e-9)


# ---------------------------------------------------------------- derivatives


def floating_rows(row: Case, dtype: str) -> Iterator[tuple[Any, list[Any], list[Any], Axes]]:
    """Yield a function of the row's mapped floating arguments, these stacked, each example's, and `in_axes`."""
    examples = [row.draw(dtype, i) for i in range(EXAMPLES)]
    for axes in [fitting(a, examples[0]) for a in choices(examples[0], is_floating)]:
        spots = [i for i, axis in enumerate(axes) if axis is not None]

        def function(*values: Any, spots: list[int] = spots) -> list[Any]:
            filled = [tensors(arg) for arg in examples[0]]
            for i, value in zip(spots, values, strict=True):
                filled[i] = value
            return [y for y in call(row)(*filled) if y.dtype.kind in "fc"]

        each = [[tensors(example[i]) for i in spots] for example in examples]
        together = [tensors(stacked([example[i] for example in examples], axes[i])) for i in spots]
        yield function, together, each, tuple(axes[i] for i in spots)


def pulled(function: Any, *values: Any) -> Any:
    """Return the cotangents of all arguments for ones."""
    out, pullback = gx.vjp(function, *values)
    return pullback([gx.ones_like(y) for y in out])


def pushed(function: Any, *values: Any) -> Any:
    """Return the tangents of all results for ones."""
    return gx.jvp(function, values, ones_like(values))[1]


def ones_like(tree: Any) -> Any:
    if isinstance(tree, (list, tuple)):
        return type(tree)(ones_like(x) for x in tree)
    return gx.ones_like(tree)


def join(parts: list[Any], axis: Any) -> Any:
    """Stack pytrees of results, of tuples and lists."""
    if isinstance(parts[0], (list, tuple)):
        axes = axis if isinstance(axis, tuple) else (axis,) * len(parts[0])
        return type(parts[0])(join(list(each), a) for each, a in zip(zip(*parts), axes))
    return gx.stack(parts, axis=axis)


@pytest.mark.parametrize(("row", "dtype"), FLOATING)
def test_derivatives_of_examples(row: Case, dtype: str) -> None:
    if row.name in WITHOUT_BATCH:
        return  # the test of values sees their error
    for function, together, each, axes in floating_rows(row, dtype):
        tolerance = {"rtol": max(1e-6, row.rtol or 0.0), "atol": 1e-8}
        backward = join([pulled(function, *values) for values in each], axes)
        forward = join([pushed(function, *values) for values in each], 0)
        mapped = gx.vmap(function, in_axes=axes)
        inside = gx.vmap(partial(pulled, function), in_axes=axes, out_axes=axes)
        assert_close(inside(*together), backward, **tolerance)
        assert_close(pulled(mapped, *together), backward, **tolerance)
        inside = gx.vmap(partial(pushed, function), in_axes=axes)
        assert_close(inside(*together), forward, **tolerance)
        assert_close(pushed(mapped, *together), forward, **tolerance)
