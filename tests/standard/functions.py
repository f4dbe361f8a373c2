"""The functions of the array API standard 2025.12: names and parameters.

- One line a signature, for all the names that share it; `/` and `*` as in Python; `...` marks what has no default.
- `signature(text)` turns a line into an `inspect.Signature`.
"""

from __future__ import annotations

import inspect

_ONE = (
    "abs acos acosh asin asinh atan atanh bitwise_invert ceil conj cos cosh exp expm1 floor imag isfinite isinf "
    "isnan log log10 log1p log2 logical_not negative positive real reciprocal round sign signbit sin sinh sqrt "
    "square tan tanh trunc"
)
_TWO = (
    "add atan2 bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor copysign divide equal "
    "floor_divide greater greater_equal hypot less less_equal logaddexp logical_and logical_or logical_xor maximum "
    "minimum multiply nextafter not_equal pow remainder subtract"
)

TOP = {
    # elementwise
    "x, /": f"{_ONE} matrix_transpose nonzero unique_all unique_counts unique_inverse unique_values",
    "x1, x2, /": f"{_TWO} matmul",
    "x, /, min=None, max=None": "clip",
    # creation
    "start, /, stop=None, step=1, *, dtype=None, device=None": "arange",
    "obj, /, *, dtype=None, device=None, copy=None": "asarray",
    "shape, *, dtype=None, device=None": "empty ones zeros",
    "x, /, *, dtype=None, device=None": "empty_like ones_like zeros_like",
    "n_rows, n_cols=None, /, *, k=0, dtype=None, device=None": "eye",
    "x, /, *, device=None, copy=None": "from_dlpack",
    "shape, fill_value, *, dtype=None, device=None": "full",
    "x, /, fill_value, *, dtype=None, device=None": "full_like",
    "start, stop, /, num, *, dtype=None, device=None, endpoint=True": "linspace",
    "*arrays, indexing='xy'": "meshgrid",
    "x, /, *, k=0": "tril triu",
    # dtypes
    "x, dtype, /, *, copy=True, device=None": "astype",
    "from_, to, /": "can_cast",
    "type, /": "finfo iinfo",
    "dtype, kind": "isdtype",
    "*arrays_and_dtypes": "result_type",
    # indexing, manipulation
    "x, indices, /, *, axis=None": "take",
    "x, indices, /, *, axis=-1": "take_along_axis",
    "*arrays": "broadcast_arrays",
    "*shapes": "broadcast_shapes",
    "x, /, shape": "broadcast_to",
    "arrays, /, *, axis=0": "concat stack",
    "x, /, axis": "expand_dims squeeze",
    "x, /, *, axis=None": "flip",
    "x, source, destination, /": "moveaxis",
    "x, /, axes": "permute_dims",
    "x, repeats, /, *, axis=None": "repeat",
    "x, /, shape, *, copy=None": "reshape",
    "x, /, shift, *, axis=None": "roll",
    "x, repetitions, /": "tile",
    "x, /, *, axis=0": "unstack",
    # searching, sorting, sets
    "x, /, *, axis=None, keepdims=False": "argmax argmin count_nonzero max mean min all any",
    "x1, x2, /, *, side='left', sorter=None": "searchsorted",
    "condition, x1, x2, /": "where",
    "x, /, *, axis=-1, descending=False, stable=True": "argsort sort",
    "x1, x2, /, *, invert=False": "isin",
    # statistics, utilities
    "x, /, *, axis=None, dtype=None, include_initial=False": "cumulative_prod cumulative_sum",
    "x, /, *, axis=None, dtype=None, keepdims=False": "prod sum",
    "x, /, *, axis=None, correction=0.0, keepdims=False": "std var",
    "x, /, *, axis=-1, n=1, prepend=None, append=None": "diff",
    # linear algebra
    "x1, x2, /, *, axes=2": "tensordot",
    "x1, x2, /, *, axis=-1": "vecdot",
    "": "__array_namespace_info__",
}

