"""Payment platforms, one folder each; here is what all of them need to read what a stranger sent.

A platform is asked with pure functions and never sends. Whatever it receives is untrusted until read: JSON with
a bounded depth, amounts as exact integers or decimals (never floats), header names without regard to case.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from domain.errors import AfluenteError, Invalid, NotFound, Refused, Unauthenticated, Unavailable
from domain.money import Money
from domain.platforms import ConfigField, HttpRequest, HttpResponse

BASE_URL: Final = r"https://[A-Za-z0-9.-]+(:\d{1,5})?|http://(127\.0\.0\.1|localhost)(:\d{1,5})?"
"""What the setting ``base_url`` may be: an address without a path; plain HTTP to this machine alone."""

WEBHOOK_URL: Final = rf"({BASE_URL})/webhooks/[a-z_]+/(\{{connection\}}|[A-Za-z0-9_-]{{1,80}})"
"""What the setting ``webhook_url`` may be, for a platform that is told with each request where to notify."""

_UNKEEPABLE: Final = re.compile("[\x00\ud800-\udfff]")
_OURS: Final = re.compile(r"([a-z]{3,4})([0-9a-z]{26})", re.ASCII)
_SHOWN_LENGTH: Final = 80
_DECIMAL: Final = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,12})?")
_MILLISECONDS: Final = re.compile(r"[0-9]{12,13}", re.ASCII)
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def base_url_field(help_text: str) -> ConfigField:
    """The setting of a platform's address, for whoever tries it out; left out, the platform's own is asked."""
    return ConfigField(name="base_url", label="Address of the API", required=False, help=help_text, pattern=BASE_URL)


def header(headers: Mapping[str, str], name: str) -> str | None:
    """The value of a header whatever the case of its name (RFC 9110, 5.1), ``None`` if absent or blank."""
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted and value.strip()), None)


def headers_of(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by their name in small letters; one that stands several times is the list of its values (RFC 9110, 5.3).

    A signature that is sent twice is thereby no signature, whichever of the two a reader in between believed.
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        known = name.strip().lower()
        found[known] = f"{found[known]}, {value.strip()}" if known in found else value.strip()
    return found


def usable_secrets(secrets: tuple[str, ...]) -> tuple[bytes, ...]:
    """The secrets that are not blank, as bytes; none at all is ``secret_missing``: an empty secret proves nothing."""
    usable = tuple(secret.encode() for secret in secrets if secret.strip())
    if not usable:
        raise Unauthenticated(
            "secret_missing",
            "This connection has no webhook secret, so nothing sent to it can be believed.",
            fix="Store the platform's webhook secret in the connection.",
        )
    return usable


def any_equal(candidates: tuple[bytes, ...], expected: tuple[bytes, ...]) -> bool:
    """Whether any candidate equals any expected value; every pair is compared, each in constant time."""
    found = False
    for candidate in candidates:
        for value in expected:
            found |= hmac.compare_digest(candidate, value)
    return found


def recent(timestamp: str, now: datetime, *, tolerance_seconds: int) -> None:
    """Refuse as ``signature_expired`` what was signed (seconds since 1970, digits) further from ``now`` than that.

    To be called once the signature is found right, so that nobody can probe the clock.
    """
    if abs(now.timestamp() - int(timestamp)) > tolerance_seconds:
        raise Unauthenticated(
            "signature_expired",
            f"The webhook was signed more than {tolerance_seconds} seconds away from now.",
            fix="Check this machine's clock; an old delivery can be sent again from the platform's dashboard.",
        )


def json_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in a body, decimals kept exact; ``body_malformed`` for anything else."""
    try:
        document = json.loads(raw.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # ValueError covers wrong UTF-8, wrong JSON and numbers beyond reason
        raise malformed("The body is not JSON in UTF-8.") from None
    return as_object(document, "the body")


def json_bytes(value: Any) -> bytes:
    """A JSON document in UTF-8 whose decimals stand as they are: no float touches an amount."""
    return _json_text(value).encode()


def _json_text(value: Any) -> str:
    match value:
        case dict():
            return "{" + ",".join(f"{json.dumps(str(name))}:{_json_text(item)}" for name, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(_json_text(item) for item in value) + "]"
        case Decimal():
            return f"{value:f}"
        case _:
            return json.dumps(value, ensure_ascii=False)


def as_object(value: Any, what: str) -> dict[str, Any]:
    """The value if it is a JSON object, else ``body_malformed``."""
    if not isinstance(value, dict):
        raise malformed(f"A JSON object was expected for {what}.")
    return value


def as_list(value: Any, what: str, *, limit: int) -> list[Any]:
    """The value if it is a JSON array of at most ``limit`` members, else ``body_malformed``."""
    if not isinstance(value, list) or len(value) > limit:
        raise malformed(f"A JSON array of at most {limit} was expected for {what}.")
    return value


def as_text(value: Any, what: str) -> str:
    """The value if it is a string that says something, else ``body_malformed``."""
    text = optional_text(value)
    if text is None:
        raise malformed(f"A text was expected for {what}.")
    return text


def as_whole(value: Any, what: str) -> int:
    """The value if it is a whole JSON number, else ``body_malformed``."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise malformed(f"A whole number was expected for {what}.")
    return value


def as_moment(value: Any, what: str) -> datetime:
    """The value if it is a time by ISO 8601 with its offset from UTC, else ``body_malformed``."""
    try:
        moment = datetime.fromisoformat(as_text(value, what))
    except ValueError:
        raise malformed(f"A time by ISO 8601 was expected for {what}.") from None
    if moment.tzinfo is None:
        raise malformed(f"A time with its offset from UTC was expected for {what}.")
    return plausible(moment, what)


def as_unix(value: Any, what: str) -> datetime:
    """The value if it is a time in whole seconds since 1970, else ``body_malformed``."""
    try:
        moment = datetime.fromtimestamp(as_whole(value, what), UTC)
    except (OverflowError, OSError, ValueError):
        raise malformed(f"A time in seconds since 1970 was expected for {what}.") from None
    return plausible(moment, what)


def as_milliseconds(value: Any, what: str) -> datetime:
    """The value if it is a time in milliseconds since 1970, a JSON number or a text of one, else ``body_malformed``."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _MILLISECONDS.fullmatch(text):
        raise malformed(f"A time in milliseconds since 1970 was expected for {what}.")
    return plausible(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(text)), what)


def plausible(moment: datetime, what: str) -> datetime:
    """The moment if it is of the years 2000 to 2199, else ``body_malformed``: some unit or field was mistaken.

    At the ends of the calendar a moment has no day in other zones, which would be a failure later on.
    """
    if not _EARLIEST <= moment < _LATEST:
        raise malformed(f"A time between the years 2000 and 2199 was expected for {what}.")
    return moment


def as_major(value: Any, currency: Any, what: str) -> Money:
    """An amount in major units, a JSON number or a text of one, exactly; ``body_malformed`` for anything else."""
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if not is_number and not (isinstance(value, str) and _DECIMAL.fullmatch(value)):
        raise malformed(f"A decimal number was expected for {what}.")
    return Money.parse(value, as_text(currency, "the currency").upper())


def above_zero(amount: Money) -> Money:
    """An amount that a platform tells of if it is above zero, else ``body_malformed``: no less is paid or returned."""
    if amount.minor <= 0:
        raise malformed("An amount above zero was expected.")
    return amount


def optional_text(value: Any) -> str | None:
    """The value if it is a string that says something, else ``None``.

    Nor is it a text if the database could not keep it: U+0000, or half of a surrogate pair.
    """
    if not isinstance(value, str) or not value.strip() or _UNKEEPABLE.search(value):
        return None
    return value


def known_status(value: Any, known: frozenset[str], what: str) -> str:
    """The status if it is one that the platform documents for ``what``, else ``status_unknown``."""
    if not isinstance(value, str) or value not in known:
        raise status_unknown(what, value)
    return value


def reference_in_path(reference: str, pattern: re.Pattern[str]) -> str:
    """The reference if the whole of it is shaped as the platform's own, so that it cannot change an address."""
    if not pattern.fullmatch(reference):
        raise Invalid("reference_malformed", "This cannot be the platform's name of a payment.")
    return reference


def base64_bytes(text: str) -> bytes | None:
    """What a text is the Base64 of; ``None`` for anything else, another spelling of the same bytes included.

    The last letter may have bits that mean nothing (RFC 4648, 3.5), so that a changed signature could still pass.
    """
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if base64.b64encode(decoded).decode() == text else None


def letters_of(request_id: str) -> str:
    """Our identifier for a platform that takes letters and digits only: without its underscore."""
    letters = request_id.replace("_", "")
    if not (letters.isascii() and letters.isalnum()):
        raise Invalid("request_id_invalid", "A payment request's identifier has letters and digits only.")
    return letters


def our_identifier(letters: str) -> str | None:
    """The identifier that such a platform was given as ``letters``; ``None`` for what is none of ours."""
    ours = _OURS.fullmatch(letters)
    return ours and "_".join(ours.groups())


def basic(user: str, password: str = "") -> str:
    """The value of an ``Authorization`` header by RFC 7617."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def json_request(
    method: str, url: str, *, authorization: str, document: Any = None, headers: Mapping[str, str] | None = None
) -> HttpRequest:
    """A request with a JSON document, or with none, to a platform."""
    sent = {"Authorization": authorization, "Accept": "application/json", **(headers or {})}
    if document is None:
        return HttpRequest(method=method, url=url, headers=sent, body=b"")
    return HttpRequest(
        method=method, url=url, headers={**sent, "Content-Type": "application/json"}, body=json_bytes(document)
    )


def answer_of(response: HttpResponse, platform: str) -> dict[str, Any]:
    """The JSON object of an answer that says yes.

    Raises what the status means: ``NotFound`` (404), ``Refused`` (the credentials, or the request for good),
    ``Unavailable`` (too many requests, or a failure, ``ambiguous`` where the platform may have acted).
    The platform's sentence is left out, for it may quote personal data.
    """
    status = response.status
    if 200 <= status < 300:  # noqa: PLR2004 - the 2xx range is HTTP's own
        return json_object(response.body)
    raise _refusal(status, platform)


def _refusal(status: int, platform: str) -> AfluenteError:
    if status == 404:  # noqa: PLR2004 - HTTP: not found
        return NotFound("request_unknown", f"{platform} does not know what was asked for.", http_status=status)
    if status in {401, 403}:
        return Refused(
            "platform_credentials_refused",
            f"{platform} did not accept the connection's credentials.",
            fix="Store credentials that may do this, of the environment that the address is of.",
            http_status=status,
        )
    if status in {409, 425, 429}:
        return Unavailable("platform_busy", f"{platform} asks to try again later.", http_status=status, ambiguous=False)
    if status == 408 or status >= 500:  # noqa: PLR2004 - HTTP: no answer in time, or the server failed
        return Unavailable(
            "platform_failed", f"{platform} failed and may or may not have acted.", http_status=status, ambiguous=True
        )
    return Refused("platform_refused", f"{platform} refused the request.", http_status=status)


def positive(amount: Money) -> Money:
    """The amount if it is above zero, else ``amount_not_positive``."""
    if amount.minor <= 0:
        raise Invalid("amount_not_positive", "Only an amount above zero can be asked for or given back.")
    return amount


def malformed(message: str) -> Invalid:
    """The refusal of a body that is not shaped as its platform documents."""
    return Invalid("body_malformed", message)


def status_unknown(what: str, status: object) -> Invalid:
    """The refusal of a status that this platform did not document: guessing would move money wrongly."""
    shown = ascii(status)[:_SHOWN_LENGTH]
    return Invalid(
        "status_unknown",
        f"{shown} is not a known status of {what}.",
        fix="Read the platform's change log, teach the connector this status and let the delivery be tried again.",
        status=shown,
    )


def _no_constant(name: str) -> Any:
    raise ValueError(name)
