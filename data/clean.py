"""From the text of the official files to typed columns: every change is a named rule and is counted.

A column holds few distinct texts, so each distinct text is judged once by a small function (`code`, `number` ...)
and the answer is spread over the rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from data import schema, territories
from data.load import SPACES, year_of
from data.text import _

# rule -> what it does, in one sentence (shown through `explanation`)
RULES: dict[str, str] = {
    "spaces": "Spaces and no-break spaces around values, and inside identifiers, were removed.",
    "not_given": "The code -1 says that nothing was recorded: the value is unknown.",
    "unknown_code": "The code 0 says 'unknown' in this column: the value is unknown.",
    "no_value": "Text that stands for no value (#ERREUR, #VALEURMULTI, N/A) was read as unknown.",
    "unlisted_code": "A code that is not in the official code book was read as unknown.",
    "not_a_number": "Text where a number belongs was read as unknown.",
    "decimal_comma": "The decimal comma was read as a decimal point.",
    "written_as_decimal": "A whole number written with decimals (1.0) was read as whole (1).",
    "padding": "Leading zeros were removed from codes, and added to départements and communes (1 is 01).",
    "impossible_date": "A date that does not exist, or lies in another year than the accident number, is unknown.",
    "impossible_time": "A time that is not HH:MM between 00:00 and 23:59 was read as unknown.",
    "speed_limit": (
        "A speed limit below 10 or above 130 km/h, or no multiple of 5, is a keying error and was read as unknown: "
        "5 may be 50 that lost a digit or a walking-pace zone, so it is not guessed."
    ),
    "lanes": "Less than 1 or more than 12 lanes are not plausible and were read as unknown.",
    "age": "A birth year that makes the person younger than 0 or older than 110 was read as unknown.",
    "coordinates_zero": "Latitude and longitude 0, 0 stand for no position and were read as unknown.",
    "coordinates_swapped": "Latitude and longitude were exchanged where only that puts the point in its territory.",
    "coordinates_outside": "A position outside the territory of its département was read as unknown.",
    "bad_key": "Rows without an accident number of 12 digits were left out.",
    "duplicate": "Rows that repeat the key of an earlier row were left out.",
    "several_places": (
        "Of several places of one accident, one was kept: the highest road class, then the one with the most values, "
        "then the first in the file; no official column says which is the main road."
    ),
    "orphan": "Rows whose accident is not in the table caracteristiques were left out.",
}

# (rule, column) -> cells changed; a rule that leaves rows out counts rows under the key column
Counts = Counter[tuple[str, str]]
# a value (None where it is unknown) and the rules that made it
Cell = tuple[object, tuple[str, ...]]
Reader = tuple[Callable[[str], Cell], "Literal['Int16', 'float64', 'str'] | pd.CategoricalDtype"]
Frames = dict[schema.Table, pd.DataFrame]

SPEED_LIMITS = (10, 130)
LANES = (1, 12)
OLDEST = 110

_NO_VALUE = {"#ERREUR", "#VALEURMULTI", "N/A", ".", "-", "(1)"}
_NUMBER = re.compile(r"[-+]?\d+([.,]\d*)?")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")
# official columns whose numbers are whole
_WHOLE = {"day", "month", "year", "lanes", "speed_limit", "birth_year"}


def explanation(rule: str) -> str:
    """What a rule does, in one sentence in the language of the session."""
    return _(RULES[rule])


def clean(
    raw: Mapping[schema.Table, pd.DataFrame],
) -> tuple[dict[schema.Table, pd.DataFrame], dict[schema.Table, Counts]]:
    """Type every table: official text columns become our columns, unknown is missing.

    Codes are categories of the whole code book, numbers nullable Int16 (positions float64), the rest text. Columns
    that a file does not have are missing throughout. Every table gets `year`; caracteristiques gets `date` and
    `hour`, usagers gets `age`.
    """
    cleaned: Frames = {}
    counts: dict[schema.Table, Counts] = {}
    for name, frame in raw.items():
        counts[name] = Counter()
        typed = _typed(name, frame, counts[name])
        cleaned[name] = _without_repeats(name, _AFTER[name](typed, counts[name]), counts[name])
    return cleaned, counts


def code(text: str, name: str) -> Cell:
    """One code of a coded column, as the code book writes it."""
    value, rules = _stripped(text)
    if value is None:
        return None, rules
    if re.fullmatch(r"\d+[.,]0*", value):
        value, rules = re.split("[.,]", value)[0], (*rules, "written_as_decimal")
    if re.fullmatch(r"0\d+", value):
        value, rules = value.lstrip("0") or "0", (*rules, "padding")
    if schema.UNKNOWN_CODES.get(name) == value:
        return None, (*rules, "unknown_code")
    return (value, rules) if value in schema.CODES[name] else (None, (*rules, "unlisted_code"))


def number(text: str, whole: bool) -> Cell:
    """One number with a decimal comma or point; `whole` refuses a fraction."""
    value, rules = _stripped(text)
    if value is None:
        return None, rules
    if not _NUMBER.fullmatch(value):
        return None, (*rules, "not_a_number")
    parsed = float(value.replace(",", "."))
    if whole and parsed != round(parsed):
        return None, (*rules, "not_a_number")
    if whole and not value.lstrip("+-").isdigit():
        rules = (*rules, "written_as_decimal")
    elif "," in value:
        rules = (*rules, "decimal_comma")
    return parsed, rules


def departement(text: str) -> Cell:
    """The INSEE code of a département: two characters, or three overseas."""
    value, rules = _stripped(text)
    if value is None:
        return None, rules
    if re.fullmatch(r"\d+[.,]0*", value):
        value, rules = re.split("[.,]", value)[0], (*rules, "written_as_decimal")
    padded = value.upper().zfill(2)
    if padded not in schema.DEPARTEMENTS:
        return None, (*rules, "unlisted_code")
    return padded, (*rules, "padding") if len(padded) != len(value) else rules


def commune(text: str) -> Cell:
    """The INSEE code of a commune: five characters."""
    value, rules = _stripped(text)
    if value is None or len(value) >= 5 or not value.isdigit():
        return value, rules
    return value.zfill(5), (*rules, "padding")


def hour(text: str) -> Cell:
    """The hour of a time HH:MM."""
    value, rules = _stripped(text)
    if value is None:
        return None, rules
    match = _TIME.fullmatch(value)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None, (*rules, "impossible_time")
    return float(match[1]), rules


def _stripped(text: str) -> tuple[str | None, tuple[str, ...]]:
    value = text.strip(SPACES)
    rules = ("spaces",) if value != text and value else ()
    if value == "-1":
        return None, (*rules, "not_given")
    if value.upper() in _NO_VALUE:
        return None, (*rules, "no_value")
    return value or None, rules


def _typed(name: schema.Table, raw: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    year = year_of(raw["Num_Acc"])
    _count(counts, "bad_key", "accident", int(year.isna().sum()))
    raw, year = raw[year.notna()], year.dropna()
    columns = {c.name: _column(c, raw, counts) for c in schema.TABLES[name]}
    return pd.DataFrame({**columns, "key_year": year.reset_index(drop=True)})


def _column(column: schema.Column, raw: pd.DataFrame, counts: Counts) -> pd.Series:
    read, dtype = _reader(column)
    if column.official not in raw:
        return pd.Series(pd.NA, index=range(len(raw)), dtype="object").astype(dtype)
    cells = raw[column.official].reset_index(drop=True)
    if column.kind == "key":
        return _key(cells, column.name, counts)
    places, texts = pd.factorize(cells.fillna("").astype("str"))
    values = []
    for text, times in zip(texts, np.bincount(places, minlength=len(texts)), strict=True):
        value, rules = read(text)
        values.append(value)
        for rule in rules:
            _count(counts, rule, column.name, int(times))
    return pd.Series(values, dtype="object").astype(dtype).take(places).reset_index(drop=True)


def _reader(column: schema.Column) -> Reader:
    """How one column is read, and the type that its values get."""
    named: dict[str, Reader] = {
        "departement": (departement, pd.CategoricalDtype(list(schema.DEPARTEMENTS))),
        "commune": (commune, "str"),
        "time": (hour, "Int16"),
    }
    if column.name in named:
        return named[column.name]
    if column.kind == "code":
        return partial(code, name=column.name), pd.CategoricalDtype(list(schema.CODES[column.name]))
    if column.kind == "number":
        whole = column.name in _WHOLE
        return partial(number, whole=whole), "Int16" if whole else "float64"
    return _stripped, "str"


def _key(cells: pd.Series, name: str, counts: Counts) -> pd.Series:
    bare = cells.fillna("").astype("str")
    for space in SPACES:
        bare = bare.str.replace(space, "", regex=False)
    _count(counts, "spaces", name, int((bare != cells).sum()))
    unknown = bare.isin(["", "-1", *_NO_VALUE])
    return bare.mask(unknown)


def _accidents(frame: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    parts = frame[["year", "month", "day"]]
    date = pd.to_datetime(parts.astype("float64"), errors="coerce").astype("datetime64[us]")
    date = date.where(date.dt.year == frame["key_year"].astype("float64"))
    _count(counts, "impossible_date", "date", int((parts.notna().any(axis=1) & date.isna()).sum()))
    frame = frame.assign(
        date=date,
        year=frame["key_year"],
        month=date.dt.month.astype("Int16"),
        weekday=date.dt.isocalendar().day.astype("Int16"),
        hour=frame["time"],
    )
    return _placed(frame, counts).drop(columns=["day", "time", "key_year"])


def _placed(frame: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    """Positions that lie in their territory; exchanged ones put right, the others unknown."""
    latitude, longitude, own = frame["latitude"], frame["longitude"], frame["departement"]
    given = latitude.notna() | longitude.notna()
    zero = (latitude == 0) & (longitude == 0)
    good = territories.inside(own, latitude, longitude)
    # where the département is unknown nothing says which of the two readings is right
    swapped = given & ~good & own.notna() & territories.inside(own, longitude, latitude)
    outside = given & ~good & ~swapped & ~zero
    for rule, rows in {"zero": zero, "swapped": swapped, "outside": outside}.items():
        for name in ("latitude", "longitude"):
            _count(counts, f"coordinates_{rule}", name, int((rows & frame[name].notna()).sum()))
    return frame.assign(
        latitude=latitude.where(~swapped, longitude).where(good | swapped),
        longitude=longitude.where(~swapped, latitude).where(good | swapped),
    )


def _places(frame: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    speed, lanes = frame["speed_limit"], frame["lanes"]
    frame = frame.assign(
        speed_limit=_kept(speed, speed.between(*SPEED_LIMITS) & (speed % 5 == 0), "speed_limit", counts),
        lanes=_kept(lanes, lanes.between(*LANES), "lanes", counts),
        year=frame["key_year"],
    )
    return frame.drop(columns="key_year")


def _vehicles(frame: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    return frame.rename(columns={"key_year": "year"})


def _people(frame: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    age = frame["key_year"] - frame["birth_year"]
    birth_year = _kept(frame["birth_year"], age.between(0, OLDEST), "age", counts)
    return frame.assign(birth_year=birth_year, age=age.where(birth_year.notna())).rename(columns={"key_year": "year"})


def _kept(cells: pd.Series, plausible: pd.Series, rule: str, counts: Counts) -> pd.Series:
    plausible = plausible.fillna(False).astype("bool")
    _count(counts, rule, str(cells.name), int((cells.notna() & ~plausible).sum()))
    return cells.where(plausible)


def _without_repeats(name: schema.Table, frame: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    """The first row of each key; rows without a key of their own (the people of 2019 and 2020) are all kept."""
    key = {"caracteristiques": "accident", "vehicules": "vehicle", "usagers": "person"}.get(name)
    if key is None:
        return frame
    if key == "vehicle" and frame[key].isna().all():
        key = "vehicle_letter"
    repeated = frame.duplicated(["accident", key]) & frame[key].notna()
    _count(counts, "duplicate", key, int(repeated.sum()))
    return frame[~repeated].reset_index(drop=True)


def _count(counts: Counts, rule: str, column: str, cells: int) -> None:
    if cells:
        counts[rule, column] += cells


_AFTER: dict[schema.Table, Callable[[pd.DataFrame, Counts], pd.DataFrame]] = {
    "caracteristiques": _accidents,
    "lieux": _places,
    "vehicules": _vehicles,
    "usagers": _people,
}
