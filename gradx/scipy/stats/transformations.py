"""Box and Cox's transformation, Yeo and Johnson's, and O'Brien's.

- A parameter that is not given is the one of the greatest likelihood: SciPy finds it on values; two of Newton's steps
  on the tape make its derivatives exact to the third order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx import ops
from gradx.errors import DtypeError, ShapeError
from gradx.ops import special
from gradx.scipy.stats.results import only
from gradx.scipy.values import constant, first_of, floating, host, value
from gradx.transforms.derivatives import grad


def _real(name: str, x: Any, like: Any = None) -> Any:
    x = floating(x, like)
    if x.dtype.kind == "c":
        raise DtypeError(f"stats.{name}: expected real data; got {x.dtype}")
    return x


def _greatest(likelihood: Callable[[Any], Any], near: Any) -> Any:
    """Return the parameter at which the likelihood is greatest, near a value."""
    slope = grad(likelihood)
    for _ in range(2):
        near = near - slope(near) / grad(slope)(near)
    return near


def boxcox(x: Any, lmbda: Any = None, alpha: Any = None, optimizer: Any = None) -> Any:
    """Return Box and Cox's transformation, (x**lmbda - 1) / lmbda, or log(x) for lmbda 0.

    Without `lmbda`: `(n,)` to a pair with the lmbda of the greatest likelihood.

    >>> import gradx as gx
    >>> gx.scipy.stats.boxcox(gx.asarray([1.0, 4.0]), lmbda=0.5)
    Tensor([0., 2.])
    """
    x = _real("boxcox", x, first_of(lmbda))
    if lmbda is not None:
        return special.boxcox(x, lmbda)
    only("boxcox", alpha=(alpha, None), optimizer=(optimizer, None))
    if x.ndim != 1:
        raise ShapeError(f"stats.boxcox: expected x (n,) without lmbda; got {x.shape}")
    near = constant(float(host("stats").boxcox(value(x))[1]), x)
    found = _greatest(lambda lmb: boxcox_llf(lmb, x), near)
    return special.boxcox(x, found), found


def boxcox_llf(
    lmb: Any, data: Any, *, axis: Any = 0, keepdims: bool = False, nan_policy: str = "propagate"
) -> Any:
    """Return the logarithm of the likelihood of Box and Cox's parameter, for data along `axis`.

    >>> import gradx as gx
    >>> gx.scipy.stats.boxcox_llf(1.0, gx.asarray([1.0, 3.0]))
    Tensor(0.)
    """
    only("boxcox_llf", nan_policy=(nan_policy, "propagate"))
    data = _real("boxcox_llf", data, first_of(lmb))
    data, axis = (ops.ravel(data), 0) if axis is None else (data, axis)
    return _likelihood(
        lmb, ops.log(data), special.boxcox(data, lmb), data.shape[axis], axis, keepdims
    )


def _likelihood(lmb: Any, logs: Any, moved: Any, n: int, axis: int, keepdims: bool) -> Any:
    spread = ops.var(moved, axis=axis, keepdims=keepdims)
    return (lmb - 1) * ops.sum(logs, axis=axis, keepdims=keepdims) - 0.5 * n * ops.log(spread)


def yeojohnson(x: Any, lmbda: Any = None) -> Any:
    """Return Yeo and Johnson's transformation: Box and Cox's of 1 + x, and on the other side of 0 its mirror.

    Without `lmbda` a pair with the lmbda of the greatest likelihood.

    >>> import gradx as gx
    >>> gx.scipy.stats.yeojohnson(gx.asarray([-3.0, 3.0]), lmbda=0.0)
    Tensor([-7.5       ,  1.38629436])
    """
    x = _real("yeojohnson", x, first_of(lmbda))
    if lmbda is None:
        near = constant(float(host("stats").yeojohnson(value(x))[1]), x)
        found = _greatest(lambda lmb: yeojohnson_llf(lmb, x, axis=None), near)
        return _mirrored(x, found), found
    return _mirrored(x, lmbda)


def _mirrored(x: Any, lmbda: Any) -> Any:
    up = x >= 0
    above = special.boxcox1p(ops.where(up, x, 0), lmbda)
    below = special.boxcox1p(ops.where(up, 0, -x), 2 - lmbda)
    return ops.where(up, above, -below)


def yeojohnson_llf(
    lmb: Any, data: Any, *, axis: Any = 0, nan_policy: str = "propagate", keepdims: bool = False
) -> Any:
    """Return the logarithm of the likelihood of Yeo and Johnson's parameter, for data along `axis`.

    >>> import gradx as gx
    >>> gx.scipy.stats.yeojohnson_llf(1.0, gx.asarray([1.0, 3.0]))
    Tensor(0.)
    """
    only("yeojohnson_llf", nan_policy=(nan_policy, "propagate"))
    data = _real("yeojohnson_llf", data, first_of(lmb))
    data, axis = (ops.ravel(data), 0) if axis is None else (data, axis)
    logs = ops.sign(data) * ops.log1p(ops.abs(data))
    logs = ops.where(data >= 0, ops.log1p(ops.where(data >= 0, data, 0)), logs)  # has no kink at 0
    return _likelihood(lmb, logs, _mirrored(data, lmb), data.shape[axis], axis, keepdims)


def obrientransform(*samples: Any) -> Any:
    """Return O'Brien's transformation of samples `(n_i,)`, whose means are their variances.

    Samples of one size come as one Tensor, `(k, n)`; others as a list.

    >>> import gradx as gx
    >>> gx.mean(gx.scipy.stats.obrientransform(gx.asarray([1.0, 2.0, 6.0])))
    Tensor(7.)
    """
    like = first_of(*samples)
    found = []
    for sample in samples:
        a = floating(sample, like)
        n = a.shape[0]
        squares = ops.square(a - ops.mean(a))
        whole = ops.sum(squares)
        found.append(((n - 1.5) * n * squares - 0.5 * whole) / ((n - 1) * (n - 2)))
    return ops.stack(found) if len({t.shape for t in found}) == 1 else found


__all__ = [
    "boxcox",
    "boxcox_llf",
    "obrientransform",
    "yeojohnson",
    "yeojohnson_llf",
]
