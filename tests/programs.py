"""Random programs that write through views: made from an integer, or from Hypothesis's draws.

- A program is Python source, a function of a namespace `xp` and named arrays, so what fails can be printed, pasted
  and run: on gradx, on the oracle and on NumPy alike.
- `Writer` writes one step after another and runs each on the oracle as it goes, so that every step is valid, no
  value grows, and no kink is met.
- `python -m tests.programs 17` prints the program of seed 17.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

import numpy as np

import tests.oracle as oracle
from gradx import no_grad
from tests.pieces import Pieces, drawn_shape

NAMES = "abcdefgh"
LARGEST = 5.0  # of a value
STEEPEST = 300.0  # of a derivative
MOST = 30  # elements of an array

INVALID = (ValueError, IndexError, TypeError, OverflowError, ZeroDivisionError)
"""What a step that does not fit raises on the oracle: the writer then tries another."""


class Draws(Protocol):
    """Where choices come from."""

    def choice(self, options: Sequence[Any]) -> Any: ...

    def integer(self, low: int, high: int) -> int: ...


class Seeded:
    """Choices that an integer decides."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def choice(self, options: Sequence[Any]) -> Any:
        return options[int(self.random.random() * len(options))]

    def integer(self, low: int, high: int) -> int:
        return low + int(self.random.random() * (high - low + 1))


@dataclass
class Program:
    """The source of a function, and what to call it with."""

    leaves: dict[str, Any]  # NumPy arrays
    tracked: tuple[str, ...]  # those to differentiate by
    lines: list[str] = field(default_factory=list)
    title: str = "a program"

    @property
    def text(self) -> str:
        body = "\n".join(self.lines).replace("\n", "\n    ")
        return f"def program(xp, look, {', '.join(self.leaves)}):\n    {body}\n"

    @functools.cached_property
    def function(self) -> Callable[..., Any]:
        world: dict[str, Any] = {"no_grad": no_grad}
        exec(compile(self.text, f"<{self.title}>", "exec"), world)
        return world["program"]  # type: ignore[no-any-return]

    @property
    def single(self) -> bool:
        """Whether float32 takes part."""
        return any(x.dtype == np.float32 for x in self.leaves.values())

    @property
    def total(self) -> int:
        """The number of inputs to differentiate by."""
        return sum(self.leaves[name].size for name in self.tracked)

    def source(self) -> str:
        """Return a script that checks this program once more, from the root of the repository."""
        leaves = "\n".join(
            f'    "{name}": np.array({x.tolist()}, dtype="{x.dtype}").reshape({x.shape}),'
            for name, x in self.leaves.items()
        )
        return (
            f"# {self.title}\nimport numpy as np\n\nfrom gradx import no_grad\n"
            f"from tests.judge import judge_function\n\n\n{self.text}\n\n"
            f"judge_function(program, {{\n{leaves}\n}}, tracked={self.tracked})\n"
        )


