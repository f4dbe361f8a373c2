"""Swing-up of a cart-pole: the whole course of forces found by exact gradients through the dynamics.

    python -m gradx.examples.cartpole [--device cuda] [--horizon 2.4] [--output cartpole.gif]

- The pole hangs; only the cart is driven, with at most 20 N. The forces, one each 0.05 s, are the
  variables; the motion they cause is integrated by Runge and Kutta's fourth-order method.
- The cost (end upright, at rest, in the middle; little force) is minimised by SciPy's L-BFGS-B, which
  gets value and gradient from `gx.value_and_grad`: one walk back through all of the integration.
- `--output` ending in .gif draws an animation, in .png the motion in one picture.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from tqdm import tqdm

import gradx as gx
from gradx.examples import best_device, existing_device, style

CART, POLE, LENGTH, GRAVITY = 1.0, 0.3, 0.6, 9.81  # kg, kg, m, m/s^2
STEP, LIMIT = 0.05, 20.0  # s, N


class Motion(NamedTuple):
    """What was found: states (position, angle and their rates) and forces, and how."""

    states: Any  # (n + 1, 4)
    forces: Any  # (n,)
    guess: Any  # (n,), the forces at first
    gradient: Any  # (n,), of the cost, at the guess
    costs: list[float]  # one an iteration


def acceleration(angle: Any, spin: Any, force: Any) -> tuple[Any, Any]:
    """Return the accelerations of cart and pole; the angle is 0 upright, pi hanging."""
    sine, cosine = gx.sin(angle), gx.cos(angle)
    push = force + POLE * sine * (LENGTH * spin * spin - GRAVITY * cosine)
    cart = push / (CART + POLE * sine * sine)
    return cart, (GRAVITY * sine - cart * cosine) / LENGTH


def advance(state: Sequence[Any], force: Any) -> list[Any]:
    """Return the state one step later, by the classical Runge-Kutta method."""

    def slope(fraction: float, last: Sequence[Any]) -> tuple[Any, ...]:
        _, angle, velocity, spin = (x + fraction * STEP * k for x, k in zip(state, last))
        return velocity, spin, *acceleration(angle, spin, force)

    first = state[2], state[3], *acceleration(state[1], state[3], force)
    second = slope(0.5, first)
    third = slope(0.5, second)
    fourth = slope(1.0, third)
    return [
        x + STEP / 6 * (a + 2.0 * (b + c) + d)
        for x, a, b, c, d in zip(state, first, second, third, fourth)
    ]


def roll_out(forces: Any) -> list[list[Any]]:
    """Return all states, from rest and hanging; `forces` is `(n,)`."""
    rest = gx.zeros_like(forces[:1])
    states = [[rest, rest + np.pi, rest, rest]]
    for force in gx.unstack(gx.reshape(forces, (-1, 1))):
        states.append(advance(states[-1], force))
    return states


def cost(forces: Any) -> Any:
    """Return how far the end is from upright and at rest, plus little for force and for a long way."""
    states = roll_out(forces)
    position, angle, velocity, spin = states[-1]
    end = 20.0 * position**2 + 100.0 * angle**2 + 10.0 * (velocity**2 + spin**2)
    way = gx.concat([state[0] for state in states])
    beyond = gx.sum(gx.maximum(gx.abs(way) - 1.0, 0.0) ** 2)
    return gx.sum(end) + beyond + 1e-3 * STEP * gx.sum(forces**2)


def swing_up(horizon: float, device: str, iterations: int) -> Motion:
    """Minimise the cost over the forces and return the motion."""
    steps = round(horizon / STEP)
    value_and_grad = gx.value_and_grad(cost)
    costs: list[float] = []

    def objective(scaled: Any) -> tuple[float, Any]:
        value, gradient = value_and_grad(gx.asarray(LIMIT * scaled, device=device))
        return value.item(), LIMIT * gradient.numpy()

    with tqdm(total=iterations, desc="L-BFGS-B", unit="step", leave=False) as progress:

        def report(intermediate_result: Any) -> None:
            costs.append(float(intermediate_result.fun))
            progress.set_postfix(cost=f"{costs[-1]:.3g}", refresh=False)
            progress.update()

        start = 0.15 * np.sin(2 * np.pi * np.arange(steps) * STEP / 1.2)
        found = minimize(
            objective, start, jac=True, method="L-BFGS-B", bounds=[(-1, 1)] * steps,
            callback=report, options={"maxiter": iterations, "maxfun": 3 * iterations},
        )  # fmt: skip
    with gx.no_grad():
        states = roll_out(gx.asarray(LIMIT * found.x, device=device))
        table = gx.stack([gx.concat(state) for state in states]).numpy()
    return Motion(table, LIMIT * found.x, LIMIT * start, objective(start)[1] / LIMIT, costs)


def main(argv: Sequence[str] | None = None) -> Motion:
    """Find the motion, report its end and draw it."""
    parser = argparse.ArgumentParser(prog="python -m gradx.examples.cartpole")
    parser.add_argument(
        "--device", type=existing_device, default=best_device(), help="default: %(default)s"
    )
    parser.add_argument("--horizon", type=float, default=2.4, help="seconds, default: %(default)s")
    parser.add_argument("--iterations", type=int, default=100, help="default: %(default)s")
    parser.add_argument("--output", default="cartpole.gif", help=".gif or .png; '' for none")
    options = parser.parse_args(argv)
    motion = swing_up(options.horizon, options.device, options.iterations)
    _, angle, velocity, spin = motion.states[-1]
    print(
        f"after {options.horizon:g} s: {abs(angle):.4f} rad from upright, cart {abs(velocity):.4f} m/s, "
        f"pole {abs(spin):.4f} rad/s ({len(motion.costs)} iterations on {options.device})"
    )
    if options.output:
        draw = animate if options.output.endswith(".gif") else picture
        draw(motion, options.output)
        print(f"drawn to {options.output}")
    return motion


def tips(states: Any) -> tuple[Any, Any]:
    """Return where the pole's tip is, `(n,)` each."""
    return states[:, 0] + LENGTH * np.sin(states[:, 1]), LENGTH * np.cos(states[:, 1])


