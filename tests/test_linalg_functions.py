"""Functions of matrices and LU factors; every decomposition at singular and at ill-conditioned matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg

import gradx as gx
from gradx.errors import DegeneracyError, MissingRuleError
from gradx.testing import assert_close, check_grads
from tests.matrices import noise

la = gx.linalg
JORDAN = np.asarray([[2.0, 1, 0], [0, 2, 1], [0, 0, 2]])
NILPOTENT = np.asarray([[0.0, 1], [0, 0]])


def positive(*shape: int, kind: str = "f") -> Any:
    x = noise(*shape, kind=kind)
    return x @ np.swapaxes(x.conj(), -1, -2) + np.eye(shape[-1])


POINTS = {
    "real": positive(3, 3),
    "complex": positive(3, 3, kind="c"),
    "batch": positive(2, 2, 2),
    "equal": 2 * np.eye(3),
    "defective": JORDAN,
    "empty": np.zeros((2, 0, 0)),
    "one": np.asarray([[3.0]]),
    "graded": np.diag([1e-6, 1.0, 1e3]) + np.triu(noise(3, 3), 1) * 1e-6,
}


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", ["expm", "sqrtm", "logm"])
def test_functions_of_matrices(name: str, point: str) -> None:
    x = POINTS[point]
    if name == "expm":
        x = x / (1 + np.abs(x).max(initial=0))
    f = getattr(la, name)
    if x.ndim == 2:
        assert_close(f(x), getattr(scipy.linalg, name)(x), rtol=1e-11, atol=1e-11)
    if point != "graded":  # whose differences are no reference
        check_grads(f, (x,), order=2)


@pytest.mark.parametrize("x", [np.zeros((3, 3)), NILPOTENT, 30 * noise(3, 3), -20 * np.eye(2)])
def test_expm_of_singular_and_of_large_matrices(x: Any) -> None:
    y, d = la.expm(x), noise(*x.shape, seed=3)
    assert_close(y, scipy.linalg.expm(x), rtol=1e-9)
    tangent = gx.jvp(la.expm, (x,), (d,))[1]
    assert_close(
        tangent, scipy.linalg.expm_frechet(x, d, compute_expm=False), rtol=1e-8, atol=1e-12
    )


def test_a_graded_root_against_its_equation() -> None:
    x, d = POINTS["graded"], noise(3, 3, seed=3)
    y, dy = gx.jvp(la.sqrtm, (x,), (d,))
    assert_close(y @ dy + dy @ y, d, rtol=1e-8, atol=1e-9)


def test_the_logarithm_undoes_the_exponential_to_second_order() -> None:
    x, h = 0.3 * noise(3, 3), noise(3, 3, seed=3)
    first = gx.grad(lambda x: gx.sum(la.logm(la.expm(x)) * h))
    assert_close(first(x), h, atol=1e-10)
    assert_close(gx.grad(lambda x: gx.sum(first(x) ** 2))(x), np.zeros((3, 3)), atol=1e-8)


@pytest.mark.parametrize("name", ["sqrtm", "logm"])
def test_outside_of_the_real_domain(name: str) -> None:
    f, x = getattr(la, name), np.diag([-1.0, 2.0])
    assert np.isnan(f(x).numpy()).all()
    assert np.isnan(gx.grad(lambda x: gx.sum(f(x)))(x).numpy()).all()
    assert_close(f(x + 0j), getattr(scipy.linalg, name)(x + 0j), atol=1e-14)
    assert np.isnan(gx.grad(lambda x: gx.sum(f(x)))(np.diag([0.0, 2.0])).numpy()).all()
    batch = gx.grad(lambda x: gx.sum(f(x)))(np.stack([np.eye(2), x])).numpy()
    assert np.isfinite(batch[0]).all()
    assert np.isnan(batch[1]).all()


@pytest.mark.parametrize(("name", "scalar"), [("sqrtm", gx.sqrt), ("logm", gx.log)])
@pytest.mark.parametrize("kind", ["on the cut", "beside it"])
def test_negative_eigenvalues_by_those_of_the_scalar_function(name, scalar, kind) -> None:
    x = np.asarray([[-1.0, 0.3], [0.1, 2.0]], complex) * (
        1.0 if kind == "on the cut" else 1 + 1e-3j
    )
    weights = noise(2, 2, seed=4) + 1j * noise(2, 2, seed=5)
    along = noise(2, 2, seed=6) + 1j * noise(2, 2, seed=7)

    def by_vectors(x):
        w, v = gx.linalg.eig(x)
        beside = gx.imag(gx.stop_gradient(w))  # by rounding errors
        w = w - 1j * gx.where(gx.abs(beside) < 1e-12, beside, 0.0)
        return v @ (scalar(w)[:, None] * gx.linalg.inv(v))

    def derivatives(f):
        loss = lambda x: gx.sum(gx.real(f(x) * weights))  # noqa: E731
        return gx.grad(loss)(x), gx.hvp(loss, (x,), (along,))

    assert_close(getattr(la, name)(x), by_vectors(x), atol=1e-12)
    for actual, expected in zip(*map(derivatives, (getattr(la, name), by_vectors)), strict=True):
        assert_close(actual, expected, rtol=1e-9, atol=1e-9)


def test_roots_and_logarithms_of_zeros() -> None:
    assert_close(la.sqrtm(np.diag([0.0, 4.0])), np.diag([0.0, 2.0]))
    assert np.isnan(la.logm(np.diag([0.0, 4.0])).numpy()).all()


@pytest.mark.parametrize("library", ["torch", "array_api_strict", "dask"])
def test_other_libraries_compute_them_in_standard_code(library: str) -> None:
    module = pytest.importorskip({"dask": "dask.array"}.get(library, library))
    make = module.from_array if library == "dask" else module.asarray
    for name in ("expm", "sqrtm", "logm"):
        for x in (*POINTS.values(), positive(5, 5), 0.1 * noise(2, 2) + np.eye(2)):
            x = x / 8 if name == "expm" else x
            expected = getattr(la, name)(x)
            actual = getattr(la, name)(gx.asarray(make(x)))
            assert_close(actual, expected, rtol=1e-10, atol=1e-10, check_dtype=False)
    for shape in ((3, 3), (4, 2), (2, 4), (2, 3, 3), (3, 0), (0, 3)):
        x = noise(*shape)
        for actual, expected in zip(la.lu(gx.asarray(make(x))), la.lu(x), strict=True):
            assert_close(actual, expected, atol=1e-14, check_dtype=False)


@pytest.mark.parametrize("dtype", ["float32", "complex64"])
def test_single_precision(dtype: str) -> None:
    x = gx.asarray(positive(3, 3), dtype=dtype)
    for f in (la.expm, la.sqrtm, la.logm, lambda x: la.lu(x).U):
        y, pull = gx.vjp(f, x)
        assert y.dtype.name == dtype
        assert pull(y)[0].dtype.name == dtype


# ---------------------------------------------------------------- LU


@pytest.mark.parametrize("kind", ["f", "c"])
@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4), (2, 3, 3), (1, 1), (3, 0), (0, 3)])
def test_lu(shape: tuple[int, ...], kind: str) -> None:
    x = noise(*shape, kind=kind)
    p, lower, upper = la.lu(x)
    assert_close(gx.matmul(gx.matmul(gx.astype(p, x.dtype.name), lower), upper), x, atol=1e-13)
    check_grads(lambda x: la.lu(x)[1:], (x,), order=2)


def test_lu_of_a_square_matrix_whose_last_pivot_vanishes() -> None:
    x = np.asarray([[4.0, 2, 6], [2, 1.5, 3.5], [2, 3, 5]])
    assert la.lu(x).U[2, 2].item() == 0
    check_grads(lambda x: la.lu(x)[1:], (x,), order=2)


def test_lu_of_dependent_columns_raises() -> None:
    for x in (np.zeros((3, 3)), np.ones((4, 2)), noise(4, 1) @ noise(1, 4)):
        with pytest.raises(DegeneracyError, match=r"linalg\.lu: expected independent columns"):
            gx.grad(lambda x: gx.sum(la.lu(x).L))(x)


# ---------------------------------------------------------------- singular and ill-conditioned matrices


def hilbert(n: int) -> Any:
    return scipy.linalg.hilbert(n)


def test_slogdet_of_a_singular_matrix_has_infinite_slopes_by_its_cofactors() -> None:
    x = np.stack([np.ones((2, 2)), np.asarray([[2.0, 1], [1, 3]]), np.zeros((2, 2))])
    g = gx.grad(lambda x: gx.sum(la.slogdet(x).logabsdet))(x).numpy()
    assert_close(g[0], np.inf * np.asarray([[1, -1], [-1, 1]]))
    assert_close(g[1], np.linalg.inv(x[1]).T)
    assert np.isnan(g[2]).all()
    assert_close(gx.jvp(lambda x: la.slogdet(x).logabsdet, (x[0],), (np.eye(2),))[1], np.inf)
    assert np.isnan(gx.grad(lambda x: la.slogdet(x).logabsdet)(x[0] + 0j).numpy()).all()


def test_a_masked_singular_matrix_contributes_nothing() -> None:
    x = np.stack([np.ones((2, 2)), np.eye(2)])

    def loss(x: Any) -> Any:
        sign, log = la.slogdet(x)
        return gx.sum(gx.where(sign != 0, log, 0.0))

    assert_close(gx.grad(loss)(x), np.stack([np.zeros((2, 2)), np.eye(2)]))


@pytest.mark.parametrize("f", [la.inv, lambda x: la.solve(x, np.ones(2)), la.cholesky])
def test_a_singular_matrix_raises_in_the_name_of_the_operation(f: Any) -> None:
    with pytest.raises(
        np.linalg.LinAlgError, match=r"linalg\.(inv|solve|cholesky)\(float64\[2, 2\]"
    ):
        f(gx.asarray(np.zeros((2, 2))))


@pytest.mark.parametrize("x", [np.zeros((3, 3)), np.ones((4, 2)), noise(3, 2) @ noise(2, 3)])
def test_qr_of_dependent_columns_raises(x: Any) -> None:
    for f in (lambda x: gx.sum(la.qr(x).R), lambda x: gx.sum(la.qr(x).Q)):
        with pytest.raises(DegeneracyError, match=r"linalg\.qr: expected independent columns"):
            gx.grad(f)(x)
        with pytest.raises(DegeneracyError, match=r"linalg\.qr: expected independent columns"):
            gx.jvp(f, (x,), (x,))


def test_qr_of_graded_columns_is_exact() -> None:
    x = noise(3, 3) * np.asarray([1.0, 1e-20, 1e20])
    y, d = noise(3, 3), noise(3, 3, seed=3)
    scale = np.asarray([1.0, 1e-20, 1e20])
    q = lambda x: la.qr(x).Q  # noqa: E731
    assert_close(gx.jvp(q, (x,), (d * scale,))[1], gx.jvp(q, (y,), (d,))[1], rtol=1e-9)


def test_ill_conditioned_solutions_against_rational_arithmetic() -> None:
    n = 6
    x, exact = hilbert(n), scipy.linalg.invhilbert(n)
    ones = np.ones((n, n))
    expected = -exact.T @ ones @ exact.T
    for f in (la.inv, lambda x: la.solve(x, np.eye(n)), la.pinv):
        assert_close(gx.grad(lambda x, f=f: gx.sum(f(x)))(x), expected, rtol=1e-8, atol=1.0)
    assert_close(gx.grad(lambda x: la.slogdet(x).logabsdet)(x), exact.T, rtol=1e-8, atol=1e-2)
    assert_close(gx.grad(la.det)(x) / np.linalg.det(x), exact.T, rtol=1e-8, atol=1e-2)


@pytest.mark.parametrize("n", [4, 6])
def test_ill_conditioned_factors_against_their_equations(n: int) -> None:
    x, d = hilbert(n), positive(n, n)
    y, dy = gx.jvp(la.cholesky, (x,), (d,))
    assert_close(y @ dy.T + dy @ y.T, d, rtol=1e-6, atol=1e-6)
    (q, r), (dq, dr) = gx.jvp(la.qr, (x,), (d,))
    assert_close(q @ dr + dq @ r, d, rtol=1e-6, atol=1e-6)
    (p, lower, upper), (_, d_lower, d_upper) = gx.jvp(la.lu, (x,), (d,))
    assert_close(p @ (lower @ d_upper + d_lower @ upper), d, rtol=1e-6, atol=1e-6)
    (w, v), (dw, dv) = gx.jvp(la.eigh, (x,), (d,))
    assert_close((dv * w) @ v.T + (v * dw) @ v.T + (v * w) @ dv.T, d, rtol=1e-6, atol=1e-6)
    (u, s, vh), (du, ds, dvh) = gx.jvp(la.svd, (x,), (d,))
    assert_close((du * s) @ vh + (u * ds) @ vh + (u * s) @ dvh, d, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("kind", ["f", "c"])
@pytest.mark.parametrize(("m", "n", "rank"), [(4, 2, 2), (2, 4, 2), (4, 3, 2), (3, 4, 1)])
def test_least_squares_of_any_rank(m: int, n: int, rank: int, kind: str) -> None:
    a, b = noise(m, rank, kind=kind), noise(rank, n, kind=kind, seed=1)
    c = noise(2, m, 3, kind=kind, seed=2)  # a batch that broadcasts

    def solution(a: Any, b: Any, c: Any) -> Any:
        return la.lstsq(gx.matmul(a, b), c, rtol=1e-8).solution

    check_grads(solution, (a, b, c), order=2)


@pytest.mark.parametrize("lower", [False, True])
def test_solve_triangular_of_an_ill_conditioned_triangle(lower: bool) -> None:
    a = np.tril(hilbert(5)) if lower else np.triu(hilbert(5))
    check_grads(
        lambda a, b: la.solve_triangular(a, b, lower=lower), (a, noise(5, 2)), order=2, rtol=1e-5
    )


def test_the_third_derivative_of_a_large_regular_determinant() -> None:
    x = np.eye(13) + 0.1 * noise(13, 13)
    check_grads(la.det, (x,), order=3, atol=1e-5)


def test_the_third_derivative_of_a_large_singular_determinant_raises() -> None:
    second = gx.grad(lambda y: gx.sum(gx.grad(la.det)(y)))
    assert second(np.diag(np.arange(13.0))).shape == (13, 13)
    with pytest.raises(MissingRuleError, match=r"linalg\.det.*13 by 13.*slogdet"):
        gx.grad(lambda y: gx.sum(second(y)))(np.diag(np.arange(13.0)))
