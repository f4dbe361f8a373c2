"""Eigenvalues and eigenvectors.

- Where only the values are used, no difference of two values is divided by.
- Vectors are defined up to a sign, a phase, or, for equal values, a rotation. Derivatives are those of results that
  do not depend on that choice; `degenerate.py` says how they are found at equal values, and what raises.
- Forward mode chooses the basis within equal values for its direction: the one in which the vectors do not mix.
- Sources: M. Giles, "Collected matrix derivative results for forward and reverse mode AD" (2008); M. Seeger et
  al., "Auto-differentiating linear algebra" (2017); T. Kato, "Perturbation theory for linear operators", chapter II.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from gradx.backend import namespaces
from gradx.batching import leading, spread
from gradx.errors import DegeneracyError
from gradx.level import Cell, cell, lower
from gradx.ops.adjoint import adjoint, conj, hermitian_part, real, skew_part, with_diagonal
from gradx.ops.casting import stop_gradient
from gradx.ops.linalg.degenerate import (
    DIRECTIONS,
    EIG_FORWARD,
    WATCHED,
    Spectrum,
    block_of,
    eps,
    equal_pairs,
    forbid,
    gaps_of,
    happens,
    inverse_gaps,
    largest,
    near_pairs,
    parting,
    quotient,
    raw,
    require_vanishing,
    stands_out,
    unresolved,
)
from gradx.ops.linalg.structure import hermitian, matrices
from gradx.primitive import primitive
from gradx.tape import Reverse


class EighResult(NamedTuple):
    """Eigenvalues `(..., n)`, ascending, and eigenvectors as columns `(..., n, n)`."""

    eigenvalues: Any
    eigenvectors: Any


class EigResult(NamedTuple):
    """Complex eigenvalues `(..., n)` and right eigenvectors as columns `(..., n, n)`."""

    eigenvalues: Any
    eigenvectors: Any


# ------------------------------------------------------------------ Hermitian matrices

_eigh = primitive("linalg.eigh", batch=leading)
_eigh_along = primitive("linalg.eigh_along", batch=spread)


def _along_raw(x: Any, d: Any, *, vectors: bool) -> Any:
    """Return eigenvalues and those vectors that within equal values diagonalise `d`: they do not mix along it."""
    xp = namespaces[type(x)]
    values, v = xp.linalg.eigh(x)
    equal = equal_pairs(xp, values)
    if not happens(equal):
        return values, v
    keep = equal | (with_diagonal(xp, xp.ones_like(values)) == 1)
    core = hermitian_part(xp, xp.matmul(xp.matmul(adjoint(xp, v), d), v))
    size = largest(xp, core) * values.shape[-1]
    core = xp.where(keep, core / xp.where(size > 0, size, xp.ones_like(size)), xp.zeros_like(core))
    _, turn = xp.linalg.eigh(
        core + with_diagonal(xp, 3.0 * block_of(xp, values))
    )  # keeps blocks apart
    return values, xp.matmul(v, xp.where(keep, turn, xp.zeros_like(turn)))


_eigh_along.implementation = _along_raw


@_eigh.vjp
def _eigh_vjp(xp: Any, cts: Any, y: Any, _x: Any) -> Any:
    return (_eigh_pull(xp, cts, y),)


@_eigh_along.vjp
def _eigh_along_vjp(xp: Any, cts: Any, y: Any, _x: Any, _d: Any, *, vectors: bool) -> Any:
    return _eigh_pull(xp, cts, y), None


def _eigh_pull(xp: Any, cts: Any, y: Any) -> Any:
    """`V (diag(gw) + G o (V^H gV)) V^H` with `G_ij = 1 / (w_j - w_i)`; the limit where they are equal."""
    values, v = y
    of_values, of_vectors, *limit = cts
    equal = equal_pairs(xp, values)
    if of_vectors is None:
        return xp.matmul(v * xp.expand_dims(of_values, axis=-2), adjoint(xp, v))
    skip = limit[1] if limit else equal
    core = inverse_gaps(xp, values, skip) * xp.matmul(adjoint(xp, v), of_vectors)
    core = core + limit[0] if limit else core
    if of_values is not None:
        core = core + with_diagonal(xp, of_values)
    return xp.matmul(xp.matmul(v, core), adjoint(xp, v))


@_eigh.jvp
def _eigh_jvp(xp: Any, tangents: Any, y: Any, x: Any) -> Any:
    return _eigh_push(xp, tangents[0], y, vectors=True)


@_eigh_along.jvp
def _eigh_along_jvp(xp: Any, tangents: Any, y: Any, x: Any, d: Any, *, vectors: bool) -> Any:
    return _eigh_push(xp, tangents[0], y, vectors=vectors)


def _eigh_push(xp: Any, dx: Any, y: Any, *, vectors: bool) -> Any:
    values, v = y
    core = xp.matmul(xp.matmul(adjoint(xp, v), dx), v)
    along = real(xp, xp.linalg.diagonal(core))
    equal = equal_pairs(xp, values)
    turn = inverse_gaps(xp, values, equal) * core
    if happens(equal):
        if vectors:
            require_vanishing("linalg.eigh", xp, core, largest(xp, core), equal, values, DIRECTIONS)
        if isinstance(core, Cell):
            turn = turn + unresolved(core, values, equal, name="linalg.eigh", lazy=not vectors)
    return along, xp.matmul(v, turn)


def _eigh_numerators(xp: Any, cts: Any, y: Any) -> Any:
    return (skew_part(xp, xp.matmul(adjoint(xp, y[1]), cts[1])),)


def _eigh_limits(xp: Any, terms: Any, cts: Any, y: Any) -> Any:
    values, v = y
    size = largest(xp, xp.matmul(adjoint(xp, v), cts[1]))
    slope, gaps = gaps_of(xp, parting(xp, values)), gaps_of(xp, values)
    lost = stands_out(xp, terms[0], slope, gaps, size, values)
    forbid("linalg.eigh", equal_pairs(xp, values) & lost, values)
    where = near_pairs(xp, values) & ~lost
    return [quotient(xp, terms[0][1:], slope, gaps, where)], [where]


_EIGH = Spectrum(
    0,
    (1,),
    lambda xp, y: happens(near_pairs(xp, y[0])),
    lambda xp, y: equal_pairs(xp, y[0]),
    _eigh_numerators,
    _eigh_limits,
)


def direction(x: Any) -> Any:
    """Return a tangent that `x` carries on any level, as a constant; None for none."""
    if not isinstance(x, Cell):
        return None
    level: Any = x.level
    tangent = getattr(level, "tangent", None)
    if tangent is not None and x.aux is not None:
        return stop_gradient(tangent(x))
    below = direction(x.data)
    if below is not None and getattr(level, "lead", None):  # examples of a batch
        return cell(lower(below, level), level, x.aux)
    return below


def tracked(x: Any) -> bool:
    """Whether a derivative is being taken by `x`, on any level."""
    return isinstance(x, Cell) and (x.aux is not None or tracked(x.data))


def _decomposed(x: Any, *, vectors: bool) -> Any:
    along = direction(x)
    card = _eigh if along is None else _eigh_along
    WATCHED.setdefault(card, _EIGH)
    return card(x) if along is None else card(x, along, vectors=vectors)


def eigh(x: Any, /) -> EighResult:
    """Eigenvalues and eigenvectors of symmetric or Hermitian matrices `(..., n, n)`.

    `x` is taken for `(x + x^H) / 2`, so the gradient is Hermitian.

    Equal eigenvalues (to rounding, n eps max|value|) have no preferred vectors. The derivative of a result that does
    not depend on the choice, such as `V f(L) V^H` or a projector on a whole eigenspace, is exact all the same, and so
    are its second and third in reverse mode, and forward over reverse. Of elements of f(L) that treat equal values
    differently, forward mode gives the one-sided derivative along its direction.

    What uses values and vectors of equal eigenvalues apart from each other, each in its own way, or is stationary in
    the basis at hand by chance (`sum(V)` at the identity), has no derivative either; that is not noticed.

    Raises
    ------
    DegeneracyError
        In reverse mode, where the result depends on the choice of vectors of equal eigenvalues, naming the pair. In
        nested forward mode, where vectors are carried along two directions that no basis serves at once, and in
        derivatives of a tangent of such vectors: there take the reverse derivative first.

    >>> import gradx as gx
    >>> x = gx.eye(3)
    >>> w, v = gx.linalg.eigh(x)
    >>> v.shape
    (3, 3)
    >>> def power(x):
    ...     w, v = gx.linalg.eigh(x)
    ...     return gx.sum((v * w**3) @ v.T)
    >>> gx.grad(power)(x)
    Tensor([[3., 3., 3.],
            [3., 3., 3.],
            [3., 3., 3.]])
    """
    return EighResult(*_decomposed(hermitian("linalg.eigh", x), vectors=True))


_eigvalsh = primitive("linalg.eigvalsh", batch=leading)


@_eigvalsh.vjp
def _eigvalsh_vjp(xp: Any, ct: Any, _y: Any, x: Any) -> Any:
    return (_eigh_pull(xp, (ct, None), xp.linalg.eigh(x)),)


@_eigvalsh.jvp
def _eigvalsh_jvp(xp: Any, tangents: Any, y: Any, x: Any) -> Any:
    _, v = xp.linalg.eigh(x)
    return real(xp, xp.sum(conj(xp, v) * xp.matmul(tangents[0], v), axis=-2))


def eigvalsh(x: Any, /) -> Any:
    """Eigenvalues, ascending, of symmetric or Hermitian matrices, `(..., n, n) -> (..., n)`.

    Derivatives of results that treat equal eigenvalues alike are exact; forward mode gives the one-sided derivative
    of the others.

    Raises
    ------
    DegeneracyError
        In reverse mode, where the result treats equal eigenvalues differently, naming the pair.

    >>> import gradx as gx
    >>> gx.linalg.eigvalsh(gx.ones((5, 2, 2))).shape
    (5, 2)
    """
    x = hermitian("linalg.eigvalsh", x)
    # One application for values and vectors: of its second derivatives both need the other's cotangent.
    if not tracked(x):
        return _eigvalsh(x)
    return _decomposed(x, vectors=type(x.level) is Reverse)[0]


# ------------------------------------------------------------------ general matrices

_eig = primitive("linalg.eig", batch=leading)


@_eig.vjp
def _eig_vjp(xp: Any, cts: Any, y: Any, _x: Any) -> Any:
    return (_eig_pull(xp, cts, y),)


def _eig_pull(xp: Any, cts: Any, y: Any) -> Any:
    """`V^-H (diag(gw) + conj(G) o (W - V^H V diag(W))) V^H` with `W = V^H gV`."""
    values, v = y
    of_values, of_vectors, *limit = cts
    vh = adjoint(xp, v)
    equal = equal_pairs(xp, values, ordered=False)
    if of_vectors is None:
        core = with_diagonal(xp, of_values)
    else:
        (core,) = _eig_numerators(xp, cts, y)
        core = xp.conj(inverse_gaps(xp, values, limit[1] if limit else equal)) * core
        core = core + limit[0] if limit else core
        if of_values is not None:
            core = core + with_diagonal(xp, of_values)
    return _divided(xp, vh, xp.matmul(core, vh))


def _divided(xp: Any, v: Any, right: Any) -> Any:
    """Return `v^-1 right`; a matrix without a full set of vectors `v`, or their adjoint, has no derivative."""
    bare = raw(v)
    if v.shape[-1]:
        sizes = namespaces[type(bare)].linalg.svdvals(bare)
        if happens(~(sizes[..., -1] > sizes[..., 0] * (v.shape[-1] * eps(v.dtype)))):
            raise DegeneracyError(
                "linalg.eig: expected a matrix with a full set of eigenvectors; got a defective one, whose "
                "eigenvalues have no derivative. Use functions of the matrix itself: gx.linalg.expm, sqrtm, logm, det"
            )
    return xp.linalg.solve(v, right)


def _eig_numerators(xp: Any, cts: Any, y: Any) -> Any:
    vh = adjoint(xp, y[1])
    w = xp.matmul(vh, cts[1])
    return (w - xp.matmul(vh, y[1]) * xp.expand_dims(xp.linalg.diagonal(w), axis=-2),)


def _eig_limits(xp: Any, terms: Any, cts: Any, y: Any) -> Any:
    values, v = y
    size = largest(xp, xp.matmul(adjoint(xp, v), cts[1]))
    slope, gaps = gaps_of(xp, parting(xp, values)), xp.conj(gaps_of(xp, values))
    lost = stands_out(xp, terms[0], slope, gaps, size, values)
    forbid("linalg.eig", equal_pairs(xp, values, ordered=False) & lost, values)
    where = near_pairs(xp, values) & ~lost
    return [quotient(xp, terms[0][1:], slope, gaps, where)], [where]


_EIG = Spectrum(
    0,
    (1,),
    lambda xp, y: happens(near_pairs(xp, y[0])),
    lambda xp, y: equal_pairs(xp, y[0], ordered=False),
    _eig_numerators,
    _eig_limits,
)


@_eig.jvp
def _eig_jvp(xp: Any, tangents: Any, y: Any, x: Any) -> Any:
    values, v = y
    core = _divided(xp, v, xp.matmul(xp.astype(tangents[0], v.dtype), v))
    equal = equal_pairs(xp, values, ordered=False)
    turn = inverse_gaps(xp, values, equal) * core
    if happens(equal):
        require_vanishing("linalg.eig", xp, core, largest(xp, core), equal, values, EIG_FORWARD)
        if isinstance(core, Cell):
            turn = turn + unresolved(core, values, equal, name="linalg.eig", lazy=False)
    along = xp.linalg.diagonal(xp.matmul(xp.matmul(adjoint(xp, v), v), turn))
    return xp.linalg.diagonal(core), xp.matmul(v, turn) - v * xp.expand_dims(along, axis=-2)


def eig(x: Any, /) -> EigResult:
    """Eigenvalues and right eigenvectors, of norm 1, of square matrices `(..., n, n)`; always complex.

    The tangent of a vector is orthogonal to it: right for whatever does not depend on the vectors' phases. At equal
    eigenvalues (to rounding) of a matrix with a full set of vectors, reverse mode is exact for what does not depend
    on their choice, such as `V f(L) V^-1`.

    Raises
    ------
    DegeneracyError
        In a derivative, where the result depends on the choice of vectors of equal eigenvalues, naming the pair;
        where there is no full set of vectors; in forward mode, where the direction mixes vectors of equal eigenvalues.

    >>> import gradx as gx
    >>> gx.linalg.eig(gx.eye(3)).eigenvalues.dtype
    gradx.complex128
    """
    WATCHED.setdefault(_eig, _EIG)
    return EigResult(*_eig(matrices("linalg.eig", x, square=True)))


_eigvals = primitive("linalg.eigvals", batch=leading)


@_eigvals.vjp
def _eigvals_vjp(xp: Any, ct: Any, _y: Any, x: Any) -> Any:
    return (_eig_pull(xp, (ct, None), xp.linalg.eig(x)),)


@_eigvals.jvp
def _eigvals_jvp(xp: Any, tangents: Any, y: Any, x: Any) -> Any:
    _, v = xp.linalg.eig(x)
    core = _divided(xp, v, xp.matmul(xp.astype(tangents[0], v.dtype), v))
    return xp.linalg.diagonal(core)


def eigvals(x: Any, /) -> Any:
    """Eigenvalues of square matrices, `(..., n, n) -> (..., n)`; always complex, in no order.

    >>> import gradx as gx
    >>> gx.linalg.eigvals(gx.ones((5, 2, 2))).shape
    (5, 2)
    """
    x = matrices("linalg.eigvals", x, square=True)
    return eig(x).eigenvalues if tracked(x) else _eigvals(x)


__all__ = ["eig", "eigh", "eigvals", "eigvalsh"]
