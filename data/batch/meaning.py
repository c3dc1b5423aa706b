"""What one cell of a person's file means for an input: values, nothing where it says unknown, or why it is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache

from data import cells, schema
from data.batch.headings import OUTCOMES, plain
from data.cells import SPACES
from data.features import BY_NAME, Input
from data.text import _

Values = Mapping[str, object]  # of inputs and outcomes by name, and of the parts of a date
# what says that nothing is known, made plain; a label of the code book ("None", "Aucun") comes first
_UNKNOWN = {
    *("", "na", "nan", "nat", "null", "none", "nil", "nd", "nr", "nc", "unknown", "unk", "missing", "undefined"),
    *("notgiven", "notknown", "notrecorded", "inconnu", "inconnue", "nonrenseigne", "nonrenseignee", "nonconnu"),
    *("erreur", "valeurmulti", "datamissingoroutofrange"),
}
_YES = {"yes": "2", "oui": "2", "true": "2", "vrai": "2", "no": "1", "non": "1", "false": "1", "faux": "1"}
_UNITS = re.compile(r"\s*(km\s*/?\s*h|kph|°|ans?|years?|voies?|lanes?)\.?$", re.IGNORECASE)
_WITH_LABEL = re.compile(r"(\w{1,3})\s*[-–:.)]*\s+(.+)|(.+?)\s*\((\w{1,3})\)", re.DOTALL)
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})", re.ASCII)
_COMPACT = re.compile(r"(19\d\d|20\d\d)(\d\d)(\d\d)", re.ASCII)
_CLOCK = re.compile(
    r"(\d{1,2})\s*(?:[:hH]\s*(\d{1,2})?)?(?::\d{1,2}(?:\.\d+)?)?\s*(?:([aApP])\.?[mM]\.?)?(?:Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_MOST = 60  # characters of a cell in a message


class Impossible(Exception):
    """A cell that is no value of its input; the message is the reason."""


def reader(field: str, texts: Iterable[str]) -> Callable[[str], Values]:
    """How cells of a field are read; `texts` are those of the whole column, which tell day and month apart.

    The reader raises Impossible.
    """
    if field == "date":
        month_first = _month_first(texts)
        return lambda text: _date(text, month_first=month_first)
    if field in _READERS:
        return _READERS[field]
    if field in OUTCOMES:
        return lambda text: _category(text, OUTCOMES[field])
    item = BY_NAME[field]
    if item.kind == "category":
        return lambda text: _category(text, item.name)
    return _commune if item.kind == "commune" else lambda text: _number(text, item)


def _unknown(text: str) -> bool:
    return plain(text) in _UNKNOWN or text.strip(SPACES) == "-1"


def _category(text: str, name: str) -> Values:
    code = code_of(name, text)
    if code is not None:
        return {name: code}
    # nothing recorded, as some columns of the official files write it
    if _unknown(text) or _bare(text) == schema.UNKNOWN_CODES.get(name):
        return {}
    codes = list(schema.values(name))
    if len(codes) <= 12:
        raise Impossible(_("it is none of the codes {codes} nor a label of one").format(codes=", ".join(codes)))
    message = _("it is none of the codes {first} to {last} nor a label of one")
    raise Impossible(message.format(first=codes[0], last=codes[-1]))


def code_of(name: str, text: str) -> str | None:
    """The code that a text is or names, in either language; None where it is none."""
    codes, bare = schema.values(name), _bare(text)
    if name == "departement":
        bare = bare.upper().zfill(2)
    if bare in codes:
        return bare
    both = _WITH_LABEL.fullmatch(text.strip(SPACES))  # "59 Nord", "1 - Plein jour", "Nord (59)"
    if both:
        code, label = (both[1], both[2]) if both[1] else (both[4], both[3])
        code = code.upper().zfill(2) if name == "departement" else code.lstrip("0") or "0"
        if code in codes and _labels(name).get(plain(label)) == code:
            return code
    found = _labels(name).get(plain(text))
    return _beginning(name, plain(text)) if found is None and name in ("month", "weekday") else found


def _bare(text: str) -> str:
    """A code without spaces, needless zeros before it and the decimals that a spreadsheet adds."""
    value = re.sub(r"[.,]0+$", "", text.strip(SPACES))
    return value.lstrip("0") or "0" if value.isascii() and value.isdigit() else value


@cache
def _labels(name: str) -> Mapping[str, str]:
    """The code of each label made plain, with and without what stands in brackets; of no label that means two codes."""
    found: dict[str, set[str]] = {}
    for shorten in (False, True):
        for code, labels in schema.values(name).items():
            for label in labels:
                text = plain(re.sub(r"\s*\(.*\)", "", label) if shorten else label)
                if text and (not shorten or text not in found):
                    found.setdefault(text, set()).add(code)
    if name == "built_up":
        found |= {text: {code} for text, code in _YES.items()}
    return {text: codes.pop() for text, codes in found.items() if len(codes) == 1}


def _beginning(name: str, text: str) -> str | None:
    """The code of the only month or day that begins so: "janv", "Fri"."""
    if len(text) < 3:
        return None
    codes = {code for label, code in _labels(name).items() if label.startswith(text)}
    return codes.pop() if len(codes) == 1 else None


def _commune(text: str) -> Values:
    if _unknown(text):
        return {}
    code = _bare(text).upper().zfill(5)
    if not re.fullmatch(cells.COMMUNE, code):
        raise Impossible(_("it is no INSEE code of five characters, such as 59350 or 2A004"))
    return {"commune": code}


def _number(text: str, item: Input) -> Values:
    bare = _UNITS.sub("", text.strip(SPACES))
    if plain(text) in _UNKNOWN or (bare == "-1" and item.minimum > -1) or (bare == "-1" and item.whole):
        return {}
    value, _rules = (-1.0, ()) if bare == "-1" else cells.number(bare, whole=False)
    if not isinstance(value, float):
        raise Impossible(_("it is no number"))
    if not item.minimum <= value <= item.maximum:
        message = _("it does not lie between {low:g} and {high:g} {unit}")
        raise Impossible(message.format(low=item.minimum, high=item.maximum, unit=item.unit).strip())
    if item.whole and value != round(value):
        raise Impossible(_("it is no whole number"))
    return {item.name: value}


def _hour(text: str) -> Values:
    """An hour, a time of day in any usual writing, or a day with a time."""
    bare = _bare(text)
    if bare in schema.values("hour"):
        return {"hour": bare}
    if _unknown(text):
        return {}
    if re.fullmatch(r"\d{3,4}", text.strip(SPACES), re.ASCII):
        return _official_time(text)
    found = _clock(text.strip(SPACES))
    if found is None:
        day = _split(text)
        found = _clock(day[1]) if day and day[1] else None
    if found is None:
        raise Impossible(_("it is no hour from 0 to 23 and no time of day"))
    return {"hour": found}


def _clock(text: str) -> str | None:
    match = _CLOCK.fullmatch(text)
    if not match or (match[2] is None and not match[3] and not re.search("[hH]", text)):
        return None
    hours, minutes = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if match[3] in "pP" else 0)
    return str(hours) if hours < 24 and minutes < 60 else None


def _official_time(text: str) -> Values:
    value, rules = cells.hour(text)
    if isinstance(value, float):
        return {"hour": str(int(value))}
    if "impossible_time" not in rules or _unknown(text):
        return {}
    return _other_time(text)


def _other_time(text: str) -> Values:
    found = _clock(text.strip(SPACES))
    if found is None:
        raise Impossible(_("it is no time of day, such as 14:30 or 1430"))
    return {"hour": found}


def _year(text: str) -> Values:
    value, _rules = cells.year(text)
    if value is None and _unknown(text):
        return {}
    if not isinstance(value, float) or not 1900 <= value <= 2100 or value != round(value):
        raise Impossible(_("it is no year"))
    return {"year": int(value)}


def _day_of_month(text: str) -> Values:
    value, _rules = cells.number(text, whole=True)
    if value is None and _unknown(text):
        return {}
    if not isinstance(value, float) or not 1 <= value <= 31:
        raise Impossible(_("it is no day of a month"))
    return {"day": int(value)}


def _date(text: str, *, month_first: bool) -> Values:
    """Month, day of the week, and the hour where a time stands behind the day."""
    if _unknown(text):
        return {}
    parts = _split(text)
    if parts is None:
        raise Impossible(_("it is no date, such as 2024-03-31 or 31/03/2024"))
    (year, month, day), rest, ordered = parts
    if month_first and not ordered:
        month, day = day, month
    try:
        moment = date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        raise Impossible(_("there is no such day")) from None
    values: dict[str, object] = {"month": str(month), "weekday": str(moment.isoweekday())}
    hour = _clock(rest) if rest else None
    if rest and hour is None:
        raise Impossible(_("what follows the day is no time of day"))
    return values if hour is None else {**values, "hour": hour}


def _split(text: str) -> tuple[tuple[int, int, int], str, bool] | None:
    """Year, month and day of a text, what follows them, and whether their order is certain."""
    value = text.strip(SPACES)
    match = _DAY.match(value)
    if match:
        year, month, day = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
        rest = value[match.end() :]
        if rest and rest[0] not in "T ":
            return None
        return (int(year), int(month), int(day)), rest[1:].strip(), bool(match[1])
    compact = _COMPACT.fullmatch(value)
    return ((int(compact[1]), int(compact[2]), int(compact[3])), "", True) if compact else None


def _month_first(texts: Iterable[str]) -> bool:
    """Whether days are written as in America: only where some can be read in no other way, and none only in ours."""
    american = False
    for text in texts:
        parts = _split(text)
        if parts and not parts[2]:
            _year, month, day = parts[0]
            if day > 12:
                return False
            american = american or month > 12
    return american


def shown(text: str) -> str:
    """What a message can hold of a cell, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _MOST else f"{line[:_MOST]}…"


_READERS: dict[str, Callable[[str], Values]] = {
    "hour": _hour,
    "time": _official_time,
    "year": _year,
    "day": _day_of_month,
}
