"""The command line of `ci/bench`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.table import Result, machine, markdown, write_readme

README = Path(__file__).resolve().parents[2] / "README.md"


def _rows(name: str) -> Iterator[Result]:
    """Measure the rows of one module; it is imported only now, as it may import its peers."""
    yield from (row.measure() for row in import_module(f"benchmarks.rows.{name}").rows())


def _memory() -> Iterator[Result]:
    from benchmarks.rows import memory

    yield memory.peak()
    yield memory.growth()


def _import() -> Iterator[Result]:
    from benchmarks.rows import importing

    yield importing.row()


GROUPS: dict[str, Callable[[], Iterator[Result]]] = {
    "chain": partial(_rows, "chain"), "models": partial(_rows, "models"), "large": partial(_rows, "large"),
    "trajectory": partial(_rows, "trajectory"), "batching": partial(_rows, "batching"),
    "loops": partial(_rows, "loops"),
    "memory": _memory, "import": _import, "cuda": partial(_rows, "cuda"),
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run the groups asked for; return 1 if a target was missed and `--strict` was given."""
    parser = argparse.ArgumentParser(prog="ci/bench", description=__doc__)
    parser.add_argument(
        "groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)}; default: all but cuda"
    )
    parser.add_argument("--write-readme", action="store_true", help="put the table in the README")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument("--strict", action="store_true", help="fail where a target is missed")
    options = parser.parse_args(arguments)
    groups = options.groups or [name for name in GROUPS if name != "cuda"]
    if unknown := set(groups) - set(GROUPS):
        parser.error(f"expected groups among {', '.join(GROUPS)}; got {', '.join(sorted(unknown))}")
    if options.write_readme and options.groups:
        parser.error("--write-readme writes the whole table: expected no group beside it")
    results = []
    for group in groups:
        for result in GROUPS[group]():
            results.append(result)
            print(line(result), flush=True)
    print(f"\n{machine()}")
    misses = [(r.name, miss) for r in results for miss in r.misses()]
    for name, miss in misses:
        print(f"missed: {name}: {miss}")
    if options.json:
        options.json.write_text(json.dumps(as_json(results), indent=1))
    if options.write_readme:
        write_readme(README, results)
    return 1 if misses and options.strict else 0


def line(result: Result) -> str:
    """Return one result as a line of text."""
    peers = "".join(
        f"  {peer} {result.figures[peer]:.3g} ({r:.2f}x)" for peer, r in result.ratios.items()
    )
    return f"{result.name:52s} {result.figures['gradx']:9.3g} {result.unit}{peers}"


def as_json(results: list[Result]) -> dict[str, Any]:
    """Return what `--json` writes."""
    return {"machine": machine(), "table": markdown(results), "rows": [asdict(r) for r in results]}
