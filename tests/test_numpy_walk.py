"""A walk through NumPy: each of its functions, met by a Tensor, gives the right gradient or says that it cannot.

- The judge of values and gradients is NumPy itself: its own results, and central differences of them.
- A function of NumPy's that neither has a sample nor is listed as missing fails the walk: nothing slips through.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradx as gx
import gradx.numpy as gnp
from gradx.errors import MissingRuleError
from gradx.numpy import universal
from tests.numpy_samples import FFT, FUNCTIONS, INPUTS, INTEGERS, LINALG, UFUNCS, WRITERS

Sample = Callable[..., Any]

# They get the values alone, and refuse those of a tracked Tensor: texts, files, memory.
OF_VALUES = {"array2string", "array_repr", "array_str", "may_share_memory", "save", "savetxt", "savez",
             "savez_compressed", "shares_memory"}  # fmt: skip
# gradx has no rule for them: they raise with their names.
MISSING = {
    "busday_count": (np.datetime64("2020-01-01"), np.datetime64("2020-02-01")), "busday_offset": (0,),
    "datetime_as_string": (), "is_busday": (), "isnat": (), "packbits": (), "unpackbits": (),
}  # fmt: skip


def dispatched(space: Any) -> set[str]:
    """Return the names of the functions of a NumPy module that dispatch on their arguments."""
    kind = type(np.concatenate)
    return {name for name in dir(space) if type(getattr(space, name)) is kind}


def ufuncs() -> dict[str, np.ufunc]:
    """Return NumPy's ufuncs by all their names."""
    return {name: value for name in dir(np) if isinstance(value := getattr(np, name), np.ufunc)}


def samples() -> list[Any]:
    """Return all samples, under names that say whose they are."""
    found = []
    for prefix, table in (("", FUNCTIONS), ("linalg.", LINALG), ("fft.", FFT), ("", UFUNCS)):
        for name, entry in table.items():
            for i, sample in enumerate(entry if isinstance(entry, list) else [entry]):
                found.append(pytest.param(sample, id=f"{prefix}{name}-{i}"))
    return found


def arguments(sample: Sample) -> list[Any]:
    """Return the inputs that a sample names."""
    names = list(inspect.signature(sample).parameters)[1:]
    return [INPUTS[name] for name in names if name in INPUTS]


def leaves(result: Any) -> list[Any]:
    """Return the arrays of a result."""
    return (
        [x for part in result for x in leaves(part)]
        if isinstance(result, (tuple, list))
        else [result]
    )


@pytest.mark.parametrize("sample", samples())
@pytest.mark.parametrize("space", [np, gnp], ids=["numpy", "gradx.numpy"])
def test_value_and_gradient(sample: Sample, space: Any) -> None:
    primals = arguments(sample)
    tensors = [gx.asarray(x, copy=True, requires_grad=True) for x in primals]
    got, expected = (
        leaves(sample(space, *tensors)),
        leaves(sample(np, *[x.copy() for x in primals])),
    )
    assert len(got) == len(expected)
    for y, value in zip(got, expected, strict=True):
        plain = y.detach().numpy() if isinstance(y, gx.Tensor) else y
        assert np.shape(plain) == np.shape(value)
        if isinstance(value, (np.ndarray, np.generic)):
            assert isinstance(y, (gx.Tensor, bool)), "expected a Tensor: nothing was converted"
            np.testing.assert_allclose(plain, value, rtol=1e-10, atol=1e-12)
        else:
            assert plain == value
    tracked = [y for y in got if isinstance(y, gx.Tensor) and y.requires_grad]
    if any(np.iscomplexobj(y) or np.issubdtype(np.asarray(y).dtype, np.floating) for y in expected):
        if differences_move(sample, primals):
            assert tracked, "expected a result on the graph: the gradient was dropped"
    if tracked:
        check_gradient(sample, primals, tensors, got)


def weights(values: list[Any]) -> list[Any]:
    """Return a cotangent for each result."""
    rng = np.random.default_rng(11)
    found = []
    for y in values:
        w = rng.normal(size=np.shape(y))
        found.append(w + 1j * rng.normal(size=np.shape(y)) if np.iscomplexobj(y) else w)
    return found


def loss(values: list[Any], cotangents: list[Any]) -> float:
    """Return the real inner product of results and cotangents."""
    pairs = zip(values, cotangents, strict=True)
    return float(sum(np.sum((np.conj(w) * np.asarray(y)).real) for y, w in pairs))


def difference(
    sample: Sample, primals: list[Any], direction: list[Any], cotangents: list[Any]
) -> float:
    """Return the central difference of NumPy's own results, of the fourth order."""
    h = 2e-4
    at = [
        loss(
            leaves(sample(np, *[x + k * h * v for x, v in zip(primals, direction, strict=True)])),
            cotangents,
        )
        for k in (-2, -1, 1, 2)
    ]
    return (at[0] - 8 * at[1] + 8 * at[2] - at[3]) / (12 * h)


def directions(primals: list[Any]) -> list[Any]:
    rng = np.random.default_rng(12)
    found = []
    for x in primals:
        v = rng.normal(size=x.shape) * 0.3
        found.append(v + 0.3j * rng.normal(size=x.shape) if np.iscomplexobj(x) else v)
    return found


