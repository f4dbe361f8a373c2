"""The inverse trigonometric and hyperbolic functions at the ends of their domains, and beside their branch cuts."""

from __future__ import annotations

from math import inf

import pytest

import gradx as gx
from tests.test_elementwise_edges import check

pytestmark = pytest.mark.filterwarnings("ignore:(divide by zero|invalid value):RuntimeWarning")


@pytest.mark.parametrize(
    ("name", "x", "expected"),
    [
        ("asin", 1.0, (inf, inf, inf)),
        ("asin", -1.0, (inf, -inf, inf)),
        ("acos", 1.0, (-inf, -inf, -inf)),
        ("acosh", 1.0, (inf, -inf)),
        ("atanh", 1.0, (inf, inf, inf)),
        ("atanh", -1.0, (inf, -inf, inf)),
        ("asin", 0.5, ((4 / 3) ** 0.5, 0.5 * (4 / 3) ** 1.5, 1.5 * (4 / 3) ** 2.5)),
    ],
)
def test_higher_derivatives_where_the_slope_is_infinite(
    name: str, x: float, expected: tuple[float, ...]
) -> None:
    check(getattr(gx, name), x, *expected)


@pytest.mark.parametrize("name", ["asin", "acos", "asinh", "acosh", "atan", "atanh"])
@pytest.mark.parametrize("side", [0.0, -0.0])
@pytest.mark.parametrize("end", [2.0, -2.0])
@pytest.mark.parametrize("along", ["real", "imaginary"])
def test_both_sides_of_a_branch_cut(name: str, side: float, end: float, along: str) -> None:
    def point(x: float) -> complex:
        return complex(x, side) if along == "real" else complex(side, x)

    f = getattr(gx, name)
    here, there = (gx.asarray(point(x)) for x in (end, end * 1.0001))
    step = gx.asarray(point(0.0001 * end))
    found = gx.jvp(f, (here,), (step,))[1].item()
    assert found == pytest.approx(f(there).item() - f(here).item(), rel=1e-3)
