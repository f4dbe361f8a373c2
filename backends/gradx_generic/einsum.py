"""`einsum` from reshape, sum and matmul, for libraries that have none.

- Operands are contracted from left to right, two at a time, each pair by one batched matmul.
- Takes the plain form that `gradx.einsum` makes: an explicit result, no ellipsis, one size a label.
"""

from __future__ import annotations

from math import prod
from typing import Any

Array = Any


def einsum(xp: Any, /, *arrays: Array, subscripts: str) -> Array:
    """Contract `arrays` by NumPy's notation: `einsum(a, b, subscripts="ij,jk->ik")`."""
    left, _, result = subscripts.partition("->")
    terms = left.split(",")
    labelled = [_diagonals(xp, x, term) for x, term in zip(arrays, terms, strict=True)]
    x, term = labelled[0]
    for i, (y, other) in enumerate(labelled[1:], 1):
        needed = {*result, *(label for _, rest in labelled[i + 1 :] for label in rest)}
        x, term = _contract(xp, x, term, y, other, needed)
    x, term = _summed(xp, x, term, set(result))
    return _permuted(xp, x, term, result)


def _diagonals(xp: Any, x: Array, term: str) -> tuple[Array, str]:
    """Take diagonals until no label of one operand is repeated."""
    while repeated := next((c for c in term if term.count(c) > 1), None):
        first = term.index(repeated)
        second = term.index(repeated, first + 1)
        x = xp.linalg.diagonal(xp.moveaxis(x, (first, second), (-2, -1)))
        term = "".join(c for i, c in enumerate(term) if i not in (first, second)) + repeated
    return x, term


def _summed(xp: Any, x: Array, term: str, needed: set[str]) -> tuple[Array, str]:
    """Sum over the labels that nobody needs."""
    axes = tuple(i for i, c in enumerate(term) if c not in needed)
    if not axes:
        return x, term
    return xp.sum(x, axis=axes, dtype=x.dtype), "".join(c for c in term if c in needed)


def _contract(xp: Any, x: Array, a: str, y: Array, b: str, needed: set[str]) -> tuple[Array, str]:
    """Return the product of two operands, summed over labels that only they have."""
    x, a = _summed(xp, x, a, needed | set(b))
    y, b = _summed(xp, y, b, needed | set(a))
    batch = [c for c in a if c in b and c in needed]
    inner = [c for c in a if c in b and c not in needed]
    rows, columns = [c for c in a if c not in b], [c for c in b if c not in a]
    sizes = {**dict(zip(a, x.shape, strict=True)), **dict(zip(b, y.shape, strict=True))}
    lead, m, n = ([sizes[c] for c in labels] for labels in (batch, rows, columns))
    depth = prod(sizes[c] for c in inner)
    x = xp.reshape(_permuted(xp, x, a, [*batch, *rows, *inner]), (*lead, prod(m), depth))
    y = xp.reshape(_permuted(xp, y, b, [*batch, *inner, *columns]), (*lead, depth, prod(n)))
    return xp.reshape(xp.matmul(x, y), (*lead, *m, *n)), "".join([*batch, *rows, *columns])


def _permuted(xp: Any, x: Array, term: str, order: Any) -> Array:
    axes = tuple(term.index(c) for c in order)
    return x if axes == tuple(range(x.ndim)) else xp.permute_dims(x, axes)
