"""The principles 1 to 4, 6 and 7 of `SEMANTICS.md` and the rows of its table on numbers and vectors, on each device.

- Named after the rows; expected values are the mathematics, written here. Masks, dtypes and matrices have files of
  their own, as has each edge in all its variants (`test_elementwise_edges`, `test_reduction_edges`).
"""

from __future__ import annotations

import warnings
from math import cosh, e, exp, inf, log, nan, pi, sqrt, tanh
from typing import Any

import numpy as np
import pytest

import gradx as gx
from tests.semantics import check, check_vector, on_each_device  # noqa: F401  (a fixture)

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*(divide by zero|invalid value|overflow|Degrees of freedom|Mean of empty).*:RuntimeWarning"
)


def rows(table: dict[str, Any]) -> Any:
    """Parametrise a test by a table of names, functions, places and derivatives."""
    return pytest.mark.parametrize(("f", "x", "expected"), table.values(), ids=table.keys())


def first(f: Any, b: float) -> Any:
    """Return a function of two numbers as one of the first, the second a number of the first one's dtype."""
    return lambda x: f(x, gx.full_like(x, b))


def second(f: Any, a: float) -> Any:
    return lambda x: f(gx.full_like(x, a), x)


@rows({
    "hypot, far": (first(gx.hypot, 4e18), 3e18, (0.6,)),
    "logsumexp, far": (lambda x: gx.logsumexp(gx.stack([x, x])), 1e30, (1,)),
    "det of a singular matrix": (lambda x: gx.linalg.det(_singular(x)), 1.0, (1, 2)),
    "0 ** y": (lambda y: gx.full_like(y, 0.0) ** y, 2.0, (0, 0)),
    "sinc": (gx.sinc, 0.0, (0, -(pi**2) / 3, 0)),
    "x log x, away": (lambda x: gx.xlogy(x, x), 1.0, (1, 1, -1)),
    "expm1": (gx.expm1, 0.0, (1, 1, 1)),
    "log1p": (gx.log1p, 0.0, (1, -1, 2)),
})  # fmt: skip
def test_principle_1_the_derivative_where_there_is_one(f, x, expected, gradx_device):
    check(gradx_device, f, x, *expected)


def _singular(x: Any) -> Any:
    return gx.stack([gx.stack([x, x]), gx.stack([x * 0 + 1, x])])  # x**2 - x, singular at 1


@rows({
    "abs": (gx.abs, 0.0, (0, 0)),
    "relu": (gx.relu, 0.0, (0, 0)),
    "sign": (gx.sign, 0.0, (0, 0)),
    "maximum, the first": (first(gx.maximum, 2.0), 2.0, (1 / 2, 0)),
    "maximum, the second": (second(gx.maximum, 2.0), 2.0, (1 / 2, 0)),
    "minimum": (first(gx.minimum, 2.0), 2.0, (1 / 2, 0)),
    "norm": (lambda x: gx.linalg.vector_norm(gx.stack([x, x])), 0.0, (0,)),
    "norm of order 1": (lambda x: gx.linalg.vector_norm(gx.stack([x, x]), ord=1), 0.0, (0,)),
    "norm of order 3": (lambda x: gx.linalg.vector_norm(gx.stack([x, x]), ord=3), 0.0, (0,)),
    "norm of order inf": (lambda x: gx.linalg.vector_norm(gx.stack([x, x]), ord=inf), 0.0, (0,)),
    "clip at its lower bound": (lambda x: gx.clip(x, 0, 1), 0.0, (1, 0)),
    "clip at its upper bound": (lambda x: gx.clip(x, 0, 1), 1.0, (1, 0)),
    "clip outside": (lambda x: gx.clip(x, 0, 1), 2.0, (0, 0)),
})  # fmt: skip
def test_principle_2_kinks(f, x, expected, gradx_device):
    check(gradx_device, f, x, *expected)


