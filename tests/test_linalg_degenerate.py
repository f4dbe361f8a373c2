"""Decompositions at equal and vanishing values: exact where the derivative exists, an error where not.

- The reference writes the same function of a matrix without a decomposition: as a polynomial, by products.
- Differences serve where the function has no such form; they are valid at the very point, being smooth around it.
"""

from __future__ import annotations

from collections.abc import Callable
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
    hermitian_with,
    inner,
    nested_forward,
    noise,
)

la = gx.linalg


def summed(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: gx.sum(f(x))


def polynomial(w: Any) -> Any:
    return w**4 - 2 * w**3 + w


def by_eigh(x: Any) -> Any:
    w, v = la.eigh(x)
    return gx.matmul(v * gx.expand_dims(polynomial(w), axis=-2), adjoint(v))


def by_products(x: Any) -> Any:
    x = (x + adjoint(x)) * 0.5
    return la.matrix_power(x, 4) - 2 * la.matrix_power(x, 3) + x


SPECTRA = [[1, 1, 1], [0, 0, 0], [2, 2, 1, 1], [1, 1, 2, 3], [0, 0, 1.5], [-1, -1, 1, 1]]


# ---------------------------------------------------------------- Hermitian matrices


@pytest.mark.parametrize("kind", ["f", "c"])
@pytest.mark.parametrize("values", SPECTRA)
def test_a_function_of_a_matrix_through_eigh(values: list[float], kind: str) -> None:
    n = len(values)
    x = hermitian_with(values, kind)
    g, h, k = (gx.asarray(noise(n, n, kind=kind, seed=seed)) for seed in range(3, 6))
    assert_all_close(
        derivatives(lambda x: inner(g, by_eigh(x)), x, h, k),
        derivatives(lambda x: inner(g, by_products(x)), x, h, k),
    )


@pytest.mark.parametrize("kind", ["f", "c"])
@pytest.mark.parametrize("values", SPECTRA)
@pytest.mark.parametrize("f", [la.eigvalsh, lambda x: la.eigh(x).eigenvalues])
def test_symmetric_functions_of_eigenvalues(values: list[float], kind: str, f: Any) -> None:
    n = len(values)
    x = hermitian_with(values, kind)
    h, k = (gx.asarray(noise(n, n, kind=kind, seed=seed)) for seed in (3, 4))

    def by_values(x: Any) -> Any:
        return gx.sum(polynomial(f(x)))

    def by_trace(x: Any) -> Any:
        y = la.trace(by_products(x))
        return gx.real(y) if kind == "c" else y

    assert_all_close(derivatives(by_values, x, h, k), derivatives(by_trace, x, h, k))
    if f is la.eigvalsh:
        assert_all_close(nested_forward(by_values, x, h, k), nested_forward(by_trace, x, h, k))


def test_by_backward_with_and_without_create_graph() -> None:
    g = noise(3, 3)
    x = gx.asarray(np.eye(3), requires_grad=True)
    gx.sum(g * by_eigh(x)).backward()
    expected = gx.grad(lambda x: gx.sum(g * by_products(x)))
    assert_close(x.grad, expected(np.eye(3)))
    (first,) = gx.gradients(gx.sum(g * by_eigh(x)), [x], create_graph=True)
    (second,) = gx.gradients(gx.sum(first * g), [x], create_graph=True)
    (third,) = gx.gradients(gx.sum(second * g), [x])
    again = gx.grad(lambda x: gx.sum(expected(x) * g))
    assert_close(second, again(np.eye(3)), atol=1e-10)
    assert_close(third, gx.grad(lambda x: gx.sum(again(x) * g))(np.eye(3)), atol=1e-10)


def test_the_graph_can_be_walked_twice() -> None:
    x = gx.asarray(np.eye(3), requires_grad=True)
    y = gx.sum(by_eigh(x))
    y.backward(retain_graph=True)
    once = x.grad.numpy().copy()
    y.backward()
    assert_close(x.grad, 2 * once)


@pytest.mark.parametrize("kind", ["f", "c"])
def test_an_analytic_function_against_differences(kind: str) -> None:
    def f(x: Any) -> Any:
        w, v = la.eigh(x)
        return gx.matmul(v * gx.exp(w) / (2 + gx.cos(w)), adjoint(v))

    check_grads(f, (hermitian_with([1, 1, 1, -2], kind),), order=1)
    check_grads(lambda x: gx.grad(lambda x: inner(f(x), f(x)))(x), (hermitian_with([0.5, 0.5, 1], kind),),
                order=1, modes=("rev",), atol=1e-4)  # fmt: skip


def test_one_decomposition_above_another() -> None:
    g, h = noise(3, 3, seed=3), noise(3, 3, seed=4)
    x = np.eye(3)
    first = gx.grad(lambda x: gx.sum(g * by_eigh(by_eigh(x))))
    expected = gx.grad(lambda x: gx.sum(g * by_products(by_products(x))))
    assert_close(first(x), expected(x), atol=1e-12)
    second = gx.jvp(first, (x,), (h,))[1]
    assert_close(second, gx.jvp(expected, (x,), (h,))[1], atol=1e-11)


def test_one_degenerate_matrix_in_a_batch() -> None:
    x = np.stack([hermitian_with([1, 2, 3]), np.eye(3), hermitian_with([0, 0, 1]), noise(3, 3)])
    g, h, k = (noise(4, 3, 3, seed=seed) for seed in (3, 4, 5))

    def coupled(f: Any) -> Any:  # the matrices of the batch see each other
        def loss(x: Any) -> Any:
            y = f(x)
            return gx.sum(g * y) * gx.sum(y[1] * y[2])

        return loss

    assert_all_close(
        derivatives(coupled(by_eigh), x, h, k), derivatives(coupled(by_products), x, h, k)
    )


@pytest.mark.parametrize("gap", [0, 1e-16, 1e-14, 1e-12, 1e-10, 1e-8, 1e-7, 1e-6, 1e-4])
def test_near_values_lose_at_most_half_of_the_digits(gap: float) -> None:
    x, g = hermitian_with([1, 1 + gap, 3]), noise(3, 3, seed=3)
    actual = gx.grad(lambda x: gx.sum(g * by_eigh(x)))(x)
    expected = gx.grad(lambda x: gx.sum(g * by_products(x)))(x)
    assert_close(actual, expected, rtol=2e-6, atol=2e-6)


def test_single_precision() -> None:
    x, g = np.eye(3, dtype=np.float32), noise(3, 3).astype(np.float32)
    actual = gx.grad(lambda x: gx.sum(g * by_eigh(x)))(x)
    assert actual.dtype == gx.float32
    assert_close(actual, gx.grad(lambda x: gx.sum(g * by_products(x)))(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("values", [[1, 1, 4, 4], [2, 2, 2, 5], [0, 0, 3, 3]])
@pytest.mark.parametrize("kind", ["f", "c"])
def test_projectors_on_whole_eigenspaces(values: list[float], kind: str) -> None:
    k = 3 if values[1] == values[2] else 2
    x, g = hermitian_with(values, kind), gx.asarray(noise(4, 4, kind=kind, seed=3))

    def projector(x: Any) -> Any:
        v = la.eigh(x).eigenvectors[:, :k]
        return gx.matmul(v, adjoint(v))

    check_grads(projector, (x,), order=1)
    first = gx.grad(lambda x: inner(g, projector(x)))
    check_grads(first, (x,), order=1, atol=1e-4)  # differences of quotients of near values


@pytest.mark.parametrize(
    ("f", "pair"),
    [
        (lambda x: gx.sum(la.eigh(x).eigenvectors[:, 0] ** 3), "0 and 1"),
        (lambda x: la.eigvalsh(x)[0], "0 and 1"),
        (lambda x: la.eigvalsh(x)[2], "[01] and 2"),
        (lambda x: gx.sum(la.eigh(x).eigenvalues * gx.asarray([1.0, 2.0, 3.0])), "0 and 1"),
        (lambda x: gx.sum((la.eigh(x)[1] * gx.asarray([1.0, 2.0, 3.0])) @ la.eigh(x)[1].T * noise(3, 3)), "0 and 1"),
        (lambda x: gx.sum(la.svd(x).U[:, 0] ** 3), "0 and [12]"),
        (lambda x: la.svdvals(x)[0], "0 and 1"),
    ],
)  # fmt: skip
def test_what_depends_on_the_basis_raises_and_names_the_pair(f: Any, pair: str) -> None:
    with pytest.raises(
        DegeneracyError, match=rf"linalg.*equal values ({pair}), (2|1\.9).* and (2|1\.9)"
    ):
        gx.grad(f)(hermitian_with([2, 2, 2]))


def test_at_a_minimum_all_is_rounding_and_nothing_raises() -> None:
    x = hermitian_with([1, 1, 3])
    target = by_products(gx.asarray(x))
    g = gx.grad(lambda x: gx.sum((by_eigh(x) - target) ** 2))
    assert_close(g(x), np.zeros((3, 3)), atol=1e-11)


def test_the_error_names_the_matrix_of_a_batch() -> None:
    x = np.stack([np.diag([1.0, 2.0]), np.diag([3.0, 3.0])])
    with pytest.raises(DegeneracyError, match=r"values 0 and 1 of matrix \(1,\), 3 and 3"):
        gx.grad(lambda x: gx.sum(la.eigvalsh(x)[:, 0]))(x)


def test_graded_values_that_rounding_hides_raise_or_are_exact() -> None:
    x = np.diag([1e-20, 2e-20, 1.0])
    assert_close(gx.grad(lambda x: gx.sum(gx.log(la.eigvalsh(x))))(x), np.diag(1 / np.diag(x)))

    def logarithm(x: Any) -> Any:
        w, v = la.eigh(x)
        return gx.sum((v * gx.log(w)) @ v.T)

    with pytest.raises(DegeneracyError, match="equal values 0 and 1"):
        gx.grad(logarithm)(x)


def test_the_forward_derivative_of_a_single_equal_value_is_one_sided() -> None:
    d = hermitian_with([1, 2, 3])
    tangent = gx.jvp(la.eigvalsh, (2 * np.eye(3),), (d,))[1]
    assert_close(tangent, np.linalg.eigvalsh(2 * np.eye(3) + d) - 2, atol=1e-10)


def test_nested_forward_mode_through_vectors_says_what_to_do() -> None:
    f = lambda x: gx.sum(by_eigh(x) * noise(3, 3))  # noqa: E731
    x = np.eye(3)
    a, b = hermitian_with([1, 2, 3]), noise(3, 3) + noise(3, 3).T
    with pytest.raises(DegeneracyError, match=r"values 0 and 1.*gx.jvp\(gx.grad\(f\)"):
        gx.jvp(lambda x: gx.jvp(f, (x,), (a,))[1], (x,), (b,))
    with pytest.raises(DegeneracyError, match=r"values 0 and 1.*gx.jvp\(gx.grad\(f\)"):
        gx.grad(lambda x: gx.jvp(f, (x,), (a,))[1])(x)


def test_a_fourth_derivative_through_equal_values_raises() -> None:
    f: Any = lambda x: gx.sum(by_eigh(x))  # noqa: E731
    for _ in range(4):
        f = summed(gx.grad(f))
    with pytest.raises(DegeneracyError, match="at most 3 derivatives"):
        f(np.eye(2))


# ---------------------------------------------------------------- general matrices


@pytest.mark.parametrize("kind", ["f", "c"])
def test_a_function_of_a_matrix_through_eig(kind: str) -> None:
    s = noise(4, 4, kind=kind)
    x = s @ np.diag([1.0, 1.0, 2.0, 3.0]) @ np.linalg.inv(s)
    g, h = (gx.asarray(noise(4, 4, kind="c", seed=seed)) for seed in (3, 4))

    def by_eig(x: Any) -> Any:
        w, v = la.eig(x)
        return inner(g, gx.matmul(v * w**3, la.inv(v)))

    def by_power(x: Any) -> Any:
        return inner(g, gx.astype(la.matrix_power(x, 3), gx.complex128))

    first, expected = gx.grad(by_eig), gx.grad(by_power)
    assert_close(first(x), expected(x), rtol=1e-8)
    part = h if kind == "c" else gx.real(h)
    second = gx.grad(lambda x: inner(first(x), part))(x)
    assert_close(second, gx.grad(lambda x: inner(expected(x), part))(x), rtol=1e-7, atol=1e-7)


def test_symmetric_functions_of_the_eigenvalues_of_a_general_matrix() -> None:
    s = noise(3, 3)
    x = s @ np.diag([2.0, 2.0, 3.0]) @ np.linalg.inv(s)
    g = gx.grad(lambda x: gx.real(gx.sum(la.eigvals(x) ** 3)))
    assert_close(g(x), 3 * np.linalg.matrix_power(x, 2).T, rtol=1e-9)


def test_eig_raises_for_one_of_equal_values_and_for_defective_matrices() -> None:
    with pytest.raises(DegeneracyError, match=r"linalg\.eig: .*equal values 0 and 1"):
        gx.grad(lambda x: gx.real(la.eigvals(x)[0]))(np.eye(3))
    with pytest.raises(DegeneracyError, match=r"linalg\.eig: .*defective"):
        gx.grad(lambda x: gx.real(gx.sum(la.eigvals(x))))(np.asarray([[0.0, 1.0], [0.0, 0.0]]))
