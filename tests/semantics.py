"""What the tests of `SEMANTICS.md` share: derivatives in every composition of the modes, on each device.

- `check` takes a function of a number, `check_vector` one of a vector; expected values are written in the test.
- float64 and float32; NaN is expected where it is written, and nowhere else.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest

import gradx as gx

Function = Callable[..., Any]
TOLERANCE = {"float64": 1e-10, "float32": 2e-4}


@pytest.fixture(autouse=True)
def on_each_device(gradx_device: str) -> Iterator[None]:
    """Run the tests of a module that imports this on each device, as the default one."""
    with warnings.catch_warnings(), gx.default_device(gradx_device):
        if gradx_device.startswith("dask"):  # it computes later, when no rule holds warnings back
            warnings.simplefilter("ignore", RuntimeWarning)
        yield


def reverse(f: Function) -> Function:
    return gx.grad(f)


def forward(f: Function) -> Function:
    return lambda x: gx.jvp(f, (x,), (gx.ones_like(x),))[1]


def ways(f: Function, order: int) -> Iterator[tuple[str, Function]]:
    """Yield the derivative of that order, composed of the modes in each way, and how."""
    for modes in product((reverse, forward), repeat=order):
        g = f
        for mode in modes:
            g = mode(g)
        yield " of ".join(mode.__name__ for mode in reversed(modes)), g


def orders(device: str, expected: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the derivatives to take on a device: dask, which plans each operation anew, the first alone."""
    return expected[:1] if device.startswith("dask") else expected


def check(device: str, f: Function, x: float, *expected: float) -> None:
    """Compare the derivatives of a function of a number, from the first on."""
    for dtype, tolerance in TOLERANCE.items():
        at = gx.asarray(x, dtype=dtype, device=device)
        for order, value in enumerate(orders(device, expected), 1):
            for way, g in ways(f, order):
                found = g(at)
                assert found.dtype == dtype and found.shape == ()
                same(found, value, tolerance, f"order {order}, {way}, {dtype}")


def check_vector(device: str, f: Function, x: Any, slopes: Any, curvature: Any = None) -> None:
    """Compare the gradient of a function of a vector, and its Hessian row by row, in all ways."""
    for dtype, tolerance in TOLERANCE.items():
        at = gx.asarray(x, dtype=dtype, device=device)
        for mode in (rows, columns):
            found = mode(f)(at)
            same(found, slopes, tolerance, f"{mode.__name__}, {dtype}")
        if curvature is None or device.startswith("dask"):
            continue
        for outer, inner in product((rows, columns), repeat=2):
            found = outer(inner(f))(at)
            same(found, curvature, tolerance, f"{outer.__name__} of {inner.__name__}, {dtype}")


def rows(f: Function) -> Function:
    """Return the Jacobian by reverse mode: a row for each element of the result."""

    def jacobian(x: Any) -> Any:
        out, pullback = gx.vjp(f, x)
        if out.ndim == 0:
            return pullback(gx.ones_like(out))[0]
        units = gx.eye(out.shape[0], dtype=out.dtype, device=out.device)
        return gx.stack([pullback(units[i])[0] for i in range(out.shape[0])])

    return jacobian


def columns(f: Function) -> Function:
    """Return the Jacobian by forward mode: a column for each element of the argument."""

    def jacobian(x: Any) -> Any:
        units = gx.eye(x.shape[0], dtype=x.dtype, device=x.device)
        return gx.stack([gx.jvp(f, (x,), (units[i],))[1] for i in range(x.shape[0])], axis=-1)

    return jacobian


def same(found: Any, expected: Any, tolerance: float, what: str) -> None:
    """Compare with what was written: NaN with NaN, infinities by sign."""
    np.testing.assert_allclose(
        found.numpy(), expected, rtol=tolerance, atol=tolerance, err_msg=what
    )
