"""Random Tensors: keys and generators, the same numbers on every device, in every array library.

- A `Key` is a value: the same key gives the same numbers. A `Generator` counts its draws and gives
  each a key of its own. Draws without a key use the default generator, which starts at seed 0.
- A longer draw from a key begins with the shorter one.
- Draws are constants to every transform, and to every run of a compiled function; `low`, `high`, `mean`, `std`
  may be Tensors with gradients. Under `vmap` its `randomness` says whether examples share a draw; where each has
  its own, they are the rows of one longer draw.
- The arithmetic is in `counters.py`.
"""

from __future__ import annotations

from math import prod
from threading import Lock
from typing import Any

from gradx import ops
from gradx.backend import backend_for_device, current_device
from gradx.batching import key_source, mapping
from gradx.counters import FOLD, SPLIT, Source, Words, mix
from gradx.dtypes import DType, dtype_of
from gradx.errors import BatchError, DtypeError, OperandError, ShapeError
from gradx.level import Cell, cell
from gradx.ops.manipulation import as_ints, named_axes
from gradx.shapes import Shape, broadcast_shapes, size
from gradx.tape import constant_of, lift


class Key:
    """An immutable key of 64 bits.

    >>> import gradx as gx
    >>> first, second = gx.random.split(gx.random.key(7))
    >>> first == second
    False
    """

    __slots__ = ("words",)

    words: Words

    def __init__(self, high: int, low: int) -> None:
        object.__setattr__(self, "words", (high, low))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(
            "random.Key: a key does not change; derive another with split or fold_in"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return Key, self.words

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self.words == other.words

    def __hash__(self) -> int:
        return hash(self.words)

    def __repr__(self) -> str:
        return "Key(0x{:08x}, 0x{:08x})".format(*self.words)


def key(seed: int) -> Key:
    """Return the key of a seed, an integer of [0, 2**64)."""
    if not hasattr(seed, "__index__"):
        raise OperandError(f"random.key: expected an integer seed; got {type(seed).__name__}")
    number = seed.__index__()
    if not 0 <= number < 1 << 64:
        raise OperandError(f"random.key: expected a seed in [0, 2**64); got {number}")
    return Key(number >> 32, number & 0xFFFFFFFF)


def split(key: Key, num: int = 2) -> tuple[Key, ...]:
    """Return `num` keys, independent of one another and of the draws from `key`."""
    return tuple(Key(*mix(key.words, i, SPLIT)) for i in range(num))


def fold_in(key: Key, number: int) -> Key:
    """Return the key for a number of [0, 2**32) under `key`: of an epoch, a layer, a step."""
    if not 0 <= number < 1 << 32:
        raise OperandError(f"random.fold_in: expected a number in [0, 2**32); got {number}")
    return Key(*mix(key.words, number, FOLD))


class Generator:
    """A key and the count of draws made from it; safe to share between threads.

    Parameters
    ----------
    seed
        An integer of [0, 2**64), or a `Key`.
    device
        Where draws are placed unless they say; None for the default device.

    >>> import gradx as gx
    >>> gx.random.Generator(0).uniform((2, 3)).shape
    (2, 3)
    """

    __slots__ = ("_lock", "device", "draws", "key")

    def __init__(self, seed: int | Key = 0, device: str | None = None, *, draws: int = 0) -> None:
        self.key = seed if isinstance(seed, Key) else key(seed)
        self.device = device
        self.draws = draws
        self._lock = Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.key, self.device, self.draws)

    def __repr__(self) -> str:
        return f"Generator({self.key}, device={self.device!r}, draws={self.draws})"

    def next_key(self) -> Key:
        """Return the key of the next draw, and count it; while `gx.checkpoint` replays, the key of the first time."""
        source = key_source.get()
        return self._count() if source is None else source(self)

    def _count(self) -> Key:
        with self._lock:
            number = self.draws
            self.draws = number + 1
        high, low = divmod(number, 1 << 32)
        return fold_in(fold_in(self.key, high), low)

    def uniform(self, shape: int | Shape = (), **options: Any) -> Any:
        """Draw from this generator as `gx.random.uniform`."""
        return uniform(shape, key=self, **options)

    def normal(self, shape: int | Shape = (), **options: Any) -> Any:
        """Draw from this generator as `gx.random.normal`."""
        return normal(shape, key=self, **options)

    def bernoulli(self, p: Any = 0.5, shape: int | Shape | None = None, **options: Any) -> Any:
        """Draw from this generator as `gx.random.bernoulli`."""
        return bernoulli(p, shape, key=self, **options)

    def integers(
        self, low: int, high: int | None = None, shape: int | Shape = (), **options: Any
    ) -> Any:
        """Draw from this generator as `gx.random.integers`."""
        return integers(low, high, shape, key=self, **options)

    def permutation(self, x: Any, **options: Any) -> Any:
        """Draw from this generator as `gx.random.permutation`."""
        return permutation(x, key=self, **options)

    def categorical(self, logits: Any, **options: Any) -> Any:
        """Draw from this generator as `gx.random.categorical`."""
        return categorical(logits, key=self, **options)


