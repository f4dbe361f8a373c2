"""Each row of the table on each other library: the same value and gradient as on the CPU, on its device.

- On the CPU itself the arguments are read-only and strided: a rule that writes into one, or takes it
  for contiguous, fails.
- No row is left out for a library: what one lacks, `gradx_generic` supplies; special functions that CuPy lacks
  raise, as nothing is moved to the host in silence.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import MissingRuleError
from gradx.testing import assert_close
from tests.cases import CASES, arrays, function_of, gradients, is_floating, of_floats, tensors
from tests.cases_base import Case

SIGNED = frozenset({"linalg.eigh", "linalg.svd", "linalg.eig"})
"""Functions whose vectors have signs that are the library's choice: their moduli are compared."""

ROWS = [pytest.param(row, id=row.id) for row in CASES]


@pytest.mark.parametrize("row", ROWS)
def test_same_as_on_the_cpu(row: Case, gradx_device: str) -> None:
    for dtype in row.doubles or ("float64",):
        try:
            compare(row, dtype, gradx_device)
        except MissingRuleError as error:
            if "CuPy" not in str(error):
                raise
            pytest.skip(str(error))  # an error that says so is what gradx promises


def compare(row: Case, dtype: str, device: str) -> None:
    """Compare value and gradient on `device` with those on the CPU."""
    args = row.draw(dtype)
    there = [strided(arg) for arg in args] if device == "cpu" else args
    expected = results(row, [tensors(arg) for arg in args])
    home = gx.asarray(0.0, device=device).device
    with gx.default_device(device):
        actual = results(row, [tensors(arg, device) for arg in there])
    for x, y in zip(actual, expected, strict=True):
        assert x.device == home
        assert_close(x, y, rtol=1e-7, atol=1e-9)
    if not row.dtypes or not any(is_floating(arg) for arg in args):
        return
    expected = gradients(*invariant(row, *of_floats(row, args)))
    for g, h in zip(
        gradients(*invariant(row, *of_floats(row, there, device))), expected, strict=True
    ):
        assert g.device == home
        assert_close(g, h, rtol=1e-6, atol=1e-8)


def results(row: Case, args: list[Any]) -> list[Any]:
    """Return what a row's function gives, as a list."""
    found = arrays(function_of(row)(*args, **row.params))
    return [gx.abs(x) for x in found] if row.name in SIGNED else found


def invariant(row: Case, function: Any, primals: list[Any]) -> tuple[Any, list[Any]]:
    """Return the function with moduli in place of results whose signs are the library's choice."""
    if row.name not in SIGNED:
        return function, primals
    return lambda *values: [gx.abs(x) for x in function(*values)], primals


def strided(arg: Any) -> Any:
    """Return an equal argument whose arrays are read-only and not contiguous."""
    if isinstance(arg, (list, tuple)):
        return type(arg)(strided(part) for part in arg)
    if not isinstance(arg, np.ndarray):
        return arg
    wide = np.zeros((*arg.shape, 2), dtype=arg.dtype)
    wide[..., 1] = arg
    view = wide[..., 1]
    view.flags.writeable = False
    return view
