"""HIPS autograd as the model and the oracle: every function that it differentiates is here, under the same name.

- The same program through `autograd.numpy` and through `gradx.numpy` gives the same values and gradients.
- Where autograd's rule is known to be wrong or missing, the walk through NumPy is the judge.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradx as gx
import gradx.numpy as gnp
from tests.numpy_samples import FFT, FUNCTIONS, INPUTS, LINALG, UFUNCS
from tests.test_numpy_walk import arguments

autograd = pytest.importorskip(
    "autograd", reason="the oracle is HIPS autograd, of the extra `bench`"
)
anp = pytest.importorskip("autograd.numpy", reason="the oracle is HIPS autograd")

# Parts of autograd's own rules, not functions of NumPy's.
_INTERNAL = {"concatenate_args", "array_from_args", "make_diagonal", "truncate_pad"}


def covered(module: Any) -> set[str]:
    """Return the names of a module of autograd's that have a reverse rule."""
    from autograd.core import primitive_vjps

    rules = list(primitive_vjps)
    return {
        name
        for name, value in vars(module).items()
        if any(value is rule for rule in rules)
        and name not in _INTERNAL
        and not name.startswith("_")
    }


@pytest.mark.parametrize("path", ["numpy", "numpy.linalg", "numpy.fft", "scipy.special", "scipy.signal",
                                  "scipy.stats.norm", "scipy.stats.beta", "scipy.stats.chi2", "scipy.stats.dirichlet",
                                  "scipy.stats.gamma", "scipy.stats.multivariate_normal", "scipy.stats.poisson",
                                  "scipy.stats.t"])  # fmt: skip
def test_every_function_is_here(path: str) -> None:
    from importlib import import_module

    theirs = covered(import_module(f"autograd.{path}"))
    package, _, rest = path.partition(".")
    if path.startswith("scipy.stats"):  # whose modules also hold what they are computed with
        theirs -= covered(import_module("autograd.scipy.special"))
    ours: Any = gnp if package == "numpy" else gx.scipy
    for part in filter(None, rest.split(".")):
        ours = getattr(ours, part)
    assert theirs, "expected functions with a rule"
    assert {name for name in theirs if not callable(getattr(ours, name, None))} == set()


# What autograd cannot do with a sample, or does otherwise; the walk through NumPy checks them.
_OTHERWISE = {
    "fix", "positive", "cbrt", "hypot", "copysign", "heaviside", "nextafter", "ldexp", "frexp", "modf", "spacing",
    "float_power",
}  # fmt: skip


def oracle_samples() -> list[Any]:
    """Return the samples of the functions that autograd covers too."""
    found = []
    tables = [
        (anp, "", FUNCTIONS),
        (anp.linalg, "linalg.", LINALG),
        (anp.fft, "fft.", FFT),
        (anp, "", UFUNCS),
    ]
    for module, prefix, table in tables:
        names = covered(module)
        for name, entry in table.items():
            if name in names and name not in _OTHERWISE:
                sample = entry[0] if isinstance(entry, list) else entry
                found.append(pytest.param(sample, id=prefix + name))
    return found


@pytest.mark.parametrize("sample", oracle_samples())
def test_the_same_gradient(sample: Callable[..., Any]) -> None:
    primals = arguments(sample)
    weight = np.cos(np.arange(np.asarray(sample(np, *primals)).size))
    every = tuple(range(len(primals)))

    def loss(xp: Any) -> Callable[..., Any]:
        return lambda *xs: xp.sum(xp.real(xp.reshape(sample(xp, *xs), -1)) * weight)

    ours = gx.grad(loss(gnp), argnums=every)(*[gx.asarray(x) for x in primals])
    try:
        theirs = autograd.grad(loss(anp), argnum=every)(*primals)
    except (NotImplementedError, TypeError, ValueError, AssertionError) as error:
        pytest.skip(f"autograd cannot: {type(error).__name__}: {error}"[:120])
    for mine, his in zip(ours, theirs, strict=True):
        expected = (
            np.conj(his) if np.iscomplexobj(his) else his
        )  # autograd's convention is the conjugate
        np.testing.assert_allclose(mine.numpy(), expected, rtol=1e-9, atol=1e-10)


def test_signal_convolve_agrees() -> None:
    from autograd.scipy.signal import convolve as theirs

    rng = np.random.default_rng(3)
    images, filters = rng.normal(size=(2, 3, 6, 5)), rng.normal(size=(3, 4, 3, 2))
    for mode in ("full", "valid"):
        options = {"axes": ([2, 3], [2, 3]), "dot_axes": ([1], [0]), "mode": mode}
        expected = autograd.grad(
            lambda a, b, o=options: anp.sum(anp.sin(theirs(a, b, **o))), argnum=(0, 1)
        )(images, filters)
        ours = gx.grad(
            lambda a, b, o=options: gnp.sum(gnp.sin(gx.scipy.signal.convolve(a, b, **o))),
            argnums=(0, 1),
        )(gx.asarray(images), gx.asarray(filters))
        for mine, his in zip(ours, expected, strict=True):
            np.testing.assert_allclose(mine.numpy(), his, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("shapes", [((7,), (3,)), ((3,), (7,)), ((5, 6), (3, 3)), ((3, 2), (4, 5))])
def test_signal_convolve_agrees_with_scipy(mode: str, shapes: Any) -> None:
    from scipy.signal import convolve as theirs

    rng = np.random.default_rng(4)
    a, b = (rng.normal(size=shape) for shape in shapes)
    ours = gx.scipy.signal.convolve(a, b, mode=mode)
    np.testing.assert_allclose(
        ours.numpy(), theirs(a, b, mode=mode, method="direct"), rtol=1e-12, atol=1e-12
    )


def test_inputs_are_plain() -> None:
    assert all(isinstance(x, np.ndarray) for x in INPUTS.values())
