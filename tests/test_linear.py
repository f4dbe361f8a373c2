"""Linearization and transposes: against `jvp`, `vjp`, the whole Jacobian, and PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import DtypeError, GraphError, ShapeError
from gradx.testing import assert_close, check_grads
from tests.test_jacobians import X, Z, smooth


def test_linearize() -> None:
    runs = []

    def f(x: Any, s: Any) -> Any:
        runs.append(1)
        u, values, _ = gx.linalg.svd(x, full_matrices=False)
        y = gx.where(x > 0, x * s, 0.0)
        y[0] = x[1] ** 2
        return {"values": values, "y": y, "u": u * u, "constant": gx.ones(2)}

    out, pushforward = gx.linearize(f, X, 3.0)
    for v in (np.cos(X), np.zeros_like(X)):
        value, expected = gx.jvp(f, (X, 3.0), (v, 2.0))
        assert_close(pushforward(v, 2.0), expected)
    assert_close(out, value)
    assert len(runs) == 3
    batch = np.stack([np.cos(X), np.sin(X), X])
    mapped = gx.vmap(lambda v: pushforward(v, 1.0)["y"])(batch)
    assert_close(mapped, gx.stack([pushforward(v, 1.0)["y"] for v in batch]))


def test_linearize_errors_and_aux() -> None:
    out, pushforward, aux = gx.linearize(lambda x: (x * x, x + 1), X, has_aux=True)
    assert_close(aux, X + 1)
    with pytest.raises(ShapeError, match="pushforward"):
        pushforward(X, X)
    with pytest.raises(ShapeError, match="tangent"):
        pushforward(X[0])
    with pytest.raises(DtypeError, match="real tangent"):
        pushforward(X * 1j)
    assert out.shape == X.shape


def test_linearize_is_differentiable() -> None:
    v = np.cos(X)
    check_grads(lambda x: gx.linearize(smooth, x)[1](v), (X,), order=1)
    check_grads(gx.linearize(smooth, X)[1], (v,), order=1)


def test_linearize_absorbs_as_jvp_does() -> None:
    def f(x: Any) -> Any:
        return gx.sqrt(x) + gx.where(x > 1, gx.log(x), 0.0)

    x, v = np.array([0.0, 4.0]), np.array([0.0, 1.0])
    with np.errstate(divide="ignore"):  # the value itself, log(0)
        assert_close(gx.linearize(f, x)[1](v), gx.jvp(f, (x,), (v,))[1])
        assert_close(gx.linearize(f, x)[1](v), [0.0, 0.5])


@pytest.mark.parametrize("f", [
    gx.cumulative_sum, lambda x: gx.asarray(X) @ x, gx.fft.fft, lambda x: x[[0, 0, 2]],
    lambda x: gx.linalg.solve(gx.asarray(X @ X.T + np.eye(2)), x[:2]),
    lambda x: gx.where(gx.arange(3) > 1, x, 0.0), lambda x: {"a": x * 3, "b": gx.sum(x)},
])  # fmt: skip
def test_linear_transpose(f: Any) -> None:
    x = gx.zeros(3)
    transposed = gx.linear_transpose(f, x)
    matrix = gx.jacfwd(f)(x)
    out = f(x)
    for k in range(2):
        ct = (
            {n: gx.cos(y + k) for n, y in out.items()} if isinstance(out, dict) else gx.cos(out + k)
        )
        (found,) = transposed(ct)
        if isinstance(out, dict):
            expected = ct["a"] @ matrix["a"] + ct["b"] * matrix["b"]
        else:
            expected = ct @ matrix
        assert_close(found, gx.real(expected) if found.dtype.kind == "f" else expected)


def test_linear_transpose_of_a_complex_map_is_not_conjugated() -> None:
    m = np.array([[1 + 1j, 2j], [0.5, -1j]])
    (found,) = gx.linear_transpose(lambda z: gx.asarray(m) @ z, np.zeros(2, dtype=complex))(Z[:2])
    assert_close(found, m.T @ Z[:2])


@pytest.mark.parametrize("f", [
    lambda x: x * x, lambda x: x + 1, gx.abs, gx.relu, lambda x: gx.ones(3), lambda x: x * gx.sum(x), gx.sort,
    lambda x: gx.where(x > 0, x, 2 * x),
])  # fmt: skip
def test_linear_transpose_of_other_functions_raises(f: Any) -> None:
    with pytest.raises(GraphError, match="linear"):
        gx.linear_transpose(f, gx.zeros(3))


def test_linear_transpose_inside_other_transforms() -> None:
    def f(a: Any, ct: Any) -> Any:
        return gx.linear_transpose(lambda x: a @ x, gx.zeros(3))(ct)[0]

    a, ct = np.stack([X, X + 1]), np.arange(4.0).reshape(2, 2)
    assert_close(gx.vmap(f)(a, ct), np.stack([p.T @ q for p, q in zip(a, ct)]))
    check_grads(f, (X, ct[0]), order=1)
    with pytest.raises(ShapeError, match="structure"):
        gx.linear_transpose(lambda x: x, gx.zeros(3))((ct, ct))


@pytest.mark.filterwarnings("ignore::UserWarning:torch")  # of its own graph modules
def test_linearize_against_torch() -> None:
    torch = pytest.importorskip("torch", reason="compares with torch.func")
    w, x = np.cos(np.arange(12.0)).reshape(4, 3), np.sin(np.arange(3.0))

    def f(xp: Any) -> Any:
        return lambda w, x: xp.tanh(w @ x) * xp.exp(x[0])

    value, pushed = torch.func.linearize(f(torch), torch.from_numpy(w), torch.from_numpy(x))
    out, pushforward = gx.linearize(f(gx), w, x)
    assert_close(out, value.numpy())
    dw, dx = np.sin(w), np.cos(x)
    assert_close(pushforward(dw, dx), pushed(torch.from_numpy(dw), torch.from_numpy(dx)).numpy())
