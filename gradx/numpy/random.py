"""`numpy.random`, NumPy's own: `import gradx.numpy.random as npr`. What it draws are plain arrays, hence constants.

- `gradx.random` has generators that give the same numbers on each device.
"""

from __future__ import annotations

from typing import Any

from gradx.numpy.names import native


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(f"module 'gradx.numpy.random' has no attribute {name!r}")
    return native(f"random.{name}")
