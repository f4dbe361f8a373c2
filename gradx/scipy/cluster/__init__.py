"""`scipy.cluster`: `vq`, vector quantisation."""

from gradx.scipy.cluster import vq

__all__ = ["vq"]
