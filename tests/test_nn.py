"""Layers, losses and modules; against torch where it is installed."""

import numpy as np
import pytest

import gradx as gx
from gradx import nn


def small_model():
    return nn.Sequential(
        nn.Linear(4, 8, key=gx.random.key(0)),
        nn.GELU(),
        nn.Dropout(0.5),
        nn.Linear(8, 3, key=gx.random.key(1), dtype="float32"),
    )


def test_parameters_have_paths():
    model = small_model()
    shapes = {path: p.shape for path, p in model.named_parameters()}
    assert shapes == {
        "layers.0.weight": (8, 4),
        "layers.0.bias": (8,),
        "layers.3.weight": (3, 8),
        "layers.3.bias": (3,),
    }
    assert all(p.dtype == "float32" and p.is_leaf for p in model.parameters())
    assert len(model) == 4
    assert model[0].weight is model.parameters()[0]


def test_shared_parameters_count_once():
    class Tied(nn.Module):
        def __init__(self):
            self.first = nn.Linear(3, 3)
            self.again = {"same": self.first, "weights": [self.first.weight]}
            self.constant = gx.zeros(3)

    assert [path for path, _ in Tied().named_parameters()] == ["first.weight", "first.bias"]


def test_train_and_eval_reach_all_modules():
    model = small_model()
    assert model.eval() is model
    assert not any(module.training for module in model.modules())
    x = gx.ones((2, 4), dtype="float32")
    np.testing.assert_array_equal(model(x).detach().numpy(), model(x).detach().numpy())
    model.train()
    assert (model(x).detach().numpy() != model(x).detach().numpy()).any()


def test_state_survives_training_and_is_restored():
    model, twin = small_model().eval(), small_model().eval()
    x = gx.random.normal((5, 4), dtype="float32")
    before, kept = model(x).detach().numpy(), model.state_dict()
    optimizer = gx.optim.SGD(model.parameters(), lr=0.1)
    gx.sum(model(x) ** 2).backward()
    optimizer.step()
    assert np.abs(model(x).detach().numpy() - before).max() > 1e-3
    twin.load_state_dict(kept)
    np.testing.assert_array_equal(twin(x).detach().numpy(), before)
    assert all(p.requires_grad and p.is_leaf for p in twin.parameters())


def test_load_state_dict_says_what_does_not_fit():
    model = nn.Linear(2, 3)
    state = model.state_dict()
    with pytest.raises(gx.errors.OperandError, match="missing: bias; unknown: offset"):
        model.load_state_dict({"weight": state["weight"], "offset": state["bias"]})
    with pytest.raises(gx.errors.ShapeError, match=r"\(3,\) for bias; got \(2,\)"):
        model.load_state_dict({**state, "bias": np.zeros(2)})


def test_module_without_forward():
    with pytest.raises(gx.errors.OperandError, match="forward"):
        nn.Module()(1)


def test_repr():
    assert repr(nn.Linear(2, 3)) == "Linear(inputs=2, outputs=3)"
    assert "Dropout(p=0.5)" in repr(small_model())


@pytest.mark.parametrize("shape", [(4,), (1, 4), (0, 4), (2, 3, 4)])
def test_linear(shape):
    layer = nn.Linear(4, 5, dtype="float64")
    x = gx.random.normal(shape)
    expected = x.numpy() @ layer.weight.detach().numpy().T + layer.bias.detach().numpy()
    np.testing.assert_allclose(layer(x).detach().numpy(), expected)
    plain = nn.Linear(4, 5, bias=False)
    assert [path for path, _ in plain.named_parameters()] == ["weight"]


def test_initial_values_keep_the_variance():
    weights = nn.kaiming_uniform((256, 1000), gain=1.0, key=gx.random.key(3)).numpy()
    assert abs(weights.std() * np.sqrt(1000) - 1) < 0.01
    assert abs(weights).max() <= np.sqrt(3 / 1000)
    with pytest.raises(gx.errors.ShapeError, match="two dimensions"):
        nn.kaiming_uniform((3,))


def test_same_key_same_layer():
    one, two, other = (nn.Linear(3, 2, key=gx.random.key(n)) for n in (1, 1, 2))
    np.testing.assert_array_equal(one.weight.detach().numpy(), two.weight.detach().numpy())
    assert (one.weight.detach().numpy() != other.weight.detach().numpy()).all()


