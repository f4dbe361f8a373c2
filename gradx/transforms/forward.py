"""Forward mode: the level whose aux is a tangent.

- A tangent lives one level below its primal, with its shape and dtype; None stands for zero.
- Beside it goes whether it holds zeros by structure: such a zero absorbs an infinite slope.
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.backend import backend_of, namespaces
from gradx.dtypes import dtype_of, is_complex
from gradx.errors import MissingRuleError
from gradx.level import Cell, Level, alone, cell, lower, own
from gradx.tape import SCALARS, bind, constant_of, lift_all, rebuild, settle
from gradx.transforms.reverse import raw


class Forward(Level):
    """The level of one `jvp`: carries tangents along with values."""

    __slots__ = ()

    def process(self, card: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        data = [lower(x, self) for x in args]
        y = bind(card, data, params)
        if isinstance(y, (tuple, list)):
            y = rebuild(y, [settle(value, (value,)) for value in y])
        elif not isinstance(y, Cell):
            y = settle(y, data)
        own = [x.aux if isinstance(x, Cell) and x.level is self else None for x in args]
        tangents = [None if aux is None else aux[0] for aux in own]
        if not card.differentiable or not any(tangent is not None for tangent in tangents):
            return lift_all(y)
        flags = [aux[1] for aux in own if aux is not None]
        masked = card.masks or all(flags)
        dy = push_forward(card, tangents, y, data, params, any(flags))
        if isinstance(y, (tuple, list)):
            return rebuild(
                y, [self._attach(value, d, masked) for value, d in zip(y, dy, strict=True)]
            )
        return self._attach(y, dy, masked)

    def alone(self, x: Cell) -> bool:
        tangent = None if x.aux is None else x.aux[0]
        return super().alone(x) and (not isinstance(tangent, Cell) or alone(tangent))

    def unshare(self, x: Cell) -> None:
        super().unshare(x)
        if x.aux is not None:
            tangent, masked = x.aux
            if isinstance(tangent, Cell):
                tangent.level.unshare(tangent)
            else:
                tangent = own(tangent)
            x.aux = tangent, masked

    def tangent(self, x: Cell) -> Any:
        """Return the tangent of a value of this level that has one."""
        return x.aux[0]

    def _attach(self, y: Any, dy: Any, masked: bool) -> Any:
        return constant_of(y) if dy is None else cell(y, self, (match(dy, y), masked))


def push_forward(card: Any, tangents: list[Any], y: Any, inputs: list[Any], params: dict[str, Any],
                 masked: bool) -> Any:  # fmt: skip
    """Apply the forward rule of `card`, on bare arrays or, where any value is a Tensor, on Tensors."""
    if card.push is None:
        raise MissingRuleError(f"{card.name}: has no forward rule (jvp)")
    values = [x for x in (*tangents, *inputs) if x is not None and type(x) not in SCALARS]
    lifted = any(isinstance(x, Cell) for x in values)
    xp = ops if lifted else namespaces[type(values[0])]
    if lifted:
        tangents = [None if x is None else constant_of(x) for x in tangents]
        inputs = [x if type(x) in SCALARS else constant_of(x) for x in inputs]
        y = lift_all(y)
    # Only a rule made of slopes needs to be told: the others guard themselves.
    options = {"masked": True} if masked and card.pull_guarded is not card.pull else {}
    with backend_of(type(raw(values[0]))).quiet():
        return card.push(xp, tangents, y, *inputs, **params, **options)


def match(dy: Any, y: Any) -> Any:
    """Bring a tangent to its primal's shape and dtype."""
    xp = ops if isinstance(dy, Cell) else namespaces[type(dy)]
    if dy.shape != y.shape:
        dy = xp.broadcast_to(dy, y.shape)
    if dy.dtype != y.dtype:
        if is_complex[dy.dtype] and not is_complex[y.dtype]:
            dy = xp.real(dy)
        if dy.dtype != y.dtype:
            dy = xp.astype(dy, dtype_of(y.dtype) if xp is ops else y.dtype)
    return dy if isinstance(dy, Cell) else settle(dy, (dy,))
