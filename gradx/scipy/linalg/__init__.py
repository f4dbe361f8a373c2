"""`scipy.linalg`: SciPy's linear algebra under its own names and signatures, differentiable; on top of `gradx.linalg`.

- Functions take arrays, lists and Tensors, and batches, `(..., n, n)`; they give Tensors on the device of the first.
- `overwrite_a` and the like are read by nobody: no argument is written to.
- A singular matrix raises `LinAlgError`; of an ill-conditioned one there is no `LinAlgWarning`.
- Constant matrices (`dft`, `hilbert`, ...) are SciPy's values on the default device.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx.create import asarray as _asarray
from gradx.scipy.linalg.banded import (
    cho_solve_banded,
    cholesky_banded,
    eig_banded,
    eigh_tridiagonal,
    eigvals_banded,
    eigvalsh_tridiagonal,
    solve_banded,
    solveh_banded,
)
from gradx.scipy.linalg.basic import (
    det,
    inv,
    lstsq,
    norm,
    null_space,
    orth,
    pinv,
    pinvh,
    solve,
    solve_triangular,
)
from gradx.scipy.linalg.equations import (
    solve_continuous_are,
    solve_continuous_lyapunov,
    solve_discrete_are,
    solve_discrete_lyapunov,
    solve_lyapunov,
    solve_sylvester,
)
from gradx.scipy.linalg.factors import (
    cho_factor,
    cho_solve,
    cholesky,
    lu,
    lu_factor,
    lu_solve,
    orthogonal_procrustes,
    polar,
    qr,
    qr_multiply,
    rq,
    subspace_angles,
    svd,
    svdvals,
)
from gradx.scipy.linalg.functions import (
    coshm,
    cosm,
    expm,
    expm_frechet,
    fractional_matrix_power,
    logm,
    signm,
    sinhm,
    sinm,
    sqrtm,
    tanhm,
    tanm,
)
from gradx.scipy.linalg.spectra import eig, eigh, eigvals, eigvalsh
from gradx.scipy.linalg.structured import (
    block_diag,
    circulant,
    companion,
    convolution_matrix,
    diagsvd,
    fiedler,
    fiedler_companion,
    hankel,
    khatri_rao,
    leslie,
    matmul_toeplitz,
    solve_circulant,
    solve_toeplitz,
    toeplitz,
)
from gradx.scipy.native import missing as _missing
from gradx.scipy.native import native as _native
from gradx.scipy.native import query as _query


def _constant(name: str) -> Callable[..., Any]:
    def function(*args: Any, **options: Any) -> Any:
        return _asarray(_native("linalg", name)(*args, **options))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"SciPy's `linalg.{name}`, as a Tensor on the default device."
    return function


dft, hadamard, helmert, hilbert, invhilbert, invpascal, pascal = map(
    _constant, ("dft", "hadamard", "helmert", "hilbert", "invhilbert", "invpascal", "pascal")
)


bandwidth, ishermitian, issymmetric = (
    _query("linalg", name) for name in ("bandwidth", "ishermitian", "issymmetric")
)


def __getattr__(name: str) -> Any:
    if name in ("LinAlgError", "LinAlgWarning"):
        return _native("linalg", name)
    raise _missing("linalg", name)


__all__ = ["bandwidth", "block_diag", "cho_factor", "cho_solve", "cho_solve_banded", "cholesky",
           "cholesky_banded", "circulant", "companion", "convolution_matrix", "coshm", "cosm", "det",
           "dft", "diagsvd", "eig", "eig_banded", "eigh", "eigh_tridiagonal", "eigvals",
           "eigvals_banded", "eigvalsh", "eigvalsh_tridiagonal", "expm", "expm_frechet", "fiedler",
           "fiedler_companion", "fractional_matrix_power", "hadamard", "hankel", "helmert", "hilbert",
           "inv", "invhilbert", "invpascal", "ishermitian", "issymmetric", "khatri_rao", "leslie",
           "logm", "lstsq", "lu", "lu_factor", "lu_solve", "matmul_toeplitz", "norm", "null_space",
           "orth", "orthogonal_procrustes", "pascal", "pinv", "pinvh", "polar", "qr", "qr_multiply",
           "rq", "signm", "sinhm", "sinm", "solve", "solve_banded", "solve_circulant",
           "solve_continuous_are", "solve_continuous_lyapunov", "solve_discrete_are",
           "solve_discrete_lyapunov", "solve_lyapunov", "solve_sylvester", "solve_toeplitz",
           "solve_triangular", "solveh_banded", "sqrtm", "subspace_angles", "svd", "svdvals", "tanhm",
           "tanm", "toeplitz"]  # fmt: skip
