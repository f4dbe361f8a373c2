"""`gx.debug.recording`: file and line of each operation, and its operands, while it is on; nothing while it is off."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref
from math import isnan, nan
from pathlib import Path
from typing import Any

import pytest

import gradx as gx
from gradx.debug import sources
from gradx.tape import Leaf, Node, NodeWithParams

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.filterwarnings("ignore:(divide by zero|invalid value):RuntimeWarning")

why_nan, recording = gx.debug.why_nan, gx.debug.recording


def line_of(mark: str) -> int:
    """Return the line of this file that ends with a comment."""
    lines = Path(__file__).read_text().splitlines()
    (found,) = [i for i, line in enumerate(lines, 1) if line.endswith(f"# {mark}")]
    return found


def leaf(value: Any) -> Any:
    return gx.asarray(value, requires_grad=True)


@pytest.fixture(autouse=True)
def _ordinary_graphs() -> Any:
    """Turn recording off where GRADX_DEBUG has turned it on for the process."""
    on = "__init__" in vars(Node)
    if on:
        sources.stop()
    yield
    assert "__init__" not in vars(Node)
    if on:
        sources.start()


def hooked() -> bool:
    return "__init__" in vars(Node)


def test_a_birth_forward_has_its_line() -> None:
    x = leaf([1.0, -1.0])
    with recording():
        h = x * 2.0
        y = gx.log(h) + 1.0  # birth forward
        z = gx.sum(y)
    birth = why_nan(z)
    assert Path(birth.where.file) == Path(__file__)
    assert birth.where.line == line_of("birth forward")
    assert birth.where.function == "test_a_birth_forward_has_its_line"
    assert birth.where.text.startswith("y = gx.log(h) + 1.0")
    assert [step.where.line - birth.where.line for step in birth.chain] == [0, 0, 1]
    assert f"{birth.where.file}:{birth.where.line}" in str(birth)
    assert "for file and line" not in str(birth)


def test_a_birth_backward_has_its_line() -> None:
    x = leaf([1.0, 0.0])
    with recording():
        y = gx.sqrt(x)  # birth backward
    birth = why_nan(gx.sum(y))
    assert (birth.kind, birth.where.line) == ("backward", line_of("birth backward"))
    assert birth.chain[-1].where is None  # the sum was not recorded


@pytest.mark.parametrize(
    "f",
    [
        lambda x: gx.relu(x),  # kink, one array
        lambda x: gx.maximum(x, 0.0),  # kink, a number on the right
        lambda x: gx.maximum(0.0, x),  # kink, a number on the left
        lambda x: gx.maximum(x, gx.asarray([5.0, 0.0])),  # kink, two arrays
        lambda x: gx.clip(x, 0.0, 3.0),  # kink, three
        lambda x: gx.max(gx.stack([x, gx.zeros(2)])),  # kink, with parameters
    ],
)
def test_each_way_to_record_has_line_and_operands(f: Any) -> None:
    x = leaf([-1.0, 0.0])
    with recording():
        y = f(x)
    (kink,) = gx.debug.kinks(y)
    assert kink.where.line == f.__code__.co_firstlineno and kink.count in (1, 3)
    for node in [y.aux, *y.aux.parents]:
        if node is not None and type(node) is not Leaf:
            operands = sources.operands_of(node)
            assert operands is not None and len(operands) == len(node.parents)
    if y.aux.card.name == "maximum":
        assert 0.0 in kink.values[0]


def test_operands_keep_their_order() -> None:
    x = leaf(2.0)
    with recording():
        y, z = 1.0 - x, x - 1.0
    assert [float(v) for v in sources.operands_of(y.aux)] == [1.0, 2.0]
    assert [float(v) for v in sources.operands_of(z.aux)] == [2.0, 1.0]


def test_constants_are_kept_while_it_is_on() -> None:
    x = leaf([1.0, 2.0])
    with recording():
        y = gx.sum(x - gx.asarray([1.0, nan]))
    birth = why_nan(y)
    assert birth.certain and (birth.operation, birth.index) == ("subtract", (1,))
    assert isnan(birth.operands[1].value) and birth.operands[1].role == "constant"


def test_values_are_those_of_the_time_of_use() -> None:
    x = leaf([-1.0, 2.0])
    with recording():
        y = gx.sum(gx.log(x + 0.0))
    with gx.no_grad():
        x[0] = 5.0
    assert why_nan(y).operands[0].value == -1.0


def test_lines_inside_of_transforms_and_modules() -> None:
    places = []

    def f(x: Any) -> Any:
        y = gx.sum(gx.sqrt(x))  # inside of grad
        places.append(why_nan(y).where.line)
        return y

    with recording():
        gx.grad(f)(gx.asarray([0.0]))
    assert places == [line_of("inside of grad")]
    model = gx.nn.Linear(2, 1)
    with recording():
        y = model(gx.asarray([[nan, 1.0]], dtype=gx.float32))  # the call of a layer
    birth = why_nan(gx.sum(y))
    assert birth.where.line == line_of("the call of a layer")
    assert (birth.operation, birth.operands[1].name) == ("matmul", "") or "model" in str(birth)


def test_nothing_is_recorded_while_it_is_off() -> None:
    assert Node.__init__ is object.__init__ and NodeWithParams.__init__ is object.__init__
    before = len(sources._records)
    y = gx.sum(gx.sqrt(leaf([0.0])))
    assert len(sources._records) == before
    assert sources.place_of(y.aux) is None and sources.operands_of(y.aux) is None


def test_blocks_nest_and_overlap_and_are_of_the_whole_process() -> None:
    x = leaf(2.0)
    with recording():
        with recording():
            pass
        assert hooked()
        made = []
        thread = threading.Thread(target=lambda: made.append(gx.sin(x)))
        thread.start()
        thread.join()
    assert sources.place_of(made[0].aux) is not None

    @recording()
    def f() -> Any:
        return gx.sin(x)  # decorated

    assert sources.place_of(f().aux).line == line_of("decorated")
    with pytest.raises(ZeroDivisionError), recording():
        raise ZeroDivisionError


def test_records_go_with_their_nodes() -> None:
    x = leaf([1.0, 2.0])
    before = len(sources._records)
    with recording():
        y = gx.sum(gx.exp(x + 1.0))
    node = weakref.ref(y.aux)
    assert len(sources._records) == before + 3
    del y
    gc.collect()
    assert node() is None and len(sources._records) == before


def test_a_long_chain_is_let_go() -> None:
    x = leaf(1.0)
    before = len(sources._records)
    with recording():
        y = x
        for _ in range(50_000):
            y = y + 1.0
    y.backward()
    del y
    gc.collect()
    assert len(sources._records) == before


def test_a_freed_graph_still_says_so() -> None:
    x = leaf([0.0])
    with recording():
        y = gx.sum(gx.sqrt(x))
    y.backward()
    with pytest.raises(gx.errors.GraphError, match="freed"):
        why_nan(y)


def run(code: str, **environment: str) -> str:
    program = f"import sys; sys.path[:0] = {[str(ROOT), str(ROOT / 'backends')]!r}\n{code}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False,
                          env={"PATH": "", **environment})  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_environment_turns_it_on() -> None:
    code = (
        "import gradx as gx\nx = gx.asarray([0.0], requires_grad=True)\n"
        "y = gx.sqrt(x)\nprint(gx.debug.why_nan(y).where)"
    )
    assert run(code) == "None"
    assert run(code, GRADX_DEBUG="0") == "None"
    assert run(code, GRADX_DEBUG="1").startswith("<string>:4 in <module>")


def test_unused_it_is_not_even_loaded() -> None:
    code = "import gradx as gx; gx.zeros(2); print([m for m in sys.modules if 'gradx.debug' in m])"
    assert run(code) == "[]"
