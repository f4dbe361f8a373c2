"""A tracked Tensor turned into numbers by a library: the error names the function that was called, and the cure."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gradx as gx
from gradx.errors import ConversionError

ROOT = Path(__file__).resolve().parents[1]
DROP = r"detach\(\) \(or gx\.stop_gradient\)"


def tracked(*shape):
    return gx.asarray(
        np.ones(shape) + (np.eye(*shape) if len(shape) == 2 else 0), requires_grad=True
    )


# The module, the call, what the error says before and after the shape.
CALLS = {
    "inv": ("scipy.linalg", lambda m: m.inv(tracked(3, 3)), r"\(3, 3\)", r"Use gradx\.scipy\.linalg\.inv"),
    "through a wrapper": ("scipy.linalg", lambda m: m.lstsq(tracked(2, 2), tracked(2, 2)), r"\(2, 2\)",
                          r"Use gradx\.scipy\.linalg\.lstsq"),
    "not the inner one": ("scipy.spatial.distance", lambda m: m.euclidean(tracked(4), tracked(4)), r"\(4,\)",
                          r"Use gradx\.scipy\.spatial\.distance\.euclidean"),
    "dct": ("scipy.fft", lambda m: m.dct(tracked(4)), r"\(4,\)", r"Use gradx\.scipy\.fft\.dct"),
    "no mirror": ("scipy.cluster.hierarchy", lambda m: m.linkage(tracked(3, 3)), r"\(3, 3\)", "Call " + DROP),
    "a class": ("scipy.stats", lambda m: m.gaussian_kde(tracked(4)), r"\(4,\)", DROP),
    "NumPy's": ("numpy", lambda m: m.full(3, tracked()), r"\(\)", r"Use gradx\.numpy\.full"),
}  # fmt: skip
NAMES = {"through a wrapper": "lstsq", "not the inner one": "euclidean", "no mirror": "linkage",
         "a class": "gaussian_kde", "NumPy's": "full"}  # fmt: skip


@pytest.mark.parametrize("case", CALLS)
def test_the_function_the_shape_and_the_cure_are_named(case):
    module, call, shape, cure = CALLS[case]
    library = importlib.import_module(module)
    name = f"{module}.{NAMES.get(case, case)}".replace(".", r"\.")
    text = rf"^{name}: makes a NumPy array of a Tensor of shape {shape} that is being differentiated.*{cure}"
    with pytest.raises(ConversionError, match=text):
        call(library)


def test_a_private_class_is_named_by_its_module():
    sparse = importlib.import_module("scipy.sparse")
    with pytest.raises(ConversionError, match=rf"^scipy\.sparse: makes a NumPy array.*{DROP}"):
        sparse.csr_array(np.eye(3)) @ tracked(3)


def test_scikit_learn_is_asked_for_an_array():
    pytest.importorskip("sklearn", reason="its metrics end in a Python float")
    code = (
        "import gradx as gx, sklearn\n"
        "from sklearn import metrics\n"
        "y = gx.asarray([1.0, 2.0], requires_grad=True)\n"
        "with sklearn.config_context(array_api_dispatch=True):\n"
        "    for f in (metrics.mean_squared_error, metrics.max_error):\n"
        "        try:\n"
        "            f(y, y * 2.0)\n"
        "        except gx.errors.ConversionError as error:\n"
        "            print(error)\n"
    )
    path = os.pathsep.join([str(ROOT), str(ROOT / "backends"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": path, "SCIPY_ARRAY_API": "1"},
    )  # fmt: skip
    one, other = done.stdout.splitlines()
    assert one.startswith(
        "sklearn.metrics.mean_squared_error: makes a Python float of a Tensor of shape ()"
    )
    assert 'Pass multioutput="raw_values"' in one and "detach()" in one
    assert (
        other.startswith("sklearn.metrics.max_error: makes a Python float")
        and "multioutput" not in other
    )


@pytest.mark.parametrize("convert", [float, int, np.asarray, lambda x: x.numpy()])
def test_the_user_is_told_by_the_conversion(convert):
    with pytest.raises(
        ConversionError, match=rf"^(float|int|numpy).*got one of shape \(\).*{DROP}"
    ):
        convert(tracked())


def test_a_user_s_function_that_a_library_calls_is_the_user_s():
    optimize = importlib.import_module("scipy.optimize")
    with pytest.raises(ConversionError, match=r"^float: expected"):
        optimize.minimize(lambda t: float(gx.sum(tracked(2)) + t[0]), np.ones(1))
