"""Handwritten digits: a small network trained on scikit-learn's 1,797 images of 8 x 8 pixels.

    python -m gradx.examples.digits [--device cuda] [--epochs 40] [--seed 0 1 2] [--output digits.png]

- Trains one network a seed, prints its accuracy on images it has not seen, and draws the first one's
  course, confusions and worst mistakes.
- The same seed gives the same initial weights, batches and dropout on every device.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

import gradx as gx
from gradx import nn, optim
from gradx.examples import best_device, existing_device, style

BATCH = 64


def main(argv: Sequence[str] | None = None) -> list[float]:
    """Train, report and draw; return the accuracy of each seed."""
    options = parse(argv)
    train_set, test_set = load(options.device)
    runs = []
    for seed in options.seed:
        model = network(seed, options.device)
        losses = train(model, *train_set, seed, options.epochs)
        scores = evaluate(model, test_set[0])
        runs.append((losses, scores))
        share = accuracy(scores, test_set[1])
        print(f"seed {seed}: {share:.2%} of {len(scores)} test images right (on {options.device})")
    if options.output:
        draw(options.output, *runs[0], *test_set)
        print(f"drawn to {options.output}")
    return [accuracy(scores, test_set[1]) for _, scores in runs]


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m gradx.examples.digits")
    parser.add_argument(
        "--device", type=existing_device, default=best_device(), help="default: %(default)s"
    )
    parser.add_argument("--epochs", type=int, default=40, help="default: %(default)s")
    parser.add_argument("--seed", type=int, nargs="+", default=[0, 1, 2], help="one network each")
    parser.add_argument("--output", default="digits.png", help="'' for no picture")
    return parser.parse_args(argv)


def load(device: str) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Return images `(n, 64)` and labels `(n,)` to train on, and to test on."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, labels = load_digits(return_X_y=True)
    images = (images / 16).astype("float32")
    parts = train_test_split(images, labels, test_size=0.25, random_state=0, stratify=labels)
    seen, unseen, seen_labels, unseen_labels = (gx.asarray(part, device=device) for part in parts)
    return (seen, seen_labels), (unseen, unseen_labels)


def network(seed: int, device: str) -> nn.Module:
    """Return the model, `(n, 64)` to `(n, 10)`; its weights and dropout are drawn from `seed`."""
    source = gx.random.Generator(seed, device)
    return nn.Sequential(
        nn.Linear(64, 256, key=source),
        nn.SiLU(),
        nn.Dropout(0.3, generator=source),
        nn.Linear(256, 128, key=source),
        nn.SiLU(),
        nn.Dropout(0.3, generator=source),
        nn.Linear(128, 10, key=source),
    )


def train(model: nn.Module, images: Any, labels: Any, seed: int, epochs: int) -> list[float]:
    """Fit the model; return the loss of each batch."""
    optimizer = optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.05)
    batches = gx.random.Generator(gx.random.fold_in(gx.random.key(seed), 1), images.device)
    losses = []
    for epoch in tqdm(range(epochs), desc=f"seed {seed}", unit="epoch", leave=False):
        optimizer.lr = 3e-3 * 0.5 * (1 + np.cos(np.pi * epoch / epochs))
        order = batches.permutation(len(images), device=images.device)
        for start in range(0, len(images), BATCH):
            chosen = order[start : start + BATCH]
            logits = model(images[chosen])
            loss = nn.cross_entropy(logits, labels[chosen], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
    return [loss.item() for loss in losses]


def evaluate(model: nn.Module, images: Any) -> Any:
    """Return the probability of each digit, `(n, 10)`, as a NumPy array."""
    model.eval()
    with gx.no_grad():
        return gx.softmax(model(images), axis=-1).numpy()


def accuracy(scores: Any, labels: Any) -> float:
    """Return the share of images whose likeliest digit is the right one."""
    return float(np.mean(scores.argmax(axis=1) == labels.numpy()))


def draw(path: str, losses: list[float], scores: Any, images: Any, labels: Any) -> None:
    """Draw the course of the loss, the confusion matrix and the most confident mistakes."""
    plt = style()
    labels, images = labels.numpy(), images.numpy().reshape(-1, 8, 8)
    figure = plt.figure(figsize=(12, 4), layout="constrained")
    left, middle, right = figure.subfigures(1, 3, width_ratios=(1.15, 1, 0.95), wspace=0.03)
    _draw_losses(left.subplots(), losses)
    _draw_confusions(middle.subplots(), scores, labels)
    _draw_mistakes(right, scores, images, labels)
    figure.savefig(path, dpi=150)
    plt.close(figure)


def _draw_losses(axes: Any, losses: list[float]) -> None:
    steps = np.arange(1, len(losses) + 1)
    width = max(len(losses) // 40, 1)
    smooth = np.convolve(losses, np.ones(width) / width, mode="valid")
    axes.semilogy(steps, losses, color="C0", alpha=0.25, linewidth=0.8, label="each batch")
    axes.semilogy(steps[width - 1 :], smooth, color="C0", label=f"mean of {width}")
    axes.set(title="Training loss (labels smoothed)", xlabel="step", ylabel="cross entropy")
    axes.legend()


def _draw_confusions(axes: Any, scores: Any, labels: Any) -> None:
    counts: Any = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (labels, scores.argmax(axis=1)), 1)
    axes.imshow(np.sqrt(counts), cmap="Blues")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            color = "white" if row == column else "C3"
            axes.text(column, row, count, ha="center", va="center", color=color, fontsize=8)
    ticks = range(10)
    axes.set(xlabel="recognised as", ylabel="digit", xticks=ticks, yticks=ticks)
    axes.set_title(f"{np.trace(counts) / counts.sum():.1%} of {counts.sum()} unseen images")
    axes.grid(False)
    axes.spines[:].set_visible(False)


def _draw_mistakes(figure: Any, scores: Any, images: Any, labels: Any) -> None:
    guesses = scores.argmax(axis=1)
    own = scores[np.arange(len(labels)), labels]
    worst = np.argsort(own)[:9]
    figure.suptitle("Least likely to be right", fontsize=11, fontweight="bold")
    for axes, index in zip(figure.subplots(3, 3).flat, worst, strict=True):
        wrong = guesses[index] != labels[index]
        axes.imshow(images[index], cmap="gray_r", interpolation="nearest")
        title = f"{labels[index]}, seen as {guesses[index]}" if wrong else f"{labels[index]}, right"
        axes.set_title(title, fontsize=8, color="C3" if wrong else "C2", fontweight="normal")
        axes.set_xlabel(f"p = {own[index]:.2f}", fontsize=7)
        axes.set(xticks=[], yticks=[])


if __name__ == "__main__":
    main()
