"""Run in a process of its own: `memory.py peak gradx|torch`, `growth`, `segments SIZE`. Prints one number, in MiB."""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "backends")]

LAYERS, WIDTH, BATCH = 50, 512, 2048


def resident(field: str = "VmRSS") -> float:
    """Return what the process holds now, in MiB; with "VmHWM" its peak.

    `getrusage` will not do: its peak is inherited from the process that started this one.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def weights(width: int, layers: int) -> list[Any]:
    """Return weights and biases, float32."""
    random = np.random.default_rng(0)
    arrays: list[Any] = []
    for _ in range(layers):
        arrays.append((random.normal(size=(width, width)) / width**0.5).astype(np.float32))
        arrays.append(np.zeros(width, np.float32))
    return arrays


def network(tanh: Any, leaves: list[Any], x: Any) -> Any:
    """Return the loss of a multilayer perceptron."""
    for w, b in zip(leaves[::2], leaves[1::2], strict=True):
        x = tanh(x @ w + b)
    return (x * x).sum()


def leaves_of(library: str, arrays: list[Any]) -> tuple[Any, list[Any], Any]:
    """Return the library's tanh, leaves on `arrays`, and its function from an array to a Tensor."""
    if library == "torch":
        import torch

        torch.set_num_threads(1)
        return torch.tanh, [torch.from_numpy(a).requires_grad_() for a in arrays], torch.from_numpy
    import gradx as gx

    return gx.tanh, [gx.asarray(a, requires_grad=True) for a in arrays], gx.asarray


def peak(library: str) -> float:
    """Return the peak of one forward and backward, beyond what was held before."""
    tanh, small, tensor = leaves_of(library, weights(8, 2))
    network(tanh, small, tensor(np.ones((4, 8), np.float32))).backward()
    tanh, leaves, tensor = leaves_of(library, weights(WIDTH, LAYERS))
    x = tensor(np.random.default_rng(1).normal(size=(BATCH, WIDTH)).astype(np.float32))
    before = resident()
    network(tanh, leaves, x).backward()
    return resident("VmHWM") - before


def growth() -> float:
    """Return what steps 1,000 to 11,000 of a small training run add, with the garbage collector off."""
    import gradx as gx

    gc.disable()
    tanh, leaves, _ = leaves_of("gradx", weights(16, 3))
    x = gx.asarray(np.random.default_rng(1).normal(size=(8, 16)).astype(np.float32))
    before = 0.0
    for step in range(11_000):
        if step == 1_000:
            before = resident()
        network(tanh, leaves, x).backward()
        leaves = [
            gx.asarray(p.detach().numpy() - 1e-4 * p.grad.numpy(), requires_grad=True)
            for p in leaves
        ]
    return resident() - before


def segments(size: int) -> float:
    """Return the peak of 64 layers in checkpointed segments of `size` layers; 0: without checkpoints."""
    import gradx as gx

    def layers(x: Any, part: list[Any]) -> Any:
        for w in part:
            x = gx.tanh(x @ w)
        return x

    def run(x: Any, leaves: list[Any]) -> None:
        for start in range(0, len(leaves), size or len(leaves)):
            part = leaves[start : start + (size or len(leaves))]
            x = (gx.checkpoint(layers) if size else layers)(x, part)
        gx.sum(x * x).backward()

    run(gx.ones((4, 8)), [gx.asarray(np.eye(8), requires_grad=True) for _ in range(4)])
    random = np.random.default_rng(0)
    leaves = [gx.asarray(random.normal(size=(64, 64)) / 8, requires_grad=True) for _ in range(64)]
    x = gx.asarray(random.normal(size=(8192, 64)))
    before = resident()
    run(x, leaves)
    return resident("VmHWM") - before


if __name__ == "__main__":
    program, *arguments = sys.argv[1:]
    if program == "peak":
        print(json.dumps(peak(*arguments)))
    else:
        print(json.dumps(growth() if program == "growth" else segments(int(arguments[0]))))
