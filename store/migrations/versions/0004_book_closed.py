"""The book that a day can be closed on: states and limits of accounts, refusals one by one, reservations, seals."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003_rates"

_PARTS = ("accounts", "posting", "reservations", "seals")


def upgrade() -> None:
    for part in _PARTS:
        script = Path(__file__).with_name(f"0004_{part}.sql").read_text(encoding="utf-8")
        op.get_bind().connection.driver_connection.execute(script)
