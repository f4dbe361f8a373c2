"""Checkpoints around random programs: those that write through views, and those of the fuzzer, with closures.

- The first are judged by the oracle, in both modes and to second order; policies take turns.
- Of the second some inputs are arguments, the others closed over, and part of the program is checkpointed within.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gradx as gx
from gradx.testing import assert_close
from tests.judge import SECOND, Judge
from tests.programs import generate
from tests.test_fuzz import SHAPES, Step, run, squeezed, steps

TIMES = int(os.environ.get("GRADX_PROGRAMS", "1"))
MODES = [mode for mode in SECOND if mode != "tape_twice"]


def some(name: str, shape: tuple[int, ...], dtype: Any) -> bool:
    """Keep about half of the results."""
    return (len(name) + sum(shape)) % 2 == 0


POLICIES = (None, gx.checkpoint_policies.everything, some)


class Checkpointed(Judge):
    """Judges a program with a checkpoint around it."""

    policy: Any = None

    def function(self, *primals: Any) -> Any:
        arguments = iter(primals)
        made = [
            next(arguments) if name in self.program.tracked else gx.asarray(x.copy(), device=self.device)
            for name, x in self.program.leaves.items()
        ]  # fmt: skip

        def program(*made: Any) -> Any:
            return gx.asarray(self.program.function(gx, lambda **_: None, *made))

        return gx.checkpoint(program, policy=self.policy)(*made)


@pytest.mark.parametrize("batch", range(4))
def test_programs_that_write_through_views(batch: int) -> None:
    for seed in range(batch * 25 * TIMES, (batch + 1) * 25 * TIMES):
        program = generate(seed)
        judge = Checkpointed(program, "cpu")
        judge.policy = POLICIES[seed % 3]
        try:
            for mode in ("reverse", "forward", MODES[seed % len(MODES)]):
                getattr(judge, mode)()
        except Exception as error:
            error.add_note(f"\nwithin gx.checkpoint\n\n{program.source()}")
            raise


def test_programs_on_devices(gradx_device: str) -> None:
    for seed in range(2 if gradx_device == "dask:cpu" else 10):
        with gx.default_device(gradx_device):
            judge = Checkpointed(generate(seed), gradx_device)
            judge.policy = POLICIES[seed % 3]
            judge.reverse()
            judge.reverse_over_reverse()


@settings(
    max_examples=60 * TIMES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
@given(
    programs=st.tuples(*[st.lists(steps, min_size=1, max_size=4)] * 3),
    shapes=st.lists(st.sampled_from(SHAPES), min_size=2, max_size=3),
    passed=st.lists(st.booleans(), min_size=3, max_size=3),
    policy=st.sampled_from(POLICIES),
    seed=st.integers(0, 2**16),
)  # fmt: skip
def test_closures(
    programs: tuple[list[Step], ...], shapes: Any, passed: list[bool], policy: Any, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    inputs = [rng.uniform(-1.5, 1.5, shape) for shape in shapes]
    numbers = tuple(range(len(inputs)))

    def loss(wrap: Any) -> Any:
        def f(*xs: Any) -> Any:
            before = squeezed(xs[0] * run(programs[0], xs, tame=squeezed))

            def outer(*some: Any) -> Any:
                rest = iter(some)
                mixed = tuple([next(rest) if flag else x for x, flag in zip(xs, passed)])
                inner = wrap(lambda y: run(programs[2], (*mixed, y), tame=squeezed))
                return run(programs[1], (*mixed, before), tame=squeezed) + inner(gx.sin(before))

            return wrap(outer)(*[x for x, flag in zip(xs, passed) if flag])

        return f

    ours, plain = loss(lambda f: gx.checkpoint(f, policy=policy)), loss(lambda f: f)
    primals = [gx.asarray(x) for x in inputs]
    tangents = [gx.cos(x) for x in primals]
    close = {"rtol": 1e-9, "atol": 1e-9}
    assert_close(gx.grad(ours, numbers)(*primals), gx.grad(plain, numbers)(*primals), **close)
    assert_close(gx.jvp(ours, primals, tangents), gx.jvp(plain, primals, tangents), **close)
    assert_close(gx.hvp(ours, primals, tangents), gx.hvp(plain, primals, tangents), **close)
    both = [gx.stack([x, x * 0.5]) for x in primals]
    mapped = [gx.vmap(gx.grad(f, numbers)) for f in (ours, plain)]
    assert_close(mapped[0](*both), mapped[1](*both), **close)
