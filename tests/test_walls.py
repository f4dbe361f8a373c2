"""The walls: what keeps the code small, layered and free of any one array library.

- Files and functions stay short; imports have no cycle; `import gradx` loads no array library.
- The README holds the commands that `.ci/run` proves.
"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("gradx", "backends", "tests", "ci")
LIBRARIES = (
    "numpy",
    "scipy",
    "cupy",
    "torch",
    "jax",
    "dask",
    "array_api_compat",
    "array_api_strict",
)


def files() -> Iterator[Path]:
    """Return the Python files of the project, scripts without a suffix included."""
    for folder in SOURCES:
        yield from sorted((ROOT / folder).rglob("*.py"))
    yield from (path for path in sorted((ROOT / "ci").iterdir()) if is_python_script(path))


def is_python_script(path: Path) -> bool:
    """Whether a file without a suffix begins with a line that names Python."""
    return path.is_file() and not path.suffix and "python" in path.read_text().partition("\n")[0]


def modules() -> dict[str, Path]:
    """Return the modules that ship, by name."""
    found = {}
    for root in (ROOT, ROOT / "backends"):
        for path in sorted(root.glob("gradx*/**/*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_at_load(path: Path, name: str, known: set[str]) -> set[str]:
    """Return which of the known modules a module imports as it loads (not inside functions)."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    stack: list[ast.AST] = [ast.parse(path.read_text())]
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parts, *([base] if base else [])])
            members = {f"{base}.{alias.name}" for alias in node.names} & known
            found.update(members or {base})
        stack.extend(ast.iter_child_nodes(node))
    return found & known - {name}


def find_cycle(graph: dict[str, set[str]]) -> list[str]:
    """Return one cycle of a graph, or nothing."""
    done: set[str] = set()
    for start in graph:
        path: list[str] = []
        stack = [(start, iter(sorted(graph[start])))] if start not in done else []
        if stack:
            path.append(start)
        while stack:
            name, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                done.add(name)
                path.pop()
                stack.pop()
            elif following in path:
                return [*path[path.index(following) :], following]
            elif following not in done:
                path.append(following)
                stack.append((following, iter(sorted(graph[following]))))
    return []


def run(code: str) -> str:
    """Run code in a fresh process that finds this checkout; return what it prints."""
    paths = [str(ROOT), str(ROOT / "backends")]
    program = f"import sys; sys.path[:0] = {paths!r}\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_files_are_short() -> None:
    long = {
        str(path.relative_to(ROOT)): n
        for path in files()
        if (n := len(path.read_text().splitlines())) > 400
    }
    assert not long, "expected files of at most 400 lines: split them"


def test_functions_are_short() -> None:
    long = []
    for path in files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno:
                doc = ast.get_docstring(node, clean=False)
                if (lines := own_lines(node, doc)) > 40:
                    long.append(
                        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines} lines"
                    )
    assert not long, "expected functions of at most 40 lines beside the docstring"


def own_lines(node: ast.FunctionDef | ast.AsyncFunctionDef, doc: str | None) -> int:
    """Return the lines of a function without its docstring."""
    return (node.end_lineno or 0) - node.lineno + 1 - (doc.count("\n") + 1 if doc else 0)


def test_imports_have_no_cycle() -> None:
    found = modules()
    graph = {name: imports_at_load(path, name, set(found)) for name, path in found.items()}
    assert not find_cycle(graph), "expected imports without a cycle"


def test_a_cycle_would_be_found() -> None:
    assert find_cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert find_cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_import_loads_no_array_library() -> None:
    loaded = run(f"import gradx; print(*[m for m in {LIBRARIES!r} if m in sys.modules])")
    assert loaded == ""


def test_first_use_of_the_cpu_loads_numpy_alone() -> None:
    loaded = run(
        f"import gradx; gradx.zeros(2); print(*[m for m in {LIBRARIES!r} if m in sys.modules])"
    )
    assert set(loaded.split()) <= {"numpy", "scipy", "array_api_compat"}


# They need what may not be installed.
OTHERS = ("gradx.examples", "gradx_cupy", "gradx_generic.libraries")


@pytest.mark.parametrize("name", [name for name in modules() if not name.startswith(OTHERS)])
def test_public_names_exist(name: str) -> None:
    module = importlib.import_module(name)
    names = getattr(module, "__all__", [])
    assert len(set(names)) == len(names), "expected each name once"
    assert not [public for public in names if not hasattr(module, public)]


@pytest.mark.parametrize(
    "command",
    [
        'pip install -e ".[examples]" && python -m gradx.examples.digits',
        'pip install -e ".[test]" && pytest',
    ],
)
def test_readme_has_the_command(command: str) -> None:
    assert (ROOT / "README.md").read_text().splitlines().count(command) == 1


def test_every_package_ships() -> None:
    import tomllib

    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = set(config["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    backends = {
        f"backends/{path.parent.name}" for path in (ROOT / "backends").glob("*/__init__.py")
    }
    assert packages == {"gradx", *backends}
