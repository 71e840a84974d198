"""The scheduled check of each book, and what it found."""

from pathlib import Path

from alembic import op

revision = "0010_checks"
down_revision = "0010"


def upgrade() -> None:
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(script)
