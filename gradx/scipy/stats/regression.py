"""Lines through points: `linregress`, `theilslopes`, `siegelslopes`."""

from __future__ import annotations

import math
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.scipy.stats.results import kind, only, pair, tail
from gradx.scipy.values import constant, decided, first_of, floating, host, value
from gradx.stats import t as student


def linregress(x: Any, y: Any, alternative: str = "two-sided", *, axis: Any = 0, nan_policy: str = "propagate",
               keepdims: bool = False) -> Any:  # fmt: skip
    """Return the line of least squares through points `(n,)`, or through those along `axis`.

    Returns
    -------
    LinregressResult
        `slope`, `intercept`, `rvalue`, `pvalue`, `stderr` and `intercept_stderr`.

    >>> import gradx as gx
    >>> gx.scipy.stats.linregress(gx.asarray([0.0, 1.0, 2.0]), [1.0, 3.0, 5.0]).slope
    Tensor(2.)
    """
    only("linregress", nan_policy=(nan_policy, "propagate"), keepdims=(keepdims, False))
    x, y = pair(x, y)
    if axis is None:
        x, y, axis = ops.ravel(x), ops.ravel(y), 0
    x, y = ops.moveaxis(x, axis, -1), ops.moveaxis(y, axis, -1)
    n = x.shape[-1]
    if n < 2 or y.shape[-1] != n:
        raise ShapeError(
            f"stats.linregress: expected x and y of one size, at least 2; got {n} and {y.shape[-1]}"
        )
    fixed = ops.stop_gradient(x)
    if decided(ops.max(fixed, axis=-1) == ops.min(fixed, axis=-1)):
        raise ValueError("stats.linregress: expected x that are not all one value")
    means = [ops.mean(v, axis=-1) for v in (x, y)]
    dx, dy = x - means[0][..., None], y - means[1][..., None]
    xx, xy, yy = (ops.mean(p * q, axis=-1) for p, q in ((dx, dx), (dx, dy), (dy, dy)))
    flat = yy == 0
    r = ops.where(flat, math.nan, xy / ops.sqrt(ops.where(flat, 1, xx * yy)))
    r = ops.where(flat & (xy != 0), 0, r)
    r = ops.clip(r, -1, 1)
    slope = xy / xx
    if n == 2:
        p, error = ops.where(flat, 1.0, 0.0 * r), 0.0 * xx
        error_at_0 = error
    else:
        df = n - 2
        t = r * ops.sqrt(df / ((1.0 - r + 1e-20) * (1.0 + r + 1e-20)))
        p = tail(t, lambda z: student.cdf(z, df), lambda z: student.sf(z, df), alternative)
        error = ops.sqrt((1 - r**2) * yy / xx / df)
        error_at_0 = error * ops.sqrt(xx + means[0] ** 2)
    return kind("linregress")(
        slope=slope, intercept=means[1] - slope * means[0], rvalue=r, pvalue=p, stderr=error,
        intercept_stderr=error_at_0,
    )  # fmt: skip


def _points(name: str, y: Any, x: Any, options: dict[str, tuple[Any, Any]]) -> tuple[Any, Any]:
    only(name, **options)
    like = first_of(y, x)
    y = ops.ravel(floating(y, like))
    x = (
        ops.astype(ops.arange(y.shape[0], device=y.device), y.dtype)
        if x is None
        else floating(x, y)
    )
    x = ops.ravel(x)
    if x.shape != y.shape or y.shape[0] < 2:
        raise ShapeError(
            f"stats.{name}: expected x and y of one size, at least 2; got {x.shape} and {y.shape}"
        )
    return y, x


def _pairs(x: Any, keep: Any) -> list[tuple[int, int]]:
    """Return the pairs of points whose distance in `x` is to be kept."""
    places = value(x)
    return [(i, j) for i in range(len(places)) for j in range(len(places)) if keep(places[i] - places[j])]  # fmt: skip


def _chords(y: Any, x: Any, pairs: list[tuple[int, int]]) -> Any:
    first, second = (constant(list(part), x, "int64") for part in zip(*pairs, strict=True))
    rise, run = (ops.take(v, first, axis=0) - ops.take(v, second, axis=0) for v in (y, x))
    return rise / run


def theilslopes(y: Any, x: Any = None, alpha: float = 0.95, method: str = "separate", *, axis: Any = None,
                nan_policy: str = "propagate", keepdims: bool = False) -> Any:  # fmt: skip
    """Return the median of all slopes between points, with the bounds of its confidence.

    Returns
    -------
    TheilslopesResult
        `slope`, `intercept`, `low_slope`, `high_slope`.

    >>> import gradx as gx
    >>> gx.scipy.stats.theilslopes(gx.asarray([0.0, 1.0, 2.0])).slope
    Tensor(1.)
    """
    options = {
        "axis": (axis, None),
        "nan_policy": (nan_policy, "propagate"),
        "keepdims": (keepdims, False),
    }
    y, x = _points("theilslopes", y, x, options)
    found = host("stats").theilslopes(value(y), value(x), alpha=alpha, method=method)
    chords = ops.sort(_chords(y, x, _pairs(x, lambda d: d > 0)))
    slope = ops.median(chords)
    if method == "joint":
        intercept = ops.median(y - slope * x)
    else:
        intercept = ops.median(y) - slope * ops.median(x)
    bounds = []
    for bound in (found.low_slope, found.high_slope):  # each is one of the chords
        apart = ops.abs(ops.stop_gradient(chords) - float(bound))
        bounds.append(
            ops.take(chords, ops.argmin(apart), axis=0) if bound == bound else slope * math.nan
        )
    return kind("theilslopes")(slope, intercept, *bounds)


def siegelslopes(y: Any, x: Any = None, method: str = "hierarchical", *, axis: Any = None,
                 nan_policy: str = "propagate", keepdims: bool = False) -> Any:  # fmt: skip
    """Return the median over points of the median of the slopes from there.

    Returns
    -------
    SiegelslopesResult
        `slope`, `intercept`.

    >>> import gradx as gx
    >>> gx.scipy.stats.siegelslopes(gx.asarray([0.0, 1.0, 2.0])).slope
    Tensor(1.)
    """
    options = {
        "axis": (axis, None),
        "nan_policy": (nan_policy, "propagate"),
        "keepdims": (keepdims, False),
    }
    y, x = _points("siegelslopes", y, x, options)
    if method not in ("hierarchical", "separate"):
        raise ValueError(
            f"stats.siegelslopes: expected method 'hierarchical' or 'separate'; got {method!r}"
        )
    slopes, intercepts = [], []
    pairs = _pairs(x, lambda d: d != 0)
    for j in range(x.shape[0]):
        own = [p for p in pairs if p[1] == j]
        if not own:
            continue
        slopes.append(ops.median(_chords(y, x, own)))
        if method == "separate":
            crossed = y * x[j] - y[j] * x
            there = constant([p[0] for p in own], x, "int64")
            apart = ops.take(x, there, axis=0) - x[j]
            intercepts.append(-ops.median(-(-ops.take(crossed, there, axis=0) / apart)))
    slope = ops.median(ops.stack(slopes))
    if method == "separate":
        return kind("siegelslopes")(slope, ops.median(ops.stack(intercepts)))
    return kind("siegelslopes")(slope, ops.median(y - slope * x))


__all__ = ["linregress", "siegelslopes", "theilslopes"]
