"""`out=`, `array += tensor` and NumPy's writers: into a Tensor on the graph, into an array of values alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

import gradx as gx
from gradx.errors import ConversionError, OperandError

VALUES = np.asarray([1.0, 2.0, 3.0])


def added(z: Any, t: Any) -> None:
    z += t


def multiplied(z: Any, t: Any) -> None:
    z *= t


WRITES: dict[str, Callable[[Any, Any], Any]] = {
    "add": added, "multiply": multiplied,
    "sin": lambda z, t: np.sin(t, out=z), "sqrt": lambda z, t: np.sqrt(t, z),
    "exp": lambda z, t: np.exp(t, out=z, where=np.asarray([True, False, True])),
    "gamma": lambda z, t: special.gamma(t, out=z), "cumsum": lambda z, t: np.cumsum(t, out=z),
    "sum": lambda z, t: np.sum(t[None], axis=0, out=z),
    "concatenate": lambda z, t: np.concatenate([t[:1], t[1:]], out=z),
    "at": lambda z, t: np.add.at(z, [0, 0, 1], t), "reduce": lambda z, t: np.add.reduce(t[None], out=z),
    "copyto": lambda z, t: np.copyto(z, t), "put": lambda z, t: np.put(z, [2, 1, 0], t),
    "place": lambda z, t: np.place(z, [True, False, True], t),
    "putmask": lambda z, t: np.putmask(z, [True, False, True], t),
    "put_along_axis": lambda z, t: np.put_along_axis(z, np.asarray([0]), t[:1], 0),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(WRITES))
def test_values_go_into_an_array(name: str) -> None:
    expected, got = np.full(3, 7.0), np.full(3, 7.0)
    WRITES[name](expected, VALUES)
    WRITES[name](got, gx.asarray(VALUES, copy=True))
    np.testing.assert_array_equal(got, expected)
    with pytest.raises(ConversionError, match="cannot hold a gradient"):
        WRITES[name](got, gx.asarray(VALUES, copy=True, requires_grad=True))
    with pytest.raises(ConversionError):
        gx.grad(lambda x: WRITES[name](got, x) or gx.sum(x))(VALUES.copy())
    np.testing.assert_array_equal(got, expected)


def test_a_ufunc_writes_into_a_tensor_on_the_graph() -> None:
    x = gx.asarray(VALUES, copy=True, requires_grad=True)
    y = gx.full(3, 5.0)
    assert np.multiply(x, x, out=y) is y
    gx.sum(y).backward()
    assert x.grad.tolist() == [2.0, 4.0, 6.0]
    z = x * 10.0
    np.multiply(x, x, out=z, where=[True, False, True])
    assert z.tolist() == [1.0, 20.0, 9.0]
    x.grad = None
    gx.sum(z).backward()
    assert x.grad.tolist() == [2.0, 10.0, 6.0]
    np.add(VALUES, VALUES, out=y)
    assert y.tolist() == [2.0, 4.0, 6.0]


def test_where_without_out_is_an_error() -> None:
    with pytest.raises(OperandError, match="where= beside out="):
        np.sin(gx.asarray(VALUES), where=np.asarray([True, False, True]))


def test_an_array_s_clip_meets_a_tensor() -> None:
    x = gx.asarray(1.5, requires_grad=True)
    y: Any = VALUES.clip(0.0, x)
    gx.sum(y).backward()
    assert x.grad.item() == 2.0


def test_scipys_own_functions_by_the_ufunc_behind_them() -> None:
    q = np.asarray([2.5, 3.0])
    y: Any = special.zeta(3.0, gx.asarray(q))
    np.testing.assert_allclose(y.numpy(), special.zeta(3.0, q))
    gx.testing.check_grads(lambda q: special.zeta(3.0, q), (gx.asarray(q),), order=1)
    np.testing.assert_allclose(special.zeta(gx.asarray(q)).numpy(), special.zeta(q))


@pytest.mark.parametrize("axis", [None, 0])
def test_complex_std(axis: Any) -> None:
    z = np.asarray([[1.0 + 2.0j, 0.5 - 1.0j], [0.3, 2.0j]])
    for ddof in (0, 1):
        got: Any = np.std(gx.asarray(z), axis=axis, ddof=ddof)
        np.testing.assert_allclose(got.numpy(), np.std(z, axis=axis, ddof=ddof))
    gx.testing.check_grads(lambda z: np.std(z, axis=axis), (gx.asarray(z),), order=2)
    one: Any = gx.grad(np.std)(1.0 + 2.0j)  # of one number: a kink, whose derivative is 0
    assert one.item() == 0


def test_exp2_takes_complex_numbers() -> None:
    gx.testing.check_grads(gx.numpy.exp2, (gx.asarray([0.3 + 1.0j, 2.0]),), order=2)
