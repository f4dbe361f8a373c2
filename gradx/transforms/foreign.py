"""Functions from outside, made primitives: `gx.primitive`.

- A card like gradx's own, with an implementation for bare arrays and rules by the user.
- The rules are written once, with gradx's functions: they always run on Tensors, with `xp` = `gradx.ops`. On the eager
  tape that costs a little more than the rules of gradx's own cards, which there run on bare arrays.
- One mode follows from the other by transposing it, as in `calls.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from gradx import ops
from gradx.backend import backend_of
from gradx.batching import BatchRule, aligned, spread
from gradx.elementwise import elementwise_card, named
from gradx.errors import BatchError, GraphError, MissingRuleError, MixedLibraryError
from gradx.level import no_grad
from gradx.primitive import Primitive, Reads, Rule
from gradx.tape import SCALARS, Node, apply, bind, constant_of, lift, settle
from gradx.transforms.calls import as_tensors, filled, inside, lowered, packed
from gradx.transforms.reverse import on_tensors
from gradx.transforms.transposing import Owner, Transposed, transposed

Implementation = Callable[..., Any] | Mapping[str, Callable[..., Any]]


class _Foreign(Owner):
    """What linear maps are named after, in errors."""

    def __init__(self, name: str, rule: str) -> None:
        self.name, self.rule, self.checked = name, rule, False


def primitive(name: str, implementation: Implementation, *, slopes: Sequence[Any] | None = None,
              vjp: Rule | None = None, jvp: Rule | None = None, batch: str | BatchRule | None = None,
              differentiable: bool = True, host: bool = False) -> Callable[..., Any]:  # fmt: skip
    """Make a function of arrays from outside, a SciPy routine or a CUDA kernel, one of gradx's.

    Parameters
    ----------
    name
        Its name, for errors and drawings.
    implementation
        `(*arrays, **params) -> array`, or a tuple of arrays, on bare arrays (and Python numbers); or a dictionary of
        such by the library's name, `{"numpy": ..., "cupy": ...}`. It must not change its arguments.
    slopes
        Of an elementwise function, for each array the partial derivative `(xp, y, *arrays, **params) -> array`, a
        number where it is constant, None where there is none. Both modes and batching follow from them, and
        zeros that a mask has made absorb slopes that are not finite.
    vjp
        Else a reverse rule `(xp, ct, y, *arrays, **params)`, that returns a tuple of cotangents, one for each array,
        None for none.
    jvp
        Or a forward rule `(xp, tangents, y, *arrays, **params) -> tangent`; `tangents` holds None for an array that
        is not differentiated. Of `vjp` and `jvp` one suffices, for the other is its transpose.
    batch
        What `vmap` does: "elementwise" (the arrays broadcast), "leading" (axes before the last ones are a batch
        already), "loop" (one example after the other), or a batch rule, see `gradx.batching`. None: an error.
    differentiable
        False for a result that has no derivative: an integer, an index.
    host
        The implementation takes NumPy arrays whatever the library: arrays travel to the host, and the result back.

    Returns
    -------
    callable
        `(*arrays, **params) -> Tensor`: arrays are positional, everything else by keyword.

    Raises
    ------
    MissingRuleError
        By the function: where it has no implementation for a library, no rule and is differentiated, or no batch
        rule under `vmap`.
    MixedLibraryError
        Where an implementation returns arrays of another library than it was given.

    Notes
    -----
    Rules are Python functions made of `xp`, gradx's own namespace, of operators and of other primitives. A parameter
    whose name begins with `_` is not read, and not kept on the tape: `(xp, ct, y, _x)`.

    >>> import gradx as gx
    >>> from scipy import special
    >>> j1 = gx.primitive("j1", special.j1, slopes=[lambda xp, y, x: j0(x) - y / x])
    >>> j0 = gx.primitive("j0", special.j0, slopes=[lambda xp, _y, x: -j1(x)])
    >>> gx.grad(j0)(1.0), gx.jvp(j0, (1.0,), (1.0,))[1], gx.vmap(gx.grad(gx.grad(j0)))(gx.ones(2))
    (Tensor(-0.44005059), Tensor(-0.44005059), Tensor([-0.3251471, -0.3251471]))
    """
    if slopes is not None and (vjp is not None or jvp is not None):
        raise TypeError(f"primitive: {name}: expected slopes, or vjp and jvp; got both")
    if slopes is not None:
        card = elementwise_card(name, *slopes)
        card.pull, card.pull_guarded = (
            _on_tensors(name, card.pull),
            _on_tensors(name, card.pull_guarded),
        )
        card.push = _pushed(name, card.push)
    else:
        ruled = vjp is not None or jvp is not None
        card = Primitive(name) if ruled or not differentiable else _Underivable(name)
        card.differentiable = differentiable
        if ruled:
            _set_rules(card, vjp, jvp)
    card.batch = _batch_rule(name, "elementwise" if batch is None and slopes is not None else batch)
    card.implementation = _implementation(name, implementation, host)

    def call(*arrays: Any, **params: Any) -> Any:
        return apply(card, arrays, params)

    function: Callable[..., Any] = named(call, card, f"The primitive {name}, made by gx.primitive.")
    return function


# ---------------------------------------------------------------- rules


def _set_rules(card: Primitive, vjp: Rule | None, jvp: Rule | None) -> None:
    """Give a card its rules, each derived from the other if it is missing."""
    name = card.name
    card.joint = True
    card.reads = (_reads(vjp) if vjp is not None else _EVERYTHING,)
    card.rules = (vjp or jvp,)
    pull = _joint(name, vjp) if vjp is not None else _from_jvp(_Foreign(name, "the tangents"), jvp)
    push = jvp if jvp is not None else _from_vjp(_Foreign(name, "the cotangent"), _joint(name, vjp))
    card.pull = card.pull_guarded = _on_tensors(name, _walked(pull))
    card.push = _pushed(name, push)


class _Everything:
    """In place of `Reads`: a rule that reads output and inputs."""

    output = True

    def input(self, index: int) -> bool:
        return True


_EVERYTHING: Any = _Everything()


def _reads(rule: Rule) -> Any:
    return Reads(rule, 2) if hasattr(rule, "__code__") else _EVERYTHING


def _joint(name: str, vjp: Any) -> Callable[..., list[Any]]:
    """Return the user's reverse rule as `(ct, node) -> cotangents`, on Tensors."""

    def pull(ct: Any, y: Any, inputs: Sequence[Any], params: Any, parents: Any) -> list[Any]:
        results = vjp(ops, ct, y, *inputs, **params)
        if not isinstance(results, (tuple, list)):
            results = (results,)
        if len(results) != len(inputs):
            raise GraphError(
                f"{name}: expected its vjp to return {len(inputs)} cotangents, one for each array; got {len(results)}"
            )
        return [None if g is None else lift(g) for g in results]

    return pull


