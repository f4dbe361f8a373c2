"""`gradx.scipy.stats` and `gradx.scipy.cluster`, against SciPy's own functions."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

import gradx as gx
from tests.consumers.table import Mirror, Rows, like, numbers, positive, unit

_rows = Rows("gradx.scipy.stats")
_cluster = Rows("gradx.scipy.cluster")
_ours, _vq = Mirror("stats"), Mirror("cluster.vq")

_X, _Y, _Z = numbers(12, seed=1), numbers(12, seed=2), numbers(9, seed=3)
_P, _W = positive(12, seed=4), unit(12, seed=5)


def _module(x: Any) -> Any:
    return import_module("gradx.scipy.stats" if isinstance(x, gx.Tensor) else "scipy.stats")


def _both(result: Any) -> Any:
    """Give statistic and p-value, SciPy's numbers as arrays."""
    return tuple(
        x if hasattr(x, "shape") else np.asarray(x) for x in (result.statistic, result.pvalue)
    )


def _array(x: Any) -> Any:
    return x if hasattr(x, "shape") else np.asarray(x)


# ---------------------------------------------------------------- summaries and transformations

_rows.add("expectile", lambda x: _array(_ours.expectile(x, 0.7)), _X, value_rtol=1e-10)
_rows.add(
    "expectile(weights=)",
    lambda x, w, a: _array(_ours.expectile(x, a[0], weights=w)),
    _X,
    _W,
    unit(1),
    value_rtol=1e-8,  # SciPy's is the root of an iteration
    rtol=1e-5,
)
_rows.add("scoreatpercentile", lambda x: _ours.scoreatpercentile(x, 30), _X)
_rows.add(
    "scoreatpercentile(axis=, several)",
    lambda x: _ours.scoreatpercentile(x, [10, 50, 100], axis=0),
    numbers(4, 3),
)
_rows.add(
    "scoreatpercentile(limit=, lower)",
    lambda x: _ours.scoreatpercentile(x, 30, limit=(-1.0, 1.0), interpolation_method="lower"),
    _X,
)
_rows.add("boxcox(lmbda=)", lambda x, p: _ours.boxcox(x, lmbda=p[0]), _P, unit(1))
_rows.add("boxcox", lambda x: _ours.boxcox(x), _P, value_rtol=1e-6, rtol=1e-2)
_rows.add("boxcox_llf", lambda p, x: _ours.boxcox_llf(p[0], x), unit(1), _P)
_rows.add("yeojohnson(lmbda=)", lambda x, p: _ours.yeojohnson(x, lmbda=p[0]), _X, unit(1))
_rows.add("yeojohnson", lambda x: _ours.yeojohnson(x), _X, value_rtol=1e-6, rtol=1e-2)
_rows.add("yeojohnson_llf", lambda p, x: _ours.yeojohnson_llf(p[0], x), unit(1), numbers(6, 2))
_rows.add("obrientransform", _ours.obrientransform, _X, _Y)
_rows.add("wasserstein_distance", lambda x, y: _array(_ours.wasserstein_distance(x, y)), _X, _Z)
_rows.add(
    "wasserstein_distance(weights=)",
    lambda x, y, v, w: _array(_ours.wasserstein_distance(x, y, v, w)),
    _X,
    _Z,
    _W,
    unit(9),
)
_rows.add("energy_distance", lambda x, y: _array(_ours.energy_distance(x, y)), _X, _Z)
_rows.add(
    "energy_distance(weights=)",
    lambda x, y, v: _array(_ours.energy_distance(x, y, v)),
    _X,
    _Z,
    _W,
)

# ---------------------------------------------------------------- lines

for _alternative in ["two-sided", "less"]:
    _rows.add(
        f"linregress({_alternative})",
        lambda x, y, a=_alternative: (lambda r: (*r, _array(r.intercept_stderr)))(
            _ours.linregress(x, y, alternative=a)
        ),
        _X,
        _Y,
        value_rtol=1e-11,
    )
_rows.add(
    "linregress(axis=1)",
    lambda x, y: tuple(_ours.linregress(x, y, axis=1)),
    numbers(2, 6),
    numbers(2, 6, seed=1),
)
for _method in ["separate", "joint"]:
    _rows.add(
        f"theilslopes({_method})",
        lambda y, x, m=_method: tuple(_ours.theilslopes(y, x, method=m)),
        _Y,
        _X,
    )
for _method in ["hierarchical", "separate"]:
    _rows.add(
        f"siegelslopes({_method})",
        lambda y, x, m=_method: tuple(_ours.siegelslopes(y, x, method=m)),
        _Y,
        _X,
    )
_rows.add("siegelslopes(y)", lambda y: tuple(_ours.siegelslopes(y)), _Y)

# ---------------------------------------------------------------- tests

