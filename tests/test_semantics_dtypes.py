"""The rows `dtypes` and `complex` of `SEMANTICS.md`: gradients in the dtype of their inputs, nothing wider on the way.

- Over the whole table of cases: the value, the derivative in both modes and the second derivative.
- On the device `watched` every array of double precision reports itself: on a single precision path, none may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import gradx as gx
from tests import watched
from tests.cases import CASES, arrays, gradients, is_floating, of_floats
from tests.cases_base import DTYPES, Case

SINGLE = dict(DTYPES.values())
HALVES = ("float16", "bfloat16")

# What no library factorises in half precision.
FACTORISED = ("linalg.",)


def floats(function: Callable[..., Any]) -> Callable[..., list[Any]]:
    """Return a function's floating results, as a list."""
    return lambda *args: [y for y in arrays(function(*args)) if y.dtype.kind in "fc"]


def each(tree: Any, change: Callable[[Any], Any]) -> Any:
    """Apply `change` to a Tensor, or to each of a sequence."""
    if isinstance(tree, (list, tuple)):
        return type(tree)(each(part, change) for part in tree)
    return change(tree)


def flat(tree: Any) -> Iterator[Any]:
    if isinstance(tree, (list, tuple)):
        for part in tree:
            yield from flat(part)
    else:
        yield tree


def tangents_of(function: Callable[..., Any], primals: list[Any]) -> list[Any]:
    """Return the tangents for tangents of ones, which must have the results' dtypes and shapes."""
    ones = tuple(each(x, gx.ones_like) for x in primals)
    out, tangents = gx.jvp(floats(function), tuple(primals), ones)
    for y, t in zip(out, tangents, strict=True):
        assert (t.dtype, t.shape) == (y.dtype, y.shape)
    return list(tangents)


def twice(function: Callable[..., Any], primals: list[Any]) -> None:
    """Take the derivative of the gradient in both modes."""

    def gradient(*args: Any) -> Any:
        out, pullback = gx.vjp(floats(function), *args)
        return pullback([gx.ones_like(y) for y in out])

    out, pullback = gx.vjp(gradient, *primals)
    pullback(each(out, gx.ones_like))
    gx.jvp(gradient, tuple(primals), tuple(each(x, gx.ones_like) for x in primals))


# SciPy has no loops in single precision for integer orders: gx.special computes those in double, and casts back.
ROWS = [
    pytest.param(row, SINGLE[d], id=f"{row.id}-{SINGLE[d]}")
    for row in CASES
    for d in row.doubles
    if not row.name.startswith("special.")
]


@pytest.mark.parametrize(("row", "dtype"), ROWS)
def test_single_precision_paths_make_no_double(row: Case, dtype: str) -> None:
    function, primals = of_floats(row, row.draw(dtype), "watched")
    with watched.watching() as reports:
        gradients(function, primals)
        tangents_of(function, primals)
        twice(function, primals)
    assert not reports


def test_the_watch_sees_what_it_is_for() -> None:
    x = gx.asarray(np.ones(3, "float32"), device="watched")
    with watched.watching() as reports:
        _ = x * 2.0 + np.float64(2.0)
        assert not reports
        _ = x * gx.arange(3, device="watched")
    assert reports


def test_losses_make_no_double() -> None:
    x = gx.asarray(np.linspace(-2, 2, 6, dtype="float32").reshape(2, 3), device="watched")
    labels = gx.asarray([0, 2], device="watched")
    losses = [
        lambda x: gx.nn.mse_loss(x, gx.zeros_like(x)),
        lambda x: gx.nn.cross_entropy(x, labels, label_smoothing=0.1),
        lambda x: gx.nn.binary_cross_entropy_with_logits(x, gx.ones_like(x)),
        lambda x: gx.sum(gx.nn.dropout(x, 0.5, key=gx.random.key(0))),
        *[lambda x, f=f: gx.mean(f(x)) for f in (gx.nn.gelu, gx.nn.silu, gx.nn.relu, gx.nn.sigmoid, gx.nn.tanh)],
    ]  # fmt: skip
    for loss in losses:
        with watched.watching() as reports:
            assert gx.grad(loss)(x).dtype == gx.float32
            twice(loss, [x])
        assert not reports


@pytest.mark.parametrize("optimiser", [gx.optim.SGD, gx.optim.AdamW])
def test_optimisers_make_no_double(optimiser: Any) -> None:
    w = gx.asarray(np.ones(3, "float32"), device="watched", requires_grad=True)
    steps = optimiser([w], lr=0.1)
    with watched.watching() as reports:
        for _ in range(2):
            steps.zero_grad()
            gx.sum(w * w).backward()
            steps.step()
    assert w.dtype == gx.float32 and not reports


