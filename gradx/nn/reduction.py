"""How a loss is reduced."""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import OperandError


def reduce(losses: Any, reduction: str, name: str) -> Any:
    """Return the mean or the sum of `losses`, or themselves, for "mean", "sum" or "none"."""
    if reduction == "mean":
        return ops.mean(losses)
    if reduction == "sum":
        return ops.sum(losses)
    if reduction == "none":
        return losses
    raise OperandError(f"{name}: expected reduction 'mean', 'sum' or 'none'; got {reduction!r}")
