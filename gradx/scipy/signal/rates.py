"""Other sampling rates: by polyphase filters, by Fourier transforms, by leaving samples out.

- `upfirdn` is one short convolution for each phase of the output; what is thrown away is not computed.
- Linear in signal and filter.
"""

from __future__ import annotations

from math import ceil, gcd
from operator import index
from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.ops.filtering import convolved
from gradx.scipy.arrays import (
    axis_back,
    axis_last,
    chosen,
    complex_of,
    constant,
    extended,
    floating,
    real_dtype,
    scipy,
)
from gradx.scipy.signal.filters import sosfilt
from gradx.scipy.signal.zero_phase import sosfiltfilt

_MARGINS = {"symmetric": "reflect", "reflect": "mirror", "edge": "nearest", "wrap": "wrap"}
_ODD = {"antisymmetric": "reflect", "antireflect": "mirror"}
_LINES = ("smooth", "line")
_MODES = ("constant", *_MARGINS, *_ODD, *_LINES)


def upfirdn(h: Any, x: Any, up: int = 1, down: int = 1, axis: int = -1, mode: str = "constant",
            cval: Any = 0) -> Any:  # fmt: skip
    """Put `up - 1` zeros behind each sample, filter by `h`, keep every `down`-th: `(..., n)` to `(..., k)`.

    Parameters
    ----------
    h
        A finite impulse response `(m,)`.
    mode
        What lies beyond the ends of `x`: "constant" with `cval`, "symmetric", "reflect", "edge", "wrap",
        "antisymmetric", "antireflect", "smooth", "line".

    >>> import gradx as gx
    >>> gx.scipy.signal.upfirdn([1.0, 1.0], gx.asarray([1.0, 2.0]), up=2)
    Tensor([1., 1., 2., 2.])
    """
    name = "signal.upfirdn"
    chosen(name, "mode", mode, _MODES)
    x = floating(x)
    h = floating(h, x)
    up, down = index(up), index(down)
    if h.ndim != 1 or not h.shape[0]:
        raise ShapeError(f"{name}: expected a filter h of shape (m,), m > 0; got {h.shape}")
    if up < 1 or down < 1:
        raise ValueError(f"{name}: expected up and down of at least 1; got {up} and {down}")
    x, axis = axis_last(name, x, axis)
    n, m = x.shape[-1], h.shape[0]
    total = ceil(((n - 1) * up + m) / down)
    reach = ceil(m / up)  # samples under the filter at once
    wide = _with_margins(x, reach, mode, cval)
    phases = [_phase(h, wide, reach, up, down, first, total) for first in range(min(up, total))]
    size = max(p.shape[-1] for p in phases)
    rows = [ops.pad(p, [(0, 0)] * (p.ndim - 1) + [(0, size - p.shape[-1])]) for p in phases]
    y = ops.stack(rows, axis=-1)
    return axis_back(ops.reshape(y, (*y.shape[:-2], size * len(rows)))[..., :total], axis)


def _phase(h: Any, wide: Any, reach: int, up: int, down: int, first: int, total: int) -> Any:
    """Return the outputs `first`, `first + up`, ...: all by the same taps, over samples `down` apart."""
    start, phase = divmod(first * down, up)
    count = (total - 1 - first) // up + 1
    taps = h[phase::up]
    if not taps.shape[0]:
        return ops.zeros((*wide.shape[:-1], count), dtype=wide.dtype, device=wide.device)
    # output j is sum_k taps[k] x[start + j down - k], and x[0] stands at `reach` of wide
    lead = reach + start - (taps.shape[0] - 1)
    part = wide[..., lead : lead + (count - 1) * down + taps.shape[0]]
    if down == 1:
        return convolved(part, taps, 1, "valid")
    return _strided(part, taps, down, count)


def _strided(part: Any, taps: Any, down: int, count: int) -> Any:
    """Return every `down`-th element of a valid convolution: a sum over the phases of both."""
    total: Any = None
    k = taps.shape[0]
    turned = ops.flip(taps)
    for offset in range(min(down, k)):
        some = ops.flip(turned[offset::down])
        piece = part[..., offset::down][..., : count + some.shape[0] - 1]
        term = convolved(piece, some, 1, "valid")
        total = term if total is None else total + term
    return total


