"""A row of results, and the table in the README."""

from __future__ import annotations

import datetime
import platform
import subprocess
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


@dataclass
class Result:
    """What one row gave: figures by contender, in `unit`, and gradx's ratio to each peer."""

    name: str
    unit: str
    figures: dict[str, float]
    ratios: dict[str, float] = field(default_factory=dict)
    targets: dict[str, float] = field(default_factory=dict)
    """The largest ratio aimed at, by peer; the key "" is for gradx's own figure."""

    def misses(self) -> list[str]:
        """Return the targets that are missed, in words."""
        words = [
            f"{self.ratios[peer]:.2f}x {peer}, aim {aim:.3g}x"
            for peer, aim in self.targets.items()
            if peer in self.ratios and self.ratios[peer] > aim
        ]
        own = self.targets.get("")
        if own is not None and self.figures["gradx"] > own:
            words.append(f"{self.figures['gradx']:.2f} {self.unit}, aim {own:g}")
        return words


def _figure(x: float) -> str:
    return f"{x:.0f}" if x >= 100 else f"{x:.1f}" if x >= 10 else f"{x:.2f}"


def markdown(results: list[Result]) -> str:
    """Return the table: a figure for each contender, in brackets gradx's ratio to it."""
    lines = [
        "| measured | gradx | raw NumPy | PyTorch | HIPS autograd | aim |",
        "|---|---|---|---|---|---|",
    ]
    for row in results:
        cells = [f"{_figure(row.figures['gradx'])} {row.unit}"]
        for peer in ("numpy", "torch", "autograd"):
            known = peer in row.figures
            cells.append(f"{_figure(row.figures[peer])} ({row.ratios[peer]:.2f}x)" if known else "")
        aims = [
            f"≤ {aim:.3g}x {peer}" if peer else f"≤ {aim:g} {row.unit}"
            for peer, aim in row.targets.items()
        ]
        missed = " (missed)" if row.misses() else ""
        lines.append(f"| {row.name} | {' | '.join(cells)} | {', '.join(aims)}{missed} |")
    return "\n".join(lines)


def machine() -> str:
    """Return one line on what this was measured with."""
    names = ("numpy", "torch", "autograd", "cupy-cuda13x")
    parts = [f"Python {platform.python_version()}"]
    for name in names:
        try:
            parts.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return f"{datetime.date.today()}, {_commit()}, {_processor()}, one thread, {', '.join(parts)}"


def _commit() -> str:
    run = partial(
        subprocess.run, cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    name = run(["git", "rev-parse", "--short", "HEAD"]).stdout.strip()
    changed = run(["git", "status", "--porcelain", "--", ":/gradx", ":/backends"]).stdout.strip()
    return f"commit {name or 'unknown'}{' with changes' if changed else ''}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next(
        (x.partition(": ")[2] for x in lines if x.startswith("model name")), platform.machine()
    )


def write_readme(readme: Path, results: list[Result]) -> None:
    """Put the table between the markers of the README."""
    text = readme.read_text()
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{readme}: expected the markers {BEGIN} and {END}")
    note = (
        f"Measured {machine()}. In brackets: gradx relative to that peer; below 1 gradx is faster."
    )
    readme.write_text(f"{head}{BEGIN}\n{markdown(results)}\n\n{note}\n{END}{tail}")
