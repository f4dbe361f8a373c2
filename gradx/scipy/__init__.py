"""SciPy's modules by their names, as `autograd.scipy` has them: `special`, `stats`, `signal`.

- `special` and `stats` are `gradx.special` and `gradx.stats`.
"""

from gradx import special, stats
from gradx.scipy import signal

__all__ = ["signal", "special", "stats"]
