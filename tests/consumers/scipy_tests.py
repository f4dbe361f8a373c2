"""`scipy.stats`: tests of hypotheses: statistic and p-value."""

from __future__ import annotations

from typing import Any

from scipy import special, stats

from tests.consumers.table import CONVERTS, Rows, numbers, positive, unit

_tests = Rows("scipy.stats")
_X, _Y, _P = numbers(20, seed=1), numbers(20, seed=2), positive(9, seed=3)
_Z = numbers(20, seed=4)


def _both(f: Any) -> Any:
    """Give statistic and p-value of a result."""

    def both(*args: Any) -> Any:
        result = f(*args)
        return result.statistic, result.pvalue

    return both


_tests.add("ttest_1samp", _both(lambda x: stats.ttest_1samp(x, 0.1)), _X)
_tests.add("ttest_ind", _both(stats.ttest_ind), _X, _Y)
_tests.add(
    "ttest_ind(equal_var=False)", _both(lambda x, y: stats.ttest_ind(x, y, equal_var=False)), _X, _Y
)
_tests.add("ttest_rel", _both(stats.ttest_rel), _X, _Y)
_tests.add(
    "ttest_ind_from_stats",
    _both(lambda m, s: stats.ttest_ind_from_stats(m, s, 9, m + 0.3, s * 1.2, 7)),
    numbers(3),
    positive(3),
)
_tests.add("pearsonr", _both(stats.pearsonr), _X, _Y)
_tests.add("f_oneway", _both(stats.f_oneway), _X, _Y, _Z)
_tests.add("alexandergovern", _both(stats.alexandergovern), _X, _Y, _Z)
_tests.add("bartlett", _both(stats.bartlett), _X, _Y, _Z)
_tests.add("levene", _both(stats.levene), _X, _Y, _Z)
_tests.add("fligner", _both(stats.fligner), _X, _Y)
_tests.add("skewtest", _both(stats.skewtest), _X)
_tests.add("kurtosistest", _both(stats.kurtosistest), _X)
_tests.add("normaltest", _both(stats.normaltest), _X)
_tests.add("jarque_bera", _both(stats.jarque_bera), _X)
_tests.add("chisquare", _both(lambda f: stats.chisquare(f, f * 0.0 + f.sum() / 9)), _P)
_tests.add(
    "power_divergence", _both(lambda f: stats.power_divergence(f, lambda_="log-likelihood")), _P
)
_tests.add("combine_pvalues", _both(stats.combine_pvalues), unit(5))
_tests.add(
    "combine_pvalues(stouffer)",
    _both(lambda p: stats.combine_pvalues(p, method="stouffer")),
    unit(5),
)
_tests.add("false_discovery_control", stats.false_discovery_control, unit(5))
_tests.add("tukey_hsd", _both(stats.tukey_hsd), _X, _Y)
_tests.add("linregress", lambda x, y: tuple(stats.linregress(x, y)), _X, _Y)
_tests.add("siegelslopes", lambda x, y: tuple(stats.siegelslopes(x, y)), _X, _Y)
_tests.add("theilslopes", lambda x, y: tuple(stats.theilslopes(x, y)), _X, _Y)
_tests.add("spearmanr", lambda x, y: stats.spearmanr(x, y).statistic, _X, _Y)
_tests.add("kendalltau", lambda x, y: stats.kendalltau(x, y).statistic, _X, _Y)
_tests.add("mannwhitneyu", _both(stats.mannwhitneyu), _X, _Y)
_tests.add("wilcoxon", _both(stats.wilcoxon), _X, _Y)
_tests.add("ks_2samp", _both(stats.ks_2samp), _X, _Y)
_tests.add("ansari", _both(stats.ansari), _X, _Y)
_tests.add("mood", _both(stats.mood), _X, _Y)
_tests.add("kruskal", _both(stats.kruskal), _X, _Y)
_tests.add("brunnermunzel", _both(stats.brunnermunzel), _X, _Y)
_tests.add("friedmanchisquare", _both(stats.friedmanchisquare), _X, _Y, _Z)
_tests.add(
    "cramervonmises", _both(lambda x: stats.cramervonmises(x, lambda t: special.ndtr(t))), _X
)
_tests.add("shapiro", _both(stats.shapiro), _X)
_tests.add("epps_singleton_2samp", _both(stats.epps_singleton_2samp), _X, _Y)
_tests.add("norm.pdf", stats.norm.pdf, _X)
_tests.add("norm.cdf", stats.norm.cdf, _X)
_tests.add("gaussian_kde", lambda x: stats.gaussian_kde(x)(x), _X)
_tests.add("multivariate_normal.logpdf", lambda x: stats.multivariate_normal.logpdf(x), numbers(4))

_tests.ends(
    "ConversionError",
    CONVERTS,
    "tukey_hsd",
    "linregress",
    "siegelslopes",
    "theilslopes",
    "kendalltau",
    "cramervonmises",
    "norm.pdf",
    "norm.cdf",
    "gaussian_kde",
    "multivariate_normal.logpdf",
)
_tests.ends(
    "GraphError",
    "makes a NumPy number of a count; the statistic is piecewise constant",
    "ks_2samp",
)
_tests.ends(
    "TypeError",
    "compiled code, which asks for a buffer",
    "shapiro",
)

ROWS = _tests.found

__all__ = ["ROWS"]
