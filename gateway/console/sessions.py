"""Sessions: who has signed in, proved by a signed cookie; forms that prove they are ours; sign-in that tires guessers.

A session names a person and the password it was opened with, so that a new password ends every session. Each form
carries a token made from the session's nonce; a page of another site can send the cookie but cannot know the token.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
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
LIFETIME_SECONDS: Final = 12 * 3600
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
    """A signed-in person. ``nonce`` is what form tokens are made from; ``seal`` names the password in use."""

    user_id: str
    tenant_id: str
    nonce: str
    seal: str
    issued_at: int  # Unix seconds


def seal_of(person: Person) -> str:
    """A name for the person's present password, from which nothing of it can be told."""
    return hashlib.sha256(person.password_hash.encode()).hexdigest()[:16]


def sign(session: Session, *, key: bytes) -> str:
    """The cookie's value for a session."""
    serializer = URLSafeSerializer(key, salt=_SALT)
    value = serializer.dumps(
        [session.user_id, session.tenant_id, session.nonce, session.seal, session.issued_at],
    )
    return value if isinstance(value, str) else value.decode()


def read(cookie: str | None, *, key: bytes, now: datetime) -> Session | None:
    """The session of a cookie; ``None`` where it is missing, altered, of another key or too old."""
    if not cookie:
        return None
    try:
        session = Session(*URLSafeSerializer(key, salt=_SALT).loads(cookie))
    except (BadSignature, TypeError):
        return None
    age_seconds = now.timestamp() - session.issued_at
    return session if -_CLOCKS_DIFFER_SECONDS <= age_seconds < LIFETIME_SECONDS else None


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
