"""`scipy.stats`: `gradx.stats`' distributions, and what SciPy's functions of samples do on NumPy's arrays alone."""

import sys as _sys

from gradx import stats as _stats
from gradx.scipy.stats import multivariate as multivariate_normal
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
from gradx.stats import (
    bernoulli,
    beta,
    binom,
    cauchy,
    chi2,
    dirichlet,
    expon,
    f,
    gamma,
    geom,
    gumbel_r,
    laplace,
    logistic,
    lognorm,
    multinomial,
    nbinom,
    norm,
    pareto,
    poisson,
    t,
    truncnorm,
    uniform,
    vonmises,
    weibull_min,
)

for _family in _stats.__all__:  # `import gradx.scipy.stats.norm`: autograd's families are modules
    _sys.modules.setdefault(f"{__name__}.{_family}", globals()[_family])

__all__ = [
    "ansari",
    "bernoulli",
    "beta",
    "binom",
    "boxcox",
    "boxcox_llf",
    "cauchy",
    "chi2",
    "cramervonmises",
    "dirichlet",
    "energy_distance",
    "expectile",
    "expon",
    "f",
    "gamma",
    "gaussian_kde",
    "geom",
    "gumbel_r",
    "kendalltau",
    "ks_2samp",
    "laplace",
    "linregress",
    "logistic",
    "lognorm",
    "multinomial",
    "multivariate_normal",
    "nbinom",
    "norm",
    "obrientransform",
    "pareto",
    "poisson",
    "scoreatpercentile",
    "shapiro",
    "siegelslopes",
    "t",
    "theilslopes",
    "truncnorm",
    "tukey_hsd",
    "uniform",
    "vonmises",
    "wasserstein_distance",
    "weibull_min",
    "yeojohnson",
    "yeojohnson_llf",
]
