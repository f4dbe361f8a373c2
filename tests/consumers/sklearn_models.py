"""scikit-learn with `array_api_dispatch=True`: preprocessing, linear models, decompositions, classifiers."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn import (
    covariance,
    decomposition,
    discriminant_analysis,
    linear_model,
    naive_bayes,
    preprocessing,
    svm,
)
from sklearn.gaussian_process import GaussianProcessRegressor, kernels
from sklearn.mixture import GaussianMixture

from tests.consumers.table import CONVERTS, Rows, like, numbers, positive

_preprocessing, _linear = Rows("sklearn.preprocessing"), Rows("sklearn.linear_model")
_models = Rows("sklearn")
_X, _L = numbers(8, 3, seed=5), numbers(8, seed=7)
_CLASSES = np.asarray([0, 1, 0, 1, 1, 0, 1, 0])


def _scaled(kind: Any) -> Any:
    return lambda x: kind().fit_transform(x)


for _name in [
    "StandardScaler",
    "MinMaxScaler",
    "MaxAbsScaler",
    "Normalizer",
    "RobustScaler",
    "PowerTransformer",
    "PolynomialFeatures",
]:
    _preprocessing.add(_name, _scaled(getattr(preprocessing, _name)), _X)
for _name in ["scale", "minmax_scale", "maxabs_scale", "normalize", "robust_scale"]:
    _preprocessing.add(_name, getattr(preprocessing, _name), _X)
_preprocessing.add("Normalizer(l1)", lambda x: preprocessing.Normalizer("l1").fit_transform(x), _X)
_preprocessing.add(
    "Normalizer(max)", lambda x: preprocessing.Normalizer("max").fit_transform(x), _X
)
_preprocessing.add(
    "KernelCenterer", lambda k: preprocessing.KernelCenterer().fit_transform(k), numbers(4, 4)
)
_preprocessing.add("Binarizer", lambda x: preprocessing.Binarizer().fit_transform(x) * x, _X)
_preprocessing.add(
    "StandardScaler.inverse_transform",
    lambda x: preprocessing.StandardScaler().fit(x).inverse_transform(x),
    _X,
)
_preprocessing.add(
    "MinMaxScaler.inverse_transform",
    lambda x: preprocessing.MinMaxScaler().fit(x).inverse_transform(x),
    _X,
)
_preprocessing.add(
    "FunctionTransformer",
    lambda x: preprocessing.FunctionTransformer(lambda a: a * a).fit_transform(x),
    _X,
)
_preprocessing.add(
    "QuantileTransformer",
    lambda x: preprocessing.QuantileTransformer(n_quantiles=4).fit_transform(x),
    _X,
)


def _fitted(model: Any, name: str) -> Any:
    return lambda x, y: (lambda m: (getattr(m, name), m.predict(x)))(model.fit(x, y))


_linear.add("LinearRegression", _fitted(linear_model.LinearRegression(), "coef_"), _X, _L)
_linear.add("Ridge(svd)", _fitted(linear_model.Ridge(solver="svd"), "coef_"), _X, _L)
_linear.add("Ridge(cholesky)", _fitted(linear_model.Ridge(solver="cholesky"), "coef_"), _X, _L)
_linear.add("RidgeCV", _fitted(linear_model.RidgeCV([0.1, 1.0]), "coef_"), _X, _L)
_linear.add("Lasso", _fitted(linear_model.Lasso(), "coef_"), _X, _L)
_linear.add(
    "LogisticRegression",
    lambda x: linear_model.LogisticRegression().fit(x, like(x, _CLASSES)).predict_proba(x),
    _X,
)
_linear.add("PoissonRegressor", _fitted(linear_model.PoissonRegressor(), "coef_"), _X, positive(8))
_linear.add(
    "RidgeClassifier",
    lambda x: (
        linear_model.RidgeClassifier(solver="svd").fit(x, like(x, _CLASSES)).decision_function(x)
    ),
    _X,
)
_linear.add("BayesianRidge", _fitted(linear_model.BayesianRidge(), "coef_"), _X, _L)
_models.add(
    "decomposition.PCA.fit_transform(full)",
    lambda x: decomposition.PCA(2, svd_solver="full").fit_transform(x),
    _X,
)
_models.add(
    "decomposition.PCA.explained_variance_",
    lambda x: decomposition.PCA(2, svd_solver="full").fit(x).explained_variance_ratio_,
    _X,
)
_models.add(
    "decomposition.PCA(covariance_eigh)",
    lambda x: decomposition.PCA(2, svd_solver="covariance_eigh").fit(x).transform(x),
    _X,
)
_models.add(
    "decomposition.PCA(whiten)",
    lambda x: decomposition.PCA(2, whiten=True, svd_solver="full").fit(x).transform(x),
    _X,
)
_models.add(
    "decomposition.PCA.inverse_transform",
    lambda x: (lambda m: m.inverse_transform(m.transform(x)))(
        decomposition.PCA(2, svd_solver="full").fit(x)
    ),
    _X,
)
_models.add(
    "decomposition.PCA.score_samples",
    lambda x: decomposition.PCA(2, svd_solver="full").fit(x).score_samples(x),
    _X,
)
_models.add(
    "decomposition.PCA.get_covariance",
    lambda x: decomposition.PCA(2, svd_solver="full").fit(x).get_covariance(),
    _X,
)
_models.add(
    "decomposition.PCA(randomized)",
    lambda x: (
        decomposition.PCA(2, svd_solver="randomized", random_state=0).fit(x).explained_variance_
    ),
    _X,
)
_models.add("decomposition.NMF", lambda x: decomposition.NMF(2).fit_transform(x), positive(5, 3))
_models.add(
    "decomposition.FastICA", lambda x: decomposition.FastICA(2, random_state=0).fit_transform(x), _X
)
_models.add(
    "discriminant_analysis.LDA",
    lambda x: (
        discriminant_analysis.LinearDiscriminantAnalysis()
        .fit(x, like(x, _CLASSES))
        .decision_function(x)
    ),
    _X,
)
_models.add(
    "discriminant_analysis.LDA.transform",
    lambda x: (
        discriminant_analysis.LinearDiscriminantAnalysis().fit(x, like(x, _CLASSES)).transform(x)
    ),
    _X,
)
_models.add(
    "discriminant_analysis.QDA",
    lambda x: (
        discriminant_analysis.QuadraticDiscriminantAnalysis(reg_param=0.1)
        .fit(x, like(x, _CLASSES))
        .decision_function(x)
    ),
    _X,
)
_models.add(
    "naive_bayes.GaussianNB",
    lambda x: naive_bayes.GaussianNB().fit(x, like(x, _CLASSES)).predict_log_proba(x),
    _X,
)
_models.add(
    "mixture.GaussianMixture",
    lambda x: (
        GaussianMixture(
            2,
            means_init=like(x, _X[:2]),
            max_iter=2,
            init_params="random_from_data",
            random_state=0,
        )
        .fit(x)
        .means_
    ),
    _X,
)
_models.add("covariance.empirical_covariance", covariance.empirical_covariance, _X)
_models.add("covariance.ledoit_wolf", lambda x: covariance.ledoit_wolf(x)[0], _X)
_models.add("svm.SVR", lambda x, y: svm.SVR().fit(x, y).predict(x), _X, _L)
_models.add(
    "gaussian_process",
    lambda x, y: GaussianProcessRegressor(kernels.RBF(), optimizer=None).fit(x, y).predict(x),
    _X,
    _L,
)
_preprocessing.ends(
    "ConversionError",
    CONVERTS,
    "RobustScaler",
    "PowerTransformer",
    "scale",
    "robust_scale",
)
_linear.ends(
    "ConversionError",
    CONVERTS,
    "LinearRegression",
    "BayesianRidge",
)
_linear.ends(
    "ValueError",
    "scikit-learn refuses: array-API input takes `solver='svd'`",
    "Ridge(cholesky)",
)
_linear.ends(
    "ConversionError",
    CONVERTS,
    "Lasso",
)
_linear.ends(
    "ConversionError",
    "SciPy's optimiser takes `float(...)` of the loss",
    "LogisticRegression",
)
_linear.ends(
    "ValueError",
    "SciPy's optimiser stores the loss in a NumPy array",
    "PoissonRegressor",
)
_models.ends(
    "DegeneracyError",
    "QR of a matrix with dependent columns: an arbitrary basis",
    "decomposition.PCA(randomized)",
)
_models.ends(
    "TypeError|ConversionError|DegeneracyError",
    "written for NumPy, which it mixes in",
    "decomposition.NMF",
)
_models.ends(
    "OperandError|ConversionError",
    "written for NumPy: writes through `out=`",
    "decomposition.FastICA",
)
_models.ends(
    "ConversionError",
    CONVERTS,
    "discriminant_analysis.QDA",
)
_models.ends(
    "TypeError",
    "compiled code, which asks for a buffer",
    "svm.SVR",
)
_models.ends(
    "TypeError|ConversionError",
    "written for NumPy, which it mixes in",
    "gaussian_process",
)

ROWS: list[Any] = [*_preprocessing.found, *_linear.found, *_models.found]

__all__ = ["ROWS"]
