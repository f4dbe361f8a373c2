"""Pytrees of Tensors in a file: the safetensors format, which other libraries read as well.

- A Tensor's key is its path in the pytree, "layers.0.weight"; the containers are described in the metadata.
- bfloat16 goes through float32, of which it is the upper half: no array library need know it. What the format has no
  name for, complex numbers, is a last axis of two reals.
"""

from __future__ import annotations

import json
from os import PathLike, fspath
from typing import Any

from gradx import ops
from gradx.backend import backend_for_device, backend_of, current_device
from gradx.create import asarray
from gradx.errors import GraphError, MissingToolError, OperandError
from gradx.level import Cell

Path = str | PathLike[str]


def save(path: Path, tree: Any) -> None:
    """Write a pytree of Tensors to a file.

    Parameters
    ----------
    tree
        Dicts, lists, tuples and any other pytree of Tensors, arrays and numbers, on whatever device. Values alone are
        written: of a tracked Tensor too, of which the graph stays behind.

    Raises
    ------
    MissingToolError
        Without the package safetensors.
    OperandError
        If two Tensors have the same path, as in `{"a.b": x, "a": {"b": y}}`.
    GraphError
        Inside a transform, where a Tensor has no value of its own.

    >>> import gradx as gx, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     gx.save(f"{folder}/model.safetensors", {"w": gx.ones((2, 3)), "b": [gx.zeros(3)]})
    ...     gx.load(f"{folder}/model.safetensors")["b"][0].shape
    (3,)
    """
    package = _package("save")
    found, complex_keys = {}, []
    for key, leaf in _leaves(tree):
        if key in found:
            raise OperandError(
                f"save: expected a path of its own for each Tensor; got two at {key!r}"
            )
        x: Any = leaf if isinstance(leaf, Cell) else asarray(leaf)
        if x.level.number or isinstance(x.data, Cell):
            raise GraphError(
                f"save: expected Tensors outside of transforms; got one inside, at {key!r}"
            )
        if x.dtype.kind == "c":
            complex_keys.append(key)
            x = ops.stack([ops.real(x), ops.imag(x)], axis=-1)
        found[key] = x.dtype.name, x.shape, _host_array(x)
    notes = {
        "gradx.complex": json.dumps(complex_keys),
        "gradx.tree": json.dumps(_described(tree, "")),
    }
    specs = {key: _spec(package, *part) for key, part in found.items()}
    package.serialize_file(specs, fspath(path), {"format": "gradx", **notes})


def load(path: Path, *, like: Any = None, device: str | None = None) -> Any:
    """Read what `save`, or any other library, wrote to a safetensors file.

    Parameters
    ----------
    like
        A pytree of the same paths: the result has its structure, and a Tensor requires a gradient where that of
        `like` does. Needed for containers other than dicts, lists and tuples.
    device
        Where to put the Tensors; by default on the default device.

    Returns
    -------
    pytree
        As it was saved; for a file of another library a dict of Tensors by their keys.

    Raises
    ------
    MissingToolError
        Without the package safetensors.
    OperandError
        If the file lacks a path of `like`, or holds one that `like` does not.
    """
    package = _package("load")
    device = current_device() if device is None else device
    with package.safe_open(fspath(path), framework="np") as file:
        notes = file.metadata() or {}
    with open(path, "rb") as stream:
        parts = dict(package.deserialize(stream.read()))
    complex_keys = set(json.loads(notes.get("gradx.complex", "[]")))
    found = {key: _tensor_of(part, key in complex_keys, device) for key, part in parts.items()}
    if like is not None:
        return _in_shape_of(like, found)
    tree = json.loads(notes.get("gradx.tree", "null"))
    return found if tree is None else _rebuilt(tree, found)


def _package(name: str) -> Any:
    try:
        import safetensors
    except ImportError:
        raise MissingToolError(
            f'{name}: expected the package safetensors, which is not installed. Run: pip install "gradx[io]"'
        ) from None
    return safetensors


# ---------------------------------------------------------------- trees


def _leaves(tree: Any) -> list[tuple[str, Any]]:
    """Return the leaves of a pytree with their keys."""
    import optree

    paths, leaves, _ = optree.tree_flatten_with_path(tree)
    return [(".".join(map(str, path)) or "value", leaf) for path, leaf in zip(paths, leaves)]


