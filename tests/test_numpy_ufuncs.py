"""NumPy's ufunc methods, several outputs and keywords on Tensors; operators with arrays; numbers at the edges."""

from __future__ import annotations

import operator
import pickle
from typing import Any

import numpy as np
import pytest

import gradx as gx
import gradx.numpy as gnp
from gradx.errors import ConversionError, MissingRuleError, OperandError
from gradx.testing import assert_close, check_grads

X = np.array([[1.3, -0.7, 2.1], [0.4, 1.9, -1.1]])
P = np.abs(X)
METHODS = ["add", "multiply", "maximum", "minimum", "subtract", "divide", "logaddexp", "hypot", "power", "fmax",
           "arctan2", "logaddexp2"]  # fmt: skip


@pytest.mark.parametrize("name", METHODS)
def test_reduce_accumulate_outer_reduceat(name: str) -> None:
    f = getattr(np, name)
    calls = {
        lambda x: f.reduce(x): f.accumulate(P)[-1],
        # Not NumPy's reduce, which gives power.reduce([1.3, 0.7, 2.1]) = 1.3**2.1 (2.4.6): its accumulate is right.
        lambda x: f.reduce(x, axis=1, keepdims=True): f.accumulate(P, axis=1)[:, -1:],
        lambda x: f.accumulate(x, axis=1): f.accumulate(P, axis=1),
        lambda x: f.outer(x[0], x): f.outer(P[0], P),
        lambda x: f.reduceat(x, [0, 2, 1], axis=1): f.reduceat(P, [0, 2, 1], axis=1),
    }
    for call, expected in calls.items():
        y = call(gx.asarray(P, requires_grad=True))
        assert y.requires_grad, "expected a result on the graph"
        assert_close(y.detach(), expected, rtol=1e-13)
        check_grads(call, (gx.asarray(P),), order=1)


def test_reduce_over_several_axes_and_nothing() -> None:
    x = gx.asarray(X)
    for f in (np.add, np.multiply, np.maximum, np.logaddexp, np.hypot):
        assert_close(f.reduce(x, axis=None), f.reduce(X, axis=None))
        assert_close(
            f.reduce(x, axis=(0, 1), keepdims=True), f.reduce(X, axis=(0, 1), keepdims=True)
        )
        assert_close(f.reduce(x, axis=0, initial=0.5), f.reduce(X, axis=0, initial=0.5))
    empty = gx.zeros((0, 2))
    for f in (np.add, np.multiply, np.logaddexp, np.hypot):
        assert_close(f.reduce(empty), f.reduce(np.zeros((0, 2))))
    with pytest.raises(ValueError, match=r"numpy.subtract.reduce.*no identity"):
        np.subtract.reduce(empty)
    with pytest.raises(TypeError, match=r"numpy.subtract.reduce.*order matters"):
        np.subtract.reduce(x, axis=(0, 1))
    assert_close(np.add.reduce(x, where=X > 0, axis=1), np.add.reduce(X, where=X > 0, axis=1))
    assert_close(np.logical_xor.reduce(x > 0, axis=0), np.logical_xor.reduce(X > 0, axis=0))
    assert_close(np.bitwise_or.reduce(gx.asarray([1, 4, 6])), np.bitwise_or.reduce([1, 4, 6]))


@pytest.mark.parametrize(
    "name", ["add", "subtract", "multiply", "divide", "maximum", "power", "negative", "sin"]
)
@pytest.mark.parametrize(
    "indices", [[0, 2, 2, 0, 0], ([1, 1, 1], [2, 0, 2]), (slice(None), [1, 1]), 1]
)
def test_at(name: str, indices: Any) -> None:
    f, start = getattr(np, name), np.abs(np.arange(12.0).reshape(3, 4) / 5 + 0.3)
    shape = start[indices].shape
    values = () if f.nin == 1 else (np.linspace(0.5, 1.5, int(np.prod(shape))).reshape(shape),)

    def apply(x: Any, *rest: Any) -> Any:
        y = x * 1.0
        f.at(y, indices, *rest)
        return y

    tracked = gx.asarray(start, requires_grad=True)
    y = apply(tracked, *values)
    assert y.requires_grad
    assert_close(y.detach(), apply(start, *values), rtol=1e-13)
    check_grads(apply, tuple(map(gx.asarray, (start, *values))), order=1)


