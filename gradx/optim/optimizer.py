"""Optimizer: what the methods share.

- State is kept as Tensors on the parameter's device, one dict a parameter, in the parameters' order.
- A step is never recorded; parameters stay leaves.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

from gradx.errors import GraphError, OperandError
from gradx.level import no_grad
from gradx.tensor import Tensor


class Optimizer(ABC):
    """Base of the methods: subclasses define `update`.

    Parameters
    ----------
    parameters
        Leaves that require a gradient, as from `Module.parameters()`.
    lr
        The step size; an attribute, so a schedule may set it between steps.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float) -> None:
        name = type(self).__name__
        self.parameters = list(parameters)
        if not self.parameters:
            raise OperandError(f"{name}: expected parameters; got none")
        for parameter in self.parameters:
            if not isinstance(parameter, Tensor):
                raise OperandError(f"{name}: expected Tensors; got {type(parameter).__name__}")
            if not (parameter.requires_grad and parameter.is_leaf):
                raise GraphError(
                    f"{name}: expected leaves that require a gradient; got a Tensor that is none. "
                    "Make it with gradx.asarray(x, requires_grad=True)"
                )
        if lr < 0:
            raise OperandError(f"{name}: expected lr >= 0; got {lr}")
        self.lr = lr
        self.state: list[dict[str, Any]] = [{} for _ in self.parameters]

    @no_grad()
    def step(self) -> None:
        """Update each parameter that has a gradient."""
        for parameter, state in zip(self.parameters, self.state):
            gradient = parameter.grad
            if gradient is not None:
                self.update(parameter, gradient, state)

    @abstractmethod
    def update(self, parameter: Tensor, gradient: Tensor, state: dict[str, Any]) -> None:
        """Change one parameter, and its state, in place."""

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self.parameters:
            parameter.grad = None
