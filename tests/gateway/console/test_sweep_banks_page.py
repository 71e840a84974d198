"""How banks name our accounts, and their quotes: stated on a page, used by files and exchanges."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from activities import sweep_files
from store import sweeps
from store.database import Database
from tests.fakes.console_world import World, add_person
from tests.fakes.sweep_world import NOON, SweepWorld

pytestmark = pytest.mark.servers

Enter = Callable[..., Any]
PATH = "/sweeps/banks?lang=en"
AE = {"holder": "Aurora Motors FZE", "country": "AE", "iban": "AE070331234567890123456", "reason": "Bank letter"}
CN = {"holder": "Aurora Motors", "country": "CN", "local_id": "6222000011112222", "reason": "Bank letter"}


def words(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.fixture
def sweeping(database: Database, tenant_id: str, world: World) -> SweepWorld:
    return SweepWorld(database, tenant_id, at=world.now()).make()


@pytest.fixture
def treasurer(database: Database, sweeping: SweepWorld, signed_in: Enter) -> Any:
    add_person(database, sweeping.tenant_id, role="treasury")
    return signed_in("treasury", tenant_id=sweeping.tenant_id)


def act(browser: Any, path: str, **fields: str) -> Any:
    return browser.post(f"/sweeps/{path}?lang=en", form_of=PATH, **fields)


def test_both_ends_of_a_rule_are_named_before_anything_is_swept(sweeping: SweepWorld, treasurer: Any) -> None:
    rule_id = sweeping.rule()
    assert "2 accounts have no number at their bank yet" in words(treasurer.get(PATH).text)
    assert act(treasurer, f"banks/{rule_id}/child", **AE).status_code == 303
    assert act(treasurer, f"banks/{rule_id}/parent", **CN).status_code == 303
    assert "Every account of the sweeps has its number at its bank" in words(treasurer.get(PATH).text)
    sweeping.at = NOON
    sweeping.fund("AE", 50_000)
    run = sweeping.run(rule_id)
    with sweeping.database.tenant(sweeping.tenant_id) as tx:
        assert b"AE070331234567890123456" in sweep_files.payment_file(tx, [run.id])


def test_a_wrong_number_is_refused_beside_what_was_entered(sweeping: SweepWorld, treasurer: Any) -> None:
    rule_id = sweeping.rule()
    wrong = AE | {"iban": "AE070331234567890123457", "place": f"{rule_id}/child"}
    refused = act(treasurer, f"banks/{rule_id}/child", **wrong)
    assert refused.status_code == 422
    assert 'value="AE070331234567890123457"' in refused.text


def test_a_quote_is_kept_and_used(sweeping: SweepWorld, treasurer: Any) -> None:
    rule_id = sweeping.rule("BR")
    said = {"pair": "BRL/USD", "rate": "0.19", "mid": "0.20", "source": "Bank of the tests", "minutes": "30"}
    assert act(treasurer, "quotes", **said).status_code == 303
    page = words(treasurer.get(PATH).text)
    assert "BRL/USD" in page
    assert "500.00" in page  # basis points
    with sweeping.database.tenant(sweeping.tenant_id) as tx:
        quote = sweeps.usable_quote(tx, "BRL", "USD", at=sweeping.at)
        rule = sweeps.get_rule(tx, rule_id).rule
    assert quote is not None
    assert (quote.base, quote.rate) == (rule.currency, Decimal("0.19"))


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"pair": "EUR/USD"}, 422), ({"rate": "x"}, 422), ({"minutes": "0"}, 422), ({"minutes": "1441"}, 422)],
)
def test_a_quote_that_makes_no_sense_is_not_kept(
    sweeping: SweepWorld, treasurer: Any, changes: dict[str, str], status: int
) -> None:
    sweeping.rule("BR")
    said = {"pair": "BRL/USD", "rate": "0.19", "mid": "0.20", "source": "Bank of the tests", "minutes": "30"}
    assert act(treasurer, "quotes", **said | changes).status_code == status
    assert "No bank's quote is good now." in words(treasurer.get(PATH).text)


def test_who_may_only_look_states_nothing(sweeping: SweepWorld, signed_in: Enter, database: Database) -> None:
    rule_id = sweeping.rule()
    add_person(database, sweeping.tenant_id, role="auditor")
    looking = signed_in("auditor", tenant_id=sweeping.tenant_id)
    page = looking.get(PATH)
    assert (page.status_code, "State its number" in words(page.text)) == (200, False)
    assert looking.post(f"/sweeps/banks/{rule_id}/child", form_of=PATH, **AE).status_code == 403
