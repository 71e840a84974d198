"""Founding a tenant: its first administrator and its first API key."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from email_validator import EmailNotValidError, validate_email
from pwdlib import PasswordHash
from sqlalchemy import Connection

from connectors.wording.languages import LANGUAGES
from domain.errors import Conflict, Invalid
from runtime import clock
from store import tenants
from store.database import Database
from store.tenants import Person


def secret(size: int = 18) -> str:
    """A secret of so many random bytes, in letters that survive copying."""
    return base64.urlsafe_b64encode(clock.entropy(size)).decode().rstrip("=")


def new_api_key() -> str:
    """A new API key; only its SHA-256 is kept."""
    return f"afk_{secret(24)}"


def add_key(tx: Connection, *, tenant_id: str, name: str, api_key: str, role: str = "admin") -> str:
    """Let a machine ask in a role, as an administrator of the tenant where none is named; the key's identifier."""
    key_id = clock.new_id("api_key")
    tenants.add_api_key(
        tx,
        key_id=key_id,
        tenant_id=tenant_id,
        name=name,
        key_sha256=hashlib.sha256(api_key.encode()).hexdigest(),
        roles=[role],
        now=clock.now(),
    )
    return key_id


def add_agency(tx: Connection, *, tenant_id: str, name: str) -> dict[str, Any]:
    """A key for a partner agency's machine, told this once; ``name_taken`` where a key has the name already."""
    if tenants.has_api_key(tx, name):
        raise Conflict("name_taken", f"A key is named {name} already.", fix="Choose another name.")
    api_key = new_api_key()
    key_id = add_key(tx, tenant_id=tenant_id, name=name, api_key=api_key, role=tenants.AGENCY)
    return {"agency_key_id": key_id, "name": name, "api_key": api_key}


def add_person(tx: Connection, *, tenant_id: str, email: str, name: str, role: str, locale: str, password: str) -> None:
    """Let a person sign in."""
    sealed = PasswordHash.recommended().hash(password)
    person = Person(clock.new_id("user"), tenant_id, email, name, sealed, role, locale)
    tenants.add_user(tx, person, now=clock.now())


def found(database: Database, *, name: str, email: str, person: str, locale: str) -> dict[str, Any]:
    """A tenant with one administrator and one API key; the password and the key are told this once."""
    try:
        address = validate_email(email, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise Invalid("email_invalid", f"{email!r} is not an e-mail address: {error}") from None
    if locale not in {language.locale for language in LANGUAGES}:
        raise Invalid("locale_unknown", f"There is no console in {locale!r}.")
    tenant_id, password, api_key = clock.new_id("tenant"), secret(9), new_api_key()
    with database.anyone() as tx:
        if tenants.find_user(tx, address) is not None:
            raise Conflict("email_taken", f"{address} signs in already.", fix="Use another address.")
    with database.tenant(tenant_id) as tx:
        tenants.create(tx, tenant_id=tenant_id, name=name, now=clock.now())
        add_person(tx, tenant_id=tenant_id, email=address, name=person, role="admin", locale=locale, password=password)
        add_key(tx, tenant_id=tenant_id, name="first", api_key=api_key)
    return {"tenant": tenant_id, "email": address, "password": password, "api_key": api_key}
