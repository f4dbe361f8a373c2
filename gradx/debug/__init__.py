"""Finding faults in a recorded computation: where a NaN was born, where the derivative is a convention.

- `why_nan(y)`: the first place where a NaN or an infinity came up, forward or backward.
- `kinks(y)`: where the point of evaluation sits on a set on which a function has no derivative.
- `recording()`: record file and line of each operation, and keep its operands, while it is on.
- Unused, nothing of this is even loaded.
"""

from gradx.debug.kinks import Kink, kinks
from gradx.debug.report import Birth, Operand, Step
from gradx.debug.sources import Place, recording
from gradx.debug.why_nan import why_nan

__all__ = ["Birth", "Kink", "Operand", "Place", "Step", "kinks", "recording", "why_nan"]
