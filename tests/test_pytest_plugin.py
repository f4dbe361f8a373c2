"""The pytest plugin: devices as parameters, skips with the library's reason, failures where required."""

from __future__ import annotations

import pytest

SUITE = """
    import gradx as gx

    def test_on_device(gradx_device):
        assert gx.zeros(2, device=gradx_device).shape == (2,)
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(SUITE)
    return pytester


def run(suite: pytest.Pytester, *options: str) -> pytest.RunResult:
    return suite.runpytest_inprocess("-p", "gradx.pytest_plugin", "-rs", *options)


def test_runs_once_a_device(suite: pytest.Pytester) -> None:
    run(suite, "--gradx-device", "cpu").assert_outcomes(passed=1)
    suite.makeini("[pytest]\ngradx_devices = cpu")
    run(suite).assert_outcomes(passed=1)


def test_skips_with_the_reason(suite: pytest.Pytester) -> None:
    result = run(suite, "--gradx-device", "cpu,no_such_library:cpu")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["*no_such_library:cpu: *no_such_library*"])


def test_fails_where_the_backend_is_required(suite: pytest.Pytester) -> None:
    options = ("--gradx-device", "no_such_library:cpu", "--require-backend")
    run(suite, *options, "another").assert_outcomes(skipped=1)
    result = run(suite, *options, "another,no_such_library")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*required by --require-backend*"])


def test_array_api_strict_runs_where_warnings_are_errors(suite: pytest.Pytester) -> None:
    pytest.importorskip("array_api_strict", reason="warns where its dtypes meet NumPy's")
    suite.makepyfile(
        """
        import gradx as gx

        def test_gradient(gradx_device):
            x = gx.asarray([3.0, 4.0], device=gradx_device, requires_grad=True)
            gx.norm(x).backward()
        """
    )
    suite.makeini("[pytest]\nfilterwarnings = error")
    run(suite, "--gradx-device", "cpu,array_api_strict:device1,cpu").assert_outcomes(passed=3)