def _from_jvp(owner: _Foreign, jvp: Any) -> Callable[..., list[Any]]:
    """Return a reverse rule: the transpose of the forward rule."""

    def pull(ct: Any, y: Any, inputs: Sequence[Any], params: Any, parents: Any) -> list[Any]:
        active = [i for i, parent in enumerate(parents) if parent is not None]

        def rule(leaves: Any, tangents: Any) -> Any:
            given = [t if i in active else None for i, t in enumerate(tangents)]
            dy = jvp(ops, given, y, *leaves, **params)
            return [], list(dy) if isinstance(dy, (tuple, list)) else [dy]

        try:
            return Transposed(owner, rule, inputs, active).pull(
                ct if isinstance(ct, list) else [ct]
            )
        except RecursionError:
            raise _circular(owner, "vjp") from None

    return pull


def _from_vjp(owner: _Foreign, pull: Callable[..., list[Any]]) -> Rule:
    """Return a forward rule: the transpose of the reverse rule."""

    def push(xp: Any, tangents: Any, y: Any, *inputs: Any, **params: Any) -> Any:
        several = isinstance(y, tuple)

        def pullback(cts: Any) -> list[Any]:
            return pull(cts if several else cts[0], y, inputs, params, tangents)

        try:
            return packed(transposed(owner, pullback, y if several else [y], tangents))
        except RecursionError:
            raise _circular(owner, "jvp") from None

    return push


def _circular(owner: _Foreign, missing: str) -> MissingRuleError:
    return MissingRuleError(
        f"{owner.name}: expected a rule that can be transposed; got one that applies the function itself to "
        f"{owner.rule}. Give gx.primitive both rules: also {missing}="
    )


def _walked(pull: Any) -> Rule:
    """Return one of the rules above as the walk calls it."""
    return lambda xp, ct, node, parents: pull(ct, node.y, node.inputs, node.params, parents)


def _on_tensors(name: str, pull: Rule) -> Rule:
    """Return the reverse rule of a card as one that runs on Tensors, always."""

    def on(xp: Any, ct: Any, node: Node, parents: Any) -> Any:
        cts = filled(ct, node)
        ct = cts if ct.__class__ is list else cts[0]
        if xp is ops:
            return pull(ops, ct, node, parents)
        with no_grad():
            results = pull(ops, ct, on_tensors(node, None), parents)
        return [None if g is None else _bare(name, g) for g in results]

    return on


