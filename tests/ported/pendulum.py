"""The length and friction of a pendulum from its swings, through a Runge-Kutta integration of its equation."""

import gradx.numpy as np


def slope(state, physics):
    angle, speed = state
    length, friction = physics
    return np.array([speed, -9.81 / length * np.sin(angle) - friction * speed])


def step(state, physics, dt):
    k1 = slope(state, physics)
    k2 = slope(state + dt / 2 * k1, physics)
    k3 = slope(state + dt / 2 * k2, physics)
    k4 = slope(state + dt * k3, physics)
    return state + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def loss(physics, start):
    state, swings = start, []
    for _ in range(25):
        state = step(state, physics, 0.04)
        swings.append(state[0])
    measured = 0.8 * np.cos(np.arange(1, 26) * 0.12)
    return np.mean((np.stack(swings) - measured) ** 2)


def arguments():
    return np.array([1.1, 0.2]), np.array([0.7, -0.1])
