"""Commission by the receipt it was earned on, so that it is taken back when the money goes back."""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0012"


def upgrade() -> None:
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(script)
