"""Modules in a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx.nn.module import Module


class Sequential(Module):
    """The composition of layers: modules or plain functions, the first is applied first.

    >>> import gradx as gx
    >>> model = gx.nn.Sequential(gx.nn.Linear(4, 8), gx.nn.relu, gx.nn.Linear(8, 2))
    >>> model(gx.zeros((3, 4), dtype=gx.float32)).shape
    (3, 2)
    """

    def __init__(self, *layers: Callable[[Any], Any]) -> None:
        self.layers = layers

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, index: int) -> Callable[[Any], Any]:
        return self.layers[index]
