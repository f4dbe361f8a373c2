"""Special cases: infinities, NaNs and signed zeros in, and what the standard says must come out.

- Checked bit by bit for zeros, on each device, with Tensors that require grad and without, as functions and as
  operators, alone and in an array.
"""

from __future__ import annotations

import operator
from math import copysign, inf, isclose, isnan, nan
from typing import Any

import pytest

import gradx as gx
from tests.standard.special_values import COMPLEX_UNARY, REAL_BINARY, REAL_UNARY, TESTS, Near, Zero

# NumPy's own, of what is asked for here: 1/0, log(-1).
pytestmark = pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")

TRACKED = [False, True]


def agrees(got: float, expected: float) -> bool:
    """Whether two numbers are the same, zeros with their signs, NaN with NaN."""
    if isinstance(expected, Near):
        return isclose(got, expected, rel_tol=1e-14)
    if isinstance(expected, Zero):
        return got == 0.0
    if isnan(expected):
        return isnan(got)
    return got == expected and copysign(1.0, got) == copysign(1.0, expected)


def check(name: str, inputs: Any, got: list[float], expected: list[float]) -> None:
    """Say which of the cases came out otherwise."""
    wrong = [
        f"{name}({x}): expected {want}; got {have}"
        for x, have, want in zip(inputs, got, expected, strict=True)
        if not agrees(have, want)
    ]
    assert not wrong, "\n".join(wrong)


def test_zeros_and_nans_are_told_apart() -> None:
    assert (
        agrees(-0.0, -0.0) and not agrees(-0.0, 0.0) and agrees(nan, nan) and not agrees(1.0, nan)
    )
    assert not agrees(nan, Near(1.0)) and agrees(inf, inf) and not agrees(-inf, inf)


def array(values: list[Any], device: str, tracked: bool = False) -> Any:
    """Return a Tensor, a leaf perhaps."""
    return gx.asarray(values, device=device, requires_grad=tracked)


def results(y: Any) -> list[float]:
    """Return the elements of a Tensor."""
    return [float(v) for v in y.detach().tolist()]


@pytest.mark.parametrize("name", REAL_UNARY)
@pytest.mark.parametrize("tracked", TRACKED)
def test_of_one_real(name: str, tracked: bool, device: str) -> None:
    inputs, expected = map(list, zip(*REAL_UNARY[name], strict=True))
    function = getattr(gx, name)
    check(name, inputs, results(function(array(inputs, device, tracked))), expected)
    alone = [results(function(array([x], device, tracked))[0, None])[0] for x in inputs]
    check(name, inputs, alone, expected)


@pytest.mark.parametrize("name", TESTS)
def test_questions(name: str, device: str) -> None:
    inputs, expected = map(list, zip(*TESTS[name], strict=True))
    assert getattr(gx, name)(array(inputs, device)).tolist() == expected


OPERATORS = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
    "floor_divide": operator.floordiv, "remainder": operator.mod, "pow": operator.pow,
}  # fmt: skip


@pytest.mark.parametrize("name", REAL_BINARY)
@pytest.mark.parametrize("tracked", TRACKED)
def test_of_two_reals(name: str, tracked: bool, device: str) -> None:
    inputs, expected = map(list, zip(*REAL_BINARY[name], strict=True))
    left, right = map(list, zip(*inputs, strict=True))
    x, y = array(left, device, tracked), array(right, device, tracked)
    function = getattr(gx, name)
    check(name, inputs, results(function(x, y)), expected)
    rows = [
        i for i in range(len(left)) if not (name == "pow" and right[i] == 0.5)
    ]  # NumPy: the square root
    some, wanted = [inputs[i] for i in rows], [expected[i] for i in rows]
    second = [results(function(x[i, None], right[i]))[0] for i in rows]
    check(f"{name}, a number second", some, second, wanted)
    first = [results(function(left[i], y[i, None]))[0] for i in rows]
    check(f"{name}, a number first", some, first, wanted)
    if name in OPERATORS:
        check(f"operator {name}", inputs, results(OPERATORS[name](x, y)), expected)
    if name in OPERATORS and not tracked:
        check(
            f"in-place {name}",
            inputs,
            results(getattr(operator, f"i{OPERATORS[name].__name__}")(x, y)),
            expected,
        )


@pytest.mark.parametrize("name", COMPLEX_UNARY)
@pytest.mark.parametrize("tracked", TRACKED)
def test_of_one_complex(name: str, tracked: bool, device: str) -> None:
    cases = COMPLEX_UNARY[name] + [
        ((a, -b), (re, type(im)(-im))) for (a, b), (re, im) in COMPLEX_UNARY[name]
    ]
    inputs, expected = map(list, zip(*cases, strict=True))
    y = getattr(gx, name)(array([complex(a, b) for a, b in inputs], device, tracked)).detach()
    check(f"real part of {name}", inputs, results(gx.real(y)), [re for re, _ in expected])
    check(f"imaginary part of {name}", inputs, results(gx.imag(y)), [im for _, im in expected])


@pytest.mark.parametrize("tracked", TRACKED)
def test_sign_of_complex_numbers(tracked: bool, device: str) -> None:
    zeros = gx.sign(
        array([complex(a, b) for a in (0.0, -0.0) for b in (0.0, -0.0)], device, tracked)
    ).detach()
    assert [copysign(1.0, v) for v in (*results(gx.real(zeros)), *results(gx.imag(zeros)))] == [
        1.0
    ] * 8
    odd = gx.sign(array([complex(nan, 1.0), complex(1.0, nan)], device, tracked)).detach()
    assert all(gx.isnan(odd).tolist())


def test_integers_divide_downwards(device: str) -> None:
    x, y = array([7, -7, 7, -7], device), array([2, 2, -2, -2], device)
    assert (x // y).tolist() == [3, -4, -4, 3]
    assert (x % y).tolist() == [1, 1, -1, -1]


def test_reductions_of_nothing_and_of_nan(device: str) -> None:
    nothing = gx.zeros((0,), device=device)
    assert gx.sum(nothing).item() == 0.0 and gx.prod(nothing).item() == 1.0
    assert gx.all(nothing).item() is True and gx.any(nothing).item() is False
    assert isnan(gx.mean(nothing).item()) and isnan(gx.var(nothing).item())
    x = array([1.0, nan, inf], device)
    for function in (gx.sum, gx.prod, gx.mean, gx.max, gx.min, gx.var, gx.std):
        assert isnan(function(x).item()), function.__name__
    assert gx.any(array([nan], device)).item() is True
    ties = array([-0.0, 0.0, nan, nan], device)
    assert gx.unique_values(ties).shape == (3,) and gx.unique_counts(ties).counts.tolist() == [
        2,
        1,
        1,
    ]
