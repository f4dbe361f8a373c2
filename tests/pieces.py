"""The expressions and keys that random programs are made of, as source.

- Each is drawn for operands that live, so most fit; the writer drops those that do not.
- Constants are written out: a program needs nothing but its arguments.
"""

from __future__ import annotations

from typing import Any

import numpy as np

UNARY = (
    "xp.sin({0})", "xp.tanh({0})", "xp.exp(-({0}) * ({0}))", "0.5 * {0}", "({0}) * ({0})", "-({0})", "xp.abs({0})",
    "xp.sqrt(1.0 + ({0}) * ({0}))", "({0}).copy()", "1.0 / (2.0 + ({0}) * ({0}))",
)  # fmt: skip
BINARY = (
    "({0}) + ({1})", "({0}) - 0.5 * ({1})", "({0}) * ({1})", "({0}) / (2.0 + ({1}) * ({1}))",
    "xp.maximum({0}, {1})", "xp.minimum({0}, 0.5 * ({1}))", "xp.where(({0}) > 0.1, {0}, {1})", "({0}) @ ({1})",
)  # fmt: skip
REDUCTIONS = ("sum", "sum", "mean", "max", "min", "prod")
NUMBERS = ("0.5", "-0.75", "1.25", "2", "0")


def drawn_shape(draws: Any, dims: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape that mostly broadcasts with others drawn from the same `dims`."""
    rank = draws.choice((0, 1, 1, 2, 2, 2, 2, 3))
    shape = list(dims[3 - rank :])
    for i in range(rank):
        change = draws.integer(0, 11)
        if change < 2:
            shape[i] = (1, 0)[change == 1 and not draws.integer(0, 2)]
    return tuple(shape)


class Pieces:
    """Draws expressions; the writer knows the values that live."""

    draws: Any
    world: dict[str, Any]

    def names(self) -> list[str]:
        raise NotImplementedError

    def evaluate(self, expression: str) -> Any:
        raise NotImplementedError

    # ------------------------------------------------------------ keys

    def key(self, shape: tuple[int, ...]) -> str:
        """Return a key for an array of `shape`: basic two times of three."""
        if shape and all(shape) and not self.draws.integer(0, 2):
            return self.advanced(shape)
        return self._basic(shape)

    def _basic(self, shape: tuple[int, ...]) -> str:
        draws = self.draws
        if not draws.integer(0, 6):
            return "..."
        axes = shape[: draws.integer(min(1, len(shape)), len(shape))]
        parts = [self._one(n) for n in axes]
        if not draws.integer(0, 5):
            parts.insert(draws.integer(0, len(parts)), "None")
        if not draws.integer(0, 5):
            parts = self._with_ellipsis(shape, parts)
        return ", ".join(parts) or draws.choice(("...", "()"))

    def _with_ellipsis(self, shape: tuple[int, ...], parts: list[str]) -> list[str]:
        """Put an Ellipsis behind, or before parts that then stand for the last axes."""
        if self.draws.integer(0, 1):
            return [*parts, "..."]
        used = self.draws.integer(0, len(shape))
        return ["...", *[self._one(n) for n in shape[len(shape) - used :]]]

    def _one(self, n: int) -> str:
        """Return an integer or a slice for an axis of n elements."""
        draws = self.draws
        if n and not draws.integer(0, 2):
            return str(draws.integer(-n, n - 1))
        if not draws.integer(0, 4):
            return f"{draws.integer(0, n)}:{draws.integer(0, n + 1)}"
        return str(
            draws.choice((":", "::-1", "1:", ":-1", "::2", "::-2", "-2:", ":1", f"{n}:0:-1"))
        )

    def _list(self, n: int, length: int) -> str:
        """Return indices for an axis of n elements, repeated and negative ones among them."""
        return str([self.draws.integer(-n, n - 1) for _ in range(length)])

    def advanced(self, shape: tuple[int, ...]) -> str:
        """Return a key with an index array or a mask: what it reads is a copy."""
        draws = self.draws
        kind = draws.integer(0, 5)
        if kind == 0:  # a mask of all elements
            return self._mask(shape)
        if kind == 1:  # a mask that values make
            name = draws.choice(self.names())
            mask = f"{name} > {draws.choice((0.1, -0.4, 0.6))}"
            value = self.evaluate(mask)
            if value is not None and value.shape == shape:
                return mask
        length = draws.integer(1, 3)
        parts = [self._one(n) for n in shape[: draws.integer(1, len(shape))]]
        axis = draws.integer(0, len(parts) - 1)
        if kind == 2:  # a mask of one axis
            parts[axis] = self._mask(shape[axis : axis + 1])
            return ", ".join(parts)
        parts[axis] = self._list(shape[axis], length)
        if kind == 3:
            parts[axis] = f"xp.asarray({parts[axis]})"
        elif kind == 4 and len(parts) > 1:  # a second list: pairs of indices
            other = (axis + 1) % len(parts)
            parts[other] = self._list(shape[other], length)
        return ", ".join(parts)

    def _mask(self, shape: tuple[int, ...]) -> str:
        """Return a literal of booleans."""
        bits = [bool(self.draws.integer(0, 1)) for _ in range(int(np.prod(shape)))]
        return f"xp.asarray({np.reshape(bits, shape).tolist()})"

    # ------------------------------------------------------------ views

    def reading(self, expression: str, depth: int) -> str:
        """Return a view of a view … of an expression, `depth` layers of them."""
        for _ in range(depth):
            array = self.evaluate(expression)
            if array is None:
                break
            expression = self._viewed(expression, array.shape)
        return expression

    def _viewed(self, x: str, shape: tuple[int, ...]) -> str:
        draws, rank = self.draws, len(shape)
        options = ["key", "key", "key", "key", "reshape", "expand", "broadcast"]
        options += ["flip", "T", "permute"] if rank else []
        options += ["mT"] if rank > 1 else []
        options += ["squeeze"] if 1 in shape else []
        match draws.choice(options):
            case "T":
                return f"{x}.T"
            case "mT":
                return f"{x}.mT"
            case "flip":
                return f"xp.flip({x}, axis={draws.integer(-rank, rank - 1)})"
            case "permute":
                axes = list(range(rank))
                first = draws.integer(0, rank - 1)
                return f"xp.permute_dims({x}, {tuple(axes[first:] + axes[:first])})"
            case "expand":
                return f"xp.expand_dims({x}, axis={draws.integer(0, rank)})"
            case "squeeze":
                return f"xp.squeeze({x}, axis={shape.index(1)})"
            case "reshape":
                return f"xp.reshape({x}, {self._other_shape(shape)})"
            case "broadcast":
                wide = tuple(2 if n == 1 and draws.integer(0, 1) else n for n in shape)
                return f"xp.broadcast_to({x}, {draws.choice((wide, (2, *wide)))})"
        return f"{x}[{self.key(shape)}]"

    def _other_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return another shape of as many elements."""
        n, draws = int(np.prod(shape, dtype=int)), self.draws
        options = [(-1,), (n,), (1, n), tuple(reversed(shape)), shape]
        options += [(d, n // d) for d in (2, 3) if n % d == 0]
        return tuple(draws.choice(options if n else options[1:]))

    # ------------------------------------------------------------ values

    def operand(self) -> str:
        """Return a name, mostly, or a view of one."""
        name = self.draws.choice(self.names())
        return self.reading(name, self.draws.choice((0, 0, 0, 1, 1, 2)))

    def computed(self) -> str:
        """Return an expression of one or two operands."""
        draws = self.draws
        if draws.integer(0, 1):
            return str(draws.choice(UNARY).format(self.operand()))
        left, right = self.operand(), self.operand()
        for x, y in ((left, right), (left, left)):
            expression = str(draws.choice(BINARY).format(x, y))
            if self.evaluate(expression) is not None:
                return expression
        return f"xp.sin({left})"

    def reduced(self, x: str) -> str:
        draws, rank = self.draws, self.world[x].ndim
        if rank and not draws.integer(0, 3):
            return f"xp.cumulative_sum({x}, axis={draws.integer(0, rank - 1)})"
        axis = f", axis={draws.integer(-rank, rank - 1)}" if rank and draws.integer(0, 2) else ""
        keep = ", keepdims=True" if not draws.integer(0, 2) else ""
        return f"xp.{draws.choice(REDUCTIONS)}({x}{axis}{keep})"

    def joined(self) -> str:
        left = self.operand()
        right = self.draws.choice((f"0.5 * {left}", self.operand()))
        return f"xp.{self.draws.choice(('concat', 'stack'))}([{left}, {right}])"

    def fitting(self, place: str, *, integers: bool = True) -> str | None:
        """Return a value that can be written at a place: a number, or what broadcasts to its shape."""
        there = self.evaluate(place)
        if there is None:
            return None
        draws = self.draws
        for _ in range(4):
            value = self._candidate(place, integers)
            found = self.evaluate(value)
            if isinstance(found, (int, float)) or (
                found is not None and fits(found.shape, there.shape)
            ):
                return value
        return str(draws.choice(NUMBERS))

    def _candidate(self, place: str, integers: bool) -> str:
        draws = self.draws
        match draws.integer(0, 9):
            case 0:
                return str(draws.choice(NUMBERS))
            case 1 if integers:
                return "k" if "k" in self.world else "xp.asarray([1, 2])"
            case 2:
                return self.reduced(draws.choice(self.names()))
            case 3:
                return str(draws.choice(UNARY).format(place))
            case 4:
                base = place.partition("[")[
                    0
                ]  # another part of what is written to: they may overlap
                if base in self.world:
                    return f"{base}[{self.key(self.world[base].shape)}]"
            case 5 | 6:
                return self.computed()
        return self.operand()


def fits(shape: tuple[int, ...], there: tuple[int, ...]) -> bool:
    """Whether values of `shape` broadcast to a place of shape `there`."""
    try:
        return np.broadcast_shapes(shape, there) == there
    except ValueError:
        return False
