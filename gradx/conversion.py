"""The error for a Tensor that is turned into numbers while it is differentiated: who did it, and the cure.

- The stack is walked only where the error is raised.
- A library is what lies in `site-packages`; the function that the user called is the outermost one of the library's
  frames in a row whose public name leads to it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from inspect import signature
from types import FrameType, FunctionType
from typing import Any

from gradx.errors import ConversionError

_OWN = ("gradx", "gradx_numpy", "gradx_cupy", "gradx_generic")
_INTO = {"float": "a Python float", "int": "a Python int", "complex": "a Python complex number"}


def conversion_error(what: str, shape: tuple[int, ...]) -> ConversionError:
    """Return the error for the conversion `what` ("float", "numpy.asarray", ...) of a tracked Tensor of this shape.

    >>> print(conversion_error("float", ()))
    float: expected a Tensor that is not being differentiated; got one of shape () that is, whose gradient would be
    dropped. Call detach() (or gx.stop_gradient) first, or item() for a number
    """
    caller = _public_caller(sys._getframe(1))
    if caller is None:
        return ConversionError(
            f"{what}: expected a Tensor that is not being differentiated; got one of shape {shape} that is, whose "
            "gradient would be dropped. Call detach() (or gx.stop_gradient) first, or item() for a number"
        )
    name, function = caller
    return ConversionError(
        f"{name}: makes {_INTO.get(what, 'a NumPy array')} of a Tensor of shape {shape} that is being differentiated, "
        f"whose gradient would be dropped. {_cure(name, function, what)}"
    )


def _cure(name: str, function: Any, what: str) -> str:
    """Say what to do instead of calling a function of a library."""
    drop = "call detach() (or gx.stop_gradient) first"
    ours = _own_name(name)
    if ours is not None:
        return f"Use {ours}, which has its derivative; to drop the gradient, {drop}"
    if name.startswith("sklearn.metrics.") and _takes(function, "multioutput"):
        return f'Pass multioutput="raw_values", of which the result stays an array; to drop the gradient, {drop}'
    return f"{drop[0].upper()}{drop[1:]}, or write it with functions of gradx"


def _own_name(name: str) -> str | None:
    """Return the name of gradx's own function for one of SciPy's or NumPy's, if there is one."""
    library, _, rest = name.partition(".")
    module, _, function = rest.rpartition(".")
    if library not in ("scipy", "numpy"):
        return None
    home = ".".join(["gradx", library, *([module] if module else [])])
    try:
        found = import_module(home)
    except ImportError:
        return None
    return f"{home}.{function}" if function in getattr(found, "__all__", ()) else None


def _takes(function: Any, parameter: str) -> bool:
    try:
        return parameter in signature(function).parameters
    except (TypeError, ValueError):
        return False


# ---------------------------------------------------------------- the stack


def _public_caller(frame: FrameType | None) -> tuple[str, Any] | None:
    """Return the name and the function by which the user called the library that converts; None if it is the user.

    Where no frame has a public name (an operator of a private class), that of the module.
    """
    frames = list(_library_frames(frame))
    for here in reversed(frames):
        code = here.f_code
        found = _public(here.f_globals.get("__name__", ""), code.co_qualname)
        for name in (
            () if found else code.co_freevars
        ):  # a decorator's wrapper, of a function that it holds
            wrapped = here.f_locals.get(name)
            if isinstance(wrapped, FunctionType):
                found = found or _public(wrapped.__module__, wrapped.__qualname__)
        if found is not None:
            return found
    return (
        (".".join(_public_parts(frames[-1].f_globals.get("__name__", ""))), None)
        if frames
        else None
    )


def _library_frames(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield the frames of libraries in a row, from the conversion outwards."""
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.partition(".")[0] not in _OWN:
            folders = frame.f_code.co_filename.replace("\\", "/").split("/")
            if "site-packages" not in folders and "dist-packages" not in folders:
                return
            yield frame
        frame = frame.f_back


def _public_parts(module: str) -> list[str]:
    return [part for part in module.split(".") if not part.startswith("_")]


def _public(module: str, qualname: str) -> tuple[str, Any] | None:
    """Return the public name of a function, or of its class, and what is found under that name."""
    path = qualname.split(".")
    if "<locals>" in path or path[0].startswith(("_", "<")):
        return None
    while len(path) > 1 and path[-1].startswith("_"):  # an `__init__`, say: its class
        path.pop()
    public = _public_parts(module)
    for count in range(len(public), 0, -1):
        found: Any = sys.modules.get(".".join(public[:count]))
        for part in path:
            found = getattr(found, part, None)
        if callable(found):
            return ".".join([*public[:count], *path]), found
    return None


__all__ = ["conversion_error"]
