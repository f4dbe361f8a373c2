"""Principle 5 of `SEMANTICS.md`: a cotangent that is zero by structure absorbs, to every order and in both modes.

- The branch not taken contributes exactly 0 whatever it holds; a NaN in the branch that is taken shows.
- `where`, masks as indices, `max`, `clip`, `relu`; behind them and through them every reduction and product.
"""

from __future__ import annotations

from itertools import product
from math import cos, exp, inf, nan, sin
from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import DegeneracyError
from tests.cases import CASES, arrays, is_floating, of_floats
from tests.cases_base import Case
from tests.semantics import check, check_vector, on_each_device, reverse  # noqa: F401  (a fixture)

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*(divide by zero|invalid value|overflow|Degrees of freedom).*:RuntimeWarning"
)

where = gx.where


# ---------------------------------------------------------------- where

WHERE = {
    "sqrt of what is positive": (lambda x: where(x > 0, gx.sqrt(x), 0), 0.0, (0, 0, 0)),
    "sqrt, taken": (lambda x: where(x > 0, gx.sqrt(x), 0), 4.0, (1 / 4, -1 / 32, 3 / 256)),
    "sin x / x with 1 at 0": (lambda x: where(x == 0, 1, gx.sin(x) / x), 0.0, (0, 0, 0)),
    "sin x / x, taken": (
        lambda x: where(x == 0, 1, gx.sin(x) / x),
        1.0,
        (cos(1) - sin(1), sin(1) - 2 * cos(1)),
    ),
    "log": (lambda x: where(x > 0, gx.log(x), x), -1.0, (1, 0, 0)),
    "x / x": (lambda x: where(x != 0, x / x, 3 * x), 0.0, (3, 0, 0)),
    "x ** x": (lambda x: where(x > 0, x**x, x), 0.0, (1, 0, 0)),
    "x ** 0.5": (lambda x: where(x > 0, x**0.5, x * x), 0.0, (0, 2, 0)),
    "NaN times x": (lambda x: where(x > 0, x * nan, x), 0.0, (1, 0, 0)),
    "inf times log": (lambda x: where(x > 0, (x * inf) * gx.log(x), x), 0.0, (1, 0, 0)),
    "inf less inf": (lambda x: where(x > 0, gx.log(x) - gx.log(x), x), 0.0, (1, 0, 0)),
    "norm by hand": (lambda x: where(x > 0, gx.sqrt(x * x + x * x), 0), 0.0, (0, 0, 0)),
    "exp(sqrt(x)) / x": (lambda x: where(x > 0, gx.exp(gx.sqrt(x)) / x, x * x), 0.0, (0, 2, 0)),
    "used twice": (lambda x: _twice(gx.sqrt(x), x > 0), 0.0, (0, 0, 0)),
    "used beside": (lambda x: where(x > 0, gx.sqrt(x), 0) + x**3, 0.0, (0, 0, 6)),
    "a branch in both places": (
        lambda x: where(x > 0, 1 / x, x) + where(x <= 0, x * x, gx.log(x)),
        0.0,
        (1, 2, 0),
    ),
}


def _twice(r: Any, taken: Any) -> Any:
    return where(taken, r, 0) + where(taken, r * r, 0)


@pytest.mark.parametrize("name", WHERE)
def test_where(name: str, gradx_device: str) -> None:
    f, x, expected = WHERE[name]
    check(gradx_device, f, x, *expected)


def _inner(x: Any) -> Any:
    return where(x > 0, where(x > 1, gx.log(x - 1), gx.sqrt(x)), x * x)


def test_where_inside_where(gradx_device: str) -> None:
    check(gradx_device, _inner, 0.0, 0, 2, 0)
    check(gradx_device, _inner, 1.0, 1 / 2, -1 / 4, 3 / 8)
    check(gradx_device, _inner, 2.0, 1, -1, 2)


def test_where_inside_a_function_inside_where(gradx_device: str) -> None:
    f = lambda x: gx.sin(where(x > 0, gx.sqrt(where(x > 0, x, 0)), x))  # noqa: E731
    check(gradx_device, f, 0.0, 1, 0, -1)
    check(gradx_device, f, 1.0, cos(1) / 2, -(sin(1) + cos(1)) / 4)


def test_where_that_feeds_a_division(gradx_device: str) -> None:
    check(gradx_device, lambda x: 1 / where(x == 0, 1, x), 0.0, 0, 0, 0)
    check(gradx_device, lambda x: 1 / where(x == 0, 1, x), 2.0, -1 / 4, 1 / 4)
    check(gradx_device, lambda x: where(x == 0, 5 * x, x / where(x == 0, 0, x)), 0.0, 5, 0, 0)
    check(gradx_device, lambda x: gx.exp(x) / where(x > 0, x, 1.0), 0.0, 1, 1, 1)