class Writer(Pieces):
    """Writes a program step by step.

    Parameters
    ----------
    draws
        Where choices come from.
    views
        Whether names are bound to views, and written through.
    """

    def __init__(self, draws: Draws, *, views: bool = True, title: str = "a program") -> None:
        self.draws, self.views = draws, views
        self.program = self._start(title)
        program, offset = self.program, 0
        self.direction = direction(program.total)
        self.world: dict[str, Any] = {"xp": oracle, "no_grad": no_grad}
        for name, values in program.leaves.items():
            if name in program.tracked:
                self.world[name] = oracle.leaf(values, offset, program.total, self.direction)
                offset += values.size
            else:
                self.world[name] = oracle.constant(values)

    def _start(self, title: str) -> Program:
        """Choose the leaves: a few shapes that broadcast among themselves, at least one of them tracked."""
        integer = self.draws.integer
        dims = tuple(self.draws.choice((1, 2, 2, 3, 3, 4)) for _ in range(3))
        leaves, tracked, phase = {}, [], integer(0, 100)
        for i, name in enumerate(NAMES[: integer(1, 3)]):
            shape = drawn_shape(self.draws, dims)
            dtype = self.draws.choice(("float64",) * 9 + ("float32",))
            leaves[name] = distinct(shape, phase + 7 * i).astype(dtype)
            if i == 0 or integer(0, 3):
                tracked.append(name)
        if not integer(0, 3):
            leaves["k"] = np.arange(1, 1 + dims[2])
        return Program(leaves, tuple(tracked), title=title)

    # ------------------------------------------------------------ running

    def names(self) -> list[str]:
        """Return the names of the floating arrays that live."""
        return [name for name in NAMES if name in self.world]

    def evaluate(self, expression: str) -> Any:
        """Return what an expression gives on the oracle; None where it does not fit or is not tame."""
        try:
            value = eval(expression, self.world)
        except INVALID:
            return None
        return value if not isinstance(value, oracle.Array) or tame(value) else None

    def execute(self, step: str) -> bool:
        """Run a step and keep it; False, and nothing has happened, where it does not fit."""
        try:
            exec(step, self.world)
        except INVALID:
            return False
        self.program.lines.append(step)
        return True

    def step(self, kind: str | None = None) -> bool:
        """Write one step, of a kind or of any; return whether that was possible."""
        kind = kind or self.draws.choice(KINDS if self.views else KINDS_WITHOUT_VIEWS)
        done = bool(getattr(self, f"write_{kind}")())
        if done and self.draws.integer(0, 2) == 0:
            self.look()
        return done

    def look(self) -> None:
        """Let the program show some of its values: to look at a view is to read it anew."""
        chosen = [name for name in self.names() if self.draws.integer(0, 2)]
        if chosen:
            shown = ", ".join(f"{name}={name}" for name in chosen)
            self.program.lines.append(f"look({shown})")

    def finish(self) -> Program:
        """End with a number that depends on every array that lives."""
        self.program.lines.append("loss = 0.0")
        for i, name in enumerate(self.names()):
            self.program.lines.append(
                f"loss = loss + {0.5 + i / 8} * xp.sum(xp.sin({name} + 0.25))"
            )
        self.program.lines.append("return loss")
        return self.program

    # ------------------------------------------------------------ steps

    def fresh(self) -> str:
        """Return a name for a new array, perhaps one that lives: then what it was is dropped."""
        return str(self.draws.choice(NAMES))

    def target(self) -> str:
        """Return what to write into: a name, or a view of one, some layers deep."""
        name = self.draws.choice(self.names())
        return self.reading(name, self.draws.choice((0, 0, 0, 1, 1, 2))) if self.views else name

    def bind(self, expression: str) -> bool:
        value = self.evaluate(expression)
        if value is None or value.size > MOST or value.ndim > 4:
            return False
        return self.execute(f"{self.fresh()} = {expression}")

    def write_view(self) -> bool:
        expression = self.reading(self.draws.choice(self.names()), self.draws.integer(1, 3))
        return self.bind(expression if self.views else f"({expression}).copy()")

    def write_compute(self) -> bool:
        return self.bind(self.computed())

    def write_reduce(self) -> bool:
        return self.bind(self.reduced(self.draws.choice(self.names())))

    def write_join(self) -> bool:
        return self.bind(self.joined())

    def write_constant(self) -> bool:
        """A copy that no derivative passes, made with the tape on or off."""
        name, new = self.draws.choice(self.names()), self.fresh()
        step = f"{new} = {name}.detach()"
        return self.execute(self.draws.choice((step, f"with no_grad():\n    {step}")))

    def write_alias(self) -> bool:
        return self.execute(f"{self.fresh()} = {self.draws.choice(self.names())}")

    def write_drop(self) -> bool:
        names = self.names()
        return len(names) > 1 and self.execute(f"del {self.draws.choice(names)}")

    def write_item(self) -> bool:
        """`target[key] = value`."""
        target = self.target()
        found = self.evaluate(target)
        if found is None or not found.writeable:
            return False
        place = f"{target}[{self.key(found.shape)}]"
        value = self.fitting(place)
        return value is not None and self.execute(f"{place} = {value}")

    def write_augmented(self) -> bool:
        """`target op= value` or `target[key] op= value`."""
        target = self.target()
        found = self.evaluate(target)
        if found is None or not found.writeable:
            return False
        if not target.isalpha() or self.draws.integer(0, 1):
            if not self.views and not (found.shape and found.size):
                return False
            key = self.key(found.shape) if self.views else self.advanced(found.shape)
            target = f"{target}[{key}]"
        value = self.fitting(target, integers=False)
        operator = self.draws.choice(("+", "-", "*", "*", "/"))
        if value is None:
            return False
        value = f"(2.0 + {value})" if operator == "/" else value
        before, after = self.evaluate(target), self.evaluate(f"{target} {operator} ({value})")
        if before is None or after is None or before.shape != after.shape:
            return False
        return self.execute(f"{target} {operator}= {value}")

    def write_rows(self) -> bool:
        """A loop over the rows of an array, each a view unless it is a number."""
        name = self.draws.choice(self.names())
        array, operator = self.world[name], self.draws.choice(("*= 0.5", "+= 0.25", "-= 0.125"))
        if not array.ndim or not array.writeable:
            return False
        return self.execute(f"for row in {name}:\n    row {operator}")

    def write_swap(self) -> bool:
        """Two places exchanged: without copies, the second of them is a view of what was overwritten."""
        name = self.draws.choice(self.names())
        array = self.world[name]
        if not array.ndim or not array.writeable or len(array) < 2:
            return False
        copy = self.draws.choice((".copy()", "")) if self.views else ".copy()"
        return self.execute(f"{name}[0], {name}[-1] = {name}[-1]{copy}, {name}[0]{copy}")

    def write_refused(self) -> bool:
        """A write into a read-only array."""
        name = self.draws.choice([n for n in self.names() if not self.world[n].writeable] or [""])
        if not name or not self.world[name].size:
            return False
        write = self.draws.choice((f"{name}[...] = 0.5", f"{name} += 0.5"))
        lines = ("try:", f"    {write}", "except ValueError:", "    pass",
                 "else:", "    raise AssertionError('a write into a read-only array')")  # fmt: skip
        return self.execute("\n".join(lines))


