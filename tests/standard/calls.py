"""One call for each function of the standard: positional arguments on a device, and values for its keywords.

- `arguments(name, device)` are enough to call it; `OTHER` holds values of keywords that are not their defaults.
"""

from __future__ import annotations

from typing import Any

import gradx as gx
from tests.standard.functions import BINARY, KINDS, UNARY

SAMPLES = {
    "b": [True, False, True],
    "i": [3, 1, 2],
    "f": [0.5, 0.25, 0.75],
    "c": [0.5 + 1j, 0.25, 1j],
}
_MATRIX = [[4.0, 1.0], [1.0, 3.0]]
_WIDE = [[1.0, 2.0, 3.0], [4.0, 6.0, 5.0]]
_TWO_MATRICES = frozenset(
    {"linalg.matmul", "linalg.solve", "linalg.tensordot", "matmul", "tensordot"}
)


def arguments(name: str, device: str) -> list[Any]:
    """Return positional arguments for a function of the namespace (`linalg.` and `fft.` before their names)."""
    if name in UNARY or name in BINARY:
        kind = "f" if "f" in KINDS[name] else KINDS[name][0]
        x = gx.asarray(SAMPLES[kind], device=device)
        if name == "acosh":
            x = x + 1.0
        return [x] if name in UNARY else [x, gx.asarray(SAMPLES[kind][::-1], device=device)]
    if name in _TWO_MATRICES:
        return [gx.asarray(_MATRIX, device=device) for _ in range(2)]
    first = gx.asarray(_MATRIX if name.startswith("linalg.") else _WIDE, device=device)
    if name in _REST:
        return [first, *_REST[name](device)]
    return _WHOLE[name](device) if name in _WHOLE else [first]


def _vectors(device: str) -> list[Any]:
    return [gx.asarray(row, device=device) for row in _WIDE]


def _vector(device: str) -> list[Any]:
    return [gx.asarray(_WIDE[0], device=device)]


def _indices(value: Any, device: str) -> Any:
    return gx.asarray(value, dtype=gx.int64, device=device)


_REST: dict[str, Any] = {
    "astype": lambda device: [gx.float32],
    "broadcast_to": lambda device: [(2, 2, 3)],
    "can_cast": lambda device: [gx.complex128],
    "expand_dims": lambda device: [1],
    "full_like": lambda device: [7.0],
    "linalg.matrix_power": lambda device: [2],
    "moveaxis": lambda device: [0, 1],
    "permute_dims": lambda device: [(1, 0)],
    "repeat": lambda device: [2],
    "reshape": lambda device: [(3, 2)],
    "roll": lambda device: [1],
    "take_along_axis": lambda device: [_indices([[2, 0], [1, 1]], device)],
    "tile": lambda device: [(2, 1)],
}

_WHOLE: dict[str, Any] = {
    "__array_namespace_info__": lambda device: [],
    "arange": lambda device: [1],
    "asarray": lambda device: [[1.0, 2.0]],
    "broadcast_arrays": lambda device: [gx.ones((3, 1), device=device), gx.ones(2, device=device)],
    "broadcast_shapes": lambda device: [(3, 1), (2,)],
    "concat": lambda device: [_vectors(device)],
    "cross": _vectors,
    "empty": lambda device: [(2, 3)],
    "eye": lambda device: [2],
    "fft.fftfreq": lambda device: [4],
    "fft.rfftfreq": lambda device: [4],
    "full": lambda device: [(2, 3), 7.0],
    "iinfo": lambda device: [gx.int8],
    "isdtype": lambda device: [gx.float32, "real floating"],
    "isin": lambda device: [_indices([1, 2, 3], device), _indices([2, 5], device)],
    "linalg.cross": _vectors,
    "linalg.outer": _vectors,
    "linalg.vecdot": _vectors,
    "linspace": lambda device: [0.0, 1.0, 3],
    "meshgrid": _vectors,
    "ones": lambda device: [(2, 3)],
    "result_type": lambda device: [gx.float32, 1.0],
    "searchsorted": lambda device: [_vectors(device)[0], gx.asarray([0.5, 2.5], device=device)],
    "squeeze": lambda device: [gx.ones((1, 3), device=device), 0],
    "stack": lambda device: [_vectors(device)],
    "cumulative_prod": _vector,
    "cumulative_sum": _vector,
    "take": lambda device: [gx.asarray([1.0, 2.0, 3.0], device=device), _indices([2, 0], device)],
    "vecdot": _vectors,
    "where": lambda device: [gx.asarray([True, False, True], device=device), *_vectors(device)],
    "zeros": lambda device: [(2, 3)],
}

# Keywords to vary: the value, and the shape of the result (of the first, where there are several) if that tells.
OTHER: dict[str, list[tuple[dict[str, Any], tuple[int, ...] | None]]] = {
    "arange": [({"stop": 7, "step": 2}, (3,))],
    "concat": [({"axis": None}, (6,))],
    "cumulative_sum": [({"axis": 0, "include_initial": True}, (4,))],
    "cumulative_prod": [({"dtype": gx.float32, "include_initial": True}, (4,))],
    "diff": [({"n": 2}, (2, 1)), ({"axis": 0}, (1, 3))],
    "eye": [({"k": 1}, (2, 2))],
    "fft.fft": [({"n": 5, "axis": 0, "norm": "ortho"}, (5, 3))],
    "fft.ifft": [({"n": 2, "norm": "forward"}, (2, 2))],
    "fft.rfft": [({"n": 6}, (2, 4))],
    "fft.irfft": [({"n": 6}, (2, 6))],
    "fft.fftn": [({"s": (4,), "axes": (1,)}, (2, 4))],
    "fft.fftshift": [({"axes": 0}, (2, 3)), ({"axes": (0, 1)}, (2, 3))],
    "flip": [({"axis": 0}, (2, 3)), ({"axis": (0, -1)}, (2, 3))],
    "linalg.diagonal": [({"offset": 1}, (1,))],
    "linalg.matrix_norm": [({"keepdims": True, "ord": 1}, (1, 1)), ({"ord": "nuc"}, ())],
    "linalg.qr": [({"mode": "complete"}, (2, 2))],
    "linalg.svd": [({"full_matrices": False}, (2, 2))],
    "linalg.trace": [({"offset": 1, "dtype": gx.float32}, ())],
    "linalg.vector_norm": [({"axis": 1, "keepdims": True, "ord": 1}, (2, 1))],
    "linspace": [({"endpoint": False, "dtype": gx.float32}, (3,))],
    "max": [({"axis": (0, 1), "keepdims": True}, (1, 1))],
    "mean": [({"axis": -1}, (2,))],
    "meshgrid": [({"indexing": "ij"}, (3, 3))],
    "repeat": [({"axis": 1}, (2, 6))],
    "roll": [({"axis": -1}, (2, 3))],
    "searchsorted": [({"side": "right"}, (2,))],
    "sort": [({"axis": 0, "descending": True}, (2, 3))],
    "argsort": [({"axis": 0, "descending": True, "stable": False}, (2, 3))],
    "stack": [({"axis": -1}, (3, 2))],
    "std": [({"axis": 0, "correction": 1}, (3,))],
    "sum": [({"axis": (0,), "dtype": gx.float32, "keepdims": True}, (1, 3))],
    "tensordot": [({"axes": 1}, (2, 2)), ({"axes": ((0,), (1,))}, (2, 2))],
    "unstack": [({"axis": 1}, (2,))],
    "var": [({"correction": 0.5}, ())],
}
