"""Distribution functions under SciPy's older names: `chdtr`, `gdtr`, `stdtr`, ...

- They are incomplete gamma and beta functions of other arguments, and differentiable in all that are continuous.
- Counts are rounded down, as SciPy does, and have the derivative 0. Integers stay integers, which widen no float.
"""

from __future__ import annotations

from typing import Any

from gradx.ops.rounding import floor
from gradx.ops.special.cards import floats, operands, special
from gradx.ops.special.densities import t_density
from gradx.ops.special.gammas import (
    betainc,
    betaincinv,
    gammainc,
    gammaincc,
    gammainccinv,
    gammaincinv,
)
from gradx.ops.special.moments import moment_of_beta
from gradx.tape import SCALARS


def chdtr(v: Any, x: Any, /) -> Any:
    """Distribution function of chi-squared with `v` degrees of freedom at `x`, broadcast."""
    v, x = operands(v, x)
    return gammainc(0.5 * v, 0.5 * x)


def chdtrc(v: Any, x: Any, /) -> Any:
    """`1 - chdtr(v, x)`, exact where it is small."""
    v, x = operands(v, x)
    return gammaincc(0.5 * v, 0.5 * x)


def chdtri(v: Any, p: Any, /) -> Any:
    """Inverse of `chdtrc` in `x`."""
    v, p = operands(v, p)
    return 2.0 * gammainccinv(0.5 * v, p)


def gdtr(a: Any, b: Any, x: Any, /) -> Any:
    """Distribution function of the gamma distribution of rate `a` and shape `b` at `x`, broadcast."""
    a, b, x = operands(a, b, x)
    return gammainc(b, a * x)


def gdtrc(a: Any, b: Any, x: Any, /) -> Any:
    """`1 - gdtr(a, b, x)`, exact where it is small."""
    a, b, x = operands(a, b, x)
    return gammaincc(b, a * x)


def gdtrix(a: Any, b: Any, p: Any, /) -> Any:
    """Inverse of `gdtr` in `x`."""
    a, b, p = operands(a, b, p)
    return gammaincinv(b, p) / a


def _count(k: Any) -> Any:
    return int(k // 1) if type(k) in SCALARS else floor(k)


def pdtr(k: Any, m: Any, /) -> Any:
    """Probability of at most `k` events of a Poisson distribution of mean `m`, broadcast."""
    k, m = operands(k, m)
    return gammaincc(_count(k) + 1, m)


def pdtrc(k: Any, m: Any, /) -> Any:
    """Probability of more than `k` events of a Poisson distribution of mean `m`, broadcast."""
    k, m = operands(k, m)
    return gammainc(_count(k) + 1, m)


def bdtr(k: Any, n: Any, p: Any, /) -> Any:
    """Probability of at most `k < n` successes in `n` trials of probability `p`, broadcast."""
    k, n, p = operands(k, n, p)
    return betainc(n - _count(k), _count(k) + 1, 1.0 - p)


def bdtrc(k: Any, n: Any, p: Any, /) -> Any:
    """Probability of more than `k < n` successes in `n` trials of probability `p`, broadcast."""
    k, n, p = operands(k, n, p)
    return betainc(_count(k) + 1, n - _count(k), p)


def nbdtr(k: Any, n: Any, p: Any, /) -> Any:
    """Probability of at most `k` failures before the `n`-th success of probability `p`, broadcast."""
    k, n, p = operands(k, n, p)
    return betainc(n, _count(k) + 1, p)


def nbdtrc(k: Any, n: Any, p: Any, /) -> Any:
    """Probability of more than `k` failures before the `n`-th success of probability `p`, broadcast."""
    k, n, p = operands(k, n, p)
    return betainc(_count(k) + 1, n, 1.0 - p)


def fdtr(dfn: Any, dfd: Any, x: Any, /) -> Any:
    """Distribution function of Fisher's F with `dfn` and `dfd` degrees of freedom at `x`, broadcast."""
    dfn, dfd, x = operands(dfn, dfd, x)
    return betainc(0.5 * dfn, 0.5 * dfd, dfn * x / (dfn * x + dfd))


def fdtrc(dfn: Any, dfd: Any, x: Any, /) -> Any:
    """`1 - fdtr(dfn, dfd, x)`, exact where it is small."""
    dfn, dfd, x = operands(dfn, dfd, x)
    return betainc(0.5 * dfd, 0.5 * dfn, dfd / (dfn * x + dfd))


def fdtri(dfn: Any, dfd: Any, p: Any, /) -> Any:
    """Inverse of `fdtr` in `x`."""
    dfn, dfd, p = operands(dfn, dfd, p)
    z = betaincinv(0.5 * dfn, 0.5 * dfd, p)
    return z / (1.0 - z) * (dfd / dfn)


# ---------------------------------------------------------------- Student's t


def _t_freedom(xp: Any, df: Any, t: Any) -> Any:
    """Return d/d(df) of the distribution function: for t < 0 it is I_x(df/2, 1/2) / 2 at x = df / (df + t^2)."""
    x = 1 / (1 + t * t / df)
    half = xp.full_like(df, 0.5)
    in_a = 0.25 * moment_of_beta(xp, 0.5 * df, half, x, 1, 0)
    in_x = 0.5 * t_density(xp, df, t) * xp.abs(t) / df
    return -xp.sign(t) * (in_a + in_x)


def _stdtr_freedom(xp: Any, y: Any, df: Any, t: Any) -> Any:
    return _t_freedom(xp, *floats(xp, y, df, t))


def _stdtr_t(xp: Any, y: Any, df: Any, t: Any) -> Any:
    return t_density(xp, *floats(xp, y, df, t))


def _stdtrit_freedom(xp: Any, y: Any, df: Any, _p: Any) -> Any:
    (df,) = floats(xp, y, df)
    return -_t_freedom(xp, df, y) / t_density(xp, df, y)


def _stdtrit_p(xp: Any, y: Any, df: Any, _p: Any) -> Any:
    (df,) = floats(xp, y, df)
    return 1 / t_density(xp, df, y)


stdtr = special(
    "stdtr",
    _stdtr_freedom,
    _stdtr_t,
    doc="Distribution function of Student's t with `df` (first) degrees of freedom.",
)
stdtrit = special("stdtrit", _stdtrit_freedom, _stdtrit_p, doc="Inverse of `stdtr` in `t`.")

__all__ = ["bdtr", "bdtrc", "chdtr", "chdtrc", "chdtri", "fdtr", "fdtrc", "fdtri", "gdtr", "gdtrc", "gdtrix",
           "nbdtr", "nbdtrc", "pdtr", "pdtrc", "stdtr", "stdtrit"]  # fmt: skip
