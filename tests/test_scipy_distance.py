"""`gx.scipy.spatial.distance`: its kinks, its errors; the table of consumers holds values and derivatives elsewhere."""

import numpy as np
import pytest

import gradx as gx
from gradx import errors

distance = gx.scipy.spatial.distance
WEIGHTS = gx.asarray([0.5, 1.0, 2.0])
KINKS = {
    "euclidean": distance.euclidean,
    "euclidean(w=)": lambda u, v: distance.euclidean(u, v, WEIGHTS),
    "minkowski(1.5)": lambda u, v: distance.minkowski(u, v, 1.5),
    "minkowski(1.5, w=)": lambda u, v: distance.minkowski(u, v, 1.5, WEIGHTS),
    "minkowski(4, w=)": lambda u, v: distance.minkowski(u, v, 4, WEIGHTS),
    "cityblock": distance.cityblock,
    "chebyshev": distance.chebyshev,
    "canberra": distance.canberra,
    "braycurtis": distance.braycurtis,
    "jensenshannon": distance.jensenshannon,
    "mahalanobis": lambda u, v: distance.mahalanobis(u, v, gx.eye(3)),
    "seuclidean": lambda u, v: distance.seuclidean(u, v, WEIGHTS),
}


@pytest.mark.parametrize("name", KINKS)
def test_equal_points_have_the_derivative_0_to_second_order(name):
    f, u = KINKS[name], gx.asarray([0.2, 0.3, 0.5])
    assert float(f(u, u)) == 0.0
    for argnum in (0, 1):
        assert not np.any(gx.grad(f, argnum)(u, u).numpy())
        assert not np.any(gx.hessian(f, argnum)(u, u).numpy())
    assert float(gx.jvp(f, (u, u), (gx.ones(3), gx.zeros(3)))[1]) == 0.0


def test_sqeuclidean_and_cosine_are_smooth_at_equal_points():
    u = gx.asarray([0.2, 0.3, 0.5])
    np.testing.assert_allclose(gx.hessian(distance.sqeuclidean)(u, u).numpy(), 2.0 * np.eye(3))
    n = u.numpy() / np.linalg.norm(u.numpy())
    expected = (np.eye(3) - np.outer(n, n)) / np.sum(u.numpy() ** 2)
    np.testing.assert_allclose(gx.hessian(distance.cosine)(u, u).numpy(), expected, atol=1e-12)


def test_canberra_at_zeros_has_no_nan():
    u = gx.zeros(3)
    assert not np.any(gx.grad(distance.canberra)(u, u).numpy())


@pytest.mark.parametrize(
    "metric", ["euclidean", "minkowski", "seuclidean", "chebyshev", "canberra"]
)
def test_repeated_rows_give_no_nan(metric):
    x = gx.asarray([[1.0, 2.0], [1.0, 2.0], [0.5, -1.0]])
    for f in (lambda x: distance.pdist(x, metric), lambda x: distance.cdist(x, x, metric)):
        gradient = gx.grad(lambda x, f=f: gx.sum(f(x) ** 2 + f(x)))(x).numpy()
        assert np.all(np.isfinite(gradient)) and np.any(gradient)


def test_large_differences_do_not_overflow():
    u, v = gx.asarray([3e200, 0.0]), gx.asarray([0.0, 4e200])
    assert float(distance.euclidean(u, v, gx.ones(2))) == pytest.approx(5e200)
    np.testing.assert_allclose(gx.grad(distance.euclidean)(u, v, gx.ones(2)).numpy(), [0.6, -0.8])


def test_float32_stays():
    x = gx.asarray(np.ones((3, 2)), dtype=gx.float32)
    assert distance.pdist(x).dtype == gx.float32
    assert distance.cdist(x, x, "jensenshannon").dtype == gx.float32


def test_a_batch_of_vectors_by_vmap():
    x, y = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    found = gx.vmap(distance.euclidean)(gx.asarray(x), gx.asarray(y)).numpy()
    np.testing.assert_allclose(found, np.linalg.norm(x - y, axis=1))


BAD = {
    "shapes": (lambda: distance.euclidean([1.0, 2.0], [1.0]), errors.ShapeError, r"euclidean.*\(2,\) and \(1,\)"),
    "a matrix": (lambda: distance.cosine(gx.ones((2, 2)), gx.ones((2, 2))), errors.ShapeError, "cosine.*vectors"),
    "negative weights": (lambda: distance.cityblock([1.0], [2.0], w=[-1.0]), ValueError, "cityblock.*negative"),
    "number of weights": (lambda: distance.cityblock([1.0], [2.0], w=[1.0, 1.0]), errors.ShapeError, "weights"),
    "metric": (lambda: distance.pdist(gx.ones((2, 2)), "near"), ValueError, "pdist.*'near'"),
    "rows": (lambda: distance.cdist(gx.ones((2, 2)), gx.ones((2, 3))), errors.ShapeError, r"cdist.*\(2, 3\)"),
    "out": (lambda: distance.pdist(gx.ones((2, 2)), out=gx.ones(1)), errors.OperandError, "out"),
    "few rows": (lambda: distance.pdist(gx.ones((2, 2)), "mahalanobis"), ValueError, "3 observations"),
    "p": (lambda: distance.minkowski([1.0], [2.0], p=0), ValueError, "p > 0"),
    "squareform": (lambda: distance.squareform([1.0, 2.0]), errors.ShapeError, "squareform"),
    "asymmetric": (lambda: distance.squareform([[0.0, 1.0], [2.0, 0.0]]), ValueError, "symmetric"),
    "a name": (lambda: distance.kulsinski, AttributeError, "kulsinski"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_arguments_are_named(name):
    call, kind, match = BAD[name]
    with pytest.raises(kind, match=match):
        call()
