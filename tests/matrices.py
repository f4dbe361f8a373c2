"""Matrices with given eigenvalues or singular values, and the derivatives that are to be exact there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import gradx as gx
from gradx.testing import assert_close


def noise(*shape: int, kind: str = "f", seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape)
    return x + 1j * rng.standard_normal(shape) if kind == "c" else x


def orthonormal(n: int, kind: str, seed: int = 0) -> Any:
    return np.linalg.qr(noise(n, n, kind=kind, seed=seed))[0]


def hermitian_with(values: Any, kind: str = "f") -> Any:
    q = orthonormal(len(values), kind)
    return (q * np.asarray(values, dtype=float)) @ q.conj().T


def with_singular_values(m: int, n: int, values: Any, kind: str = "f") -> Any:
    k = min(m, n)
    u, v = orthonormal(m, kind)[:, :k], orthonormal(n, kind, seed=1)[:k]
    return (u * np.asarray(values, dtype=float)) @ v


def adjoint(x: Any) -> Any:
    return gx.matrix_transpose(gx.conj(x) if x.dtype.kind == "c" else x)


def inner(a: Any, b: Any) -> Any:
    return gx.sum(gx.real(gx.conj(a) * b)) if a.dtype.kind == "c" else gx.sum(a * b)


def derivatives(f: Callable[[Any], Any], x: Any, h: Any, k: Any) -> dict[str, Any]:
    """Return derivatives of a scalar function of a matrix to third order, by each way that is to be exact."""
    first = gx.grad(f)
    second = gx.grad(lambda x: inner(first(x), h))
    return {
        "rev": first(x),
        "fwd": gx.jvp(f, (x,), (h,))[1],
        "rev over rev": second(x),
        "fwd over rev": gx.jvp(first, (x,), (h,))[1],
        "rev over rev over rev": gx.grad(lambda x: inner(second(x), k))(x),
        "fwd over rev over rev": gx.jvp(second, (x,), (k,))[1],
    }


def nested_forward(f: Callable[[Any], Any], x: Any, h: Any, k: Any) -> dict[str, Any]:
    return {
        "fwd over fwd": gx.jvp(lambda x: gx.jvp(f, (x,), (h,))[1], (x,), (k,))[1],
        "rev over fwd": gx.grad(lambda x: gx.jvp(f, (x,), (h,))[1])(x),
    }


def assert_all_close(actual: dict[str, Any], expected: dict[str, Any]) -> None:
    for name in actual:
        assert_close(actual[name], expected[name], rtol=1e-10, atol=1e-10)
