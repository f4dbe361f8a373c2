"""`scipy.optimize`: solutions that can be differentiated, by the implicit function theorem.

- Minima: `minimize`, `minimize_scalar`, `least_squares`, `curve_fit`.
- Roots: `root`, `fsolve`, `root_scalar`, `brentq` and its kin.
"""

from gradx.scipy.optimize.minima import (
    curve_fit,
    least_squares,
    linear_sum_assignment,
    minimize,
    minimize_scalar,
)
from gradx.scipy.optimize.roots import (
    bisect,
    brenth,
    brentq,
    fixed_point,
    fsolve,
    newton,
    ridder,
    root,
    root_scalar,
    toms748,
)

__all__ = [
    "bisect",
    "brenth",
    "brentq",
    "curve_fit",
    "fixed_point",
    "fsolve",
    "least_squares",
    "linear_sum_assignment",
    "minimize",
    "minimize_scalar",
    "newton",
    "ridder",
    "root",
    "root_scalar",
    "toms748",
]
