"""Checks of gradients and values, for gradx's own tests and for those of others.

- `check_grads` needs no reference: forward mode, reverse mode and central differences judge each other in one
  random direction, to any order. The directions are the same at every run.
- `assert_close` compares pytrees of Tensors, of any library's arrays and of numbers: values, shapes, dtypes.
- Differences are taken in double precision, whatever the precision of the arguments.
- The devices to run a suite on: `gradx.pytest_plugin`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from gradx.backend import backend_named, backend_of
from gradx.create import asarray
from gradx.dtypes import dtype_of, is_inexact
from gradx.errors import GradxError, GraphError, OperandError
from gradx.level import Cell
from gradx.shapes import size
from gradx.tape import SCALARS
from gradx.tensor import Tensor
from gradx.transforms.derivatives import jvp, vjp
from gradx.transforms.reverse import raw
from gradx.transforms.tree import flatten, unflatten

Function = Callable[..., tuple[Any, ...]]

MODES = ("rev", "fwd")
STEP = 6e-6  # near the cube root of the rounding error, where a central difference is most exact
ROUNDING = 2.0**-50
SINGLE_STEP, SINGLE_ROUNDING = 6e-3, 2.0**-21  # on a device without double precision
_DIFFERENCE = {"float16": 5e-2, "bfloat16": 2e-1, "float32": 2e-3, "complex64": 2e-3}
_VALUE = {"float16": 5e-3, "bfloat16": 4e-2, "float32": 2e-5, "complex64": 2e-5}


class GradientMismatch(GradxError, AssertionError):
    """A derivative that disagrees with another mode's, or with central differences."""


def check_grads(f: Callable[..., Any], args: Sequence[Any], order: int = 2, modes: Sequence[str] = MODES,
                rtol: float | None = None, atol: float | None = None, eps: float | None = None) -> None:  # fmt: skip
    """Check the derivatives of `f` at `args`, up to `order`.

    In one random direction v, with one random cotangent ct: `jvp(v)` against a central difference, `<vjp(ct), v>`
    against `<ct, difference>`, and `<ct, jvp(v)>` against `<vjp(ct), v>`, ten times more strictly; over the
    real inner product, so complex arguments and results obey the convention of gradx. Then the same for the
    pullback and the pushforward as functions of `args` and of ct or v, so `order=2` covers all four ways to compose
    the modes.

    Parameters
    ----------
    f
        Takes and returns pytrees of Tensors; results that are integers or booleans are left out.
    args
        A tuple of pytrees. Floating and complex arrays and numbers are differentiated by; the rest is handed on.
    modes
        Which of "rev" and "fwd" to check.
    rtol, atol
        Tolerances, by default those of the least exact dtype among arguments and results.
    eps
        The step of the differences; larger by default where the device has no double precision.

    Raises
    ------
    GradientMismatch
        Says which function, mode, order and element, and both numbers.

    >>> import gradx as gx
    >>> check_grads(gx.sin, (0.5,), order=3)
    >>> check_grads(lambda x: gx.stop_gradient(x) * x, (0.5,))
    Traceback (most recent call last):
    gradx.testing.GradientMismatch: check_grads: <lambda>, rev, order 1: ...
    """
    if not modes or not set(modes) <= set(MODES):
        raise ValueError(f"check_grads: expected modes among {MODES}; got {tuple(modes)}")
    function, primals = _differentiable_part(f, args)
    name = str(getattr(f, "__name__", None) or getattr(f, "name", type(f).__name__))
    check = _Check(name, tuple(modes), rtol, atol, eps, Random(0))
    check.run(function, primals, order, ())


def assert_close(actual: Any, expected: Any, rtol: float | None = None, atol: float | None = None, *,
                 check_dtype: bool = True) -> None:  # fmt: skip
    """Assert that two pytrees of Tensors, arrays and numbers agree: structure, shape, dtype, values.

    NaN agrees with NaN. Where `actual` holds an array, `expected` may hold a number or nested lists, whose
    dtype is not compared. Tolerances are by default those of the less exact dtype; integers must be equal.

    >>> import gradx as gx
    >>> assert_close(gx.asarray([1.0, 2.0]) * 2, [2.0, 4.0])
    """
    leaves, structure = flatten(actual)
    try:
        others = structure.flatten_up_to(expected)
    except ValueError as error:
        raise AssertionError(
            f"assert_close: expected {type(expected).__name__} {expected!r}; got {actual!r}: {error}"
        ) from None
    for path, x, y in zip(structure.paths(), leaves, others, strict=True):
        where = "".join(f"[{part!r}]" for part in path)
        _assert_leaf_close(where and f" at {where}", x, y, rtol, atol, check_dtype)


