"""`gx.scipy.linalg`: batches, dtypes, cost, edges and errors; the table of consumers holds values and derivatives."""

import os
import subprocess
import sys

import numpy as np
import pytest
import scipy.linalg

import gradx as gx
from gradx import errors
from gradx.testing import check_grads

linalg = gx.scipy.linalg
LEFT_OUT = {
    "cdf2rdf", "clarkson_woodruff_transform", "cossin", "expm_cond", "funm", "hessenberg", "ldl",
    "matrix_balance", "ordqz", "qr_delete", "qr_insert", "qr_update", "qz", "rsf2csf", "schur",
    "find_best_blas_type", "get_blas_funcs", "get_lapack_funcs",
}  # fmt: skip


recent = pytest.mark.skipif(
    tuple(map(int, scipy.__version__.split(".")[:2])) < (1, 17),
    reason="names and batches are those of SciPy 1.17",
)


def random(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


@recent
def test_every_function_is_there_or_left_out():
    theirs = {n for n in scipy.linalg.__all__ if callable(getattr(scipy.linalg, n))}
    assert {name for name in theirs if not hasattr(linalg, name)} == LEFT_OUT


BATCHED = {
    "solve_banded": (lambda ab, b: linalg.solve_banded((1, 1), ab, b), (random(4, 3, 5) + 5.0, random(4, 5))),
    "solveh_banded": (linalg.solveh_banded, (random(4, 2, 5) * 0.3 + [[0.0], [5.0]], random(4, 5, 2))),
    "solve_toeplitz": (linalg.solve_toeplitz, (random(4, 5) + np.asarray([9.0, 0, 0, 0, 0]), random(4, 5))),
    "solve_sylvester": (linalg.solve_sylvester,
                        (random(4, 3, 3), random(4, 2, 2, seed=1) + 5 * np.eye(2), random(4, 3, 2))),
    "solve_discrete_lyapunov": (linalg.solve_discrete_lyapunov, (random(4, 3, 3) * 0.2, random(4, 3, 3, seed=1))),
    "lu_solve": (lambda a, b: linalg.lu_solve(linalg.lu_factor(a), b, 1), (random(4, 3, 3), random(4, 3))),
    "qr with pivoting": (lambda a: linalg.qr(a, pivoting=True)[1], (random(4, 3, 3),)),
    "eigh_tridiagonal": (lambda d, e: linalg.eigh_tridiagonal(d, e, True), (random(4, 3), random(4, 2))),
    "logm": (lambda a: linalg.logm(a @ a.mT + gx.eye(3, dtype=a.dtype)), (random(4, 3, 3),)),
}  # fmt: skip


@pytest.mark.parametrize("name", BATCHED)
def test_vmap_is_a_loop_and_so_are_its_gradients(name):
    f, args = BATCHED[name]
    args = [gx.asarray(x) for x in args]

    def loss(*args):
        return gx.sum(f(*args) ** 2)

    for function in (f, gx.grad(loss, tuple(range(len(args))))):
        found = gx.vmap(function)(*args)
        found = found if isinstance(found, tuple) else (found,)
        for i in range(4):
            one = function(*[x[i] for x in args])
            one = one if isinstance(one, tuple) else (one,)
            for a, b in zip(found, one, strict=True):
                np.testing.assert_allclose(a[i].numpy(), b.numpy(), rtol=1e-9, atol=1e-11)


def test_one_argument_of_a_batch():
    ab, b = gx.asarray(random(3, 5) + 5.0), gx.asarray(random(4, 5))
    found = gx.vmap(lambda b: linalg.solve_banded((1, 1), ab, b))(b)
    expected = scipy.linalg.solve_banded((1, 1), ab.numpy(), b.numpy().T).T
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12)


@pytest.mark.parametrize("name", BATCHED)
def test_both_modes_to_order_two(name):
    f, args = BATCHED[name]
    check_grads(f, [gx.asarray(x[0]) for x in args], order=2)


@pytest.mark.parametrize("name", BATCHED)
def test_float32_stays(name):
    f, args = BATCHED[name]
    x = [gx.asarray(a[0], dtype=gx.float32) for a in args]
    assert f(*x).dtype == gx.float32
    assert gx.grad(lambda *x: gx.sum(f(*x)))(*x).dtype == gx.float32


def test_banded_systems_are_linear_in_the_size():
    """A dense matrix of this size would have 320 GB."""
    n = 200_000
    ab, b = np.ones((3, n)), gx.ones(n)
    ab[1] = 4.0
    gradient = gx.grad(lambda ab: gx.sum(linalg.solve_banded((1, 1), ab, b)))(gx.asarray(ab))
    assert gradient.shape == (3, n)


