"""The devices that the standard's rules are tested on."""

from __future__ import annotations

import pytest


@pytest.fixture
def device(gradx_device: str) -> str:
    """Return a device whose library follows the standard."""
    if gradx_device.startswith("dask"):
        pytest.skip(
            "Dask widens small integers in products and computes late, with NumPy's warnings"
        )
    return gradx_device
