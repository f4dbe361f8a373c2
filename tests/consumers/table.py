"""A row of the table: a function of another library, its arguments, and what is to come of its gradient.

- A row that is only added: the gradient is right, reverse and forward.
- `rows.ends`: the gradient ends there, in an error of that class; the reason stands beside it.
- Rows of a `Mirror` hold what `gradx.scipy` has under SciPy's names against SciPy's own values and their differences.
- A row's function takes arrays and gives arrays (or a tuple of them, or a result object's fields).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

import numpy as np
import optree

import gradx as gx


@dataclass(frozen=True)
class Row:
    """One function of one library."""

    name: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    raises: str = ""  # the class of the error in which the gradient ends; "" where it is right
    why: str = ""
    rtol: float = 1e-6  # of the gradient against central differences
    value_rtol: float = 1e-12  # of the values on Tensors against those on NumPy's arrays
    module: str = ""


@dataclass
class Rows:
    """The rows of one module of a library."""

    module: str
    found: list[Row] = field(default_factory=list)

    def add(
        self,
        name: str,
        function: Callable[..., Any],
        *args: Any,
        rtol: float = 1e-6,
        value_rtol: float = 1e-12,
    ) -> None:
        """Add a function, whose gradient is right unless `ends` says otherwise."""
        row = Row(name, function, args, rtol=rtol, value_rtol=value_rtol, module=self.module)
        self.found.append(row)

    def ends(self, raises: str, why: str, *names: str) -> None:
        """Say that the gradient ends in these functions, in an error of that class (or of these, joined by `|`)."""
        missing = set(names) - {row.name for row in self.found}
        if missing:
            raise KeyError(f"{self.module} has no row named {', '.join(sorted(missing))}")
        self.found = [
            replace(row, raises=raises, why=why) if row.name in names else row for row in self.found
        ]

    def note(self, why: str, *names: str) -> None:
        """Say something of functions whose gradient is right."""
        self.ends("", why, *names)


class Mirror:
    """`gradx.scipy.NAME` where an argument is a Tensor, SciPy's module of that name for NumPy's arrays."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, function: str) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            ours = any(isinstance(x, gx.Tensor) for x in optree.tree_leaves((args, options)))
            module = import_module(f"{'gradx.scipy' if ours else 'scipy'}.{self._name}")
            return getattr(module, function)(*args, **options)

        return call


CONVERTS = "makes NumPy arrays of its arguments: written for NumPy, or compiled"
FLOAT = "ends in `float(...)`"


def numbers(*shape: int, low: float = -1.5, high: float = 1.5, seed: int = 0) -> Any:
    """Give float64 numbers between `low` and `high`, the same ones each time."""
    return np.random.default_rng([seed, *shape]).uniform(low, high, shape)


def positive(*shape: int, seed: int = 0) -> Any:
    """Give float64 numbers between 0.3 and 2.5."""
    return numbers(*shape, low=0.3, high=2.5, seed=seed)


def unit(*shape: int, seed: int = 0) -> Any:
    """Give float64 numbers between 0.1 and 0.9."""
    return numbers(*shape, low=0.1, high=0.9, seed=seed)


def complex_numbers(*shape: int, seed: int = 0) -> Any:
    """Give complex128 numbers."""
    return numbers(*shape, seed=seed) + 1j * numbers(*shape, seed=seed + 1)


def namespace(x: Any) -> Any:
    """Give NumPy for an array of NumPy, gradx for a Tensor."""
    return x.__array_namespace__()


def like(x: Any, values: Any) -> Any:
    """Give `values`, constants, as an array of the library of `x`."""
    return namespace(x).asarray(values)


__all__ = [
    "CONVERTS",
    "FLOAT",
    "Mirror",
    "Row",
    "Rows",
    "complex_numbers",
    "like",
    "namespace",
    "numbers",
    "positive",
    "unit",
]
