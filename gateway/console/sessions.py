"""Sessions: who has signed in, proved by a signed cookie; forms that prove they are ours; sign-in that tires guessers.

A session names a person and the password it was opened with, so that a new password ends every session. It ends
unused after some hours, and at the latest half a day after signing in; signing out ends it in this process at once.
Each form carries a token made from the session's nonce; a page of another site can send the cookie but cannot know
the token.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from pwdlib import PasswordHash
from sqlalchemy import Connection

from domain.errors import Forbidden, TooMany, Unauthenticated
from store import tenants
from store.tenants import Person

SESSION_COOKIE: Final = "afluente_session"
NONCE_COOKIE: Final = "afluente_form"
IDLE_SECONDS: Final = 8 * 3600
"""How long a session stands without being used."""
LIFETIME_SECONDS: Final = 12 * 3600
"""How long a session stands at most, however much it is used: a stolen cookie is not kept alive for ever."""
RENEW_SECONDS: Final = 300
"""How long a cookie is used before a fresh one replaces it."""
TRIES_PER_ADDRESS: Final = RateLimitItemPerMinute(10, 5)
"""Ten tries in five minutes for one e-mail address from one place."""
TRIES_PER_PLACE: Final = RateLimitItemPerMinute(60, 5)

_CLOCKS_DIFFER_SECONDS: Final = 60  # between gateways
_SALT: Final = "afluente.console.session"
_PASSWORDS: Final = PasswordHash.recommended()  # argon2id
_NOBODY: Final = _PASSWORDS.hash("nobody signs in with this")
"""What an unknown address is checked against, so that it answers no sooner than a known one."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person. ``nonce`` is what form tokens are made from; ``seal`` names the password in use.

    ``issued_at`` is when the person signed in, ``used_at`` when the cookie was last renewed; both in Unix seconds.
    """

    user_id: str
    tenant_id: str
    nonce: str
    seal: str
    issued_at: int
    used_at: int


def seal_of(person: Person) -> str:
    """A name for the person's present password, from which nothing of it can be told."""
    return hashlib.sha256(person.password_hash.encode()).hexdigest()[:16]


def sign(session: Session, *, key: bytes) -> str:
    """The cookie's value for a session."""
    serializer = URLSafeSerializer(key, salt=_SALT)
    value = serializer.dumps(
        [session.user_id, session.tenant_id, session.nonce, session.seal, session.issued_at, session.used_at],
    )
    return value if isinstance(value, str) else value.decode()


def read(cookie: str | None, *, key: bytes, now: datetime) -> Session | None:
    """The session of a cookie; ``None`` where it is missing, altered, of another key, too old or too long unused."""
    if not cookie:
        return None
    try:
        session = Session(*URLSafeSerializer(key, salt=_SALT).loads(cookie))
    except (BadSignature, TypeError):
        return None
    age_seconds, idle_seconds = now.timestamp() - session.issued_at, now.timestamp() - session.used_at
    young = -_CLOCKS_DIFFER_SECONDS <= age_seconds < LIFETIME_SECONDS
    return session if young and -_CLOCKS_DIFFER_SECONDS <= idle_seconds < IDLE_SECONDS else None


def renewed(session: Session, *, now: datetime) -> Session | None:
    """The session as used now; ``None`` while its cookie is fresh enough."""
    moment = int(now.timestamp())
    return replace(session, used_at=moment) if moment - session.used_at >= RENEW_SECONDS else None


class SignedOut:
    """The sessions that were signed out of in this process, each remembered until none of its cookies could stand."""

    def __init__(self) -> None:
        self._until: dict[str, int] = {}  # Unix seconds, by nonce
        self._lock = Lock()

    def add(self, session: Session, *, now: datetime) -> None:
        """From now on the session's cookies are worth nothing here."""
        moment = int(now.timestamp())
        with self._lock:
            self._until = {nonce: until for nonce, until in self._until.items() if until > moment}
            self._until[session.nonce] = session.issued_at + LIFETIME_SECONDS

    def __contains__(self, session: Session) -> bool:
        return session.nonce in self._until

    def __len__(self) -> int:
        return len(self._until)


def person_of(tx: Connection, session: Session) -> Person | None:
    """The person of a session, unless deactivated or given another password since."""
    person = tenants.get_user(tx, session.user_id)
    return person if person is not None and seal_of(person) == session.seal else None


def form_token(nonce: str, *, key: bytes) -> str:
    """The token that a form made for this nonce carries."""
    return hmac.new(key, f"form\0{nonce}".encode(), hashlib.sha256).hexdigest()


def check_form(token: str, *, nonce: str | None, key: bytes) -> None:
    """Accept a form that our own page made for this session, else ``form_not_ours``."""
    if nonce is None or not hmac.compare_digest(token.encode(), form_token(nonce, key=key).encode()):
        raise Forbidden(
            "form_not_ours", "This form was not made for this session.", fix="Open the page again and repeat the step."
        )


class SignInGuard:
    """Counts tries to sign in, in this process: enough to make guessing hopeless, too few to lock people out."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def admit(self, *, email: str, place: str) -> None:
        """Count one try; ``too_many_sign_ins`` where there were too many."""
        mine = self._limiter.hit(TRIES_PER_ADDRESS, "address", email.lower(), place)
        all_here = self._limiter.hit(TRIES_PER_PLACE, "place", place)
        if not (mine and all_here):
            raise TooMany("too_many_sign_ins", "There were too many tries to sign in.", fix="Wait five minutes.")


def authenticate(tx: Connection, *, email: str, password: str) -> Person:
    """The person with this address and password, else ``sign_in_wrong``; which of the two was wrong is not told."""
    person = tenants.find_user(tx, email)
    if not _PASSWORDS.verify(password, person.password_hash if person else _NOBODY) or person is None:
        raise Unauthenticated("sign_in_wrong", "E-mail or password is wrong.", fix="Check both and try again.")
    return person
