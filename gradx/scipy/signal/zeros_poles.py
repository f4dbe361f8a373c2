"""Filters from one form into another: polynomials, zeros and poles, second-order sections; and the bilinear transform.

- Which zero goes with which pole is decided on values, as SciPy does; the sections are then products on the tape.
- Zeros and poles are roots, differentiable where they are simple.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy import poly
from gradx.numpy import roots as polynomial_roots
from gradx.scipy.arrays import (
    chosen,
    complex_of,
    constant,
    floating,
    real_dtype,
    trimmed,
    values_of,
    values_of_all,
)


def normalize(b: Any, a: Any) -> tuple[Any, Any]:
    """Divide numerator `(m,)` or `(s, m)` and denominator `(k,)` by its first coefficient that is not 0.

    >>> import gradx as gx
    >>> gx.scipy.signal.normalize([2.0, 4.0], gx.asarray([2.0, 1.0]))
    (Tensor([1., 2.]), Tensor([1. , 0.5]))
    """
    a = trimmed("signal.normalize", ops.atleast_nd(floating(a), ndim=1), "f")
    b = ops.atleast_nd(floating(b, a), ndim=1)
    if a.ndim != 1 or b.ndim > 2 or not a.shape[0]:
        raise ShapeError(
            f"signal.normalize: expected a denominator (k,) that is not 0 and a numerator (m,) or (s, m); got shapes "
            f"{a.shape} and {b.shape}"
        )
    b, a = b / a[0], a / a[0]
    zero = (abs(values_of_all(b)) <= 1e-14).reshape(-1, b.shape[-1]).all(axis=0).tolist()
    lead = next((i for i, none in enumerate(zero) if not none), b.shape[-1] - 1)
    return b[..., lead:], a


def bilinear(b: Any, a: Any, fs: Any = 1.0) -> tuple[Any, Any]:
    """A digital filter from an analog one: s becomes `2 fs (z - 1) / (z + 1)`; coefficients from the highest power.

    >>> import gradx as gx
    >>> gx.scipy.signal.bilinear([1.0], gx.asarray([1.0, 1.0]), 0.5)
    (Tensor([0.5, 0.5]), Tensor([1., 0.]))
    """
    a = trimmed("signal.bilinear", ops.atleast_nd(floating(a), ndim=1), "f")
    b = trimmed("signal.bilinear", ops.atleast_nd(floating(b, a), ndim=1), "f")
    if a.ndim != 1 or b.ndim != 1:
        raise ShapeError(
            f"signal.bilinear: expected b (m,) and a (k,); got shapes {b.shape} and {a.shape}"
        )
    order = max(a.shape[0], b.shape[0]) - 1
    rows = constant([_binomials(order, q) for q in range(order + 1)], a)
    twice = 2.0 * fs
    found = []
    for p in (b, a):
        scale = [twice**q for q in range(p.shape[0])]
        total: Any = 0.0
        for q in range(p.shape[0]):
            total = total + (p[p.shape[0] - 1 - q] * scale[q]) * rows[q]
        found.append(total)
    return normalize(*found)


def _binomials(order: int, q: int) -> list[float]:
    """Return the coefficients of `(z - 1)^q (z + 1)^(order - q)`."""
    found = [1.0]
    for i in range(order):
        sign = -1.0 if i < q else 1.0
        found = [x + sign * y for x, y in zip([*found, 0.0], [0.0, *found])]
    return found


def bilinear_zpk(z: Any, p: Any, k: Any, fs: Any) -> tuple[Any, Any, Any]:
    """`bilinear` of zeros `(m,)`, poles `(n,)` and gain.

    >>> import gradx as gx
    >>> [x.shape for x in gx.scipy.signal.bilinear_zpk(gx.ones(1), gx.ones(3), 1.0, 2.0)]
    [(3,), (3,), ()]
    """
    z, p = (ops.atleast_nd(floating(x), ndim=1) for x in (z, p))
    more = excess(z, p)
    twice = 2.0 * fs
    zeros = (twice + z) / (twice - z)
    zeros = ops.concat([zeros, -ops.ones(more, dtype=zeros.dtype, device=z.device)])
    gain = k * ops.real(ops.prod(twice - z) / ops.prod(twice - p))
    return zeros, (twice + p) / (twice - p), gain


def excess(z: Any, p: Any) -> int:
    """Return how many more poles than zeros there are, none fewer."""
    more: int = p.shape[0] - z.shape[0]
    if more < 0:
        raise ShapeError(
            f"signal: expected at least as many poles as zeros; got {p.shape[0]} and {z.shape[0]}"
        )
    return more


# ---------------------------------------------------------------- polynomials and roots


def zpk2tf(z: Any, p: Any, k: Any) -> tuple[Any, Any]:
    """Polynomials from zeros `(m,)` (or `(s, m)`), poles `(n,)` and gain; real where the roots come in pairs.

    >>> import gradx as gx
    >>> gx.scipy.signal.zpk2tf(gx.asarray([1.0]), gx.asarray([0.5]), 2.0)
    (Tensor([ 2., -2.]), Tensor([ 1. , -0.5]))
    """
    z, p = (ops.atleast_nd(floating(x), ndim=1) for x in (z, p))
    if z.ndim > 1:
        gains = ops.broadcast_to(ops.atleast_nd(floating(k, z), ndim=1), (z.shape[0],))
        b = ops.stack([gains[i] * _from_roots(z[i]) for i in range(z.shape[0])])
    else:
        b = k * _from_roots(z)
    return b, _from_roots(p)


def _from_roots(roots: Any) -> Any:
    y = poly(roots)
    if roots.dtype.kind != "c":
        return y
    values = values_of(roots)
    pairs = (
        sorted(values[values.imag > 0].tolist(), key=_key),
        sorted(values[values.imag < 0].conj().tolist(), key=_key),
    )
    return ops.real(y) if pairs[0] == pairs[1] else y


def _key(x: complex) -> tuple[float, float]:
    return x.real, x.imag


def tf2zpk(b: Any, a: Any) -> tuple[Any, Any, Any]:
    """Zeros, poles and gain of numerator and denominator `(m,)` and `(k,)`.

    >>> import gradx as gx
    >>> gx.scipy.signal.tf2zpk([2.0, -2.0], gx.asarray([1.0, -0.5]))[1].shape
    (1,)
    """
    b, a = normalize(b, a)
    return polynomial_roots(b / b[0]), polynomial_roots(a), b[0]


def sos2tf(sos: Any) -> tuple[Any, Any]:
    """Polynomials `(2 s + 1,)` from sections `(s, 6)`.

    >>> import gradx as gx
    >>> [x.shape for x in gx.scipy.signal.sos2tf(gx.ones((2, 6)))]
    [(5,), (5,)]
    """
    sos = floating(sos)
    b, a = sos[0, :3], sos[0, 3:]
    for i in range(1, sos.shape[0]):
        b, a = ops.convolve(b, sos[i, :3]), ops.convolve(a, sos[i, 3:])
    return trimmed("signal.sos2tf", b, "f"), trimmed("signal.sos2tf", a, "f")


def sos2zpk(sos: Any) -> tuple[Any, Any, Any]:
    """Zeros and poles `(2 s,)`, and gain, of sections `(s, 6)`; 0 for each root that a section lacks.

    >>> import gradx as gx
    >>> [x.shape for x in gx.scipy.signal.sos2zpk(gx.ones((2, 6)))]
    [(4,), (4,), ()]
    """
    sos = floating(sos)
    zeros, poles, gain = [], [], None
    for i in range(sos.shape[0]):
        z, p, k = tf2zpk(sos[i, :3], sos[i, 3:])
        zeros.append(ops.pad(complex_of(z), (0, 2 - z.shape[0])))
        poles.append(ops.pad(complex_of(p), (0, 2 - p.shape[0])))
        gain = k if gain is None else gain * k
    return ops.concat(zeros), ops.concat(poles), gain


# ---------------------------------------------------------------- second-order sections


class _Root(NamedTuple):
    """A real root, or a pair: its value, and real and imaginary part on the tape (None for 0)."""

    value: complex
    re: Any
    im: Any

    @property
    def is_real(self) -> bool:
        return self.value.imag == 0


def _paired(name: str, roots: Any, zeros: int) -> list[_Root]:
    """Return the pairs among `roots`, then its real elements, then zeros: each kind in ascending order."""
    values = values_of(roots)
    tol = (
        2.3e-14 if real_dtype(roots) == "float64" else 1.2e-5
    )  # 100 steps of the precision, as SciPy's
    order = sorted(
        range(len(values)), key=lambda i: (complex(values[i]).real, abs(complex(values[i]).imag))
    )
    real = [i for i in order if abs(complex(values[i]).imag) <= tol * abs(values[i])]
    upper = [i for i in order if i not in real and complex(values[i]).imag > 0]
    lower = [i for i in order if i not in real and complex(values[i]).imag < 0]
    found = []
    for i in upper:
        match = [j for j in lower if abs(values[i] - values[j].conj()) <= tol * abs(values[j])]
        if not match:
            raise ValueError(
                f"{name}: expected complex roots in conjugate pairs; got {values[i]} without its own"
            )
        j = match[0]
        lower.remove(j)
        z = 0.5 * (roots[i] + ops.conj(roots[j]))
        found.append(_Root(complex(0.5 * (values[i] + values[j].conj())), ops.real(z), ops.imag(z)))
    if lower:
        raise ValueError(
            f"{name}: expected complex roots in conjugate pairs; got {values[lower[0]]} without its own"
        )
    reals = [_Root(complex(complex(values[i]).real), ops.real(roots[i]), None) for i in real]
    reals += [_Root(0j, None, None)] * zeros
    return found + sorted(reals, key=lambda r: r.value.real)


def _quadratic(roots: list[_Root], like: Any) -> Any:
    """Return the coefficients of a section's polynomial, `(3,)`, from the highest power."""
    one, zero = constant(1.0, like), constant(0.0, like)
    if not roots:
        return ops.stack([zero, zero, one])
    re = [zero if r.re is None else r.re for r in roots]
    if not roots[0].is_real:
        return ops.stack([one, -2.0 * re[0], re[0] ** 2 + roots[0].im ** 2])
    if len(roots) == 1:
        return ops.stack([zero, one, -re[0]])
    return ops.stack([one, -(re[0] + re[1]), re[0] * re[1]])


