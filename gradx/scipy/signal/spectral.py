"""Power spectra: Welch's method, and Lomb's periodogram of samples at uneven times.

- Axes before, behind and beside that of time broadcast.
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.scipy.arrays import chosen, floating, real_dtype
from gradx.scipy.signal.segments import Cut, powers


def csd(x: Any, y: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = None, noverlap: Any = None,
        nfft: Any = None, detrend: Any = "constant", return_onesided: bool = True, scaling: str = "density",
        axis: int = -1, average: str = "mean") -> tuple[Any, Any]:  # fmt: skip
    """Cross power spectral density by Welch's method.

    Parameters
    ----------
    x, y
        Signals; the shorter one is filled up with zeros along `axis`.
    fs
        The sampling frequency.
    window
        A name, a tuple, or the weights `(nperseg,)`.
    nperseg, noverlap, nfft
        The length of a segment, 256 by default; how many samples neighbours share, half by default; of the transform.
    detrend
        "constant", "linear", False, or a function of the segments `(..., k, nperseg)`.
    average
        "mean" or "median" over the segments.

    Returns
    -------
    f, Pxy
        Frequencies, and the density with them along `axis`: conj(X) Y.

    >>> import gradx as gx
    >>> f, p = gx.scipy.signal.csd(gx.ones((2, 64)), gx.ones(64), nperseg=16)
    >>> f.shape, p.shape
    ((9,), (2, 9))
    """
    name = "signal.csd" if y is not x else "signal.welch"
    chosen(name, "average", average, ("mean", "median"))

    cut = Cut(fs, window, nperseg, noverlap, nfft, detrend, return_onesided, scaling)
    f, power, last, _ = powers(name, x, y, axis, cut)
    count = power.shape[-2]
    if average == "mean" or count == 1:
        power = ops.mean(power, axis=-2)
    elif power.dtype.kind == "c":
        middle = [ops.median(part, axis=-2) for part in (ops.real(power), ops.imag(power))]
        power = (middle[0] + 1j * middle[1]) / _median_bias(count)
    else:
        power = ops.median(power, axis=-2) / _median_bias(count)
    return f, ops.moveaxis(power, -1, last)


def _median_bias(n: int) -> float:
    """Return the mean of the median of n exponential variables: 1 - 1/2 + 1/3 - ..., an odd number of terms."""
    return 1.0 + sum(1.0 / (k + 1) - 1.0 / k for k in range(2, n, 2))


def welch(x: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = None, noverlap: Any = None, nfft: Any = None,
          detrend: Any = "constant", return_onesided: bool = True, scaling: str = "density", axis: int = -1,
          average: str = "mean") -> tuple[Any, Any]:  # fmt: skip
    """Power spectral density by Welch's method; arguments as in `csd`.

    >>> import gradx as gx
    >>> gx.scipy.signal.welch(gx.ones(64), nperseg=16)[1].shape
    (9,)
    """
    return csd(
        x, x, fs, window, nperseg, noverlap, nfft, detrend, return_onesided, scaling, axis, average
    )


def periodogram(x: Any, fs: Any = 1.0, window: Any = "boxcar", nfft: Any = None, detrend: Any = "constant",
                return_onesided: bool = True, scaling: str = "density", axis: int = -1) -> tuple[Any, Any]:  # fmt: skip
    """Power spectral density of the whole signal as one segment; arguments as in `csd`.

    >>> import gradx as gx
    >>> gx.scipy.signal.periodogram(gx.ones(10))[1].shape
    (6,)
    """
    x = floating(x)
    n = x.shape[axis]
    if nfft is not None and nfft < n:
        key = [slice(None)] * x.ndim
        key[axis] = slice(0, nfft)
        x, n, nfft = x[tuple(key)], nfft, None
    return csd(
        x,
        x,
        fs,
        "boxcar" if window is None else window,
        n,
        0,
        nfft,
        detrend,
        return_onesided,
        scaling,
        axis,
    )


def coherence(x: Any, y: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = None, noverlap: Any = None,
              nfft: Any = None, detrend: Any = "constant", axis: int = -1) -> tuple[Any, Any]:  # fmt: skip
    """Magnitude squared coherence, `|Pxy|^2 / (Pxx Pyy)`; arguments as in `csd`.

    >>> import gradx as gx
    >>> gx.scipy.signal.coherence(gx.arange(64.0), gx.arange(64.0) ** 2, nperseg=16)[1].shape
    (9,)
    """
    rest = (fs, window, nperseg, noverlap, nfft, detrend)
    f, p = csd(x, y, *rest, axis=axis)
    power = ops.real(p) ** 2 + ops.imag(p) ** 2 if p.dtype.kind == "c" else p**2
    return f, power / welch(x, *rest, axis=axis)[1] / welch(y, *rest, axis=axis)[1]


def lombscargle(x: Any, y: Any, freqs: Any, *, normalize: Any = False, weights: Any = None,
                floating_mean: bool = False) -> Any:  # fmt: skip
    """Lomb's periodogram of samples at uneven times; differentiable in times, samples, frequencies and weights.

    Parameters
    ----------
    x, y
        Times and samples, `(n,)`.
    freqs
        Angular frequencies `(m,)`.
    normalize
        False or "power"; True or "normalize", between 0 and 1; "amplitude", complex.
    weights
        `(n,)`, not negative.
    floating_mean
        Fit a mean for each frequency.

    >>> import gradx as gx
    >>> gx.scipy.signal.lombscargle(gx.arange(5.0), gx.arange(5.0), gx.ones(3)).shape
    (3,)
    """
    name = "signal.lombscargle"
    mode = {False: "power", True: "normalize"}.get(normalize, normalize)
    chosen(name, "normalize", mode, ("power", "normalize", "amplitude"))
    y = floating(y)
    t, freqs = floating(x, y), floating(freqs, y)
    w = ops.ones_like(y) if weights is None else floating(weights, y)
    if t.ndim != 1 or not t.shape[0] or not t.shape == y.shape == w.shape or freqs.ndim != 1:
        raise ShapeError(
            f"{name}: expected x, y and weights of one shape (n,), n > 0, and freqs (m,); got {t.shape}, {y.shape}, "
            f"{w.shape} and {freqs.shape}"
        )
    w = w / ops.sum(w)
    wy, mean = w * y, ops.sum(w * y)
    phase = ops.outer(freqs, t)
    cc, ss, cs, _, _ = _moments(phase, w, floating_mean)
    tau = 0.5 * ops.atan2(2.0 * cs, cc - ss)
    phase = phase - tau[:, None]
    cc, ss, _, c, s = _moments(phase, w, floating_mean)
    yc, ys = ops.matmul(ops.cos(phase), wy), ops.matmul(ops.sin(phase), wy)
    if floating_mean:
        yc, ys = yc - mean * c, ys - mean * s
    least = 2.0**-53 if real_dtype(y) == "float64" else 2.0**-24
    a, b = (part / ops.where(power < least, least, power) for part, power in ((yc, cc), (ys, ss)))
    if mode == "amplitude":
        return (a + 1j * b) * ops.exp(1j * tau)
    power = 2.0 * (a * yc + b * ys)
    if mode == "power":
        return power * (t.shape[0] / 4.0)
    total = ops.sum(wy * y)
    return power * 0.5 / (total - mean * mean if floating_mean else total)


def _moments(phase: Any, w: Any, floating_mean: bool) -> tuple[Any, Any, Any, Any, Any]:
    """Return the weighted sums of cos^2, sin^2, cos sin, cos, sin."""
    c, s = ops.cos(phase), ops.sin(phase)
    cc, cs = ops.matmul(c * c, w), ops.matmul(c * s, w)
    ss, mc, ms = 1.0 - cc, ops.matmul(c, w), ops.matmul(s, w)
    if floating_mean:
        return cc - mc * mc, ss - ms * ms, cs - mc * ms, mc, ms
    return cc, ss, cs, mc, ms


__all__ = ["coherence", "csd", "lombscargle", "periodogram", "welch"]
