"""From the text of the official files to typed columns: every change is a named rule and is counted.

A column holds few distinct texts, so each distinct text is judged once by a small function of `data.cells` and the
answer is spread over the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from data import cells, schema, territories
from data.cells import LAST_OLD_YEAR, NO_VALUE, SPACES, Cell
from data.text import N_, _

# rule -> what it does, in one sentence (shown through `explanation`)
RULES: dict[str, str] = {
    "spaces": N_("Spaces and no-break spaces around values, and inside identifiers, were removed."),
    "not_given": N_("The code -1 says that nothing was recorded: the value is unknown."),
    "unknown_code": N_("The code 0 says 'unknown' in this column: the value is unknown."),
    "no_value": N_("Text that stands for no value (#ERREUR, #VALEURMULTI, N/A) was read as unknown."),
    "unlisted_code": N_("A code that is not in the official code book was read as unknown."),
    "incomplete_equipment": (
        N_(
            "Safety equipment up to 2018 has two digits, which one and whether it was used: with one of them "
            "missing "
            "it was read as unknown."
        )
    ),
    "not_a_number": N_("Text where a number belongs was read as unknown."),
    "decimal_comma": N_("The decimal comma was read as a decimal point."),
    "written_as_decimal": N_("A whole number written with decimals (1.0) was read as whole (1)."),
    "thousands": N_("Spaces, commas or points between groups of three digits were removed."),
    "power_of_ten": N_("An accident number written as a power of ten (2.02400000001E+11) was written out again."),
    "padding": N_("Leading zeros were removed from codes, and added to départements and communes (1 is 01)."),
    "two_digit_year": N_("A year of two digits, as up to 2018, was completed (13 is 2013)."),
    "time_as_number": N_("A time written as a number, as up to 2018, was read as hours and minutes (945 is 09:45)."),
    "old_departement": (
        N_(
            "A département written with three characters, as up to 2018, was read as its INSEE code (590 is 59, 201 "
            "is 2A)."
        )
    ),
    "old_commune": N_("The last three characters of a commune, as up to 2018, were completed with its département's."),
    "coordinates_scaled": N_("A position in hundred-thousandths of a degree, as up to 2018, was read as degrees."),
    "decimetres": N_("A width in decimetres, as up to 2018, was read as metres."),
    "impossible_date": N_("A date that does not exist, or lies in another year than the accident number, is unknown."),
    "impossible_time": N_("A time that is not between 00:00 and 23:59 was read as unknown."),
    "speed_limit": (
        N_(
            "A speed limit below 10 or above 130 km/h, or no multiple of 5, is a keying error and was read as unknown: "
            "5 may be 50 that lost a digit or a walking-pace zone, so it is not guessed."
        )
    ),
    "lanes": N_("Less than 1 or more than 12 lanes are not plausible and were read as unknown."),
    "width": N_("A carriageway of no width, or a width below 0 or above 100 m, was read as unknown."),
    "age": N_("A birth year that makes the person younger than 0 or older than 110 was read as unknown."),
    "coordinates_zero": N_("Latitude and longitude 0, 0 stand for no position and were read as unknown."),
    "coordinates_swapped": N_("Latitude and longitude were exchanged where only that puts the point in its territory."),
    "coordinates_sign": N_("A longitude got back its minus sign where only that puts the point in its territory."),
    "coordinates_outside": N_("A position outside the territory of its département was read as unknown."),
    "bad_key": N_("Rows without an accident number of 12 digits were left out."),
    "duplicate": N_("Rows that repeat the key of an earlier row were left out."),
    "several_places": (
        N_(
            "Of several places of one accident, one was kept: the highest road class, then the one with the most "
            "values, "
            "then the first in the file; no official column says which is the main road."
        )
    ),
    "orphan": N_("Rows whose accident is not in the table caracteristiques were left out."),
}

# (rule, column) -> cells changed; a rule that leaves rows out counts rows under the key column
Counts = Counter[tuple[str, str]]
Dtype = Literal["Int16", "float64", "str"] | pd.CategoricalDtype
Frames = dict[schema.Table, pd.DataFrame]

SPEED_LIMITS = (10, 130)
LANES = (1, 12)
WIDEST = 100
OLDEST = 110


def explanation(rule: str) -> str:
    """What a rule does, in one sentence in the language of the session."""
    return _(RULES[rule])


def clean(raw: Mapping[schema.Table, pd.DataFrame], year: int) -> tuple[Frames, dict[schema.Table, Counts]]:
    """Type the tables of one year: official text columns become our columns, unknown is missing.

    Accident numbers are int64, codes categories of the whole code book, whole numbers nullable Int16, positions and
    widths float64, the rest text. Columns that a file does not have are missing throughout. caracteristiques gets
    `date`, `weekday` and `hour`, usagers gets `age`.
    """
    cleaned: Frames = {}
    counts: dict[schema.Table, Counts] = {}
    for name, frame in raw.items():
        counts[name] = Counter()
        typed = _typed(name, frame, year, counts[name])
        cleaned[name] = _without_repeats(name, _AFTER[name](typed, year, counts[name]), counts[name])
    return cleaned, counts


def _typed(name: schema.Table, raw: pd.DataFrame, year: int, counts: Counts) -> pd.DataFrame:
    numbers, repaired = cells.accident_numbers(raw["Num_Acc"])
    good = numbers // 10**8 == year
    if not good.all():
        _count(counts, "bad_key", "accident", int((~good).sum()))
        raw, numbers = raw[good], numbers[good]
    for rule, times in repaired.items():
        _count(counts, rule, "accident", times)
    columns = {c.name: _column(c, raw, year, counts) for c in schema.TABLES[name] if c.official != "Num_Acc"}
    return pd.DataFrame({"accident": numbers, **columns})


def _column(column: schema.Column, raw: pd.DataFrame, year: int, counts: Counts) -> pd.Series:
    if column.official not in raw:
        dtype = _reader(column, year, [])[1]
        return pd.Series(None, index=range(len(raw)), dtype="object").astype(dtype)
    if column.kind == "key":
        return _key(raw[column.official].reset_index(drop=True), column.name, counts)
    places, texts = _distinct(raw[column.official])
    read, dtype = _reader(column, year, texts)
    times = np.bincount(places, minlength=len(texts))
    values = []
    for text, n in zip(texts, times.tolist(), strict=True):
        value, rules = read(text)
        values.append(value)
        for rule in rules:
            counts[rule, column.name] += n
    distinct = pd.Series(values, dtype="object").astype(dtype)
    return distinct.take(places).reset_index(drop=True)


def _distinct(texts: pd.Series) -> tuple[np.ndarray, list[str]]:
    """For each row the place of its text among the distinct ones, and these."""
    if isinstance(texts.dtype, pd.CategoricalDtype):
        places, found = texts.cat.codes.to_numpy(), texts.cat.categories.tolist()
        used = np.bincount(places, minlength=len(found)) > 0  # the other rows of the file may belong to another year
        if used.all():
            return places, found
        return (np.cumsum(used) - 1)[places], [text for text, is_used in zip(found, used, strict=True) if is_used]
    places, index = pd.factorize(texts.fillna("").astype("str"))
    return places, index.tolist()


def _reader(column: schema.Column, year: int, texts: list[str]) -> tuple[Callable[[str], Cell], Dtype]:
    """How one column of a year is read, and the type that its values get."""
    name, old = column.name, year <= LAST_OLD_YEAR
    if name in _OWN_READERS:
        return _OWN_READERS[name]
    if name in _OLD_AND_NEW:
        two_ways, own_type = _OLD_AND_NEW[name]
        return partial(two_ways, old=old), own_type
    if name == "departement":
        old = cells.has_old_departements(texts, year)
        return partial(cells.departement, old=old), pd.CategoricalDtype(list(schema.DEPARTEMENTS))
    if column.kind == "code":
        return partial(cells.code, name=name), _codes(name)
    return (partial(cells.number, whole=True), "Int16") if column.kind == "number" else (cells.stripped, "str")


def _codes(name: str) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(list(schema.CODES[name]))


def _key(texts: pd.Series, name: str, counts: Counts) -> pd.Series:
    """Identifiers without spaces and without the decimals that a spreadsheet adds."""
    bare = texts.fillna("").astype("str")
    for space in SPACES:
        bare = bare.str.replace(space, "", regex=False)
    _count(counts, "spaces", name, int((bare != texts).sum()))
    for rule, pattern, wrong in (
        ("written_as_decimal", r"[0-9]+[.,]0+", r"[.,]0+$"),
        ("thousands", r"[0-9]{1,3}([.,'][0-9]{3}){2,}", r"[.,']"),
    ):
        rows = bare.str.fullmatch(pattern)
        if rows.any():
            _count(counts, rule, name, int(rows.sum()))
            bare = bare.mask(rows, bare.str.replace(wrong, "", regex=True))
    return bare.mask(bare.isin(["", "-1", *NO_VALUE]))


def _accidents(frame: pd.DataFrame, year: int, counts: Counts) -> pd.DataFrame:
    parts = frame[["year", "month", "day"]]
    date = pd.to_datetime(parts.astype("float64"), errors="coerce").astype("datetime64[us]")
    date = date.where(date.dt.year == year)
    _count(counts, "impossible_date", "date", int((parts.notna().any(axis=1) & date.isna()).sum()))
    frame = frame.assign(
        date=date,
        year=np.int16(year),
        month=date.dt.month.astype("Int16"),
        weekday=date.dt.isocalendar().day.astype("Int16"),
        hour=frame["time"],
        commune=_communes(frame, counts),
    )
    return _placed(frame, counts).drop(columns=["day", "time"])


def _communes(frame: pd.DataFrame, counts: Counts) -> pd.Series:
    """INSEE codes: three characters are completed with the département's two, overseas with its three (97104)."""
    short = frame["commune"].str.len() == 3
    if not short.any():
        return frame["commune"]
    _count(counts, "old_commune", "commune", int((short & frame["departement"].notna()).sum()))
    own, last = frame["departement"].astype("str"), frame["commune"]
    whole = (own + last).where(own.str.len() == 2, own + last.str.slice(1))
    return frame["commune"].mask(short, whole)


