"""Deliveries kept by one statement; connections that are paused; refunds that a platform is asked for."""

from pathlib import Path

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    for part in ("0023_inbox.sql", "0023_refunds.sql"):
        script = Path(__file__).with_name(part).read_text(encoding="utf-8")
        op.get_bind().connection.driver_connection.execute(script)
