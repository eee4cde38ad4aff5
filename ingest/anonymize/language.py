"""The language a visitor's browser asks for first."""

import re
from functools import lru_cache

from ingest.store.dimensions import NONE, UNKNOWN

_FIRST_SUBTAG = re.compile(r"\s*([A-Za-z]{2,3})(?![A-Za-z0-9])")
_LONGEST = 100
"""Characters looked at; the first tag is among them."""

_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy "
    "da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu "
    "hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb "
    "lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om "
    "or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw "
    "ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_ISO_639_1 = frozenset(_CODES.split())

_RENAMED = {
    "in": "id",
    "iw": "he",
    "ji": "yi",
    "jw": "jv",
    "mo": "ro",
    "sh": "sr",
    "arb": "ar",
    "ckb": "ku",
    "cmn": "zh",
    "fil": "tl",
    "gsw": "de",
    "kmr": "ku",
    "yue": "zh",
}
"""Withdrawn codes, and three-letter codes that browsers send, as their ISO 639-1 language."""


def language(accept_language: str) -> str:
    """Return the ISO 639-1 code of the first tag in an Accept-Language header.

    `(none)` if nothing was sent, `(unknown)` if the first tag is no language of the list. What
    follows the primary subtag (the region, other languages, weights) is not looked at.
    """
    return _language(accept_language[:_LONGEST])


@lru_cache(maxsize=4096)
def _language(accept_language: str) -> str:
    if not accept_language.strip():
        return NONE
    first = _FIRST_SUBTAG.match(accept_language)
    if first is None:
        return UNKNOWN
    code = first[1].lower()
    code = _RENAMED.get(code, code)
    return code if code in _ISO_639_1 else UNKNOWN
