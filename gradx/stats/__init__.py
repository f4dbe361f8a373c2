"""Probability distributions under `scipy.stats`' names: `gx.stats.norm.logpdf(x, loc, scale)`, one file a family.

- Continuous families have `logpdf`, `pdf`, `cdf`, `logcdf`, `sf`, `logsf`, `ppf`; discrete ones `logpmf`, `pmf`, `cdf`,
  `logcdf`, `sf`, `logsf`. They are differentiable in the argument and in every continuous parameter.
- Of `dirichlet`, `multinomial`, `multivariate_normal` and `vonmises` there are the densities.

>>> import gradx as gx
>>> x = gx.asarray([0.5, 1.5])
>>> gx.grad(lambda a: gx.sum(gx.stats.gamma.logpdf(x, a)))(gx.asarray(2.0))
Tensor(-1.13325074)
"""

from gradx.stats import dirichlet, multinomial, multivariate_normal, vonmises
from gradx.stats.bernoulli import bernoulli
from gradx.stats.beta import beta
from gradx.stats.binom import binom
from gradx.stats.cauchy import cauchy
from gradx.stats.chi2 import chi2
from gradx.stats.expon import expon
from gradx.stats.f import f
from gradx.stats.gamma import gamma
from gradx.stats.geom import geom
from gradx.stats.gumbel_r import gumbel_r
from gradx.stats.laplace import laplace
from gradx.stats.logistic import logistic
from gradx.stats.lognorm import lognorm
from gradx.stats.nbinom import nbinom
from gradx.stats.norm import norm
from gradx.stats.pareto import pareto
from gradx.stats.poisson import poisson
from gradx.stats.t import t
from gradx.stats.truncnorm import truncnorm
from gradx.stats.uniform import uniform
from gradx.stats.weibull_min import weibull_min

__all__ = [
    "bernoulli",
    "beta",
    "binom",
    "cauchy",
    "chi2",
    "dirichlet",
    "expon",
    "f",
    "gamma",
    "geom",
    "gumbel_r",
    "laplace",
    "logistic",
    "lognorm",
    "multinomial",
    "multivariate_normal",
    "nbinom",
    "norm",
    "pareto",
    "poisson",
    "t",
    "truncnorm",
    "uniform",
    "vonmises",
    "weibull_min",
]
