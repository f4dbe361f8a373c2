"""The smooth switches of neural networks, and `relu`.

- `sigmoid`, `softplus`, `log_sigmoid` and their slopes never overflow.
"""

from __future__ import annotations

import math
from typing import Any

from gradx.elementwise import elementwise, ruled
from gradx.ops.arithmetic import multiply, negative
from gradx.ops.selection import clip
from gradx.ops.transcendental import erfc, supplied
from gradx.ops.trigonometric import tanh
from gradx.tape import lift


def _sigmoid(xp: Any, x: Any) -> Any:
    return xp.exp(xp.minimum(x, 0)) / (1 + xp.exp(-xp.abs(x)))


sigmoid = elementwise("sigmoid", lambda xp, y, _x: y * (1 - y), doc="`1 / (1 + exp(-x))`.")
sigmoid.card.implementation = supplied("sigmoid", _sigmoid)

# With y = log(1 + e^x), sigmoid(x) is 1 - e^-y.
softplus = elementwise("softplus", lambda xp, y, _x: -xp.expm1(-y), doc="`log(1 + exp(x))`.")
softplus.card.implementation = supplied("softplus", lambda xp, x: xp.logaddexp(x, 0))

relu = ruled("relu", lambda xp, ct, y, _x: xp.where(y > 0, ct, 0),
             jvp=lambda xp, tangents, y, x: xp.where(y > 0, tangents[0], 0), masks=True,
             doc="`max(x, 0)`; derivative 0 at 0.")  # fmt: skip
relu.card.implementation = supplied("relu", lambda xp, x: xp.maximum(x, 0))


def log_sigmoid(x: Any, /) -> Any:
    """`log(sigmoid(x))`."""
    return negative(softplus(negative(x)))


def silu(x: Any, /) -> Any:
    """`x * sigmoid(x)`, also known as swish."""
    return multiply(x, sigmoid(x))


def gelu(x: Any, /, *, approximate: bool | str = False) -> Any:
    """`x * P(X <= x)` for a standard normal X.

    Parameters
    ----------
    approximate
        True or "tanh" for the approximation by a tanh; False or "none" for the exact value.
    """
    x = lift(x)
    if approximate not in (False, True, "none", "tanh"):
        raise ValueError(f"gelu: expected approximate 'none' or 'tanh'; got {approximate!r}")
    if approximate in (False, "none"):
        return 0.5 * (x * erfc(-math.sqrt(0.5) * x))
    z = clip(x, -40, 40)  # the tanh is 1 there, and the cube does not overflow
    return 0.5 * (x * (1 + tanh(math.sqrt(2 / math.pi) * (z * (1 + 0.044715 * (z * z))))))


__all__ = ["gelu", "log_sigmoid", "relu", "sigmoid", "silu", "softplus"]
