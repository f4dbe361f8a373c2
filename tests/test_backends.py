"""The backends: devices by name, what is said where one is missing, and extras that agree.

- CuPy runs here on a stand-in made of NumPy (`cupy_of_numpy`): its logic, not its kernels.
"""

from __future__ import annotations

import subprocess
import sys
import types
from collections.abc import Iterator
from contextlib import nullcontext
from importlib import metadata
from typing import Any

import array_api_strict
import numpy as np
import pytest

import gradx as gx
import gradx_numpy
from gradx import backend as backends
from gradx.backend import INDEX, backend_for_device, backend_named, fill_key
from gradx.errors import DeviceError, DtypeError, OperandError
from gradx_generic import special

STRICT = backend_named("array_api_strict")
RNG = np.random.default_rng(0)
FULL = slice(None)

KEYS = [
    ((4, 5, 3), (), ()),
    ((4, 5, 3), (1, 2, 0), ()),
    ((4, 5, 3), (slice(7, 20), -1), ()),
    ((4, 5, 3), (None, ..., slice(None, None, -2), None, 2), ()),
    ((4, 5, 3), (INDEX,), ([0, -1, 0, 3, -4],)),
    ((4, 5, 3), (FULL, INDEX), ([[0, -1, 0], [3, 3, 3]],)),
    ((4, 5, 3), (INDEX, FULL, INDEX), ([0, 0, 3], [2, 2, 1])),
    ((4, 5, 3), (0, FULL, INDEX), ([2, 2, 1],)),
    ((4, 5, 3), (INDEX, None, 1, slice(None, None, 2)), ([3, 3],)),
    ((4, 5, 3), (slice(None, None, -1), INDEX, FULL), ([[1, 1], [4, 0]],)),
    ((4, 5, 3), (INDEX, INDEX, INDEX), ([[0], [1]], [1, 1, 2], 1)),
    ((4, 5, 3), (INDEX, INDEX), ([2], [True, False, True, False, True])),
    ((3,), (INDEX,), ([False, False, False],)),
    ((0, 3), (INDEX,), (np.zeros(0, int),)),
    ((), (INDEX,), (True,)),
    ((4, 700), (FULL, INDEX), (RNG.integers(-700, 700, 900),)),
    ((4, 5, 3), (INDEX,), (RNG.integers(-4, 4, 900),)),
]


def reference(x: Any, values: Any, indices: Any, key: Any, *, adds: bool) -> Any:
    """Write one element after the other, in row-major order."""
    where = np.arange(x.size).reshape(x.shape)[fill_key(key, indices)]
    flat = x.copy().reshape(-1)
    for at, value in zip(
        where.reshape(-1), np.broadcast_to(values, where.shape).reshape(-1), strict=True
    ):
        flat[at] = flat[at] + value if adds else value
    return flat.reshape(x.shape)


def drawn(shape: Any, key: Any, indices: Any, dtype: str = "float64") -> Any:
    """Draw an array, values for its key, and the index arrays."""
    arrays = [np.asarray(index) for index in indices]
    x = np.asarray(RNG.random(shape) * 9, dtype=dtype)
    values = np.asarray(RNG.random(np.shape(x[fill_key(key, arrays)])) * 9, dtype=dtype)
    return x, values, arrays


@pytest.mark.parametrize(("shape", "key", "indices"), KEYS)
@pytest.mark.parametrize("backend", [gradx_numpy, STRICT], ids=["numpy", "generic"])
def test_indexing_agrees_with_writes_one_by_one(
    shape: Any, key: Any, indices: Any, backend: Any
) -> None:
    x, values, arrays = drawn(shape, key, indices)
    there = [backend.asarray(index) for index in arrays]
    a, v = backend.asarray(x), backend.asarray(values)
    got = backend.xp.getitem(a, *there, key=key)
    np.testing.assert_array_equal(backend.to_numpy(got), x[fill_key(key, arrays)])
    for name, adds in (("index_set", False), ("index_add", True)):
        for given, number in ((v, values), (2.0, 2.0)):
            got = getattr(backend.xp, name)(a, given, *there, key=key)
            expected = reference(x, number, arrays, key, adds=adds)
            np.testing.assert_allclose(backend.to_numpy(got), expected, rtol=1e-12)
    np.testing.assert_array_equal(backend.to_numpy(a), x)


