"""The embedded PostgreSQL: started from any folder, started twice, killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from runtime.postgres import OWNER, EmbeddedPostgres


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server whose folder is too deep for a socket."""
    made = EmbeddedPostgres(tmp_path_factory.mktemp("deep") / ("d" * 90))
    made.start()
    yield made
    made.stop()


def execute(server: EmbeddedPostgres, statement: str) -> object:
    conninfo = server.url(OWNER).replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(conninfo, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone() if cursor.description else None


def test_a_folder_too_deep_for_a_socket_gets_a_short_one(server: EmbeddedPostgres) -> None:
    assert len(str(server.socket_folder)) < 80
    assert execute(server, "SELECT 1") == (1,)


def test_a_shallow_folder_holds_its_socket_itself() -> None:
    assert EmbeddedPostgres(Path("/tmp/x")).socket_folder == Path("/tmp/x").resolve()


def test_starting_again_uses_the_server_that_runs(server: EmbeddedPostgres) -> None:
    other = EmbeddedPostgres(server.folder)
    other.start()
    assert (other.process, other.running()) == (None, True)
    other.stop()
    assert server.running()


def test_a_server_that_was_killed_starts_again_with_what_was_committed(server: EmbeddedPostgres) -> None:
    execute(server, "CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS n")
    assert server.process is not None
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait(timeout=10)
    assert not server.running()
    server.start()
    assert execute(server, "SELECT n FROM kept") == (7,)


def test_a_lock_whose_process_is_another_program_now_is_forgotten(server: EmbeddedPostgres) -> None:
    lock = server.data / "postmaster.pid"
    assert server.process is not None
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait(timeout=10)
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    server.start()
    assert execute(server, "SELECT 1") == (1,)


def test_the_lock_of_a_living_server_is_left_alone(server: EmbeddedPostgres) -> None:
    server._forget_stale_lock()
    assert (server.data / "postmaster.pid").exists()


def test_the_lock_of_another_program_is_removed(tmp_path: Path) -> None:
    other = EmbeddedPostgres(tmp_path)
    other.data.mkdir()
    (other.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
    other._forget_stale_lock()
    assert not (other.data / "postmaster.pid").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to give itself up to run PostgreSQL")
def test_root_starts_it_where_no_other_user_may_pass(tmp_path: Path) -> None:
    private = tmp_path / "home"
    private.mkdir(mode=0o700)
    made = EmbeddedPostgres(private / "clone" / "postgres", durable=False)
    package = made.binaries.parent.parent
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, private / folder.name, symlinks=True)
    made.binaries = private / package.name / "pginstall" / "bin"
    made.start()
    try:
        assert execute(made, "SELECT 1") == (1,)
        assert private.stat().st_mode & 0o777 == 0o700
    finally:
        made.stop()


def test_a_server_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    script = (
        "import os, sys; from pathlib import Path; from runtime.postgres import EmbeddedPostgres;"
        "made = EmbeddedPostgres(Path(sys.argv[1]), durable=False); made.start();"
        "print(made.process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=False)
    process = int(done.stdout)
    deadline = time.monotonic() + 20
    while Path(f"/proc/{process}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{process}").exists()
