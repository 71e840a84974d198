"""Groups written as JSON text at once: the text around a reason's values is made once for each code.

What comes out is what ``json.dumps(group_document(group), ensure_ascii=False)`` writes, in a third of the time.
"""

from __future__ import annotations

import json
import re
from functools import cache
from json.encoder import encode_basestring
from typing import Final

from domain.matching.outcome import Group
from domain.matching.reasons import SENTENCES, Reason

_PLACE: Final = re.compile(r"\{(\w+)\}")
_LISTED: Final = "several_sets"  # its values are more than its names


def group_text(group: Group) -> str:
    """One group as a JSON object."""
    left, right = ", ".join(map(encode_basestring, group.left)), ", ".join(map(encode_basestring, group.right))
    reasons = ", ".join([reason_text(reason) for reason in group.reasons])
    return (
        f'{{"left_ids": [{left}], "right_ids": [{right}], "status": "{group.status.value}", '
        f'"stage": "{group.stage.value}", "score": {group.score}, "reasons": [{reasons}]}}'
    )


def reason_text(reason: Reason) -> str:
    """One reason as a JSON object."""
    if reason.code == _LISTED:
        return json.dumps(reason.document(), ensure_ascii=False)
    text, places = _frame(reason.code)
    if not places:
        return text
    bare, quoted = [], []
    for value in reason.values:
        if isinstance(value, str):
            inside = encode_basestring(value)
            bare.append(inside[1:-1])
            quoted.append(inside)
        else:
            bare.append(str(value))
            quoted.append(bare[-1])
    both = bare + quoted
    return text % tuple([both[place] for place in places])


@cache
def _frame(code: str) -> tuple[str, tuple[int, ...]]:
    """The text of a code with gaps, and which value fills each: in the sentence bare, among the values as JSON."""
    names, sentence = SENTENCES[code]
    places = [names.index(found[1]) for found in _PLACE.finditer(sentence)] if names else []
    said = json.dumps(sentence, ensure_ascii=False).replace("%", "%%")
    said = _PLACE.sub("%s", said) if names else said
    values = ", ".join(f"{json.dumps(name)}: %s" for name in names)
    text = f'{{"code": "{code}", "sentence": {said}, "values": {{{values}}}}}'
    places += [len(names) + place for place in range(len(names))]
    return (text if names else text.replace("%%", "%")), tuple(places)
