"""`scipy.stats`: `gradx.stats`' distributions, and what SciPy's functions of samples do on NumPy's arrays alone."""

from gradx.stats import *  # isort: skip  (first: a name of SciPy's below takes its place)
from gradx.stats import __all__ as _distributions

from gradx.scipy.stats import multivariate as multivariate_normal  # isort: skip
from gradx.scipy.stats.density import gaussian_kde
from gradx.scipy.stats.hypotheses import (
    ansari,
    cramervonmises,
    kendalltau,
    ks_2samp,
    shapiro,
    tukey_hsd,
)
from gradx.scipy.stats.regression import linregress, siegelslopes, theilslopes
from gradx.scipy.stats.summaries import (
    energy_distance,
    expectile,
    scoreatpercentile,
    wasserstein_distance,
)
from gradx.scipy.stats.transformations import (
    boxcox,
    boxcox_llf,
    obrientransform,
    yeojohnson,
    yeojohnson_llf,
)

__all__ = [
    "ansari",
    "boxcox",
    "boxcox_llf",
    "cramervonmises",
    "energy_distance",
    "expectile",
    "gaussian_kde",
    "kendalltau",
    "ks_2samp",
    "linregress",
    "multivariate_normal",
    "obrientransform",
    "scoreatpercentile",
    "shapiro",
    "siegelslopes",
    "theilslopes",
    "tukey_hsd",
    "wasserstein_distance",
    "yeojohnson",
    "yeojohnson_llf",
]
__all__ += [name for name in _distributions if name != "multivariate_normal"]
