"""Where ``afluente`` begins: files are reconciled without loading the gateway, the workers and the book first."""

from __future__ import annotations

import sys

import typer

from runtime.asking import run


def main() -> None:
    """Run the command that was asked for."""
    if sys.argv[1:2] == ["reconcile"]:
        from runtime.reconcile_command import reconcile_command  # noqa: PLC0415 (each way loads what it needs)

        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        app.command()(reconcile_command)
        run(app, args=sys.argv[2:], prog_name="afluente reconcile")
    from runtime.cli import main as every_command  # noqa: PLC0415 (the same)

    every_command()


if __name__ == "__main__":
    main()
