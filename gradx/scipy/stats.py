"""`scipy.stats`, by `gradx.stats`."""

from gradx.stats import *  # noqa: F403  (it exports)
from gradx.stats import __all__ as __all__
