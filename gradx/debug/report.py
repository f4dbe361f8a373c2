"""What `why_nan` hands back, and how it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gradx.debug.sources import Place, place_of
from gradx.debug.values import Index, element, first, host, is_finite, not_finite
from gradx.dtypes import dtype_of
from gradx.tape import SCALARS, Node

_SHOWN = 12  # steps of a chain


@dataclass(frozen=True)
class Operand:
    """An operand at the element in question.

    Attributes
    ----------
    role
        Where it comes from: "leaf", "constant", or the operation that made it.
    name
        The name of the variable that holds it, "" if none was found.
    value
        Its element there; of an operand that is not read element by element, its first element that is not
        finite, else None. None as well where the value is not to be had (`known`).
    text
        The value, or shape, dtype and range.
    """

    role: str
    name: str
    value: Any
    text: str
    known: bool

    def __str__(self) -> str:
        return f"{self.name or self.role} = {self.text}"


@dataclass(frozen=True)
class Step:
    """One application on the way: its operation, its output's shape, and an element of it that is not finite."""

    operation: str
    name: str
    shape: Any
    index: Index | None
    value: Any
    where: Place | None

    def __str__(self) -> str:
        name = f" {self.name}" if self.name else ""
        at = "" if self.index is None else f" {_shown(self.value)} at {self.index}"
        return f"{self.operation}{name} {_shape(self.shape)}{at}{f'   {self.where}' if self.where else ''}"


@dataclass(frozen=True)
class Birth:
    """The first place where a NaN or an infinity came up.

    Attributes
    ----------
    kind
        "forward": as the output of an operation (or in a leaf, or a constant); "backward": as the cotangent
        of an input, though that of the output was finite.
    operation
        The operation; "leaf" for a Tensor made with `requires_grad=True`.
    index
        Of the element: of the output (forward), or of the input whose cotangent it is (backward); None where
        the output was not kept and cannot be computed anew.
    operands
        What the operation was applied to.
    result
        The element: of the output, or of the input's cotangent.
    cotangent, slope
        Backward: the cotangent that came to the operation and, of an elementwise one, its slope.
    where
        File, line, function and text; None unless recorded inside `gx.debug.recording()`.
    chain
        The operations from there to the result, this one first.
    reaches
        Backward: the leaf whose gradient it spoils.
    certain
        False where values were missing, and the birth may lie just before or behind.
    notes
        What else is to be said.
    """

    kind: str
    operation: str
    index: Index | None
    operands: tuple[Operand, ...]
    result: Any
    where: Place | None
    chain: tuple[Step, ...]
    cotangent: Any = None
    slope: Any = None
    reaches: Step | None = None
    certain: bool = True
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    __repr__ = __str__


def _lines(birth: Birth) -> list[str]:
    lines = [_headline(birth)]
    if birth.where is not None:
        lines.append(f"  {birth.where}")
    lines.extend(f"  operand {i}: {operand}" for i, operand in enumerate(birth.operands))
    if birth.reaches is not None:
        lines.append(f"  spoils the gradient of: {birth.reaches}")
    lines.append("  on the way to the result:")
    steps = [f"    {step}" for step in birth.chain]
    if len(steps) > _SHOWN:
        hidden = len(steps) - _SHOWN
        steps = [*steps[: _SHOWN // 2], f"    ... {hidden} more", *steps[-_SHOWN // 2 :]]
    lines.extend(steps)
    lines.extend(f"  {note}" for note in birth.notes)
    if birth.where is None:
        lines.append("  for file and line, compute it inside `with gx.debug.recording():`")
    return lines


def _headline(birth: Birth) -> str:
    at = "" if birth.index is None else f" at element {birth.index}"
    if birth.kind == "forward":
        if not birth.certain:
            return (
                f"NaN or inf, it seems born forward in {birth.operation}{at}, or in the operation after it: "
                "what it gave is not kept, and cannot be computed anew"
            )
        verb = "held by a" if birth.operation == "leaf" else "born forward in"
        return f"{_shown(birth.result)} {verb} {birth.operation}{at}"
    came = "" if birth.cotangent is None else f": cotangent {_shown(birth.cotangent)}"
    if birth.cotangent is not None and birth.slope is not None:
        came += f" x slope {_shown(birth.slope)}"
    return f"{_shown(birth.result)} born backward in the rule of {birth.operation}{came}{at}"


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _shape(shape: Any) -> str:
    several = bool(shape) and isinstance(shape[0], (tuple, list))
    return ", ".join(_shape(each) for each in shape) if several else str(list(shape))


def step(node: Node, value: Any, index: Index | None, name: str) -> Step:
    """Return a node as a step of a chain; `value` is the bare array that `index` is an index of."""
    known = index is not None and value is not None and not isinstance(value, (tuple, list))
    operation = "leaf" if node.card is None else node.card.name
    at = index if known else None
    return Step(
        operation,
        name,
        node.shape,
        at,
        element(value, index or ()) if known else None,
        place_of(node),
    )


def operand(x: Any, parent: Node | None, name: str, index: Index | None) -> Operand:
    """Describe an operand: its element at `index` of the output, or, for None, all of it."""
    role = "constant" if parent is None else "leaf" if parent.card is None else parent.card.name
    if x is None:
        return Operand(role, name, None, "not kept by the tape, and not to be computed anew", False)
    if type(x) in SCALARS:
        return Operand(role, name, x, str(x), True)
    shape = tuple(x.shape)
    if index is not None:
        lead = len(index) - len(shape)
        at = tuple([0 if n == 1 else i for i, n in zip(index[lead:], shape)])
        value = element(x, at)
        return Operand(role, name, value, _shown(value), True)
    return _whole(role, name, x)


def _whole(role: str, name: str, x: Any) -> Operand:
    shape, dtype = tuple(x.shape), dtype_of(x.dtype)
    text, value = f"{dtype.name}{list(shape)}", None
    bad = not_finite(x)
    if bad.any():
        at = first(bad)
        value = element(x, at)
        text += f", {int(bad.sum())} not finite, first {_shown(value)} at {at}"
    elif bad.size and dtype.kind == "f":
        values = host(x)
        text += f" of {_shown(values.min().item())} to {_shown(values.max().item())}"
    return Operand(role, name, value, text, True)


def constants_to_blame(operands: tuple[Operand, ...]) -> tuple[str, ...]:
    """Return notes on constants that are not finite themselves, or not known."""
    notes = []
    for i, each in enumerate(operands):
        if each.role == "constant" and not each.known:
            notes.append(
                f"operand {i} is a constant that the tape does not keep: it may hold what is not finite. "
                "Inside gx.debug.recording() it is kept"
            )
        elif each.role == "constant" and each.value is not None and not is_finite(each.value):
            notes.append(f"operand {i} is a constant that is not finite itself")
    return tuple(notes)


__all__ = ["Birth", "Operand", "Step", "constants_to_blame", "operand", "step"]
