"""Equal eigenvalues and singular values: which pairs are equal, and what a derivative is there.

- Values nearer to each other than their rounding error, 8 n eps max|value|, count as equal.
- At an equal pair (i, j) the rule of a decomposition divides a numerator N_ij by a difference of values, 0 by 0. A
  result that does not depend on the choice of basis has N_ij = 0 whenever the two values are equal; then the
  quotient has a limit. It is taken along x + t V diag(e) V^-1, e = 1, 2, 3, ...: the vectors stay, the values
  part, and with N' = dN/dt the limit is N'_ij / (e_j - e_i). `transforms/limits.py` supplies N', N'', ...:
  they belong to the rest of the graph, which a rule does not see.
- As a function the quotient is N'/de - g N''/(2 de^2) + g^2 N'''/(6 de^3) - ..., g the difference of the values
  (Taylor, from where they meet). Terms in g are 0, but not their derivatives: p terms are exact p - 1 orders on.
- The limit also serves pairs that are merely near, sqrt(eps) max|value|, where the quotient would divide rounding
  errors; unless the numerator stands out from those, and the quotient is good.
- At equal values a numerator that is not 0 shows a result that depends on an arbitrary basis: an error names the pair.
- Rules look at values here, and at nothing but the bare arrays beneath: only to raise, never to choose.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from gradx.backend import backend_of, namespaces
from gradx.batching import leading, spread
from gradx.dtypes import dtype_of
from gradx.errors import DegeneracyError
from gradx.level import Cell
from gradx.primitive import primitive

WATCHED: dict[Any, Any] = {}  # cards used so far whose rules want limits, and their `Spectrum`

BASIS = "the result depends on the basis of their vectors"
DIRECTIONS = (
    "no basis of their vectors serves two directions at once. Take the reverse derivative first, as "
    "gx.jvp(gx.grad(f), ...) does, or use the values alone (eigvalsh, svdvals)"
)
ZERO_VALUE = "singular vectors of 0 are any that are orthogonal to the others, and the result depends on which"
ZERO_KINK = (
    "where singular values vanish, the result has a kink, or depends on their vectors in a way that cannot be told "
    "from one (as second derivatives do)"
)
EIG_FORWARD = "forward mode would have to choose their vectors. Use gx.grad or gx.vjp"
_CURE = (
    "What depends on the choice of basis among their vectors has no derivative: use values and vectors together, "
    "in a form such as V f(values) V^H, or shift the matrix so that the values are distinct"
)


def eps(dtype: Any) -> float:
    """Return the spacing of floats at 1 in the precision of `dtype`."""
    return float(2.0 ** (-52 if dtype_of(dtype).name in ("float64", "complex128") else -23))


def raw(x: Any) -> Any:
    """Return the bare array at the bottom of a value."""
    while isinstance(x, Cell):
        x = x.data
    return x


def happens(condition: Any) -> bool:
    """Whether a condition, at any level, holds anywhere."""
    condition = raw(condition)
    return bool(namespaces[type(condition)].any(condition))


def noise(xp: Any, values: Any) -> Any:
    """Return the rounding error of values, `(..., 1)`."""
    n = values.shape[-1]
    return xp.max(xp.abs(values), axis=-1, keepdims=True) * (8 * n * eps(values.dtype))


def gaps_of(xp: Any, values: Any) -> Any:
    """Return `values_j - values_i`, `(..., n, n)`."""
    return xp.expand_dims(values, axis=-2) - xp.expand_dims(values, axis=-1)


def equal_pairs(xp: Any, values: Any, *, ordered: bool = True) -> Any:
    """Return which pairs of values are equal, `(..., n, n)`, each with itself left out.

    Of `ordered` values runs of neighbours that are equal are one block, so that equality is transitive.
    """
    n = values.shape[-1]
    at = xp.arange(n, device=values.device)
    apart = xp.expand_dims(at, axis=-1) != at
    if n < 2:
        return xp.broadcast_to(apart, (*values.shape, n))
    bound = noise(xp, values)
    if not ordered:
        return (xp.abs(gaps_of(xp, values)) <= xp.expand_dims(bound, axis=-1)) & apart
    block = block_of(xp, values)
    return (xp.expand_dims(block, axis=-2) == xp.expand_dims(block, axis=-1)) & apart


def block_of(xp: Any, values: Any) -> Any:
    """Return the number of the run of equal values that each belongs to, `(..., n)`, as floats."""
    step = xp.abs(values[..., 1:] - values[..., :-1])
    new = xp.where(step <= noise(xp, values), xp.zeros_like(step), xp.ones_like(step))
    first = xp.zeros_like(xp.abs(values[..., :1]))
    return xp.cumulative_sum(xp.concat([first, new], axis=-1), axis=-1)


def near_pairs(xp: Any, values: Any) -> Any:
    """Return which pairs of values are so near that a quotient of rounding errors would show, `(..., n, n)`."""
    n = values.shape[-1]
    at = xp.arange(n, device=values.device)
    apart = xp.expand_dims(at, axis=-1) != at
    if n < 2:
        return xp.broadcast_to(apart, (*values.shape, n))
    bound = xp.max(xp.abs(values), axis=-1, keepdims=True) * tolerance(values.dtype)
    return (xp.abs(gaps_of(xp, values)) <= xp.expand_dims(bound, axis=-1)) & apart


def inverse(xp: Any, x: Any) -> Any:
    """Return `1 / x`, 0 where `x` is 0."""
    zero = x == 0
    return xp.where(zero, xp.zeros_like(x), 1.0 / xp.where(zero, xp.ones_like(x), x))


def inverse_gaps(xp: Any, values: Any, skip: Any) -> Any:
    """Return `1 / (values_j - values_i)`, 0 on the diagonal and where it is to be skipped."""
    gaps = gaps_of(xp, values)
    return inverse(xp, xp.where(skip, xp.zeros_like(gaps), gaps))


def largest(xp: Any, x: Any) -> Any:
    """Return the largest modulus in each matrix, `(..., 1, 1)`."""
    return xp.max(xp.abs(x), axis=(-2, -1), keepdims=True)


def tolerance(dtype: Any) -> float:
    """Return how small, relative to what it is a difference of, a numerator counts as 0."""
    return float(eps(dtype) ** 0.5)


def vanishing(xp: Any, n: Any, scale: Any, values: Any) -> Any:
    """Return where a numerator is 0 as far as rounding errors tell; `scale` is the size of what it is made of."""
    return xp.abs(n) <= scale * tolerance(values.dtype)


def stands_out(
    xp: Any, terms: Sequence[Any], slope: Any, denominator: Any, scale: Any, values: Any
) -> Any:
    """Return where a numerator, less what it grows by with its denominator, is more than rounding errors.

    Those of what it is made of, of size `scale`, and of the values. Then there is no limit to take.
    """
    n, change = terms[0], terms[1]
    sizes = xp.abs(values)
    reach = xp.expand_dims(sizes, axis=-1) + xp.expand_dims(sizes, axis=-2)
    rounding = (scale + xp.abs(change) * reach) * (1e4 * eps(values.dtype))
    off = xp.abs(n - change * denominator * inverse(xp, slope))
    return ~((off <= rounding) | (xp.abs(n) <= rounding))


def forbid(name: str, wrong: Any, values: Any, why: str = BASIS) -> None:
    """Raise where any pair of values is wrong."""
    if happens(wrong):
        raise _error(name, wrong, values, why)


def require_vanishing(
    name: str, xp: Any, n: Any, scale: Any, equal: Any, values: Any, why: str = BASIS
) -> None:
    """Raise where a numerator is not 0 at an equal pair."""
    forbid(name, equal & ~vanishing(xp, n, scale, values), values, why)


def require_shared(
    name: str, xp: Any, of_values: Any, change: Any, equal: Any, values: Any
) -> bool:
    """Return whether equal values have one cotangent; given by how much they `change`, raise where not."""
    differences = xp.expand_dims(of_values, axis=-1) - xp.expand_dims(of_values, axis=-2)
    size = xp.max(xp.abs(of_values), axis=-1, keepdims=True)
    bound = size * tolerance(values.dtype)
    if change is not None:
        bound = bound + xp.max(xp.abs(change), axis=-1, keepdims=True) * noise(xp, values) * 4
    wrong = equal & (xp.abs(differences) > xp.expand_dims(bound, axis=-1))
    if not happens(wrong):
        return True
    if change is None:
        return False
    raise _error(name, wrong, values, "the result treats them differently")


def _error(name: str, wrong: Any, values: Any, why: str) -> DegeneracyError:
    mask, at = raw(wrong), raw(values)
    mask = backend_of(type(mask)).to_numpy(mask)
    at = backend_of(type(at)).to_numpy(at)
    *batch, i, j = (int(k[0]) for k in mask.nonzero())
    i, j = sorted((i, j))
    where = f" of matrix {tuple(batch)}" if batch else ""
    pair = at[tuple(batch)] if batch and at.ndim > 1 else at
    return DegeneracyError(
        f"{name}: expected distinct values, or a result that does not depend on the choice of basis; got the equal "
        f"values {i} and {j}{where}, {pair[i]:.17g} and {pair[j]:.17g}: {why}. {_CURE}"
    )


def require_independent(name: str, xp: Any, triangle: Any, *, last: bool = True) -> None:
    """Raise where an upper triangle `(..., n, n)` has a pivot that is 0 to rounding; the last one may not matter."""
    n = triangle.shape[-1]
    if n == 0:
        return
    pivots = xp.abs(xp.linalg.diagonal(triangle))
    columns = xp.max(xp.abs(triangle), axis=-2)
    wrong = pivots <= columns * (8 * n * eps(triangle.dtype))
    wrong = wrong if last else wrong[..., :-1]
    if happens(wrong):
        *_, k = backend_of(type(raw(wrong))).to_numpy(raw(wrong)).nonzero()
        raise DegeneracyError(
            f"{name}: expected independent columns for a derivative; got a pivot {int(k[0])} of 0, to rounding: what "
            "belongs to it is an arbitrary choice. Use gx.linalg.pinv, lstsq or svd"
        )


def quotient(xp: Any, terms: Sequence[Any], slope: Any, denominator: Any, where: Any) -> Any:
    """Return the limits of N / denominator from N', N'', ..., `slope` being that of the denominator; 0 elsewhere."""
    still = denominator * 0.0
    safe = xp.where(where, slope + still, still + 1.0)
    denominator = xp.where(where, denominator, still)
    total, weight = None, 1.0 / safe
    for order, term in enumerate(terms, 1):
        part = xp.where(where, term * weight, xp.zeros_like(term * weight))
        total = part if total is None else total + part
        weight = weight * denominator * (-1.0 / (order + 1)) / safe
    return total


