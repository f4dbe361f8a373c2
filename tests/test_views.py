"""Views are lenses on their base: the same statements on NumPy's arrays and on Tensors, and all derivatives.

- Each row of `STATEMENTS` runs on plain NumPy arrays, on Tensors of each device, and, for the derivatives in both
  modes to second order, on the oracle.
- NumPy is right about what is a view; the rest of the file says by hand what it has no word for.
"""

from __future__ import annotations

import contextlib
import gc
import weakref
from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import ViewError
from gradx.testing import assert_close, check_grads
from tests.judge import judge
from tests.programs import NAMES, Program, distinct

SHAPES: dict[str, tuple[int, ...]] = {"a": (4,), "b": (3, 4), "c": (2, 1, 3), "d": ()}

STATEMENTS = [
    # a view reads what its base became
    "e = a[1:]; a[2] = 5.0",
    "e = a[::-2]; a *= a",
    "e = b[1]; b[1, 2] = d",
    "e = b[:, None, 1]; b[...] = 2.0 * b",
    "e = b[..., -1]; b[:, -1] = a[:3]",
    "e = b.T; b[0] = a",
    "e = c.mT; c[1] = 3.0",
    "e = c.T; c[0, 0] = a[:3]",
    "e = xp.reshape(b, (2, 6)); b[1] = a",
    "e = xp.reshape(b, (-1,)); b[1, ::2] *= 2.0",
    "e = xp.squeeze(c, axis=1); c[0, 0, 1] = d",
    "e = xp.expand_dims(b, axis=1); b[2] *= 3.0",
    "e = xp.permute_dims(c, (2, 0, 1)); c[1, 0] = a[1:]",
    "e = xp.flip(b, axis=0); b[0] = a",
    "e = xp.flip(b); b[2] *= a",
    "e = xp.broadcast_to(a, (3, 4)); a[1] = d",
    "e = a[2, ...]; a[2] = d",
    "e = d[...]; d[...] = 3.0 * d",
    "e = d[None]; d += 1.0",
    # a base has what was written through its view
    "e = a[1:]; e[0] = d",
    "e = a[1:]; e += a[0]",
    "e = a[2, ...]; e[...] = d",
    "b[0][1] = d",
    "b[1:][::-1][0][2:] = d",
    "b.T[1] = a[1:]",
    "b.T[::-1].T[0] *= a",
    "c.mT[0, :, 0] = a[1:]",
    "xp.reshape(b, (2, 6))[0, 3:5] = d",
    "xp.reshape(b[1:], (8,))[::3] = a[:3]",
    "xp.squeeze(c, axis=1)[1] = a[1:]",
    "xp.expand_dims(b, axis=0)[0, 2] = a",
    "xp.permute_dims(c, (1, 2, 0))[0, :, 1] = a[1:]",
    "xp.flip(b, axis=-1)[0] = a",
    "d[None][0] = 2.0; d[...] *= a[0]",
    "b[0] += a; b[1] -= a; b[2] *= a; a[1:] /= b[0, 1:] * b[0, 1:] + 1.0",
    "for row in b: row += d",
    "for row in b.T: row *= 0.5",
    "for x in a: x += 1.0",  # numbers, not views
    # siblings, layers, dropped bases, names
    "e = a[:3]; f = a[1:]; e[1:] = d; f *= 2.0",
    "e = b[1:]; f = e[:, ::2]; g = f[0]; g[1] = d; e *= 2.0; b[1, 0] = a[3]",
    "e = (a * 2.0)[1:]; f = e[::-1]; e[0] = d; f *= 3.0",
    "e = a * 1.0; f = e[1:]; g = e[:2]; e = a[0] * d; f[0] = e; g += 1.0",
    "e = a; e += 1.0; f = e[1:]; e = e + 1.0; f *= 2.0",
    # overlap
    "a[1:] = a[:-1] * 2.0",
    "a[1:] = a[:-1]",
    "a[:-1] = a[1:]",
    "a[...] = a[::-1]",
    "a[::-1] += a",
    "b[:, 1:] = b[:, :-1]",
    "b[:3, :3] = b[:3, :3].T",
    "b[:3, :3] += b[:3, :3].T",
    "a[...] = a; b[1:] = b[1:]",
    "a[0], a[1] = a[1].copy(), a[0].copy()",
    "a[0], a[1] = a[1], a[0]",
    "b[0], b[1] = b[1].copy(), b[0].copy()",
    "b[0], b[1] = b[1], b[0]",
    # advanced keys
    "a[[0, 0]] += 1.0",
    "a[[0, 2, 0]] = b[0, :3]",
    "a[[0, 2, 0]] *= b[1, 1:]",
    "b[[0, 0, 2], [1, 1, 3]] = a[1:] * a[1:]",
    "b[[2, 0, -1]] = xp.stack([a, 2.0 * a, 3.0 * a])",
    "b[:, [1, 1]] = b[:, [0, 3]]",
    "b[1:, [0, -4, 2]] = a[1:]",
    "b[[0, 2], None] = a",
    "a[a > 0.1] += 1.0",
    "a[a > 0.1] = d",
    "b[b > -0.2] *= b[b > -0.2]",
    "b[xp.asarray([True, False, True])] = a",
    "b[xp.asarray([False, False, False])] = a",
    "b.T[[1, 1, 2]] = a[1:]",
    "b[::-1][[0, 0]] = xp.stack([a, 2.0 * a])",
    # values of other shapes
    "b[...] = d",
    "b[1:] = a[:, None][3]",
    "b[:, 1] = 2",
    "b[0] = a[None]",
    "b[0] = a[None, None]",
    "b[1:2, :] = xp.asarray([1, 2, 3, 4])",
    # what is no view keeps what it had
    "e = a[0]; a[0] = d",
    "e = b[1, 2]; e += 1.0",
    "e = a[[1, 2]]; e[0] = d; a[2] = d",
    "e = a[a > -9.0]; e *= 2.0",
    "e = b.copy(); e[0] = a; b[1] = a",
    "e = b[1].copy(); e *= a",
    "e = 1.0 * a; a[0] = d; e[1] = d",
    "e = xp.reshape(b.T, (12,)); e[0] = d; b[2, 2] = d",
    "e = xp.reshape(b[:, ::2], (6,)); e *= 2.0",
    "e = xp.reshape(b[:, 1:3], (3, 2, 1)); e *= 2.0",
    "xp.reshape(b[:, ::2], (-1,))[0] = d",
    "a[[0, 1]][0] = d; b[[0, 1]][:, 1] += 1.0",
    # the layout that counts is the one that memory was made in
    "b[::-1] *= 2.0; e = xp.reshape(b, (12,)); e[0] = d",
    "xp.flip(b)[0] = a; e = xp.reshape(b, (12,)); e[1] = d",
    "xp.flip(b, axis=-1)[:1, 1, ...][-1] = d; xp.reshape(b, (-1,))[[0, 5, 1]] = -0.75",
    "b.T[...] = 2.0 * b.T; e = xp.reshape(b, (12,)); e[1] = d",
    "b[...] = xp.reshape(xp.flip(b), (4, 3)).T; e = xp.reshape(b, (2, 6)); e[0] = d",
    "e = b.T.copy(); f = xp.reshape(e, (12,)); f[1] = d",
    "e = xp.broadcast_to(a, (3, 4)).copy(); f = xp.reshape(e, (12,)); f[1] = d; xp.reshape(e.T, (3, 4))[0] = d",
    # layers of reshape, each found again after a write
    "e = xp.expand_dims(xp.expand_dims(a, axis=0), axis=0).T; a += 1.0",
    "e = xp.reshape(xp.expand_dims(a, axis=1), (1, 4)); f = e[..., 1:]; a[2] = d; f *= 2.0",
    "e = xp.squeeze(xp.expand_dims(b, axis=1), axis=1)[1:].T; b[2] *= a; e[0] = d",
    # a value that was used stays what it was
    "e = b[1]; f = e * e; b[1] = a; g = e * e",
    "e = xp.sin(a[1:]); a[1:] *= 2.0; f = e * a[0]",
]  # fmt: skip


