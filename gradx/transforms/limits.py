"""Limits at equal eigenvalues and singular values, for the reverse walk.

- Where a decomposition met equal values, its rule divides 0 by 0: see `ops/linalg/degenerate.py`. The limit needs
  the derivative of its cotangents by its values, which is a matter of the graph above it. So before the walk comes to
  it, the part above is walked on a tape of its own, and that is differentiated.
- A derivative along values by reverse mode alone, twice: of <u, N> by the values, and of that along e by u.
- Each walk of a graph that holds limits already asks one order more of them: `ORDERS` in all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from gradx import ops
from gradx.backend import namespaces
from gradx.errors import DegeneracyError
from gradx.level import Cell, Level, cell, lower
from gradx.ops.adjoint import conj, real
from gradx.ops.linalg.degenerate import WATCHED, parting, require_shared, settled
from gradx.tape import Leaf, Node, Reverse, lift, output_of

ORDERS = 3
Seeds = Sequence[tuple[Node, Any]]
Walk = Callable[..., dict[Node, Any]]


def limits(
    pull_back: Walk,
    seeds: Seeds,
    live: set[Node] | None,
    uses: dict[Node, int],
    record: Level | None,
    lifted: bool,
) -> dict[Node, Any]:
    """Return, for each decomposition that needs limits, its cotangents to be: empty, but for the limits."""
    found = [
        node for node in uses if node.card in WATCHED and _pulled(node, live) and _singular(node)
    ]
    if not found:
        return {}
    before = max((node.params["order"] for node in uses if node.card is settled), default=0)
    answers = {}
    for node in found:
        below = _depth(node.y[0])
        if before + 1 + below > ORDERS:
            raise DegeneracyError(
                f"{node.card.name}: expected at most {ORDERS} derivatives through vectors of equal values; got one "
                "more. Shift the matrix so that its values are distinct"
            )
        terms = max(1 + below, ORDERS - before if record is not None else 1)
        found_here = _limits_of(pull_back, node, seeds, terms, record)
        if found_here is None:
            continue
        parts, masks = found_here
        slots = [settled(lift(x), order=before + 1) for x in parts] + [lift(x) for x in masks]
        slots = slots if lifted else [lower(x, x.level) for x in slots]
        answers[node] = [None] * len(node.shape) + slots
    return answers


def _pulled(node: Node, live: set[Node] | None) -> bool:
    return any(p is not None and (live is None or p in live) for p in node.parents)


def _singular(node: Node) -> bool:
    xp = ops if isinstance(node.y[0], Cell) else namespaces[type(node.y[0])]
    return WATCHED[node.card].singular(xp, node.y)


def _depth(x: Any) -> int:
    """Return how many levels that differentiate lie below a value."""
    if not isinstance(x, Cell):
        return 0
    return (not getattr(x.level, "lead", 0)) + _depth(x.data)  # a level of examples does not


def _limits_of(pull_back: Walk, node: Node, seeds: Seeds, terms: int, record: Level | None) -> Any:
    """Return the limits of one decomposition, on the level `record` or as the levels below see them."""
    if record is not None:
        return _on(pull_back, node, seeds, terms, record)
    with Reverse() as level:
        found = _on(pull_back, node, seeds, terms, level)
        return found and [[lower(x, level) for x in part] for part in found]


def _on(pull_back: Walk, node: Node, seeds: Seeds, terms: int, level: Level) -> Any:
    spectrum = WATCHED[node.card]
    cts = pull_back(seeds, [node], retain=True, record=level).get(node)
    if cts is None:
        return None
    y = [cell(part, level, output_of(node, i)) for i, part in enumerate(node.y)]
    values, e = y[spectrum.values], parting(ops, y[spectrum.values])

    def along(ns: Sequence[Any]) -> list[Any]:
        return _along(pull_back, ns, node, spectrum.values, e, level)

    if all(cts[i] is None for i in spectrum.vectors):
        of_values, equal = cts[spectrum.values], spectrum.shared(ops, y)
        for change in (lambda: None, lambda: along([of_values])[0]):
            if require_shared(node.card.name, ops, of_values, change(), equal, values):
                break
        return None
    columns = [spectrum.numerators(ops, cts, y)]
    for _ in range(terms):
        columns.append(along(columns[-1]))
    return spectrum.limits(ops, list(zip(*columns, strict=True)), cts, y)


def _along(
    pull_back: Walk, ns: Sequence[Any], node: Node, index: int, e: Any, level: Level
) -> list[Any]:
    """Return the derivatives of `ns` by the values of `node` along `e`."""
    zeros = [ops.zeros_like(ops.stop_gradient(n)) for n in ns]
    us = [cell(lower(z, level), level, Leaf(z.shape, lower(z, level).dtype)) for z in zeros]
    product = _sum(ops.sum(real(ops, conj(ops, u) * n)) for u, n in zip(us, ns, strict=True))
    by_values = _pull(pull_back, product, [node], level).get(node)
    if by_values is None or by_values[index] is None:
        return zeros
    change = ops.sum(real(ops, by_values[index]) * e)
    found = _pull(pull_back, change, [u.aux for u in us], level)
    return [found.get(u.aux, z) for u, z in zip(us, zeros, strict=True)]


def _sum(parts: Iterable[Any]) -> Any:
    first, *rest = parts
    for part in rest:
        first = first + part
    return first


def _pull(pull_back: Walk, y: Any, wanted: list[Node], level: Level) -> Any:
    if y.level is not level or y.aux is None:
        return {}
    one = ops.ones_like(ops.stop_gradient(y))
    return pull_back([(y.aux, one)], wanted, retain=True, record=level)


__all__ = ["limits"]