@pytest.mark.parametrize("backend", [gradx_numpy, STRICT], ids=["numpy", "generic"])
def test_a_nan_that_is_added_stays_in_its_place(backend: Any) -> None:
    x, at = backend.asarray(np.zeros(3)), backend.asarray(np.asarray([0, 2, 0, 2]))
    values = backend.asarray(np.asarray([1.0, np.nan, 2.0, 1.0]))
    got = backend.to_numpy(backend.xp.index_add(x, values, at, key=(INDEX,)))
    np.testing.assert_array_equal(got, [3.0, 0.0, np.nan])


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("erf", -6, 6),
        ("erfc", -6, 25),
        ("erfinv", -1, 1),
        ("gammaln", -20.3, 60),
        ("digamma", -20.3, 60),
    ],
)
def test_special_functions_in_standard_code(name: str, low: float, high: float) -> None:
    ends = [0.0, -0.0, np.nan, 1.0] if name == "erfinv" else [1.0, 2.0, np.nan, np.inf, 1e-300]
    x = np.concatenate([np.linspace(low, high, 777), ends])
    with STRICT.quiet():
        got = STRICT.to_numpy(getattr(special, name)(STRICT.xp, STRICT.asarray(x)))
        expected = getattr(gradx_numpy.xp, name)(x)
        low_precision = getattr(special, name)(STRICT.xp, STRICT.asarray(x, dtype="float32"))
    np.testing.assert_allclose(got, expected, rtol=2e-12, atol=1e-13)
    assert low_precision.dtype == array_api_strict.float32


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_polygamma_in_standard_code(n: int) -> None:
    x = np.concatenate([np.linspace(-9.7, 40, 500), [1.0, np.nan, np.inf, -2.0]])
    with STRICT.quiet():
        got = STRICT.to_numpy(special.polygamma(STRICT.xp, STRICT.asarray(x), n=n))
        expected = gradx_numpy.xp.polygamma(x, n=n)
    np.testing.assert_allclose(got, expected, rtol=2e-11, atol=1e-12)


@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [
        ("bij,jk->bik", [(2, 3, 4), (4, 3)]),
        ("aij,jk->aik", [(2, 3, 4), (4, 3)]),
        ("bij->b", [(2, 3, 4)]),
        ("ij,ji->", [(3, 4), (4, 3)]),
        ("ij,jk,kl->il", [(3, 4), (4, 3), (3, 4)]),
        ("ii->i", [(3, 3)]),
        ("i,j->ji", [(3,), (4,)]),
        ("ij,ij->i", [(0, 4), (0, 4)]),
    ],
)
def test_einsum_in_standard_code(subscripts: str, shapes: Any) -> None:
    arrays = [RNG.random(shape) for shape in shapes]
    got = STRICT.xp.einsum(*map(STRICT.asarray, arrays), subscripts=subscripts)
    np.testing.assert_allclose(STRICT.to_numpy(got), np.einsum(subscripts, *arrays), rtol=1e-12)


def test_scalars_are_weak_and_mixed_dtypes_follow_numpy() -> None:
    x = STRICT.asarray(np.asarray([1.0, 3.0], dtype="float32"))
    n = STRICT.asarray(np.asarray([1, 2]))
    for name in ("maximum", "hypot", "logaddexp", "copysign", "pow"):
        assert getattr(STRICT.xp, name)(x, 2.0).dtype == array_api_strict.float32
    assert STRICT.xp.where(x > 2, x, 0).dtype == array_api_strict.float32
    assert STRICT.xp.add(n, x).dtype == array_api_strict.float64
    assert STRICT.xp.multiply(n, 0.5).dtype == array_api_strict.float64


@pytest.mark.parametrize("backend", [gradx_numpy, STRICT], ids=["numpy", "generic"])
def test_guarded_multiply(backend: Any) -> None:
    zero, odd = backend.asarray([0.0, 1.0, 0.0]), backend.asarray([np.inf, 2.0, np.nan])
    multiply = backend.xp.guarded_multiply
    with backend.quiet():
        np.testing.assert_array_equal(backend.to_numpy(multiply(zero, odd)), [0.0, 2.0, 0.0])
        np.testing.assert_array_equal(backend.to_numpy(multiply(0.0, odd)), [0.0, 0.0, 0.0])
        np.testing.assert_array_equal(backend.to_numpy(multiply(zero, np.inf)), [0.0, np.inf, 0.0])