def parting(xp: Any, values: Any) -> Any:
    """Return `e`, 1, 2, 3, ..., along which equal values part, `(n,)` of real dtype."""
    return xp.arange(1, values.shape[-1] + 1, dtype=xp.abs(values).dtype, device=values.device)


class Spectrum(NamedTuple):
    """What `transforms/limits.py` asks of a decomposition.

    Attributes
    ----------
    values
        Which output holds the values.
    vectors
        Which outputs hold vectors: where none of them has a cotangent, nothing is divided.
    singular
        `(xp, y) -> bool`: whether limits are needed.
    shared
        `(xp, y) -> mask`: the pairs of values that a result of values alone must treat alike.
    numerators
        `(xp, cts, y) -> (numerators, ...)`: what is divided by differences.
    limits
        `(xp, terms, cts, y) -> (limits, masks)`, from the numerators and their derivatives along `e`,
        `terms[k][order]`; the rule finds both behind its cotangents: limits, and for which pairs they stand. Raises
        where a numerator is not 0.
    """

    values: int
    vectors: tuple[int, ...]
    singular: Callable[..., bool]
    shared: Callable[..., Any]
    numerators: Callable[..., tuple[Any, ...]]
    limits: Callable[..., tuple[list[Any], list[Any]]]


# Marks a limit in the graph: `transforms/limits.py` counts by it how often a graph was differentiated.
settled = primitive(
    "linalg.settled",
    lambda xp, ct, _y, _x, *, order: ct,
    jvp=lambda xp, tangents, _y, _x, *, order: tangents[0],
    batch=leading,
)
settled.implementation = lambda x, *, order: x


