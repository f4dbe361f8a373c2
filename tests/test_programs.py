"""Random programs of reads and writes through views: gradx against an oracle that runs them on scalars.

- The sweep: thousands of programs, each made from an integer. One that fails is printed as a script, with its number:
  `GRADX_PROGRAM_SEED=17 pytest -s tests/test_programs.py -k one_program` prints it and judges it in every mode.
- The state machine: Hypothesis draws the steps, and shrinks a program that fails.
- `GRADX_PROGRAMS=10` runs ten times as many of both; `GRADX_PROGRAM_VIEWS=0` leaves views out.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import gradx as gx
from tests.judge import SECOND, judge
from tests.programs import KINDS, KINDS_WITHOUT_VIEWS, Writer, generate

TIMES = int(os.environ.get("GRADX_PROGRAMS", "1"))
ONE = os.environ.get("GRADX_PROGRAM_SEED")
VIEWS = os.environ.get("GRADX_PROGRAM_VIEWS", "1") != "0"

BATCHES, SIZE = 20, 150 * TIMES
PARTS, FEW = 4, {"dask:cpu": 1}  # dask plans each operation anew: seconds a program
ENOUGH = 25


def judge_seeds(seeds: Sequence[int], device: str) -> None:
    """Judge the programs of some seeds, the second order of each by one of the ways in turn."""
    for seed in seeds:
        judge(generate(seed, views=VIEWS), device, [SECOND[seed % len(SECOND)]])


@pytest.mark.skipif(ONE is not None, reason="one program is asked for")
@pytest.mark.parametrize("batch", range(BATCHES))
def test_programs(batch: int) -> None:
    judge_seeds(range(batch * SIZE, (batch + 1) * SIZE), "cpu")


@pytest.mark.skipif(ONE is not None, reason="one program is asked for")
@pytest.mark.parametrize("part", range(PARTS))
def test_programs_on_each_device(part: int, gradx_device: str) -> None:
    size = FEW.get(gradx_device, ENOUGH) * TIMES
    judge_seeds(range(part * size, (part + 1) * size), gradx_device)


@pytest.mark.skipif(ONE is None, reason="asked for by GRADX_PROGRAM_SEED")
def test_one_program(gradx_device: str) -> None:
    program = generate(int(ONE or 0), views=VIEWS)
    print(program.source())
    judge(program, gradx_device)


def test_a_program_can_be_replayed() -> None:
    """The script that a failure prints is the program, and fails as it did."""
    program = generate(3, views=VIEWS)
    exec(program.source(), {})
    last = "return loss + 0.01 * xp.sum(a) * (xp.__name__ == 'gradx')"  # wrong on gradx alone
    wrong = replace(program, lines=[*program.lines[:-1], last])
    with pytest.raises(AssertionError, match="expected") as caught:
        judge(wrong)
    assert wrong.source() in caught.value.__notes__[0]
    with pytest.raises(AssertionError, match="expected"):
        exec(wrong.source(), {})


class Drawn:
    """Choices that Hypothesis draws."""

    def __init__(self, data: Any) -> None:
        self.data = data

    def choice(self, options: Sequence[Any]) -> Any:
        return self.data.draw(st.sampled_from(options))

    def integer(self, low: int, high: int) -> int:
        return int(self.data.draw(st.integers(low, high)))


class Programs(RuleBasedStateMachine):
    """Steps taken one by one on gradx's eager tape and on the oracle; the whole program judged at the end."""

    writer: Writer | None = None

    @initialize(data=st.data())
    def start(self, data: Any) -> None:
        self.writer = Writer(Drawn(data), views=VIEWS)
        program = self.writer.program
        self.world: dict[str, Any] = {"xp": gx, "no_grad": gx.no_grad, "look": lambda **_: None}
        for name, x in program.leaves.items():
            self.world[name] = gx.asarray(x.copy(), requires_grad=name in program.tracked)
        self.done, self.unread, self.agreed = 0, False, True

    @precondition(lambda self: self.writer is not None)
    @rule(data=st.data(), kind=st.sampled_from(KINDS if VIEWS else KINDS_WITHOUT_VIEWS))
    def take(self, data: Any, kind: str) -> None:
        """Take a step of some kind, if it fits."""
        assert self.writer is not None
        self.writer.draws = Drawn(data)
        any(self.writer.step(kind) for _ in range(3))  # what is drawn does not always fit
        lines = self.writer.program.lines
        while self.done < len(lines):
            self.run(lines[self.done])
            self.done += 1
        self.unread = data.draw(st.booleans())

    def run(self, step: str) -> None:
        assert self.writer is not None
        self.agreed = False
        try:
            exec(step, self.world)
            self.agreed = True
        except Exception as error:
            error.add_note(self.writer.program.text)
            raise

    @precondition(lambda self: self.writer is not None and not self.unread)
    @invariant()
    def values_agree(self) -> None:
        """Every name has the oracle's values, shape and dtype; now and then nobody looks."""
        assert self.writer is not None
        program, self.agreed = self.writer.program, False
        tolerance = 1e-4 if program.single else 1e-9
        for name in self.writer.names():
            expected, x = self.writer.world[name], self.world[name]
            values = np.asarray(x.tolist(), dtype=np.float64).reshape(x.shape)
            assert (x.shape, x.dtype.name) == (expected.shape, expected.dtype.name), program.text
            np.testing.assert_allclose(
                values, expected.values(), tolerance, tolerance, err_msg=program.text
            )
        self.agreed = True

    def teardown(self) -> None:
        """Judge the whole program, unless a step has failed already."""
        if self.writer is not None and self.agreed:
            program = self.writer.finish()
            judge(program, "cpu", [SECOND[len(program.lines) % len(SECOND)]])


TestStateMachine = Programs.TestCase
TestStateMachine.settings = settings(
    max_examples=60 * TIMES,
    stateful_step_count=12,
    deadline=None,
    phases=set(Phase) - {Phase.explain},  # which draws did not matter: of no use here, and slow
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    print_blob=True,
)
