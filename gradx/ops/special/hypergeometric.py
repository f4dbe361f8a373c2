"""Hypergeometric functions (DLMF 13, 15), Airy's (9), and the inverses of w exp(w) and w + log(w) (4.13).

- Differentiable in the argument; in a parameter no derivative is known, and asking for it is an error.
"""

from __future__ import annotations

from typing import Any

from gradx.elementwise import elementwise_card
from gradx.ops.special.cards import floats, missing, several, special
from gradx.tape import apply

CURE = "pass it as a plain number or an untracked array, or through gx.stop_gradient"


def _parameter(name: str, letter: str) -> Any:
    return missing(name, f"the parameter {letter}", CURE)


def _hyp0f1(xp: Any, y: Any, b: Any, z: Any) -> Any:
    (b,) = floats(xp, y, b)
    return xp.special.hyp0f1(b + 1, z) / b


def _hyp1f1(xp: Any, y: Any, a: Any, b: Any, z: Any) -> Any:
    a, b = floats(xp, y, a, b)
    return a / b * xp.special.hyp1f1(a + 1, b + 1, z)


def _hyperu(xp: Any, y: Any, a: Any, b: Any, z: Any) -> Any:
    a, b = floats(xp, y, a, b)
    return -a * xp.special.hyperu(a + 1, b + 1, z)


def _hyp2f1(xp: Any, y: Any, a: Any, b: Any, c: Any, z: Any) -> Any:
    a, b, c = floats(xp, y, a, b, c)
    return a * b / c * xp.special.hyp2f1(a + 1, b + 1, c + 1, z)


hyp0f1 = special(
    "hyp0f1",
    _parameter("hyp0f1", "b"),
    _hyp0f1,
    doc="Confluent hypergeometric limit function 0F1(b; z).",
)
hyp1f1 = special(
    "hyp1f1", _parameter("hyp1f1", "a"), _parameter("hyp1f1", "b"), _hyp1f1,
    doc="Kummer's confluent hypergeometric function 1F1(a; b; z), broadcast.",
)  # fmt: skip
hyperu = special(
    "hyperu", _parameter("hyperu", "a"), _parameter("hyperu", "b"), _hyperu,
    doc="Tricomi's confluent hypergeometric function U(a, b, z), broadcast.",
)  # fmt: skip
hyp2f1 = special(
    "hyp2f1", _parameter("hyp2f1", "a"), _parameter("hyp2f1", "b"), _parameter("hyp2f1", "c"), _hyp2f1,
    doc="Gauss' hypergeometric function 2F1(a, b; c; z), broadcast.",
)  # fmt: skip

# ---------------------------------------------------------------- Airy, Lambert, Wright


def _airy(xp: Any, ys: Any, z: Any) -> Any:
    first, first_slope, second, second_slope = ys
    return (first_slope,), (z * first,), (second_slope,), (z * second,)


airy = several("airy", _airy, "Airy's functions and their derivatives `(Ai, Ai', Bi, Bi')` (DLMF 9.2.1).")  # fmt: skip

_lambertw = elementwise_card(
    "special.lambertw", lambda xp, y, z, *, k, tol: 1 / (xp.exp(y) + z)
)  # fmt: skip


def lambertw(z: Any, /, k: int = 0, tol: float = 1e-8) -> Any:
    """Branch `k` of the solution w of `w exp(w) = z`, `(...) -> (...)`, complex.

    >>> import gradx as gx
    >>> gx.real(gx.special.lambertw(gx.asarray([0.0])))
    Tensor([0.])
    """
    return apply(_lambertw, (z,), {"k": k, "tol": tol})


wrightomega = special(
    "wrightomega", lambda xp, y, _z: 1 / (1 + 1 / y), doc="Solution w of `w + log(w) = z`."
)

__all__ = ["airy", "hyp0f1", "hyp1f1", "hyp2f1", "hyperu", "lambertw", "wrightomega"]
