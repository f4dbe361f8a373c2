"""SciPy's modules by their names, differentiable: what SciPy itself does on NumPy's arrays alone.

- `special` and `stats` have `gradx.special` and `gradx.stats` in them.
"""

from gradx import special
from gradx.scipy import cluster, integrate, interpolate, optimize, signal, stats

__all__ = ["cluster", "integrate", "interpolate", "optimize", "signal", "special", "stats"]
