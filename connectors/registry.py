"""What the product can speak to: every country and payment platform that has a folder, found by walking them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any, Final

from domain.countries import Country
from domain.errors import Invalid, NotFound
from domain.platforms import Platform

_COUNTRIES: Final = "connectors.countries"
_PLATFORMS: Final = "connectors.platforms"


class _Included:
    """Packages outside this tree that an installation added, each holding one country; set once at start."""

    countries: tuple[str, ...] = ()


def include_countries(packages: Iterable[str]) -> None:
    """From now on also serve the countries that these packages hold; runtime calls this at start."""
    _Included.countries = tuple(packages)


def countries(extra: Iterable[str] = ()) -> Mapping[str, Country]:
    """Every country by its ISO 3166-1 code, in order of code.

    ``extra`` names further packages that hold one country each, e.g. ``tests.fakes.countries.ruritania``.
    Raises ``Invalid``: ``connector_malformed``, ``connector_twice``.
    """
    return countries_of(country_packages(extra))


def country_packages(extra: Iterable[str] = ()) -> tuple[str, ...]:
    """The packages outside this tree that ``countries`` reads: what answers of theirs may be kept under."""
    return (*_Included.countries, *extra)


def country_folders(extra: Iterable[str] = ()) -> tuple[str, ...]:
    """The packages that hold one country each."""
    return (*_packages_in(_COUNTRIES), *country_packages(extra))


def country(code: str, extra: Iterable[str] = ()) -> Country:
    """The country of an ISO 3166-1 code. Raises ``NotFound``: ``country_unknown``."""
    known = countries(extra)
    found = known.get(code.upper())
    if found is None:
        raise NotFound("country_unknown", f"There is no country {code!r} here.", known=list(known))
    return found


def platforms(extra: Iterable[str] = ()) -> Mapping[str, Platform]:
    """Every payment platform by its code; ``extra`` as for ``countries``."""
    return _platforms(tuple(extra))


def platform(code: str, extra: Iterable[str] = ()) -> Platform:
    """The payment platform of a code. Raises ``NotFound``: ``platform_unknown``."""
    known = platforms(extra)
    found = known.get(code)
    if found is None:
        raise NotFound("platform_unknown", f"There is no platform {code!r} here.", known=list(known))
    return found


@lru_cache(maxsize=16)
def countries_of(packages: tuple[str, ...]) -> Mapping[str, Country]:
    """The countries of this tree and of these packages outside it, by code."""
    return _by_code(_exported([*_packages_in(_COUNTRIES), *packages], name="COUNTRY", kind=Country))


@lru_cache(maxsize=16)
def _platforms(extra: tuple[str, ...]) -> Mapping[str, Platform]:
    return _by_code(_exported([*_packages_in(_PLATFORMS), *extra], name="PLATFORM", kind=Platform))


def _packages_in(parent: str) -> list[str]:
    return [f"{parent}.{found.name}" for found in iter_modules(import_module(parent).__path__) if found.ispkg]


def _exported(packages: Iterable[str], *, name: str, kind: type[Any]) -> Iterator[Any]:
    for package in packages:
        manifest = getattr(import_module(package), name, None)
        if not isinstance(manifest, kind):
            raise Invalid("connector_malformed", f"The folder {package} exports no {name}.")
        yield manifest


def _by_code(manifests: Iterable[Any]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for manifest in manifests:
        if manifest.code in found:
            raise Invalid("connector_twice", f"Two folders describe {manifest.code}.")
        found[manifest.code] = manifest
    return MappingProxyType(dict(sorted(found.items())))
