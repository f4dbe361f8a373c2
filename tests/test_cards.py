"""Every card is complete, and keeps no more than it reads.

- A differentiable card has a reverse and a forward rule; every card has a batch rule.
- Each backend's namespace has an implementation under the card's name.
- A rule's parameter without underscore is kept on the tape, so the rule must read its value; one with an
  underscore is not, so the rule may read no more than an input's shape and dtype, and nothing of `_y`.
"""

from __future__ import annotations

import dis
import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import walk_packages
from types import CodeType
from typing import Any

import pytest

import gradx
from gradx.backend import backend_named
from gradx.errors import DeviceError
from gradx.primitive import Primitive

WITHOUT_VALUE = {"shape", "dtype", "ndim", "device"}
ON_THE_NODE = {"shape", "dtype"}


def cards() -> list[Primitive]:
    """Return the cards that gradx's modules hold, those behind functions included."""
    for info in walk_packages(gradx.__path__, "gradx."):
        if not info.name.startswith("gradx.examples") and not info.name.endswith("__main__"):
            import_module(info.name)
    found: dict[int, Primitive] = {}
    for name in sorted(sys.modules):
        if name.partition(".")[0] == "gradx":
            for value in held(vars(sys.modules[name])):
                card = getattr(value, "card", value)
                if isinstance(card, Primitive):
                    found.setdefault(id(card), card)
    return list(found.values())


def held(names: dict[str, Any]) -> Iterator[Any]:
    """Return a module's values, and what its containers hold."""
    for value in list(names.values()):
        if isinstance(value, dict):
            yield from value.values()
        elif isinstance(value, (list, tuple)):
            yield from value
        else:
            yield value


CARDS = [pytest.param(card, id=card.name) for card in cards()]


@pytest.mark.parametrize("card", CARDS)
def test_rules_are_complete(card: Primitive) -> None:
    if card.differentiable:
        assert card.rules, "expected a reverse rule (vjp)"
        assert card.push is not None, "expected a forward rule (jvp)"


@pytest.mark.parametrize("card", CARDS)
def test_every_card_has_a_batch_rule(card: Primitive) -> None:
    assert card.batch is not None, (
        "expected a batch rule: primitive(..., batch=); see gradx.batching"
    )


@pytest.mark.parametrize("library", ["numpy", "cupy", "array_api_strict", "torch"])
def test_backends_implement_every_card(library: str) -> None:
    try:
        xp = backend_named(library).xp
    except (ImportError, DeviceError) as error:
        pytest.skip(f"{library}: {error}")
    missing = sorted({p.values[0].name for p in CARDS if not implements(xp, p.values[0])})
    assert not missing, f"expected these in the namespace of {library}"


def implements(xp: Any, card: Primitive) -> bool:
    """Whether a namespace holds what the card applies to bare arrays."""
    if card.implementation is not None:
        return True
    found = xp
    for part in card.name.split("."):
        found = getattr(found, part, None)
    return callable(found)


@pytest.mark.parametrize("card", CARDS)
def test_rules_read_what_they_keep(card: Primitive) -> None:
    slopes = card.pull_guarded.__module__ == "gradx.elementwise"
    faults = [
        fault for rule in card.rules if rule is not None for fault in faults_of(rule, slope=slopes)
    ]
    assert not faults, "\n".join(faults)


def faults_of(rule: Callable[..., Any], *, slope: bool) -> Iterator[str]:
    """Return what is wrong with the names of a rule's parameters."""
    rule = rule.func if isinstance(rule, functools.partial) else inspect.unwrap(rule)
    output, *inputs = list(inspect.signature(rule).parameters.values())[1 if slope else 2 :]
    for parameter in (output, *inputs):
        if parameter.kind is parameter.KEYWORD_ONLY or parameter.kind is parameter.VAR_KEYWORD:
            continue
        name, uses = parameter.name, set(uses_of(rule.__code__, parameter.name))
        if not name.startswith("_"):
            if uses <= WITHOUT_VALUE:
                yield f"{name} is kept and only {sorted(uses) or 'nothing'} read: name it _{name}"
        elif parameter.kind is not parameter.VAR_POSITIONAL:
            allowed = set() if slope or parameter is output else ON_THE_NODE
            if not uses <= allowed:
                yield f"{name} is not kept, yet {sorted(uses - allowed)} is read"


def uses_of(code: CodeType, name: str) -> Iterator[str]:
    """Return how a function uses a local variable: "value", or the attribute read."""
    instructions = list(dis.get_instructions(code))
    for i, instruction in enumerate(instructions):
        argument = instruction.argval
        names = argument if isinstance(argument, tuple) else (argument,)
        if not instruction.opname.startswith("LOAD_") or name not in names:
            continue
        if (
            instruction.opname.startswith(("LOAD_FAST", "LOAD_CLOSURE"))
            and name in code.co_cellvars
        ):
            continue  # handed to an inner function, seen there
        if "FAST" not in instruction.opname and "DEREF" not in instruction.opname:
            continue  # an attribute, global or constant of that name
        after, last = instructions[i + 1 : i + 3], names[-1] == name
        if last and after[0].opname == "LOAD_ATTR":
            yield after[0].argval
        elif not (last and compares_with_none(after)):
            yield "value"
    for inner in code.co_consts:
        if isinstance(inner, CodeType) and name in inner.co_freevars:
            yield from uses_of(inner, name)


def compares_with_none(after: list[dis.Instruction]) -> bool:
    """Whether what was loaded is only compared with None: is this input tracked?"""
    if after[0].opname.startswith("POP_JUMP"):
        return "NONE" in after[0].opname
    is_none = after[0].opname == "LOAD_CONST" and after[0].argval is None
    return is_none and after[1].opname == "IS_OP"


def test_faults_are_found() -> None:
    def kept_in_vain(xp: Any, ct: Any, _y: Any, x: Any) -> Any:
        return xp.zeros(x.shape, dtype=x.dtype)

    def reads_what_is_not_kept(xp: Any, ct: Any, _y: Any, _x: Any) -> Any:
        return [ct * _x for _ in range(2)]

    def good(xp: Any, ct: Any, y: Any, _x: Any, *, axis: int) -> Any:
        if _x is not None and None is not ct:
            return xp.reshape(ct * y, _x.shape)
        return None if _x is None else ct

    assert list(faults_of(kept_in_vain, slope=False)) == [
        "x is kept and only ['dtype', 'shape'] read: name it _x"
    ]
    assert list(faults_of(reads_what_is_not_kept, slope=False)) == [
        "_x is not kept, yet ['value'] is read"
    ]
    assert not list(faults_of(good, slope=False))
