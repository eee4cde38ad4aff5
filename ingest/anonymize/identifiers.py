"""What in a text looks like a person or a token, and what stands in its place.

Doubt goes against the text: a page that loses its name to `:id` costs less than a person who
keeps theirs. These stay:

- words in any script, and slugs of words with short numbers ("iphone-15-pro");
- numbers of up to five digits ("/archives/12345"). Six digits count a million customers; with
  separators between them, as in a phone number, seven make a number of somebody;
- years, months, days and ranges of years from 1900 to 2099 ("2024", "20241231", "2024-05-12").
"""

import re
import string
from collections.abc import Callable

ID = ":id"
EMAIL = ":email"

_EMAIL = re.compile(r"[^\s@]@[^\s@]")
"""Anything on both sides of an @; an @ in front, as in "/@jane", names a public page."""

_STRUCTURED = re.compile(
    r"""
    (?<![0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])   # UUID
    | (?-i:eyJ)[\w.~+=-]{8,}                                             # JWT: base64 of '{"'
    | (?:[0-9a-f]{2}-){5}[0-9a-f]{2}                                     # MAC address
    | (?<![0-9.])(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d)                       # IPv4 address
    """,
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)

_COLONS = re.compile(
    r"(?<![0-9a-f:])[0-9a-f]*(?::[0-9a-f]*){2,}(?:\.\d{1,3}){0,3}", re.IGNORECASE | re.ASCII
)
_SHORT_IPV6 = re.compile(r"[23f][0-9a-f]{3}::", re.IGNORECASE)
_FEWEST_COLONS = 3
"""In an IPv6 or MAC address; a time of day has two."""

_IBAN = re.compile(r"(?=([A-Z]{2}\d{2}(?:[ ._+-]?[0-9A-Z]){11,30}))", re.IGNORECASE | re.ASCII)
"""Looked for at every place: what is none can hide the beginning of one."""
_IBANS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 "
    "DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 "
    "IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 "
    "MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 "
    "SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
)
_IBAN_LENGTHS = {entry[:2]: int(entry[2:]) for entry in _IBANS.split()}
"""Characters of a country's IBAN, after the registry that SWIFT keeps for ISO 13616."""

_NUMBER = re.compile(r"[+(]?\d+(?:[\W_]{1,3}\d+)*")
_LONG_DIGITS = re.compile(r"\d{6,}")
_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_DATE = re.compile(
    rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?"  # 202412, 20241231
    rf"|{_YEAR}(?:[\W_]{_MONTH}(?:[\W_]{_DAY}(?:[\W_]\d\d?){{0,2}})?)?"  # 2024-12-31, and a time
    rf"|(?:{_DAY}[\W_]{_MONTH}|{_MONTH}[\W_]{_DAY})[\W_]{_YEAR}"  # 31.12.2024, 12/31/2024
    rf"|{_YEAR}(?:[\W_]{_YEAR}){{1,5}}"  # 2023-2024
    rf"|\d{{1,4}}[\W_]{_YEAR}|{_YEAR}[\W_]\d{{1,4}}"  # a model and its year: 4090-2024
)
_FEWEST_DIGITS_IN_GROUPS = 7

_PIECE = re.compile(r"[0-9A-Za-z]+")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d{1,5}")
_RUN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
"""A stretch of one kind: "HowTo2" has three, a random "x7Gh2kQ9" seven."""
_TOUCHING = string.ascii_letters + string.digits
_FEWEST_TURNS, _FEWEST_CODES = 3, 2
"""Stretches in a group of a key, and such groups in a key."""
_HEX = re.compile(r"[0-9a-f]{8,}", re.IGNORECASE)
_SHORT, _LONG, _LONGEST_WORD = 8, 16, 40
"""Lengths of a piece from which it can be a token, is judged more strictly, is no word."""
_LETTERS, _MIXED = (2.25, 3.0), (2.75, 4.0)
"""Mean stretches that a short and a long token stay below: of letters alone, with digits."""

_ROUNDS = 4
"""Passes until nothing changes; two are enough for all that was not made to need more."""


def mask_segment(segment: str) -> str:
    """Return a segment of a path without persons and tokens: `:email`, or with `:id` inside."""
    return EMAIL if _EMAIL.search(segment) else mask_text(segment)


