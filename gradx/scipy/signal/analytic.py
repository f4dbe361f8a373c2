"""Analytic signals, and the envelopes that are made of them."""

from __future__ import annotations

from operator import index
from typing import Any

from gradx import ops
from gradx.numpy.arguments import ints
from gradx.scipy.arrays import axis_last, chosen, complex_of, constant, floating
from gradx.scipy.signal.rates import resample


def hilbert(x: Any, N: int | None = None, axis: int = -1) -> Any:
    """The analytic signal: `x` with its Hilbert transform as the imaginary part.

    >>> import gradx as gx
    >>> gx.scipy.signal.hilbert(gx.ones((2, 8))).shape
    (2, 8)
    """
    x = floating(x)
    n = x.shape[axis] if N is None else index(N)
    if x.dtype.kind == "c" or n < 1:
        raise ValueError(
            f"signal.hilbert: expected a real signal and N > 0; got {x.dtype.name} and N = {n}"
        )
    weights = [1.0 if k == 0 or 2 * k == n else 2.0 if 2 * k < n else 0.0 for k in range(n)]
    shape = [1] * x.ndim
    shape[axis] = n
    return ops.fft.ifft(
        ops.fft.fft(x, n=n, axis=axis) * ops.reshape(constant(weights, x), shape), axis=axis
    )


def hilbert2(x: Any, N: Any = None, axes: tuple[int, int] = (-2, -1)) -> Any:
    """The analytic signal of two axes, by the quadrant of positive frequencies.

    >>> import gradx as gx
    >>> gx.scipy.signal.hilbert2(gx.ones((4, 8))).shape
    (4, 8)
    """
    x = ops.atleast_nd(floating(x), ndim=2)
    sizes = (
        [x.shape[i] for i in axes]
        if N is None
        else list(ints(N)) * (2 if isinstance(N, int) else 1)
    )
    if (
        x.dtype.kind == "c"
        or len(axes) != 2
        or axes[0] % x.ndim == axes[1] % x.ndim
        or min(sizes) < 1
    ):
        raise ValueError(
            f"signal.hilbert2: expected a real array and two axes; got {x.dtype.name} and {axes}"
        )
    y = ops.fft.fftn(x, s=sizes, axes=axes)
    for axis, n in zip(axes, sizes):
        shape = [1] * x.ndim
        shape[axis] = n
        weights = [0.0 if k >= (n + 1) // 2 else 2.0 if k else 1.0 for k in range(n)]
        y = y * ops.reshape(constant(weights, x), shape)
    return ops.fft.ifftn(y, axes=axes)


def envelope(z: Any, bp_in: tuple[int | None, int | None] = (1, None), *, n_out: int | None = None,
             squared: bool = False, residual: str | None = "lowpass", axis: int = -1) -> Any:  # fmt: skip
    """The envelope of a signal in a band of its discrete frequencies, and what the band leaves over.

    Parameters
    ----------
    z
        Real or complex, `(..., n)`, the n along `axis`.
    bp_in
        The band: from the first number to before the second one; None for as far as there are.
    n_out
        The number of samples of the result, n by default.
    squared
        The square of the envelope.
    residual
        Whether the second part is what lies below the band, "lowpass", or beside it, "all"; None for no second part.

    Returns
    -------
    Tensor
        `(2, ..., n_out)`: the envelope and the residual; without one `(..., n_out)`.

    >>> import gradx as gx
    >>> gx.scipy.signal.envelope(gx.arange(8.0)).shape
    (2, 8)
    """
    name = "signal.envelope"
    chosen(name, "residual", residual, ("lowpass", "all", None))
    z = floating(z)
    last = axis if axis < 0 else axis - z.ndim
    z, _ = axis_last(name, z, axis)
    n = z.shape[-1]
    size = n if n_out is None else index(n_out)
    start, stop = (
        (-(n // 2) if bp_in[0] is None else bp_in[0]),
        ((n + 1) // 2 if bp_in[1] is None else bp_in[1]),
    )
    if not (n and size > 0 and -(n // 2) <= start < stop <= (n + 1) // 2):
        raise ValueError(
            f"{name}: expected a band within -n // 2 and (n + 1) // 2, and n_out > 0; got {bp_in} of n = {n}"
        )
    real = z.dtype.kind != "c"
    spectrum = ops.fft.fft(complex_of(z))
    if real:  # the positive frequencies alone, those of the band for both signs
        half = [1.0 if k <= n // 2 else 0.0 for k in range(n)]
        first = start if start > 0 else 1
        both = range(first, stop) if start > 0 or stop > 0 else ()
        spectrum = spectrum * constant([2.0 * h if k in both else h for k, h in enumerate(half)], z)
    band = _read(spectrum, start, stop)
    inner = ops.fft.ifft(band, n=size) * (size / n)
    y = ops.real(inner) ** 2 + ops.imag(inner) ** 2 if squared else ops.abs(inner)
    if residual is None:
        return ops.moveaxis(y, -1, last)
    rest = _beside(spectrum, start, stop, residual)
    if real:
        low = min(n, size)
        if size != n and low % 2 == 0:
            rest = rest * constant(
                [(2.0 if size < n else 0.5) if k == low // 2 else 1.0 for k in range(n)], z
            )
        over = ops.fft.irfft(rest, n=size) * (size / n)
    else:
        over = resample(rest, size, axis=-1, domain="freq")
    return ops.stack([ops.moveaxis(y, -1, last), ops.moveaxis(over, -1, last)])


def _read(spectrum: Any, start: int, stop: int) -> Any:
    """Return the frequencies from `start` to before `stop`, the negative ones first."""
    n = spectrum.shape[-1]
    if start < 0 < stop:
        return ops.concat([spectrum[..., start + n :], spectrum[..., :stop]], axis=-1)
    return spectrum[..., start:stop] if start >= 0 else spectrum[..., start + n : stop + n]


def _beside(spectrum: Any, start: int, stop: int, residual: str) -> Any:
    """Return a spectrum without the band, and with "lowpass" without what lies above it."""
    n = spectrum.shape[-1]
    gone = (
        {k % n for k in range(start, stop)} if start else set(range(n))
    )  # from 0 on SciPy leaves nothing over
    if residual == "lowpass":
        if stop > 0:
            gone |= set(range(stop, (n + 1) // 2))
        else:
            gone |= set(range(start + n, n)) | set(range((n + 1) // 2))
    return spectrum * constant([0.0 if k in gone else 1.0 for k in range(n)], spectrum)


__all__ = ["envelope", "hilbert", "hilbert2"]
