"""When a debtor in Brazil may be contacted: no federal hours, but laws of states, and the house's own limits.

The consumer code (Lei 8.078/1990, arts. 42 and 71) forbids to ridicule, threaten or disturb rest, and names no hour.
State laws speak of calls; the house keeps the same hours for digital messages. Where a law's day of effect was not in
the source read, the first day of its year of publication stands. Amazonas has two laws; the stricter wins hour by hour.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_rules import (
    DIGITAL,
    HOUSE_SINCE,
    daily_house_cap,
    house_rules,
    no_third_parties,
)
from domain.contact_law import CLOSED_WEEK, SILENT_WEEK, ContactRule, Forbidden, Hours, RegistryBlock, Scope, Week, week
from domain.contacts import Channel, Confidence

_CALLS: Final = frozenset({Channel.PHONE})
_STATES_WITH_LAW: Final = frozenset({"BR-AL", "BR-AM", "BR-ES", "BR-RJ", "BR-SP"})
_EIGHT_TO_EIGHT: Final = week("08:00-20:00", saturday="08:00-14:00")


def _hours(
    *,
    state: str,
    hours: Week,
    text: str,
    source: str,
    confidence: Confidence,
    since: date,
    channels: frozenset[Channel] = _CALLS,
    name: str = "hours",
    unknown_place: bool = True,
) -> tuple[ContactRule, ContactRule]:
    """A state's law on the channels that it speaks of, and the house keeping the same hours on digital ones."""
    prefix, place = f"br.{state[3:].lower()}", frozenset({state})
    law = ContactRule(
        id=f"{prefix}.{name}",
        text=text,
        kind=Hours(week=hours, holiday=()),
        scope=Scope(subdivisions=place, channels=channels, binds_unknown_place=unknown_place),
        source=source,
        confidence=confidence,
        effective_from=since,
    )
    digital = ContactRule(
        id=f"{prefix}.message_{name}",
        text="Digital messages keep the hours that the state sets for calls.",
        kind=Hours(week=hours, holiday=()),
        scope=Scope(subdivisions=place, channels=DIGITAL - channels, binds_unknown_place=unknown_place),
        source=f"house policy, after {source}",
        confidence=Confidence.POLICY,
        effective_from=max(since, HOUSE_SINCE),
    )
    return law, digital


_STATE_LAWS: Final = (
    *_hours(
        state="BR-SP",
        hours=_EIGHT_TO_EIGHT,
        text="Calls Monday to Friday 08:00-20:00 and Saturday 08:00-14:00, none on holidays; Sunday is not listed.",
        source="Lei estadual SP 15.426/2014, art. 2 (Diário Oficial, 2014-05-23)",
        confidence=Confidence.VERIFIED,
        since=date(2014, 5, 23),
    ),
    *_hours(
        state="BR-RJ",
        hours=week("09:00-19:00"),
        text="Calls on business days 09:00-19:00 only.",
        source="Lei estadual RJ 6.854/2014, art. 3 §4, as amended by Lei 7.868 of 2018-03-01 (normasbrasil.com.br)",
        confidence=Confidence.VERIFIED,
        since=date(2018, 3, 1),
    ),
    *_hours(
        state="BR-ES",
        hours=week("08:00-19:00"),
        text="Calls Monday to Friday 08:00-19:00; none on Saturday, Sunday or holidays.",
        source="Lei estadual ES 10.626/2017, as tabled at efic.com.br; the law's text is to be read",
        confidence=Confidence.SECONDARY,
        since=date(2017, 1, 1),
    ),
    *_hours(
        state="BR-AM",
        hours=week("00:00-19:00"),
        text="Calls Monday to Friday until 19:00; none on Saturday, Sunday or holidays.",
        source="Lei AM 306/2016, as tabled at efic.com.br (an account of ADI 6.110 at pautanoponto.info gives the same "
        "hours as Lei 360/2016); the law's text is to be read",
        confidence=Confidence.SECONDARY,
        since=date(2016, 1, 1),
    ),
    *_hours(
        state="BR-AM",
        name="commercial_hours",
        hours=week("08:00-18:00", saturday="08:00-14:00"),
        text="Calls in commercial hours only: Monday to Friday 08:00-18:00, Saturday 08:00-14:00; none on holidays.",
        source="Lei AM 4.644/2018, upheld by the Supreme Court in ADI 6.087 on 2019-08-21 (migalhas.com.br 309436, "
        "stf.jusbrasil.com.br); the hours as told at amnews.com.br; the law's text is to be read",
        confidence=Confidence.SECONDARY,
        since=date(2018, 1, 1),
        # Where state and zone are unknown a contact keeps the hours of every zone: in Amazonas it is before 18:00 then.
        # A zone that is stated without its state does not say that: whoever knows the zone states the state.
        unknown_place=False,
    ),
    *_hours(
        state="BR-AL",
        hours=_EIGHT_TO_EIGHT,
        text="Calls and text messages Monday to Friday 08:00-20:00 and Saturday 08:00-14:00; none on holidays.",
        source="Lei estadual AL 7.782/2016 (7segundos.com.br)",
        confidence=Confidence.VERIFIED,
        since=date(2016, 1, 1),
        channels=frozenset({Channel.PHONE, Channel.SMS}),
    ),
)

