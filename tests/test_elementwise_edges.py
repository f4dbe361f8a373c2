"""Elementwise functions at zeros, kinks, poles, ties and infinities, as `SEMANTICS.md` gives them.

- Each derivative is taken in all ways to compose the modes to its order: they must agree.
- NaN is expected where it is written, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from math import e, inf, log, nan, pi, sqrt
from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.testing import assert_close
from tests.semantics import on_each_device  # noqa: F401  (a fixture)

Function = Callable[..., Any]

pytestmark = pytest.mark.filterwarnings("ignore:(divide by zero|invalid value):RuntimeWarning")


def reverse(f: Function, argnum: int = 0) -> Function:
    return gx.grad(f, argnums=argnum)


def forward(f: Function, argnum: int = 0) -> Function:
    def derivative(*args: Any) -> Any:
        def along(x: Any) -> Any:
            return f(*args[:argnum], x, *args[argnum + 1 :])

        return gx.jvp(along, (gx.asarray(args[argnum]),), (gx.asarray(1.0),))[1]

    return derivative


def derivatives(f: Function, order: int) -> Iterator[Function]:
    """Yield the derivative of that order, composed of the modes in each way."""
    for modes in product((reverse, forward), repeat=order):
        g = f
        for mode in modes:
            g = mode(g)
        yield g


def check(f: Function, x: float, *expected: float) -> None:
    """Compare the derivatives at `x`, from the first on."""
    if gx.asarray(0.0).device.startswith("dask"):
        expected = expected[
            :1
        ]  # dask plans each operation anew: all orders would take it half an hour
    for order, value in enumerate(expected, 1):
        for g in derivatives(f, order):
            assert_close(float(g(gx.asarray(x)).numpy()), value, atol=1e-13)


def partials(f: Function, *args: float) -> list[tuple[float, ...]]:
    """Return the partial derivatives in both modes."""
    tensors = [gx.asarray(x) for x in args]
    return [
        tuple(float(mode(f, i)(*tensors).numpy()) for i in range(len(args)))
        for mode in (reverse, forward)
    ]


def check_partials(f: Function, args: tuple[float, ...], expected: tuple[float, ...]) -> None:
    for found in partials(f, *args):
        assert_close(found, expected)


@pytest.mark.parametrize("as_array", [False, True], ids=["scalar", "array"])
@pytest.mark.parametrize(
    ("n", "x", "expected"),
    [
        *[(0.0, x, (0.0, 0.0, 0.0)) for x in (0.0, -2.0, inf, -inf, nan)],
        *[(1.0, x, (1.0, 0.0, 0.0)) for x in (0.0, -2.0, inf)],
        (2.0, 0.0, (0.0, 2.0, 0.0)),
        (2.0, -3.0, (-6.0, 2.0, 0.0)),
        (3.0, 0.0, (0.0, 0.0, 6.0)),
        (3.0, -2.0, (12.0, -12.0, 6.0)),
        (4.0, 0.0, (0.0, 0.0, 0.0)),
        (-1.0, 0.0, (-inf, inf, -inf)),
        (-1.0, -2.0, (-0.25, -0.25, -0.375)),
        (-2.0, -1.0, (2.0, 6.0, 24.0)),
        (0.5, 0.0, (inf, -inf, inf)),
        (1.5, 0.0, (0.0, inf, -inf)),
        (0.5, -1.0, (nan, nan, nan)),
    ],
)
def test_power_in_its_base(n: float, x: float, expected: tuple[float, ...], as_array: bool) -> None:
    exponent = gx.asarray(n) if as_array else int(n) if n.is_integer() else n
    check(lambda x: gx.pow(x, exponent), x, *expected)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int64"])
def test_power_with_integer_exponents(dtype: str) -> None:
    n = gx.asarray([0, 1, 2, 3], dtype=dtype)
    x = gx.asarray([0.0, 0.0, 0.0, -2.0])
    assert_close(
        gx.vjp(lambda x: x**n, x)[1](gx.ones(4)), ([0.0, 1.0, 0.0, 12.0],), check_dtype=False
    )


@pytest.mark.parametrize("as_array", [False, True], ids=["scalar", "array"])
@pytest.mark.parametrize(
    ("x", "n", "expected"),
    [
        (0.0, 2.0, (0.0, 0.0, 0.0)),
        (0.0, 0.5, (0.0, 0.0, 0.0)),
        (0.0, 0.0, (-inf,)),
        (-2.0, 2.0, (nan, nan)),
        (1.0, 3.0, (0.0, 0.0)),
        (e, 2.0, (e**2, e**2, e**2)),
        (inf, -1.0, (0.0, 0.0)),
    ],
)
def test_power_in_its_exponent(
    x: float, n: float, expected: tuple[float, ...], as_array: bool
) -> None:
    base = gx.asarray(x) if as_array else x
    check(lambda n: gx.pow(base, n), n, *expected)


def test_power_keeps_its_arguments_apart() -> None:
    check_partials(gx.pow, (-2.0, 3.0), (12.0, nan))
    check_partials(gx.pow, (0.0, 2.0), (0.0, 0.0))
    check_partials(gx.pow, (0.0, 0.5), (inf, 0.0))
    x, n = gx.asarray(-2.0), gx.asarray(2.0)
    assert gx.jvp(gx.pow, (x, n), (gx.asarray(1.0), gx.asarray(0.0)))[1].item() == -4.0
    assert reverse(reverse(gx.pow))(x, n).item() == 2.0


def test_power_mixed_derivative() -> None:
    for first, second in product((reverse, forward), repeat=2):
        mixed = second(first(gx.pow, 0), 1)
        assert_close(mixed(gx.asarray(2.0), gx.asarray(3.0)).item(), 4 + 12 * log(2))
        assert_close(mixed(gx.asarray(2.0), gx.asarray(0.0)).item(), 0.5)
        assert mixed(gx.asarray(0.0), gx.asarray(2.0)).item() == 0.0


def test_power_of_itself() -> None:
    check(lambda a: a**a, 3.0, 27 * (1 + log(3)))
    check(lambda a: a**a, 5.0, 3125 * (1 + log(5)))


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (gx.sqrt, 0.0, (inf, -inf)),
        (gx.sqrt, -1.0, (nan, nan)),
        (gx.reciprocal, 0.0, (-inf, inf)),
        (gx.log, 0.0, (inf, -inf, inf)),
        (gx.log, -0.0, (inf, -inf)),
        (gx.log, -1.0, (nan, nan)),
        (gx.log, inf, (0.0, 0.0)),
        (gx.log, nan, (nan,)),
        (gx.log2, 0.0, (inf, -inf)),
        (gx.log10, -1.0, (nan, nan)),
        (gx.log1p, -1.0, (inf, -inf)),
        (gx.log1p, -2.0, (nan, nan)),
        (gx.log1p, 0.0, (1.0, -1.0, 2.0)),
        (gx.asin, 1.0, (inf,)),
        (gx.asin, -1.0, (inf,)),
        (gx.asin, 2.0, (nan,)),
        (gx.acos, 1.0, (-inf,)),
        (gx.acosh, 1.0, (inf,)),
        (gx.acosh, -3.0, (nan,)),
        (gx.atanh, 1.0, (inf,)),
        (gx.atanh, 2.0, (nan, nan)),
        (gx.asinh, 1e200, (1e-200,)),
        (gx.erfinv, 1.0, (inf,)),
        (gx.erfinv, 2.0, (nan,)),
        (gx.abs, 0.0, (0.0, 0.0)),
        (gx.abs, -2.0, (-1.0, 0.0)),
        (gx.sign, 0.0, (0.0, 0.0)),
        (gx.relu, 0.0, (0.0, 0.0)),
        (gx.relu, 2.0, (1.0, 0.0)),
        (gx.sinc, 0.0, (0.0, -(pi**2) / 3, 0.0, pi**4 / 5)),
        (gx.sinc, 1.0, (-1.0, 2.0)),
        (gx.entr, 0.0, (inf, -inf)),
        (gx.entr, 1.0, (-1.0, -1.0, 1.0)),
        (lambda x: gx.xlogy(x, x), 0.0, (-inf, inf)),
        (lambda x: gx.xlogy(x, 2.0), 0.0, (log(2), 0.0)),
        (lambda x: gx.xlog1py(x, 1.0), 0.0, (log(2), 0.0)),
        (gx.expm1, -50.0, (np.exp(-50.0),)),
    ],
)
def test_at_the_ends(f: Function, x: float, expected: tuple[float, ...]) -> None:
    check(f, x, *expected)


@pytest.mark.parametrize("x", [-1e4, -800.0, 0.0, 800.0, 1e4, -inf, inf])
@pytest.mark.parametrize("f", [gx.sigmoid, gx.softplus, gx.log_sigmoid, gx.tanh, gx.erf, gx.erfc])
def test_switches_never_overflow(f: Function, x: float) -> None:
    with np.errstate(all="raise", under="ignore"):
        value = f(gx.asarray(x)).item()
    assert not np.isnan(value)
    for order in (1,) if np.isinf(x) else (1, 2):
        for g in derivatives(f, order):
            assert np.isfinite(g(gx.asarray(x)).item())


def test_small_sigmoids_are_exact() -> None:
    assert_close(gx.sigmoid(gx.asarray(-50.0)).item(), np.exp(-50.0), rtol=1e-14)
    assert_close(gx.grad(gx.softplus)(gx.asarray(-50.0)).item(), np.exp(-50.0), rtol=1e-14)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (0.0, 0.0, (0.5, 0.5)),
        (1e300, 0.0, (1.0, 0.0)),
        (800.0, -800.0, (1.0, 0.0)),
        (-inf, 1.0, (0.0, 1.0)),
        (-inf, -inf, (0.0, 0.0)),
        (inf, 1.0, (1.0, 0.0)),
        (inf, inf, (0.5, 0.5)),
        (inf, -inf, (1.0, 0.0)),
        (1e17, 1e17, (0.5, 0.5)),
        (nan, 1.0, (nan, nan)),
    ],
)
def test_logaddexp(a: float, b: float, expected: tuple[float, float]) -> None:
    check_partials(gx.logaddexp, (a, b), expected)
    if not np.isnan(a):
        for outer, inner in product((reverse, forward), repeat=2):
            second = outer(inner(gx.logaddexp))(gx.asarray(a), gx.asarray(b)).item()
            assert second == (0.25 if a == b and np.isfinite(a) else 0.0 if a != b else second)
            assert not np.isnan(second)


@pytest.mark.parametrize(
    ("f", "args", "expected"),
    [
        (gx.maximum, (1.0, 1.0), (0.5, 0.5)),
        (gx.minimum, (1.0, 1.0), (0.5, 0.5)),
        (gx.maximum, (inf, inf), (0.5, 0.5)),
        (gx.maximum, (2.0, 1.0), (1.0, 0.0)),
        (gx.minimum, (2.0, 1.0), (0.0, 1.0)),
        (gx.hypot, (0.0, 0.0), (0.0, 0.0)),
        (gx.hypot, (3.0, 4.0), (0.6, 0.8)),
        (gx.hypot, (3e200, 4e200), (0.6, 0.8)),
        (gx.hypot, (3e-200, 4e-200), (0.6, 0.8)),
        (gx.hypot, (0.0, 2.0), (0.0, 1.0)),
        (gx.atan2, (0.0, 0.0), (0.0, 0.0)),
        (gx.atan2, (1.0, 1.0), (0.5, -0.5)),
        (gx.atan2, (1e200, 1e200), (5e-201, -5e-201)),
        (gx.atan2, (0.0, -2.0), (-0.5, 0.0)),
        (gx.remainder, (7.5, 2.0), (1.0, -3.0)),
        (gx.remainder, (-7.5, 2.0), (1.0, 4.0)),
        (gx.remainder, (7.5, -2.0), (1.0, 4.0)),
        (gx.floor_divide, (7.5, 2.0), (0.0, 0.0)),
        (gx.copysign, (3.0, -1.0), (-1.0, 0.0)),
        (gx.copysign, (-3.0, -1.0), (1.0, 0.0)),
        (gx.copysign, (-3.0, 2.0), (-1.0, 0.0)),
        (gx.copysign, (3.0, -0.0), (-1.0, 0.0)),
        (gx.copysign, (0.0, -1.0), (0.0, 0.0)),
        (gx.nextafter, (1.0, 2.0), (1.0, 0.0)),
        (gx.divide, (1.0, 0.0), (inf, -inf)),
    ],
)
def test_two_arguments(
    f: Function, args: tuple[float, float], expected: tuple[float, float]
) -> None:
    check_partials(f, args, expected)


def test_same_argument_twice() -> None:
    check(lambda x: gx.maximum(x, x), 2.0, 1.0)
    check(lambda x: gx.hypot(x, x), 2.0, sqrt(2), 0.0)
    check(lambda x: x / x, 2.0, 0.0, 0.0)


@pytest.mark.parametrize("f", [gx.floor, gx.ceil, gx.round, gx.trunc, gx.sign])
def test_piecewise_constant(f: Function) -> None:
    check(f, 1.3, 0.0, 0.0)
    check(lambda x: f(gx.sqrt(x)), 0.0, 0.0)  # zero by structure: absorbs the infinite slope


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ((0.0, 1.0), [0.0, 1.0, 1.0, 1.0, 0.0]),
        ((0, None), [0.0, 1.0, 1.0, 1.0, 1.0]),
        ((None, 1), [1.0, 1.0, 1.0, 1.0, 0.0]),
        ((None, None), [1.0, 1.0, 1.0, 1.0, 1.0]),
    ],
)
def test_clip_passes_in_the_closed_interval(bounds: Any, expected: list[float]) -> None:
    x = gx.asarray([-1.0, 0.0, 0.5, 1.0, 2.0])
    out, pullback = gx.vjp(lambda x: gx.clip(x, *bounds), x)
    assert_close(pullback(gx.ones(5))[0].numpy(), np.asarray(expected))
    assert_close(
        gx.jvp(lambda x: gx.clip(x, *bounds), (x,), (gx.ones(5),))[1].numpy(), np.asarray(expected)
    )
    assert out.dtype == x.dtype


def test_clip_bounds_get_what_they_replace() -> None:
    check_partials(gx.clip, (-1.0, 0.0, 1.0), (0.0, 1.0, 0.0))
    check_partials(gx.clip, (2.0, 0.0, 1.0), (0.0, 0.0, 1.0))
    check_partials(gx.clip, (0.0, 0.0, 1.0), (1.0, 0.0, 0.0))
    if not gx.asarray(0.0).device.startswith("array_api_strict"):  # which refuses such bounds
        check_partials(
            gx.clip, (-1.0, 3.0, 1.0), (0.0, 0.0, 1.0)
        )  # the upper bound is applied last


def test_clip_of_integers() -> None:
    x = gx.asarray([-300, 0, 300], dtype="int16")
    assert_close(gx.clip(x, -5, None).numpy(), np.asarray([-5, 0, 300], "int16"))
    assert_close(gx.clip(x, None, 5).numpy(), np.asarray([-300, 0, 5], "int16"))


@pytest.mark.parametrize("g", [gx.sqrt, gx.log, lambda x: 1 / x, lambda x: x**-0.5, gx.acosh])
def test_branch_not_taken_absorbs(g: Function) -> None:
    check(lambda x: gx.where(x > 0, g(x), x * 3), 0.0, 3.0, 0.0, 0.0)
    check(lambda x: gx.where(x > 0, g(x), x * 3), -1.0, 3.0, 0.0)
    check(lambda x: gx.where(x > 0, gx.exp(g(x) * 2), gx.sin(x)), 0.0, 1.0, 0.0, -1.0)
    check(lambda x: gx.maximum(g(x), 1e300) * 0 + x, 4.0, 1.0, 0.0)


def test_branch_taken_shows_its_nan() -> None:
    check(lambda x: gx.where(x < 0, gx.sqrt(x), x), -1.0, nan)


def test_guarded_multiply() -> None:
    f = gx.guarded_multiply
    assert f(gx.asarray(0.0), gx.asarray(inf)).item() == 0.0
    assert f(gx.asarray(0.0), gx.asarray(nan)).item() == 0.0
    assert np.isnan(f(gx.asarray(1.0), gx.asarray(nan)).item())
    check_partials(f, (0.0, inf), (0.0, 0.0))
    check_partials(f, (0.0, 3.0), (3.0, 0.0))
    check_partials(f, (2.0, 3.0), (3.0, 2.0))
    check(lambda x: f(x, x), 2.0, 4.0, 2.0, 0.0)
    check(lambda x: f(x * 0, gx.log(x)), 0.0, 0.0, 0.0)


def test_nan_to_num() -> None:
    x = gx.asarray([nan, inf, -inf, 2.0])
    y, pullback = gx.vjp(lambda x: gx.nan_to_num(x, posinf=9.0), x)
    assert_close(y.numpy(), np.nan_to_num(x.numpy(), posinf=9.0))
    assert_close(pullback(gx.ones(4))[0].numpy(), np.asarray([0.0, 0.0, 0.0, 1.0]))


@pytest.mark.parametrize("f", [gx.abs, gx.angle, lambda z: gx.real(gx.sign(z))])
def test_complex_kinks_at_zero(f: Function) -> None:
    z = gx.asarray(0j)
    assert gx.grad(f)(z).item() == 0
    assert gx.jvp(f, (z,), (gx.asarray(1 + 1j),))[1].item() == 0


def test_complex_convention() -> None:
    z = gx.asarray(3 + 4j)
    assert_close(gx.grad(gx.abs)(z).item(), 0.6 + 0.8j)
    assert_close(gx.grad(gx.imag)(z).item(), 1j)
    assert_close(gx.grad(gx.real)(z).item(), 1 + 0j)
    assert_close(gx.grad(gx.angle)(z).item(), (3 + 4j) * 1j / 25)
    assert_close(gx.grad(lambda z: gx.real(z * z))(z).item(), 2 * (3 - 4j))
    x = gx.asarray(2.0)
    assert gx.grad(lambda x: gx.real(x * (1 + 2j)))(x).dtype == gx.float64


def test_parts_of_a_real_array() -> None:
    x = gx.asarray([1.0, -2.0])
    for f, expected in [(gx.real, [1.0, 1.0]), (gx.imag, [0.0, 0.0]), (gx.conj, [1.0, 1.0])]:
        y, pullback = gx.vjp(lambda x, f=f: f(x) + 0 * x, x)
        assert y.dtype == x.dtype
        assert_close(pullback(gx.ones(2))[0].numpy(), np.asarray(expected))


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("f", [gx.log, gx.sqrt, gx.softplus, gx.sigmoid, gx.gelu, gx.silu, gx.sinc, gx.relu,
                               gx.entr, gx.abs, lambda x: x**2.5, lambda x: gx.clip(x, 0, 1),
                               lambda x: gx.logaddexp(x, 1.0), lambda x: gx.maximum(x, 0.2),
                               lambda x: gx.hypot(x, 2.0), gx.nan_to_num])  # fmt: skip
def test_dtype_is_kept(f: Function, dtype: str) -> None:
    if dtype == "float16" and gx.asarray(0.0).device.startswith(("array_api_strict", "dask")):
        pytest.skip("the library has no float16")
    x = gx.asarray([0.5, 1.5], dtype=dtype)
    y, pullback = gx.vjp(f, x)
    assert y.dtype.name == dtype
    assert pullback(y)[0].dtype.name == dtype


def test_no_warning_escapes_from_a_rule() -> None:
    with np.errstate(all="warn"):
        assert gx.grad(lambda x: x**0.5)(gx.asarray(0.0)).item() == inf
        assert gx.grad(gx.hypot)(gx.asarray(0.0), gx.asarray(0.0)).item() == 0


@pytest.mark.parametrize("base", [0, 0.0, 0j])
def test_power_of_zero_to_a_complex_exponent(base: complex) -> None:
    n = gx.asarray(2 + 1j)
    assert gx.jvp(lambda n: base**n, (n,), (gx.asarray(1j),))[1].item() == 0
    assert gx.grad(lambda n: gx.real(base**n))(n).item() == 0
