"""`gx.saved`: what the tape holds, each array once, and which line costs how much."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import GraphError


def leaf(value: Any) -> Any:
    return gx.asarray(value, requires_grad=True, copy=True)


def test_rows() -> None:
    x = leaf(np.ones((10, 10)))
    y = gx.sum(gx.exp(x) * gx.sin(x) + 1.0)
    held = gx.saved(y)
    rows = {(row.operation, row.what): row for row in held}
    assert set(rows) == {
        ("exp", "output"),
        ("sin", "input 0"),
        ("multiply", "input 0"),
        ("multiply", "input 1"),
    }
    assert rows["sin", "input 0"].leaf
    assert rows["exp", "output"].shape == (10, 10)
    assert rows["exp", "output"].dtype == gx.float64
    assert (held.bytes, held.leaf_bytes, len(held)) == (
        2400,
        800,
        4,
    )  # exp's output is multiply's input
    assert [row.bytes for row in held].count(0) == 1


def test_views_count_once_with_what_they_keep_alive() -> None:
    x = leaf(np.ones(1000))
    y = gx.exp(x)
    part = y[:10]
    z = gx.sum(part * gx.sin(part))
    held = gx.saved(z)
    assert held.bytes == 8000 + 80  # exp's output, which the parts are views of, and the sine
    assert held.leaf_bytes == 0


def test_lines() -> None:
    x = leaf(np.ones((100, 100)))
    with gx.debug.recording():
        h = gx.exp(x)
        for _ in range(3):
            h = gx.sin(h) * 2.0  # the dear line
        y = gx.sum(h)
    lines = gx.saved(y).lines()
    assert lines[0].where is not None
    assert lines[0].where.text.endswith("# the dear line")
    assert (lines[0].bytes, lines[0].operations) == (160000, ("sin",))
    assert sum(line.bytes for line in lines) == gx.saved(y).bytes == 240000
    text = str(gx.saved(y))
    assert "the dear line" in text.splitlines()[1]
    assert "for file and line" not in text


def test_the_table_by_operation() -> None:
    x = leaf(np.ones(300))
    y = gx.sum(gx.tanh(gx.tanh(x)))
    assert str(gx.saved(y)).splitlines() == [
        "the tape holds 4.7 KiB in 2 arrays",
        "   4.7 KiB      2  tanh",
        "for file and line, compute it inside `with gx.debug.recording():`",
    ]
    many = gx.sum(gx.stack([f(x) for f in FUNCTIONS]))
    assert "more lines" in str(gx.saved(many))


FUNCTIONS = [gx.exp, gx.sin, gx.cos, gx.tan, gx.tanh, gx.sinh, gx.cosh, gx.log, gx.log1p, gx.expm1, gx.sqrt, gx.atan,
             gx.asinh, gx.square, gx.erf, gx.sigmoid, gx.softplus, gx.abs, gx.reciprocal, gx.log2, gx.log10,
             gx.erfc, gx.gammaln, gx.relu]  # fmt: skip


def test_it_is_what_python_counts() -> None:
    x = leaf(np.ones(100_000))
    gx.sum(gx.exp(gx.sin(x) * 3.0) * x)
    tracemalloc.start()
    try:
        y = gx.sum(gx.exp(gx.sin(x) * 3.0) * x)
        allocated = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    held = gx.saved(y)
    assert held.bytes - held.leaf_bytes == pytest.approx(allocated, rel=0.02)


@pytest.mark.parametrize("kind", ["jvp", "vjp"])
def test_residuals_of_custom_functions(kind: str) -> None:
    if kind == "vjp":
        f = gx.custom_vjp(gx.sin)
        f.defvjp(lambda x: (gx.sin(x), gx.cos(x)), lambda c, ct: (c * ct,))
    else:
        f = gx.custom_jvp(gx.sin)
        f.defjvp(lambda primals, tangents: (gx.sin(*primals), gx.cos(*primals) * tangents[0]))
    x = leaf(np.ones(10))
    held = gx.saved(gx.sum(f(x)))
    whats = [row.what for row in held]
    assert "input 0" in whats
    assert "residual 0" in whats
    assert held.bytes >= 160


def test_on_devices(gradx_device: str) -> None:
    x = gx.asarray(np.ones((4, 5), dtype=np.float32), device=gradx_device, requires_grad=True)
    y = gx.sum(gx.exp(x))
    assert gx.saved(y).bytes == 80
    gx.sum(gx.sin(y)).backward(retain_graph=True)
    assert gx.saved(y).bytes == 80


def test_degenerate() -> None:
    x = leaf(np.ones((0, 3)))
    assert gx.saved(gx.sum(gx.exp(x))).bytes == 0
    assert str(gx.saved(x + 1.0)) == "the tape holds 0 B in 0 arrays"
    assert gx.saved(gx.exp(leaf(1.0))).bytes == 8


def test_errors() -> None:
    with pytest.raises(GraphError, match="saved"):
        gx.saved(gx.ones(3))
    x = leaf(1.0)
    y = x * x
    y.backward()
    with pytest.raises(GraphError, match="freed"):
        gx.saved(y)
