"""Layers, losses and initial values."""

from gradx.nn.activations import GELU, ReLU, Sigmoid, SiLU, Tanh
from gradx.nn.binary_cross_entropy import binary_cross_entropy_with_logits
from gradx.nn.cross_entropy import cross_entropy
from gradx.nn.dropout import Dropout, dropout
from gradx.nn.initial import kaiming_uniform
from gradx.nn.linear import Linear
from gradx.nn.module import Module
from gradx.nn.mse_loss import mse_loss
from gradx.nn.sequential import Sequential
from gradx.ops import gelu, relu, sigmoid, silu, tanh

__all__ = [
    "GELU",
    "Dropout",
    "Linear",
    "Module",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Tanh",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "dropout",
    "gelu",
    "kaiming_uniform",
    "mse_loss",
    "relu",
    "sigmoid",
    "silu",
    "tanh",
]