def test_toeplitz_systems_keep_no_matrix():
    n = 3000
    c = np.zeros(n)
    c[:2] = 4.0, 1.0
    x = linalg.solve_toeplitz(gx.asarray(c), gx.ones(n))
    gradient = gx.grad(lambda c: gx.sum(linalg.solve_toeplitz(c, gx.ones(n))))(gx.asarray(c))
    # T is symmetric and b is ones: the gradient by c[0] is -x.x
    np.testing.assert_allclose(gradient[0].numpy(), -np.sum(x.numpy() ** 2), rtol=1e-10)


def test_negative_eigenvalues_give_complex_roots_and_logarithms():
    a = np.asarray([[-2.0, 1.0], [0.0, 3.0]])
    for name in ("sqrtm", "logm"):
        f = getattr(linalg, name)
        y = f(gx.asarray(a))
        assert y.dtype == gx.complex128
        np.testing.assert_allclose(y.numpy(), getattr(scipy.linalg, name)(a), atol=1e-13)
        check_grads(lambda x, f=f: gx.real(f(x)) + 2.0 * gx.imag(f(x)), [gx.asarray(a)], order=2)


@pytest.mark.parametrize("name", ["sqrtm", "logm"])
def test_twofold_negative_eigenvalues_stay_on_one_side_of_the_cut(name):
    q, _ = np.linalg.qr(random(3, 3))
    a = q @ np.diag([-2.0, -2.0, 1.0]) @ q.T
    f = {"sqrtm": lambda x: (x + 0j) ** 0.5, "logm": lambda x: np.log(x + 0j)}[name]
    expected = q @ np.diag(f(np.asarray([-2.0, -2.0, 1.0]))) @ q.T
    np.testing.assert_allclose(getattr(linalg, name)(gx.asarray(a)).numpy(), expected, atol=1e-10)


def test_polar_of_an_orthogonal_matrix():
    q, _ = np.linalg.qr(random(3, 3))
    check_grads(lambda a: linalg.polar(a), [gx.asarray(q)], modes=("rev",), order=1)


def test_angles_of_0_have_the_derivative_0():
    a = gx.asarray(random(4, 2))
    gradient = gx.grad(lambda x: gx.sum(linalg.subspace_angles(x, a)))(a)
    assert not np.any(gradient.numpy())


@recent
def test_factors_of_scipy_s_are_taken():
    a = random(2, 3, 3)
    a, b = a @ a.swapaxes(1, 2) + np.eye(3), random(3)
    factors = scipy.linalg.cho_factor(a)
    np.testing.assert_allclose(
        linalg.cho_solve(factors, b).numpy(), np.linalg.solve(a, b[:, None])[..., 0], rtol=1e-12
    )


@recent
@pytest.mark.parametrize("name", ["lstsq", "polar", "pinv", "lu", "rq", "svdvals", "null_space"])
def test_a_batch_is_scipy_s(name):
    for shape in ((2, 4, 3), (2, 3, 4)):
        a = random(*shape)
        args = (a, random(*shape[:-1], 2)) if name == "lstsq" else (a,)
        found, expected = getattr(linalg, name)(*args), getattr(scipy.linalg, name)(*args)
        several = isinstance(found, tuple)
        for x, y in zip(
            found if several else [found], expected if several else [expected], strict=True
        ):
            assert x.shape == y.shape
            if name != "null_space":  # an arbitrary basis
                np.testing.assert_allclose(x.numpy(), y, rtol=1e-9, atol=1e-12)


def test_an_lu_pivot_is_lapack_s():
    for shape in ((5, 5), (6, 3), (3, 6)):
        a = random(*shape)
        found, expected = linalg.lu_factor(gx.asarray(a)), scipy.linalg.lu_factor(a)
        np.testing.assert_array_equal(found[1].numpy(), expected[1])
        np.testing.assert_allclose(found[0].numpy(), expected[0], rtol=1e-12, atol=1e-14)
        b = random(shape[0])
        if shape == (5, 5):
            np.testing.assert_allclose(
                linalg.lu_solve(expected, b).numpy(), scipy.linalg.lu_solve(expected, b)
            )


def test_a_system_that_is_not_read_has_no_gradient():
    a = gx.asarray(random(3, 3) + 5 * np.eye(3))
    for kind, mask in (
        ("upper triangular", np.triu),
        ("pos", np.triu),
        ("tridiagonal", lambda x: np.triu(np.tril(x, 1), -1)),
    ):
        gradient = gx.grad(lambda a, kind=kind: gx.sum(linalg.solve(a, gx.ones(3), assume_a=kind)))(
            a
        )
        np.testing.assert_array_equal(gradient.numpy(), mask(gradient.numpy()))


def test_constants_are_scipy_s():
    np.testing.assert_array_equal(linalg.hilbert(4).numpy(), scipy.linalg.hilbert(4))
    assert linalg.LinAlgError is scipy.linalg.LinAlgError
    assert linalg.issymmetric(gx.asarray(np.eye(2), requires_grad=True))
    assert linalg.bandwidth(gx.asarray([[1.0, 2.0], [0.0, 1.0]])) == (0, 1)


