"""Optimisers: step by step against torch, and on their own."""

import numpy as np
import pytest

import gradx as gx
from gradx import nn, optim

METHODS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.05}),
    ("Adam", {"lr": 0.05}),
    ("Adam", {"lr": 0.05, "weight_decay": 0.1, "betas": (0.8, 0.95), "eps": 1e-6}),
    ("AdamW", {"lr": 0.05}),
    ("AdamW", {"lr": 0.05, "weight_decay": 0.3}),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "options"), METHODS)
def test_against_torch(name, options, dtype):
    torch = pytest.importorskip("torch", reason="the reference")
    start = [np.asarray([[1.0, -2.0], [0.5, 3.0]], dtype=dtype), np.asarray(1.5, dtype=dtype)]
    ours = [gx.asarray(value, copy=True, requires_grad=True) for value in start]
    theirs = [torch.tensor(value, requires_grad=True) for value in start]
    method = getattr(optim, name)(ours, **options)
    reference = getattr(torch.optim, name)(theirs, **options)
    for _ in range(20):
        method.zero_grad()
        reference.zero_grad()
        _loss(gx, *ours).backward()
        _loss(torch, *theirs).backward()
        method.step()
        reference.step()
    for p, t in zip(ours, theirs, strict=True):
        assert p.dtype == dtype
        np.testing.assert_allclose(
            p.detach().numpy(), t.detach().numpy(), rtol=100 * np.finfo(dtype).eps
        )


def _loss(xp, weights, offset):
    return xp.sum(xp.cos(weights) * offset + 0.5 * weights**2) + offset**2


def test_training_agrees_on_every_device(gradx_device):
    losses = {}
    for device in {"cpu", gradx_device}:
        source = gx.random.Generator(4, device)
        model = nn.Sequential(nn.Linear(3, 16, key=source), nn.Tanh(), nn.Linear(16, 1, key=source))
        dropout = nn.Dropout(0.2, generator=source)
        x = source.normal((32, 3), dtype="float32")
        method = optim.AdamW(model.parameters(), lr=0.01)
        losses[device] = []
        for _ in range(5):
            loss = nn.mse_loss(model(dropout(x)), gx.sum(x**2, axis=-1, keepdims=True))
            method.zero_grad()
            loss.backward()
            optim.clip_grad_norm(model.parameters(), 1.0)
            method.step()
            losses[device].append(loss.item())
        assert method.state[0]["mean"].device == x.device
    np.testing.assert_allclose(losses[gradx_device], losses["cpu"], rtol=1e-4)
    assert losses["cpu"][-1] < losses["cpu"][0]


def test_step_keeps_leaves_and_records_nothing():
    p, unused = gx.ones(3, requires_grad=True), gx.ones(2, requires_grad=True)
    method = optim.AdamW([p, unused], lr=0.1)
    gx.sum(p**2).backward()
    method.step()
    assert p.is_leaf
    assert p.requires_grad
    assert unused.tolist() == [1.0, 1.0]
    assert method.state[1] == {}
    assert not method.state[0]["mean"].requires_grad
    method.zero_grad()
    assert p.grad is None
    method.step()


def test_lr_may_change():
    p = gx.zeros((), requires_grad=True)
    method = optim.SGD([p], lr=1.0)
    for method.lr in (1.0, 0.5):
        p.grad = gx.ones(())
        method.step()
    assert p.item() == -1.5


def test_a_step_leaves_earlier_values_alone():
    p = gx.asarray([2.0], requires_grad=True)
    y = p * p
    p.grad = gx.asarray([1.0])
    optim.SGD([p], lr=1.0).step()
    p.grad = None
    y.backward(gx.asarray([1.0]))
    assert p.grad.tolist() == [4.0]


@pytest.mark.parametrize("method", [optim.SGD, optim.Adam, optim.AdamW])
def test_minimises(method):
    p = gx.asarray([-1.2, 1.0], requires_grad=True)
    stepper = method([p], lr=0.05, weight_decay=0.0)
    for _ in range(300):
        stepper.zero_grad()
        ((p[0] + 2.0 * p[1] - 7.0) ** 2 + (2.0 * p[0] + p[1] - 5.0) ** 2).backward()
        stepper.step()
    np.testing.assert_allclose(p.detach().numpy(), [1.0, 3.0], atol=0.01)


def test_clip_grad_norm():
    p, q, idle = (gx.zeros(n, requires_grad=True) for n in (2, 1, 1))
    p.grad, q.grad = gx.asarray([2.0, 4.0]), gx.asarray([4.0])
    assert optim.clip_grad_norm([p, q, idle], 3.0).item() == 6.0
    assert p.grad.tolist() == [1.0, 2.0]
    assert q.grad.tolist() == [2.0]
    assert optim.clip_grad_norm([p, q], 3.0).item() == 3.0
    assert p.grad.tolist() == [1.0, 2.0]
    p.grad, q.grad = gx.zeros(2), gx.zeros(1)
    assert optim.clip_grad_norm([p, q], 3.0).item() == 0.0
    assert p.grad.tolist() == [0.0, 0.0]
    assert optim.clip_grad_norm([idle], 3.0).item() == 0.0


def test_errors():
    p = gx.ones(2, requires_grad=True)
    with pytest.raises(gx.errors.OperandError, match="got none"):
        optim.SGD([], lr=0.1)
    with pytest.raises(gx.errors.OperandError, match="expected Tensors"):
        optim.SGD([1.0], lr=0.1)
    with pytest.raises(gx.errors.GraphError, match="leaves"):
        optim.SGD([p * 2.0], lr=0.1)
    with pytest.raises(gx.errors.OperandError, match="lr >= 0"):
        optim.SGD([p], lr=-1.0)
    with pytest.raises(gx.errors.OperandError, match="nesterov"):
        optim.SGD([p], lr=0.1, nesterov=True)
    with pytest.raises(gx.errors.DtypeError, match="real parameters"):
        optim.Adam([gx.ones(2, dtype="complex128", requires_grad=True)])
