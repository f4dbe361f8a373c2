"""`scipy.integrate`: samples, functions and differential equations.

- Samples: `trapezoid`, `simpson`, their cumulative forms, `romb`.
- Functions: `quad`, `quad_vec`, `dblquad`, `fixed_quad`. Differential equations: `odeint`, `solve_ivp`.
"""

from gradx.scipy.integrate.initial_value import OdeSolution, odeint, solve_ivp
from gradx.scipy.integrate.quadrature import dblquad, fixed_quad, quad, quad_vec
from gradx.scipy.integrate.samples import (
    cumulative_simpson,
    cumulative_trapezoid,
    romb,
    simpson,
    trapezoid,
)

__all__ = [
    "OdeSolution",
    "cumulative_simpson",
    "cumulative_trapezoid",
    "dblquad",
    "fixed_quad",
    "odeint",
    "quad",
    "quad_vec",
    "romb",
    "simpson",
    "solve_ivp",
    "trapezoid",
]