@pytest.mark.parametrize("draw", [gx.random.uniform, gx.random.normal])
def test_random_numbers_make_no_double(draw: Any) -> None:
    with watched.watching() as reports:
        x = draw((4,), key=gx.random.key(0), dtype="float32", device="watched")
    assert x.dtype == gx.float32 and not reports


# ---------------------------------------------------------------- mixes


def mixes(row: Case) -> list[tuple[str, str]]:
    pairs = [("float32", "float64"), ("float64", "float32")]
    if row.doubles == ("float64", "complex128") and not row.name.startswith("index_"):
        pairs += [("float32", "complex64"), ("complex64", "float32")]
        pairs += [("float64", "complex64"), ("complex128", "float32")]
    return pairs


def in_dtypes(row: Case, first: str, others: str) -> list[Any]:
    """Return a row's arguments, the first floating array in one dtype and the others in another."""
    drawn = {name: row.draw(name) for name in (first, others)}
    args = list(drawn[first])
    seen = False
    for i, arg in enumerate(args):
        if is_floating(arg) and isinstance(arg, (list, tuple)):
            args[i] = type(arg)([arg[0], *drawn[others][i][1:]])
        elif is_floating(arg) and seen:
            args[i] = drawn[others][i]
        seen = seen or is_floating(arg)
    return args


SEVERAL = [
    pytest.param(row, id=row.id)
    for row in CASES
    if row.doubles[:1] == ("float64",)
    and len([x for arg in row.draw("float64") if is_floating(arg) for x in flat(arg)]) > 1
]


@pytest.mark.parametrize("row", SEVERAL)
def test_each_argument_of_a_mix_gets_its_own_dtype(row: Case, gradx_device: str) -> None:
    for first, others in mixes(row):
        function, primals = of_floats(row, in_dtypes(row, first, others), gradx_device)
        gradients(function, primals)  # checks the dtypes
        tangents_of(function, primals)
        pulled_against_pushed(floats(function), primals)


def pulled_against_pushed(function: Any, primals: list[Any]) -> None:
    """The dot-product test: `vjp` is the conjugate transpose of `jvp`."""
    rng = np.random.default_rng(0)

    def draw(x: Any) -> Any:
        v = rng.standard_normal(x.shape) + 1j * rng.standard_normal(x.shape)
        return gx.asarray(v if x.dtype.kind == "c" else v.real, dtype=x.dtype, device=x.device)

    v = tuple(each(x, draw) for x in primals)
    out, pullback = gx.vjp(function, *primals)
    ct = [draw(y) for y in out]
    tangents = gx.jvp(function, tuple(primals), v)[1]
    assert inner(pullback(ct), v) == pytest.approx(inner(ct, tangents), rel=1e-3, abs=1e-3)


def inner(a: Any, b: Any) -> float:
    pairs = zip(flat(a), flat(b), strict=True)
    return float(sum(np.sum(np.real(np.conj(x.numpy()) * y.numpy())) for x, y in pairs))


BASIC = [p for p in SEVERAL if p.values[0].name in ("multiply", "pow", "matmul", "where")]


@pytest.mark.parametrize("row", BASIC)
@pytest.mark.parametrize("halves", [("float16", "float32"), ("float32", "float16")])
def test_half_beside_single_precision(row: Case, halves: Any, gradx_device: str) -> None:
    if not has(gradx_device, "float16"):
        pytest.skip(f"{gradx_device} has no float16")
    function, primals = of_floats(row, in_dtypes(row, *halves), gradx_device)
    gradients(function, primals)
    tangents_of(function, primals)


def has(device: str, dtype: str) -> bool:
    """Whether a device has a dtype of half precision."""
    try:
        gx.ones(1, dtype=dtype, device=device)
    except (TypeError, AttributeError, gx.GradxError):
        return False
    return True


