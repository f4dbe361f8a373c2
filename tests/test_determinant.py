"""Third derivatives of determinants, where singular values repeat and where they vanish."""

import itertools

import numpy as np
import pytest

import gradx as gx
from gradx.testing import check_grads

POINTS = {
    "equal": np.eye(5),
    "pairs": np.diag([2.0, 2.0, 1.0, 1.0, 1.0]),
    "rank 2": np.diag([1.0, 1.0, 0.0, 0.0, 0.0]),
    "distinct": np.diag([1.0, 2.0, 3.0, 4.0, 5.0]),
}


def along(f, v):
    return lambda x: gx.jvp(f, (x,), (v,))[1]


def mixed(x, directions):
    """The coefficient of a*b*c in det(x + a*u + b*v + c*w), by interpolating the polynomial on a circle."""
    n, total = len(x), 0.0
    points = np.exp(2j * np.pi * np.arange(n + 1) / (n + 1))
    for chosen in itertools.product([0, 1], repeat=3):
        w = sum(c * v for c, v in zip(chosen, directions))
        values = [np.linalg.det(x + t * w) for t in points]
        total += (-1) ** (3 - sum(chosen)) * (np.fft.fft(values) / (n + 1))[3].real
    return total


@pytest.mark.parametrize("point", POINTS)
def test_third_derivative_in_both_modes(point):
    x = POINTS[point]
    u, v, w = (np.random.default_rng(seed).normal(size=x.shape) for seed in range(3))
    expected = pytest.approx(mixed(x, (u, v, w)), rel=1e-11, abs=1e-11)
    assert along(along(along(gx.linalg.det, u), v), w)(gx.asarray(x)).item() == expected
    first = gx.grad(gx.linalg.det)
    second = gx.grad(lambda y: gx.sum(first(y) * u))
    third = gx.grad(lambda y: gx.sum(second(y) * v))
    assert gx.sum(third(gx.asarray(x)) * w).item() == expected


def test_complex_third_derivative():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 5)) + 1j * rng.normal(size=(5, 5))
    check_grads(gx.linalg.det, (gx.asarray(x),), order=3)
