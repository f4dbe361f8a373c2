"""The affine layer."""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.nn.initial import kaiming_uniform
from gradx.nn.module import Module
from gradx.random import Key, default_generator, fold_in, uniform


class Linear(Module):
    """The map `x @ weight.T + bias`.

    Parameters
    ----------
    inputs, outputs
        Number of features in and out: `(..., inputs)` to `(..., outputs)`.
    bias
        Whether to add a bias.
    key
        A `Key` or a `Generator` for the initial values; the default generator if None.
    dtype, device
        Of the parameters; float32 on the default device if None.

    Notes
    -----
    Weight, of shape `(outputs, inputs)`, and bias start uniform within `1 / sqrt(inputs)`.

    >>> import gradx as gx
    >>> gx.nn.Linear(3, 2)(gx.zeros((5, 3), dtype=gx.float32)).shape
    (5, 2)
    """

    def __init__(self, inputs: int, outputs: int, *, bias: bool = True, key: Any = None,
                 dtype: Any = None, device: str | None = None) -> None:  # fmt: skip
        source = key if isinstance(key, Key) else (key or default_generator()).next_key()
        device = device or getattr(key, "device", None)
        options: Any = {"dtype": dtype or "float32", "device": device}
        self.inputs, self.outputs = inputs, outputs
        bound = inputs**-0.5 if inputs else 0.0
        self.weight = kaiming_uniform(
            (outputs, inputs), gain=3**-0.5, key=fold_in(source, 0), **options
        )
        self.weight.requires_grad = True
        self.bias = None
        if bias:
            values = uniform(outputs, low=-bound, high=bound, key=fold_in(source, 1), **options)
            values.requires_grad = True
            self.bias = values

    def forward(self, x: Any) -> Any:
        y = ops.matmul(x, ops.matrix_transpose(self.weight))
        return y if self.bias is None else ops.add(y, self.bias)
