"""The public face: `__all__` is honest, and every public name says what it is."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

import pytest

import gradx as gx
from tests.cases import EXTENSIONS, public_functions

MODULES = [gx, *(getattr(gx, name) for name in EXTENSIONS)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_all_is_honest(module: ModuleType) -> None:
    names = list(module.__all__)
    assert len(names) == len(set(names)), "expected each name once; their order is ruff's (RUF022)"
    assert not [name for name in names if not hasattr(module, name)]
    private = [name for name in names if name.startswith("_") and not name.startswith("__")]
    assert not private, "expected public names only"
    namespace: dict[str, Any] = {}
    exec(f"from {module.__name__} import *", namespace)
    assert set(names) <= set(namespace)


def test_nothing_public_is_left_out() -> None:
    assert set(gx.ops.__all__) <= set(gx.__all__)


@pytest.mark.parametrize("name", public_functions())
def test_functions_are_described(name: str) -> None:
    function = public_functions()[name]
    doc = inspect.getdoc(function)
    assert doc, "expected a docstring"
    assert doc.partition("\n")[0].rstrip().endswith((".", ":")), "expected a sentence first"
    assert function.__name__ == name.rpartition(".")[2], "expected the public name as __name__"


def test_classes_and_transforms_are_described() -> None:
    bare = []
    for name in gx.__all__:
        value = getattr(gx, name)
        if (inspect.isclass(value) or inspect.isroutine(value)) and not inspect.getdoc(value):
            bare.append(name)
    assert not bare, "expected a docstring"