def test_clip_and_max_and_relu_are_masks(gradx_device: str) -> None:
    check(gradx_device, lambda x: gx.clip(1 / x, 0, 1), 0.0, 0, 0, 0)
    check(gradx_device, lambda x: gx.clip(gx.sqrt(x) + 2, 0, 1) + x, 0.0, 1, 0)
    check(gradx_device, lambda x: gx.maximum(gx.sqrt(x), 1.0) + x, 0.0, 1, 0)
    check(gradx_device, lambda x: gx.minimum(1 / x, 1.0) + x, 0.0, 1, 0, 0)
    check(gradx_device, lambda x: gx.relu(gx.sqrt(x) - 1) + x, 0.0, 1, 0, 0)
    check(gradx_device, lambda x: gx.floor(gx.sqrt(x)) + x, 0.0, 1, 0, 0)


def test_a_nan_in_the_branch_taken_shows(gradx_device: str) -> None:
    check(gradx_device, lambda x: where(x < 0, gx.sqrt(x), x), -1.0, nan, nan)
    check(gradx_device, lambda x: where(x <= 0, gx.sqrt(x), x), 0.0, inf, -inf)
    check(gradx_device, lambda x: where(x < 0, x * nan, x), -1.0, nan)
    check(gradx_device, lambda x: gx.matmul(_pair(gx.sqrt(x), x), _pair(x, x)), -1.0, nan)


# ---------------------------------------------------------------- behind reductions and through them


def _pair(a: Any, b: Any) -> Any:
    return gx.stack([a, b])


REDUCTIONS = {
    "sum": gx.sum,
    "mean": gx.mean,
    "prod": gx.prod,
    "max": gx.max,
    "min": gx.min,
    "var": gx.var,
    "std": gx.std,
    "logsumexp": gx.logsumexp,
    "softmax": lambda v: gx.softmax(v)[0],
    "log_softmax": lambda v: gx.log_softmax(v)[0],
    "median": gx.median,
    "quantile": lambda v: gx.quantile(v, 0.3),
    "sort": lambda v: gx.sort(v)[-1],
    "cumulative_sum": lambda v: gx.cumulative_sum(v)[-1],
    "cumulative_prod": lambda v: gx.cumulative_prod(v)[-1],
    "vector times vector": lambda v: gx.matmul(v, v),
    "matrix times matrix": lambda v: gx.matmul(v[None, :], v[:, None])[0, 0],
    "tensordot": lambda v: gx.tensordot(v, v, axes=1),
    "vecdot": lambda v: gx.vecdot(v, v),
    "einsum": lambda v: gx.einsum("i,i->", v, v),
    "einsum of three": lambda v: gx.einsum("i,i,j->", v, v, v),
    "outer": lambda v: gx.sum(gx.outer(v, v)),
    "convolve": lambda v: gx.sum(gx.convolve(v, v)),
}


@pytest.mark.parametrize("name", REDUCTIONS)
def test_a_reduction_behind_a_mask(name: str, gradx_device: str) -> None:
    f = REDUCTIONS[name]
    check(
        gradx_device,
        lambda x: where(x > 0, f(_pair(gx.sqrt(x), 1 / x)), x * x),
        0.0,
        *(0, 2, 0)[: 2 if "einsum" in name else 3],
    )


@pytest.mark.parametrize("name", REDUCTIONS)
def test_a_mask_through_a_reduction(name: str, gradx_device: str) -> None:
    """The elements at a mask, and the same without one, have the same derivatives."""
    f = REDUCTIONS[name]

    def difference(x: Any) -> Any:
        masked = _pair(where(x > 0, gx.sqrt(x), x * x + 1), where(x == 0, 3 + x, gx.sin(x) / x))
        return f(masked) - f(_pair(x * x + 1, 3 + x))

    check(gradx_device, difference, 0.0, 0, 0)


def test_products_keep_what_is_taken_of_them(gradx_device: str) -> None:
    """Rows that are masked absorb, rows beside them do not."""
    a = gx.asarray([[1.0, inf], [2.0, 3.0]], device=gradx_device)
    keep = gx.asarray([False, True], device=gradx_device)
    for times in (gx.matmul, lambda a, v: gx.einsum("ij,j->i", a, v)):
        f = lambda v, times=times: gx.sum(where(keep, times(a, v), 0))  # noqa: E731
        v = gx.asarray([1.0, 1.0], device=gradx_device)
        assert gx.grad(f)(v).tolist() == [2.0, 3.0]
        assert gx.grad(lambda a, v=v, p=times: gx.sum(where(keep, p(a, v), 0)))(a).tolist() == [
            [0.0, 0.0],
            [1.0, 1.0],
        ]
        g = gx.grad(lambda v, times=times: gx.sum(times(a, v)))(v)  # both are taken
        assert g.tolist() == [3.0, inf]


# ---------------------------------------------------------------- masks as indices


