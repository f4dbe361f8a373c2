"""`gx.primitive`: functions from outside, with a derivative in both modes, batching, and errors that name the cure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.special

import gradx as gx
from gradx.errors import BatchError, GraphError, MissingRuleError, MixedLibraryError
from gradx.testing import assert_close, check_grads
from tests.test_nesting import LOOPS, TRANSFORMS, V, X

j1 = gx.primitive("j1", scipy.special.j1, slopes=[lambda xp, y, x: j0(x) - y / x], host=True)
j0 = gx.primitive("j0", scipy.special.j0, slopes=[lambda xp, _y, x: -j1(x)], host=True)


def _beta_vjp(xp: Any, ct: Any, y: Any, a: Any, b: Any) -> Any:
    both = xp.digamma(a + b)
    return ct * (xp.digamma(a) - both), ct * (xp.digamma(b) - both)


def _beta_jvp(xp: Any, tangents: Any, y: Any, a: Any, b: Any) -> Any:
    slopes = xp.digamma(a) - xp.digamma(a + b), xp.digamma(b) - xp.digamma(a + b)
    terms = [t * s for t, s in zip(tangents, slopes, strict=True) if t is not None]
    return sum(terms[1:], terms[0])


betaln = {
    "vjp": gx.primitive("betaln", scipy.special.betaln, vjp=_beta_vjp, batch="elementwise"),
    "jvp": gx.primitive("betaln", scipy.special.betaln, jvp=_beta_jvp, batch="elementwise"),
    "both": gx.primitive("betaln", scipy.special.betaln, vjp=_beta_vjp, jvp=_beta_jvp, batch="elementwise"),
    "loop": gx.primitive("betaln", scipy.special.betaln, vjp=_beta_vjp, batch="loop"),
}  # fmt: skip


def _expm_vjp(xp: Any, ct: Any, _y: Any, x: Any) -> Any:
    return (frechet(xp.matrix_transpose(x), ct),)


def _frechet(x: Any, e: Any) -> Any:
    return scipy.linalg.expm_frechet(x, e, compute_expm=False)


def _frechet_jvp(xp: Any, tangents: Any, y: Any, x: Any, e: Any) -> Any:
    dx, de = tangents
    rest = 0.0 * y if de is None else frechet(x, de)
    if dx is None:
        return rest
    return rest + _second(xp, x, e, dx)


def _second(xp: Any, x: Any, e: Any, dx: Any) -> Any:
    """The second derivative, from the exponential of a block matrix."""
    n, zero = x.shape[-1], xp.zeros_like(x)
    rows = [(x, e), (zero, x)], [(dx, zero), (zero, dx)]
    block, change = (xp.concat([xp.concat(row, axis=-1) for row in each]) for each in rows)
    return frechet(block, change)[:n, n:]


def _frechet_vjp(xp: Any, ct: Any, _y: Any, x: Any, e: Any) -> Any:
    back = xp.matrix_transpose(x)
    return _second(xp, back, xp.matrix_transpose(e), ct), frechet(back, ct)


expm = gx.primitive("expm", scipy.linalg.expm, vjp=_expm_vjp, batch="leading")
frechet = gx.primitive("expm_frechet", _frechet, vjp=_frechet_vjp, jvp=_frechet_jvp, batch="loop")


def of_j0(x: Any) -> Any:
    return j0(x * x[0] + 2.0)


def of_beta(name: str) -> Any:
    return lambda x: betaln[name](x + 3.0, gx.exp(x) + x[0])


# The rest of the transforms are made of these; all of them around rules like ours: in test_custom.py.
SOME = ("grad", "vjp", "jvp", "linearize", "vmap", "jacfwd", "jacrev", "hessian", "tape")

FUNCTIONS = {"j0": of_j0, **{name: of_beta(name) for name in betaln}}


@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
def test_against_differences(f: Any) -> None:
    check_grads(f, (X,), order=2)
    check_grads(lambda x: f(x), (X[0] + np.zeros(3),), order=1)


@pytest.mark.parametrize("f", [of_j0, of_beta("vjp"), of_beta("jvp")], ids=["slopes", "vjp", "jvp"])
@pytest.mark.parametrize("outer", SOME)
@pytest.mark.parametrize("inner", SOME)
def test_under_pairs_of_transforms(outer: str, inner: str, f: Any) -> None:
    actual = TRANSFORMS[outer](TRANSFORMS[inner](f))(gx.asarray(X))
    expected = LOOPS[outer](LOOPS[inner](f))(gx.asarray(X))
    assert_close(actual, expected, rtol=1e-8, atol=1e-8)


def test_a_matrix_function() -> None:
    a = np.array([[0.1, 0.5, 0.2], [-0.3, 0.2, 0.4], [0.6, -0.1, 0.3]])
    check_grads(expm, (a,), order=2)
    batch = gx.stack([gx.asarray(a), gx.asarray(2.0 * a)])
    assert_close(gx.vmap(expm)(batch)[1], expm(2.0 * a), rtol=1e-12)
    each = gx.vmap(gx.grad(lambda x: gx.sum(expm(x) ** 2)))(batch)
    assert_close(each[1], gx.grad(lambda x: gx.sum(expm(x) ** 2))(gx.asarray(2.0 * a)), rtol=1e-10)


def test_on_devices(gradx_device: str) -> None:
    x = gx.asarray(X, device=gradx_device, requires_grad=True)
    y = of_j0(x)
    gx.sum(y).backward()
    assert y.device == x.grad.device == x.device
    assert_close(y.detach(), of_j0(gx.asarray(X)), check_dtype=False)
    assert_close(x.grad, gx.grad(lambda x: gx.sum(of_j0(x)))(X), check_dtype=False)
    pushed = gx.jvp(of_j0, (x.detach(),), (gx.asarray(V, device=gradx_device),))[1]
    assert pushed.device == x.device


def test_on_the_eager_tape() -> None:
    x = gx.asarray(X, requires_grad=True)
    first = gx.gradients(gx.sum(of_beta("jvp")(x)), x, create_graph=True)
    second = gx.gradients(gx.sum(first**2), x)
    expected = gx.grad(lambda x: gx.sum(gx.grad(lambda x: gx.sum(of_beta("both")(x)))(x) ** 2))(X)
    assert_close(second, expected, rtol=1e-9)


def test_zeros_absorb_what_is_not_finite() -> None:
    root = gx.primitive("root", np.sqrt, slopes=[lambda xp, y, _x: 0.5 / y])
    x = gx.asarray([0.0, 4.0])
    gradient = gx.grad(lambda x: gx.sum(gx.where(x > 0, root(x), 0.0)))(x)
    assert_close(gradient, np.array([0.0, 0.25]))


def test_several_outputs_and_parameters() -> None:
    def modf(x: Any, *, scale: float) -> Any:
        fraction, whole = np.modf(x * scale)
        return fraction, whole

    def vjp(xp: Any, ct: Any, _y: Any, _x: Any, *, scale: float) -> Any:
        return ct[0] * scale

    split = gx.primitive("modf", modf, vjp=vjp, batch="leading")
    check_grads(lambda x: split(x, scale=1.7), (X,), order=1)
    check_grads(lambda x: split(x, scale=1.7)[0], (X,), order=2)
    assert_close(gx.grad(lambda x: gx.sum(split(x, scale=1.7)[1]))(X), np.zeros(3))
    assert_close(
        gx.vmap(lambda x: split(x, scale=1.7)[0])(np.stack([X, X]))[1], split(X, scale=1.7)[0]
    )


def test_an_implementation_for_each_library() -> None:
    f = gx.primitive("f", {"cupy": np.sin}, slopes=[lambda xp, _y, x: xp.cos(x)])
    with pytest.raises(
        MissingRuleError, match="not implemented for arrays of numpy, only for 'cupy'"
    ):
        f(X)
    g = gx.primitive("g", {"numpy": np.sin, "cupy": None}, slopes=[lambda xp, _y, x: xp.cos(x)])
    check_grads(g, (X,))


def test_a_result_of_another_library(gradx_device: str) -> None:
    f = gx.primitive("f", lambda x: np.zeros(3), slopes=[0])
    x = gx.ones(3, device=gradx_device)
    if gradx_device == "cpu":
        f(x)
    else:
        with pytest.raises(MixedLibraryError, match="host=True"):
            f(x)


class Kernel:
    """Stands for `cupy.RawKernel`: called with a grid, a block and arguments, and writes into the last array."""

    def __call__(self, grid: Any, block: Any, args: Any) -> None:
        x, y, n = args
        assert grid[0] * block[0] >= int(n)
        y[...] = np.log1p(np.exp(x))


def test_a_kernel() -> None:
    kernel = Kernel()

    def launch(x: Any) -> Any:
        y = np.empty_like(x)
        kernel(((x.size + 255) // 256,), (256,), (x, y, np.int32(x.size)))
        return y

    softplus = gx.primitive("softplus", {"numpy": launch}, slopes=[lambda xp, _y, x: xp.sigmoid(x)])
    check_grads(softplus, (X,), order=3)
    assert_close(gx.vmap(gx.grad(softplus))(X), gx.sigmoid(X))


@pytest.mark.parametrize("shape", [(), (1,), (0, 3)])
def test_degenerate_sizes(shape: tuple[int, ...]) -> None:
    x = gx.ones(shape)
    for f in (j0, lambda x: betaln["jvp"](x, 2.0), lambda x: betaln["vjp"](2.0, x)):
        assert gx.grad(lambda x, f=f: gx.sum(f(x)))(x).shape == shape
        assert gx.jvp(f, (x,), (x,))[1].shape == shape
        assert gx.vmap(f)(gx.ones((2, *shape))).shape == (2, *shape)
    assert betaln["vjp"](2.0, 3.0).shape == ()


def test_errors() -> None:
    bare = gx.primitive("bare", np.sin)
    assert_close(bare(X), np.sin(X))
    for derivative in (
        gx.grad(bare),
        lambda x: gx.jvp(bare, (x,), (1.0,)),
        lambda x: gx.linearize(bare, x),
    ):
        with pytest.raises(MissingRuleError, match="slopes, vjp or jvp"):
            derivative(1.0)
    with pytest.raises(MissingRuleError, match="batch='elementwise'"):
        gx.vmap(bare)(X)
    with pytest.raises(BatchError, match="at least"):
        gx.vmap(betaln["loop"])(np.ones(0), np.ones(0))
    with pytest.raises(ValueError, match="'leading'"):
        gx.primitive("f", np.sin, batch="no")
    with pytest.raises(TypeError, match="got both"):
        gx.primitive("f", np.sin, slopes=[1], vjp=_beta_vjp)
    short = gx.primitive("short", np.add, vjp=lambda xp, ct, _y, _a, _b: (ct,))
    with pytest.raises(GraphError, match="return 2 cotangents"):
        gx.grad(lambda x: short(x, 1.0))(1.0)
    crooked = gx.primitive("crooked", np.sin, jvp=lambda xp, tangents, _y, _x: tangents[0] ** 2)
    with pytest.raises(GraphError, match="linear in the tangents"):
        gx.grad(crooked)(1.0)
    count = gx.primitive("count", lambda x: np.count_nonzero(x), differentiable=False)
    x = gx.asarray(X, requires_grad=True)
    assert not count(x).requires_grad
    with pytest.raises(ValueError, match=r"boom\(float64\[3\]\)"):
        gx.primitive("boom", lambda x: int("x"))(X)


def test_rules_that_go_in_circles() -> None:
    double = gx.primitive(
        "double", lambda x: 2.0 * x, jvp=lambda xp, tangents, _y, _x: double(tangents[0])
    )
    assert gx.jvp(double, (1.0,), (1.0,))[1].item() == 2.0
    with pytest.raises(MissingRuleError, match="also vjp="):
        gx.grad(double)(1.0)


def test_a_rule_that_closes_over_what_is_differentiated() -> None:
    def of(w: Any) -> Any:
        f = gx.primitive("f", np.sin, slopes=[lambda xp, _y, x: xp.cos(x) * w])
        return gx.grad(f)(0.0)

    with pytest.raises(GraphError, match="as an argument"):
        gx.grad(lambda w: of(w) ** 2)(3.0)
    assert of(3.0).item() == pytest.approx(3.0)
