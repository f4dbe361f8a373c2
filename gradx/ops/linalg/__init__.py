"""Linear algebra: all of the standard's linalg extension, and a few of NumPy's names; batched, real and complex.

- `gradx.linalg`; each function takes matrices `(..., m, n)` and treats what comes before as a batch.
"""

from gradx.ops.linalg.determinant import det, slogdet
from gradx.ops.linalg.factor import cholesky, qr
from gradx.ops.linalg.functions import expm, logm, sqrtm
from gradx.ops.linalg.norms import matrix_norm, norm, vector_norm
from gradx.ops.linalg.pseudoinverse import pinv
from gradx.ops.linalg.singular import svd, svdvals
from gradx.ops.linalg.solving import inv, lstsq, matrix_power, matrix_rank, solve, solve_triangular
from gradx.ops.linalg.spectra import eig, eigh, eigvals, eigvalsh
from gradx.ops.linalg.structure import cross, diagonal, outer, trace
from gradx.ops.linalg.triangular import lu
from gradx.ops.manipulation import matrix_transpose
from gradx.ops.products import matmul, tensordot, vecdot

__all__ = [
    "cholesky",
    "cross",
    "det",
    "diagonal",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "expm",
    "inv",
    "logm",
    "lstsq",
    "lu",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "matrix_transpose",
    "norm",
    "outer",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_triangular",
    "sqrtm",
    "svd",
    "svdvals",
    "tensordot",
    "trace",
    "vecdot",
    "vector_norm",
]