_HOUSE_HOURS: Final = (
    ContactRule(
        id="br.am.opening",
        text="In Amazonas nothing before 08:00, whatever the laws on the end of the day are read to say.",
        kind=Hours(week=week("08:00-24:00", saturday="08:00-24:00", sunday="08:00-24:00")),
        scope=Scope(subdivisions=frozenset({"BR-AM"}), channels=_CALLS | DIGITAL),
        source="house policy: the start of the day is not in the source read on Lei AM 306/2016",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="br.default.hours",
        text="In states without a law of their own: Monday to Friday 08:00-20:00, Saturday 08:00-14:00, no holidays.",
        kind=Hours(week=_EIGHT_TO_EIGHT, holiday=()),
        scope=Scope(except_subdivisions=_STATES_WITH_LAW, channels=_CALLS | DIGITAL),
        source="house policy: the practice of São Paulo is followed (recommended at guedert.adv.br)",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="br.optional_holidays",
        text="Nothing on Carnival, Ash Wednesday and Corpus Christi, which are days off by custom.",
        kind=Hours(week=SILENT_WEEK, special=(("optional_holiday", CLOSED_WEEK),)),
        source="house policy: these days are optional, not national holidays (Lei 662/1949)",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
)

_BANS: Final = (
    ContactRule(
        id="br.sp.nao_me_ligue",
        text="A line that has been on the register Não Me Ligue for 30 days receives no collection calls, texts or "
        "messages of other apps.",
        kind=RegistryBlock("nao_me_ligue"),
        # The register holds lines of São Paulo (area codes 11 to 19), wherever the debtor now lives.
        scope=Scope(channels=frozenset({Channel.PHONE, Channel.SMS, Channel.WHATSAPP})),
        source="Lei estadual SP 17.334/2021, extending Lei 13.226/2008 to collection, in force from 2021-03-10 "
        "(g1.globo.com 2021-03-17; tvcenario.com 2021-03-19; macmagazine.com.br 2021-03-16)",
        confidence=Confidence.VERIFIED,
        effective_from=date(2021, 3, 10),
    ),
    ContactRule(
        id="br.sp.nao_me_ligue_app",
        text="Whoever is on the register Não Me Ligue is not reached through an app either.",
        kind=RegistryBlock("nao_me_ligue"),
        scope=Scope(channels=frozenset({Channel.APP})),
        source="house policy: the law names messages of apps, and an app of the lender's own is taken to be one",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="br.visits",
        text="Nobody visits a debtor's home or work.",
        kind=Forbidden(),
        scope=Scope(channels=frozenset({Channel.VISIT})),
        source="house policy: a visit risks exposing the debtor, Lei 8.078/1990 arts. 42 and 71",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    no_third_parties(
        "br",
        source="Lei 8.078/1990 arts. 42 and 71 as the courts read them; case-law to be cited",
        confidence=Confidence.UNVERIFIED,
        since=date(1991, 3, 11),
    ),
)

RULES: Final = (*_STATE_LAWS, *_HOUSE_HOURS, *_BANS, daily_house_cap("br"), *house_rules("br"))
