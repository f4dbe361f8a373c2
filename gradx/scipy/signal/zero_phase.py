"""Filters run forwards and backwards, hence without a delay.

- The margins are extended by mirroring ("odd", "even") or by the last value ("constant"), as in SciPy.
- Gustafsson's method chooses the two initial states so that both orders of the runs agree: a least-squares problem.
  Source: F. Gustafsson, "Determining the initial states in forward-backward filtering" (1996).
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.scipy.arrays import axis_back, axis_last, chosen, extended, floating
from gradx.scipy.signal.filters import (
    cascaded,
    coefficients,
    filtered,
    sections,
    sosfilt_zi,
    steady,
)


def with_margins(name: str, x: Any, padtype: str | None, size: int) -> Any:
    """Extend the last axis by `size` elements at both ends."""
    chosen(name, "padtype", padtype, ("odd", "even", "constant", None))
    if padtype is None or size == 0:
        return x
    if x.shape[-1] <= size:
        raise ShapeError(f"{name}: expected more samples than padlen = {size}; got {x.shape[-1]}")
    if padtype == "constant":
        return extended(x, size, size, "nearest")
    y = extended(x, size, size, "mirror")
    if padtype == "even":
        return y
    n = x.shape[-1]
    ends = [2.0 * x[..., :1] - y[..., :size], x, 2.0 * x[..., -1:] - y[..., size + n :]]
    return ops.concat(ends, axis=-1)


def filtfilt(b: Any, a: Any, x: Any, axis: int = -1, padtype: str | None = "odd", padlen: int | None = None,
             method: str = "pad", irlen: int | None = None) -> Any:  # fmt: skip
    """Filter forwards, then backwards, by a transfer function.

    Parameters
    ----------
    b, a
        Coefficients `(m,)` and `(k,)`.
    x
        `(..., n)`, the n along `axis`.
    padtype, padlen
        With method "pad": how the ends are extended, and by how many samples, `3 max(m, k)` by default.
    method
        "pad", or "gust", Gustafsson's.
    irlen
        With method "gust": after so many samples the impulse response counts as 0.

    >>> import gradx as gx
    >>> gx.scipy.signal.filtfilt([0.5, 0.5], [1.0], gx.ones(10)).shape
    (10,)
    """
    name = "signal.filtfilt"
    chosen(name, "method", method, ("pad", "gust"))
    x = floating(x)
    b, rest = coefficients(name, b, a, x)
    x, axis = axis_last(name, x, axis)
    if method == "gust":
        return axis_back(_gustafsson(b, rest, x, irlen), axis)
    taps = max(b.shape[0], rest.shape[0] + 1)
    size = 0 if padtype is None else 3 * taps if padlen is None else padlen
    wide = with_margins(name, x, padtype, size)
    state = steady(b, rest)

    def run(v: Any) -> Any:
        return filtered(name, b, rest, v, state * v[..., :1])[0]

    return axis_back(_both_ways(run, wide, size), axis)


def _both_ways(run: Any, wide: Any, size: int) -> Any:
    y = ops.flip(run(ops.flip(run(wide), axis=-1)), axis=-1)
    return y[..., size : y.shape[-1] - size]


def sosfiltfilt(
    sos: Any, x: Any, axis: int = -1, padtype: str | None = "odd", padlen: int | None = None
) -> Any:
    """Filter forwards, then backwards, by second-order sections `(s, 6)`; the other arguments as in `filtfilt`.

    >>> import gradx as gx
    >>> gx.scipy.signal.sosfiltfilt([[1.0, 0.0, 0.0, 1.0, -0.5, 0.0]], gx.ones((2, 30))).shape
    (2, 30)
    """
    name = "signal.sosfiltfilt"
    x = floating(x)
    sos = sections(name, sos, x)
    x, axis = axis_last(name, x, axis)
    if padlen is None:
        off = ops.stop_gradient(sos)
        zeros = [int(ops.count_nonzero(off[:, i] == 0).item()) for i in (2, 5)]
        padlen = 3 * (2 * sos.shape[0] + 1 - min(zeros))
    size = 0 if padtype is None else padlen
    wide = with_margins(name, x, padtype, size)
    state = ops.reshape(sosfilt_zi(sos), (sos.shape[0], *[1] * (x.ndim - 1), 2))

    def run(v: Any) -> Any:
        return cascaded(name, sos, v, state * v[..., :1])[0]

    return axis_back(_both_ways(run, wide, size), axis)


def _gustafsson(b: Any, rest: Any, x: Any, irlen: int | None) -> Any:
    order, n = max(b.shape[0], rest.shape[0] + 1) - 1, x.shape[-1]
    if not order:
        return x * b[0] ** 2
    m = n if irlen is None or n <= 2 * irlen else irlen

    def run(v: Any) -> Any:
        return filtered("signal.filtfilt", b, rest, v)[0]

    def back(v: Any) -> Any:
        return ops.flip(run(ops.flip(v, axis=-1)), axis=-1)

    # Rows: what a unit state leaves in the first m outputs, and that filtered backwards.
    silent = ops.zeros((1, m), dtype=b.dtype, device=b.device)
    unit = ops.eye(1, order, dtype=b.dtype, device=b.device)
    first = filtered("signal.filtfilt", b, rest, silent, unit)[0]
    left = ops.concat([ops.pad(first[:, : m - k], [(0, 0), (k, 0)]) for k in range(order)])
    left_back = back(left)
    right, right_back = ops.flip(left, axis=-1), ops.flip(left_back, axis=-1)
    forwards = back(run(x))
    gap = run(back(x)) - forwards
    if m < n:
        gap = ops.concat([gap[..., :m], gap[..., n - m :]], axis=-1)
        none = ops.zeros((order, m), dtype=left.dtype, device=left.device)
        system = ops.concat(
            [
                ops.concat([left_back - left, none], axis=1),
                ops.concat([none, right - right_back], axis=1),
            ]
        )
    else:
        system = ops.concat([left_back - left, right - right_back])
    q, r = ops.linalg.qr(ops.matrix_transpose(system))
    flat = ops.reshape(gap, (-1, gap.shape[-1]))
    found = ops.linalg.solve(r, ops.matmul(ops.matrix_transpose(q), ops.matrix_transpose(flat)))
    states = ops.reshape(ops.matrix_transpose(found), (*gap.shape[:-1], 2 * order))
    start, end = ops.matmul(states[..., :order], left_back), ops.matmul(states[..., order:], right)
    margins = [(0, 0)] * (x.ndim - 1)
    return forwards + ops.pad(start, [*margins, (0, n - m)]) + ops.pad(end, [*margins, (n - m, 0)])


__all__ = ["filtfilt", "sosfiltfilt", "with_margins"]
