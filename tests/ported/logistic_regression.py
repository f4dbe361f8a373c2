"""Logistic regression: the negative log likelihood of labels, with a ridge."""

import gradx.numpy as np


def sigmoid(x):
    return 0.5 * (np.tanh(x / 2.0) + 1)


def predict(weights, inputs):
    return sigmoid(np.dot(inputs, weights))


def loss(weights):
    inputs = np.array(
        [[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]]
    )
    targets = np.array([True, True, False, True])
    chance = predict(weights, inputs)
    likelihood = chance * targets + (1 - chance) * (1 - targets)
    return -np.sum(np.log(likelihood)) + 0.1 * np.sum(weights**2)


def arguments():
    return (np.array([0.3, -0.4, 0.9]),)
