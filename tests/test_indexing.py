"""Reading and writing by index: keys of every kind against NumPy, for values and gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import gradx as gx
from gradx.backend import INDEX
from gradx.errors import DtypeError, ShapeError
from gradx.ops.subscript import read, write
from gradx.testing import assert_close, check_grads

CUBE = np.arange(60.0).reshape(3, 4, 5)
MASK = CUBE[:, :, 0] % 3 == 0
NOTHING = np.zeros((3, 4), dtype=bool)

KEYS: list[Any] = [
    0, -1, np.int64(1), (), ..., None, slice(None), slice(None, None, -1), slice(-1, None, -2), slice(2, 2),
    (1, 2), (1, 2, 3), (0, ..., 1), (slice(1, None), None, -1), (..., slice(4, 0, -3)), (None, ..., None),
    [0, 0, 2], [-1, 0], [[0, 1], [2, 2]], [], np.array([2, 0, 0]), np.array(1), np.array([], dtype=np.int64),
    ([0, 0], [1, 1]), ([0, 0], [1, 1], [2, 2]), ([[0], [2]], [1, 3]), (slice(None), [1, 1, 0]),
    ([0, 1], slice(None), [2, 2]), (0, slice(None), [2, 2]), ([0, 1], 1, ..., None), (slice(None, None, -2), [0, 0], 1),
    (None, [0, 2, 2]), (..., np.array([0, 0])), (np.array(2), [1, 1]), range(2), (slice(np.int64(0), 2),),
    MASK, NOTHING, np.ones((3, 4, 5), dtype=bool), [True, False, True], (slice(None), [True, False, True, True]),
    (MASK, 0), (MASK, slice(None, None, -1)), ([True, False, True], [0, 0]), (0, [True, False, False, True], [1]),
    True, False, (True, 0), (MASK, None),
]  # fmt: skip


def label(key: Any) -> str:
    return str(key).replace("\n", "")[:60]


def pulled(function: Any, *arrays: Any, ct: Any) -> Any:
    """Return the gradients of `sum(function(*arrays) * ct)`."""
    leaves = [gx.asarray(x, requires_grad=True, copy=True) for x in arrays]
    function(*leaves).backward(gx.asarray(ct))
    return [None if leaf.grad is None else leaf.grad.numpy() for leaf in leaves]


def numbers(shape: Any) -> Any:
    return np.arange(1.0, 1.0 + np.prod(shape, dtype=int)).reshape(shape)


def last_writes(shape: Any, key: Any, place: Any) -> Any:
    """Return which writes stay, element by element."""
    order = np.arange(1, 1 + np.prod(place, dtype=int)).reshape(place)
    slots = np.zeros(shape, dtype=int)
    positions = np.arange(np.prod(shape, dtype=int)).reshape(shape)[key]
    for where, value in zip(np.ravel(positions), np.ravel(order), strict=True):
        slots.flat[where] = value
    return slots[key] == order


def check_key(x: Any, key: Any) -> None:
    """Compare a read and a write, and their gradients, with NumPy's element by element."""
    y = x[key]
    ct = numbers(np.shape(y))
    result = read(gx.asarray(x), key)
    np.testing.assert_array_equal(result.numpy(), y, strict=True)
    expected = np.zeros_like(x)
    np.add.at(expected, key, ct)
    np.testing.assert_array_equal(
        pulled(lambda t: read(t, key), x, ct=ct)[0], expected, strict=True
    )

    values = -ct
    written = x.copy()
    positions = np.arange(x.size).reshape(x.shape)[key]
    for where, value in zip(np.ravel(positions), np.ravel(values), strict=True):
        written.flat[where] = value
    result = write(gx.asarray(x), key, gx.asarray(values))
    np.testing.assert_array_equal(result.numpy(), written, strict=True)
    ct = numbers(x.shape)
    ct_x, ct_values = pulled(lambda t, v: write(t, key, v), x, values, ct=ct)
    np.testing.assert_array_equal(
        ct_values, ct[key] * last_writes(x.shape, key, values.shape), strict=True
    )
    ct[key] = 0
    np.testing.assert_array_equal(ct_x, ct, strict=True)


@pytest.mark.parametrize("key", KEYS, ids=label)
def test_key_agrees_with_numpy(key: Any) -> None:
    check_key(CUBE, key)


@pytest.mark.parametrize(
    "key", [(), ..., None, True, False, np.array(True), (None, ...)], ids=label
)
def test_key_of_rank_0(key: Any) -> None:
    check_key(np.array(3.0), key)


@pytest.mark.parametrize("key", [slice(None), [], (slice(None), 1), (..., [0, 0]), (None, slice(None, None, -1))],
                         ids=label)  # fmt: skip
def test_key_of_size_0(key: Any) -> None:
    check_key(np.zeros((0, 3)), key)


def static_keys(shape: Any) -> Any:
    return hnp.basic_indices(shape, allow_newaxis=True, max_dims=6)


@given(hnp.array_shapes(max_dims=4, max_side=4, min_side=0).flatmap(
    lambda shape: st.tuples(st.just(shape), static_keys(shape))))  # fmt: skip