def differences_move(sample: Sample, primals: list[Any]) -> bool:
    """Whether NumPy's results change with the inputs."""
    values = [np.asarray(y) for y in leaves(sample(np, *primals))]
    if any(y.dtype.kind not in "fc" for y in values):
        return False
    return abs(difference(sample, primals, directions(primals), weights(values))) > 1e-9


def check_gradient(sample: Sample, primals: list[Any], tensors: list[Any], got: list[Any]) -> None:
    inexact = [y for y in got if isinstance(y, gx.Tensor) and y.dtype.kind in "fc"]
    cotangents = weights([y.detach().numpy() for y in inexact])
    pairs = list(zip(inexact, cotangents, strict=True))
    total = sum(gx.sum(gx.real(gx.conj(gx.asarray(w)) * y)) for y, w in pairs)
    total.backward()
    v = directions(primals)
    grads = [
        np.zeros_like(x) if t.grad is None else t.grad.numpy()
        for x, t in zip(primals, tensors, strict=True)
    ]
    slope = float(sum(np.nansum((np.conj(g) * d).real) for g, d in zip(grads, v, strict=True)))

    def floating(xp: Any, *args: Any) -> Any:
        return [y for y in leaves(sample(xp, *args)) if np.asarray(y).dtype.kind in "fc"]

    expected = difference(floating, primals, v, cotangents)
    np.testing.assert_allclose(slope, expected, rtol=2e-6, atol=2e-7)


# ---------------------------------------------------------------- in place, and integers


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_writers(name: str) -> None:
    sample = WRITERS[name]
    primals = arguments(sample)
    expected = [x.copy() for x in primals]
    sample(np, *expected)
    leaf = [gx.asarray(x, copy=True, requires_grad=True) for x in primals]
    target = leaf[0] * 1.0
    sample(np, target, *leaf[1:])
    np.testing.assert_array_equal(target.detach().numpy(), expected[0])
    ct = np.arange(1.0, 13.0).reshape(3, 4)
    gx.sum(target * ct).backward()
    marks = [np.zeros_like(x) + 1000.0 * i for i, x in enumerate(primals)]
    sample(np, *marks)
    kept = marks[0] == 0  # untouched elements pass their cotangent on; the rest goes to the values
    np.testing.assert_array_equal(leaf[0].grad.numpy(), np.where(kept, ct, 0.0))
    np.testing.assert_allclose(np.sum(leaf[1].grad.numpy()), np.sum(ct[~kept]))


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_an_array_cannot_hold_a_tensor(name: str) -> None:
    first, *rest = arguments(WRITERS[name])
    tensors = [gx.asarray(x, requires_grad=True) for x in rest]
    with pytest.raises(TypeError, match=rf"numpy\.{name}"):
        WRITERS[name](np, first.copy(), *tensors)


@pytest.mark.parametrize("name", sorted(INTEGERS))
def test_integers(name: str) -> None:
    values = [np.asarray([x, 1, 7, 0]) for x in INTEGERS[name]]
    expected = getattr(np, name)(*values)
    got = getattr(np, name)(*[gx.asarray(x) for x in values])
    np.testing.assert_array_equal(got.numpy(), expected)
    assert got.dtype == expected.dtype


# ---------------------------------------------------------------- nothing is left out


def test_each_ufunc_has_a_sample() -> None:
    known = {*UFUNCS, *INTEGERS, *MISSING}
    assert {f.__name__ for f in ufuncs().values()} <= known
    assert {name for name in ufuncs() if name not in MISSING} == set(universal.functions)
    for name, function in ufuncs().items():
        if name not in MISSING:
            mine = universal.functions[name]
            assert (mine.nin, mine.nout) == (function.nin, function.nout)


@pytest.mark.parametrize(("space", "known"), [
    (np, {*FUNCTIONS, *WRITERS, *MISSING, *OF_VALUES}), (np.linalg, set(LINALG)), (np.fft, set(FFT)),
])  # fmt: skip
def test_each_function_has_a_sample(space: Any, known: set[str]) -> None:
    assert dispatched(space) <= known


@pytest.mark.parametrize("name", sorted(MISSING))
def test_what_is_missing_says_so(name: str) -> None:
    t = gx.asarray([1.0, 2.0], requires_grad=True)
    rest = {"busday_offset": (1,), "busday_count": (t,)}.get(name, ())
    with pytest.raises(MissingRuleError, match=f"numpy.{name}"):
        getattr(np, name)(t, *rest)


def test_functions_of_values() -> None:
    t = gx.asarray([1.0, 2.0])
    assert np.array_str(t) == "[1. 2.]" and np.array_repr(t) == "array([1., 2.])"
    assert np.array2string(t * 1) == "[1. 2.]"
    assert not np.shares_memory(t, np.ones(2))


def test_to_save_a_tracked_tensor_is_an_error(tmp_path: Any) -> None:
    t = gx.asarray([1.0, 2.0])
    np.save(tmp_path / "a.npy", t)
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), [1.0, 2.0])
    t.requires_grad = True
    for save in (np.save, np.savez, np.savetxt):
        with pytest.raises(TypeError, match="detach"):
            save(tmp_path / "b", t)
