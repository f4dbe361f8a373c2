"""`gradx.autograd`: autograd's operators mean what they mean there, its conventions included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradx as gx
import gradx.numpy as gnp
from gradx import autograd as ag
from gradx.autograd.extend import defjvp, defvjp, primitive
from gradx.autograd.misc import flatten
from gradx.autograd.misc.fixed_points import fixed_point
from gradx.autograd.misc.flatten import flatten_func
from gradx.autograd.misc.optimizers import adam, rmsprop, sgd
from gradx.autograd.test_util import check_grads, combo_check
from gradx.errors import GraphError, MissingRuleError
from gradx.testing import GradientMismatch, assert_close

A = np.asarray([[1.0, 0.5, -0.3], [0.2, 1.5, 0.7]])
X = np.asarray([0.3, -0.8, 1.1])


def curve(x: Any, xp: Any = gnp) -> Any:
    return xp.sin(xp.dot(A, x)) * xp.sum(x * x)


def scalar(x: Any, xp: Any = gnp) -> Any:
    return xp.sum(curve(x, xp) ** 2)


def theirs(name: str) -> Callable[..., Any]:
    """Return the operator of the original, and its namespace."""
    original = pytest.importorskip("autograd", reason="the oracle is HIPS autograd")
    found: Callable[..., Any] = getattr(original, name)
    return found


OPERATORS: dict[str, Callable[[Any, Callable[[Any], Any], Callable[[Any], Any]], Any]] = {
    "grad": lambda op, f, g: op(g)(X),
    "value_and_grad": lambda op, f, g: op(g)(X),
    "elementwise_grad": lambda op, f, g: op(f)(X),
    "deriv": lambda op, f, g: op(f)(X),
    "jacobian": lambda op, f, g: op(f)(X),
    "hessian": lambda op, f, g: op(f)(X),
    "make_vjp": lambda op, f, g: op(f)(X)[0](np.ones(2)),
    "make_jvp": lambda op, f, g: op(f)(X)(np.ones(3)),
    "make_hvp": lambda op, f, g: op(g)(X)[0](np.ones(3)),
    "make_ggnvp": lambda op, f, g: op(f)(X)(np.ones(3)),
    "hessian_tensor_product": lambda op, f, g: op(g)(X, np.arange(3.0)),
    "tensor_jacobian_product": lambda op, f, g: op(f)(X, np.arange(2.0)),
    "grad_and_aux": lambda op, f, g: op(lambda x: (g(x), f(x)))(X),
    "grad_named": lambda op, f, g: op(lambda a, b: g(a) * b, "b")(X, 2.0),
    "checkpoint": lambda op, f, g: op(f)(X),
}


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_an_operator_gives_what_autograd_gives(name: str) -> None:
    anp = pytest.importorskip("autograd.numpy", reason="the oracle is HIPS autograd")
    use = OPERATORS[name]
    expected = use(theirs(name), lambda x: curve(x, anp), lambda x: scalar(x, anp))
    got = use(getattr(ag, name), curve, scalar)
    pairs = zip(got, expected, strict=True) if isinstance(expected, tuple) else [(got, expected)]
    for mine, his in pairs:
        np.testing.assert_allclose(mine.numpy(), his, rtol=1e-12, atol=1e-13)


def test_every_name_of_autograd_is_here() -> None:
    original = pytest.importorskip("autograd", reason="the oracle is HIPS autograd")
    public = {n for n, x in vars(original).items() if callable(x) and not n.startswith("_")}
    assert public <= set(ag.__all__)


def test_complex_gradients_are_autograds() -> None:
    anp = pytest.importorskip("autograd.numpy", reason="the oracle is HIPS autograd")
    z = np.asarray([0.4 + 0.3j, -1.0 + 0.2j])

    def f(z: Any, xp: Any) -> Any:
        return xp.sum(xp.real(xp.exp(z) * (2.0 + 1.0j)) + xp.abs(z))

    expected = theirs("grad")(lambda z: f(z, anp))(z)
    np.testing.assert_allclose(ag.grad(lambda z: f(z, gnp))(z).numpy(), expected, rtol=1e-13)
    pull, _ = ag.make_vjp(lambda z: z * (1.0 + 2.0j))(gx.asarray(z))
    his, _ = theirs("make_vjp")(lambda z: z * (1.0 + 2.0j))(z)
    np.testing.assert_allclose(pull(1j * z).numpy(), his(1j * z), rtol=1e-13)
    np.testing.assert_allclose(
        ag.holomorphic_grad(lambda z: z**3)(1 + 1j).item(), 3 * (1 + 1j) ** 2
    )


def test_integers_and_results_of_one_element() -> None:
    assert ag.grad(lambda x: x**2)(3).item() == 6.0
    assert ag.grad(lambda x: gnp.reshape(x, (1, 1)))(np.asarray([2])).tolist() == [1.0]
    for f in (lambda x: gnp.stack([x, x]), lambda x: x * 1j):
        with pytest.raises(TypeError, match="one real number"):
            ag.grad(f)(1.0)
    with pytest.raises(TypeError, match="complex"):
        ag.elementwise_grad(lambda x: x * 1j)(1.0)


def test_several_arguments_and_containers() -> None:
    assert [g.item() for g in ag.grad(lambda x, y: x * y * y, (1, 0))(2.0, 3.0)] == [12.0, 9.0]
    got = ag.grad(lambda p: p["w"][0] * p["b"])({"w": [2.0], "b": 5.0})
    assert got["w"][0].item() == 5.0 and got["b"].item() == 2.0
    found = ag.multigrad_dict(lambda a, *c, b=2.0, **k: a * b * c[0] * k["z"])(1.0, 5.0, z=3.0)
    assert list(found) == ["a", "c", "b", "k"]
    assert [found["a"].item(), found["c"][0].item(), found["b"].item()] == [30.0, 6.0, 15.0]
    assert ag.jacobian(lambda x: x[:0])(X).shape == (0, 3)


def test_isinstance_takes_a_tensor_for_an_array() -> None:
    t = gx.ones(2)
    assert ag.isinstance(t, np.ndarray) and ag.isinstance(t, (float, np.ndarray))
    assert ag.isinstance([], list) and not ag.isinstance(t, (float, list))


# ---------------------------------------------------------------- extend


@primitive
def scaled_sum(parts: Any, factor: Any, power: int = 1) -> Any:
    assert all(type(x) is np.ndarray for x in parts), "expected bare arrays"
    return factor * np.add(*parts) ** power


defvjp(
    scaled_sum,
    lambda y, parts, factor, power=1: (
        lambda g: [g * factor * power * (parts[0] + parts[1]) ** (power - 1)] * 2
    ),
    lambda y, parts, factor, power=1: lambda g: gnp.sum(g * (parts[0] + parts[1]) ** power),
)


def test_a_primitive_and_its_rules() -> None:
    def f(a: Any, b: Any, c: Any) -> Any:
        return scaled_sum([a, b], c, power=3)

    args = gx.asarray(X), gx.asarray(X[::-1].copy()), gx.asarray(1.7)
    gx.testing.check_grads(f, args, order=2)
    gx.testing.check_grads(lambda a: f(a, args[1], args[2]), args[:1], order=2)


def test_a_primitive_of_complex_numbers_keeps_autograds_convention() -> None:
    @primitive
    def times(z: Any) -> Any:
        return z * (1.0 + 2.0j)

    defvjp(times, lambda y, z: lambda g: g * (1.0 + 2.0j))
    gx.testing.check_grads(times, (gx.asarray([1.0 + 1.0j, 2.0 - 1.0j]),), order=2)


def test_a_primitive_with_forward_rules() -> None:
    @primitive
    def cube(x: Any, times: Any) -> Any:
        return times * x**3

    defjvp(cube, lambda t, y, x, times: 3 * times * x**2 * t, lambda t, y, x, times: x**3 * t)
    gx.testing.check_grads(cube, (gx.asarray(X), gx.asarray(2.0)), order=2)

    @primitive
    def twice(x: Any) -> Any:
        return 2.0 * x

    defjvp(twice, "same")
    gx.testing.check_grads(twice, (gx.asarray(X),), order=1, modes=("fwd",))


def test_an_argument_without_a_rule_is_an_error() -> None:
    f = primitive(lambda x, y: x * y)
    assert f(2.0, np.asarray(3.0)).item() == 6.0
    defvjp(f, lambda out, x, y: lambda g: g * y)
    assert ag.grad(f)(2.0, 3.0).item() == 3.0
    with pytest.raises(MissingRuleError, match="argument 1"):
        ag.grad(f, 1)(2.0, 3.0)


# ---------------------------------------------------------------- misc


@pytest.mark.parametrize("optimise", [sgd, rmsprop, adam])
def test_optimisers_take_autograds_steps(optimise: Callable[..., Any]) -> None:
    his = pytest.importorskip("autograd.misc.optimizers", reason="the oracle is HIPS autograd")
    start = {"w": np.asarray([1.0, -2.0]), "b": [0.5]}
    seen: list[Any] = []

    def slope(p: Any, i: int) -> Any:
        return {"w": 2 * p["w"] * (i + 1), "b": [3 * p["b"][0]]}

    options = {"num_iters": 7, "step_size": 0.05}
    got = optimise(slope, start, lambda x, i, g: seen.append((x, i, g)), **options)
    expected = getattr(his, optimise.__name__)(slope, start, None, **options)
    assert_close(got["w"], expected["w"], rtol=1e-13)
    np.testing.assert_allclose(got["b"][0].item(), expected["b"][0], rtol=1e-13)
    assert len(seen) == 7 and seen[0][0]["w"].tolist() == [1.0, -2.0]


def test_flatten_and_back() -> None:
    tree = {"b": [gx.asarray(1.0), gx.ones((2, 2))], "a": gx.asarray([5.0])}
    flat, unflatten = flatten(tree)
    assert flat.tolist() == [5.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    again = unflatten(2 * flat)
    assert again["b"][1].shape == (2, 2) and again["a"].tolist() == [10.0]
    assert flatten([])[0].shape == (0,)
    f, _, start = flatten_func(lambda p: {"a": p["a"] * 2, "b": p["b"]}, tree)
    assert f(start).tolist()[0] == 10.0
    np.testing.assert_array_equal(
        gx.jacobian(lambda x: flatten(unflatten(x))[0])(flat).numpy(), np.eye(6)
    )


def test_a_fixed_point_of_vectors() -> None:
    def solved(a: Any) -> Any:
        return fixed_point(
            lambda a: lambda x: gx.cos(a * x),
            a,
            gx.ones(3),
            lambda x, y: gx.max(gx.abs(x - y)),
            1e-14,
        )

    gx.testing.check_grads(
        solved, (gx.asarray([0.3, 0.5, 0.7]),), order=1, modes=("rev",), rtol=1e-7
    )


def test_check_grads_finds_a_wrong_rule() -> None:
    wrong = primitive(lambda x: x * 2.0)
    defvjp(wrong, lambda y, x: lambda g: g * 2.001)
    with pytest.raises(GradientMismatch):
        check_grads(wrong, modes=["rev"], order=1)(1.0)
    combo_check(gnp.multiply, (0, 1), order=1)([1.0, X], [2.0])
    with pytest.raises(GraphError):
        check_grads(lambda x: x > 0)(1.0)


def test_families_are_modules() -> None:
    import gradx.scipy.stats.multivariate_normal as normals
    import gradx.scipy.stats.norm as norm

    assert norm is gx.stats.norm and normals is gx.scipy.stats.multivariate_normal