@settings(deadline=None, max_examples=60)
def test_basic_keys(drawn: Any) -> None:
    shape, key = drawn
    check_key(numbers(shape), key)


@st.composite
def mixed_keys(draw: Any) -> Any:
    """A shape and a key of slices, ints, masks and integer arrays that broadcast together."""
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=4, max_side=4))
    common = draw(hnp.array_shapes(min_dims=0, max_dims=2, max_side=3))
    key: list[Any] = []
    masked = False
    for n in shape[: draw(st.integers(1, len(shape)))]:
        kind = draw(st.sampled_from(["slice", "int", "array", "array", "new", "mask"]))
        if kind == "slice":
            key.append(draw(st.slices(n)))
        elif kind == "int":
            key.append(draw(st.integers(-n, n - 1)))
        elif kind == "mask" and not masked and len(common) == 0:
            masked = True
            key.append(draw(hnp.arrays(bool, (n,))))
        else:
            size = draw(st.sampled_from([common, (1,) * len(common)]))
            key.append(draw(hnp.arrays(np.int64, size, elements=st.integers(-n, n - 1))))
        if kind == "new":
            key.insert(draw(st.integers(0, len(key))), None)
    return shape, tuple(key)


@given(mixed_keys())
@settings(deadline=None, max_examples=100)
def test_mixed_keys(drawn: Any) -> None:
    shape, key = drawn
    check_key(numbers(shape), key)


@pytest.mark.parametrize("key", [1, (slice(None, None, -2), None), [0, 0, 2], ([0, 0], [1, 1]), MASK, NOTHING,
                                 (0, slice(None), [2, 2])], ids=label)  # fmt: skip
def test_every_mode_and_order(key: Any) -> None:
    values = -CUBE[key]
    check_grads(lambda x: gx.sin(read(x, key)), (CUBE / 9,))
    check_grads(lambda x, v: gx.sin(write(x, key, gx.sin(v))), (CUBE / 9, values))
    check_grads(lambda v: write(CUBE, key, gx.sin(v)), (values,))
    check_grads(lambda x: write(gx.sin(x), key, 2.0), (CUBE / 9,))


def test_reading_twice_adds_up() -> None:
    (grad,) = pulled(lambda x: x[[0, 0, -1]], np.zeros(3), ct=np.array([1.0, 2.0, 4.0]))
    assert grad.tolist() == [3.0, 0.0, 4.0]


def test_last_write_alone_gets_the_cotangent() -> None:
    grads = pulled(
        lambda x, v: write(x, [0, 2, 0], v), np.zeros(3), np.ones(3), ct=np.array([1.0, 2.0, 4.0])
    )
    assert [g.tolist() for g in grads] == [[0.0, 2.0, 0.0], [0.0, 4.0, 1.0]]


def test_number_written_at_repeated_indices_sums_the_places_once() -> None:
    (_, grad) = pulled(
        lambda x, v: write(x, [0, 2, 0], v),
        np.zeros(3),
        np.array(5.0),
        ct=np.array([1.0, 2.0, 4.0]),
    )
    assert grad.tolist() == 5.0


def test_last_write_wins_in_row_major_order_of_transposed_indices() -> None:
    rows = np.array([[0, 1], [2, 3]]).T % 2
    check_key(numbers((2, 3)), rows)


def test_assignment_of_columns() -> None:
    a, b = gx.zeros((3, 6)), gx.asarray(np.ones((3, 6)), requires_grad=True)
    a[:, 1] = b[:, 2] + b[:, 5]
    gx.sum(a).backward()
    assert b.grad.numpy().tolist() == [[0.0, 0.0, 1.0, 0.0, 0.0, 1.0]] * 3


def test_values_take_the_dtype_of_the_array() -> None:
    x = gx.zeros(3, dtype=gx.float32)
    v = gx.asarray([1.0, 2.0], requires_grad=True)
    y = write(x, slice(2), v)
    gx.sum(y).backward()
    assert y.dtype == gx.float32
    assert v.grad.dtype == gx.float64


def test_real_values_in_a_complex_array_get_real_gradients() -> None:
    x = gx.zeros(2, dtype=gx.complex128)
    v = gx.asarray(1.0, requires_grad=True)
    write(x, 0, v).backward(gx.asarray([2 + 3j, 1j]))
    assert v.grad.dtype == gx.float64
    assert v.grad.item() == 2.0


def test_floats_in_an_integer_array_leave_the_graph() -> None:
    v = gx.asarray([1.5, 2.5], requires_grad=True)
    y = write(gx.zeros(3, dtype=gx.int64), slice(2), v)
    assert y.numpy().tolist() == [1, 2, 0]
    assert not y.requires_grad


def test_lists_of_tensors_are_written_with_their_gradients() -> None:
    v = gx.asarray(2.0, requires_grad=True)
    gx.sum(write(gx.zeros((2, 2)), 0, [v, v * v])).backward()
    assert v.grad.item() == 5.0


def test_lists_of_integer_tensors_are_keys() -> None:
    x = gx.asarray([1.0, 2.0, 3.0])
    assert read(x, [gx.asarray(2), 0]).tolist() == [3.0, 1.0]


