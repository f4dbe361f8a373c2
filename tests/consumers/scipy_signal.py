"""`scipy.signal`, its windows, and `scipy.fft`."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import fft, signal
from scipy.signal import windows

from tests.consumers.table import (
    CONVERTS,
    Rows,
    complex_numbers,
    like,
    namespace,
    numbers,
    positive,
)

_signal, _fft, _windows = Rows("scipy.signal"), Rows("scipy.fft"), Rows("scipy.signal.windows")
_X, _H, _M = numbers(12, seed=1), numbers(4, seed=2), numbers(3, 8, seed=3)
_B, _A = positive(3, seed=4), np.asarray([1.0, -0.4, 0.2])
_Z, _Q, _K = complex_numbers(2, seed=5), complex_numbers(3, seed=6) - 1.0, np.asarray(1.3)


def _then(f: Any, *rest: float) -> Any:
    """Give `f` with its last arguments filled in."""
    return lambda *args: f(*args, *rest)


def _windowed(window: Any) -> Any:
    return lambda x: window(8, xp=namespace(x)) * x


_signal.add("fftconvolve", signal.fftconvolve, _X, _H)
_signal.add(
    "fftconvolve(same, axes=1)",
    lambda x, h: signal.fftconvolve(x, h, mode="same", axes=1),
    _M,
    numbers(3, 3),
)
_signal.add("oaconvolve", signal.oaconvolve, numbers(60), _H)
_signal.add("convolve(fft)", lambda x, h: signal.convolve(x, h, method="fft"), _X, _H)
_signal.add("correlate(fft)", lambda x, h: signal.correlate(x, h, method="fft"), _X, _H)
_signal.add("convolve(direct)", lambda x, h: signal.convolve(x, h, method="direct"), _X, _H)
_signal.add("correlate(direct)", lambda x, h: signal.correlate(x, h, method="direct"), _X, _H)
_signal.add("convolve2d", signal.convolve2d, _M, numbers(2, 2))
_signal.add("hilbert", signal.hilbert, _X)
_signal.add("hilbert2", signal.hilbert2, _M)
_signal.add("envelope", lambda x: signal.envelope(x, (1, 6)), _X)
_signal.add("detrend", signal.detrend, _X)
_signal.add("detrend(constant)", lambda x: signal.detrend(x, type="constant"), _M)
_signal.add("freqz", lambda b, a: signal.freqz(b, a, worN=5), _B, _A)
_signal.add("freqz(FIR)", lambda b: signal.freqz(b, worN=16)[1], _B)
_signal.add("freqz_zpk", lambda z, p, k: signal.freqz_zpk(z, p, k, worN=5)[1], _Z, _Q, _K)
_signal.add(
    "freqz_sos",
    lambda b: signal.freqz_sos(
        namespace(b).concat([b, like(b, [1.0, -0.2, 0.1])])[None, :], worN=5
    )[1],
    _B,
)
_signal.add("freqs", lambda b, a: signal.freqs(b, a, worN=like(b, [0.5, 1.5]))[1], _B, _A)
_signal.add(
    "freqs_zpk", lambda z, p, k: signal.freqs_zpk(z, p, k, worN=like(k, [0.5, 1.5]))[1], _Z, _Q, _K
)
_signal.add("group_delay", lambda b, a: signal.group_delay((b, a), w=5)[1], _B, _A)
for _name, _rest in (
    ("lp2lp", (1.7,)),
    ("lp2hp", (1.7,)),
    ("lp2bp", (1.7, 0.6)),
    ("lp2bs", (1.7, 0.6)),
):
    _signal.add(_name, _then(getattr(signal, _name), *_rest), _B, _A)
    _signal.add(f"{_name}_zpk", _then(getattr(signal, f"{_name}_zpk"), *_rest), _Z, _Q, _K)
_signal.add("bilinear", lambda b, a: signal.bilinear(b, a, 2.0), _B, _A)
_signal.add("bilinear_zpk", lambda z, p, k: signal.bilinear_zpk(z, p, k, 2.0), _Z, _Q, _K)
_signal.add("zpk2tf", signal.zpk2tf, _Z, _Q, _K)
_signal.add("tf2zpk", signal.tf2zpk, _B, _A)
_signal.add("zpk2sos", signal.zpk2sos, np.asarray([0.5, 0.4]), np.asarray([0.3, 0.2]), _K)
_signal.add("sos2zpk", signal.sos2zpk, np.asarray([[1.0, 0.3, 0.1, 1.0, -0.2, 0.1]]))
_signal.add("sos2tf", signal.sos2tf, np.asarray([[1.0, 0.3, 0.1, 1.0, -0.2, 0.1]] * 2))
_signal.add("tf2sos", signal.tf2sos, _B, _A)
_signal.add("normalize", signal.normalize, _B, _A)
_signal.add("unique_roots", lambda p: signal.unique_roots(p)[0], numbers(3))
_signal.add("residue", lambda b, a: signal.residue(b, a)[:2], _B, _A)
_signal.add("lfilter", signal.lfilter, _B, _A, _X)
_signal.add("lfilter_zi", signal.lfilter_zi, _B, _A)
_signal.add("sosfilt", lambda x: signal.sosfilt(like(x, [[1.0, 0.3, 0.1, 1.0, -0.2, 0.1]]), x), _X)
_signal.add("sosfilt_zi", signal.sosfilt_zi, np.asarray([[1.0, 0.3, 0.1, 1.0, -0.2, 0.1]]))
_signal.add("filtfilt", lambda b, x: signal.filtfilt(b, like(b, [1.0]), x), _B, numbers(30))
_signal.add("deconvolve", lambda x, h: signal.deconvolve(x, h), _X, _H)
_signal.add("savgol_filter", lambda x: signal.savgol_filter(x, 5, 2), _X)
_signal.add("wiener", lambda x: signal.wiener(x, 3), _X)
_signal.add("medfilt", lambda x: signal.medfilt(x, 3), _X)
_signal.add("resample", lambda x: signal.resample(x, 7), _X)
_signal.add("resample_poly", lambda x: signal.resample_poly(x, 2, 3), _X)
_signal.add("upfirdn", signal.upfirdn, _H, _X)
_signal.add("decimate", lambda x: signal.decimate(x, 2), numbers(40))
_signal.add("periodogram", lambda x: signal.periodogram(x)[1], _X)
_signal.add("welch", lambda x: signal.welch(x, nperseg=8)[1], _X)
_signal.add("csd", lambda x, y: signal.csd(x, y, nperseg=8)[1], _X, numbers(12, seed=9))
_signal.add("coherence", lambda x, y: signal.coherence(x, y, nperseg=4)[1], _X, numbers(12, seed=9))
_signal.add("spectrogram", lambda x: signal.spectrogram(x, nperseg=8)[2], _X)
_signal.add("stft", lambda x: signal.stft(x, nperseg=8)[2], _X)
_signal.add(
    "lombscargle",
    lambda t, x: signal.lombscargle(t, x, like(x, [0.5, 1.5])),
    np.sort(numbers(12, seed=7)),
    _X,
)
_signal.add("vectorstrength", lambda x: signal.vectorstrength(x, 0.7), _X)
_signal.add("gausspulse", lambda t: signal.gausspulse(t, fc=2), _X)
_signal.add("chirp", lambda t: signal.chirp(t, 1.0, 1.0, 3.0), _X)
_signal.add("sawtooth", signal.sawtooth, _X)
_signal.add("czt", signal.czt, _X)
_signal.add("zoom_fft", lambda x: signal.zoom_fft(x, 0.5), _X)
_signal.add("firwin", lambda x: signal.firwin(5, 0.4, window="hann") * x, numbers(5))
_signal.add("firwin2", lambda g: signal.firwin2(5, like(g, [0.0, 0.5, 1.0]), g), positive(3))
_signal.add(
    "sosfiltfilt",
    lambda x: signal.sosfiltfilt(like(x, [[1.0, 0.3, 0.1, 1.0, -0.2, 0.1]]), x),
    numbers(30),
)
_signal.add("cspline1d", signal.cspline1d, _X)
_signal.add("gauss_spline", lambda x: signal.gauss_spline(x, 3), _X)
_signal.add("argrelmax", lambda x: x[signal.argrelmax(x)[0]], _X)
_signal.add(
    "findfreqs", lambda b, a: signal.findfreqs(b, a, 5) * b[0], _B, np.asarray([1.0, 0.9, 0.17])
)

for _name in [
    "hann",
    "hamming",
    "blackman",
    "bartlett",
    "boxcar",
    "cosine",
    "parzen",
    "nuttall",
    "flattop",
]:
    _windows.add(_name, _windowed(getattr(windows, _name)), numbers(8))
_windows.add("kaiser", lambda x: windows.kaiser(8, 5.0, xp=namespace(x)) * x, numbers(8))
_windows.add("gaussian", lambda x: windows.gaussian(8, 2.0, xp=namespace(x)) * x, numbers(8))
_windows.add("dpss", lambda x: windows.dpss(8, 2.0, xp=namespace(x)) * x, numbers(8))

for _name in [
    "fft",
    "ifft",
    "rfft",
    "ihfft",
    "fftshift",
    "fft2",
    "rfft2",
    "fftn",
    "ifftn",
    "rfftn",
]:
    _fft.add(_name, getattr(fft, _name), _M)
for _name in ["fft", "ifft", "hfft", "irfft", "fftn", "irfftn", "ifft2", "irfft2"]:
    _fft.add(f"{_name}(complex)", getattr(fft, _name), complex_numbers(3, 4))
for _name in ["dct", "idct", "dst", "idst", "dctn", "idstn"]:
    _fft.add(_name, getattr(fft, _name), _M)
_fft.add("fht", lambda x: fft.fht(x, 0.1, 0.5), _X)
_fft.add("ifht", lambda x: fft.ifht(x, 0.1, 0.5), _X)

_windows.note("makes an array beside its argument", *[row.name for row in _windows.found])
_signal.note("makes an array beside its argument", "firwin")
_signal.ends(
    "ConversionError",
    CONVERTS,
    "convolve(direct)",
    "correlate(direct)",
    "convolve2d",
    "detrend",
    "detrend(constant)",
    "bilinear",
    "zpk2sos",
    "tf2sos",
    "unique_roots",
    "residue",
    "lfilter",
    "lfilter_zi",
    "sosfilt",
    "sosfilt_zi",
    "filtfilt",
    "medfilt",
    "resample_poly",
    "upfirdn",
    "decimate",
    "periodogram",
    "welch",
    "csd",
    "coherence",
    "spectrogram",
    "stft",
    "lombscargle",
    "chirp",
    "sawtooth",
    "czt",
    "zoom_fft",
    "firwin2",
    "sosfiltfilt",
    "cspline1d",
)
_signal.ends(
    "ValueError",
    "SciPy catches the conversion's error and raises its own",
    "deconvolve",
)
_signal.ends(
    "ConversionError",
    "compiled code, which takes NumPy arrays",
    "savgol_filter",
)
_signal.ends(
    "ConversionError",
    "makes NumPy arrays of its arguments",
    "wiener",
)
_fft.ends(
    "ConversionError",
    CONVERTS,
    "dct",
    "idct",
    "dst",
    "idst",
    "dctn",
    "idstn",
)

ROWS: list[Any] = [*_signal.found, *_windows.found, *_fft.found]

__all__ = ["ROWS"]
