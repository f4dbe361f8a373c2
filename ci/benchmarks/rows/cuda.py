"""The same on a CUDA device, against torch's eager mode there; `ci/gpu` runs it.

- Every call ends with a synchronisation, so a figure is host and device together.
- float32 products in full precision on both sides: no TF32.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from benchmarks.libraries import gradx_namespace, random, torch_namespace
from benchmarks.row import Row
from benchmarks.rows import chain


def fused(xp: Any, x: Any, w: Any, b: Any) -> Any:
    """Compute sum(tanh(x*w + b)*x): nothing but memory traffic."""
    return xp.sum(xp.tanh(x * w + b) * x)


def network(xp: Any, x: Any, *weights: Any) -> Any:
    """Compute a loss of a perceptron of as many layers as weights."""
    for w in weights:
        x = xp.tanh(x @ w)
    return xp.sum(x * x)


def cross_entropy(xp: Any, logits: Any) -> Any:
    """Compute the mean of logsumexp minus the first logit."""
    return xp.sum(xp.logsumexp(logits, 1) - logits[:, 0]) * (1 / logits.shape[0])


def by_gradx(f: Callable[..., Any], *arrays: Any) -> Callable[[], list[Any]]:
    """Return a call that computes the gradients by gradx on CuPy."""
    import cupy

    import gradx as gx

    xp = gradx_namespace()
    held = [gx.asarray(a, device="cuda") for a in arrays]

    def run() -> list[Any]:
        leaves = [gx.asarray(a, requires_grad=True, copy=False) for a in held]
        f(xp, *leaves).backward()
        cupy.cuda.Device().synchronize()
        return [x.grad for x in leaves]

    return run


def by_torch(f: Callable[..., Any], *arrays: Any) -> Callable[[], list[Any]]:
    """Return a call that computes the gradients by torch."""
    import torch

    if not torch.cuda.is_available():
        raise ImportError("torch without CUDA")
    torch.backends.cuda.matmul.allow_tf32 = False
    xp = torch_namespace()
    held = [torch.from_numpy(a).cuda() for a in arrays]

    def run() -> list[Any]:
        leaves = [x.detach().requires_grad_() for x in held]
        f(xp, *leaves).backward()
        torch.cuda.synchronize()
        return [x.grad for x in leaves]

    return run


def to_host(x: Any) -> Any:
    """Return a gradient of either library as a NumPy array."""
    return x.cpu().numpy() if hasattr(x, "cpu") else x.numpy()


def row(
    name: str, f: Callable[..., Any], *arrays: Any, operations: int = 1, unit: str = "ms"
) -> Row:
    """Return one row; torch beside gradx where it has CUDA."""
    runs = {"gradx": by_gradx(f, *arrays)}
    with suppress(ImportError):
        runs["torch"] = by_torch(f, *arrays)
    return Row(
        f"cuda: {name}", runs, operations, unit, {"torch": 1}, turns=9, rtol=1e-3, to_host=to_host
    )


def rows() -> list[Row]:
    """Return the rows of this file."""
    single = np.float32
    n = 2**24
    fused_arrays = [random(n, seed=i).astype(single) for i in range(3)]
    layers = [random(2048, 2048, scale=2048**-0.5, seed=i).astype(single) for i in range(4)]
    small = [random(64, 64, scale=0.125, seed=i).astype(single) for i in range(4)]
    return [
        row(
            "per operation, 10 elements",
            chain.chain,
            np.linspace(0, 1, 10),
            operations=400,
            unit="µs",
        ),
        row("sum(tanh(x*w + b)*x), 2²⁴ float32", fused, *fused_arrays),
        row(
            "cross-entropy, 8192 by 4096 float32", cross_entropy, random(8192, 4096).astype(single)
        ),
        row(
            "MLP 4 x 2048, batch 4096, float32", network, random(4096, 2048).astype(single), *layers
        ),
        row("MLP 4 x 64, batch 64, float32", network, random(64, 64).astype(single), *small),
    ]
