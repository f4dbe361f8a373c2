"""NumPy's names, spelled as NumPy spells them, on Tensors: `import gradx.numpy as np` in place of `autograd.numpy`.

- Each function takes NumPy's arguments and defaults and is one of gradx's, or a formula in terms of them. What
  gradx cannot honour (`out=`, say) is an error; a function without a rule is not here: it raises with its name.
- Results are Tensors, also of plain numbers and arrays. dtypes, settings and `random` are NumPy's own.
- The same table serves NumPy's own functions when they meet a Tensor: `numpy.sin(t)` is `gradx.numpy.sin(t)`.

>>> import gradx as gx
>>> import gradx.numpy as np
>>> gx.grad(lambda x: np.sum(np.hstack([x, np.sin(x)]), axis=0))(np.array([0.0, 1.0]))
Tensor([2.        , 1.54030231])
"""

from math import e, inf, nan, pi
from typing import Any

from gradx.numpy import (
    creation,
    fft,
    histograms,
    linalg,
    numeric,
    polynomials,
    products,
    queries,
    reductions,
    selection,
    shaping,
    statistics,
    universal,
    writing,
)
from gradx.numpy.creation import *
from gradx.numpy.histograms import *
from gradx.numpy.names import PASSED_ON, missing_name, native
from gradx.numpy.numeric import *
from gradx.numpy.polynomials import *
from gradx.numpy.products import *
from gradx.numpy.queries import *
from gradx.numpy.reductions import *
from gradx.numpy.selection import *
from gradx.numpy.shaping import *
from gradx.numpy.statistics import *
from gradx.numpy.writing import *

newaxis = None
euler_gamma = 0.5772156649015329

globals().update(universal.functions)

__all__ = sorted(
    {"e", "euler_gamma", "fft", "inf", "linalg", "nan", "newaxis", "pi"}.union(
        universal.functions,
        *(family.__all__ for family in (creation, histograms, numeric, polynomials, products, queries, reductions,
                                        selection, shaping, statistics, writing)),
    )
)  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in PASSED_ON:
        return native(name)
    raise missing_name(name)
