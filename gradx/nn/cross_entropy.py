"""Cross entropy against integer labels."""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.nn.reduction import reduce
from gradx.ops.manipulation import named_axes
from gradx.tape import lift


def cross_entropy(logits: Any, labels: Any, *, axis: int = -1, label_smoothing: float = 0.0,
                  reduction: str = "mean") -> Any:  # fmt: skip
    """Return the cross entropy of `softmax(logits)` against labels.

    Parameters
    ----------
    logits
        `(..., n)` for `axis=-1`.
    labels
        Integers of [0, n), of the shape of `logits` without `axis`.
    label_smoothing
        Share of the target spread evenly over all classes.
    reduction
        "mean", "sum", or "none" for one loss a label.

    >>> import gradx as gx
    >>> loss = gx.nn.cross_entropy(gx.zeros((3, 10)), gx.asarray([1, 0, 9]))
    >>> round(loss.item(), 4)
    2.3026
    """
    logits, labels = lift(logits), lift(labels)
    (axis,) = named_axes("cross_entropy", logits, axis)
    scores = ops.log_softmax(logits, axis=axis)
    picked = ops.take_along_axis(scores, ops.expand_dims(labels, axis=axis), axis=axis)
    losses = ops.negative(ops.squeeze(picked, axis=axis))
    if label_smoothing:
        spread = ops.negative(ops.mean(scores, axis=axis))
        losses = losses * (1.0 - label_smoothing) + spread * label_smoothing
    return reduce(losses, reduction, "cross_entropy")
