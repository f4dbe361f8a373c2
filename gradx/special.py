"""Special functions under SciPy's names: `xp.special` is where SciPy looks for them.

- The functions themselves stand in `gradx.ops`; here are SciPy's names and orders of arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx import ops
from gradx.ops import (
    digamma,
    entr,
    erf,
    erfc,
    erfinv,
    gammaln,
    logsumexp,
    sinc,
    xlog1py,
    xlogy,
)
from gradx.ops.manipulation import named_axes
from gradx.tape import lift


def expit(x: Any, /) -> Any:
    """Logistic function `1 / (1 + exp(-x))`, `(...) -> (...)`; never overflows."""
    return ops.sigmoid(x)


def log_expit(x: Any, /) -> Any:
    """Logarithm of the logistic function, `(...) -> (...)`; exact where it underflows."""
    return ops.log_sigmoid(x)


def softmax(x: Any, /, axis: int | tuple[int, ...] | None = None) -> Any:
    """`exp(x) / sum(exp(x))` along `axis`, over all elements by default; never overflows."""
    return _merged(ops.softmax, x, axis)


def log_softmax(x: Any, /, axis: int | tuple[int, ...] | None = None) -> Any:
    """Logarithm of `softmax`, along `axis`, over all elements by default."""
    return _merged(ops.log_softmax, x, axis)


def _merged(function: Callable[..., Any], x: Any, axis: int | tuple[int, ...] | None) -> Any:
    """Apply a function of one axis along several, as if they were one."""
    x = lift(x)
    if isinstance(axis, int):
        return function(x, axis=axis)
    axes = named_axes(function.__name__, x, axis)
    last = tuple(range(x.ndim - len(axes), x.ndim))
    moved = ops.moveaxis(x, axes, last)
    merged = ops.reshape(moved, (*moved.shape[: x.ndim - len(axes)], -1))
    return ops.moveaxis(ops.reshape(function(merged, axis=-1), moved.shape), last, axes)


def polygamma(n: int, x: Any, /) -> Any:
    """Derivative of order `n` of the digamma function, `(...) -> (...)`."""
    return ops.polygamma(x, n=n)


def psi(x: Any, /) -> Any:
    """Digamma function, the logarithmic derivative of the gamma function, `(...) -> (...)`."""
    return ops.digamma(x)


__all__ = ["digamma", "entr", "erf", "erfc", "erfinv", "expit", "gammaln", "log_expit", "log_softmax",
           "logsumexp", "polygamma", "psi", "sinc", "softmax", "xlog1py", "xlogy"]  # fmt: skip
