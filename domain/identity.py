"""Identity numbers: a scheme of a country, and what checking a value against it found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IdentityFinding:
    """The outcome of a check: ``valid`` says whether to accept it; ``warnings`` are doubts that do not reject.

    ``normalised`` is the stored form (no punctuation), ``formatted`` the form people read.
    """

    valid: bool
    normalised: str | None
    formatted: str | None
    reason: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IdentityScheme:
    """One kind of number, e.g. ``cpf``; ``person`` and ``company`` say who may hold it.

    ``aliases`` are other names that people ask for it by.
    """

    code: str
    name: str
    check: Callable[[str], IdentityFinding]
    person: bool
    company: bool
    source: str
    aliases: tuple[str, ...] = ()
