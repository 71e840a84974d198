"""Reconciliation: files of money, their lines, what was matched with what, differences, and events for outside."""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010_checks"


def upgrade() -> None:
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(script)
