"""The shape of the tree: who imports whom, how long files and functions are, and why a rule was set aside."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "store", "ledger", "connectors", "activities", "workflows", "gateway", "runtime")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def modules() -> Iterator[Path]:
    """Every module of the product."""
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_import_contracts_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", sorted((ROOT / "domain").glob("*.py")), ids=lambda path: path.stem)
def test_the_domain_imports_the_standard_library_and_itself_alone(path: Path) -> None:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            found.add((node.module or "").partition(".")[0])
    assert found <= sys.stdlib_module_names | {"domain"}


@pytest.mark.parametrize(
    ("package", "banned"),
    [
        ("domain.planning", ("sqlalchemy", "temporalio", "fastapi", "httpx", "pydantic")),
        ("connectors.registry", ("sqlalchemy", "temporalio", "fastapi")),
        ("ledger.posting", ("temporalio", "fastapi", "httpx")),
        ("workflows.collection_case", ("fastapi", "starlette", "uvicorn")),
        ("activities.turns", ("fastapi", "starlette")),
    ],
)
def test_a_layer_does_not_drag_in_what_it_does_not_need(package: str, banned: tuple[str, ...]) -> None:
    script = f"import sys, {package}; print(*[name for name in {banned!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_every_module_says_what_it_is() -> None:
    silent = [name_of(path) for path in modules() if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert [name for name in silent if "/migrations/" not in name] == []


def test_no_file_is_too_long_to_read_at_once() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert [name for name, lines in lengths.items() if lines > LONGEST_FILE] == []


def test_no_function_is_too_long_to_read_at_once() -> None:
    long = [
        f"{name_of(path)}:{node.name}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


SET_ASIDE = re.compile(r"#\s*(noqa|type: ignore)(?P<code>:\s*[A-Z0-9, ]*[A-Z0-9]|\[[a-z, -]+\])?(?P<reason>.*)")


def test_a_rule_set_aside_is_named_and_has_its_reason() -> None:
    bare = []
    for path in modules():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            found = SET_ASIDE.search(line)
            if found and not (found["code"] and len(found["reason"].strip(" -#()")) > len("why")):
                bare.append(f"{name_of(path)}:{number}")
    assert bare == []


def test_nothing_is_left_to_do() -> None:
    words = re.compile(r"\b(TODO|FIXME|XXX)\b:?")
    left = [
        f"{name_of(path)}:{number}"
        for path in modules()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if words.search(line.partition("#")[2])
    ]
    assert left == []