_rows.add("kendalltau", lambda x, y: _both(_ours.kendalltau(x, y)), _X, _Y)
_rows.add("ansari", lambda x, y: _both(_ours.ansari(x, y)), _X, _Z)
_rows.add("ks_2samp", lambda x, y: _both(_ours.ks_2samp(x, y)), _X, _Z)
_rows.add("cramervonmises", lambda x: _both(_ours.cramervonmises(x, "norm")), _X, value_rtol=1e-11)
_rows.add("shapiro", lambda x: _both(_ours.shapiro(x)), _X, value_rtol=1e-7)
_rows.add("shapiro(seven)", lambda x: _both(_ours.shapiro(x)), _X[:7], value_rtol=1e-7)
_rows.add("shapiro(three)", lambda x: _both(_ours.shapiro(x)), _X[:3], value_rtol=1e-7)
for _equal in [True, False]:
    _rows.add(
        f"tukey_hsd(equal_var={_equal})",
        lambda x, y, z, e=_equal: _both(_ours.tukey_hsd(x, y, z, equal_var=e)),
        _X[:5],
        _Y[:5] + 1.0,
        _Z[:6],
        value_rtol=1e-8,  # SciPy's is a quadrature, too
        rtol=1e-4,
    )

# ---------------------------------------------------------------- densities

_rows.add("gaussian_kde", lambda x, at: _ours.gaussian_kde(x)(at), _X, numbers(3))
_rows.add(
    "gaussian_kde(weights=, silverman)",
    lambda x, w, at: _ours.gaussian_kde(x, "silverman", weights=w).logpdf(at),
    numbers(2, 6),
    unit(6),
    numbers(2, 3),
)
_rows.add(
    "gaussian_kde(bw_method=).integrate_box_1d",
    lambda x: _array(_ours.gaussian_kde(x, 0.4).integrate_box_1d(-0.5, 1.0)),
    _X,
)
_rows.add(
    "gaussian_kde.integrate_gaussian",
    lambda x, m, c: _array(
        _ours.gaussian_kde(x).integrate_gaussian(m, c @ c.T + like(c, np.eye(2)))
    ),
    numbers(2, 6),
    numbers(2),
    numbers(2, 2),
)
_rows.add(
    "gaussian_kde.integrate_kde",
    lambda x, y: _array(_ours.gaussian_kde(x).integrate_kde(_ours.gaussian_kde(y))),
    numbers(2, 6),
    numbers(2, 5, seed=2),
)
_FAMILIES = {
    "norm": (), "gamma": (1.4,), "beta": (1.3, 2.2), "t": (3.5,), "cauchy": (), "laplace": (), "logistic": (),
    "lognorm": (0.7,), "weibull_min": (1.6,), "expon": (), "chi2": (3.2,), "gumbel_r": (), "uniform": (),
    "pareto": (2.5,), "f": (3.0, 5.0), "truncnorm": (-1.0, 2.0),
}  # fmt: skip
for _family, _shapes in _FAMILIES.items():
    for _call in ["pdf", "logpdf", "cdf", "sf", "ppf"]:
        if _family == "f" and _call in ("ppf",):
            continue
        _rows.add(
            f"{_family}.{_call}",
            lambda x, loc, s, f=_family, c=_call, p=_shapes: getattr(getattr(_module(x), f), c)(
                x, *p, loc=loc[0], scale=s[0]
            ),
            unit(4)
            if _call == "ppf"
            else 0.3
            + unit(4) * (0.5 if _family == "uniform" else 1.5)
            + (3.2 if _family == "pareto" else 0.0),
            numbers(1, low=0.1, high=0.2),
            positive(1),
            value_rtol=1e-10,
            rtol=1e-5,
        )
_rows.add(
    "multivariate_normal.logpdf", lambda x: _module(x).multivariate_normal.logpdf(x), numbers(4)
)
_rows.add(
    "multivariate_normal.pdf",
    lambda x, m, c: _module(x).multivariate_normal.pdf(x, m, c @ c.T + like(c, np.eye(3))),
    numbers(2, 3),
    numbers(3),
    numbers(3, 3),
)

# ---------------------------------------------------------------- clusters

_V, _R = numbers(9, 2, seed=6), numbers(3, 2, seed=7)
_cluster.add("vq.whiten", _vq.whiten, _V)
_cluster.add("vq.vq", lambda x, c: _vq.vq(x, c)[1], _V, _R)
_cluster.add("vq.kmeans", lambda x: _vq.kmeans(x, like(x, _R))[0], _V)
_cluster.add("vq.kmeans(distortion)", lambda x: _array(_vq.kmeans(x, like(x, _R))[1]), _V)

ROWS: list[Any] = [*_rows.found, *_cluster.found]

__all__ = ["ROWS"]
