"""`expectile`, `scoreatpercentile`, `wasserstein_distance`, `energy_distance`.

- Which elements lie below, and in which order they are, is decided on values; the rest is linear or a norm.
"""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.numpy.arguments import axis_of
from gradx.scipy.stats.results import pair
from gradx.scipy.values import constant, first_of, floating, host, value


def expectile(a: Any, alpha: Any = 0.5, *, weights: Any = None) -> Any:
    """Return the expectile of all elements: t with alpha sum (a - t)+ = (1 - alpha) sum (t - a)+.

    >>> import gradx as gx
    >>> gx.scipy.stats.expectile(gx.asarray([0.0, 3.0]), alpha=2 / 3)
    Tensor(2.)
    """
    like = first_of(a, alpha, weights)
    a, alpha = floating(a, like), floating(alpha, like)
    level = float(value(alpha))
    if not 0 <= level <= 1:
        raise ValueError(f"stats.expectile: expected alpha from 0 to 1; got {level}")
    weights = None if weights is None else floating(weights, like)
    fixed = None if weights is None else value(weights)
    root = constant(float(host("stats").expectile(value(a), level, weights=fixed)), a)
    share = ops.where(ops.stop_gradient(a) <= root, 1 - alpha, alpha)
    if weights is not None:
        share = share * weights
    return ops.sum(share * a) / ops.sum(share)


def scoreatpercentile(a: Any, per: Any, limit: Any = (), interpolation_method: str = "fraction",
                      axis: int | None = None) -> Any:  # fmt: skip
    """Return the score below which `per` percent of the elements lie; sorted along `axis`, or of all elements.

    Parameters
    ----------
    per
        A percentage or several, from 0 to 100.
    limit
        The least and the greatest element that count.
    interpolation_method
        "fraction", "lower" or "higher".

    >>> import gradx as gx
    >>> gx.scipy.stats.scoreatpercentile(gx.asarray([1.0, 2.0, 4.0]), 75)
    Tensor(3.)
    """
    a = floating(a, first_of(per))
    if limit:
        low, high = (value(x) for x in limit)
        fixed = ops.stop_gradient(a)
        kept = ops.nonzero(ops.ravel((fixed >= float(low)) & (fixed <= float(high))))[0]
        a, axis = ops.take(ops.ravel(a), kept, axis=0), 0
    elif axis is None:
        a, axis = ops.ravel(a), 0
    a = ops.sort(a, axis=axis)
    if isinstance(per, (list, tuple)) or (hasattr(per, "shape") and len(per.shape)):
        count = len(per)
        return ops.stack([_score(a, per[i], interpolation_method, axis) for i in range(count)])
    return _score(a, per, interpolation_method, axis)


def _score(a: Any, per: Any, method: str, axis: int) -> Any:
    level = float(value(per))
    if not 0 <= level <= 100:
        raise ValueError(f"stats.scoreatpercentile: expected per from 0 to 100; got {level}")
    axis = axis_of("stats.scoreatpercentile", axis, a.ndim)
    n = a.shape[axis]
    place = level / 100.0 * (n - 1)
    below = math.floor(place)
    if method in ("lower", "higher"):
        below = below if method == "lower" else math.ceil(place)
        return ops.take(a, constant(below, a, "int64"), axis=axis)
    if method != "fraction":
        raise ValueError(
            f"stats.scoreatpercentile: expected interpolation_method 'fraction', 'lower' or 'higher'; got {method!r}"
        )
    low, high = (
        ops.take(a, constant(i, a, "int64"), axis=axis) for i in (below, min(below + 1, n - 1))
    )
    return low + (high - low) * (per / 100.0 * (n - 1) - below)


def wasserstein_distance(
    u_values: Any, v_values: Any, u_weights: Any = None, v_weights: Any = None
) -> Any:
    """Return the first Wasserstein distance of two samples `(m,)` and `(n,)`: the area between their distributions.

    >>> import gradx as gx
    >>> gx.scipy.stats.wasserstein_distance(gx.asarray([0.0, 1.0]), [2.0, 3.0])
    Tensor(2.)
    """
    apart, widths = _between(u_values, v_values, u_weights, v_weights)
    return ops.sum(ops.abs(apart) * widths)


def energy_distance(
    u_values: Any, v_values: Any, u_weights: Any = None, v_weights: Any = None
) -> Any:
    """Return the energy distance of two samples `(m,)` and `(n,)`; of equal ones it is 0, and so is its gradient.

    >>> import gradx as gx
    >>> gx.scipy.stats.energy_distance(gx.asarray([0.0]), [2.0])
    Tensor(2.)
    """
    apart, widths = _between(u_values, v_values, u_weights, v_weights)
    area = 2.0 * ops.sum(apart * apart * widths)
    none = area == 0
    return ops.where(none, 0, ops.sqrt(ops.where(none, 1, area)))


def _between(u: Any, v: Any, u_weights: Any, v_weights: Any) -> tuple[Any, Any]:
    """Return the differences of the two distributions between all values in order, and the widths there."""
    u, v = pair(u, v)
    both = ops.sort(ops.concat([u, v]))
    shares = [
        _share(x, w, ops.stop_gradient(both[:-1])) for x, w in ((u, u_weights), (v, v_weights))
    ]
    return shares[0] - shares[1], ops.diff(both)


def _share(x: Any, weights: Any, at: Any) -> Any:
    """Return which part of a sample is not above each of the places."""
    order = ops.argsort(ops.stop_gradient(x))
    count = ops.searchsorted(ops.take(ops.stop_gradient(x), order, axis=0), at, side="right")
    if weights is None:
        return ops.astype(count, x.dtype) / x.shape[0]
    sums = ops.cumulative_sum(ops.take(floating(weights, x), order, axis=0), include_initial=True)
    return ops.take(sums, count, axis=0) / sums[-1]


__all__ = ["energy_distance", "expectile", "scoreatpercentile", "wasserstein_distance"]