BAD = {
    "not square": (lambda: linalg.inv(gx.ones((2, 3))), errors.ShapeError, r"linalg\.inv.*\(2, 3\)"),
    "not finite": (lambda: linalg.det([[np.nan, 1.0], [0.0, 1.0]]), ValueError, r"linalg\.det.*finite"),
    "structure": (lambda: linalg.solve(gx.eye(2), gx.ones(2), assume_a="round"), errors.OperandError, "round"),
    "right side": (lambda: linalg.solve(gx.eye(2), gx.ones(3)), errors.ShapeError, r"solve.*\(3,\)"),
    "singular": (lambda: linalg.solve(gx.zeros((2, 2)), gx.ones(2), assume_a="diagonal"), np.linalg.LinAlgError,
                 "singular"),
    "indefinite": (lambda: linalg.solve(-gx.eye(2), gx.ones(2), assume_a="pos"), np.linalg.LinAlgError,
                 "positive definite"),
    "indefinite band": (lambda: linalg.solveh_banded(-gx.ones((1, 3)), gx.ones(3)), np.linalg.LinAlgError,
                 "positive definite"),
    "trans": (lambda: linalg.solve_triangular(gx.eye(2), gx.ones(2), trans=7), errors.OperandError, "trans.*7"),
    "rows of a band": (lambda: linalg.solve_banded((1, 1), gx.ones((2, 3)), gx.ones(3)), errors.ShapeError, "= 3 rows"),
    "mode": (lambda: linalg.qr(gx.eye(2), mode="raw"), errors.OperandError, r"qr.*'raw'"),
    "pairs": (lambda: linalg.eig(gx.eye(2), homogeneous_eigvals=True), errors.OperandError, "homogeneous_eigvals"),
    "circulant": (lambda: linalg.solve_circulant(gx.ones(3), gx.ones(3)), np.linalg.LinAlgError,
                 "near singular"),
    "shapes": (lambda: linalg.solve_sylvester(gx.eye(2), gx.eye(3), gx.eye(2)), errors.ShapeError, r"\(2, 2\)"),
    "riccati": (lambda: linalg.solve_continuous_are(gx.eye(2), gx.ones((2, 1)), gx.eye(3), gx.eye(1)),
                errors.ShapeError, r"q \(3, 3\)"),
    "ranks": (lambda: linalg.orth(gx.stack([gx.eye(2), gx.zeros((2, 2))])), errors.ShapeError, "ranks"),
    "a name": (lambda: linalg.schur, AttributeError, r"scipy\.linalg\.schur"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_arguments_are_named(name):
    call, kind, match = BAD[name]
    with pytest.raises(kind, match=match):
        call()


@pytest.mark.parametrize("call", [
    lambda: linalg.solve(gx.zeros((0, 0)), gx.zeros(0)),
    lambda: linalg.solve_banded((1, 1), gx.zeros((3, 0)), gx.zeros(0)),
    lambda: linalg.solve_toeplitz(gx.zeros(0), gx.zeros(0)),
])  # fmt: skip
def test_empty_systems(call):
    assert call().shape == (0,)


MASKED = {
    "solve_banded": lambda x: linalg.solve_banded((1, 1), x, gx.ones(3), check_finite=False),
    "solve_triangular": lambda x: linalg.solve_triangular(x, gx.ones(3), check_finite=False),
    "solve_toeplitz": lambda x: linalg.solve_toeplitz(x[0], gx.ones(3), check_finite=False),
}


@pytest.mark.parametrize("name", MASKED)
def test_a_branch_not_taken_contributes_0(name):
    x = gx.asarray(np.where(np.eye(3), np.nan, 1.0))

    def loss(x):
        y = MASKED[name](x)
        return gx.sum(gx.where(gx.isnan(y), 1.0, y)) + gx.sum(gx.where(x > 0, x, 0.0))

    np.testing.assert_array_equal(gx.grad(loss)(x).numpy(), 1.0 - np.eye(3))
    assert float(gx.jvp(loss, (x,), (gx.ones((3, 3)),))[1]) == 6.0


def test_the_modules_load_no_scipy():
    code = (
        "import sys, gradx\n"
        "gradx.scipy.linalg, gradx.scipy.fft, gradx.scipy.spatial.distance\n"
        "print(*[name for name in ('scipy', 'numpy') if name in sys.modules])"
    )
    path = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert done.stdout.split() == []


def test_transposed_complex_systems():
    a, b = random(3, 3) + 1j * random(3, 3)[::-1], random(3)

    def loss(solution):
        return gx.sum(gx.abs(solution) ** 2)

    x = linalg.solve(a, b, transposed=True)
    np.testing.assert_allclose(a.T @ x.numpy(), b, atol=1e-12)
    found = gx.grad(lambda a: loss(linalg.solve(a, b, transposed=True)))(gx.asarray(a)).numpy()
    expected = gx.grad(lambda a: loss(gx.linalg.solve(a.mT, b + 0j)))(gx.asarray(a)).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-12)
