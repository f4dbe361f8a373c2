"""`gradx.scipy.ndimage` against SciPy's own values, and their differences."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.consumers.table import Mirror, Rows, complex_numbers, numbers, positive

_rows, _image = Rows("gradx.scipy.ndimage"), Mirror("ndimage")
_X, _W, _V = numbers(4, 5, seed=1), numbers(3, 2, seed=2), numbers(4, seed=3)
_MODES = ("reflect", "mirror", "nearest", "wrap", "constant")
_ALL = (*_MODES, "grid-wrap", "grid-constant")
_LARGE = numbers(24, seed=4)  # see gradx.scipy.ndimage.splines on SciPy's "reflect"
_LABELS = np.asarray([[0, 1, 1, 2, 0], [1, 1, 2, 2, 3], [0, 3, 3, 2, 1], [1, 0, 3, 3, 2]])


def _of(name: str, *rest: Any, **options: Any) -> Any:
    """Give a function of the mirror with its last arguments and keywords filled in."""
    return lambda *args: getattr(_image, name)(*args, *rest, **options)


def _spread(window: Any) -> Any:
    """SciPy gives NumPy's array of one window, gradx a Tensor of all."""
    return (
        (window * window).sum() - window[0]
        if isinstance(window, np.ndarray)
        else (window**2).sum() - window[0]
    )


def _slope(x: Any, axis: int, output: Any, mode: str, cval: float) -> Any:
    """SciPy's own filter in SciPy's, gradx's in gradx's."""
    return _image.correlate1d(x, [-0.5, 0.1, 0.5], axis, output, mode, cval)


for _mode in _MODES:
    for _name in ("correlate", "convolve"):
        _rows.add(f"{_name}({_mode})", _of(_name, mode=_mode, cval=0.4, origin=(-1, 0)), _X, _W)
        _rows.add(f"{_name}1d({_mode})", _of(f"{_name}1d", axis=0, mode=_mode, cval=0.4), _X, _V)
    _rows.add(
        f"gaussian_filter({_mode})", _of("gaussian_filter", (0.8, 0.5), mode=_mode, cval=0.4), _X
    )
    _rows.add(f"uniform_filter({_mode})", _of("uniform_filter", (3, 2), mode=_mode, cval=0.4), _X)
    for _name in ("minimum_filter", "maximum_filter", "median_filter"):
        _rows.add(f"{_name}({_mode})", _of(_name, (2, 3), mode=_mode, cval=0.4), _X)
_rows.add("correlate(complex)", _of("correlate"), complex_numbers(4, 5), complex_numbers(3, 3))
_rows.add("correlate(axes)", _of("correlate", axes=(0, 2)), numbers(4, 3, 5), _W)
for _order in range(4):
    _rows.add(f"gaussian_filter1d({_order})", _of("gaussian_filter1d", 0.9, order=_order), _X)
_rows.add(
    "gaussian_filter1d(sigma)", lambda x, s: _image.gaussian_filter1d(x, s), _X, np.asarray(0.8)
)
for _name in ("sobel", "prewitt"):
    _rows.add(_name, _of(_name, 0), _X)
_rows.add("laplace", _of("laplace"), _X)
for _name in ("gaussian_laplace", "gaussian_gradient_magnitude"):
    _rows.add(_name, _of(_name, 0.9), _X)
_rows.add("generic_filter", lambda x: _image.generic_filter(x, _spread, (2, 3)), _X)
for _name in ("generic_laplace", "generic_gradient_magnitude"):
    _rows.add(_name, _of(_name, _slope), _X)
_FOOT = np.asarray([[1, 0, 1], [1, 1, 0]])
_rows.add("rank_filter", _of("rank_filter", 2, 3), _X)
_rows.add("percentile_filter", _of("percentile_filter", 30, footprint=_FOOT), _X)
_rows.add("minimum_filter1d", _of("minimum_filter1d", 3, 0), _X)
_rows.add("maximum_filter1d", _of("maximum_filter1d", 3, 0), _X)
for _name in ("grey_erosion", "grey_dilation", "grey_opening", "grey_closing", "morphological_gradient",
              "morphological_laplace", "white_tophat", "black_tophat"):  # fmt: skip
    _rows.add(_name, _of(_name, (2, 3)), _X)
    _rows.add(
        f"{_name}(structure)", lambda x, s, n=_name: getattr(_image, n)(x, structure=s), _X, _W
    )

