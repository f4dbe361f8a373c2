"""Tensors in and out: DLPack, NumPy, pickle, deepcopy, files."""

from __future__ import annotations

import copy
import math
import pickle
import sys
from collections import namedtuple
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import (
    ChangedArrayError,
    ConversionError,
    DtypeError,
    GraphError,
    MissingToolError,
    OperandError,
)
from gradx.testing import assert_close

# ---------------------------------------------------------------- DLPack


def test_numpy_takes_a_tensor_without_a_copy() -> None:
    t = gx.asarray([1.0, 2.0, 3.0])
    assert np.shares_memory(np.from_dlpack(t), t.numpy())
    assert np.shares_memory(np.asarray(t), t.numpy())
    assert np.asarray(t, dtype=np.float32).dtype == np.float32
    assert not np.shares_memory(np.array(t), t.numpy())
    with pytest.raises(ValueError, match="copy"):
        np.asarray(t, dtype=np.float32, copy=False)


def test_a_tracked_tensor_does_not_leave_in_silence() -> None:
    t = gx.asarray([1.0, 2.0], requires_grad=True)
    for result in (t, t * 2):
        with pytest.raises(BufferError, match="detach"):
            np.from_dlpack(result)
        with pytest.raises(ConversionError, match="detach"):
            np.asarray(result)

    def inside(x: Any) -> Any:
        with pytest.raises(BufferError, match="detach"):
            x.__dlpack__()
        with pytest.raises(ConversionError):
            np.asarray(x)
        return gx.sum(x)

    gx.grad(inside)(t.detach())
    gx.vmap(inside)(gx.ones((2, 2)))


def test_torch_both_ways() -> None:
    torch = pytest.importorskip("torch", reason="the other side is torch")
    t = gx.asarray([1.0, 2.0, 3.0])
    theirs = torch.from_dlpack(t)
    assert theirs.data_ptr() == t.numpy().ctypes.data and theirs.tolist() == [1.0, 2.0, 3.0]
    source = torch.arange(6.0).reshape(2, 3).T
    ours = gx.from_dlpack(source)
    assert ours.numpy().ctypes.data == source.data_ptr() and ours.shape == (3, 2)
    assert gx.from_dlpack(source, copy=True).numpy().ctypes.data != source.data_ptr()
    stays = gx.asarray(source)
    assert stays.device == "torch:cpu" and torch.from_dlpack(stays).data_ptr() == source.data_ptr()
    with pytest.raises(BufferError, match="grad"):
        gx.from_dlpack(torch.ones(2, requires_grad=True))


def test_a_dtype_that_numpy_lacks() -> None:
    torch = pytest.importorskip("torch", reason="the other side is torch")
    source = torch.ones(2, dtype=torch.bfloat16)
    with pytest.raises(DtypeError, match=r"from_dlpack: .*gradx.asarray"):
        gx.from_dlpack(source)
    assert gx.asarray(source).dtype == gx.bfloat16


def test_jax_both_ways() -> None:
    jax = pytest.importorskip("jax", reason="the other side is JAX")
    t = gx.asarray([1.0, 2.0], dtype=gx.float32)
    assert jax.numpy.from_dlpack(t).tolist() == [
        1.0,
        2.0,
    ]  # JAX copies what is not aligned as its own
    source = jax.numpy.arange(1000.0)
    ours = gx.from_dlpack(source)
    assert ours.numpy().ctypes.data == source.unsafe_buffer_pointer() and ours.device == "cpu"
    stays = gx.asarray(source)
    assert stays.device == "jax:cpu"
    theirs = jax.numpy.from_dlpack(stays)
    assert theirs.unsafe_buffer_pointer() == source.unsafe_buffer_pointer()
    with pytest.raises(BufferError, match="detach"):
        jax.numpy.from_dlpack(gx.asarray(source, requires_grad=True))


def test_jax_and_a_tensor_in_one_expression() -> None:
    jax = pytest.importorskip("jax", reason="the other side is JAX")
    array = jax.numpy.asarray([1.0, 2.0], dtype="float32")
    x = gx.asarray(array, requires_grad=True)
    for y in (array * x, x * array, np.multiply(x, array)):
        x.grad = None
        gx.sum(y).backward()
        assert x.grad.tolist() == [1.0, 2.0] and y.device == "jax:cpu"
    with pytest.raises(TypeError, match="Tensor"):
        jax.numpy.sin(x)
    with pytest.raises(ConversionError, match="detach"):
        jax.numpy.asarray(x)


def test_torch_functions_refuse_and_operators_work() -> None:
    torch = pytest.importorskip("torch", reason="the other side is torch")
    array = torch.asarray([1.0, 2.0])
    x = gx.asarray(array, requires_grad=True)
    for y in (array * x, x * array, np.multiply(x, array)):
        x.grad = None
        gx.sum(y).backward()
        assert x.grad.tolist() == [1.0, 2.0] and y.device == "torch:cpu"
    for call in (lambda: torch.sin(x), lambda: torch.stack([x, x]), lambda: torch.add(array, x)):
        with pytest.raises(OperandError, match=r"torch\..*gx"):
            call()
    with pytest.raises(BufferError, match="detach"):
        torch.tensor(x)