def program(statements: str) -> Program:
    """Return a program of all four leaves that shows every array at its end."""
    leaves = {name: distinct(shape, 3 * i) for i, (name, shape) in enumerate(SHAPES.items())}
    lines = statements.split("; ")
    found: dict[str, Any] = run_on_numpy(statements, leaves)
    names = [name for name in NAMES if name in found]
    lines.append(f"look({', '.join(f'{name}={name}' for name in names)})")
    terms = [f"{0.5 + i / 8} * xp.sum(xp.sin({name}))" for i, name in enumerate(names)]
    lines.append(f"return {' + '.join(terms)}")
    return Program(leaves, tuple(leaves), lines, statements)


def run_on_numpy(statements: str, leaves: dict[str, Any]) -> dict[str, Any]:
    world = {"xp": np, **{name: x.copy() for name, x in leaves.items()}}
    exec("\n".join(statements.split("; ")), world)
    return world


@pytest.mark.parametrize("statements", STATEMENTS)
def test_values_are_those_of_numpy(statements: str, gradx_device: str) -> None:
    leaves = program(statements).leaves
    world: dict[str, Any] = {"xp": gx}
    with gx.default_device(gradx_device):
        world |= {name: gx.asarray(x.copy(), device=gradx_device) for name, x in leaves.items()}
        exec("\n".join(statements.split("; ")), world)
    for name, x in run_on_numpy(statements, leaves).items():
        if name in NAMES:
            assert_close(world[name], np.asarray(x), rtol=1e-12)


