"""`scipy.signal` on Tensors, by SciPy's names and with its arguments, one file a family.

- `convolve` also takes the arguments of `autograd.scipy.signal.convolve`.
- `DESIGNS` are SciPy's own functions of numbers, windows among them: what they return are constants, NumPy's arrays.
"""

from importlib import import_module as _import_module
from typing import Any as _Any

from gradx.scipy.signal.analog import (
    findfreqs,
    freqs,
    freqs_zpk,
    group_delay,
    lp2bp,
    lp2bp_zpk,
    lp2bs,
    lp2bs_zpk,
    lp2hp,
    lp2hp_zpk,
    lp2lp,
    lp2lp_zpk,
    vectorstrength,
)
from gradx.scipy.signal.analytic import envelope, hilbert, hilbert2
from gradx.scipy.signal.chirp_z import CZT, ZoomFFT, czt, czt_points, zoom_fft
from gradx.scipy.signal.convolution import (
    convolve,
    convolve2d,
    correlate,
    correlate2d,
    correlation_lags,
    fftconvolve,
    oaconvolve,
)
from gradx.scipy.signal.designs import (
    firls,
    firwin2,
    freqz,
    freqz_sos,
    freqz_zpk,
)
from gradx.scipy.signal.extrema import argrelextrema, argrelmax, argrelmin
from gradx.scipy.signal.filters import lfilter, lfilter_zi, lfiltic, sosfilt, sosfilt_zi
from gradx.scipy.signal.fractions import (
    deconvolve,
    invres,
    invresz,
    residue,
    residuez,
    unique_roots,
)
from gradx.scipy.signal.rates import decimate, resample, resample_poly, upfirdn
from gradx.scipy.signal.short_time import istft, spectrogram, stft
from gradx.scipy.signal.smoothing import (
    detrend,
    medfilt,
    medfilt2d,
    order_filter,
    savgol_coeffs,
    savgol_filter,
    wiener,
)
from gradx.scipy.signal.spectral import coherence, csd, lombscargle, periodogram, welch
from gradx.scipy.signal.splines import (
    cspline1d,
    cspline1d_eval,
    gauss_spline,
    qspline1d,
    qspline1d_eval,
)
from gradx.scipy.signal.waveforms import chirp, gausspulse, sawtooth, square, sweep_poly
from gradx.scipy.signal.zero_phase import filtfilt, sosfiltfilt
from gradx.scipy.signal.zeros_poles import (
    bilinear,
    bilinear_zpk,
    normalize,
    sos2tf,
    sos2zpk,
    tf2sos,
    tf2zpk,
    zpk2sos,
    zpk2tf,
)

DESIGNS = frozenset(
    ["bessel", "butter", "buttord", "cheb1ord", "cheb2ord", "cheby1", "cheby2", "check_COLA", "check_NOLA", "ellip",
     "ellipord", "firwin", "get_window", "iircomb", "iirdesign", "iirfilter", "iirnotch", "iirpeak", "kaiser_atten",
     "kaiser_beta", "kaiserord", "max_len_seq", "remez", "unit_impulse", "windows"]
)  # fmt: skip


def __getattr__(name: str) -> _Any:
    """Reach SciPy's own function."""
    if name in DESIGNS:
        return getattr(_import_module("scipy.signal"), name)
    raise AttributeError(
        f"gradx.scipy.signal.{name}: expected a function of SciPy's for which gradx has a rule; got {name!r}"
    )


__all__ = [
    "CZT", "ZoomFFT", "argrelextrema", "argrelmax", "argrelmin", "bilinear", "bilinear_zpk", "chirp", "coherence",
    "convolve", "convolve2d", "correlate", "correlate2d", "correlation_lags", "csd", "cspline1d", "cspline1d_eval",
    "czt", "czt_points", "decimate", "deconvolve", "detrend", "envelope", "fftconvolve", "filtfilt", "findfreqs",
    "firls", "firwin2", "freqs", "freqs_zpk", "freqz", "freqz_sos", "freqz_zpk", "gauss_spline", "gausspulse",
    "group_delay", "hilbert", "hilbert2", "invres", "invresz", "istft", "lfilter", "lfilter_zi", "lfiltic",
    "lombscargle", "lp2bp", "lp2bp_zpk", "lp2bs", "lp2bs_zpk", "lp2hp", "lp2hp_zpk", "lp2lp", "lp2lp_zpk",
    "medfilt", "medfilt2d", "normalize", "oaconvolve", "order_filter", "periodogram", "qspline1d", "qspline1d_eval",
    "resample", "resample_poly", "residue", "residuez", "savgol_coeffs", "savgol_filter", "sawtooth", "sos2tf",
    "sos2zpk", "sosfilt", "sosfilt_zi", "sosfiltfilt", "spectrogram", "square", "stft", "sweep_poly", "tf2sos",
    "tf2zpk", "unique_roots", "upfirdn", "vectorstrength", "welch", "wiener", "zoom_fft", "zpk2sos", "zpk2tf",
]  # fmt: skip
