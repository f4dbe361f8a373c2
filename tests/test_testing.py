"""gradx.testing finds what is wrong, and says where."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.primitive import primitive
from gradx.testing import GradientMismatch, assert_close, check_grads


def square_with(vjp: Any, jvp: Any) -> Any:
    """Return x*x with the rules given."""
    return primitive("square", lambda xp, ct, _y, x: vjp(xp, ct, x),
                     jvp=lambda xp, tangents, _y, x: jvp(xp, tangents[0], x))  # fmt: skip


X = np.asarray([0.5, -1.5])
GOOD_VJP, GOOD_JVP = lambda xp, ct, x: 2 * ct * x, lambda xp, dx, x: 2 * x * dx


def test_right_rules_pass_in_every_precision() -> None:
    square = square_with(GOOD_VJP, GOOD_JVP)
    for dtype in ("float64", "float32"):
        check_grads(square, (X.astype(dtype),), order=3)


def test_wrong_vjp_is_named() -> None:
    square = square_with(lambda xp, ct, x: 3 * ct * x, GOOD_JVP)
    with pytest.raises(GradientMismatch, match=r"square.*, rev, order 1: .* gives .*; got "):
        check_grads(square, (X,))
    with pytest.raises(GradientMismatch, match="rev, order 1"):
        check_grads(square, (X,), modes=("rev",))
    check_grads(square, (X,), order=1, modes=("fwd",))


def test_wrong_jvp_is_named() -> None:
    square = square_with(GOOD_VJP, lambda xp, dx, x: 3 * x * dx)
    with pytest.raises(GradientMismatch, match="fwd, order 1: central difference"):
        check_grads(square, (X,))


def test_wrong_second_order_is_named() -> None:
    def forgets(xp: Any, ct: Any, x: Any) -> Any:
        return 2 * ct * (gx.stop_gradient(x) if isinstance(x, gx.Tensor) else x)

    square = square_with(forgets, GOOD_JVP)
    check_grads(square, (X,), order=1)
    with pytest.raises(GradientMismatch, match="rev over rev, order 2"):
        check_grads(square, (X,), order=2)


def test_a_rule_that_cuts_the_graph_of_its_cotangent_is_named() -> None:
    def constant(x: Any) -> Any:
        return x.detach() if isinstance(x, gx.Tensor) else x

    square = square_with(lambda xp, ct, x: 2 * x * constant(ct), GOOD_JVP)
    check_grads(square, (X,), order=1, modes=("rev",))
    with pytest.raises(GradientMismatch, match="rev over rev, order 2"):
        check_grads(square, (X,), modes=("rev",))


def test_the_complex_convention_is_checked() -> None:
    z = np.asarray([1.0 + 2.0j, -0.5j])
    check_grads(square_with(lambda xp, ct, x: 2 * ct * xp.conj(x), GOOD_JVP), (z,), order=2)
    with pytest.raises(GradientMismatch, match="rev, order 1"):
        check_grads(square_with(GOOD_VJP, GOOD_JVP), (z,))


def test_pytrees_numbers_and_what_is_no_array() -> None:
    def f(tree: Any, power: int, name: str, scale: float) -> Any:
        assert name == "name"
        return {"a": tree["x"] ** power * scale, "b": [gx.argmax(tree["x"]), gx.sum(tree["y"])]}

    check_grads(f, ({"x": X, "y": np.ones((2, 0))}, 2, "name", 0.5))


def test_nothing_to_differentiate_is_an_error() -> None:
    with pytest.raises(gx.errors.OperandError, match="at least one floating"):
        check_grads(gx.square, (np.asarray([1, 2]),))
    with pytest.raises(gx.errors.GraphError, match="returns a floating Tensor"):
        check_grads(gx.isnan, (X,))
    with pytest.raises(ValueError, match="modes among"):
        check_grads(gx.square, (X,), modes=("back",))


@pytest.mark.parametrize(
    ("actual", "expected", "message"),
    [
        ([1.0, 2.0], np.asarray([1.0, 2.1]), r"gives 2.1; got 2.0 at element \(1,\)"),
        ([1.0, 2.0], np.asarray([[1.0, 2.0]]), r"expected shape \(1, 2\)"),
        ([1.0, 2.0], np.asarray([1.0, 2.0], dtype="float32"), "expected dtype float32"),
        ([1.0, np.nan], np.asarray([1.0, 2.0]), "got nan"),
        ([1.0, np.inf], np.asarray([1.0, -np.inf]), "gives -inf; got inf"),
        ([1, 2], np.asarray([1, 3]), "gives 3; got 2"),
    ],
)
def test_assert_close_says_what_differs(actual: Any, expected: Any, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        assert_close(gx.asarray(actual), expected)


def test_assert_close_takes_pytrees_and_numbers() -> None:
    x = gx.asarray([1.0, np.nan, np.inf])
    assert_close({"a": x, "b": (x, 1)}, {"a": x, "b": ([1.0, np.nan, np.inf], 1)})
    assert_close(gx.asarray(3.0, dtype="float32"), 3.0)
    with pytest.raises(AssertionError, match=r"at \['b'\]\[0\]"):
        assert_close({"b": (x,)}, {"b": (np.zeros(3),)})
    with pytest.raises(AssertionError, match="expected"):
        assert_close({"a": x}, {"b": x})
    with pytest.raises(AssertionError, match="expected"):
        assert_close(None, x)


def test_check_grads_on_a_device_without_double_precision():
    pytest.importorskip("jax", reason="has float64 only if told to")
    x = gx.asarray([3.0, 4.0], device="jax:cpu")
    assert x.dtype == gx.float32
    check_grads(gx.norm, (x,), order=2)
    with pytest.raises(GradientMismatch):
        check_grads(lambda x: gx.stop_gradient(x) * x, (x,))
