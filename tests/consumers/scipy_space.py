"""`scipy.spatial`, `scipy.linalg`, `scipy.cluster`, `scipy.ndimage`, `scipy.constants`."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import cluster, constants, linalg, ndimage, sparse
from scipy.spatial import distance
from scipy.spatial.transform import RigidTransform, Rotation, Slerp

from tests.consumers.table import CONVERTS, Rows, like, numbers, positive

_rotation, _rigid = (
    Rows("scipy.spatial.transform.Rotation"),
    Rows("scipy.spatial.transform.RigidTransform"),
)
_distance, _linalg = Rows("scipy.spatial.distance"), Rows("scipy.linalg")
_cluster, _ndimage, _other = Rows("scipy.cluster"), Rows("scipy.ndimage"), Rows("scipy")
_Q, _R, _V = numbers(3, 4, seed=1), numbers(3, 3, seed=2) * 0.7, numbers(3, 3, seed=3)
_CYTHON = {
    "value_rtol": 1e-7
}  # NumPy's arrays go through Cython, which rounds small angles otherwise


def _turn(f: Any) -> Any:
    return lambda q, *rest: f(Rotation.from_quat(q), *rest)


_rotation.add("as_matrix", _turn(lambda r: r.as_matrix()), _Q, **_CYTHON)
_rotation.add("as_quat", _turn(lambda r: r.as_quat()), _Q, **_CYTHON)
_rotation.add("as_rotvec", _turn(lambda r: r.as_rotvec()), _Q, **_CYTHON)
_rotation.add("as_mrp", _turn(lambda r: r.as_mrp()), _Q, **_CYTHON)
_rotation.add("as_euler", _turn(lambda r: r.as_euler("xyz")), _Q, **_CYTHON)
_rotation.add(
    "as_davenport",
    _turn(lambda r: r.as_davenport([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]], "extrinsic")),
    _Q,
    **_CYTHON,
)
_rotation.add("magnitude", _turn(lambda r: r.magnitude()), _Q, **_CYTHON)
_rotation.add("inv", _turn(lambda r: r.inv().as_matrix()), _Q, **_CYTHON)
_rotation.add("mean", _turn(lambda r: r.mean().as_matrix()), _Q, **_CYTHON)
_rotation.add("apply", _turn(lambda r, v: r.apply(v)), _Q, _V, **_CYTHON)
_rotation.add("apply(inverse)", _turn(lambda r, v: r.apply(v, inverse=True)), _Q, _V, **_CYTHON)
_rotation.add("power", _turn(lambda r: (r**2.5).as_matrix()), _Q, **_CYTHON)
_rotation.add("getitem", _turn(lambda r: r[1:].as_matrix()), _Q, **_CYTHON)
_rotation.add(
    "mul",
    lambda q, p: (Rotation.from_quat(q) * Rotation.from_quat(p)).as_matrix(),
    _Q,
    numbers(3, 4, seed=5),
    **_CYTHON,
)
_rotation.add(
    "as_quat(canonical=True)",
    lambda q: Rotation.from_quat(q).as_quat(canonical=True),
    _Q,
    **_CYTHON,
)
_rotation.add("from_rotvec", lambda v: Rotation.from_rotvec(v).as_matrix(), _R, **_CYTHON)
_rotation.add(
    "from_matrix",
    lambda m: Rotation.from_matrix(m).as_rotvec(),
    np.eye(3) + 0.1 * numbers(3, 3),
    rtol=1e-5,
    **_CYTHON,
)
_rotation.add("from_euler", lambda e: Rotation.from_euler("zyx", e).as_matrix(), _R, **_CYTHON)
_rotation.add("from_mrp", lambda m: Rotation.from_mrp(m).as_matrix(), _R, **_CYTHON)
_rotation.add(
    "from_davenport",
    lambda e: Rotation.from_davenport(
        like(e, [[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]]), "extrinsic", e
    ).as_matrix(),
    _R,
    **_CYTHON,
)
_rotation.add(
    "align_vectors",
    lambda a, b: Rotation.align_vectors(a, b)[0].as_matrix(),
    _V,
    numbers(3, 3, seed=9),
    rtol=1e-5,
    **_CYTHON,
)
# Not Rotation.reduce: SciPy's array-API path gives other values than its NumPy path, with every library.
_rotation.add(
    "Slerp",
    lambda q: Slerp(like(q, [0.0, 1.0, 2.0]), Rotation.from_quat(q))(
        like(q, [0.3, 1.6])
    ).as_matrix(),
    _Q,
    **_CYTHON,
)
_rotation.add(
    "Slerp(times)",
    lambda t: Slerp(like(t, [0.0, 1.0, 2.0]), Rotation.from_quat(like(t, _Q)))(t).as_matrix(),
    np.asarray([0.3, 1.6]),
    **_CYTHON,
)

_rigid.add(
    "from_components",
    lambda t, q: RigidTransform.from_components(t, Rotation.from_quat(q)).as_matrix(),
    _V,
    _Q,
    **_CYTHON,
)
_rigid.add("apply", lambda t, v: RigidTransform.from_translation(t).apply(v), _V, _R, **_CYTHON)
_rigid.add(
    "inv",
    lambda t, q: RigidTransform.from_components(t, Rotation.from_quat(q)).inv().as_matrix(),
    _V,
    _Q,
    **_CYTHON,
)
_rigid.add(
    "from_exp_coords",
    lambda e: RigidTransform.from_exp_coords(e).as_matrix(),
    numbers(3, 6) * 0.7,
    **_CYTHON,
)
_rigid.add(
    "as_exp_coords",
    lambda t, q: RigidTransform.from_components(t, Rotation.from_quat(q)).as_exp_coords(),
    _V,
    _Q,
    rtol=1e-5,
    **_CYTHON,
)
_rigid.add(
    "as_dual_quat",
    lambda t, q: RigidTransform.from_components(t, Rotation.from_quat(q)).as_dual_quat(),
    _V,
    _Q,
    **_CYTHON,
)

for _name in [
    "euclidean",
    "sqeuclidean",
    "cosine",
    "correlation",
    "cityblock",
    "chebyshev",
    "minkowski",
    "canberra",
    "braycurtis",
    "jensenshannon",
]:
    _distance.add(_name, getattr(distance, _name), positive(4, seed=1), positive(4, seed=2))
_distance.add("cdist", distance.cdist, _V, _R)
_distance.add("pdist", distance.pdist, _V)
_distance.add("squareform", distance.squareform, positive(3))

_linalg.add("block_diag", linalg.block_diag, _V, numbers(2, 4))
_linalg.add("fiedler", linalg.fiedler, numbers(4))
_linalg.add("orthogonal_procrustes", linalg.orthogonal_procrustes, _V, _R, rtol=1e-5)
_linalg.add("toeplitz", linalg.toeplitz, numbers(4))
_linalg.add("circulant", linalg.circulant, numbers(4))
_linalg.add("companion", linalg.companion, positive(4))
_linalg.add("hankel", linalg.hankel, numbers(4))
_linalg.add("leslie", linalg.leslie, positive(3), positive(2))
_linalg.add("expm", linalg.expm, _V)
_linalg.add("logm", linalg.logm, _V @ _V.T + np.eye(3))
_linalg.add("sqrtm", linalg.sqrtm, _V @ _V.T + np.eye(3))
_linalg.add("inv", linalg.inv, _V)
_linalg.add("det", linalg.det, _V)
_linalg.add("solve", linalg.solve, _V, numbers(3))
_linalg.add("lstsq", lambda a, b: linalg.lstsq(a, b)[0], numbers(4, 2), numbers(4))
_linalg.add("norm", linalg.norm, _V)
_linalg.add("cholesky", lambda a: linalg.cholesky(a @ a.T + like(a, np.eye(3))), _V)
_linalg.add("svdvals", linalg.svdvals, _V)
_linalg.add("eigvalsh", lambda a: linalg.eigvalsh(a + a.T), _V)
_linalg.add("qr", linalg.qr, _V)
_linalg.add("lu", linalg.lu, _V)
_linalg.add("cho_factor", lambda a: linalg.cho_factor(a @ a.T + like(a, np.eye(3)))[0], _V)
_linalg.add(
    "solve_triangular",
    lambda a, b: linalg.solve_triangular(a, b),
    np.triu(positive(3, 3)),
    numbers(3),
)
_linalg.add("khatri_rao", linalg.khatri_rao, _V, numbers(2, 3))
_linalg.add("polar", linalg.polar, _V)

_cluster.add("vq.whiten", cluster.vq.whiten, _V)
_cluster.add("vq.vq", lambda x, c: cluster.vq.vq(x, c)[1], _V, _R)
_cluster.add("vq.kmeans", lambda x: cluster.vq.kmeans(x, like(x, _R))[0], _V)
_cluster.add("hierarchy.linkage", cluster.hierarchy.linkage, _V)

_ndimage.add("gaussian_filter", lambda x: ndimage.gaussian_filter(x, 1.0), _V)
_ndimage.add("convolve", lambda x: ndimage.convolve(x, like(x, np.ones((2, 2)))), _V)
_ndimage.add("uniform_filter", lambda x: ndimage.uniform_filter(x, 3), _V)
_ndimage.add("sobel", ndimage.sobel, _V)
_ndimage.add("map_coordinates", lambda x: ndimage.map_coordinates(x, like(x, [[0.5], [0.5]])), _V)
_ndimage.add("sum_labels", ndimage.sum_labels, _V)
_ndimage.add("center_of_mass", ndimage.center_of_mass, positive(3, 3))

_other.add(
    "constants.convert_temperature",
    lambda x: constants.convert_temperature(x, "Celsius", "Kelvin"),
    numbers(4),
)
_other.add("constants.lambda2nu", constants.lambda2nu, positive(4) * 1e4, rtol=1e-4)
_other.add("sparse.csr_array", lambda x: sparse.csr_array(x).toarray(), _V)
_other.add("sparse @", lambda x: sparse.csr_array(np.eye(3)) @ x, _V)

_distance.ends(
    "ConversionError",
    CONVERTS,
    "euclidean",
    "sqeuclidean",
    "cosine",
    "correlation",
    "cityblock",
    "chebyshev",
    "minkowski",
    "canberra",
    "braycurtis",
    "jensenshannon",
    "cdist",
    "pdist",
    "squareform",
)
_linalg.ends(
    "AttributeError",
    "works on the strides of memory",
    "toeplitz",
    "circulant",
)
_linalg.ends(
    "ConversionError",
    CONVERTS,
    "companion",
    "hankel",
    "leslie",
    "expm",
    "logm",
    "sqrtm",
    "inv",
    "det",
    "solve",
    "lstsq",
    "norm",
    "cholesky",
    "svdvals",
    "eigvalsh",
    "qr",
    "lu",
    "cho_factor",
    "solve_triangular",
    "khatri_rao",
    "polar",
)
_cluster.ends(
    "ConversionError",
    CONVERTS,
    "vq.vq",
    "vq.kmeans",
    "hierarchy.linkage",
)
_ndimage.ends(
    "ConversionError",
    CONVERTS,
    "gaussian_filter",
    "convolve",
    "uniform_filter",
    "sobel",
    "map_coordinates",
    "sum_labels",
    "center_of_mass",
)
_other.ends(
    "ValueError",
    "sparse matrices hold NumPy arrays",
    "sparse.csr_array",
)
_other.ends(
    "ConversionError",
    CONVERTS,
    "sparse @",
)

ROWS: list[Any] = [
    *_rotation.found, *_rigid.found, *_distance.found, *_linalg.found, *_cluster.found, *_ndimage.found, *_other.found,
]  # fmt: skip

__all__ = ["ROWS"]