def _described(tree: Any, path: str) -> Any:
    """Return containers as JSON: a leaf is its key; None where a container is none of Python's own."""
    kind = type(tree)
    if kind is dict:
        if not all(isinstance(key, str) for key in tree):
            return None
        items = [(key, value) for key, value in tree.items()]
    elif kind in (list, tuple):
        items = [(str(i), value) for i, value in enumerate(tree)]
    elif tree is None:
        return {"none": []}
    else:
        return (path or "value") if _is_leaf(tree) else None
    parts = [[key, _described(value, f"{path}.{key}".removeprefix("."))] for key, value in items]
    return None if any(part is None for _, part in parts) else {kind.__name__: parts}


def _is_leaf(tree: Any) -> bool:
    import optree

    return bool(optree.tree_is_leaf(tree))


def _rebuilt(tree: Any, found: dict[str, Any]) -> Any:
    if isinstance(tree, str):
        return found[tree]
    ((kind, parts),) = tree.items()
    items = [(key, _rebuilt(part, found)) for key, part in parts]
    if kind == "none":
        return None
    return (
        dict(items) if kind == "dict" else {"list": list, "tuple": tuple}[kind](x for _, x in items)
    )


def _in_shape_of(like: Any, found: dict[str, Any]) -> Any:
    import optree

    leaves = _leaves(like)
    wanted = {key for key, _ in leaves}
    if wanted != set(found):
        lacking, spare = sorted(wanted - set(found)), sorted(set(found) - wanted)
        raise OperandError(
            f"load: expected the paths of `like`; got a file without {lacking}, and with {spare} besides"
        )
    results = [found[key] for key, _ in leaves]
    for result, (_, leaf) in zip(results, leaves):
        if getattr(leaf, "requires_grad", False):
            result.requires_grad = True
    return optree.tree_structure(like).unflatten(results)


# ---------------------------------------------------------------- bytes

_NAMES = {"BOOL": "bool", "F16": "float16", "F32": "float32", "F64": "float64", "BF16": "bfloat16",
          "C64": "complex64"} | {f"{k}{n}": f"{word}{n}" for k, word in (("I", "int"), ("U", "uint"))
                                 for n in (8, 16, 32, 64)}  # fmt: skip


def _host_array(x: Any) -> Any:
    """Return the elements in the host's memory, row by row, in little-endian order."""
    bfloat16 = x.dtype.name == "bfloat16"
    data = (ops.astype(x, "float32") if bfloat16 else x).data
    array = backend_of(type(data)).to_numpy(data).reshape(-1)
    array = array if array.flags.c_contiguous else array.copy()
    if bfloat16:
        array = (array.view("uint32") >> 16).astype("uint16")
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def _spec(package: Any, dtype: str, shape: tuple[int, ...], array: Any) -> Any:
    """Return what `serialize_file` takes: since safetensors 0.8 an address, before that bytes."""
    make = getattr(package, "TensorSpec", None)
    if make is None:
        return {"dtype": dtype, "shape": list(shape), "data": array.tobytes()}
    return make(dtype=dtype, shape=list(shape), data_ptr=array.ctypes.data, data_len=array.nbytes)


def _tensor_of(part: dict[str, Any], is_complex: bool, device: str) -> Any:
    name = _NAMES.get(part["dtype"])
    if name is None:
        raise OperandError(
            f"load: expected one of the dtypes {', '.join(_NAMES)}; got {part['dtype']}"
        )
    host: Any = backend_for_device("cpu")
    kind = "uint16" if name == "bfloat16" else name
    array = host.asarray(memoryview(part["data"]), copy=True)
    array = array.view(host.native_dtype(kind).newbyteorder("<")).astype(kind, copy=False)
    if name == "bfloat16":
        array = (array.astype("uint32") << 16).view("float32")
    x = asarray(array.reshape(tuple(part["shape"])), device=device, copy=True)
    if name == "bfloat16":
        x = ops.astype(x, "bfloat16")
    if is_complex:
        word = "complex128" if name == "float64" else "complex64"
        x = ops.astype(x[..., 0], word) + ops.astype(x[..., 1], word) * 1j
    return x


__all__ = ["load", "save"]