def picture(motion: Motion, path: str) -> None:
    """Draw the whole motion in one picture; time runs from dark to bright."""
    plt = style()
    figure = plt.figure(figsize=(10, 4.6), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(1, 1.05))
    time = STEP * np.arange(len(motion.states))
    colors = plt.get_cmap("viridis")(np.linspace(0, 0.88, len(time)))
    draw_scene(left.subplots(), motion.states, colors)
    slope, force, angle = right.subplots(3, 1, sharex=True)
    bars = {"width": STEP, "align": "edge", "color": colors[:-1]}
    slope.bar(time[:-1], motion.gradient, **bars)
    slope.set(title="Gradient of the cost at the first guess", ylabel="1 / N")
    force.bar(time[:-1], motion.forces, **bars)
    force.stairs(motion.guess, time, color="0.4", baseline=None, linestyle=":", label="first guess")
    force.set(title=f"Forces found in {len(motion.costs)} iterations", ylabel="N")
    force.legend(fontsize=8)
    angle.plot(time, np.degrees(motion.states[:, 1]), color="0.6", zorder=1)
    angle.scatter(time, np.degrees(motion.states[:, 1]), c=colors, s=12, zorder=2)
    angle.set(title="Angle from upright", xlabel="time in s", ylabel="degrees")
    angle.yaxis.set_major_locator(plt.MultipleLocator(90))
    for axes in (slope, force, angle):
        axes.axhline(0, color="0.4", linewidth=0.8)
        axes.set_xlim(0, time[-1] + STEP / 2)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def draw_scene(axes: Any, states: Any, colors: Any) -> None:
    """Draw the pole at all times at once, and the cart at the end."""
    x, y = tips(states)
    axes.axhline(0, color="0.6", linewidth=1, zorder=1)
    axes.scatter(x, y, c=colors, s=20, zorder=4)
    for state, tip, color in zip(states, np.stack([x, y], axis=1), colors):
        line = {"color": color, "linewidth": 1.6, "alpha": 0.6, "zorder": 3}
        axes.plot([state[0], tip[0]], [0, tip[1]], **line)
    for i, word in ((0, "start"), (-1, "end")):
        axes.plot([states[i, 0], x[i]], [0, y[i]], color=colors[i], linewidth=4.5, zorder=5)
        axes.annotate(word, (x[i], y[i]), (9, -3), textcoords="offset points", fontweight="bold")
    axes.add_patch(_cart(states[-1, 0], color="#333333", zorder=6))
    axes.set(aspect="equal", ylim=(-1.2 * LENGTH, 1.2 * LENGTH))
    axes.margins(x=0.12)
    axes.axis("off")


def _cart(position: float, **look: Any) -> Any:
    from matplotlib.patches import FancyBboxPatch

    box = "round,pad=0,rounding_size=0.03"
    return FancyBboxPatch((position - 0.14, -0.06), 0.28, 0.12, boxstyle=box, linewidth=0, **look)


def animate(motion: Motion, path: str) -> None:
    """Draw the motion as an animation in real time that rests for a second at its end."""
    plt = style()
    from matplotlib.animation import FuncAnimation, PillowWriter

    states: Any = motion.states
    forces: Any = np.append(motion.forces, 0.0)
    x, y = tips(states)
    figure, axes = plt.subplots(figsize=(6.4, 3.4), layout="constrained")
    axes.set(
        aspect="equal", xlim=(min(x.min(), -0.7) - 0.2, max(x.max(), 0.7) + 0.2), ylim=(-0.78, 0.85)
    )
    axes.axis("off")
    axes.axhline(0, color="0.6", linewidth=1, zorder=1)
    axes.plot(x, y, color="0.88", linewidth=1, zorder=0)
    trail = axes.scatter([], [], s=10, zorder=2)
    (pole,) = axes.plot([], [], color="#2a788e", linewidth=5, solid_capstyle="round", zorder=4)
    (tip,) = axes.plot([], [], "o", color="#440154", markersize=9, zorder=5)
    (push,) = axes.plot([], [], color="#e8743b", linewidth=6, solid_capstyle="butt", zorder=2)
    cart = axes.add_patch(_cart(0.0, color="#333333", zorder=3))
    label = axes.text(0.02, 0.95, "", transform=axes.transAxes, fontsize=10, family="monospace")

    def show(frame: int) -> None:
        i = min(frame, len(states) - 1)
        begin = max(0, i - 14)
        trail.set_offsets(np.stack([x[begin : i + 1], y[begin : i + 1]], axis=1))
        trail.set_color(
            [(0.27, 0.0, 0.33, alpha) for alpha in np.linspace(0.05, 0.5, i + 1 - begin)]
        )
        pole.set_data([states[i, 0], x[i]], [0, y[i]])
        tip.set_data([x[i]], [y[i]])
        side = states[i, 0] - np.sign(forces[i]) * 0.14
        push.set_data([side, side - forces[i] * 0.03], [0, 0])
        cart.set_x(states[i, 0] - 0.14)
        label.set_text(f"{i * STEP:4.2f} s   force {forces[i]:+6.1f} N")

    frames = len(states) + round(1 / STEP)
    FuncAnimation(figure, show, frames=frames).save(
        path, writer=PillowWriter(round(1 / STEP)), dpi=80
    )
    plt.close(figure)


if __name__ == "__main__":
    main()
