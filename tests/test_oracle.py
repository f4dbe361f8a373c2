"""The oracle itself, by what owes gradx nothing: NumPy's values, and central differences of them.

- The programs are those that gradx is judged by, with views and writes of every kind.
- NumPy lets the memory order of operands decide that of a result, and so whether `reshape` gives a view; gradx and
  the oracle make every result row-major, as C-ordered NumPy code has it. `Plain` is NumPy with that rule.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tests.oracle as oracle
from tests.judge import split, truth_of
from tests.programs import Program, direction, generate

BATCHES, PROGRAMS = 5, 40
STEP = 6e-6


class Plain(np.ndarray):
    """A NumPy array whose results are row-major arrays, 0-d ones included."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        out = options.pop("out", None)
        inputs = tuple(bare(x) for x in inputs)
        if out is not None:
            getattr(ufunc, method)(*inputs, out=tuple(map(bare, out)), **options)
            return out[0]
        return plain(getattr(ufunc, method)(*inputs, **options))

    def __getitem__(self, key: Any) -> Any:
        found = bare(self)[bare(key)]
        if isinstance(found, np.ndarray) and oracle.is_basic(key):
            return found.view(Plain)
        return plain(found)

    def __setitem__(self, key: Any, value: Any) -> None:
        bare(self)[bare(key)] = bare(value)

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def detach(self) -> Any:
        return self.copy()

    def copy(self) -> Any:
        return plain(self)


def bare(x: Any) -> Any:
    """Return what NumPy takes for an array of its own."""
    if isinstance(x, tuple):
        return tuple(map(bare, x))
    return x.view(np.ndarray) if isinstance(x, Plain) else x


def plain(x: Any) -> Any:
    """Return a row-major copy."""
    return np.array(bare(x), order="C", copy=True).view(Plain)


class Namespace:
    """NumPy's functions, whose results are Plain: views where NumPy makes views."""

    VIEWS = ("reshape", "squeeze", "expand_dims", "permute_dims", "flip", "broadcast_to")

    def __getattr__(self, name: str) -> Any:
        function = getattr(np, name)

        def call(*operands: Any, **options: Any) -> Any:
            operands = tuple(list(map(bare, x)) if isinstance(x, list) and x and isinstance(x[0], Plain) else bare(x)
                             for x in operands)  # fmt: skip
            result = function(*operands, **options)
            return np.asarray(result).view(Plain) if name in self.VIEWS else plain(result)

        return call


def run(program: Program, leaves: list[Any], looks: list[Any] | None = None) -> float:
    """Run a program on NumPy; note what it shows."""

    def look(**shown: Any) -> None:
        if looks is not None:
            looks.append({name: np.array(x) for name, x in shown.items()})

    return float(program.function(Namespace(), look, *map(plain, leaves)))


def programs(batch: int) -> list[Program]:
    return [generate(100_000 + batch * PROGRAMS + i) for i in range(PROGRAMS)]


@pytest.mark.parametrize("batch", range(BATCHES))
def test_values_are_those_of_numpy(batch: int) -> None:
    for program in programs(batch):
        truth, looks = truth_of(program), list[Any]()
        tolerance = 1e-5 if program.single else 1e-12
        value = run(program, list(program.leaves.values()), looks)
        assert value == pytest.approx(truth.value, rel=tolerance, abs=tolerance), program.source()
        assert len(looks) == len(truth.looks)
        for found, expected in zip(looks, truth.looks, strict=True):
            for name, (dtype, values) in expected.items():
                assert found[name].dtype.name == dtype, program.source()
                np.testing.assert_allclose(
                    found[name], values, rtol=tolerance, atol=tolerance, err_msg=program.source()
                )


@pytest.mark.parametrize("batch", range(BATCHES))
def test_derivatives_are_those_of_differences(batch: int) -> None:
    """Detached values are no constants to a difference: programs without them."""
    for program in programs(batch):
        if program.single or "detach" in program.text:
            continue
        truth, u = truth_of(program), split(program, direction(program.total))
        expected = pytest.approx(difference(program, u), rel=1e-6, abs=1e-6)
        assert truth.slope == expected, program.source()
        assert truth.slope == pytest.approx(inner(truth.gradient, u), rel=1e-12, abs=1e-12)
        for i in range(program.total):
            one = split(program, np.eye(program.total)[i])
            expected = pytest.approx(difference(program, one), rel=1e-6, abs=1e-6)
            assert inner(truth.gradient, one) == expected, program.source()
        ahead, behind = (truth_of(moved(program, u, s)).gradient for s in (STEP, -STEP))
        for h, a, b in zip(truth.second, ahead, behind, strict=True):
            np.testing.assert_allclose(
                h, (a - b) / (2 * STEP), rtol=1e-5, atol=1e-5, err_msg=program.source()
            )


def moved(program: Program, along: list[Any], step: float) -> Program:
    """Return the program with its inputs moved."""
    parts = dict(zip(program.tracked, along, strict=True))
    leaves = {
        name: x + step * parts[name] if name in parts else x for name, x in program.leaves.items()
    }
    return Program(leaves, program.tracked, program.lines)


def difference(program: Program, along: list[Any]) -> float:
    sides = [run(program, list(moved(program, along, s).leaves.values())) for s in (STEP, -STEP)]
    return (sides[0] - sides[1]) / (2 * STEP)


def inner(a: list[Any], b: list[Any]) -> float:
    return float(sum(np.sum(x * y) for x, y in zip(a, b, strict=True)))


def test_programs_do_what_they_are_there_for() -> None:
    """Views, writes through them, repeated indices, masks, and bases that are dropped all occur, often."""
    text = "\n".join(program.text for batch in range(BATCHES) for program in programs(batch))
    for piece in ("[::-1]", ".T", ".mT", "reshape", "squeeze", "expand_dims", "permute_dims", "flip", "broadcast_to",
                  "+=", "*=", "/=", "xp.asarray([True", "xp.asarray([", " > 0.1", "for row", "detach", "no_grad",
                  "del ", "look(", "][", "k\n", "except ValueError"):  # fmt: skip
        assert text.count(piece) >= 3, piece


def test_kinks_are_refused() -> None:
    x = oracle.constant(np.array([0.5, 0.5, 0.0]))
    for function in (oracle.max, oracle.min, oracle.abs):
        with pytest.raises(oracle.NearKink):
            function(x)