def _with_margins(x: Any, size: int, mode: str, cval: Any) -> Any:
    """Extend the last axis by `size` before, and by so many and some more behind."""
    n, more = x.shape[-1], size
    if mode == "constant":
        return extended(x, size, more, "constant", cval)
    if mode in _MARGINS:
        return extended(x, size, more, _MARGINS[mode])
    if mode in _ODD:
        return _odd(x, size, more, _ODD[mode])
    first, last = x[..., :1], x[..., -1:]
    if mode == "line":
        left = right = (last - first) / max(n - 1, 1)
    else:
        left, right = (
            (x[..., 1:2] - first, last - x[..., -2:-1]) if n > 1 else (0 * first, 0 * last)
        )
    steps = constant(list(range(1, size + 1)), x)
    ends = first - left * ops.flip(steps), last + right * steps
    return ops.concat([ends[0], x, ends[1]], axis=-1)


def _odd(x: Any, before: int, after: int, mode: str) -> Any:
    """Mirror about the edge with the other sign, over and over: the period's sum of steps adds up."""
    n = x.shape[-1]
    if mode == "reflect":
        y = extended(x, before, after, mode)
        signs = [1 - 2 * ((i // n) % 2) for i in range(-before, n + after)]
        return y * constant(signs, x)
    while before or after:
        n = x.shape[-1]
        p, q = min(before, n - 1), min(after, n - 1)
        if n == 1:
            return extended(x, before, after, "nearest")
        y = extended(x, p, q, "mirror")
        x = ops.concat(
            [2.0 * x[..., :1] - y[..., :p], x, 2.0 * x[..., -1:] - y[..., p + n :]], axis=-1
        )
        before, after = before - p, after - q
    return x


def resample_poly(x: Any, up: int, down: int, axis: int = 0, window: Any = ("kaiser", 5.0),
                  padtype: str = "constant", cval: Any = None) -> Any:  # fmt: skip
    """Resample by the factor `up / down` with a polyphase low-pass filter: `n` samples to `ceil(n up / down)`.

    Parameters
    ----------
    window
        The window of the filter's design, a name or a tuple; or the coefficients of the filter.
    padtype
        "constant" and the other modes of `upfirdn`; or "mean", "median", "minimum", "maximum", which is taken away
        first and added in the end.

    >>> import gradx as gx
    >>> gx.scipy.signal.resample_poly(gx.ones(10), 3, 2).shape
    (15,)
    """
    name = "signal.resample_poly"
    levels = {"mean": ops.mean, "median": ops.median, "minimum": ops.min, "maximum": ops.max}
    chosen(name, "padtype", padtype, (*levels, *_MODES))
    if up != int(up) or down != int(down) or up < 1 or down < 1:
        raise ValueError(
            f"{name}: expected integers up and down of at least 1; got {up} and {down}"
        )
    if cval is not None and padtype != "constant":
        raise ValueError(f"{name}: expected no cval with padtype {padtype!r}; got {cval}")
    common = gcd(int(up), int(down))
    up, down = int(up) // common, int(down) // common
    x = floating(x)
    if up == down == 1:
        return ops.copy(x)
    x, axis = axis_last(name, x, axis)
    n_out = ceil(x.shape[-1] * up / down)
    h = _low_pass(x, up, down, window)
    half = (h.shape[0] - 1) // 2
    lead = down - half % down
    removed = (half + lead) // down
    short = (n_out + removed - 1) * down - (x.shape[-1] - 1) * up - (h.shape[0] + lead) + 1
    h = ops.pad(h * up, (lead, max(short, 0)))
    level = levels[padtype](x, axis=-1, keepdims=True) if padtype in levels else None
    mode = "constant" if level is not None else padtype
    y = upfirdn(
        h, x if level is None else x - level, up, down, mode=mode, cval=0 if cval is None else cval
    )
    y = y[..., removed : removed + n_out]
    return axis_back(y if level is None else y + level, axis)


def _low_pass(x: Any, up: int, down: int, window: Any) -> Any:
    if not isinstance(window, (str, tuple)):
        h = floating(window, x)
        if h.ndim != 1:
            raise ShapeError(f"signal.resample_poly: expected a window (m,); got shape {h.shape}")
        return h
    rate = max(up, down)
    return constant(scipy("signal").firwin(20 * rate + 1, 1.0 / rate, window=window), x)


def decimate(
    x: Any,
    q: int,
    n: int | None = None,
    ftype: Any = "iir",
    axis: int = -1,
    zero_phase: bool = True,
) -> Any:
    """Filter, then keep every `q`-th sample: by an elliptic-like Chebyshev filter, or by a finite one.

    Parameters
    ----------
    n
        The order of the filter: 8 of "iir", `20 q` of "fir".
    ftype
        "iir" or "fir".
    zero_phase
        Filter forwards and backwards, or shift the finite filter back.

    >>> import gradx as gx
    >>> gx.scipy.signal.decimate(gx.ones(40), 4).shape
    (10,)
    """
    chosen("signal.decimate", "ftype", ftype, ("iir", "fir"))
    x, q = floating(x), index(q)
    if ftype == "fir":
        taps = (20 * q if n is None else index(n)) + 1
        b = constant(scipy("signal").firwin(taps, 1.0 / q, window="hamming"), x)
        if zero_phase:
            return resample_poly(x, 1, q, axis=axis, window=b)
        x, axis = axis_last("signal.decimate", x, axis)
        return axis_back(upfirdn(b, x, 1, q)[..., : ceil(x.shape[-1] / q)], axis)
    design = scipy("signal").cheby1(8 if n is None else index(n), 0.05, 0.8 / q, output="sos")
    sos = constant(design, x)
    x, axis = axis_last("signal.decimate", x, axis)
    # the design's own zeros decide how far the ends are extended, whatever the precision
    y = sosfiltfilt(sos, x) if zero_phase else sosfilt(sos, x)
    return axis_back(y[..., ::q], axis)


def resample(
    x: Any, num: int, t: Any = None, axis: int = 0, window: Any = None, domain: str = "time"
) -> Any:
    """Resample to `num` samples along `axis` by Fourier transforms; with `t`, a pair of the samples and new times.

    Parameters
    ----------
    window
        A name or tuple, an array `(n,)`, or a function of the frequencies, by which the spectrum is multiplied.
    domain
        Whether `x` is a signal, "time", or its spectrum, "freq".

    >>> import gradx as gx
    >>> gx.scipy.signal.resample(gx.ones((8, 2)), 12).shape
    (12, 2)
    """
    name = "signal.resample"
    chosen(name, "domain", domain, ("time", "freq"))
    x, num = floating(x), index(num)
    x, axis = axis_last(name, x, axis)
    n, real = x.shape[-1], domain == "time" and x.dtype.kind != "c"
    spectrum = x if domain == "freq" else ops.fft.rfft(x) if real else ops.fft.fft(x)
    spectrum = complex_of(spectrum)
    if window is not None:
        weights = _spectral_window(window, n, x)
        if real:  # half a spectrum takes the mean of the weights of both signs
            both = 0.5 * (weights[1:] + ops.flip(weights[1:]))
            weights = ops.concat([weights[:1], both])[: spectrum.shape[-1]]
        spectrum = spectrum * weights
    y = _resized(spectrum, n, num, real) * (num / n)
    y = ops.fft.irfft(y, n=num) if real else ops.fft.ifft(y)
    y = axis_back(y, axis)
    if t is None:
        return y
    t = floating(t, x)
    steps = ops.arange(num, dtype=t.dtype, device=t.device)
    return y, steps * ((t[1] - t[0]) * (n / num)) + t[0]


def _spectral_window(window: Any, n: int, x: Any) -> Any:
    if callable(window):
        return floating(window(ops.fft.fftfreq(n, dtype=real_dtype(x), device=x.device)), x)
    if hasattr(window, "shape"):
        if tuple(window.shape) != (n,):
            raise ShapeError(
                f"signal.resample: expected a window of shape ({n},); got {tuple(window.shape)}"
            )
        return floating(window, x)
    return ops.fft.fftshift(constant(scipy("signal").get_window(window, n), x))


def _resized(spectrum: Any, n: int, num: int, real: bool) -> Any:
    """Cut or fill up a spectrum of `n` points to `num`; the middle one of an even number is shared by both signs."""
    few = min(n, num)
    half = few // 2
    if real:
        y = spectrum[..., : half + 1]
        if few % 2 == 0 and num != n:
            y = ops.concat([y[..., :half], y[..., half:] * (2.0 if num < n else 0.5)], axis=-1)
        return y
    low = spectrum[..., : (few + 1) // 2]
    high = spectrum[..., n - (few - 1) // 2 :] if few > 2 else spectrum[..., :0]
    gap = num - low.shape[-1] - high.shape[-1]
    zeros = ops.zeros((*spectrum.shape[:-1], gap), dtype=spectrum.dtype, device=spectrum.device)
    if few % 2:
        return ops.concat([low, zeros, high], axis=-1)
    if num == n:
        return spectrum
    if num < n:
        middle = spectrum[..., half : half + 1] + spectrum[..., n - half : n - half + 1]
        return ops.concat([low, middle, high], axis=-1)
    middle = spectrum[..., half : half + 1] * 0.5
    return ops.concat([low, middle, zeros[..., 2:], middle, high], axis=-1)


__all__ = ["decimate", "resample", "resample_poly", "upfirdn"]
