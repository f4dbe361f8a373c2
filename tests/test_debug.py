"""`gx.debug.why_nan`: where a NaN or an infinity was born, forward and backward.

- On an ordinary graph, so what is not kept has to be found or computed anew.
- Poisoned cases: a NaN put into one element of a leaf is traced to that element through every function.
"""

from __future__ import annotations

from math import inf, isnan, nan
from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.debug import sources
from gradx.errors import GraphError, ShapeError
from gradx.tape import Node
from tests.cases import CASES, arrays, of_floats
from tests.cases_base import Case

# NumPy warns as a NaN is born, which is what happens here on purpose.
pytestmark = pytest.mark.filterwarnings(
    "ignore:(divide by zero|invalid value|overflow):RuntimeWarning"
)

why_nan = gx.debug.why_nan


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


def leaf(value: Any, device: str = "cpu") -> Any:
    return gx.asarray(value, requires_grad=True, device=device)


def operations(birth: Any) -> list[str]:
    return [step.operation for step in birth.chain]


def same(a: float, b: float) -> bool:
    return a == b or (isnan(a) and isnan(b))


# ---------------------------------------------------------------- forward


FORWARD = [
    ("log", lambda x: gx.log(x), [1.0, -2.0], (1,), [-2.0], nan),
    ("divide", lambda x: x / (x * 1.0), [1.0, 2.0, 0.0], (2,), [0.0, 0.0], nan),
    ("sqrt", lambda x: gx.sqrt(x - 3.0), [4.0, 1.0], (1,), [-2.0], nan),
    ("exp", lambda x: gx.exp(x * 1000.0), [0.5, 2.0], (1,), [2000.0], inf),
    ("pow", lambda x: x**0.5, [4.0, -1.0], (1,), [-1.0, 0.5], nan),
    ("multiply", lambda x: gx.reshape(x, (2, 1)) * x, [1.0, 1e200], (1, 1), [1e200, 1e200], inf),
]


@pytest.mark.parametrize(("name", "f", "x", "index", "operands", "result"), FORWARD)
def test_births_forward(gradx_device: str, name, f, x, index, operands, result) -> None:
    x = leaf(x, gradx_device)
    birth = why_nan(gx.sum(f(x)))
    assert (birth.kind, birth.operation, birth.index) == ("forward", name, index)
    assert [operand.value for operand in birth.operands] == operands
    assert same(birth.result, result)
    assert birth.certain and birth.where is None
    assert operations(birth) == [name, "sum"]
    assert f"born forward in {name} at element {index}" in str(birth)
    assert "gx.debug.recording()" in str(birth)


def test_sum_of_infinities_was_born_where_they_were(gradx_device: str) -> None:
    x = leaf([1.0, 800.0, 900.0], gradx_device)
    e = gx.exp(x)
    y = gx.sum(e * gx.asarray([1.0, 1.0, -1.0], device=gradx_device))
    birth = why_nan(y)
    assert (birth.operation, birth.index, birth.result) == ("exp", (1,), inf)
    values = [(step.operation, step.value) for step in birth.chain]
    assert values[:2] == [("exp", inf), ("multiply", inf)]
    assert values[2][0] == "sum" and isnan(values[2][1])  # the chain shows where inf became NaN


def test_sum_that_overflows() -> None:
    x = leaf([[1e308, 1e308], [1.0, 2.0]])
    birth = why_nan(gx.sum(gx.sum(x, axis=1)))
    assert (birth.operation, birth.index, birth.result) == ("sum", (0,), inf)
    assert "1 to 1e+308" in birth.operands[0].text


def test_what_a_leaf_holds_is_said_to_be_the_leaf(gradx_device: str) -> None:
    x = leaf([[1.0, 2.0], [nan, 4.0]], gradx_device)
    birth = why_nan(gx.sum(x @ x))
    assert (birth.operation, birth.index, birth.operands) == ("leaf", (1, 0), ())
    assert isnan(birth.result) and birth.chain[0].name == "x"
    assert operations(birth) == ["leaf", "matmul", "sum"]
    assert why_nan(x).operation == "leaf"


