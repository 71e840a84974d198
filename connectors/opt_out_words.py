"""The words by which people opt out of texts: those of the countries' folders, and what is customary in a language.

English: 47 CFR 64.1200(a)(10) (United States, since 2025-04-11) lists stop, quit, end, revoke, opt out, cancel and
unsubscribe; people everywhere know them. Confidence: verified. The other lists are custom, stated by no law that was
read. Left out are words that mean other things when they stand alone without their accents (Vietnamese "dung").
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from connectors import registry
from connectors.wording.catalogs import subtags
from domain.opt_outs import Meaning, meaning, plain

CUSTOMARY: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("STOP", "STOPALL", "STOP ALL", "QUIT", "END", "REVOKE", "OPT OUT", "OPTOUT", "CANCEL", "UNSUBSCRIBE"),
    "ar": ("إيقاف", "أوقف", "توقف", "قف", "إلغاء", "إلغاء الاشتراك", "ستوب"),
    "es": ("BAJA", "DAR DE BAJA", "SALIR", "ALTO", "PARAR", "DETENER", "CANCELAR", "NO MÁS", "STOP"),
    "fil": ("TIGIL", "ITIGIL", "IHINTO", "HINTO", "STOP"),
    "id": ("STOP", "BERHENTI", "HENTIKAN", "BATAL", "UNREG"),
    "km": ("ឈប់", "បញ្ឈប់", "បោះបង់"),
    "ms": ("HENTI", "BERHENTI", "HENTIKAN", "BATAL"),
    "pt": ("SAIR", "PARAR", "PARE", "CANCELAR", "REMOVER", "DESCADASTRAR", "STOP"),
    "th": ("หยุด", "หยุดส่ง", "ยกเลิก", "เลิก"),
    "tr": ("RET", "DUR", "DURDUR", "İPTAL", "ÇIKIŞ"),
    "vi": ("TC", "TỪ CHỐI", "NGỪNG", "STOP"),
    "zh": ("停止", "退订", "取消", "拒收", "TD"),
}


@lru_cache(maxsize=256)
def words_for(countries: frozenset[str], languages: frozenset[str]) -> frozenset[str]:
    """Every word of these countries' folders and of the customary ones in their languages and these, as compared."""
    listed = [registry.country(code).conduct.opt_out_words for code in countries]
    spoken = {subtags(locale)[0] for words in listed for locale in words} | languages | {"en"}
    stated = [word for words in listed for some in words.values() for word in some]
    customary = [word for language in spoken for word in CUSTOMARY.get(language, ())]
    return frozenset(plain(word) for word in (*stated, *customary))


def understood(text: str, *, countries: frozenset[str], locales: frozenset[str]) -> Meaning:
    """What a text asks for that came from a number of people in these countries, who read these locales."""
    return meaning(text, words_for(countries, frozenset(subtags(locale)[0] for locale in locales)))
