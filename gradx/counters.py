"""Raw draws: bare arrays of random words and floats, made from a key and a counter.

- The source is Threefry-2x32 with 20 rounds (J. K. Salmon et al., "Parallel random numbers: as easy
  as 1, 2, 3", SC 2011): a keyed bijection of 64-bit counters; block `i` needs no block before it.
- Written in int32 arithmetic that wraps, which each library has (torch has no unsigned sums, JAX by
  default no 64-bit ones). Always on 1-d arrays: NumPy warns where a 0-d sum wraps.
- Floats are made with `+ - * /` and comparisons alone, which IEEE 754 rounds in one way everywhere.
  Libraries differ in the last bit of logarithms, sines and even roots: here are others.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import factorial, log, pi
from typing import Any

Words = tuple[int, int]

BITS, SPLIT, FOLD = range(3)  # the counter's second word: what a block is for

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA
_WORD = 0xFFFFFFFF


def _schedule(key: Words) -> Iterator[tuple[tuple[int, ...], int, int]]:
    """Yield, for every four rounds, the rotations and the words added after them."""
    keys = (*key, key[0] ^ key[1] ^ _PARITY)
    for i in range(1, 6):
        yield _ROTATIONS[(i + 1) % 2], keys[i % 3], (keys[(i + 1) % 3] + i) & _WORD


def mix(key: Words, x0: int, x1: int) -> Words:
    """Return Threefry-2x32 of one counter, in Python's integers."""
    x0, x1 = (x0 + key[0]) & _WORD, (x1 + key[1]) & _WORD
    for rotations, add0, add1 in _schedule(key):
        for r in rotations:
            x0 = (x0 + x1) & _WORD
            x1 = ((x1 << r | x1 >> (32 - r)) & _WORD) ^ x0
        x0, x1 = (x0 + add0) & _WORD, (x1 + add1) & _WORD
    return x0, x1


def mix_array(key: Words, x0: Any, x1: int) -> tuple[Any, Any]:
    """Return Threefry-2x32 of the counters `(x0, x1)`; `x0` is a bare int32 array `(n,)`."""
    x0 = x0 + _signed(key[0])
    x1 = x0 * 0 + _signed((x1 + key[1]) & _WORD)
    for rotations, add0, add1 in _schedule(key):
        for r in rotations:
            x0 += x1
            low = x1 >> (32 - r)
            low &= (1 << r) - 1  # the shift copies the sign
            x1 <<= r
            x1 |= low
            x1 ^= x0
        x0 += _signed(add0)
        x1 += _signed(add1)
    return x0, x1


def _signed(word: int) -> int:
    return word - (1 << 32) if word >> 31 else word