def test_a_constant_that_is_kept_is_named() -> None:
    x, c = leaf([1.0, 2.0]), gx.asarray([1.0, nan])
    birth = why_nan(gx.sum(x * c))
    assert (birth.operation, birth.index) == ("multiply", (1,))
    assert (birth.operands[1].role, birth.operands[1].name) == ("constant", "")
    assert isnan(birth.operands[1].value)
    assert "operand 1 is a constant that is not finite itself" in str(birth)


def test_a_constant_that_is_not_kept_is_said_not_to_be() -> None:
    x = leaf([1.0, 2.0])
    h = x - gx.asarray([1.0, nan])
    birth = why_nan(gx.sum(h))
    assert (birth.operation, birth.index, birth.operands[0].value) == ("subtract", (1,), 2.0)
    assert not birth.operands[1].known
    assert "operand 1 is a constant that the tape does not keep" in str(birth)
    del h  # now the difference itself can be had no more, nor computed
    birth = why_nan(gx.sum(x - gx.asarray([1.0, nan])))
    assert not birth.certain and (birth.operation, birth.index) == ("subtract", None)
    assert "or in the operation after it" in str(birth)


def test_only_elements_that_matter_are_followed() -> None:
    x = leaf([nan, -1.0, 4.0])
    birth = why_nan(gx.sum(gx.log(x[1:])))
    assert (birth.operation, birth.index) == ("log", (0,))
    joined = gx.concat([x, leaf([-2.0, 1.0])])  # the NaN is on another way
    birth = why_nan(gx.sum(gx.log(joined[3:])))
    assert (birth.operation, birth.index) == ("log", (0,))
    y = leaf([[nan, 1.0], [1e200, 1e200]])
    birth = why_nan((y @ gx.transpose(y))[1, 1])
    assert (birth.operation, birth.index) == ("matmul", (1, 1))
    z = gx.where(gx.asarray([True, False, False]), 0.0, leaf([nan, 2.0, -1.0]))
    assert why_nan(gx.sum(gx.sqrt(z))).operation == "sqrt"


def test_the_first_of_several() -> None:
    x = leaf([-1.0, 2.0])
    early = gx.log(x)
    late = gx.sqrt(gx.abs(x) - 5.0)
    birth = why_nan(gx.sum(early + late))
    assert (birth.operation, birth.index) == ("log", (0,))
    assert operations(birth) == ["log", "add", "sum"]
    assert [step.name for step in birth.chain] == ["early", "", ""]


def test_several_outputs() -> None:
    x = leaf([[1.0, 2.0], [2.0, -1.0]])
    values = gx.linalg.eigh(x).eigenvalues
    birth = why_nan(gx.sum(gx.log(values)))
    assert birth.operation == "log" and birth.operands[0].role == "output"
    first, second = gx.unstack(leaf([[1.0, 2.0], [3.0, nan]]))
    del first
    birth = why_nan(gx.sum(second * 2.0))
    assert (birth.operation, birth.index) == ("leaf", (1, 1)) or not birth.certain


def test_views_and_writes() -> None:
    x = leaf([1.0, 4.0, -9.0])
    a = gx.zeros(3)
    a[1:] = x[1:] * 1.0
    a.T[0] = 2.0
    birth = why_nan(gx.sum(gx.sqrt(a)))
    assert (birth.operation, birth.index, birth.operands[0].value) == ("sqrt", (2,), -9.0)


# ---------------------------------------------------------------- backward


BACKWARD = [
    ("sqrt", lambda x: gx.sqrt(x), [4.0, 0.0], (1,), 3.0, inf),
    ("pow", lambda x: x**0.5, [4.0, 0.0], (1,), 3.0, inf),
    ("sqrt", lambda x: gx.sqrt(gx.sum(x * x)), [0.0, 0.0], (), 3.0, inf),
    ("asin", lambda x: gx.asin(gx.reshape(x, (2, 1))), [0.5, 1.0], (1, 0), 3.0, inf),
]