def test_a_library_without_dlpack_says_so() -> None:
    dask = pytest.importorskip("dask.array", reason="the other side is Dask")
    x = gx.asarray(dask.arange(3.0))
    for call in (lambda: np.from_dlpack(x), x.__dlpack_device__):
        with pytest.raises(BufferError, match=r"one of dask.*numpy.asarray"):
            call()
    assert np.asarray(x).tolist() == [0.0, 1.0, 2.0]


def test_rounding_by_python_stays_on_the_graph() -> None:
    x = gx.asarray(2.567, requires_grad=True)
    results = [round(x), round(x, 1), math.floor(x), math.ceil(x), math.trunc(x)]
    assert [y.item() for y in results] == [3.0, 2.6, 2.0, 3.0, 2.0]
    sum(results, start=x * 2).backward()
    assert x.grad.item() == 2.0


def test_cupy_both_ways() -> None:
    cupy = pytest.importorskip("cupy", reason="the other side is CuPy")
    if not cupy.cuda.is_available():
        pytest.skip("needs a GPU")
    t = gx.asarray([1.0, 2.0], device="cuda")
    assert cupy.from_dlpack(t).data.ptr == t.data.data.ptr
    source = cupy.arange(3.0)
    assert gx.from_dlpack(source).data.data.ptr == source.data.ptr


def test_what_comes_in_shared_is_watched() -> None:
    torch = pytest.importorskip("torch", reason="the other side is torch")
    for shared in (torch.ones(3, dtype=torch.float64), np.ones(3)):
        w = gx.ones(3, requires_grad=True)
        y = gx.sum(w * gx.from_dlpack(shared))
        shared[1] = 5.0
        with pytest.raises(ChangedArrayError, match="multiply"):
            y.backward()
        y = gx.sum(w * gx.from_dlpack(shared, copy=True))
        shared[1] = 6.0
        y.backward()
        assert w.grad.tolist() == [1.0, 5.0, 1.0]


# ---------------------------------------------------------------- pickle and deepcopy


def leaf_with_grad() -> Any:
    x = gx.asarray([1.0, -2.0], dtype=gx.float32, requires_grad=True)
    gx.sum(x * x).backward()
    return x


@pytest.mark.parametrize(
    "twin", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["deepcopy", "pickle"]
)
def test_a_twin_of_a_leaf(twin: Any) -> None:
    x = leaf_with_grad()
    y = twin({"a": [x, x]})["a"]
    assert y[0] is y[1] and y[0] is not x, "expected one twin of one Tensor"
    y = y[0]
    assert_close(y.detach(), x.detach())
    assert y.requires_grad and y.dtype == gx.float32 and y.device == x.device
    assert_close(y.grad, x.grad)
    assert not np.shares_memory(y.grad.numpy(), x.grad.numpy())
    gx.sum(y * 3).backward()
    assert_close(y.grad, x.grad + 3) and x.grad.tolist() == [2.0, -4.0]
    assert x.grad.tolist() == [2.0, -4.0], "expected the original to be left alone"


@pytest.mark.parametrize(
    "twin", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["deepcopy", "pickle"]
)
def test_twins_of_other_tensors(twin: Any) -> None:
    shared = np.ones(3)
    base = gx.asarray([[1.0, 2.0], [3.0, 4.0]])
    for x in (
        gx.asarray(shared),
        base[0],
        base.T,
        gx.asarray(2),
        gx.asarray([True]),
        gx.zeros((0, 2)),
        gx.ones(2) * 1j,
    ):
        y = twin(x)
        assert_close(y, x)
        assert not y.requires_grad and not np.shares_memory(y.numpy(), x.numpy())
    view = base[0]
    base[0, 0] = 7.0  # the view is stale now
    assert twin(view).tolist() == [7.0, 2.0]


@pytest.mark.parametrize("twin", [copy.deepcopy, pickle.dumps], ids=["deepcopy", "pickle"])
def test_what_is_on_a_graph_has_no_twin(twin: Any) -> None:
    x = gx.ones(2, requires_grad=True)
    with pytest.raises(GraphError, match="detach"):
        twin(x * 2)

    def inside(v: Any) -> Any:
        with pytest.raises(GraphError, match="detach"):
            twin(v)
        return gx.sum(v)

    gx.grad(inside)(x.detach())
    gx.vmap(inside)(gx.ones((2, 2)))
    gx.jvp(inside, (x.detach(),), (x.detach(),))


