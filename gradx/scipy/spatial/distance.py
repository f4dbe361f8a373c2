"""`scipy.spatial.distance`: distances of vectors and of all pairs of rows, differentiable.

- Functions of two vectors take `(n,)`, as SciPy's; `cdist` and `pdist` take matrices, and their memory is that of all
  differences, `(mA, mB, n)`.
- The distance of equal points is a kink, with the derivative 0: a `pdist` of repeated points gives no NaN.
- Where a metric counts truth values, numbers beside 0 and 1 are taken as SciPy's function takes them; `cdist` and
  `pdist` ask whether they are 0, which has no derivative (but for "dice").
"""

from __future__ import annotations

from collections.abc import Callable
from math import isqrt
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy.arguments import beside, inexact, tensor
from gradx.ops import linalg
from gradx.ops.linalg.degenerate import happens
from gradx.scipy.native import missing, native, query, refuse, values_of
from gradx.scipy.spatial import metrics
from gradx.scipy.spatial.metrics import ALIASES, METRICS, OF_TRUTH


def _vectors(name: str, u: Any, v: Any) -> tuple[Any, Any]:
    u = inexact(u)
    v = inexact(beside(v, u))
    if u.ndim != 1 or v.ndim != 1 or u.shape != v.shape:
        raise ShapeError(
            f"scipy.spatial.distance.{name}: expected two vectors (n,); got shapes {u.shape} and {v.shape}"
        )
    return u, v


def _weights(name: str, w: Any, like: Any) -> Any:
    """Return weights `(n,)`, none of them negative."""
    if w is None:
        return None
    w = inexact(beside(w, like))
    if w.shape != like.shape[-1:]:
        raise ShapeError(
            f"scipy.spatial.distance.{name}: expected weights {like.shape[-1:]}; got shape {w.shape}"
        )
    if happens(ops.stop_gradient(w) < 0):
        raise ValueError(
            f"scipy.spatial.distance.{name}: expected weights that are not negative; got some that are"
        )
    return w


def _weighed(name: str, says: str) -> Callable[..., Any]:
    metric = METRICS[name]

    def function(u: Any, v: Any, w: Any = None) -> Any:
        u, v = _vectors(name, u, v)
        return metric(u, v, _weights(name, w, u))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{says} of two vectors `(n,)`; weights `w` `(n,)`."
    return function


euclidean = _weighed("euclidean", "Euclidean distance `(sum w |u - v|^2)^(1/2)`")
sqeuclidean = _weighed("sqeuclidean", "Squared Euclidean distance `sum w |u - v|^2`")
cityblock = _weighed("cityblock", "Distance `sum w |u - v|`")
chebyshev = _weighed("chebyshev", "Distance `max |u - v|` over elements of a weight above 0")
canberra = _weighed("canberra", "Distance `sum w |u - v| / (|u| + |v|)`, 0/0 as 0,")
braycurtis = _weighed("braycurtis", "Distance `sum w |u - v| / sum w |u + v|`")
cosine = _weighed("cosine", "One minus the cosine of the angle")
hamming = _weighed("hamming", "Share of elements that differ, without a derivative by the vectors,")
jaccard = _weighed("jaccard", "Jaccard's dissimilarity, without a derivative by the vectors,")
dice = _weighed("dice", "Dice's dissimilarity `(tf + ft) / (2 tt + tf + ft)`")
rogerstanimoto = _weighed("rogerstanimoto", "Rogers' and Tanimoto's dissimilarity")
russellrao = _weighed("russellrao", "Russell's and Rao's dissimilarity `(n - tt) / n`")
sokalsneath = _weighed("sokalsneath", "Sokal's and Sneath's dissimilarity")
yule = _weighed("yule", "Yule's dissimilarity")


def correlation(u: Any, v: Any, w: Any = None, centered: bool = True) -> Any:
    """One minus the correlation of two vectors `(n,)`; weights `w` `(n,)`.

    >>> import gradx as gx
    >>> gx.scipy.spatial.distance.correlation([1.0, 0.0], [0.0, 1.0])
    Tensor(2.)
    """
    u, v = _vectors("correlation", u, v)
    return metrics.correlation(u, v, _weights("correlation", w, u), centered)


def minkowski(u: Any, v: Any, p: Any = 2, w: Any = None) -> Any:
    """Distance `(sum w |u - v|^p)^(1/p)` of two vectors `(n,)`; 0 has the derivative 0.

    >>> import gradx as gx
    >>> gx.grad(gx.scipy.spatial.distance.minkowski)(gx.ones(2), gx.ones(2), 3)
    Tensor([0., 0.])
    """
    u, v = _vectors("minkowski", u, v)
    return metrics.minkowski(u, v, p, _weights("minkowski", w, u))


def mahalanobis(u: Any, v: Any, VI: Any) -> Any:
    """Distance `((u - v) VI (u - v))^(1/2)` of two vectors `(n,)`, `VI` `(n, n)` the inverse of a covariance."""
    u, v = _vectors("mahalanobis", u, v)
    return metrics.mahalanobis(u, v, ops.atleast_nd(inexact(beside(VI, u)), ndim=2))


