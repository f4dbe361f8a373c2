"""`gradx.scipy.signal` and `ndimage` beyond their rows: spellings, precision, vmap, long filters, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import ndimage as scipy_ndimage
from scipy import signal as scipy_signal

import gradx as gx
from gradx.errors import GradxError, OperandError, ShapeError
from gradx.ops.filtering import convolved, recurred
from gradx.scipy import ndimage, signal
from gradx.testing import check_grads
from gradx_generic.recursion import recurse


def numbers(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def test_convolve_takes_the_arguments_of_autograd_and_of_scipy() -> None:
    a, b = numbers(3, 6), numbers(2, 3)
    expected = scipy_signal.convolve(a, b, "same")
    for y in (
        signal.convolve(gx.asarray(a), gx.asarray(b), "same"),
        signal.convolve(gx.asarray(a), gx.asarray(b), "same", "direct"),
        signal.convolve(gx.asarray(a), gx.asarray(b), "same", "fft"),
        signal.convolve(gx.asarray(a), gx.asarray(b), mode="same", method="direct"),
        signal.convolve(gx.asarray(a), gx.asarray(b), mode="same", axes=([0, 1], [0, 1])),
    ):
        np.testing.assert_allclose(y.numpy(), expected, atol=1e-13)
    y = signal.convolve(gx.asarray(a), gx.asarray(b), axes=([1], [1]), dot_axes=([], []))
    assert y.shape == (3, 2, 8)


@pytest.mark.parametrize("mode", ["full", "valid"])
@pytest.mark.parametrize(
    ("n", "m"), [((9,), (4,)), ((3, 9), (3,)), ((2, 9), (2, 4)), ((2, 1, 9), (3, 4))]
)
def test_convolution_along_the_last_axis_broadcasts(n: Any, m: Any, mode: str) -> None:
    x, h = gx.asarray(numbers(*n)), gx.asarray(numbers(*m))
    check_grads(lambda x, h: convolved(x, h, 1, mode), (x, h), order=2)


@pytest.mark.parametrize("rows", [1, 40])
@pytest.mark.parametrize("m", [1, 4, 5, 100])
@pytest.mark.parametrize("mode", ["full", "valid"])
def test_convolution_has_one_value_by_all_of_its_ways(rows: int, m: int, mode: Any) -> None:
    x, h = numbers(rows, 120), numbers(m)
    expected = np.asarray([np.convolve(row, h, mode) for row in x])
    for device in ("cpu", "array_api_strict:CPU_DEVICE"):
        y = convolved(gx.asarray(x, device=device), gx.asarray(h, device=device), 1, mode)
        np.testing.assert_allclose(y.to_device("cpu").numpy(), expected, atol=1e-12)


@pytest.mark.parametrize("device", ["cpu", "array_api_strict:CPU_DEVICE"])
def test_recursion_under_vmap(device: str) -> None:
    a = gx.asarray(numbers(3, 2) * 0.3, device=device)
    x = gx.asarray(numbers(3, 7), device=device)
    for axes in ((0, 0), (None, 0), (0, None)):
        args = a if axes[0] == 0 else a[0], x if axes[1] == 0 else x[0]
        check_grads(gx.vmap(recurred, in_axes=axes), args, order=2)
    check_grads(recurred, (a + 0.2j, x + 0.1j), order=2)


@pytest.mark.parametrize(
    ("design", "rtol"),
    [  # how far two orders of summation differ follows from how near the poles are to each other
        (scipy_signal.butter(2, 0.2), 1e-12),
        (scipy_signal.butter(4, 0.01), 1e-9),
        (scipy_signal.cheby1(8, 0.5, 0.4), 1e-11),
        (([1.0], [1.0, -1.0]), 1e-12),
        (([1.0], [1.0, -2.0, 1.0]), 1e-9),
    ],
)
def test_recursion_in_standard_code_is_the_compiled_one(design: Any, rtol: float) -> None:
    a, x = np.asarray(design[1]), numbers(20000)
    expected = scipy_signal.lfilter([1.0], a, x)
    error = np.max(np.abs(recurse(np, a[1:], x) - expected))
    assert error <= rtol * np.max(np.abs(expected))


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_recursion_that_overflows_is_right_until_then() -> None:
    x, a = numbers(4000), np.asarray([1.0, -1.5, 0.2])
    expected = scipy_signal.lfilter([1.0], a, x)
    good = np.isfinite(expected)
    assert 1000 < np.sum(good) < 4000
    np.testing.assert_allclose(recurse(np, a[1:], x)[good], expected[good], rtol=1e-9)


def test_what_a_loss_leaves_out_leaves_no_nan() -> None:
    x = numbers(12)
    x[8], x[10] = np.nan, np.inf
    b, a = gx.asarray([1.0, 0.3]), gx.asarray([1.0, -0.4, 0.2])

    def loss(b: Any, a: Any, x: Any) -> Any:
        return gx.sum(signal.lfilter(b, a, x)[:5] ** 2)

    found = gx.grad(loss, (0, 1, 2))(b, a, gx.asarray(x))
    expected = gx.grad(loss, (0, 1, 2))(b, a, gx.asarray(np.where(np.isfinite(x), x, 0.0)))
    for g, e in zip(found, expected, strict=True):
        np.testing.assert_allclose(g.numpy(), e.numpy(), rtol=1e-14)
    second = gx.hessian(lambda a: loss(b, a, gx.asarray(x)))(a).numpy()
    known = gx.hessian(lambda a: loss(b, a, gx.asarray(np.where(np.isfinite(x), x, 0.0))))(
        a
    ).numpy()
    np.testing.assert_allclose(second, known, rtol=1e-13)


def test_single_precision_stays() -> None:
    x = gx.asarray(numbers(30).astype("float32"))
    image = gx.asarray(numbers(5, 6).astype("float32"))
    for y in (
        signal.lfilter([1.0, 0.5], [1.0, -0.3], x),
        signal.filtfilt([1.0, 0.5], [1.0, -0.3], x),
        signal.fftconvolve(x, x),
        signal.savgol_filter(x, 5, 2),
        signal.welch(x, nperseg=8)[1],
        signal.resample_poly(x, 2, 3),
        signal.resample(x, 20),
        signal.detrend(x),
        signal.decimate(x, 2, 2),
        ndimage.gaussian_filter(image, 1.0),
        ndimage.map_coordinates(image, [[0.5], [1.5]]),
        ndimage.rotate(image, 30.0),
        ndimage.median_filter(image, 3),
        ndimage.mean(image),
    ):
        assert y.dtype == gx.float32
    assert signal.stft(x, nperseg=8)[2].dtype == signal.hilbert(x).dtype == gx.complex64


def test_filters_under_vmap() -> None:
    b, a, x = (
        gx.asarray(numbers(3, 2)),
        gx.asarray([[1.0, 0.3], [2.0, 0.1], [1.0, -0.4]]),
        numbers(3, 30),
    )
    y = gx.vmap(signal.filtfilt)(b, a, gx.asarray(x))
    for row, p, q, v in zip(y.numpy(), b.numpy(), a.numpy(), x):
        np.testing.assert_allclose(row, scipy_signal.filtfilt(p, q, v), atol=1e-11)
    slope = gx.vmap(gx.grad(lambda image: gx.sum(ndimage.gaussian_filter(image, 1.0) ** 2)))
    assert slope(gx.asarray(numbers(2, 4, 5))).shape == (2, 4, 5)


def test_widths_shifts_and_angles_have_derivatives() -> None:
    x = gx.asarray(numbers(6, 7))
    check_grads(lambda s: ndimage.gaussian_filter(x, s, radius=3), (gx.asarray(1.1),), order=2)
    check_grads(
        lambda t: ndimage.rotate(x, t, reshape=False, mode="mirror"), (gx.asarray(21.0),), order=2
    )
    check_grads(lambda s: ndimage.shift(x, [s, 0.3], mode="mirror"), (gx.asarray(0.4),), order=2)
    turned = gx.jvp(
        lambda t: gx.sum(ndimage.rotate(x, t, reshape=False, mode="mirror") ** 2), (90.0,), (1.0,)
    )[1]
    assert float(turned.item()) != 0.0


def test_spirals_and_spacings_have_derivatives() -> None:
    x = gx.asarray(numbers(6))
    w, a = gx.asarray(0.9 * np.exp(-0.3j)), gx.asarray(1.1 + 0.2j)
    check_grads(lambda x, w, a: signal.czt(x, 4, w, a), (x, w, a), order=2)
    check_grads(lambda x, f: signal.zoom_fft(x, [0.1, f], 4), (x, gx.asarray(0.7)), order=2)
    check_grads(lambda x, d: signal.savgol_filter(x, 5, 2, 1, d), (x, gx.asarray(0.7)), order=2)
    check_grads(
        lambda t, f: signal.chirp(t, f, 1.5, 2.0, "hyperbolic"), (x * 0.1, gx.asarray(2.0)), order=2
    )


def test_tie_of_a_maximum_filter_is_shared() -> None:
    slope = gx.grad(lambda x: gx.sum(ndimage.maximum_filter(x, 3, mode="constant")))
    np.testing.assert_allclose(slope(gx.ones(3)).numpy(), [5 / 6, 8 / 6, 5 / 6], rtol=1e-15)


def test_spline_coefficients_interpolate_short_axes_too() -> None:
    x = numbers(4)
    c = ndimage.spline_filter1d(gx.asarray(x), 5, mode="reflect").numpy()
    kernel = np.asarray([1.0, 26.0, 66.0, 26.0, 1.0]) / 120.0
    np.testing.assert_allclose(scipy_ndimage.correlate1d(c, kernel, mode="reflect"), x, atol=1e-13)


def test_integers_come_back_as_scipy_has_them() -> None:
    x = np.arange(30).reshape(5, 6) ** 2 % 17
    for name, args in (
        ("uniform_filter", (3,)), ("gaussian_filter", (1.0,)), ("zoom", (1.5,)), ("maximum_filter", (3,)),
        ("shift", (0.4,)), ("sobel", ()),
    ):  # fmt: skip
        expected = getattr(scipy_ndimage, name)(x, *args)
        y = getattr(ndimage, name)(gx.asarray(x), *args).numpy()
        assert y.dtype == expected.dtype
        np.testing.assert_array_equal(y, expected)
    expected = scipy_signal.convolve(x, x[:2, :2])
    np.testing.assert_array_equal(
        signal.convolve(gx.asarray(x), gx.asarray(x[:2, :2])).numpy(), expected
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: signal.convolve(x, x[None]), "one number of dimensions"),
        (lambda x: signal.lfilter([1.0, 2.0], [1.0], x, zi=gx.zeros(3)), "a state zi of shape"),
        (lambda x: signal.sosfilt(gx.ones((2, 5)), x), r"\(s, 6\)"),
        (lambda x: signal.filtfilt([1.0], [1.0, 0.2], x[:3]), "padlen"),
        (lambda x: signal.savgol_filter(x, 11, 2), "at least 11 samples"),
        (lambda x: ndimage.correlate(x, gx.ones((2, 2))), "weights of 1 dimensions"),
        (lambda x: ndimage.map_coordinates(x, gx.ones((2, 3))), "for each of 1 axes"),
        (lambda x: ndimage.sum_labels(x, [1, 2, 3], [1]), "labels that broadcast"),
    ],
)
def test_wrong_shapes_are_named(call: Any, words: str) -> None:
    with pytest.raises(ShapeError, match=words):
        call(gx.ones(10))


def test_wrong_values_are_named() -> None:
    with pytest.raises(ValueError, match="mode"):
        signal.convolve(gx.ones(3), gx.ones(2), mode="middle")
    with pytest.raises(ValueError, match="origin"):
        ndimage.correlate1d(gx.ones(5), [1.0, 1.0, 1.0], origin=2)
    with pytest.raises(OperandError, match="output"):
        ndimage.laplace(gx.ones(5), np.zeros(5))
    with pytest.raises(AttributeError, match="find_peaks"):
        signal.find_peaks(gx.ones(3))
    assert issubclass(OperandError, GradxError)


def test_scipys_own_designs_are_within_reach() -> None:
    b, a = signal.butter(3, 0.2)
    x = gx.asarray(numbers(20), requires_grad=True)
    gx.sum(signal.lfilter(b, a, x)).backward()
    assert x.grad.shape == (20,)
    assert signal.windows.hann(4).shape == signal.get_window("hann", 4).shape == (4,)
