"""Singular values and vectors where values are equal or vanish: exact where the derivative exists, an error where not.

- The reference writes the same function of a matrix without a decomposition, by products.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import DegeneracyError
from gradx.testing import assert_close, check_grads
from tests.matrices import (
    adjoint,
    assert_all_close,
    derivatives,
    inner,
    noise,
    orthonormal,
    with_singular_values,
)

la = gx.linalg

SHAPES = [(3, 3, [2, 2, 2]), (3, 3, [2, 2, 1]), (4, 2, [2, 2]), (2, 4, [1, 1])]
SINGULAR = [(3, 3, [2, 0, 0]), (3, 3, [0, 0, 0]), (3, 3, [1, 1, 0]), (4, 3, [1, 1, 0]), (2, 4, [0, 0])]  # fmt: skip


def odd_by_svd(x: Any) -> Any:
    u, s, vh = la.svd(x, full_matrices=False)
    return gx.matmul(u * (s**3 - 2 * s), vh)


def odd_by_products(x: Any) -> Any:
    return gx.matmul(gx.matmul(x, adjoint(x)), x) - 2 * x


@pytest.mark.parametrize("kind", ["f", "c"])
@pytest.mark.parametrize(("m", "n", "values"), SHAPES)
def test_an_odd_function_of_singular_values_and_vectors(
    m: int, n: int, values: list[float], kind: str
) -> None:
    x = with_singular_values(m, n, values, kind)
    g, h, k = (gx.asarray(noise(m, n, kind=kind, seed=seed)) for seed in (3, 4, 5))
    assert_all_close(
        derivatives(lambda x: inner(g, odd_by_svd(x)), x, h, k),
        derivatives(lambda x: inner(g, odd_by_products(x)), x, h, k),
    )


@pytest.mark.parametrize("kind", ["f", "c"])
@pytest.mark.parametrize(("m", "n", "values"), SINGULAR)
def test_an_odd_function_at_vanishing_values(
    m: int, n: int, values: list[float], kind: str
) -> None:
    x = with_singular_values(m, n, values, kind)
    g = gx.asarray(noise(m, n, kind=kind, seed=3))
    actual = gx.grad(lambda x: inner(g, odd_by_svd(x)))(x)
    assert_close(actual, gx.grad(lambda x: inner(g, odd_by_products(x)))(x), atol=1e-12)
    # forward mode cannot follow vectors of vanishing values: never a number that is wrong
    tangent = gx.jvp(odd_by_svd, (x,), (g,))[1].numpy()
    assert np.isnan(tangent).any()


@pytest.mark.parametrize("kind", ["f", "c"])
@pytest.mark.parametrize(("m", "n", "values"), SHAPES + SINGULAR)
def test_even_functions_of_singular_values(m: int, n: int, values: list[float], kind: str) -> None:
    x = with_singular_values(m, n, values, kind)
    h, k = (gx.asarray(noise(m, n, kind=kind, seed=seed)) for seed in (3, 4))

    def by_values(x: Any) -> Any:
        s = la.svdvals(x)
        return gx.sum(s**4 - 2 * s**2)

    def by_products(x: Any) -> Any:
        return inner(x, odd_by_products(x))

    first, expected = gx.grad(by_values), gx.grad(by_products)
    assert_close(first(x), expected(x), atol=1e-12)
    second = gx.grad(lambda x: inner(first(x), h))
    again = gx.grad(lambda x: inner(expected(x), h))
    assert_close(second(x), again(x), atol=1e-11)
    assert_close(gx.jvp(by_values, (x,), (h,))[1], gx.jvp(by_products, (x,), (h,))[1], atol=1e-12)
    if min(values) > 0:
        third = gx.grad(lambda x: inner(second(x), k))
        assert_close(third(x), gx.grad(lambda x: inner(again(x), k))(x), atol=1e-10)
        assert_close(gx.jvp(first, (x,), (h,))[1], again(x), atol=1e-10)


def test_truncation_at_the_rank_is_exact_in_both_modes() -> None:
    x, d = with_singular_values(4, 4, [3, 2, 0, 0]), noise(4, 4, seed=3)

    def truncated(x: Any) -> Any:
        u, s, vh = la.svd(x)
        return gx.matmul(u[:, :2] * s[:2], vh[:2])

    check_grads(truncated, (x,), order=1)
    assert np.isfinite(gx.jvp(truncated, (x,), (d,))[1].numpy()).all()


@pytest.mark.parametrize(
    ("f", "why"),
    [
        (lambda u, s, vh: u @ vh, "any that are orthogonal"),
        (lambda u, s, vh: (u * s) @ u.T, "kink"),
        (lambda u, s, vh: u[:, 2:] @ vh[2:], "any that are orthogonal"),
        (lambda u, s, vh: (u * (1 + s)) @ vh, "any that are orthogonal"),
    ],
)
def test_what_has_no_derivative_at_vanishing_values_raises(f: Any, why: str) -> None:
    x, g = with_singular_values(4, 4, [3, 2, 0, 0]), noise(4, 4, seed=3)
    with pytest.raises(DegeneracyError, match=f"linalg.svd: .*equal values [23] and [23].*{why}"):
        gx.grad(lambda x: gx.sum(g * f(*la.svd(x))))(x)


@pytest.mark.parametrize("kind", ["f", "c"])
def test_the_polar_factor_of_equal_values_to_second_order(kind: str) -> None:
    x = 2 * orthonormal(3, kind)
    g, h = (gx.asarray(noise(3, 3, kind=kind, seed=seed)) for seed in (3, 4))

    def polar(x: Any) -> Any:
        u, _, vh = la.svd(x)
        return inner(g, gx.matmul(u, vh))

    def by_root(x: Any) -> Any:
        return inner(g, gx.matmul(x, la.inv(la.sqrtm(gx.matmul(adjoint(x), x)))))

    first, expected = gx.grad(polar), gx.grad(by_root)
    assert_close(first(x), expected(x), atol=1e-10)
    second = gx.grad(lambda x: inner(first(x), h))(x)
    assert_close(second, gx.grad(lambda x: inner(expected(x), h))(x), atol=1e-9)


# ---------------------------------------------------------------- norms


@pytest.mark.parametrize("kind", ["f", "c"])
@pytest.mark.parametrize(
    ("order", "values", "expected"),
    [
        (2, [2, 2, 2, 1], [1 / 3, 1 / 3, 1 / 3, 0]),
        (-2, [2, 1, 1, 1], [0, 1 / 3, 1 / 3, 1 / 3]),
        (-2, [2, 1, 0, 0], [0, 0, 0, 0]),
        ("nuc", [3, 2, 0, 0], [1, 1, 0, 0]),
        ("nuc", [1, 1, 1, 1], [1, 1, 1, 1]),
    ],
)
def test_matrix_norms_share_ties_and_leave_out_zeros(
    order: Any, values: list[float], expected: list[float], kind: str
) -> None:
    x = with_singular_values(4, 4, values, kind)
    u, v = orthonormal(4, kind), orthonormal(4, kind, seed=1)

    def norm(x: Any) -> Any:
        return la.matrix_norm(x, ord=order)

    g = gx.grad(norm)(x)
    assert_close(g, (u * np.asarray(expected)) @ v, atol=1e-12)
    d = gx.asarray(noise(4, 4, kind=kind, seed=3))
    assert_close(gx.jvp(norm, (x,), (d,))[1], inner(g, d), atol=1e-12)
    assert_close(norm(x), np.linalg.norm(x, order), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("order", ["nuc", 2, -2])
def test_matrix_norms_to_second_order_beside_equal_values(order: Any) -> None:
    values = {"nuc": [2, 2, 2], 2: [3, 1, 1], -2: [3, 3, 1]}[order]
    x, h = with_singular_values(3, 3, values), noise(3, 3, seed=3)
    first = gx.grad(lambda x: la.matrix_norm(x, ord=order))
    step = 1e-5
    difference = (first(x + step * h).numpy() - first(x - step * h).numpy()) / (2 * step)
    second = gx.grad(lambda x: gx.sum(first(x) * h))(x)
    assert_close(second, difference, rtol=1e-6, atol=1e-6)
    assert_close(gx.jvp(first, (x,), (h,))[1], difference, rtol=1e-6, atol=1e-6)
