"""Programs written for HIPS autograd run on gradx with one import changed, and give the same gradients."""

from __future__ import annotations

import importlib.util
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import gradx as gx
from gradx.testing import assert_close, check_grads

FOLDER = Path(__file__).parent / "ported"
PROGRAMS = [("logistic_regression", "loss"), ("gaussian_process", "loss"), ("gaussian_process", "predicted"),
            ("pendulum", "loss"), ("convolution_net", "loss")]  # fmt: skip


@pytest.fixture(params=PROGRAMS, ids=".".join)
def program(request: pytest.FixtureRequest) -> tuple[str, str]:
    return request.param


def original(name: str) -> ModuleType:
    """Return the program as it was before the import was changed."""
    source = (FOLDER / f"{name}.py").read_text()
    module = ModuleType(name)
    exec(compile(source.replace("gradx.", "autograd."), name, "exec"), vars(module))
    return module


def test_differences_agree(program: tuple[str, str]) -> None:
    module = import_module(f"tests.ported.{program[0]}")
    check_grads(getattr(module, program[1]), module.arguments(), order=2)


def test_autograd_agrees(program: tuple[str, str]) -> None:
    if importlib.util.find_spec("autograd") is None:
        pytest.skip("the oracle is HIPS autograd, of the extra `bench`")
    import autograd

    module, before = import_module(f"tests.ported.{program[0]}"), original(program[0])
    arguments = before.arguments()
    every = tuple(range(len(arguments)))
    ours = gx.grad(getattr(module, program[1]), argnums=every)(*module.arguments())
    theirs = autograd.grad(getattr(before, program[1]), argnum=every)(*arguments)
    assert_close(ours, theirs, rtol=1e-9, atol=1e-12)


def test_only_the_import_is_gradxs() -> None:
    for path in FOLDER.glob("[a-z]*.py"):
        lines = [line for line in path.read_text().splitlines() if "gradx" in line]
        assert lines and all(line.startswith(("import gradx.", "from gradx.")) for line in lines)