@pytest.mark.parametrize(
    ("f", "x", "slopes"),
    [
        (gx.max, [1, 3, 3, 2], [0, 1 / 2, 1 / 2, 0]),
        (gx.min, [1, 3, 1, 1], [1 / 3, 0, 1 / 3, 1 / 3]),
        (lambda v: gx.max(gx.reshape(v, (2, 2)), axis=(0, 1)), [3, 3, 3, 2], [1 / 3, 1 / 3, 1 / 3, 0]),
        (lambda v: gx.linalg.vector_norm(v, ord=inf), [-2, 1, 2], [-1 / 2, 0, 1 / 2]),
        (lambda v: gx.max(gx.abs(v)), [-2, 1, 2], [-1 / 2, 0, 1 / 2]),
        (lambda v: gx.sort(v)[1], [2, 2, 1], [1, 0, 0]),
        (gx.median, [4, 1, 3, 2], [0, 0, 1 / 2, 1 / 2]),
    ],
    ids=["max", "min", "max over axes", "norm inf", "max |x|", "sort", "median"],
)  # fmt: skip
def test_principle_2_ties(f, x, slopes, gradx_device):
    n = len(x)
    check_vector(gradx_device, f, [float(v) for v in x], slopes, np.zeros((n, n)))


@rows({
    "sqrt at 0": (gx.sqrt, 0.0, (inf, -inf)),
    "log at 0": (gx.log, 0.0, (inf, -inf, inf)),
    "asin at 1": (gx.asin, 1.0, (inf, inf, inf)),
    "asin at -1": (gx.asin, -1.0, (inf, -inf, inf)),
    "acos at 1": (gx.acos, 1.0, (-inf, -inf)),
    "acosh at 1": (gx.acosh, 1.0, (inf, -inf, inf)),
    "atanh at 1": (gx.atanh, 1.0, (inf, inf, inf)),
    "x ** 0.5 at 0": (lambda x: x**0.5, 0.0, (inf, -inf)),
    "x ** -1 at 0": (lambda x: x**-1, 0.0, (-inf, inf)),
    "x ** -1.0 by an array at 0": (first(gx.pow, -1.0), 0.0, (-inf, inf)),
    "entr at 0": (gx.entr, 0.0, (inf, -inf, inf)),
    "entr at inf": (gx.entr, inf, (-inf, 0, 0)),
    "x log x at 0": (lambda x: gx.xlogy(x, x), 0.0, (-inf, inf)),
})  # fmt: skip
def test_principle_3_one_sided_slopes(f, x, expected, gradx_device):
    check(gradx_device, f, x, *expected)


@rows({
    "sqrt": (gx.sqrt, -1.0, (nan, nan)),
    "log": (gx.log, -1.0, (nan, nan)),
    "log1p": (gx.log1p, -2.0, (nan, nan)),
    "asin": (gx.asin, 2.0, (nan, nan)),
    "acosh": (gx.acosh, -3.0, (nan, nan)),
    "atanh": (gx.atanh, 2.0, (nan, nan)),
    "x ** 0.5": (lambda x: x**0.5, -1.0, (nan, nan)),
    "erfinv": (gx.erfinv, 2.0, (nan,)),
})  # fmt: skip
def test_principle_4_outside_the_domain(f, x, expected, gradx_device):
    check(gradx_device, f, x, *expected)


@pytest.mark.parametrize("bad", [nan, inf, -inf])
@pytest.mark.parametrize(
    "f", [gx.exp, gx.sin, gx.square, gx.log, gx.abs, gx.sigmoid], ids=lambda f: f.__name__
)
def test_principle_4_a_nan_stays_in_its_own_element(f, bad, gradx_device):
    x, alone = gx.asarray([1.0, bad, 2.0]), gx.asarray([1.0, 2.0])
    g, h = gx.vjp(f, x)[1](gx.ones(3))[0], gx.vjp(f, alone)[1](gx.ones(2))[0]
    assert g[0] == h[0] and g[2] == h[1]


