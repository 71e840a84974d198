"""What came of contacts, which numbers and addresses are used no longer, and what a person carries by hand."""

from pathlib import Path

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    script = Path(__file__).with_name("0021_contact_outcomes.sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(script)
