"""The marginal likelihood of a Gaussian process with a squared exponential kernel, by its hyperparameters."""

import gradx.numpy as np
from gradx.scipy.stats import multivariate_normal as mvn


def covariance(kernel, x, y):
    scale, lengths = np.exp(kernel[0]), np.exp(kernel[1:])
    apart = np.expand_dims(x / lengths, 1) - np.expand_dims(y / lengths, 0)
    return scale * np.exp(-0.5 * np.sum(apart**2, axis=2))


def places():
    x = np.linspace(-2.0, 2.0, 9)
    return np.column_stack([x, np.cos(3 * x)])


def loss(parameters):
    mean, noise, kernel = parameters[0], np.exp(parameters[1]) + 0.01, parameters[2:]
    x = places()
    y = np.sin(2 * x[:, 0]) + 0.3 * x[:, 1]
    cov = covariance(kernel, x, x) + noise * np.eye(len(y))
    return -mvn.logpdf(y, mean * np.ones(len(y)), cov)


def predicted(parameters):
    noise, kernel = np.exp(parameters[1]) + 0.01, parameters[2:]
    x = places()
    new = np.array([[0.1, 0.2], [1.3, -0.7]])
    inner = covariance(kernel, x, x) + noise * np.eye(x.shape[0])
    y = np.sin(2 * x[:, 0]) - parameters[0]
    mean = parameters[0] + np.dot(covariance(kernel, new, x), np.linalg.solve(inner, y))
    return np.sum(mean**2) + np.linalg.slogdet(inner)[1]


def arguments():
    return (np.array([0.1, -1.2, 0.3, -0.2, 0.4]),)
