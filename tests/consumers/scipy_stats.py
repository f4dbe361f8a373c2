"""`scipy.stats`: summaries, transformations and statistics of one sample or more."""

from __future__ import annotations

from scipy import stats

from tests.consumers.table import CONVERTS, Rows, numbers, positive, unit

_stats = Rows("scipy.stats")
_X, _Y, _P = numbers(9, seed=1), numbers(9, seed=2), positive(9, seed=3)
_M, _Q = numbers(4, 6, seed=4), positive(3, 5, seed=5)

for _name in [
    "skew",
    "kurtosis",
    "zscore",
    "moment",
    "variation",
    "sem",
    "iqr",
    "tmean",
    "tvar",
    "tstd",
    "tmin",
    "tmax",
    "tsem",
    "kstat",
    "kstatvar",
]:
    _stats.add(_name, getattr(stats, _name), _X)
for _name in ["gmean", "hmean", "gstd", "gzscore", "expectile", "differential_entropy"]:
    _stats.add(_name, getattr(stats, _name), _P)
for _name in ["circmean", "circvar", "circstd"]:
    _stats.add(_name, getattr(stats, _name), _P)

_stats.add("skew(bias=False, axis=1)", lambda x: stats.skew(x, axis=1, bias=False), _M)
_stats.add("kurtosis(bias=False, axis=1)", lambda x: stats.kurtosis(x, axis=1, bias=False), _M)
_stats.add("skew(nan_policy='omit')", lambda x: stats.skew(x, nan_policy="omit"), _X)
_stats.add("zscore(axis=1, ddof=1)", lambda x: stats.zscore(x, axis=1, ddof=1), _M)
_stats.add("zmap", stats.zmap, _X, _Y)
_stats.add("pmean", lambda x: stats.pmean(x, 2.5), _P)
_stats.add("gmean(weights=)", lambda x, w: stats.gmean(x, weights=w), _P, unit(9, seed=7))
_stats.add("hmean(weights=)", lambda x, w: stats.hmean(x, weights=w), _P, unit(9, seed=7))
_stats.add("moment([2, 3])", lambda x: stats.moment(x, [2, 3], axis=1), _M)
_stats.add("describe", lambda x: tuple(stats.describe(x))[1:], _X)
_stats.add("entropy", stats.entropy, _P)
_stats.add("entropy(p, q)", lambda p, q: stats.entropy(p, q, base=2), _P, positive(9, seed=8))
_stats.add("tvar(limits)", lambda x: stats.tvar(x, (-1.0, 1.0)), _X)
_stats.add("trim_mean", lambda x: stats.trim_mean(x, 0.2), _X)
_stats.add("lmoment", stats.lmoment, _X)
_stats.add("quantile", lambda x: stats.quantile(x, 0.3), _X)
_stats.add("median_abs_deviation", lambda x: stats.median_abs_deviation(x), _X)
_stats.add("scoreatpercentile", lambda x: stats.scoreatpercentile(x, 30), _X)
_stats.add("boxcox_llf", lambda x: stats.boxcox_llf(0.7, x), _P)
_stats.add("yeojohnson_llf", lambda x: stats.yeojohnson_llf(0.7, x), _X)
_stats.add("boxcox(lmbda=)", lambda x: stats.boxcox(x, lmbda=0.7), _P)
_stats.add("yeojohnson(lmbda=)", lambda x: stats.yeojohnson(x, lmbda=0.7), _X)
_stats.add(
    "directional_stats",
    lambda x: (lambda r: (r.mean_direction, r.mean_resultant_length))(stats.directional_stats(x)),
    _M,
)
_stats.add("gzscore(axis=1)", lambda x: stats.gzscore(x, axis=1), _Q)
_stats.add("circmean(axis=1)", lambda x: stats.circmean(x, high=1.0, low=-1.0, axis=1), _M)
_stats.add("obrientransform", lambda x, y: stats.obrientransform(x, y), _X, _Y)
_stats.add("sigmaclip", lambda x: stats.sigmaclip(x, 3.0, 3.0), _X)
_stats.add("rankdata", lambda x: stats.rankdata(x) * x, _X)
_stats.add("wasserstein_distance", stats.wasserstein_distance, _X, _Y)
_stats.add("energy_distance", stats.energy_distance, _X, _Y)

_stats.ends(
    "ConversionError",
    CONVERTS,
    "expectile",
    "scoreatpercentile",
    "boxcox(lmbda=)",
    "yeojohnson(lmbda=)",
    "obrientransform",
    "wasserstein_distance",
    "energy_distance",
)

ROWS = _stats.found

__all__ = ["ROWS"]