def test_at_writes_through_views() -> None:
    x = gx.zeros((2, 2), requires_grad=True) * 1
    np.add.at(x[1], [0, 0], 2.0)
    assert x.detach().tolist() == [[0.0, 0.0], [4.0, 0.0]]


def test_several_outputs() -> None:
    x = gx.asarray([2.5, -3.25, 0.75], requires_grad=True)
    quotient, rest = np.divmod(x, 2.0)
    gx.sum(rest).backward()
    assert x.grad.tolist() == [1.0, 1.0, 1.0] and quotient.detach().tolist() == [1.0, -2.0, 0.0]
    edge = np.array(
        [
            0.0,
            -0.0,
            np.inf,
            -np.inf,
            5e-324,
            -1e-310,
            1.7e308,
            2.0**-1022,
            np.nextafter(8, 0),
            np.nan,
        ]
    )
    for f in (np.frexp, np.modf):
        for mine, his in zip(f(gx.asarray(edge)), f(edge), strict=True):
            np.testing.assert_array_equal(mine.numpy(), his)
            np.testing.assert_array_equal(np.signbit(mine.numpy()), np.signbit(his))
    x = gx.asarray([0.3, -5.0], requires_grad=True)
    mantissa, exponent = np.frexp(x)
    gx.sum(mantissa).backward()
    np.testing.assert_array_equal(x.grad.numpy(), 2.0 ** -exponent.numpy())
    assert_close(np.ldexp(mantissa.detach(), exponent), x.detach())


EDGES = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.5, -2.5, 1e300, 5e-324])


@pytest.mark.parametrize("name", ["fmod", "fmax", "fmin", "heaviside", "spacing", "logaddexp2", "float_power", "cbrt",
                                  "exp2", "rint", "fabs", "copysign", "nextafter"])  # fmt: skip
def test_edges_are_numpys(name: str) -> None:
    f = getattr(np, name)
    a = (EDGES,) if f.nin == 1 else np.meshgrid(EDGES, EDGES)
    with np.errstate(all="ignore"):
        expected = f(*a)
        got = f(*[gx.asarray(x) for x in a])
    np.testing.assert_allclose(got.numpy(), expected, rtol=1e-14)


def test_operators_with_arrays_and_numpy_scalars() -> None:
    t = gx.asarray([1.0, 2.0], requires_grad=True)
    for op in (
        operator.add,
        operator.sub,
        operator.mul,
        operator.truediv,
        operator.pow,
        operator.mod,
        operator.floordiv,
    ):
        for other in (np.array([3.0, 4.0]), np.float64(3.0), np.float32(3.0), 3):
            for y in (op(other, t), op(t, other)):
                assert isinstance(y, gx.Tensor) and y.requires_grad and y.dtype == gx.float64
    assert isinstance(np.eye(2) @ t, gx.Tensor)
    assert (np.array([1.0, 5.0]) == t).tolist() == [True, False]
    assert (np.float32(2) * gx.asarray([1.0], dtype=gx.float32)).dtype == gx.float32
    assert divmod(np.array([5.0, 7.0]), t)[1].requires_grad


def test_what_an_array_cannot_hold() -> None:
    t = gx.asarray([1.0, 2.0], requires_grad=True)
    array = np.ones(2)
    with pytest.raises(ConversionError, match=r"numpy.add: .*cannot hold"):
        array += t
    with pytest.raises(ConversionError, match=r"numpy.sin: .*cannot hold"):
        np.sin(t, out=array)
    with pytest.raises(ConversionError, match=r"numpy.asarray"):
        array[:] = t
    with pytest.raises(ConversionError, match=r"numpy.sum: .*cannot hold"):
        np.sum(t, out=np.zeros(()))
    with pytest.raises(OperandError, match=r"numpy.add: expected where= beside out="):
        np.add(t, 1, where=np.array([True, False]))
    assert array.tolist() == [1.0, 1.0]
    assert_close(np.sum(t, out=None).detach(), 3.0)
    assert_close(np.add(t, 1, out=None, where=True, dtype=np.float32).detach(), np.float32([2, 3]))


