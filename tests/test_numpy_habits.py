"""What code written for NumPy asks of an array: attributes, arguments by position, object arrays, classes as dtypes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import ConversionError, OperandError


def test_flat_is_a_view_of_all_elements() -> None:
    x = gx.asarray(np.arange(6.0).reshape(2, 3), requires_grad=True)
    y = x * 1.0
    y.flat[::4] += x[0, 1]
    assert y.tolist() == [[1.0, 1.0, 2.0], [3.0, 5.0, 5.0]]
    gx.sum(y).backward()
    assert x.grad.tolist() == [[1.0, 3.0, 1.0], [1.0, 1.0, 1.0]]
    y.flat = 7.0
    assert y.tolist() == [[7.0] * 3] * 2 and [v.item() for v in y.T.flat] == [7.0] * 6


def test_the_trace_of_a_stack_has_numpys_axes() -> None:
    a = np.arange(24.0).reshape(2, 3, 4)
    x = gx.asarray(a)
    for args in ((), (1,), (0, 1, 2), (-1, 2, 0)):
        np.testing.assert_array_equal(x.trace(*args).numpy(), a.trace(*args))
    assert x.trace(dtype=np.float32).dtype == gx.float32
    np.testing.assert_array_equal(gx.trace(x).numpy(), np.linalg.trace(a))


@pytest.mark.parametrize("mode", ["clip", "wrap"])
def test_take_with_indices_outside(mode: Any) -> None:
    a = np.arange(12.0).reshape(3, 4)
    places = np.asarray([-7, -1, 2, 9])
    x = gx.asarray(a, requires_grad=True)
    for y in (gx.take(x, gx.asarray(places), 1, mode=mode), x.take(places, 1, mode=mode)):
        np.testing.assert_array_equal(y.detach().numpy(), a.take(places, 1, mode=mode))
    gx.sum(y).backward()
    counts = np.bincount(np.arange(4).take(places, mode=mode), minlength=4)
    np.testing.assert_array_equal(x.grad.numpy(), np.tile(counts, (3, 1)))
    with pytest.raises(ValueError, match="raise, wrap or clip"):
        gx.take(x, gx.asarray([0]), axis=0, mode="bend")
    with pytest.raises(IndexError):
        gx.take(x, gx.asarray([9]), axis=0)


def test_diff_by_position() -> None:
    x = gx.asarray(np.arange(12.0).reshape(3, 4) ** 2)
    np.testing.assert_array_equal(gx.diff(x, 2, 0).numpy(), np.diff(x.numpy(), 2, 0))


def test_lstsq_takes_numpys_rcond() -> None:
    a, b = np.diag([1.0, 1e-3]), np.ones(2)
    for rcond in (1e-2, 1e-4):
        expected = np.linalg.lstsq(a, b, rcond=rcond)[0]
        got = gx.linalg.lstsq(gx.asarray(a), gx.asarray(b), rcond=rcond)
        np.testing.assert_allclose(got.solution.numpy(), expected)


def test_an_array_of_objects() -> None:
    x = gx.asarray([1.0, 2.0])
    got = np.asarray(x, dtype=object)
    assert got.dtype == object and got.tolist() == [1.0, 2.0] and type(got[0]) is float
    with pytest.raises(ValueError, match="copy"):
        np.asarray(x, dtype=object, copy=False)
    x.requires_grad = True
    with pytest.raises(ConversionError, match="detach"):
        np.asarray(x, dtype=object)


def test_classes_and_dtypes_of_numpy_promote() -> None:
    assert gx.result_type(np.float32, np.int16) == gx.float32
    assert gx.result_type(gx.ones(2, dtype=gx.float32), np.float64) == gx.float64
    assert gx.result_type(np.dtype("float32"), 1.0) == gx.float32
    assert gx.result_type(np.ones(2, dtype=np.int8), gx.int16) == gx.int16
    assert gx.float32.type is np.float32


def test_linspace_ends_exactly() -> None:
    for start, stop in ((-1.2, 2.5), (0.1, 0.7)):
        assert np.linspace(gx.asarray(start), gx.asarray(stop), 7)[-1].item() == stop


def test_histograms_refuse_what_they_do_not_have() -> None:
    x = gx.asarray([1.0, 2.0, 4.0])
    with pytest.raises(OperandError, match="bins='auto'"):
        np.histogram(x, "auto")
    with pytest.raises(ValueError, match="do not fall"):
        np.histogram(x, [2.0, 1.0])
    with pytest.raises(ValueError, match="finite"):
        np.histogram(gx.asarray([1.0, np.nan]))
    with pytest.raises(ValueError, match="weights"):
        np.histogram(x, weights=[1.0])
    counts: Any = np.histogram(gx.asarray([1, 2, 2]), bins=[0, 2, 3])[0]
    assert counts.dtype == gx.int64 and counts.tolist() == [1, 2]


def test_bfloat16_einsum() -> None:
    pytest.importorskip("ml_dtypes", reason="NumPy has bfloat16 by ml_dtypes")
    a = gx.astype(gx.asarray(np.arange(6.0).reshape(2, 3)), "bfloat16")
    for subscripts, arrays in (("ij->j", [a]), ("ij,kj->ik", [a, a]), ("ij,j->i", [a, a[0]])):
        y = gx.einsum(subscripts, *arrays)
        assert y.dtype == gx.bfloat16
        wide = [gx.astype(x, "float64") for x in arrays]
        np.testing.assert_allclose(
            gx.astype(y, "float64").numpy(), gx.einsum(subscripts, *wide).numpy(), rtol=1e-2
        )
    assert gx.einsum("ij,ij->i", a, gx.astype(a, "float32")).dtype == gx.float32
    assert gx.grad(lambda a: gx.sum(gx.einsum("ij->j", a)))(a).dtype == gx.bfloat16


def test_a_broadcast_cotangent_travels_to_torch() -> None:
    torch = pytest.importorskip("torch", reason="the other library is torch")
    x = gx.asarray(torch.ones(3, dtype=torch.float64), requires_grad=True)
    gx.sum(x.to_device("cpu")).backward()  # a warning is an error here
    assert x.grad.tolist() == [1.0, 1.0, 1.0] and x.grad.device == "torch:cpu"
