"""`scipy.special`, by `gradx.special`."""

from gradx.ops.special import *  # noqa: F403  (it exports)
from gradx.ops.special import __all__ as __all__
