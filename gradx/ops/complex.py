"""Moduli, signs, conjugates and parts: functions that are not holomorphic.

- The gradient of z is dL/dRe z + i dL/dIm z, so a vjp is the adjoint of the jvp under Re(conj(a) b).
- `abs`, `sign` and `angle` have derivative 0 at 0; `sign` of a real is piecewise constant.
- The conjugate, real and imaginary parts of a real array are itself, itself and zeros.
"""

from __future__ import annotations

from typing import Any

from gradx.dtypes import is_complex
from gradx.elementwise import elementwise, ruled
from gradx.level import share
from gradx.ops.arithmetic import positive
from gradx.ops.creation import zeros_like
from gradx.ops.trigonometric import atan2
from gradx.tape import lift


def _push_abs(xp: Any, tangents: Any, _y: Any, x: Any, masked: bool = False) -> Any:
    s = xp.sign(x)
    if is_complex[x.dtype]:
        s = xp.conj(s)
    (t,) = tangents
    t = xp.guarded_multiply(t, s) if masked else t * s
    return xp.real(t) if is_complex[x.dtype] else t


abs = elementwise(
    "abs", lambda xp, _y, x: xp.sign(x), doc="Absolute value, real; derivative 0 at 0."
)
abs.card.push = _push_abs


def _sign_term(xp: Any, t: Any, y: Any, x: Any) -> Any:
    """Remove the radial part of t and divide by the modulus: a symmetric map."""
    if not is_complex[y.dtype]:
        return xp.zeros_like(t)
    r = xp.abs(x)
    return xp.where((r == 0) | (t == 0), 0, (t - y * xp.real(xp.conj(y) * t)) / r)


sign = ruled("sign", _sign_term, jvp=lambda xp, tangents, y, x: _sign_term(xp, tangents[0], y, x), masks=True,
             doc="-1, 0 or 1 (derivative 0); of a complex number `z / |z|`, and 0 at 0.")  # fmt: skip

_conj = ruled(
    "conj", lambda xp, ct, _y, _x: xp.conj(ct), jvp=lambda xp, tangents, y, x: xp.conj(tangents[0])
)
_real = ruled(
    "real", lambda xp, ct, _y, _x: ct, jvp=lambda xp, tangents, y, x: xp.real(tangents[0])
)
_imag = ruled(
    "imag", lambda xp, ct, _y, _x: ct * 1j, jvp=lambda xp, tangents, y, x: xp.imag(tangents[0])
)


def conj(x: Any, /) -> Any:
    """Complex conjugate."""
    x = lift(x)
    return _conj(x) if is_complex[x.dtype] else positive(x)


def _part(card: Any, x: Any) -> Any:
    """Return the real or imaginary part of a complex Tensor, which a library may give as a view."""
    y = card(x)
    share((y,), x)
    return y


def real(x: Any, /) -> Any:
    """Real part, in the real dtype of the same precision."""
    x = lift(x)
    return _part(_real, x) if is_complex[x.dtype] else positive(x)


def imag(x: Any, /) -> Any:
    """Imaginary part, in the real dtype of the same precision."""
    x = lift(x)
    return _part(_imag, x) if is_complex[x.dtype] else zeros_like(x)


def angle(x: Any, /) -> Any:
    """Argument in [-pi, pi]; derivative 0 at 0.

    >>> import gradx as gx
    >>> gx.angle(gx.asarray(2j))
    Tensor(1.57079633)
    """
    x = lift(x)
    return atan2(imag(x), real(x))


__all__ = ["abs", "angle", "conj", "imag", "real", "sign"]
