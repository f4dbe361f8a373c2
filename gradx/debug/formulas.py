"""A recorded graph as a formula: infix operators, function calls, shared parts by name.

- Parentheses stand only where Python's precedences need them, so the text is Python.
- Iterative, and linear in the size of the graph: what is used more than once gets a name of its own.
- Nothing is simplified but factors of exactly one, which the walk leaves where a gradient began.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradx.backend import INDEX
from gradx.debug.sources import operands_of
from gradx.debug.values import check, element, host, names_of, ordered
from gradx.dtypes import dtype_of
from gradx.shapes import size
from gradx.tape import OUTPUT, SCALARS, Node
from gradx.transforms.reverse import raw

# Name: (sign, precedence, precedence that the left operand needs, that the right one needs).
_BINARY = {
    "add": ("+", 1, 1, 2),
    "subtract": ("-", 1, 1, 2),
    "multiply": ("*", 2, 2, 3),
    "divide": ("/", 2, 2, 3),
    "floor_divide": ("//", 2, 2, 3),
    "remainder": ("%", 2, 2, 3),
    "matmul": ("@", 2, 2, 3),
    "pow": ("**", 4, 5, 3),
}
_NEGATIVE, _ATOM = 3, 5
_INLINE = 4  # elements of a constant that is written out

Text = tuple[str, int]  # a formula, and its precedence


def expression(y: Any, *, limit: int = 200) -> str:
    """Return what `y` was computed by as a formula.

    Parameters
    ----------
    y
        A result on a reverse tape: a value, or a gradient by `gx.gradients(..., create_graph=True)`, which is then
        the derivative as an expression.
    limit
        The number of operations to write out, the last ones; what comes before is named `...`, and counted.

    Returns
    -------
    str
        Python: leaves by the names of the variables that hold them, else `x0`, `x1`, ...; one line `t0 = ...` for
        each part that is used more than once; the formula itself last. Constants of up to four elements are written
        out, others named `c0`, `c1`, ... and described by a comment.

    Raises
    ------
    GraphError
        If `y` is not on a graph, the graph was freed, or `y` belongs to a forward transform.

    >>> import gradx as gx
    >>> x = gx.asarray(0.5, requires_grad=True)
    >>> y = gx.sin(x) * x + 2.0
    >>> print(gx.expression(y))
    sin(x) * x + 2.0
    >>> print(gx.expression(gx.gradients(y, x, create_graph=True)))
    sin(x) + x * cos(x)
    """
    if limit < 1:
        raise ValueError(f"expression: expected a limit of at least 1; got {limit}")
    root = check(y, "expression")
    order = ordered(root, "expression")
    return _Writer(order, _last(root, limit), names_of(order)).write()


def _last(root: Node, limit: int) -> set[Node]:
    """Return the operations next to the result, up to a number of them."""
    chosen: dict[Node, None] = {root: None}
    queue = [root]
    for node in queue:
        for parent in node.parents:
            if parent is not None and parent not in chosen and len(chosen) < limit:
                if parent.card is not None:
                    chosen[parent] = None
                    queue.append(parent)
    return set(chosen)


class _Writer:
    """Writes the nodes of one graph, each after all that it came from."""

    def __init__(self, order: list[Node], chosen: set[Node], names: dict[Node, str]) -> None:
        self.order, self.chosen, self.names = order, chosen, names
        self.texts: dict[Node, Text] = {}
        self.lines: list[str] = []
        self.notes: list[str] = []
        self.taken = set(names.values())
        self.counts = {"x": 0, "t": 0, "c": 0}
        self.constants: dict[int, tuple[Any, str]] = {}
        self.uses: dict[Node, int] = {}
        for node in order:
            if node in chosen:
                for parent in node.parents:
                    if parent is not None:
                        self.uses[parent] = self.uses.get(parent, 0) + 1

    def write(self) -> str:
        hidden = 0
        for node in self.order:
            if node.card is None:
                self.texts[node] = (self.names.get(node) or self._name("x"), _ATOM)
            elif node not in self.chosen:
                hidden += 1
                self.texts[node] = ("...", _ATOM)
            else:
                self._write_operation(node)
        if hidden:
            self.notes.append(f"# ...: {hidden} more operation{'s' * (hidden > 1)}")
        return "\n".join([*self.notes, *self.lines, self.texts[self.order[-1]][0]])

    def _write_operation(self, node: Node) -> None:
        text = self._formula(node)
        if self.uses.get(node, 0) > 1 and text[0] not in self.taken:
            name = self._name("t")
            self.lines.append(f"{name} = {text[0]}")
            text = (name, _ATOM)
        self.texts[node] = text

    def _name(self, kind: str) -> str:
        while True:
            name = f"{kind}{self.counts[kind]}"
            self.counts[kind] += 1
            if name not in self.taken:
                self.taken.add(name)
                return name

    # ------------------------------------------------------------ one operation

    def _formula(self, node: Node) -> Text:
        name = node.card.name
        if node.card is OUTPUT:
            parent = node.parents[0]
            whole = "..." if parent is None else self.texts[parent][0]
            return f"{whole}[{node.params['index']}]", _ATOM
        operands = list(self._operands(node))
        if name == "multiply":
            kept = [text for text, value in operands if not _is_one(value)]
            if len(kept) == 1:
                return kept[0]
        texts = [text for text, _ in operands]
        if name in _BINARY and len(texts) == 2:
            sign, own, left, right = _BINARY[name]
            return f"{_in(texts[0], left)} {sign} {_in(texts[1], right)}", own
        if name == "negative":
            return f"-{_in(texts[0], _NEGATIVE + 1)}", _NEGATIVE
        if name == "getitem":
            return f"{_in(texts[0], _ATOM)}[{_key(node.params['key'], texts[1:])}]", _ATOM
        arguments = [text for text, _ in texts]
        arguments += [
            f"{key}={_parameter(value)}" for key, value in node.params.items() if _is_told(value)
        ]
        return f"{name}({', '.join(arguments)})", _ATOM

    def _operands(self, node: Node) -> Iterator[tuple[Text, Any]]:
        """Yield the text of each operand, and the value of a constant."""
        recorded = operands_of(node)
        for i, (parent, x) in enumerate(zip(node.parents, node.inputs, strict=True)):
            if parent is not None:
                yield self.texts[parent], None
            else:
                value = raw(x if x is not None or recorded is None else recorded[i])
                yield self._constant(value), value

    def _constant(self, x: Any) -> Text:
        """Return a constant: written out if it is small, else by name, with a comment."""
        if x is None:
            name = self._name("c")
            self.notes.append(
                f"# {name}: a constant that the tape does not keep, but for gx.debug.recording()"
            )
            return name, _ATOM
        if type(x) in SCALARS:
            return _number(x)
        if not x.shape:
            return _number(element(x, ()))
        known = self.constants.get(id(x))
        if known is not None:
            return known[1], _ATOM
        if size(tuple(x.shape)) <= _INLINE:
            return str(host(x).tolist()), _ATOM
        name = self._name("c")
        self.constants[id(x)] = x, name
        self.notes.append(f"# {name}: a constant, {dtype_of(x.dtype).name}{list(x.shape)}")
        return name, _ATOM


def _in(text: Text, needed: int) -> str:
    return text[0] if text[1] >= needed else f"({text[0]})"


def _number(x: Any) -> Text:
    text = str(x)
    return text, _NEGATIVE if text.startswith("-") else _ATOM


def _is_one(value: Any) -> bool:
    """Whether a constant is the number one, of no shape: a factor that changes nothing."""
    if value is None or type(value) is bool:
        return False
    if type(value) in SCALARS:
        return bool(value == 1)
    return value.shape == () and element(value, ()) == 1


def _is_told(value: Any) -> bool:
    return value is not None and value is not False


def _parameter(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _key(key: tuple[Any, ...], indices: list[Text]) -> str:
    """Return an index expression as it is written between brackets."""
    rest = iter(indices)
    return ", ".join(_part(part, rest) for part in key)


def _part(part: Any, indices: Iterator[Text]) -> str:
    if part is INDEX:
        return next(indices)[0]
    if part is Ellipsis:
        return "..."
    if isinstance(part, slice):
        ends = ["" if each is None else str(each) for each in (part.start, part.stop, part.step)]
        return ":".join(ends if ends[2] else ends[:2])
    return str(part)


__all__ = ["expression"]
