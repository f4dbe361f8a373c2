"""The form of a family of distributions: functions of the standard variable, made into SciPy's.

- `Continuous` adds location, scale and the support; `Discrete` location and the support on integers.
- Outside the support the density is 0, its logarithm -inf, and all gradients are 0 by structure.
- A scale that is not positive, and parameters that are not valid, give NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gradx import ops
from gradx.dtypes import float64, is_inexact
from gradx.ops.special.cards import operands
from gradx.promotion import result_type
from gradx.tape import SCALARS

Function = Callable[..., Any]


class _Family:
    """A distribution with named parameters."""

    def __init__(
        self, name: str, shapes: tuple[str, ...], scaled: bool, valid: Function | None
    ) -> None:
        self.name = name
        self.parameters = (*shapes, "loc", "scale") if scaled else (*shapes, "loc")
        self._count = len(shapes)
        self._valid = valid or (lambda *values: [value > 0 for value in values])

    def __repr__(self) -> str:
        return f"<distribution {self.name}({', '.join(self.parameters)})>"

    def _bound(self, call: str, x: Any, args: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
        """Return x and all parameters, given by place or by name."""
        values: dict[str, Any] = {"loc": 0, "scale": 1}
        given = [*zip(self.parameters, args), *named.items()]
        wrong = [key for key, _ in given if key not in self.parameters]
        twice = len({key for key, _ in given}) < len(given) or len(args) > len(self.parameters)
        values.update(given)
        lacking = [key for key in self.parameters if key not in values]
        if wrong or twice or lacking:
            raise TypeError(
                f"stats.{self.name}.{call}: expected the parameters {', '.join(self.parameters)}, each once; "
                f"got {len(args)} by place and {sorted(named)} by name"
            )
        x, *rest = operands(x, *[values[key] for key in self.parameters])
        like = next(p for p in (x, *rest) if type(p) not in SCALARS)
        x, *shapes = [_array(p, like) for p in (x, *rest[: self._count])]
        return [x, *shapes, *rest[self._count :]]

    def _masked(self, y: Any, shapes: list[Any], scale: Any = 1) -> Any:
        """Return `y`, NaN where a parameter is not valid."""
        for truth in [*self._valid(*shapes), scale > 0]:
            if truth is False:
                return y * math.nan
            if truth is not True:
                y = ops.where(truth, y, math.nan)
        return y


class Continuous(_Family):
    """A family of continuous distributions; parameters by place or name, broadcast with `x`.

    Parameters
    ----------
    name, shapes
        Its name and those of its parameters beside location and scale.
    logpdf, cdf, ppf
        Of the standard variable and the shapes.
    sf, logcdf, logsf, pdf
        The same where they are more exact than 1 - cdf and logarithms.
    support
        Where the density lives: two numbers, or a function of the shapes.
    valid
        For the shapes, a list of conditions; by default each is positive.
    """

    def __init__(self, name: str, *shapes: str, logpdf: Function, cdf: Function, ppf: Function, sf: Function,
                 logcdf: Function | None = None, logsf: Function | None = None, pdf: Function | None = None,
                 support: Any = (-math.inf, math.inf), valid: Function | None = None) -> None:  # fmt: skip
        super().__init__(name, shapes, True, valid)
        self._logpdf, self._cdf, self._sf, self._ppf = logpdf, cdf, sf, ppf
        self._logcdf = logcdf or (lambda *args: ops.log(cdf(*args)))
        self._logsf = logsf or (lambda *args: ops.log(sf(*args)))
        self._pdf = pdf or (lambda *args: ops.exp(logpdf(*args)))
        self._support = support if callable(support) else lambda *_: support

    def _apply(
        self, call: str, f: Function, below: float, above: float, x: Any, args: Any, named: Any
    ) -> Any:
        """Return f of the standard variable, `below` and `above` the support, and shapes and scale."""
        x, *shapes, loc, scale = self._bound(call, x, args, named)
        z = (x - loc) / scale
        low, high = self._support(*shapes)
        under = None if _is(low, -math.inf) else z < low
        over = None if _is(high, math.inf) else z > high
        inner = _inner(low, high)
        for outside in (under, over):
            if outside is not None:
                z = ops.where(outside, inner, z)
        y = f(z, *shapes, scale)
        if under is not None:
            y = ops.where(under, below, y)
        if over is not None:
            y = ops.where(over, above, y)
        return self._masked(y, shapes, scale)

    def logpdf(self, x: Any, /, *args: Any, **named: Any) -> Any:
        """Logarithm of the density at `x`; -inf outside the support."""
        f = self._logpdf
        return self._apply(
            "logpdf",
            lambda z, *p: f(z, *p[:-1]) - _log(p[-1]),
            -math.inf,
            -math.inf,
            x,
            args,
            named,
        )

    def pdf(self, x: Any, /, *args: Any, **named: Any) -> Any:
        """Density at `x`; 0 outside the support."""
        f = self._pdf
        return self._apply("pdf", lambda z, *p: f(z, *p[:-1]) / p[-1], 0.0, 0.0, x, args, named)

    def cdf(self, x: Any, /, *args: Any, **named: Any) -> Any:
        """Probability of values up to `x`."""
        f = self._cdf
        return self._apply("cdf", lambda z, *p: f(z, *p[:-1]), 0.0, 1.0, x, args, named)

    def logcdf(self, x: Any, /, *args: Any, **named: Any) -> Any:
        """Logarithm of `cdf`, exact where that underflows, as far as the family's functions allow."""
        f = self._logcdf
        return self._apply("logcdf", lambda z, *p: f(z, *p[:-1]), -math.inf, 0.0, x, args, named)

    def sf(self, x: Any, /, *args: Any, **named: Any) -> Any:
        """Probability of values above `x`, exact where it is small."""
        f = self._sf
        return self._apply("sf", lambda z, *p: f(z, *p[:-1]), 1.0, 0.0, x, args, named)

    def logsf(self, x: Any, /, *args: Any, **named: Any) -> Any:
        """Logarithm of `sf`."""
        f = self._logsf
        return self._apply("logsf", lambda z, *p: f(z, *p[:-1]), 0.0, -math.inf, x, args, named)

    def ppf(self, q: Any, /, *args: Any, **named: Any) -> Any:
        """Quantile: the inverse of `cdf` at `q`; NaN outside [0, 1]."""
        q, *shapes, loc, scale = self._bound("ppf", q, args, named)
        outside = (q < 0) | (q > 1)
        y = loc + scale * self._ppf(ops.where(outside, 0.5, q), *shapes)
        return self._masked(ops.where(outside, math.nan, y), shapes, scale)


