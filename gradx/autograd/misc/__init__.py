"""`autograd.misc`: flat vectors of containers, optimisers of functions, fixed points."""

from gradx.autograd.misc.flatten import flatten

__all__ = ["flatten"]
