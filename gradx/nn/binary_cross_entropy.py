"""Cross entropy of two classes, from logits."""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.nn.reduction import reduce
from gradx.tape import lift


def binary_cross_entropy_with_logits(logits: Any, target: Any, *, reduction: str = "mean") -> Any:
    """Return the cross entropy of `sigmoid(logits)` against probabilities `target` of [0, 1].

    `reduction` is "mean", "sum", or "none" for one loss an element. Both of its terms are positive,
    so nothing cancels, however large the logits.

    >>> import gradx as gx
    >>> loss = gx.nn.binary_cross_entropy_with_logits(gx.asarray([0.0]), gx.asarray([1.0]))
    >>> round(loss.item(), 4)
    0.6931
    """
    x, t = lift(logits), lift(target)
    losses = t * ops.softplus(-x) + (1.0 - t) * ops.softplus(x)
    return reduce(losses, reduction, "binary_cross_entropy_with_logits")
