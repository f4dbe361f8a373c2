"""Bounding the gradients."""

from __future__ import annotations

from collections.abc import Iterable

from gradx import ops
from gradx.level import no_grad
from gradx.tensor import Tensor


@no_grad()
def clip_grad_norm(parameters: Iterable[Tensor], max_norm: float) -> Tensor:
    """Scale all gradients by one factor so that their joint Euclidean norm is at most `max_norm`.

    Returns
    -------
    Tensor
        The norm before, `()`. If it is NaN or infinite, the gradients hold NaN afterwards.

    >>> import gradx as gx
    >>> p = gx.asarray([3.0, 4.0], requires_grad=True)
    >>> (gx.sum(p**2) / 2).backward()
    >>> gx.optim.clip_grad_norm([p], 2.5).item()
    5.0
    >>> p.grad.tolist()
    [1.5, 2.0]
    """
    held = [parameter for parameter in parameters if parameter.grad is not None]
    if not held:
        return ops.zeros(())
    norms = [ops.linalg.vector_norm(parameter.grad) for parameter in held]
    norm = ops.linalg.vector_norm(ops.stack(norms))
    scale = ops.divide(max_norm, ops.maximum(norm, max_norm))
    for parameter in held:
        gradient = parameter.grad
        parameter.grad = ops.astype(ops.multiply(gradient, scale), gradient.dtype)
    return norm
