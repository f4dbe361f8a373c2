"""Dtypes by name, their promotion against NumPy's, and what the namespace says of itself."""

import itertools
import pickle

import numpy as np
import pytest

import gradx as gx

NAMES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
         "float16", "float32", "float64", "complex64", "complex128"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_dtypes_are_hashable_and_equal_to_the_backends(name):
    ours = gx.dtype_of(name)
    assert ours == np.dtype(name) and ours == getattr(np, name) and ours == name
    assert hash(ours) == hash(gx.dtype_of(np.dtype(name))) and ours is gx.dtype_of(np.dtype(name))
    assert ours != None and ours != "object" and ours != 3  # noqa: E711  the operator is what is tested
    assert np.dtype(ours) == np.dtype(name) and np.zeros(2, dtype=ours).dtype == np.dtype(name)
    assert pickle.loads(pickle.dumps(ours)) is ours


@pytest.mark.parametrize(("a", "b"), list(itertools.product(NAMES, repeat=2)))
def test_promotion_agrees_with_numpy(a, b):
    assert gx.result_type(gx.dtype_of(a), gx.dtype_of(b)) == np.result_type(
        np.dtype(a), np.dtype(b)
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scalar", [True, 1, 1.0, 1j])
def test_python_scalars_are_weak(name, scalar):
    expected = np.result_type(np.ones(1, dtype=name), scalar)
    assert gx.result_type(gx.ones(1, dtype=name), scalar) == expected
    assert (gx.ones(1, dtype=name) * scalar).dtype == (np.ones(1, dtype=name) * scalar).dtype


@pytest.mark.parametrize("scalar", [np.float64(2.0), np.float32(2.0), np.int64(2)])
def test_numpy_scalars_are_weak(scalar):
    x = gx.ones(2, dtype=gx.float32)
    for y in (x * scalar, scalar * x, x + scalar, scalar - x, x**scalar):
        assert isinstance(y, gx.Tensor) and y.dtype == gx.float32


@pytest.mark.parametrize("name", ["float16", "float32", "float64"])
def test_finfo(name):
    ours, theirs = gx.finfo(gx.dtype_of(name)), np.finfo(name)
    for field in ("bits", "eps", "max", "min", "smallest_normal"):
        value = getattr(ours, field)
        assert value == getattr(theirs, field) and type(value) in (int, float)
    assert gx.finfo(gx.complex64).dtype == gx.float32


@pytest.mark.parametrize("name", NAMES[1:9])
def test_iinfo(name):
    ours, theirs = gx.iinfo(gx.dtype_of(name)), np.iinfo(name)
    assert (ours.bits, ours.min, ours.max) == (theirs.bits, theirs.min, theirs.max)


def test_isdtype_and_can_cast():
    assert gx.isdtype(gx.float32, ("integral", "real floating"))
    assert not gx.isdtype(gx.bool, "numeric")
    assert gx.can_cast(gx.ones(1, dtype=gx.float32), gx.complex64)
    assert not gx.can_cast(gx.int64, gx.int32)
    with pytest.raises(ValueError, match="isdtype"):
        gx.isdtype(gx.float32, "whole")


def test_namespace_of_a_cpu_tensor_is_gradx():
    assert gx.ones(1).__array_namespace__() is gx


def test_namespace_of_another_device_creates_there():
    x = gx.ones(2, device="array_api_strict:device1")
    xp = x.__array_namespace__(api_version="2024.12")
    assert xp.__name__ != gx.__name__ and xp is x.__array_namespace__()
    # SciPy passes device=None on where nobody asked for one.
    for made in (
        xp.zeros(2),
        xp.zeros(2, device=None),
        xp.fft.fftfreq(4),
        xp.fft.rfftfreq(4, device=None),
    ):
        assert made.device == x.device
    assert xp.zeros(2, device="cpu").device == "cpu"
    assert (xp.zeros(2) + x).device == x.device
    assert xp.__array_namespace_info__().default_device() == "array_api_strict:device1"
    assert xp.zeros(2, device=None).device == xp.fft.fftfreq(2).device == x.device
    assert xp.zeros(2, device="cpu").device == xp.fft.rfftfreq(2, device="cpu").device == "cpu"
    assert xp.fft is not gx.fft and xp.fft.fft is gx.fft.fft


def test_a_device_without_double_precision_makes_single():
    device = "array_api_strict:no_float64"
    xp = gx.ones(2, dtype=gx.float32, device=device).__array_namespace__()
    for x in (xp.zeros(2), xp.full(2, 1.0), xp.eye(2), xp.linspace(0, 1, 3), xp.asarray([1.0, 2.0]),
              xp.arange(0.0, 1.0), xp.fft.fftfreq(3)):  # fmt: skip
        assert x.dtype == gx.float32 and x.device == device
    assert xp.asarray(1j).dtype == xp.full(1, 1j).dtype == gx.complex64
    info = xp.__array_namespace_info__()
    assert info.default_dtypes()["real floating"] == gx.float32
    assert "float64" not in info.dtypes() and "float64" in info.dtypes(device="cpu")


def test_namespace_info():
    info = gx.__array_namespace_info__()
    assert info.default_device() == "cpu" and "cpu" in info.devices()
    assert info.default_dtypes()["real floating"] == gx.float64
    assert set(info.dtypes(kind="complex floating")) == {"complex64", "complex128"}
    assert info.capabilities()["boolean indexing"]
    assert gx.__array_api_version__ == "2025.12"


def test_defaults_of_creation():
    assert [gx.asarray(v).dtype for v in (True, 1, 1.0, 1j)] == [
        gx.bool,
        gx.int64,
        gx.float64,
        gx.complex128,
    ]
    assert gx.zeros(2).dtype == gx.float64 and gx.arange(3).dtype == gx.int64
    assert gx.full((2,), 3).dtype == gx.int64 and gx.linspace(0, 1, 3).tolist() == [0.0, 0.5, 1.0]
    assert gx.zeros_like(gx.ones((2, 3), dtype=gx.float32)).dtype == gx.float32


def test_full_is_differentiable_in_its_value():
    assert gx.grad(lambda v: gx.sum(gx.full((2, 3), v)))(1.0).item() == 6.0


def test_asarray_of_nested_lists_keeps_the_graph():
    x = gx.asarray(2.0, requires_grad=True)
    y = gx.asarray([[x, 1.0], [0.0, x * x]])
    assert y.tolist() == [[2.0, 1.0], [0.0, 4.0]]
    gx.sum(y).backward()
    assert x.grad.item() == 5.0


def test_asarray_shares_memory_unless_asked():
    a = np.ones(3)
    assert np.shares_memory(gx.asarray(a).numpy(), a)
    assert not np.shares_memory(gx.asarray(a, copy=True).numpy(), a)
    x = gx.asarray(a)
    assert gx.asarray(x) is x


def test_to_device_and_back_is_differentiable():
    x = gx.asarray([1.0, 2.0], requires_grad=True)
    there = x.to_device("array_api_strict:device1")
    assert there.device == "array_api_strict:device1"
    gx.sum((there * there).to_device("cpu")).backward()
    assert x.grad.device == "cpu" and x.grad.tolist() == [2.0, 4.0]
    _, tangent = gx.jvp(
        lambda v: v.to_device("array_api_strict:device1") * 3, (np.ones(2),), (np.ones(2),)
    )
    assert tangent.device == "array_api_strict:device1"


def test_cast_carries_the_gradient_back_in_the_dtype_of_the_input():
    x = gx.asarray([1.0, 2.0], dtype=gx.float32, requires_grad=True)
    gx.sum(gx.real(gx.astype(gx.astype(x, gx.float64), gx.complex128)) ** 2).backward()
    assert x.grad.dtype == gx.float32 and x.grad.tolist() == [2.0, 4.0]


def test_cast_to_integers_cuts_the_graph():
    x = gx.asarray([1.0, 2.0], requires_grad=True)
    assert not gx.astype(x, gx.int64).requires_grad


def test_dlpack_both_ways():
    a = np.arange(3.0)
    x = gx.from_dlpack(a)
    assert isinstance(x, gx.Tensor) and np.shares_memory(x.numpy(), a)
    assert np.shares_memory(np.from_dlpack(x), a)


def test_pickle_and_deepcopy():
    import copy

    x = gx.asarray([1.0, 2.0], requires_grad=True)
    gx.sum(x).backward()
    twin = copy.deepcopy({"x": x})["x"]
    assert twin.requires_grad and twin.grad.tolist() == [1.0, 1.0] and twin.aux is not x.aux
    again = pickle.loads(pickle.dumps(x))
    assert again.requires_grad and again.tolist() == [1.0, 2.0]


def test_numpy_functions_that_meet_a_tensor():
    x = gx.asarray([1.0, 2.0], requires_grad=True)
    for y in (np.ones(2) * x, np.sin(x), np.float64(2.0) * x):
        assert isinstance(y, gx.Tensor) and y.requires_grad
    assert isinstance(np.ones(2) == x, gx.Tensor)


def test_repr():
    assert repr(gx.asarray([1.0])) == "Tensor([1.])"
    assert repr(gx.asarray([1.0], dtype=gx.float32, requires_grad=True)) == (
        "Tensor([1.], dtype=float32, requires_grad=True)"
    )
    seen = []
    gx.grad(lambda x: (seen.append(repr(x)), x)[1])(1.0)
    assert "level=reverse" in seen[0]


def test_linspace_is_differentiated_in_its_ends():
    x = gx.asarray(0.5, requires_grad=True)
    y = gx.linspace(x, 2.0, 3)
    assert y.tolist() == [0.5, 1.25, 2.0] and y.requires_grad
    assert gx.gradients(gx.sum(y), [x])[0].item() == 1.5
    assert gx.grad(lambda x: gx.sum(gx.linspace(0, x, 4, endpoint=False)))(1.0).item() == 1.5
    assert gx.linspace(gx.zeros((2,), dtype="float32"), 1.0, 5).shape == (5, 2)
