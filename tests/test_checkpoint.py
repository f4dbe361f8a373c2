"""`checkpoint` against plain calls: values, gradients, closures and writes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import ChangedArrayError, LeakError, OperandError
from gradx.testing import assert_close, check_grads

X = np.array([0.5, -1.2, 0.8])


def wavy(x: Any, scale: Any = 2.0) -> Any:
    return gx.exp(gx.sin(x * scale)) * x[..., :1] + gx.cumulative_sum(x)


def leaf(values: Any, device: str | None = None) -> Any:
    return gx.asarray(np.array(values), device=device, requires_grad=True)


# ---------------------------------------------------------------- the same as without


keep = gx.checkpoint_policies


@pytest.mark.parametrize(
    "policy", [None, keep.dots, keep.everything, keep.nothing, keep.only("exp", "sin")]
)
def test_all_derivatives(policy: Any) -> None:
    check_grads(gx.checkpoint(wavy, policy=policy), (X, np.array(1.5)), order=2)


@pytest.mark.parametrize("offload", [False, True])
def test_on_devices(offload: bool, gradx_device: str) -> None:
    x, y = leaf(X, gradx_device), leaf(X, gradx_device)
    with gx.default_device(gradx_device):
        loss = gx.sum(gx.checkpoint(wavy, policy=keep.only("exp"), offload=offload)(x) ** 2)
        loss.backward(create_graph=True)
        gx.sum(wavy(y) ** 2).backward()
        assert x.grad.device == x.device
        assert_close(x.grad, y.grad)
        second = gx.gradients(gx.sum(x.grad**2), x)
    expected = gx.grad(lambda x: gx.sum(gx.grad(lambda x: gx.sum(wavy(x) ** 2))(x) ** 2))(
        gx.asarray(X)
    )
    assert_close(second, expected, rtol=1e-9)


def test_bfloat16_waits_on_the_host() -> None:
    torch = pytest.importorskip("torch", reason="NumPy has no bfloat16 of its own")
    x = gx.asarray(torch.tensor([0.5, 2.0], dtype=torch.bfloat16), requires_grad=True)
    gx.sum(gx.checkpoint(gx.square, offload=True)(x)).backward()
    assert x.grad.dtype == gx.bfloat16
    assert x.grad.data.tolist() == [1.0, 4.0]


def test_trees_and_what_is_no_array() -> None:
    def f(p: Any, *, k: int, names: Any, index: Any) -> Any:
        assert isinstance(index, np.ndarray) and names == ["a", None]
        return {"y": p["w"][index] * k, "n": int(p["count"]) + 1, "m": p["count"] * 2, "none": None}

    def loss(w: Any, wrapped: Any) -> Any:
        out = wrapped(
            {"w": w, "count": gx.asarray(3)}, k=2, names=["a", None], index=np.array([0, 0, 2])
        )
        assert out["n"] == 4 and out["none"] is None and out["m"].item() == 6
        assert out["m"].dtype == gx.int64
        return gx.sum(out["y"] ** 2)

    expected = gx.grad(lambda w: loss(w, f))(X)
    assert_close(gx.grad(lambda w: loss(w, gx.checkpoint(f)))(X), expected)


@pytest.mark.parametrize("x", [np.zeros((0, 3)), np.zeros(0), np.array(2.0), np.ones((1,))])
def test_degenerate_shapes(x: Any) -> None:
    def f(x: Any) -> Any:
        return gx.sin(x) * 2 + gx.sum(x)

    assert_close(
        gx.grad(lambda x: gx.sum(gx.checkpoint(f)(x)))(x), gx.grad(lambda x: gx.sum(f(x)))(x)
    )


def test_complex_numbers() -> None:
    z = np.array([1 + 2j, 0.5 - 1j])

    def f(z: Any) -> Any:
        return gx.exp(z) * gx.conj(z)

    def loss(f: Any) -> Any:
        return gx.grad(lambda z: gx.sum(gx.abs(f(z))))(z)

    assert_close(loss(gx.checkpoint(f)), loss(f))


def test_a_decorator() -> None:
    @gx.checkpoint
    def f(x: Any) -> Any:
        """Doc."""
        return x * x

    @gx.checkpoint(policy=keep.everything)
    def g(x: Any) -> Any:
        return x * x

    assert f.__name__ == "f" and f.__doc__ == "Doc."
    assert gx.grad(f)(3.0).item() == gx.grad(g)(3.0).item() == 6.0


@pytest.mark.parametrize("arguments", [{"f": 3}, {"f": gx.sin, "policy": "dots"}])
def test_bad_arguments(arguments: Any) -> None:
    with pytest.raises(OperandError, match="checkpoint: expected"):
        gx.checkpoint(**arguments)


@pytest.mark.parametrize("inside", [True, False])
def test_zeros_absorb(inside: bool) -> None:
    # The branch not taken has an infinite slope; where it is chosen is on one side, the slope on the other.
    if inside:
        f = gx.checkpoint(lambda x, root: gx.where(x > 0, root, x))
        gradient = gx.grad(lambda x: gx.sum(f(x, gx.sqrt(x))))(np.array([4.0, 0.0]))
    else:
        root = gx.checkpoint(gx.sqrt)
        gradient = gx.grad(lambda x: gx.sum(gx.where(x > 0, root(x), x)))(np.array([4.0, 0.0]))
    assert_close(gradient, [0.25, 1.0])


def test_zeros_absorb_for_one_result_of_two() -> None:
    f = gx.checkpoint(lambda x: (gx.sqrt(x), x * 2))

    def loss(x: Any) -> Any:
        root, double = f(x)
        return gx.sum(gx.where(x > 0, root, x)) + gx.sum(double)

    assert_close(gx.grad(loss)(np.array([4.0, 0.0])), [2.25, 3.0])


# ---------------------------------------------------------------- closures


def test_closed_over_leaves_and_results() -> None:
    w, v = leaf([1.0, 2.0, 3.0]), leaf(2.0)
    h = w * v
    y = gx.checkpoint(lambda x: gx.sin(x * h) + gx.exp(w))(gx.asarray(X))
    gx.sum(y).backward()
    c = np.cos(X * np.array([1.0, 2.0, 3.0]) * 2.0)
    assert_close(w.grad, c * X * 2.0 + np.exp([1.0, 2.0, 3.0]))
    assert_close(v.grad, np.sum(c * X * np.array([1.0, 2.0, 3.0])))


def test_closed_over_alone() -> None:
    w = leaf(X)
    gx.sum(gx.checkpoint(lambda: gx.sin(w) * w)()).backward()
    assert_close(w.grad, np.cos(X) * X + np.sin(X))


def test_a_closed_over_result_itself() -> None:
    w = leaf(X)
    h = w * 3.0
    gx.sum(gx.checkpoint(lambda x: (x, h))(gx.asarray(1.0))[1]).backward()
    assert_close(w.grad, [3.0, 3.0, 3.0])


@pytest.mark.parametrize("transform", ["vjp", "linearize", "grad", "jacfwd", "jacrev", "hvp"])
def test_transforms_that_have_ended_before_the_second_run(transform: str) -> None:
    def f(w: Any, wrap: Any) -> Any:
        inner = wrap(lambda x: x * gx.sin(w) + gx.sum(gx.exp(w) * w))  # of w alone, and not alone
        return inner(gx.asarray(X))

    def run(wrap: Any) -> Any:
        g = lambda w: f(w, wrap)  # noqa: E731
        return {
            "vjp": lambda: gx.vjp(g, X)[1](gx.asarray(X))[0],
            "linearize": lambda: gx.linearize(g, X)[1](gx.asarray(X)),
            "grad": lambda: gx.grad(lambda w: gx.sum(g(w)))(X),
            "jacfwd": lambda: gx.jacfwd(g)(X),
            "jacrev": lambda: gx.jacrev(g)(X),
            "hvp": lambda: gx.hvp(lambda w: gx.sum(g(w) ** 2), (X,), (X,))[0],
        }[transform]()

    assert_close(run(gx.checkpoint), run(lambda f: f), rtol=1e-12)


@pytest.mark.parametrize("mapped", [(0, None), (None, 0), (0, 0)])
def test_closed_over_examples(mapped: Any) -> None:
    def f(x: Any, w: Any, wrap: Any) -> Any:
        return gx.grad(lambda w: gx.sum(wrap(lambda x: gx.sin(x * w) * gx.exp(w))(x)))(w)

    xs = [np.stack([X, X * 2]) if axis == 0 else X for axis in mapped]
    found = gx.vmap(lambda x, w: f(x, w, gx.checkpoint), in_axes=mapped)(*xs)
    assert_close(found, gx.vmap(lambda x, w: f(x, w, lambda f: f), in_axes=mapped)(*xs))


def test_closed_over_tangents_and_examples_below_a_gradient() -> None:
    # The gradient runs the function again after the vmap and the jvp within have ended.
    def outer(u: Any, wrap: Any) -> Any:
        def example(v: Any) -> Any:
            return gx.jvp(lambda t: wrap(lambda x: x * gx.sin(v * t) * u)(gx.exp(v)), (u,), (v,))[1]

        return gx.sum(gx.vmap(example)(gx.asarray(X) * u))

    assert_close(
        gx.grad(lambda u: outer(u, gx.checkpoint))(1.5),
        gx.grad(lambda u: outer(u, lambda f: f))(1.5),
    )


def test_nested_closures() -> None:
    def f(w: Any, wrap: Any) -> Any:
        def middle(x: Any) -> Any:
            y = gx.sin(x * w)
            inner = wrap(lambda z: wrap(lambda q: q * w + y)(z) * gx.cos(w))
            return inner(y * x) + w

        return gx.sum(wrap(middle)(gx.asarray(X)) ** 2)

    for derivative in (
        gx.grad,
        gx.hessian,
        lambda f: gx.grad(lambda w: gx.sum(gx.grad(f)(w) ** 2)),
    ):
        assert_close(
            derivative(lambda w: f(w, gx.checkpoint))(X),
            derivative(lambda w: f(w, lambda f: f))(X),
            rtol=1e-12,
        )


@pytest.mark.parametrize("nested", [False, True])
def test_the_value_at_the_time_of_use(nested: bool) -> None:
    constant, tracked = gx.asarray(X.copy()), leaf(X)
    result = tracked * 1.0

    def f(x: Any) -> Any:
        inner = lambda x: gx.sin(x * constant) * result  # noqa: E731
        return gx.checkpoint(inner)(x) if nested else inner(x)

    x = leaf([1.0, 2.0, 3.0])
    y = gx.sum(gx.checkpoint(f)(x))
    constant[0] = 100.0
    result[1] = -50.0
    y.backward()
    s = np.array([1.0, 2.0, 3.0])
    assert_close(x.grad, np.cos(s * X) * X * X)
    assert_close(tracked.grad, np.sin(s * X))


def test_a_changed_array_is_found_out() -> None:
    a, b = X.copy(), X.copy()
    x = leaf(X)
    y = gx.sum(gx.checkpoint(lambda x: gx.sin(x * a))(x))
    z = gx.sum(gx.checkpoint(lambda x, b: gx.sin(x * b))(x, gx.asarray(b)))
    a[0] = b[0] = 5.0
    for each in (y, z):
        with pytest.raises(ChangedArrayError):
            each.backward()


def test_late_binding_of_a_loop_variable() -> None:
    ws = [leaf(X), leaf(X * 2)]
    h = gx.asarray(X)
    for i in range(2):
        h = gx.checkpoint(lambda h: gx.sin(h) * ws[i])(h)  # noqa: B023  (both have i = 1 the second time)
    gx.sum(h).backward()
    assert_close(ws[1].grad, np.sin(np.sin(X) * X))
    assert_close(ws[0].grad, np.cos(np.sin(X) * X) * 2 * X * np.sin(X))


# ---------------------------------------------------------------- writes


def test_arguments_are_its_own() -> None:
    def f(x: Any, buffer: Any) -> Any:
        x[0] = x[1] * 2
        buffer[:] = x
        x *= 3.0
        return x * buffer

    def loss(x: Any, f: Any) -> Any:
        return gx.sum(f(x * 1.0, gx.zeros(3)))

    x, buffer = gx.asarray(X.copy()), gx.zeros(3)
    assert_close(gx.checkpoint(f)(x, buffer), np.array([-2.4, -1.2, 0.8]) ** 2 * 3)
    assert_close(x, X)
    assert_close(buffer, np.zeros(3))
    assert_close(gx.grad(lambda x: loss(x, gx.checkpoint(f)))(X), gx.grad(lambda x: loss(x, f))(X))


@pytest.mark.parametrize(
    "f", [lambda x: x, lambda x: x[1:], lambda x: gx.reshape(x, (3, 1)), lambda x: x.T]
)
def test_results_share_no_memory_with_arguments(f: Any) -> None:
    array = X.copy()
    x = gx.asarray(array)
    y = gx.checkpoint(f)(x)
    y *= 0.0
    assert_close(x, X)
    assert_close(array, X)
    a = leaf(X)
    y = gx.checkpoint(f)(a)
    y *= 2.0
    gx.sum(y).backward()
    assert_close(a.grad, gx.grad(lambda x: gx.sum(f(x)) * 2)(X))


def test_a_write_to_what_is_closed_over_is_no_silent_error() -> None:
    total, x = gx.zeros(3), leaf(X)

    def f(x: Any) -> Any:
        total[:] = x * 2
        return x

    gx.checkpoint(f)(x)
    with pytest.raises(LeakError):
        total + 1


def test_masks_within_checkpoints_within_derivatives() -> None:
    # What of the inner call is alive differs between the runs of the outer one: it is not to be counted.
    def f(w: Any, wrap: Any) -> Any:
        def outer(x: Any) -> Any:
            inner = wrap(lambda y: gx.where(y > 0, y * w, 0.0) + gx.where(w > 0, y, w))
            return inner(gx.sin(x) * w) * x

        return gx.sum(wrap(outer)(gx.asarray(X)) ** 2)

    for derivative in (gx.grad, gx.hessian, lambda f: lambda w: gx.hvp(f, (w,), (gx.asarray(X),))):
        found, expected = (
            derivative(lambda w, wrap=wrap: f(w, wrap))(X) for wrap in (gx.checkpoint, lambda f: f)
        )
        assert_close(found, expected, rtol=1e-12)