def test_an_unknown_ufunc_names_itself() -> None:
    t = gx.asarray([1.0], requires_grad=True)
    mine = np.frompyfunc(lambda x: x, 1, 1)
    with pytest.raises(MissingRuleError, match="gradx has a rule for"):
        mine(t)
    with pytest.raises(MissingRuleError, match=r"numpy.isnat"):
        np.isnat(t)


def test_scipys_ufuncs_are_gradxs() -> None:
    special = pytest.importorskip("scipy.special")
    x = gx.asarray([0.3, 1.2], requires_grad=True)
    for name in ("erf", "gammaln", "expit", "j0", "psi", "xlogy"):
        f = getattr(special, name)
        more = (2.0,) * (f.nin - 1)
        y = f(x, *more)
        assert y.requires_grad
        np.testing.assert_allclose(y.detach().numpy(), f([0.3, 1.2], *more), rtol=1e-13)
    with pytest.raises(MissingRuleError, match="kolmogorov"):
        special.kolmogorov(x)


class Foreign:
    """An array of a library that handles Tensors itself."""

    __array_priority__ = 2000

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> str:
        return f"foreign {ufunc.__name__}"

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> str:
        return f"foreign {func.__name__}"


def test_other_libraries_get_their_turn() -> None:
    t = gx.asarray([1.0], requires_grad=True)
    assert np.add(t, Foreign()) == "foreign add" == np.add(Foreign(), t)
    assert np.concatenate([t, Foreign()]) == "foreign concatenate"


def test_inside_transforms() -> None:
    def f(x: Any) -> Any:
        return np.sum(np.logaddexp.reduce(np.vstack([x, np.sin(x)]), axis=0) ** 2)

    x = gx.asarray([0.3, -0.4, 1.1])
    check_grads(f, (x,), order=2)
    rows = gx.asarray(X)
    assert_close(
        gx.vmap(lambda r: np.linalg.norm(np.outer(r, r)))(rows),
        np.array([np.sum(r * r) for r in X]),
    )
    assert gx.hessian(f)(x).shape == (3, 3)


def test_the_namespace() -> None:
    assert (
        pickle.loads(pickle.dumps(gnp.add)) is gnp.add
        and repr(gnp.add) == "<gradx.numpy ufunc 'add'>"
    )
    assert gnp.float64 is np.float64 and gnp.random.rand is np.random.rand and gnp.pi == np.pi
    assert gnp.linalg.LinAlgError is np.linalg.LinAlgError
    for space, name in ((gnp, "packbits"), (gnp.linalg, "nothing"), (gnp.fft, "nothing")):
        with pytest.raises(AttributeError, match=name):
            getattr(space, name)
    assert set(gnp.__all__) <= set(dir(gnp))
    with pytest.raises(TypeError, match=r"numpy.add: expected 2 arrays; got 1"):
        gnp.add(1.0)


def test_lists_that_hold_tensors() -> None:
    def f(a: Any, b: Any) -> Any:
        m = gnp.array([[a, b], [b, 2.0 * a]])
        return (
            gnp.linalg.det(m)
            + gnp.sum([a, b, 1.0])
            + gnp.dot([a, b], [1.0, 2.0])
            + gnp.mean((a, b))
            + gnp.r_[a, b, 1:3][0]
        )

    check_grads(f, (gx.asarray(1.5), gx.asarray(0.5)))
    assert gnp.r_[1.0, gnp.array([2.0]), 3:5].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert gnp.c_[gnp.ones(2), gnp.zeros(2)].tolist() == [[1.0, 0.0], [1.0, 0.0]]
    assert_close(gnp.r_[0:1:5j], np.linspace(0, 1, 5))
