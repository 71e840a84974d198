"""A posting bears the day of its entry; a rule of cash sweeps is changed by two."""

from pathlib import Path

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    for part in ("0019_posting_day.sql", "0019_rule_changes.sql"):
        script = Path(__file__).with_name(part).read_text(encoding="utf-8")
        op.get_bind().connection.driver_connection.execute(script)
