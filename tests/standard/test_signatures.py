"""Each name of the standard is there, with its parameters, and can be called in every way they allow."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import gradx as gx
from gradx.namespace import namespace_for
from gradx.testing import assert_close
from tests.standard.calls import OTHER, arguments
from tests.standard.functions import (
    ATTRIBUTES,
    CONSTANTS,
    DTYPES,
    FFT,
    LINALG,
    METHODS,
    TOP,
    rows,
    signature,
)

FUNCTIONS = [
    *rows(TOP),
    *[(f"linalg.{name}", text) for name, text in rows(LINALG)],
    *[(f"fft.{name}", text) for name, text in rows(FFT)],
]
NAMED_TUPLES = {
    "unique_all": ("values", "indices", "inverse_indices", "counts"),
    "unique_counts": ("values", "counts"),
    "unique_inverse": ("values", "inverse_indices"),
    "linalg.eig": ("eigenvalues", "eigenvectors"),
    "linalg.eigh": ("eigenvalues", "eigenvectors"),
    "linalg.qr": ("Q", "R"),
    "linalg.slogdet": ("sign", "logabsdet"),
    "linalg.svd": ("U", "S", "Vh"),
}
TUPLES = ["broadcast_arrays", "broadcast_shapes", "meshgrid", "nonzero", "unstack"]


def find(name: str, device: str = "cpu") -> Any:
    """Return a function of the namespace of a device by its dotted name."""
    found: Any = namespace_for(device)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def check_signature(got: inspect.Signature, expected: inspect.Signature) -> None:
    """Check that every call that `expected` takes is one that `got` takes, with the same defaults."""
    rest = dict(got.parameters)
    own = list(rest.values())
    for position, wanted in enumerate(expected.parameters.values()):
        if wanted.kind is wanted.VAR_POSITIONAL:
            assert any(each.kind is wanted.kind for each in own), (
                f"expected *{wanted.name} in {got}"
            )
            continue
        if wanted.kind is wanted.POSITIONAL_ONLY:
            found = own[position]
            assert found.kind in (wanted.kind, wanted.POSITIONAL_OR_KEYWORD), (
                f"{wanted.name} in {got}"
            )
        else:
            assert wanted.name in rest, f"expected {wanted.name} in {got}"
            found = rest[wanted.name]
            allowed = {wanted.kind, wanted.POSITIONAL_OR_KEYWORD}
            assert found.kind in allowed, f"{wanted.name} in {got}"
            if wanted.kind is wanted.POSITIONAL_OR_KEYWORD:
                assert own[position] is found, (
                    f"expected {wanted.name} at position {position} of {got}"
                )
        if wanted.default is not wanted.empty:  # where the standard has none, there may be one
            assert found.default == wanted.default, f"the default of {wanted.name} in {got}"
        rest.pop(found.name)
    for extra in rest.values():
        assert extra.default is not extra.empty or extra.kind in (
            extra.VAR_POSITIONAL,
            extra.VAR_KEYWORD,
        )


@pytest.mark.parametrize(("name", "text"), FUNCTIONS, ids=[name for name, _ in FUNCTIONS])
def test_every_function_has_the_standards_parameters(name: str, text: str) -> None:
    check_signature(inspect.signature(find(name)), signature(text))


@pytest.mark.parametrize(("name", "text"), rows(METHODS), ids=[name for name, _ in rows(METHODS)])
def test_every_method_has_the_standards_parameters(name: str, text: str) -> None:
    check_signature(inspect.signature(getattr(gx.Tensor, name)), signature(text))


def test_attributes_constants_and_dtypes() -> None:
    x = gx.ones((2, 3))
    assert all(hasattr(x, name) for name in ATTRIBUTES)
    assert (x.ndim, x.shape, x.size, x.dtype, x.device) == (2, (2, 3), 6, gx.float64, "cpu")
    assert x.T.shape == x.mT.shape == (3, 2)
    assert all(hasattr(gx, name) for name in CONSTANTS + DTYPES)
    assert gx.newaxis is None and gx.isnan(gx.asarray(gx.nan)) and gx.inf == float("inf")


@pytest.mark.parametrize("listed", [gx.__all__, dir(gx)], ids=["__all__", "dir"])
def test_the_namespace_lists_the_standards_names(listed: list[str]) -> None:
    assert {name for name, _ in rows(TOP) if not name.startswith("__")} <= set(listed)


def same(got: Any, expected: Any) -> None:
    """Check that two results of one function agree, whatever they are made of."""
    if isinstance(expected, tuple):
        assert type(got) is type(expected) and len(got) == len(expected)
        for one, other in zip(got, expected, strict=True):
            same(one, other)
    elif isinstance(expected, gx.Tensor):
        assert got.dtype == expected.dtype and got.device == expected.device
        assert_close(got, expected)
    elif not type(expected).__module__.startswith("gradx.info"):
        assert got == expected


@pytest.mark.parametrize(("name", "text"), FUNCTIONS, ids=[name for name, _ in FUNCTIONS])
def test_defaults_may_be_given_and_arguments_named(name: str, text: str, device: str) -> None:
    function, args = find(name, device), arguments(name, device)
    plain = function(*args)
    parameters = list(signature(text).parameters.values())
    defaults = {
        p.name: p.default
        for p in parameters
        if p.default is not p.empty and p.kind is not p.POSITIONAL_ONLY
    }
    whole = name.rpartition(".")[2] != "empty" and name != "empty_like"  # their values are anything
    if whole:
        same(function(*args, **defaults), plain)
    named = [p for p in parameters[: len(args)] if p.kind is p.POSITIONAL_OR_KEYWORD]
    if named and whole:
        kept = len(args) - len(named)
        values = dict(zip([p.name for p in named], args[kept:], strict=True))
        same(function(*args[:kept], **values), plain)
    if isinstance(plain, gx.Tensor):
        assert plain.device == device


VARIED = [(name, keywords, shape) for name, options in OTHER.items() for keywords, shape in options]


@pytest.mark.parametrize(
    ("name", "keywords", "shape"), VARIED, ids=[f"{name}-{kw}" for name, kw, _ in VARIED]
)
@pytest.mark.parametrize("tracked", [False, True])
def test_keywords_are_obeyed(
    name: str, keywords: dict[str, Any], shape: tuple[int, ...], tracked: bool, device: str
) -> None:
    args = arguments(name, device)
    if tracked:
        for x in args:
            if isinstance(x, gx.Tensor) and x.dtype.kind in "fc":
                x.requires_grad = True
    got = find(name, device)(*args, **keywords)
    first = got[0] if isinstance(got, tuple) else got
    assert first.shape == shape
    if "dtype" in keywords:
        assert first.dtype == keywords["dtype"]


@pytest.mark.parametrize("name", NAMED_TUPLES)
def test_several_results_have_names(name: str, device: str) -> None:
    got = find(name, device)(*arguments(name, device))
    assert isinstance(got, tuple) and got._fields == NAMED_TUPLES[name]
    assert all(isinstance(each, gx.Tensor) and each.device == device for each in got)


@pytest.mark.parametrize("name", TUPLES)
def test_several_results_are_a_tuple(name: str, device: str) -> None:
    assert type(find(name, device)(*arguments(name, device))) is tuple
