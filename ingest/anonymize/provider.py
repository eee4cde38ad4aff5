"""The network operator's name as people know it, made from the name it is registered under.

The rule, in full: what a registry puts before the name (`GENSAZ-ASN1 - GENS ARIZONA LLC`) goes;
then words of a closed list of legal forms go from the end (`Deutsche Telekom AG`, `T-Mobile Polska
S.A.`) and from the front (`PT Telkomsel`, `PJSC "MegaFon"`) as long as a word is left. Quotes and
the punctuation left over go too. Nothing is guessed: letters keep their case, no name is looked up
or translated, so `Uninet` stays `Uninet`, although people know it as Telmex.
"""

import re

_HANDLE = re.compile(r"^(?:AS\d+|[A-Z0-9]+(?:-[A-Z0-9]+)+) - (?=\S)")
_TOLD_TWICE = re.compile(r"^(.+) - \1$")
_PUNCTUATION = str.maketrans("", "", ".,;()/&-\"'`\u00ad")
_EDGES = " ,;-"

# In this order: English; German, Dutch, Nordic, Baltic; Romance; Central and Eastern European;
# Turkish, Malaysian, Indonesian.
_LEGAL_FORMS = """
    inc incorporated llc llp lp ltd limited plc corp corporation co coltd coinc clg
    pty pvt pte private
    ag gmbh mbh ug se kg kgaa ohg cokg coohg ev bv nv cv ab as asa aps oy oyj ou uab sia
    sa sas sasu sarl snc spa srl srls sau sl slu slp sab sac saa sadecv ltda limitada eireli epp
    me lda ca esp de
    sp spzoo spolka akcyjna z zoo oo spk sro kft zrt nyrt doo dd ad ead ood eood shpk
    jsc ojsc cjsc pjsc pjs ooo oao zao pao
    anonim sirketi sti sdn bhd tbk
"""
_FORMS_IN_FRONT = "pt jsc ojsc cjsc pjsc ooo oao zao pao llc uab sia"
_TAILS = frozenset(_LEGAL_FORMS.split()) | {""}
_HEADS = frozenset(_FORMS_IN_FRONT.split())


def name_provider(organization: str) -> str:
    """Return the operator's name without registry handle, legal form and leftover punctuation."""
    told = _TOLD_TWICE.sub(r"\1", _HANDLE.sub("", organization.strip()))
    words = told.replace('"', " ").split()
    while len(words) > 1 and _plain(words[-1]) in _TAILS:
        words.pop()
    while len(words) > 1 and _plain(words[0]) in _HEADS:
        words.pop(0)
    return " ".join(words).strip(_EDGES) or organization


def _plain(word: str) -> str:
    return word.translate(_PUNCTUATION).casefold()