@pytest.mark.parametrize("statements", STATEMENTS)
def test_derivatives_are_those_of_the_oracle(statements: str) -> None:
    judge(program(statements))


# ---------------------------------------------------------------- what is refused


READ_ONLY = {
    "broadcast": lambda x: gx.broadcast_to(x, (2, 3)),
    "same shape": lambda x: gx.broadcast_to(x, (3,)),
    "a slice of it": lambda x: gx.broadcast_to(x, (2, 3))[1:],
    "a row of it": lambda x: gx.broadcast_to(x, (2, 3))[0],
    "its transpose": lambda x: gx.broadcast_to(x, (2, 3)).T,
    "expanded": lambda x: gx.expand_dims(gx.broadcast_to(x, (2, 3)), axis=0),
}


@pytest.mark.parametrize("name", READ_ONLY)
@pytest.mark.parametrize("tracked", [True, False])
def test_a_broadcast_view_is_read_only(name: str, tracked: bool, gradx_device: str) -> None:
    x = gx.asarray([1.0, 2.0, 3.0], device=gradx_device, requires_grad=tracked)
    view = READ_ONLY[name](x)
    before = view.tolist()
    assert issubclass(ViewError, ValueError)
    with pytest.raises(ViewError, match=r"setitem: expected"):
        view[...] = 0.0
    with pytest.raises(ViewError, match=r"expected"):
        view[..., 0] += 1.0
    with pytest.raises(ViewError, match=r"expected"):
        view += 1.0
    with pytest.raises(ViewError, match=r"expected"):
        view[[0]] = 0.0
    assert x.tolist() == [1.0, 2.0, 3.0] and view.tolist() == before
    x[1] = 5.0  # its base is not
    assert 5.0 in np.ravel(view.tolist())


def test_a_copy_of_a_broadcast_view_is_free() -> None:
    x = gx.asarray([1.0, 2.0, 3.0])
    y = gx.broadcast_to(x, (2, 3)).copy()
    y[0] = 0.0
    assert y.tolist() == [[0.0] * 3, [1.0, 2.0, 3.0]] and x.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    "statement", ["v[0] = w", "v += w", "v[5] = 1.0", "v[[0, 9]] = 1.0", "v[0] = 'a'"]
)
def test_a_write_that_fails_leaves_all_as_it_was(statement: str) -> None:
    x = gx.asarray(np.arange(6.0).reshape(2, 3), requires_grad=True)
    y = x * 1.0
    v, sibling = y.T, y[1]
    with pytest.raises((ValueError, IndexError, TypeError)):
        exec(statement, {"v": v, "w": gx.zeros((4, 5))})
    assert v.tolist() == [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]] and sibling.tolist() == [
        3.0,
        4.0,
        5.0,
    ]
    v[0] = 7.0
    assert y.tolist() == [[7.0, 1.0, 2.0], [7.0, 4.0, 5.0]] and sibling.tolist() == [7.0, 4.0, 5.0]
    gx.sum(y * y).backward()
    assert x.grad.tolist() == [[0.0, 2.0, 4.0], [0.0, 8.0, 10.0]]


# ---------------------------------------------------------------- what is independent


INDEPENDENT = {
    "fancy": lambda x: x[[0, 1, 2]],
    "mask": lambda x: x[x > -1.0],
    "copy": lambda x: x.copy(),
    "detach": lambda x: x.detach(),
    "stop_gradient": gx.stop_gradient,
    "arithmetic": lambda x: x + 0.0,
    "positive": lambda x: +x,
    "astype": lambda x: gx.astype(x, gx.float64),
    "take": lambda x: gx.take(x, gx.asarray([0, 1, 2]), axis=0),
    "concat": lambda x: gx.concat([x]),
    "roll": lambda x: gx.roll(x, 0),
    "where": lambda x: gx.where(x > -1.0, x, x),
    "asarray": lambda x: gx.asarray(x, copy=True),
}


