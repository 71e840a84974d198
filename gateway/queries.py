"""What a question may ask for: only parameters that exist, and only values that exist; a misspelt one is never lost."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from connectors import registry
from domain.delinquency import BUCKETS
from domain.errors import Invalid
from domain.planning import WorkState
from gateway.auth import principal_of
from gateway.shapes import Code, CountryCode, ShortText
from store import inbox, payment_requests, receipts
from store.tenants import Principal


@dataclass(frozen=True)
class Among:
    """A text must be one of these codes, which the description names too; anything else is refused (422)."""

    codes: Callable[[], Collection[str]]

    def __get_pydantic_core_schema__(self, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        """The text's own rules, then this one."""
        return core_schema.no_info_after_validator_function(self._known, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The text's own description, with the codes."""
        return {**handler(schema), "enum": list(self.codes())}

    def _known(self, value: str) -> str:
        known = self.codes()
        if value not in known:
            raise PydanticCustomError("value_unknown", "There is no such value; known: {known}", {"known": list(known)})
        return value


WorkStateCode = Annotated[Code, Among(lambda: tuple(state.value for state in WorkState))]
BucketCode = Annotated[ShortText, Among(lambda: tuple(bucket.code for bucket in BUCKETS))]
ServedCountry = Annotated[CountryCode, Among(registry.countries)]
PlatformCode = Annotated[Code, Among(registry.platforms)]
RequestState = Annotated[Code, Among(lambda: payment_requests.STATES)]
ReceiptState = Annotated[Code, Among(lambda: receipts.STATES)]
DeliveryState = Annotated[Code, Among(lambda: inbox.STATES)]


def only_known(request: Request, caller: Annotated[Principal, Depends(principal_of)]) -> None:
    """Refuse with ``query_unknown`` a GET that asks by a parameter which its address does not have.

    The caller is proved first: who may not ask learns nothing of what may be asked.
    """
    del caller
    if request.method != "GET":
        return
    known = sorted(_parameters(request.scope["route"].dependant))
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        takes = f"takes {', '.join(known)}" if known else "takes none"
        raise Invalid(
            "query_unknown",
            f"The address has no query parameter {', '.join(repr(name[:40]) for name in unknown[:10])}.",
            fix=f"It {takes}.",
            known=known,
        )


def _parameters(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for inner in dependant.dependencies:
        yield from _parameters(inner)