def _placed(frame: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    """Positions that lie in their territory; exchanged ones and lost signs put right, the others unknown."""
    latitude, longitude, own = frame["latitude"], frame["longitude"], frame["departement"]
    given = latitude.notna() | longitude.notna()
    zero = (latitude == 0) & (longitude == 0)
    good = territories.inside(own, latitude, longitude)
    # where the département is unknown nothing says which of two readings is right
    doubtful = given & ~good & ~zero & own.notna()
    swapped = doubtful & territories.inside(own, longitude, latitude)
    unsigned = doubtful & ~swapped & territories.inside(own, latitude, -longitude)
    outside = given & ~good & ~swapped & ~unsigned & ~zero
    for rule, rows in {"zero": zero, "swapped": swapped, "outside": outside}.items():
        for name in ("latitude", "longitude"):
            _count(counts, f"coordinates_{rule}", name, int((rows & frame[name].notna()).sum()))
    _count(counts, "coordinates_sign", "longitude", int(unsigned.sum()))
    known = good | swapped | unsigned
    return frame.assign(
        latitude=latitude.where(~swapped, longitude).where(known),
        longitude=longitude.where(~swapped, latitude).where(~unsigned, -longitude).where(known),
    )


def _places(frame: pd.DataFrame, year: int, counts: Counts) -> pd.DataFrame:
    speed, lanes, road = frame["speed_limit"], frame["lanes"], frame["road_width"]
    return frame.assign(
        speed_limit=_kept(speed, speed.between(*SPEED_LIMITS) & (speed % 5 == 0), "speed_limit", counts),
        lanes=_kept(lanes, lanes.between(*LANES), "lanes", counts),
        median_width=_kept(frame["median_width"], frame["median_width"].between(0, WIDEST), "width", counts),
        road_width=_kept(road, (road > 0) & (road <= WIDEST), "width", counts),
    )


def _vehicles(frame: pd.DataFrame, year: int, counts: Counts) -> pd.DataFrame:
    return frame.assign(year=np.int16(year))


def _people(frame: pd.DataFrame, year: int, counts: Counts) -> pd.DataFrame:
    age = year - frame["birth_year"]
    birth_year = _kept(frame["birth_year"], age.between(0, OLDEST), "age", counts)
    return frame.assign(birth_year=birth_year, age=age.where(birth_year.notna()), year=np.int16(year))


def _kept(values: pd.Series, plausible: pd.Series, rule: str, counts: Counts) -> pd.Series:
    plausible = plausible.fillna(False).astype("bool")
    _count(counts, rule, str(values.name), int((values.notna() & ~plausible).sum()))
    return values.where(plausible)


def _without_repeats(name: schema.Table, frame: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    """The first row of each key; rows without a key of their own (the people up to 2020) are all kept."""
    key = {"caracteristiques": "accident", "vehicules": "vehicle", "usagers": "person"}.get(name)
    if key is None:
        return frame
    if key == "vehicle" and frame[key].isna().all():
        key = "vehicle_letter"
    repeated = frame.duplicated(list(dict.fromkeys(["accident", key]))) & frame[key].notna()
    if not repeated.any():
        return frame
    _count(counts, "duplicate", key, int(repeated.sum()))
    return frame[~repeated].reset_index(drop=True)


def _count(counts: Counts, rule: str, column: str, changed: int) -> None:
    if changed:
        counts[rule, column] += changed


_AFTER: dict[schema.Table, Callable[[pd.DataFrame, int, Counts], pd.DataFrame]] = {
    "caracteristiques": _accidents,
    "lieux": _places,
    "vehicules": _vehicles,
    "usagers": _people,
}
# columns that are read in their own way, in every year alike
_OWN_READERS: dict[str, tuple[Callable[[str], Cell], Dtype]] = {
    "time": (cells.hour, "Int16"),
    "year": (cells.year, "Int16"),
    "milepost": (cells.milepost, "Int16"),
    "milepost_distance": (cells.milepost, "Int16"),
    "equipment": (partial(cells.equipment, digit=0), _codes("equipment")),
    "equipment_use": (partial(cells.equipment, digit=1), _codes("equipment_use")),
}
# columns that the files up to 2018 write otherwise
_OLD_AND_NEW: dict[str, tuple[Callable[..., Cell], Dtype]] = {
    "latitude": (cells.degrees, "float64"),
    "longitude": (cells.degrees, "float64"),
    "median_width": (cells.width, "float64"),
    "road_width": (cells.width, "float64"),
    "commune": (cells.commune, "str"),
}
