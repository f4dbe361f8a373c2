"""Nodes and weights: of Gauss, and the pairs of Gauss and Kronrod.

- Gauss's are found by Newton's iteration on Legendre's polynomials; Kronrod's are those of QUADPACK
  (R. Piessens et al., "QUADPACK: a subroutine package for automatic integration", 1983).
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple


class Rule(NamedTuple):
    """Nodes on [-1, 1] with two sets of weights: the finer rule's, and those of the coarser one, 0 elsewhere."""

    nodes: tuple[float, ...]
    weights: tuple[float, ...]
    coarse: tuple[float, ...]


@functools.cache
def gauss(n: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the n nodes on [-1, 1], ascending, and the weights of Gauss's rule."""
    nodes, weights = [], []
    for i in range(n):
        x = -math.cos(math.pi * (i + 0.75) / (n + 0.5))
        for _ in range(100):
            p, slope = _legendre(n, x)
            step = p / slope
            x -= step
            if abs(step) < 1e-16:
                break
        slope = _legendre(n, x)[1]
        nodes.append(x)
        weights.append(2.0 / ((1.0 - x * x) * slope * slope))
    return tuple(nodes), tuple(weights)


def _legendre(n: int, x: float) -> tuple[float, float]:
    """Return Legendre's polynomial of degree n and its slope."""
    before, p = 1.0, x
    for k in range(2, n + 1):
        before, p = p, ((2 * k - 1) * x * p - (k - 1) * before) / k
    if n == 0:
        return 1.0, 0.0
    return p, n * (x * p - before) / (x * x - 1.0)


def _symmetric(nodes: list[float], weights: list[float], n: int) -> Rule:
    """Return the pair of n and 2n + 1 nodes from the half with positive nodes, largest first, and the centre."""
    at, of_gauss = gauss(n)
    coarse = dict(zip([round(x, 10) for x in at], of_gauss, strict=True))
    xs = [*(-x for x in nodes), *reversed(nodes[:-1])]
    ws = [*weights, *reversed(weights[:-1])]
    return Rule(tuple(xs), tuple(ws), tuple(coarse.get(round(x, 10) + 0.0, 0.0) for x in xs))


@functools.cache
def kronrod(points: int) -> Rule:
    """Return the pair with 15 or 21 points."""
    return _symmetric(*_KRONROD[points], n=(points - 1) // 2)


_KRONROD = {
    15: (
        [0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
         0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
         0.586087235467691130294144691258390, 0.405845151377397166906606412076961,
         0.207784955007898467600689403773245, 0.0],
        [0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
         0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
         0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
         0.204432940075298892414161999234649, 0.209482141084727828012999174891714],
    ),
    21: (
        [0.995657163025808080735527280689003, 0.973906528517171720077964012084452,
         0.930157491355708226001207180059508, 0.865063366688984510732096688423493,
         0.780817726586416897063717578345042, 0.679409568299024406234327365114874,
         0.562757134668604683339000099272694, 0.433395394129247190799265943165784,
         0.294392862701460198131126603103866, 0.148874338981631210884826001129720, 0.0],
        [0.011694638867371874278064396062192, 0.032558162307964727478818972459390,
         0.054755896574351996031381300244580, 0.075039674810919952767043140916190,
         0.093125454583697605535065465083366, 0.109387158802297641899210590325805,
         0.123491976262065851077958109585166, 0.134709217311473325928054001771707,
         0.142775938577060080797094273138717, 0.147739104901338491374841515972068,
         0.149445554002916905664936468389821],
    ),
}  # fmt: skip

__all__ = ["Rule", "gauss", "kronrod"]
