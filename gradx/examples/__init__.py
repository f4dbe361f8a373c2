"""Runnable examples: `python -m gradx.examples.NAME`."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import Any

import gradx as gx


def best_device() -> str:
    """Return "cuda" where there is one, else "cpu"."""
    try:
        gx.zeros(1, device="cuda")
    except gx.errors.DeviceError:
        return "cpu"
    return "cuda"


def existing_device(name: str) -> str:
    """Return the name of a device if it is there; the command line then says what is missing, without a traceback."""
    try:
        gx.zeros(1, device=name)
    except gx.errors.DeviceError as error:
        raise ArgumentTypeError(str(error)) from None
    return name


def style() -> Any:
    """Return `matplotlib.pyplot` without a display, set for clean pictures."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    pyplot.rcParams.update(
        {
            "axes.axisbelow": True,
            "axes.grid": True,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlesize": 11,
            "axes.titleweight": "bold",
            "font.size": 9,
            "grid.alpha": 0.3,
            "legend.frameon": False,
        }
    )
    return pyplot