def test_dropout():
    x = gx.ones((200, 200), requires_grad=True)
    layer = nn.Dropout(0.25, generator=gx.random.Generator(1))
    y = layer(x)
    gx.sum(y).backward()
    assert set(np.unique(y.detach().numpy())) == {0.0, 1 / 0.75}
    assert abs(y.detach().numpy().mean() - 1) < 0.02
    np.testing.assert_array_equal(x.grad.numpy(), y.detach().numpy())
    assert layer.eval()(x) is x
    with pytest.raises(gx.errors.OperandError, match="Dropout"):
        nn.Dropout(1.0)


def test_dropout_hides_what_it_drops():
    y = nn.dropout(gx.asarray([gx.nan] * 8), 0.5, key=gx.random.key(0)).numpy()
    assert set(y[~np.isnan(y)]) == {0.0}
    assert np.isnan(y).any()


PAIRS = [("relu", nn.ReLU), ("gelu", nn.GELU), ("silu", nn.SiLU), ("tanh", nn.Tanh),
         ("sigmoid", nn.Sigmoid)]  # fmt: skip


@pytest.mark.parametrize(("name", "module"), PAIRS)
def test_activations_against_torch(name, module):
    torch = pytest.importorskip("torch", reason="the reference")
    values = np.asarray([-90.0, -5.0, -0.3, 0.0, 1e-9, 2.0, 90.0])
    x = gx.asarray(values, requires_grad=True)
    y = module()(x)
    gx.sum(y).backward()
    t = torch.tensor(values, requires_grad=True)
    expected = getattr(torch.nn.functional, name)(t)
    expected.sum().backward()
    np.testing.assert_allclose(y.detach().numpy(), expected.detach(), rtol=1e-6, atol=1e-15)
    np.testing.assert_allclose(x.grad.numpy(), t.grad, rtol=1e-6, atol=1e-15)


@pytest.mark.parametrize("label_smoothing", [0.0, 0.1])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_cross_entropy_against_torch(reduction, label_smoothing):
    torch = pytest.importorskip("torch", reason="the reference")
    values = gx.random.normal((6, 5), std=30.0).numpy()
    labels = gx.random.integers(5, shape=6).numpy()
    options = {"reduction": reduction, "label_smoothing": label_smoothing}
    x = gx.asarray(values, requires_grad=True)
    loss = nn.cross_entropy(x, labels, **options)
    gx.sum(loss).backward()
    t = torch.tensor(values, requires_grad=True)
    expected = torch.nn.functional.cross_entropy(t, torch.tensor(labels), **options)
    expected.sum().backward()
    np.testing.assert_allclose(loss.detach().numpy(), expected.detach(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(x.grad.numpy(), t.grad, rtol=1e-12, atol=1e-15)


def test_cross_entropy_along_another_axis():
    x = gx.random.normal((4, 5, 3))
    labels = gx.random.integers(5, shape=(4, 3))
    along = nn.cross_entropy(x, labels, axis=1, reduction="none")
    last = nn.cross_entropy(gx.moveaxis(x, 1, -1), labels, reduction="none")
    np.testing.assert_allclose(along.numpy(), last.numpy())


def test_mse_loss():
    x, t = gx.asarray([1.0, 3.0], requires_grad=True), gx.asarray([0.0, 1.0])
    loss = nn.mse_loss(x, t)
    loss.backward()
    assert loss.item() == 2.5
    assert x.grad.tolist() == [1.0, 2.0]
    assert nn.mse_loss(x, t, reduction="sum").item() == 5.0
    with pytest.raises(gx.errors.OperandError, match="reduction"):
        nn.mse_loss(x, t, reduction="average")


def test_binary_cross_entropy_is_exact_at_large_logits():
    x = gx.asarray([-800.0, 800.0, -30.0, 30.0, 0.0], requires_grad=True)
    t = gx.asarray([1.0, 1.0, 0.0, 1.0, 0.5])
    losses = nn.binary_cross_entropy_with_logits(x, t, reduction="none")
    expected = [800.0, 0.0, np.log1p(np.exp(-30.0)), np.log1p(np.exp(-30.0)), np.log(2.0)]
    np.testing.assert_allclose(losses.detach().numpy(), expected, rtol=1e-14)
    gx.sum(losses).backward()
    tail = np.exp(-30.0) / (1 + np.exp(-30.0))
    np.testing.assert_allclose(x.grad.numpy(), [-1.0, 0.0, tail, -tail, 0.0], rtol=1e-13)
