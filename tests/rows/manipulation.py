"""Rows: shapes, the order of elements, joins, padding, triangles, grids."""

from __future__ import annotations

import numpy as np

from tests.cases_base import case
from tests.samplers import integers, real

_CUBE = (2, 3, 4)


def _unstack(x: np.ndarray, *, axis: int = 0) -> tuple[np.ndarray, ...]:
    return tuple(np.moveaxis(x, axis, 0))


def _pad(x: np.ndarray, width: object, mode: str = "constant", **options: object) -> np.ndarray:
    return np.pad(x, width, mode, **options)


def _atleast(x: np.ndarray, *, ndim: int) -> np.ndarray:
    return x.reshape((1,) * max(0, ndim - x.ndim) + x.shape)


def _rot90(x: np.ndarray, k: int = 1, *, axes: tuple[int, int] = (0, 1)) -> np.ndarray:
    return np.rot90(x, k, axes)


SHAPES = [
    case("reshape", real((2, 3)), (3, 2), dtypes="fc"),
    case("reshape", real((2, 3, 4)), (4, -1), dtypes="fc"),
    case("reshape", real(()), (1, 1)),
    case("reshape", real((1,)), ()),
    case("reshape", real((0, 3)), (3, 0, 2)),
    case("reshape", real((0, 3)), (-1,)),
    case("ravel", real((2, 3)), dtypes="fc"),
    case("ravel", real(())),
    case("expand_dims", real((2, 3)), params={"axis": 1}, dtypes="fc"),
    case("expand_dims", real((2, 3)), params={"axis": (0, -1)}),
    case("expand_dims", real(()), params={"axis": (0, 1)}),
    case("expand_dims", real((0, 3)), params={"axis": -1}),
    case("squeeze", real((1, 3, 1)), (0, 2), dtypes="fc"),
    case("squeeze", real((1, 3, 1)), -1),
    case("squeeze", real((1, 0)), 0),
    case("broadcast_to", real((3, 1)), (2, 3, 4), dtypes="fc"),
    case("broadcast_to", real(()), (2, 3)),
    case("broadcast_to", real((1,)), (0,)),
    case("broadcast_to", real((2, 3)), (2, 3)),
    case("broadcast_arrays", real((3, 1)), real((4,)), real(()), dtypes="fc"),
    case("broadcast_arrays", real((1, 3)), real((0, 1))),
    case("atleast_nd", real((3,)), params={"ndim": 3}, reference=_atleast, dtypes="fc"),
    case("atleast_nd", real((2, 3)), params={"ndim": 1}, reference=_atleast),
]

ORDER = [
    case("permute_dims", real(_CUBE), (2, 0, 1), dtypes="fc"),
    case("permute_dims", real(_CUBE), (-1, 0, -2)),
    case("permute_dims", real(()), ()),
    case("permute_dims", real((0, 3)), (1, 0)),
    case("transpose", real(_CUBE), dtypes="fc"),
    case("transpose", real(_CUBE), (1, 2, 0)),
    case("transpose", real((3,))),
    case("matrix_transpose", real(_CUBE), dtypes="fc"),
    case("matrix_transpose", real((0, 3))),
    case("moveaxis", real(_CUBE), 0, -1, dtypes="fc"),
    case("moveaxis", real(_CUBE), (0, 2), (1, 0)),
    case("swapaxes", real(_CUBE), 0, -1, dtypes="fc", reference=np.swapaxes),
    case("swapaxes", real(_CUBE), 1, 1, reference=np.swapaxes),
    case("flip", real((2, 3)), dtypes="fc"),
    case("flip", real((2, 3)), params={"axis": -1}),
    case("flip", real(_CUBE), params={"axis": (0, 2)}),
    case("flip", real(())),
    case("flip", real((0, 3)), params={"axis": 0}),
    case("roll", real((2, 3)), 2, dtypes="fc"),
    case("roll", real((2, 3)), -1, params={"axis": 1}),
    case("roll", real((2, 3)), (1, 2), params={"axis": (0, 1)}),
    case("roll", real((2, 3)), 1, params={"axis": (0, 1)}),
    case("roll", real((4,)), (1, 2), params={"axis": (0, 0)}),
    case("roll", real((0, 3)), 1, params={"axis": 0}),
    case("rot90", real((2, 3)), dtypes="fc", reference=_rot90),
    case("rot90", real((2, 3)), 2, reference=_rot90),
    case("rot90", real(_CUBE), 3, params={"axes": (2, 1)}, reference=_rot90),
    case("rot90", real((2, 3)), 0, reference=_rot90),
]

