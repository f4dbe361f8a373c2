"""The devices that our own suite runs on; a new backend is one more line here."""

from __future__ import annotations

import pytest

pytest_plugins = ["gradx.pytest_plugin", "pytester"]

DEVICES = [
    "cpu",
    "cuda",
    "array_api_strict:device1",  # not the default one: a rule that forgets the device fails
    "torch:cpu",
    "dask:cpu",
]


def pytest_configure(config: pytest.Config) -> None:
    """Run on all of them unless the command line says otherwise."""
    if config.getoption("gradx_device") is None:
        config.option.gradx_device = ",".join(DEVICES)