@pytest.mark.parametrize(("name", "f", "x", "index", "ct", "slope"), BACKWARD)
def test_births_backward(gradx_device: str, name, f, x, index, ct, slope) -> None:
    x = leaf(x, gradx_device)
    y = gx.sum(f(x) * 3.0)
    birth = why_nan(y)
    assert (birth.kind, birth.operation, birth.index) == ("backward", name, index)
    assert (birth.cotangent, birth.slope, birth.result) == (ct, slope, inf)
    assert operations(birth) == [name, "multiply", "sum"]
    assert birth.reaches.name == "x" and birth.reaches.operation == "leaf"
    assert f"born backward in the rule of {name}: cotangent 3 x slope inf" in str(birth)
    assert x.grad is None
    y.backward()  # the graph is still there
    assert not gx.all(gx.isfinite(x.grad))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: gx.where(x > 0, gx.sqrt(x), 0.0),
        lambda x: gx.sqrt(gx.where(x > 0, x, 0.0)),
        lambda x: gx.sqrt(x)[1:],
        lambda x: gx.maximum(x, 1.0) ** 0.5,
        lambda x: x * gx.log(gx.clip(x, 0.5, 9.0)),
    ],
)
def test_what_a_zero_by_structure_absorbs_is_not_reported(f: Any) -> None:
    assert why_nan(gx.sum(f(leaf([0.0, 4.0])))) is None


def test_absorbed_beside_a_real_one() -> None:
    x, z = leaf([0.0, 4.0]), leaf([1.0, 0.0])
    hidden = gx.sqrt(gx.where(x > 0, x, 0.0))  # its infinite cotangent is masked further down
    birth = why_nan(gx.sum(hidden + gx.sqrt(z) * 2.0))
    assert (birth.operation, birth.index, birth.cotangent) == ("sqrt", (1,), 2.0)
    assert birth.operands[0].name == "z"


def test_born_beside_a_spoiled_cotangent_that_does_not_come_this_way() -> None:
    x = leaf([0.0, 4.0, 0.0])
    h = x * gx.asarray(
        [1.0, 1.0, inf]
    )  # NaN at the last: cut off below, yet its cotangent is there
    y = gx.stack([h[:2], gx.asarray([1.0, 1.0])])
    birth = why_nan(gx.sum(gx.sqrt(y)))
    assert (birth.kind, birth.operation, birth.index) == ("backward", "sqrt", (0, 0))


def test_masked_scores_are_no_fault() -> None:
    x = leaf([[1.0, 2.0], [3.0, 4.0]])
    scores = gx.where(gx.asarray([[True, False], [True, True]]), x, -inf)
    assert why_nan(gx.sum(gx.softmax(scores) ** 2)) is None


def test_zero_times_an_infinite_slope() -> None:
    x = leaf([0.0, 4.0])
    birth = why_nan(gx.sum(gx.sqrt(x) * gx.asarray([0.0, 1.0])))
    assert (birth.operation, birth.cotangent, birth.slope) == ("sqrt", 0.0, inf)
    assert isnan(birth.result)


def test_a_cotangent_that_was_given() -> None:
    x = leaf([0.0, 4.0])
    y = gx.sqrt(x)
    assert why_nan(y, gradient=gx.asarray([0.0, 1.0])) is None  # zeros that were given absorb
    assert why_nan(y, gradient=gx.asarray([2.0, 1.0])).cotangent == 2.0
    birth = why_nan(y * 2.0, gradient=gx.asarray([1.0, inf]))
    assert (birth.operation, birth.index) == ("gradient", (1,))
    with pytest.raises(ShapeError, match="why_nan"):
        why_nan(y, gradient=gx.asarray([1.0, 2.0, 3.0]))


def test_contributions_that_overflow_in_their_sum() -> None:
    x = leaf([0.0])
    y = gx.sum(x * 1e308 + x * 1e308)
    birth = why_nan(y)
    assert birth.kind == "backward" and birth.operation == "sum of cotangents"
    assert birth.index == (0,)


def test_broadcasting_backward() -> None:
    x = leaf([0.0])
    birth = why_nan(gx.sum(gx.asarray([0.0, 2.0, 3.0]) ** (x + 0.0)))
    assert birth.kind == "backward" and birth.operation == "pow"
    assert [operand.value for operand in birth.operands] == [0.0, 0.0]
    assert (birth.cotangent, birth.slope) == (1.0, -inf)