def mask_text(text: str) -> str:
    """Return a text with `:email` or `:id` in place of persons and tokens.

    A word (what stands between spaces) that holds an e-mail address is replaced as a whole; so is
    one that is more than words and numbers beside its token. Masking again changes nothing.
    """
    for _ in range(_ROUNDS):
        masked = _mask(text)
        if masked == text:
            return text
        text = masked
    return ID


def _mask(text: str) -> str:
    text = _COLONS.sub(_mask_colons, _each_word(_mask_email, text))
    text = _mask_iban(_STRUCTURED.sub(ID, text))
    return _NUMBER.sub(_mask_number, _each_word(_mask_tokens, text))


def _each_word(mask: Callable[[str], str], text: str) -> str:
    return " ".join(map(mask, text.split(" ")))


def _mask_email(word: str) -> str:
    return EMAIL if _EMAIL.search(word) else word


def _mask_colons(match: re.Match[str]) -> str:
    text = match[0]
    has_all = text.count(":") >= _FEWEST_COLONS and any(map(str.isalnum, text))
    return ID if has_all or _SHORT_IPV6.match(text) else text


def _mask_iban(text: str) -> str:
    """Replace the first IBAN; the next falls in the next round.

    A token may have one inside by chance; so whatever touches it goes with it.
    """
    for match in _IBAN.finditer(text):
        size = _iban_size(match[1].upper())
        if size:
            before, after = text[: match.start()], text[match.start() + size :]
            return before.rstrip(_TOUCHING) + ID + after.lstrip(_TOUCHING)
    return text


def _iban_size(text: str) -> int:
    """Return how many characters, separators included, are an IBAN; 0 if the text begins none."""
    places = [place for place, letter in enumerate(text) if letter.isalnum()]
    length = _IBAN_LENGTHS.get(text[:2], len(text) + 1)
    if len(places) < length:
        return 0
    letters = [text[place] for place in places[:length]]
    number = "".join(str(int(letter, 36)) for letter in letters[4:] + letters[:4])
    return places[length - 1] + 1 if int(number) % 97 == 1 else 0


def _mask_number(match: re.Match[str]) -> str:
    number = match[0]
    if _DATE.fullmatch(number):
        return number
    digits = sum(map(str.isdecimal, number))
    is_long = digits >= _FEWEST_DIGITS_IN_GROUPS or _LONG_DIGITS.search(number)
    return ID if is_long else number


def _mask_tokens(word: str) -> str:
    """Replace the tokens of a word; all of it, if what is beside them is no slug of words."""
    pieces = _PIECE.findall(word)
    tokens = [piece for piece in pieces if _is_token(piece)]
    if not tokens and sum(map(_is_code, pieces)) < _FEWEST_CODES:
        return word
    if all(_WORD.fullmatch(piece) for piece in pieces if piece not in tokens):
        return _PIECE.sub(lambda match: ID if match[0] in tokens else match[0], word)
    return ID


def _is_code(piece: str) -> bool:
    """Tell whether a piece is like a group of a license key: "A1B2"."""
    return len(_RUN.findall(piece)) >= _FEWEST_TURNS


def _is_token(piece: str) -> bool:
    """Tell whether letters and digits are a token: hex, base64, base36, ULID, a customer number.

    Judged by how often small letters, capitals and digits take turns: in random text every two
    characters, in words, even in CamelCase, every four or five.
    """
    if piece.isdigit():
        return False
    if piece.isalpha():
        return _is_random(piece, *_LETTERS)
    if _HEX.fullmatch(piece) or any(map(_is_no_date, _LONG_DIGITS.findall(piece))):
        return True
    if len(piece) >= _LONG and (piece.islower() or piece.isupper()):
        return _is_code(piece)
    return _is_random(piece, *_MIXED)


def _is_no_date(digits: str) -> bool:
    return _DATE.fullmatch(digits) is None


def _is_random(piece: str, short: float, long: float) -> bool:
    """Tell whether the mean stretch is below `short` characters, in a long piece below `long`."""
    length = len(piece)
    stretch = length / len(_RUN.findall(piece))
    is_random = stretch < (long if length >= _LONG else short)
    return length >= _LONGEST_WORD or (length >= _SHORT and is_random)
