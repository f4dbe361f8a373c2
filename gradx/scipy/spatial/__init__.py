"""`scipy.spatial`: `distance`."""

from gradx.scipy.spatial import distance

__all__ = ["distance"]
