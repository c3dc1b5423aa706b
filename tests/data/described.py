"""Accidents written by hand: only what a test is about, everything else unknown."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from data import schema
from data.accidents import Joined
from data.coded import CASUALTIES, COLUMNS
from data.dataset import InMemory
from data.filters import USERS

NUMBERS = ("year", "month", "weekday", "hour", "speed_limit", *USERS, *CASUALTIES)


def source(*rows: dict[str, object], people: Sequence[dict[str, object]] = ()) -> InMemory:
    """A data set of these accidents; month and weekday follow from the date, the year too where it is not given.

    `people`: what is known of each person, with the place of the accident among the rows as `of`.
    """
    accidents = pd.DataFrame([_completed(i, row) for i, row in enumerate(rows)], columns=_columns())
    types: dict[str, object] = {name: "Int16" if name in NUMBERS else _codes(name) for name in (*COLUMNS, *USERS)}
    types |= dict.fromkeys(CASUALTIES, "Int16") | {"date": "datetime64[us]", "accident": "str"}
    types |= {"latitude": "float64", "longitude": "float64"}
    accidents = accidents.astype(types)
    years = tuple(sorted(accidents["year"].unique().tolist()))
    joined = Joined(accidents, pd.DataFrame(), _people(people, accidents["accident"]), {})
    return InMemory("1", years, simulated=False, report={}, joined=joined)


def _people(people: Sequence[dict[str, object]], accidents: pd.Series) -> pd.DataFrame:
    frame = pd.DataFrame(people, columns=["of", "age", "sex", "role", "injury"])
    frame["accident"] = [accidents[place] for place in frame.pop("of")]
    return frame.astype(
        {"accident": "str", "age": "Int16", **{name: _codes(name) for name in ("sex", "role", "injury")}}
    )


def _columns() -> list[str]:
    return [*COLUMNS, *USERS, *CASUALTIES, "date", "latitude", "longitude", "accident"]


def _codes(name: str) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(list(schema.values(name)))


def _completed(place: int, row: dict[str, object]) -> dict[str, object]:
    date = pd.to_datetime(row.get("date"))
    day = {} if date is None else {"year": date.year, "month": date.month, "weekday": date.day_of_week + 1}
    whole = day | row
    return whole | {"date": date, "accident": f"{whole['year']}{place:08d}"}
