"""Each row of the table: its derivatives, checked without a reference, to the row's order.

- Forward against reverse mode (the dot-product test), both against central differences, in double precision.
- In single precision: the gradient has its primal's dtype and agrees with the one in double precision.
"""

from __future__ import annotations

from typing import Any

import pytest

import gradx as gx
from gradx.testing import assert_close, check_grads
from tests.cases import CASES, gradients, of_floats
from tests.cases_base import DTYPES, Case

SINGLES = dict(DTYPES.values())
ROWS = [pytest.param(row, d, id=f"{row.id}-{d}") for row in CASES for d in row.doubles]


@pytest.mark.parametrize(("row", "dtype"), ROWS)
def test_derivatives(row: Case, dtype: str) -> None:
    function, primals = of_floats(row, row.draw(dtype))
    check_grads(function, primals, order=row.order, rtol=row.rtol)


@pytest.mark.parametrize(("row", "dtype"), ROWS)
def test_single_precision(row: Case, dtype: str) -> None:
    args = row.draw(SINGLES[dtype])
    function, primals = of_floats(row, args)
    doubled = [as_double(x) for x in primals]
    singles, doubles = gradients(function, primals), gradients(function, doubled)
    for x, y in zip(singles, doubles, strict=True):
        assert_close(x, gx.astype(y, x.dtype), rtol=3e-3, atol=3e-4)


def as_double(tree: Any) -> Any:
    """Return Tensors, or a list of them, in double precision."""
    if isinstance(tree, (list, tuple)):
        return type(tree)(as_double(x) for x in tree)
    return gx.astype(tree, "complex128" if tree.dtype.kind == "c" else "float64")