def test_nan_that_was_not_read_stays_out() -> None:
    (grad,) = pulled(lambda x: gx.sqrt(x)[1:], np.array([0.0, 4.0]), ct=np.array([1.0]))
    assert grad.tolist() == [0.0, 0.25]


def test_nan_that_was_overwritten_stays_out() -> None:
    (grad,) = pulled(lambda x: write(gx.sqrt(x), 0, 1.0), np.array([0.0, 4.0]), ct=np.ones(2))
    assert grad.tolist() == [0.0, 0.25]


def test_mask_made_of_the_array_itself() -> None:
    x = gx.asarray([-1.0, 2.0, -0.5, 3.0])
    assert gx.grad(lambda x: gx.sum(x[x > 0] ** 2))(x).tolist() == [0.0, 4.0, 0.0, 6.0]
    check_grads(lambda x: gx.sin(x[x > 0]), (x,))


@pytest.mark.parametrize("modes", [("rev",), ("fwd",)])
def test_adding_at_repeated_indices(modes: Any) -> None:
    key = (INDEX,)
    check_grads(lambda x, v: gx.index_add(gx.sin(x), v * v, gx.asarray([0, 0, 2]), key=key),
                (np.ones(3), np.arange(3.0)), modes=modes)  # fmt: skip


def test_reads_mark_views_and_leave_scalars_alone() -> None:
    x = gx.zeros((2, 3))
    assert all(
        getattr(read(x, key), "lens", None)
        for key in [0, slice(1), ..., (0, 0, ...), (0, slice(1))]
    )
    assert not any(getattr(read(x, key), "lens", None) for key in [(0, 0), [0], (0, [1])])


@pytest.mark.parametrize("key", [5, (0, 0, 0, 0), ([0, 9],), (slice(None), 7), [True, False], "a", 1.0, [0.5],
                                 np.array([1.5]), ([0, 1], [0, 1, 2])], ids=label)  # fmt: skip
def test_keys_that_do_not_fit(key: Any) -> None:
    x = gx.asarray(CUBE)
    with pytest.raises(IndexError, match=r"^getitem: expected"):
        read(x, key)
    with pytest.raises(IndexError, match=r"^setitem: expected"):
        write(x, key, 1.0)


def test_error_names_key_and_shape() -> None:
    with pytest.raises(
        IndexError, match=r"getitem: expected a key for shape \(3,\); got \[::-1, 4\]"
    ):
        read(gx.zeros(3), (slice(None, None, -1), 4))


def test_values_that_do_not_fit() -> None:
    with pytest.raises(ShapeError, match=r"index_set|setitem"):
        write(gx.zeros((3, 4)), 0, gx.zeros(3))
    with pytest.raises(DtypeError, match="setitem: expected values that float64 can hold"):
        write(gx.zeros(3), 0, 1j)


def test_take_needs_an_axis() -> None:
    with pytest.raises(ShapeError, match="take: expected an axis"):
        gx.take(gx.zeros((2, 2)), gx.asarray([0]))
    with pytest.raises(IndexError, match="take: expected"):
        gx.take(gx.zeros(2), gx.asarray([2]))
    with pytest.raises(ShapeError, match="take_along_axis: expected indices of 2 dimensions"):
        gx.take_along_axis(gx.zeros((2, 2)), gx.asarray([0]))


def test_values_that_the_array_cannot_hold():
    x, z = gx.zeros(3), gx.asarray([1.0 + 2.0j])
    for put in (gx.index_set, gx.index_add):
        with pytest.raises(DtypeError, match=f"{put.__name__}: expected values that float64 can"):
            put(x, z, gx.asarray([1]), key=(INDEX,))
    v = gx.asarray([1.5], requires_grad=True)
    assert not gx.index_set(gx.zeros(3, dtype="int64"), v, key=(slice(0, 1),)).requires_grad


@pytest.mark.parametrize(("mask", "expected"), [(True, (0.0, 108.0)), (False, (4.0, 0.0))])
def test_a_number_written_into_a_number_by_a_mask(mask: bool, expected: tuple[float, ...]) -> None:
    def f(x: Any, v: Any) -> Any:
        y = x * 1.0
        y[mask] = v * v
        return y * y

    found = gx.grad(f, (0, 1))(gx.asarray(2.0), gx.asarray(3.0))
    assert [(g.shape, g.item()) for g in found] == [((), g) for g in expected]


@pytest.mark.parametrize("function", [gx.index_add, gx.index_set])
@pytest.mark.parametrize(
    "key", [1, slice(1, 3), [2, 0], np.array([False, True, True]), (Ellipsis, [0])]
)
def test_index_add_takes_keys_as_users_write_them(function, key):
    expected = np.zeros((3, 2))
    expected[key] = 1.5
    assert_close(function(gx.zeros((3, 2)), 1.5, key=key), expected)


def test_index_add_counts_the_index_arrays_of_its_key():
    with pytest.raises(
        IndexError, match=r"index_add: expected one index array for each INDEX.*1 for 0"
    ):
        gx.index_add(gx.zeros(2), 1.0, gx.asarray([0]), key=())