# The mixing within equal pairs where forward mode needs none: 0 here, but its own derivative is not known. `lazy`
# where the vectors are a by-product: their second tangent is NaN, and only its use is an error.
unresolved = primitive("linalg.mixing", batch=spread)
unresolved.implementation = lambda x, values, equal, *, name, lazy: namespaces[type(x)].zeros_like(x)  # fmt: skip


@unresolved.vjp
def _unresolved_vjp(xp: Any, ct: Any, _y: Any, _x: Any, values: Any, equal: Any, *,
                    name: str, lazy: bool) -> Any:  # fmt: skip
    raise _error(name, equal, values, _FORWARD_FIRST)


@unresolved.jvp
def _unresolved_jvp(xp: Any, tangents: Any, y: Any, x: Any, values: Any, equal: Any, *,
                    name: str, lazy: bool) -> Any:  # fmt: skip
    if not lazy:
        raise _error(name, equal, values, _FORWARD_FIRST)
    return xp.where(equal, xp.full_like(x, float("nan")), xp.zeros_like(x))


_FORWARD_FIRST = (
    "a derivative of forward mode's tangent of their vectors is not known. Take the reverse derivative first, as "
    "gx.jvp(gx.grad(f), ...) or gx.grad of gx.grad do"
)

__all__ = [
    "BASIS",
    "DIRECTIONS",
    "EIG_FORWARD",
    "WATCHED",
    "ZERO_KINK",
    "ZERO_VALUE",
    "Spectrum",
    "block_of",
    "eps",
    "equal_pairs",
    "forbid",
    "gaps_of",
    "happens",
    "inverse",
    "inverse_gaps",
    "largest",
    "near_pairs",
    "noise",
    "parting",
    "quotient",
    "raw",
    "require_independent",
    "require_shared",
    "require_vanishing",
    "settled",
    "stands_out",
    "tolerance",
    "unresolved",
    "vanishing",
]
