"""Folding a graph for drawing: chains that repeat themselves, as loops make them.

- A chain is a run of operations of which each is used once, by the next, and has no other input that was computed;
  leaves may come in anywhere.
- A run of at least three equal stretches in a chain becomes one stretch. Leaves that only the hidden ones read join
  the first of their kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gradx.debug.sources import place_of
from gradx.tape import Node

_PERIODS = range(1, 13)  # operations in what repeats
_LEAST = 3


@dataclass
class Block:
    """What is drawn as one box: a node, those that it stands for, and how often it repeats."""

    node: Node
    times: int = 1
    all: list[Node] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.all = self.all or [self.node]


def fold(order: list[Node]) -> list[Block]:
    """Return the nodes of a graph, in their order, with what repeats folded."""
    stands: dict[Node, tuple[Node, int]] = {}
    for chain in _chains(order):
        keys = [_key(node) for node in chain]
        start = 0
        while start < len(chain):
            period, times = _repeats(keys, start)
            for i in range(period * times):
                stands[chain[start + i]] = chain[start + i % period], times
            start += period * times
    blocks = {node: Block(node) for node in order if node.card is None}
    for node in order:
        first, times = stands.get(node, (node, 1))
        if first is node:
            blocks[node] = Block(node, times)
        else:
            blocks[first].all.append(node)
    return _join_leaves(order, blocks)


def _chains(order: list[Node]) -> list[list[Node]]:
    """Return all operations, in runs of which each is used by the next alone."""
    uses: dict[Node, int] = {}
    for node in order:
        for parent in set(node.parents):
            if parent is not None:
                uses[parent] = uses.get(parent, 0) + 1
    ends: dict[Node, list[Node]] = {}  # by their last node
    for node in order:
        if node.card is None:
            continue
        computed = {p for p in node.parents if p is not None and p.card is not None}
        before = next(iter(computed)) if len(computed) == 1 else None
        chain = ends.pop(before, None) if before is not None and uses[before] == 1 else None
        chain = [] if chain is None else chain
        chain.append(node)
        ends[node] = chain
    return list(ends.values())


def _key(node: Node) -> Any:
    """Return what makes two operations look the same."""
    place = place_of(node)
    count = len(node.parents)
    return node.card.name, node.shape, node.dtype, count, place and (place.file, place.line)


def _repeats(keys: list[Any], start: int) -> tuple[int, int]:
    """Return length and number of the equal stretches that begin at `start`; the best that folds away most."""
    best = 1, 1
    for period in _PERIODS:
        times = 1
        stretch = keys[start : start + period]
        while keys[start + times * period : start + (times + 1) * period] == stretch:
            times += 1
        if times >= _LEAST and (times - 1) * period > (best[1] - 1) * best[0]:
            best = period, times
    return best


def _join_leaves(order: list[Node], blocks: dict[Node, Block]) -> list[Block]:
    """Join the leaves that are read by repeats of one operation alone, at one place."""
    stands = {node: block.node for block in blocks.values() for node in block.all}
    readers: dict[Node, set[tuple[Node, int]]] = {}
    for node in order:
        for i, parent in enumerate(node.parents):
            if parent is not None and parent.card is None:
                readers.setdefault(parent, set()).add((stands[node], i))
    groups: dict[Any, Node] = {}
    for leaf, read in readers.items():
        if len(read) == 1 and blocks[next(iter(read))[0]].times > 1:
            key = (*next(iter(read)), leaf.shape, leaf.dtype)
            first = groups.setdefault(key, leaf)
            if first is not leaf:
                blocks[first].all.append(leaf)
                del blocks[leaf]
    return [blocks[node] for node in order if node in blocks]


__all__ = ["Block", "fold"]