def test_reading_by_a_mask(gradx_device: str) -> None:
    keep = gx.asarray([False, True], device=gradx_device)
    slopes, curvature = [0, 1 / 4], [[0, 0], [0, -1 / 32]]
    for f in (lambda v: gx.sum(gx.sqrt(v[keep])), lambda v: gx.sum(gx.sqrt(v)[keep])):
        check_vector(gradx_device, f, [0.0, 4.0], slopes, curvature)


def test_a_mask_of_nothing_gives_zeros(gradx_device: str) -> None:
    nothing = gx.asarray([False, False], device=gradx_device)
    check_vector(gradx_device, lambda v: gx.sum(gx.sqrt(v)[nothing]), [0.0, 4.0], [0, 0])


def test_writing_by_a_mask(gradx_device: str) -> None:
    def f(v: Any) -> Any:
        y = gx.sqrt(v)
        y[v == 0] = 7.0
        return gx.sum(y * y * y)

    check_vector(gradx_device, f, [0.0, 4.0], [0, 3], [[0, 0], [0, 3 / 8]])


def test_writing_what_is_masked(gradx_device: str) -> None:
    def f(v: Any) -> Any:
        y = gx.ones_like(v)
        y[:1] = where(v[:1] > 0, 1 / v[:1], v[:1])
        return gx.sum(y * v * v)

    # y = [x, 1] where x <= 0: x**3 + z**2
    check_vector(gradx_device, f, [0.0, 4.0], [0, 8], [[0, 0], [0, 2]])


# ---------------------------------------------------------------- what was given as zero


def filled(arg: Any, value: float) -> Any:
    if isinstance(arg, (list, tuple)):
        return type(arg)(filled(part, value) for part in arg)
    return np.full_like(arg, value) if is_floating(arg) else arg


DIFFERENTIATED = [pytest.param(row, id=row.id) for row in CASES if row.dtypes]


@pytest.mark.parametrize("row", DIFFERENTIATED)
def test_zero_times_whatever_is_zero(row: Case) -> None:
    """A cotangent, and a tangent, of zeros gives zeros, whatever the arguments of a function hold."""
    for dtype, value in product(row.doubles, (nan, inf, -inf, 0.0)):
        if row.name == "special.hyp1f1" and value == inf:
            continue  # SciPy's does not return
        args = [filled(arg, value) for arg in row.draw(dtype)]
        if not any(map(is_floating, args)):
            continue
        function, primals = of_floats(row, args)
        floats = lambda *xs, f=function: [y for y in arrays(f(*xs)) if y.dtype.kind in "fc"]  # noqa: E731
        try:
            out, pullback = gx.vjp(floats, *primals)
            found = pullback([gx.zeros_like(y) for y in out])
        except (
            np.linalg.LinAlgError,
            DegeneracyError,
        ):  # no value, or `qr` and `lu`: loud, not poisoned
            assert row.name.startswith("linalg.")
            continue
        zeros = [
            type(x)(map(gx.zeros_like, x)) if isinstance(x, (list, tuple)) else gx.zeros_like(x)
            for x in primals
        ]
        found = [g for part in found for g in arrays(part)]
        found += gx.jvp(floats, tuple(primals), tuple(zeros))[1]
        assert not [g for g in found if np.any(g.numpy() != 0)]


def test_zeros_of_a_given_cotangent_absorb(gradx_device: str) -> None:
    x = gx.asarray([0.0, 4.0], device=gradx_device)
    _, pullback = gx.vjp(gx.sqrt, x)
    assert pullback(gx.asarray([0.0, 1.0], device=gradx_device))[0].tolist() == [0.0, 0.25]
    t = gx.jvp(gx.sqrt, (x,), (gx.asarray([0.0, 1.0], device=gradx_device),))[1]
    assert t.tolist() == [0.0, 0.25]


def test_a_hundred_masks_deep(gradx_device: str) -> None:
    def f(x: Any) -> Any:
        for _ in range(100):
            x = where(x > 0, gx.sqrt(x) * 0 + x, x)
        return x

    x = gx.asarray(0.0, device=gradx_device)
    assert reverse(f)(x).item() == 1.0
    assert gx.jvp(f, (x,), (gx.ones_like(x),))[1].item() == 1.0


def test_softmax_with_masked_logits(gradx_device: str) -> None:
    keep = gx.asarray([True, False, True], device=gradx_device)
    f = lambda v: gx.softmax(where(keep, v, -inf))[0]  # noqa: E731
    p, q = exp(1) / (exp(1) + exp(3)), exp(3) / (exp(1) + exp(3))
    c = p * q * (q - p)
    check_vector(
        gradx_device, f, [1.0, 2.0, 3.0], [p * q, 0, -p * q],
        [[c, 0, -c], [0, 0, 0], [-c, 0, c]],
    )  # fmt: skip
