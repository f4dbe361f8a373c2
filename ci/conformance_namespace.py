"""The namespace that `ci/conformance` hands to the standard's test suite.

- GRADX_CONFORMANCE_DEVICE names the device: "cpu", "array_api_strict:CPU_DEVICE", "torch:cpu", "cuda".
- With GRADX_CONFORMANCE_TRACKED=1 every floating array that is made is a leaf, so that every result is on the
  tape. What leaves the graph raises by design, and the suite compares numbers: here alone it is let out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

import gradx as gx
from gradx.namespace import namespace_for

DEVICE = os.environ.get("GRADX_CONFORMANCE_DEVICE", "cpu")
TRACKED = os.environ.get("GRADX_CONFORMANCE_TRACKED", "0") == "1"

_MAKERS = frozenset({
    "arange", "asarray", "empty", "empty_like", "eye", "from_dlpack", "full", "full_like", "linspace", "ones",
    "ones_like", "zeros", "zeros_like",
})  # fmt: skip


class Conformance(ModuleType):
    """The namespace of one device, whose floating arrays are perhaps all tracked."""

    def __getattr__(self, name: str) -> Any:
        if name == "__path__":
            raise AttributeError(name)
        value = getattr(namespace_for(DEVICE), name)
        return _tracked(value) if TRACKED and name in _MAKERS else value


def _tracked(make: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(make)
    def maker(*args: Any, **kwargs: Any) -> Any:
        if make.__name__ == "from_dlpack" and isinstance(args[0], gx.Tensor):
            args = (args[0].detach(),)
        x = make(*args, **kwargs)
        if x.dtype.kind in "fc" and not x.requires_grad:
            x.requires_grad = True
        return x

    return maker


def _let_out() -> None:
    """Let tracked Tensors be converted, as no user may."""
    gx.Tensor._check_untracked = lambda self, what: None  # type: ignore[method-assign]
    strict = gx.Tensor.__dlpack__

    @wraps(strict)
    def let(self: Any, **params: Any) -> Any:
        return strict(self.detach(), **params)

    gx.Tensor.__dlpack__ = let  # type: ignore[method-assign]


if TRACKED:
    _let_out()
namespace = Conformance(__name__, __doc__)
namespace.__file__ = __file__
sys.modules[__name__] = namespace
