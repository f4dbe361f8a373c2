"""Designs of finite filters, and frequency responses: differentiable in gains, frequencies and coefficients."""

from __future__ import annotations

from itertools import pairwise
from math import ceil, log2, pi
from operator import index
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.numpy import polyval
from gradx.scipy.arrays import (
    complex_of,
    constant,
    floating,
    real_dtype,
    scipy,
    values_of,
    values_of_all,
)


def firwin2(numtaps: int, freq: Any, gain: Any, *, nfreqs: int | None = None, window: Any = "hamming",
            antisymmetric: bool = False, fs: float | None = None) -> Any:  # fmt: skip
    """A finite filter `(numtaps,)` whose response goes through gains `(n,)` at frequencies `(n,)`.

    Parameters
    ----------
    freq
        From 0 to half of `fs` (2 by default) in ascending order; twice the same for a jump.
    nfreqs
        How many points of the response are interpolated.
    window
        A name, a tuple, or None.

    >>> import gradx as gx
    >>> gx.scipy.signal.firwin2(5, [0.0, 0.5, 1.0], gx.asarray([1.0, 1.0, 0.0])).shape
    (5,)
    """
    name, nyquist = "signal.firwin2", 1.0 if fs is None else 0.5 * fs
    gain = floating(gain)
    freq = floating(freq, gain)
    if freq.ndim != 1 or freq.shape != gain.shape:
        raise ShapeError(
            f"{name}: expected freq and gain of one shape (n,); got {freq.shape} and {gain.shape}"
        )
    points = 1 + 2 ** ceil(log2(numtaps)) if nfreqs is None else nfreqs
    if numtaps >= points:
        raise ValueError(f"{name}: expected nfreqs above numtaps; got {points} and {numtaps}")
    kind = (4 if antisymmetric else 2) - numtaps % 2
    freq = _strictly_ascending(name, freq, nyquist)
    ends = abs(values_of_all(gain)).reshape(-1, gain.shape[0])[:, [0, -1]].max(axis=0).tolist()
    if (kind in (3, 4) and ends[0] != 0.0) or (kind in (2, 3) and ends[1] != 0.0):
        raise ValueError(
            f"{name}: expected a gain of 0 where a filter of type {kind} has none; got {ends} at the ends"
        )
    x = ops.linspace(0.0, nyquist, points, dtype=gain.dtype, device=gain.device)
    shift = ops.exp(-0.5j * (numtaps - 1) * pi / nyquist * x)
    y = ops.fft.irfft(complex_of(ops.interp(x, freq, gain)) * (1j * shift if kind > 2 else shift))[
        :numtaps
    ]
    if window is not None:
        y = y * constant(scipy("signal").get_window(window, numtaps, fftbins=False), y)
    return ops.index_set(y, 0.0, key=numtaps // 2) if kind == 3 else y


def _strictly_ascending(name: str, freq: Any, nyquist: float) -> Any:
    """Return frequencies of which those that stand twice are moved apart by the least step."""
    at = values_of(freq).tolist()
    steps = [b - a for a, b in pairwise(at)]
    good = at[0] == 0 and at[-1] == nyquist and min(steps) >= 0 and steps[0] > 0 and steps[-1] > 0
    if not good or any(a == b == 0 for a, b in pairwise(steps)):
        raise ValueError(
            f"{name}: expected ascending frequencies from 0 to {nyquist}, none of them more than twice, the ends once; "
            f"got {at}"
        )
    least = 2.0**-52 * nyquist
    moves = [(least if i and not steps[i - 1] else 0.0) - (least if i < len(steps) and not steps[i] else 0.0)
             for i in range(len(at))]  # fmt: skip
    return freq + constant(moves, freq) if any(moves) else freq


def firls(
    numtaps: int, bands: Any, desired: Any, *, weight: Any = None, fs: float | None = None
) -> Any:
    """A finite filter `(numtaps,)`, odd, with the least squared error in bands.

    Parameters
    ----------
    bands
        Pairs of frequencies `(2 n,)` or `(n, 2)`, up to half of `fs` (2 by default).
    desired
        The gain at each, linear between the two of a band.
    weight
        Of each band, `(n,)`.

    >>> import gradx as gx
    >>> gx.scipy.signal.firls(5, [0.0, 0.4, 0.6, 1.0], gx.asarray([1.0, 1.0, 0.0, 0.0])).shape
    (5,)
    """
    name, half = "signal.firls", index(numtaps) // 2
    gains = ops.reshape(floating(desired), (-1,))
    edges = ops.reshape(floating(bands, gains), (-1,)) / (1.0 if fs is None else 0.5 * fs)
    if numtaps % 2 == 0 or numtaps < 1 or edges.shape != gains.shape or edges.shape[0] % 2:
        raise ShapeError(
            f"{name}: expected an odd numtaps, and pairs in bands and desired; got {numtaps}, shapes {edges.shape} and "
            f"{gains.shape}"
        )
    at = values_of(edges).tolist()
    if (
        min(at) < 0
        or max(at) > 1
        or at != sorted(at)
        or any(a == b for a, b in zip(at[::2], at[1::2]))
    ):
        raise ValueError(f"{name}: expected ascending bands between 0 and fs / 2; got {bands}")
    edges, gains = ops.reshape(edges, (-1, 2)), ops.reshape(gains, (-1, 2))
    weight = (
        ops.ones(edges.shape[0], dtype=edges.dtype, device=edges.device)
        if weight is None
        else floating(weight, edges)
    )
    n = constant(list(range(numtaps)), edges)[:, None, None]
    q = ops.matmul(ops.diff(ops.sinc(edges * n) * edges, axis=2)[:, :, 0], weight)
    k = ops.arange(half + 1, device=q.device)
    system = ops.take(q, ops.reshape(ops.abs(k[:, None] - k), (-1,))) + ops.take(
        q, ops.reshape(k[:, None] + k, (-1,))
    )
    n = n[: half + 1]
    slope = ops.diff(gains, axis=1) / ops.diff(edges, axis=1)
    b = edges * (slope * edges + (gains[:, :1] - edges[:, :1] * slope)) * ops.sinc(edges * n)
    more = slope * ops.cos(n[1:] * pi * edges) / (pi * n[1:]) ** 2
    b = b + ops.concat([(-0.5 * slope * edges * edges)[None], more])
    a = ops.linalg.solve(
        ops.reshape(system, (half + 1, half + 1)), ops.matmul(ops.diff(b, axis=2)[:, :, 0], weight)
    )
    return ops.concat([ops.flip(a[1:]), 2.0 * a[:1], a[1:]])


# ---------------------------------------------------------------- frequency responses


def _places(worN: Any, whole: bool, include_nyquist: bool, fs: Any, like: Any) -> Any:
    """Return angular frequencies of a digital filter's response."""
    worN = 512 if worN is None else worN
    if isinstance(worN, int):
        last = 2.0 * pi if whole else pi
        return ops.linspace(
            0.0,
            last,
            worN,
            endpoint=include_nyquist and not whole,
            dtype=real_dtype(like),
            device=like.device,
        )
    return ops.atleast_nd(floating(worN, like), ndim=1) * (2.0 * pi) / fs


def freqz(b: Any, a: Any = 1, worN: Any = 512, whole: bool = False, plot: Any = None, fs: Any = 2 * pi,
          include_nyquist: bool = False) -> tuple[Any, Any]:  # fmt: skip
    """Frequencies `(n,)`, and there the complex response of a digital filter, coefficients `(m,)` and `(k,)`.

    >>> import gradx as gx
    >>> gx.scipy.signal.freqz(gx.ones(3), worN=5)[1].shape
    (5,)
    """
    b = ops.atleast_nd(floating(b), ndim=1)
    a = ops.atleast_nd(floating(a, b), ndim=1)
    if b.ndim > 1 or a.ndim > 1:
        raise ShapeError(
            f"signal.freqz: expected coefficients (m,) and (k,); got shapes {b.shape} and {a.shape}"
        )
    w = _places(worN, whole, include_nyquist, fs, b)
    z = ops.exp(-1j * w)
    h = polyval(ops.flip(b), z) / polyval(ops.flip(a), z)
    w = w * (fs / (2.0 * pi))
    if plot is not None:
        plot(w, h)
    return w, h


def freqz_sos(sos: Any, worN: Any = 512, whole: bool = False, fs: Any = 2 * pi) -> tuple[Any, Any]:
    """`freqz` of second-order sections `(s, 6)`.

    >>> import gradx as gx
    >>> gx.scipy.signal.freqz_sos(gx.ones((2, 6)), worN=5)[1].shape
    (5,)
    """
    sos = floating(sos)
    w, h = freqz(sos[0, :3], sos[0, 3:], worN, whole, fs=fs)
    for i in range(1, sos.shape[0]):
        h = h * freqz(sos[i, :3], sos[i, 3:], worN, whole, fs=fs)[1]
    return w, h


def freqz_zpk(
    z: Any, p: Any, k: Any, worN: Any = 512, whole: bool = False, fs: Any = 2 * pi
) -> tuple[Any, Any]:
    """`freqz` of zeros `(m,)`, poles `(n,)` and gain.

    >>> import gradx as gx
    >>> gx.scipy.signal.freqz_zpk(gx.ones(2), gx.zeros(2), 1.0, worN=5)[1].shape
    (5,)
    """
    z, p = (ops.atleast_nd(floating(x), ndim=1) for x in (z, p))
    w = _places(worN, whole, False, fs, z)
    at = ops.exp(1j * w)[:, None]
    return w * (fs / (2.0 * pi)), k * ops.prod(at - z, axis=-1) / ops.prod(at - p, axis=-1)


__all__ = ["firls", "firwin2", "freqz", "freqz_sos", "freqz_zpk"]
