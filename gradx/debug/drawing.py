"""A recorded graph as a picture: Graphviz source, and SVG where Graphviz is installed.

- What repeats is folded (`folding.py`), and what is far from the result is cut off, so the picture stays readable.
- The source needs no package; SVG needs the package `graphviz` and the program `dot`.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from gradx.debug.folding import Block, fold
from gradx.debug.sources import place_of
from gradx.debug.values import check, names_of, ordered
from gradx.dtypes import dtype_of
from gradx.errors import MissingToolError
from gradx.tape import OUTPUT, Node

_LEAF, _RESULT, _PLAIN = "#cfe3ff", "#ffe2c4", "#f4f4f4"


class Drawing:
    """A picture of a graph.

    Attributes
    ----------
    source
        Graphviz's source, DOT.
    """

    def __init__(self, source: str) -> None:
        self.source = source

    def __str__(self) -> str:
        return self.source

    def __repr__(self) -> str:
        return f"<drawing of {self.source.count(' [label=')} boxes; .source, .svg(), .save(path)>"

    def svg(self) -> str:
        """Return the picture as SVG.

        Raises
        ------
        MissingToolError
            If the package `graphviz` or the program `dot` is not installed.
        """
        try:
            import graphviz
        except ImportError:
            raise MissingToolError(
                "draw: expected the package graphviz for SVG; it is not installed. Install gradx[draw], "
                "or take .source, which needs none"
            ) from None
        try:
            picture: str = graphviz.Source(self.source).pipe(format="svg", encoding="utf-8")
        except graphviz.ExecutableNotFound:
            raise MissingToolError(
                "draw: expected the program dot for SVG; it is not on the PATH. Install Graphviz with the package "
                "manager of the system (pip has only its Python side), or take .source, which needs none"
            ) from None
        return picture

    def save(self, path: str | PathLike[str]) -> None:
        """Write the picture to a file: SVG if its name ends so, else Graphviz's source."""
        path = Path(path)
        path.write_text(self.svg() if path.suffix == ".svg" else self.source, encoding="utf-8")

    def _repr_svg_(self) -> str | None:
        """Show the picture in a notebook; the text where SVG cannot be had."""
        try:
            return self.svg()
        except MissingToolError:
            return None


def draw(y: Any, *, limit: int = 60, fold_repeats: bool = True) -> Drawing:
    """Draw the graph that `y` was computed by.

    Parameters
    ----------
    y
        A result on a reverse tape; its graph is left as it is.
    limit
        The number of boxes, those next to the result; what comes before is one box that tells how many.
    fold_repeats
        Draw a chain that repeats itself, as a loop makes it, once, with the number of times.

    Returns
    -------
    Drawing
        `source`, `svg()`, `save(path)`; shown as a picture in a notebook. Each box tells the operation, the name of
        the variable that holds it, shape and dtype, and the line of the program where it was recorded inside
        `gx.debug.recording()`.

    Raises
    ------
    GraphError
        If `y` is not on a graph, the graph was freed, or `y` belongs to a forward transform.

    >>> import gradx as gx
    >>> x = gx.asarray([1.0, 2.0], requires_grad=True)
    >>> print(gx.draw(gx.sum(gx.sin(x))))
    digraph gradx {
      rankdir=TB; node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=10];
      n0 [label="x\\nfloat64[2]", fillcolor="#cfe3ff"];
      n1 [label="sin\\nfloat64[2]", fillcolor="#f4f4f4"];
      n2 [label="sum\\nfloat64[]", fillcolor="#ffe2c4"];
      n0 -> n1;
      n1 -> n2;
    }
    """
    if limit < 1:
        raise ValueError(f"draw: expected a limit of at least 1; got {limit}")
    order = ordered(check(y, "draw"), "draw")
    blocks = fold(order) if fold_repeats else [Block(node) for node in order]
    return Drawing(_source(blocks, order, limit, names_of(order)))


def _source(blocks: list[Block], order: list[Node], limit: int, names: dict[Node, str]) -> str:
    """Return the DOT source of folded nodes."""
    stands = {node: block.node for block in blocks for node in block.all}
    edges: dict[tuple[Node, Node], None] = {}
    for node in order:
        for parent in node.parents:
            if parent is not None and (stands[parent] is not stands[node]):
                edges[stands[parent], stands[node]] = None
    drawn = _nearest(order[-1], stands, edges, limit)
    lines = [
        "digraph gradx {",
        '  rankdir=TB; node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=10];',
    ]
    ids: dict[Node, str] = {}
    for block in blocks:
        if block.node in drawn:
            ids[block.node] = f"n{len(ids)}"
            label = "\\n".join(map(_escaped, _label(block, names)))
            color = _LEAF if block.node.card is None else _PLAIN
            color = _RESULT if order[-1] in block.all and block.node.card is not None else color
            lines.append(f'  {ids[block.node]} [label="{label}", fillcolor="{color}"];')
    cut = len(blocks) - len(drawn)
    if cut:
        lines.append(f'  cut [label="... {cut} more", style=dashed];')
    shown = {(ids.get(a, "cut"), ids[b]): None for a, b in edges if b in drawn}
    lines.extend(f"  {a} -> {b};" for a, b in shown)
    return "\n".join([*lines, "}"])


def _nearest(root: Node, stands: dict[Node, Node], edges: Any, limit: int) -> set[Node]:
    """Return the boxes next to the result, up to a number of them."""
    before: dict[Node, list[Node]] = {}
    for a, b in edges:
        before.setdefault(b, []).append(a)
    queue = [stands[root]]
    drawn = {stands[root]}
    for node in queue:
        for parent in before.get(node, ()):
            if parent not in drawn and len(drawn) < limit:
                drawn.add(parent)
                queue.append(parent)
    return drawn


def _label(block: Block, names: dict[Node, str]) -> list[str]:
    """Return the lines of a box."""
    node = block.node
    name = names.get(node, "")
    if node.card is None:
        title = name or "leaf"
        if len(block.all) > 1:
            title = f"{title} and {len(block.all) - 1} more leaves"
        return [title, _type(node)]
    operation = f"output {node.params['index']}" if node.card is OUTPUT else node.card.name
    lines = [f"{name} = {operation}" if name else operation, _type(node)]
    place = place_of(node)
    if place is not None:
        lines.append(f"{Path(place.file).name}:{place.line}: {_short(place.text)}")
    if block.times > 1:
        lines.append(f"repeated {block.times} times")
    return lines


def _type(node: Node) -> str:
    if isinstance(node.dtype, tuple):
        pairs = zip(node.dtype, node.shape, strict=True)
        return ", ".join(f"{dtype_of(dtype).name}{list(shape)}" for dtype, shape in pairs)
    return f"{dtype_of(node.dtype).name}{list(node.shape)}"


def _short(text: str) -> str:
    return text if len(text) <= 50 else f"{text[:47]}..."


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


__all__ = ["Drawing", "draw"]
