"""Matrix equations: Sylvester, Lyapunov, algebraic Riccati.

- SciPy solves on the host, by Schur factors, O(n^3): arrays of a GPU travel there and back. A derivative is one more
  Sylvester equation, with the adjoint matrices in reverse mode.
- A Riccati solution is differentiated as what its equation defines: the change of the solution obeys a Lyapunov
  equation with the closed loop A - B K (G. Kao and G. Hennequin, "Automatic differentiation of Sylvester, Lyapunov,
  and algebraic Riccati equations", 2020).
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import OperandError, ShapeError
from gradx.ops import linalg
from gradx.scipy.linalg.arguments import adjoint, identity, matrix, together
from gradx.scipy.native import host


def _sylvester_vjp(xp: Any, ct: Any, y: Any, a: Any, b: Any, _q: Any) -> Any:
    g = _sylvester(adjoint(a), adjoint(b), ct)
    yh = adjoint(y)
    return -ops.matmul(g, yh), -ops.matmul(yh, g), g


def _sylvester_jvp(xp: Any, tangents: Any, y: Any, a: Any, b: Any, _q: Any) -> Any:
    da, db, dq = tangents
    change = ops.zeros_like(y) if dq is None else dq
    if da is not None:
        change = change - ops.matmul(da, y)
    if db is not None:
        change = change - ops.matmul(y, db)
    return _sylvester(a, b, change)


_sylvester = host(
    "linalg.solve_sylvester", "solve_sylvester", (2, 2, 2), vjp=_sylvester_vjp, jvp=_sylvester_jvp
)


def solve_sylvester(a: Any, b: Any, q: Any) -> Any:
    """Solution of `a @ x + x @ b = q`, `(..., m, m), (..., n, n), (..., m, n)`.

    Differentiable where no eigenvalue of `a` is one of `-b`.

    >>> import gradx as gx
    >>> gx.scipy.linalg.solve_sylvester(gx.eye(2), 2.0 * gx.eye(3), gx.ones((2, 3))).shape
    (2, 3)
    """
    a = matrix("solve_sylvester", a, False, square=True)
    b = matrix("solve_sylvester", b, False, square=True, like=a)
    q = matrix("solve_sylvester", q, False, like=a)
    if q.shape[-2:] != (a.shape[-1], b.shape[-1]):
        raise ShapeError(
            "scipy.linalg.solve_sylvester: expected (..., m, m), (..., n, n) and (..., m, n); got "
            f"{a.shape}, {b.shape} and {q.shape}"
        )
    return _sylvester(*together(a, b, q))


def solve_continuous_lyapunov(a: Any, q: Any) -> Any:
    """Solution of `a @ x + x @ a^H = q`, `(..., n, n)`.

    >>> import gradx as gx
    >>> gx.scipy.linalg.solve_continuous_lyapunov([[2.0]], [[8.0]])
    Tensor([[2.]])
    """
    a = matrix("solve_continuous_lyapunov", a, False, square=True)
    return solve_sylvester(a, adjoint(a), q)


solve_lyapunov = solve_continuous_lyapunov


def solve_discrete_lyapunov(a: Any, q: Any, method: str | None = None) -> Any:
    """Solution of `a @ x @ a^H - x + q = 0`, `(..., n, n)`.

    "direct" solves for all n^2 elements at once, O(n^6), the default below n = 10; "bilinear" goes by way of the
    continuous equation, O(n^3), and needs an `a` without the eigenvalue -1.

    >>> import gradx as gx
    >>> gx.scipy.linalg.solve_discrete_lyapunov([[0.5]], [[3.0]])
    Tensor([[4.]])
    """
    a = matrix("solve_discrete_lyapunov", a, False, square=True)
    a, q = together(a, matrix("solve_discrete_lyapunov", q, False, square=True, like=a))
    n = a.shape[-1]
    if method is None:
        method = "direct" if n < 10 else "bilinear"
    if method not in ("direct", "bilinear"):
        raise OperandError(
            f"scipy.linalg.solve_discrete_lyapunov: expected method 'direct' or 'bilinear'; got {method!r}"
        )
    return _direct(a, q) if method == "direct" else _bilinear(a, q)


def _direct(a: Any, q: Any) -> Any:
    n = a.shape[-1]
    other = ops.conj(a) if a.dtype.kind == "c" else a
    pairs = a[..., :, None, :, None] * other[..., None, :, None, :]
    system = identity(n * n, a) - ops.reshape(pairs, (*a.shape[:-2], n * n, n * n))
    x = linalg.solve(system, ops.reshape(q, (*q.shape[:-2], n * n, 1)))
    return ops.reshape(x, (*x.shape[:-2], n, n))


def _bilinear(a: Any, q: Any) -> Any:
    """With `c = (a^H - 1)(a^H + 1)^-1`: `c^H x + x c = -2 (a + 1)^-1 q (a^H + 1)^-1`."""
    one = identity(a.shape[-1], a)
    inverse = linalg.inv(adjoint(a) + one)
    c = ops.matmul(adjoint(a) - one, inverse)
    right = 2.0 * ops.matmul(ops.matmul(linalg.inv(a + one), q), inverse)
    return _sylvester(adjoint(c), c, -right)


# ---------------------------------------------------------------- Riccati


def _twice(x: Any) -> Any:
    """Return `x + x^H`."""
    return x + adjoint(x)


def _closed(x: Any, args: Any, discrete: bool) -> tuple[Any, Any]:
    """Return the gain K and the closed loop A - B K."""
    a, b, _, r, e, s = args
    to = a if discrete else e
    gain = ops.matmul(ops.matmul(adjoint(b), x), to) + adjoint(s)
    weight = r + ops.matmul(ops.matmul(adjoint(b), x), b) if discrete else r
    k = linalg.solve(weight, gain)
    return k, a - ops.matmul(b, k)


def _riccati_jvp(xp: Any, tangents: Any, x: Any, *args: Any, discrete: bool, balanced: bool) -> Any:
    """Solve for the change of `x` that keeps the residual of the equation at zero."""
    a, b, _, _, e, _ = args
    k, loop = _closed(x, args, discrete)
    residual: Any = ops.zeros_like(x)
    of_gain: Any = None  # the change of the product that K weighs, without that of x
    da, db, dq, dr, de, ds = tangents
    to = a if discrete else e
    if da is not None:
        residual = residual + _twice(ops.matmul(adjoint(da), ops.matmul(x, to)))
        if discrete:
            of_gain = _added(of_gain, ops.matmul(adjoint(da), ops.matmul(x, b)))
    if de is not None:
        turn = _twice(ops.matmul(adjoint(de), ops.matmul(x, e if discrete else a)))
        residual = residual - turn if discrete else residual + turn
        if not discrete:
            of_gain = _added(of_gain, ops.matmul(adjoint(de), ops.matmul(x, b)))
    weight = dr
    if db is not None:
        of_gain = _added(of_gain, ops.matmul(adjoint(to), ops.matmul(x, db)))
        if discrete:
            weight = _added(weight, _twice(ops.matmul(adjoint(db), ops.matmul(x, b))))
    if ds is not None:
        of_gain = _added(of_gain, ds)
    if dq is not None:
        residual = residual + dq
    if of_gain is not None:
        residual = residual - _twice(ops.matmul(of_gain, k))
    if weight is not None:
        residual = residual + ops.matmul(adjoint(k), ops.matmul(weight, k))
    return _linearised(residual, loop, e, discrete)


def _added(total: Any, term: Any) -> Any:
    return term if total is None else total + term


def _linearised(residual: Any, loop: Any, e: Any, discrete: bool) -> Any:
    """Solve `loop^H d e + e^H d loop + residual = 0`, or `loop^H d loop - e^H d e + residual = 0`."""
    by_e = adjoint(linalg.solve(adjoint(e), adjoint(loop)))
    right = linalg.solve(adjoint(e), adjoint(linalg.solve(adjoint(e), adjoint(residual))))
    if discrete:
        return solve_discrete_lyapunov(adjoint(by_e), right)
    return _sylvester(adjoint(by_e), by_e, -right)


_riccati = host("linalg.solve_are", "solve_riccati", (2,) * 6, jvp=_riccati_jvp)


def _solve_are(name: str, args: Any, e: Any, s: Any, *, discrete: bool, balanced: bool) -> Any:
    a = matrix(name, args[0], square=True)
    b, q, r = (matrix(name, x, like=a) for x in args[1:])
    m, n = b.shape[-2:]
    e = identity(m, a) if e is None else matrix(name, e, square=True, like=a)
    s = ops.zeros_like(b) if s is None else matrix(name, s, like=a)
    shapes = [x.shape[-2:] for x in (a, q, r, e, s)]
    if shapes != [(m, m), (m, m), (n, n), (m, m), (m, n)]:
        raise ShapeError(
            f"scipy.linalg.{name}: expected a, q, e (m, m), b, s (m, n) and r (n, n); got a {a.shape}, b {b.shape}, "
            f"q {q.shape}, r {r.shape}, e {e.shape} and s {s.shape}"
        )
    return _riccati(*together(a, b, q, r, e, s), discrete=discrete, balanced=balanced)


def solve_continuous_are(a: Any, b: Any, q: Any, r: Any, e: Any = None, s: Any = None,
                         balanced: bool = True) -> Any:  # fmt: skip
    """Stabilising solution of `a^H x e + e^H x a - (e^H x b + s) r^-1 (b^H x e + s^H) + q = 0`, `(m, m)`.

    `q` and `r` must be Hermitian, as must be their changes: their gradients are those along such.

    >>> import gradx as gx
    >>> gx.scipy.linalg.solve_continuous_are([[0.0]], [[1.0]], [[4.0]], [[1.0]])
    Tensor([[2.]])
    """
    return _solve_are("solve_continuous_are", (a, b, q, r), e, s, discrete=False, balanced=balanced)


def solve_discrete_are(a: Any, b: Any, q: Any, r: Any, e: Any = None, s: Any = None,
                       balanced: bool = True) -> Any:  # fmt: skip
    """Stabilising solution of `a^H x a - e^H x e - (a^H x b + s)(r + b^H x b)^-1 (b^H x a + s^H) + q = 0`, `(m, m)`.

    `q` and `r` must be Hermitian, as must be their changes: their gradients are those along such.

    >>> import gradx as gx
    >>> gx.scipy.linalg.solve_discrete_are([[0.0]], [[1.0]], [[4.0]], [[1.0]])
    Tensor([[4.]])
    """
    return _solve_are("solve_discrete_are", (a, b, q, r), e, s, discrete=True, balanced=balanced)


__all__ = ["solve_continuous_are", "solve_continuous_lyapunov", "solve_discrete_are", "solve_discrete_lyapunov",
           "solve_lyapunov", "solve_sylvester"]  # fmt: skip
