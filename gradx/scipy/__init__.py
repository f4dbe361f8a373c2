"""SciPy's modules by their names, as `autograd.scipy` has them: `ndimage`, `signal`, `special`, `stats`.

- `special` and `stats` are `gradx.special` and `gradx.stats`.
"""

from gradx import special, stats
from gradx.scipy import ndimage, signal

__all__ = ["ndimage", "signal", "special", "stats"]