def _restore(key: Key, device: str | None, draws: int) -> Generator:
    return Generator(key, device, draws=draws)


Keyed = Key | Generator | None
_default = Generator(0)


def default_generator() -> Generator:
    """Return the generator of draws without a key; its `key` and `draws` can be kept and set."""
    return _default


def seed(number: int | Key) -> None:
    """Start the default generator anew."""
    _default.key, _default.draws = Generator(number).key, 0


# Each draw takes `key=`: a Key, a Generator, or None for the default generator.


def uniform(shape: int | Shape = (), *, low: Any = 0.0, high: Any = 1.0, key: Keyed = None,
            dtype: Any = None, device: str | None = None) -> Any:  # fmt: skip
    """Draw from the uniform distribution on [low, high).

    Parameters
    ----------
    shape
        Shape of the result, an int or a tuple.
    low, high
        Bounds: numbers, or Tensors that broadcast with `shape`.
    key
        A `Key`, a `Generator`, or None for the default generator.
    dtype
        float64 (the default; 53 random bits), float32 (24 bits), float16 or bfloat16.
    device
        Where to place the result; the generator's or the default device if None.

    >>> import gradx as gx
    >>> gx.random.uniform((2, 3), key=gx.random.key(0)).shape
    (2, 3)
    """
    draw = _Draw("uniform", key, dtype, device)
    shape = as_ints(shape)
    u = draw.floats("uniform", shape)
    if _is(low, 0.0) and _is(high, 1.0):
        return u
    return ops.add(ops.multiply(u, high - low), low)


def normal(shape: int | Shape = (), *, mean: Any = 0.0, std: Any = 1.0, key: Keyed = None,
           dtype: Any = None, device: str | None = None) -> Any:  # fmt: skip
    """Draw from the normal distribution.

    `mean` and `std` are numbers or Tensors that broadcast with `shape`; the rest as in `uniform`.

    >>> import gradx as gx
    >>> gx.random.normal(4, key=gx.random.key(0)).shape
    (4,)
    """
    draw = _Draw("normal", key, dtype, device)
    z = draw.floats("normal", as_ints(shape))
    if _is(mean, 0.0) and _is(std, 1.0):
        return z
    return ops.add(ops.multiply(z, std), mean)


def bernoulli(p: Any = 0.5, shape: int | Shape | None = None, *, key: Keyed = None,
              device: str | None = None) -> Any:  # fmt: skip
    """Draw booleans that are true with probability `p`.

    Parameters
    ----------
    p
        A number, or a Tensor that broadcasts with `shape`.
    shape
        Shape of the result; that of `p` if None.
    key, device
        As in `uniform`; where `p` is a Tensor the draw is made on its device.
    """
    if isinstance(p, (int, float)):
        draw, drawn = _Draw("bernoulli", key, "float32", device), ()
    else:
        p = lift(p)
        draw, drawn = _Draw("bernoulli", key, p.dtype, p.device), p.shape
    return ops.less(draw.floats("uniform", drawn if shape is None else as_ints(shape)), p)


def integers(low: int, high: int | None = None, shape: int | Shape = (), *, key: Keyed = None,
             dtype: Any = "int64", device: str | None = None) -> Any:  # fmt: skip
    """Draw integers of [low, high), or of [0, low) where `high` is None.

    They are remainders of 63 random bits, so two values' probabilities differ by 2**-63 at most.

    >>> import gradx as gx
    >>> gx.random.integers(10, shape=3, key=gx.random.key(0)).shape
    (3,)
    """
    if high is None:
        low, high = 0, low
    if not 0 < high - low < 1 << 63:
        raise OperandError(
            f"random.integers: expected 0 < high - low < 2**63; got low={low}, high={high}"
        )
    wanted = dtype_of(dtype)
    if wanted.kind not in "iu":
        raise DtypeError(f"random.integers: expected an integer dtype; got {wanted}")
    draw, shape = _Draw("integers", key, None, device), as_ints(shape)
    return draw.tensor(draw.source.integers(draw.count(shape)) % (high - low) + low, shape, wanted)