def _nearest(roots: list[_Root], to: complex, which: str = "any") -> _Root:
    """Take the root nearest to a pole out of the list."""
    some = [r for r in roots if which == "any" or r.is_real == (which == "real")]
    found = min(some, key=lambda r: abs(r.value - to))
    _drop(roots, found)
    return found


def _drop(roots: list[_Root], root: _Root) -> None:
    del roots[next(i for i, r in enumerate(roots) if r is root)]


def zpk2sos(z: Any, p: Any, k: Any, pairing: str | None = None, *, analog: bool = False) -> Any:
    """Second-order sections `(s, 6)` from zeros `(m,)`, poles `(n,)` and a real gain.

    Parameters
    ----------
    pairing
        "nearest": each pole with the nearest zeros, the worst last; "keep_odd": the same without filling up an odd
        number; "minimal": without filling up at all, and the one for analog filters.

    >>> import gradx as gx
    >>> gx.scipy.signal.zpk2sos(gx.asarray([0.5, 0.4]), gx.asarray([0.3, 0.2]), 2.0).shape
    (1, 6)
    """
    name = "signal.zpk2sos"
    pairing = ("minimal" if analog else "nearest") if pairing is None else pairing
    chosen(name, "pairing", pairing, ("minimal",) if analog else ("nearest", "keep_odd", "minimal"))
    z, p = (ops.atleast_nd(floating(x), ndim=1) for x in (z, p))
    m, n = z.shape[0], p.shape[0]
    if pairing == "minimal":
        size, more = n, (0, 0)
        excess(z, p)
    else:
        size = max(m, n)
        size += size % 2 if pairing == "nearest" else 0
        more = size - m, size - n
    if not size:
        unit = constant([0.0, 0.0, 1.0] if analog else [1.0, 0.0, 0.0], z)
        return ops.concat([k * unit, unit])[None]
    zeros, poles = _paired(name, z, more[0]), _paired(name, p, more[1])
    rows = _sections(zeros, poles, pairing == "minimal", analog, p)
    rows.reverse()
    gain = ops.real(k) if getattr(getattr(k, "dtype", None), "kind", "f") == "c" else k
    top = ops.concat([rows[0][:3] * gain, rows[0][3:]])
    return ops.stack([top, *rows[1:]])


