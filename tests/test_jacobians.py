"""Jacobians, Hessians and their products: against central differences, each other, and PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import DtypeError, GraphError, ShapeError
from gradx.testing import assert_close, check_grads

JACOBIANS = [gx.jacobian, gx.jacfwd, gx.jacrev]
X = np.sin(np.arange(6.0)).reshape(2, 3)


def differences(f: Any, x: Any, step: float = 1e-6) -> Any:
    """Return the Jacobian of a function of one array by central differences, `(*result, *argument)`."""
    columns = []
    for i in np.ndindex(x.shape):
        d = np.zeros_like(x)
        d[i] = step
        columns.append((f(gx.asarray(x + d)).numpy() - f(gx.asarray(x - d)).numpy()) / (2 * step))
    out = f(gx.asarray(x)).shape
    shape = (*out, *x.shape)
    return np.stack(columns, axis=-1).reshape(shape) if columns else np.zeros(shape)


def smooth(x: Any) -> Any:
    """A function with products, reads, writes and a branch, `(2, 3)` to `(4,)`."""
    y = gx.tanh(x @ x.T) * x[:, 1]
    y[0] = gx.where(y[0] > 5.0, 0.0, y[0] * x[1, 2])
    return gx.concat([gx.ravel(y[0]), gx.sum(x, axis=0) ** 2])[:4]


# ---------------------------------------------------------------- Jacobians


@pytest.mark.parametrize("chunk_size", [None, 1, 2, 5, 100])
@pytest.mark.parametrize("jacobian", JACOBIANS)
def test_against_differences(jacobian: Any, chunk_size: int | None) -> None:
    assert_close(
        jacobian(smooth, chunk_size=chunk_size)(X), differences(smooth, X), rtol=1e-7, atol=1e-9
    )


@pytest.mark.parametrize("jacobian", JACOBIANS)
def test_on_devices(jacobian: Any, gradx_device: str) -> None:
    x = gx.asarray(X, device=gradx_device)
    found = jacobian(smooth, chunk_size=3)(x)
    assert found.device == x.device
    assert_close(found, differences(smooth, X), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("jacobian", JACOBIANS)
def test_trees(jacobian: Any) -> None:
    def f(p: Any, s: Any, unused: Any, flag: str) -> Any:
        assert flag == "on"
        return {"a": gx.asarray(p["x"]) * s, "b": (gx.sum(p["y"]), gx.asarray(2.0))}

    p = {"x": np.arange(3.0), "y": np.ones((2, 2))}
    (by_p, by_s) = (jac := jacobian(f, argnums=(0, 1))(p, 4.0, 1.0, flag="on"))["a"]
    assert_close(by_p, {"x": 4.0 * np.eye(3), "y": np.zeros((3, 2, 2))})
    assert_close(by_s, np.arange(3.0))
    assert_close(jac["b"][0], ({"x": np.zeros(3), "y": np.ones((2, 2))}, gx.asarray(0.0)))
    assert_close(jac["b"][1], ({"x": np.zeros(3), "y": np.zeros((2, 2))}, gx.asarray(0.0)))
    single = jacobian(f, 2)(p, 4.0, 1.0, flag="on")
    assert_close(single["a"], np.zeros(3))


SHAPED = [
    gx.square, gx.sum, lambda x: gx.zeros((0, 2)), lambda x: gx.stack([x, x]), lambda x: x[..., None] * gx.ones(2),
]  # fmt: skip


@pytest.mark.parametrize("shape", [(), (0,), (1,), (2, 0), (1, 1), (3,)])
@pytest.mark.parametrize("jacobian", JACOBIANS)
def test_shapes(jacobian: Any, shape: Any) -> None:
    x = np.full(shape, 0.5)
    for f in SHAPED:
        assert_close(jacobian(f)(x), differences(f, x), atol=1e-8)
        value, answer = gx.value_and_jacobian(f)(x)
        assert_close(value, f(gx.asarray(x)))
        assert_close(answer, differences(f, x), atol=1e-8)


@pytest.mark.parametrize("chunk_size", [None, 1, 2])
@pytest.mark.parametrize("jacobian", JACOBIANS)
def test_empty_and_single_precision_leaves_among_others(jacobian: Any, chunk_size: Any) -> None:
    def f(p: Any) -> Any:
        return {"e": p["e"] * 2, "s": gx.sum(p["x"]) * p["y"], "x": p["x"] ** 2}

    p = {"e": np.zeros((0, 2)), "x": np.arange(3.0), "y": np.float32([2.0])[:, None]}
    j = jacobian(f, chunk_size=chunk_size)(p)
    assert j["e"]["x"].shape == (0, 2, 3) and j["x"]["e"].shape == (3, 0, 2)
    assert_close(j["s"]["x"], np.full((1, 1, 3), 2.0))
    assert_close(j["x"]["x"], np.diag(2 * np.arange(3.0)))
    assert_close(j["s"]["y"], np.full((1, 1, 1, 1), 3.0), check_dtype=False)


@pytest.mark.parametrize("jacobian", JACOBIANS)
def test_integers_have_no_derivative(jacobian: Any) -> None:
    with pytest.raises(DtypeError, match=r"jac\w+.*int64"):
        jacobian(gx.sin)(np.arange(3))
    with pytest.raises(DtypeError, match="int64"):
        jacobian(gx.argmax)(X)
    with pytest.raises(GraphError, match=r"jac\w+|vjp"):
        jacobian(lambda x: "text")(X)
    with pytest.raises(ValueError, match="chunk_size"):
        jacobian(gx.sin, chunk_size=0)(X)


@pytest.mark.parametrize("jacobian", JACOBIANS)
def test_has_aux_runs_once(jacobian: Any) -> None:
    runs = []

    def f(x: Any) -> Any:
        runs.append(1)
        return x * x, {"twice": x * 2, "name": "kept"}

    answer, aux = jacobian(f, has_aux=True)(np.arange(3.0))
    assert_close(answer, np.diag(2 * np.arange(3.0)))
    assert_close(aux["twice"], 2 * np.arange(3.0))
    assert aux["name"] == "kept" and len(runs) == 1


def test_value_and_jacobian_with_aux() -> None:
    (value, aux), answer = gx.value_and_jacobian(lambda x: (x * x, "aux"), has_aux=True)(2.0)
    assert (value.item(), aux, answer.item()) == (4.0, "aux", 4.0)


def test_jacobian_takes_the_mode_of_fewer_passes() -> None:
    """Seen by a function whose two modes disagree on purpose: the forward rule is doubled."""
    wide, narrow = np.ones(5), np.ones(2)
    passes: list[str] = []

    def count(f: Any, x: Any) -> str:
        card = gx.sin.card
        push, pull = card.push, card.pull
        card.push = lambda *a, **k: (passes.append("forward"), push(*a, **k))[1]
        card.pull = card.pull_guarded = lambda *a: (passes.append("reverse"), pull(*a))[1]
        try:
            gx.jacobian(f)(x)
        finally:
            card.push, card.pull = push, pull
        return passes.pop()

    guarded = gx.sin.card.pull_guarded
    try:
        assert count(lambda x: gx.sum(gx.sin(x)), wide) == "reverse"
        assert count(lambda x: gx.concat([gx.sin(x), x]), narrow) == "forward"
        assert count(gx.sin, narrow) == "forward"
    finally:
        gx.sin.card.pull_guarded = guarded
    assert not passes


# ---------------------------------------------------------------- complex


Z = np.array([1 + 2j, -0.5 + 0.25j, 2.0 - 1j])


@pytest.mark.parametrize("jacobian", JACOBIANS)
def test_holomorphic(jacobian: Any) -> None:
    m = np.array([[1 + 1j, 2, 0], [0.5j, -1, 3]])

    def f(z: Any) -> Any:
        return gx.exp(gx.asarray(m) @ z) * z[0]

    e = np.exp(m @ Z)
    expected = e[:, None] * m * Z[0] + e[:, None] * np.eye(3)[0]
    assert_close(jacobian(f, holomorphic=True)(Z), expected)


def test_holomorphic_hessian() -> None:
    h = gx.hessian(lambda z: z[0] ** 2 * z[1] + gx.exp(z[2]), holomorphic=True)(Z)
    a, b, c = Z
    assert_close(h, np.array([[2 * b, 2 * a, 0], [2 * a, 0, 0], [0, 0, np.exp(c)]]))


def test_complex_results_of_real_arguments() -> None:
    def f(x: Any) -> Any:
        return gx.exp(1j * x) * x[0]

    x = np.array([0.5, 2.0])
    expected = differences(f, x)
    for jacobian in (gx.jacfwd, gx.jacobian):
        assert_close(jacobian(f)(x), expected, rtol=1e-7, atol=1e-9)
    with pytest.raises(DtypeError, match="jacfwd"):
        gx.jacrev(f)(x)


def test_real_results_of_complex_arguments_are_gradients() -> None:
    def f(z: Any) -> Any:
        return gx.stack([gx.abs(z[0] * z[1]), gx.real(z[2] ** 2)])

    rows = gx.stack([gx.grad(lambda z, i=i: f(z)[i])(Z) for i in range(2)])
    for jacobian in (gx.jacrev, gx.jacobian):
        assert_close(jacobian(f)(Z), rows)
    with pytest.raises(DtypeError, match="jacrev"):
        gx.jacfwd(f)(Z)


@pytest.mark.parametrize("jacobian", [*JACOBIANS, gx.hessian])
def test_complex_needs_to_be_holomorphic(jacobian: Any) -> None:
    with pytest.raises(DtypeError, match=r"holomorphic|real"):
        jacobian(lambda z: z * gx.conj(z))(Z)
    with pytest.raises(DtypeError, match="complex"):
        jacobian(gx.sum, holomorphic=True)(X)


# ---------------------------------------------------------------- Hessians and products


def scalar(x: Any, w: Any) -> Any:
    return gx.sum(gx.sin(x @ w) ** 2 * x[:, :1])


W = np.cos(np.arange(6.0)).reshape(3, 2)


def test_hessian_against_differences() -> None:
    gradient = gx.grad(lambda x: scalar(x, gx.asarray(W)))
    found = gx.hessian(scalar)(X, W)
    assert_close(found, differences(gradient, X), rtol=1e-6, atol=1e-8)
    assert_close(found, gx.jacobian(gradient)(X))
    assert_close(found, gx.hessian(scalar, chunk_size=2)(X, W))
    (xx, xw), (wx, ww) = gx.hessian(scalar, argnums=(0, 1))(X, W)
    assert_close(xx, found)
    assert_close(xw, np.transpose(wx.numpy(), (2, 3, 0, 1)))
    assert_close(ww, gx.hessian(scalar, argnums=1)(X, W))


def test_hessian_of_several_results_with_aux() -> None:
    h, aux = gx.hessian(lambda x: ({"cubes": x**3}, "aux"), has_aux=True)(np.array([1.0, 2.0]))
    expected = np.zeros((2, 2, 2))
    expected[0, 0, 0], expected[1, 1, 1] = 6.0, 12.0
    assert_close(h, {"cubes": expected})
    assert aux == "aux"


def test_hvp() -> None:
    v, u = np.sin(X + 1), np.cos(W)
    (hx,) = gx.hvp(lambda x: scalar(x, gx.asarray(W)), (X,), (v,))
    assert_close(hx, np.einsum("abcd,cd->ab", gx.hessian(scalar)(X, W).numpy(), v))
    (xx, xw), (wx, ww) = gx.hessian(scalar, argnums=(0, 1))(X, W)
    by_x, by_w = gx.hvp(scalar, (X, W), (v, u))
    assert_close(by_x, gx.tensordot(xx, v) + gx.tensordot(xw, u))
    assert_close(by_w, gx.tensordot(wx, v) + gx.tensordot(ww, u))
    primals, tangents = ({"a": 2.0},), ({"a": 1.0},)
    product, aux = gx.hvp(lambda p: (p["a"] ** 3, p["a"]), primals, tangents, has_aux=True)
    assert product[0]["a"].item() == 12.0 and aux.item() == 2.0
    with pytest.raises(GraphError, match="scalar"):
        gx.hvp(gx.sin, (X,), (v,))


def test_hvp_is_differentiable() -> None:
    v = np.cos(X)
    check_grads(lambda x: gx.hvp(lambda x: scalar(x, gx.asarray(W)), (x,), (v,)), (X,), order=1)


def test_ggnvp() -> None:
    y = np.arange(8.0).reshape(2, 4)

    def model(w: Any, b: Any) -> Any:
        return {"y": gx.tanh(X @ w) + b}

    def loss(out: Any) -> Any:
        return gx.sum(
            gx.logsumexp(out["y"], axis=1) - out["y"][:, 1] + 0.1 * (out["y"] - y)[:, 0] ** 2
        )

    w, b = np.sin(np.arange(12.0)).reshape(3, 4), np.cos(np.arange(4.0))
    dw, db = np.cos(w), np.sin(b)
    jw, jb = gx.jacobian(model, argnums=(0, 1))(w, b)["y"]
    h = gx.hessian(loss)(model(gx.asarray(w), gx.asarray(b)))["y"]["y"].numpy().reshape(8, 8)
    j = np.concatenate([jw.numpy().reshape(8, 12), jb.numpy().reshape(8, 4)], axis=1)
    expected = j.T @ h @ j @ np.concatenate([dw.ravel(), db])
    by_w, by_b = gx.ggnvp(model, loss, (w, b), (dw, db))
    assert_close(by_w, expected[:12].reshape(3, 4))
    assert_close(by_b, expected[12:])
    runs = []

    def with_aux(w: Any, b: Any) -> Any:
        runs.append(1)
        return model(w, b), "aux"

    (again, _), aux = gx.ggnvp(with_aux, loss, (w, b), (dw, db), has_aux=True)
    assert_close(again, by_w)
    assert aux == "aux" and len(runs) == 1
    with pytest.raises(ShapeError, match="ggnvp"):
        gx.ggnvp(model, loss, (w, b), (dw,))


def test_ggnvp_is_the_hessian_where_the_model_is_linear() -> None:
    a, v = gx.asarray(X), np.arange(3.0)

    def loss(y: Any) -> Any:
        return gx.sum(gx.exp(y))

    x = np.ones(3)
    assert_close(
        gx.ggnvp(lambda x: a @ x, loss, (x,), (v,)), gx.hvp(lambda x: loss(a @ x), (x,), (v,))
    )


# ---------------------------------------------------------------- PyTorch


def test_against_torch() -> None:
    torch = pytest.importorskip("torch", reason="compares with torch.func")
    rng = np.random.default_rng(0)
    w, b, x = rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=3)
    there = [torch.from_numpy(a) for a in (w, b, x)]

    def f(xp: Any) -> Any:
        return lambda w, b, x: xp.tanh(w @ x + b) * xp.exp(x[0] * b)

    def total(xp: Any) -> Any:
        return lambda w, b, x: f(xp)(w, b, x).sum()

    def plain(tree: Any) -> Any:
        return tuple(plain(t) for t in tree) if isinstance(tree, tuple) else tree.numpy()

    for name in ("jacrev", "jacfwd"):
        theirs = getattr(torch.func, name)(f(torch), argnums=(0, 1, 2))(*there)
        assert_close(getattr(gx, name)(f(gx), argnums=(0, 1, 2))(w, b, x), plain(theirs))
    theirs = torch.func.hessian(total(torch), argnums=(0, 2))(*there)
    assert_close(gx.hessian(total(gx), argnums=(0, 2))(w, b, x), plain(theirs), atol=1e-12)
    vs = [torch.cos(t) for t in there]
    _, theirs = torch.func.jvp(
        torch.func.grad(total(torch), argnums=(0, 1, 2)), tuple(there), tuple(vs)
    )
    assert_close(gx.hvp(total(gx), (w, b, x), tuple(np.cos(a) for a in (w, b, x))), plain(theirs))
    xs = rng.normal(size=(5, 3))
    theirs = torch.vmap(torch.func.grad(total(torch)), in_dims=(None, None, 0))(
        *there[:2], torch.from_numpy(xs)
    )
    assert_close(gx.vmap(gx.grad(total(gx)), in_axes=(None, None, 0))(w, b, xs), plain(theirs))