def test_through_the_graph_of_a_gradient() -> None:
    x = leaf([0.0, 4.0])
    g = gx.gradients(gx.sum(x**1.5), x, create_graph=True)
    birth = why_nan(gx.sum(g))
    assert birth.kind == "backward" and birth.operands[0].value == 0.0
    g = gx.gradients(gx.sum(gx.sqrt(x)), x, create_graph=True)
    birth = why_nan(gx.sum(g))
    assert birth.kind == "forward" and birth.result == inf


def test_inside_of_transforms() -> None:
    births = []

    def f(x: Any) -> Any:
        y = gx.sum(gx.sqrt(x))
        births.append(why_nan(y))
        births.append(why_nan(gx.sum(gx.log(x - 1.0))))
        return y

    gx.grad(f)(gx.asarray([0.0, 4.0]))
    gx.grad(lambda x: gx.sum(gx.grad(f)(x)))(gx.asarray([0.0, 4.0]))
    assert [birth.kind for birth in births] == ["backward", "forward"] * 2
    with pytest.raises(GraphError, match="reverse tape"):
        gx.jvp(lambda x: why_nan(gx.log(x)), (gx.asarray(1.0),), (gx.asarray(1.0),))


# ---------------------------------------------------------------- everything finite, and errors


def test_nothing_to_report() -> None:
    x = leaf([1.0, 2.0])
    assert why_nan(gx.sum(gx.log(x))) is None
    assert why_nan(gx.log(x)) is None  # not a scalar: with a cotangent of ones
    assert why_nan(x) is None


@pytest.mark.parametrize("ask", [gx.debug.why_nan, gx.debug.kinks])
def test_errors(ask: Any) -> None:
    x = leaf([0.0, 2.0])
    y = gx.sum(gx.log(x) * x)
    y.backward()
    with pytest.raises(GraphError, match="retain_graph=True"):
        ask(y)
    with pytest.raises(GraphError, match="requires_grad=True"):
        ask(gx.asarray(1.0))
    with pytest.raises(GraphError, match="got float"):
        ask(1.0)


def test_a_deep_graph() -> None:
    x = leaf(0.0)
    y = gx.sqrt(x)
    for _ in range(1000):
        y = y * 1.0
    birth = why_nan(y)
    assert birth.operation == "sqrt" and len(birth.chain) == 1001
    assert "more" in str(birth) and len(str(birth).splitlines()) < 25


# ---------------------------------------------------------------- every function


FIRST = {row.name: row for row in reversed(CASES) if row.doubles}  # one row for each function
ROWS = [pytest.param(row, id=row.id) for row in FIRST.values()]


@pytest.mark.parametrize("row", ROWS)
def test_a_poisoned_element_is_found(row: Case) -> None:
    function, primals = of_floats(row, row.draw(row.doubles[0]))
    for k in range(len(flat(primals))):
        leaves = poisoned(primals, k)
        try:
            results = arrays(function(*leaves))
        except np.linalg.LinAlgError:
            continue  # the library refuses a NaN
        tracked = [y for y in results if y.requires_grad]
        y = sum((gx.sum(gx.real(y)) for y in tracked), 0.0)
        if not tracked or np.isfinite(y.item()):
            continue
        birth, x = why_nan(y), flat(leaves)[k]
        middle = np.unravel_index(x.size // 2, x.shape) if x.shape else ()
        assert (birth.operation, birth.index) == ("leaf", tuple(map(int, middle)))
        assert operations(birth)[0] == "leaf" and str(birth)
        gx.debug.kinks(y)


def flat(tree: Any) -> list[Any]:
    if isinstance(tree, (list, tuple)):
        return [x for part in tree for x in flat(part)]
    return [tree]


def poisoned(primals: Any, k: int) -> Any:
    """Return leaves of these values, with a NaN in the middle of the k-th."""
    count = iter(range(100))

    def make(x: Any) -> Any:
        if isinstance(x, (list, tuple)):
            return type(x)(make(part) for part in x)
        value = np.array(x.numpy())
        if next(count) == k and value.size:
            value.reshape(-1)[value.size // 2] = nan
        return leaf(value)

    return [make(x) for x in primals]
