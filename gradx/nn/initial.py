"""Initial values of parameters."""

from __future__ import annotations

from math import prod, sqrt
from typing import Any

from gradx.errors import ShapeError
from gradx.random import uniform


def kaiming_uniform(shape: tuple[int, ...], *, gain: float = sqrt(2.0), key: Any = None,
                    dtype: Any = None, device: str | None = None) -> Any:  # fmt: skip
    """Draw weights uniformly so that a layer keeps the variance of its input.

    K. He et al., "Delving deep into rectifiers", ICCV 2015: the bound is `gain * sqrt(3 / fan_in)`.

    Parameters
    ----------
    shape
        `(outputs, inputs, ...)`; all but the first axis make up the fan-in.
    gain
        sqrt(2) before a ReLU, 1 before none.
    key, dtype, device
        As in `gradx.random.uniform`, but float32 by default.

    >>> import gradx as gx
    >>> gx.nn.kaiming_uniform((4, 3)).shape
    (4, 3)
    """
    if len(shape) < 2:
        raise ShapeError(f"kaiming_uniform: expected two dimensions or more; got shape {shape}")
    bound = gain * sqrt(3.0 / max(prod(shape[1:]), 1))
    return uniform(shape, low=-bound, high=bound, key=key, dtype=dtype or "float32", device=device)
