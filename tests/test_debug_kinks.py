"""`gx.debug.kinks`: each row of the table at a kink and beside it, and which cards have none."""

from __future__ import annotations

from typing import Any

import pytest

import gradx as gx
from gradx.debug import sources
from gradx.debug.conventions import CONVENTIONS
from gradx.tape import Node
from tests.test_cards import CARDS

pytestmark = pytest.mark.filterwarnings("ignore:(divide by zero|invalid value):RuntimeWarning")

kinks = gx.debug.kinks


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


# Card, function, a point with kinks, their indices, and a point beside it that has none.
ROWS = [
    ("abs", lambda x: gx.abs(x), [1.0, 0.0, -0.0], [(1,), (2,)], [1.0, 1e-300, -2.0]),
    ("acos", lambda x: gx.acos(x), [1.0, 0.0, -1.0], [(0,), (2,)], [0.999, 0.0, -0.5]),
    ("acosh", lambda x: gx.acosh(x), [1.0, 2.0], [(0,)], [1.001, 2.0]),
    ("asin", lambda x: gx.asin(x), [1.0, 0.0, -1.0], [(0,), (2,)], [0.999, 0.0, -0.5]),
    ("atan2", lambda x: gx.atan2(x, x), [0.0, 1.0], [(0,)], [-1.0, 1.0]),
    ("atanh", lambda x: gx.atanh(x), [1.0, 0.0, -1.0], [(0,), (2,)], [0.999, 0.0, -0.5]),
    ("ceil", lambda x: gx.ceil(x), [0.0, 1.5, 2.0], [(0,), (2,)], [0.5, 1.5, -2.1]),
    ("clip", lambda x: gx.clip(x, gx.zeros_like(x) * x, 1.0 + 0 * x), [0.0, 0.5, 1.0, 2.0], [(0,), (2,)],
     [-1.0, 0.5, 1.1, 2.0]),
    ("copysign", lambda x: gx.copysign(x, -1.0), [0.0, 2.0], [(0,)], [1e-9, 2.0]),
    ("divide", lambda x: 1.0 / x, [0.0, 2.0], [(0,)], [1e-9, 2.0]),
    ("entr", lambda x: gx.entr(x), [0.0, 2.0], [(0,)], [1e-9, 2.0]),
    ("erfinv", lambda x: gx.erfinv(x), [1.0, 0.0], [(0,)], [0.9, 0.0]),
    ("floor", lambda x: gx.floor(x), [0.0, 1.5, 2.0], [(0,), (2,)], [0.5, 1.5, -2.1]),
    ("floor_divide", lambda x: x // 2.0, [0.0, 3.0, 4.0], [(0,), (2,)], [0.5, 3.0, -1.0]),
    ("hypot", lambda x: gx.hypot(x, 0.0), [0.0, 3.0], [(0,)], [1e-9, 3.0]),
    ("linalg.eigh", lambda x: gx.linalg.eigh(gx.diag(x)).eigenvalues, [2.0, 1.0, 2.0], [(1,), (2,)],
     [1.0, 2.0, 3.0]),
    ("linalg.eigh", lambda x: gx.linalg.eigvalsh(gx.diag(x)), [2.0, 1.0, 2.0], [(1,), (2,)],
     [1.0, 2.0, 3.0]),
    ("linalg.svd", lambda x: gx.linalg.svd(gx.diag(x)).S, [2.0, 1.0, 0.0], [(2,)], [1.0, 2.0, 3.0]),
    ("linalg.svd", lambda x: gx.linalg.svdvals(gx.diag(x)), [2.0, 1.0, 2.0], [(0,), (1,)],
     [1.0, 2.0, 3.0]),
    ("linalg.vector_norm", lambda x: gx.linalg.vector_norm(x), [0.0, 0.0], [()], [0.0, 1e-9]),
    ("linalg.vector_norm", lambda x: gx.linalg.vector_norm(x, ord=0.5), [0.0, 2.0], [(0,)], [1.0, 2.0]),
    ("linalg.vector_norm", lambda x: gx.linalg.vector_norm(x, ord=3), [0.0, 0.0], [()], [0.0, 2.0]),
    ("log", lambda x: gx.log(x), [0.0, 2.0], [(0,)], [1e-9, 2.0]),
    ("log10", lambda x: gx.log10(x), [0.0, 2.0], [(0,)], [1e-9, 2.0]),
    ("log1p", lambda x: gx.log1p(x), [-1.0, 0.0], [(0,)], [-0.5, 0.0]),
    ("log2", lambda x: gx.log2(x), [0.0, 2.0], [(0,)], [1e-9, 2.0]),
    ("max", lambda x: gx.max(gx.reshape(x, (2, 2)), axis=1), [3.0, 3.0, 1.0, 2.0], [(0, 0), (0, 1)],
     [3.0, 2.9, 1.0, 2.0]),
    ("maximum", lambda x: gx.maximum(x, 1.0), [1.0, 2.0], [(0,)], [0.9, 2.0]),
    ("min", lambda x: gx.min(x), [1.0, 3.0, 1.0], [(0,), (2,)], [1.0, 3.0, 3.0]),
    ("minimum", lambda x: gx.minimum(1.0, x), [1.0, 2.0], [(0,)], [0.9, 2.0]),
    ("pow", lambda x: x**0.5, [0.0, 2.0], [(0,)], [1e-9, 2.0]),
    ("pow", lambda x: x**-3, [0.0, 2.0], [(0,)], [-1.0, 2.0]),
    ("pow", lambda x: gx.asarray([0.0, 2.0], device=x.device) ** x, [0.0, 0.0], [(0,)], [1.0, 0.0]),
    ("reciprocal", lambda x: gx.reciprocal(x), [0.0, 2.0], [(0,)], [1e-9, 2.0]),
    ("relu", lambda x: gx.relu(x - 1.0), [1.0, 2.0, 0.0], [(0,)], [0.9, 2.0, 0.0]),
    ("remainder", lambda x: x % 2.0, [4.0, 3.0], [(0,)], [4.1, 3.0]),
    ("round", lambda x: gx.round(x), [0.5, 1.0, -1.5], [(0,), (2,)], [0.4, 1.0, 2.0]),
    ("sign", lambda x: gx.sign(x), [0.0, 3.0], [(0,)], [1e-9, 3.0]),
    ("sort", lambda x: gx.sort(x), [2.0, 1.0, 2.0], [(1,), (2,)], [2.0, 1.0, 3.0]),
    ("sort", lambda x: gx.median(x), [2.0, 1.0, 2.0], [(1,), (2,)], [2.0, 1.0, 3.0]),
    ("sqrt", lambda x: gx.sqrt(x), [0.0, 3.0], [(0,)], [1e-9, 3.0]),
    ("std", lambda x: gx.std(x), [2.0, 2.0], [()], [2.0, 2.1]),
    ("trunc", lambda x: gx.trunc(x), [0.0, -1.0, 1.5], [(1,)], [0.0, -0.9, 1.5]),
    ("xlogy", lambda x: gx.xlogy(2.0, x), [0.0, 2.0], [(0,)], [1e-9, 2.0]),
    ("xlog1py", lambda x: gx.xlog1py(2.0, x), [-1.0, 2.0], [(0,)], [-0.9, 2.0]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "f", "at", "indices", "beside"), ROWS)
def test_each_row_at_its_kink_and_beside(
    gradx_device: str, name: str, f: Any, at: Any, indices: Any, beside: Any
) -> None:
    x = leaf(at, gradx_device)
    found = [kink for kink in kinks(gx.sum(f(x))) if kink.operation == name]
    assert len(found) == 1
    (kink,) = found
    assert list(kink.indices) == indices and kink.count == len(indices) == len(kink.values)
    assert kink.convention == CONVENTIONS[name].convention and kink.convention in str(kink)
    x = leaf(beside, gradx_device)
    assert [kink for kink in kinks(gx.sum(f(x))) if kink.operation == name] == []


def test_every_row_is_exercised() -> None:
    assert {row[0] for row in ROWS} == set(CONVENTIONS)


# Cards that have a derivative wherever they have a finite value; or move elements only; or, as `where`, depend on a
# condition that has none; or are the derivative of one of the others.
SMOOTH = {
    "acosh_slope", "add", "asin_slope", "asinh", "astype", "atan", "atanh_slope", "bell_curve", "broadcast_to",
    "checkpoint",
    "cofactor_change", "cofactors", "concat", "conj", "convolve", "convolve_last", "copy", "cos", "cosh",
    "cumulative_prod", "cumulative_sum", "digamma", "einsum", "erf", "erfc", "exp", "expm1",
    "fft.fft", "fft.ifft", "fft.irfft", "fft.rfft", "flip", "gammaln", "getitem",
    "guarded_multiply", "imag", "index_add", "index_set", "linalg.cholesky", "linalg.cross",
    "linalg.det", "linalg.diagonal", "linalg.eig", "linalg.eigh_along", "linalg.eigvals",
    "linalg.eigvalsh", "linalg.expm", "linalg.inv", "linalg.logm", "linalg.lu", "linalg.mixing",
    "linalg.pinv", "linalg.settled", "linalg.sqrtm", "linalg.svd_along", "linalg.svdvals",
    "linalg.qr", "linalg.slogdet", "linalg.solve", "linalg.solve_are", "linalg.solve_banded",
    "linalg.solve_sylvester", "linalg.solve_toeplitz", "linalg.solve_triangular", "linalg.trace",
    "log_softmax", "logaddexp",
    "logsumexp", "logsumexp_weighted", "matmul", "mean", "multiply", "negative", "nextafter", "permute_dims",
    "polygamma", "positive", "prod", "real", "recurse", "repeat", "reshape", "roll", "sigmoid", "sin", "sinh",
    "softmax", "softplus", "square", "stack", "subtract", "sum", "take_along_axis", "tan", "tanh",
    "tensordot", "to_device", "tril", "triu", "unstack", "var", "vecdot", "where",
}  # fmt: skip


def test_every_card_is_placed() -> None:
    names = {param.values[0].name for param in CARDS if param.values[0].differentiable}
    # Those of gx.special are smooth inside of their domains; the docstrings tell of poles and ends.
    names = {name for name in names if not name.startswith(("special.", "absorbing_"))}
    assert not names & SMOOTH & set(CONVENTIONS)
    assert names - SMOOTH - set(CONVENTIONS) == set(), (
        "expected a row in gradx/debug/conventions.py for a card with a kink, or its name in SMOOTH"
    )
    assert set(CONVENTIONS) <= names


def test_values_and_words() -> None:
    x = leaf([[-1.0, 0.0], [3.0, 0.0]])
    h = gx.maximum(x, gx.asarray([5.0, 0.0]))
    (kink,) = kinks(gx.sum(h))
    assert kink.values == ((0.0, 0.0), (0.0, 0.0)) and kink.indices == ((0, 1), (1, 1))
    assert kink.name == "h"
    assert str(kink) == (
        "maximum h at a tie, 2 elements ((0, 1): (0.0, 0.0), (1, 1): (0.0, 0.0)); "
        "convention: ties share the derivative equally"
    )


def test_only_the_first_few_are_shown() -> None:
    x = leaf([0.0] * 100)
    (kink,) = kinks(gx.relu(x))
    assert kink.count == 100 and kink.indices == tuple((i,) for i in range(5))
    assert ", ...)" in str(kink)


def test_in_the_order_of_computing() -> None:
    x = leaf([0.0, 1.0])
    found = kinks(gx.sum(gx.sqrt(gx.abs(x)) * gx.relu(x)))
    assert [kink.operation for kink in found] == ["abs", "sqrt", "relu"]


def test_complex_moduli(gradx_device: str) -> None:
    z = leaf([0j, 1 + 1j], gradx_device)
    assert [(kink.operation, kink.indices) for kink in kinks(gx.sum(gx.abs(z)))] == [
        ("abs", ((0,),))
    ]
    assert [kink.operation for kink in kinks(gx.real(gx.sum(gx.sign(z))))] == ["sign"]


def test_what_cannot_be_looked_at_is_listed_so() -> None:
    (kink,) = kinks(gx.clip(leaf([0.0, 0.5]), 0.0, 1.0))  # the tape keeps no bounds
    assert kink.count is None and kink.indices == ()
    assert "compute it inside gx.debug.recording()" in str(kink)
    with gx.debug.recording():
        y = gx.clip(leaf([0.0, 0.5]), 0.0, 1.0)
    (kink,) = kinks(y)
    assert kink.count == 1 and kink.values == ((0.0, 0.0, 1.0),) and kink.where is not None


def test_inside_of_grad_and_on_the_graph_of_a_gradient() -> None:
    found = []

    def f(x: Any) -> Any:
        y = gx.sum(gx.relu(x) * x)
        found.extend(kinks(y))
        return y

    gx.grad(lambda x: gx.sum(gx.grad(f)(x)))(gx.asarray([0.0, 1.0]))
    assert [kink.operation for kink in found] == ["relu"]
    x = leaf([0.0, 1.0])
    g = gx.gradients(gx.sum(gx.abs(x) ** 3), x, create_graph=True)
    assert "abs" in [kink.operation for kink in kinks(gx.sum(g))]


def test_nothing_is_freed_and_no_gradient_touched() -> None:
    x = leaf([0.0, 1.0])
    y = gx.sum(gx.relu(x))
    kinks(y)
    assert x.grad is None
    y.backward()
    assert x.grad.tolist() == [0.0, 1.0]
