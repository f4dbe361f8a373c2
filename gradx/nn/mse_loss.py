"""Mean squared error."""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.nn.reduction import reduce


def mse_loss(prediction: Any, target: Any, *, reduction: str = "mean") -> Any:
    """Return the squared error, of "mean", "sum" or, with "none", of each element.

    >>> import gradx as gx
    >>> gx.nn.mse_loss(gx.asarray([1.0, 2.0]), gx.asarray([0.0, 0.0])).item()
    2.5
    """
    return reduce(ops.square(ops.subtract(prediction, target)), reduction, "mse_loss")
