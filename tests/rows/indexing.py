"""Rows: reading and writing by index. Keys of every kind are in `tests/test_indexing.py`."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradx.backend import INDEX, fill_key
from tests.cases_base import case
from tests.samplers import booleans, integers, real

_ALL = slice(None)


def _getitem(x: Any, *indices: Any, key: Any) -> Any:
    return x[fill_key(key, indices)]


def _index_set(x: Any, values: Any, *indices: Any, key: Any) -> Any:
    out = x.copy()
    out[fill_key(key, indices)] = values
    return out


def _index_add(x: Any, values: Any, *indices: Any, key: Any) -> Any:
    out = x.copy()
    np.add.at(out, fill_key(key, indices), values)
    return out


def _read(x: Any, key: Any) -> Any:
    return x[key]


def _scatter(values, *, shape, key):
    out = np.zeros(shape, values.dtype)
    out[key] = values
    return out


def _take(x: Any, indices: Any, *, axis: int = 0) -> Any:
    return np.take(x, indices, axis=axis)


READS = [
    case("getitem", real((4, 3)), params={"key": (1,)}, reference=_getitem, dtypes="fc", id="int"),
    case("getitem", real((5, 3)), params={"key": (slice(None, None, -2), None, slice(2))},
         reference=_getitem, dtypes="fc", id="slices"),
    case("getitem", real((4, 3)), integers((2, 2), -4, 4), params={"key": (INDEX,)}, reference=_getitem,
         dtypes="fc", id="array"),
    case("getitem", real((4, 3)), booleans((4,)), params={"key": (INDEX, slice(1, None))},
         reference=_getitem, dtypes="fc", id="mask"),
    case("getitem", real((4, 2, 3)), integers((5,), 0, 4), integers((5,), -3, 3),
         params={"key": (INDEX, _ALL, INDEX)}, reference=_getitem, id="two-arrays"),
    case("getitem", real(()), params={"key": (Ellipsis, None)}, reference=_getitem, id="0-d"),
    case("getitem", real((0, 3)), params={"key": (_ALL, 1)}, reference=_getitem, id="empty"),
    case("Tensor.__getitem__", real((4, 3)), (2, -1), reference=_read),
    case("Tensor.__getitem__", real((4, 3)), [0, 0, 3], reference=_read, dtypes="fc"),
    case("scatter", real((2, 3)), params={"shape": (4, 3), "key": (slice(1, 3),)}, dtypes="fc",
         reference=_scatter),
    case("take", real((4, 3)), integers((5,), -4, 4), params={"axis": 0}, reference=_take, dtypes="fc"),
    case("take", real((2, 4, 3)), integers((2, 2), 0, 4), params={"axis": -2}, reference=_take),
    case("take", real((4,)), integers((3,), 0, 4), reference=_take),
    case("take", real((4, 3)), integers((0,)), params={"axis": 1}, reference=_take),
    case("take_along_axis", real((3, 4)), integers((3, 2), -4, 4), params={"axis": 1}, dtypes="fc"),
    case("take_along_axis", real((3, 4)), integers((5, 4), 0, 3), params={"axis": 0}),
    case("take_along_axis", real((3, 4)), integers((3, 6), 0, 4)),
    case("take_along_axis", real((1, 4)), integers((3, 2), 0, 4)),
    case("take_along_axis", real((3, 4)), integers((1, 2), 0, 4)),
    case("take_along_axis", real((0, 3)), integers((0, 2), 0, 3)),
]  # fmt: skip

WRITES = [
    case("index_set", real((4, 3)), real((3,)), params={"key": (1,)}, reference=_index_set, dtypes="fc",
         id="row"),
    case("index_set", real((4, 3)), real(()), params={"key": (slice(None, None, -2), 1)},
         reference=_index_set, id="broadcast"),
    case("index_set", real((4,)), real((6,)), integers((6,), -4, 4), params={"key": (INDEX,)},
         reference=_index_set, dtypes="fc", id="repeated"),
    case("index_set", real((4, 3)), real((3, 1)), integers((3, 2), 0, 4), integers((1, 2), 0, 3),
         params={"key": (INDEX, INDEX)}, reference=_index_set, id="repeated-broadcast"),
    case("index_set", real((4, 3)), real((1, 3)), booleans((4,)), params={"key": (INDEX,)},
         reference=_index_set, dtypes="fc", id="mask"),
    case("index_set", real((2, 3)), real((1, 1, 3)), params={"key": (0,)}, reference=_index_set,
         id="leading-ones"),
    case("index_set", real((0, 3)), real((3,)), params={"key": (Ellipsis,)}, reference=_index_set,
         id="empty"),
    case("index_set", real(()), real(()), params={"key": ()}, reference=_index_set, id="0-d"),
    case("index_add", real((4, 3)), real((3,)), params={"key": (1,)}, reference=_index_add, dtypes="fc",
         id="row"),
    case("index_add", real((4,)), real((6,)), integers((6,), -4, 4), params={"key": (INDEX,)},
         reference=_index_add, dtypes="fc", id="repeated"),
    case("index_add", real((4, 3)), real((3, 1)), integers((3, 2), 0, 4), integers((1, 2), 0, 3),
         params={"key": (INDEX, INDEX)}, reference=_index_add, id="repeated-broadcast"),
    case("index_add", real((4, 3)), real(()), booleans((4, 3)), params={"key": (INDEX,)},
         reference=_index_add, id="mask"),
    case("index_add", real((2, 3, 4)), real((2, 5)), integers((5,), 0, 3), params={"key": (_ALL, INDEX, 0)},
         reference=_index_add, id="mixed"),
]  # fmt: skip

ROWS = [*READS, *WRITES]
