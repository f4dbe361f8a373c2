"""The fast Hankel transform: linear, through FFTs of samples with logarithmic spacing.

- The parameters are Python numbers: their coefficients are computed on the host, and have no derivative.
- Source: A. Hamilton, "Uncorrelated modes of the non-linear power spectrum" (2000), appendix B.
"""

from __future__ import annotations

from typing import Any

from gradx import ops
from gradx.create import asarray
from gradx.ops import fft as _fft
from gradx.scipy.fft.arguments import array
from gradx.scipy.native import host_function, native


def _coefficients(x: Any, dln: Any, mu: Any, offset: Any, bias: Any, inverse: bool) -> Any:
    u = host_function("hankel_coefficients")(
        x.shape[-1], float(dln), float(mu), float(offset), float(bias), inverse
    )
    dtype = "complex64" if x.dtype.name == "float32" else "complex128"
    return asarray(u, dtype=dtype, device=x.device)


def _powers(x: Any, dln: float) -> Any:
    """Return the logarithms of the sample points, 0 in the middle."""
    n = x.shape[-1]
    return (ops.arange(n, dtype=x.dtype, device=x.device) - (n - 1) / 2) * dln


def _turned(x: Any, u: Any) -> Any:
    y = _fft.irfft(_fft.rfft(x) * u, n=x.shape[-1])
    return ops.flip(y, axis=-1)


def fht(a: Any, dln: float, mu: float, offset: float = 0.0, bias: float = 0.0) -> Any:
    """Fast Hankel transform of order `mu` of samples `(..., n)` spaced by `dln` in their logarithm.

    >>> import gradx as gx
    >>> gx.scipy.fft.fht(gx.ones(4), 0.1, 0.5).shape
    (4,)
    """
    a = array(a)
    logs = _powers(a, float(dln))
    biased = a * ops.exp(logs * -bias) if bias else a
    y = _turned(biased, _coefficients(a, dln, mu, offset, bias, False))
    return y * ops.exp((logs + offset) * -bias) if bias else y


def ifht(A: Any, dln: float, mu: float, offset: float = 0.0, bias: float = 0.0) -> Any:
    """Inverse of `fht`."""
    a = array(A)
    logs = _powers(a, float(dln))
    biased = a * ops.exp((logs + offset) * bias) if bias else a
    u = _coefficients(a, dln, mu, offset, bias, True)
    y = _turned(biased, 1.0 / ops.conj(u))
    return y * ops.exp(logs * bias) if bias else y


def fhtoffset(dln: float, mu: float, initial: float = 0.0, bias: float = 0.0) -> float:
    """SciPy's `fft.fhtoffset`: the offset with the least ringing, a Python number."""
    return float(native("fft", "fhtoffset")(dln, mu, initial, bias))


__all__ = ["fht", "fhtoffset", "ifht"]