LINALG = {
    "x, /": "det eig eigh eigvals eigvalsh inv matrix_transpose slogdet svdvals",
    "x1, x2, /": "matmul outer solve",
    "x, /, *, upper=False": "cholesky",
    "x1, x2, /, *, axis=-1": "cross vecdot",
    "x, /, *, offset=0": "diagonal",
    "x, /, *, keepdims=False, ord='fro'": "matrix_norm",
    "x, n, /": "matrix_power",
    "x, /, *, rtol=None": "matrix_rank pinv",
    "x, /, *, mode='reduced'": "qr",
    "x, /, *, full_matrices=True": "svd",
    "x1, x2, /, *, axes=2": "tensordot",
    "x, /, *, offset=0, dtype=None": "trace",
    "x, /, *, axis=None, keepdims=False, ord=2": "vector_norm",
}

FFT = {
    "x, /, *, n=None, axis=-1, norm='backward'": "fft ifft rfft irfft hfft ihfft",
    "x, /, *, s=None, axes=None, norm='backward'": "fftn ifftn rfftn irfftn",
    "n, /, *, d=1.0, dtype=None, device=None": "fftfreq rfftfreq",
    "x, /, *, axes=None": "fftshift ifftshift",
}

_BINARY_OPERATORS = "add and floordiv lshift matmul mod mul or pow rshift sub truediv xor"

METHODS = {
    "self, /": " ".join(
        f"__{name}__"
        for name in [
            "abs",
            "bool",
            "complex",
            "dlpack_device",
            "float",
            "index",
            "int",
            "invert",
            "neg",
            "pos",
        ]
    ),
    "self, other, /": " ".join(
        [f"__{prefix}{name}__" for name in _BINARY_OPERATORS.split() for prefix in ("", "r", "i")]
        + [f"__{name}__" for name in ["eq", "ge", "gt", "le", "lt", "ne"]]
    ),
    "self, /, *, api_version=None": "__array_namespace__",
    "self, /, *, stream=None, max_version=None, dl_device=None, copy=None": "__dlpack__",
    "self, key, /": "__getitem__",
    "self, key, value, /": "__setitem__",
    "self, device, /, *, stream=None": "to_device",
}

ATTRIBUTES = ["dtype", "device", "mT", "ndim", "shape", "size", "T"]
CONSTANTS = ["e", "inf", "nan", "newaxis", "pi"]
INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float32", "float64"]
COMPLEX = ["complex64", "complex128"]
DTYPES = ["bool", *INTEGERS, *FLOATS, *COMPLEX]

UNARY, BINARY = _ONE.split(), _TWO.split()

# What each elementwise function takes, by the kind of the dtype: "b"ool, "i"nteger, "f"loat, "c"omplex.
KINDS = {
    **dict.fromkeys(UNARY, "fc"),
    **dict.fromkeys(["abs", "conj", "isfinite", "isinf", "isnan", "negative", "positive", "real", "round", "sign",
                     "square"], "ifc"),
    **dict.fromkeys(["ceil", "floor", "trunc"], "if"),
    "bitwise_invert": "bi", "imag": "c", "logical_not": "b", "signbit": "f",
    **dict.fromkeys(["add", "multiply", "pow", "subtract"], "ifc"),
    "divide": "fc", "equal": "bifc", "not_equal": "bifc",
    **dict.fromkeys(["floor_divide", "greater", "greater_equal", "less", "less_equal", "maximum", "minimum",
                     "remainder"], "if"),
    **dict.fromkeys(["atan2", "copysign", "hypot", "logaddexp", "nextafter"], "f"),
    **dict.fromkeys(["bitwise_and", "bitwise_or", "bitwise_xor"], "bi"),
    **dict.fromkeys(["bitwise_left_shift", "bitwise_right_shift"], "i"),
    **dict.fromkeys(["logical_and", "logical_or", "logical_xor"], "b"),
}  # fmt: skip

TO_BOOL = frozenset({
    "equal", "greater", "greater_equal", "isfinite", "isinf", "isnan", "less", "less_equal", "logical_and",
    "logical_not", "logical_or", "logical_xor", "not_equal", "signbit",
})  # fmt: skip
TO_REAL = frozenset({"abs", "imag", "real"})


def rows(table: dict[str, str]) -> list[tuple[str, str]]:
    """Return `(name, text of its signature)` for each name of a table."""
    return [(name, text) for text, names in table.items() for name in names.split()]


def signature(text: str) -> inspect.Signature:
    """Return the signature that a line says."""
    scope: dict[str, object] = {}
    exec(f"def function({text}): ...", scope)
    return inspect.signature(scope["function"])  # type: ignore[arg-type]
