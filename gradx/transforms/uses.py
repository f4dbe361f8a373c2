"""The part of a graph that a reverse walk visits: how often each node is used, and which lead to a target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradx.errors import GraphError
from gradx.tape import Node


class _Freed:
    """Stands for the card of a node whose residuals are gone."""

    name = "freed"
    masks = False


FREED = _Freed()


def uses_below(
    seeds: Sequence[tuple[Node, Any]], targets: set[Node] | None
) -> tuple[dict[Node, int], set[Node] | None]:
    """Count how often each node below `seeds` is used, and find those from which a target can be reached."""
    uses: dict[Node, int] = {node: 0 for node, _ in seeds}
    stack = list(uses)
    while stack:
        node = stack.pop()
        if node.card is FREED:
            raise GraphError(
                "backward: this graph was used and freed by an earlier backward. "
                "Keep it with retain_graph=True, or compute the result anew"
            )
        for parent in node.parents:
            if parent is not None:
                if parent in uses:
                    uses[parent] += 1
                else:
                    uses[parent] = 1
                    stack.append(parent)
    if targets is None:
        return uses, None
    return _wanted_uses(uses, targets)


def _wanted_uses(nodes: dict[Node, int], targets: set[Node]) -> tuple[dict[Node, int], set[Node]]:
    """Restrict `nodes` to those that lead to a target, with the uses among those alone."""
    children: dict[Node, list[Node]] = {}
    for node in nodes:
        for parent in node.parents:
            if parent is not None:
                children.setdefault(parent, []).append(node)
    live = {node for node in nodes if node in targets}
    stack = list(live)
    while stack:
        for child in children.get(stack.pop(), ()):
            if child not in live:
                live.add(child)
                stack.append(child)
    uses = {node: sum(child in live for child in children.get(node, ())) for node in live}
    return uses, live


__all__ = ["FREED", "uses_below"]
