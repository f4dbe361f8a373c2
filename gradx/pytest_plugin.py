"""Run a test suite on each device: the fixture `gradx_device`, and two options.

- `--gradx-device cpu,cuda,torch:cpu` names the devices; by default those in the ini option `gradx_devices`.
- A device that is not there skips its tests, with the reason that the driver or the library gave.
- `--require-backend cupy` turns such a skip into a failure: for machines that are there for that device.
- Loaded by pytest wherever gradx is installed, so it imports the rest of gradx only inside fixtures.

A test that takes the fixture runs once a device:

    def test_norm(gradx_device):
        x = gx.asarray([3.0, 4.0], device=gradx_device)
"""

from __future__ import annotations

from functools import cache

import pytest

_LIBRARIES = {"cpu": "numpy", "cuda": "cupy"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options to pytest's."""
    group = parser.getgroup("gradx")
    group.addoption(
        "--gradx-device",
        metavar="NAMES",
        help="comma-separated devices for the fixture gradx_device: cpu, cuda, cuda:1, torch:cpu, …",
    )
    group.addoption(
        "--require-backend",
        action="append",
        default=[],
        metavar="LIBRARY",
        help="fail, instead of skip, the tests of a library that is not there: cupy, torch, …",
    )
    parser.addini(
        "gradx_devices",
        "devices for the fixture gradx_device",
        type="args",
        default=["cpu", "cuda"],
    )


def pytest_configure(config: pytest.Config) -> None:
    """Let suites that turn warnings into errors run on array-api-strict, whose dtypes hash like NumPy's."""
    config.addinivalue_line(
        "filterwarnings", "ignore:You are comparing a array_api_strict dtype:UserWarning"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that takes `gradx_device` once for each device."""
    if "gradx_device" in metafunc.fixturenames:
        names = devices(metafunc.config)
        metafunc.parametrize("gradx_device", names, indirect=True, scope="session")


@pytest.fixture(scope="session")
def gradx_device(request: pytest.FixtureRequest) -> str:
    """Return the name of a device that is there; skip the test if it is not."""
    device = str(request.param)
    reason = why_missing(device)
    if reason is not None:
        message = f"{device}: {reason}"
        if library_of(device) in required(request.config):
            pytest.fail(f"{message} (required by --require-backend)", pytrace=False)
        pytest.skip(message)
    return device


def devices(config: pytest.Config) -> list[str]:
    """Return the names of the devices to run on, there or not."""
    given = config.getoption("gradx_device")
    return (
        [name for name in given.split(",") if name]
        if given
        else list(config.getini("gradx_devices"))
    )


def required(config: pytest.Config) -> set[str]:
    """Return the libraries that must be there."""
    return {name for given in config.getoption("require_backend") for name in given.split(",")}


def library_of(device: str) -> str:
    """Return the top-level module that a device's arrays come from.

    >>> library_of("cuda:1"), library_of("torch:cpu")
    ('cupy', 'torch')
    """
    name = device.partition(":")[0]
    return _LIBRARIES.get(name, name)


@cache
def why_missing(device: str) -> str | None:
    """Return why a device cannot be used, in the words of its library or driver; None if it can."""
    from gradx.create import asarray
    from gradx.errors import DeviceError

    try:
        (asarray([1.0], device=device) + 1.0).tolist()
    except (DeviceError, ImportError) as error:
        return str(error)
    return None
