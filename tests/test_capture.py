"""Arrays that gradx shares with the user: a change in place before backward is an error, never a wrong gradient."""

import copy
import gc
import pickle
from contextlib import nullcontext

import numpy as np
import pytest

import gradx as gx
from gradx.capture import captures
from gradx.errors import ChangedArrayError, ConversionError

N = 1000


@pytest.fixture
def shared():
    """Return an array that the test holds, as a user does."""
    return np.linspace(1.0, 2.0, 4)


def leaf(value):
    return gx.asarray(value, requires_grad=True)


def weights():
    return leaf([1.0, 2.0, 3.0, 4.0])


USES = {
    "operand": (lambda w, a: w * a, "multiply"),
    "reflected operand": (lambda w, a: a * w, "multiply"),
    "tensor": (lambda w, a: w * gx.asarray(a), "multiply"),
    "slice": (lambda w, a: w[1:] * gx.asarray(a)[1:], "multiply"),
    "transpose of a reshape": (lambda w, a: w[0] * gx.asarray(a).reshape(2, 2).T, "multiply"),
    "detached": (lambda w, a: w * gx.asarray(a).detach(), "multiply"),
    "argument": (lambda w, a: gx.linalg.vecdot(w, a), "vecdot"),
    "exponent": (lambda w, a: w**a, "pow"),
    "matrix": (lambda w, a: gx.linalg.solve(np.eye(4) * a, w) * a, "multiply"),
    "through DLPack": (lambda w, a: w * gx.from_dlpack(a), "multiply"),
}


@pytest.mark.parametrize("use", USES)
def test_change_before_backward(shared, use):
    function, name = USES[use]
    y = gx.sum(function(weights(), shared))
    shared[:] += 1.0
    with pytest.raises(ChangedArrayError, match=rf"{name}.*float64\[.*copy=True") as caught:
        y.backward()
    assert isinstance(caught.value, RuntimeError)


PARTS = {
    "diag": gx.diag,
    "diagonal": gx.linalg.diagonal,
    "diagonal by einsum": lambda a: gx.einsum("ii->i", a),
    "einsum": lambda a: gx.einsum("ij->ji", a),
    "imag": lambda a: gx.imag(a) if gx.isdtype(a.dtype, "complex floating") else a.T,
    "real": gx.real,
    "row": lambda a: next(iter(a)),
    "split": lambda a: gx.numpy.split(a, 2)[1],
    "unstack": lambda a: gx.unstack(a)[1],
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("unit", [1.0, 1.0 + 1.0j])
def test_change_of_what_a_library_gives_as_a_view(part, unit):
    shared = np.arange(16.0).reshape(4, 4) * unit
    y = PARTS[part](leaf(shared))
    loss = gx.sum(gx.abs(y * y))
    is_view = np.shares_memory(PARTS[part](gx.asarray(shared)).numpy(), shared)
    assert is_view or unit == 1.0
    shared[...] = 7.0 * unit
    with pytest.raises(ChangedArrayError) if is_view else nullcontext():
        loss.backward()


def test_change_of_a_result_that_is_the_users_own_array(shared):
    same = gx.primitive("same", lambda x: x, vjp=lambda ct, y, x: (ct * y,))
    loss = gx.sum(same(leaf(shared)))
    shared[:] += 1.0
    with pytest.raises(ChangedArrayError, match="same"):
        loss.backward()


@pytest.mark.parametrize("use", USES)
def test_no_change_no_error(shared, use):
    function, _ = USES[use]
    w = weights()
    gx.sum(function(w, shared)).backward()
    assert w.grad.shape == (4,)


def test_change_of_a_leaf(shared):
    x = leaf(shared)
    y = gx.sum(x * x)
    shared[0] = 100.0
    with pytest.raises(ChangedArrayError, match="multiply"):
        y.backward()
    assert x.grad is None


def test_change_that_no_rule_reads(shared):
    w = weights()
    y = gx.sum(w + shared)
    shared[:] = 0.0
    y.backward()
    assert w.grad.tolist() == [1.0] * 4


def test_each_use_sees_what_is_there(shared):
    x = leaf(shared)
    for value in (3.0, 5.0):  # parameters that the user updates in place between steps
        x.grad = None
        shared[:] = value
        gx.sum(x * x).backward()
        assert x.grad.tolist() == [2 * value] * 4


def test_change_after_backward(shared):
    x = leaf(shared)
    y = gx.sum(x * x)
    y.backward(retain_graph=True)
    shared[0] = 7.0
    with pytest.raises(ChangedArrayError):
        y.backward()


@pytest.mark.parametrize("transform", [gx.grad, lambda f: gx.grad(lambda w: gx.sum(gx.grad(f)(w)))],
                         ids=["grad", "grad of grad"])  # fmt: skip
def test_change_inside_a_transform(shared, transform):
    def f(w):
        y = gx.sum(gx.sin(w) * shared)
        shared[0] += 1.0
        return y

    with pytest.raises(ChangedArrayError):
        transform(f)(weights())


def test_a_copy_is_not_shared(shared):
    w = weights()
    y = gx.sum(w * gx.asarray(shared, copy=True))
    expected = shared.tolist()
    shared[:] = 0.0
    y.backward()
    assert w.grad.tolist() == expected


def test_samples_miss_what_a_full_check_finds():
    large, at = np.ones(N), 501
    for mode, found in (("sampled", False), ("full", True), ("off", False)):
        with gx.check_captures(mode):
            y = gx.sum(leaf(np.ones(N)) * large)
        large[at] += 1.0
        if found:
            with pytest.raises(ChangedArrayError):
                y.backward()
        else:
            y.backward()


@pytest.mark.parametrize("layout", ["C", "F", "strided"])
def test_samples_find_what_changes_everywhere(layout):
    large = np.ones((40, 50), order="F" if layout == "F" else "C")
    large = large[::2, 1:] if layout == "strided" else large
    y = gx.sum(leaf(np.ones(large.shape)) * large)
    large *= 2.0
    with pytest.raises(ChangedArrayError):
        y.backward()


def test_nan_is_equal_to_itself(shared):
    shared[0] = np.nan
    w = weights()
    gx.sum(w * shared).backward()
    assert np.isnan(w.grad.numpy()[0])


def test_mode_is_checked_and_restored():
    with pytest.raises(ValueError, match=r"check_captures.*'sampled', 'full' or 'off'.*'some'"):
        gx.check_captures("some")
    with gx.check_captures("off"):
        pass
    a = np.ones(3)
    y = gx.sum(leaf([1.0, 1.0, 1.0]) * a)
    a[0] = 2.0
    with pytest.raises(ChangedArrayError):
        y.backward()


def test_memory_that_nobody_else_holds_is_not_watched():
    known = set(captures)
    x = leaf(np.linspace(0.0, 1.0, 6).reshape(2, 3))
    y = x * x
    assert type(x) is gx.Tensor and type(y) is gx.Tensor and not set(captures) - known


def test_nothing_is_left_behind(shared):
    gc.collect()
    known = set(captures)
    y = gx.sum(weights() * shared)
    assert set(captures) - known
    del y
    assert not set(captures) - known


def test_results_are_ordinary_and_a_captured_tensor_behaves(shared):
    x = gx.asarray(shared)
    assert isinstance(x, gx.Tensor) and type(x + 1) is gx.Tensor and type(-x) is gx.Tensor
    assert (x.shape, x.ndim, x.size, x.dtype, x.device) == ((4,), 1, 4, gx.float64, "cpu")
    assert repr(x).startswith("Tensor(") and len(x) == 4 and x.tolist() == shared.tolist()
    assert np.shares_memory(x.numpy(), shared)
    for twin in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x)), x.copy()):
        assert twin.tolist() == shared.tolist()