def _sections(
    zeros: list[_Root], poles: list[_Root], minimal: bool, analog: bool, like: Any
) -> list[Any]:
    """Return the sections, the worst pole's first; both lists are used up."""

    def badness(r: _Root) -> float:
        return abs(r.value.real) if analog else abs(1.0 - abs(r.value))

    rows, none = [], _Root(0j, None, None)
    while poles:
        first = min(poles, key=badness)
        _drop(poles, first)
        reals = [r for r in poles if r.is_real]
        if first.is_real and not reals:  # the last real pole
            if minimal:
                above, below = ([_nearest(zeros, first.value, "real")] if zeros else []), [first]
            else:
                above, below = [_nearest(zeros, first.value, "real"), none], [first, none]
        elif (
            len(poles) + 1 == len(zeros)
            and not first.is_real
            and len(reals) == 1
            and sum(r.is_real for r in zeros) == 1
        ):
            above, below = [_nearest(zeros, first.value, "complex")], [first]
        else:
            below = [first]
            if first.is_real:
                second = min(reals, key=badness)
                _drop(poles, second)
                below.append(second)
            above = [_nearest(zeros, first.value)] if zeros else []
            if above and above[0].is_real and zeros:
                above.append(_nearest(zeros, first.value, "real"))
        rows.append(ops.concat([_quadratic(above, like), _quadratic(below, like)]))
    return rows


def tf2sos(b: Any, a: Any, pairing: str | None = None, *, analog: bool = False) -> Any:
    """Second-order sections `(s, 6)` of numerator and denominator `(m,)` and `(k,)`, by their roots; see `zpk2sos`.

    >>> import gradx as gx
    >>> gx.scipy.signal.tf2sos([1.0, 0.5, 0.1], gx.asarray([1.0, -0.4, 0.2])).shape
    (1, 6)
    """
    return zpk2sos(*tf2zpk(b, a), pairing=pairing, analog=analog)


__all__ = [
    "bilinear",
    "bilinear_zpk",
    "excess",
    "normalize",
    "sos2tf",
    "sos2zpk",
    "tf2sos",
    "tf2zpk",
    "zpk2sos",
    "zpk2tf",
]
