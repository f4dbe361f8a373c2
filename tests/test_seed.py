"""The two classes that gradx grew from, done right: each line is a case that one of them got wrong."""

import math

import numpy as np
import pytest

import gradx as gx


def leaf(value):
    return gx.asarray(value, requires_grad=True)


def test_addition_has_slope_one_in_both_arguments():
    a, b = leaf(2.0), leaf(3.0)
    assert [g.item() for g in gx.gradients(a + b, [a, b])] == [1.0, 1.0]


@pytest.mark.parametrize("a", [3.0, 5.0])
def test_a_variable_to_the_power_of_itself(a):
    x = leaf(a)
    assert gx.gradients(x**x, x).item() == pytest.approx(a**a * (math.log(a) + 1), rel=1e-14)


def test_shared_node_counts_once_for_each_use():
    x = leaf(2.0)
    y = x * x
    z = y * y
    assert gx.gradients(z, x).item() == 32.0


def test_indexing_reads_one_element():
    x = leaf([1.0, 2.0])
    y = 3 * x
    (y[0] + y[1]).backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_slices_written_and_read():
    a, b = gx.zeros((2, 6)), leaf(np.arange(12.0).reshape(2, 6))
    a[:, 1] = b[:, 2] + b[:, 5]
    gx.sum(a).backward()
    expected = np.zeros((2, 6))
    expected[:, [2, 5]] = 1
    assert np.array_equal(b.grad.numpy(), expected)


def test_dot_of_matrices_that_are_not_square():
    a, b = leaf(np.ones((2, 3))), leaf(np.full((3, 4), 2.0))
    gx.sum(a.dot(b)).backward()
    assert np.array_equal(a.grad.numpy(), np.full((2, 3), 8.0))
    assert np.array_equal(b.grad.numpy(), np.full((3, 4), 2.0))


def test_transpose_carries_its_cotangent_back_transposed():
    a = leaf(np.arange(6.0).reshape(2, 3))
    w = np.arange(6.0).reshape(3, 2)
    gx.sum(a.T * w).backward()
    assert np.array_equal(a.grad.numpy(), w.T)


def test_broadcast_scalar_gets_the_sum():
    a, s = leaf(np.ones((2, 3))), leaf(2.0)
    gx.sum(a * s).backward()
    assert s.grad.shape == () and s.grad.item() == 6.0


@pytest.mark.parametrize("x", [1e-12, 0.5, 3.0])
def test_no_fudge_terms_in_division_and_logarithm(x):
    assert gx.grad(gx.log)(x).item() == 1 / x
    assert gx.grad(lambda v: 1 / v)(x).item() == pytest.approx(-1 / x**2, rel=1e-15)


def test_derivative_with_respect_to_any_node_is_an_expression_again():
    x = leaf(0.7)
    inner = gx.sin(x)
    outer = inner**3
    first = gx.gradients(outer, inner, create_graph=True)
    assert first.item() == pytest.approx(3 * math.sin(0.7) ** 2)
    assert gx.gradients(first, inner).item() == pytest.approx(6 * math.sin(0.7))


def test_contains():
    x, other = leaf(1.0), leaf(1.0)
    inner = gx.exp(x)
    outer = inner * 2 + 1
    assert outer.contains(inner) and outer.contains(x) and outer.contains(outer)
    assert not outer.contains(other) and not inner.contains(outer)
    assert not outer.contains(gx.asarray(1.0))


def test_default_arguments_are_not_shared_and_nothing_needs_zero_grad():
    x = leaf(2.0)
    y = x * x
    for _ in range(2):
        assert gx.gradients(y, x, retain_graph=True).item() == 4.0


def test_copy_and_shape():
    x = leaf([[1.0, 2.0]])
    twin = x.copy()
    twin[0, 0] = 5.0
    assert twin.shape == (1, 2) and x.tolist() == [[1.0, 2.0]]