@pytest.mark.parametrize("name", INDEPENDENT)
@pytest.mark.parametrize("tracked", [True, False])
def test_what_is_computed_is_independent(name: str, tracked: bool) -> None:
    x = gx.asarray([1.0, 2.0, 3.0], requires_grad=tracked) * 1.0
    y = INDEPENDENT[name](x)
    x[0] = 9.0
    assert y.tolist() == [1.0, 2.0, 3.0]
    y[1] = 7.0
    assert x.tolist() == [9.0, 2.0, 3.0]
    view = y[1:]
    x += 1.0
    view *= 2.0
    assert y.tolist() == [1.0, 14.0, 6.0] and x.tolist() == [10.0, 3.0, 4.0]


# ---------------------------------------------------------------- chains and lifetimes


def test_a_chain_of_a_thousand_views() -> None:
    x = gx.asarray([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 1.0
    v = y
    for _ in range(1001):
        v = v[::-1]
    y[0] = 5.0 * x[1]
    assert v.tolist() == [3.0, 2.0, 10.0]
    v[0] = x[0] * x[0]
    assert y.tolist() == [10.0, 2.0, 1.0]
    gx.sum(v * gx.asarray([1.0, 10.0, 100.0])).backward()
    assert x.grad.tolist() == [2.0, 510.0, 0.0]
    tangent = gx.jvp(lambda x: deep(x)[0], (gx.asarray([1.0, 2.0]),), (gx.asarray([1.0, 0.0]),))[1]
    assert tangent.item() == 3.0


def deep(x: Any) -> Any:
    """Return `3 * x` written through a thousand views."""
    y = gx.zeros_like(x)
    v = y
    for _ in range(1000):
        v = v[...]
    v += 3.0 * x
    return y


def test_many_views_of_one_base_that_are_dropped() -> None:
    x = gx.zeros(4)
    for i in range(2000):
        x[i % 4 :][0] if i % 2 else x[i % 4 :]
        x[i % 4] = float(i)
    assert x.tolist() == [1996.0, 1997.0, 1998.0, 1999.0]


def test_views_and_bases_leave_no_cycles() -> None:
    gc.collect()
    gc.disable()
    try:
        x = gx.asarray(np.ones((3, 3)), requires_grad=True)
        y = x * 2.0
        v = y[1:].T
        v[0] = x[0, :2]
        y[0] *= 3.0
        gone = [weakref.ref(each) for each in (y, v)]
        gx.sum(v * v + y[0, 0]).backward()
        del y, v
        assert [each() for each in gone] == [None, None]
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_reading_under_no_grad_after_a_write_keeps_the_gradient() -> None:
    for manager in (gx.no_grad, contextlib.nullcontext):
        x = gx.asarray([1.0, 2.0, 3.0], requires_grad=True)
        y = x * 1.0
        v, w = y[1:], y[::-1]
        y *= x
        with manager():
            assert v.tolist() == [4.0, 9.0] and v.shape == (2,)
            seen = w * 1.0
        gx.sum(v * v + w[:2]).backward()
        assert x.grad.tolist() == [0.0, 36.0, 114.0]
        assert seen.requires_grad == (manager is not gx.no_grad)


COMPLEX = ((np.arange(6.0).reshape(2, 3) - 2.0) * (1 + 2j), np.array([1.0, 2 + 1j, -1j]))


def complex_written(z: Any, w: Any) -> Any:
    y = z * z
    y.T[1] = w[:2]
    y[[0, 0], ::2] *= w[::2].conj()
    y[1][::-1][:2] += y[0, 1:] * 1j
    return y


def test_complex_writes_through_views(gradx_device: str) -> None:
    there = tuple(gx.asarray(x, device=gradx_device) for x in COMPLEX)
    assert_close(complex_written(*there), complex_written(*COMPLEX), rtol=1e-12)
    ct = np.arange(6.0).reshape(2, 3) + 1j
    found = gx.vjp(complex_written, *there)[1](gx.asarray(ct, device=gradx_device))
    expected = gx.vjp(complex_written, *COMPLEX)[1](gx.asarray(ct))
    assert_close(found, expected, rtol=1e-12)


def test_derivatives_of_complex_writes() -> None:
    check_grads(complex_written, COMPLEX)