for _order in range(6):
    for _mode in ("mirror", "grid-wrap", "reflect"):
        _rows.add(f"spline_filter1d({_order}, {_mode})", _of("spline_filter1d", _order, mode=_mode), _LARGE,
                  value_rtol=1e-10)  # fmt: skip
    for _mode in _ALL:
        _rows.add(f"map_coordinates({_order}, {_mode})",
                  lambda x, p, o=_order, m=_mode: _image.map_coordinates(x, p, order=o, mode=m, cval=0.4),
                  _LARGE, numbers(1, 7, seed=5) * 25.0 + 10.0, value_rtol=1e-8)  # fmt: skip
_rows.add("spline_filter", _of("spline_filter", 3), _X)
_rows.add("map_coordinates(2d)", _of("map_coordinates"), _X, positive(2, 6) + 0.2)
_rows.add(
    "map_coordinates(no filter)",
    _of("map_coordinates", order=3, mode="mirror", prefilter=False),
    _X,
    numbers(2, 6) * 6.0,
)
_rows.add(
    "map_coordinates(complex)",
    lambda x: _image.map_coordinates(x, [[0.3, 1.2], [2.2, 1.7]]),
    complex_numbers(4, 5),
)
for _mode in ("constant", "mirror", "grid-constant"):
    _rows.add(
        f"shift({_mode})", lambda x, m=_mode: _image.shift(x, (0.7, -1.3), mode=m, cval=0.4), _X
    )
    _rows.add(f"affine_transform({_mode})",
              lambda x, a, b, m=_mode: _image.affine_transform(x, a, b, (3, 4), mode=m, cval=0.4),
              _X, np.asarray([[0.8, 0.15], [-0.22, 0.7]]), np.asarray([0.31, 0.52]), value_rtol=1e-8)  # fmt: skip
_rows.add(
    "shift(by)",
    lambda x, s: _image.shift(x, s, order=2, mode="mirror"),
    _X,
    np.asarray([0.7, -1.3]),
)
_rows.add(
    "affine_transform(diagonal)",
    _of("affine_transform", order=3, mode="mirror"),
    _X,
    np.asarray([0.8, 1.2]),
)
_rows.add("affine_transform(homogeneous)", _of("affine_transform", mode="mirror"), _X,
          np.asarray([[0.8, 0.15, 0.3], [-0.22, 0.7, 0.5]]))  # fmt: skip
_rows.add("zoom", _of("zoom", (1.7, 0.6), mode="mirror"), _X)
_rows.add("zoom(grid_mode)", _of("zoom", (1.7, 2.0), mode="grid-wrap", grid_mode=True), _X)
_rows.add("rotate", _of("rotate", 33.0), _X)
_rows.add(
    "rotate(plane)", _of("rotate", 20.0, (0, 2), reshape=False, mode="mirror"), numbers(4, 2, 5)
)
_rows.add("rotate(right angle)", _of("rotate", 90.0), _X)
_rows.add("geometric_transform", lambda x: _image.geometric_transform(x, _moved, mode="mirror"), _X)


def _moved(place: Any) -> Any:
    return place[0] * 0.8 + 0.3, place[1] - 0.4


_rows.add("fourier_gaussian", _of("fourier_gaussian", 1.3), complex_numbers(4, 5))
_rows.add("fourier_gaussian(n)", _of("fourier_gaussian", 0.8, 8, 1), complex_numbers(4, 5))
_rows.add("fourier_uniform", _of("fourier_uniform", (3, 2)), complex_numbers(4, 5))
_rows.add("fourier_shift", _of("fourier_shift", (0.7, -2.0)), complex_numbers(4, 5))
_rows.add(
    "fourier_shift(by)",
    _of("fourier_shift"),
    complex_numbers(4, 5),
    np.asarray([0.7, -2.0]),
)

for _name in (
    "sum_labels",
    "mean",
    "variance",
    "standard_deviation",
    "minimum",
    "maximum",
    "median",
    "center_of_mass",
):
    _rows.add(_name, _of(_name), positive(4, 5))
    _rows.add(f"{_name}(labels)", _of(_name, _LABELS, [1, 3, 2]), positive(4, 5))
    _rows.add(f"{_name}(index)", _of(_name, _LABELS, 2), positive(4, 5))
_rows.add("extrema", lambda x: _image.extrema(x, _LABELS)[:2], _X)

ROWS: list[Any] = _rows.found

__all__ = ["ROWS"]
