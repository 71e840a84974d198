"""The traps of reconciliation, each a way in which the same money looks different on the two sides.

Every trap adds lines and their truth to a set; which of them a set has, and how many, its shape says.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from benchmarks.labelled import mistakes, people
from benchmarks.labelled.sheets import Labelled, Line

FIRST_DAY = date(2026, 1, 1)
_RATES = {"USD": Decimal("5.4321"), "EUR": Decimal("5.9107"), "MXN": Decimal("0.2893")}  # reais for one
_SATURDAY = 5


@dataclass(slots=True)
class Maker:
    """What the traps of one set share: chance, the set itself, names and numbers that are not given twice."""

    chance: random.Random
    labelled: Labelled
    currency: str = "BRL"
    days: int = 60
    most_minor: int = 3_000_000
    payer: Callable[[random.Random], str] = people.person
    batches_named: bool = True  # does the bank name the payout?
    platform: str = "ACME PAY"
    _numbers: list[int] = field(default_factory=lambda: [0])
    _given: set[str] = field(default_factory=set)

    def name(self, side: str) -> str:
        """An id that says nothing about its counterpart."""
        self._numbers[0] += 1
        return f"{side}{self.chance.randrange(10**5):05}{self._numbers[0]}"

    def reference(self) -> str:
        """A reference in one of the ways of the trade, never given twice."""
        while True:
            number = self.chance.randrange(10**6, 10**8)
            said = self.chance.choice((f"INV-2026-{number:08}", f"FAT{number}", f"{number:010}", f"NV/{number}/26"))
            if said not in self._given:
                self._given.add(said)
                return said

    def amount(self) -> int:
        """Amounts as they are: many odd, some round, never small."""
        if self.chance.random() < 0.2:  # noqa: PLR2004 (a share)
            return self.chance.randrange(10, self.most_minor // 5_000) * 5_000
        return self.chance.randrange(5_000, self.most_minor)

    def day(self) -> date:
        """Any day of the period."""
        return FIRST_DAY + timedelta(days=self.chance.randrange(self.days))

    def later(self, day: date, most: int = 3) -> date:
        """Some business days later."""
        for _ in range(self.chance.randrange(most + 1)):
            day += timedelta(days=1)
            while day.weekday() >= _SATURDAY:
                day += timedelta(days=1)
        return day

    def ours(self, **told: object) -> Line:
        """A line of the left side."""
        return self._line("L", told)

    def theirs(self, one: Line, **told: object) -> Line:
        """A line of the right side for one of the left: the same unless told otherwise."""
        same = {
            "amount_minor": one.amount_minor,
            "currency": one.currency,
            "date": self.later(_day(one)),
            "reference": mistakes.restyled(one.reference, self.chance),
            "payer": people.at_bank(one.payer, self.chance) if one.payer else "",
        }
        return self._line("R", same | told)

    def _line(self, side: str, told: dict[str, object]) -> Line:
        same: dict[str, object] = {
            "amount_minor": self.amount(),
            "currency": self.currency,
            "date": self.day(),
            "reference": self.reference(),
            "payer": self.payer(self.chance),
        }
        if side == "R" and "payer" not in told:
            same["payer"] = ""
        return Line(id=self.name(side), **(same | told))  # type: ignore[arg-type]  # columns by name


def _day(line: Line) -> date:
    return line.date.date() if isinstance(line.date, datetime) else line.date


Trap = Callable[[Maker], None]


def exact(maker: Maker) -> None:
    """The same reference and amount, a few days later."""
    one = maker.ours()
    maker.labelled.join("exact", [one], [maker.theirs(one)])


def mistyped(maker: Maker) -> None:
    """One mistake in the reference."""
    one = maker.ours()
    wrong = mistakes.mistyped(one.reference, maker.chance)
    maker.labelled.join("mistyped", [one], [maker.theirs(one, reference=wrong)])


def in_text(maker: Maker) -> None:
    """The reference inside a long text."""
    one = maker.ours()
    text = mistakes.in_text(mistakes.restyled(one.reference, maker.chance), maker.chance)
    maker.labelled.join("in text", [one], [maker.theirs(one, reference=text)])


def cut_text(maker: Maker) -> None:
    """A remittance text that ends before its reference."""
    one = maker.ours()
    text = mistakes.cut(one.reference, maker.chance)
    maker.labelled.join("cut text", [one], [maker.theirs(one, reference=text)])


def no_reference(maker: Maker) -> None:
    """A payer who wrote nothing."""
    one = maker.ours()
    maker.labelled.join("no reference", [one], [maker.theirs(one, reference="")])


def words_only(maker: Maker) -> None:
    """A payer who wrote words, and a bank that gave no name."""
    one = maker.ours()
    words = maker.chance.choice(("PIX", "PAGAMENTO", "SALARY", "TRANSFER", "truck march"))
    maker.labelled.join("words only", [one], [maker.theirs(one, reference=words, payer="")])


def collision(maker: Maker) -> None:
    """Two debtors who owe the same amount in the same days, their references kept."""
    amount, day = maker.amount(), maker.day()
    for _ in range(2):
        one = maker.ours(amount_minor=amount, date=day)
        maker.labelled.join("equal amounts", [one], [maker.theirs(one)])


def blind_collision(maker: Maker) -> None:
    """Debtors who owe the same amount, told apart by payer alone, or one of them by nothing at all."""
    amount, day = maker.amount(), maker.day()
    for _ in range(maker.chance.randrange(2, 4)):
        one = maker.ours(amount_minor=amount, date=day)
        shown = {"payer": ""} if maker.chance.random() < 0.3 else {}  # noqa: PLR2004 (a share)
        maker.labelled.join("equal amounts, blind", [one], [maker.theirs(one, reference="", **shown)])


def wrong_twin(maker: Maker) -> None:
    """One of two equal debts is paid, the other is not; the payment says little."""
    amount, day = maker.amount(), maker.day()
    paid, unpaid = maker.ours(amount_minor=amount, date=day), maker.ours(amount_minor=amount, date=day)
    maker.labelled.left.append(unpaid)
    maker.labelled.join("twin unpaid", [paid], [maker.theirs(paid, reference="")])


def next_invoice(maker: Maker) -> None:
    """Invoices of one payer in a row, equal amounts, one digit apart; the first was never paid."""
    number, day, payer, amount = maker.chance.randrange(10**6, 10**7), maker.day(), maker.payer(maker.chance), 0
    amount = maker.amount()
    lines = [
        maker.ours(reference=f"SER-{number + n}", amount_minor=amount, date=day, payer=payer)
        for n in range(maker.chance.randrange(2, 5))
    ]
    maker.labelled.left.append(lines[0])
    for one in lines[1:]:
        maker.labelled.join("series", [one], [maker.theirs(one)])


def standing_order(maker: Maker) -> None:
    """The same reference, payer and amount every month; a month may be missing."""
    payer, amount, reference = (
        maker.payer(maker.chance),
        maker.amount(),
        f"CONTRACT {maker.chance.randrange(10**5, 10**6)}",
    )
    start = FIRST_DAY + timedelta(days=maker.chance.randrange(28))
    for month in range(maker.days // 30 + 1):
        one = maker.ours(reference=reference, payer=payer, amount_minor=amount, date=start + timedelta(days=30 * month))
        if maker.chance.random() < 0.12:  # noqa: PLR2004 (a share)
            maker.labelled.left.append(one)
        else:
            maker.labelled.join("standing order", [one], [maker.theirs(one, reference=reference)])


def fee_stated(maker: Maker) -> None:
    """Paid out less a fee that the platform's line states."""
    one = maker.ours()
    one.fee_minor = max(1, one.amount_minor * maker.chance.randrange(150, 500) // 10_000)
    net = one.amount_minor - one.fee_minor
    fee = maker.chance.choice((0, one.fee_minor))
    maker.labelled.join("fee stated", [one], [maker.theirs(one, amount_minor=net, fee_minor=fee)])


def fee_unknown(maker: Maker) -> None:
    """Short by a bank's charge that nobody states."""
    one = maker.ours()
    short = one.amount_minor - maker.chance.choice((1_500, 2_500, max(1, one.amount_minor // 100)))
    maker.labelled.join("fee unknown", [one], [maker.theirs(one, amount_minor=short)])


def split_payment(maker: Maker) -> None:
    """One debt paid in parts, each naming it."""
    one = maker.ours()
    parts = _parts(one.amount_minor, maker.chance.randrange(2, 4), maker.chance)
    maker.labelled.join("paid in parts", [one], [maker.theirs(one, amount_minor=part) for part in parts])


def split_unnamed(maker: Maker) -> None:
    """One debt paid in parts, the payer alone known."""
    one = maker.ours()
    parts = _parts(one.amount_minor, 2, maker.chance)
    lines = [maker.theirs(one, amount_minor=part, reference="") for part in parts]
    maker.labelled.join("parts without reference", [one], lines)


def part_payment(maker: Maker) -> None:
    """A part of a debt, the rest still owed."""
    one = maker.ours()
    part = one.amount_minor * maker.chance.randrange(30, 90) // 100
    maker.labelled.join("part payment", [one], [maker.theirs(one, amount_minor=part)])


def sum_listed(maker: Maker) -> None:
    """Several debts of a payer in one payment that lists them."""
    lines = _of_one_payer(maker, maker.chance.randrange(2, 5))
    text = maker.chance.choice((", ", " ", " + ", ";")).join(one.reference for one in lines)
    _paid_at_once(maker, "sum listed", lines, text)


def sum_unnamed(maker: Maker) -> None:
    """Several debts of a payer in one payment that names none."""
    _paid_at_once(maker, "sum without reference", _of_one_payer(maker, maker.chance.randrange(2, 5)), "")


def deposit(maker: Maker) -> None:
    """Receipts of a day that a branch deposits in one sum, without any name."""
    day = maker.day()
    lines = [maker.ours(date=day) for _ in range(maker.chance.randrange(2, 6))]
    total = sum(one.amount_minor for one in lines)
    one = maker.theirs(lines[0], amount_minor=total, reference="DEPOSIT", payer="", date=maker.later(day, 1))
    maker.labelled.join("deposit", lines, [one])


def several_for_several(maker: Maker) -> None:
    """A payer's debts settled by payments that are cut another way."""
    lines = _of_one_payer(maker, maker.chance.randrange(2, 4))
    total = sum(one.amount_minor for one in lines)
    parts = _parts(total, len(lines), maker.chance)
    paid = [
        maker.theirs(lines[0], amount_minor=part, reference="", date=maker.later(_day(lines[-1]))) for part in parts
    ]
    maker.labelled.join("several for several", lines, paid)


def _of_one_payer(maker: Maker, count: int) -> list[Line]:
    payer, day = maker.payer(maker.chance), maker.day()
    return [maker.ours(payer=payer, date=day - timedelta(days=maker.chance.randrange(3))) for _ in range(count)]


def _paid_at_once(maker: Maker, trap: str, lines: list[Line], text: str) -> None:
    total = sum(one.amount_minor for one in lines)
    last = max(_day(one) for one in lines)
    paid = maker.theirs(lines[0], amount_minor=total, reference=text, date=maker.later(last))
    maker.labelled.join(trap, lines, [paid])


def _parts(total: int, count: int, chance: random.Random) -> list[int]:
    cuts = sorted(chance.sample(range(total // 10, total - total // 10), count - 1))
    return [stop - start for start, stop in zip([0, *cuts], [*cuts, total], strict=True)]


def payout(maker: Maker) -> None:
    """A platform's payout: payments less fees, refunds and chargebacks inside, in one bank line."""
    chance, day = maker.chance, maker.day()
    label = f"PO-{chance.randrange(10**7):07}"
    lines = []
    for _ in range(chance.randrange(3, 30)):
        one = maker.ours(date=day - timedelta(days=chance.randrange(3)), batch_id=label, kind="payment")
        one.fee_minor = one.amount_minor * 29 // 1000 + 30
        lines.append(one)
    for paid in chance.sample(lines, min(len(lines), chance.randrange(3))):
        kind = chance.choice(("refund", "chargeback"))
        back = paid.amount_minor if kind == "chargeback" else paid.amount_minor // chance.choice((1, 2))
        lines.append(replace(paid, id=maker.name("L"), amount_minor=-back, fee_minor=0, kind=kind))
    total = sum(one.amount_minor - one.fee_minor for one in lines)
    told: dict[str, object] = {"reference": f"{maker.platform} PAYOUT", "batch_id": ""}
    if maker.batches_named:
        told = chance.choice(
            ({"reference": label}, {"reference": f"{maker.platform} {label} SETTLEMENT"}, {"batch_id": label})
        )
    bank = maker.theirs(lines[0], amount_minor=total, payer=maker.platform, date=maker.later(day), **told)
    maker.labelled.join("payout" if maker.batches_named else "payout unnamed", lines, [bank])


def payout_abroad(maker: Maker) -> None:
    """A payout that the platform converted on its way."""
    chance, day = maker.chance, maker.day()
    label, currency = f"PX-{chance.randrange(10**7):07}", chance.choice(sorted(_RATES))
    lines = [maker.ours(date=day, batch_id=label, kind="payment") for _ in range(chance.randrange(2, 9))]
    rate = _RATES[currency] * (1 + Decimal(chance.randrange(-20, 20)) / 10_000)
    total = int(sum(one.amount_minor for one in lines) / rate)
    bank = maker.theirs(lines[0], amount_minor=total, currency=currency, reference=label, payer=maker.platform)
    maker.labelled.join("payout converted", lines, [bank])


def converted(maker: Maker) -> None:
    """A payment that arrives in another currency."""
    one, currency = maker.ours(), maker.chance.choice(sorted(_RATES))
    rate = _RATES[currency] * (1 + Decimal(maker.chance.randrange(-20, 20)) / 10_000)
    paid = maker.theirs(one, currency=currency, amount_minor=int(one.amount_minor / rate))
    maker.labelled.join("converted", [one], [paid])


def wrong_currency(maker: Maker) -> None:
    """Two strangers with the same figure in two currencies: nothing belongs together."""
    one = maker.ours()
    maker.labelled.left.append(one)
    maker.labelled.right.append(
        maker.theirs(one, currency="USD", reference=maker.reference(), payer=maker.payer(maker.chance))
    )


def repeated_lines(maker: Maker) -> None:
    """A file that was loaded twice: the same line with the same id again."""
    one = maker.ours()
    paid = maker.theirs(one)
    maker.labelled.join("file twice", [one], [paid])
    maker.labelled.right.append(replace(paid))


def paid_twice(maker: Maker) -> None:
    """A debtor who pays the same debt twice: one of the payments is it, which one nobody can say."""
    one = maker.ours()
    paid = maker.theirs(one)
    maker.labelled.left.append(one)
    maker.labelled.right += [paid, replace(paid, id=maker.name("R"))]


def late_chargeback(maker: Maker) -> None:
    """A payment that is taken back weeks later: on both sides, or on one only."""
    one = maker.ours(kind="payment")
    maker.labelled.join("exact", [one], [maker.theirs(one, kind="payment")])
    day = _day(one) + timedelta(days=maker.chance.randrange(20, 45))
    back = replace(one, id=maker.name("L"), amount_minor=-one.amount_minor, date=day, kind="chargeback")
    if maker.chance.random() < 0.3:  # noqa: PLR2004 (a share)
        maker.labelled.left.append(back)
    else:
        maker.labelled.join(
            "chargeback", [back], [maker.theirs(back, kind=maker.chance.choice(("chargeback", "return")))]
        )


def night_shift(maker: Maker) -> None:
    """Paid in the evening, told in UTC of the next day or of the month after."""
    chance = maker.chance
    moment = datetime(2026, 1, 31, 23, chance.randrange(60), tzinfo=timezone(timedelta(hours=-3)))
    moment += timedelta(days=chance.choice((0, 28, 59)))
    one = maker.ours(date=moment)
    maker.labelled.join(
        "night shift",
        [one],
        [maker.theirs(one, date=moment.astimezone(UTC), reference=chance.choice((one.reference, "")))],
    )


def noise_left(maker: Maker) -> None:
    """A line that the other side does not know."""
    maker.labelled.left.append(maker.ours())


def noise_right(maker: Maker) -> None:
    """A bank line of somebody else."""
    one = maker.ours()
    maker.labelled.right.append(maker.theirs(one))
