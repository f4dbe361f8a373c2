"""`xp.special` for libraries that have no `scipy.special` of their own: SciPy's, computed on the host.

- The way there and back is explicit: only arrays that lie in the host's memory take it, and the result is
  put on their device. Anywhere else the library's own function is used where it is known to be exact
  (`Library.special_names`), or an error says that there is none: nothing moves between devices in silence.
- Names that `gradx_generic.special` has (`erf`, `gammaln`, ...) are computed by it, in standard code, where real.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradx.errors import MissingRuleError
from gradx_numpy import namespace as numpy_xp

Array = Any

STANDARD = {
    "digamma": "digamma",
    "erf": "erf",
    "erfc": "erfc",
    "erfinv": "erfinv",
    "gammaln": "gammaln",
    "psi": "digamma",
}
"""SciPy's names of what stands at the top of every namespace."""

OUTPUTS = {"airy": 4, "ellipj": 4, "fresnel": 2, "shichi": 2, "sici": 2}
"""The functions with several results, and how many."""


class SciPyNames:
    """The names of `scipy.special` on the bare arrays of one library."""

    def __init__(self, library: Any) -> None:
        self._library = library

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in STANDARD:
            found = getattr(self._library.xp, STANDARD[name])
        else:
            found = self._library.scipy_function(name)
        self.__dict__[name] = found
        return found


def complex_on_host(library: Any, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    """Return `real`, a function of real arrays, with complex ones left to SciPy's function."""

    def call(x: Array, /, **params: Any) -> Any:
        if not library.xp.isdtype(x.dtype, "complex floating"):
            return real(x, **params)
        return on_host(library, name, getattr(numpy_xp, name))(x, **params)

    return call


def on_host(library: Any, name: str, function: Any = None) -> Callable[..., Any]:
    """Return SciPy's function `name` for arrays of `library` that lie in the host's memory."""
    function = function or getattr(numpy_xp.special, name)
    own: Callable[..., Any] | None = library.special_names.get(name)

    def call(*args: Any, **params: Any) -> Any:
        arrays = [x for x in args if hasattr(x, "dtype")]
        if not all(library.in_host_memory(x) for x in arrays):
            if own is not None:
                return own(*_beside(library, args), **params)
            raise _missing(library, name, arrays)
        device = library.device_name(arrays[0])
        y = function(*[library.to_numpy(x) if hasattr(x, "dtype") else x for x in args], **params)
        if isinstance(y, tuple):
            return tuple([library.asarray(part, device=device) for part in y])
        return library.asarray(y, device=device)

    return call


def _beside(library: Any, args: tuple[Any, ...]) -> list[Array]:
    """Return arguments as arrays of the widest of their floats on one device: torch.special takes no numbers."""
    floats = [
        x for x in args if hasattr(x, "dtype") and library.xp.isdtype(x.dtype, "real floating")
    ]
    dtype = library.xp.result_type(*[x.dtype for x in floats])
    return [
        library.xp.astype(x, dtype, copy=False)
        if hasattr(x, "dtype")
        else library.xp.full((), x, dtype=dtype, device=floats[0].device)
        for x in args
    ]


def _missing(library: Any, name: str, arrays: list[Array]) -> MissingRuleError:
    devices = " and ".join(sorted({library.device_name(x) for x in arrays}))
    return MissingRuleError(
        f"special.{name}: {library.name} has no such function on {devices}, and SciPy's is for the host. "
        f"Move the arguments there first: x.to_device('cpu')"
    )
