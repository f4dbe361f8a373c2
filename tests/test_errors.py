"""Bad input: each is an error that names the operation, what was expected, what came and the cure."""

import operator

import numpy as np
import pytest

import gradx as gx
from gradx import errors


def leaf(value):
    return gx.asarray(value, requires_grad=True)


def freed():
    y = leaf(2.0) ** 2
    y.backward()
    return y


def write_through(view):
    view(gx.zeros((3, 3)))[0] = 1.0


def strict(value):
    return gx.asarray(value, device="array_api_strict:CPU_DEVICE")


BAD = {
    "shapes of add": (lambda: leaf([1.0, 2.0]) + leaf([1.0, 2.0, 3.0]), errors.ShapeError, ValueError,
                      r"add.*expected.*got float64\[2\], float64\[3\]"),
    "shapes of matmul": (lambda: gx.matmul(leaf(np.ones((2, 3))), leaf(np.ones((2, 3)))), errors.ShapeError,
                         ValueError, r"matmul.*\[2, 3\]|matmul.*\(2, 3\)"),
    "shapes of reshape": (lambda: gx.reshape(leaf(np.ones(6)), (4, 2)), Exception, ValueError, "reshape"),
    "axis of sum": (lambda: gx.sum(leaf(np.ones(6)), axis=2), Exception, ValueError, "sum.*axis 2"),
    "index out of range": (lambda: leaf(np.ones(3))[5], Exception, IndexError, "getitem"),
    "mask of another shape": (lambda: leaf(np.ones(3))[np.array([True, False])], Exception, IndexError, "getitem"),
    "shape of a write": (lambda: gx.zeros(3).__setitem__(slice(0, 2), np.ones(3)), Exception, ValueError,
                         "index_set|setitem"),
    "write to a broadcast array": (lambda: write_through(lambda a: gx.broadcast_to(a, (2, 3, 3))), errors.ViewError,
                                   ValueError, "setitem.*broadcast_to.*read-only.*copy"),
    "write to a part of it": (lambda: write_through(lambda a: gx.broadcast_to(a, (2, 3, 3))[1:].T),
                              errors.ViewError, ValueError, "setitem.*broadcast_to.*read-only.*copy"),
    "in-place growth": (lambda: leaf(1.0).__iadd__(leaf([1.0, 2.0])), errors.ShapeError, ValueError,
                        r"add.*expected.*\(\).*got \(2,\)"),
    "in-place promotion": (lambda: gx.asarray([1, 2]).__iadd__(0.5), errors.DtypeError, TypeError,
                           "add.*int64.*float64"),
    "leaf of integers": (lambda: leaf([1, 2]), errors.DtypeError, TypeError, "requires_grad.*int64.*float64"),
    "leaf of booleans": (lambda: leaf(True), errors.DtypeError, TypeError, "requires_grad.*bool"),
    "requires_grad of integers": (lambda: setattr(gx.asarray([1]), "requires_grad", True), errors.DtypeError,
                                  TypeError, "astype"),
    "requires_grad of zeros": (lambda: gx.zeros(3, dtype=gx.int64, requires_grad=True), errors.DtypeError, TypeError,
                               "requires_grad.*int64"),
    "requires_grad off on a result": (lambda: setattr(leaf(1.0) * 2, "requires_grad", False), errors.GraphError,
                                      RuntimeError, "detach"),
    "backward of a vector": (lambda: (leaf([1.0, 2.0]) * 2).backward(), errors.GraphError, RuntimeError,
                             r"backward.*scalar.*\(2,\).*gradient="),
    "backward of a constant": (lambda: gx.asarray(1.0).backward(), errors.GraphError, RuntimeError,
                               "backward.*requires_grad"),
    "backward twice": (lambda: freed().backward(), errors.GraphError, RuntimeError, "retain_graph=True"),
    "cotangent of a wrong shape": (lambda: (leaf([1.0, 2.0]) * 2).backward(gx.ones(3)), errors.ShapeError, ValueError,
                                   r"backward.*expected.*\(2,\).*got \(3,\)"),
    "complex cotangent of a real result": (lambda: (leaf(1.0) * 2).backward(gx.asarray(1j)), errors.DtypeError,
                                           TypeError, "real cotangent"),
    "cotangent that is no array": (lambda: (leaf(1.0) * 2).backward("one"), errors.OperandError, TypeError,
                                   "backward.*str"),
    "grad of integers": (lambda: gx.grad(lambda x: x * 1.0)(3), errors.DtypeError, TypeError, "grad.*int64"),
    "grad of a vector": (lambda: gx.grad(lambda x: x * x)(np.ones(2)), errors.GraphError, RuntimeError,
                         r"grad.*scalar.*\(2,\)"),
    "grad of a complex result": (lambda: gx.grad(lambda x: x * 1j)(1.0), errors.DtypeError, TypeError, "real"),
    "grad of an integer result": (lambda: gx.grad(lambda x: gx.argmax(x))(np.ones(3)), errors.DtypeError, TypeError,
                                  "int64"),
    "grad of a boolean result": (lambda: gx.grad(lambda x: x > 0)(1.0), errors.DtypeError, TypeError, "bool"),
    "grad of a number": (lambda: gx.grad(lambda x: 3.0)(1.0), errors.GraphError, RuntimeError, "float"),
    "grad by a missing argument": (lambda: gx.grad(lambda x: x, argnums=1)(1.0), Exception, ValueError, "argnums"),
    "grad by a string": (lambda: gx.grad(lambda x: x)("a"), errors.OperandError, TypeError, "grad.*str"),
    "float of a tracked Tensor": (lambda: float(leaf(1.0)), errors.ConversionError, TypeError, "detach"),
    "float inside grad": (lambda: gx.grad(lambda x: x * float(x))(1.0), errors.ConversionError, TypeError,
                          "float.*detach"),
    "numpy of a tracked Tensor": (lambda: leaf(1.0).numpy(), errors.ConversionError, TypeError, "numpy.*detach"),
    "asarray of a tracked Tensor": (lambda: np.asarray(leaf([1.0])), errors.ConversionError, TypeError, "detach"),
    "dlpack of a tracked Tensor": (lambda: np.from_dlpack(leaf([1.0])), BufferError, BufferError, "detach"),
    "bool of two elements": (lambda: bool(gx.asarray([1.0, 2.0])), ValueError, ValueError, r"bool.*\(2,\)"),
    "len of a scalar": (lambda: len(gx.asarray(1.0)), TypeError, TypeError, "len"),
    "iteration over a scalar": (lambda: iter(gx.asarray(1.0)), TypeError, TypeError, "0-d"),
    "index from a float": (lambda: [1, 2][gx.asarray(1.0)], TypeError, TypeError, "float64"),
    "hash": (lambda: hash(gx.asarray(1.0)), TypeError, TypeError, "unhashable"),
    "a list as operand": (lambda: operator.add(gx.asarray([1.0, 2.0]), [1.0]), TypeError, TypeError, "list"),
    "a string as argument": (lambda: gx.sin("x"), errors.OperandError, TypeError, "sin.*str"),
    "a list as argument": (lambda: gx.sum([1.0, 2.0]), errors.OperandError, TypeError, "sum: expected.*list.*asarray"),
    "a list among arrays": (lambda: gx.stack([gx.ones(2), [1.0, 2.0]]), errors.OperandError, TypeError, "stack:.*list"),
    "a list as matrix": (lambda: gx.linalg.inv([[1.0]]), errors.OperandError, TypeError, r"linalg\.inv:.*list"),
    "a list inside a composite": (lambda: gx.std([1.0, 2.0]), errors.OperandError, TypeError, "std:.*list"),
    "a list as logits": (lambda: gx.nn.cross_entropy([1.0], [0]), errors.OperandError, TypeError, "cross_entropy:"),
    "a list as cotangent": (lambda: (leaf([1.0, 2.0]) * 2).backward([1.0, 1.0]), errors.OperandError, TypeError,
                            "backward.*list"),
    "asarray of a string": (lambda: gx.asarray("abc"), errors.OperandError, TypeError, "asarray: expected.*got str"),
    "asarray of None": (lambda: gx.asarray(None), errors.OperandError, TypeError, "asarray: expected.*NoneType"),
    "ragged lists": (lambda: gx.asarray([[1, 2], [3]]), errors.ShapeError, ValueError, "asarray: expected.*length"),
    "item of two elements": (lambda: gx.asarray([1.0, 2.0]).item(), errors.ShapeError, ValueError,
                             r"item.*\(2,\).*tolist"),
    "format of two elements": (lambda: f"{gx.asarray([1.0, 2.0]):.2f}", errors.ShapeError, ValueError, "item"),
    "no_grad with an argument": (lambda: gx.no_grad(False), TypeError, TypeError, "no_grad: expected no argument"),
    "unknown dtype": (lambda: gx.asarray([1.0], dtype="float7"), errors.DtypeError, TypeError, "dtype.*float7"),
    "unknown device": (lambda: gx.zeros(3, device="tpu"), errors.DeviceError, RuntimeError, "device.*tpu"),
    "device that is no name": (lambda: gx.zeros(3, device=3), errors.DeviceError, RuntimeError, "device.*3"),
    "two libraries": (lambda: gx.asarray([1.0]) + strict([1.0]), errors.MixedLibraryError, TypeError,
                      "add.*to_device"),
    "a NumPy array beside another library's Tensor": (lambda: strict([1.0]) * np.ones(1), errors.MixedLibraryError,
                                                      TypeError, "multiply.*cpu.*to_device"),
    "gradients by a constant": (lambda: gx.gradients(leaf(1.0) * 2, gx.asarray(1.0)), errors.GraphError, RuntimeError,
                                "requires_grad"),
    "gradients by a number": (lambda: gx.gradients(leaf(1.0) * 2, 1.0), errors.GraphError, RuntimeError, "float"),
    "jvp tangent of a wrong shape": (lambda: gx.jvp(gx.sin, (np.ones(2),), (np.ones(3),)), errors.ShapeError,
                                     ValueError, r"jvp.*\(2,\).*\(3,\)"),
    "jvp tangents of another structure": (lambda: gx.jvp(gx.sin, (1.0,), (1.0, 2.0)), errors.ShapeError, ValueError,
                                          "structure"),
    "pullback of another structure": (lambda: gx.vjp(gx.sin, 1.0)[1]((1.0, 2.0)), errors.ShapeError, ValueError,
                                      "structure"),
    "a function that leaves the graph": (lambda: gx.vjp(lambda x: x.detach().numpy(), 1.0), errors.GraphError,
                                         RuntimeError, "ndarray"),
    "grad set to another shape": (lambda: setattr(leaf([1.0]), "grad", gx.ones(2)), errors.ShapeError, ValueError,
                                  r"grad.*\[1\].*\[2\]"),
    "grad set on a result": (lambda: setattr(leaf([1.0]) * 2, "grad", gx.ones(1)), errors.GraphError, RuntimeError,
                             "leaf"),
    "deepcopy of a result": (lambda: (leaf([1.0]) * 2).__deepcopy__({}), errors.GraphError, RuntimeError, "detach"),
    "asarray without a needed copy": (lambda: gx.asarray(gx.ones(2), dtype=gx.float32, copy=False), ValueError,
                                      ValueError, "copy"),
    "future api version": (lambda: gx.ones(1).__array_namespace__(api_version="2099.12"), ValueError, ValueError,
                           "2025.12"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input(name):
    attempt, error, builtin, message = BAD[name]
    with pytest.raises(error, match=f"(?s){message}") as caught:
        attempt()
    assert isinstance(caught.value, builtin)


def test_each_error_class_inherits_a_builtin_that_a_user_would_catch():
    own = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and value is not errors.GradxError
    ]
    assert own
    for error in own:
        assert issubclass(error, errors.GradxError)
        builtins = [base for base in error.__mro__ if base.__module__ == "builtins"]
        assert any(base not in (object, BaseException, Exception) for base in builtins)


def test_an_unknown_operand_is_left_to_the_other_side():
    class Other:
        def __radd__(self, other):
            return "mine"

    assert gx.asarray(1.0) + Other() == "mine"


def test_a_view_whose_base_is_gone_can_be_written():
    a = gx.reshape(gx.arange(6.0), (2, 3))
    a[0, 0] = 7.0
    assert a[0].tolist() == [7.0, 1.0, 2.0]