KINDS = (
    *("view",) * 8, *("item",) * 10, *("augmented",) * 6, *("compute",) * 5, *("reduce",) * 2, "join", "constant",
    "alias", "drop", "rows", "swap", "refused",
)  # fmt: skip
KINDS_WITHOUT_VIEWS = tuple(kind for kind in KINDS if kind not in ("rows", "refused"))


def tame(x: oracle.Array) -> bool:
    """Whether values and derivatives are of a size that leaves digits to compare."""
    return all(
        abs(cell.v) < LARGEST and (cell.d is None or not (np.abs(cell.d) > STEEPEST).any())
        for cell in x.cells.ravel().tolist()
    )


def distinct(shape: tuple[int, ...], phase: int) -> Any:
    """Return an array in which no number comes twice."""
    n = int(np.prod(shape, dtype=int))
    return ((np.arange(n) * 37 + phase * 11) % 101 / 40 - 1.25).reshape(shape)


def direction(total: int) -> Any:
    """Return the direction of the second derivatives, over all inputs."""
    i = np.arange(total)
    return (0.5 + i % 5 / 8) * np.where(i % 3 == 1, -1.0, 1.0)


def generate(seed: int, *, views: bool = True) -> Program:
    """Return the program of an integer."""
    draws = Seeded(seed)
    writer = Writer(draws, views=views, title=f"program {seed}")
    for _ in range(draws.integer(4, 12)):
        writer.step()
    return writer.finish()


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        print(generate(int(sys.argv[1])).source())