def seuclidean(u: Any, v: Any, V: Any) -> Any:
    """Euclidean distance of two vectors `(n,)` of which the elements have the variances `V` `(n,)`."""
    u, v = _vectors("seuclidean", u, v)
    V = inexact(beside(V, u))
    if V.shape != u.shape:
        raise TypeError(
            f"scipy.spatial.distance.seuclidean: expected variances {u.shape}; got shape {V.shape}"
        )
    return metrics.seuclidean(u, v, V)


def jensenshannon(
    p: Any, q: Any, base: Any = None, *, axis: int = 0, keepdims: bool = False
) -> Any:
    """Distance of two distributions along `axis`, the root of their Jensen-Shannon divergence.

    They are divided by their sums. Equal ones have the distance 0, whose derivative is 0.

    >>> import gradx as gx
    >>> gx.scipy.spatial.distance.jensenshannon(gx.ones((3, 2)), gx.ones((3, 2))).shape
    (2,)
    """
    p = inexact(p)
    q = inexact(beside(q, p))
    return metrics.jensenshannon(p, q, base, axis=axis, keepdims=keepdims)


# ---------------------------------------------------------------- all pairs


def _rows(name: str, x: Any) -> Any:
    x = inexact(x)
    if x.ndim != 2:
        raise ShapeError(
            f"scipy.spatial.distance.{name}: expected a matrix (m, n); got shape {x.shape}"
        )
    return x


def _named(name: str, metric: Any, options: dict[str, Any], *xs: Any) -> Callable[..., Any]:
    """Return a metric of rows that broadcast, with its options filled in; `xs` is what they are estimated from."""
    if not isinstance(metric, str):
        if not callable(metric):
            raise TypeError(
                f"scipy.spatial.distance.{name}: expected a name of a metric or a function; got {metric!r}"
            )
        own = getattr(metric, "__name__", "")
        if METRICS.get(own) is None or globals().get(own) is not metric:
            return lambda u, v: _by_pairs(metric, u, v, options)
        metric = own
    key = metric.lower().removeprefix("test_")
    key = ALIASES.get(key, key)
    if key not in METRICS:
        raise ValueError(
            f"scipy.spatial.distance.{name}: expected one of {', '.join(METRICS)}; got {metric!r}"
        )
    given = {k: x if x is None else _option(key, k, x, xs[0]) for k, x in options.items()}
    if key == "seuclidean" and given.get("V") is None:
        given["V"] = ops.var(ops.concat(list(xs)), axis=0, correction=1)
    if key == "mahalanobis" and given.get("VI") is None:
        given["VI"] = _inverse_covariance(ops.concat(list(xs)))
    function = METRICS[key]
    if key in OF_TRUTH:
        return lambda u, v: function(_truth(u), _truth(v), **given)
    return lambda u, v: function(u, v, **given)


def _option(metric: str, key: str, value: Any, like: Any) -> Any:
    if key == "w":
        return _weights(metric, value, like)
    return inexact(beside(value, like)) if key in ("V", "VI") else value


def _truth(x: Any) -> Any:
    return ops.astype(x != 0, x.dtype)


def _inverse_covariance(x: Any) -> Any:
    m, n = x.shape
    if m <= n:
        raise ValueError(
            f"scipy.spatial.distance: expected at least {n + 1} observations for a covariance {(n, n)}; got {m}"
        )
    d = x - ops.mean(x, axis=0)
    return ops.matrix_transpose(linalg.inv(ops.matmul(d.mT, d) / (m - 1.0)))


def _by_pairs(metric: Callable[..., Any], u: Any, v: Any, options: dict[str, Any]) -> Any:
    """Apply a function of two vectors to each pair."""
    shape = ops.broadcast_shapes(u.shape, v.shape)
    rows = [ops.reshape(ops.broadcast_to(x, shape), (-1, shape[-1])) for x in (u, v)]
    if not rows[0].shape[0]:
        return ops.zeros(shape[:-1], dtype=u.dtype, device=u.device)
    found = [tensor(metric(a, b, **options)) for a, b in zip(*rows)]
    return ops.reshape(ops.stack(found), shape[:-1])


def cdist(XA: Any, XB: Any, metric: Any = "euclidean", *, out: Any = None, **kwargs: Any) -> Any:
    """Distances `(mA, mB)` of the rows of `(mA, n)` and `(mB, n)`.

    Parameters
    ----------
    metric
        A name of SciPy's, or a function of two vectors, which is called for each pair.
    kwargs
        Of the metric: `w`, `p`, `V` (by default the variances of all rows), `VI` (the inverse of their covariance), ...

    >>> import gradx as gx
    >>> gx.scipy.spatial.distance.cdist([[0.0, 0.0], [3.0, 0.0]], [[0.0, 4.0]])
    Tensor([[4.],
            [5.]])
    """
    refuse("scipy.spatial.distance.cdist", out=out)
    a = _rows("cdist", XA)
    b = _rows("cdist", beside(XB, a))
    if a.shape[1] != b.shape[1]:
        raise ShapeError(
            f"scipy.spatial.distance.cdist: expected matrices (mA, n) and (mB, n); got {a.shape} and {b.shape}"
        )
    return _named("cdist", metric, kwargs, a, b)(a[:, None, :], b[None, :, :])