JOINS = [
    case("concat", [real((2, 3)), real((1, 3))], dtypes="fc"),
    case("concat", [real((2, 1)), real((2, 3)), real((2, 0))], params={"axis": -1}),
    case("concat", [real((2, 1)), real(())], params={"axis": None}),
    case("concat", [real((3,))]),
    case("stack", [real((2, 3)), real((2, 3))], dtypes="fc"),
    case("stack", [real((2, 3)), real((2, 3)), real((2, 3))], params={"axis": -1}),
    case("stack", [real(()), real(())]),
    case("stack", [real((0, 3))], params={"axis": 1}),
    case("unstack", real((3, 2)), dtypes="fc", reference=_unstack),
    case("unstack", real(_CUBE), params={"axis": -1}, reference=_unstack),
    case("unstack", real((2, 0)), reference=_unstack),
    case("repeat", real((2, 3)), 2, dtypes="fc"),
    case("repeat", real((2, 3)), 3, params={"axis": 1}),
    case("repeat", real((3,)), integers((3,), 0, 3), params={"axis": 0}),
    case("repeat", real((2, 3)), [2, 0, 1], params={"axis": -1}, dtypes="fc"),
    case("repeat", real((2, 3)), [2], params={"axis": 0}),
    case("repeat", real((2, 3)), 0, params={"axis": 0}),
    case("repeat", real(()), 3),
    case("tile", real((2, 3)), (2, 2), dtypes="fc"),
    case("tile", real((2, 3)), (2, 1, 3)),
    case("tile", real((2, 3)), 2),
    case("tile", real(()), (2, 3)),
    case("tile", real((2, 3)), (0, 1)),
    case("tile", real((0, 3)), (2, 2)),
]

BUILT = [
    case("pad", real((2, 3)), ((1, 2), (0, 1)), reference=_pad, dtypes="fc"),
    case("pad", real((2, 3)), 1, params={"constant_values": 0.5}, reference=_pad),
    case("pad", real(()), 1, reference=lambda x, _: x),
    case("pad", real((0, 3)), (1, 1), reference=_pad),
    case("pad", real((2, 3)), (2, 3), "edge", reference=_pad, dtypes="fc"),
    case("pad", real((4,)), (3, 2), "reflect", reference=_pad, dtypes="fc"),
    case("pad", real((2, 3)), (3, 7), "symmetric", reference=_pad, dtypes="fc"),
    case("pad", real((2, 3)), ((3, 4), (5, 2)), "reflect", reference=_pad),
    case("pad", real((1,)), (2, 1), "reflect", reference=_pad),
    case("pad", real((2, 3)), ((0, 1), (4, 7)), "wrap", reference=_pad, dtypes="fc"),
    case("tril", real((3, 4)), dtypes="fc"),
    case("tril", real(_CUBE), params={"k": -1}),
    case("tril", real((0, 3))),
    case("triu", real((3, 4)), dtypes="fc"),
    case("triu", real(_CUBE), params={"k": 1}),
    case("diag", real((3,)), dtypes="fc", reference=np.diag),
    case("diag", real((3,)), -2, reference=np.diag),
    case("diag", real((0,)), reference=np.diag),
    case("diag", real((3, 5)), dtypes="fc", reference=np.diag),
    case("diag", real((3, 5)), 3, reference=np.diag),
    case("diag", real((5, 3)), -3, reference=np.diag),
    case("diag", real((2, 3)), 4, reference=np.diag),
    case("meshgrid", real((2,)), real((3,)), dtypes="fc"),
    case("meshgrid", real((2,)), real((3,)), real((4,)), params={"indexing": "ij"}),
    case("meshgrid", real((2,)), real((0,))),
    case("meshgrid", real((1,))),
    case("diff", real((2, 4)), dtypes="fc"),
    case("diff", real((4, 2)), params={"axis": 0, "n": 2}),
    case("diff", real((3,)), params={"n": 0}),
    case("diff", real((1,))),
]

ROWS = [*SHAPES, *ORDER, *JOINS, *BUILT]
