"""Linear filters of one dimension: transfer functions and second-order sections, with their states.

- A filter is a convolution with the numerator, then a recursion by the denominator; both are cards of
  `gradx.ops.filtering`, compiled where the library has a compiled filter.
- States are those of the transposed direct form II, as SciPy's: a state is what is added to the first outputs of the
  convolution, so it needs no code of its own.
- Differentiable in coefficients, signal and state.
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.ops.filtering import convolved, recurred
from gradx.promotion import result_type
from gradx.scipy.arrays import axis_back, axis_last, floating, trimmed


def coefficients(name: str, b: Any, a: Any, like: Any = None) -> tuple[Any, Any]:
    """Return numerator and denominator `(m,)` and `(k,)`, both divided by the first element of the second."""
    first = b if hasattr(b, "dtype") else a if hasattr(a, "dtype") else like
    b, a = (ops.atleast_nd(floating(x, first), ndim=1) for x in (b, a))
    if b.ndim != 1 or a.ndim != 1 or not b.shape[0] or not a.shape[0]:
        raise ShapeError(
            f"{name}: expected coefficients b (m,) and a (k,), not empty; got shapes {b.shape} and {a.shape}"
        )
    return b / a[0], a[1:] / a[0]


def lfilter(b: Any, a: Any, x: Any, axis: int = -1, zi: Any = None) -> Any:
    """Filter along an axis by a rational transfer function, `sum_k a[k] y[n - k] = sum_k b[k] x[n - k]`.

    Parameters
    ----------
    b, a
        Coefficients `(m,)` and `(k,)`, `a[0]` not 0.
    x
        `(..., n)`, the n along `axis`.
    zi
        The state before the first sample: of the shape of `x`, with `max(m, k) - 1` along `axis`.

    Returns
    -------
    y
        Of the shape of `x`; with `zi` a pair, the second the state after the last sample.

    >>> import gradx as gx
    >>> gx.scipy.signal.lfilter([1.0], [1.0, -0.5], gx.asarray([1.0, 0.0, 0.0]))
    Tensor([1.  , 0.5 , 0.25])
    """
    x = floating(x)
    b, rest = coefficients("signal.lfilter", b, a, x)
    x, axis = axis_last("signal.lfilter", x, axis)
    state = None if zi is None else axis_last("signal.lfilter", floating(zi, x), axis)[0]
    y, after = filtered("signal.lfilter", b, rest, x, state)
    return axis_back(y, axis) if zi is None else (axis_back(y, axis), axis_back(after, axis))


def filtered(name: str, b: Any, rest: Any, x: Any, state: Any = None) -> tuple[Any, Any]:
    """Filter the last axis of `x`, by coefficients of which the leading 1 is left out; return the new state too."""
    n, m, order = x.shape[-1], b.shape[0], max(b.shape[0], rest.shape[0] + 1) - 1
    if not n:
        return x + 0 * b[0], state
    if state is None:
        return recurred(rest, _numerator(b, x, m)[..., :n]), None
    lead = x.shape[:-1]
    if (
        state.ndim != x.ndim
        or state.shape[-1] != order
        or any(s not in (1, k) for s, k in zip(state.shape, lead))
    ):
        raise ShapeError(
            f"{name}: expected a state zi of shape {(*lead, order)}, {order} along the axis; got {state.shape}"
        )
    dtype = result_type(b, rest, x, state)
    v = ops.astype(_numerator(b, x, m), dtype, copy=False)
    if v.shape[-1] < n + order:
        v = ops.pad(v, [(0, 0)] * len(lead) + [(0, n + order - v.shape[-1])])
    state = ops.broadcast_to(ops.astype(state, dtype, copy=False), (*lead, order))
    v = ops.index_add(v, state, key=(..., slice(0, order)))
    y = recurred(rest, v[..., :n])
    return y, _after(rest, y, v[..., n:])


def _numerator(b: Any, x: Any, m: int) -> Any:
    return x * b[0] if m == 1 else convolved(x, b, 1)


def _after(rest: Any, y: Any, tail: Any) -> Any:
    """Return the state after outputs `y`: the tail of the convolution less what the last outputs will take away."""
    k, order = rest.shape[0], tail.shape[-1]
    if not k:
        return tail
    last = y[..., max(y.shape[-1] - k, 0) :]
    later = convolved(last, rest, 1)[..., last.shape[-1] - 1 :]
    return tail - ops.pad(later, [(0, 0)] * (y.ndim - 1) + [(0, order - k)])


def lfilter_zi(b: Any, a: Any) -> Any:
    """The state `(max(m, k) - 1,)` in which the filter's answer to a constant 1 is steady.

    >>> import gradx as gx
    >>> gx.scipy.signal.lfilter_zi([0.5], gx.asarray([1.0, -0.5]))
    Tensor([0.5])
    """
    return steady(
        *coefficients(
            "signal.lfilter_zi",
            b,
            trimmed("signal.lfilter_zi", ops.atleast_nd(floating(a), ndim=1), "f"),
        )
    )


def steady(b: Any, rest: Any) -> Any:
    """Return `lfilter_zi` by coefficients of which the leading 1 is left out."""
    order = max(b.shape[0], rest.shape[0] + 1) - 1
    gain = ops.sum(b) / (1.0 + ops.sum(rest))
    tail = _longer(b[1:], order) - gain * _longer(rest, order)
    return ops.flip(ops.cumulative_sum(ops.flip(tail)))


def _longer(x: Any, n: int) -> Any:
    return ops.pad(x, (0, n - x.shape[0]))


def lfiltic(b: Any, a: Any, y: Any, x: Any = None) -> Any:
    """The state `(max(m, k) - 1,)` of a filter whose last outputs were `y`, inputs `x`, the latest first.

    >>> import gradx as gx
    >>> gx.scipy.signal.lfiltic([1.0], [1.0, -0.5], gx.asarray([2.0]))
    Tensor([1.])
    """
    y = ops.atleast_nd(floating(y), ndim=1)
    b, rest = coefficients("signal.lfiltic", b, a, y)
    order = max(b.shape[0], rest.shape[0] + 1) - 1
    state = -_carried(rest, y, order)
    if x is not None:
        state = state + _carried(b[1:], ops.atleast_nd(floating(x, y), ndim=1), order)
    return state


def _carried(c: Any, past: Any, order: int) -> Any:
    """Return `sum_i c[m + i] past[i]` for each m, `(order,)`."""
    if not c.shape[0] or not order:
        return ops.zeros(order, dtype=result_type(c, past), device=past.device)
    k = c.shape[0]
    past = past[:k] if past.shape[0] >= k else _longer(past, k)
    return _longer(convolved(c, ops.flip(past), 1)[k - 1 :], order)


# ---------------------------------------------------------------- second-order sections


def sections(name: str, sos: Any, like: Any = None) -> Any:
    """Return second-order sections `(s, 6)` as a Tensor."""
    sos = ops.atleast_nd(floating(sos, like), ndim=2)
    if sos.ndim != 2 or sos.shape[1] != 6:
        raise ShapeError(f"{name}: expected second-order sections of shape (s, 6); got {sos.shape}")
    return sos


def sosfilt(sos: Any, x: Any, axis: int = -1, zi: Any = None) -> Any:
    """Filter along an axis by a cascade of second-order sections.

    Parameters
    ----------
    sos
        `(s, 6)`: b0, b1, b2, a0, a1, a2; each section is divided by its a0.
    x
        `(..., n)`, the n along `axis`.
    zi
        The states, `(s, ..., 2)`, 2 along `axis` of what follows the first axis.

    >>> import gradx as gx
    >>> gx.scipy.signal.sosfilt([[1.0, 0.0, 0.0, 1.0, -0.5, 0.0]], gx.asarray([1.0, 0.0, 0.0]))
    Tensor([1.  , 0.5 , 0.25])
    """
    name = "signal.sosfilt"
    x = floating(x)
    sos = sections(name, sos, x)
    x, axis = axis_last(name, x, axis)
    if zi is not None:
        zi = floating(zi, x)
        expected = [sos.shape[0], *x.shape[:-1]]
        expected.insert(axis + 1, 2)
        if zi.shape != tuple(expected):
            raise ShapeError(f"{name}: expected zi of shape {tuple(expected)}; got {zi.shape}")
        zi = ops.moveaxis(zi, axis + 1, -1)
    x, after = cascaded(name, sos, x, zi)
    if zi is None:
        return axis_back(x, axis)
    return axis_back(x, axis), ops.moveaxis(after, -1, axis + 1)


def cascaded(name: str, sos: Any, x: Any, zi: Any = None) -> tuple[Any, Any]:
    """Filter the last axis by one section after the other; return the new states `(s, ..., 2)` too."""
    states = []
    for i in range(sos.shape[0]):
        b, a = sos[i, :3] / sos[i, 3], sos[i, 4:] / sos[i, 3]
        x, after = filtered(name, b, a, x, None if zi is None else zi[i])
        states.append(after)
    return x, None if zi is None else ops.stack(states)


def sosfilt_zi(sos: Any) -> Any:
    """The states `(s, 2)` in which the answer of the sections `(s, 6)` to a constant 1 is steady.

    >>> import gradx as gx
    >>> gx.scipy.signal.sosfilt_zi([[0.5, 0.0, 0.0, 1.0, -0.5, 0.0]])
    Tensor([[0.5, 0. ]])
    """
    sos = sections("signal.sosfilt_zi", sos)
    states, gain = [], None
    for i in range(sos.shape[0]):
        b, a = sos[i, :3] / sos[i, 3], sos[i, 3:] / sos[i, 3]
        own = ops.sum(b) / ops.sum(a)
        tail = b[1:] - own * a[1:]
        state = ops.stack([tail[0] + tail[1], tail[1]])
        states.append(state if gain is None else state * gain)
        gain = own if gain is None else gain * own
    return ops.stack(states)


__all__ = ["cascaded", "coefficients", "filtered", "lfilter", "lfilter_zi", "lfiltic", "sections", "sosfilt",
           "sosfilt_zi", "steady"]  # fmt: skip
