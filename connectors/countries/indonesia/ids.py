"""Indonesia's identity numbers: NIK of residents and NPWP of taxpayers."""

from __future__ import annotations

from calendar import monthrange
from typing import Final

from stdnum import luhn, numdb
from stdnum.id import npwp

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

_NIK_LENGTH: Final = 16
_OLD_NPWP_LENGTH: Final = 15
_WOMENS_DAYS: Final = 40  # added to a woman's day of birth
_LEAP_YEAR: Final = 2000
# Provinces made after python-stdnum's list of places, and West Papua's code in use: Kalimantan Utara, Papua Barat,
# Papua Selatan, Papua Pegunungan, Papua Barat Daya (Kode dan Data Wilayah Administrasi Pemerintahan, Kemendagri).
_NEWER_PROVINCES: Final = frozenset({"65", "92", "93", "95", "96"})


def _birth_is_possible(day: int, month: int, year: int) -> bool:
    """Whether the six digits of birth are a day of some century; two digits of year cannot say which."""
    day -= _WOMENS_DAYS if day > _WOMENS_DAYS else 0
    if not 1 <= month <= 12:  # noqa: PLR2004 - the months of a year
        return False
    full_year = _LEAP_YEAR if year == 0 else 1900 + year
    return 1 <= day <= monthrange(full_year, month)[1]


def _examine_nik(number: str) -> IdentityFinding:
    """Place (6), day, month, year of birth, serial number (4). A district that no list knows yet is a doubt only."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) != _NIK_LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if not _birth_is_possible(int(number[6:8]), int(number[8:10]), int(number[10:12])):
        return numbers.invalid(numbers.PART)
    province, *district = numdb.get("id/loc").info(number[:4])
    if not province[1] and number[:2] not in _NEWER_PROVINCES:
        return numbers.invalid(numbers.PART)
    district_known = bool(district) and bool(district[0][1])
    return numbers.valid(number, formatted=number, warnings=() if district_known else (numbers.PLACE_DOUBT,))


def _examine_npwp(number: str) -> IdentityFinding:
    """Fifteen digits (Luhn over the first nine), or since 2024 sixteen: a NIK, or 0 and the old number."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) == _OLD_NPWP_LENGTH:
        luhn.validate(number[:9])
        return numbers.valid(number, formatted=npwp.format(number))
    if len(number) != _NIK_LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if not number.startswith("0"):
        return _examine_nik(number)
    luhn.validate(number[1:10])
    return numbers.valid(number, formatted=number)


SCHEMES: Final = (
    IdentityScheme(
        code="nik",
        name="Nomor Induk Kependudukan",
        check=numbers.checker(_examine_nik),
        person=True,
        company=False,
        source="UU 24/2013 on population administration; python-stdnum 2.2 id.nik and its list of places",
        aliases=("ktp",),
    ),
    IdentityScheme(
        code="npwp",
        name="Nomor Pokok Wajib Pajak",
        check=numbers.checker(_examine_npwp),
        person=True,
        company=True,
        source="PMK 112/PMK.03/2022 and PMK 136/2023 (16 digits); python-stdnum 2.2 id.npwp",
    ),
)
