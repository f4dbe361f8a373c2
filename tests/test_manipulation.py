"""Shapes and joins: what the rows of the table cannot say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import ShapeError
from gradx.testing import check_grads


def test_results_are_never_the_argument() -> None:
    x = gx.asarray([1.0, 2.0])
    same = [
        gx.reshape(x, (2,)),
        gx.broadcast_to(x, (2,)),
        gx.broadcast_arrays(x)[0],
        gx.permute_dims(x, (0,)),
        gx.atleast_nd(x, ndim=1),
        gx.repeat(x, 1),
        gx.roll(x, 0),
    ]
    assert all(y is not x for y in same)


def test_rearrangements_of_numpy_count_as_views_and_copies_do_not() -> None:
    x = gx.zeros((2, 3))
    views = [
        gx.reshape(x, (6,)),
        x.T,
        gx.squeeze(gx.zeros((1, 3)), 0),
        gx.flip(x),
        gx.moveaxis(x, 0, 1),
    ]
    copies = [gx.tile(x, 2), gx.repeat(x, 2), gx.diag(x), gx.diag(gx.zeros(2)), gx.meshgrid(gx.zeros(2))[0],
              gx.concat([x, x]), gx.pad(x, 1, "edge"), gx.tril(x), gx.roll(x, 1), gx.diff(x)]  # fmt: skip
    assert all(getattr(y, "lens", None) for y in views)
    assert not any(getattr(y, "lens", None) for y in copies)


def test_concat_promotes_and_casts_the_gradients_back() -> None:
    x = gx.asarray([1.0, 2.0], dtype=gx.float32, requires_grad=True)
    y = gx.concat([x, gx.asarray([3], dtype=gx.int64)])
    assert y.dtype == gx.float64
    y.backward(gx.asarray([1.0, 2.0, 3.0]))
    assert x.grad.dtype == gx.float32
    assert x.grad.tolist() == [1.0, 2.0]


def test_joins_with_constants_in_every_mode() -> None:
    constant = np.array([0.0, 1.0])
    check_grads(lambda x: gx.sin(gx.concat([constant, x, constant])), (np.ones(2),))
    check_grads(lambda x: gx.sin(gx.stack([constant, x], axis=1)), (np.ones(2),))


def test_zero_tangent_of_a_constant_absorbs_an_infinite_slope() -> None:
    y, dy = gx.jvp(lambda x: gx.sqrt(gx.concat([np.zeros(1), x])), (np.ones(1),), (np.ones(1),))
    assert y.tolist() == [0.0, 1.0]
    assert dy.tolist() == [0.0, 0.5]


def test_unstack_of_which_one_part_is_used() -> None:
    x = gx.asarray(np.ones((3, 2)), requires_grad=True)
    gx.unstack(x)[1].backward(gx.asarray([2.0, 3.0]))
    assert x.grad.tolist() == [[0.0, 0.0], [2.0, 3.0], [0.0, 0.0]]


def test_diff_joins_ends_on() -> None:
    x, ends = np.array([[1.0, 4.0]]), np.array([[0.5]])
    y = gx.diff(gx.asarray(x), prepend=ends, append=ends)
    np.testing.assert_array_equal(y.numpy(), np.diff(x, prepend=ends, append=ends))
    check_grads(lambda x, e: gx.diff(x, prepend=e, append=gx.sin(e), n=2), (x, ends))


def test_padding_with_a_tensor() -> None:
    check_grads(
        lambda x, v: gx.sin(gx.pad(x, (1, 2), constant_values=v)), (np.ones(2), np.array(0.3))
    )


def test_broadcast_shapes() -> None:
    assert gx.broadcast_shapes((3, 1), (), (4,)) == (3, 4)
    assert gx.broadcast_shapes() == ()
    with pytest.raises(
        ShapeError, match=r"broadcast_shapes: shapes \(2,\), \(3,\) do not broadcast"
    ):
        gx.broadcast_shapes((2,), (3,))


X = np.ones((2, 3))

ERRORS: list[tuple[str, Any]] = [
    (r"reshape: expected a shape of 6 elements for an array of shape \(2, 3\); got \(4,\)",
     lambda x: gx.reshape(x, (4,))),
    (r"reshape: expected a shape of 6 elements", lambda x: gx.reshape(x, (4, -1))),
    (r"reshape: expected one size of -1", lambda x: gx.reshape(x, (-1, -1))),
    (r"squeeze: expected size 1 at axis 0", lambda x: gx.squeeze(x, 0)),
    (r"expand_dims: axis 4 is out of range", lambda x: gx.expand_dims(x, axis=4)),
    (r"permute_dims: expected a permutation of 2 axes; got \(0, 0\)", lambda x: gx.permute_dims(x, (0, 0))),
    (r"permute_dims: expected a permutation of 2 axes; got \(0,\)", lambda x: gx.permute_dims(x, (0,))),
    (r"matrix_transpose: expected at least 2 dimensions", lambda x: gx.matrix_transpose(gx.zeros(3))),
    (r"moveaxis: axis 2 is out of range", lambda x: gx.moveaxis(x, 0, 2)),
    (r"moveaxis: expected as many destinations", lambda x: gx.moveaxis(x, (0, 1), 0)),
    (r"swapaxes: axis -3", lambda x: gx.swapaxes(x, 0, -3)),
    (r"flip: axis", lambda x: gx.flip(x, axis=2)),
    (r"roll: axis", lambda x: gx.roll(x, 1, axis=2)),
    (r"broadcast_to", lambda x: gx.broadcast_to(x, (2, 2))),
    (r"concat: expected at least one array", lambda x: gx.concat([])),
    (r"concat: expected arrays of as many dimensions", lambda x: gx.concat([x, gx.zeros(3)])),
    (r"concat: expected sizes that agree beside axis 0", lambda x: gx.concat([x, gx.zeros((2, 2))])),
    (r"stack: expected at least one array", lambda x: gx.stack([])),
    (r"stack: expected arrays of one shape", lambda x: gx.stack([x, gx.zeros(3)])),
    (r"unstack: expected at least one dimension", lambda x: gx.unstack(gx.zeros(()))),
    (r"repeat: expected a number of at least 0", lambda x: gx.repeat(x, -1)),
    (r"pad: expected a pair of widths", lambda x: gx.pad(x, ((1, 1),) * 3)),
    (r"pad: expected a pair of widths", lambda x: gx.pad(x, ((1, 2, 3),) * 2)),
    (r"pad: expected a pair of widths", lambda x: gx.pad(x, -1)),
    (r"pad: expected elements to pad with", lambda x: gx.pad(gx.zeros(0), 1, "edge")),
    (r"tril: expected at least 2 dimensions", lambda x: gx.tril(gx.zeros(3))),
    (r"diag: expected 1 or 2 dimensions", lambda x: gx.diag(gx.zeros((1, 1, 1)))),
]  # fmt: skip


@pytest.mark.parametrize(("message", "call"), ERRORS, ids=[message[:40] for message, _ in ERRORS])
def test_shapes_that_do_not_fit(message: str, call: Any) -> None:
    with pytest.raises(ShapeError, match=f"^{message}"):
        call(gx.asarray(X))
