"""`scipy.special`: its elementwise functions reach `gradx.special`, the rest is array-API code."""

from __future__ import annotations

from typing import Any

from scipy import special

from tests.consumers.table import Rows, like, numbers, positive, unit

_special = Rows("scipy.special")
_REAL = "cbrt cosdg cosm1 cotdg erf erfc erfcx exp10 exp2 expit exprel log_ndtr ndtr sindg tandg i0 i0e i1 i1e j0 j1"
_POSITIVE = "entr expi exp1 gamma gammaln k0 k0e k1 k1e psi rgamma spence y0 y1 loggamma"
_UNIT = "ellipk ellipkm1 erfinv logit ndtri"

for _name in _REAL.split():
    _special.add(_name, getattr(special, _name), numbers(5, seed=1))
for _name in _POSITIVE.split():
    _special.add(_name, getattr(special, _name), positive(5, seed=2))
for _name in _UNIT.split():
    _special.add(_name, getattr(special, _name), unit(5, seed=3))

_A, _B, _U = positive(5, seed=4), positive(5, seed=5), unit(5, seed=6)
for _name in [
    "betaln",
    "kl_div",
    "poch",
    "rel_entr",
    "xlog1py",
    "xlogy",
    "boxcox",
    "boxcox1p",
    "huber",
    "pseudo_huber",
]:
    _special.add(_name, getattr(special, _name), _A, _B)
for _name in ["inv_boxcox", "inv_boxcox1p", "binom"]:
    _special.add(_name, getattr(special, _name), _A, _B + 3.0 if _name == "binom" else _B)


def _in_last(name: str, *shapes: float) -> Any:
    """Fix the shape parameters: the derivative is in the variable."""
    f = getattr(special, name)
    return lambda x: f(*(like(x, s) for s in shapes), x)


for _name, _shapes in (("gammainc", [1.7]), ("gammaincc", [1.7]), ("chdtr", [3.0]), ("chdtrc", [3.0]),
                       ("fdtr", [3.0, 4.0]), ("fdtrc", [3.0, 4.0]), ("stdtr", [3.5]), ("gdtr", [1.2, 0.7]),
                       ("gdtrc", [1.2, 0.7]), ("hyp1f1", [0.7, 1.9])):  # fmt: skip
    _special.add(_name, _in_last(_name, *_shapes), positive(4, seed=7))
for _name, _shapes in (("betainc", [1.7, 0.8]), ("betaincc", [1.7, 0.8]), ("betaincinv", [1.7, 0.8]),
                       ("gammaincinv", [1.7]), ("gammainccinv", [1.7]), ("chdtri", [3.0]), ("fdtri", [3.0, 4.0]),
                       ("stdtrit", [3.5]), ("hyp2f1", [0.7, 1.2, 1.9])):  # fmt: skip
    _special.add(_name, _in_last(_name, *_shapes), unit(4, seed=8))

_special.add("logsumexp", special.logsumexp, numbers(3, 4))
_special.add(
    "logsumexp(b=)", lambda x, b: special.logsumexp(x, b=b, axis=0), numbers(3, 4), positive(3, 4)
)
_special.add(
    "logsumexp(return_sign=)",
    lambda x: special.logsumexp(x, axis=1, return_sign=True),
    numbers(3, 4),
)
_special.add("softmax", lambda x: special.softmax(x, axis=1), numbers(3, 4))
_special.add("log_softmax", lambda x: special.log_softmax(x, axis=1), numbers(3, 4))


ROWS = _special.found

__all__ = ["ROWS"]