@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")  # half precision overflows
@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=row.id)
        for row in CASES
        if "f" in row.dtypes and not row.name.startswith(FACTORISED) and row.name != "norm"
    ],
)
def test_half_precision(row: Case, gradx_device: str) -> None:
    there = [dtype for dtype in HALVES if has(gradx_device, dtype)]
    if not there:
        pytest.skip(f"{gradx_device} has no dtype of half precision")
    if gradx_device == "torch:cpu" and row.name in ("special.sph_harm_y", "special.voigt_profile"):
        pytest.skip(
            "goes through complex numbers, of which PyTorch has next to none in half precision"
        )
    function, primals = of_floats(row, row.draw("float32"), gradx_device)
    for dtype in there:
        halves = [each(x, lambda x, dtype=dtype: gx.astype(x, dtype)) for x in primals]
        gradients(function, halves)
        tangents_of(function, halves)


# ---------------------------------------------------------------- scalars, integers, casts


@pytest.mark.parametrize("dtype", ["float32", "complex64"])
@pytest.mark.parametrize("scalar", [2, 2.0, np.float64(2.0), np.float32(2.0), np.int64(2)])
def test_scalars_are_weak_in_derivatives(scalar: Any, dtype: str, gradx_device: str) -> None:
    x = gx.asarray([1.0, 3.0], dtype=dtype, device=gradx_device)
    for f, slope in (
        (lambda x: x * scalar, [float(scalar)] * 2),
        (lambda x: scalar * x, [float(scalar)] * 2),
        (lambda x: x / scalar, [1 / float(scalar)] * 2),
        (lambda x: x + scalar, [1.0, 1.0]),
        (lambda x: scalar - x, [-1.0, -1.0]),
        (lambda x: x**scalar, [float(scalar) * v ** (float(scalar) - 1) for v in (1.0, 3.0)]),
    ):
        out, pullback = gx.vjp(f, x)
        (g,) = pullback(gx.ones_like(out))
        t = gx.jvp(f, (x,), (gx.ones_like(x),))[1]
        assert out.dtype == g.dtype == t.dtype == dtype
        np.testing.assert_allclose(g.numpy(), slope, rtol=1e-6)
        np.testing.assert_allclose(t.numpy(), slope, rtol=1e-6)


@pytest.mark.parametrize("whole", ["int8", "int64", "uint16", "bool"])
def test_an_integer_beside_a_float(whole: str, gradx_device: str) -> None:
    if gradx_device.startswith("array_api_strict"):
        pytest.skip("array_api_strict: has no operators of a float and an integer")
    x = gx.asarray([1.0, 2.0], dtype="float32", device=gradx_device)
    n = gx.astype(gx.asarray([1, 1], device=gradx_device), whole)
    for f in (gx.multiply, gx.add, gx.divide):
        out, pullback = gx.vjp(lambda x, f=f: f(x, n), x)
        assert pullback(gx.ones_like(out))[0].dtype == "float32"


def test_an_integer_leaf_cannot_require_a_gradient(gradx_device: str) -> None:
    for dtype in ("int64", "bool"):
        with pytest.raises(gx.GradxError):
            gx.ones(2, dtype=dtype, device=gradx_device, requires_grad=True)


def test_a_cast_casts_back(gradx_device: str) -> None:
    x = gx.asarray([1.0, 2.0], dtype="float32", device=gradx_device)
    g = gx.grad(lambda x: gx.sum(gx.astype(x, "float64") ** 3))(x)
    assert g.dtype == "float32" and g.tolist() == [3.0, 12.0]
    t = gx.jvp(lambda x: gx.astype(x, "float64") ** 3, (x,), (gx.ones_like(x),))[1]
    assert t.dtype == "float64" and t.tolist() == [3.0, 12.0]


def test_a_real_input_gets_a_real_gradient(gradx_device: str) -> None:
    x = gx.asarray([1.0, 2.0], dtype="float32", device=gradx_device)
    z = gx.asarray([1 + 1j, 2 - 1j], dtype="complex64", device=gradx_device)
    g, h = gx.grad(lambda x, z: gx.sum(gx.real(x * z * z)), argnums=(0, 1))(x, z)
    assert g.dtype == "float32" and h.dtype == "complex64"
    assert g.tolist() == [0.0, 3.0]
    assert h.tolist() == [2 - 2j, 8 + 4j]  # of a real loss: conj(2 x z)


def test_steepest_ascent_of_a_complex_input(gradx_device: str) -> None:
    z = gx.asarray([3 + 4j], device=gradx_device)
    assert gx.grad(lambda z: gx.sum(gx.abs(z) ** 2))(z).tolist() == pytest.approx([6 + 8j])
    assert gx.grad(lambda z: gx.sum(gx.imag(z)))(z).tolist() == [1j]
    assert gx.grad(lambda z: gx.sum(gx.real(gx.conj(z) * 2j)))(z).tolist() == [2j]