def _assert_leaf_close(
    where: str, x: Any, y: Any, rtol: float | None, atol: float | None, check_dtype: bool
) -> None:
    """Compare one array with another, or with a number or nested lists."""
    typed = not isinstance(y, (*SCALARS, list, tuple))
    a, b = _host(x), _host(y)
    if a.shape != b.shape:
        raise AssertionError(
            f"assert_close: expected shape {tuple(b.shape)}{where}; got {tuple(a.shape)}"
        )
    if check_dtype and typed and _dtype(x) != _dtype(y):
        raise AssertionError(f"assert_close: expected dtype {_dtype(y)}{where}; got {_dtype(x)}")
    dtypes = [_dtype(x).name, _dtype(y).name] if typed else [_dtype(x).name]
    default = max(_VALUE.get(name, 1e-9) for name in dtypes)
    exact = not any(is_inexact(name) for name in dtypes)
    relative = (0.0 if exact else default) if rtol is None else rtol
    absolute = (0.0 if exact else default * 1e-3) if atol is None else atol
    _require(
        f"assert_close{where}",
        "expected",
        a,
        b,
        absolute + relative * _magnitude(b),
        AssertionError,
    )


# -------------------------------------------------------------------- one function at one order


@dataclass
class _Check:
    """What stays the same through all orders of one check."""

    name: str
    modes: tuple[str, ...]
    rtol: float | None
    atol: float | None
    eps: float | None
    random: Random

    def run(self, f: Function, primals: tuple[Any, ...], order: int, path: tuple[str, ...]) -> None:
        """Check `f` at `primals`, then its pullback and pushforward, as functions of primals and directions both."""
        v = [self._direction(x) for x in primals]
        differences, noise = self._differences(f, primals, v)
        ct = [self._direction(d) for d in differences]
        pulled = pushed = None
        if "rev" in self.modes:
            pulled = self._check_reverse(f, primals, v, ct, differences, noise, path)
        if "fwd" in self.modes:
            pushed = self._check_forward(f, primals, v, differences, noise, path)
        if pulled is not None and pushed is not None:
            xp = backend_named("numpy").xp
            terms = [*_terms(pulled, v), *_terms(ct, pushed)]
            bound = self._tolerance(primals, 0.1) * sum(float(xp.sum(abs(t))) for t in terms)
            numbers = _inner(pulled, v), _inner(ct, pushed)
            self._compare(path, "rev", "<ct, jvp(v)>", *numbers, bound + 0.1 * (self.atol or 1e-10))
        if order > 1:
            n = len(primals)
            if "rev" in self.modes:
                given = (*primals, *_like(ct, f(*primals)))
                self.run(lambda *xs: _pull(f, xs[:n], xs[n:]), given, order - 1, ("rev", *path))
            if "fwd" in self.modes:
                given = (*primals, *_like(v, primals))
                self.run(lambda *xs: _push(f, xs[:n], xs[n:]), given, order - 1, ("fwd", *path))

    def _check_reverse(self, f: Function, primals: tuple[Any, ...], v: list[Any], ct: list[Any],
                       differences: list[Any], noise: float, path: tuple[str, ...]) -> list[Any]:  # fmt: skip
        cotangents = _pull(f, primals, ct)
        for x, g in zip(primals, cotangents, strict=True):
            self._require_like(path, "rev", "a gradient like its primal", g, x)
        pulled = [_double(g) for g in cotangents]
        scale = sum(float(backend_named("numpy").xp.sum(abs(t))) for t in _terms(ct, differences))
        bound = self._bound(primals, scale) + noise * sum(size(c.shape) for c in ct)
        self._compare(
            path,
            "rev",
            "<ct, central difference>",
            _inner(pulled, v),
            _inner(ct, differences),
            bound,
        )
        return pulled

    def _check_forward(self, f: Function, primals: tuple[Any, ...], v: list[Any], differences: list[Any],
                       noise: float, path: tuple[str, ...]) -> list[Any]:  # fmt: skip
        out, tangents = jvp(f, primals, _like(v, primals))
        pushed = []
        for y, t, d in zip(out, tangents, differences, strict=True):
            self._require_like(path, "fwd", "a tangent like its result", t, y)
            pushed.append(_double(t))
            largest = float(backend_named("numpy").xp.max(abs(d))) if size(d.shape) else 0.0
            bound = (
                self._tolerance(primals) * _magnitude(d)
                + self._bound(primals, 0.01 * largest)
                + noise
            )
            self._compare(path, "fwd", "central difference", pushed[-1], d, bound)
        return pushed

    def _direction(self, like: Any) -> Any:
        """Return a random array of `like`'s shape, no element near zero, on the host in double precision."""
        xp, n = backend_named("numpy").xp, size(like.shape)

        def numbers() -> Any:
            values = [self.random.choice((-1, 1)) * self.random.uniform(0.5, 1) for _ in range(n)]
            return xp.reshape(xp.asarray(values, dtype=xp.float64), tuple(like.shape))

        return numbers() + 1j * numbers() if dtype_of(like.dtype).kind == "c" else numbers()

    def _differences(
        self, f: Function, primals: tuple[Any, ...], v: list[Any]
    ) -> tuple[list[Any], float]:
        """Return the central difference of each result along `v`, and the rounding error to expect in it."""
        at = [_double(x) for x in primals]
        single = any(
            _dtype(asarray(x, device=p.device)).name in _DIFFERENCE
            for x, p in zip(at, primals, strict=True)
        )  # JAX has no double precision unless it is told to
        eps = self.eps or (SINGLE_STEP if single else STEP)
        sides = []
        for step in (eps, -eps):
            moved = [
                asarray(x + step * d, device=p.device)
                for x, d, p in zip(at, v, primals, strict=True)
            ]
            sides.append([_double(y) for y in f(*moved)])
        xp = backend_named("numpy").xp
        largest = max((float(xp.max(abs(y))) for y in sides[0] if size(y.shape)), default=0.0)
        return [(a - b) / (2 * eps) for a, b in zip(*sides, strict=True)], (
            SINGLE_ROUNDING if single else ROUNDING
        ) * largest / eps

    def _tolerance(self, primals: tuple[Any, ...], strictness: float = 1.0) -> float:
        default = max(_DIFFERENCE.get(x.dtype.name, 1e-6) for x in primals)
        return strictness * (default if self.rtol is None else self.rtol)

    def _bound(self, primals: tuple[Any, ...], scale: float) -> float:
        relative = self._tolerance(primals)
        return relative * scale + (relative * 1e-3 if self.atol is None else self.atol)

    def _where(self, path: tuple[str, ...], mode: str) -> str:
        return f"check_grads: {self.name}, {' over '.join((mode, *path))}, order {len(path) + 1}"

    def _compare(
        self, path: tuple[str, ...], mode: str, against: str, actual: Any, expected: Any, bound: Any
    ) -> None:
        _require(self._where(path, mode), against, actual, expected, bound, GradientMismatch)

    def _require_like(self, path: tuple[str, ...], mode: str, what: str, x: Any, like: Any) -> None:
        if x.shape != like.shape or x.dtype != like.dtype:
            raise GradientMismatch(
                f"{self._where(path, mode)}: expected {what}, {like.dtype.name}{list(like.shape)}; "
                f"got {x.dtype.name}{list(x.shape)}"
            )


