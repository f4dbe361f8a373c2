"""What the families of special functions are made with.

- A card's name is "special." and SciPy's name: a backend's `xp.special` holds the function on bare arrays.
- A derivative that is not known is a slope that raises: `missing`. It is never 0.
- Slopes of several arguments take numbers and integers as they come: `floats` and `lowered` bring them into form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradx.backend import backend_of
from gradx.batching import aligned
from gradx.dtypes import int64, is_complex, is_inexact
from gradx.elementwise import Slope, elementwise
from gradx.errors import MissingRuleError
from gradx.level import Cell
from gradx.primitive import primitive
from gradx.tape import SCALARS, lift

ORDER = "pass it as a plain number or an integer array, or through gx.stop_gradient"


def special(name: str, *slopes: Slope, doc: str) -> Any:
    """Make the elementwise function that SciPy calls `name`, from its slopes."""
    return elementwise(f"special.{name}", *slopes, doc=doc)


def missing(name: str, argument: str, cure: str = ORDER) -> Callable[..., Any]:
    """Return the slope in an argument whose derivative is not known: it raises `MissingRuleError`."""

    def slope(xp: Any, _y: Any, *_inputs: Any, **_params: Any) -> Any:
        raise MissingRuleError(
            f"special.{name}: expected no gradient to be asked for {argument}, in which no derivative is known; "
            f"got a tracked one. Keep it out of the gradient: {cure}"
        )

    return slope


def floats(xp: Any, y: Any, *inputs: Any) -> tuple[Any, ...]:
    """Return inputs as arrays of floats: numbers and integers in the precision of `y`."""
    if all(type(x) not in SCALARS and is_inexact(x.dtype) for x in inputs):
        return inputs
    like = xp.real(y) if is_complex[y.dtype] else y
    return tuple([_floating(xp, y if type(x) is complex else like, x) for x in inputs])


def _floating(xp: Any, like: Any, x: Any) -> Any:
    if type(x) in SCALARS:
        return xp.full((), x, dtype=like.dtype, device=like.device)
    return x if is_inexact(x.dtype) else xp.astype(x, like.dtype)


def signed(xp: Any, n: Any) -> Any:
    """Return an order from which 1 can be taken: unsigned integers would wrap round."""
    if (
        type(n) in SCALARS
        or is_inexact(n.dtype)
        or not str(n.dtype).rpartition(".")[2].startswith("u")
    ):
        return n
    return xp.astype(n, int64)


def lowered(xp: Any, n: Any) -> Any:
    """Return `n - 1`, and 0 for `n` = 0, where the factor beside it vanishes."""
    if type(n) in SCALARS:
        return n - 1 if n else 0
    n = signed(xp, n)
    return xp.where(n == 0, 0, n - 1)


def operands(*args: Any) -> tuple[Any, ...]:
    """Return arguments as Tensors; numbers stay, and are weak, unless all are numbers."""
    if all(type(x) in SCALARS for x in args):
        return tuple([lift(float(x)) for x in args])
    return tuple([x if isinstance(x, Cell) or type(x) in SCALARS else lift(x) for x in args])


def several(name: str, slopes: Callable[..., Sequence[Any]], doc: str) -> Any:
    """Make an elementwise function with several results.

    Parameters
    ----------
    slopes
        `(xp, ys, *inputs)`: for each result, a tuple of its slopes, one an input; None for one that is 0.
    """
    card = primitive(f"special.{name}", batch=aligned)

    def pull(xp: Any, cts: Any, y: Any, *inputs: Any) -> list[Any]:
        table = slopes(xp, y, *inputs)
        return [
            _sum(xp, zip(cts, [_conj(xp, row[i]) for row in table], strict=True))
            for i in range(len(inputs))
        ]

    def push(xp: Any, tangents: Any, y: Any, *inputs: Any) -> tuple[Any, ...]:
        found = [_sum(xp, zip(tangents, row, strict=True)) for row in slopes(xp, y, *inputs)]
        return tuple([xp.zeros_like(v) if d is None else d for d, v in zip(found, y, strict=True)])

    card.vjp(pull)
    card.jvp(push)

    def call(*args: Any) -> Any:
        return card(*args)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = doc
    call.card = card  # type: ignore[attr-defined]
    return call


def _conj(xp: Any, slope: Any) -> Any:
    return slope if slope is None or not is_complex[slope.dtype] else xp.conj(slope)


def _sum(xp: Any, terms: Any) -> Any:
    total = None
    for factor, slope in terms:
        if factor is not None and slope is not None:
            term = xp.guarded_multiply(factor, slope)
            total = term if total is None else total + term
    return total


def polynomial(xp: Any, x: Any, coefficients: Sequence[float]) -> Any:
    """Return the polynomial with these coefficients, of the constant first, by Horner's rule."""
    total = xp.zeros_like(x) + coefficients[-1]  # half precision may hold it as infinite
    for c in coefficients[-2::-1]:
        total = total * x + c
    return total


def near(xp: Any, x: Any, bound: float, series: Sequence[float], far: Callable[[Any], Any]) -> Any:
    """Return a power series where `|x| < bound`, and `far(x)` elsewhere, to any order."""
    small = xp.abs(x) < bound
    return xp.where(
        small, polynomial(xp, xp.where(small, x, 0), series), far(xp.where(small, bound, x))
    )


def quiet(x: Any) -> Any:
    """Return the context in which the library of a bare array holds back its warnings."""
    return backend_of(type(x)).quiet()


__all__ = ["ORDER", "floats", "lowered", "missing", "near", "operands", "polynomial",
           "quiet", "several", "signed", "special"]  # fmt: skip