@rows({
    name: (getattr(gx, name), 1.3, (0, 0)) for name in ("floor", "ceil", "round", "trunc", "sign")
} | {
    "floor_divide, the first": (first(gx.floor_divide, 2.0), 7.5, (0, 0)),
    "floor_divide, the second": (second(gx.floor_divide, 7.5), 2.0, (0, 0)),
})  # fmt: skip
def test_principle_6_piecewise_constant(f, x, expected, gradx_device):
    check(gradx_device, f, x, *expected)


@pytest.mark.parametrize(
    "f", [gx.argmax, gx.count_nonzero, lambda x: gx.any(x > 0), lambda x: gx.astype(gx.sum(x), "int64")]
)  # fmt: skip
def test_principle_6_no_gradient_of_integers_and_booleans(f):
    x = gx.asarray([1.0, 2.0], requires_grad=True)
    assert not f(x).requires_grad
    with pytest.raises((gx.GradxError, TypeError, ValueError)):
        gx.grad(f)(x.detach())


def test_principle_7_no_warning_escapes_and_the_error_state_is_left_alone(gradx_device):
    if gradx_device.startswith("dask"):
        pytest.skip("dask computes later, outside of the rule that holds its warnings back")
    with np.errstate(all="warn"), warnings.catch_warnings():
        before = np.geterr()
        for f, x in ((gx.hypot, 0.0), (gx.atan2, 0.0), (gx.maximum, 0.0), (gx.logaddexp, -inf)):
            a = gx.asarray(x)
            out, pullback = gx.vjp(f, a, a)
            warnings.simplefilter("error", RuntimeWarning)
            pullback(gx.ones_like(out))
            assert np.geterr() == before


def test_principle_7_no_fudge_terms(gradx_device):
    check(gradx_device, gx.log, 1e-18, 1e18)
    check(gradx_device, lambda x: 1 / x, 1e-9, -1e18)
    check(gradx_device, gx.sqrt, 1e-18, 5e8)


# ---------------------------------------------------------------- the table


@rows({
    **{f"x ** 0 at {x}": (lambda x: x**0, x, (0, 0, 0)) for x in (0.0, inf, nan)},
    **{f"x ** [0] at {x}": (first(gx.pow, 0.0), x, (0, 0, 0)) for x in (0.0, inf, nan)},
    "x ** 1 at 0": (lambda x: x**1, 0.0, (1, 0, 0)),
    "x ** [1] at 0": (first(gx.pow, 1.0), 0.0, (1, 0, 0)),
    "x ** 2 at 0": (lambda x: x**2, 0.0, (0, 2, 0)),
    "x ** [2] at 0": (first(gx.pow, 2.0), 0.0, (0, 2, 0)),
    "x ** 3 at 0": (lambda x: x**3, 0.0, (0, 0, 6)),
    "x ** 3 at -2": (lambda x: x**3, -2.0, (12, -12, 6)),
    "x ** [3] at -2": (first(gx.pow, 3.0), -2.0, (12, -12, 6)),
    "0 ** y": (second(gx.pow, 0.0), 2.0, (0, 0)),
    "(-2) ** y": (second(gx.pow, -2.0), 2.0, (nan, nan)),
    "x ** x": (lambda x: x**x, 1.0, (1, 2, 3)),
})  # fmt: skip
def test_row_powers(f, x, expected, gradx_device):
    check(gradx_device, f, x, *expected)


def test_row_powers_keep_their_arguments_apart(gradx_device):
    x, n = gx.asarray(-2.0), gx.asarray(3.0)
    g = gx.grad(gx.pow, argnums=(0, 1))(x, n)
    assert g[0].item() == 12 and np.isnan(g[1].item())
    g = gx.grad(gx.pow, argnums=(0, 1))(gx.asarray(0.0), gx.asarray(2.0))
    assert [v.item() for v in g] == [0, 0]


@pytest.mark.parametrize(
    ("x", "slopes", "curvature"),
    [
        ([0.0, 3, 4], [12, 0, 0], [[0, 4, 3], [4, 0, 0], [3, 0, 0]]),
        ([0.0, 3, 0], [0, 0, 0], [[0, 0, 3], [0, 0, 0], [3, 0, 0]]),
        ([0.0, 0, 0], [0, 0, 0], np.zeros((3, 3))),
    ],
    ids=["one zero", "two zeros", "three zeros"],
)
@pytest.mark.parametrize(
    "f", [gx.prod, lambda v: gx.cumulative_prod(v)[-1]], ids=["prod", "cumulative_prod"]
)
def test_row_products(f, x, slopes, curvature, gradx_device):
    check_vector(gradx_device, f, x, slopes, curvature)


