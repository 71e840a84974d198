"""Parties who answer for a loan beside its debtor."""

from pathlib import Path

from alembic import op

revision = "0025"
down_revision = "0023"


def upgrade() -> None:
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(script)
