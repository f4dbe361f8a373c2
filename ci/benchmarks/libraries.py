"""The libraries a computation is written for: one namespace of the same names for each.

A computation is a function `f(xp, *arrays, *data)` whose result is a scalar; it uses operators and the names that
`Namespace` lists. Each library gets its own names once, here, so that no call is dressed up when it is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

Function = Callable[..., Any]


def gradx_namespace() -> Any:
    """Return the names of gradx."""
    import gradx as gx

    return SimpleNamespace(
        sin=gx.sin, cos=gx.cos, tanh=gx.tanh, exp=gx.exp, log=gx.log, sigmoid=gx.sigmoid, sum=gx.sum,
        logsumexp=lambda x, axis: gx.logsumexp(x, axis=axis), det=gx.linalg.det, stack=gx.stack,
        swap=lambda x: x.mT, zeros=gx.zeros, row=lambda x, i: x[i],
    )  # fmt: skip


def torch_namespace() -> Any:
    """Return the names of torch."""
    import torch

    return SimpleNamespace(
        sin=torch.sin, cos=torch.cos, tanh=torch.tanh, exp=torch.exp, log=torch.log, sigmoid=torch.sigmoid,
        sum=torch.sum, logsumexp=torch.logsumexp, det=torch.linalg.det, stack=torch.stack,
        swap=lambda x: x.mT, zeros=lambda shape: torch.zeros(shape, dtype=torch.float64),
        row=lambda x, i: x[i].clone(),
    )  # fmt: skip


def autograd_namespace() -> Any:
    """Return the names of HIPS autograd."""
    import autograd.numpy as anp
    from autograd.scipy.special import expit, logsumexp

    return SimpleNamespace(
        sin=anp.sin, cos=anp.cos, tanh=anp.tanh, exp=anp.exp, log=anp.log, sigmoid=expit,
        sum=anp.sum, logsumexp=logsumexp, det=anp.linalg.det, stack=anp.stack,
        swap=lambda x: anp.swapaxes(x, -1, -2),
    )  # fmt: skip


def by_gradx(f: Function, *arrays: Any, data: Sequence[Any] = ()) -> Callable[[], list[Any]]:
    """Return a call that computes the gradients of `f` by the eager tape of gradx."""
    import gradx as gx

    xp = gradx_namespace()
    constants = [gx.asarray(a) for a in data]

    def run() -> list[Any]:
        leaves = [gx.asarray(a, requires_grad=True) for a in arrays]
        f(xp, *leaves, *constants).backward()
        return [x.grad.numpy() for x in leaves]

    return run


def by_torch(f: Function, *arrays: Any, data: Sequence[Any] = ()) -> Callable[[], list[Any]]:
    """Return a call that computes the gradients of `f` by torch, eagerly."""
    import torch

    torch.set_num_threads(1)
    xp = torch_namespace()
    constants = [torch.from_numpy(a) for a in data]

    def run() -> list[Any]:
        leaves = [torch.from_numpy(a).requires_grad_() for a in arrays]
        f(xp, *leaves, *constants).backward()
        return [x.grad.numpy() for x in leaves]

    return run


def by_autograd(f: Function, *arrays: Any, data: Sequence[Any] = ()) -> Callable[[], list[Any]]:
    """Return a call that computes the gradients of `f` by HIPS autograd."""
    from autograd import grad

    xp = autograd_namespace()
    gradient = grad(lambda arrays: f(xp, *arrays, *data))
    return lambda: list(gradient(arrays))


BY = {"gradx": by_gradx, "torch": by_torch, "autograd": by_autograd}


def contenders(
    f: Function,
    *arrays: Any,
    data: Sequence[Any] = (),
    peers: tuple[str, ...] = ("torch", "autograd"),
) -> dict[str, Any]:
    """Return a call for gradx and for each peer that is installed; `data` is not differentiated."""
    runs: dict[str, Any] = {}
    for name in ("gradx", *peers):
        try:
            runs[name] = BY[name](f, *arrays, data=data)
        except ImportError:
            if name == "gradx":
                raise
    return runs


def random(*shape: int, scale: float = 1.0, seed: int = 0) -> Any:
    """Return normal float64 numbers, the same in each run."""
    return np.random.default_rng(seed).normal(size=shape) * scale
