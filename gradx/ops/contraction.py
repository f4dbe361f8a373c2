"""Einstein summation.

- The public function brings its subscripts to one plain form: no ellipsis, an explicit result, no index
  of size 1 that broadcasts. Backends and rules see that form alone.
- The gradient to one array is a contraction of the cotangent with the others. Indices that occur nowhere else
  are broadcast; an index repeated within the array puts the cotangent on the diagonal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from string import ascii_letters
from typing import Any

from gradx.errors import ShapeError
from gradx.level import share
from gradx.multilinear import guard
from gradx.ops.adjoint import conj
from gradx.ops.manipulation import reshape
from gradx.primitive import Primitive
from gradx.shapes import Shape
from gradx.tape import apply_two, bind, lift


def _batched_einsum(xp: Any, card: Any, args: Any, batched: Any, n: int, params: Any) -> Any:
    """Give the examples an index of their own."""
    terms, result = split(params["subscripts"])
    own = next(letter for letter in ascii_letters if letter not in params["subscripts"])
    terms = [own + term if flag else term for term, flag in zip(terms, batched)]
    return bind(card, args, {"subscripts": f"{','.join(terms)}->{own}{result}"})


class _Einsum(Primitive):
    """The card of a product of any number of arrays: each input's rule reads all others."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("einsum", batch=_batched_einsum)
        guard(self, _cotangent)
        self.pull = self._pull
        self.rules, self.joint = (self._pull,), True

    def kept(self, tracked: tuple[bool, ...]) -> tuple[bool, tuple[bool, ...]]:
        return False, tuple(any(tracked[:i] + tracked[i + 1 :]) for i in range(len(tracked)))

    def _pull(self, xp: Any, ct: Any, node: Any, parents: Any) -> list[Any]:
        return [
            None if parent is None else _cotangent(xp, i, ct, node.inputs, node.params)
            for i, parent in enumerate(parents)
        ]


def _cotangent(xp: Any, i: int, ct: Any, inputs: Any, params: Any) -> Any:
    """Contract the cotangent with all inputs but the `i`-th, of which only the shape is read."""
    terms, result = split(params["subscripts"])
    term, shape = terms[i], tuple(inputs[i].shape)
    others = [(t, x) for j, (t, x) in enumerate(zip(terms, inputs)) if j != i]
    unique = "".join(dict.fromkeys(term))
    known = result + "".join(t for t, _ in others)
    there = "".join(index for index in unique if index in known)
    subscripts = ",".join([result, *(t for t, _ in others)]) + "->" + there
    arrays = [conj(xp, x) for _, x in others]
    g = ct if subscripts == f"{there}->{there}" else xp.einsum(ct, *arrays, subscripts=subscripts)
    if there != unique:  # an index summed over this array alone
        sizes = dict(zip(term, shape))
        g = xp.reshape(g, tuple(sizes[index] if index in there else 1 for index in unique))
        g = xp.broadcast_to(g, tuple(sizes[index] for index in unique))
    return g if unique == term else _on_diagonal(xp, g, term, shape)


_einsum = _Einsum()


def _on_diagonal(xp: Any, g: Any, term: str, shape: tuple[int, ...]) -> Any:
    """Place `g`, one dimension an index of `term`, where repeated indices agree; 0 elsewhere."""
    first: dict[str, int] = {}
    agree = None
    for axis, index in enumerate(term):
        if index not in first:
            first[index] = axis
            continue
        along = [_position(xp, g, shape, a) for a in (first[index], axis)]
        same = along[0] == along[1]
        agree = same if agree is None else agree & same
    wide = tuple(
        n if first[index] == axis else 1 for axis, (index, n) in enumerate(zip(term, shape))
    )
    g = xp.reshape(g, wide)
    return xp.where(agree, g, xp.zeros_like(g))


def _position(xp: Any, g: Any, shape: tuple[int, ...], axis: int) -> Any:
    at = tuple(n if a == axis else 1 for a, n in enumerate(shape))
    return xp.reshape(xp.arange(shape[axis], device=g.device), at)


@lru_cache(maxsize=4096)
def split(subscripts: str) -> tuple[list[str], str]:
    """Return the terms and the result of subscripts in plain form.

    >>> split("ij,jk->ik")
    (['ij', 'jk'], 'ik')
    """
    left, _, result = subscripts.partition("->")
    return left.split(","), result