def permutation(x: Any, *, axis: int = 0, key: Keyed = None, device: str | None = None) -> Any:
    """Return `0 .. x-1` in random order; for an array `x`, its slices along `axis` in random order.

    >>> import gradx as gx
    >>> gx.sort(gx.random.permutation(4, key=gx.random.key(0))).tolist()
    [0, 1, 2, 3]
    """
    if isinstance(x, int):
        return _Draw("permutation", key, None, device).order(x)
    x = lift(x)
    (axis,) = named_axes("random.permutation", x, axis)
    order = _Draw("permutation", key, None, x.device).order(x.shape[axis])
    return ops.take(x, order, axis=axis)


def categorical(logits: Any, *, axis: int = -1, shape: int | Shape | None = None,
                key: Keyed = None) -> Any:  # fmt: skip
    """Draw indices along `axis` with the probabilities `softmax(logits)`, by the Gumbel-max method.

    Parameters
    ----------
    logits
        Logarithms of probabilities, up to a constant: `(..., n)` for `axis=-1`.
    shape
        Shape of the result, to which that of `logits` without `axis` broadcasts; that if None.

    >>> import gradx as gx
    >>> gx.random.categorical(gx.asarray([-gx.inf, 0.0]), shape=3).tolist()
    [1, 1, 1]
    """
    logits = lift(logits)
    (axis,) = named_axes("random.categorical", logits, axis)
    batch = logits.shape[:axis] + logits.shape[axis + 1 :]
    drawn = batch if shape is None else as_ints(shape)
    if broadcast_shapes(drawn, batch) != drawn:
        raise ShapeError(
            f"random.categorical: expected a shape to which {batch} broadcasts; got {drawn}"
        )
    draw = _Draw("categorical", key, logits.dtype, logits.device)
    noise = draw.floats("gumbel", (*drawn, logits.shape[axis]))
    return ops.argmax(ops.add(ops.moveaxis(logits, axis, -1), noise), axis=-1)


class _Draw:
    """One draw: where it comes from, where it goes, and its dtype."""

    __slots__ = ("backend", "dtype", "maps", "source")

    def __init__(self, name: str, key: Keyed, dtype: Any, device: str | None) -> None:
        self.maps = [level for level in mapping.get() if _differs(name, level)]
        if key is None:
            key = _default
        if isinstance(key, Generator):
            device = device or key.device
            key = key.next_key()
        if not isinstance(key, Key):
            raise OperandError(
                f"random.{name}: expected a Key, a Generator or None as key; got "
                f"{type(key).__name__}. Make one with gradx.random.key(seed)"
            )
        self.dtype = dtype_of(dtype or "float64")
        if self.dtype.kind != "f":
            raise DtypeError(f"random.{name}: expected a real floating dtype; got {self.dtype}")
        device = device or current_device()
        self.backend = backend_for_device(device)
        native = self.backend.native_device(device)
        self.source = Source(key.words, self.backend, native, wide=self.dtype.itemsize == 8)

    def floats(self, distribution: str, shape: Shape) -> Any:
        count = self.count(shape)
        if distribution == "uniform":
            flat = self.source.uniform(count, _MANTISSA.get(self.dtype.name, 24))
        else:
            flat = getattr(self.source, distribution)(count)
        return self.tensor(flat, shape, self.dtype)

    def order(self, count: int) -> Any:
        if not self.maps:
            return self.tensor(self.source.order(count), (count,), dtype_of("int64"))
        drawn = self.tensor(self.source.integers(self.count((count,))), (count,), dtype_of("int64"))
        return ops.argsort(drawn)

    def tensor(self, flat: Any, shape: Shape, dtype: DType) -> Any:
        """Return a flat bare array as a Tensor."""
        xp = self.backend.xp
        if flat.dtype != dtype:
            flat = xp.astype(flat, self.backend.native_dtype(dtype.name))
        x = xp.reshape(flat, (*[level.state[0] for level in self.maps], *shape))
        for level in self.maps:
            x = cell(x, level, None)
        return constant_of(x)

    def count(self, shape: Shape) -> int:
        """Return how many numbers to draw for a result of that shape, or for one an example."""
        return prod([level.state[0] for level in self.maps]) * size(shape)


def _differs(name: str, level: Any) -> bool:
    """Whether each example of a running vmap gets numbers of its own."""
    randomness = level.state[1]
    if randomness == "error":
        raise BatchError(
            f"random.{name}: under vmap expected to be told whether examples share their random numbers; got neither. "
            'Call vmap with randomness="different" or "same"'
        )
    return bool(randomness == "different")


_MANTISSA = {"float16": 11, "bfloat16": 8}  # as many bits as are exact, so that none rounds up to 1


def _is(value: Any, number: float) -> bool:
    return not isinstance(value, Cell) and isinstance(value, (int, float)) and value == number


__all__ = ["Generator", "Key", "bernoulli", "categorical", "default_generator", "fold_in",
           "integers", "key", "normal", "permutation", "seed", "split", "uniform"]  # fmt: skip
