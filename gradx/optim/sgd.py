"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gradx.errors import OperandError
from gradx.optim.optimizer import Optimizer
from gradx.tensor import Tensor


class SGD(Optimizer):
    """Gradient descent, with momentum and decay on demand.

    With gradient `g` at `p`, `g += weight_decay * p`; with momentum, `v = momentum * v + g` (`v = g`
    at first), and `g` becomes `v`, or `g + momentum * v` by Nesterov; then `p -= lr * g`.

    >>> import gradx as gx
    >>> p = gx.asarray([1.0], requires_grad=True)
    >>> optimizer = gx.optim.SGD([p], lr=0.1)
    >>> gx.sum(p**2).backward()
    >>> optimizer.step()
    >>> p.tolist()
    [0.8]
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float, *, momentum: float = 0.0,
                 nesterov: bool = False, weight_decay: float = 0.0) -> None:  # fmt: skip
        super().__init__(parameters, lr)
        if nesterov and not momentum:
            raise OperandError("SGD: expected momentum > 0 with nesterov; got 0")
        self.momentum, self.nesterov, self.weight_decay = momentum, nesterov, weight_decay

    def update(self, parameter: Any, gradient: Any, state: dict[str, Any]) -> None:
        if self.weight_decay:
            gradient = gradient + parameter * self.weight_decay
        if self.momentum:
            velocity = state.get("velocity")
            velocity = gradient if velocity is None else velocity * self.momentum + gradient
            state["velocity"] = velocity
            gradient = gradient + velocity * self.momentum if self.nesterov else velocity
        parameter -= gradient * self.lr
