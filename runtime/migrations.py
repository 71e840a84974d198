"""Migrations: the schema brought up to date, as the database's owner."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text

import store
from domain.errors import Unavailable

_SCRIPTS = Path(store.__file__).parent / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


def migrate(owner_url: str) -> None:
    """Bring the schema to the newest revision, in one transaction; two at once wait for each other."""
    engine = create_engine(owner_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(7310420)"))
            command.upgrade(_config(connection), "head")
    finally:
        engine.dispose()


def assert_bound(connection: Connection) -> None:
    """Refuse to run as a role that row-level security does not bind: superuser, bypasser or owner of the tables."""
    free = connection.execute(
        text(
            "SELECT r.rolsuper OR r.rolbypassrls OR pg_get_userbyid(c.relowner) = current_user"
            " FROM pg_roles r, pg_class c WHERE r.rolname = current_user AND c.oid = 'party'::regclass"
        ),
    ).scalar()
    if free:
        raise Unavailable(
            "rls_not_enforced",
            "The database role is not bound by row-level security.",
            fix="Connect as afluente_app, and migrate as the owner through AFLUENTE_MIGRATION_DATABASE_URL.",
        )
