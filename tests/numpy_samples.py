"""One call, or a few, of each function of NumPy's that gradx has a rule for: what the walk through NumPy tries.

- A sample is a function of NumPy's namespace and of arrays: run on NumPy itself it gives the value to expect, with
  Tensors the value and, where the result is inexact, the gradient.
- `A`, `V`, ... are names of inputs (`INPUTS`); a sample takes those that its parameters name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Sample = Callable[..., Any]

_rng = np.random.default_rng(5)
_spread = _rng.permutation(np.linspace(-2.1, 1.9, 12)).reshape(3, 4)  # no ties, no zeros

INPUTS: dict[str, Any] = {
    "A": _spread,
    "B": _rng.permutation(np.linspace(0.2, 2.3, 12)).reshape(3, 4),
    "V": np.array([0.3, -1.2, 2.5, 0.7]),
    "W": np.array([1.1, 0.4, -0.6, 1.7]),
    "P": np.array([0.35, 0.8, 1.3, 2.2]),  # positive, ascending
    "U": np.array([-0.6, 0.2, 0.5, 0.9]),  # within (-1, 1)
    "M": _rng.normal(size=(3, 3)) + 3 * np.eye(3),
    "S": (lambda m: m @ m.T + 2 * np.eye(3))(_rng.normal(size=(3, 3))),
    "T": _rng.normal(size=(2, 3, 4)),
    "N": np.array([[0.5, np.nan, -1.5, 2.0], [np.nan, 1.0, 0.25, -0.75]]),
    "X": np.array([0.4, 1.2, -0.9]),
    "Y": np.array([-0.3, 0.8, 1.5]),
    "C": _rng.normal(size=(3, 4)) + 1j * _rng.normal(size=(3, 4)),
}
I, J = np.array([1, 0, 2, 1]), np.array([3, 2, 0, 5])  # integers are never Tensors here  # noqa: E741
MASK = np.array([[True, False, True, True], [False, True, True, False], [True, True, False, True]])

UFUNCS: dict[str, Sample] = {}
_OF_ONE = (
    "positive negative absolute fabs exp exp2 expm1 square cbrt reciprocal sin cos tan arctan sinh cosh "
    "tanh arcsinh conjugate sign rint floor ceil trunc isnan isinf isfinite signbit logical_not degrees "
    "radians rad2deg deg2rad frexp modf spacing"
)
for _name in _OF_ONE.split():
    UFUNCS[_name] = lambda xp, A, n=_name: getattr(xp, n)(A)
for _name in ["log", "log2", "log10", "log1p", "sqrt", "arccosh"]:
    UFUNCS[_name] = lambda xp, P, n=_name: getattr(xp, n)(P + 1)
for _name in ["arcsin", "arccos", "arctanh"]:
    UFUNCS[_name] = lambda xp, U, n=_name: getattr(xp, n)(U)
_OF_TWO = (
    "add subtract multiply divide floor_divide remainder fmod arctan2 hypot copysign maximum minimum fmax "
    "fmin logaddexp logaddexp2 greater greater_equal less less_equal equal not_equal logical_and "
    "logical_or logical_xor heaviside divmod nextafter"
)
for _name in _OF_TWO.split():
    UFUNCS[_name] = lambda xp, A, B, n=_name: getattr(xp, n)(A, B)
for _name in ["power", "float_power"]:
    UFUNCS[_name] = lambda xp, B, A, n=_name: getattr(xp, n)(B, A)
UFUNCS |= {
    "ldexp": lambda xp, V: xp.ldexp(V, np.array([1, -2, 3, 0])),
    "matmul": lambda xp, A, V: xp.matmul(A, V),
    "vecdot": lambda xp, A, B: xp.vecdot(A, B),
    "matvec": lambda xp, A, V: xp.matvec(A, V),
    "vecmat": lambda xp, X, A: xp.vecmat(X, A),
}

FUNCTIONS: dict[str, Sample | list[Sample]] = {
    # reductions
    "sum": [lambda xp, A: xp.sum(A), lambda xp, A: xp.sum(A, axis=0, keepdims=True, initial=2.0, where=MASK)],
    "prod": [lambda xp, A: xp.prod(A, axis=1), lambda xp, A: xp.prod(A, axis=(0, 1), where=MASK, initial=0.5)],
    "max": [lambda xp, A: xp.max(A, axis=1), lambda xp, A: xp.max(A, axis=0, initial=0.4, where=MASK)],
    "min": [lambda xp, A: xp.min(A), lambda xp, A: xp.min(A, axis=(0, 1), initial=-5.0, keepdims=True)],
    "amax": lambda xp, A: xp.amax(A, 0),
    "amin": lambda xp, A: xp.amin(A, 0),
    "all": lambda xp, A: xp.all(A, axis=0),
    "any": lambda xp, A: xp.any(A > 1, axis=0, where=MASK),
    "ptp": lambda xp, A: xp.ptp(A, axis=1),
    "count_nonzero": lambda xp, A: xp.count_nonzero(A, axis=1),
    "argmax": lambda xp, A: xp.argmax(A, axis=1),
    "argmin": lambda xp, A: xp.argmin(A),
    "cumsum": [lambda xp, A: xp.cumsum(A), lambda xp, A: xp.cumsum(A, axis=1)],
    "cumprod": lambda xp, A: xp.cumprod(A, 0),
    "cumulative_sum": lambda xp, A: xp.cumulative_sum(A, axis=1, include_initial=True),
    "cumulative_prod": lambda xp, A: xp.cumulative_prod(A, axis=1),
    "nansum": lambda xp, N: xp.nansum(N, axis=0),
    "nanprod": lambda xp, N: xp.nanprod(N, axis=1),
    "nancumsum": lambda xp, N: xp.nancumsum(N, axis=1),
    "nancumprod": lambda xp, N: xp.nancumprod(N, axis=0),
    "nanmax": lambda xp, N: xp.nanmax(N, axis=1),
    "nanmin": lambda xp, N: xp.nanmin(N),
    "nanargmax": lambda xp, N: xp.nanargmax(N, axis=1),
    "nanargmin": lambda xp, N: xp.nanargmin(N),
    "nanmean": lambda xp, N: xp.nanmean(N, axis=1),
    "nanvar": lambda xp, N: xp.nanvar(N, axis=1, ddof=1),
    "nanstd": lambda xp, N: xp.nanstd(N),
    "nanmedian": lambda xp, N: xp.nanmedian(N, axis=1),
    "nanquantile": lambda xp, N: xp.nanquantile(N, [0.3, 0.8], axis=1, keepdims=True),
    "nanpercentile": lambda xp, N: xp.nanpercentile(N, 40.0),
    # statistics
    "mean": [lambda xp, A: xp.mean(A, axis=0), lambda xp, A: xp.mean(A, axis=1, where=MASK)],
    "var": [lambda xp, A: xp.var(A, axis=0, ddof=1), lambda xp, A: xp.var(A, keepdims=True)],
    "std": lambda xp, A: xp.std(A, axis=(0, 1), ddof=0.5),
    "median": lambda xp, A: xp.median(A, axis=1),
    "average": [lambda xp, A, V: xp.average(A, axis=1, weights=V),
                lambda xp, A, V: xp.average(A, axis=1, weights=V, returned=True)[1]],
    "quantile": lambda xp, A: xp.quantile(A, [0.2, 0.7], axis=1),
    "percentile": lambda xp, A: xp.percentile(A, 35, axis=0, keepdims=True),
    "cov": [lambda xp, A: xp.cov(A), lambda xp, V, W, P: xp.cov(V, W, aweights=P),
            lambda xp, A: xp.cov(A, rowvar=False, bias=True)],
    "corrcoef": lambda xp, A: xp.corrcoef(A),
    "bincount": [lambda xp, V: xp.bincount(I, weights=V), lambda xp, V: xp.bincount(I, V, minlength=6)],
    "histogram": [
        lambda xp, A: xp.histogram(A), lambda xp, A, B: xp.histogram(A, 5, (-1.0, 1.5), weights=B),
        lambda xp, A, B: xp.histogram(A, [-1.5, 0.0, 0.5, 1.95], density=True, weights=B),
        lambda xp, V: xp.histogram(V, 3, density=True), lambda xp, A, P: xp.histogram(A, P - 2.0, density=True),
        lambda xp, V: xp.histogram(V * 0.0, 3)[0], lambda xp, V: xp.histogram(V[:0], 3),
    ],
    "histogram_bin_edges": lambda xp, V: xp.histogram_bin_edges(V, 4),
    "histogram2d": [
        lambda xp, V, W: xp.histogram2d(V, W, 3), lambda xp, V, W, P: xp.histogram2d(V, W, [2, 3], weights=P),
        lambda xp, V, W, P: xp.histogram2d(V, W, [P - 2.1, [-1.0, 0.5, 2.0]], density=True, weights=W * W),
        lambda xp, V, W: xp.histogram2d(V, W, [-2.0, 0.45, 1.5, 3.0]),
    ],
    "histogramdd": [
        lambda xp, M: [xp.histogramdd(M, 2)[0], *xp.histogramdd(M, 2)[1]],
        lambda xp, V, W, P: xp.histogramdd([V, W, P], (2, 3, 2), weights=P, density=True)[0],
        lambda xp, A: xp.histogramdd(A.T[:, :2], 2, [(-2.0, 2.0), None])[0],
    ],
    "unique_all": lambda xp, V: tuple(xp.unique_all(V)), "unique_counts": lambda xp, V: tuple(xp.unique_counts(V)),
    "unique_inverse": lambda xp, V: tuple(xp.unique_inverse(V)),
    "unique_values": lambda xp, V: xp.sort(xp.unique_values(V)),
    "einsum_path": lambda xp, A, B: xp.einsum_path("ij,kj->ik", A, B)[0][1],
    "digitize": lambda xp, V, P: xp.digitize(V, P),
    # shapes
    "reshape": [lambda xp, A: xp.reshape(A, (2, 6)), lambda xp, A: xp.reshape(A, (6, -1), order="F")],
    "ravel": [lambda xp, A: xp.ravel(A), lambda xp, A: xp.ravel(A, order="F")],
    "transpose": lambda xp, T: xp.transpose(T, (2, 0, 1)),
    "permute_dims": lambda xp, T: xp.permute_dims(T, (1, 0, 2)),
    "matrix_transpose": lambda xp, T: xp.matrix_transpose(T),
    "swapaxes": lambda xp, T: xp.swapaxes(T, 0, 2),
    "moveaxis": lambda xp, T: xp.moveaxis(T, [0, 1], [-1, 0]),
    "rollaxis": [lambda xp, T: xp.rollaxis(T, 2), lambda xp, T: xp.rollaxis(T, 0, 3)],
    "expand_dims": lambda xp, A: xp.expand_dims(A, (0, 2)),
    "squeeze": lambda xp, A: xp.squeeze(xp.expand_dims(A, 1)),
    "atleast_1d": lambda xp, V: xp.atleast_1d(V[0]),
    "atleast_2d": lambda xp, V: xp.atleast_2d(V),
    "atleast_3d": [lambda xp, V: xp.atleast_3d(V), lambda xp, A, V: xp.atleast_3d(A, V[1])[1],
                   lambda xp, A: xp.atleast_3d(A)],
    "broadcast_to": lambda xp, V: xp.broadcast_to(V, (3, 4)),
    "broadcast_arrays": lambda xp, A, V: xp.broadcast_arrays(A, V)[1],
    "flip": [lambda xp, A: xp.flip(A), lambda xp, A: xp.flip(A, 1)],
    "flipud": lambda xp, A: xp.flipud(A),
    "fliplr": lambda xp, A: xp.fliplr(A),
    "rot90": lambda xp, A: xp.rot90(A, 3, axes=(1, 0)),
    "roll": [lambda xp, A: xp.roll(A, 2), lambda xp, A: xp.roll(A, (1, 2), axis=(0, 1)),
             lambda xp, A: xp.roll(A, 1, axis=(0, 1))],
    "repeat": [lambda xp, A: xp.repeat(A, 2), lambda xp, A: xp.repeat(A, [1, 0, 2], axis=0)],
    "tile": lambda xp, A: xp.tile(A, (2, 1, 2)),
    "resize": lambda xp, V: xp.resize(V, (2, 3)),
    "pad": [lambda xp, A: xp.pad(A, ((1, 2), (0, 1))), lambda xp, A: xp.pad(A, 2, mode="reflect"),
            lambda xp, A: xp.pad(A, ((5, 4), (1, 9)), "symmetric"), lambda xp, A: xp.pad(A, 1, "edge"),
            lambda xp, A: xp.pad(A, (1, 2), "constant", constant_values=(3.0, 4.0)),
            lambda xp, A: xp.pad(A, 3, "wrap")],
    "concatenate": [lambda xp, A, B: xp.concatenate([A, B], axis=1),
                    lambda xp, A, V: xp.concatenate((A, V), axis=None)],
    "concat": lambda xp, A, B: xp.concat([A, B]),
    "stack": lambda xp, A, B: xp.stack([A, B], axis=-1),
    "unstack": lambda xp, A: xp.unstack(A, axis=1)[2],
    "vstack": lambda xp, A, V: xp.vstack([A, V]),
    "hstack": [lambda xp, V, W: xp.hstack([V, W]), lambda xp, A, B: xp.hstack([A, B])],
    "dstack": lambda xp, A, B: xp.dstack((A, B)),
    "column_stack": lambda xp, V, W: xp.column_stack([V, W]),
    "block": lambda xp, M, S: xp.block([[M, S], [S, M]]),
    "append": [lambda xp, A, V: xp.append(A, V), lambda xp, A, B: xp.append(A, B, axis=1)],
    "array_split": lambda xp, V: xp.array_split(V, 3)[0],
    "split": [lambda xp, A: xp.split(A, 2, axis=1)[1], lambda xp, A: xp.split(A, [1, 2])[1]],
    "vsplit": lambda xp, A: xp.vsplit(A, 3)[1],
    "hsplit": lambda xp, A: xp.hsplit(A, [1, 3])[1],
    "dsplit": lambda xp, T: xp.dsplit(T, 2)[0],
    "delete": [lambda xp, A: xp.delete(A, 1, axis=0), lambda xp, V: xp.delete(V, [0, -1]),
               lambda xp, A: xp.delete(A, slice(0, 3, 2), 1)],
    "insert": [lambda xp, V: xp.insert(V, 1, 9.0), lambda xp, V, W: xp.insert(V, [3, 0, 0, 1], W),
               lambda xp, A, X: xp.insert(A, 2, X, axis=1), lambda xp, A, X: xp.insert(A, [1], X[:, None], axis=1),
               lambda xp, A, V: xp.insert(A, -1, V, axis=0)],
    "trim_zeros": lambda xp, V: xp.trim_zeros(xp.pad(V, 2)),
    "astype": lambda xp, A: xp.astype(A, np.float64),
    "copy": lambda xp, A: xp.copy(A),
    # creation
    "zeros_like": lambda xp, A: xp.zeros_like(A),
    "ones_like": lambda xp, A: xp.ones_like(A, shape=(2, 2)),
    "empty_like": lambda xp, A: xp.empty_like(A) * 0,
    "full_like": lambda xp, A, V: xp.full_like(A, V),
    "linspace": [lambda xp, X, Y: xp.linspace(X, Y, 5), lambda xp, X, Y: xp.linspace(X, Y, 4, endpoint=False, axis=1),
                 lambda xp, X, Y: xp.linspace(X, Y, 4, retstep=True)[1]],
    "logspace": lambda xp, X, Y: xp.logspace(X, Y, 4, base=3.0),
    "geomspace": lambda xp, P: xp.geomspace(P, P + 2, 4),
    "diag": [lambda xp, V: xp.diag(V, 1), lambda xp, A: xp.diag(A, -1)],
    "diagflat": lambda xp, M: xp.diagflat(M, 1),
    "tril": lambda xp, T: xp.tril(T, 1),
    "triu": [lambda xp, A: xp.triu(A), lambda xp, V: xp.triu(V)],
    "vander": lambda xp, V: xp.vander(V, 3, increasing=True),
    "meshgrid": [lambda xp, V, X: xp.meshgrid(V, X)[0], lambda xp, V, X: xp.meshgrid(V, X, sparse=True)[1],
                 lambda xp, V, X: xp.meshgrid(V, X, indexing="ij")[1]],
    "ix_": lambda xp, A: xp.ix_(xp.argmax(A, axis=1), I)[0],
    "diag_indices_from": lambda xp, M: xp.diag_indices_from(M)[0],
    "tril_indices_from": lambda xp, M: xp.tril_indices_from(M, -1)[1],
    "triu_indices_from": lambda xp, A: xp.triu_indices_from(A, 1)[1],
    "unravel_index": lambda xp, A: xp.unravel_index(xp.argmax(A, axis=1), (3, 4))[1],
    "ravel_multi_index": lambda xp, A: xp.ravel_multi_index((xp.argmax(A, axis=1), xp.argmin(A, axis=1)), (5, 6)),
    # products
    "dot": [lambda xp, A, V: xp.dot(A, V), lambda xp, V, W: xp.dot(V, W)],
    "vdot": lambda xp, A, B: xp.vdot(A, B),
    "inner": lambda xp, A, V: xp.inner(A, V),
    "outer": lambda xp, A, V: xp.outer(A, V),
    "tensordot": [lambda xp, T, A: xp.tensordot(T, A), lambda xp, T, A: xp.tensordot(T, A, axes=([1], [0])),
                  lambda xp, T, A: xp.tensordot(T, A, axes=[1, 0])],
    "kron": lambda xp, A, M: xp.kron(A, M),
    "cross": [lambda xp, M, X: xp.cross(M, X), lambda xp, M, S: xp.cross(M, S, axisa=0, axisc=0)],
    "einsum": [lambda xp, A, V: xp.einsum("ij,j->i", A, V), lambda xp, T, A: xp.einsum(T, [0, 1, 2], A, [1, 2], [0]),
               lambda xp, T: xp.einsum("...ij->...ji", T, optimize=True)],
    "trace": [lambda xp, M: xp.trace(M), lambda xp, T: xp.trace(T, offset=1, axis1=1, axis2=2)],
    "diagonal": [lambda xp, A: xp.diagonal(A, 1), lambda xp, T: xp.diagonal(T, axis1=0, axis2=2)],
    "convolve": [lambda xp, V, X: xp.convolve(V, X), lambda xp, V, X: xp.convolve(X, V, "same"),
                 lambda xp, V, X: xp.convolve(V, X, mode="valid")],
    "correlate": [lambda xp, V, X: xp.correlate(V, X), lambda xp, V, X: xp.correlate(X, V),
                  lambda xp, V, X: xp.correlate(X, V, "same"), lambda xp, V, X: xp.correlate(V, X, "full"),
                  lambda xp, V, X: xp.correlate(V, X, "same")],
    # choosing
    "where": [lambda xp, A, B: xp.where(MASK, A, B), lambda xp, A: xp.where(A > 0)[0]],
    "select": lambda xp, A, B: xp.select([A > 1, A > 0], [B, A * 2], -1.0),
    "choose": lambda xp, V, W: xp.choose(np.array([1, 0, 1, 1]), [V, W]),
    "piecewise": lambda xp, V: xp.piecewise(V, [V < 0, V > 1], [lambda v: v**2, lambda v: v * 3, 7.0]),
    "take": [lambda xp, A: xp.take(A, I), lambda xp, A: xp.take(A, J, axis=1, mode="wrap")],
    "take_along_axis": [lambda xp, A: xp.take_along_axis(A, np.array([[1], [0], [3]]), axis=1),
                        lambda xp, A: xp.take_along_axis(A, I, axis=None)],
    "compress": lambda xp, A: xp.compress([True, False, True], A, axis=0),
    "extract": lambda xp, A: xp.extract(MASK, A),
    "nonzero": lambda xp, A: xp.nonzero(A > 0)[1],
    "flatnonzero": lambda xp, A: xp.flatnonzero(A > 0),
    "argwhere": lambda xp, A: xp.argwhere(A > 0),
    "sort": [lambda xp, A: xp.sort(A), lambda xp, A: xp.sort(A, axis=None)],
    "argsort": lambda xp, A: xp.argsort(A, axis=0),
    "partition": lambda xp, A: xp.partition(A, 2, axis=1)[:, 2],
    "argpartition": lambda xp, A: xp.argpartition(A, 2, axis=1)[:, 2],
    "sort_complex": lambda xp, C: xp.sort_complex(C),
    "lexsort": lambda xp, V, W: xp.lexsort((V, xp.round(W))),
    "searchsorted": lambda xp, P, V: xp.searchsorted(P, V, side="right"),
    "unique": [lambda xp, A: xp.unique(A), lambda xp, V: xp.unique(xp.append(V, V), return_counts=True)[1],
               lambda xp, V: xp.unique(xp.append(V, V), True, True)[2]],
    "isin": lambda xp, A: xp.isin(A, A[0]),
    "union1d": lambda xp, V, W: xp.union1d(V, W),
    "intersect1d": lambda xp, A: xp.intersect1d(A, A[1]),
    "setdiff1d": lambda xp, A: xp.setdiff1d(A, A[1]),
    "setxor1d": lambda xp, A, V: xp.setxor1d(A, xp.append(A[1], V)),
    "apply_along_axis": [lambda xp, A: xp.apply_along_axis(xp.cumsum, 0, A),
                         lambda xp, A: xp.apply_along_axis(xp.sum, 1, A)],
    "apply_over_axes": lambda xp, T: xp.apply_over_axes(xp.sum, T, [0, 2]),
    # numeric
    "diff": [lambda xp, A: xp.diff(A, 2), lambda xp, A: xp.diff(A, axis=0, prepend=1.0),
             lambda xp, V: xp.diff(V, append=[1.0, 2.0])],
    "ediff1d": lambda xp, A: xp.ediff1d(A, to_begin=1.0, to_end=[2.0, 3.0]),
    "gradient": [lambda xp, A: xp.gradient(A)[1], lambda xp, A: xp.gradient(A, 0.5, axis=1, edge_order=2),
                 lambda xp, V, P: xp.gradient(V, P), lambda xp, V, P: xp.gradient(V, P, edge_order=2)],
    "trapezoid": [lambda xp, A: xp.trapezoid(A, dx=0.5), lambda xp, A, V: xp.trapezoid(A, V, axis=1)],
    "interp": [lambda xp, P, V: xp.interp(np.array([0.1, 0.9, 1.9, 4.0]), P, V, left=-1.0, right=5.0),
               lambda xp, V: xp.interp(np.array([-0.4, 3.3]), np.array([1.0, 0.2, 2.3, 1.7]), V, period=2.5)],
    "unwrap": lambda xp, A: xp.unwrap(A * 5, axis=1),
    "clip": [lambda xp, A: xp.clip(A, -1.0, 1.0), lambda xp, A, V: xp.clip(A, a_min=V, a_max=None),
             lambda xp, A: xp.clip(A, min=0.0)],
    "round": [lambda xp, A: xp.round(A, 1), lambda xp, A: xp.round(A * 100, -1)],
    "around": lambda xp, A: xp.around(A),
    "fix": lambda xp, A: xp.fix(A),
    "real": lambda xp, C: xp.real(C),
    "imag": lambda xp, C: xp.imag(C),
    "angle": lambda xp, C: xp.angle(C, deg=True),
    "real_if_close": lambda xp, C: xp.real_if_close(C),
    "nan_to_num": lambda xp, N: xp.nan_to_num(N, nan=2.0),
    "sinc": lambda xp, A: xp.sinc(A),
    "i0": lambda xp, A: xp.i0(A),
    # polynomials
    "poly": [lambda xp, V: xp.poly(V), lambda xp, S: xp.poly(S)],
    "polyval": lambda xp, V, A: xp.polyval(V, A),
    "polyadd": lambda xp, V, X: xp.polyadd(V, X),
    "polysub": lambda xp, X, V: xp.polysub(X, V),
    "polymul": lambda xp, V, X: xp.polymul(V, X),
    "polydiv": [lambda xp, V, X: xp.polydiv(V, X)[0], lambda xp, V, X: xp.polydiv(V, X)[1]],
    "polyder": lambda xp, V: xp.polyder(V, 2),
    "polyint": lambda xp, V: xp.polyint(V, 2, k=[1.0, 2.0]),
    "polyfit": [lambda xp, P, V: xp.polyfit(P, V, 2), lambda xp, P, V, W: xp.polyfit(P, V, 1, w=W)],
    "roots": lambda xp, P: xp.sum(xp.abs(xp.roots(P))),
    # what arrays are like
    "shape": lambda xp, A: xp.shape(A),
    "ndim": lambda xp, A: xp.ndim(A),
    "size": lambda xp, A: xp.size(A, 1),
    "result_type": lambda xp, A: str(xp.result_type(A, np.float32)),
    "can_cast": lambda xp, A: xp.can_cast(A.dtype, np.complex128),
    "common_type": lambda xp, A: np.dtype(xp.common_type(A)),
    "min_scalar_type": lambda xp, A: str(xp.min_scalar_type(A)),
    "iscomplexobj": lambda xp, A: xp.iscomplexobj(A),
    "isrealobj": lambda xp, A: xp.isrealobj(A),
    "iscomplex": lambda xp, C: xp.iscomplex(C),
    "isreal": lambda xp, C: xp.isreal(C),
    "isposinf": lambda xp, A: xp.isposinf(A),
    "isneginf": lambda xp, A: xp.isneginf(A),
    "isclose": lambda xp, A: xp.isclose(A, A + 1e-9),
    "allclose": lambda xp, A, B: xp.allclose(A, B),
    "array_equal": lambda xp, A: xp.array_equal(A, A),
    "array_equiv": lambda xp, A, V: xp.array_equiv(A, V),
}  # fmt: skip

LINALG: dict[str, Sample | list[Sample]] = {
    "cholesky": lambda xp, S: xp.linalg.cholesky((S + S.T) / 2),
    "cond": [lambda xp, M: xp.linalg.cond(M), lambda xp, M: xp.linalg.cond(M, "fro"),
             lambda xp, M: xp.linalg.cond(M, -2)],
    "cross": lambda xp, M, S: xp.linalg.cross(M, S),
    "det": lambda xp, M: xp.linalg.det(M),
    "slogdet": lambda xp, M: xp.linalg.slogdet(M)[1],
    "diagonal": lambda xp, T: xp.linalg.diagonal(T, offset=1),
    "eig": lambda xp, M: xp.sum(xp.abs(xp.linalg.eig(M)[0])),
    "eigvals": lambda xp, M: xp.sum(xp.abs(xp.linalg.eigvals(M))),
    "eigh": [lambda xp, S: xp.linalg.eigh(S)[0], lambda xp, S: xp.abs(xp.linalg.eigh(S, UPLO="U")[1])],
    "eigvalsh": lambda xp, S: xp.linalg.eigvalsh(S, "U"),
    "inv": lambda xp, M: xp.linalg.inv(M),
    "lstsq": lambda xp, A, X: xp.linalg.lstsq(A[:, :2], X)[0],
    "matmul": lambda xp, A, V: xp.linalg.matmul(A, V),
    "matrix_norm": lambda xp, T: xp.linalg.matrix_norm(T),
    "matrix_power": lambda xp, M: xp.linalg.matrix_power(M, -2),
    "matrix_rank": lambda xp, M: xp.linalg.matrix_rank(M),
    "matrix_transpose": lambda xp, T: xp.linalg.matrix_transpose(T),
    "multi_dot": lambda xp, M, A, V: xp.linalg.multi_dot([M, A, V]),
    "norm": [lambda xp, A: xp.linalg.norm(A), lambda xp, A: xp.linalg.norm(A, 3, axis=0, keepdims=True),
             lambda xp, A: xp.linalg.norm(A, "nuc")],
    "outer": lambda xp, V, X: xp.linalg.outer(V, X),
    "pinv": lambda xp, A: xp.linalg.pinv(A),
    "qr": [lambda xp, M: xp.linalg.qr(M)[1], lambda xp, M: xp.linalg.qr(M, mode="r")],
    "solve": [lambda xp, M, X: xp.linalg.solve(M, X), lambda xp, M, A: xp.linalg.solve(M, A)],
    "svd": [lambda xp, A: xp.linalg.svd(A, full_matrices=False)[1], lambda xp, A: xp.linalg.svd(A, compute_uv=False)],
    "svdvals": lambda xp, A: xp.linalg.svdvals(A),
    "tensordot": lambda xp, T, A: xp.linalg.tensordot(T, A, axes=2),
    "tensorinv": lambda xp, M: xp.linalg.tensorinv(xp.reshape(M, (3, 1, 3)), ind=1),
    "tensorsolve": lambda xp, M, X: xp.linalg.tensorsolve(xp.reshape(M, (3, 3, 1)), X),
    "trace": lambda xp, T: xp.linalg.trace(T, offset=1),
    "vecdot": lambda xp, A, B: xp.linalg.vecdot(A, B, axis=0),
    "vector_norm": lambda xp, A: xp.linalg.vector_norm(A, axis=1, ord=1),
}  # fmt: skip

FFT: dict[str, Sample | list[Sample]] = {
    "fft": lambda xp, A: xp.fft.fft(A, n=6, norm="ortho"),
    "ifft": lambda xp, C: xp.fft.ifft(C, axis=0),
    "rfft": lambda xp, A: xp.fft.rfft(A),
    "irfft": lambda xp, C: xp.fft.irfft(C, 5),
    "hfft": lambda xp, C: xp.fft.hfft(C),
    "ihfft": lambda xp, A: xp.fft.ihfft(A),
    "fft2": lambda xp, T: xp.fft.fft2(T),
    "ifft2": lambda xp, C: xp.fft.ifft2(C, s=(4, 4)),
    "rfft2": lambda xp, T: xp.fft.rfft2(T, axes=(0, 1)),
    "irfft2": lambda xp, C: xp.fft.irfft2(C),
    "fftn": [lambda xp, T: xp.fft.fftn(T), lambda xp, T: xp.fft.fftn(T, s=(3, -1), axes=(1, 2))],
    "ifftn": lambda xp, C: xp.fft.ifftn(C, norm="forward"),
    "rfftn": lambda xp, T: xp.fft.rfftn(T),
    "irfftn": lambda xp, C: xp.fft.irfftn(C),
    "fftshift": lambda xp, A: xp.fft.fftshift(A, axes=1),
    "ifftshift": lambda xp, A: xp.fft.ifftshift(A),
}

# Integers in, integers out: no derivative, only the value.
INTEGERS = {
    "bitwise_and": (6, 3), "bitwise_or": (6, 3), "bitwise_xor": (6, 3), "left_shift": (6, 3), "right_shift": (6, 1),
    "gcd": (12, 18), "lcm": (4, 6), "invert": (6,), "bitwise_count": (13,),
}  # fmt: skip

# They write into their first argument.
WRITERS: dict[str, Sample] = {
    "copyto": lambda xp, A, V: xp.copyto(A, V, where=MASK),
    "put": lambda xp, A, V: xp.put(A, [3, 7, 0], V[:2]),
    "place": lambda xp, A, V: xp.place(A, MASK, V),
    "putmask": lambda xp, A, V: xp.putmask(A, MASK, V),
    "fill_diagonal": lambda xp, A, V: xp.fill_diagonal(A, V[:3]),
    "put_along_axis": lambda xp, A, X: xp.put_along_axis(
        A, np.array([[1], [0], [3]]), X[:, None], axis=1
    ),
}
