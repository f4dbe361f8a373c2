"""Dropout: noise that zeroes, in training only."""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import OperandError
from gradx.nn.module import Module
from gradx.random import bernoulli
from gradx.tape import lift


def dropout(x: Any, p: float = 0.5, *, key: Any = None) -> Any:
    """Return `x` with each element zeroed with probability `p`, and the others divided by `1 - p`.

    `key` is as in `gradx.random.bernoulli`: the same key drops the same elements on every device.

    >>> import gradx as gx
    >>> gx.nn.dropout(gx.ones((2, 3)), 0.25, key=gx.random.key(0)).shape
    (2, 3)
    """
    x = lift(x)
    keep = bernoulli(1.0 - p, x.shape, key=key, device=x.device)
    return ops.where(keep, ops.divide(x, 1.0 - p), 0.0)


class Dropout(Module):
    """Zero each element with probability `p` while training; the identity in evaluation.

    Parameters
    ----------
    p
        A number of [0, 1).
    generator
        A `gradx.random.Generator`; the default one if None.
    """

    def __init__(self, p: float = 0.5, *, generator: Any = None) -> None:
        if not 0.0 <= p < 1.0:
            raise OperandError(f"Dropout: expected p in [0, 1); got {p}")
        self.p = p
        self._generator = generator

    def forward(self, x: Any) -> Any:
        if not self.training or self.p == 0.0:
            return x
        return dropout(x, self.p, key=self._generator)
