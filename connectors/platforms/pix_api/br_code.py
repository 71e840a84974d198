"""The code to copy for a charge whose bank returned only its location: a dynamic BR Code.

Fields are EMV triples (id, length, value) closed by a CRC-16/CCITT-FALSE over all before it, ``6304`` included.
Source: BACEN, Manual de Padrões para Iniciação do Pix, whose dynamic example is a test vector (confidence high).
"""

from __future__ import annotations

import binascii
from typing import Final

from domain.errors import Invalid

_NAME_LENGTH: Final = 25
_CITY_LENGTH: Final = 15
_LOCATION_LENGTH: Final = 77


def dynamic(*, location: str, name: str, city: str) -> str:
    """The BR Code that points to a charge; its location has no scheme, name and city are cut to 25 and 15."""
    address = location.removeprefix("https://")
    if not 0 < len(address) <= _LOCATION_LENGTH or not address.isascii():
        raise Invalid("location_invalid", f"A charge's location has 1 to {_LOCATION_LENGTH} ASCII characters.")
    body = "".join(
        (
            _field("00", "01"),
            _field("01", "12"),
            _field("26", _field("00", "br.gov.bcb.pix") + _field("25", address)),
            _field("52", "0000"),
            _field("53", "986"),
            _field("58", "BR"),
            _field("59", name[:_NAME_LENGTH]),
            _field("60", city[:_CITY_LENGTH]),
            _field("62", _field("05", "***")),
            "6304",
        )
    )
    return f"{body}{binascii.crc_hqx(body.encode(), 0xFFFF):04X}"


def _field(identifier: str, value: str) -> str:
    return f"{identifier}{len(value):02d}{value}"
