"""Optimisers."""

from gradx.optim.adam import Adam, AdamW
from gradx.optim.clip import clip_grad_norm
from gradx.optim.optimizer import Optimizer
from gradx.optim.sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "clip_grad_norm"]
