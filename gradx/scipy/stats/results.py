"""Results as SciPy gives them: its own named tuples, with Tensors in their fields."""

from __future__ import annotations

import functools
from typing import Any

from gradx import ops
from gradx.errors import OperandError
from gradx.scipy.values import constant, first_of, floating, host, value

_EXAMPLES: dict[str, tuple[Any, ...]] = {
    "linregress": ([0.0, 1.0, 2.0], [0.0, 1.0, 3.0]),
    "theilslopes": ([0.0, 1.0, 3.0],),
    "siegelslopes": ([0.0, 1.0, 3.0],),
    "shapiro": ([0.0, 1.0, 3.0, 5.0],),
}


@functools.cache
def kind(function: str) -> Any:
    """Return the class of what a function of SciPy's returns."""
    return type(getattr(host("stats"), function)(*_EXAMPLES[function]))


def pair(*samples: Any) -> tuple[Any, ...]:
    """Return samples as Tensors beside the first that is one."""
    like = first_of(*samples)
    return tuple([floating(x, like) for x in samples])


def only(name: str, **given: Any) -> None:
    """Raise if one of the keywords has a value that is not its default, given beside it."""
    for keyword, (got, default) in given.items():
        if got != default:
            raise OperandError(
                f"stats.{name}: expected {keyword}={default!r}; got {got!r}, which gradx does not have here"
            )


def constant_result(name: str, samples: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Return a result of SciPy's that is piecewise constant in the samples: Tensors without a gradient."""
    like = next(x for x in samples if hasattr(x, "dtype"))
    found = getattr(host("stats"), name)(*[value(x) for x in samples], **options)
    fields = {f: constant(getattr(found, f), like) for f in found._fields}
    extra = {
        f: constant(float(v), like)
        for f, v in getattr(found, "__dict__", {}).items()
        if f not in fields and hasattr(v, "__float__")
    }
    try:
        return type(found)(**fields, **extra)  # SciPy's tuples with further fields want them all
    except TypeError:
        made = type(found)(**fields)
        for further, field in extra.items():
            setattr(made, further, field)
        return made


def tail(t: Any, below: Any, above: Any, alternative: str) -> Any:
    """Return the p-value of a statistic that is symmetric around 0, from the functions of its two tails."""
    if alternative == "two-sided":
        return 2 * above(ops.abs(t))
    if alternative in ("less", "greater"):
        return below(t) if alternative == "less" else above(t)
    raise ValueError(
        f"stats: expected alternative 'two-sided', 'less' or 'greater'; got {alternative!r}"
    )


__all__ = ["constant_result", "kind", "only", "pair", "tail"]
