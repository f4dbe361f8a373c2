"""Samplers: what the arguments of a row of the table are drawn from.

- A sampler is data: shape and kind. `draw(rng, dtype)` gives a NumPy array, the same for the same
  state of the generator.
- Values keep clear of kinks, poles and ties, so that central differences mean something.
- A float sampler follows the dtype asked for, complex included, unless made to stay real with
  `.as_real()`; integers and booleans keep their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Shape = tuple[int, ...]
_REAL_OF = {"complex128": "float64", "complex64": "float32"}


@dataclass(frozen=True)
class Sampler:
    """A description of an argument."""

    kind: str
    shape: Shape
    make: Callable[[np.random.Generator, Shape, bool], Any]
    fixed: str | None = None
    stays_real: bool = False

    def draw(self, rng: np.random.Generator, dtype: str) -> Any:
        """Return an array of `dtype` (a sampler of integers or booleans: of its own)."""
        if self.stays_real:
            dtype = _REAL_OF.get(dtype, dtype)
        name = self.fixed or dtype
        return np.asarray(self.make(rng, self.shape, name.startswith("complex"))).astype(name)

    def as_real(self) -> Sampler:
        """Return a sampler that stays real where the others become complex."""
        return replace(self, stays_real=True)

    def __repr__(self) -> str:
        return f"{self.kind}{self.shape}"


def _phase(rng: np.random.Generator, shape: Shape, is_complex: bool) -> Any:
    if is_complex:
        return np.exp(1j * rng.uniform(-3.0, 3.0, shape))
    return rng.choice([-1.0, 1.0], shape)


def real(shape: Shape = (), low: float = 0.3, high: float = 2.0) -> Sampler:
    """Either sign, `low <= |x| <= high`."""
    return Sampler("real", shape, lambda rng, s, c: rng.uniform(low, high, s) * _phase(rng, s, c))


def positive(shape: Shape = (), low: float = 0.4, high: float = 2.5) -> Sampler:
    """Positive; complex: the right half plane."""

    def make(rng: np.random.Generator, s: Shape, is_complex: bool) -> Any:
        x = rng.uniform(low, high, s)
        return x + 1j * rng.uniform(-0.8, 0.8, s) if is_complex else x

    return Sampler("positive", shape, make)


def unit(shape: Shape = ()) -> Sampler:
    """Either sign, inside (-1, 1), away from the ends and from 0; complex: in the unit disc."""
    return real(shape, 0.1, 0.85)


def distinct(shape: Shape = ()) -> Sampler:
    """Either sign, pairwise at least 0.1 apart, in modulus too (no ties of any kind); never 0."""

    def make(rng: np.random.Generator, s: Shape, is_complex: bool) -> Any:
        n = int(np.prod(s, dtype=int))
        modulus = rng.permutation(np.arange(1, n + 1) * 0.2 + rng.uniform(-0.04, 0.04, n))
        return modulus.reshape(s) * _phase(rng, s, is_complex)

    return Sampler("distinct", shape, make)


def integers(shape: Shape = (), low: int = 0, high: int = 10, dtype: str = "int64") -> Sampler:
    """Integers from `low` up to, not including, `high`."""
    return Sampler("integers", shape, lambda rng, s, c: rng.integers(low, high, s), fixed=dtype)


def booleans(shape: Shape = ()) -> Sampler:
    """Booleans; both occur where there is more than one element."""

    def make(rng: np.random.Generator, s: Shape, is_complex: bool) -> Any:
        n = int(np.prod(s, dtype=int))
        return rng.permutation(np.arange(n) % 2 == 0).reshape(s)

    return Sampler("booleans", shape, make, fixed="bool")


def square(n: int = 3, batch: Shape = ()) -> Sampler:
    """Matrices `(..., n, n)`: well conditioned, not symmetric; eigenvalues apart, singular too."""

    def make(rng: np.random.Generator, s: Shape, is_complex: bool) -> Any:
        noise = rng.uniform(0.1, 0.4, s) * _phase(rng, s, is_complex)
        return noise + np.diag(np.arange(1, n + 1) * np.where(np.arange(n) % 2, -1.0, 1.0))

    return Sampler("square", (*batch, n, n), make)


def hermitian(n: int = 3, batch: Shape = ()) -> Sampler:
    """Symmetric, or Hermitian, matrices `(..., n, n)` of either sign, eigenvalues apart."""
    values = np.arange(1, n + 1) * np.where(np.arange(n) % 2, -1.0, 1.0)
    return Sampler("hermitian", (*batch, n, n), _with_eigenvalues(values))


def hpd(n: int = 3, batch: Shape = ()) -> Sampler:
    """Symmetric, or Hermitian, positive definite matrices `(..., n, n)`, eigenvalues apart."""
    return Sampler("hpd", (*batch, n, n), _with_eigenvalues(np.arange(1, n + 1) * 0.8))


def _with_eigenvalues(values: Any) -> Callable[[np.random.Generator, Shape, bool], Any]:
    def make(rng: np.random.Generator, s: Shape, is_complex: bool) -> Any:
        noise = rng.standard_normal(s) + (1j * rng.standard_normal(s) if is_complex else 0)
        if not noise.size:
            return noise
        q = np.linalg.qr(noise)[0]
        a = (q * values) @ np.conj(np.swapaxes(q, -1, -2))
        return (a + np.conj(np.swapaxes(a, -1, -2))) / 2

    return make
