"""`autograd.builtins`: Python's own. A list or dictionary of Tensors is differentiated as any pytree is.

- `isinstance` takes a Tensor for one of NumPy's arrays, too.
"""

import builtins
from builtins import dict, list, tuple, type  # noqa: UP029  (handed on)
from typing import Any

from gradx.level import Cell
from gradx.numpy.names import native


def isinstance(x: Any, kinds: Any) -> bool:
    """Return whether `x` is of one of `kinds`; a Tensor is a `numpy.ndarray`, as far as this is asked.

    >>> import numpy, gradx as gx
    >>> isinstance(gx.ones(2), numpy.ndarray), isinstance(gx.ones(2), float)
    (True, False)
    """
    if builtins.isinstance(x, kinds):
        return True
    array, several = native("ndarray"), builtins.isinstance(kinds, tuple)
    return builtins.isinstance(x, Cell) and (array in kinds if several else kinds is array)


__all__ = ["dict", "isinstance", "list", "tuple", "type"]