def test_a_write_by_gradx_leaves_the_users_array_alone(shared):
    before = shared.tolist()
    x = gx.asarray(shared)
    view = x[1:]
    view[0] = 9.0
    x += 1.0
    assert shared.tolist() == before and x.tolist()[1] == 10.0


def test_torch_counts_changes_itself():
    torch = pytest.importorskip("torch", reason="torch is not in the extra `test`")
    a = torch.ones(N, dtype=torch.float64)
    w = gx.asarray(torch.ones(N, dtype=torch.float64), requires_grad=True)
    y = gx.sum(w * gx.asarray(a)[1:][:1])
    a[1] = 2.0  # one element is enough
    with pytest.raises(ChangedArrayError):
        y.backward()


@pytest.mark.parametrize("convert", [float, int, complex, np.asarray, lambda x: x.numpy(), np.float64],
                         ids=["float", "int", "complex", "asarray", "numpy", "float64"])  # fmt: skip
def test_conversions_that_would_drop_the_gradient(convert):
    x = leaf(2.0)
    with pytest.raises(ConversionError, match="detach"):
        convert(x * x)
    with pytest.raises(ConversionError, match="detach"):
        gx.grad(lambda v: v * convert(v))(2.0)
    assert convert((x * x).detach()) == 4.0


def test_what_goes_out_is_read_only_where_a_graph_may_need_it():
    w, x = weights(), gx.ones(4)
    y, e = gx.sum(w * x), gx.exp(w)
    for array in (x.numpy(), np.asarray(x), e.detach().numpy(), x[1:].numpy()):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5.0
    y.backward()
    assert w.grad.tolist() == [1.0] * 4


def test_what_goes_out_from_a_tensor_of_its_own_is_watched_from_then_on():
    w, x = weights(), gx.ones(4)
    array = x.numpy()
    array[0] = 5.0
    assert x.tolist() == [5.0, 1.0, 1.0, 1.0] and w.detach().numpy() is not None
    y = gx.sum(w * x)
    array[0] = 7.0
    with pytest.raises(ChangedArrayError):
        y.backward()
