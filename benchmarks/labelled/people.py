"""Payers who are written differently by the book and by the bank: aliases, scripts, initials, cut names."""

from __future__ import annotations

import random

# The book's writing first; what banks made of it after it.
_SCRIPTS = (
    ("José Antonio Pérez", "PEREZ JOSE ANTONIO", "JOSE A PEREZ"),
    ("محمد الراشد", "MOHAMMED AL RASHID", "Mohamed Alrashid"),
    ("فاطمة حسن", "FATIMA HASSAN", "Fatma Hasan"),
    ("สมชาย ใจดี", "SOMCHAI JAIDEE", "Mr. Somchai Jaidee"),
    ("Иван Петров", "IVAN PETROV", "Petrov I."),
    ("王小明", "WANG XIAOMING", "Xiaoming Wang"),
    ("Nguyễn Văn An", "NGUYEN VAN AN", "VAN AN NGUYEN"),
    ("João da Conceição Araújo", "JOAO CONCEICAO ARAUJO", "J C ARAUJO"),
    ("Şükrü Öztürk", "SUKRU OZTURK", "OZTURK SUKRU"),
)
_FIRST = (
    *("ANA", "LUIS", "CARLOS", "MARIA", "PEDRO", "RENATA", "KARIM", "AISHA", "SITI", "BUDI"),
    *("ELENA", "MARCO", "CHIARA", "DIEGO", "PAULA", "HUGO", "IRENE", "OMAR", "LAYLA", "RAJ"),
)
_LAST = (
    *("SILVA", "COSTA", "MENDES", "ROCHA", "FUENTES", "CASTRO", "IBARRA", "SANTOSO", "WIJAYA", "KAPOOR"),
    *("TEIXEIRA", "NAVARRO", "OLIVEIRA", "MARTINS", "QUIROGA", "VALDEZ", "HADDAD", "NASSER", "REYES", "TAN"),
)
_FORMS = ("LTDA", "S.A.", "SAS", "PT", "GMBH", "LLC")
_LONGEST_AT_BANKS = 18


def person(chance: random.Random) -> str:
    """A name as the book writes it."""
    if chance.random() < 0.15:  # noqa: PLR2004 (a share)
        return chance.choice(_SCRIPTS)[0]
    middle = f" {chance.choice(_LAST)}" if chance.random() < 0.5 else ""  # noqa: PLR2004 (a share)
    return f"{chance.choice(_FIRST)}{middle} {chance.choice(_LAST)}"


def company(chance: random.Random) -> str:
    """A firm as the book writes it."""
    return f"{chance.choice(_LAST).title()} & {chance.choice(_LAST).title()} Motors {chance.choice(_FORMS)}"


def at_bank(name: str, chance: random.Random) -> str:
    """The same payer as a bank may write it."""
    for writings in _SCRIPTS:
        if name == writings[0]:
            return chance.choice(writings[1:])
    words = name.upper().replace("&", "AND").split()
    way = chance.randrange(5)
    if way == 0:
        return " ".join(words)
    if way == 1:
        return " ".join((*words[-1:], *words[:-1]))
    if way == 2:  # noqa: PLR2004 (one of the ways)
        return " ".join((words[0][0], *words[1:])) if words[0].isalpha() else " ".join(words)
    if way == 3:  # noqa: PLR2004 (one of the ways)
        return " ".join(words)[:_LONGEST_AT_BANKS].rstrip()
    return f"{words[0].title()} {words[-1].title()}"
