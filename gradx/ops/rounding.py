"""Rounding to whole numbers.

- Piecewise constant: derivative 0 by structure, on the graph still.
"""

from __future__ import annotations

from gradx.elementwise import elementwise

ceil = elementwise("ceil", 0, masks=True, doc="Smallest whole number not below `x`; derivative 0.")
floor = elementwise("floor", 0, masks=True, doc="Largest whole number not above `x`; derivative 0.")
round = elementwise("round", 0, masks=True, doc="Nearest whole number, ties to even; derivative 0.")
trunc = elementwise("trunc", 0, masks=True, doc="Nearest whole number towards 0; derivative 0.")

__all__ = ["ceil", "floor", "round", "trunc"]