def test_corrections_of_numpy() -> None:
    xp = gradx_numpy.xp
    with gradx_numpy.quiet():
        assert xp.floor_divide(np.float64(np.inf), 2.0) == np.inf
        assert np.signbit(xp.floor_divide(np.asarray(2.0), -np.inf))
        assert xp.expm1(np.asarray(complex(-np.inf, np.inf))) == -1
        assert xp.tanh(np.asarray(complex(np.inf, 2.0))) == 1
    assert xp.clip(np.arange(4, dtype="int8"), -1000, 2).tolist() == [0, 1, 2, 2]
    assert xp.argsort(np.asarray([1, 2, 1]), descending=True).tolist() == [1, 0, 2]
    assert xp.linalg.eigvals(np.eye(2)).dtype == np.complex128


# Devices


def test_devices_by_name() -> None:
    for name in ("cpu", "array_api_strict:CPU_DEVICE", "array_api_strict:device1"):
        assert gx.zeros(2, device=name).device == name
    assert gradx_numpy.devices() == ("cpu",)
    assert "array_api_strict:device2" in STRICT.devices()


def test_default_device_is_checked_and_restored() -> None:
    with gx.default_device("array_api_strict:device1"):
        assert gx.ones(1).device == "array_api_strict:device1"
    assert gx.ones(1).device == "cpu"
    with pytest.raises(DeviceError, match="device9"):
        gx.default_device("array_api_strict:device9")
    assert gx.ones(1).device == "cpu"


@pytest.mark.parametrize("name", ["cpu:1", "tpu", "no_such_library:cpu", "json:cpu", 3])
def test_unknown_devices_are_named(name: Any) -> None:
    with pytest.raises(DeviceError, match=str(name)):
        gx.zeros(1, device=name)


def test_unknown_dtypes_and_objects() -> None:
    with pytest.raises(DtypeError):
        STRICT.native_dtype("float16")
    with pytest.raises(OperandError):
        backends.backend_of(type("Mine", (), {}))


def test_arrays_of_python_numbers_are_float64_on_every_library() -> None:
    assert gx.asarray([1.0, 2.0], device="array_api_strict:device1").dtype == gx.float64


# CUDA, where there is none


@pytest.fixture
def no_cupy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget what was imported for CuPy before this test, and what the test imported after it."""
    monkeypatch.delitem(backends._by_name, "cupy", raising=False)
    for name in modules_of_cupy():
        monkeypatch.delitem(sys.modules, name)
    yield
    backends._by_name.pop("cupy", None)
    for name in modules_of_cupy():
        del sys.modules[name]


def modules_of_cupy() -> list[str]:
    """Return the loaded modules of CuPy and of its backend."""
    return [
        each for each in sys.modules if each.partition(".")[0] in ("gradx_cupy", "cupy", "cupyx")
    ]


def cupy_of_numpy(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Install a stand-in for CuPy, array-api-compat's namespace of it included."""
    import array_api_compat.numpy as compat_numpy
    import scipy.special

    def module(name: str, source: Any) -> Any:
        made = types.ModuleType(name)
        made.__path__ = []
        made.__dict__.update({k: v for k, v in vars(source).items() if not k.startswith("__")})
        monkeypatch.setitem(sys.modules, name, made)
        return made

    fake, extra = module("cupy", np), module("cupyx", types)
    runtime = types.SimpleNamespace(getDeviceCount=lambda: 1)
    nvrtc = types.SimpleNamespace(getVersion=lambda: (13, 0))
    fake.cuda = types.SimpleNamespace(
        runtime=runtime, nvrtc=nvrtc, Device=lambda index: nullcontext(index)
    )
    fake.asnumpy = np.asarray
    extra.scatter_add, extra.scatter_max = np.add.at, np.maximum.at
    extra.scipy = module("cupyx.scipy", types)
    extra.scipy.special = module("cupyx.scipy.special", scipy.special)
    compat = module("array_api_compat.cupy", compat_numpy)
    compat.linalg = module("array_api_compat.cupy.linalg", compat_numpy.linalg)
    monkeypatch.setattr("array_api_compat.cupy", compat, raising=False)
    return fake


