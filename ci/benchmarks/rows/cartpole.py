"""The roll-out of a cart-pole under a sequence of forces, as a model predictive controller differentiates it."""

from __future__ import annotations

from typing import Any

GRAVITY, CART, POLE, LENGTH, DT = 9.81, 1.0, 0.1, 0.5, 0.05


def acceleration(xp: Any, theta: Any, omega: Any, force: Any) -> tuple[Any, Any]:
    """Return the accelerations of cart and pole; `theta` is measured from the upright."""
    s, c = xp.sin(theta), xp.cos(theta)
    push = (force + POLE * LENGTH * omega * omega * s) / (CART + POLE)
    alpha = (GRAVITY * s - c * push) / (LENGTH * (4 / 3 - POLE * c * c / (CART + POLE)))
    return push - POLE * LENGTH * alpha * c / (CART + POLE), alpha


def cartpole(xp: Any, forces: Any, start: Any) -> Any:
    """Sum the cost of 30 steps of RK4, each number a Tensor of its own."""
    state = start[0], start[1], start[2], start[3]
    cost = 0.0
    for t in range(forces.shape[0]):
        force = forces[t]
        state = rk4(xp, state, force)
        x, theta, v, omega = state
        cost = (
            cost
            + x * x
            + (1.0 - xp.cos(theta))
            + 0.1 * (v * v + omega * omega)
            + 0.01 * force * force
        )
    return cost


def rk4(xp: Any, state: tuple[Any, ...], force: Any) -> tuple[Any, ...]:
    """Advance (x, theta, v, omega) by one step."""

    def slope(y: tuple[Any, ...]) -> tuple[Any, ...]:
        _, theta, v, omega = y
        return v, omega, *acceleration(xp, theta, omega, force)

    def ahead(k: tuple[Any, ...], h: float) -> tuple[Any, ...]:
        return tuple([y + h * d for y, d in zip(state, k, strict=True)])

    k1 = slope(state)
    k2 = slope(ahead(k1, DT / 2))
    k3 = slope(ahead(k2, DT / 2))
    k4 = slope(ahead(k3, DT))
    parts = zip(state, k1, k2, k3, k4, strict=True)
    return tuple([y + DT / 6 * (a + 2.0 * (b + c) + d) for y, a, b, c, d in parts])
