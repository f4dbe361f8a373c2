"""CuPy's functions on Tensors, without a GPU: stand-ins that ask for an override as CuPy's own classes do.

- What they stand for is read from CuPy's source (14): `ufunc.__call__`, `_SimpleReductionKernel.__call__`,
  `ufunc.at` and `reduce`, `cupy.sum`, `cupyx.scatter_add`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import MissingRuleError, OperandError
from gradx.testing import assert_close


class ufunc:
    """As `cupy.ufunc`: named "cupy_sin"; an argument may take over the call."""

    def __init__(self, name: str, scatter: str | None = None) -> None:
        self.name = self.__name__ = name
        self._scatter = scatter

    def __call__(self, *args: Any, **options: Any) -> Any:
        for arg in args:
            if hasattr(arg, "__cupy_override_elementwise_kernel__"):
                return arg.__cupy_override_elementwise_kernel__(self, *args, **options)
        raise TypeError("Unsupported type")

    def at(self, a: Any, indices: Any, b: Any = None) -> None:
        a._scatter_op(indices, b, self._scatter)

    def reduce(
        self, array: Any, axis: int = 0, dtype: Any = None, out: Any = None, keepdims: bool = False
    ) -> Any:
        return array.sum(axis, dtype, out, keepdims)


class ElementwiseKernel(ufunc):
    """As `cupy.ElementwiseKernel`: code of the user's own, under a name of the user's own."""


class Reduction:
    """As what `cupy.nansum` and the like end in."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(
        self, a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False
    ) -> Any:
        return a.__cupy_override_reduction_kernel__(self, axis, dtype, out, keepdims)


X = np.array([[0.5, -1.5, 2.0], [1.0, 0.25, -0.75]])


@pytest.mark.parametrize(("name", "expected"), [
    ("cupy_sin", np.cos(X)), ("cupy_absolute", np.sign(X)), ("cupy_i0", None),
    ("cupyx_scipy_special_erf", 2 / np.sqrt(np.pi) * np.exp(-(X**2))), ("cupy_degrees", np.full_like(X, 180 / np.pi)),
])  # fmt: skip
def test_ufuncs_of_one(name: str, expected: Any) -> None:
    x = gx.asarray(X, requires_grad=True)
    gx.sum(ufunc(name)(x)).backward()
    if expected is None:
        expected = gx.special.i1(gx.asarray(X))
    assert_close(x.grad, expected, rtol=1e-13)


def test_ufuncs_of_two_and_three() -> None:
    x = gx.asarray(X, requires_grad=True)
    gx.sum(ufunc("cupy_multiply")(X, x)).backward()
    assert_close(x.grad, X)
    x.grad = None
    gx.sum(ufunc("cupy_clip")(x, -1.0, 1.0)).backward()
    assert_close(x.grad, (np.abs(X) <= 1) * 1.0)
    with pytest.raises(OperandError, match=r"numpy.add: expected out=None"):
        ufunc("cupy_add")(x, x, out=np.zeros(3))


def test_reductions() -> None:
    x = gx.asarray(X, requires_grad=True)
    y = (
        Reduction("cupy_nansum")(x, axis=1, keepdims=True)
        + Reduction("cupy_max")(x)
        + ufunc("cupy_add").reduce(x)[0]
    )
    gx.sum(y).backward()
    expected = np.ones_like(X)
    expected[0, 2] += 2.0  # the largest, for each of 2 results
    expected[:, 0] += 2.0
    assert_close(x.grad, expected)
    assert_close(Reduction("cupy_argmax")(x, axis=1), np.argmax(X, axis=1))


@pytest.mark.parametrize(("call", "name"), [
    (lambda t: ElementwiseKernel("sin")(t), r"cupy.sin"),
    (lambda t: ufunc("cupy_unheard_of")(t), r"cupy.unheard_of"),
    (lambda t: Reduction("cupy_norm_ord2")(t), r"cupy.norm_ord2"),
    (lambda t: ufunc("cupy_add", "update").at(t * 1, 0, 1.0), r"cupyx.scatter_update"),
])  # fmt: skip
def test_what_has_no_rule_says_so(call: Any, name: str) -> None:
    with pytest.raises(MissingRuleError, match=name):
        call(gx.asarray([1.0, 2.0], requires_grad=True))


SCATTERS = {  # the result; then, of cotangents 1, 10, 100, those of the start and of the values
    "add": ([4.5, 0.5, 3.5], [1.0, 10.0, 100.0], [1.0, 100.0, 1.0]),
    "max": ([3.0, 0.5, 2.5], [0.0, 10.0, 0.0], [0.0, 100.0, 1.0]),
    "min": ([0.5, 0.5, 1.0], [1.0, 10.0, 100.0], [0.0, 0.0, 0.0]),
}


@pytest.mark.parametrize("operation", SCATTERS)
def test_scatter(operation: str) -> None:
    expected, ct_start, ct_values = SCATTERS[operation]
    for write in (
        lambda a, v: getattr(a, f"scatter_{operation}")([0, 2, 0], v),  # as cupyx.scatter_add does
        lambda a, v: ufunc("cupy_add", operation).at(a, [0, 2, 0], v),
    ):
        start = gx.asarray([0.5, 0.5, 1.0], requires_grad=True)
        v = gx.asarray([1.0, 2.5, 3.0], requires_grad=True)
        a = start * 1.0
        write(a, v)
        assert_close(a.detach(), expected)
        gx.sum(a * gx.asarray([1.0, 10.0, 100.0])).backward()
        assert_close(start.grad, ct_start)
        assert_close(v.grad, ct_values)


def test_cupy_itself() -> None:
    cupy = pytest.importorskip("cupy", reason="needs CuPy")
    if not cupy.cuda.is_available():
        pytest.skip("needs a GPU")
    cupyx = pytest.importorskip("cupyx")
    x = gx.asarray(X, device="cuda", requires_grad=True)
    y = cupy.sin(x) + cupy.sum(x, axis=1, keepdims=True) * cupy.ones(3) + np.add(cupy.ones(3), x)
    gx.sum(y).backward()
    assert_close(x.grad, np.cos(X) + 4.0)
    a = x.detach() * 0
    cupyx.scatter_add(a, cupy.asarray([0, 0]), cupy.ones((2, 3)))
    assert_close(a, [[2.0] * 3, [0.0] * 3])
    with pytest.raises(TypeError):
        cupy.concatenate([x, x])
    with pytest.raises(TypeError):
        cupy.linalg.solve(x[:, :2], x[:, 2])
