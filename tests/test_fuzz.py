"""Random programs: reverse mode, forward mode and central differences agree on each; `vmap` with the loop.

- A program is a list of small integers; each step picks an operation and operands among the values so far.
  An operation that the operands' shapes do not admit is left out, so every list is a program.
- Operations are smooth, or have kinks that random values miss, and keep values moderate.
- `pytest tests/test_fuzz.py --hypothesis-seed=N` gives other programs; a failing one is printed and kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import gradx as gx
from gradx.errors import ShapeError
from gradx.testing import assert_close, check_grads

EXAMPLES = int(os.environ.get("GRADX_FUZZ_EXAMPLES", "200"))
SHAPES = [(), (1,), (3,), (2, 3), (3, 3), (3, 1)]


def mask(x: Any) -> Any:
    """Return a fixed pattern of booleans of `x`'s shape."""
    n = int(np.prod(x.shape, dtype=int))
    return gx.asarray(np.arange(n).reshape(x.shape) % 2 == 0)


def written(x: Any, y: Any) -> Any:
    """Return a copy of `x` into which `y` was written, at an index given twice."""
    z = x.copy()
    z[gx.asarray([0, -1, 0])] = y
    return z


def added(x: Any, y: Any) -> Any:
    """Return `x + y` computed in place, with the old value of `x` used too."""
    z = x * 1.0
    before = gx.sin(z)
    z += y
    return z * before


UNARY: list[Callable[[Any], Any]] = [
    gx.sin,
    gx.tanh,
    gx.atan,
    gx.square,
    gx.exp,
    gx.abs,
    gx.negative,
    lambda x: gx.sqrt(1.0 + x * x),
    lambda x: gx.log(2.0 + gx.cos(x)),
    lambda x: 1.0 / (1.5 + gx.sin(x)),
    lambda x: gx.pow(1.0 + x * x, 1.5),
    lambda x: gx.where(mask(x), x, gx.sqrt(gx.where(mask(x), 1.0, 1.0 + x * x))),
    lambda x: gx.clip(x, -0.9, 0.7),
]
REDUCING: list[Callable[[Any], Any]] = [
    gx.sum,
    gx.mean,
    gx.prod,
    gx.max,
    gx.logsumexp,
    lambda x: gx.sum(x, axis=0),
    lambda x: gx.mean(x, axis=-1, keepdims=True),
    lambda x: gx.min(x, axis=-1),
    lambda x: gx.var(x, axis=0, keepdims=True),
    lambda x: gx.linalg.vector_norm(x + 0.1, axis=-1),
]
SHAPING: list[Callable[[Any], Any]] = [
    lambda x: x[0],
    lambda x: x[::-1],
    lambda x: x[..., 1:],
    lambda x: x[gx.asarray([0, -1, 0])],
    lambda x: x[mask(x)],
    lambda x: x.T,
    lambda x: gx.reshape(x, (-1,)),
    lambda x: gx.cumulative_sum(x, axis=-1),
    lambda x: gx.cumulative_prod(gx.tanh(x), axis=-1),
    lambda x: gx.flip(x, axis=0),
    lambda x: gx.sort(x, axis=-1),
    lambda x: gx.expand_dims(x, axis=0),
    lambda x: gx.take(x, gx.asarray([-1, 0]), axis=-1),
]
BINARY: list[Callable[[Any, Any], Any]] = [
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: x * y,
    lambda x, y: x / (1.0 + y * y),
    lambda x, y: x @ y,
    lambda x, y: gx.where(mask(x), x, y),
    lambda x, y: gx.maximum(x, y + 0.05),
    lambda x, y: gx.concat([gx.reshape(x, (-1,)), gx.reshape(y, (-1,))]),
    lambda x, y: gx.stack([x, y]),
    lambda x, y: gx.hypot(x, y + 3.0),
    lambda x, y: gx.tensordot(x, y, axes=1),
    lambda x, y: gx.logaddexp(x, y),
    written,
    added,
]
OPERATIONS = [(f, 1) for f in UNARY + REDUCING + SHAPING] + [(f, 2) for f in BINARY]

Step = tuple[int, int, int]
steps = st.tuples(st.integers(0, len(OPERATIONS) - 1), st.integers(0, 7), st.integers(0, 7))


def moderate(x: Any) -> Any:
    """Return `x`, squeezed where its values have grown: what follows stays well conditioned."""
    return squeezed(x) if bool(gx.any(gx.abs(x) > 3.0)) else x


def squeezed(x: Any) -> Any:
    return 3.0 * gx.tanh(x / 3.0)


def run(program: list[Step], inputs: tuple[Any, ...], tame: Any = moderate) -> Any:
    """Run a program and return a scalar that depends on all its values."""
    values = list(inputs)
    for number, first, second in program:
        function, arity = OPERATIONS[number]
        operands = [values[-1 - i % len(values)] for i in (first, second)[:arity]]
        try:
            value = function(*operands)
        except (ShapeError, ValueError, IndexError, TypeError):
            continue
        if 0 < value.size <= 100:
            values.append(tame(value))
    return sum(gx.sum(gx.sin(value)) * (0.5 + 0.1 * i) for i, value in enumerate(values))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
@given(
    program=st.lists(steps, min_size=1, max_size=8),
    shapes=st.lists(st.sampled_from(SHAPES), min_size=1, max_size=3),
    seed=st.integers(0, 2**16),
)
@example(program=[(len(OPERATIONS) - 1, 0, 0), (3, 0, 0)], shapes=[(2, 3)], seed=1)
def test_modes_agree(program: list[Step], shapes: list[tuple[int, ...]], seed: int) -> None:
    rng = np.random.default_rng(seed)
    inputs = tuple(rng.uniform(-1.5, 1.5, shape) for shape in shapes)
    check_grads(lambda *xs: run(program, xs), inputs, order=1 + seed % 2, rtol=1e-5)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
@given(
    program=st.lists(steps, min_size=1, max_size=8),
    shapes=st.lists(st.sampled_from(SHAPES), min_size=1, max_size=3),
    mapped=st.lists(st.booleans(), min_size=3, max_size=3),
    seed=st.integers(0, 2**16),
)
def test_vmap_agrees_with_the_loop(
    program: list[Step], shapes: list[tuple[int, ...]], mapped: list[bool], seed: int
) -> None:
    # A step that an example's shapes do not admit must not be admitted by those of a batch either.
    rng = np.random.default_rng(seed)
    flags = [True, *mapped[1 : len(shapes)]]
    inputs = [
        rng.uniform(-1.5, 1.5, (3, *shape) if flag else shape) for shape, flag in zip(shapes, flags)
    ]

    def f(*xs: Any) -> Any:
        return run(program, xs, tame=squeezed)

    axes = tuple(0 if flag else None for flag in flags)
    each = [[gx.asarray(x[i] if flag else x) for x, flag in zip(inputs, flags)] for i in range(3)]
    expected = gx.stack([f(*xs) for xs in each])
    inputs = list(map(gx.asarray, inputs))
    assert_close(gx.vmap(f, in_axes=axes)(*inputs), expected, rtol=1e-7)
    gradients = gx.stack([gx.grad(f)(*xs) for xs in each])
    assert_close(gx.vmap(gx.grad(f), in_axes=axes)(*inputs), gradients, rtol=1e-6, atol=1e-8)
    total = gx.grad(lambda *xs: gx.sum(gx.vmap(f, in_axes=axes)(*xs)))
    assert_close(total(*inputs), gradients, rtol=1e-6, atol=1e-8)
