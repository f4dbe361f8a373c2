"""`scipy.cluster.vq`: which centroid is nearest is decided on values; distances and centroids are on the tape.

- With an assignment fixed, centroids are means of their observations: so are their derivatives.
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.scipy.values import constant, first_of, floating, host, value


def whiten(obs: Any, check_finite: Any = None) -> Any:
    """Divide each column of `(m, n)` by its standard deviation; a constant one stays as it is.

    >>> import gradx as gx
    >>> gx.scipy.cluster.vq.whiten(gx.asarray([[0.0], [2.0]]))
    Tensor([[0.],
            [2.]])
    """
    obs = floating(obs)
    spread = ops.std(obs, axis=0)
    return obs / ops.where(spread == 0, 1, spread)


def vq(obs: Any, code_book: Any, check_finite: bool = True) -> tuple[Any, Any]:
    """Return which of k centroids `(k, n)` is nearest to each of `(m, n)`, and its distance: `(m,)` both.

    >>> import gradx as gx
    >>> gx.scipy.cluster.vq.vq(gx.asarray([[0.0], [2.5]]), [[0.0], [2.0]])
    (Tensor([0, 1]), Tensor([0. , 0.5]))
    """
    like = first_of(obs, code_book)
    obs, code_book = floating(obs, like), floating(code_book, like)
    if obs.ndim != code_book.ndim or obs.ndim not in (1, 2) or obs.shape[1:] != code_book.shape[1:]:
        raise ShapeError(
            f"cluster.vq.vq: expected obs (m, n) and code_book (k, n); got {obs.shape} and {code_book.shape}"
        )
    codes = host("cluster.vq").vq(value(obs), value(code_book))[0]
    code = constant(codes, obs, "int64")
    apart = obs - ops.take(code_book, code, axis=0)
    if obs.ndim == 1:
        return code, ops.abs(apart)
    return code, ops.linalg.vector_norm(apart, axis=1)


def kmeans(obs: Any, k_or_guess: Any, iter: int = 20, thresh: float = 1e-5, check_finite: bool = True,
           *, rng: Any = None, seed: Any = None) -> tuple[Any, Any]:  # fmt: skip
    """Return k centroids `(k, n)` of observations `(m, n)`, and the mean distance from them.

    SciPy finds them on values; each is then the mean of its observations. SciPy's distance is from the centroids of
    the last iteration but one, which are the same where it has converged.

    >>> import gradx as gx
    >>> gx.scipy.cluster.vq.kmeans(gx.asarray([[0.0], [1.0], [5.0]]), gx.asarray([[0.0], [4.0]]))[0]
    Tensor([[0.5],
            [5. ]])
    """
    obs = floating(obs, first_of(k_or_guess))
    guess = k_or_guess if isinstance(k_or_guess, int) else value(k_or_guess)
    options = {"rng": rng} if seed is None else {"seed": seed}
    found, _ = host("cluster.vq").kmeans(value(obs), guess, iter=iter, thresh=thresh, **options)
    settled = constant(found, obs)
    code, _ = vq(ops.stop_gradient(obs), settled)
    numbers = ops.arange(settled.shape[0], device=obs.device)
    member = ops.astype(code[:, None] == numbers, obs.dtype)
    counts = ops.sum(member, axis=0)
    used = ops.nonzero(counts)[0]
    member = ops.take(member, used, axis=1) / ops.take(counts, used, axis=0)
    book = ops.tensordot(ops.matrix_transpose(member), obs, axes=1)
    return book, ops.mean(vq(obs, book)[1])


__all__ = ["kmeans", "vq", "whiten"]
