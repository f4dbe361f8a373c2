"""`vmap`: what raises, and what it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import AxisError, BatchError, ConversionError, LeakError, MissingRuleError
from gradx.primitive import primitive
from tests.test_vmap import X


@pytest.mark.parametrize(
    ("error", "call"),
    [
        (BatchError, lambda: gx.vmap(lambda x: x, in_axes=None)(X)),
        (AxisError, lambda: gx.vmap(lambda x: x)(3.0)),
        (BatchError, lambda: gx.vmap(lambda x: "text")(X)),
        (BatchError, lambda: gx.vmap(lambda x: x)("text")),
        (BatchError, lambda: gx.vmap(lambda x: x, in_axes="text")(X)),
        (BatchError, lambda: gx.vmap(lambda x: x, in_axes=True)(X)),
        (BatchError, lambda: gx.vmap(lambda x: x, in_axes=(0, 0))(X)),
        (BatchError, lambda: gx.vmap(lambda x: (x, x), out_axes=(0, 0, 0))(X)),
        (AxisError, lambda: gx.vmap(lambda x: x, in_axes=3)(X)),
        (AxisError, lambda: gx.vmap(lambda x: gx.sum(x), out_axes=1)(X)),
        (ValueError, lambda: gx.vmap(lambda x: x, randomness="some")),
    ],
)
def test_errors_of_axes(error: Any, call: Any) -> None:
    with pytest.raises(error, match="vmap"):
        call()


@pytest.mark.parametrize(
    "look",
    [
        lambda x: bool(x > 0), lambda x: x.item(), float, lambda x: x.tolist(), lambda x: x.numpy(), np.asarray,
        lambda x: range(gx.argmax(gx.stack([x, x]))), lambda x: 1.0 if x > 0 else 2.0, lambda x: x in gx.ones(2),
        lambda x: gx.ones(3)[: gx.argmax(gx.stack([x, x]))], lambda x: max(x, 0.0), lambda x: f"{x:.2f}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("around", [lambda f: f, gx.grad])
def test_python_cannot_decide_for_all_examples(look: Any, around: Any) -> None:
    def f(x: Any) -> Any:
        look(x)
        return x

    with pytest.raises(ConversionError, match=r"where|differentiated"):
        gx.vmap(around(f))(np.arange(3.0))


def test_the_cure_of_an_if_is_named() -> None:
    with pytest.raises(ConversionError, match=r"gx\.where\(condition, a, b\)"):
        gx.vmap(lambda x: x if x > 0 else -x)(np.arange(3.0))


def test_a_leaked_batch_raises() -> None:
    leaked: list[Any] = []
    gx.vmap(lambda x: (leaked.append(x), x)[1])(X)
    with pytest.raises(LeakError, match="leaked"):
        leaked[0] + 1


def test_a_card_without_a_rule_raises() -> None:
    card = primitive("without_rule", lambda xp, ct, _y, _x: ct)
    card.implementation = lambda x: x
    with pytest.raises(MissingRuleError, match=r"without_rule.*batch rule"):
        gx.vmap(card)(X)


@pytest.mark.parametrize(
    ("f", "shape"),
    [
        (lambda x: x @ x, ()), (lambda x: x @ X[0], ()), (lambda x: X[0] @ x, ()),
        (lambda x: x @ x, (2, 3)), (lambda x: x + X[0], (2, 3)), (lambda x: x[0, 0], (3,)),
        (lambda x: gx.searchsorted(x, X[0]), ()), (lambda x: gx.searchsorted(x, 1.0), (2, 2)),
        (lambda x: gx.reshape(x, (4,)), (3,)), (lambda x: gx.broadcast_to(x, (3,)), (2, 3)),
        (lambda x: gx.permute_dims(x, (1, 0)), (3,)), (lambda x: gx.tensordot(x, x), (2, 3, 3)),
        (lambda x: gx.linalg.solve(x, x[0]), (2, 3)), (lambda x: gx.stack([x, x[0]]), (2, 2)),
        (lambda x: gx.sum(x, axis=1), (3,)), (lambda x: gx.linalg.det(x), (3,)), (lambda x: x[:, 0], (3,)),
        (lambda x: gx.einsum("ij->i", x), (3,)), (lambda x: gx.take(x, [0], axis=1), (3,)),
        (lambda x: gx.concat([x, x]), ()), (lambda x: gx.squeeze(x, 0), (3,)),
    ],
)  # fmt: skip
def test_what_an_example_cannot_do_a_batch_cannot(f: Any, shape: Any) -> None:
    x = np.ones((3, *shape))
    with pytest.raises((ValueError, IndexError)):
        f(gx.asarray(x[0]))
    with pytest.raises((ValueError, IndexError)):
        gx.vmap(f)(x)


def test_an_exception_leaves_no_trace() -> None:
    with pytest.raises(ZeroDivisionError):
        gx.vmap(lambda x: 1 // 0, randomness="different")(X)
    assert gx.random.uniform(2).shape == (2,)
