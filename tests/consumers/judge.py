"""Evaluate a row: values on Tensors, reverse against central differences on NumPy's arrays, forward against reverse."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import gradx as gx
from tests.consumers.table import Row

_STEP = 1e-6


def judge(row: Row) -> dict[str, Any]:
    """Give "ok", the class of an error, or "wrong", for values, reverse, forward and order 2."""
    found: dict[str, Any] = {
        "module": row.module, "name": row.name, "raises": row.raises, "why": row.why, "message": "",
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SciPy's: too few samples, p-values out of a table
        for part, check in (
            ("value", _value),
            ("reverse", _reverse),
            ("forward", _forward),
            ("second", _second),
        ):
            try:
                found[part] = check(row)
            except Exception as error:
                found[part] = type(error).__name__
                found["message"] = found["message"] or f"{part}: {error}"
    return found


def judge_on(row: Row, device: str) -> str:
    """Give "" if the gradient on another device is there, and is the CPU's; else what is wrong."""
    argnums = tuple(range(len(row.args)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = gx.grad(_loss(row), argnums)(*[gx.asarray(a, copy=True) for a in row.args])
        try:
            found = gx.grad(_loss(row), argnums)(*[gx.asarray(a, device=device) for a in row.args])
        except Exception as error:
            return f"{row.module}.{row.name}: {type(error).__name__}: {error}"
    for x, y in zip(found, expected, strict=True):
        if x.device != device:
            return f"{row.module}.{row.name}: a gradient on {x.device}"
        got, scale = x.to_device("cpu").numpy(), 1.0 + np.max(np.abs(y.numpy()), initial=0.0)
        if not np.max(np.abs(got - y.numpy()), initial=0.0) <= 1e-6 * scale:
            return f"{row.module}.{row.name}: {got!r}, expected {y!r}"
    return ""


def _value(row: Row) -> str:
    """Compare what comes out for Tensors that nobody differentiates with what comes out for NumPy's arrays."""
    given = [gx.asarray(a, copy=True) for a in row.args]
    got, expected = _leaves(row.function(*given)), _leaves(row.function(*_copies(row)))
    if len(got) != len(expected):
        return f"wrong: {len(got)} results, expected {len(expected)}"
    for x, y in zip(got, expected, strict=True):
        a, b = np.asarray(x), np.asarray(y)
        if a.shape != b.shape or not np.allclose(
            a, b, rtol=row.value_rtol, atol=row.value_rtol, equal_nan=True
        ):
            return f"wrong: {a!r}, expected {b!r}"[:500]
    return "ok"


def _reverse(row: Row) -> str:
    argnums = tuple(range(len(row.args)))
    found = gx.grad(_loss(row), argnums)(*[gx.asarray(a, copy=True) for a in row.args])
    flat = True
    for i, gradient in enumerate(found):
        expected = _differences(_loss(row), _copies(row), i)
        error = np.max(np.abs(gradient.numpy() - expected), initial=0.0)
        scale = 1.0 + np.max(np.abs(expected), initial=0.0)
        if not error <= row.rtol * scale:
            return f"wrong: argument {i}: {gradient.numpy()!r}, expected {expected!r}"[:900]
        flat = flat and not np.any(gradient.numpy())
    return "ok, zero" if flat else "ok"


def _forward(row: Row) -> str:
    """Compare with reverse mode by the dot-product test."""
    args = tuple(gx.asarray(a, copy=True) for a in row.args)
    tangents = tuple(gx.asarray(_directions(a, 7 + i)) for i, a in enumerate(row.args))
    along = gx.jvp(_loss(row), args, tangents)[1].numpy()
    gradients = gx.grad(_loss(row), tuple(range(len(args))))(*args)
    pairs = zip(gradients, tangents, strict=True)
    expected = sum(np.sum((g.numpy().conj() * t.numpy()).real) for g, t in pairs)
    if not abs(along - expected) <= 1e-9 * (1.0 + abs(expected)):
        return f"wrong: {along!r}, expected {expected!r}"
    return "ok"


def _second(row: Row) -> str:
    """Compare the gradient of a gradient with differences of that gradient, both along one direction."""
    argnums = tuple(range(len(row.args)))
    weights = [gx.asarray(_directions(a, 3 + i)) for i, a in enumerate(row.args)]
    along = [_directions(a, 11 + i) for i, a in enumerate(row.args)]

    def slope(*args: Any) -> Any:
        gradients = gx.grad(_loss(row), argnums)(*args)
        parts = [gx.sum(gx.real(g * gx.conj(w))) for g, w in zip(gradients, weights, strict=True)]
        return sum(parts[1:], parts[0])

    def moved(step: float) -> Any:
        return slope(
            *[gx.asarray(a + step * d) for a, d in zip(row.args, along, strict=True)]
        ).numpy()

    found = gx.grad(slope, argnums)(*[gx.asarray(a, copy=True) for a in row.args])
    terms = [(g.numpy().conj() * d).real for g, d in zip(found, along, strict=True)]
    got, scale = sum(t.sum() for t in terms), 1.0 + sum(np.abs(t).sum() for t in terms)
    expected = (moved(_STEP) - moved(-_STEP)) / (2.0 * _STEP)
    return "ok" if abs(got - expected) <= 1e-5 * scale else f"wrong: {got!r}, expected {expected!r}"


def _loss(row: Row) -> Callable[..., Any]:
    """Give the sum of a row's results, each element with a weight of its own: a real scalar."""

    def loss(*args: Any) -> Any:
        total: Any = 0.0
        for i, x in enumerate(_leaves(row.function(*args))):
            if not hasattr(x, "shape"):  # a Python float: the gradient, if there was one, has ended
                total = total + x
                continue
            weights = _directions(np.zeros(x.shape), i)
            xp = x.__array_namespace__()
            for share in (
                (xp.real(x), xp.imag(x)) if xp.isdtype(x.dtype, "complex floating") else (x,)
            ):
                total = total + xp.sum(share * xp.asarray(weights))
                weights = weights[..., ::-1] if weights.ndim else -weights
        return total

    return loss


def _leaves(result: Any) -> list[Any]:
    """Give the floating and complex arrays of a result, in order."""
    if isinstance(result, (tuple, list)):
        return [leaf for part in result for leaf in _leaves(part)]
    if isinstance(result, dict):
        return [leaf for key in sorted(result) for leaf in _leaves(result[key])]
    if not hasattr(result, "shape"):
        return [result]
    name = str(result.dtype)
    return [result] if "float" in name or "complex" in name else []


def _copies(row: Row) -> list[Any]:
    return [np.array(a) for a in row.args]


def _directions(like: Any, seed: int) -> Any:
    rng = np.random.default_rng([seed, *np.shape(like)])
    found = rng.uniform(0.5, 1.5, np.shape(like)) * rng.choice([-1.0, 1.0], np.shape(like))
    return (
        found + 1j * rng.uniform(0.5, 1.5, np.shape(like))
        if np.iscomplexobj(like)
        else np.asarray(found)
    )


def _differences(loss: Callable[..., Any], args: list[Any], i: int) -> Any:
    """Differentiate in argument `i` by central differences, an element at a time; a complex one in both parts."""
    gradient = np.zeros_like(args[i])
    for place in np.ndindex(args[i].shape):
        for unit in (1.0, 1j) if np.iscomplexobj(args[i]) else (1.0,):
            sides = []
            for sign in (1.0, -1.0):
                moved = [np.array(a) for a in args]
                moved[i][place] += sign * unit * _STEP
                sides.append(loss(*moved))
            gradient[place] += unit * (sides[0] - sides[1]) / (2.0 * _STEP)
    return gradient


__all__ = ["judge", "judge_on"]
