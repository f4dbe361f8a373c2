"""Where a computation stands on a set on which a function that it used has no derivative.

- Only operations on the graph are looked at: `argsort`, comparisons and casts to integers leave none, so the knots
  of `interp` and a condition made by hand (`where(x > 0, ...)`) are not seen.
- "On the set" means exactly: rounding is not guessed at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gradx.backend import backend_of, namespaces
from gradx.debug.conventions import CONVENTIONS, Row, needs
from gradx.debug.sources import Place, place_of
from gradx.debug.values import Index, Values, check, element, host, names_of, ordered
from gradx.tape import SCALARS, Node
from gradx.transforms.reverse import raw

_SHOWN = 5


@dataclass(frozen=True)
class Kink:
    """An operation, and the elements of it that sit on a set where it has no derivative.

    Attributes
    ----------
    operation, name
        The operation, and the name of the variable that holds its result, "" if none was found.
    at
        The set, in words.
    convention
        What the derivative is there.
    count
        How many elements; None where the operands are not kept, so that it could not be looked.
    indices, values
        The first few of them, and what stands there: the input's elements, or a tuple of those of several.
    where
        File, line, function and text; None unless recorded inside `gx.debug.recording()`.
    """

    operation: str
    name: str
    at: str
    convention: str
    count: int | None
    indices: tuple[Index, ...]
    values: tuple[Any, ...]
    where: Place | None

    def __str__(self) -> str:
        name = f" {self.name}" if self.name else ""
        place = f"\n  {self.where}" if self.where else ""
        if self.count is None:
            return (
                f"{self.operation}{name}: not looked at, its operands are not kept: "
                f"compute it inside gx.debug.recording(){place}"
            )
        found = ", ".join(f"{index}: {value}" for index, value in zip(self.indices, self.values))
        more = ", ..." if self.count > len(self.indices) else ""
        elements = "1 element" if self.count == 1 else f"{self.count} elements"
        return (
            f"{self.operation}{name} at {self.at}, {elements} ({found}{more}); "
            f"convention: {self.convention}{place}"
        )

    __repr__ = __str__


def kinks(y: Any) -> list[Kink]:
    """List the operations that led to `y` and were evaluated where they have no derivative.

    Parameters
    ----------
    y
        A result on a reverse tape, of any shape; its graph is left as it is.

    Returns
    -------
    list of Kink
        In the order of computing: kinks, ties, jumps and infinite slopes, with the elements and the convention
        that the derivative follows there. An operation whose operands are not kept, so that it cannot be told,
        is listed with `count=None`; inside of `gx.debug.recording()` there is none.

    Raises
    ------
    GraphError
        If `y` is not on a graph, the graph was freed, or `y` belongs to a forward transform.

    Notes
    -----
    The elements are those of the input of a function of one array, of the output for functions of several and for
    `std`, `sort`, norms of an order above 1 and spectra.

    >>> import gradx as gx
    >>> x = gx.asarray([-1.0, 0.0, 2.0], requires_grad=True)
    >>> gx.debug.kinks(gx.sum(gx.relu(x)))
    [relu at 0, 1 element ((1,): 0.0); convention: the element of smallest norm: 0]
    """
    order = ordered(check(y, "kinks"), "kinks")
    values = Values(y, order)
    names = names_of(order)
    found = []
    with backend_of(type(raw(y.data))).quiet():
        for node in order:
            row = CONVENTIONS.get(node.card.name) if node.card is not None else None
            if row is not None:
                kink = _kink(node, row, values, names.get(node, ""))
                if kink is not None:
                    found.append(kink)
    return found


def _kink(node: Node, row: Row, values: Values, name: str) -> Kink | None:
    """Return what is to be said of one application, None where all of it is differentiable."""
    y, inputs = values.get(node), values.operands(node)
    reads_output, reads = needs(row)
    place, words = place_of(node), (row.where, row.convention)
    if (reads_output and y is None) or any(x is None for x, read in zip(inputs, reads) if read):
        return Kink(node.card.name, name, *words, None, (), (), place)
    outputs = y if isinstance(y, tuple) else (y,)
    array = next(x for x in (*inputs, *outputs) if x is not None and type(x) not in SCALARS)
    found = row.at(namespaces[type(array)], y, *inputs, **node.params)
    if type(found) is bool:  # it read a number alone
        found = (array == array) | found if found else array != array
    mask = host(found)
    count = int(mask.sum())
    if not count:
        return None
    indices = _first_few(mask)
    return Kink(node.card.name, name, *words, count, indices,
                tuple([_at(index, mask.shape, y, inputs) for index in indices]), place)  # fmt: skip


def _first_few(mask: Any) -> tuple[Index, ...]:
    if not mask.ndim:
        return ((),)
    places = zip(*[part[:_SHOWN].tolist() for part in mask.nonzero()])
    return tuple([tuple(place) for place in places])


def _at(index: Index, shape: tuple[int, ...], y: Any, inputs: list[Any]) -> Any:
    """Return what stands at an element of a mask: in the inputs that broadcast to it, else in the output."""
    if len(inputs) == 1 and (inputs[0] is None or tuple(inputs[0].shape) != shape):
        outputs = y if isinstance(y, tuple) else (y,)
        return element(next(part for part in outputs if tuple(part.shape) == shape), index)
    found = [_broadcast_element(x, index) for x in inputs if _broadcasts(x, shape)]
    return found[0] if len(found) == 1 else tuple(found)


def _broadcasts(x: Any, shape: tuple[int, ...]) -> bool:
    if x is None or type(x) in SCALARS:
        return x is not None
    own = tuple(x.shape)
    lead = len(shape) - len(own)
    return lead >= 0 and all(n in (1, m) for n, m in zip(own, shape[lead:]))


def _broadcast_element(x: Any, index: Index) -> Any:
    if type(x) in SCALARS:
        return x
    lead = len(index) - len(x.shape)
    return element(x, tuple([0 if n == 1 else i for i, n in zip(index[lead:], x.shape)]))


__all__ = ["Kink", "kinks"]
