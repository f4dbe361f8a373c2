"""`custom_jvp` and `custom_vjp`: their arguments and results, and errors in place of lost derivatives."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import GradxError, GraphError, MissingRuleError, OperandError, ShapeError
from gradx.testing import assert_close, check_grads
from tests.test_custom import wrong_on_purpose
from tests.test_nesting import X


@gx.custom_vjp
def layer(params: Any, x: Any, scale: float = 1.0) -> Any:
    y = gx.matmul(x, params["w"]) + params["b"][0]
    return {"y": y * scale, "count": gx.count_nonzero(y > 0)}


def _layer_fwd(params: Any, x: Any, scale: float) -> Any:
    return layer(params, x, scale), (params["w"], x, scale)


def _layer_bwd(residuals: Any, ct: Any) -> Any:
    w, x, scale = residuals
    g = ct["y"] * scale
    return {"w": gx.matmul(x.T, g), "b": [gx.sum(g, axis=0), None]}, gx.matmul(g, w.T), None


layer.defvjp(_layer_fwd, _layer_bwd)


def test_pytrees_integers_and_none() -> None:
    w, x = gx.asarray(np.outer(X, [1.0, -0.5])), gx.asarray(np.stack([X, X**2]))
    params = {"w": w, "b": [gx.ones(2), gx.arange(3)]}

    def loss(w: Any, b: Any, x: Any) -> Any:
        out = layer({"w": w, "b": [b, params["b"][1]]}, x, scale=2.0)
        assert out["count"].dtype == gx.int64
        assert not out["count"].requires_grad
        return gx.sum(out["y"] ** 2)

    check_grads(loss, (w, gx.ones(2), x), order=2)
    assert layer(params, x)["y"].shape == (2, 2)
    each = gx.vmap(gx.grad(loss, argnums=(0, 2)), in_axes=(None, None, 0))(
        w, gx.ones(2), gx.stack([x, 2.0 * x])
    )
    assert_close(each[0][1], gx.grad(loss)(w, gx.ones(2), 2.0 * x), rtol=1e-10)
    assert_close(each[1][1], gx.grad(loss, argnums=2)(w, gx.ones(2), 2.0 * x), rtol=1e-10)
    shared = gx.grad(
        lambda w: gx.sum(gx.vmap(lambda x: loss(w, gx.ones(2), x))(gx.stack([x, 2.0 * x])))
    )(w)
    assert_close(shared, gx.sum(each[0], axis=0), rtol=1e-10)


def test_nondiff_argnums() -> None:
    @gx.custom_jvp(nondiff_argnums=(0,))
    def apply_twice(f: Any, x: Any) -> Any:
        return f(f(x))

    @apply_twice.defjvp
    def rule(f: Any, primals: Any, tangents: Any) -> Any:
        y, dy = gx.jvp(f, primals, tangents)
        return gx.jvp(f, (y,), (dy,))

    check_grads(lambda x: apply_twice(gx.sin, x), (X,))

    @gx.custom_vjp(nondiff_argnums=(1,))
    def power(x: Any, n: int) -> Any:
        return x**n

    power.defvjp(lambda x, n: (x**n, x), lambda n, x, ct: (n * x ** (n - 1) * ct,))
    check_grads(lambda x: power(x, 3), (X,))
    check_grads(lambda x: power(x, n=3), (X,))
    with pytest.raises(OperandError, match="nondiff_argnums"):
        power("x", 3)


def test_ways_to_decorate() -> None:
    def f(n: int, x: Any) -> Any:
        return n * x

    for decorated in (
        gx.custom_jvp(f, (0,)),
        gx.custom_jvp(f, nondiff_argnums=0),
        gx.custom_jvp(nondiff_argnums=0)(f),
    ):
        decorated.defjvp(lambda n, primals, tangents: (n * primals[0], n * tangents[0]))
        assert gx.grad(lambda x, f=decorated: f(3, x))(1.0).item() == 3.0
        assert decorated.__name__ == "f"
        assert repr(decorated) == "<custom_jvp f>"


def test_defjvps_and_numbers() -> None:
    @gx.custom_jvp
    def f(x: Any, y: Any, n: Any) -> Any:
        return x * y**n

    f.defjvps(
        lambda t, out, x, y, n: t * y**n, lambda t, out, x, y, n: t * n * x * y ** (n - 1), None
    )
    check_grads(lambda x, y: f(x, y, 3), (X, X + 2.0))
    assert f(gx.ones(2, dtype=gx.float32), 2.0, 3).dtype == gx.float32
    assert_close(gx.grad(lambda x: f(x, 2.0, 2))(3.0), 4.0)


def test_methods() -> None:
    class Model:
        scale = 3.0

        @gx.custom_jvp(nondiff_argnums=(0,))
        def f(self, x: Any) -> Any:
            return self.scale * x

        f.defjvp(
            lambda self, primals, tangents: (self.scale * primals[0], self.scale * tangents[0])
        )

    check_grads(Model().f, (X,))


def test_complex() -> None:
    @gx.custom_vjp
    def f(z: Any) -> Any:
        return z * z

    f.defvjp(lambda z: (z * z, z), lambda z, ct: (2.0 * gx.conj(z) * ct,))

    @gx.custom_jvp
    def g(z: Any) -> Any:
        return z * z

    g.defjvp(lambda primals, tangents: (g(*primals), 2.0 * primals[0] * tangents[0]))
    for each in (f, g):
        check_grads(each, (X + 1j * X[::-1],))
        check_grads(lambda x, each=each: gx.real(each(x * (1.0 + 2.0j))), (X,))


@pytest.mark.parametrize("shape", [(), (1,), (0, 3)])
@pytest.mark.parametrize("name", ["jvp", "vjp"])
def test_degenerate_sizes(name: str, shape: tuple[int, ...]) -> None:
    f = wrong_on_purpose()[name]
    x = gx.ones(shape)
    assert_close(gx.grad(lambda x: gx.sum(f(x)))(x), 20.0 * x)
    assert_close(gx.jvp(f, (x,), (x,))[1], 20.0 * x)
    assert gx.vmap(gx.grad(lambda x: gx.sum(f(x))))(gx.ones((2, *shape))).shape == (2, *shape)
    assert f(gx.ones((0, *shape))).shape == (0, *shape)


@pytest.mark.parametrize("name", ["jvp", "vjp"])
def test_writes_inside_do_not_reach_out(name: str) -> None:
    def body(x: Any) -> Any:
        x[0] = 7.0
        return x * 1.0

    if name == "jvp":
        f = gx.custom_jvp(body)
        f.defjvp(lambda primals, tangents: (f(*primals), tangents[0] * gx.asarray([0.0, 1.0, 1.0])))
    else:
        f = gx.custom_vjp(body)
        f.defvjp(lambda x: (body(x), None), lambda _, ct: (ct * gx.asarray([0.0, 1.0, 1.0]),))
    x = gx.asarray(X, requires_grad=True)
    y = f(x)
    gx.sum(y).backward()
    assert_close(x.detach(), X)
    assert_close(x.grad, np.array([0.0, 1.0, 1.0]))


def test_several_outputs_of_which_one_is_used() -> None:
    @gx.custom_vjp
    def f(x: Any, y: Any) -> Any:
        return x * y, x + y, gx.sum(x)

    f.defvjp(
        lambda x, y: (f(x, y), (x, y)),
        lambda res, ct: (ct[0] * res[1] + ct[1] + ct[2], ct[0] * res[0] + ct[1]),
    )
    for i in range(3):
        check_grads(lambda x, y, i=i: f(x, y)[i], (X, X + 1.0))
    check_grads(f, (X, X + 1.0))
    x = gx.asarray(X, requires_grad=True)
    f(x, x)[2].backward()
    assert_close(x.grad, np.ones(3))


@pytest.mark.parametrize("randomness", ["same", "different"])
def test_random_numbers_under_vmap(randomness: str) -> None:
    key = gx.random.key(0)

    @gx.custom_jvp
    def f(x: Any) -> Any:
        return x * gx.random.normal(x.shape, key=key)

    f.defjvp(lambda primals, tangents: (f(*primals), f(*tangents)))
    xs = gx.ones((4, 3))
    actual = gx.vmap(f, randomness=randomness)(xs)
    expected = gx.vmap(lambda x: x * gx.random.normal(x.shape, key=key), randomness=randomness)(xs)
    assert_close(actual, expected)


# ---------------------------------------------------------------- errors in place of lost derivatives


def closing_over(w: Any) -> dict[str, Any]:
    f = gx.custom_jvp(lambda x: x * w)
    f.defjvp(lambda primals, tangents: (primals[0] * 2.0, tangents[0] * w))
    g = gx.custom_vjp(lambda x: x * w)
    g.defvjp(lambda x: (x * 2.0, w), lambda w, ct: (w * ct,))
    h = gx.custom_vjp(lambda x: x * w)
    h.defvjp(lambda x: (x * w, None), lambda _, ct: (ct,))
    return {"jvp": f, "residual": g, "result": h}


@pytest.mark.parametrize("name", ["jvp", "residual", "result"])
def test_closures(name: str) -> None:
    w = gx.asarray(2.0, requires_grad=True)
    f = closing_over(w)[name]
    with pytest.raises(GraphError, match="as an argument"):
        f(gx.asarray(3.0))
    with pytest.raises(GraphError, match="as an argument"):
        f(gx.asarray(3.0, requires_grad=True))
    with gx.no_grad():
        assert f(gx.asarray(3.0)).item() == 6.0
    with pytest.raises(GraphError, match="as an argument"):
        gx.grad(lambda v: closing_over(v)[name](v))(2.0)
    with pytest.raises(GraphError, match="as an argument"):
        gx.jvp(lambda v: closing_over(v)[name](3.0), (2.0,), (1.0,))
    with pytest.raises(GraphError, match="as an argument"):
        gx.vmap(lambda v: closing_over(v)[name](3.0))(gx.ones(2))
    stopped = closing_over(gx.stop_gradient(w))[name]
    gx.grad(stopped)(3.0)


def test_closures_of_an_outer_level_are_right() -> None:
    # d/dw of the derivative of w x at x: the inner level differentiates by x alone
    for name in ("jvp", "result"):

        def of(w: Any, name: str = name) -> Any:
            f = gx.custom_vjp(lambda x: x * w)
            f.defvjp(lambda x: (x * w, None), lambda _, ct: (ct * w,))
            g = gx.custom_jvp(lambda x: x * w)
            g.defjvp(lambda primals, tangents: (primals[0] * w, tangents[0] * w))
            return gx.grad({"result": f, "jvp": g}[name])(3.0) ** 2

        assert gx.grad(of)(2.0).item() == pytest.approx(4.0)


def test_rules_that_are_not_linear() -> None:
    f = gx.custom_jvp(lambda x: x)
    for tangent in (lambda dx: dx * dx, lambda dx: dx + 1.0, lambda dx: gx.abs(dx)):
        f.defjvp(lambda primals, tangents, tangent=tangent: (primals[0], tangent(tangents[0])))
        with pytest.raises(GraphError, match="linear in the tangents"):
            gx.grad(f)(1.0)
    g = gx.custom_vjp(lambda x: x)
    g.defvjp(lambda x: (x, None), lambda _, ct: (gx.clip(ct, -1.0, 1.0),))
    assert gx.grad(lambda x: 5.0 * g(x))(1.0).item() == 1.0
    with pytest.raises(GraphError, match="linear in the cotangent"):
        gx.jvp(g, (1.0,), (1.0,))


def test_a_rule_that_is_not_finite_is_no_error() -> None:
    f = gx.custom_jvp(gx.sqrt)
    f.defjvp(lambda primals, tangents: (f(*primals), tangents[0] * 0.5 / gx.sqrt(primals[0])))
    with np.errstate(divide="ignore"):
        assert gx.grad(f)(0.0).item() == np.inf


@pytest.mark.parametrize("name", ["jvp", "vjp"])
def test_zeros_absorb_what_is_not_finite(name: str) -> None:
    if name == "jvp":
        root = gx.custom_jvp(gx.sqrt)
        root.defjvp(
            lambda primals, tangents: (root(*primals), tangents[0] * (0.5 / gx.sqrt(*primals)))
        )
    else:
        root = gx.custom_vjp(gx.sqrt)
        root.defvjp(lambda x: (root(x), x), lambda x, ct: (ct * (0.5 / gx.sqrt(x)),))

    def f(x: Any) -> Any:
        return gx.where(x > 0, root(x), 0.0)

    x, v = np.array([0.0, 4.0]), np.array([0.0, 1.0])
    with np.errstate(divide="ignore"):
        assert_close(gx.grad(lambda x: gx.sum(f(x)))(x), np.array([0.0, 0.25]))
        assert_close(gx.grad(lambda x: root(x)[1])(x), np.array([0.0, 0.25]))
        assert_close(gx.jvp(root, (x,), (v,))[1], np.array([0.0, 0.25]))
        assert_close(gx.linearize(root, x)[1](v), np.array([0.0, 0.25]))
        expected = np.array([[np.inf, 0.0], [0.0, 0.25]])
        assert_close(gx.jacfwd(root)(x), expected)
        assert_close(gx.jacrev(root)(x), expected)
        leaf = gx.asarray(x, requires_grad=True)
        first = gx.gradients(gx.sum(f(leaf)), leaf, create_graph=True)
        assert_close(first.detach(), np.array([0.0, 0.25]))
        assert_close(gx.gradients(first[1], leaf)[1], -1 / 32)


def test_a_bwd_that_is_not_linear_meets_zeros() -> None:
    f = gx.custom_vjp(lambda x: x * 1.0)
    f.defvjp(lambda x: (x * 1.0, None), lambda _, ct: (gx.clip(ct, -1.0, 1.0),))
    for _ in range(2):
        assert_close(gx.grad(lambda x: 5.0 * f(x)[1])(np.ones(3)), np.array([0.0, 1.0, 0.0]))


def test_bwd_that_leaves_gradx() -> None:
    f = gx.custom_vjp(lambda x: x * 2.0)
    f.defvjp(lambda x: (x * 2.0, None), lambda _, ct: (gx.asarray(2.0 * ct.numpy()),))
    assert gx.grad(lambda x: gx.sum(f(x)))(gx.ones(2)).shape == (2,)
    with pytest.raises(MissingRuleError, match="forward rule"):
        gx.jvp(f, (gx.ones(2),), (gx.ones(2),))


@pytest.mark.parametrize(
    ("bwd", "error", "match"),
    [
        (lambda _, ct: ct, GraphError, "tuple of cotangents"),
        (lambda _, ct: (ct, ct), GraphError, "one for each of 1"),
        (lambda _, ct: (gx.sum(ct),), ShapeError, "shape \\(3,\\)"),
        (lambda _, ct: ("no",), GraphError, "Tensors; got str"),
        (lambda _, ct: ([ct],), GradxError, "f, its bwd"),
    ],
)
def test_errors_of_bwd(bwd: Any, error: Any, match: str) -> None:
    @gx.custom_vjp
    def f(x: Any) -> Any:
        return x * 2.0

    f.defvjp(lambda x: (x * 2.0, None), bwd)
    with pytest.raises(error, match=match):
        gx.grad(lambda x: gx.sum(f(x)))(X)


def test_errors_of_rules() -> None:
    f = gx.custom_jvp(gx.sin)
    with pytest.raises(MissingRuleError, match=r"sin\.defjvp"):
        gx.grad(f)(1.0)
    g = gx.custom_vjp(gx.sin)
    with pytest.raises(MissingRuleError, match="defvjp"):
        g(1.0)
    f.defjvp(lambda primals, tangents: primals[0])
    with pytest.raises(GraphError, match="a pair"):
        gx.jvp(f, (1.0,), (1.0,))
    f.defjvp(lambda primals, tangents: (gx.sin(primals[0]), gx.ones(2)))
    with pytest.raises(ShapeError, match="its rule"):
        gx.jvp(f, (1.0,), (1.0,))
    g.defvjp(lambda x: gx.sin(x), lambda _, ct: (ct,))
    with pytest.raises(GraphError, match="a pair"):
        gx.grad(g)(1.0)
    with pytest.raises(ValueError, match="not negative"):
        gx.custom_jvp(gx.sin, nondiff_argnums=(-1,))


@pytest.mark.parametrize("name", ["jvp", "vjp"])
def test_exceptions_pass_through(name: str) -> None:
    class Own(Exception):
        pass

    def fail(*_: Any) -> Any:
        raise Own("mine")

    f = gx.custom_jvp(fail) if name == "jvp" else gx.custom_vjp(fail)
    if name == "jvp":
        f.defjvp(fail)
    else:
        f.defvjp(lambda x: (x, None), fail)
    x = gx.asarray(1.0, requires_grad=True)
    if name == "jvp":
        with pytest.raises(Own, match=r"^mine$"):
            f(1.0)
    with pytest.raises(Own):
        f(x).backward()
    with pytest.raises(Own):
        gx.vmap(gx.grad(f))(gx.ones(2))
    assert x.grad is None
    y = x * x
    y.backward()
    assert x.grad.item() == 2.0


@pytest.mark.parametrize("name", ["jvp", "vjp"])
def test_perturbations_are_not_confused(name: str) -> None:
    product = gx.custom_jvp(lambda x, y: x * y)
    product.defjvp(lambda p, t: (product(*p), t[0] * p[1] + p[0] * t[1]))
    if name == "vjp":
        product = gx.custom_vjp(lambda x, y: x * y)
        product.defvjp(lambda x, y: (x * y, (x, y)), lambda res, ct: (ct * res[1], ct * res[0]))
    for d, e in itertools.product((gx.grad, gx.jacfwd, gx.jacrev), repeat=2):
        assert d(lambda x, e=e: product(x, e(lambda y: x + y)(1.0)))(1.0).item() == 1.0
        assert d(lambda x, e=e: product(x, e(lambda y: product(x, y))(2.0)))(3.0).item() == 6.0
