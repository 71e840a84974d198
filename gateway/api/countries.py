"""Countries: what is served where, read from each country's folder."""

from __future__ import annotations

from fastapi import APIRouter

from connectors import registry
from domain.countries import Country
from gateway.auth import Reader
from gateway.shapes import Shape

router = APIRouter(prefix="/v1/countries", tags=["countries"])


class RailView(Shape):
    """A payment rail, with the account details that its codes are made with."""

    code: str
    name: str
    currencies: list[str]
    account_fields: list[str]


class SchemeView(Shape):
    """An identity number that the country issues."""

    code: str
    name: str
    person: bool
    company: bool


class LegalFactView(Shape):
    """One cited statement about the country."""

    code: str
    text: str
    source: str
    confidence: str


class CountryView(Shape):
    """A country that is served."""

    code: str
    name: str
    region: str
    currencies: list[str]
    locales: list[str]
    required_locales: list[str]
    time_zones: list[str]
    rails: list[RailView]
    identity_schemes: list[SchemeView]
    facts: list[LegalFactView]

    @classmethod
    def of(cls, country: Country) -> CountryView:
        """The shape of a country."""
        return cls(
            code=country.code,
            name=country.name,
            region=country.region,
            currencies=list(country.currencies),
            locales=list(country.locales),
            required_locales=list(country.required_locales),
            time_zones=list(country.all_zones),
            rails=[
                RailView(
                    code=rail.code,
                    name=rail.name,
                    currencies=list(rail.currencies),
                    account_fields=list(rail.account_fields),
                )
                for rail in country.rails
            ],
            identity_schemes=[SchemeView.model_validate(scheme) for scheme in country.identity],
            facts=[
                LegalFactView(code=fact.code, text=fact.text, source=fact.source, confidence=str(fact.confidence))
                for fact in country.facts
            ],
        )


class CountryList(Shape):
    """Every country that is served."""

    data: list[CountryView]


@router.get("", operation_id="listCountries", summary="List countries")
def list_countries(caller: Reader) -> CountryList:
    """Every country, with its rails, identity schemes and cited facts."""
    del caller
    return CountryList(data=[CountryView.of(country) for country in registry.countries().values()])


@router.get("/{code}", operation_id="getCountry", summary="Read a country")
def get_country(code: str, caller: Reader) -> CountryView:
    """One country by its ISO 3166-1 code."""
    del caller
    return CountryView.of(registry.country(code))
