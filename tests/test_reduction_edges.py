"""Reductions, statistics and sorting at ties, zeros, kinks, infinities and empties, as `SEMANTICS.md` gives them.

- Each gradient is taken in both modes, each Hessian in all four ways to compose them: they must agree.
- NaN is expected where it is written, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan
from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.testing import assert_close, check_grads
from tests.semantics import on_each_device  # noqa: F401  (a fixture)

Function = Callable[..., Any]


def reverse(f: Function) -> Function:
    """Return the Jacobian of `f`, row by row, for a function of one array `(n,)`."""

    def jacobian(x: Any) -> Any:
        out, pullback = gx.vjp(f, x)
        if out.ndim == 0:
            return pullback(gx.ones_like(out))[0]
        units = gx.eye(out.shape[0])
        return gx.stack([pullback(units[i])[0] for i in range(out.shape[0])])

    return jacobian


def forward(f: Function) -> Function:
    """Return the Jacobian of `f`, column by column."""

    def jacobian(x: Any) -> Any:
        units = gx.eye(x.shape[0])
        columns = [gx.jvp(f, (x,), (units[i],))[1] for i in range(x.shape[0])]
        return gx.stack(columns, axis=-1)

    return jacobian


def gradient(f: Function, x: Any, expected: Any) -> None:
    """Compare the gradient, or Jacobian, of `f` at `x` in both modes."""
    for mode in (reverse, forward):
        assert_close(mode(f)(gx.asarray(x)), expected, atol=1e-13)


def hessian(f: Function, x: Any, expected: Any) -> None:
    """Compare the Hessian of `f` at `x`, composed of the modes in each way."""
    if gx.asarray(0.0).device.startswith("dask"):
        return  # dask plans each operation anew: all Hessians would take it half an hour
    for outer in (reverse, forward):
        for inner in (reverse, forward):
            assert_close(outer(inner(f))(gx.asarray(x)), expected, atol=1e-12)


# ---------------------------------------------------------------- ties


@pytest.mark.parametrize(("f", "sign"), [(gx.max, 1.0), (gx.min, -1.0)])
def test_ties_of_extrema_share_equally(f: Function, sign: float) -> None:
    gradient(f, [sign * v for v in (1.0, 3.0, 3.0, 2.0)], [0.0, 0.5, 0.5, 0.0])
    x = gx.asarray(np.asarray([[2.0, 2.0, 0.0], [2.0, 1.0, 2.0]]) * sign)
    over_all = gx.grad(f)(x)
    assert_close(over_all, [[0.25, 0.25, 0.0], [0.25, 0.0, 0.25]])
    over_one = gx.grad(lambda v: gx.sum(f(v, axis=1)))(x)
    assert_close(over_one, [[0.5, 0.5, 0.0], [0.5, 0.0, 0.5]])


def test_extrema_give_nan_its_place() -> None:
    gradient(gx.max, [1.0, nan, 2.0], [0.0, 1.0, 0.0])
    gradient(gx.min, [inf, 1.0, -inf], [0.0, 0.0, 1.0])


@pytest.mark.filterwarnings("ignore:.*divide by zero encountered:RuntimeWarning")
def test_what_an_extremum_leaves_out_is_absorbed() -> None:
    gradient(lambda x: gx.max(gx.sqrt(x)), [0.0, 4.0], [0.0, 0.25])
    gradient(lambda x: gx.min(gx.where(x > 0, 1 / x, 5.0)), [0.0, 0.5], [0.0, -4.0])


def test_second_derivative_through_a_tie() -> None:
    hessian(lambda x: gx.max(x**3), [2.0, 2.0], [[6.0, 0.0], [0.0, 6.0]])


# ---------------------------------------------------------------- products

PRODUCTS = [
    ([2.0, 3.0, 4.0], [12.0, 8.0, 6.0], [[0, 4, 3], [4, 0, 2], [3, 2, 0]]),
    ([0.0, 3.0, 4.0], [12.0, 0.0, 0.0], [[0, 4, 3], [4, 0, 0], [3, 0, 0]]),
    ([0.0, 3.0, 0.0], [0.0, 0.0, 0.0], [[0, 0, 3], [0, 0, 0], [3, 0, 0]]),
    ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [[0, 0, 0], [0, 0, 0], [0, 0, 0]]),
]


@pytest.mark.parametrize(("x", "slopes", "curvature"), PRODUCTS)
def test_products_with_zeros(x: Any, slopes: Any, curvature: Any) -> None:
    for f in (gx.prod, lambda v: gx.cumulative_prod(v)[-1]):
        gradient(f, x, slopes)
        hessian(f, x, np.asarray(curvature, float))


@pytest.mark.parametrize("zeros", [(), (1,), (1, 3), (0, 2, 4)])
def test_running_products_with_zeros(zeros: tuple[int, ...]) -> None:
    x = np.linspace(0.5, 2.0, 5)
    x[list(zeros)] = 0.0
    wanted = [
        [np.prod(np.delete(x[: k + 1], j)) if j <= k else 0.0 for j in range(5)] for k in range(5)
    ]
    gradient(gx.cumulative_prod, x.tolist(), np.asarray(wanted))
    x = gx.asarray(x.tolist())
    order = 1 if x.device.startswith("dask") else 3  # the third takes dask minutes
    check_grads(gx.cumulative_prod, (x,), order=order)
    check_grads(gx.prod, (x,), order=order)


def test_product_over_several_axes_with_zeros() -> None:
    x = np.arange(12.0).reshape(2, 3, 2)
    x[1, 1, 0] = 0.0
    check_grads(lambda v: gx.prod(v, axis=(2, 0)), (gx.asarray(x),), rtol=1e-5)
    z = gx.asarray(x + 1j * (x > 4))
    check_grads(lambda v: gx.prod(v, axis=(0, 2), keepdims=True), (z,), rtol=1e-5)
    check_grads(lambda v: gx.cumulative_prod(v, axis=1), (z,), rtol=1e-5)


@pytest.mark.filterwarnings("ignore:.*overflow encountered:RuntimeWarning")
def test_products_neither_overflow_nor_divide() -> None:
    gradient(gx.prod, [1e-300, 1e-300, 1e300], [1.0, 1.0, 0.0])
    gradient(lambda x: gx.cumulative_prod(x)[0], [1.0, 1e200, 1e200], [1.0, 0.0, 0.0])


# ---------------------------------------------------------------- statistics


@pytest.mark.parametrize("x", [[5.0], [2.0, 2.0], [0.1, 0.1, 0.1], [1e300, 1e300, 1e300]])
def test_std_of_equal_elements(x: list[float]) -> None:
    zeros = [0.0] * len(x)
    gradient(gx.std, x, zeros)
    gradient(lambda v: gx.std(gx.stack([v, v])), [0.1], [0.0])
    hessian(gx.std, x, [zeros] * len(x))


def test_std_of_rows_of_which_one_is_constant() -> None:
    x = gx.asarray([[0.1, 0.1], [0.0, 2.0]])
    for keepdims in (False, True):
        got = gx.grad(lambda v, k=keepdims: gx.sum(gx.std(v, axis=1, keepdims=k)))(x)
        assert_close(got, [[0.0, 0.0], [-0.5, 0.5]])


def test_variance_is_exact_far_from_zero() -> None:
    gradient(gx.var, [1e8 - 1.0, 1e8, 1e8 + 1.0], [-2 / 3, 0.0, 2 / 3])
    hessian(lambda x: gx.var(x, correction=1.5), [1e8, -1e8], [[2.0, -2.0], [-2.0, 2.0]])


@pytest.mark.filterwarnings("ignore:.*overflow encountered:RuntimeWarning")
def test_mean_of_half_precision_and_of_large_values(gradx_device: str) -> None:
    if gradx_device.startswith(("array_api_strict", "dask")):
        pytest.skip("the library has no float16")
    x = gx.full(70_000, 3.0, dtype=gx.float16)
    assert gx.mean(x).item() == 3.0
    big = gx.full(4, 1.5e308)
    assert_close(gx.vjp(gx.mean, big)[1](gx.asarray(1.0))[0], [0.25] * 4)


def test_median_of_an_even_count_shares() -> None:
    gradient(gx.median, [9.0, 1.0, 4.0, 2.0], [0.0, 0.0, 0.5, 0.5])
    gradient(gx.median, [9.0, 1.0, 4.0], [0.0, 0.0, 1.0])
    gradient(gx.median, [1.0, 1.0, 1.0, 1.0], [0.0, 0.5, 0.5, 0.0])
    assert gx.median(gx.asarray([1.5e308, 1.7e308])).item() == pytest.approx(1.6e308)
    assert gx.median(gx.asarray([1, 2])).item() == 1.5


def test_order_statistics_pass_a_nan_on() -> None:
    x = gx.asarray([[1.0, nan, 2.0], [3.0, 1.0, 2.0]])
    assert_close(gx.median(x, axis=1), [nan, 2.0])
    assert_close(gx.quantile(x, [0.0, 1.0], axis=1), [[nan, 1.0], [nan, 3.0]])


def test_quantile_beside_an_infinity() -> None:
    gradient(lambda x: gx.quantile(x, 0.5), [inf, 1.0, 2.0], [0.0, 0.0, 1.0])
    assert gx.quantile(gx.asarray([1.0, 2.0, inf]), gx.asarray(0.5)).item() == 2.0


def test_quantile_by_its_level() -> None:
    x = gx.asarray([4.0, 1.0, 2.0])
    assert_close(gx.grad(lambda q: gx.quantile(x, q))(0.6), 4.0)
    assert_close(gx.grad(lambda q: gx.quantile(x, q, method="lower"))(0.6), 0.0)


@pytest.mark.parametrize(
    ("f", "error"),
    [
        (lambda x: gx.quantile(x, 1.5), "expected numbers in"),
        (lambda x: gx.quantile(x, 0.5, method="median"), "expected a method of"),
        (lambda x: gx.median(x[:0]), "expected at least one element"),
        (lambda x: gx.average(x, weights=gx.ones(2)), "expected weights of shape"),
        (lambda x: gx.sum(x, axis=1), "sum: axis 1 is out of range"),
        (lambda x: gx.cumulative_sum(gx.stack([x, x])), "expected one dimension"),
        (lambda x: gx.interp(x, x, x[:2]), "expected xp and fp of one shape"),
        (lambda x: gx.convolve(x, x[:0]), "not empty"),
        (lambda x: gx.convolve(x, x, "all"), "expected mode"),
        (lambda x: gx.searchsorted(x, x, side="middle"), "expected side"),
    ],
)
def test_errors_say_what_was_expected(f: Function, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        f(gx.ones(3))


def test_average_without_weights_is_the_mean() -> None:
    assert gx.average(gx.asarray([inf, 1.0])).item() == inf
    assert gx.average(gx.asarray([1, 2])).item() == 1.5


def test_weighted_average_in_both_arguments() -> None:
    x, w = gx.asarray(np.arange(6.0).reshape(2, 3).tolist()), gx.asarray([1.0, 2.0, 0.5])
    check_grads(lambda x, w: gx.average(x, axis=1, weights=w), (x, w))
    check_grads(lambda x, w: gx.average(x, weights=w * x), (x, w))
    expected = np.average(x.numpy(), axis=1, weights=w.numpy())
    assert_close(gx.average(x, axis=1, weights=w), expected)


# ---------------------------------------------------------------- sorting


def test_sort_follows_the_stable_permutation() -> None:
    weights = gx.asarray([1.0, 2.0, 3.0])
    gradient(lambda x: gx.sum(gx.sort(x) * weights), [2.0, 1.0, 1.0], [3.0, 1.0, 2.0])
    gradient(
        lambda x: gx.sum(gx.sort(x, descending=True) * weights), [1.0, 1.0, 2.0], [2.0, 3.0, 1.0]
    )
    hessian(lambda x: gx.sum(gx.sort(x) ** 3), [0.5, 0.5], [[3.0, 0.0], [0.0, 3.0]])


def test_distinct_values_are_read_where_they_come_first() -> None:
    gradient(lambda x: gx.sum(gx.unique_values(x) ** 2), [3.0, 1.0, 3.0], [6.0, 2.0, 0.0])


def test_indices_cut_the_graph() -> None:
    x = gx.asarray([3.0, 1.0, 2.0], requires_grad=True)
    n = gx.asarray([1])
    results = [gx.argsort(x), gx.argmax(x), *gx.nonzero(x), gx.searchsorted(x, x), gx.isin(gx.astype(x, n.dtype), n),
               gx.count_nonzero(x), gx.any(x), gx.unique_all(x).counts]  # fmt: skip
    assert not [y for y in results if y.requires_grad]


def test_searchsorted_with_a_sorter() -> None:
    x = gx.asarray([3.0, 1.0, 2.0])
    assert_close(gx.searchsorted(x, 2.5, sorter=gx.argsort(x)), 2)


# ---------------------------------------------------------------- exponentials


def test_logsumexp_with_infinities() -> None:
    gradient(gx.logsumexp, [-inf, -inf], [0.0, 0.0])
    gradient(gx.logsumexp, [-inf, 1.0], [0.0, 1.0])
    gradient(gx.logsumexp, [inf, 1.0, -inf], [1.0, 0.0, 0.0])
    gradient(gx.logsumexp, [inf, 1.0, inf], [0.5, 0.0, 0.5])
    for x, value in ([-inf, -inf], -inf), ([inf, -inf], inf), ([1e4, -1e4], 1e4):
        assert gx.logsumexp(gx.asarray(x)).item() == value


def test_second_derivative_of_logsumexp_with_infinities() -> None:
    hessian(gx.logsumexp, [-inf, -inf], np.zeros((2, 2)))
    hessian(gx.logsumexp, [-inf, 1.0, 1.0], [[0, 0, 0], [0, 0.25, -0.25], [0, -0.25, 0.25]])


def test_logsumexp_of_nothing() -> None:
    value, pullback = gx.vjp(lambda x: gx.logsumexp(x, axis=0), gx.zeros((0, 2)))
    assert_close(value, [-inf, -inf])
    assert pullback(gx.ones(2))[0].shape == (0, 2)


def test_softmax_with_infinities() -> None:
    for f in (gx.softmax, gx.log_softmax):
        g = gx.grad(lambda x, f=f: gx.sum(f(x)[1:] * x[1:]))(gx.asarray([-inf, 1.0, 2.0]))
        assert not np.isnan(g.numpy()).any()
    gradient(gx.softmax, [-inf, 0.0, 0.0], [[0, 0, 0], [0, 0.25, -0.25], [0, -0.25, 0.25]])
    gradient(gx.softmax, [-inf, -inf], np.zeros((2, 2)))
    gradient(gx.log_softmax, [-inf, 0.0], [[0.0, -1.0], [0.0, 0.0]])
    gradient(gx.log_softmax, [-inf, -inf], np.zeros((2, 2)))
    assert_close(gx.softmax(gx.asarray([[-inf, -inf], [1e4, 0.0]])), [[0.0, 0.0], [1.0, 0.0]])
    assert_close(gx.log_softmax(gx.asarray([-inf, -inf, -inf])), [-inf] * 3)


# ---------------------------------------------------------------- numeric


def test_interpolation_at_knots_takes_the_smaller_slope() -> None:
    knots, values = gx.asarray([0.0, 1.0, 2.0, 3.0]), gx.asarray([0.0, 1.0, 3.0, 0.0])

    def at(x: Any) -> Any:
        return gx.sum(gx.interp(x, knots, values))

    gradient(at, [1.0, 2.0, 0.0, 3.0], [1.0, 0.0, 0.0, 0.0])
    gradient(at, [-inf, inf, -1.0, 9.0, 1.5], [0.0, 0.0, 0.0, 0.0, 2.0])
    gradient(lambda v: gx.interp(1.0, knots, v), values.tolist(), [0.0, 1.0, 0.0, 0.0])
    assert np.isnan(gx.interp(nan, knots, values).item())


def test_interpolation_on_a_flat_stretch() -> None:
    knots = gx.asarray([0.0, 1.0, 2.0])
    gradient(lambda v: gx.interp(0.25, knots, v), [1.0, 1.0, 2.0], [0.75, 0.25, 0.0])


# ---------------------------------------------------------------- empties and structure

EMPTY_SAFE = [
    gx.sum,
    gx.prod,
    gx.logsumexp,
    gx.cumulative_sum,
    gx.cumulative_prod,
    gx.sort,
    gx.softmax,
]


@pytest.mark.parametrize("f", EMPTY_SAFE, ids=lambda f: f.__name__)
def test_empties_keep_their_shape(f: Function) -> None:
    x = gx.zeros(0)
    out, pullback = gx.vjp(f, x)
    assert pullback(gx.ones_like(out))[0].shape == (0,)
    assert gx.jvp(f, (x,), (x,))[1].shape == out.shape


@pytest.mark.filterwarnings(
    "ignore:.*(invalid value|Degrees of freedom|Mean of empty).*:RuntimeWarning"
)
@pytest.mark.parametrize("f", [gx.mean, gx.var, gx.std], ids=lambda f: f.__name__)
def test_means_of_nothing(f: Function) -> None:
    out, pullback = gx.vjp(f, gx.zeros((0, 2)))
    assert np.isnan(out.item())
    assert pullback(gx.asarray(1.0))[0].shape == (0, 2)


REDUCTIONS = [
    gx.prod,
    gx.var,
    gx.std,
    gx.logsumexp,
    gx.max,
    gx.median,
    gx.softmax,
    gx.cumulative_prod,
]


@pytest.mark.parametrize("f", REDUCTIONS, ids=lambda f: f.__name__)
def test_a_branch_not_taken_contributes_nothing(f: Function) -> None:
    gradient(lambda x: gx.sum(gx.where(x > 0, x, f(x * nan))), [1.0, 2.0], [1.0, 1.0])


@pytest.mark.parametrize("dtype", ["int8", "uint16", "bool", "float32"])
def test_dtype_of_sums_and_products(dtype: str) -> None:
    x = np.ones((2, 3)).astype(dtype)
    for name in ("sum", "prod"):
        ours, theirs = getattr(gx, name), getattr(np, name)
        assert_close(ours(gx.asarray(x)), theirs(x))
        for target in ("int8", "float32", "float64"):
            assert_close(ours(gx.asarray(x), axis=0, dtype=target), theirs(x, axis=0, dtype=target))
    for name in ("cumulative_sum", "cumulative_prod"):
        ours, theirs = getattr(gx, name), getattr(np, name)
        expected = theirs(x, axis=1, dtype="int8", include_initial=True)
        assert_close(ours(gx.asarray(x), axis=1, dtype="int8", include_initial=True), expected)


def test_named_results() -> None:
    assert gx.unique_all(gx.asarray([1.0]))._fields == (
        "values", "indices", "inverse_indices", "counts")  # fmt: skip
    assert gx.unique_counts(gx.asarray([1.0]))._fields == ("values", "counts")
    assert gx.unique_inverse(gx.asarray([1.0]))._fields == ("values", "inverse_indices")
