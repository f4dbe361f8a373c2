"""`gx.expression`: the text is Python, and computes what the graph did."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import GraphError
from gradx.testing import assert_close


def leaf(value: Any) -> Any:
    return gx.asarray(value, requires_grad=True)


def evaluated(text: str, **names: Any) -> Any:
    """Run the text as Python, with gradx's functions."""
    *lines, last = text.splitlines()
    scope = {**vars(gx), **names}
    exec("\n".join(lines), scope)
    return eval(last, scope)


SCALAR = {
    "a + b + a": lambda a, b: a + b + a,
    "a + (b + a)": lambda a, b: a + (b + a),
    "a - b - a": lambda a, b: a - b - a,
    "a - (b - a)": lambda a, b: a - (b - a),
    "a - (b + a)": lambda a, b: a - (b + a),
    "a * b / a": lambda a, b: a * b / a,
    "a / (b * a)": lambda a, b: a / (b * a),
    "(a + b) * a": lambda a, b: (a + b) * a,
    "a * (b - 1.0)": lambda a, b: a * (b - 1.0),
    "2.0 - a * -3.0": lambda a, b: 2.0 - a * -3.0,
    "-a + b": lambda a, b: -a + b,
    "-(a + b)": lambda a, b: -(a + b),
    "-(a * b)": lambda a, b: -(a * b),
    "(-a) ** b": lambda a, b: (-a) ** b,
    "-a ** b": lambda a, b: -(a**b),
    "a ** -b": lambda a, b: a**-b,
    "(a ** b) ** a": lambda a, b: (a**b) ** a,
    "a ** b ** a": lambda a, b: a ** (b**a),
    "a ** (b + a)": lambda a, b: a ** (b + a),
    "sin(a) * cos(a - b)": lambda a, b: gx.sin(a) * gx.cos(a - b),
}


@pytest.mark.parametrize("text", SCALAR)
def test_as_few_parentheses_as_can_be(text: str) -> None:
    a, b = leaf(1.5), leaf(2.0)
    y = SCALAR[text](a, b)
    assert gx.expression(y) == text
    assert_close(evaluated(text, a=a, b=b), y)


def programs(x: Any, w: Any) -> dict[str, Any]:
    h = gx.tanh(x @ w)
    y = gx.zeros(3)
    y[1] = h[0, 1] * 2.0
    return {
        "shared": gx.sum(h * h + gx.exp(h), axis=1),
        "read": h[..., None, 1:, 0][0] * x[0, ::2][0],
        "linalg": gx.linalg.solve(w + 3.0 * gx.eye(3), h.T),
        "joined": gx.concat([h, x], axis=0),
        "outputs": gx.linalg.slogdet(w @ w).logabsdet * 2.0,
        "remainder": (h % 0.3) // 0.1 - gx.abs(w)[0],
    }


@pytest.mark.parametrize("name", ["shared", "read", "remainder", "linalg"])
def test_the_text_computes_the_same(name: str) -> None:
    x, w = leaf(np.linspace(-1, 1, 6).reshape(2, 3)), leaf(np.linspace(-1, 2, 9).reshape(3, 3))
    with gx.debug.recording():
        y = programs(x, w)[name]
    text = gx.expression(y)
    scope: dict[str, Any] = {"x": x, "w": w, "solve": gx.linalg.solve}
    if "c0" in text:
        scope["c0"] = 3.0 * gx.eye(3)
    text = text.replace("linalg.solve", "solve")
    assert_close(evaluated(text, **scope), y)


def test_every_program_has_a_text() -> None:
    x, w = leaf(np.linspace(-1, 1, 6).reshape(2, 3)), leaf(np.linspace(-1, 2, 9).reshape(3, 3))
    for y in programs(x, w).values():
        text = gx.expression(y)
        assert "x" in text or "w" in text
        assert gx.expression(y) == text, "expected the graph as it was"


def test_the_derivative_as_an_expression() -> None:
    x = leaf(0.7)
    y = gx.exp(x) * gx.sin(x * x) / (x + 2.0)
    with (
        gx.debug.recording()
    ):  # the one that the walk begins with is a numerator, which no rule reads
        first = gx.gradients(y, x, create_graph=True)
        second = gx.gradients(first, x, create_graph=True)
    for each in (first, second):
        assert_close(evaluated(gx.expression(each), x=x), each)
    assert gx.expression(gx.gradients(x * x * x, x, create_graph=True)).count("1.0") == 0


def test_shared_parts_are_named_once() -> None:
    x = leaf(0.5)
    y = gx.sin(x)
    for _ in range(30):
        y = gx.sin(y) - y * 0.5
    text = gx.expression(y, limit=1000)
    assert len(text.splitlines()) == 31
    assert text.startswith("t0 = sin(x)\nt1 = sin(t0) - t0 * 0.5\n")
    assert_close(evaluated(text, x=x), y)


def test_names() -> None:
    t0 = leaf(1.0)
    y = gx.sin(t0) * gx.sin(leaf(2.0)) * leaf(3.0)
    assert gx.expression(y) == "sin(t0) * sin(x0) * x1"
    z = gx.sin(t0)
    assert gx.expression(z * z) == "t1 = sin(t0)\nt1 * t1"


def test_constants() -> None:
    x = leaf(np.ones(6))
    small, large = np.array([1.0, 2.0]), np.arange(6.0)
    assert gx.expression(x[:2] * small) == "x[:2] * [1.0, 2.0]"
    assert gx.expression(x * large + x * large).splitlines()[0] == "# c0: a constant, float64[6]"
    text = gx.expression(x + large)
    assert text.startswith("# c0: a constant that the tape does not keep")
    assert text.endswith("\nx + c0")
    with gx.debug.recording():
        y = x[:2] + small
    assert gx.expression(y) == "x[:2] + [1.0, 2.0]"


def test_limit() -> None:
    x = leaf(1.0)
    y = x
    for _ in range(5000):
        y = gx.sin(y)
    text = gx.expression(y, limit=3)
    assert text == "# ...: 4997 more operations\nsin(sin(sin(...)))"
    with pytest.raises(ValueError, match="at least 1"):
        gx.expression(y, limit=0)


def test_custom_functions_and_inside_of_transforms(gradx_device: str) -> None:
    f = gx.custom_jvp(gx.sin)
    f.defjvp(lambda primals, tangents: (f(*primals), gx.cos(*primals) * tangents[0]))
    x = gx.asarray([0.5, 1.0], device=gradx_device, requires_grad=True)
    assert gx.expression(f(x) * 2.0) == "sin(x) * 2.0"
    texts = []

    def inside(x: Any) -> Any:
        y = gx.sum(x * x)
        texts.append(gx.expression(y))
        return y

    gx.grad(inside)(x)
    assert texts == ["sum(x * x, axis=(0,))"]


def test_errors() -> None:
    with pytest.raises(GraphError, match="expression"):
        gx.expression(gx.ones(3))
    x = leaf(1.0)
    y = x * x
    y.backward()
    with pytest.raises(GraphError, match="freed"):
        gx.expression(y)
    assert gx.expression(x) == "x"
