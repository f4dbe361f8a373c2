"""The table of cases: one row, or more, for each public function of gradx.

- Rows stand in `tests/rows/<family>.py`; this module only collects them.
- `holes()` names the public functions without a row; a test keeps it empty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import reduce
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import numpy as np

import gradx as gx
from tests import rows
from tests.cases_base import Case

EXTENSIONS = ("linalg", "fft", "special")

# Public functions that no row can describe, and the test that stands for it.
ELSEWHERE: dict[str, str] = {
    "astype": "tests/test_dtypes.py",  # its result has a dtype of its own
    "to_device": "tests/test_dtypes.py",  # its result has a device of its own
    "broadcast_shapes": "the doctest of gradx.shapes",  # no arrays
}


def _collect() -> tuple[Case, ...]:
    found: list[Case] = []
    for info in sorted(iter_modules(rows.__path__), key=lambda info: info.name):
        found.extend(import_module(f"tests.rows.{info.name}").ROWS)
    twice = [label for label, count in Counter(row.id for row in found).items() if count > 1]
    if twice:
        raise ValueError(
            f"cases: expected each id once; got {twice} more often. Pass case(..., id=)"
        )
    return tuple(found)


CASES = _collect()


def function_of(row: Case) -> Any:
    """Return the public function that a row is about."""
    return reduce(getattr, row.name.split("."), gx)


def public_functions() -> dict[str, Any]:
    """Return gradx's functions on arrays by dotted public name: not transforms, classes or modules."""
    return dict(sorted(_functions(gx, "")))


def _functions(module: ModuleType, prefix: str) -> Iterator[tuple[str, Any]]:
    for name in module.__all__:
        value = getattr(module, name)
        if isinstance(value, ModuleType):
            if not prefix and name in EXTENSIONS:
                yield from _functions(value, f"{name}.")
        elif callable(value) and not isinstance(value, type) and _is_operation(value):
            yield prefix + name, value


def _is_operation(value: Any) -> bool:
    """Whether a public object is a function on arrays (not a transform or a setting)."""
    home = getattr(value, "__module__", type(value).__module__)
    return home.startswith(("gradx.ops", "gradx.elementwise", "gradx.primitive"))


def holes() -> list[str]:
    """Return the public functions without a row."""
    known = {row.name for row in CASES} | ELSEWHERE.keys()
    return [name for name in public_functions() if name not in known]


def tensors(arg: Any, device: str = "cpu") -> Any:
    """Return an argument of a row with its arrays as Tensors on `device`; literals as they are."""
    if isinstance(arg, (list, tuple)):
        return type(arg)(tensors(part, device) for part in arg)
    return gx.asarray(arg, device=device) if isinstance(arg, np.ndarray) else arg


def arrays(result: Any) -> list[Any]:
    """Return a result, one array or several in whatever kind of sequence, as a list."""
    return list(result) if isinstance(result, (list, tuple)) else [result]


def of_floats(
    row: Case, args: list[Any], device: str = "cpu"
) -> tuple[Callable[..., Any], list[Any]]:
    """Return a row's function of its floating arrays alone, and those arrays as Tensors."""
    spots = [i for i, arg in enumerate(args) if is_floating(arg)]

    def function(*values: Any) -> Any:
        filled = [tensors(arg, device) if i not in spots else None for i, arg in enumerate(args)]
        for i, value in zip(spots, values):
            filled[i] = value
        return function_of(row)(*filled, **row.params)

    function.__name__ = row.id
    return function, [tensors(args[i], device) for i in spots]


def is_floating(arg: Any) -> bool:
    """Whether an argument is a floating array, or a sequence of them."""
    if isinstance(arg, (list, tuple)):
        return bool(arg) and all(is_floating(part) for part in arg)
    return isinstance(arg, np.ndarray) and arg.dtype.kind in "fc"


def gradients(function: Callable[..., Any], primals: list[Any]) -> list[Any]:
    """Return the gradients for a cotangent of ones, which must have the primals' dtypes and shapes."""

    def floating(*values: Any) -> list[Any]:
        return [y for y in arrays(function(*values)) if y.dtype.kind in "fc"]

    out, pullback = gx.vjp(floating, *primals)
    found = [g for part in pullback([gx.ones_like(y) for y in out]) for g in arrays(part)]
    for x, g in zip([x for part in primals for x in arrays(part)], found, strict=True):
        assert (g.shape, g.dtype) == (x.shape, x.dtype)
    return found
