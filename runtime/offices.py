"""What commands that work on a tenant's data share: the parts of the product, the tenant, and who does it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, TypeVar

import typer
from sqlalchemy import Connection

from domain.errors import Forbidden, Invalid, NotFound
from runtime import logs, wiring
from runtime.settings import Settings
from runtime.wiring import Base
from store import tenants
from store.tenants import Person

_One = TypeVar("_One")

TenantOption = Annotated[str | None, typer.Option(help="Tenant; may be left out where there is one")]
CreditorOption = Annotated[str | None, typer.Option(help="Creditor; may be left out where there is one")]
ByOption = Annotated[str, typer.Option("--by", help="E-mail address of the person who does it")]


def base() -> Base:
    """The product's parts, by the settings."""
    settings = Settings()
    logs.configure(settings.log_level)
    return wiring.base(settings)


def tenant_of(parts: Base, wanted: str | None) -> str:
    """The tenant that was named, or the only one; raises ``tenant_unknown`` and ``tenant_needed``."""
    known = parts.database.tenants()
    if wanted is None:
        return only(known, "tenant")
    if wanted not in known:
        raise Invalid("tenant_unknown", f"There is no tenant {wanted}.", known=known)
    return wanted


@contextmanager
def opened(parts: Base, tenant: str | None) -> Iterator[Connection]:
    """One transaction in the tenant that was named, or the only one."""
    with parts.database.tenant(tenant_of(parts, tenant)) as tx:
        yield tx


def only(found: Sequence[_One], what: str) -> _One:
    """The only one there is; raises ``{what}_needed`` where there are more or none."""
    if len(found) != 1:
        raise Invalid(f"{what}_needed", f"There are {len(found)} {what}s.", fix=f"Name one with --{what}.")
    return found[0]


def person(tx: Connection, email: str, *, roles: frozenset[str], what: str) -> Person:
    """The person of this tenant with an e-mail address; whoever may run commands is trusted to say who they are.

    Raises ``person_unknown``, and ``role_missing`` for who may not do ``what``.
    """
    seen = tenants.find_user(tx, email)
    known = None if seen is None else tenants.get_user(tx, seen.id)
    if known is None:
        raise NotFound("person_unknown", f"Nobody here signs in as {email}.")
    if known.role not in roles:
        raise Forbidden("role_missing", f"{email} may not {what}.", fix="Ask somebody of treasury.")
    return known