@pytest.mark.parametrize(
    ("f", "x", "slopes"),
    [
        (gx.logsumexp, [1e4, -1e4], [1, 0]),
        (gx.logsumexp, [-inf, 1.0], [0, 1]),
        (gx.logsumexp, [-inf, -inf], [0, 0]),
        (gx.logsumexp, [inf, 1.0], [1, 0]),
        (gx.softmax, [1e4, -1e4], np.zeros((2, 2))),
        (gx.softmax, [-inf, -inf], np.zeros((2, 2))),
        (gx.softmax, [-inf, 0.0], np.zeros((2, 2))),
        (gx.log_softmax, [-inf, 0.0], [[0, -1], [0, 0]]),
        (gx.log_softmax, [-inf, -inf], np.zeros((2, 2))),
        (lambda v: gx.logaddexp(v[0], v[1]), [-inf, -inf], [0, 0]),
        (lambda v: gx.logaddexp(v[0], v[1]), [1e4, -1e4], [1, 0]),
        (gx.sigmoid, [1e4, -1e4], np.zeros((2, 2))),
        (gx.softplus, [1e4, -1e4], [[1, 0], [0, 0]]),
    ],
)
def test_row_exponentials(f, x, slopes, gradx_device):
    check_vector(gradx_device, f, x, slopes)


def test_row_exponentials_with_factors(gradx_device):
    """Of a factor 0 the element gets 0, and the factor what it would get."""
    b = [1.0, 0.0]
    f = lambda v: gx.logsumexp(v, b=gx.asarray(b, dtype=v.dtype))  # noqa: E731
    check_vector(gradx_device, f, [0.5, 1000.0], [1, 0], np.zeros((2, 2)))
    g = lambda b: gx.logsumexp(gx.asarray([0.0, 1.0], dtype=b.dtype), b=b)  # noqa: E731
    check_vector(gradx_device, g, b, [1, e], [[-1, -e], [-e, -e * e]])
    both = lambda v: gx.logsumexp(v[:2], b=v[2:])  # noqa: E731
    s = 1 + 2 * e
    check_vector(gradx_device, both, [0.0, 1.0, 1.0, 2.0], [1 / s, 2 * e / s, 1 / s, e / s])


@pytest.mark.parametrize(
    ("f", "x", "slopes", "curvature"),
    [
        (gx.std, [5.0], [0], [[0]]),
        (gx.std, [2.0, 2.0], [0, 0], np.zeros((2, 2))),
        (gx.var, [5.0], [0], [[0]]),
        (gx.var, [2.0, 2.0], [0, 0], [[0.5, -0.5], [-0.5, 0.5]]),
        (gx.var, [1.0, 3.0], [-1, 1], [[0.5, -0.5], [-0.5, 0.5]]),
        (lambda v: gx.var(v, correction=1.5), [1.0, 3.0], [-4, 4], [[2, -2], [-2, 2]]),
        (lambda v: gx.std(v, correction=1.5), [1.0, 3.0], [-1, 1], np.zeros((2, 2))),
    ],
)
def test_row_statistics(f, x, slopes, curvature, gradx_device):
    check_vector(gradx_device, f, x, slopes, curvature)