def test_twins_on_other_libraries() -> None:
    torch = pytest.importorskip("torch", reason="the other library is torch")
    x = gx.asarray(torch.ones(2, dtype=torch.float32), requires_grad=True)
    for y in (copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert y.device == "torch:cpu" and y.requires_grad and y.dtype == gx.float32


# ---------------------------------------------------------------- files

Pair = namedtuple("Pair", "first second")
DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32",
          "float64", "complex64", "complex128"]  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    pytest.importorskip("safetensors", reason="files of Tensors need safetensors")
    return tmp_path / "tree.safetensors"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (1,), (0, 3), (2, 3)])
def test_every_dtype(file: Path, dtype: str, shape: tuple[int, ...]) -> None:
    value = (
        np.arange(np.prod(shape)).reshape(shape) * (1.5 + 0.5j if "complex" in dtype else 1)
    ).astype(dtype)
    gx.save(file, [gx.asarray(value)])
    (back,) = gx.load(file)
    assert back.shape == shape and back.dtype.name == dtype
    np.testing.assert_array_equal(back.numpy(), value)


def test_bfloat16(file: Path) -> None:
    torch = pytest.importorskip("torch", reason="bfloat16 on the CPU is torch's")
    from safetensors.torch import load_file

    x = torch.tensor([1.5, -2.25, 3e38, float("inf"), 1e-40], dtype=torch.bfloat16)
    gx.save(file, {"x": gx.asarray(x)})
    assert torch.equal(load_file(file)["x"], x)
    back = gx.load(file, device="torch:cpu")["x"]
    assert back.dtype == gx.bfloat16 and torch.equal(back.data, x)


def test_trees_come_back(file: Path) -> None:
    w = gx.asarray(np.arange(6.0).reshape(2, 3).T, requires_grad=True)  # not row-major
    tree = {"layers": [{"w": w, "b": np.zeros(3)}, (gx.ones(1), None)], "scale": 2.0, "empty": []}
    gx.save(file, tree)
    back = gx.load(file)
    assert list(back) == ["layers", "scale", "empty"] and isinstance(back["layers"][1], tuple)
    assert (
        back["layers"][1][1] is None
        and back["empty"] == []
        and not back["layers"][0]["w"].requires_grad
    )
    assert_close(back["layers"][0], {"w": w.detach(), "b": np.zeros(3)})
    assert_close(back["scale"], 2.0)
    from safetensors.numpy import load_file

    assert set(load_file(file)) == {"layers.0.w", "layers.0.b", "layers.1.0", "scale"}


def test_other_containers_need_like(file: Path) -> None:
    gx.save(file, Pair(gx.ones(2), {"a": gx.zeros(1)}))
    assert set(gx.load(file)) == {"0", "1.a"}
    back = gx.load(file, like=Pair(gx.zeros(2, requires_grad=True), {"a": 0.0}))
    assert (
        isinstance(back, Pair) and back.first.requires_grad and not back.second["a"].requires_grad
    )
    assert back.first.tolist() == [1.0, 1.0]
    with pytest.raises(OperandError, match=r"load: .*without \['1.b'\], and with \['1.a'\]"):
        gx.load(file, like=Pair(1.0, {"b": 0.0}))


def test_files_of_others(file: Path) -> None:
    from safetensors.numpy import save_file

    save_file({"model.w": np.ones((2, 2), np.float32)}, file)
    assert_close(gx.load(file), {"model.w": np.ones((2, 2), np.float32)})


def test_devices(file: Path) -> None:
    gx.save(file, gx.asarray([1.0, 2.0], device="array_api_strict:device1"))
    assert gx.load(file).device == "cpu"
    assert gx.load(file, device="array_api_strict:device1").device == "array_api_strict:device1"
    with gx.default_device("array_api_strict:device1"):
        assert gx.load(file).device == "array_api_strict:device1"


def test_parameters_of_a_module(file: Path) -> None:
    layer, other = (
        gx.nn.Linear(3, 2, key=gx.random.key(0)),
        gx.nn.Linear(3, 2, key=gx.random.key(1)),
    )
    gx.save(file, dict(layer.named_parameters()))
    saved = gx.load(file)
    with gx.no_grad():
        for name, parameter in other.named_parameters():
            parameter[...] = saved[name]
    assert_close(other(gx.ones(3)).detach(), layer(gx.ones(3)).detach())


def test_errors_of_save(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OperandError, match=r"save: .*two at 'a.b'"):
        gx.save(file, {"a.b": gx.ones(1), "a": {"b": gx.ones(1)}})
    with pytest.raises(OperandError, match="expected"):
        gx.save(file, {"name": "text"})

    def inside(x: Any) -> Any:
        gx.save(file, x)
        return x

    for transform in (gx.grad, gx.vmap):
        with pytest.raises(GraphError, match="save: expected Tensors outside of transforms"):
            transform(lambda x: gx.sum(inside(x)))(gx.ones(2))
    monkeypatch.setitem(sys.modules, "safetensors", None)
    for call in (lambda: gx.save(file, gx.ones(1)), lambda: gx.load(file)):
        with pytest.raises(
            MissingToolError, match=r'safetensors.*pip install "gradx\[io\]"'
        ) as caught:
            call()
        assert isinstance(caught.value, ImportError)
