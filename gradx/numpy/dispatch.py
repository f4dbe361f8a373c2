"""What happens when NumPy's own functions, and CuPy's, meet a Tensor: they are looked up here by name.

- One table for both of NumPy's protocols: the functions of `gradx.numpy`.
- A function that is not there raises with its name. Nothing is converted in silence, so no gradient is dropped.
- Where the result goes into an array of NumPy's (`array += t`, `out=array`), NumPy computes it, of Tensors that are
  not tracked.
"""

from __future__ import annotations

from typing import Any

import gradx.numpy as table
from gradx.backend import backend_of
from gradx.errors import ConversionError, MissingRuleError, OperandError
from gradx.level import Cell
from gradx.numpy import fft, linalg
from gradx.numpy.ufunc import ufunc as Ufunc
from gradx.ops import special
from gradx.tape import ZERO

_MODULES = {"numpy": table, "numpy.linalg": linalg, "numpy.fft": fft, "numpy.lib": table}

# These write text or files, or look at memory: they get the values, of Tensors that are not tracked.
_OF_VALUES = frozenset({"array2string", "array_repr", "array_str", "may_share_memory", "save", "savetxt", "savez",
                        "savez_compressed", "shares_memory"})  # fmt: skip
_SCIPY_NAMES = {"_riemann_zeta": "zeta", "_zeta": "zeta"}  # SciPy's ufuncs behind its functions
_WRITERS = frozenset({"copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask"})
_METHODS = frozenset({"reduce", "accumulate", "reduceat", "outer", "at"})


def call_ufunc(ufunc: Any, method: str, inputs: Any, options: dict[str, Any]) -> Any:
    """Apply a ufunc of NumPy or SciPy of which an argument is a Tensor."""
    if not all(_is_known(x) for x in inputs):
        return NotImplemented
    name = ufunc.__name__
    if _fills_array(options) or (method == "at" and not isinstance(inputs[0], Cell)):
        called = getattr(ufunc, method)
        return called(*_values(inputs, name), **_values(options, name))
    name = _SCIPY_NAMES.get(name, name)
    function = table.universal.functions.get(name)
    if name == "clip" and method == "__call__":  # what ndarray.clip calls
        return table.clip(*inputs, **options)
    if function is None:  # one of scipy.special's
        function = getattr(special, name, None) if name in special.__all__ else None
        if function is None or method != "__call__":
            raise _missing(f"{name}.{method}" if function is not None else name)
        return Ufunc(name, function, len(inputs))(*inputs, **options)
    if method == "__call__":
        return function(*inputs, **options)
    if method not in _METHODS:
        raise _missing(f"{name}.{method}")
    return getattr(function, method)(*inputs, **options)


def call_function(func: Any, types: Any, args: Any, options: dict[str, Any]) -> Any:
    """Apply one of NumPy's functions of which an argument is a Tensor."""
    for kind in types:
        if not issubclass(kind, Cell):
            try:
                backend_of(kind)
            except OperandError:
                return NotImplemented
    module, name = func.__module__ or "numpy", func.__name__
    full = f"{module.removeprefix('numpy').removeprefix('.')}.{name}".removeprefix(".")
    if module == "numpy" and name in _OF_VALUES:
        return func(
            *[_value(x, full) for x in args], **{k: _value(x, full) for k, x in options.items()}
        )
    if _fills_array(options) or (name in _WRITERS and not isinstance(args[0], Cell)):
        return func(*_values(args, full), **_values(options, full))
    space = _MODULES.get(module)
    if space is None or name not in space.__all__:
        raise _missing(full)
    return getattr(space, name)(*args, **options)


def _fills_array(options: dict[str, Any]) -> bool:
    """Whether `out=` names arrays of NumPy's."""
    out = options.get("out")
    arrays = [x for x in (out if isinstance(out, tuple) else (out,)) if x is not None]
    return bool(arrays) and not any(isinstance(x, Cell) for x in arrays)


