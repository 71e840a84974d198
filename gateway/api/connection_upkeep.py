"""Keeping a connection in order: settings, secrets in rotation, pause, and a test that moves nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import Connection

from activities import connection_tests
from activities import connections as keeping
from domain.errors import Forbidden, Unavailable
from gateway.api.connections import ConnectionView
from gateway.auth import Caller, Treasury
from gateway.idempotency import Given, Once, OnceDep
from gateway.shapes import Body, Code, LongText, Shape
from store import creditors

router = APIRouter(prefix="/v1/connections/{connection_id}", tags=["connections"])


class SettingsBody(Body):
    """Public settings to state anew; an empty text takes one away."""

    settings: dict[Code, Annotated[str, Field(max_length=4000)]] = Field(
        max_length=40,
        description="By name. `refund_alone` (for `admin` alone): up to which amount one person may refund.",
    )


class SecretBody(Body):
    """A secret in its new form. A webhook's old secret stays valid beside it until it is retired."""

    name: Code
    value: LongText


class TestView(Shape):
    """How the platform answered."""

    outcome: Annotated[str, Field(description="accepted, refused, unreachable, strange or not_offered.")]
    code: str | None


@router.post(
    "/settings", operation_id="changeConnection", summary="Change public settings", response_model=ConnectionView
)
def change_settings(connection_id: str, body: SettingsBody, caller: Treasury, once: OnceDep) -> Response:
    """Secrets are replaced instead."""
    if keeping.LIMIT_SETTING in body.settings and not caller.may("admin"):
        raise Forbidden("not_your_role", "Only an administrator states how much one person may refund.")

    def effect(tx: Connection) -> object:
        return keeping.change_settings(tx, connection_id, body.settings)

    return _carry_out(connection_id, body, caller, once, effect)


@router.post("/replace-secret", operation_id="replaceSecret", summary="Replace a secret", response_model=ConnectionView)
def replace_secret(connection_id: str, body: SecretBody, caller: Treasury, once: OnceDep) -> Response:
    """It is sealed and never told again."""
    return _carry_out(
        connection_id,
        body,
        caller,
        once,
        lambda tx: keeping.replace_secret(tx, connection_id, body.name, body.value),
    )


@router.post(
    "/retire-secret",
    operation_id="retireSecret",
    summary="Take nothing more that an old secret signed",
    response_model=ConnectionView,
)
def retire_secret(connection_id: str, caller: Treasury, once: OnceDep) -> Response:
    """Once the platform signs with the new one."""
    return _carry_out(connection_id, None, caller, once, lambda tx: keeping.retire_previous(tx, connection_id))


@router.post("/pause", operation_id="pauseConnection", summary="Pause a connection", response_model=ConnectionView)
def pause(connection_id: str, caller: Treasury, once: OnceDep) -> Response:
    """Nothing new is asked of its platform; what that sends is still taken."""
    return _carry_out(connection_id, None, caller, once, lambda tx: keeping.set_asked(tx, connection_id, asked=False))


@router.post(
    "/resume", operation_id="resumeConnection", summary="Use a paused connection again", response_model=ConnectionView
)
def resume(connection_id: str, caller: Treasury, once: OnceDep) -> Response:
    """It is asked again."""
    return _carry_out(connection_id, None, caller, once, lambda tx: keeping.set_asked(tx, connection_id, asked=True))


@router.get("/test", operation_id="testConnection", summary="Test a connection's credentials")
def test(connection_id: str, caller: Treasury) -> TestView:
    """Asks the platform for a payment request that was never made: nothing moves, here or there."""
    issuer = caller.services.issuer
    if issuer is None:
        raise Unavailable("platform_not_asked", "This gateway asks no platforms.")
    with caller.transaction() as tx:
        connection = creditors.get_connection(tx, connection_id)
    tried = connection_tests.probe(issuer.transport, connection, now=caller.services.now())
    return TestView(outcome=tried.outcome, code=tried.code)


def _carry_out(
    connection_id: str, body: Body | None, caller: Caller, once: Once, act: Callable[[Connection], object]
) -> Response:
    def effect(tx: Connection) -> Given:
        act(tx)
        view = ConnectionView.of(creditors.get_connection(tx, connection_id))
        return Given.of(view, status=200, location=f"/v1/connections/{connection_id}")

    said = None if body is None else body.model_dump(mode="json")
    return once.in_transaction(caller, said, effect).response()
