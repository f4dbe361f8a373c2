"""`gx.draw`: the source of the picture, folded and cut to a readable size; SVG where Graphviz is there."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import GraphError, MissingToolError


def leaf(value: Any) -> Any:
    return gx.asarray(value, requires_grad=True)


def boxes(source: str) -> dict[str, str]:
    return dict(re.findall(r'^  (\w+) \[label="(.*?)"[,\]]', source, re.M))


def edges(source: str) -> list[tuple[str, str]]:
    return re.findall(r"^  (\w+) -> (\w+);$", source, re.M)


def titled(source: str) -> set[tuple[str, str]]:
    """Return the edges by the titles of their boxes."""
    titles = {key: label.split("\\n")[0] for key, label in boxes(source).items()}
    return {(titles[a], titles[b]) for a, b in edges(source)}


def test_boxes_and_edges() -> None:
    x, w = leaf(np.ones((2, 3))), leaf(np.ones((3, 4)))
    h = x @ w
    u, s, vh = gx.linalg.svd(gx.tanh(h), full_matrices=False)
    y = gx.sum(s) + gx.sum(u)
    source = gx.draw(y).source
    labels = set(boxes(source).values())
    assert {"x\\nfloat64[2, 3]", "w\\nfloat64[3, 4]", "h = matmul\\nfloat64[2, 4]"} <= labels
    assert "linalg.svd\\nfloat64[2, 2], float64[2], float64[2, 4]" in labels
    assert {("x", "h = matmul"), ("w", "h = matmul"), ("h = matmul", "tanh")} <= titled(source)
    assert source.count("->") == len(set(edges(source)))
    assert vh.shape == (2, 4)


def test_lines_of_the_program() -> None:
    x = leaf([1.0, 2.0])
    with gx.debug.recording():
        y = gx.sum(gx.sin(x) * x)  # a "quoted" remark
    label = next(label for label in boxes(gx.draw(y).source).values() if label.startswith("sin"))
    assert re.search(r"test_drawing\.py:\d+: y = gx\.sum\(gx\.sin\(x\) \* x\)", label)
    assert '\\"quoted\\"' in gx.draw(y).source


def loop(n: int) -> tuple[Any, list[Any]]:
    x, weights = leaf(np.ones(3)), [leaf(np.ones((3, 3))) for _ in range(n)]
    bias, h = leaf(np.ones(3)), x
    for w in weights:
        h = gx.tanh(h @ w + bias)
    return gx.sum(h), [x, bias, *weights]


def test_loops_are_folded() -> None:
    y, leaves = loop(50)
    source = gx.draw(y).source
    labels = list(boxes(source).values())
    assert len(labels) == 7
    assert sum("repeated 50 times" in label for label in labels) == 3
    assert any("49 more leaves" in label for label in labels)
    assert len(boxes(gx.draw(y, fold_repeats=False, limit=1000).source)) == 1 + 3 * 50 + len(leaves)
    few, _ = loop(2)
    assert len(boxes(gx.draw(few).source)) == 11  # two are no repeat


def test_branches_are_not_folded() -> None:
    x = leaf(np.ones(3))
    a = b = x
    for _ in range(5):
        a, b = gx.sin(a), gx.cos(a) + b
    labels = boxes(gx.draw(a + b).source).values()
    assert sum(label.startswith("sin") for label in labels) >= 4
    assert not any("repeated" in label for label in labels if label.startswith("sin"))


def test_the_limit() -> None:
    x = leaf(1.0)
    y = x
    for i in range(3000):
        y = gx.sin(y) if i % 3 else y * y
    source = gx.draw(y, limit=10, fold_repeats=False).source
    assert len(boxes(source)) == 11
    assert 'cut [label="... 2991 more", style=dashed]' in source
    assert len(boxes(gx.draw(y, limit=10).source)) <= 11
    with pytest.raises(ValueError, match="at least 1"):
        gx.draw(y, limit=0)


def test_a_gradient_on_devices(gradx_device: str) -> None:
    x = gx.asarray([1.0, 2.0], device=gradx_device, requires_grad=True)
    gradient = gx.gradients(gx.sum(gx.sin(x) * x), x, create_graph=True)
    source = gx.draw(gradient).source
    assert any(label.startswith("cos") for label in boxes(source).values())
    assert len(boxes(gx.draw(x).source)) == 1


def test_a_file(tmp_path: Path) -> None:
    drawing = gx.draw(loop(3)[0])
    drawing.save(tmp_path / "graph.gv")
    assert (tmp_path / "graph.gv").read_text() == drawing.source == str(drawing)
    assert repr(drawing).startswith("<drawing of 7 boxes")


class ExecutableNotFound(RuntimeError):
    """Stands for Graphviz's own."""


def stand_in(pipe: Any) -> ModuleType:
    module: Any = ModuleType("graphviz")

    class Source:
        def __init__(self, source: str) -> None:
            self.source = source

        def pipe(self, **options: Any) -> Any:
            return pipe(self.source, **options)

    module.Source, module.ExecutableNotFound = Source, ExecutableNotFound
    return module


def test_svg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    drawing = gx.draw(loop(3)[0])
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(MissingToolError, match=r"gradx\[draw\]"):
        drawing.svg()
    assert drawing._repr_svg_() is None

    def missing(source: str, **_: Any) -> Any:
        raise ExecutableNotFound

    monkeypatch.setitem(sys.modules, "graphviz", stand_in(missing))
    with pytest.raises(MissingToolError, match="program dot"):
        drawing.save(tmp_path / "graph.svg")
    monkeypatch.setitem(
        sys.modules,
        "graphviz",
        stand_in(lambda source, **options: f"<svg>{source}{options['format']}</svg>"),
    )
    drawing.save(tmp_path / "graph.svg")
    assert (
        (tmp_path / "graph.svg").read_text()
        == f"<svg>{drawing.source}svg</svg>"
        == drawing._repr_svg_()
    )


def test_svg_by_graphviz_itself() -> None:
    pytest.importorskip("graphviz", reason="the extra draw is not installed")
    try:
        picture = gx.draw(loop(3)[0]).svg()
    except MissingToolError as error:
        pytest.skip(str(error))
    assert "</svg>" in picture
    assert "repeated 3 times" in picture


def test_errors() -> None:
    with pytest.raises(GraphError, match="draw"):
        gx.draw(gx.ones(3))
    x = leaf(1.0)
    y = x * x
    y.backward()
    with pytest.raises(GraphError, match="freed"):
        gx.draw(y)
