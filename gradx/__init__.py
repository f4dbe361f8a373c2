"""gradx: automatic differentiation for any array library.

The names of the array API standard 2025.12 on Tensors that know how they were made, and the derivatives:
`backward`, `gradients`, `grad`, `vjp`, `jvp`, `jacobian`, `hessian`, `hvp`, ... and `vmap`, which batches any of them.

- The public names, nothing else; an array-API namespace by itself.
- Importing it loads no array library; `debug`, `nn`, `numpy`, `optim`, `random`, `special`, `stats` and `testing` wait
  for their first use.
"""

import os as _os
from importlib import import_module as _import_module
from math import e, inf, nan, pi
from typing import Any

from gradx import errors, ops
from gradx import indirect as _indirect  # the classes of Tensors whose array must be asked for
from gradx.backend import default_device
from gradx.capture import check_captures
from gradx.create import asarray, from_dlpack
from gradx.dtypes import (
    DType,
    bfloat16,
    complex64,
    complex128,
    dtype_of,
    float16,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
)
from gradx.dtypes import bool_ as bool
from gradx.errors import GradxError
from gradx.info import __array_namespace_info__
from gradx.io import load, save
from gradx.level import enable_grad, no_grad
from gradx.ops import *
from gradx.promotion import can_cast, finfo, iinfo, isdtype, result_type
from gradx.tensor import Tensor
from gradx.transforms import checkpoint_policies
from gradx.transforms.backward import gradients
from gradx.transforms.batch import vmap
from gradx.transforms.checkpoint import checkpoint
from gradx.transforms.custom import custom_jvp, custom_vjp
from gradx.transforms.derivatives import grad, jvp, value_and_grad, vjp
from gradx.transforms.foreign import primitive
from gradx.transforms.jacobians import hessian, jacfwd, jacobian, jacrev, value_and_jacobian
from gradx.transforms.linear import ggnvp, hvp, linear_transpose, linearize
from gradx.transforms.loops import fori_loop, scan, while_loop
from gradx.transforms.select import cond, switch
from gradx.watching import watch

__array_api_version__ = "2025.12"
__version__ = "0.1.0"
newaxis = None

_LAZY = frozenset(
    {"autograd", "debug", "nn", "numpy", "optim", "random", "scipy", "special", "stats", "testing"}
)  # loaded on first use


_DEBUG = {
    "draw": "drawing",
    "expression": "formulas",
    "saved": "memory",
}  # functions of `debug`, lazy too


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return _import_module(f"gradx.{name}")
    if name in _DEBUG:
        return getattr(_import_module(f"gradx.debug.{_DEBUG[name]}"), name)
    raise AttributeError(f"module 'gradx' has no attribute {name!r}")


__all__ = [
    "DType",
    "GradxError",
    "Tensor",
    "__array_api_version__",
    "__array_namespace_info__",
    "__version__",
    "asarray",
    "bfloat16",
    "bool",
    "can_cast",
    "check_captures",
    "checkpoint",
    "checkpoint_policies",
    "complex64",
    "complex128",
    "cond",
    "custom_jvp",
    "custom_vjp",
    "default_device",
    "dtype_of",
    "e",
    "enable_grad",
    "errors",
    "finfo",
    "float16",
    "float32",
    "float64",
    "fori_loop",
    "from_dlpack",
    "ggnvp",
    "grad",
    "gradients",
    "hessian",
    "hvp",
    "iinfo",
    "inf",
    "int8",
    "int16",
    "int32",
    "int64",
    "isdtype",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "linear_transpose",
    "linearize",
    "load",
    "nan",
    "newaxis",
    "no_grad",
    "ops",
    "pi",
    "primitive",
    "result_type",
    "save",
    "scan",
    "special",  # noqa: F405  (loaded on first use)
    "switch",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "value_and_grad",
    "value_and_jacobian",
    "vjp",
    "vmap",
    "watch",
    "while_loop",
]
__all__ += [*ops.__all__, *_DEBUG]

if _os.environ.get("GRADX_DEBUG", "0") not in ("", "0"):  # record sources from the start
    _import_module("gradx.debug.sources").start()
