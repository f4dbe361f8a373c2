"""Dtypes of results: the standard's promotion of pairs and of Python scalars, and the rules of single functions.

- The tables here are the standard's own, written out; `gradx.result_type` is one of the things that are tested.
- Nothing is said of pairs that the standard leaves open (integers with floats, ...): see `tests/test_dtypes.py`.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import gradx as gx
from tests.standard.functions import (
    BINARY,
    COMPLEX,
    DTYPES,
    FLOATS,
    INTEGERS,
    KINDS,
    TO_BOOL,
    TO_REAL,
    UNARY,
)

KIND = {
    "bool": "b",
    **dict.fromkeys(INTEGERS, "i"),
    **dict.fromkeys(FLOATS, "f"),
    **dict.fromkeys(COMPLEX, "c"),
}
SIGNED = ("int8", "int16", "int32", "int64")
UNSIGNED = ("uint8", "uint16", "uint32")
TRACKED = [False, True]


def promoted(a: str, b: str) -> str | None:
    """Return the dtype of two dtypes in the standard's table; None where it says nothing."""
    for chain in (("bool",), SIGNED, (*UNSIGNED, "uint64"), FLOATS, COMPLEX):
        if a in chain and b in chain:
            return max(a, b, key=list(chain).index)
    if {KIND[a], KIND[b]} == {"f", "c"}:
        return "complex64" if {a, b} == {"float32", "complex64"} else "complex128"
    if "uint64" in (a, b) or {KIND[a], KIND[b]} != {"i"}:
        return None
    signed, unsigned = (a, b) if a in SIGNED else (b, a)
    return SIGNED[max(SIGNED.index(signed), UNSIGNED.index(unsigned) + 1)]


PAIRS = [
    (a, b, result)
    for a, b in itertools.product(DTYPES, DTYPES)
    if (result := promoted(a, b)) is not None
]


def test_the_table_is_whole() -> None:
    # Squares of 4 signed, 4 unsigned, bool, 4 inexact; signed beside the three smaller unsigned, both ways round.
    assert len(PAIRS) == 16 + 16 + 1 + 16 + 2 * 12


def ones(dtype: str, device: str, tracked: bool) -> Any:
    """Return three ones."""
    if device.startswith("torch") and dtype in ("uint16", "uint32", "uint64"):
        pytest.skip("PyTorch stores wide unsigned integers and computes hardly anything with them")
    return gx.ones(3, dtype=dtype, device=device, requires_grad=tracked and KIND[dtype] in "fc")


def result_of(name: str, dtype: str) -> str:
    """Return the dtype of an elementwise function's result, its arguments promoted to `dtype`."""
    if name in TO_BOOL:
        return "bool"
    return (
        {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)
        if name in TO_REAL
        else dtype
    )


@pytest.mark.parametrize(("a", "b", "expected"), PAIRS, ids=[f"{a}-{b}" for a, b, _ in PAIRS])
@pytest.mark.parametrize("tracked", TRACKED)
def test_functions_of_two_arrays_promote(
    a: str, b: str, expected: str, tracked: bool, device: str
) -> None:
    assert gx.result_type(getattr(gx, a), getattr(gx, b)) == expected
    x, y = ones(a, device, tracked), ones(b, device, tracked)
    for name in BINARY:
        if KIND[expected] in KINDS[name]:
            got = getattr(gx, name)(x, y)
            assert got.dtype == result_of(name, expected), name
            assert got.requires_grad == (tracked and got.dtype.kind in "fc"), name
    mask = gx.asarray([True, False, True], device=device)
    for got in (gx.where(mask, x, y), gx.concat([x, y]), gx.stack([x, y])):
        assert got.dtype == expected
    if expected != "bool":
        for got in (
            gx.matmul(x, y),
            gx.vecdot(x, y),
            gx.tensordot(x, y, axes=1),
            gx.linalg.outer(x, y),
        ):
            assert got.dtype == expected


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tracked", TRACKED)
def test_functions_of_one_array_keep_the_dtype(dtype: str, tracked: bool, device: str) -> None:
    x = ones(dtype, device, tracked)
    for name in UNARY:
        if KIND[dtype] in KINDS[name] and name not in (
            "atanh",
        ):  # of 1: warns on dask, which computes later
            assert getattr(gx, name)(x).dtype == result_of(name, dtype), name
    same = (gx.flip(x), gx.roll(x, 1), gx.reshape(x, (3, 1)), gx.repeat(x, 2), gx.tile(x, (2,)), x[1:], x[None],
            gx.zeros_like(x), gx.ones_like(x), gx.empty_like(x), gx.full_like(x, 1), gx.broadcast_to(x, (2, 3)),
            gx.take(x, gx.asarray([0, 1], device=device)), gx.expand_dims(x, 0))  # fmt: skip
    assert {y.dtype for y in same} == {gx.dtype_of(dtype)}
    if KIND[dtype] in "if":
        assert (
            gx.sort(x).dtype
            == gx.max(x).dtype
            == gx.min(x).dtype
            == gx.clip(x, 0, 1).dtype
            == dtype
        )
    if KIND[dtype] != "b":
        assert gx.diff(x).dtype == dtype


