"""The form of a row of the table of cases: a public function, its arguments, and how it is checked.

- `case(...)` is the only way to make a row; rows stand in `tests/rows/<family>.py`.
- Arguments are samplers (drawn for each dtype), lists of them for sequences of arrays, or literals.
- A row is data: it imports neither gradx nor a backend.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from zlib import crc32

import numpy as np

from tests.samplers import Sampler

DTYPES = {"f": ("float64", "float32"), "c": ("complex128", "complex64")}


@dataclass(frozen=True)
class Case:
    """One public function with arguments.

    Attributes
    ----------
    name
        Its dotted public name: "sin", "linalg.solve".
    args, params
        Positional arguments (samplers, lists of them, literals) and keyword parameters.
    dtypes
        "f" differentiated in real dtypes, "fc" in complex ones too, "c" in those alone;
        "": the value only.
    reference
        The function on NumPy arrays; None for that of the same name in `array_api_compat.numpy`.
    order
        Up to which order the derivative is checked.
    rtol
        Relative tolerance in double precision, where the default is too strict.
    id
        What tells rows of one function apart; made of the arguments where not given.
    """

    name: str
    args: tuple[Any, ...]
    params: Mapping[str, Any]
    dtypes: str
    reference: Callable[..., Any] | None
    order: int
    rtol: float | None
    id: str

    @property
    def dtype_names(self) -> tuple[str, ...]:
        """All dtypes in which the value is checked."""
        return tuple(name for kind in self.dtypes or "f" for name in DTYPES[kind])

    @property
    def doubles(self) -> tuple[str, ...]:
        """The dtypes of double precision in which the derivative is checked."""
        return tuple(DTYPES[kind][0] for kind in self.dtypes)

    def draw(self, dtype: str, example: int = 0) -> list[Any]:
        """Return the arguments as NumPy arrays and literals: the same at every call for one number of `example`."""
        seed = crc32(self.id.encode())
        rng = np.random.default_rng([seed, example] if example else seed)
        return [_draw(arg, rng, dtype) for arg in self.args]


def case(name: str, *args: Any, params: Mapping[str, Any] | None = None, dtypes: str = "f",
         reference: Callable[..., Any] | None = None, order: int = 2, rtol: float | None = None,
         id: str | None = None) -> Case:  # fmt: skip
    """Return a row; see `Case`.

    >>> from tests.samplers import real, square
    >>> case("linalg.solve", square(3), real((3, 2)), dtypes="fc").id
    'linalg.solve-square(3, 3)-real(3, 2)'
    """
    if not set(dtypes) <= set(DTYPES):
        raise ValueError(f"case {name}: expected dtypes made of 'f' and 'c'; got {dtypes!r}")
    params = MappingProxyType(dict(params or {}))
    parts = [_label(arg) for arg in args] + [
        f"{key}={_label(value)}" for key, value in params.items()
    ]
    label = "-".join([name, *parts]) if id is None else f"{name}-{id}"
    return Case(name, args, params, dtypes, reference, order, rtol, label)


def _draw(arg: Any, rng: np.random.Generator, dtype: str) -> Any:
    if isinstance(arg, Sampler):
        return arg.draw(rng, dtype)
    if isinstance(arg, (list, tuple)) and any(isinstance(x, Sampler) for x in arg):
        return type(arg)(_draw(x, rng, dtype) for x in arg)
    return arg


def _label(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"array{value.shape}"
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    return str(value)
