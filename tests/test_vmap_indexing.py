"""Reading and writing by index under `vmap`: keys of every kind equal the loop over examples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import BatchError
from gradx.ops.subscript import read, write
from gradx.testing import assert_close, check_grads
from tests.test_indexing import CUBE, KEYS, label, numbers

EXAMPLES = 3
CUBES = np.stack([CUBE, CUBE[::-1] * 2, -CUBE])

ADVANCED = [key for key in KEYS if any(
    isinstance(part, (list, np.ndarray)) and np.asarray(part).dtype.kind in "if"
    for part in (key if isinstance(key, tuple) else (key,))
)]  # fmt: skip


def loop(function: Any, *stacks: Any) -> Any:
    """Return the results of all examples, stacked."""
    return np.stack([function(*[gx.asarray(x) for x in each]).numpy() for each in zip(*stacks)])


@pytest.mark.parametrize("key", KEYS, ids=label)
def test_key_that_examples_share(key: Any) -> None:
    y = gx.vmap(lambda x: read(x, key))(CUBES)
    assert_close(y, loop(lambda x: read(x, key), CUBES))
    place = y.shape[1:]
    values = np.stack([numbers(place) * (i + 1) for i in range(EXAMPLES)])
    for xs, vs, axes in (
        (CUBES, values, (0, 0)), (CUBES, values[0], (0, None)), (CUBE, values, (None, 0)),
    ):  # fmt: skip
        many = [np.stack([a] * EXAMPLES) if axis is None else a for a, axis in zip((xs, vs), axes)]
        written = gx.vmap(lambda x, v: write(x, key, v), in_axes=axes)(xs, vs)
        assert_close(written, loop(lambda x, v: write(x, key, v), *many))


@pytest.mark.parametrize("number", [7.0, np.float64(7.0)])
@pytest.mark.parametrize("key", KEYS, ids=label)
def test_number_at_a_key_that_examples_share(key: Any, number: Any) -> None:
    y = gx.vmap(lambda x: write(x, key, number))(CUBES)
    assert_close(y, loop(lambda x: write(x, key, number), CUBES))


def rolled(key: Any, i: int) -> Any:
    """Return a key with the same indices in another order."""
    parts = key if isinstance(key, tuple) else (key,)
    return tuple(
        np.roll(np.asarray(p), i) if isinstance(p, (list, np.ndarray)) and np.asarray(p).dtype.kind in "if"
        and np.asarray(p).size else p
        for p in parts
    )  # fmt: skip


def split(key: Any) -> tuple[list[int], list[Any]]:
    """Return at which places of a key index arrays of integers stand, and these."""
    spots = [i for i, p in enumerate(key) if isinstance(p, np.ndarray) and p.dtype.kind in "if"]
    return spots, [key[i].astype(np.int64) for i in spots]


@pytest.mark.parametrize("of_x", [True, False])
@pytest.mark.parametrize("key", ADVANCED, ids=label)
def test_index_arrays_that_differ(key: Any, of_x: bool) -> None:
    keys = [rolled(key, i) for i in range(EXAMPLES)]
    spots, _ = split(keys[0])
    arrays = [np.stack(each) for each in zip(*[split(k)[1] for k in keys])]
    if not spots:
        return

    def filled(indices: Any) -> Any:
        parts = list(keys[0])
        for i, index in zip(spots, indices):
            parts[i] = index
        return tuple(parts)

    def reading(x: Any, *indices: Any) -> Any:
        return read(x, filled(indices))

    xs = CUBES if of_x else np.stack([CUBE] * EXAMPLES)
    for mapped in {(True,) * len(spots), (True,) + (False,) * (len(spots) - 1)}:
        axes = (0 if of_x else None, *[0 if flag else None for flag in mapped])
        given = [a if flag else a[0] for a, flag in zip(arrays, mapped)]
        many = [a if flag else np.stack([a[0]] * EXAMPLES) for a, flag in zip(arrays, mapped)]
        y = gx.vmap(reading, in_axes=axes)(CUBES if of_x else CUBE, *given)
        assert_close(y, loop(reading, xs, *many))
        values = np.stack([numbers(y.shape[1:]) * (i + 1) for i in range(EXAMPLES)])
        for function in (write_at, add_at):

            def writing(x: Any, v: Any, *indices: Any, function: Any = function) -> Any:
                return function(x, v, filled(indices))

            target = CUBES if of_x else CUBE
            written = gx.vmap(writing, in_axes=(axes[0], 0, *axes[1:]))(target, values, *given)
            assert_close(written, loop(writing, xs, values, *many))
            written = gx.vmap(writing, in_axes=(axes[0], None, *axes[1:]))(
                target, values[0], *given
            )
            assert_close(written, loop(writing, xs, np.stack([values[0]] * EXAMPLES), *many))


def write_at(x: Any, v: Any, key: Any) -> Any:
    return write(x, key, v)


def add_at(x: Any, v: Any, key: Any) -> Any:
    return gx.index_add(x, v, key=key)


# ---------------------------------------------------------------- masks


MASKS = np.stack([CUBE % 2 == 0, CUBE % 3 == 0, CUBE < 0])


def test_reading_by_masks_that_differ_names_the_cure() -> None:
    with pytest.raises(BatchError, match="where"):
        gx.vmap(lambda x, mask: x[mask])(CUBES, MASKS)


@pytest.mark.parametrize("add", [False, True])
@pytest.mark.parametrize(
    ("masks", "key", "value"),
    [
        (MASKS, lambda m: m, 7.0),
        (MASKS[:, :, :, 0], lambda m: m, np.arange(5.0)),
        (MASKS[:, :, :, 0], lambda m: (m, slice(None)), 7.0),
        (MASKS[:, 0, 0], lambda m: (..., m), np.ones((4, 1))),
        (MASKS[:, 0, :, 0], lambda m: (slice(None), m), np.ones((3, 1, 5))),
    ],
)
def test_writing_by_masks_that_differ(masks: Any, key: Any, value: Any, add: bool) -> None:
    def function(x: Any, mask: Any) -> Any:
        return (add_at if add else write_at)(x, value, key(mask))

    assert_close(gx.vmap(function)(CUBES, masks), loop(function, CUBES, masks))
    assert_close(gx.vmap(function, in_axes=(None, 0))(CUBE, masks),
                 loop(function, np.stack([CUBE] * EXAMPLES), masks))  # fmt: skip


def test_writing_several_values_by_masks_that_differ_names_the_cure() -> None:
    with pytest.raises(BatchError, match="where"):
        gx.vmap(lambda x, m: write(x, m, np.arange(2.0)))(
            np.zeros((2, 3)), np.eye(2, 3, dtype=bool)
        )
    with pytest.raises(BatchError, match="where"):
        gx.vmap(lambda x, m: write(x, (m, 0), 1.0))(np.zeros((2, 3, 2)), np.eye(2, 3, dtype=bool))


# ---------------------------------------------------------------- derivatives


@pytest.mark.parametrize("key", [
    lambda i: i, lambda i: (slice(None), i), lambda i: (i, slice(None), 1), lambda i: (i, i),
    lambda i: (..., i, None), lambda i: (0, slice(1, None), i),
])  # fmt: skip
def test_derivatives_of_reads_and_writes(key: Any) -> None:
    index = np.array([[0, 2, 2], [1, 1, 0]])
    x, v = np.sin(np.arange(2 * 27.0)).reshape(2, 3, 3, 3), np.array([0.5, -2.0])

    def function(x: Any, v: Any, i: Any) -> Any:
        y = x * 1.0
        y[key(i)] = v * x[key(i)]
        y[key(i)] += v
        return gx.sin(y)

    mapped = gx.vmap(function)
    expected = gx.stack([function(*[gx.asarray(a[k]) for a in (x, v, index)]) for k in range(2)])
    assert_close(mapped(x, v, index), expected)
    check_grads(lambda x, v: mapped(x, v, index), (x, v), order=2)
    gradient = gx.vmap(gx.grad(lambda x, v, i: gx.sum(function(x, v, i))))
    check_grads(lambda x: gradient(x, v, index), (x,), order=1)