@pytest.mark.parametrize("dtype", DTYPES[1:])  # bool is left open
@pytest.mark.parametrize(
    "name", ["sum", "prod", "cumulative_sum", "cumulative_prod", "linalg.trace"]
)
@pytest.mark.parametrize("tracked", TRACKED)
def test_sums_and_products_widen_integers_alone(
    name: str, dtype: str, tracked: bool, device: str
) -> None:
    x = ones(dtype, device, tracked)
    function = gx.linalg.trace if name == "linalg.trace" else getattr(gx, name)
    if name == "linalg.trace":
        x = gx.reshape(gx.concat([x, x, x]), (3, 3))
    wide = "uint64" if dtype.startswith("u") else "int64"
    assert function(x).dtype == (wide if KIND[dtype] == "i" else dtype)
    if KIND[dtype] in "if":
        assert function(x, dtype=gx.float32).dtype == gx.float32


@pytest.mark.parametrize("dtype", [*FLOATS, *COMPLEX])
@pytest.mark.parametrize("tracked", TRACKED)
def test_reductions_of_floats(dtype: str, tracked: bool, device: str) -> None:
    x = ones(dtype, device, tracked)
    real = {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)
    assert gx.mean(x).dtype == dtype
    assert gx.linalg.vector_norm(x).dtype == gx.linalg.matrix_norm(x[None, :]).dtype == real
    if dtype in FLOATS:
        assert gx.var(x).dtype == gx.std(x).dtype == dtype


@pytest.mark.parametrize("dtype", DTYPES)
def test_truth_and_positions(dtype: str, device: str) -> None:
    x = ones(dtype, device, False)
    assert gx.all(x).dtype == gx.any(x).dtype == gx.bool
    assert gx.count_nonzero(x).dtype == gx.nonzero(x)[0].dtype == gx.int64
    if KIND[dtype] in "if":
        positions = (gx.argmax(x), gx.argmin(x), gx.argsort(x), gx.searchsorted(x, x))
        assert {y.dtype for y in positions} == {gx.int64}


SCALARS: dict[str, list[Any]] = {"b": [True], "i": [2], "f": [2, 2.0], "c": [2, 2.0, 2j]}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tracked", TRACKED)
def test_python_scalars_take_the_dtype_of_the_array(dtype: str, tracked: bool, device: str) -> None:
    x = ones(dtype, device, tracked)
    for scalar in SCALARS[KIND[dtype]]:
        assert gx.result_type(x, scalar) == gx.result_type(scalar, x) == dtype
        for name in BINARY:
            if KIND[dtype] in KINDS[name]:
                function = getattr(gx, name)
                got = {function(x, scalar).dtype, function(scalar, x).dtype}
                assert got == {gx.dtype_of(result_of(name, dtype))}, name
        mask = gx.asarray([True, False, True], device=device)
        assert gx.where(mask, x, scalar).dtype == gx.where(mask, scalar, x).dtype == dtype


@pytest.mark.parametrize(
    ("dtype", "expected"), [("float32", "complex64"), ("float64", "complex128")]
)
def test_a_complex_scalar_beside_a_real_array_keeps_the_precision(
    dtype: str, expected: str, device: str
) -> None:
    x = ones(dtype, device, False)
    assert (x * 1j).dtype == (1j + x).dtype == gx.result_type(x, 1j) == expected


OPERATORS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "floordiv": "floor_divide",
    "mod": "remainder", "pow": "pow", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor",
    "lshift": "bitwise_left_shift", "rshift": "bitwise_right_shift",
}  # fmt: skip


@pytest.mark.parametrize(("a", "b", "expected"), PAIRS, ids=[f"{a}-{b}" for a, b, _ in PAIRS])
def test_in_place_operators_keep_the_dtype_or_raise(
    a: str, b: str, expected: str, device: str
) -> None:
    for name, function in OPERATORS.items():
        if KIND[expected] not in KINDS[function]:
            continue
        x, y = ones(a, device, False), ones(b, device, False)
        same = x
        if expected == a:
            assert getattr(x, f"__i{name}__")(y) is same and x.dtype == a
        elif KIND[expected] != KIND[a]:
            with pytest.raises(TypeError):
                getattr(x, f"__i{name}__")(y)
            assert x.dtype == a
        else:  # the standard has none: it raises or keeps what it was
            assert getattr(x, f"__i{name}__")(y) is same and x.dtype == a


@pytest.mark.parametrize("dtype", [*FLOATS, *COMPLEX])
def test_fft_and_decompositions(dtype: str, device: str) -> None:
    x = gx.asarray([[4.0, 1.0], [1.0, 3.0]], dtype=dtype, device=device)
    single = dtype in ("float32", "complex64")
    real, wide = ("float32", "complex64") if single else ("float64", "complex128")
    assert gx.fft.fft(x).dtype == gx.fft.ifft(x).dtype == gx.fft.fftn(x).dtype == wide
    assert gx.fft.fftshift(x).dtype == dtype
    if dtype in FLOATS:
        assert gx.fft.rfft(x).dtype == gx.fft.ihfft(x).dtype == wide
    else:
        assert gx.fft.irfft(x).dtype == gx.fft.hfft(x).dtype == real
    linalg = gx.linalg
    for y in (linalg.inv(x), linalg.cholesky(x), linalg.det(x), linalg.solve(x, x), linalg.pinv(x), *linalg.qr(x),
              linalg.eigh(x).eigenvectors, linalg.svd(x).U, linalg.slogdet(x).sign):  # fmt: skip
        assert y.dtype == dtype
    for y in (linalg.eigvalsh(x), linalg.eigh(x).eigenvalues, linalg.svdvals(x), linalg.svd(x).S,
              linalg.slogdet(x).logabsdet):  # fmt: skip
        assert y.dtype == real
    assert linalg.eigvals(x).dtype == linalg.eig(x).eigenvectors.dtype == wide
    assert linalg.matrix_rank(x).dtype == gx.int64
