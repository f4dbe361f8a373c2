"""SciPy's own objects and its compiled code, reached when first used: nothing here is loaded with `gradx`.

- `host` makes a primitive of what `gradx_numpy.host` computes on the host; arrays of a GPU travel there and back.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from gradx.backend import backend_of
from gradx.batching import BatchRule, padded
from gradx.errors import OperandError
from gradx.level import Cell
from gradx.ops.linalg.absorbing import absorb
from gradx.ops.linalg.degenerate import raw
from gradx.tape import bind
from gradx.transforms.foreign import primitive


def host_function(name: str) -> Callable[..., Any]:
    """Return a function of `gradx_numpy.host`."""
    found: Callable[..., Any] = getattr(import_module("gradx_numpy.host"), name)
    return found


def native(module: str, name: str) -> Any:
    """Return SciPy's own object of a name."""
    return host_function("scipy_object")(module, name)


def values_of(x: Any) -> Any:
    """Return the values at the bottom of a Tensor, those of all examples of a vmap, as an array of NumPy."""
    bare = raw(x)
    return backend_of(type(bare)).to_numpy(bare)


def query(module: str, name: str) -> Callable[..., Any]:
    """Return SciPy's function of a name, of the values of Tensors: its result has no derivative."""

    def function(*args: Any, **options: Any) -> Any:
        given = [values_of(x) if isinstance(x, Cell) else x for x in args]
        return native(module, name)(*given, **options)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"SciPy's `{module}.{name}` of the values: no derivative."
    return function


def missing(module: str, name: str) -> AttributeError:
    """Return the error for a name of SciPy's that `gradx.scipy` does not have."""
    return AttributeError(
        f"gradx.scipy.{module}.{name}: expected one of SciPy's functions for which gradx has a rule; got {name!r}. "
        "Write it in terms of others, or apply SciPy's own to values that need no gradient, x.detach()"
    )


def refuse(name: str, **given: Any) -> None:
    """Raise if an argument has a value: gradx has no meaning for it."""
    for keyword, value in given.items():
        if value is not None and value is not False:
            raise OperandError(
                f"{name}: expected no argument {keyword}; got {keyword}={value!r}, which gradx does not have"
            )


def with_cores(cores: tuple[int, ...]) -> BatchRule:
    """Return the batch rule of a function whose arguments have these ranks beside a batch that broadcasts."""

    def rule(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
        leads = [len(x.shape) - core - flag for x, core, flag in zip(args, cores, batched)]
        lead = max(leads)
        args = [
            padded(xp, x, lead + core) if flag else x for x, core, flag in zip(args, cores, batched)
        ]
        return bind(card, args, params)

    return rule


def host(name: str, function: str, cores: tuple[int, ...], **rules: Any) -> Callable[..., Any]:
    """Return a primitive that applies a function of `gradx_numpy.host` to arguments of these ranks.

    `rules` are those of `gx.primitive`: `vjp`, `jvp`, or `differentiable=False`. With a `vjp` the result must have the
    rank of the last argument, and zeros by structure absorb.
    """

    def implementation(*args: Any, **params: Any) -> Any:
        return host_function(function)(*args, **params)

    made = primitive(name, implementation, batch=with_cores(cores), host=True, **rules)
    if "vjp" in rules:
        absorb(made.card, cores, (cores[-1],))  # type: ignore[attr-defined]
    return made


__all__ = [
    "host",
    "host_function",
    "missing",
    "native",
    "query",
    "refuse",
    "values_of",
    "with_cores",
]