def plain(subscripts: str, ranks: Sequence[int]) -> tuple[list[str], str]:
    """Return terms and result with every ellipsis spelt out and the result explicit.

    >>> plain("...ij,...jk", (3, 2))
    (['aij', 'jk'], 'aik')
    """
    left, arrow, result = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(ranks):
        raise ShapeError(
            f"einsum: expected as many arrays as terms in {subscripts!r}; got {len(ranks)} for {len(terms)}"
        )
    spare = [letter for letter in ascii_letters if letter not in subscripts]
    extra = [rank - len(t.replace("...", "")) for t, rank in zip(terms, ranks)]
    for term, rank, n in zip(terms, ranks, extra):
        if n < 0 or (n and "..." not in term):
            raise ShapeError(
                f"einsum: expected {len(term)} dimensions for {term!r}; got an array of {rank}"
            )
    longest = max((n for term, n in zip(terms, extra) if "..." in term), default=0)
    dots = "".join(spare[:longest])
    spelt = [term.replace("...", dots[longest - n :]) for term, n in zip(terms, extra)]
    if arrow:
        result = result.replace("...", dots)
    else:
        count = Counter("".join(t.replace("...", "") for t in terms))
        result = dots + "".join(sorted(index for index, n in count.items() if n == 1))
    if (bad := [c for c in "".join(spelt) + result if not c.isalpha()]) or len(set(result)) < len(
        result
    ):
        raise ShapeError(
            f"einsum: expected letters, each once in the result; got {subscripts!r} {bad or ''}"
        )
    if unknown := set(result) - set("".join(spelt)):
        raise ShapeError(
            f"einsum: expected indices of the arrays in the result; got {sorted(unknown)}"
        )
    return spelt, result


@lru_cache(maxsize=4096)
def _planned(subscripts: str, shapes: tuple[Shape, ...]) -> tuple[str, tuple[Shape | None, ...]]:
    """Return the plain form, and for each array the shape without dimensions that broadcast (None: as it is)."""
    terms, result = plain(subscripts, [len(shape) for shape in shapes])
    sizes: dict[str, int] = {}
    for shape, term in zip(shapes, terms):
        for index, n in zip(term, shape):
            known = sizes.setdefault(index, n)
            if known == 1:
                sizes[index] = n
            elif n not in (1, known):
                raise ShapeError(
                    f"einsum: expected one size for index {index!r} of {subscripts!r}; got {known} and {n}"
                )
    narrow: list[Shape | None] = []
    for i, (shape, term) in enumerate(zip(shapes, terms)):
        keep = [axis for axis, index in enumerate(term) if shape[axis] == sizes[index]]
        narrow.append(None if len(keep) == len(term) else tuple(shape[axis] for axis in keep))
        terms[i] = "".join(term[axis] for axis in keep)
    return ",".join(terms) + "->" + result, tuple(narrow)


def einsum(*arrays: Any, subscripts: str | None = None) -> Any:
    """Sum of products in Einstein's notation: `einsum("ij,jk->ik", a, b)`, "..." for a batch.

    The subscripts come first, or by keyword; without "->" the result holds the indices that occur once.
    An index may be repeated within one array ("ii->i"). Complex arrays are not conjugated.

    Raises
    ------
    ShapeError
        Terms and arrays that do not fit, sizes of one index that differ.

    >>> import gradx as gx
    >>> gx.einsum("...ij,...jk->...ik", gx.ones((5, 2, 3)), gx.ones((3, 4))).shape
    (5, 2, 4)
    """
    if subscripts is None:
        subscripts, arrays = arrays[0], arrays[1:]
    lifted = [lift(x) for x in arrays]
    planned, narrow = _planned(subscripts, tuple(x.shape for x in lifted))
    lifted = [x if shape is None else reshape(x, shape) for x, shape in zip(lifted, narrow)]
    if len(lifted) == 2:
        return apply_two(_einsum, lifted[0], lifted[1], {"subscripts": planned})
    y = _einsum(*lifted, subscripts=planned)
    share((y,), lifted[0])  # of one array: a diagonal or a transpose may be a view
    return y


__all__ = ["einsum"]
