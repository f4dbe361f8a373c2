"""Functions with rules of their own: `custom_jvp` and `custom_vjp`.

- Here: arguments, pytrees and the user's rules, made into functions of flat lists of leaves. What the levels do with
  them stands in `calls.py`.
- One rule suffices for both modes; a rule is written with gradx's functions, on Tensors.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from gradx import ops
from gradx.errors import GraphError, MissingRuleError, OperandError, ShapeError
from gradx.level import Cell
from gradx.tape import SCALARS, apply, lift
from gradx.transforms.calls import Call, JvpCall, Residuals, VjpCall
from gradx.transforms.forward import match
from gradx.transforms.transposing import Leaves, Owner, is_floating, zero
from gradx.transforms.tree import flatten, results, unflatten


class Arguments:
    """One call's arguments: the leaves of those to differentiate by, and the rest.

    `outputs` is the structure of the result, once the function or its rule has run.
    """

    __slots__ = ("leaves", "name", "numbers", "outputs", "rest", "structure")

    def __init__(self, name: str, args: tuple[Any, ...], nondiff: frozenset[int]) -> None:
        self.name = name
        self.rest = {i: x for i, x in enumerate(args) if i in nondiff}
        self.numbers = [i for i in range(len(args)) if i not in nondiff]
        leaves, self.structure = flatten(tuple([args[i] for i in self.numbers]))
        self.leaves = [self._leaf(x) for x in leaves]
        self.outputs: Any = None

    def _leaf(self, x: Any) -> Any:
        if isinstance(x, Cell) or type(x) in SCALARS:
            return x
        for kind in SCALARS:
            if isinstance(x, kind):  # numpy.float64 is a float
                return kind(x)
        try:
            return lift(x)
        except OperandError:
            raise OperandError(
                f"{self.name}: expected pytrees of arrays and numbers; got {type(x).__name__}. "
                "Name the arguments that are none in nondiff_argnums"
            ) from None

    def primals(self, leaves: Leaves) -> tuple[Any, ...]:
        """Return the arguments to differentiate by, made of these leaves."""
        primals: tuple[Any, ...] = unflatten(self.structure, leaves)
        return primals

    def all(self, leaves: Leaves) -> list[Any]:
        """Return all arguments, in their order."""
        whole = dict(zip(self.numbers, self.primals(leaves), strict=True)) | self.rest
        return [whole[i] for i in range(len(whole))]

    def flat(self, out: Any) -> list[Any]:
        """Return the leaves of a result."""
        ys, self.outputs = results(out, self.name)
        return ys

    def rebuild(self, y: Any) -> Any:
        """Return the result from the card's outputs; integers are off the graph."""
        ys = y if isinstance(y, tuple) else (y,)
        return unflatten(self.outputs, [x if is_floating(x) else ops.stop_gradient(x) for x in ys])


class Like(NamedTuple):
    """What is asked of a tangent or cotangent; a dtype of None is a number's."""

    shape: tuple[int, ...]
    dtype: Any


def like(name: str, what: str, value: Any, x: Any) -> Any:
    """Return a tangent or cotangent as a Tensor, of the shape and dtype of `x`; None for none, and for integers."""
    if value is None or (x.dtype is not None and not is_floating(x)):
        return None
    try:
        g = lift(value)
    except OperandError:
        raise GraphError(
            f"{name}: expected {what}s of Tensors; got {type(value).__name__}"
        ) from None
    if g.shape != x.shape:
        raise ShapeError(
            f"{name}: expected a {what} of shape {x.shape}, as what it is for; got {g.shape}"
        )
    return g if x.dtype is None else match(g, x)


def like_tree(name: str, what: str, structure: Any, tree: Any, leaves: Leaves) -> list[Any]:
    """Return the leaves of a pytree of tangents or cotangents, each `like` its own of `leaves`; None for any part."""
    if tree is None:
        return [None] * len(leaves)
    try:
        values = structure.flatten_up_to(tree)
    except ValueError as error:
        raise ShapeError(
            f"{name}: expected {what}s of the structure {structure}, None for none; got {tree!r} ({error})"
        ) from None
    return [like(name, what, value, x) for value, x in zip(values, leaves, strict=True)]


