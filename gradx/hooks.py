"""Hooks on Tensors: functions that see, and may replace, a cotangent as a walk passes by.

- They are kept on the application that made the Tensor, and live as long as it.
- Unused, the walk pays one look at an empty dictionary for each application.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import ref

from gradx.errors import GraphError
from gradx.level import Cell

Hook = Callable[[Any], Any]

hooks: dict[int, ref[Any]] = {}  # the nodes that have any, by id; an entry goes with its node


class Handle:
    """What a registration hands back: `remove()` undoes it; also a context manager, that removes at its end."""

    __slots__ = ("_undo",)

    def __init__(self, undo: Callable[[], None]) -> None:
        self._undo: Callable[[], None] | None = undo

    def remove(self) -> None:
        """Undo the registration; once more does nothing."""
        undo, self._undo = self._undo, None
        if undo is not None:
            undo()

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def register(x: Cell, hook: Hook) -> Handle:
    """Have `hook` called with the cotangent of `x`; see `Tensor.register_hook`."""
    if not callable(hook):
        raise TypeError(f"register_hook: expected a function of one gradient; got {hook!r}")
    node: Any = x.aux
    if not hasattr(node, "parents"):
        kind = type(x.level).__name__.lower()
        raise GraphError(
            f"register_hook: expected a Tensor on a tape, made with requires_grad=True or computed from one; got one "
            f"of a {kind} level that is not. Inside vmap and jvp no walk passes by: hook what is outside of them"
        )
    functions: dict[object, Hook]
    try:
        functions = node.hooks
    except AttributeError:
        functions = node.hooks = {}
    key, token, there = id(node), object(), ref(node)
    functions[token] = hook
    hooks[key] = ref(node, lambda _: hooks.pop(key, None))

    def undo() -> None:
        functions.pop(token, None)
        if not functions and there() is not None:
            hooks.pop(key, None)

    return Handle(undo)


__all__ = ["Handle", "Hook", "hooks", "register"]
