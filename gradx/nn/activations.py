"""Activations: functions, and modules of the same without parameters."""

from __future__ import annotations

from typing import Any

from gradx.nn.module import Module
from gradx.ops import gelu, relu, sigmoid, silu, tanh


class ReLU(Module):
    """`max(x, 0)`."""

    def forward(self, x: Any) -> Any:
        return relu(x)


class GELU(Module):
    """`x * Phi(x)`, with the normal distribution function."""

    def forward(self, x: Any) -> Any:
        return gelu(x)


class SiLU(Module):
    """`x * sigmoid(x)`."""

    def forward(self, x: Any) -> Any:
        return silu(x)


class Tanh(Module):
    """The hyperbolic tangent."""

    def forward(self, x: Any) -> Any:
        return tanh(x)


class Sigmoid(Module):
    """`1 / (1 + exp(-x))`."""

    def forward(self, x: Any) -> Any:
        return sigmoid(x)