class Custom(Owner):
    """What `custom_jvp` and `custom_vjp` share: a function, called with its rules."""

    def __init__(self, f: Callable[..., Any], nondiff_argnums: int | Sequence[int] = ()) -> None:
        functools.update_wrapper(self, f, updated=())
        self.f = f
        self.name = getattr(f, "__name__", type(f).__name__)
        self.checked = False
        numbers = [nondiff_argnums] if isinstance(nondiff_argnums, int) else nondiff_argnums
        self.nondiff = frozenset(numbers)
        if any(n < 0 for n in self.nondiff):
            raise ValueError(
                f"{type(self).__name__}: expected nondiff_argnums that are not negative; got {nondiff_argnums}"
            )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def __get__(self, instance: Any, kind: Any = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            bound = inspect.signature(self.f).bind(*args, **kwargs)
            bound.apply_defaults()
            args, kwargs = bound.args, bound.kwargs
            if kwargs:
                raise TypeError(
                    f"{self.name}: expected arguments that can be given by position; got {', '.join(kwargs)}"
                )
        given = Arguments(self.name, args, self.nondiff)
        if not given.leaves:
            return self.f(*args)
        leaves = tuple(given.leaves)
        given.leaves = []  # the rules on the tape hold `given`, and are not to hold what the call was made with
        return given.rebuild(apply(self.card(given), leaves, {}))

    def card(self, given: Arguments) -> Call:
        """Return the card of one call."""
        raise MissingRuleError(f"{self.name}: has no rules")

    def primal(self, given: Arguments) -> Callable[[Leaves], Any]:
        """Return the function itself, from leaves to leaves."""
        return lambda leaves: given.flat(self.f(*given.all(leaves)))


class custom_jvp(Custom):
    """Give a function a forward rule of its own; reverse mode is its transpose, `vmap` maps both.

    Parameters
    ----------
    f
        A function of pytrees of arrays and numbers, that returns a pytree of Tensors.
    nondiff_argnums
        The positions of arguments that are handed on as they are: anything hashable or not, shapes, functions.

    Notes
    -----
    `@f.defjvp` takes a rule `(primals, tangents) -> (out, tangent)`, preceded by the arguments of
    `nondiff_argnums`, in order. Tuples `primals`, `tangents` have one entry for each other argument; a tangent is
    zeros where nothing is differentiated, and of integers. The rule is linear in the tangents and made of gradx's
    functions, so it can be differentiated, transposed and mapped. A part of `tangent` may be None, for zero.

    `f.defjvps(*rules)` takes one rule an argument, `(tangent, out, *primals) -> tangent`, None for an argument
    without a derivative.

    Outside of any derivative `f` itself runs; of a forward or reverse mode, the rule does, once. The derivative of
    the rule is the second derivative of the function. Tangents that are zero by structure absorb slopes that are not
    finite, as everywhere; for that the rule is run on a tape of its own.

    Raises
    ------
    GraphError
        If the function or its rule depends on a Tensor being differentiated that is no argument, or the rule
        is not linear in the tangents (found out at the first reverse pass).
    ShapeError
        If a tangent has not the shape of its output.

    >>> import gradx as gx
    >>> @gx.custom_jvp
    ... def log1pexp(x):
    ...     return gx.log(1 + gx.exp(x))
    >>> @log1pexp.defjvp
    ... def rule(primals, tangents):
    ...     (x,), (dx,) = primals, tangents
    ...     return log1pexp(x), gx.sigmoid(x) * dx
    >>> gx.grad(log1pexp)(0.0), gx.jvp(log1pexp, (0.0,), (2.0,))[1]
    (Tensor(0.5), Tensor(1.))
    """

    rule = "the tangents"

    def __new__(cls, f: Any = None, nondiff_argnums: Any = ()) -> Any:
        """Return the function with a place for rules; without `f`, the decorator that gives it one."""
        if f is not None:
            return super().__new__(cls)
        return functools.partial(cls, nondiff_argnums=nondiff_argnums)

    def __init__(self, f: Callable[..., Any], nondiff_argnums: int | Sequence[int] = ()) -> None:
        super().__init__(f, nondiff_argnums)
        self.forward_rule: Callable[..., Any] | None = None

    def defjvp(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """Set the rule `(*nondiff, primals, tangents) -> (out, tangent)`; a decorator."""
        self.forward_rule, self.checked, self.crooked = rule, False, False
        return rule

    def defjvps(self, *rules: Callable[..., Any] | None) -> None:
        """Set one rule an argument, `(tangent, out, *primals) -> tangent`; None for one without a derivative."""

        def rule(*given: Any) -> Any:
            *rest, primals, tangents = given
            if rest:
                raise TypeError(
                    f"{self.name}: expected no nondiff_argnums with defjvps; use defjvp"
                )
            out = self(*primals)
            terms = [
                each(t, out, *primals) for each, t in zip(rules, tangents, strict=True) if each
            ]
            return out, functools.reduce(ops.add, terms) if terms else ops.zeros_like(out)

        self.defjvp(rule)

    def card(self, given: Arguments) -> Call:
        user = self.forward_rule
        if user is None:
            raise MissingRuleError(
                f"{self.name}: expected a rule; give it one with @{self.name}.defjvp"
            )

        def rule(leaves: Leaves, tangents: Leaves) -> Any:
            answer = user(*given.rest.values(), given.primals(leaves), given.primals(tangents))
            if not isinstance(answer, (tuple, list)) or len(answer) != 2:
                raise GraphError(
                    f"{self.name}: expected its rule to return a pair (out, tangent); got {answer!r}"
                )
            ys = given.flat(answer[0])
            dys = like_tree(f"{self.name}, its rule", "tangent", given.outputs, answer[1], ys)
            return ys, [zero(y) if dy is None and is_floating(y) else dy for y, dy in zip(ys, dys)]

        return JvpCall(self, self.primal(given), rule)


class custom_vjp(Custom):
    """Give a function a reverse rule of its own; forward mode is its transpose, `vmap` maps both.

    Parameters
    ----------
    f
        A function of pytrees of arrays and numbers, that returns a pytree of Tensors.
    nondiff_argnums
        The positions of arguments that are handed on as they are.

    Notes
    -----
    `f.defvjp(fwd, bwd)`: `fwd` takes the arguments of `f` and returns `(out, residuals)`, a pytree of anything;
    `bwd(residuals, ct)`, preceded by the arguments of `nondiff_argnums`, takes a cotangent like `out` and returns a
    tuple with one for each other argument, of its structure and shapes; None for none, in any part.
    Cotangents of outputs that nobody used are zeros, and so are those of integer outputs.

    Outside of any derivative `f` itself runs; of a reverse mode `fwd` once, and `bwd` on the way back. Second
    derivatives differentiate `bwd` and `fwd`, so both are made of gradx's functions where they are wanted.
    Forward mode transposes `bwd`, which is linear in `ct`: this too needs gradx's functions. Cotangents that are zero
    by structure (`where`, an index) absorb slopes that are not finite if `bwd` is such a one.
    A graph keeps the arguments besides the residuals: where a walk is recorded (`create_graph=True`), `fwd` runs again.

    Raises
    ------
    GraphError
        If the function, or a residual, depends on a Tensor being differentiated that is no argument, or forward
        mode is asked for and `bwd` is not linear in the cotangent.
    MissingRuleError
        If forward mode is asked for and `bwd` leaves gradx.
    ShapeError
        If a cotangent has not the shape of its argument.

    >>> import gradx as gx
    >>> @gx.custom_vjp
    ... def clipped(x):  # the identity, with a gradient of at most 1
    ...     return x
    >>> clipped.defvjp(lambda x: (x, None), lambda residuals, ct: (gx.clip(ct, -1.0, 1.0),))
    >>> gx.grad(lambda x: 5.0 * clipped(x))(2.0)
    Tensor(1.)
    """

    rule = "the cotangent"

    def __new__(cls, f: Any = None, nondiff_argnums: Any = ()) -> Any:
        """Return the function with a place for rules; without `f`, the decorator that gives it one."""
        if f is not None:
            return super().__new__(cls)
        return functools.partial(cls, nondiff_argnums=nondiff_argnums)

    def __init__(self, f: Callable[..., Any], nondiff_argnums: int | Sequence[int] = ()) -> None:
        super().__init__(f, nondiff_argnums)
        self.rules: tuple[Callable[..., Any], Callable[..., Any]] | None = None

    def defvjp(self, fwd: Callable[..., Any], bwd: Callable[..., Any]) -> None:
        """Set the rules `fwd(*args) -> (out, residuals)` and `bwd(*nondiff, residuals, ct) -> cotangents`."""
        self.rules, self.checked, self.crooked = (fwd, bwd), False, False

    def card(self, given: Arguments) -> Call:
        if self.rules is None:
            raise MissingRuleError(
                f"{self.name}: expected rules; give it some with {self.name}.defvjp(fwd, bwd)"
            )
        fwd, bwd = self.rules

        def forward(leaves: Leaves) -> Any:
            answer = fwd(*given.all(leaves))
            if not isinstance(answer, (tuple, list)) or len(answer) != 2:
                raise GraphError(
                    f"{self.name}: expected its fwd to return a pair (out, residuals); got {answer!r}"
                )
            ys = given.flat(answer[0])
            kept, structure = flatten(answer[1])
            arrays = {i: x for i, x in enumerate(kept) if isinstance(x, Cell)}
            rest = [None if i in arrays else x for i, x in enumerate(kept)]
            likes = [Like(getattr(x, "shape", ()), getattr(x, "dtype", None)) for x in leaves]
            return ys, Residuals(list(arrays.values()), (list(arrays), rest, structure, likes))

        def backward(residuals: Residuals, cts: Leaves) -> list[Any]:
            places, rest, structure, leaves = residuals.rest
            kept = list(rest)
            for place, x in zip(places, residuals.arrays, strict=True):
                kept[place] = x
            answer = bwd(
                *given.rest.values(), unflatten(structure, kept), unflatten(given.outputs, cts)
            )
            return self._cotangents(given, answer, leaves)

        return VjpCall(self, self.primal(given), forward, backward)

    def _cotangents(self, given: Arguments, answer: Any, leaves: Leaves) -> list[Any]:
        name, count = f"{self.name}, its bwd", len(given.numbers)
        if not isinstance(answer, (tuple, list)) or len(answer) != count:
            raise GraphError(
                f"{name}: expected a tuple of cotangents, one for each of {count} arguments; got {answer!r}"
            )
        found: list[Any] = []
        for part, structure in zip(answer, given.structure.children(), strict=True):
            own = leaves[len(found) : len(found) + structure.num_leaves]
            found += like_tree(name, "cotangent", structure, part, own)
        return found


__all__ = ["custom_jvp", "custom_vjp"]
