"""The backend for every library that speaks the array API standard and has no package of its own.

- `backend_for(name)` returns a `gradx.backend.Backend` for the library of that (top-level) name.
- What the standard lacks is computed in standard code; a library's own function is used where it is known.
- A device's name is "library:device": "torch:cpu", "array_api_strict:device1", "jax:cpu", "dask:cpu".
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from gradx_generic.library import Library

__all__ = ["Library", "backend_for"]

# Where the hooks of a library stand; all others do with `Library` itself.
_HOOKED = {"array_api_strict": "strict", "dask": "dask", "jax": "jax", "torch": "torch"}


def backend_for(name: str) -> Library:
    """Return the backend for a library; `ImportError` if it is not installed or no array library.

    >>> backend_for("array_api_strict").devices()[0]
    'array_api_strict:CPU_DEVICE'
    """
    if name in _HOOKED:
        module: Any = import_module(f"gradx_generic.libraries.{_HOOKED[name]}")
        backend: Library = module.backend()
        return backend
    native = import_module(name)
    if not hasattr(native, "__array_namespace_info__"):
        raise ImportError(f"{name} does not speak the array API standard")
    return Library(name, native)
