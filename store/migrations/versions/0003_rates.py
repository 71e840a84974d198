"""Rates that are kept: what treasuries stated, sets frozen for reports, quotes of banks."""

from pathlib import Path

from alembic import op

revision = "0003_rates"
down_revision = "0002"


def upgrade() -> None:
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(script)
