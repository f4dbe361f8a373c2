"""`gx.scipy.fft`: SciPy's backend protocol, cost and errors; the table of consumers holds values and derivatives."""

import numpy as np
import pytest
import scipy.fft

import gradx as gx
from gradx import errors

REAL = ["dct", "idct", "dst", "idst"]
CALLS = {
    **{name: lambda f: f(gx.asarray(np.arange(5.0), requires_grad=True), 4, norm="ortho") for name in REAL},
    **{f"{name}n": lambda f: f(gx.asarray(np.eye(3), requires_grad=True), type=3) for name in REAL},
    "fft": lambda f: f(gx.asarray(np.arange(5.0), requires_grad=True), 7),
    "irfft2": lambda f: f(gx.asarray(np.eye(3), requires_grad=True)),
    "hfftn": lambda f: f(gx.asarray(np.eye(3), requires_grad=True), (4, 4)),
    "fht": lambda f: f(gx.asarray(np.arange(5.0), requires_grad=True), 0.1, 0.5, bias=0.2),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_scipy_s_own_function_comes_here_within_set_backend(name):
    with scipy.fft.set_backend(gx.scipy.fft):
        found = CALLS[name](getattr(scipy.fft, name))
    assert isinstance(found, gx.Tensor) and found.requires_grad
    expected = CALLS[name](getattr(gx.scipy.fft, name))
    np.testing.assert_array_equal(found.detach().numpy(), expected.detach().numpy())


def test_the_gradient_through_scipy_s_function():
    def loss(x):
        with scipy.fft.set_backend(gx.scipy.fft):
            return gx.sum(scipy.fft.dct(x) ** 2)

    x = np.asarray([1.0, -2.0, 0.5])
    matrix = scipy.fft.dct(np.eye(3), axis=0)
    np.testing.assert_allclose(gx.grad(loss)(gx.asarray(x)).numpy(), 2 * matrix.T @ matrix @ x)


def test_arrays_of_numpy_go_on_to_scipy():
    with scipy.fft.set_backend(gx.scipy.fft):
        found = scipy.fft.dct(np.arange(4.0))
    assert type(found) is np.ndarray
    np.testing.assert_array_equal(found, scipy.fft.dct(np.arange(4.0)))


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("type", [1, 2, 3, 4])
@pytest.mark.parametrize("norm", ["backward", "ortho", "forward"])
def test_the_inverse_inverts(name, type, norm):
    x = gx.asarray(np.random.default_rng(0).normal(size=(3, 6)))
    there = getattr(gx.scipy.fft, name)(x, type, norm=norm)
    back = getattr(gx.scipy.fft, f"i{name}".replace("ii", ""))(there, type, norm=norm)
    np.testing.assert_allclose(back.numpy(), x.numpy(), atol=1e-13)


@pytest.mark.parametrize("name", REAL)
def test_precision_and_dtype(name):
    x = np.random.default_rng(1).normal(size=1023)
    double, single = gx.asarray(x), gx.asarray(x, dtype=gx.float32)
    ours, theirs = getattr(gx.scipy.fft, name), getattr(scipy.fft, name)
    np.testing.assert_allclose(
        ours(double).numpy(), theirs(x), atol=1e-12 * np.abs(theirs(x)).max()
    )
    assert ours(single).dtype == gx.float32
    gradient = gx.grad(lambda x: gx.sum(ours(x) ** 2))(single)
    assert gradient.dtype == gx.float32


def test_a_transform_holds_no_matrix():
    """A matrix of a million points has 8 TB: what is O(n^2) in memory cannot run."""
    gradient = gx.grad(lambda x: gx.sum(gx.scipy.fft.dst(x, 4) ** 2))(gx.ones(1_000_000))
    assert gradient.shape == (1_000_000,)


def test_under_vmap():
    x = np.random.default_rng(2).normal(size=(4, 3, 5))
    found = gx.vmap(lambda x: gx.scipy.fft.dctn(x, norm="ortho"))(gx.asarray(x))
    np.testing.assert_allclose(
        found.numpy(), scipy.fft.dctn(x, norm="ortho", axes=(1, 2)), atol=1e-13
    )


def test_sizes_are_scipy_s():
    assert gx.scipy.fft.next_fast_len(97) == scipy.fft.next_fast_len(97)
    assert gx.scipy.fft.fhtoffset(0.1, 0.5) == scipy.fft.fhtoffset(0.1, 0.5)


def test_every_public_function_is_there():
    assert [name for name in scipy.fft.__all__ if not hasattr(gx.scipy.fft, name)] == []


BAD = {
    "type": (lambda f: f.dct(gx.ones(3), 5), errors.OperandError, r"scipy\.fft\.dct.*type.*5"),
    "norm": (lambda f: f.dst(gx.ones(3), norm="unit"), ValueError, r"scipy\.fft\.dst.*'unit'"),
    "1 point of type 1": (lambda f: f.dct(gx.ones(1), 1), errors.ShapeError, "2 points"),
    "no point": (lambda f: f.dct(gx.ones(3), n=0), errors.ShapeError, "1 point"),
    "axis": (lambda f: f.dct(gx.ones(3), axis=1), errors.AxisError, r"dct.*axis.*1.*\(3,\)"),
    "sizes": (lambda f: f.dctn(gx.ones((3, 3)), s=(1, 2, 3)), errors.ShapeError, r"dctn.*at most 2"),
    "pairs": (lambda f: f.fftn(gx.ones((3, 3)), s=(3,), axes=(0, 1)), errors.ShapeError, "size for each axis"),
    "plan": (lambda f: f.fft(gx.ones(3), plan=1), errors.OperandError, r"scipy\.fft\.fft.*plan"),
    "order": (lambda f: f.fht(gx.ones(3), 0.1, gx.asarray(0.5, requires_grad=True)), errors.ConversionError, "float"),
    "a name": (lambda f: f.nfft, AttributeError, "nfft"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_arguments_are_named(name):
    call, kind, match = BAD[name]
    with pytest.raises(kind, match=match):
        call(gx.scipy.fft)