@rows({
    "hypot at 0, 0": (first(gx.hypot, 0.0), 0.0, (0,)),
    "hypot with itself": (lambda x: gx.hypot(x, x), 2.0, (sqrt(2), 0)),
    "hypot at 3, 4": (first(gx.hypot, 4.0), 3.0, (0.6, 16 / 125)),
    "atan2 at 0, 0": (first(gx.atan2, 0.0), 0.0, (0,)),
    "atan2 at 0, 0, the second": (second(gx.atan2, 0.0), 0.0, (0,)),
    "atan2 at 1, 2": (first(gx.atan2, 2.0), 1.0, (2 / 5, -4 / 25)),
    "remainder, the first": (first(gx.remainder, 2.0), 7.5, (1, 0)),
    "remainder, the second": (second(gx.remainder, 7.5), 2.0, (-3, 0)),
    "remainder, negative": (second(gx.remainder, -7.5), 2.0, (4, 0)),
    "copysign": (first(gx.copysign, -1.0), 3.0, (-1, 0)),
    "copysign, the sign": (second(gx.copysign, 3.0), -1.0, (0, 0)),
    "x + x": (lambda x: x + x, 3.0, (2, 0)),
    "x * x": (gx.square, 3.0, (6, 2)),
    "maximum with itself": (lambda x: gx.maximum(x, x), 3.0, (1, 0)),
    "x / x": (lambda x: x / x, 3.0, (0, 0)),
})  # fmt: skip
def test_row_two_arguments(f, x, expected, gradx_device):
    check(gradx_device, f, x, *expected)


@pytest.mark.parametrize(
    "f", [gx.sum, gx.prod, gx.mean, gx.var, gx.std, gx.logsumexp, gx.linalg.vector_norm, gx.sort,
          gx.softmax, lambda x: gx.cumulative_sum(x, axis=0),
          lambda x: gx.cumulative_prod(x, axis=1), gx.exp, lambda x: gx.matmul(x.mT, x)],
)  # fmt: skip
def test_row_empties(f, gradx_device):
    for shape in ((0, 2), (0, 0)):
        x = gx.zeros(shape)
        out, pullback = gx.vjp(f, x)
        assert pullback(gx.ones_like(out))[0].shape == shape
        assert gx.jvp(f, (x,), (x,))[1].shape == out.shape


def test_row_empties_scalars_and_broadcasting(gradx_device):
    x = gx.asarray(2.0)
    assert gx.grad(gx.square)(x).shape == () and gx.jvp(gx.square, (x,), (x,))[1].shape == ()
    g = gx.grad(lambda x: gx.sum(x * gx.ones((0, 3))))(gx.ones(3))
    assert g.tolist() == [0.0, 0.0, 0.0]
    assert gx.grad(lambda x: gx.sum(x * gx.ones((0, 3))))(x).item() == 0.0


def test_row_indexing(gradx_device):
    twice = gx.asarray([0, 0, 1])
    check_vector(
        gradx_device,
        lambda v: gx.sum(v[twice] ** 2),
        [1.0, 3.0, 5.0],
        [4, 6, 0],
        np.diag([4, 2, 0]),
    )

    def last_wins(v: Any) -> Any:
        y = gx.zeros_like(v)
        y[gx.asarray([0, 0])] = v[:2]
        return gx.sum(y * y)

    check_vector(gradx_device, last_wins, [1.0, 3.0, 5.0], [0, 6, 0], np.diag([0, 2, 0]))


@rows({
    "tanh": (gx.tanh, 1.0, (1 / cosh(1) ** 2, -2 * tanh(1) / cosh(1) ** 2)),
    "gelu": (gx.gelu, 1e30, (1, 0, 0)),
    "gelu by tanh": (lambda x: gx.gelu(x, approximate=True), 1e30, (1, 0, 0)),
    "erf": (gx.erf, 1e30, (0, 0, 0)),
    "silu": (gx.silu, -1e4, (0, 0, 0)),
    "log_sigmoid": (gx.log_sigmoid, -1e4, (1, 0)),
    "exp": (gx.exp, -1e4, (0, 0)),
    "a ** a": (lambda a: a**a, 2.0, (4 * (1 + log(2)), 4 * (1 + log(2)) ** 2 + 2)),
    "sigmoid": (gx.sigmoid, -20.0, (exp(-20) / (1 + exp(-20)) ** 2,)),
})  # fmt: skip
def test_values_far_out(f, x, expected, gradx_device):
    check(gradx_device, f, x, *expected)