class Discrete(_Family):
    """A family of distributions on integers; parameters by place or name, broadcast with `k`.

    Parameters
    ----------
    logpmf, cdf, sf
        Of k (rounded down in `cdf` and `sf`) and the shapes.
    support
        From where to where: two numbers, or a function of the shapes.
    """

    def __init__(self, name: str, *shapes: str, logpmf: Function, cdf: Function, sf: Function, support: Any,
                 valid: Function) -> None:  # fmt: skip
        super().__init__(name, shapes, False, valid)
        self._logpmf, self._cdf, self._sf = logpmf, cdf, sf
        self._support = support if callable(support) else lambda *_: support

    def _arguments(self, call: str, k: Any, args: Any, named: Any) -> tuple[Any, list[Any]]:
        """Return k - loc in floats, and the shapes; integers beside floats do not widen them."""
        k, *shapes, loc = self._bound(call, k, args, named)
        floats = [p.dtype for p in (k, *shapes) if type(p) not in SCALARS and is_inexact(p.dtype)]
        dtype = result_type(*floats) if floats else float64
        k, *shapes = (_in_floats(p, dtype) for p in (k, *shapes))
        return k - loc, shapes

    def logpmf(self, k: Any, /, *args: Any, **named: Any) -> Any:
        """Logarithm of the probability of `k`; -inf where `k` cannot be."""
        k, shapes = self._arguments("logpmf", k, args, named)
        low, high = self._support(*shapes)
        outside = (k < low) | (k > high) | (k != ops.floor(k))
        y = self._logpmf(ops.where(outside, low, ops.stop_gradient(k)), *shapes)
        return self._masked(ops.where(outside, -math.inf, y), shapes)

    def pmf(self, k: Any, /, *args: Any, **named: Any) -> Any:
        """Probability of `k`."""
        return ops.exp(self.logpmf(k, *args, **named))

    def _sum(
        self, call: str, f: Function, below: float, above: float, k: Any, args: Any, named: Any
    ) -> Any:
        k, shapes = self._arguments(call, k, args, named)
        low, high = self._support(*shapes)
        k = ops.floor(k)
        under, over = k < low, k >= high
        y = f(ops.where(under | over, low, k), *shapes)
        return self._masked(ops.where(under, below, ops.where(over, above, y)), shapes)

    def cdf(self, k: Any, /, *args: Any, **named: Any) -> Any:
        """Probability of values up to `k`."""
        return self._sum("cdf", self._cdf, 0.0, 1.0, k, args, named)

    def logcdf(self, k: Any, /, *args: Any, **named: Any) -> Any:
        """Logarithm of `cdf`."""
        return ops.log(self.cdf(k, *args, **named))

    def sf(self, k: Any, /, *args: Any, **named: Any) -> Any:
        """Probability of values above `k`, exact where it is small."""
        return self._sum("sf", self._sf, 1.0, 0.0, k, args, named)

    def logsf(self, k: Any, /, *args: Any, **named: Any) -> Any:
        """Logarithm of `sf`."""
        return ops.log(self.sf(k, *args, **named))


def _array(p: Any, like: Any) -> Any:
    """Return a number as an array of floats beside `like`, and in its precision."""
    if type(p) not in SCALARS:
        return p
    dtype = like.dtype if is_inexact(like.dtype) else float64
    return ops.full((), float(p), dtype=dtype, device=like.device)


def _in_floats(p: Any, dtype: Any) -> Any:
    return p if type(p) in SCALARS or is_inexact(p.dtype) else ops.astype(p, dtype)


def _is(bound: Any, value: float) -> bool:
    return type(bound) in SCALARS and bool(bound == value)


def _inner(low: Any, high: Any) -> Any:
    """Return a point inside the support."""
    if _is(low, -math.inf):
        return 0.0 if _is(high, math.inf) else high - 1
    return low + 1 if _is(high, math.inf) else 0.5 * (low + high)


def _log(scale: Any) -> Any:
    if type(scale) in SCALARS:
        return math.log(scale) if scale > 0 else math.nan
    return ops.log(scale)


__all__ = ["Continuous", "Discrete"]