def _pushed(name: str, push: Any) -> Rule:
    """Return a forward rule for the levels, of one that runs on Tensors."""

    def on(xp: Any, tangents: Any, y: Any, *inputs: Any, **params: Any) -> Any:
        if xp is ops:
            return push(ops, tangents, y, *inputs, **params)
        ys = tuple([constant_of(each) for each in y]) if isinstance(y, tuple) else constant_of(y)
        given = [None if t is None else constant_of(t) for t in tangents]
        with no_grad():
            dy = push(ops, given, ys, *as_tensors(inputs), **params)
        if isinstance(dy, (tuple, list)):
            return [None if each is None else _bare(name, each) for each in dy]
        return None if dy is None else _bare(name, dy)

    return on


def _bare(name: str, value: Any) -> Any:
    """Return what a rule gave as a bare array."""
    x = lift(value)
    inside(_Foreign(name, ""), "the result of a rule", [x] if x.level.number else [], None)
    return x.data if x.aux is not None else lowered(x)


class _Underivable(Primitive):
    """The card of a function whose user gave it no rules: an error where it is differentiated, at once."""

    __slots__ = ()

    def evaluate(self, *_: Any) -> Any:
        raise MissingRuleError(
            f"{self.name}: has no derivative. Give gx.primitive slopes, vjp or jvp; or differentiable=False"
        )

    dual = evaluate


# ---------------------------------------------------------------- batches


def _loop(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    """Apply a card to one example after the other."""
    if not n:
        raise BatchError(
            f"{card.name}: expected an example at least, under vmap with batch='loop'; got none"
        )
    ys = [
        bind(card, [x[i] if flag else x for x, flag in zip(args, batched)], params)
        for i in range(n)
    ]
    if isinstance(ys[0], (tuple, list)):
        return tuple([xp.stack([settle(part, (part,)) for part in parts]) for parts in zip(*ys)])
    return xp.stack([settle(y, args) for y in ys])


_BATCH: dict[str, BatchRule] = {"elementwise": aligned, "leading": spread, "loop": _loop}


def _batch_rule(name: str, batch: str | BatchRule | None) -> BatchRule:
    if batch is None:
        cure = "Give gx.primitive batch='elementwise', 'leading', 'loop', or a rule"

        def refuse(*_: Any) -> Any:
            raise MissingRuleError(f"{name}: has no batch rule, under vmap. {cure}")

        return refuse
    if isinstance(batch, str):
        if batch not in _BATCH:
            raise ValueError(
                f"primitive: {name}: expected batch of {', '.join(map(repr, _BATCH))}, or a rule; got {batch!r}"
            )
        return _BATCH[batch]
    return batch


# ---------------------------------------------------------------- implementations


def _implementation(name: str, given: Implementation, host: bool) -> Rule:
    """Return what is applied to bare arrays of any library: the one for it, made sure of its result."""

    def run(*args: Any, **params: Any) -> Any:
        first = next(x for x in args if x.__class__ not in SCALARS)
        backend = backend_of(first.__class__)
        function = given.get(backend.name) if isinstance(given, Mapping) else given
        if host and isinstance(given, Mapping):
            function = given.get("numpy")
        if function is None:
            known = ", ".join(map(repr, given)) if isinstance(given, Mapping) else ""
            raise MissingRuleError(
                f"{name}: not implemented for arrays of {backend.name}, only for {known}. "
                "Add it to the dictionary, or run it on the host with host=True"
            )
        if not host:
            return _each(partial(_checked, name, backend), function(*args, **params))
        arrays = [x if x.__class__ in SCALARS else backend.to_numpy(x) for x in args]
        device = backend.device_name(first)
        return _each(partial(backend.asarray, device=device), function(*arrays, **params))

    return run


def _each(f: Callable[[Any], Any], y: Any) -> Any:
    return tuple([f(part) for part in y]) if isinstance(y, (tuple, list)) else f(y)


def _checked(name: str, backend: Any, y: Any) -> Any:
    if type(y) not in SCALARS and backend_of(type(y)) is not backend:
        raise MixedLibraryError(
            f"{name}: expected its implementation to return arrays of {backend.name}, as it was given; got one of "
            f"{backend_of(type(y)).name}. Give a function for each library, or host=True"
        )
    return y


__all__ = ["primitive"]
