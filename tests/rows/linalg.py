"""Rows: the linalg extension and a few of NumPy's names.

- Vectors that are defined up to a phase are compared in real dtypes, where they are defined up to a sign;
  `tests/test_linalg_edges.py` has the complex ones, by what does not depend on the phase.
"""

from math import inf

import numpy as np
import scipy.linalg

from tests.cases_base import case
from tests.samplers import distinct, hermitian, hpd, real, square


def triangular(a, b, lower=False):
    return np.linalg.solve(np.tril(a) if lower else np.triu(a), b)


def least_squares(a, b):
    x, residuals, rank, values = np.linalg.lstsq(a, b, rcond=None)
    return x, residuals, np.asarray(rank, dtype=np.int64), values


def of_each(name):
    """SciPy's function of one matrix, applied to each of a batch; in double precision, where it does not warn."""
    function = getattr(scipy.linalg, name)

    def call(x):
        flat = x.astype(np.result_type(x, np.float64)).reshape(-1, *x.shape[-2:])
        return np.stack([function(each) for each in flat]).reshape(x.shape).astype(x.dtype)

    return call


ROWS = [
    case("linalg.cholesky", hpd(3), dtypes="fc"),
    case("linalg.cholesky", hpd(2, (2,)), dtypes="fc"),
    case("linalg.cholesky", hpd(3), params={"upper": True}, reference=np.linalg.cholesky, dtypes="fc"),
    case("linalg.cholesky", hpd(0)),
    case("linalg.qr", real((3, 3)), dtypes="fc"),
    case("linalg.qr", real((4, 2)), dtypes="fc"),
    case("linalg.qr", real((2, 2, 3)), dtypes="fc"),
    case("linalg.qr", real((2, 4)), params={"mode": "complete"}, dtypes="fc"),
    case("linalg.eigh", hermitian(3)),
    case("linalg.eigh", hermitian(2, (2,))),
    case("linalg.eigvalsh", hermitian(3), dtypes="fc"),
    case("linalg.eigvalsh", hermitian(2, (2,)), dtypes="fc"),
    case("linalg.eig", square(3)),
    case("linalg.eigvals", square(3), dtypes="fc"),
    case("linalg.eigvals", square(2, (2,)), dtypes="fc"),
    case("linalg.svd", distinct((3, 3)), params={"full_matrices": False}),
    case("linalg.svd", distinct((4, 2)), params={"full_matrices": False}),
    case("linalg.svd", distinct((2, 2, 3)), params={"full_matrices": False}),
    case("linalg.svd", distinct((3, 3))),
    case("linalg.svdvals", distinct((3, 3)), dtypes="fc"),
    case("linalg.svdvals", distinct((2, 2, 3)), dtypes="fc"),
    case("linalg.pinv", distinct((3, 3)), dtypes="fc"),
    case("linalg.pinv", distinct((4, 2)), dtypes="fc"),
    case("linalg.pinv", distinct((2, 2, 3)), dtypes="fc"),
    case("linalg.det", square(1), dtypes="fc"),
    case("linalg.det", square(2), dtypes="fc"),
    case("linalg.det", square(4), dtypes="fc"),
    case("linalg.det", square(5), dtypes="fc"),
    case("linalg.det", square(3, (2,)), dtypes="fc"),
    case("linalg.det", square(0)),
    case("linalg.slogdet", square(3), dtypes="fc"),
    case("linalg.slogdet", square(2, (2,)), dtypes="fc"),
    case("linalg.inv", square(3), dtypes="fc"),
    case("linalg.inv", square(2, (2,)), dtypes="fc"),
    case("linalg.solve", square(3), real((3,)), dtypes="fc"),
    case("linalg.solve", square(3), real((3, 2)), dtypes="fc"),
    case("linalg.solve", square(3, (2,)), real((3,)), dtypes="fc"),
    case("linalg.solve", square(3, (2, 1)), real((4, 3, 2)), dtypes="fc"),
    case("linalg.solve", square(3), real((2, 3, 1))),
    case("linalg.solve", square(3), real((3, 0))),
    *(case("linalg.solve_triangular", square(3), b, params=params, reference=triangular, dtypes="fc")
      for b, params in ((real((3,)), {}), (real((3, 2)), {"lower": True}))),
    *(case("linalg.expm", square(n, batch), reference=scipy.linalg.expm, dtypes="fc")
      for n, batch in ((3, ()), (2, (2,)))),
    case("linalg.expm", square(0), reference=scipy.linalg.expm),
    *(case(f"linalg.{name}", hpd(n, batch), reference=of_each(name), dtypes="fc")
      for name in ("sqrtm", "logm") for n, batch in ((3, ()), (2, (2,)))),
    *(case("linalg.lu", real(shape), reference=scipy.linalg.lu, dtypes="fc")
      for shape in ((3, 3), (4, 2), (2, 4), (2, 3, 3))),
    case("linalg.lstsq", real((4, 2)), real((4, 3)), reference=least_squares, dtypes="fc"),
    *(case("linalg.matrix_power", square(3), n, dtypes="fc") for n in (1, 2, 5, -1, -2)),
    case("linalg.matrix_power", square(3, (2,)), 0, dtypes=""),
    case("linalg.matrix_rank", real((2, 3)), dtypes=""),
    *(case("linalg.vector_norm", distinct((2, 3)), params={"ord": p, "axis": axis}, dtypes="fc")
      for p in (1, 2, 3, 4, 1.5, inf, -inf) for axis in (None, 1)),
    case("linalg.vector_norm", distinct((2, 3)), params={"keepdims": True}, dtypes="fc"),
    case("linalg.vector_norm", distinct((2, 3, 2)), params={"axis": (0, -1)}, dtypes="fc"),
    case("linalg.vector_norm", distinct((2, 3)), params={"ord": -2, "axis": 0}),
    case("linalg.vector_norm", distinct((2, 3)), params={"ord": 0, "axis": 0}),
    case("linalg.vector_norm", real(()), dtypes="fc"),
    case("linalg.vector_norm", real((0, 3)), params={"axis": 0}),
    *(case("linalg.matrix_norm", distinct((2, 3)), params={"ord": p}, dtypes="fc")
      for p in ("fro", "nuc", 1, -1, 2, -2, inf, -inf)),
    case("linalg.matrix_norm", distinct((2, 3, 2)), params={"keepdims": True, "ord": 2}),
    case("linalg.norm", distinct((2, 3)), reference=np.linalg.norm, dtypes="fc"),
    case("linalg.norm", distinct((2, 3)), "nuc", reference=np.linalg.norm),
    case("linalg.norm", distinct((2, 3)), 3, 0, True, reference=np.linalg.norm),
    case("linalg.norm", distinct((2, 3, 4)), 1, (2, 0), True, reference=np.linalg.norm),
    case("linalg.cross", real((3,)), real((3,)), dtypes="fc"),
    case("linalg.cross", real((2, 3)), real((3,)), dtypes="fc"),
    case("linalg.cross", real((3, 2)), real((3, 1)), params={"axis": -2}, dtypes="fc"),
    *(case("linalg.diagonal", real((2, 3, 4)), params={"offset": k}, dtypes="fc") for k in (0, 1, -2)),
    case("linalg.diagonal", real((2, 3)), params={"offset": -5}),
    *(case("linalg.trace", real((2, 3, 4)), params={"offset": k}, dtypes="fc") for k in (0, 1, -2)),
    case("linalg.outer", real((2,)), real((3,)), dtypes="fc"),
    case("linalg.matmul", real((2, 3)), real((3, 2)), dtypes="fc"),
    case("linalg.matrix_transpose", real((2, 3, 4)), dtypes="fc"),
    case("linalg.tensordot", real((2, 3)), real((3, 2)), params={"axes": 1}),
    case("linalg.vecdot", real((2, 3)), real((3,)), dtypes="fc"),
]  # fmt: skip
