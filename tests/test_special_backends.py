"""Where each library's special functions come from: its own, SciPy's on the host, or a clear error."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
import scipy.special

import gradx as gx
from gradx.backend import backend_named
from gradx.errors import MissingRuleError
from tests.test_backends import cupy_of_numpy, no_cupy  # noqa: F401  (a fixture)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_own_functions_of_torch(dtype: str) -> None:
    """They serve on CUDA; here their values are checked on the CPU."""
    pytest.importorskip("torch", reason="torch is not installed")
    backend: Any = backend_named("torch")
    x = np.linspace(0.05, 0.95, 7).astype(dtype)
    for name, own in backend.special_names.items():
        two = name in ("gammainc", "gammaincc", "zeta")
        args = (x + 1.5, x) if two else (x,)
        expected = getattr(scipy.special, name)(*args)
        got = own(*[backend.asarray(a) for a in args])
        rtol = 1e-11 if dtype == "float64" else 2e-5
        np.testing.assert_allclose(
            backend.to_numpy(got), expected, rtol=rtol, atol=1e-15, err_msg=name
        )


def test_nothing_leaves_a_device_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    backend: Any = backend_named("array_api_strict")
    monkeypatch.setattr(type(backend), "in_host_memory", lambda self, array: False)
    x = gx.asarray([1.0], device="array_api_strict")
    with pytest.raises(
        MissingRuleError, match=r"special.k0: array_api_strict has no such function.*to_device"
    ):
        gx.special.k0(x)


def test_own_functions_are_used_off_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    backend: Any = backend_named("torch")
    monkeypatch.setattr(type(backend), "in_host_memory", lambda self, array: False)
    a = gx.asarray([2.0], device="torch:cpu", dtype="float32")
    x = gx.asarray([1.0], device="torch:cpu")
    y = gx.special.gammainc(a, x)
    assert (y.dtype, y.device) == (gx.float64, "torch:cpu")
    assert float(y) == pytest.approx(1 - 2 / np.e)
    assert float(gx.special.gammainc(2, x)) == pytest.approx(1 - 2 / np.e)
    with pytest.raises(MissingRuleError, match=r"special.hyp0f1: torch has no such function"):
        gx.special.hyp0f1(1.5, x)


def test_cupy_says_what_it_lacks(no_cupy: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    fake = cupy_of_numpy(monkeypatch)
    fake.__version__ = "14"
    monkeypatch.delattr(sys.modules["cupyx.scipy.special"], "airy")
    from gradx_cupy import special

    x = np.asarray([1.0, 2.0], dtype=np.float32)
    assert special.jv(2, x).dtype == np.float32
    assert special.jv(np.asarray([2]), x.astype(np.float16)).dtype == np.float16
    assert special.hankel1(1.0, x).dtype == np.complex64
    np.testing.assert_allclose(special.gammainc(2.0, x), scipy.special.gammainc(2.0, x), rtol=1e-6)
    with pytest.raises(MissingRuleError, match=r"special.airy: CuPy 14 has no such function"):
        special.airy(x)


def test_several_results_on_dask() -> None:
    x = gx.asarray([0.3, 1.2], device="dask:cpu")
    (g,) = gx.vjp(lambda x: gx.special.sici(x)[0], x)[1](gx.ones_like(x))
    assert g.device == "dask:cpu"
    np.testing.assert_allclose(g.numpy(), np.sin([0.3, 1.2]) / [0.3, 1.2], rtol=1e-14)


def test_complex_arguments_of_real_functions() -> None:
    z = np.asarray([0.3 + 0.4j])
    for device in ("array_api_strict", "dask:cpu"):
        y = gx.erf(gx.asarray(z, device=device))
        np.testing.assert_allclose(y.numpy(), scipy.special.erf(z), rtol=1e-14)


def test_cupy_keeps_the_standard_s_special_cases(
    no_cupy: None,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cupy_of_numpy(monkeypatch)
    from gradx_cupy import namespace as xp

    monkeypatch.setattr(xp, "asarray", lambda x, dtype=None, device=None: np.asarray(x, dtype))
    inf, nan = np.inf, np.nan
    with np.errstate(all="ignore"):
        assert xp.floor_divide(np.asarray([inf]), 2.0).tolist() == [inf]
        assert np.signbit(xp.floor_divide(2.0, np.asarray([-inf])))[0]
        assert xp.floor_divide(np.asarray([7]), 2).dtype == np.int64
        assert np.signbit(xp.remainder(np.asarray([4.0]), -2.0))[0]
        assert xp.remainder(np.asarray([5], dtype=np.float32), 3.0).dtype == np.float32
        assert xp.tanh(np.asarray([complex(inf, 1.0)])).tolist() == [1 + 0j]
        assert xp.log1p(np.asarray([complex(nan, inf)])).real.tolist() == [inf]
        assert xp.sign(np.asarray([-3.0, 0.0])).tolist() == [-1.0, 0.0]
