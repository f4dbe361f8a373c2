"""Small programs as people write them: many small operations, indexing, products, loops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmarks.libraries import contenders, random
from benchmarks.row import Row
from benchmarks.rows.cartpole import cartpole


def gmm(xp: Any, logits: Any, means: Any, roots: Any, points: Any) -> Any:
    """Log-likelihood of a Gaussian mixture; `roots` (k, d, d) are Cholesky factors of the precisions."""
    d = means.shape[1]
    centred = points[None, :, :] - means[:, None, :]  # (k, n, d)
    whitened = centred @ roots
    diagonal = sum(xp.log(roots[:, i, i] ** 2) for i in range(d)) * 0.5
    constant = logits - xp.logsumexp(logits, 0) + diagonal - 0.5 * d * math.log(2 * math.pi)
    return xp.sum(xp.logsumexp(constant[:, None] - 0.5 * xp.sum(whitened * whitened, axis=2), 0))


def lstm(xp: Any, w: Any, u: Any, b: Any, xs: Any) -> Any:
    """Twenty steps of an LSTM cell of width 32 on a batch of 8."""
    h = c = np.zeros(1)
    width = u.shape[0]
    total = 0.0
    for t in range(xs.shape[0]):
        gates = xs[t] @ w + b if t == 0 else xs[t] @ w + h @ u + b
        i, f = xp.sigmoid(gates[:, :width]), xp.sigmoid(gates[:, width : 2 * width])
        g, o = xp.tanh(gates[:, 2 * width : 3 * width]), xp.sigmoid(gates[:, 3 * width :])
        c = i * g if t == 0 else f * c + i * g
        h = o * xp.tanh(c)
        total = total + xp.sum(h * h)
    return total


def ode(xp: Any, a: Any, b: Any, y: Any) -> Any:
    """Solve y' = tanh(A y + b) by 50 steps of RK4; a loss on the end point."""
    dt = 0.02

    def field(y: Any) -> Any:
        return xp.tanh(a @ y + b)

    for _ in range(50):
        k1 = field(y)
        k2 = field(y + 0.5 * dt * k1)
        k3 = field(y + 0.5 * dt * k2)
        k4 = field(y + dt * k3)
        y = y + dt / 6 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return xp.sum(y * y)


def elimination(xp: Any, a: Any) -> Any:
    """Determinant of an 8 by 8 matrix by elimination on slices."""
    determinant = a[0, 0]
    for _ in range(a.shape[0] - 1):
        a = a[1:, 1:] - a[1:, :1] * a[:1, 1:] / a[0, 0]
        determinant = determinant * a[0, 0]
    return determinant


def determinants(xp: Any, a: Any) -> Any:
    """Logarithm of the determinants of 20 matrices, 8 by 8, by the library's own function."""
    return xp.sum(xp.log(xp.det(a)))


def scalar_rnn(xp: Any, w: Any, u: Any, b: Any) -> Any:
    """One hundred steps of a recurrence of single numbers."""
    h = b
    for t in range(100):
        h = xp.tanh(w * h + u * (0.01 * t) + b)
    return h * h


def rows() -> list[Row]:
    """Return the rows of this file."""
    eye = np.eye(8) * 4
    points = random(100, 4, seed=9)
    xs = random(20, 8, 16, seed=9)
    roots = random(5, 4, 4, scale=0.3) + np.eye(4)
    spd = random(20, 8, 8, scale=0.3)
    spd = spd @ np.swapaxes(spd, -1, -2) + np.eye(8)
    lstm_weights = random(16, 128, scale=0.2), random(32, 128, scale=0.2), random(128)
    forces, start = random(30, scale=0.5), np.array([0.0, 3.0, 0.0, 0.0])
    numbers = np.array(0.7), np.array(0.3), np.array(0.1)
    models: list[tuple[str, Any, tuple[Any, ...], tuple[Any, ...]]] = [
        ("GMM log-likelihood", gmm, (random(5), random(5, 4, seed=1), roots), (points,)),
        ("LSTM, 20 steps", lstm, lstm_weights, (xs,)),
        (
            "ODE by RK4, 50 steps",
            ode,
            (random(10, 10, scale=0.3), random(10)),
            (random(10, seed=2),),
        ),
        ("determinant, by elimination", elimination, (random(8, 8) + eye,), ()),
        ("determinant, linalg.det", determinants, (spd,), ()),
        ("cart-pole MPC roll-out, 30 steps", cartpole, (forces,), (start,)),
        ("scalar RNN, 100 steps", scalar_rnn, numbers, ()),
    ]
    return [
        Row(name, contenders(f, *arrays, data=data), targets={"torch": 1})
        for name, f, arrays, data in models
    ]
