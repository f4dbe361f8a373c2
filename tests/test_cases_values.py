"""Each row of the table, eagerly: the value is that of the raw library, in each dtype."""

from __future__ import annotations

from functools import reduce
from typing import Any

import array_api_compat.numpy as xp
import numpy as np
import pytest

import gradx as gx
from gradx.testing import assert_close
from tests.cases import CASES, arrays, function_of, holes, is_floating, tensors
from tests.cases_base import Case

PRECISION = {"float64": 64, "complex128": 64, "float32": 32, "complex64": 32}
RTOL = {64: 1e-9, 32: 2e-4}


def reference_of(row: Case) -> Any:
    """Return the function on NumPy arrays that a row is compared with."""
    return row.reference or reduce(getattr, row.name.split("."), xp)


@pytest.mark.parametrize(
    ("row", "dtype"),
    [pytest.param(row, d, id=f"{row.id}-{d}") for row in CASES for d in row.dtype_names],
)
def test_value(row: Case, dtype: str) -> None:
    args = row.draw(dtype)
    with np.errstate(all="ignore"):
        expected = arrays(reference_of(row)(*args, **row.params))
        actual = arrays(function_of(row)(*[tensors(arg) for arg in args], **row.params))
    assert len(actual) == len(expected)
    rtol = max(RTOL[PRECISION[dtype]], row.rtol or 0.0)
    for x, y in zip(actual, expected):
        assert isinstance(x, gx.Tensor)
        assert x.device == "cpu"
        assert_close(x, y, rtol=rtol, atol=rtol, check_dtype=row.reference is None)
        if x.dtype.name in PRECISION and any(map(is_floating, args)):
            assert PRECISION[x.dtype.name] == PRECISION[dtype], "expected the arguments' precision"


def test_arguments_are_left_alone() -> None:
    changed = []
    for row in CASES:
        args = row.draw("float64")
        function_of(row)(*[tensors(arg) for arg in args], **row.params)
        for before, after in zip(row.draw("float64"), args):
            if isinstance(before, np.ndarray) and not np.array_equal(before, after):
                changed.append(row.id)
    assert not changed, "expected functions that do not write into their arguments"


def test_every_public_function_has_a_row() -> None:
    assert not holes(), "expected a row in tests/rows/ for each public function"
