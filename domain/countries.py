"""What a country's folder must state: one frozen manifest of data and functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.conduct import NOTHING_STATED, Conduct

if TYPE_CHECKING:
    from domain.contact_law import ContactRule
    from domain.contact_policy import Calendar, Confidence
    from domain.identity import IdentityScheme
    from domain.rails import Codec, Rail
    from domain.remittance import Remittance


@dataclass(frozen=True, slots=True)
class LegalFact:
    """One cited statement about a country that is shown, and used where a rule asks for it."""

    code: str  # e.g. "late_fee", "limitation", "repossession", "agency"
    text: str
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Country:
    """A country as the product knows it. ``code`` is ISO 3166-1 alpha-2; ``zones`` maps ISO 3166-2 to IANA zones.

    ``zones`` holds every subdivision whose zone is known without doubt; ``split_zones`` those that lie in several, with
    all of them; ``all_zones`` every zone of the country, for the intersection when the address does not say.
    ``required_locales`` are languages that law demands first: a notice never falls back from them. ``allocation`` is
    the order in which a receipt pays a claim's components. ``shown_decimals`` names currencies that people write with
    fewer decimals than ISO 4217 gives them; ``arabic_digits`` and ``hijri_dates`` say how Arabic letters are written.
    ``remittance`` is what money that leaves needs; ``None`` means that nothing is known, and then it leaves only with a
    person's explicit approval.
    """

    code: str
    name: str
    region: str  # "latin_america" | "southeast_asia" | "middle_east"
    currency: str
    currencies: tuple[str, ...]
    locales: tuple[str, ...]  # first is the default for notices
    required_locales: tuple[str, ...]
    subdivisions: Mapping[str, str]  # ISO 3166-2 → name, those the rules or zones speak of
    zones: Mapping[str, str]
    all_zones: tuple[str, ...]
    contact_rules: tuple[ContactRule, ...]
    calendar: Calendar
    identity: tuple[IdentityScheme, ...]
    rails: tuple[Rail, ...]
    facts: tuple[LegalFact, ...]
    allocation: tuple[str, ...] = ("cost", "fee", "interest", "principal")
    weekend: tuple[int, ...] = (5, 6)  # Monday is 0
    split_zones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    conduct: Conduct = NOTHING_STATED
    remittance: Remittance | None = None
    shown_decimals: Mapping[str, int] = field(default_factory=dict)
    arabic_digits: bool = False  # in Arabic letters, Arabic-Indic ones
    hijri_dates: bool = False  # in Arabic letters, beside the Gregorian ones
    codecs: tuple[Codec, ...] = ()  # texts of payment schemes that are read here, beside the rails

    def zone_of(self, subdivision: str | None) -> str | None:
        """The IANA zone of a subdivision; the only zone of a one-zone country; ``None`` when unknown."""
        if len(self.all_zones) == 1:
            return self.all_zones[0]
        return self.zones.get(subdivision) if subdivision else None

    def zones_of(self, subdivision: str | None) -> tuple[str, ...]:
        """Every IANA zone that an address of a subdivision may lie in: a contact must be lawful in each."""
        zone = self.zone_of(subdivision)
        if zone is not None:
            return (zone,)
        return self.split_zones.get(subdivision, self.all_zones) if subdivision else self.all_zones
