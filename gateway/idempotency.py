"""Every POST is done once: its ``Idempotency-Key`` names it, and asking again brings the same answer.

An effect that is one transaction is recorded with its answer in that transaction. A command to a running case spans
two: the key is taken, the command is given under an identifier made of key and content (so that giving it again is
harmless), the answer is kept. An answer of 202 is not final: the same request asks again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import Connection, update

from domain.errors import Conflict
from gateway.auth import Caller
from store import idempotency as kept
from store.idempotency import answer_table

REPLAY_HEADER: Final = "Idempotent-Replay"
_ABANDONED: Final = timedelta(seconds=60)
_PENDING: Final = 202


@dataclass(frozen=True, slots=True)
class Given:
    """An answer: its status, the JSON text of its body, where to look further, and whether it was given before."""

    status: int
    text: str
    location: str | None = None
    replayed: bool = False

    @classmethod
    def of(cls, shape: BaseModel, *, status: int = 201, location: str | None = None) -> Given:
        """The answer that shows a shape."""
        return cls(status, shape.model_dump_json(), location)

    @property
    def document(self) -> dict[str, Any]:
        """The body as an object."""
        document: dict[str, Any] = json.loads(self.text)
        return document

    def response(self) -> Response:
        """The answer as it is sent."""
        headers = {} if self.location is None else {"Location": self.location}
        if self.replayed:
            headers[REPLAY_HEADER] = "true"
        return Response(self.text, self.status, headers, media_type="application/json")


@dataclass(frozen=True, slots=True)
class Once:
    """One POST: the key that came with it, and the line it asks."""

    key: str
    line: str

    def in_transaction(self, caller: Caller, said: Any, effect: Callable[[Connection], Given]) -> Given:
        """The answer of an effect that is one transaction; where it was had before, its answer of then.

        ``said`` is what the request says, ready for JSON. Raises ``idempotency_conflict``; an error of the effect
        undoes everything and frees the key.
        """
        digest = self._digest(said)
        with caller.transaction() as tx:
            standing = self._begin(tx, caller, digest)
            if standing is None:
                given = effect(tx)
                self._finish(tx, caller, given)
                return given
        self._same(standing, digest)
        if standing.status is None:
            raise _in_progress()
        return _replay(standing)

    def in_steps(self, caller: Caller, said: Any, act: Callable[[str], Given]) -> Given:
        """The answer of a command that no one transaction holds; ``act`` is given the command's identifier."""
        digest = self._digest(said)
        with caller.transaction() as tx:
            standing = self._begin(tx, caller, digest)
            if standing is not None:
                self._same(standing, digest)
                if standing.status not in (None, _PENDING):
                    return _replay(standing)
                if standing.status is None and not self._take_over(tx, caller):
                    raise _in_progress()
        try:
            given = act(self._command_id(caller, digest))
        except BaseException:
            with caller.transaction() as tx:
                kept.forget(tx, tenant_id=caller.tenant_id, key=self.key)
            raise
        with caller.transaction() as tx:
            self._finish(tx, caller, given)
        return given

    def _begin(self, tx: Connection, caller: Caller, digest: str) -> kept.Answer | None:
        now = caller.services.now()
        return kept.begin(tx, tenant_id=caller.tenant_id, key=self.key, request_sha256=digest, now=now)

    def _finish(self, tx: Connection, caller: Caller, given: Given) -> None:
        # The body is kept as text, so that what is given again is the same to the byte.
        answer = {"text": given.text, "location": given.location}
        kept.finish(tx, tenant_id=caller.tenant_id, key=self.key, status=given.status, answer=answer)

    def _take_over(self, tx: Connection, caller: Caller) -> bool:
        """Whether whoever worked on this request is gone (a crash), so that it is ours now."""
        now = caller.services.now()
        statement = (
            update(answer_table)
            .where(
                answer_table.c.tenant_key == f"{caller.tenant_id}/{self.key}",
                answer_table.c.status.is_(None),
                answer_table.c.created_at < now - _ABANDONED,
            )
            .values(created_at=now)
        )
        return tx.execute(statement).rowcount == 1

    def _same(self, standing: kept.Answer, digest: str) -> None:
        if standing.request_sha256 != digest:
            raise Conflict(
                "idempotency_conflict",
                "This Idempotency-Key was used for another request.",
                fix="Use a new key for a new request; repeat the old one unchanged.",
            )

    def _digest(self, said: Any) -> str:
        content = json.dumps([self.line, said], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()

    def _command_id(self, caller: Caller, digest: str) -> str:
        name = f"{caller.tenant_id}/{self.key}/{digest}"
        return f"cmd_{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def _replay(standing: kept.Answer) -> Given:
    return Given(standing.status or _PENDING, standing.answer["text"], standing.answer["location"], replayed=True)


def _in_progress() -> Conflict:
    return Conflict(
        "request_in_progress", "The same request is being worked on.", fix="Send it again in a few seconds."
    )


def once(
    request: Request,
    idempotency_key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=200,
            pattern=r"^[\x21-\x7e]+$",
            description="A name for this request, of your choice, such as a UUID; kept for ever.",
        ),
    ],
) -> Once:
    """The POST that is asked, by its key and line."""
    return Once(idempotency_key, f"{request.method} {request.url.path}")


OnceDep = Annotated[Once, Depends(once)]
