"""What one text of an official file means: a value (None where it is unknown) and the rules that made it.

The rules are named and explained in `data.clean`.
"""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd

from data import schema

SPACES = " \t\u00a0\u202f\ufeff"
LAST_OLD_YEAR = 2018  # the layout changed with 2019
# a value, and the rules that made it
Cell = tuple[object, tuple[str, ...]]

NO_VALUE = {"#ERREUR", "#VALEURMULTI", "N/A", ".", "-", "(1)"}
_NUMBER = re.compile(r"[-+]?\d+([.,]\d*)?", re.ASCII)
_DECIMAL = re.compile(r"(\d+)[.,]0*", re.ASCII)
# groups of three digits: a comma or a point that stands once could be a decimal one, a space never is
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:([ \u00a0\u202f'])\d{3}(?:\1\d{3})*|([.,])\d{3}(?:\2\d{3})+)", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?", re.ASCII)
_LARGEST_WHOLE = 32_767
COMMUNE = r"[0-9][0-9AB][0-9]{3}"  # an INSEE code
_COMMUNE = re.compile(rf"{COMMUNE}|[0-9]{{3}}")
_EQUIPMENT = re.compile(r"([12349])([123])", re.ASCII)


def stripped(text: str) -> tuple[str | None, tuple[str, ...]]:
    """The text without spaces around it; None where it says that there is no value."""
    value = text.strip(SPACES)
    rules = ("spaces",) if value != text and value else ()
    if value == "-1":
        return None, (*rules, "not_given")
    if value.upper() in NO_VALUE:
        return None, (*rules, "no_value")
    return value or None, rules


def code(text: str, name: str) -> Cell:
    """One code of a coded column, as the code book writes it."""
    value, rules = _whole(text)
    if value is None:
        return None, rules
    if len(value) > 1 and value[0] == "0" and value.isdigit():
        value, rules = value.lstrip("0") or "0", (*rules, "padding")
    if schema.UNKNOWN_CODES.get(name) == value:
        return None, (*rules, "unknown_code")
    return (value, rules) if value in schema.CODES[name] else (None, (*rules, "unlisted_code"))


def number(text: str, *, whole: bool) -> Cell:
    """One number with a decimal comma or point; `whole` refuses a fraction."""
    value, rules = stripped(text)
    if value is None:
        return None, rules
    if _GROUPED.fullmatch(value):
        value, rules = re.sub(r"[^\d+-]", "", value), (*rules, "thousands")
    if not _NUMBER.fullmatch(value):
        return None, (*rules, "not_a_number")
    parsed = float(value.replace(",", "."))
    if not math.isfinite(parsed) or (whole and (parsed != round(parsed) or abs(parsed) > _LARGEST_WHOLE)):
        return None, (*rules, "not_a_number")
    if whole and not value.lstrip("+-").isdigit():
        rules = (*rules, "written_as_decimal")
    elif "," in value:
        rules = (*rules, "decimal_comma")
    return parsed, rules


def milepost(text: str) -> Cell:
    """The number of a milepost or the distance to it; 0 says that none was given."""
    value, rules = number(text, whole=True)
    return (None, (*rules, "unknown_code")) if value == 0 else (value, rules)


def width(text: str, *, old: bool) -> Cell:
    """A width in metres, which the old layout gives in decimetres."""
    value, rules = number(text, whole=False)
    if not isinstance(value, float) or not old or value == 0:
        return value, rules
    return value / 10, (*rules, "decimetres")


def degrees(text: str, *, old: bool) -> Cell:
    """A latitude or longitude; the old layout gives whole hundred-thousandths of a degree."""
    value, rules = number(text, whole=False)
    if not isinstance(value, float) or not old or value != round(value) or value == 0:
        return value, rules
    return value / 100_000, (*rules, "coordinates_scaled")


def departement(text: str, *, old: bool) -> Cell:
    """The INSEE code of a département: two characters, or three overseas."""
    value, rules = _whole(text)
    if value is None:
        return None, rules
    value = value.upper()
    if old:
        written = value.zfill(3)
        found = {"201": "2A", "202": "2B"}.get(written)
        if found is None:
            found = written if written.startswith(("97", "98")) else written[:2] if written[2:] == "0" else ""
        changed = ("old_departement",) if found != written else ()
    else:
        found = value.zfill(2)
        changed = ("padding",) if found != value else ()
    return (found, (*rules, *changed)) if found in schema.DEPARTEMENTS else (None, (*rules, "unlisted_code"))


def has_old_departements(texts: list[str], year: int) -> bool:
    """Whether the départements of a year are written in the old way (590, 201); a copy may have been put right."""
    bare = {str(_whole(text)[0]).upper() for text in texts}
    right = any(t in ("2A", "2B") or (re.fullmatch("[0-9]?[1-9]", t) and int(t) <= 95) for t in bare)
    return year <= LAST_OLD_YEAR and not right


def commune(text: str, *, old: bool) -> Cell:
    """The INSEE code of a commune, five characters; the old layout has only its last three."""
    value, rules = _whole(text)
    if value is None:
        return None, rules
    found = value.upper().zfill(3 if old and len(value) <= 3 else 5)
    if not _COMMUNE.fullmatch(found):
        return None, (*rules, "unlisted_code")
    return found, (*rules, "padding") if len(found) > len(value) else rules


def hour(text: str) -> Cell:
    """The hour of a time HH:MM, or of a number HMM as the old layout has it (5 is 00:05)."""
    value, rules = stripped(text)
    if value is None:
        return None, rules
    match = _CLOCK.fullmatch(value)
    if match:
        hours, minutes = int(match[1]), int(match[2])
    else:
        value, rules = _whole(text)
        if value is None or not re.fullmatch(r"\d{1,4}", value, re.ASCII):
            return None, (*rules, "impossible_time")
        hours, minutes = divmod(int(value), 100)
    if hours > 23 or minutes > 59:
        return None, (*rules, "impossible_time")
    return float(hours), rules if match else (*rules, "time_as_number")


def year(text: str) -> Cell:
    """A year, of which the old layout has the last two digits."""
    value, rules = number(text, whole=True)
    if not isinstance(value, float) or not 0 <= value < 100:
        return value, rules
    return value + 2000, (*rules, "two_digit_year")


def equipment(text: str, *, digit: int) -> Cell:
    """One digit of the safety equipment up to 2018: 0 which one, 1 whether it was used."""
    value, rules = _whole(text)
    if value is None:
        return None, rules
    match = _EQUIPMENT.fullmatch(value)
    return (match[1 + digit], rules) if match else (None, (*rules, "incomplete_equipment"))


def accident_numbers(keys: pd.Series) -> tuple[np.ndarray, dict[str, int]]:
    """Accident numbers as whole numbers, 0 where there is none of 12 digits, and how many a rule put right.

    Only what is certain is put right: spaces, groups of three digits, decimals of zeros, and a power of ten that kept
    all twelve digits.
    """
    good = keys.str.fullmatch(r"20[0-9]{10}").to_numpy(dtype=bool, na_value=False)
    numbers = np.zeros(len(keys), dtype="int64")
    numbers[good] = keys[good].astype("int64")
    rules: dict[str, int] = {}
    for at, text in zip(np.flatnonzero(~good), keys[~good].fillna(""), strict=True):
        numbers[at], rule = _accident_number(text)
        if rule:
            rules[rule] = rules.get(rule, 0) + 1
    return numbers, rules


def _accident_number(text: str) -> tuple[int, str]:
    value = re.sub(f"[{SPACES}]", "", text)
    rule = "spaces"
    if re.fullmatch(r"\d{3}([.,'])\d{3}\1\d{3}\1\d{3}", value, re.ASCII):
        value, rule = re.sub(r"\D", "", value), "thousands"
    elif re.fullmatch(r"\d{12}[.,]0*", value, re.ASCII):
        value, rule = value[:12], "written_as_decimal"
    elif re.fullmatch(r"\d[.,]\d{11}[eE]\+?11", value, re.ASCII):
        value, rule = value[0] + value[2:13], "power_of_ten"
    return (int(value), rule) if re.fullmatch(r"20\d{10}", value, re.ASCII) else (0, "")


def _whole(text: str) -> tuple[str | None, tuple[str, ...]]:
    """The text of a code or whole number, without the decimals that a spreadsheet adds."""
    value, rules = stripped(text)
    if value is None:
        return None, rules
    match = _DECIMAL.fullmatch(value)
    return (match[1], (*rules, "written_as_decimal")) if match else (value, rules)
