"""The documents say what the code does: links lead somewhere, tables are whole, examples answer as printed."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
import typer
from fastapi import FastAPI
from typer.testing import CliRunner

from connectors import rails, registry
from gateway import text_callbacks, webhooks
from gateway.api import api_router
from runtime.cli import app
from runtime.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
TEXT = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in DOCUMENTS}
CUT = "…"

by_document = pytest.mark.parametrize("name", list(TEXT))


def _prose(text: str) -> str:
    """A document without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def _anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", _prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@by_document
def test_links_lead_to_something(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", _prose(TEXT[name])):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        file = ((ROOT / name).parent / path).resolve() if path else ROOT / name
        assert file.exists(), target
        assert not anchor or anchor in _anchors(file.read_text(encoding="utf-8")), target


@by_document
def test_files_of_the_tree_that_are_named_exist(name: str) -> None:
    tops = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    for path in re.findall(r"`([a-z_]+/[\w./-]*[\w/])`", _prose(TEXT[name])):
        first = path.split("/")[0]
        if first in tops:
            found = ROOT / path
            dotted = ROOT / path.rpartition(".")[0]  # domain/planning.next_step
            assert found.exists() or dotted.with_suffix(".py").exists(), path


@by_document
def test_make_targets_that_are_named_exist(name: str) -> None:
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = re.findall(r"`make ([a-z]+)`", TEXT[name]) + re.findall(r"^make ([a-z]+)", TEXT[name], re.MULTILINE)
    assert set(named) <= known


@by_document
def test_variables_that_are_named_are_settings(name: str) -> None:
    known = {f"AFLUENTE_{field.upper()}" for field in Settings.model_fields}
    assert set(re.findall(r"\bAFLUENTE_[A-Z_]+\b", TEXT[name])) <= known


@by_document
def test_no_machines_path(name: str) -> None:
    assert not re.search(r"(^|[\s`(\"'])/(work|home|root|Users)/", TEXT[name])


@by_document
def test_a_document_has_one_title_and_ends_with_its_text(name: str) -> None:
    text = TEXT[name]
    assert text.startswith("# ")
    assert len(re.findall(r"^# ", _prose(text), re.MULTILINE)) == 1
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@by_document
def test_shell_blocks_can_be_read_by_a_shell(name: str) -> None:
    bash = shutil.which("bash")
    assert bash
    for block in re.findall(r"^```sh\n(.*?)^```$", TEXT[name], re.MULTILINE | re.DOTALL):
        subprocess.run([bash, "-n"], input=block, text=True, check=True)


# Settings, API, connectors ---------------------------------------------------------------------------------------


def _shown(default: object) -> str:
    if default is None:
        return "unset"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`" if str(default) else "empty"


def test_operations_states_every_setting_with_its_default_and_meaning() -> None:
    expected = [
        f"| `AFLUENTE_{name.upper()}` | {_shown(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    section = TEXT["docs/operations.md"].partition("\n## Settings\n")[2].partition("\n## ")[0]
    assert [line for line in section.splitlines() if line.startswith("| `")] == expected


@cache
def _paths_of_the_api() -> frozenset[str]:
    application = FastAPI()
    application.include_router(api_router())
    application.include_router(text_callbacks.router)
    application.include_router(webhooks.router)
    return frozenset(application.openapi()["paths"]) - {"/webhooks/{platform}/{connection}/{suffix}"}


def test_architecture_lists_every_path_of_the_api() -> None:
    section = TEXT["docs/architecture.md"].partition("## The API")[2]
    rows = "\n".join(line for line in section.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`(/[^`]+)`", rows)) == _paths_of_the_api()


@by_document
def test_paths_of_the_api_that_are_named_exist(name: str) -> None:
    known = _paths_of_the_api()
    named = re.findall(r"`(?:(?:GET|POST) )?(/v1/[^`\s]+)`", TEXT[name])
    assert set(named) <= known


def test_every_platforms_folder_names_its_webhook_address() -> None:
    for platform in registry.platforms().values():
        page = import_module(f"connectors.platforms.{platform.code}").__doc__
        assert page
        assert platform.webhooks is None or f"/webhooks/{platform.code}/{{connection}}" in page


def test_the_webhook_addresses_of_the_operations_guide_are_of_platforms() -> None:
    section = TEXT["docs/operations.md"].partition("## Webhook addresses")[2].partition("\n## ")[0]
    assert "`https://<host>/webhooks/<platform>/<connection>`" in section
    named = set(re.findall(r"/webhooks/([a-z0-9_]+)/", section))
    assert named <= set(registry.platforms())


def test_commands_lists_every_rail_with_its_fields() -> None:
    rows = [line for line in TEXT["docs/commands.md"].splitlines() if line.startswith("| `")]
    for rail in rails.rails():
        fields = ", ".join(f"`{field}`" for field in rail.fields)
        assert f"| `{rail.code}` | {fields} |" in rows


def test_rails_lists_every_profile_with_its_fields_and_source() -> None:
    rows = {line.split("|")[1].strip(): line for line in TEXT["docs/rails.md"].splitlines() if line.startswith("| `")}
    for each in rails.readers():
        if not each.code.endswith("_iban"):  # a row for all of them
            row = rows[f"`{each.code}`"]
            assert ", ".join(f"`{field}`" for field in each.fields) in row
            assert row.endswith(f"| {each.source}, {each.confidence.value} |")


# Commands --------------------------------------------------------------------------------------------------------


def _examples() -> Iterator[tuple[str, str]]:
    for block in re.findall(r"^```console\n(.*?)^```$", TEXT["docs/commands.md"], re.MULTILINE | re.DOTALL):
        line, _, output = block.partition("\n")
        yield line.removeprefix("$ afluente "), output


EXAMPLES = list(_examples())
WHOLE = [(command, output) for command, output in EXAMPLES if CUT not in output]


def _commands() -> set[str]:
    root = typer.main.get_command(app)
    found = set()
    for name, command in root.commands.items():  # type: ignore[attr-defined] # a group, by construction
        below = getattr(command, "commands", None)
        found |= {f"{name} {inner}" for inner in below} if below else {name}
    return found


def test_every_command_is_documented() -> None:
    text = TEXT["docs/commands.md"]
    assert {command for command in _commands() if not re.search(rf"(### .*|`afluente ){command}\b", text)} == set()


def test_every_example_is_of_a_command_that_exists() -> None:
    known = _commands()
    for command, _ in EXAMPLES:
        words = command.split()
        assert words[0] in known or " ".join(words[:2]) in known


def test_most_examples_are_printed_whole() -> None:
    assert len(WHOLE) >= 6


@pytest.mark.parametrize(("command", "output"), WHOLE, ids=[" ".join(command.split()[:4]) for command, _ in WHOLE])
def test_an_example_answers_as_printed(command: str, output: str) -> None:
    assert CliRunner().invoke(app, shlex.split(command)).output == output


# Decisions -------------------------------------------------------------------------------------------------------


def test_decisions_are_numbered_without_a_gap_and_listed() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    index = TEXT["docs/decisions/README.md"]
    assert all(f"]({page.name})" in index for page in pages)


def test_the_licence_is_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