def _values(x: Any, name: str) -> Any:
    """Return arguments with bare arrays for Tensors, none of which may be tracked."""
    if isinstance(x, (list, tuple)):
        return type(x)([_values(part, name) for part in x])
    if isinstance(x, dict):
        return {key: _values(part, name) for key, part in x.items()}
    if isinstance(x, Cell) and (x.aux is not None or x.level is not ZERO):
        raise ConversionError(
            f"numpy.{name}: expected Tensors that are not being differentiated, to write to an array; got one that is, "
            "and an array cannot hold a gradient. Use what the function returns without out=, make the array a Tensor "
            "by gx.asarray and write x[...] = value, or call detach() first"
        )
    return _value(x, name)


def _value(x: Any, name: str) -> Any:
    if not isinstance(x, Cell):
        return x
    t: Any = x
    if name.startswith("array"):  # a text
        return t.detach().numpy()
    return t.numpy()


def _is_known(x: Any) -> bool:
    if isinstance(x, (Cell, bool, int, float, complex, list, tuple)):
        return True
    if x is None or isinstance(x, (slice, type(Ellipsis))):  # of `ufunc.at`
        return True
    try:
        backend_of(type(x))
    except OperandError:
        return False
    return True


# ---------------------------------------------------------------- CuPy

_CUPY_PREFIXES = ("cupyx_scipy_special_", "cupyx_scipy_", "cupy_")
_CUPY_SCATTERS = {"add": "add", "sub": "subtract", "max": "maximum", "min": "minimum", "and": "bitwise_and",
                  "or": "bitwise_or", "xor": "bitwise_xor"}  # fmt: skip
_CUPY_ELEMENTWISE = frozenset({"clip", "i0", "sinc", "angle", "real", "imag"})
_CUPY_REDUCTIONS = frozenset({"all", "amax", "amin", "any", "argmax", "argmin", "count_nonzero", "max", "mean", "min",
                              "nanargmax", "nanargmin", "nanmax", "nanmean", "nanmin", "nanprod", "nansum", "prod",
                              "sum"})  # fmt: skip


def call_cupy(kernel: Any, args: Any, options: dict[str, Any]) -> Any:
    """Apply one of CuPy's ufuncs of which an argument is a Tensor; a kernel of the user's own has no rule."""
    name = _cupy_name(kernel)
    if type(kernel).__name__ != "ufunc":
        raise _missing(name, "cupy")
    function = table.universal.functions.get(name)
    if function is None and name in _CUPY_ELEMENTWISE:
        function = getattr(table, name)
    if function is None and name in special.__all__:
        function = Ufunc(name, getattr(special, name), len(args))
    if function is None:
        raise _missing(name, "cupy")
    return function(*args, **options)


def call_cupy_reduction(kernel: Any, x: Any, options: dict[str, Any]) -> Any:
    """Apply one of CuPy's reductions to a Tensor."""
    name = _cupy_name(kernel)
    if name not in _CUPY_REDUCTIONS:
        raise _missing(name, "cupy")
    given = {keyword: value for keyword, value in options.items() if value is not None}
    return getattr(table, name)(x, **given)


def _cupy_name(kernel: Any) -> str:
    name = str(getattr(kernel, "__name__", None) or getattr(kernel, "name", kernel))
    for prefix in _CUPY_PREFIXES:
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name


def scatter(x: Any, indices: Any, values: Any, op: str) -> None:
    """Apply one of CuPy's scatter operations to a Tensor, in place."""
    if op not in _CUPY_SCATTERS:
        raise _missing(f"scatter_{op}", "cupyx")
    table.universal.functions[_CUPY_SCATTERS[op]].at(x, indices, values)


def _missing(name: str, library: str = "numpy") -> MissingRuleError:
    return MissingRuleError(
        f"{library}.{name}: expected a function that gradx has a rule for; got {name}, for which it has none. Write it "
        "in terms of others, or apply it to the values: x.detach().numpy()"
    )


__all__ = ["call_cupy", "call_cupy_reduction", "call_function", "call_ufunc", "scatter"]
