"""Spectra over time: spectrograms, and short-time Fourier transforms there and back."""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.errors import ShapeError
from gradx.scipy.arrays import chosen, complex_of, constant, floating, scipy
from gradx.scipy.signal.segments import Cut, powers, times, transformed


def spectrogram(x: Any, fs: Any = 1.0, window: Any = ("tukey", 0.25), nperseg: Any = None, noverlap: Any = None,
                nfft: Any = None, detrend: Any = "constant", return_onesided: bool = True, scaling: str = "density",
                axis: int = -1, mode: str = "psd") -> tuple[Any, Any, Any]:  # fmt: skip
    """Spectra of consecutive segments.

    Parameters
    ----------
    mode
        "psd"; or of the transform itself "complex", "magnitude", "angle", "phase" (unwrapped).

    Returns
    -------
    f, t, Sxx
        Frequencies, times, and the spectra: frequencies along `axis`, times along a new last axis.

    >>> import gradx as gx
    >>> [part.shape for part in gx.scipy.signal.spectrogram(gx.ones(64), nperseg=16)]
    [(9,), (4,), (9, 4)]
    """
    from gradx.numpy import unwrap

    name = "signal.spectrogram"
    chosen(name, "mode", mode, ("psd", "complex", "magnitude", "angle", "phase"))
    x = floating(x)
    if noverlap is None:
        size = nperseg or (256 if isinstance(window, (str, tuple)) else len(window))
        noverlap = min(size, x.shape[axis]) // 8
    cut = Cut(fs, window, nperseg, noverlap, nfft, detrend, return_onesided, scaling)
    if mode == "psd":
        f, power, last, plan = powers(name, x, x, axis, cut)
        return f, times(plan, power), ops.moveaxis(ops.matrix_transpose(power), -2, last - 1)
    f, t, z = transformed(name, x, axis, cut)
    if mode == "complex":
        return f, t, z
    if mode == "magnitude":
        return f, t, ops.abs(z)
    phase = ops.angle(z)
    if mode == "phase":
        phase = unwrap(phase, axis=axis - 1 if axis < 0 else axis)
    return f, t, phase


def stft(x: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = 256, noverlap: Any = None, nfft: Any = None,
         detrend: Any = False, return_onesided: bool = True, boundary: str | None = "zeros", padded: bool = True,
         axis: int = -1, scaling: str = "spectrum") -> tuple[Any, Any, Any]:  # fmt: skip
    """Short-time Fourier transform.

    Parameters
    ----------
    boundary
        How half a segment is put before and behind: "zeros", "even", "odd", "constant", None.
    padded
        Fill up with zeros, so that the segments hold all of it.
    scaling
        "spectrum" or "psd".

    Returns
    -------
    f, t, Zxx
        Frequencies along `axis`, times along a new last axis.

    >>> import gradx as gx
    >>> [part.shape for part in gx.scipy.signal.stft(gx.ones(64), nperseg=16)]
    [(9,), (9,), (9, 9)]
    """
    chosen("signal.stft", "scaling", scaling, ("spectrum", "psd"))
    kind = "density" if scaling == "psd" else scaling
    cut = Cut(fs, window, nperseg, noverlap, nfft, detrend, return_onesided, kind)
    return transformed("signal.stft", floating(x), axis, cut, boundary, padded)


def istft(Zxx: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = None, noverlap: Any = None, nfft: Any = None,
          input_onesided: bool = True, boundary: bool = True, time_axis: int = -1, freq_axis: int = -2,
          scaling: str = "spectrum") -> tuple[Any, Any]:  # fmt: skip
    """Inverse of `stft`, whose arguments it takes: times, and the signal, its axis where the times were.

    >>> import gradx as gx
    >>> gx.scipy.signal.istft(gx.ones((9, 9)), nperseg=16)[1].shape
    (64,)
    """
    name = "signal.istft"
    chosen(name, "scaling", scaling, ("spectrum", "psd"))
    z = complex_of(floating(Zxx))
    if z.ndim < 2 or time_axis % z.ndim == freq_axis % z.ndim:
        raise ShapeError(
            f"{name}: expected two axes, of frequencies and times; got shape {z.shape}"
        )
    back = time_axis % z.ndim - (freq_axis % z.ndim < time_axis % z.ndim)
    z = ops.moveaxis(z, (time_axis, freq_axis), (-2, -1))
    whole = 2 * (z.shape[-1] - 1) if input_onesided else z.shape[-1]
    size = whole if nperseg is None else int(nperseg)
    points = (
        (size if input_onesided and size == whole + 1 else whole) if nfft is None else int(nfft)
    )
    overlap = size // 2 if noverlap is None else int(noverlap)
    if size < 1 or points < size or overlap >= size:
        raise ValueError(
            f"{name}: expected noverlap < nperseg <= nfft; got {overlap}, {size} and {points}"
        )
    weights = (
        constant(scipy("signal").get_window(window, size), z)
        if isinstance(window, (str, tuple))
        else floating(window, z)
    )
    if weights.shape != (size,):
        raise ShapeError(f"{name}: expected a window of shape ({size},); got {weights.shape}")
    parts = (ops.fft.irfft(z, n=points) if input_onesided else ops.fft.ifft(z, n=points))[
        ..., :size
    ]
    scale = ops.sum(weights) if scaling == "spectrum" else ops.sqrt(fs * ops.sum(weights**2))
    x, norm = _overlapped(parts * (weights * scale), weights, size - overlap)
    if boundary:
        x, norm = (v[..., size // 2 : v.shape[-1] - size // 2] for v in (x, norm))
    x = x / ops.where(norm > 1e-10, norm, 1.0)
    x = ops.moveaxis(x, -1, back)
    return ops.arange(x.shape[0], dtype="float64", device=x.device) / float(fs), x


def _overlapped(parts: Any, weights: Any, step: int) -> tuple[Any, Any]:
    """Add the segments `(..., k, size)` up, `step` samples apart, and the squares of the weights."""
    count, size = parts.shape[-2:]
    at = ops.arange(count, device=parts.device)[:, None] * step + ops.arange(
        size, device=parts.device
    )
    total = size + (count - 1) * step
    x = ops.zeros((*parts.shape[:-2], total), dtype=parts.dtype, device=parts.device)
    norm = ops.zeros(total, dtype=weights.dtype, device=parts.device)
    squares = ops.broadcast_to(weights**2, (count, size))
    return ops.index_add(x, parts, key=(..., at)), ops.index_add(norm, squares, key=(at,))


__all__ = ["istft", "spectrogram", "stft"]