def _pairs(m: int, like: Any) -> tuple[Any, Any]:
    """Return the numbers of the rows of each pair, i < j, in order."""
    i, j = ops.nonzero(ops.triu(ops.ones((m, m), dtype="bool", device=like.device), k=1))
    return i, j


def pdist(X: Any, metric: Any = "euclidean", *, out: Any = None, **kwargs: Any) -> Any:
    """Distances `(m (m - 1) / 2,)` of all pairs of rows of `(m, n)`; see `cdist`.

    >>> import gradx as gx
    >>> gx.scipy.spatial.distance.pdist([[0.0, 0.0], [3.0, 4.0], [0.0, 4.0]])
    Tensor([5., 4., 3.])
    """
    refuse("scipy.spatial.distance.pdist", out=out)
    x = _rows("pdist", X)
    i, j = _pairs(x.shape[0], x)
    return _named("pdist", metric, kwargs, x)(x[i], x[j])


def squareform(X: Any, force: str = "no", checks: bool = True) -> Any:
    """Symmetric matrix `(m, m)` of distances `(m (m - 1) / 2,)` of pairs; or of a matrix these, its upper triangle.

    >>> import gradx as gx
    >>> gx.scipy.spatial.distance.squareform([1.0, 2.0, 3.0])
    Tensor([[0., 1., 2.],
            [1., 0., 3.],
            [2., 3., 0.]])
    """
    x = tensor(X)
    wanted = {"tomatrix": 1, "tovector": 2}.get(force.lower(), x.ndim)
    if x.ndim != wanted or x.ndim not in (1, 2):
        raise ShapeError(
            f"scipy.spatial.distance.squareform: expected a vector of distances or a matrix, with force={force!r} "
            f"{'a vector' if wanted == 1 else 'a matrix'}; got shape {x.shape}"
        )
    return _to_matrix(x) if x.ndim == 1 else _to_vector(x, checks)


def _to_matrix(x: Any) -> Any:
    n = x.shape[0]
    m = (1 + isqrt(1 + 8 * n)) // 2
    if m * (m - 1) != 2 * n:
        raise ShapeError(
            f"scipy.spatial.distance.squareform: expected m (m - 1) / 2 distances; got shape {x.shape}"
        )
    if not n:
        return ops.zeros((1, 1), dtype=x.dtype, device=x.device)
    at = ops.arange(m, device=x.device)
    low, high = ops.minimum(at[:, None], at), ops.maximum(at[:, None], at)
    places = ops.floor_divide(low * (2 * m - low - 1), 2) + high - low - 1
    on_diagonal = low == high
    return ops.where(on_diagonal, 0, x[ops.where(on_diagonal, 0, places)])


def _to_vector(x: Any, checks: bool) -> Any:
    m = x.shape[0]
    if m != x.shape[1]:
        raise ShapeError(
            f"scipy.spatial.distance.squareform: expected a square matrix; got shape {x.shape}"
        )
    if checks:
        native("spatial.distance", "is_valid_dm")(values_of(x), throw=True, name="X")
    return x[_pairs(m, x)]


def directed_hausdorff(u: Any, v: Any, rng: Any = 0) -> tuple[Any, Any, Any]:
    """Largest distance of a row of `u` `(m, n)` from its nearest in `v` `(k, n)`, and the numbers of these two rows.

    All distances are computed, whatever `rng`. Ties share the derivative.

    >>> import gradx as gx
    >>> gx.scipy.spatial.distance.directed_hausdorff([[0.0], [5.0]], [[1.0], [3.0]])
    (Tensor(2.), Tensor(1), Tensor(1))
    """
    d = cdist(u, v)
    nearest = ops.min(d, axis=1)
    first = ops.argmax(ops.stop_gradient(nearest))
    return ops.max(nearest), first, ops.argmin(ops.stop_gradient(d), axis=1)[first]


is_valid_dm, is_valid_y, num_obs_dm, num_obs_y = (
    query("spatial.distance", name)
    for name in ("is_valid_dm", "is_valid_y", "num_obs_dm", "num_obs_y")
)


def __getattr__(name: str) -> Any:
    raise missing("spatial.distance", name)


__all__ = ["braycurtis", "canberra", "cdist", "chebyshev", "cityblock", "correlation", "cosine", "dice",
           "directed_hausdorff", "euclidean", "hamming", "is_valid_dm", "is_valid_y", "jaccard", "jensenshannon",
           "mahalanobis", "minkowski", "num_obs_dm", "num_obs_y", "pdist", "rogerstanimoto", "russellrao",
           "seuclidean", "sokalsneath", "sqeuclidean", "squareform", "yule"]  # fmt: skip
