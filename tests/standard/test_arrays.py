"""Creation, indexing, conversion, inspection and errors, as the standard says, beyond signatures and dtypes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradx as gx
from gradx.errors import GraphError
from gradx.namespace import namespace_for
from gradx.testing import assert_close
from tests.standard.functions import COMPLEX, DTYPES, FLOATS, INTEGERS

WHOLE = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
TRACKED = pytest.mark.parametrize("tracked", [False, True])


def matrix(device: str, tracked: bool = False) -> Any:
    """Return a 2 x 3 matrix."""
    return gx.asarray(WHOLE, device=device, requires_grad=tracked)


def test_creation_has_the_default_dtypes_and_the_default_device(device: str) -> None:
    xp = namespace_for(device)
    info = xp.__array_namespace_info__()
    defaults = info.default_dtypes(device=device)
    assert set(defaults) == {"real floating", "complex floating", "integral", "indexing"}
    for x in (xp.zeros(2), xp.ones((2,)), xp.empty(()), xp.eye(2), xp.linspace(0, 1, 3), xp.full(2, 1.0),
              xp.asarray([1, 2.0]), xp.arange(0.0, 1.0), xp.arange(3, step=0.5), xp.fft.fftfreq(4)):  # fmt: skip
        assert x.dtype == defaults["real floating"] and x.device == device == info.default_device()
    for x in (xp.arange(3), xp.full(2, 1), xp.asarray([True, 2])):
        assert x.dtype == defaults["integral"] and x.device == device
    for x in (xp.full(2, 1j), xp.asarray([1, 1j]), xp.linspace(0, 1j, 3)):
        assert x.dtype == defaults["complex floating"]
    assert xp.full(2, True).dtype == xp.asarray(False).dtype == gx.bool
    assert xp.argmax(xp.ones(3)).dtype == defaults["indexing"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_creation_takes_every_dtype(dtype: str, device: str) -> None:
    made = (
        gx.zeros((2, 2), dtype=dtype, device=device), gx.ones(2, dtype=dtype, device=device),
        gx.eye(2, 3, k=1, dtype=dtype, device=device), gx.full(2, 1, dtype=dtype, device=device),
        gx.asarray([1, 0], dtype=dtype, device=device), gx.empty_like(matrix(device), dtype=dtype),
    )  # fmt: skip
    assert {x.dtype for x in made} == {gx.dtype_of(dtype)} and {x.device for x in made} == {device}
    assert made[2].tolist() == [[0, 1, 0], [0, 0, 1]]


def test_values_of_creation(device: str) -> None:
    assert gx.arange(5, 1, -2, device=device).tolist() == [5, 3]
    assert gx.arange(1, 1, device=device).shape == gx.linspace(0, 1, 0, device=device).shape == (0,)
    assert gx.linspace(0, 1, 4, endpoint=False, device=device).tolist() == [0.0, 0.25, 0.5, 0.75]
    assert gx.tril(matrix(device), k=-1).tolist() == [[0, 0, 0], [4, 0, 0]]
    assert gx.triu(matrix(device), k=1).tolist() == [[0, 2, 3], [0, 0, 6]]
    ij, xy = (
        gx.meshgrid(gx.arange(2, device=device), gx.arange(3, device=device), indexing=i)
        for i in ("ij", "xy")
    )
    assert ij[0].shape == (2, 3) and xy[0].shape == (3, 2)


@TRACKED
def test_copies(tracked: bool, device: str) -> None:
    x = matrix(device, tracked)
    assert gx.asarray(x) is x
    copied = gx.asarray(x, copy=True)
    assert copied is not x and copied.tolist() == x.tolist() and copied.requires_grad == tracked
    with pytest.raises(ValueError, match="copy"):
        gx.asarray(x, dtype=gx.float32, copy=False)
    assert gx.astype(x, x.dtype, copy=False).tolist() == WHOLE
    assert gx.astype(x, gx.complex64).dtype == gx.complex64
    assert gx.reshape(x, (-1,), copy=True).shape == (6,)


KEYS: list[tuple[Any, Any]] = [
    (0, (3,)), (-1, (3,)), ((1, 2), ()), ((1, -3), ()), (slice(None), (2, 3)), ((..., 0), (2,)), (..., (2, 3)),
    ((0, ...), (3,)), ((slice(None), slice(0, 2)), (2, 2)), ((slice(None), slice(None, None, -1)), (2, 3)),
    ((slice(None), slice(2, 0, -1)), (2, 2)), (None, (1, 2, 3)), ((..., None), (2, 3, 1)),
    ((0, None, slice(1, None)), (1, 2)), ((slice(5, 9), 0), (0,)), ((), (2, 3)),
]  # fmt: skip


@pytest.mark.parametrize(("key", "shape"), KEYS, ids=[repr(key) for key, _ in KEYS])
@TRACKED
def test_basic_indices(key: Any, shape: tuple[int, ...], tracked: bool, device: str) -> None:
    got = matrix(device, tracked)[key]
    assert got.shape == shape and got.requires_grad == tracked and got.device == device
    assert got.detach().tolist() == np.asarray(WHOLE)[key].tolist()


@TRACKED
def test_masks_and_arrays_of_integers(tracked: bool, device: str) -> None:
    x = matrix(device, tracked)
    assert x[x > 2.5].tolist() == [3.0, 4.0, 5.0, 6.0]
    assert x[gx.asarray([False, True], device=device)].tolist() == [WHOLE[1]]
    yes, no = gx.asarray(True, device=device), gx.asarray(False, device=device)
    assert x[yes].tolist() == [WHOLE] and x[no].shape == (0, 2, 3) and x[0][yes].shape == (1, 3)
    assert x[0, 0][yes].shape == (1,) and x[0, 0][no].shape == (0,)
    if tracked:
        (gx.sum(x[yes] * 3.0) + gx.sum(x[no])).backward()
        assert x.grad.tolist() == [[3.0] * 3] * 2
    rows, columns = gx.asarray([1, -1], device=device), gx.asarray([0, 2], device=device)
    assert x[rows, columns].tolist() == [4.0, 6.0] and x[0, columns].tolist() == [1.0, 3.0]
    assert gx.take(x, columns, axis=1).tolist() == [[1.0, 3.0], [4.0, 6.0]]


def test_writing(device: str) -> None:
    x = matrix(device)
    x[0, 1:] = 0
    x[1, ...] = gx.asarray([7, 8, 9], device=device)  # integers go into floats
    assert x.tolist() == [[1.0, 0.0, 0.0], [7.0, 8.0, 9.0]] and x.dtype == gx.float64
    x[x > 7.5] = -1.0
    x[..., 0] = gx.asarray(5.0, device=device)
    assert x.tolist() == [[5.0, 0.0, 0.0], [5.0, -1.0, -1.0]]
    whole = gx.asarray([1, 2], device=device)
    with pytest.raises((TypeError, ValueError)):
        whole[0] = gx.asarray(1.5 + 1j, device=device)
    assert whole.tolist() == [1, 2]


def test_conversion_to_python(device: str) -> None:
    one = gx.asarray(3, device=device)
    assert int(one) == 3 and float(one) == 3.0 and complex(one) == 3 + 0j and bool(one) is True
    assert one.__index__() == 3 and [0, 1, 2, 3][one] == 3
    assert (
        float(gx.asarray(0.5, device=device)) == 0.5
        and complex(gx.asarray(1j, device=device)) == 1j
    )
    with pytest.raises(TypeError):
        gx.asarray(1.0, device=device).__index__()
    with pytest.raises(TypeError):
        float(gx.asarray(1j, device=device))
    for convert in (int, float, complex, bool):
        with pytest.raises((TypeError, ValueError)):
            convert(gx.ones(2, device=device))


@pytest.mark.parametrize("dtype", [*FLOATS, *COMPLEX])
def test_finfo(dtype: str, device: str) -> None:
    real = {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)
    digits, exponent, bits = (23, 128, 32) if real == "float32" else (52, 1024, 64)
    for got in (gx.finfo(getattr(gx, dtype)), gx.finfo(gx.ones(1, dtype=dtype, device=device))):
        assert (got.bits, got.dtype) == (bits, real)
        assert (got.eps, got.smallest_normal) == (2.0**-digits, 2.0 ** (2 - exponent))
        assert got.max == -got.min == (2.0 - 2.0**-digits) * 2.0 ** (exponent - 1)
        assert all(type(v) is float for v in (got.eps, got.max, got.min, got.smallest_normal))


@pytest.mark.parametrize("dtype", INTEGERS)
def test_iinfo(dtype: str, device: str) -> None:
    bits = int(dtype.lstrip("uint"))
    low, high = (0, 2**bits - 1) if dtype[0] == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    for got in (gx.iinfo(getattr(gx, dtype)), gx.iinfo(gx.ones(1, dtype=dtype, device=device))):
        assert (got.bits, got.min, got.max, got.dtype) == (bits, low, high, dtype)
        assert type(got.bits) is type(got.min) is type(got.max) is int


def test_the_namespace_describes_itself(device: str) -> None:
    xp = gx.ones(1, device=device).__array_namespace__()
    assert xp is namespace_for(device) and xp.__array_api_version__ == "2025.12"
    info = xp.__array_namespace_info__()
    capabilities = info.capabilities()
    assert capabilities["boolean indexing"] is capabilities["data-dependent shapes"] is True
    assert capabilities["max dimensions"] >= 8
    assert isinstance(info.devices(), tuple) and device in info.devices()
    lacking = {"uint16", "uint32", "uint64"} if device.startswith("torch") else set()
    assert set(info.dtypes()) == set(info.dtypes(device=device)) == set(DTYPES) - lacking
    assert set(info.dtypes(kind=("integral", "bool"))) == {"bool", *INTEGERS} - lacking
    assert set(info.dtypes(kind="numeric")) == set(DTYPES[1:]) - lacking
    for kind, letters in {"bool": "b", "signed integer": "i", "unsigned integer": "u", "real floating": "f",
                          "complex floating": "c"}.items():  # fmt: skip
        assert {dtype.kind for dtype in info.dtypes(kind=kind).values()} == set(letters)
    for version in ("2021.12", "2022.12", "2023.12", "2024.12", "2025.12"):
        assert gx.ones(1, device=device).__array_namespace__(api_version=version) is xp


REFUSED: dict[str, Any] = {
    "shapes that do not broadcast": lambda x: x + x[:, :2],
    "matmul of unequal sizes": lambda x: gx.matmul(x, x),
    "matmul of rank 0": lambda x: gx.matmul(x, x[0, 0]),
    "reshape to another size": lambda x: gx.reshape(x, (4,)),
    "squeeze of more than 1": lambda x: gx.squeeze(x, 0),
    "an axis that is not there": lambda x: gx.sum(x, axis=2),
    "an axis given twice": lambda x: gx.sum(x, axis=(0, -2)),
    "permute_dims of too few": lambda x: gx.permute_dims(x, (0,)),
    "expand_dims out of range": lambda x: gx.expand_dims(x, 5),
    "broadcast_to what does not fit": lambda x: gx.broadcast_to(x, (2, 4)),
    "concat of unequal shapes": lambda x: gx.concat([x, x[:, :2]], axis=0),
    "stack of unequal shapes": lambda x: gx.stack([x, x[:, :2]]),
    "nonzero of rank 0": lambda x: gx.nonzero(x[0, 0]),
    "an index out of range": lambda x: x[2],
    "too many indices": lambda x: x[0, 0, 0],
    "two ellipses": lambda x: x[..., ...],
    "a float as an index": lambda x: x[1.0],
    "max of nothing": lambda x: gx.max(x[:0]),
    "cumulative_sum of a matrix, no axis": lambda x: gx.cumulative_sum(x),
    "cross of other sizes than 3": lambda x: gx.linalg.cross(x[:, :2], x[:, :2]),
    "det of what is not square": lambda x: gx.linalg.det(x),
    "the keyword of a positional parameter": lambda x: gx.add(x1=x, x2=x),
    "a positional keyword parameter": lambda x: gx.sum(x, 0),
    "bits of floats": lambda x: gx.bitwise_and(x, x),
    "a string as an operand": lambda x: x + "1",
    "fft of no points": lambda x: gx.fft.fft(x, n=0),
    "an unknown norm": lambda x: gx.fft.fft(x, norm="other"),
    "in-place results of another shape": lambda x: x[0].__iadd__(x),
    "truth of many elements": lambda x: bool(x),
}


@pytest.mark.parametrize("what", REFUSED)
@TRACKED
def test_refused(what: str, tracked: bool, device: str) -> None:
    x = matrix(device, tracked)
    with pytest.raises(
        (TypeError, ValueError, IndexError, NotImplementedError)
    ):  # the last is PyTorch's
        REFUSED[what](x)
    assert x.tolist() == WHOLE


def test_tolerances_may_be_arrays_one_a_matrix(device: str) -> None:
    x = gx.asarray(
        [[[4.0, 1.0], [1.0, 3.0]], [[1.0, 2.0], [2.0, 4.5]]], device=device, requires_grad=True
    )
    rtol = gx.asarray([0.0, 0.5], device=device)
    assert gx.linalg.matrix_rank(x, rtol=rtol).tolist() == [2, 1]
    each = [gx.linalg.pinv(x[i], rtol=rtol[i]) for i in range(2)]
    both = gx.linalg.pinv(x, rtol=rtol)
    assert_close(both, gx.stack(each))
    assert_close(gx.linalg.matrix_rank(both).detach(), gx.asarray([2, 1], device=device))
    assert_close(
        gx.gradients(gx.sum(both**2), [x])[0], gx.gradients(gx.sum(gx.stack(each) ** 2), [x])[0]
    )
    with pytest.raises(GraphError, match=r"linalg.pinv: expected a tolerance"):
        gx.grad(lambda v: gx.sum(gx.linalg.pinv(v, rtol=v[0, 0])))(x[0].detach())
