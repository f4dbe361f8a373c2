"""Special functions under SciPy's names and with its order of arguments: `xp.special` is where SciPy looks.

- The values are SciPy's, on CuPy those of `cupyx.scipy.special`; other libraries' arrays are computed by SciPy as
  long as they lie in the host's memory. What a library lacks on its device is an error, never a silent copy.
- Differentiable in every argument whose derivative is known, to any order unless the function says otherwise;
  asking for another one raises `gradx.errors.MissingRuleError`.

>>> import gradx as gx
>>> a = gx.asarray(2.0, requires_grad=True)
>>> gx.special.gammainc(a, 1.5).backward()
>>> a.grad
Tensor(-0.31348864)
"""

from gradx.ops.special import *  # noqa: F403  (it exports)
from gradx.ops.special import __all__ as __all__
