"""`gradx.scipy.signal` against SciPy's own values, and their differences."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.consumers.table import Mirror, Rows, complex_numbers, namespace, numbers, positive, unit

_rows, _signal = Rows("gradx.scipy.signal"), Mirror("signal")
_X, _Y, _H, _M = (
    numbers(12, seed=1),
    numbers(12, seed=9),
    numbers(4, seed=2),
    numbers(3, 8, seed=3),
)
_LONG, _WIDE = numbers(40, seed=4), numbers(2, 36, seed=5)
_B, _A = positive(3, seed=4), np.asarray([1.2, -0.4, 0.2])
_SOS = np.asarray([[1.0, 0.3, 0.1, 1.0, -0.2, 0.1], [0.5, 0.2, 0.3, 1.0, 0.3, 0.2]])
_FREE = np.ascontiguousarray(_SOS[:, [0, 1, 2, 4, 5]])
_Z, _C = complex_numbers(4, seed=5), complex_numbers(12, seed=6)
_PAIRS = np.asarray([0.5 + 0.3j, 0.5 - 0.3j])


def _of(name: str, **options: Any) -> Any:
    """Give a function of the mirror with keywords filled in."""
    return lambda *args: getattr(_signal, name)(*args, **options)


def _second(name: str, **options: Any) -> Any:
    return lambda *args: getattr(_signal, name)(*args, **options)[1]


def _sections(s: Any) -> Any:
    """Put the 1 into its place, as SciPy asks for a 1 exactly."""
    xp = namespace(s)
    return xp.concat([s[:, :3], xp.ones_like(s[:, :1]), s[:, 3:]], axis=1)


for _mode in ("full", "same", "valid"):
    for _name in ("convolve", "correlate"):
        _rows.add(f"{_name}({_mode}, direct)", _of(_name, mode=_mode, method="direct"), _X, _H)
    _rows.add(
        f"convolve({_mode}, fft)", _of("convolve", mode=_mode, method="fft"), _M, numbers(2, 3)
    )
    _rows.add(
        f"fftconvolve({_mode}, axes)", _of("fftconvolve", mode=_mode, axes=1), _M, numbers(1, 3)
    )
    for _boundary in ("fill", "wrap", "symm"):
        for _name in ("convolve2d", "correlate2d"):
            _rows.add(f"{_name}({_mode}, {_boundary})",
                      _of(_name, mode=_mode, boundary=_boundary, fillvalue=0.5), _M, numbers(2, 3))  # fmt: skip
_rows.add(
    "convolve(by position)",
    lambda x, h: _signal.convolve(x, h, "same", "direct"),
    _M,
    numbers(2, 2),
)
_rows.add("convolve(swapped)", lambda x, h: _signal.convolve(h, x, "valid"), _M, numbers(2, 2))
_rows.add("convolve(complex)", _of("convolve", method="direct"), _C, _Z)
_rows.add("correlate(complex)", _of("correlate", mode="same"), _C, _Z)
for _mode in ("full", "same", "valid"):
    _rows.add(f"oaconvolve({_mode})", _of("oaconvolve", mode=_mode), numbers(60), _H)
_rows.add("oaconvolve(axes)", _of("oaconvolve", axes=0), numbers(3, 2), numbers(40, 1))
_rows.add("oaconvolve(complex)", _of("oaconvolve"), complex_numbers(40), _Z)

_rows.add("lfilter", _of("lfilter"), _B, _A, _X)
_rows.add("lfilter(FIR)", lambda b, x: _signal.lfilter(b, [2.0], x), _B, _M)
_rows.add("lfilter(axis, zi)", lambda b, a, x, zi: _signal.lfilter(b, a, x, axis=0, zi=zi),
          _B, np.asarray([1.0, 0.3, -0.2, 0.1]), numbers(8, 2), numbers(3, 2))  # fmt: skip
_rows.add("lfilter(complex)", _of("lfilter"), _Z[:2], np.asarray([1.0, 0.3 + 0.2j]), _C)
_rows.add("lfilter_zi", _of("lfilter_zi"), _B, _A)
_rows.add("lfiltic", _of("lfiltic"), _B, _A, _H, _X[:3])
_rows.add("sosfilt", lambda x: _signal.sosfilt(_SOS, x), _M)
_rows.add(
    "sosfilt(axis, zi)",
    lambda x, zi: _signal.sosfilt(_SOS, x, axis=0, zi=zi),
    numbers(8, 2),
    numbers(2, 2, 2),
)
_rows.add("sosfilt(sections)", lambda s, x: _signal.sosfilt(_sections(s), x), _FREE, _M)
_rows.add("sosfilt_zi", _of("sosfilt_zi"), _SOS)
for _padtype in ("odd", "even", "constant", None):
    _rows.add(f"filtfilt({_padtype})", _of("filtfilt", padtype=_padtype), _B, _A, _WIDE)
_rows.add(
    "filtfilt(gust)", _of("filtfilt", method="gust"), _B, _A, _WIDE, value_rtol=1e-9
)  # ill-conditioned
_rows.add(
    "filtfilt(gust, irlen)",
    _of("filtfilt", method="gust", irlen=15),
    _B,
    _A,
    _LONG,
    value_rtol=1e-9,
)
_rows.add("sosfiltfilt", lambda x: _signal.sosfiltfilt(_SOS, x), _WIDE)
_rows.add("deconvolve", _of("deconvolve"), _X, np.asarray([2.0, 0.3, 0.1]))

_rows.add("upfirdn", _of("upfirdn"), _H, _X)
_rows.add("upfirdn(up, down)", _of("upfirdn", up=3, down=2), _H, _M)
for _mode in (
    "symmetric",
    "reflect",
    "edge",
    "wrap",
    "antisymmetric",
    "antireflect",
    "smooth",
    "line",
):
    _rows.add(f"upfirdn({_mode})", _of("upfirdn", up=2, down=3, mode=_mode), numbers(9), _M)
for _padtype in ("constant", "mean", "median", "minimum", "line"):
    _rows.add(
        f"resample_poly({_padtype})",
        lambda x, p=_padtype: _signal.resample_poly(x, 2, 3, padtype=p),
        _X,
    )
_rows.add(
    "resample_poly(window)", lambda x, h: _signal.resample_poly(x, 3, 2, window=h), _X, numbers(7)
)
for _num in (7, 12, 16):
    _rows.add(
        f"resample({_num})", lambda x, n=_num: _signal.resample(x, n, axis=-1, window="hamming"), _M
    )
    _rows.add(f"resample({_num}, complex)", lambda x, n=_num: _signal.resample(x, n), _C)
for _ftype in ("iir", "fir"):
    _rows.add(f"decimate({_ftype})", lambda x, f=_ftype: _signal.decimate(x, 2, 4, ftype=f), _LONG)
    _rows.add(f"decimate({_ftype}, causal)",
              lambda x, f=_ftype: _signal.decimate(x, 2, 4, ftype=f, zero_phase=False), _LONG)  # fmt: skip

for _type in ("linear", "constant"):
    _rows.add(f"detrend({_type})", _of("detrend", type=_type), _M)
_rows.add("detrend(bp)", _of("detrend", bp=5), _X)
for _mode in ("interp", "mirror", "constant", "nearest", "wrap"):
    _rows.add(f"savgol_filter({_mode})",
              lambda x, m=_mode: _signal.savgol_filter(x, 5, 2, deriv=1, delta=0.5, mode=m, cval=0.3), _M)  # fmt: skip
_rows.add("wiener", lambda x: _signal.wiener(x, 3), _X)
_rows.add("wiener(noise)", lambda x: _signal.wiener(x, (3, 2), 0.2), _M)
_rows.add("medfilt", lambda x: _signal.medfilt(x, 3), _M)
_rows.add("order_filter", lambda x: _signal.order_filter(x, np.eye(3), 1), _M)

_rows.add("periodogram", _of("periodogram", fs=2.0), _M)
_rows.add("periodogram(nfft)", _of("periodogram", nfft=16, detrend="linear"), _X)
_rows.add("welch", _of("welch", nperseg=8), _M)
_rows.add("welch(median)", _of("welch", nperseg=8, average="median", scaling="spectrum"), _LONG)
_rows.add("welch(complex)", _of("welch", nperseg=8), _C)
_rows.add("welch(window)", lambda x, w: _signal.welch(x, window=w), _X, positive(6))
_rows.add("csd", _of("csd", nperseg=8), _X, _Y)
_rows.add("csd(median)", _of("csd", nperseg=7, average="median"), _LONG, numbers(40, seed=8))
_rows.add("coherence", _of("coherence", nperseg=4), _X, _Y)
for _mode in ("psd", "complex", "magnitude", "angle", "phase"):
    _rows.add(
        f"spectrogram({_mode})",
        _of("spectrogram", nperseg=8, detrend=False, mode=_mode),
        _WIDE[0, :20],
    )
for _boundary in ("zeros", "even", "odd", "constant", None):
    _rows.add(f"stft({_boundary})", _of("stft", nperseg=8, boundary=_boundary), _X)
_rows.add("stft(psd)", _of("stft", nperseg=7, noverlap=3, scaling="psd", axis=0), numbers(16, 2))
_rows.add("istft", _of("istft", nperseg=8), complex_numbers(5, 4))
_rows.add(
    "istft(two-sided)",
    _of("istft", nperseg=6, input_onesided=False, scaling="psd"),
    complex_numbers(6, 4),
)
_TIMES, _FREQS = np.sort(numbers(12, seed=7)) * 3.0, np.asarray([0.5, 1.5, 2.5])
for _normalize in (False, True, "amplitude"):
    _rows.add(f"lombscargle({_normalize})",
              lambda t, x, f, n=_normalize: _signal.lombscargle(t, x, f, normalize=n, floating_mean=bool(n)),
              _TIMES, _X, _FREQS)  # fmt: skip
_rows.add(
    "lombscargle(weights)",
    lambda t, x, f, w: _signal.lombscargle(t, x, f, weights=w),
    _TIMES,
    _X,
    _FREQS,
    unit(12),
)

for _method in ("linear", "quadratic", "logarithmic", "hyperbolic"):
    _rows.add(
        f"chirp({_method})",
        lambda t, m=_method: _signal.chirp(t, 1.0, 1.0, 3.0, method=m, phi=20),
        unit(6),
    )
_rows.add("chirp(complex)", lambda t: _signal.chirp(t, 1.0, 1.0, 3.0, complex=True), _X)
_rows.add(
    "chirp(frequencies)",
    lambda t, f0, f1: _chirp(t, f0, f1),
    unit(6),
    np.asarray(1.0),
    np.asarray(2.0),
)
_rows.add("sawtooth", lambda t: _signal.sawtooth(t, 0.3), _X * 3.0)
_rows.add("sawtooth(width)", lambda t, w: _signal.sawtooth(t, w), unit(6), np.asarray(0.4))
_rows.add("square", lambda t: _signal.square(t) + 0.0 * t, _X)
_rows.add("gausspulse", lambda t: _signal.gausspulse(t, fc=2, retquad=True, retenv=True), _X)
_rows.add("sweep_poly", lambda t, p: _signal.sweep_poly(t, p), unit(5), positive(3))


def _chirp(t: Any, f0: Any, f1: Any) -> Any:
    """SciPy makes floats of the frequencies."""
    if isinstance(t, np.ndarray):
        return _signal.chirp(t, float(f0), 1.5, float(f1), method="logarithmic")
    return _signal.chirp(t, f0, 1.5, f1, method="logarithmic")


_rows.add("czt", lambda x: _signal.czt(x, 7), _M)
_rows.add("czt(spiral)", lambda x: _signal.czt(x, 7, 0.95 * np.exp(-0.4j), 1.1 + 0.1j), _X)
_rows.add("zoom_fft", lambda x: _signal.zoom_fft(x, [0.2, 0.6], 9, fs=3.0, endpoint=True), _X)
_rows.add("CZT", lambda x: _call("CZT", (12, 5), x), _C)
_rows.add("ZoomFFT", lambda x: _call("ZoomFFT", (12, 0.5, 6), x), _X)


def _call(name: str, sizes: Any, x: Any) -> Any:
    from scipy import signal

    import gradx as gx

    return getattr(signal if isinstance(x, np.ndarray) else gx.scipy.signal, name)(*sizes)(x)


_rows.add("firwin2", lambda g: _signal.firwin2(5, [0.0, 0.5, 1.0], g), positive(3))
_rows.add(
    "firwin2(jump)",
    lambda g: _signal.firwin2(7, [0.0, 0.4, 0.4, 1.0], g, window="hann"),
    positive(4),
)
_rows.add("firls", lambda b, d, w: _signal.firls(7, b, d, weight=w),
          np.asarray([0.02, 0.3, 0.5, 0.97]), np.asarray([1.0, 0.9, 0.3, 0.2]), np.asarray([1.0, 2.0]))  # fmt: skip
_rows.add("freqz", _of("freqz", worN=5), _B, _A)
_rows.add("freqz(FIR)", lambda b: _signal.freqz(b, worN=6, whole=True), _B)
_rows.add("freqz_sos", lambda s: _signal.freqz_sos(_sections(s), worN=5), _FREE)
_rows.add("freqz_zpk", lambda z, p: _signal.freqz_zpk(z, p, 1.3, worN=5), _Z, _C[:3] - 1.0)
for _name, _rest in (
    ("lp2lp", (1.7,)),
    ("lp2hp", (1.7,)),
    ("lp2bp", (1.7, 0.6)),
    ("lp2bs", (1.7, 0.6)),
):
    _rows.add(_name, lambda b, a, n=_name, r=_rest: getattr(_signal, n)(b, a, *r), _B, _A)
    _rows.add(
        f"{_name}(orders)", lambda b, a, n=_name, r=_rest: getattr(_signal, n)(b, a, *r), _B, _H
    )
    _rows.add(f"{_name}_zpk", lambda z, p, n=_name, r=_rest: getattr(_signal, f"{n}_zpk")(z, p, 1.3, *r),
              _Z[:2], _C[:3] - 1.0)  # fmt: skip
_rows.add("freqs", lambda b, a: _signal.freqs(b, a, [0.5, 1.5]), _B, _A)
_rows.add("freqs(number)", lambda b, a: _signal.freqs(b, a, 5), _B, np.asarray([1.0, 0.9, 0.17]))
_rows.add("freqs_zpk", lambda z, p: _signal.freqs_zpk(z, p, 1.3, [0.5, 1.5]), _Z, _C[:3] - 1.0)
_rows.add("group_delay", lambda b, a: _signal.group_delay((b, a), 5), _B, _A)
_rows.add("vectorstrength", _of("vectorstrength"), _X, np.asarray([0.7, 1.1]))
for _band in ((1, 6), (None, 3), (0, None), (-4, -1)):
    for _residual in ("lowpass", "all", None):
        _rows.add(
            f"envelope({_band}, {_residual})", _of("envelope", bp_in=_band, residual=_residual), _X
        )
        _rows.add(f"envelope({_band}, {_residual}, complex)",
                  _of("envelope", bp_in=_band, residual=_residual, n_out=9), _C)  # fmt: skip
_rows.add(
    "envelope(squared, n_out)", _of("envelope", squared=True, n_out=8, axis=0), numbers(12, 2)
)
_rows.add("hilbert", _of("hilbert", N=13), _M)
_rows.add("hilbert2", _of("hilbert2"), _M)

_rows.add("normalize", _of("normalize"), _B, _A)
_rows.add("bilinear", lambda b, a: _signal.bilinear(b, a, 2.0), _B, _A)
_rows.add("bilinear(orders)", lambda b, a: _signal.bilinear(b, a, 0.7), _B[:2], positive(4))
_rows.add("bilinear_zpk", lambda z, p: _signal.bilinear_zpk(z, p, 1.3, 2.0), _Z[:2], _C[:3])
_rows.add("zpk2tf", lambda z, p: _signal.zpk2tf(z, p, 1.3), numbers(2), numbers(3, seed=1))
_rows.add("tf2zpk", _of("tf2zpk"), _B, _A, value_rtol=1e-9)
_rows.add("zpk2sos", lambda z, p: _signal.zpk2sos(z, p, 1.3), numbers(4), unit(4))
_rows.add(
    "zpk2sos(minimal)",
    lambda z, p: _signal.zpk2sos(z, p, 1.3, pairing="minimal"),
    numbers(2),
    unit(3),
)
_rows.add(
    "tf2sos",
    _of("tf2sos"),
    np.asarray([1.0, 0.4, 0.9, 0.2, 0.3]),
    np.asarray([1.0, -0.4, 0.5, 0.1, 0.2]),
)
_rows.add("sos2tf", _of("sos2tf"), _SOS)
_rows.add("sos2zpk", _of("sos2zpk"), _SOS)
for _rtype in ("min", "max", "avg"):
    _rows.add(f"unique_roots({_rtype})", lambda p, r=_rtype: _signal.unique_roots(p, 0.1, r)[0],
              np.asarray([1.0, 1.05, 2.0, 1.02]))  # fmt: skip
_rows.add("residue", _of("residue"), positive(4), np.asarray([1.0, -0.4, -0.9]))
_rows.add("residuez", _of("residuez"), positive(2), np.asarray([1.0, -0.4, -0.9]))
_rows.add("invres", _of("invres"), numbers(3), np.asarray([0.5, 1.0, 2.0]), numbers(2))
_rows.add("invresz", _of("invresz"), numbers(3), np.asarray([0.5, 1.0, 2.0]), numbers(2))

_rows.add("cspline1d", _of("cspline1d"), _X)
_rows.add("cspline1d(smooth)", lambda x: _signal.cspline1d(x, 1.5), _X)
_rows.add("qspline1d", _of("qspline1d"), _X)
_rows.add(
    "cspline1d_eval", lambda c, x: _signal.cspline1d_eval(c, x, 0.5, 0.3), _H, numbers(6) * 4.0
)
_rows.add(
    "qspline1d_eval", lambda c, x: _signal.qspline1d_eval(c, x, 0.5, 0.3), _H, numbers(6) * 4.0
)
_rows.add("gauss_spline", lambda x: _signal.gauss_spline(x, 3), _X)
_rows.add("argrelmax", lambda x: x[_argrelmax(x)], _X)


def _argrelmax(x: Any) -> Any:
    return _signal.argrelmax(x, order=2)[0]


ROWS: list[Any] = _rows.found

__all__ = ["ROWS"]
