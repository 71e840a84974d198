"""Machines sign in: an API key proves who asks; its roles say what they may ask; its tenant is all they see."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import Connection

from domain.errors import Forbidden, Unauthenticated
from gateway.services import Services, services_of
from store import tenants
from store.tenants import AGENCY, ROLES, Principal

KEY_PREFIX: Final = "afk_"
_MAX_KEY_LENGTH: Final = 200

_bearer = HTTPBearer(
    scheme_name="ApiKey",
    bearerFormat="afk_…",
    description="An API key: `Authorization: Bearer afk_…`.",
    auto_error=False,
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking, with the services to answer them."""

    principal: Principal
    services: Services

    @property
    def tenant_id(self) -> str:
        """The tenant whose rows the caller may see."""
        return self.principal.tenant_id

    @property
    def actor(self) -> str:
        """How the caller is named in timelines."""
        return f"api:{self.principal.name}"

    def may(self, *roles: str) -> bool:
        """Whether the caller has one of these roles."""
        return not self.principal.roles.isdisjoint(roles)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction that row-level security binds to the caller's tenant."""
        with self.services.database.tenant(self.tenant_id) as tx:
            yield tx


def key_sha256(key: str) -> str:
    """The form in which an API key is kept and looked up."""
    return hashlib.sha256(key.encode()).hexdigest()


def principal_of(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    """The machine whose key came with the request; raises ``key_required`` and ``key_invalid``."""
    if credentials is None:
        raise Unauthenticated(
            "key_required", "This needs an API key.", fix="Send the header Authorization: Bearer afk_…"
        )
    key = credentials.credentials
    found = None
    if key.startswith(KEY_PREFIX) and len(key) <= _MAX_KEY_LENGTH:
        with services_of(request).database.anyone() as tx:
            found = tenants.find_api_key(tx, key_sha256(key))
    if found is None:
        raise Unauthenticated("key_invalid", "The API key is unknown or was revoked.")
    request.state.principal_id = found.id
    return found


def require(*roles: str) -> Callable[..., Caller]:
    """A dependency that lets only these roles in; raises ``role_missing``."""

    def caller(request: Request, principal: Annotated[Principal, Depends(principal_of)]) -> Caller:
        if principal.roles.isdisjoint(roles):
            raise Forbidden("role_missing", f"This needs one of the roles {', '.join(roles)}.", roles=list(roles))
        return Caller(principal, services_of(request))

    return caller


Reader = Annotated[Caller, Depends(require(*ROLES))]
Administrator = Annotated[Caller, Depends(require("admin"))]
Finance = Annotated[Caller, Depends(require("finance", "admin"))]
Treasury = Annotated[Caller, Depends(require("treasury", "admin"))]
MoneyDesk = Annotated[Caller, Depends(require("finance", "treasury", "admin"))]
Contactor = Annotated[Caller, Depends(require("finance", "admin", AGENCY))]
"""Who makes contacts; an agency sees no more than what is placed with it."""