def test_cupy_not_installed(no_cupy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    with pytest.raises(DeviceError, match=r'CuPy.*pip install "gradx\[cuda\]"'):
        gx.zeros(1, device="cuda")


def test_no_driver(no_cupy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = cupy_of_numpy(monkeypatch)

    def count() -> int:
        raise RuntimeError("cudaErrorInsufficientDriver: too old")

    monkeypatch.setattr(fake.cuda.runtime, "getDeviceCount", count)
    with pytest.raises(DeviceError, match=r"driver and a GPU.*cudaErrorInsufficientDriver"):
        gx.zeros(1, device="cuda")
    assert backend_for_device("cuda").devices() == ()


def test_no_gpu_of_that_number(no_cupy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cupy_of_numpy(monkeypatch)
    with pytest.raises(DeviceError, match="expected one of cuda; got 'cuda:3'"):
        gx.zeros(1, device="cuda:3")
    with pytest.raises(DeviceError, match="cuda:first"):
        gx.zeros(1, device="cuda:first")


def test_no_compiler(no_cupy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = cupy_of_numpy(monkeypatch)

    def version() -> Any:
        raise RuntimeError("libnvrtc.so.13: not found")

    monkeypatch.setattr(fake.cuda.nvrtc, "getVersion", version)
    with pytest.raises(DeviceError, match=r"NVRTC.*libnvrtc.so.13.*gradx\[cuda\]"):
        gx.zeros(1, device="cuda")


@pytest.mark.parametrize("fixed_order", [False, True])
def test_cupy_indexing_on_a_stand_in(
    no_cupy: None, monkeypatch: pytest.MonkeyPatch, fixed_order: bool
) -> None:
    cupy_of_numpy(monkeypatch)
    backend = backend_named("cupy")
    monkeypatch.setattr("gradx_cupy.namespace._on_device", lambda create: create)
    monkeypatch.setattr("gradx_generic.indexing._device", lambda x: None)
    backend.deterministic(fixed_order)
    for shape, key, indices in KEYS:
        for dtype, rtol in (
            ("float64", 1e-12),
            ("complex128", 1e-12),
            ("float16", 2e-2),
            ("int16", 0),
        ):
            x, values, arrays = drawn(shape, key, indices, dtype)
            for name, adds in (("index_set", False), ("index_add", True)):
                got = getattr(backend.xp, name)(x, values, *arrays, key=key)
                expected = reference(x, values, arrays, key, adds=adds)
                assert got.dtype == x.dtype
                np.testing.assert_allclose(got, expected, rtol=rtol)
    repeated = backend.xp.repeat(np.arange(3), np.asarray([1, 0, 2]))
    assert repeated.tolist() == [0, 2, 2]
    assert backend.xp.clip(np.arange(4, dtype="int8"), -1000, 2).tolist() == [0, 1, 2, 2]
    np.testing.assert_allclose(backend.xp.polygamma(np.ones(1), n=1), np.pi**2 / 6)


# Finding a backend


def test_a_third_party_backend_is_found_by_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    array = type("Array", (), {"__module__": "elsewhere.arrays"})
    found = types.SimpleNamespace(name="elsewhere", owns=lambda kind: kind is array)
    entry = types.SimpleNamespace(name="elsewhere", load=lambda: found)
    monkeypatch.setattr(
        metadata, "entry_points", lambda group: [entry] * (group == "gradx.backends")
    )
    try:
        assert backends.backend_of(array) is found
        assert backend_for_device("elsewhere:0") is found
    finally:
        backends._by_name.pop("elsewhere", None)
        backends._by_type.pop(array, None)


def fresh(code: str) -> str:
    """Run code in a new interpreter and return what it prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("module", "banned"),
    [
        (
            "gradx",
            ["numpy", "cupy", "scipy", "torch", "jax", "array_api_compat", "importlib.metadata"],
        ),
        ("gradx_numpy", ["scipy", "cupy", "array_api_compat"]),
        ("gradx_generic", ["array_api_compat", "torch", "jax", "dask", "scipy"]),
    ],
)
def test_importing_is_light(module: str, banned: list[str]) -> None:
    path = [each for each in sys.path if each]
    code = f"import sys; sys.path[:0] = {path!r}; import {module}; print([n for n in {banned!r} if n in sys.modules])"
    assert fresh(code) == "[]"


def test_bfloat16_of_torch_reaches_numpy_and_comes_back():
    torch = pytest.importorskip("torch", reason="has bfloat16 of its own")
    pytest.importorskip("ml_dtypes", reason="NumPy's bfloat16")
    x = gx.asarray(torch.tensor([1.0, 2.5], dtype=torch.bfloat16))
    assert x.tolist() == [1.0, 2.5] and "bfloat16" in repr(x)
    back = gx.grad(lambda x: gx.sum(gx.to_device(x, "cpu") * 2))(x)
    assert (back.dtype, back.device, back.tolist()) == (gx.bfloat16, "torch:cpu", [2.0, 2.0])