class Source:
    """One draw: flat arrays of one backend, on one device, from one key.

    Parameters
    ----------
    key
        The key's two words.
    backend, device
        The backend and its own object for the device.
    wide
        Whether floats are float64, else float32.
    """

    __slots__ = ("backend", "device", "dtype", "key", "wide", "xp")

    def __init__(self, key: Words, backend: Any, device: Any, *, wide: bool) -> None:
        self.key, self.backend, self.device, self.wide = key, backend, device, wide
        self.xp = backend.xp
        self.dtype = backend.native_dtype("float64" if wide else "float32")

    def words(self, blocks: int) -> tuple[Any, Any]:
        """Return both words of `blocks` blocks, int32."""
        int32 = self.backend.native_dtype("int32")
        counter = self.xp.arange(blocks, dtype=int32, device=self.device)
        return mix_array(self.key, counter, BITS)

    def uniform(self, count: int, bits: int = 24) -> Any:
        """Return floats of [0, 1): multiples of `2**-bits`, or of 2**-53 if wide."""
        if self.wide:
            return self._unit(self.words(count))
        first, second = self._streams(count)
        return self._interleave(self._unit(first, bits), self._unit(second, bits), count)

    def normal(self, count: int) -> Any:
        """Return standard normal floats, by the method of G. E. P. Box and M. E. Muller (1958)."""
        xp = self.xp
        first, second = self._streams(count)
        radius = self._root(self._log(self._positive(first)) * -(2.0**-6)) * 128.0**0.5
        turn = self._unit(second) * 2.0
        half = xp.floor(turn)  # half a turn, then a quarter of one, then the angle within it
        turn = (turn - half) * 2.0
        odd = turn >= 1.0
        sine, cosine = self._sine_cosine((turn - self._float(odd) - 0.5) * (pi / 2))
        radius = radius * (1.0 - 2.0 * half)
        x, y = xp.where(odd, -sine, cosine), xp.where(odd, cosine, sine)
        return self._interleave(radius * x, radius * y, count)

    def gumbel(self, count: int) -> Any:
        """Return Gumbel floats, up to one additive constant."""
        first, second = self._streams(count)
        u = self._interleave(self._inner(first), self._inner(second), count)
        return -self._log(self._log(u) * -(2.0**-6))

    def integers(self, count: int) -> Any:
        """Return int64 integers of 63 random bits."""
        wide = self.backend.native_dtype("int64")
        high, low = self.words(count)
        return (self.xp.astype(_top(high, 31), wide) << 32) + (self.xp.astype(low, wide) & _WORD)

    def order(self, count: int) -> Any:
        """Return a random permutation of `0 .. count-1`."""
        return self.xp.argsort(self.integers(count), stable=True)

    def _streams(self, count: int) -> tuple[Any, Any]:
        """Return the raw bits of the even and of the odd floats: one word each, or two if wide."""
        half = (count + 1) // 2
        if not self.wide:
            return self.words(half)
        a, b = self.words(2 * half)
        return (a[0::2], b[0::2]), (a[1::2], b[1::2])

    def _interleave(self, even: Any, odd: Any, count: int) -> Any:
        return self.xp.reshape(self.xp.stack([even, odd], axis=1), (-1,))[:count]

    def _float(self, x: Any) -> Any:
        return self.xp.astype(x, self.dtype)

    def _unit(self, raw: Any, bits: int = 24) -> Any:
        """Return floats of [0, 1): 53 bits if wide, else `bits`."""
        if self.wide:
            high, low = self._float(_top(raw[0], 27)), self._float(_top(raw[1], 26))
            return (high * 2.0**26 + low) * 2.0**-53
        return self._float(_top(raw, bits)) * 2.0**-bits

    def _inner(self, raw: Any) -> Any:
        """Return floats of (0, 1), symmetric about a half: 52 bits, or 23."""
        if self.wide:
            high, low = self._float(_top(raw[0], 26)), self._float(_top(raw[1], 26))
            return (high * 2.0**26 + low + 0.5) * 2.0**-52
        return (self._float(_top(raw, 23)) + 0.5) * 2.0**-23

    def _positive(self, raw: Any) -> Any:
        """Return floats of (0, 1] that keep more bits where they are small: 53, or 32."""
        if self.wide:
            return self._unit(raw) + 2.0**-54
        high, low = self._float(_top(raw, 16)), self._float(raw & 0xFFFF)
        return (high * 2.0**16 + low + 0.5) * 2.0**-32

    def _log(self, u: Any) -> Any:
        """Return the logarithm of floats of (2**-63, 1]: exponent by halving, rest by a series."""
        exponent = 0.0
        for bound, step in _HALVINGS:
            small = self._float(u < bound)
            u = u * (small * (2.0**step - 1.0) + 1.0)
            exponent = small * -float(step) + exponent
        s = (u - 1.0) / (u + 1.0)  # log u = 2 artanh s, and |s| <= 0.1716
        series = _horner(s * s, [2.0 / (2 * k + 1) for k in range(11 if self.wide else 5)])
        return s * series + exponent * log(2.0)

    def _root(self, x: Any) -> Any:
        """Return the root of floats of [0, 1], tiny for 0: exponent by halving, rest by Heron."""
        scale = 1.0
        for step in (16, 8, 4, 2, 1) if self.wide else (8, 4, 2, 1):
            small = self._float(x < 4.0**-step)
            x = x * (small * (4.0**step - 1.0) + 1.0)
            scale = (small * (2.0**-step - 1.0) + 1.0) * scale
        root = (x * 2.0 + 1.0) * (1 / 3)  # of [1/4, 1], to 6 %; each turn squares the error
        for _ in range(4 if self.wide else 3):
            root = (root + x / root) * 0.5
        return root * scale

    def _sine_cosine(self, x: Any) -> tuple[Any, Any]:
        """Return sine and cosine for `|x| <= pi/4` by their Taylor series."""
        terms = range(9 if self.wide else 6)
        square = x * x
        sine = _horner(square, [(-1.0) ** k / factorial(2 * k + 1) for k in terms])
        return x * sine, _horner(square, [(-1.0) ** k / factorial(2 * k) for k in terms])


_HALVINGS = [(2.0**-step, step) for step in (32, 16, 8, 4, 2, 1)] + [(0.5**0.5, 1)]


def _horner(x: Any, coefficients: list[float]) -> Any:
    total: Any = coefficients[-1]
    for coefficient in reversed(coefficients[:-1]):
        total = total * x + coefficient
    return total


def _top(word: Any, bits: int) -> Any:
    """Return the highest `bits` of an int32 word as a number that is not negative."""
    return (word >> (32 - bits)) & ((1 << bits) - 1)


__all__ = ["BITS", "FOLD", "SPLIT", "Source", "Words", "mix", "mix_array"]
