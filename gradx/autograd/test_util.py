"""`autograd.test_util`: its `check_grads`, by `gradx.testing.check_grads`, which compares more strictly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from gradx import testing
from gradx.autograd.operators import _floating, _mapped
from gradx.numpy.arguments import tensor
from gradx.transforms.tree import select


def check_grads(f: Callable[..., Any], argnum: int | Sequence[int] = 0, modes: Sequence[str] | None = None,
                order: int = 2) -> Callable[..., None]:  # fmt: skip
    """Return a function that checks the derivatives of `f` by `argnum` at its arguments.

    >>> import gradx.numpy as np
    >>> check_grads(np.sin, modes=["rev"], order=3)(0.5)
    """

    def check(*args: Any, **kwargs: Any) -> None:
        x, replace = select(args, argnum, "check_grads")

        def function(x: Any) -> Any:
            return _mapped(tensor, f(*replace(x), **kwargs))

        testing.check_grads(function, (_mapped(_floating, x),), order, modes or testing.MODES)

    return check


def combo_check(
    fun: Callable[..., Any], *check_args: Any, **check_options: Any
) -> Callable[..., None]:
    """Return a function that checks `fun` at each combination of the given lists of arguments and keywords."""

    def check(*args: Any, **kwargs: Any) -> None:
        for values in product(*args):
            for options in product(*kwargs.values()):
                check_grads(fun, *check_args, **check_options)(
                    *values, **dict(zip(kwargs, options, strict=True))
                )

    return check


__all__ = ["check_grads", "combo_check"]