def _pull(f: Function, primals: Sequence[Any], ct: Sequence[Any]) -> tuple[Any, ...]:
    out, pullback = vjp(f, *primals)
    return pullback(_like(ct, out))


def _push(f: Function, primals: Sequence[Any], v: Sequence[Any]) -> tuple[Any, ...]:
    return jvp(f, primals, _like(v, primals))[1]


# -------------------------------------------------------------------- arrays


def _differentiable_part(
    f: Callable[..., Any], args: Sequence[Any]
) -> tuple[Function, tuple[Any, ...]]:
    """Return `f` as a function of the floating leaves alone, which returns those of its results."""
    leaves, structure = flatten(tuple(args))
    given = [_as_primal(leaf) for leaf in leaves]
    primals = tuple(x for x in given if x is not None)
    if not primals:
        raise OperandError(
            "check_grads: expected at least one floating or complex argument; got none"
        )

    def function(*values: Any) -> tuple[Any, ...]:
        rest = iter(values)
        filled = [leaf if x is None else next(rest) for leaf, x in zip(leaves, given, strict=True)]
        out = flatten(f(*unflatten(structure, filled)))[0]
        floating = tuple(y for y in out if isinstance(y, Cell) and is_inexact(_dtype(y)))
        if not floating:
            raise GraphError(
                "check_grads: expected a function that returns a floating Tensor; got none"
            )
        return floating

    return function, primals


