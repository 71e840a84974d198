"""The voice of one notice: its words, its locale's way of writing, and the facts it speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from gettext import NullTranslations
from typing import Final

from connectors.wording import bidi, formatting
from connectors.wording.catalogs import babel_locale, canonical, chain, nearest, subtags, translations
from connectors.wording.languages import direction
from connectors.wording.layout import Rows, Sentence, Value
from domain.conduct import Conduct
from domain.countries import Country
from domain.errors import Invalid
from domain.money import Money
from domain.notices import NoticeFacts

DOMAIN: Final = "notices"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whoever writes one notice: ``words`` in ``locale``, to a debtor in ``country``, about ``facts``."""

    words: NullTranslations
    locale: str
    country: Country
    facts: NoticeFacts
    creditor_address: str | None
    today: date
    subdivision: str | None = None
    brief: bool = False  # letters are counted: dates stand in figures

    @property
    def conduct(self) -> Conduct:
        """What the country makes a notice state, and what its networks let through."""
        return self.country.conduct

    @property
    def rtl(self) -> bool:
        """Whether the notice runs from right to left."""
        return direction(self.locale) == "rtl"

    @property
    def language(self) -> str:
        """The language without its region."""
        return babel_locale(self.locale).language

    @property
    def at_home(self) -> str:
        """The locale's way of writing where the debtor lives."""
        return formatting.at_home(self.locale, self.country.code)

    @property
    def digits(self) -> str:
        """The digits that letters use where the debtor lives."""
        return formatting.digits_at_home(self.locale, self.country)

    def amount(self, amount: Money) -> Value:
        """An amount as a letter writes it."""
        decimals = self.country.shown_decimals.get(amount.currency)
        return Value(formatting.money_in_letter(amount, self.at_home, digits=self.digits, decimals=decimals))

    def day(self, day: date) -> Value:
        """A date with its month in words; Thai years are of the Buddhist era, Saudi letters add the Hijri date."""
        buddhist = self.language == "th"
        if self.brief:
            short = formatting.date_short(day, self.at_home, buddhist_era=buddhist)
            return Value(formatting.with_digits(bidi.without_controls(short), self.digits))
        text = formatting.date_long(day, self.at_home, buddhist_era=buddhist)
        if self.language == "ar" and self.country.hijri_dates:
            text = f"{text}م الموافق {formatting.hijri_date(day)}"
        return Value(formatting.with_digits(text, self.digits), "words")

    def days(self, count: int) -> Value:
        """A number of days."""
        words = self.words.ngettext("{count} day", "{count} days", count)
        return Value(words.format(count=self.number(count)), "words")

    def number(self, count: int) -> str:
        """A count in the digits of the letter."""
        return formatting.number(count, self.locale, digits=self.digits)

    def instalments(self, count: int) -> Value:
        """A number of instalments, which an ijara calls rentals."""
        if self.facts.product == "ijara":
            words = self.words.ngettext("{count} rental", "{count} rentals", count)
        else:
            words = self.words.ngettext("{count} instalment", "{count} instalments", count)
        return Value(words.format(count=self.number(count)), "words")

    def rows(self, *rows: tuple[str, Value]) -> Rows:
        """Labels and values, one a line."""
        return Rows(self.words.gettext("{label}: {value}"), rows)

    def label(self, msgid: str) -> str:
        """A payment line's label; a country's own label may stay English unless law demands the language."""
        try:
            return self.words.gettext(msgid)
        except Invalid:
            if self.country.required_locales:
                raise
            return msgid

    def contact(self) -> Value:
        """Where the creditor is reached."""
        return Value(formatting.name(self.facts.creditor_contact))

    def creditor(self) -> Value:
        """The creditor's name."""
        return Value(formatting.name(self.facts.creditor_name), "name")

    def contract(self) -> Value:
        """The contract's number."""
        return Value(formatting.name(self.facts.contract))

    def about_contract(self, words: str) -> Sentence:
        """A sentence that names creditor and contract, whichever of the two its language wants."""
        return Sentence(words, {"creditor": self.creditor(), "contract": self.contract()})


def lawful_locale(*, preferred: str, required_locales: tuple[str, ...]) -> str:
    """The locale to write in: what the debtor prefers, unless law demands a language and that is not it."""
    if not required_locales or _satisfies(preferred, required_locales):
        return preferred
    return required_locales[0]


def speaker_for(
    *,
    locale: str,
    country: Country,
    facts: NoticeFacts,
    creditor_address: str | None,
    today: date,
    subdivision: str | None = None,
    brief: bool = False,
) -> Speaker:
    """The voice for a locale; without a catalog it is English, if no law demands a language."""
    required_locales = country.required_locales
    own = nearest(locale, DOMAIN)
    if required_locales and (own is None or not _satisfies(locale, required_locales)):
        raise Invalid(
            "locale_required",
            f"Law demands a notice in {' or '.join(required_locales)}; {locale} cannot stand in for it.",
            fix="Ask for the demanded language and see that its catalog is complete.",
            country=country.code,
        )
    spoken = "_".join(part for part in subtags(locale) if part) if own else "en"
    return Speaker(
        words=translations(spoken, DOMAIN, strict=True),
        locale=spoken,
        country=country,
        facts=facts,
        creditor_address=creditor_address,
        today=today,
        subdivision=subdivision,
        brief=brief,
    )


def _satisfies(locale: str, required_locales: tuple[str, ...]) -> bool:
    """Whether a locale is one of the demanded languages, by region or without: ``ar_SA`` for ``ar`` and back."""
    return any(_near(locale, required) or _near(required, locale) for required in required_locales)


def _near(locale: str, ancestor: str) -> bool:
    same_language = subtags(locale)[0] == subtags(ancestor)[0]
    return same_language and canonical(ancestor) in {canonical(link) for link in chain(locale)}
