"""`gradx.scipy.linalg` against SciPy's own functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.consumers.table import Mirror, Rows, complex_numbers, like, numbers, positive

_linalg = Mirror("linalg")
_rows = Rows("gradx.scipy.linalg")
_A, _C = numbers(3, 3, seed=3), complex_numbers(3, 3, seed=4)
_B, _D = numbers(3, seed=5), numbers(3, 2, seed=6)
_S = numbers(2, 3, 3, seed=7)  # a batch
_P = _A @ _A.T + np.eye(3)
_H = _C @ _C.conj().T + np.eye(3)


def _add(name: str, *args: Any, case: str = "", take: Any = None, value_rtol: float = 1e-11,
         rtol: float = 1e-6, **options: Any) -> None:  # fmt: skip
    """Add a function with options; `case` says which of its cases, `take` what of its result to look at."""
    function = getattr(_linalg, name)
    parts = [case] if case else [f"{key}={value!r}" for key, value in options.items()]

    def call(*given: Any) -> Any:
        found = function(*given, **options)
        found = np.asarray(found) if isinstance(found, float) else found  # SciPy's norm
        return found if take is None else take(found)

    title = f"{name}({', '.join(parts)})" if parts else name
    _rows.add(title, call, *args, value_rtol=value_rtol, rtol=rtol)


def _positive(x: Any) -> Any:
    """Make a matrix positive definite, so that all of its elements are read on both sides."""
    xp = x.__array_namespace__()
    return x @ xp.conj(x.mT) + like(x, np.eye(x.shape[-1]))


# systems and inverses
for _kind in (None, "upper triangular", "lower triangular", "sym", "gen"):
    _add("inv", _P, **({"assume_a": _kind} if _kind else {}))
_rows.add(  # SciPy leaves what it does not read beside the diagonal of the inverse
    "inv(assume_a='diagonal')",
    lambda a: _linalg.inv(a * like(a, np.eye(3)), assume_a="diagonal"),
    _P,
)
_add("inv", _P, assume_a="pos", lower=True)
_add("inv", _H, assume_a="her")
_add("inv", _C, case="complex")
_add("inv", _S, case="batch")
_add("det", _A)
_add("det", _C, case="complex")
_add("det", np.outer(_B, _B), case="rank 1")
_add("solve", _P, _B)
for _kind in ("diagonal", "tridiagonal", "upper triangular", "lower triangular", "sym", "pos"):
    _add("solve", _P, _D, assume_a=_kind)
_add("solve", _P, _D, assume_a="sym", lower=True)
_add("solve", _H, _D, assume_a="her")
_add("solve", _A, _B, transposed=True)
_add("solve", _P, _B, transposed=True, assume_a="upper triangular")
_add("solve", _S, _D, case="batch")
for _trans in (0, 1, "C"):
    _add("solve_triangular", _H, _B, trans=_trans)
_add("solve_triangular", _P, _D, lower=True, unit_diagonal=True)
_add("lstsq", numbers(4, 2), numbers(4), take=lambda found: (found[0], found[1], found[3]))
_add("lstsq", numbers(2, 4), numbers(2, 3), case="wide", take=lambda found: found[0])
_add("lstsq", numbers(4, 2), numbers(4, 3), lapack_driver="gelsy", take=lambda found: found[:2])
_add("pinv", numbers(4, 2))
_add("pinv", complex_numbers(2, 3), case="complex")
_add("pinv", _A, atol=1e-3, return_rank=True, take=lambda found: found[0])
_add("pinvh", _P)
_add("pinvh", _H, lower=False)
for _ord in (None, 1, -1, 2, -2, "fro", "nuc", np.inf):
    _add("norm", _A, **({} if _ord is None else {"ord": _ord}))
_add("norm", _A, axis=1, ord=3, keepdims=True)
_rows.add("orth", lambda a: (lambda q: q @ q.mT)(_linalg.orth(a)), numbers(4, 2))
_rows.add(
    "null_space", lambda a: (lambda q: q @ q.mT)(_linalg.null_space(a)), numbers(2, 4), rtol=1e-5
)

# structured matrices
_add("toeplitz", numbers(4))
_add("toeplitz", complex_numbers(3), case="complex")
_rows.add("toeplitz(r=)", _linalg.toeplitz, numbers(3), numbers(4))
_add("circulant", numbers(4))
_add("circulant", numbers(2, 3), case="batch")
_add("hankel", numbers(4))
_rows.add("hankel(r=)", _linalg.hankel, numbers(3), numbers(4))
_add("companion", positive(4))
_add("leslie", positive(3), positive(2))
_add("fiedler", numbers(4))
_add("fiedler_companion", positive(6))
_add("fiedler_companion", positive(2), case="2 coefficients")
_add("block_diag", _A, numbers(2, 4))
_add("khatri_rao", _A, numbers(2, 3))
_add("diagsvd", numbers(2), M=2, N=3)
for _mode in ("full", "same", "valid"):
    _add("convolution_matrix", numbers(3), n=5, mode=_mode)
    _add("convolution_matrix", numbers(4), n=2, mode=_mode)
_rows.add(
    "solve_toeplitz", _linalg.solve_toeplitz, positive(4) + np.asarray([4, 0, 0, 0]), numbers(4)
)
_rows.add(
    "solve_toeplitz(row)",
    lambda c, r, b: _linalg.solve_toeplitz((c, r), b),
    complex_numbers(3) + np.asarray([4, 0, 0]), complex_numbers(3), complex_numbers(3, 2),
)  # fmt: skip
_rows.add("matmul_toeplitz", _linalg.matmul_toeplitz, numbers(4), numbers(4))
_rows.add(
    "matmul_toeplitz(row)",
    lambda c, r, x: _linalg.matmul_toeplitz((c, r), x), complex_numbers(3), numbers(4), numbers(4, 2),
)  # fmt: skip
_add("solve_circulant", positive(4), numbers(4))
_rows.add(
    "solve_circulant(singular='lstsq')",
    lambda b: _linalg.solve_circulant(like(b, np.ones(4)), b, singular="lstsq"), numbers(4),
)  # fmt: skip
_add("solve_circulant", positive(4, 1), complex_numbers(2, 4), caxis=0, baxis=1, outaxis=1)

# bands
_BAND = positive(4, 5) + np.asarray([[0.0], [0.0], [6.0], [0.0]])
_HALF = numbers(2, 5) + np.asarray([[0.0], [5.0]])
_rows.add("solve_banded", lambda ab, b: _linalg.solve_banded((1, 2), ab, b), _BAND, numbers(5))
_rows.add(
    "solve_banded(complex)",
    lambda ab, b: _linalg.solve_banded((2, 1), ab, b), _BAND[::-1] + 1j * numbers(4, 5), numbers(5, 2),
)  # fmt: skip
_add("solveh_banded", _HALF, numbers(5))
_add("solveh_banded", _HALF[::-1], numbers(5, 2), lower=True)
_INSIDE = np.asarray(
    [[0.0, 1, 1, 1, 1], [1, 1, 1, 1, 1]]
)  # SciPy leaves what it does not read in the corners
_add("cholesky_banded", _HALF, take=lambda c: c * like(c, _INSIDE))
_add("cholesky_banded", _HALF[::-1], take=lambda c: c * like(c, _INSIDE[::-1, ::-1]), lower=True)
_rows.add(
    "cho_solve_banded", lambda c, b: _linalg.cho_solve_banded((c, False), b), _HALF, numbers(5)
)
_rows.add(
    "cho_solve_banded(lower=True)",
    lambda c, b: _linalg.cho_solve_banded((c, True), b), _HALF[::-1], numbers(5),
)  # fmt: skip
_add("eigvals_banded", _HALF)
_add("eigvals_banded", _HALF[::-1], lower=True, select="i", select_range=(1, 2))
_rows.add("eig_banded", lambda ab: (lambda w, v: (w, v * v))(*_linalg.eig_banded(ab)), _HALF)
_add("eigvalsh_tridiagonal", numbers(4), numbers(3))
_add("eigvalsh_tridiagonal", numbers(4), numbers(3), select="v", select_range=(-0.2, 5.0))
_rows.add(
    "eigh_tridiagonal", lambda d, e: (lambda w, v: (w, v * v))(*_linalg.eigh_tridiagonal(d, e)),
    numbers(4), numbers(3),
)  # fmt: skip

# factors
_rows.add("cholesky", lambda a: _linalg.cholesky(_positive(a)), _A)
_add("cholesky", _H, lower=True)
_add("cholesky", _H, lower=False)
_add("cho_factor", _P, take=lambda found: found[0])
_add("cho_factor", _P, lower=True, take=lambda found: found[0])
_rows.add("cho_solve", lambda a, b: _linalg.cho_solve(_linalg.cho_factor(a), b), _H, _B)
_rows.add("cho_solve(lower=True)", lambda c, b: _linalg.cho_solve((c, True), b), _H, _D)
_add("lu", _A)
_add("lu", numbers(4, 2), permute_l=True)
_add("lu", numbers(2, 4), p_indices=True)
_add("lu_factor", _C)
_add("lu_factor", numbers(5, 3), case="tall")
_add("lu_factor", numbers(2, 4), case="wide")
for _trans in (0, 1, 2):
    _rows.add(
        f"lu_solve(trans={_trans})",
        lambda a, b, _trans=_trans: _linalg.lu_solve(_linalg.lu_factor(a), b, trans=_trans), _C, _D,
    )  # fmt: skip
_add("qr", _A)
_add("qr", numbers(4, 2), mode="economic")
_add("qr", numbers(2, 4), mode="r", take=lambda found: found[0])
_add("qr", _C, pivoting=True)
_add("qr_multiply", _A, numbers(2, 3))
_add("qr_multiply", numbers(4, 2), numbers(2, 3), mode="left")
_add("qr_multiply", _C, _B, mode="left", conjugate=True)
_add("rq", _A)
_add("rq", _C, mode="economic")
_add("rq", numbers(4, 3), mode="r")
_add("rq", numbers(2, 4), mode="economic")
_add("svdvals", _A)
_add("svd", _A, compute_uv=False)
_rows.add("svd", lambda a: (lambda u, s, vh: (u * u, s, vh * vh))(*_linalg.svd(a)), _A, rtol=1e-5)
_add("polar", _A)
_add("polar", complex_numbers(3, 2), side="left", case="left", rtol=1e-5)
_add("orthogonal_procrustes", _A, numbers(3, 3, seed=2) * 0.7, rtol=1e-5)
_add("subspace_angles", numbers(4, 2, seed=1), numbers(4, 2, seed=2), rtol=1e-5)

# eigenvalues
_add("eigvalsh", _P)
_add("eigvalsh", _H, lower=False)
_rows.add("eigvalsh(b)", lambda a, b: _linalg.eigvalsh(a, _positive(b)), _A, _S[0])
for _type in (1, 2, 3):
    _rows.add(
        f"eigh(type={_type})",
        lambda a, b, _type=_type: (lambda w, v: (w, v * v))(*_linalg.eigh(a, _positive(b), type=_type)),
        _A, _S[0], rtol=1e-5,
    )  # fmt: skip
_rows.add("eigh", lambda a: (lambda w, v: (w, v * v))(*_linalg.eigh(a)), _A)
_add("eigh", _P, eigvals_only=True, subset_by_index=[1, 2])
_add("eigh", _P, eigvals_only=True, subset_by_value=[1.01, 9.0])


def _moduli(v: Any) -> Any:
    xp = v.__array_namespace__()
    return xp.real(v * xp.conj(v))


def _ordered(w: Any, *vectors: Any) -> Any:
    """Give what does not depend on the order of eigenvalues: SciPy and NumPy have their own."""
    xp = w.__array_namespace__()
    rest = [xp.sum(_moduli(v) * (xp.abs(w) ** 2)[None, :], axis=-1) for v in vectors]
    return (xp.sum(w**2), xp.sum(xp.abs(w)), *rest)


_add("eigvals", _A, take=_ordered)
_add("eigvals", _A, _P, case="b", take=_ordered)
_add("eig", _A, take=lambda found: _ordered(*found), rtol=1e-5)
_add("eig", _C, left=True, take=lambda found: _ordered(*found), rtol=1e-5)

# functions of matrices
for _name in ("expm", "cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm"):
    _add(_name, _A * 0.5)
    _add(_name, _C * 0.5, case="complex")
_add("expm_frechet", _A, _P)
_add("expm_frechet", _A, _P, compute_expm=False)
for _name in ("logm", "sqrtm"):
    _add(_name, _P)
    _add(_name, _H, case="complex")
    _add(_name, np.asarray([[-1.0, 0.3], [0.1, 2.0]]), case="of a real matrix, complex")
_add("signm", np.asarray([[2.0, 1.0], [0.5, -1.0]]))
for _t in (0.5, 2, -1.3):
    _add("fractional_matrix_power", _P, t=_t)

# equations
_Q = numbers(3, 2, seed=8)
_add("solve_sylvester", _A, numbers(2, 2) + 3 * np.eye(2), _Q)
_add("solve_sylvester", _C, complex_numbers(2, 2) + 3 * np.eye(2), _Q, case="complex")
_add("solve_continuous_lyapunov", _A - 3 * np.eye(3), _P)
_add("solve_lyapunov", _C - 3 * np.eye(3), _C, case="complex")
_add("solve_discrete_lyapunov", _A * 0.4, _P)
_add("solve_discrete_lyapunov", _C * 0.3, _H, method="bilinear")
for _name in ("solve_continuous_are", "solve_discrete_are"):
    _rows.add(
        _name,
        lambda a, b, q, r, _name=_name: getattr(_linalg, _name)(a, b, _positive(q), _positive(r)),
        _A, _D, _S[0], numbers(2, 2), value_rtol=1e-9, rtol=1e-5,
    )  # fmt: skip
    _rows.add(
        f"{_name}(e=, s=)",
        lambda a, b, q, r, e, s, _name=_name: getattr(_linalg, _name)(
            a, b, _positive(q), _positive(r), e, s
        ),
        _A * 0.5, _D, _S[0], numbers(2, 2), np.eye(3) + 0.2 * _S[1], 0.1 * _Q, value_rtol=1e-9, rtol=1e-5,
    )  # fmt: skip

    _rows.add(
        f"{_name}(complex)",
        lambda a, b, q, r, _name=_name: getattr(_linalg, _name)(a, b, _positive(q), _positive(r)),
        _C, complex_numbers(3, 2), complex_numbers(3, 3), numbers(2, 2), value_rtol=1e-9, rtol=1e-5,
    )  # fmt: skip

ROWS: list[Any] = _rows.found

__all__ = ["ROWS"]
