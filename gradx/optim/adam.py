"""Adam, and AdamW that decays apart from the gradient.

- Real parameters only: the square of a complex gradient is no scale.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from gradx import ops
from gradx.errors import DtypeError
from gradx.optim.optimizer import Optimizer
from gradx.tensor import Tensor


class _Moments(Optimizer):
    """Steps along the mean of the gradients over the root of the mean of their squares."""

    def __init__(self, parameters: Iterable[Tensor], lr: float, betas: tuple[float, float],
                 eps: float, weight_decay: float) -> None:  # fmt: skip
        super().__init__(parameters, lr)
        for parameter in self.parameters:
            if parameter.dtype.kind == "c":
                raise DtypeError(
                    f"{type(self).__name__}: expected real parameters; got {parameter.dtype}. "
                    "Keep the real and the imaginary part as two parameters"
                )
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay

    def update(self, parameter: Any, gradient: Any, state: dict[str, Any]) -> None:
        beta1, beta2 = self.betas
        if self.weight_decay:
            gradient = self.decay(parameter, gradient)
        if not state:
            state.update(steps=0, mean=ops.zeros_like(parameter), square=ops.zeros_like(parameter))
        mean = state["mean"] = state["mean"] + (gradient - state["mean"]) * (1 - beta1)
        square = state["square"] = state["square"] * beta2 + gradient * gradient * (1 - beta2)
        steps = state["steps"] = state["steps"] + 1
        root = ops.sqrt(square) / (1 - beta2**steps) ** 0.5 + self.eps
        parameter -= mean / root * (self.lr / (1 - beta1**steps))

    @abstractmethod
    def decay(self, parameter: Any, gradient: Any) -> Any:
        """Apply `weight_decay` to the parameter, or return a gradient that holds it."""


class Adam(_Moments):
    """D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.

    With `weight_decay`, the penalty's gradient is added to the gradient.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float = 1e-3, *,
                 betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0.0) -> None:  # fmt: skip
        super().__init__(parameters, lr, betas, eps, weight_decay)

    def decay(self, parameter: Any, gradient: Any) -> Any:
        return gradient + parameter * self.weight_decay


class AdamW(_Moments):
    """I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR 2019.

    As `Adam`, but each step first multiplies the parameters by `1 - lr * weight_decay`.

    >>> import gradx as gx
    >>> p = gx.asarray([1.0], requires_grad=True)
    >>> optimizer = gx.optim.AdamW([p], lr=0.1, weight_decay=0.0)
    >>> gx.sum(p**2).backward()
    >>> optimizer.step()
    >>> round(p.item(), 6)
    0.9
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float = 1e-3, *,
                 betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 1e-2) -> None:  # fmt: skip
        super().__init__(parameters, lr, betas, eps, weight_decay)

    def decay(self, parameter: Any, gradient: Any) -> Any:
        parameter *= 1 - self.lr * self.weight_decay
        return gradient
