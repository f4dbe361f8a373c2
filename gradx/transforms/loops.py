"""Structured loops: `scan`, `fori_loop`, `while_loop`.

- They run eagerly, step by step, over recorded operations, so every transform works on them as on a Python loop.
- What a Python loop leaves open is fixed: the carry keeps its structure, shapes and dtypes, and the function is
  called with the same structure every time.
- Checkpointed, a loop of n steps keeps the carry of every √n-th step, and runs the steps between once more.
- A condition that differs between the examples of a `vmap`: the loop runs until it is false for all, and an example
  that has finished stays as it was. The cotangents of its further steps are zeros by structure, which absorb.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import isqrt
from typing import Any

from gradx import ops
from gradx.create import asarray
from gradx.errors import OperandError, ShapeError
from gradx.level import Cell, twin
from gradx.tensor import Tensor
from gradx.transforms.carry import Form, as_tensors
from gradx.transforms.collect import describe
from gradx.transforms.rerun import record
from gradx.transforms.select import decide, is_batched, own, quiet, where_trees
from gradx.transforms.tree import flatten

Step = Callable[[Any, Any], tuple[Any, Any]]


def scan(f: Step, init: Any, xs: Any = None, length: int | None = None, reverse: bool = False,
         checkpoint: bool | int = False) -> tuple[Any, Any]:  # fmt: skip
    """Apply `f` to a carry and to each row of `xs` in turn.

    The same as this loop, in time and memory that grow with the number of rows, forward and backward::

        for x in xs: carry, y = f(carry, x); ys.append(y)

    Parameters
    ----------
    f
        `(carry, x) -> (carry, y)`, of pytrees of arrays. The carry keeps its structure, shapes and dtypes.
    init
        The first carry. Numbers become Tensors of float64, or of int64, bool and complex128 by their kind.
    xs
        A pytree of arrays `(n, ...)`, of which `f` sees rows `(...)`; None, with `length`, for none.
    length
        The number of steps n; may be left out where `xs` tells.
    reverse
        Begin with the last row. The results lie where their rows do.
    checkpoint
        Keep the carry of some steps only, and compute the others again on the way back: True for segments of √n
        steps, a number for segments of that many. What `f` closes over gets its gradients; see `gx.checkpoint`.

    Returns
    -------
    (carry, ys)
        The last carry, and a pytree like `y` of arrays `(n, ...)`. For n = 0, `f` is called once, on zeros, to learn
        what its results look like.

    Raises
    ------
    ShapeError
        If rows differ in number, or the carry changes its structure, shape or dtype.
    OperandError
        If neither `xs` nor `length` tells the number of steps, or `f` does not return a pair.

    >>> import gradx as gx
    >>> gx.scan(lambda total, x: (total + x, total * x), 0.0, gx.asarray([1.0, 2.0, 3.0]))
    (Tensor(6.), Tensor([0., 2., 9.]))
    """
    carry, rows = as_tensors("scan", init), as_tensors("scan", xs)
    leaves, structure = flatten(rows)
    n = _length(leaves, length)
    size = _segment("scan", checkpoint, n)
    if not n:
        return carry, _no_results(f, carry, leaves, structure)
    if size is None:
        return _steps(f, carry, leaves, structure, range(n), reverse)
    parts = []
    starts = range(0, n, size)
    for start in reversed(starts) if reverse else starts:
        stop = min(start + size, n)
        carry, ys = record(
            lambda carry, part, count=stop - start: _steps(f, carry, part, structure, range(count), reverse),
            carry, [x[start:stop] for x in leaves])  # fmt: skip
        parts.append(ys)
    return carry, _joined(parts[::-1] if reverse else parts)


def _steps(
    f: Step, carry: Any, leaves: Sequence[Any], structure: Any, order: range, reverse: bool
) -> tuple[Any, Any]:
    """Run the steps of a scan, one after the other."""
    expected, results = Form("scan", carry), _Results()
    single = leaves[0] if structure.is_leaf() else None
    for i in reversed(order) if reverse else order:
        row = structure.unflatten([x[i] for x in leaves]) if single is None else single[i]
        out = f(carry, row)
        if out.__class__ is not tuple or len(out) != 2:
            raise OperandError(
                f"scan: expected f to return a pair (carry, y); got {type(out).__name__}"
            )
        carry = expected.checked(out[0])
        results.add(out[1])
    return carry, results.stacked(reverse)


class _Results:
    """What the steps of a scan return beside the carry: a column for each leaf."""

    __slots__ = ("columns", "single", "structure")

    def __init__(self) -> None:
        self.columns: list[list[Any]] = []
        self.structure: Any = None
        self.single = False

    def add(self, tree: Any) -> None:
        """Add what one step returned: Tensors of our own, as the carry may be the same ones, and be written to."""
        if self.single and isinstance(tree, Tensor):
            self.columns[0].append(twin(tree))
            return
        ys, structure = flatten(tree)
        if self.structure is None:
            self.structure, self.single = structure, structure.is_leaf()
            self.columns = [[] for _ in ys]
        elif structure != self.structure:
            raise ShapeError(
                f"scan: expected f to return y as at the first step, {self.structure}; got {structure}"
            )
        for column, y in zip(self.columns, ys, strict=True):
            column.append(twin(y) if isinstance(y, Cell) else asarray(y))

    def stacked(self, reverse: bool) -> Any:
        """Return the columns as arrays, their first rows first."""
        return self.structure.unflatten(
            [_stacked(column[::-1] if reverse else column) for column in self.columns]
        )


def _stacked(ys: Sequence[Any]) -> Any:
    # At once where all are held alike; values of several levels may look different there and be the same.
    if len({(y.data.shape, y.data.dtype) for y in ys}) > 1:
        first = ys[0]
        for y in ys:
            if y.shape != first.shape or y.dtype != first.dtype:
                raise ShapeError(
                    f"scan: expected f to return y as at the other steps, {describe(first)}; got {describe(y)}"
                )
    return ops.stack(ys)


def _joined(parts: Sequence[Any]) -> Any:
    """Join the results of segments."""
    leaves = [flatten(part)[0] for part in parts]
    structure = flatten(parts[0])[1]
    return structure.unflatten(
        [ops.concat(list(each), axis=0) for each in zip(*leaves, strict=True)]
    )


def _no_results(f: Step, carry: Any, leaves: Sequence[Any], structure: Any) -> Any:
    """Return the results of no steps."""
    row = structure.unflatten(
        [ops.zeros(x.shape[1:], dtype=x.dtype, device=x.device) for x in leaves]
    )
    _, ys = f(carry, row)
    found, form = flatten(ys)
    found = [y if isinstance(y, Cell) else asarray(y) for y in found]
    return form.unflatten([ops.zeros((0, *y.shape), dtype=y.dtype, device=y.device) for y in found])


def _length(leaves: Sequence[Any], length: int | None) -> int:
    """Return the number of steps."""
    for x in leaves:
        if not x.ndim:
            raise ShapeError("scan: expected arrays with rows in xs; got a 0-d one")
    sizes = {x.shape[0]: None for x in leaves}
    if length is not None:
        sizes[length.__index__()] = None
    if not sizes:
        raise OperandError("scan: expected xs or length to tell the number of steps; got neither")
    if len(sizes) > 1:
        raise ShapeError(
            f"scan: expected one number of rows in all of xs, and as length; got {', '.join(map(str, sizes))}"
        )
    n = next(iter(sizes))
    if n < 0:
        raise ValueError(f"scan: expected a length of at least 0; got {n}")
    return n


def _segment(name: str, checkpoint: bool | int, n: int | None) -> int | None:
    """Return how many steps lie between two checkpoints; None for no checkpoints."""
    if checkpoint is False:
        return None
    if checkpoint is True:
        if n is None:
            raise ValueError(
                f"{name}: expected max_steps with checkpoint=True; got none. Give the steps of a segment, checkpoint=10"
            )
        return max(1, isqrt(max(n - 1, 0)) + 1)
    size = checkpoint.__index__()
    if size < 1:
        raise ValueError(f"{name}: expected a segment of at least 1 step as checkpoint; got {size}")
    return size


# ---------------------------------------------------------------- loops without rows


def fori_loop(lower: Any, upper: Any, body: Callable[[Any, Any], Any], init: Any, *,
              checkpoint: bool | int = False) -> Any:  # fmt: skip
    """Apply `body(i, value)` for i from `lower` to `upper - 1`.

    Parameters
    ----------
    lower, upper
        Integers, or 0-d integer Tensors. Where they differ between the examples of a `vmap`, each example makes its
        own number of steps.
    body
        `(i, value) -> value`, which keeps its structure, shapes and dtypes. `i` is an int; a Tensor where the bounds
        differ between examples.
    init
        The first value, a pytree of arrays.
    checkpoint
        As of `scan`; where the bounds differ between examples, the steps of a segment.

    Returns
    -------
    pytree
        The last value; `init` where `upper <= lower`.

    Raises
    ------
    ShapeError
        If `body` changes the value's structure, shapes or dtypes.

    >>> import gradx as gx
    >>> gx.fori_loop(0, 3, lambda i, x: x * 2 + i, gx.asarray(1.0))
    Tensor(12.)
    """
    value = as_tensors("fori_loop", init)
    if is_batched(lower) or is_batched(upper):
        return _each_to_its_bound(lower, upper, body, value, checkpoint)
    first, last = int(lower), int(upper)
    size = _segment("fori_loop", checkpoint, max(last - first, 0)) or max(last - first, 1)

    def run(value: Any, numbers: range) -> Any:
        expected = Form("fori_loop", value)
        for i in numbers:
            value = expected.checked(body(i, value))
        return value

    for start in range(first, last, size):
        numbers = range(start, min(start + size, last))
        value = run(value, numbers) if checkpoint is False else record(run, value, numbers)
    return value


def _each_to_its_bound(
    lower: Any, upper: Any, body: Any, value: Any, checkpoint: bool | int
) -> Any:
    """Run a loop whose bounds differ between examples."""
    start = asarray(lower) if not isinstance(lower, Cell) else lower
    _, value = while_loop(
        lambda state: state[0] < upper, lambda state: (state[0] + 1, body(state[0], state[1])),
        (start, value), checkpoint=checkpoint)  # fmt: skip
    return value


def while_loop(cond: Callable[[Any], Any], body: Callable[[Any], Any], init: Any, *, max_steps: int | None = None,
               checkpoint: bool | int = False) -> Any:  # fmt: skip
    """Apply `body` as long as `cond` of the value is true.

    Where `cond` differs between the examples of a `vmap`, `body` runs until it is false for all; an example for which
    it is false keeps its value, and nothing that `body` makes of it later reaches its derivatives.

    Parameters
    ----------
    cond
        `value -> bool`, or a 0-d Tensor.
    body
        `value -> value`, which keeps its structure, shapes and dtypes.
    init
        The first value, a pytree of arrays.
    max_steps
        Stop after so many steps, whatever `cond` says. Reverse mode keeps what each step computed, so give a bound
        where the loop may be long: a program can then be compiled for reverse mode as well.
    checkpoint
        True for segments of √max_steps steps, a number for segments of that many; see `scan`.

    Returns
    -------
    pytree
        The last value.

    Raises
    ------
    ShapeError
        If `body` changes the value's structure, shapes or dtypes, or `cond` returns an array of several elements.

    >>> import gradx as gx
    >>> gx.while_loop(lambda x: x < 100, lambda x: x * x, gx.asarray(3.0))
    Tensor(6561.)
    """
    value = as_tensors("while_loop", init)
    if max_steps is not None and max_steps < 0:
        raise ValueError(f"while_loop: expected max_steps of at least 0; got {max_steps}")
    size = _segment("while_loop", checkpoint, max_steps)
    left = max_steps
    while left is None or left > 0:
        count = left if size is None else size if left is None else min(size, left)
        if size is None:
            value, going = _repeat(cond, body, value, count)
        else:
            value, going = record(_repeat, cond, body, value, count)
        if not going:
            break
        left = None if left is None or count is None else left - count
    return value


def _repeat(cond: Any, body: Any, value: Any, count: int | None) -> tuple[Any, bool]:
    """Make up to `count` steps; return the value, and whether the loop may go on."""
    expected = Form("while_loop", value)
    for _ in _counter(count):
        going = cond(value)
        decision = decide("while_loop", "cond", going)
        if not decision.any:
            return value, False
        if not decision.batched:
            value = expected.checked(body(value))
            continue
        with quiet(decision.condition):  # an example that has finished may leave the domain
            new = expected.checked(body(own(value)))
        value = where_trees(decision.condition, new, value)
    return value, True


def _counter(count: int | None) -> Iterator[int]:
    i = 0
    while count is None or i < count:
        yield i
        i += 1


__all__ = ["fori_loop", "scan", "while_loop"]
