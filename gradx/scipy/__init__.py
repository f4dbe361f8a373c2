"""SciPy's modules by their names, as `autograd.scipy` has them: `special`, `stats`, `signal`.

- `special` and `stats` are `gradx.special` and `gradx.stats`.
"""

import sys as _sys

from gradx import special, stats
from gradx.scipy import signal

for _family in stats.__all__:  # `import gradx.scipy.stats.norm`: autograd's families are modules
    _sys.modules.setdefault(f"gradx.scipy.stats.{_family}", getattr(stats, _family))

__all__ = ["signal", "special", "stats"]
