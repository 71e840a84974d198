"""The container files, the gate and the Makefile say what the code says: no engine runs here, so they are read."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from runtime.cli import app
from runtime.postgres import APPLICATION, DATABASE
from runtime.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_FILE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_FILE)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
GATE = ROOT / ".ci" / "run"

OURS = sorted(name for name, service in SERVICES.items() if str(service.get("image", "")).startswith("afluente:"))
VARIABLES = {f"AFLUENTE_{name.upper()}" for name in Settings.model_fields}
NEEDED = {
    "AFLUENTE_DATABASE_URL",
    "AFLUENTE_TEMPORAL_ADDRESS",
    "AFLUENTE_FIELD_KEY",
    "AFLUENTE_INDEX_KEY",
    "AFLUENTE_SESSION_KEY",
}
COMMANDS = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined] # a group, by construction


def _environment(service: str) -> dict[str, str]:
    return {name: str(value) for name, value in SERVICES[service].get("environment", {}).items()}


def test_our_image_runs_gateway_worker_and_migrations() -> None:
    assert OURS == ["gateway", "migrate", "worker"]


@pytest.mark.parametrize("text", [COMPOSE_FILE, DOCKERFILE], ids=["compose", "Dockerfile"])
def test_every_variable_is_a_setting(text: str) -> None:
    assert set(re.findall(r"\bAFLUENTE_[A-Z_]+\b", text)) <= VARIABLES


@pytest.mark.parametrize("service", ["gateway", "worker"])
def test_what_production_needs_is_given(service: str) -> None:
    assert set(_environment(service)) >= NEEDED


@pytest.mark.parametrize("service", ["gateway", "worker"])
def test_no_process_that_serves_knows_the_owner(service: str) -> None:
    environment = _environment(service)
    assert "AFLUENTE_MIGRATION_DATABASE_URL" not in environment
    assert f"//{APPLICATION}:" in environment["AFLUENTE_DATABASE_URL"]


def test_only_the_owner_migrates() -> None:
    assert set(_environment("migrate")) == {"AFLUENTE_MIGRATION_DATABASE_URL"}


def test_values_that_stand_in_the_file_are_ones_that_the_settings_take() -> None:
    for service in OURS:
        plain = {
            name.removeprefix("AFLUENTE_").lower(): value
            for name, value in _environment(service).items()
            if name in VARIABLES and "$" not in value
        }
        Settings(_env_file=None, **plain)  # type: ignore[call-arg, arg-type] # texts, as the environment has them


def test_secrets_have_no_default() -> None:
    given = re.findall(r"\$\{([A-Z_]+)([^}]*)\}", COMPOSE_FILE)
    optional = ("SMTP", "SMPP")  # channels that are not connected need no password
    secret = {
        (name, rest)
        for name, rest in given
        if name.endswith(("_KEY", "_PASSWORD")) and not any(one in name for one in optional)
    }
    assert secret
    assert all(rest.startswith(":?") for _, rest in secret)


@pytest.mark.parametrize("service", OURS)
def test_a_services_command_is_one_of_ours(service: str) -> None:
    assert SERVICES[service]["command"][0] in COMMANDS


def test_the_images_own_command_is_one_of_ours() -> None:
    assert re.findall(r'^ENTRYPOINT \["(.+)"\]$', DOCKERFILE, re.MULTILINE) == ["afluente"]
    (command,) = re.findall(r'^CMD \["(.+)"\]$', DOCKERFILE, re.MULTILINE)
    assert command in COMMANDS


def test_every_image_is_pinned_by_a_tag() -> None:
    images = [service["image"] for service in SERVICES.values()]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    tags = [image.partition(":")[2] for image in images]
    assert all(tag and tag != "latest" for tag in tags)


def test_services_wait_for_services_that_exist_and_can_say_so() -> None:
    for service in SERVICES.values():
        for name, wait in service.get("depends_on", {}).items():
            condition = wait["condition"]
            assert condition != "service_healthy" or "healthcheck" in SERVICES[name]
            assert condition != "service_completed_successfully" or SERVICES[name]["restart"].startswith("on-failure")


@pytest.mark.parametrize("service", ["postgres", "temporal", "gateway", "worker"])
def test_what_keeps_running_is_watched(service: str) -> None:
    assert "healthcheck" in SERVICES[service]
    assert SERVICES[service]["restart"] == "unless-stopped"


def test_every_port_is_the_hosts_own() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_gateways_port_is_the_one_that_is_published_and_asked() -> None:
    port = _environment("gateway")["AFLUENTE_PORT"]
    assert SERVICES["gateway"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f"127.0.0.1:{port}/health" in SERVICES["gateway"]["healthcheck"]["test"][-1]


def test_configs_and_volumes_are_declared() -> None:
    for service in SERVICES.values():
        assert {mounted["source"] for mounted in service.get("configs", [])} <= set(COMPOSE["configs"])
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])


def test_the_roles_are_those_of_the_code() -> None:
    roles = COMPOSE["configs"]["roles.sql"]["content"]
    assert f"ALTER ROLE {APPLICATION} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS" in roles
    assert f"('{DATABASE}', 'afluente')" in roles
    assert re.search(rf"@postgres:5432/{DATABASE}$", _environment("gateway")["AFLUENTE_DATABASE_URL"])


def test_the_image_runs_as_nobody_special() -> None:
    (user,) = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert user.isdigit()
    assert int(user) > 0


def _copied() -> Iterator[str]:
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        yield from line.split()[:-1]


def test_the_image_holds_every_package_of_the_product() -> None:
    copied = set(_copied())
    assert all((ROOT / path).exists() for path in copied)
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert packages | {"locales"} <= copied


def test_what_the_image_copies_is_let_into_its_context() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(_copied()) == let_in


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


@pytest.mark.parametrize("target", ["run", "demo", "test", "check", "bench"])
def test_the_makefile_has_what_everybody_expects(target: str) -> None:
    assert re.search(rf"^{target}:.*## \S", MAKEFILE, re.MULTILINE)


def test_a_target_is_no_file() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert _targets() == set(phony.split())


def test_the_gate_can_be_run() -> None:
    assert GATE.stat().st_mode & 0o111
    bash = shutil.which("bash")
    assert bash
    subprocess.run([bash, "-n", str(GATE)], check=True)


def test_the_gate_checks_then_tests_and_asks_for_the_browser() -> None:
    lines = GATE.read_text(encoding="utf-8").splitlines()
    made = [line for line in lines if line.startswith("make ")]
    assert made == ["make check", "make test"]
    assert lines.index("export CI=true") < lines.index("make check")
    assert "set -euo pipefail" in lines


_TEXTS = [
    ROOT / name
    for name in ("Dockerfile", "docker-compose.yml", ".dockerignore", "Makefile", ".ci/run", "pyproject.toml")
]


@pytest.mark.parametrize("path", _TEXTS, ids=lambda path: path.name)
def test_no_machines_path_and_no_package_index(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"/(work|home|root|Users)/", text)
    assert not re.search(r"--(extra-)?index-url[ =]|PIP_INDEX_URL|pypi\.", text)
