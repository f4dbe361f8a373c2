"""Linear algebra, products and transforms where naive formulas fail.

- Singular and repeated values, kinks, ties, overflow, empties; vectors that are defined up to a phase are
  judged by what does not depend on it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import DtypeError, OperandError, ShapeError
from gradx.testing import assert_close, check_grads

la = gx.linalg


def noise(*shape: int, kind: str = "f", seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape)
    return x + 1j * rng.standard_normal(shape) if kind == "c" else x


def with_values(values: Any, kind: str = "f") -> Any:
    """Return a dense Hermitian matrix with these eigenvalues."""
    q, _ = np.linalg.qr(noise(len(values), len(values), kind=kind))
    return (q * np.asarray(values)) @ q.conj().T


def of_rank(n: int, rank: int, kind: str = "f") -> Any:
    return noise(n, rank, kind=kind) @ noise(rank, n, kind=kind, seed=1)


def adjoint(x: Any) -> Any:
    return gx.matrix_transpose(gx.conj(x) if x.dtype.kind == "c" else x)


def projector(v: Any) -> Any:
    return gx.matmul(v, adjoint(v))


# ---------------------------------------------------------------- determinants


@pytest.mark.parametrize("kind", ["f", "c"])
@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("lost", [0, 1, 2, 3])
def test_det_of_any_rank_is_exact_to_second_order(n: int, lost: int, kind: str) -> None:
    # where the derivative is 0 the difference still has its cubic term
    check_grads(
        la.det, (of_rank(n, max(n - lost, 0), kind),), order=2, atol=1e-7 if n < 6 else 1e-6
    )


@pytest.mark.parametrize("n", [2, 3, 4])
def test_det_of_a_small_singular_matrix_is_exact_to_third_order(n: int) -> None:
    check_grads(la.det, (of_rank(n, n - 1),), order=3, atol=1e-6)


@pytest.mark.parametrize(
    "x", [np.eye(3), np.eye(6), np.zeros((3, 3)), np.zeros((6, 6)), np.diag([0.0, 0, 1, 2, 3, 4])]
)
def test_det_with_equal_singular_values(x: Any) -> None:
    check_grads(la.det, (x,), order=2, atol=1e-7)


def test_cofactors_of_an_exactly_singular_matrix() -> None:
    x = np.diag([0.0, 2.0, 3.0, 5.0, 7.0])
    assert_close(gx.grad(la.det)(x), np.diag([210.0, 0, 0, 0, 0]))


@pytest.mark.parametrize("n", [0, 1, 2])
def test_det_of_tiny_matrices_and_empty_batches(n: int) -> None:
    x = gx.zeros((0, n, n), requires_grad=True)
    gx.sum(la.det(x)).backward()
    assert x.grad.shape == (0, n, n)


def test_slogdet_of_a_matrix_whose_determinant_overflows() -> None:
    x = 1e200 * np.eye(3)
    assert_close(gx.grad(lambda x: la.slogdet(x).logabsdet)(x), 1e-200 * np.eye(3))


def test_the_sign_alone_has_gradient_zero() -> None:
    assert_close(gx.grad(lambda x: la.slogdet(x).sign)(noise(3, 3)), np.zeros((3, 3)))


# ---------------------------------------------------------------- eigenvalues and singular values


def test_values_alone_at_repeated_eigenvalues() -> None:
    x = np.eye(3) * 2
    for values in (
        la.eigvalsh,
        lambda x: la.eigh(x).eigenvalues,
        la.svdvals,
        lambda x: la.svd(x).S,
    ):
        assert_close(gx.grad(lambda x, f=values: gx.sum(f(x) ** 2))(x), 2 * x)


@pytest.mark.parametrize("kind", ["f", "c"])
@pytest.mark.parametrize("values", [[1, 2, 4, 7], [1, 1, 4, 4], [0, 0, 3, 3], [2, 2, 2, 5]])
def test_eigh_projector_at_repeated_values(values: list[float], kind: str) -> None:
    k = 3 if values[1] == values[2] else 2
    x = with_values(values, kind)
    check_grads(lambda x: projector(la.eigh(x).eigenvectors[:, :k]), (x,), order=1)


@pytest.mark.parametrize("kind", ["f", "c"])
def test_eigh_by_what_does_not_depend_on_phases(kind: str) -> None:
    def rebuilt(x: Any) -> Any:
        w, v = la.eigh(x)
        return gx.matmul(v * gx.exp(w), adjoint(v))

    check_grads(rebuilt, (with_values([-1, 0.5, 2], kind),), order=2)


@pytest.mark.parametrize("f", [la.eigh, la.cholesky, la.eigvalsh])
def test_the_gradient_of_a_hermitian_argument_is_hermitian(f: Any) -> None:
    def loss(x: Any) -> Any:
        parts = f(x) if isinstance(f(x), tuple) else (f(x),)
        return sum(gx.sum(gx.real(p * noise(*p.shape, kind="c"))) for p in parts)

    g = gx.grad(loss)(with_values([1, 2, 4], "c")).numpy()
    assert_close(g, g.conj().T)
    assert np.abs(g).max() > 0.01


@pytest.mark.parametrize("kind", ["f", "c"])
def test_eig_by_what_does_not_depend_on_phases(kind: str) -> None:
    def rebuilt(x: Any) -> Any:
        w, v = la.eig(x)
        return gx.matmul(v * gx.exp(w), la.inv(v)), gx.abs(v) ** 2

    check_grads(rebuilt, (noise(3, 3, kind=kind),), order=2)


@pytest.mark.parametrize("kind", ["f", "c"])
@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4)])
@pytest.mark.parametrize("full", [False, True])
def test_svd_by_what_does_not_depend_on_phases(
    shape: tuple[int, int], full: bool, kind: str
) -> None:
    def rebuilt(x: Any) -> Any:
        u, s, vh = la.svd(x, full_matrices=full)
        k = s.shape[0]
        polar = gx.matmul(u[:, :k], vh[:k])
        return (
            polar,
            gx.matmul(u[:, :k] * s**3, vh[:k]),
            projector(u[:, 1:]),
            projector(adjoint(vh)[:, :1]),
        )

    check_grads(rebuilt, (noise(*shape, kind=kind),), order=2)


def test_svd_with_full_matrices_by_its_extra_columns() -> None:
    x = noise(5, 2, kind="c")
    check_grads(lambda x: projector(la.svd(x).U[:, 2:]), (x,), order=2)
    check_grads(lambda x: projector(adjoint(la.svd(adjoint(x)).Vh)[:, 2:]), (x,), order=2)


def test_the_polar_factor_at_equal_singular_values() -> None:
    def polar(x: Any) -> Any:
        u, _, vh = la.svd(x)
        return gx.matmul(u, vh)

    check_grads(polar, (2 * np.eye(3),), order=1)
    check_grads(polar, (np.linalg.qr(noise(3, 3, kind="c"))[0],), order=1)


@pytest.mark.parametrize("kind", ["f", "c"])
@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4)])
@pytest.mark.parametrize("mode", ["reduced", "complete"])
def test_qr(shape: tuple[int, int], mode: str, kind: str) -> None:
    def rebuilt(x: Any) -> Any:
        q, r = la.qr(x, mode=mode)
        k = min(shape)
        return q[:, :k], r, projector(q[:, k:])

    check_grads(rebuilt, (noise(*shape, kind=kind),), order=2)


@pytest.mark.parametrize("kind", ["f", "c"])
def test_pinv_of_constant_rank(kind: str) -> None:
    def pinv(a: Any, b: Any) -> Any:
        return la.pinv(gx.matmul(a, b), rtol=1e-8)

    check_grads(pinv, (noise(4, 2, kind=kind), noise(2, 3, kind=kind, seed=1)), order=2)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (2, 0, 3)])
def test_decompositions_of_empty_matrices(shape: tuple[int, ...]) -> None:
    for f in (lambda x: la.svd(x, full_matrices=False).U, la.svdvals, lambda x: la.qr(x).R):
        assert gx.grad(lambda x, f=f: gx.sum(f(x)))(np.zeros(shape)).shape == shape


# ---------------------------------------------------------------- norms


@pytest.mark.parametrize("order", [1, 2, 3, 4, 1.5, 0.5, np.inf, -np.inf])
@pytest.mark.parametrize("kind", ["f", "c"])
def test_a_vector_norm_at_zero_has_gradient_zero(order: float, kind: str) -> None:
    x = np.zeros((2, 3)) + (0j if kind == "c" else 0)
    g = gx.grad(lambda x: gx.sum(la.vector_norm(x, axis=1, ord=order)))
    assert_close(g(x), x)
    assert_close(gx.jvp(lambda x: la.vector_norm(x, ord=order), (x,), (x + 1,))[1], 0.0)
    assert_close(gx.grad(lambda x: gx.sum(gx.real(g(x))))(x), x)


@pytest.mark.parametrize("scale", [1e-300, 1e-170, 1e170, 1e300])
@pytest.mark.parametrize("order", [2, 3, 4])
def test_vector_norms_neither_overflow_nor_underflow(scale: float, order: float) -> None:
    x = np.asarray([3.0, -4.0])
    value, g = gx.value_and_grad(lambda x: la.vector_norm(x, ord=order))(scale * x)
    expected, direction = gx.value_and_grad(lambda x: la.vector_norm(x, ord=order))(x)
    assert_close(value / scale, expected)
    assert_close(g, direction)


@pytest.mark.parametrize("order", [2, 3, 4, 6])
@pytest.mark.parametrize("kind", ["f", "c"])
def test_zero_elements_of_a_vector_norm_are_exact_to_second_order(order: float, kind: str) -> None:
    x = noise(4, kind=kind)
    x[1] = 0
    # |x|**3 has a kink in its second derivative: there the difference is off by about its step
    atol = 1e-5 if order == 3 else 1e-8
    check_grads(lambda x: la.vector_norm(x, ord=order), (x,), order=2, atol=atol)


def test_ties_of_the_largest_modulus_share() -> None:
    g = gx.grad(lambda x: la.vector_norm(x, ord=np.inf))(np.asarray([2.0, -2.0, 1.0]))
    assert_close(g, [0.5, -0.5, 0.0])
    assert_close(gx.grad(lambda x: la.matrix_norm(x, ord=2))(np.eye(4)), np.eye(4) / 4)


@pytest.mark.parametrize("order", ["fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf])
def test_a_matrix_norm_at_zero_has_gradient_zero(order: Any) -> None:
    x = np.zeros((3, 2))
    assert_close(gx.grad(lambda x: la.matrix_norm(x, ord=order))(x), x)


def test_an_infinite_element_keeps_to_itself() -> None:
    g = gx.grad(la.vector_norm)(np.asarray([np.inf, 1.0]))
    assert np.isnan(g.numpy()[0])
    assert g.numpy()[1] == 0


# ---------------------------------------------------------------- solving, products, transforms


def test_a_power_of_zero_is_the_identity() -> None:
    assert_close(la.matrix_power(gx.zeros((2, 3, 3)), 0), np.broadcast_to(np.eye(3), (2, 3, 3)))


@pytest.mark.parametrize("name", ["float32", "complex64"])
def test_single_precision_stays_single(name: str) -> None:
    x = gx.asarray(noise(3, 3) + 3 * np.eye(3), dtype=name)
    functions = [
        la.det, la.inv, la.cholesky, la.svdvals, la.eigvalsh, la.eigvals, la.pinv, la.vector_norm,
        gx.fft.fft, la.matrix_norm,
        lambda x: la.eigh(x)[1], lambda x: la.qr(x)[0], lambda x: la.svd(x)[0], lambda x: la.slogdet(x)[1],
        lambda x: la.solve(x, x[0]), lambda x: la.vector_norm(x, ord=3), lambda x: gx.einsum("ii->i", x),
        lambda x: la.matrix_norm(x, ord="nuc"), lambda x: la.eig(x)[1], la.trace, la.diagonal,
        lambda x: la.det(gx.eye(5, dtype=name) + gx.sum(x)),
    ]  # fmt: skip
    spd = x @ adjoint(x)
    for f in functions:
        out, pull = gx.vjp(f, spd)
        assert out.dtype.name in (name, "float32") or name == "float32", f
        assert out.dtype.itemsize == (8 if out.dtype.kind == "c" else 4), f
        (g,) = pull(out)
        assert g.dtype.name == name
        assert gx.jvp(f, (spd,), (spd,))[1].dtype == out.dtype


@pytest.mark.parametrize("n", [1, 4, 5])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_frequencies(n: int, dtype: str) -> None:
    for name in ("fftfreq", "rfftfreq"):
        actual = getattr(gx.fft, name)(n, d=0.5, dtype=dtype)
        assert_close(actual, getattr(np.fft, name)(n, 0.5).astype(dtype))
        assert getattr(gx.fft, name)(n).dtype == gx.float64


@pytest.mark.parametrize("n", [3, 4, 7])
def test_a_real_argument_of_a_complex_transform_has_a_real_gradient(n: int) -> None:
    g = gx.grad(lambda x: gx.sum(gx.abs(gx.fft.fft(x, n=n)) ** 2))(noise(5))
    assert g.dtype == gx.float64


def test_a_repeated_index_keeps_an_infinite_cotangent_on_the_diagonal() -> None:
    _, pull = gx.vjp(lambda x: gx.einsum("ii->i", x), np.eye(2))
    assert_close(pull(gx.asarray([np.inf, 1.0]))[0], np.diag([np.inf, 1.0]))
    _, pull = gx.vjp(la.trace, np.eye(2))
    assert_close(pull(gx.asarray(np.inf))[0], np.diag([np.inf, np.inf]))


def test_numpy_arrays_and_the_same_tensor_twice() -> None:
    x = noise(3, 3)
    assert_close(
        gx.grad(lambda a: gx.sum(a @ a))(x), (x.sum(0)[:, None] + x.sum(1)[None, :]).repeat(1, 0)
    )
    assert_close(gx.grad(lambda a: gx.sum(gx.matmul(a, np.ones((3, 2)))))(x), np.full((3, 3), 2.0))


def test_results_are_named() -> None:
    x = np.eye(2)
    assert la.eigh(x)._fields == la.eig(x)._fields == ("eigenvalues", "eigenvectors")
    assert la.qr(x)._fields == ("Q", "R")
    assert la.svd(x)._fields == ("U", "S", "Vh")
    assert la.slogdet(x)._fields == ("sign", "logabsdet")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: gx.matmul(gx.ones((2, 3)), gx.ones((2, 3))),
            r"matmul: expected .* got \(2, 3\) and \(2, 3\)",
        ),
        (lambda: gx.matmul(gx.ones(()), gx.ones((2, 3))), "matmul: expected"),
        (lambda: gx.matmul(gx.ones((2, 2, 3)), gx.ones((3, 3, 2))), "matmul: expected"),
        (
            lambda: gx.tensordot(gx.ones((2, 3)), gx.ones((2, 3)), axes=1),
            "tensordot: expected equal sizes",
        ),
        (lambda: gx.vecdot(gx.ones(2), gx.ones(3)), "vecdot: expected vectors of one length"),
        (
            lambda: gx.einsum("ij,jk", gx.ones((2, 3)), gx.ones((2, 3))),
            "einsum: expected one size for index 'j'",
        ),
        (lambda: gx.einsum("ij", gx.ones(3)), "einsum: expected 2 dimensions"),
        (lambda: gx.einsum("ij->k", gx.ones((3, 3))), "einsum: expected indices of the arrays"),
        (lambda: la.det(gx.ones((2, 3))), "linalg.det: expected square matrices"),
        (lambda: la.svd(gx.ones(3)), "linalg.svd: expected matrices"),
        (lambda: la.solve(gx.eye(3), gx.ones(2)), "linalg.solve: expected shapes"),
        (lambda: la.cross(gx.ones(2), gx.ones(2)), "linalg.cross: expected vectors of 3"),
        (lambda: la.vector_norm(gx.ones(2), axis=1), "linalg.vector_norm: axis 1 is out of range"),
        (lambda: gx.fft.fft(gx.ones(2), n=0), "fft.fft: expected at least 1 point"),
        (lambda: gx.fft.fft(gx.ones(2), axis=3), "fft.fft: axis 3"),
        (lambda: gx.fft.irfft(gx.ones(2), axis=3), "fft.irfft: axis 3"),
        (lambda: gx.fft.fftshift(gx.ones(2), axes=3), "fft.fftshift: axis 3"),
        (lambda: gx.special.softmax(gx.ones(2), axis=(3,)), "softmax: axis 3"),
        (lambda: gx.nn.cross_entropy(gx.ones(2), 0, axis=3), "cross_entropy: axis 3"),
        (lambda: gx.random.permutation(gx.ones(2), axis=3), "random.permutation: axis 3"),
    ],
)
def test_errors_name_the_operation(call: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        call()


@pytest.mark.parametrize(
    "call", [lambda: gx.matmul([[1.0]], gx.ones((1, 1))), lambda: gx.matmul("a", gx.ones(1))]
)
def test_matmul_of_what_is_no_array_says_so(call: Any) -> None:
    with pytest.raises(OperandError, match="matmul: expected a Tensor"):
        call()


def test_a_complex_argument_of_a_real_transform_is_refused() -> None:
    with pytest.raises(DtypeError, match=r"fft.rfft: expected a real array; got complex128"):
        gx.fft.rfft(gx.asarray([1j]))


@pytest.mark.parametrize(
    ("order", "norm"), [(0.5, 1e200), (-1, 0.5e-200), (2, 1e200), (-2, 1e-200 / 2**0.5)]
)
def test_vector_norm_of_extreme_elements(order, norm):
    y = gx.linalg.vector_norm(gx.asarray([1e-200, 1e-200, 1e200]), ord=order)
    assert y.item() == pytest.approx(norm, rel=1e-12)
