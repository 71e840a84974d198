"""What the database refuses, in the house's words: each SQL state of the book as an error with a code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import psycopg
from sqlalchemy.exc import DBAPIError

from domain.errors import AfluenteError, Conflict, Invalid, NotFound, Refused

_STATES: Final[Mapping[str, tuple[type[AfluenteError], str]]] = {
    "AF001": (Invalid, "book_immutable"),
    "AF002": (Invalid, "entry_incomplete"),
    "AF003": (Invalid, "entry_unbalanced"),
    "AF004": (Invalid, "reversal_not_mirror"),
    "AF005": (Invalid, "account_parent_invalid"),
    "AF006": (Invalid, "tenant_missing"),
    "AF007": (Invalid, "account_not_postable"),
    "AF009": (Invalid, "posting_wrong_account"),
    "AF010": (Refused, "account_frozen"),
    "AF011": (Refused, "reservation_exceeded"),
    "AF012": (Refused, "day_closed"),
    "AF013": (Conflict, "day_close_goes_on"),
    "AF014": (Invalid, "posting_wrong_day"),
    "AF020": (Refused, "account_has_balance"),
    "AF021": (Refused, "account_has_open_children"),
    "AF022": (Refused, "account_has_reservations"),
    "AF023": (Conflict, "account_closed"),
    "AF024": (Refused, "account_in_transit"),
    "AF025": (Invalid, "account_parent_invalid"),
    "AF026": (Refused, "limit_exceeded"),
    "AF027": (NotFound, "account_unknown"),
    "AF028": (Conflict, "account_parent_date_invalid"),
    "AF030": (Invalid, "seal_needs_own_transaction"),
    "22003": (Invalid, "amount_too_large"),
    "23503": (Invalid, "posting_wrong_account"),
    "23505": (Conflict, "book_row_taken"),
    "23514": (Refused, "limit_exceeded"),  # the floors and ceilings are checks of the balance as well
}


@contextmanager
def translated() -> Iterator[None]:
    """Raise a refusal of the database, told by SQLAlchemy or its driver, as the house's error; others go on as is."""
    try:
        yield
    except (DBAPIError, psycopg.Error) as cause:
        told = cause.orig if isinstance(cause, DBAPIError) else cause
        known = _STATES.get(getattr(told, "sqlstate", None) or "")
        if known is None:
            raise
        error, code = known
        raise error(code, str(told).splitlines()[0]) from cause
