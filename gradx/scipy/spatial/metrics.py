"""The metrics of `scipy.spatial.distance` along the last axis; what comes before broadcasts.

- At a kink the element of smallest norm of the subdifferential: the distance of equal points has the derivative 0.
- Weights `w` and other parameters are differentiated too.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, log
from typing import Any

from gradx import ops
from gradx.errors import DtypeError
from gradx.level import Cell
from gradx.ops import linalg
from gradx.ops.linalg.degenerate import happens


def _weighed(x: Any, w: Any) -> Any:
    return ops.sum(x if w is None else x * w, axis=-1)


def _root(s: Any, p: float) -> Any:
    """Return `s^(1/p)`, whose derivative is 0 where `s` is 0."""
    at_zero = s == 0
    safe = ops.where(at_zero, 1.0, s)
    return ops.where(at_zero, 0.0, ops.sqrt(safe) if p == 2 else safe ** (1.0 / p))


def _largest(x: Any) -> Any:
    return ops.max(x, axis=-1)


def minkowski(u: Any, v: Any, p: Any = 2, w: Any = None) -> Any:
    if p <= 0:
        raise ValueError(f"scipy.spatial.distance.minkowski: expected p > 0; got {p}")
    d = u - v
    if w is None:
        return linalg.vector_norm(d, axis=-1, ord=p)
    if p == inf:
        return _largest(ops.where(w != 0, ops.abs(d), 0.0))
    if p == 1:
        return _weighed(ops.abs(d), w)
    if not d.shape[-1]:
        return _weighed(ops.abs(d), w)
    scale = ops.max(ops.abs(ops.stop_gradient(d)), axis=-1, keepdims=True)
    scale = ops.where((scale > 0) & (scale < inf), scale, 1.0)
    moduli = ops.abs(d / scale)
    flat = moduli == 0
    powers = ops.where(flat, 0.0, ops.where(flat, 1.0, moduli) ** p) if p < 2 else moduli**p
    return _root(_weighed(powers, w), p) * scale[..., 0]


def euclidean(u: Any, v: Any, w: Any = None) -> Any:
    return minkowski(u, v, 2, w)


def sqeuclidean(u: Any, v: Any, w: Any = None) -> Any:
    d = u - v
    return _weighed(d * d, w)


def cityblock(u: Any, v: Any, w: Any = None) -> Any:
    return _weighed(ops.abs(u - v), w)


def chebyshev(u: Any, v: Any, w: Any = None) -> Any:
    d = ops.abs(u - v)
    return _largest(d if w is None else ops.where(w > 0, d, 0.0))


def correlation(u: Any, v: Any, w: Any = None, centered: bool = True) -> Any:
    if "c" in (u.dtype.kind, v.dtype.kind):
        raise DtypeError(
            f"scipy.spatial.distance.correlation: expected real arrays; got {u.dtype.name} and {v.dtype.name}"
        )
    share = 1.0 / u.shape[-1] if w is None else w / ops.sum(w, axis=-1, keepdims=True)
    if centered:
        u = u - ops.sum(u * share, axis=-1, keepdims=True)
        v = v - ops.sum(v * share, axis=-1, keepdims=True)
    uv, uu, vv = (ops.sum(x * y * share, axis=-1) for x, y in ((u, v), (u, u), (v, v)))
    y = 1.0 - uv / (ops.sqrt(uu) * ops.sqrt(vv))
    rounded = ops.stop_gradient(y)  # off the range by rounding errors alone: no kink
    return y + (ops.clip(rounded, 0.0, 2.0) - rounded)


def cosine(u: Any, v: Any, w: Any = None) -> Any:
    return correlation(u, v, w, centered=False)


def canberra(u: Any, v: Any, w: Any = None) -> Any:
    total = ops.abs(u) + ops.abs(v)
    nothing = (total == 0) | ops.isnan(ops.stop_gradient(total))  # SciPy leaves NaN out
    return _weighed(ops.where(nothing, 0.0, ops.abs(u - v) / ops.where(nothing, 1.0, total)), w)


def braycurtis(u: Any, v: Any, w: Any = None) -> Any:
    return _weighed(ops.abs(u - v), w) / _weighed(ops.abs(u + v), w)


def jensenshannon(
    p: Any, q: Any, base: Any = None, *, axis: int = -1, keepdims: bool = False
) -> Any:
    p = p / ops.sum(p, axis=axis, keepdims=True)
    q = q / ops.sum(q, axis=axis, keepdims=True)
    m = (p + q) / 2.0
    total = sum(ops.sum(ops.special.rel_entr(x, m), axis=axis, keepdims=keepdims) for x in (p, q))
    if base is not None:
        total = total / (ops.log(base) if isinstance(base, Cell) else log(base))
    return _root(total / 2.0, 2)


def mahalanobis(u: Any, v: Any, VI: Any) -> Any:
    d = u - v
    return _root(ops.sum(ops.matmul(d[..., None, :], VI)[..., 0, :] * d, axis=-1), 2)


def seuclidean(u: Any, v: Any, V: Any) -> Any:
    return euclidean(u, v, 1.0 / V)


# ---------------------------------------------------------------- of truth values


def _as_numbers(x: Any, like: Any) -> Any:
    return ops.astype(x, like.dtype if like.dtype.kind == "f" else "float64")


def hamming(u: Any, v: Any, w: Any = None) -> Any:
    """The share of elements that differ: piecewise constant, with a derivative by the weights alone."""
    unequal = _as_numbers(u != v, u)
    if w is None:
        return ops.mean(unequal, axis=-1)
    return _weighed(unequal, w) / ops.sum(w, axis=-1)


def jaccard(u: Any, v: Any, w: Any = None) -> Any:
    """Piecewise constant, with a derivative by the weights alone; 0 for vectors of zeros."""
    unequal = _weighed(_as_numbers((u != 0) ^ (v != 0), u), w)
    nonzero = _weighed(_as_numbers((u != 0) | (v != 0), u), w)
    nothing = nonzero == 0
    return ops.where(nothing, 0.0, unequal / ops.where(nothing, 1.0, nonzero))


def _counts(u: Any, v: Any, w: Any) -> tuple[Any, Any, Any, Any]:
    """Return the weights of false-false, false-true, true-false and true-true; polynomials for other numbers."""
    return tuple([_weighed(x * y, w) for x in (1.0 - u, u) for y in (1.0 - v, v)])


def dice(u: Any, v: Any, w: Any = None) -> Any:
    _, ft, tf, tt = _counts(u, v, w)
    return (ft + tf) / (2.0 * tt + ft + tf)


def rogerstanimoto(u: Any, v: Any, w: Any = None) -> Any:
    ff, ft, tf, tt = _counts(u, v, w)
    return 2.0 * (ft + tf) / (tt + ff + 2.0 * (ft + tf))


def russellrao(u: Any, v: Any, w: Any = None) -> Any:
    n = float(u.shape[-1]) if w is None else ops.sum(w, axis=-1)
    return (n - _counts(u, v, w)[3]) / n


def sokalsneath(u: Any, v: Any, w: Any = None) -> Any:
    _, ft, tf, tt = _counts(u, v, w)
    total = tt + 2.0 * (ft + tf)
    if happens(ops.stop_gradient(total) == 0):
        raise ValueError(
            "scipy.spatial.distance.sokalsneath: expected vectors that are not entirely false; got zeros"
        )
    return 2.0 * (ft + tf) / total


def yule(u: Any, v: Any, w: Any = None) -> Any:
    ff, ft, tf, tt = _counts(u, v, w)
    half = ft * tf
    nothing = half == 0
    return ops.where(nothing, 0.0, 2.0 * half / ops.where(nothing, 1.0, tt * ff + half))


METRICS: dict[str, Callable[..., Any]] = {
    f.__name__: f
    for f in (
        braycurtis, canberra, chebyshev, cityblock, correlation, cosine, dice, euclidean, hamming, jaccard,
        jensenshannon, mahalanobis, minkowski, rogerstanimoto, russellrao, seuclidean, sokalsneath, sqeuclidean, yule,
    )
}  # fmt: skip
OF_TRUTH = frozenset({"rogerstanimoto", "russellrao", "sokalsneath", "yule"})
ALIASES = {
    "chebychev": "chebyshev", "cheby": "chebyshev", "cheb": "chebyshev", "ch": "chebyshev",
    "cblock": "cityblock", "cb": "cityblock", "c": "cityblock", "co": "correlation", "cos": "cosine",
    "euclid": "euclidean", "eu": "euclidean", "e": "euclidean", "matching": "hamming", "hamm": "hamming",
    "ha": "hamming", "h": "hamming", "jacc": "jaccard", "ja": "jaccard", "j": "jaccard", "js": "jensenshannon",
    "mahal": "mahalanobis", "mah": "mahalanobis", "mi": "minkowski", "m": "minkowski", "pnorm": "minkowski",
    "se": "seuclidean", "s": "seuclidean", "sqe": "sqeuclidean", "sqeuclid": "sqeuclidean",
}  # fmt: skip

__all__ = ["ALIASES", "METRICS", "OF_TRUTH"]
