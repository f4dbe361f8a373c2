"""Tensor's methods: the functions of the same name, with what NumPy, PyTorch and JAX users pass."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import DtypeError
from gradx.methods import Methods
from gradx.testing import assert_close, check_grads

X = np.array([[1.5, -2.0, 3.0], [4.0, 5.5, 6.5]])
CALLS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "argmax": ((1,), {}),
    "argmin": ((), {}),
    "argsort": ((0,), {}),
    "clip": ((0, 5), {}),
    "conj": ((), {}),
    "conjugate": ((), {}),
    "copy": ((), {}),
    "cumprod": ((1,), {}),
    "cumsum": ((0,), {}),
    "diagonal": ((1,), {}),
    "dot": ((X.T,), {}),
    "flatten": ((), {}),
    "max": ((1,), {"keepdims": True}),
    "mean": ((0, "float32"), {}),
    "min": ((), {}),
    "nonzero": ((), {}),
    "prod": (((0, 1),), {}),
    "ravel": ((), {}),
    "repeat": ((2,), {"axis": 1}),
    "reshape": (([3, 2],), {}),
    "round": ((1,), {}),
    "squeeze": ((), {}),
    "std": ((1, None, None, 1, True), {}),
    "sum": ((-1, None, None, True), {}),
    "swapaxes": ((0, 1), {}),
    "take": ((np.array([1, 0]),), {"axis": 0}),
    "trace": ((1,), {}),
    "transpose": ((1, 0), {}),
    "var": (((0, 1),), {"ddof": 1}),
    "view": ((float,), {}),
}


@pytest.mark.parametrize("name", CALLS)
def test_methods_do_what_numpys_do(name: str) -> None:
    args, options = CALLS[name]
    got = getattr(gx.asarray(X), name)(*args, **options)
    assert_close(got, getattr(X, name)(*args, **options))


def test_every_method_has_a_row() -> None:
    names = {name for name, value in vars(Methods).items() if callable(value) and name[0] != "_"}
    assert names - set(CALLS) == {"all", "any", "astype"}  # below


@pytest.mark.parametrize("name", ["all", "any", "argmax", "clip", "cumsum", "dot", "max", "mean", "prod", "round",
                                  "std", "sum", "var"])  # fmt: skip
def test_out_is_refused(name: str) -> None:
    args, _ = CALLS.get(name, ((), {}))
    with pytest.raises(TypeError, match=f"{name}: expected out=None; got ndarray"):
        getattr(gx.asarray(X), name)(*args[:1], out=np.zeros(3))


def test_methods_of_truth_and_dtype() -> None:
    x = gx.asarray([[True, False], [True, True]])
    assert x.all(0).tolist() == [True, False] and x.any(axis=1, keepdims=True).shape == (2, 1)
    assert x.astype(float).dtype == gx.float64 and x.astype("float32").dtype == gx.float32


@pytest.mark.parametrize("shape", [(6,), (-1,), (3, 2), ((3, 2),), ([3, 2],), (np.int64(6),)])
def test_shapes_as_integers_tuple_or_list(shape: tuple[Any, ...]) -> None:
    assert gx.asarray(X).reshape(*shape).shape == X.reshape(*shape).shape


def test_methods_are_differentiable() -> None:
    check_grads(lambda x: x.std(0) + x.cumsum(1).clip(0, 9).max(0) + x.take([1], axis=0), (X,))


def test_view_is_of_the_same_dtype_and_writes_through() -> None:
    x = gx.asarray(X, copy=True)
    x.view("float64")[0] = 0.0
    assert_close(x, X * [[0.0], [1.0]])
    assert_close(gx.grad(lambda x: gx.sum(x.view() ** 2))(x), 2.0 * x.numpy())
    with pytest.raises(
        DtypeError, match=r"view: expected the dtype of the Tensor, float64; got int64.*astype"
    ):
        x.view(gx.int64)


def test_divmod() -> None:
    x = gx.asarray([7.5, -2.0])
    assert_close(divmod(x, 2), divmod(x.numpy(), 2))
    assert_close(divmod(9.0, x), divmod(9.0, x.numpy()))
    assert_close(gx.grad(lambda x: divmod(x, 2.0)[1])(7.5), 1.0)


def test_a_tensor_contains_itself() -> None:
    x, y = gx.asarray([1.0]), gx.asarray([1.0])
    assert x.contains(x) and not x.contains(y)


def test_a_range_is_a_list() -> None:
    assert gx.asarray(range(3)).tolist() == [0, 1, 2]


def test_take_of_one_index_drops_the_axis() -> None:
    assert_close(gx.take(gx.asarray(X), -1, axis=1), X[:, -1])
