"""Postal addresses as each country writes them: the order of lines, and where the postal code stands.

Source: the Universal Postal Union's addressing systems (S42), from memory; confidence unverified. A country that is not
listed writes the postal code before the place, as most do. The country comes last, in capitals, for post from abroad.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_CODE_FIRST: Final = "{code} {city}"
_CODE_LAST: Final = "{city} {code}"
_NO_CODE: Final = "{city}"
_FORMATS: Final[Mapping[str, tuple[str, ...]]] = {
    "AE": (_NO_CODE, "{state}"),
    "BH": (_CODE_LAST,),
    "BR": ("{code} {city} - {part}",),
    "CO": ("{code} {city}", "{state}"),
    "EG": (_NO_CODE, "{code}"),
    "ID": ("{city} {code}", "{state}"),
    "JO": (_CODE_LAST,),
    "KH": (_CODE_LAST,),
    "KW": (_CODE_FIRST,),
    "MX": ("{code} {city}, {state}",),
    "MY": (_CODE_FIRST, "{state}"),
    "OM": ("{code}", "{city}"),
    "PE": (_CODE_LAST,),
    "QA": (_NO_CODE,),
    "SA": (_CODE_LAST,),
    "SG": ("{city} {code}",),
    "TH": ("{city} {code}",),
    "VN": ("{city} {code}",),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody lives. ``subdivision`` is an ISO 3166-2 code, ``state`` its name."""

    street: str
    city: str | None
    postal_code: str | None
    subdivision: str | None
    state: str | None
    country: str


def lines(name: str, place: Place, *, country_name: str) -> tuple[str, ...]:
    """The lines of an envelope: the name, the street, the place as the country writes it, and the country."""
    state = place.state if place.state != place.city else None
    parts = {
        "code": place.postal_code or "",
        "city": place.city or "",
        "state": state or "",
        "part": (place.subdivision or "").rpartition("-")[2],
    }
    written = (_tidy(one.format(**parts)) for one in _FORMATS.get(place.country, (_CODE_FIRST,)))
    return tuple(line for line in (name, *place.street.splitlines(), *written, country_name.upper()) if line)


def _tidy(line: str) -> str:
    """A line without what stood beside a part that is not known."""
    return " ".join(line.split()).strip(" ,-")
