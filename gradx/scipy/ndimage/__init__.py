"""`scipy.ndimage` on Tensors, by SciPy's names and with its arguments, one file a family.

- `output` is None or a dtype: results are returned, not written.
- Results have the dtype of the image, as SciPy's; of integers without their fractions.
"""

from gradx.scipy.ndimage.fourier import fourier_gaussian, fourier_shift, fourier_uniform
from gradx.scipy.ndimage.geometry import affine_transform, geometric_transform, map_coordinates, rotate, shift, zoom
from gradx.scipy.ndimage.kernels import convolve, convolve1d, correlate, correlate1d, gaussian_filter, gaussian_filter1d, gaussian_gradient_magnitude, gaussian_laplace, generic_gradient_magnitude, generic_laplace, laplace, prewitt, sobel, uniform_filter, uniform_filter1d
from gradx.scipy.ndimage.measurements import center_of_mass, extrema, maximum, maximum_position, mean, median, minimum, minimum_position, standard_deviation, sum_labels, variance
from gradx.scipy.ndimage.ranks import black_tophat, grey_closing, grey_dilation, grey_erosion, grey_opening, maximum_filter, maximum_filter1d, median_filter, minimum_filter, minimum_filter1d, morphological_gradient, morphological_laplace, percentile_filter, rank_filter, white_tophat
from gradx.scipy.ndimage.splines import spline_filter, spline_filter1d

__all__ = ["affine_transform", "black_tophat", "center_of_mass", "convolve", "convolve1d", "correlate", "correlate1d", "extrema", "fourier_gaussian", "fourier_shift", "fourier_uniform", "gaussian_filter", "gaussian_filter1d", "gaussian_gradient_magnitude", "gaussian_laplace", "generic_gradient_magnitude", "generic_laplace", "geometric_transform", "grey_closing", "grey_dilation", "grey_erosion", "grey_opening", "laplace", "map_coordinates", "maximum", "maximum_filter", "maximum_filter1d", "maximum_position", "mean", "median", "median_filter", "minimum", "minimum_filter", "minimum_filter1d", "minimum_position", "morphological_gradient", "morphological_laplace", "percentile_filter", "prewitt", "rank_filter", "rotate", "shift", "sobel", "spline_filter", "spline_filter1d", "standard_deviation", "sum_labels", "uniform_filter", "uniform_filter1d", "variance", "white_tophat", "zoom"]
