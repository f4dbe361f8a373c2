"""scikit-learn with `array_api_dispatch=True`: metrics, kernels and the mathematics beneath."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from sklearn import metrics
from sklearn.utils import extmath

from tests.consumers.table import FLOAT, Rows, like, numbers, positive

_metrics, _pairwise = Rows("sklearn.metrics"), Rows("sklearn.metrics.pairwise")
_math = Rows("sklearn.utils.extmath")
_Y, _P, _T, _U = (
    numbers(6, 2, seed=1),
    numbers(6, 2, seed=2),
    positive(6, seed=3),
    positive(6, seed=4),
)
_X, _Z = numbers(8, 3, seed=5), numbers(5, 3, seed=6)
_CLASSES = np.asarray([0, 1, 0, 1, 1, 0, 1, 0])

for _name in ["mean_squared_error", "mean_absolute_error", "r2_score", "explained_variance_score"]:
    _metrics.add(
        f"{_name}(raw_values)",
        partial(getattr(metrics, _name), multioutput="raw_values"),
        _Y,
        _P,
    )
for _name in [
    "mean_squared_error",
    "mean_absolute_error",
    "r2_score",
    "explained_variance_score",
    "root_mean_squared_error",
    "max_error",
    "median_absolute_error",
]:
    _metrics.add(_name, getattr(metrics, _name), _Y[:, 0], _P[:, 0])
for _name in [
    "mean_squared_log_error",
    "root_mean_squared_log_error",
    "mean_absolute_percentage_error",
    "mean_pinball_loss",
    "mean_tweedie_deviance",
    "mean_poisson_deviance",
    "mean_gamma_deviance",
    "d2_tweedie_score",
]:
    _metrics.add(_name, getattr(metrics, _name), _T, _U)
_metrics.add(
    "root_mean_squared_error(raw_values)",
    lambda y, p: metrics.root_mean_squared_error(y, p, multioutput="raw_values"),
    _Y,
    _P,
)
_metrics.add(
    "mean_pinball_loss(raw_values)",
    lambda y, p: metrics.mean_pinball_loss(y, p, multioutput="raw_values"),
    _Y,
    _P,
)
_metrics.add(
    "mean_absolute_percentage_error(raw_values)",
    lambda y, p: metrics.mean_absolute_percentage_error(y, p, multioutput="raw_values"),
    _Y,
    _P,
)
_metrics.add("log_loss", lambda p: metrics.log_loss(like(p, _CLASSES), p), np.linspace(0.2, 0.8, 8))
_metrics.add(
    "brier_score_loss",
    lambda p: metrics.brier_score_loss(like(p, _CLASSES), p),
    np.linspace(0.2, 0.8, 8),
)
_metrics.add(
    "roc_auc_score", lambda p: metrics.roc_auc_score(like(p, _CLASSES), p), np.linspace(0.2, 0.8, 8)
)
_metrics.add(
    "hinge_loss", lambda p: metrics.hinge_loss(like(p, _CLASSES), p), np.linspace(0.2, 0.8, 8)
)
for _name in [
    "cosine_similarity",
    "cosine_distances",
    "euclidean_distances",
    "linear_kernel",
    "rbf_kernel",
    "sigmoid_kernel",
    "polynomial_kernel",
    "laplacian_kernel",
    "manhattan_distances",
]:
    _pairwise.add(_name, getattr(metrics.pairwise, _name), _X, _Z)
for _name in ["chi2_kernel", "additive_chi2_kernel"]:
    _pairwise.add(_name, getattr(metrics.pairwise, _name), positive(4, 3), positive(2, 3))
for _name in [
    "paired_cosine_distances",
    "paired_euclidean_distances",
    "paired_manhattan_distances",
]:
    _pairwise.add(_name, getattr(metrics.pairwise, _name), _Z, numbers(5, 3, seed=8))
_pairwise.add(
    "pairwise_distances(euclidean)", lambda x, z: metrics.pairwise_distances(x, z), _X, _Z
)
_math.add("randomized_svd", lambda x: extmath.randomized_svd(x, 2, random_state=0)[1], _X)
_math.add("softmax", lambda x: extmath.softmax(x * 1.0), _X)
_math.add("safe_sparse_dot", lambda x, z: extmath.safe_sparse_dot(x, z.T), _X, _Z)
_math.add("row_norms", extmath.row_norms, _X)
_math.add("svd_flip", lambda x: extmath.svd_flip(x[:3, :], x[3:6, :]), _X)
_math.add("density", lambda x: extmath.density(x) * x, _X)
_metrics.ends(
    "ConversionError",
    FLOAT,
    "mean_squared_error",
    "mean_absolute_error",
    "r2_score",
    "explained_variance_score",
    "root_mean_squared_error",
    "max_error",
    "median_absolute_error",
    "mean_squared_log_error",
    "root_mean_squared_log_error",
    "mean_absolute_percentage_error",
    "mean_pinball_loss",
    "mean_tweedie_deviance",
    "mean_poisson_deviance",
    "mean_gamma_deviance",
    "d2_tweedie_score",
    "log_loss",
    "brier_score_loss",
)
_metrics.ends(
    "TypeError",
    "written for NumPy: `diff` by position",
    "roc_auc_score",
)
_metrics.ends(
    "OperandError",
    "written for NumPy: writes through `out=`",
    "hinge_loss",
)
_math.ends(
    "DegeneracyError",
    "QR of a matrix with dependent columns: an arbitrary basis",
    "randomized_svd",
)

ROWS: list[Any] = [*_metrics.found, *_pairwise.found, *_math.found]

__all__ = ["ROWS"]
