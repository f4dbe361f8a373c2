"""Whether gradx runs a program as the oracle does: every value on the way, and the derivatives of its result.

- Modes: the eager tape with `backward`; `grad` and `jvp` of the program as a function; and the second derivative
  along a direction in five ways, each of which nests two transforms.
- A failure carries the source of the program, a script that judges it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import gradx as gx
import tests.oracle as oracle
from tests.programs import Program, direction


@dataclass
class Truth:
    """What the oracle says."""

    looks: list[dict[str, tuple[str, Any]]]  # dtype and values, by name, at each look
    value: float
    slope: float
    gradient: list[Any]  # by each tracked leaf
    second: list[Any]  # the derivative of the gradient along the direction


def truth_of(program: Program) -> Truth:
    """Run a program on the oracle."""
    looks: list[dict[str, tuple[str, Any]]] = []
    along, offset, arrays = direction(program.total), 0, []
    for name, values in program.leaves.items():
        if name in program.tracked:
            arrays.append(oracle.leaf(values, offset, program.total, along))
            offset += values.size
        else:
            arrays.append(oracle.constant(values))

    def look(**shown: Any) -> None:
        looks.append({name: (x.dtype.name, x.values()) for name, x in shown.items()})

    loss = program.function(oracle, look, *arrays)
    loss = loss.cells[()] if isinstance(loss, oracle.Array) else oracle.Dual(float(loss))
    both = np.zeros((2, program.total)) if loss.d is None else loss.d
    return Truth(looks, loss.v, loss.t, split(program, both[0]), split(program, both[1]))


def split(program: Program, flat: Any) -> list[Any]:
    """Return numbers over all inputs as arrays like the tracked leaves."""
    found = []
    for name in program.tracked:
        like = program.leaves[name]
        found.append(flat[: like.size].reshape(like.shape).astype(like.dtype))
        flat = flat[like.size :]
    return found


class Judge:
    """Compares gradx with the oracle on one program and one device."""

    def __init__(self, program: Program, device: str) -> None:
        self.program, self.device, self.truth = program, device, truth_of(program)
        # float32 rounds at 6e-8, and what is written from it into float64 keeps that; a dozen steps amplify it.
        self.tolerance = 3e-4 if program.single else 1e-9

    def agree(self, what: str, actual: Any, expected: Any) -> None:
        """Raise unless a Tensor has the values, shape and dtype of an array."""
        values = np.asarray(actual.tolist(), dtype=np.float64).reshape(actual.shape)
        assert values.shape == np.shape(expected), (
            f"{what}: expected shape {np.shape(expected)}; got {values.shape}"
        )
        if isinstance(expected, np.ndarray):
            assert actual.dtype == gx.dtype_of(expected.dtype), (
                f"{what}: expected {expected.dtype}; got {actual.dtype}"
            )
        scale = 1.0 + float(np.max(np.abs(expected), initial=0.0))
        if not np.all(np.abs(values - expected) <= self.tolerance * scale):
            raise AssertionError(f"{what}: expected {expected}; got {values}")

    def tensors(self, *, tracked: bool) -> list[Any]:
        """Return the arguments as Tensors, those to differentiate by as leaves of the tape."""
        return [
            gx.asarray(x.copy(), device=self.device, requires_grad=tracked and name in self.program.tracked)
            for name, x in self.program.leaves.items()
        ]  # fmt: skip

    def function(self, *primals: Any) -> Any:
        """Run the program as a function of its tracked leaves."""
        arguments = iter(primals)
        made = [
            next(arguments) if name in self.program.tracked else gx.asarray(x.copy(), device=self.device)
            for name, x in self.program.leaves.items()
        ]  # fmt: skip
        del primals, arguments
        return gx.asarray(self.program.function(gx, lambda **_: None, *made))

    def primals(self) -> list[Any]:
        return [
            gx.asarray(self.program.leaves[name].copy(), device=self.device)
            for name in self.program.tracked
        ]

    def along(self) -> list[Any]:
        parts = split(self.program, direction(self.program.total))
        return [gx.asarray(part, device=self.device) for part in parts]

    # ------------------------------------------------------------ first order

    def tape(self) -> None:
        """Run on the eager tape: all values on the way, then `backward`."""
        looks = iter(self.truth.looks)

        def look(**shown: Any) -> None:
            for (name, x), (dtype, expected) in zip(
                shown.items(), next(looks).values(), strict=True
            ):
                self.agree(f"{name} on the way", x, expected)
                assert x.dtype.name == dtype, f"{name}: expected {dtype}; got {x.dtype}"

        given = self.tensors(tracked=True)
        loss = self.program.function(gx, look, *given)
        self.agree("the result", gx.asarray(loss), self.truth.value)
        if getattr(loss, "requires_grad", False):
            loss.backward()
        leaves = [x for name, x in zip(self.program.leaves, given) if name in self.program.tracked]
        self.all_agree("backward", [x.grad for x in leaves], self.truth.gradient)

    def all_agree(self, mode: str, actual: Sequence[Any], expected: Sequence[Any]) -> None:
        for name, x, truth in zip(self.program.tracked, actual, expected, strict=True):
            # A leaf that nothing reaches has no `.grad`.
            x = gx.zeros(truth.shape, dtype=truth.dtype.name) if x is None else x
            self.agree(f"{mode}: the derivative by {name}", x, truth)

    @property
    def argnums(self) -> list[int]:
        return list(range(len(self.program.tracked)))

    def gradient(self, *primals: Any) -> Any:
        return gx.grad(self.function, self.argnums)(*primals)

    def slope(self, *primals: Any) -> Any:
        return gx.jvp(self.function, primals, tuple(self.along()))[1]

    def reverse(self) -> None:
        self.all_agree("grad", self.gradient(*self.primals()), self.truth.gradient)

    def forward(self) -> None:
        value, slope = gx.jvp(self.function, tuple(self.primals()), tuple(self.along()))
        self.agree("jvp: the value", value, self.truth.value)
        self.agree("jvp: the tangent", slope, self.truth.slope)

    # ------------------------------------------------------------ second order

    def forward_over_reverse(self) -> None:
        found = gx.jvp(self.gradient, tuple(self.primals()), tuple(self.along()))[1]
        self.all_agree("jvp of grad", found, self.truth.second)

    def reverse_over_reverse(self) -> None:
        found = gx.grad(lambda *xs: self.dot(self.gradient(*xs)), self.argnums)(*self.primals())
        self.all_agree("grad of grad", found, self.truth.second)

    def reverse_over_forward(self) -> None:
        found = gx.grad(self.slope, self.argnums)(*self.primals())
        self.all_agree("grad of jvp", found, self.truth.second)

    def forward_over_forward(self) -> None:
        found = gx.jvp(self.slope, tuple(self.primals()), tuple(self.along()))[1]
        parts = split(self.program, direction(self.program.total))
        expected = float(sum(np.sum(h * u) for h, u in zip(self.truth.second, parts)))
        self.agree("jvp of jvp", found, expected)

    def tape_twice(self) -> None:
        given = self.tensors(tracked=True)
        leaves = [x for name, x in zip(self.program.leaves, given) if name in self.program.tracked]
        kept = [gx.asarray(x * 1.0) for x in leaves]  # a leaf that is written to is a result then
        made = dict(zip(self.program.tracked, kept))
        loss = self.program.function(
            gx, lambda **_: None, *[made.get(n, x) for n, x in zip(self.program.leaves, given)]
        )
        if not getattr(loss, "requires_grad", False):
            return
        slope = self.dot(gx.gradients(loss, leaves, create_graph=True))
        found = gx.gradients(slope, leaves) if slope.requires_grad else [None] * len(leaves)
        self.all_agree("gradients of gradients", found, self.truth.second)

    def dot(self, gradient: Sequence[Any]) -> Any:
        return sum(gx.sum(g * u) for g, u in zip(gradient, self.along()))


FIRST = ("tape", "reverse", "forward")
SECOND = (
    "forward_over_reverse", "reverse_over_reverse", "reverse_over_forward", "forward_over_forward", "tape_twice",
)  # fmt: skip


def judge(program: Program, device: str = "cpu", second: Sequence[str] = SECOND) -> None:
    """Raise, with the program's source, where gradx and the oracle differ."""
    try:
        with gx.default_device(device):
            one = Judge(program, device)
            for mode in (*FIRST, *second):
                getattr(one, mode)()
    except Exception as error:
        if program.lines:  # else it was pasted, and stands there
            error.add_note(f"\non {device}\n\n{program.source()}")
        raise


def judge_function(
    function: Callable[..., Any],
    leaves: dict[str, Any],
    tracked: Sequence[str],
    device: str = "cpu",
) -> None:
    """Judge a program that was printed and pasted."""
    program = Program(leaves, tuple(tracked))
    program.__dict__["function"] = function
    judge(program, device)