def _as_primal(leaf: Any) -> Any:
    """Return a leaf as a Tensor off the graph; None if it cannot be differentiated by."""
    if isinstance(leaf, Tensor):
        return leaf.detach() if is_inexact(leaf.dtype) else None
    if not isinstance(leaf, (float, complex)) and not hasattr(leaf, "dtype"):
        return None
    x = asarray(leaf)
    return x if is_inexact(x.dtype) else None


def _dtype(x: Any) -> Any:
    return dtype_of(x.dtype if hasattr(x, "dtype") else type(x))


def _host(x: Any) -> Any:
    """Return a Tensor, an array, a number or nested lists as a NumPy array."""
    x = raw(x)
    if isinstance(x, (*SCALARS, list, tuple)):
        return backend_named("numpy").asarray(x)
    return backend_of(type(x)).to_numpy(x)


def _double(x: Any) -> Any:
    """Return a Tensor as a NumPy array in double precision."""
    xp = backend_named("numpy").xp
    return xp.astype(_host(x), xp.complex128 if _dtype(x).kind == "c" else xp.float64)


def _like(values: Sequence[Any], tensors: Sequence[Any]) -> tuple[Any, ...]:
    """Return NumPy arrays as Tensors of the dtypes and on the devices of others."""
    return tuple(
        asarray(v, dtype=x.dtype, device=x.device) for v, x in zip(values, tensors, strict=True)
    )


def _terms(a: Sequence[Any], b: Sequence[Any]) -> list[Any]:
    """Return the terms of the real inner product Re <a, b>."""
    return [(x.conj() * y).real for x, y in zip(a, b, strict=True)]


def _inner(a: Sequence[Any], b: Sequence[Any]) -> float:
    xp = backend_named("numpy").xp
    return float(sum(float(xp.sum(term)) for term in _terms(a, b)))


def _magnitude(x: Any) -> Any:
    """Return |x|, zero where x is not finite: what is not finite must be equal."""
    xp = backend_named("numpy").xp
    x = xp.abs(xp.astype(x, xp.float64) if x.dtype.kind in "biu" else x)
    return xp.where(xp.isfinite(x), x, 0.0)


def _require(
    where: str, against: str, actual: Any, expected: Any, bound: Any, error: type[AssertionError]
) -> None:
    """Raise `error`, naming the worst element, unless |actual - expected| <= bound, NaN and inf being equal."""
    backend = backend_named("numpy")
    xp = backend.xp
    a, b = backend.asarray(actual), backend.asarray(expected)
    if a.dtype.kind in "biu" and b.dtype.kind in "biu":
        good, off = a == b, xp.astype(a != b, xp.float64)
    else:
        with backend.quiet():
            off = xp.abs(a - b)
            good = (a == b) | (xp.isnan(a) & xp.isnan(b)) | (off <= bound)
            off = xp.where(good, -1.0, xp.where(xp.isnan(off), xp.inf, off))
    if not bool(xp.all(good)):
        flat = int(xp.argmax(off))
        element = _unravel(flat, tuple(a.shape))
        raise error(
            f"{where}: {against} gives {b[element].item()!r}; got {a[element].item()!r}"
            + (
                f" at element {element}, {int(xp.sum(~good))} of {size(a.shape)} differ"
                if element
                else ""
            )
        )


def _unravel(flat: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the index of the `flat`-th element of an array of that shape."""
    index: list[int] = []
    for n in reversed(shape):
        flat, i = divmod(flat, n)
        index.insert(0, i)
    return tuple(index)


__all__ = ["GradientMismatch", "assert_close", "check_grads"]
