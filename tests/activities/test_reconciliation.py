"""Reconciling: what is proved is matched and booked once, the rest waits for a person, and all of it can be undone."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from activities import match_effects
from activities.match_decisions import Part
from activities.reconciliation import Context
from activities.reconciliation_visits import ReconciliationActivities
from domain.accounts import Role
from domain.errors import Conflict, Invalid, Refused
from domain.reconciliation import Leg
from runtime import clock
from store import outgoing_events, recon_items, reconciliation
from tests.fakes.reconciliation_world import Treasury, mt940, report


@pytest.fixture
def treasury(brazil: Any) -> Treasury:
    return Treasury(brazil)


def told(treasury: Treasury) -> list[str]:
    with treasury.world.tx() as tx:
        return [event.type for event in outgoing_events.after(tx, 0, limit=100)]


# Platform ↔ book ------------------------------------------------------------------------------------------------------


def test_a_payment_that_the_report_names_is_confirmed_and_its_fee_booked(treasury: Treasury) -> None:
    treasury.paid("pi_1", 100_000)
    file = treasury.hand_in(report({"reference": "pi_1", "gross": "1000.00", "fee": "29.00", "net": "971.00"}))
    assert (file.state, file.error) == ("read", None)
    found = treasury.run(Leg.PLATFORM)
    (group,) = found.groups
    assert (group.status, [one["kind"] for one in group.effects]) == ("confirmed", ["entry"])
    assert (treasury.leaf(Role.CLEARING), treasury.leaf(Role.FEES)) == (97_100, 2_900)
    assert treasury.world.broken() == []


def test_running_again_finds_nothing_new_and_books_nothing_again(treasury: Treasury) -> None:
    treasury.paid("pi_1", 100_000)
    treasury.hand_in(report({"reference": "pi_1", "gross": "1000.00", "fee": "29.00", "net": "971.00"}))
    treasury.run(Leg.PLATFORM)
    assert treasury.run(Leg.PLATFORM).groups == ()
    treasury.run_all()
    assert (treasury.leaf(Role.FEES), len(treasury.groups("confirmed"))) == (2_900, 1)


def test_a_dry_run_finds_the_same_and_leaves_nothing(treasury: Treasury) -> None:
    treasury.paid("pi_1", 100_000)
    treasury.hand_in(report({"reference": "pi_1", "gross": "1000.00", "fee": "29.00", "net": "971.00"}))
    dry = treasury.run(Leg.PLATFORM, dry=True)
    assert dry.dry
    tables = ("match_group", "recon_run", "difference")
    assert [treasury.world.count(table) for table in tables] == [0, 0, 0]
    assert treasury.leaf(Role.FEES) == 0
    real = treasury.run(Leg.PLATFORM)
    assert [(one.fingerprint, one.status) for one in dry.groups] == [
        (one.fingerprint, one.status) for one in real.groups
    ]


def test_a_fee_beyond_the_contract_is_a_difference_and_not_booked(treasury: Treasury) -> None:
    treasury.paid("pi_1", 100_000)
    with treasury.world.tx() as tx:
        treasury.desk(tx).set_rules(
            treasury.world.connections["stripe/BR"].id,
            Leg.PLATFORM,
            rules={"schedules": [{"name": "card", "percent": "2.9"}]},
            policy={"fee_variance_basis_points": 0},
            actor="ana",
        )
    treasury.hand_in(report({"reference": "pi_1", "gross": "1000.00", "fee": "35.00", "net": "965.00"}))
    treasury.run(Leg.PLATFORM)
    (difference,) = treasury.differences()
    assert (difference.kind, difference.amount_minor, treasury.leaf(Role.FEES)) == ("fee_variance", -600, 0)


@pytest.mark.parametrize(("stated", "booked"), [("29.50", 2_950), ("28.50", 2_850), ("29.51", 0), ("28.49", 0)])
def test_a_fee_is_booked_within_the_variance_on_either_side(treasury: Treasury, stated: str, booked: int) -> None:
    treasury.paid("pi_1", 100_000)
    with treasury.world.tx() as tx:
        treasury.desk(tx).set_rules(
            treasury.world.connections["stripe/BR"].id,
            Leg.PLATFORM,
            rules={"schedules": [{"name": "card", "percent": "2.9"}]},
            policy={"fee_variance_basis_points": 5},
            actor="ana",
        )
    net = f"{1000 - float(stated):.2f}"
    treasury.hand_in(report({"reference": "pi_1", "gross": "1000.00", "fee": stated, "net": net}))
    treasury.run(Leg.PLATFORM)
    assert treasury.leaf(Role.FEES) == booked


def test_rules_are_versioned_and_setting_them_matches_nothing(treasury: Treasury) -> None:
    treasury.paid("pi_1", 100_000)
    treasury.hand_in(report({"reference": "pi_1", "gross": "1000.00"}))
    connection = treasury.world.connections["stripe/BR"].id
    with treasury.world.tx() as tx:
        first = treasury.desk(tx).set_rules(connection, Leg.PLATFORM, rules={}, policy={}, actor="ana")
        second = treasury.desk(tx).set_rules(connection, Leg.PLATFORM, rules={"margin": 9}, policy={}, actor="ana")
    assert (first.version, second.version, treasury.groups()) == (1, 2, [])
    assert treasury.run(Leg.PLATFORM).run.rules_version == 2


def test_a_refund_and_a_chargeback_meet_their_lines_with_their_sign(treasury: Treasury) -> None:
    treasury.paid("pi_1", 100_000)
    treasury.world.stripe_refunded("re_1", "pi_1", 30_000)
    treasury.world.intake()
    treasury.hand_in(
        report(
            {"reference": "pi_1", "gross": "1000.00"},
            {"reference": "re_1", "gross": "-300.00", "kind": "refund"},
        )
    )
    found = treasury.run(Leg.PLATFORM)
    assert sorted((group.status, len(treasury.members(group.id))) for group in found.groups) == [("confirmed", 2)] * 2


def test_money_held_back_by_a_contest_is_counted_on_both_sides(treasury: Treasury) -> None:
    treasury.paid("pi_1", 100_000)
    treasury.world.stripe(
        "charge.dispute.funds_withdrawn",
        {
            "id": "du_1",
            "status": "needs_response",
            "payment_intent": "pi_1",
            "amount": 100_000,
            "currency": "brl",
            "created": int(treasury.world.clock().timestamp()),
            "balance_transactions": [],
        },
    )
    treasury.world.intake()
    treasury.hand_in(
        report(
            {"reference": "pi_1", "gross": "1000.00"},
            {"reference": "du_1", "gross": "-1000.00", "kind": "chargeback"},
        )
    )
    treasury.run(Leg.PLATFORM)
    assert [group.status for group in treasury.groups()] == ["confirmed", "confirmed"]


# Bank, batches, and money that waits ----------------------------------------------------------------------------------


def test_a_bank_line_and_its_receipt_are_one(treasury: Treasury) -> None:
    treasury.hand_in(mt940("261124,100000,BR-0001,BANK1"), connection="bank_statement/BR", mapped=False)
    treasury.world.intake()
    found = treasury.run(Leg.BANK, "bank_statement/BR")
    assert [(group.status, group.effects) for group in found.groups] == [("confirmed", [])]


def test_a_batch_that_waits_in_suspense_is_found_and_booked_as_arrived_once(treasury: Treasury) -> None:
    treasury.paid("pi_1", 100_000)
    treasury.paid_out("po_1", 97_100)
    treasury.hand_in(mt940("261125,97100,NONREF,BANK1"), connection="bank_statement/BR", mapped=False)
    treasury.world.intake()
    assert treasury.leaf(Role.SUSPENSE, "bank_statement/BR") == -97_100
    treasury.run_all()
    (proposal,) = [one for one in treasury.groups("proposed") if one.leg == "transit"]
    treasury.decide(lambda desk: desk.accept(proposal.id))
    assert treasury.leaf(Role.SUSPENSE, "bank_statement/BR") == 0
    assert (treasury.leaf(Role.BANK, "bank_statement/BR"), treasury.leaf(Role.IN_TRANSIT)) == (97_100, 0)
    assert treasury.world.broken() == []
    assert [one.kind for one in treasury.differences(standing=True) if one.kind.startswith("missing")] == []


def test_taking_a_match_back_undoes_exactly_what_it_booked(treasury: Treasury) -> None:
    test_a_batch_that_waits_in_suspense_is_found_and_booked_as_arrived_once(treasury)
    (group,) = [one for one in treasury.groups("confirmed") if one.leg == "transit"]
    revoked = treasury.decide(lambda desk: desk.revoke(group.id, note="another bank"))
    assert revoked.status == "revoked"
    assert treasury.leaf(Role.SUSPENSE, "bank_statement/BR") == -97_100
    assert (treasury.leaf(Role.BANK, "bank_statement/BR"), treasury.leaf(Role.IN_TRANSIT)) == (97_100, 97_100)
    (receipt,) = [one for one in treasury.world.receipts() if one.to_bank]
    assert (receipt.state, receipt.suspense_minor) == ("suspense", 97_100)
    with treasury.world.tx() as tx:
        assert tx.exec_driver_sql("SELECT state, arrived_ref FROM payout").all() == [("sent", None)]
    assert treasury.world.broken() == []
    treasury.run_all()
    assert [one for one in treasury.groups("proposed", "confirmed") if one.leg == "transit"] == []


def test_a_deposit_that_a_set_explains_cannot_be_booked_by_hand(treasury: Treasury) -> None:
    """The accounted-PR-2300 guard: two batches explain one line, so booking the line would book the money twice."""
    treasury.paid("pi_1", 100_000)
    treasury.paid_out("po_1", 40_013)
    treasury.paid_out("po_2", 57_087)
    treasury.hand_in(mt940("261125,97100,NONREF,BANK1"), connection="bank_statement/BR", mapped=False)
    with treasury.world.tx() as tx:  # as if the statement was not for the intake to book
        context = Context(treasury.world.connections["bank_statement/BR"], Leg.BANK, "BRL")
        treasury.desk(tx).run(context, actor="ana")
        item = tx.exec_driver_sql("SELECT seq FROM recon_item WHERE side = 'right'").scalar_one()
    with treasury.world.tx() as tx:
        stored = recon_items.get(tx, item)
    with pytest.raises(Refused) as refused:
        treasury.decide(lambda desk: desk.unexplained(stored))
    assert refused.value.code == "line_explained"


def test_money_that_waits_pays_when_its_exact_reference_is_found_later(treasury: Treasury) -> None:
    treasury.paid("pi_9", 100_000, reference="LATER-REF-77")
    assert treasury.leaf(Role.SUSPENSE) == -100_000
    treasury.world.turn()
    with treasury.world.tx() as tx:
        tx.exec_driver_sql("UPDATE payment_request SET reference = 'LATER-REF-77'")
    treasury.run_all()
    (group,) = [one for one in treasury.groups("confirmed") if one.leg == "expected"]
    assert (treasury.leaf(Role.SUSPENSE), treasury.owed()) == (0, 200_000)
    treasury.decide(lambda desk: desk.revoke(group.id, note="not his"))
    assert (treasury.leaf(Role.SUSPENSE), treasury.owed()) == (-100_000, 300_000)
    (receipt,) = treasury.world.receipts()
    assert (receipt.case_id, receipt.allocated_minor, receipt.suspense_reason) == (None, 0, "no_match")
    assert treasury.world.broken() == []


# Decisions ------------------------------------------------------------------------------------------------------------


def unnamed(treasury: Treasury) -> Any:
    """A payment and a report line of one amount and day without a name in common: a proposal."""
    treasury.paid("pi_1", 123_456)
    treasury.hand_in(report({"gross": "1234.56", "fee": "10.00", "net": "1224.56"}))
    treasury.run(Leg.PLATFORM)
    (group,) = treasury.groups()
    return group


def test_a_rejected_proposal_is_not_proposed_again(treasury: Treasury) -> None:
    group = unnamed(treasury)
    assert group.status == "proposed"
    treasury.decide(lambda desk: desk.reject(group.id, note="another debtor"))
    treasury.run(Leg.PLATFORM)
    assert [one.status for one in treasury.groups()] == ["rejected"]


def test_a_decided_proposal_is_decided_once(treasury: Treasury) -> None:
    group = unnamed(treasury)
    treasury.decide(lambda desk: desk.accept(group.id))
    with pytest.raises(Conflict) as refused:
        treasury.decide(lambda desk: desk.accept(group.id))
    assert (refused.value.code, treasury.leaf(Role.FEES)) == ("match_group_decided", 1_000)


def test_a_proposal_that_a_run_finds_again_stays_and_one_that_it_does_not_gives_way(treasury: Treasury) -> None:
    group = unnamed(treasury)
    treasury.run(Leg.PLATFORM)
    assert [(one.id, one.status) for one in treasury.groups()] == [(group.id, "proposed")]
    treasury.hand_in(report({"id": "txn_9", "reference": "pi_1", "gross": "1234.56"}))
    treasury.run(Leg.PLATFORM)
    assert [one.status for one in treasury.groups()] == ["superseded", "confirmed"]


def test_items_put_together_by_hand_must_come_to_the_same(treasury: Treasury) -> None:
    treasury.paid("pi_1", 100_000)
    treasury.paid("pi_2", 50_000)
    treasury.hand_in(report({"gross": "1500.00"}))
    treasury.run(Leg.PLATFORM)
    with treasury.world.tx() as tx:
        left = tuple(tx.exec_driver_sql("SELECT seq FROM recon_item WHERE side = 'left' ORDER BY seq").scalars())
        right = tuple(tx.exec_driver_sql("SELECT seq FROM recon_item WHERE side = 'right'").scalars())
    with pytest.raises(Refused) as refused:
        treasury.decide(lambda desk: desk.match(Part(left[:1], right), leg=Leg.PLATFORM))
    assert refused.value.code == "match_amounts_differ"
    group = treasury.decide(lambda desk: desk.match(Part(left, right), leg=Leg.PLATFORM))
    assert (group.status, group.stage) == ("confirmed", "by_hand")


def test_an_ambiguous_proposal_is_split_not_accepted(treasury: Treasury) -> None:
    treasury.paid("pi_1", 100_000)
    treasury.paid("pi_2", 100_000)
    treasury.hand_in(report({"gross": "1000.00"}))
    treasury.run(Leg.PLATFORM)
    (group,) = treasury.groups("ambiguous")
    with pytest.raises(Refused) as refused:
        treasury.decide(lambda desk: desk.accept(group.id))
    assert refused.value.code == "group_ambiguous"
    members = treasury.members(group.id)
    left = [one.seq for one in members if one.side == "left"]
    right = [one.seq for one in members if one.side == "right"]
    with pytest.raises(Invalid):
        treasury.decide(lambda desk: desk.split(group.id, [Part((left[0],), (999_999,))]))
    treasury.decide(lambda desk: desk.split(group.id, [Part((left[0],), (right[0],))]))
    assert sorted(one.status for one in treasury.groups()) == ["confirmed", "split"]
    with treasury.world.tx() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM recon_item WHERE state = 'open'").scalar_one() == 1


def test_accepting_many_of_one_kind_goes_on_past_one_that_cannot_be_booked(treasury: Treasury) -> None:
    unnamed(treasury)
    accepted = treasury.decide(lambda desk: desk.accept_all(leg=Leg.PLATFORM, limit=10))
    assert [one.refused for one in accepted] == [None]


# What holds whoever writes ------------------------------------------------------------------------------------------


def confirmed_pair(treasury: Treasury) -> tuple[str, int, int]:
    treasury.paid("pi_1", 100_000)
    treasury.hand_in(report({"reference": "pi_1", "gross": "1000.00"}))
    treasury.run(Leg.PLATFORM)
    (group,) = treasury.groups("confirmed")
    left, right = (one.seq for one in treasury.members(group.id))
    return group.id, left, right


def forge(tx: Any, *, status: str, item: int, allocated: int = 100_000) -> None:
    """Write a group of one item past the program."""
    decided = "decided_by, decided_at" if status == "confirmed" else "NULL, NULL"
    tx.exec_driver_sql(
        "INSERT INTO match_group (id, tenant_id, connection_id, leg, currency, status, stage, score, reasons,"
        " fingerprint, made_by, made_at, decided_by, decided_at, effects)"
        f" SELECT 'x' || id, tenant_id, connection_id, leg, currency, '{status}', stage, score, reasons, 'other',"
        f" made_by, made_at, {decided}, effects FROM match_group LIMIT 1"
    )
    tx.exec_driver_sql(
        f"INSERT INTO match_item SELECT id, {item}, tenant_id, {allocated}, true FROM match_group WHERE id LIKE 'x%%'"
    )


def test_no_item_is_in_two_confirmed_groups_even_by_sql(treasury: Treasury) -> None:
    _, left, _ = confirmed_pair(treasury)
    with pytest.raises(IntegrityError, match="uq_match_item_confirmed"), treasury.world.tx() as tx:
        forge(tx, status="confirmed", item=left)


def test_nor_by_confirming_a_proposal_that_shares_an_item(treasury: Treasury) -> None:
    _, left, _ = confirmed_pair(treasury)
    with treasury.world.tx() as tx:
        forge(tx, status="proposed", item=left)
    with pytest.raises(IntegrityError, match="uq_match_item_confirmed"), treasury.world.tx() as tx:
        tx.exec_driver_sql("UPDATE match_group SET status = 'confirmed', decided_at = now() WHERE status = 'proposed'")


@pytest.mark.parametrize("allocated", [100_001, -100_000])
def test_a_group_takes_no_more_of_an_item_than_it_is_of(treasury: Treasury, allocated: int) -> None:
    _, left, _ = confirmed_pair(treasury)
    with pytest.raises(IntegrityError, match="allocated_exceeds_item"), treasury.world.tx() as tx:
        forge(tx, status="proposed", item=left, allocated=allocated)


def test_what_was_decided_stays_decided_even_by_sql(treasury: Treasury) -> None:
    group_id, _, _ = confirmed_pair(treasury)
    with pytest.raises(IntegrityError, match="match_group_final"), treasury.world.tx() as tx:
        tx.exec_driver_sql(f"UPDATE match_group SET status = 'proposed', decided_at = NULL WHERE id = '{group_id}'")


def test_lines_and_runs_cannot_be_changed(treasury: Treasury) -> None:
    confirmed_pair(treasury)
    for statement in ("UPDATE source_line SET net_minor = 1", "DELETE FROM recon_run", "DELETE FROM source_file_chunk"):
        with pytest.raises(Exception, match=r"permission denied|stays"), treasury.world.tx() as tx:
            tx.exec_driver_sql(statement)


def test_a_crash_before_the_commit_leaves_the_run_to_be_done_again(
    treasury: Treasury, monkeypatch: pytest.MonkeyPatch
) -> None:
    treasury.paid("pi_1", 100_000)
    treasury.hand_in(report({"reference": "pi_1", "gross": "1000.00", "fee": "29.00", "net": "971.00"}))
    real = match_effects.apply

    def killed(*given: Any, **named: Any) -> Any:
        real(*given, **named)
        raise SystemExit(9)

    with monkeypatch.context() as patched:
        patched.setattr(match_effects, "apply", killed)
        with pytest.raises(SystemExit):
            treasury.run(Leg.PLATFORM)
    assert (treasury.leaf(Role.FEES), treasury.groups()) == (0, [])
    treasury.run(Leg.PLATFORM)
    assert (treasury.leaf(Role.FEES), len(treasury.groups("confirmed"))) == (2_900, 1)


def test_two_workers_at_once_match_nothing_twice(treasury: Treasury) -> None:
    for number in range(8):
        treasury.paid(f"pi_{number}", 10_000 + number)
    treasury.hand_in(
        report(
            *(
                {
                    "reference": f"pi_{number}",
                    "gross": f"{100 + number / 100:.2f}",
                    "fee": "1.00",
                    "net": f"{99 + number / 100:.2f}",
                }
                for number in range(8)
            )
        )
    )
    gate = threading.Barrier(2)

    def work() -> None:
        gate.wait()
        visits = ReconciliationActivities(treasury.world.database, clock.new_id, treasury.world.clock)
        visits.visit(treasury.world.tenant_id)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(treasury.groups("confirmed")), treasury.leaf(Role.FEES)) == (8, 800)
    assert treasury.world.broken() == []


def test_another_tenant_sees_nothing_of_it(treasury: Treasury, new_tenant: Any) -> None:
    confirmed_pair(treasury)
    with treasury.world.database.tenant(new_tenant()) as tx:
        for table in ("source_line", "recon_item", "match_group", "match_item", "difference", "outgoing_event"):
            assert tx.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0


def test_others_are_told_of_receipts_as_they_are_recorded(treasury: Treasury) -> None:
    treasury.paid("pi_1", 100_000)
    treasury.world.stripe_paid("pi_2", 100_000, reference="BR-0001")
    treasury.world.intake()
    assert told(treasury) == ["receipt.unmatched", "receipt.matched"]


def test_a_run_names_its_rules_and_proves_its_sums(treasury: Treasury) -> None:
    confirmed_pair(treasury)
    with treasury.world.tx() as tx:
        run = reconciliation.last_run(
            tx, connection_id=treasury.world.connections["stripe/BR"].id, leg=Leg.PLATFORM, currency="BRL"
        )
    assert run is not None
    assert (run.rules_version, run.day, all(side["holds"] for side in run.identity)) == (0, date(2026, 11, 24), True)
