"""NumPy's functions on other libraries' devices: the same values, and every result beside its argument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradx as gx
import gradx.numpy as gnp
from gradx.errors import MixedLibraryError
from tests.test_numpy_walk import arguments, leaves, samples

# Their samples mix in arrays of NumPy's, which stay on the CPU: an error, in gradx and in these libraries.
MIXED = {"sum-1", "prod-1", "max-1", "any-0", "mean-1", "bincount-0", "bincount-1", "where-0", "choose-0", "take-0",
         "take-1", "take_along_axis-0", "take_along_axis-1", "extract-0", "interp-0", "interp-1",
         "ldexp-0"}  # fmt: skip
# array-api-strict refuses their dtypes.
STRICT = {"isin-0", "intersect1d-0", "setdiff1d-0", "setxor1d-0", "logical_not-0", "logical_and-0", "logical_or-0",
          "logical_xor-0"}  # fmt: skip

Sample = Callable[..., Any]
# eig and qr choose signs and orders of their own, some by the library.
BY_LIBRARY = {"linalg.qr-0", "linalg.qr-1"}


@pytest.mark.parametrize("device", ["array_api_strict:device1", "torch:cpu"])
@pytest.mark.parametrize(
    ("sample", "name"), [(p.values[0], p.id) for p in samples()], ids=[p.id for p in samples()]
)
def test_beside_the_argument(sample: Sample, name: str, device: str) -> None:
    if device.startswith("torch"):
        pytest.importorskip("torch", reason="the device is torch's")
    primals = arguments(sample)
    tensors = [gx.asarray(x, device=device) for x in primals]
    if name in MIXED:
        with pytest.raises(MixedLibraryError):
            sample(gnp, *tensors)
        return
    if name in STRICT and not device.startswith("torch"):
        with pytest.raises(TypeError, match="Only"):
            sample(gnp, *tensors)
        return
    got, expected = leaves(sample(gnp, *tensors)), leaves(sample(np, *primals))
    for y, value in zip(got, expected, strict=True):
        if isinstance(y, gx.Tensor):
            assert y.device == device
            plain = y.to_device("cpu").numpy()
            if name in BY_LIBRARY:
                plain, value = np.abs(plain), np.abs(value)
            np.testing.assert_allclose(plain, value, rtol=1e-9, atol=1e-10)
