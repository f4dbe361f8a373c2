"""Looking into a recorded computation: its faults, its shape, and what it costs.

- `why_nan(y)`: the first place where a NaN or an infinity came up, forward or backward.
- `kinks(y)`: where the point of evaluation sits on a set on which a function has no derivative.
- `draw(y)`, `expression(y)`: the graph as a picture, and as a formula; also `gx.draw`, `gx.expression`.
- `saved(y)`: what the graph holds in memory, and which line costs how much; also `gx.saved`.
- `recording()`: record file and line of each operation, and keep its operands, while it is on.
- Unused, nothing of this is even loaded.
"""

from gradx.debug.drawing import Drawing, draw
from gradx.debug.formulas import expression
from gradx.debug.kinks import Kink, kinks
from gradx.debug.memory import Saved, saved
from gradx.debug.report import Birth, Operand, Step
from gradx.debug.sources import Place, recording
from gradx.debug.why_nan import why_nan

__all__ = ["Birth", "Drawing", "Kink", "Operand", "Place", "Saved", "Step", "draw", "expression", "kinks",
           "recording", "saved", "why_nan"]  # fmt: skip
