"""The inputs of the classifiers: everything known before the impact, declared once.

Never here: point of impact, manoeuvre, obstacle hit, injuries, safety equipment and pedestrian action, which are
recorded after the event or define it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import pandas as pd

from data import schema, typed
from data.errors import DataError
from data.involved import COUNTS, Count
from data.text import N_, _, language

Group = Literal["when_where", "conditions", "road", "vehicles", "people"]
Target = Literal["collision", "severity"]
GROUPS: dict[Group, str] = {
    "when_where": N_("When and where"),
    "conditions": N_("Conditions"),
    "road": N_("Road"),
    "vehicles": N_("Vehicles"),
    "people": N_("People"),
}
TARGETS: dict[Target, str] = {"collision": N_("Collision type"), "severity": N_("Severity")}
TOPIC_LABELS: dict[str, str] = {
    "vehicle_category": N_("Kinds of vehicle in detail"),
    "motor": N_("Motors"),
    "heading": N_("Directions of travel"),
    "ages": N_("Ages in detail"),
    "sex": N_("Women by role"),
    "seat": N_("Seats"),
    "journey": N_("Journeys"),
}


@dataclass(frozen=True)
class Input:
    """One input of the classifiers.

    `kind`: a category takes the codes of `schema.values(name)`; a number lies in [minimum, maximum], in `unit`; a
    commune is an INSEE code.
    `ordered`: the codes follow a scale (hour, month), so a tree may cut them like a number.
    `near_event`: known before the impact, yet close to an account of it; scores are given with and without it.
    `detail`: divides what another input counts, and is asked for apart.
    `topic`: what it is about, where several inputs are about one thing; a key of `TOPIC_LABELS`.
    """

    name: str
    group: Group
    label: str
    kind: Literal["category", "number", "commune"] = "category"
    ordered: bool = False
    near_event: bool = False
    detail: bool = False
    minimum: float = 0
    maximum: float = 0
    whole: bool = True
    unit: str = ""
    topic: str = ""

    @property
    def player(self) -> str:
        """The name under which explanations speak of it: that of its topic, or its own."""
        return self.topic or self.name


def _topic(count: Count) -> str:
    """Details of one column of the files belong together."""
    return "ages" if count.ages is not None else list(count.where)[-1]


def _count(name: str, group: Group, label: str, maximum: int = 50) -> Input:
    return Input(name, group, label, "number", maximum=maximum)


def _details(group: Literal["vehicles", "people"]) -> tuple[Input, ...]:
    most = 200 if group == "people" else 50
    return tuple(
        Input(
            name,
            group,
            count.label,
            "number",
            near_event=count.near_event,
            detail=True,
            maximum=most,
            topic=_topic(count),
        )
        for name, count in COUNTS.items()
        if count.frame == group
    )


INPUTS: tuple[Input, ...] = (
    Input("month", "when_where", N_("Month"), ordered=True),
    Input("weekday", "when_where", N_("Day of the week"), ordered=True),
    Input("hour", "when_where", N_("Hour"), ordered=True),
    Input("departement", "when_where", N_("Département")),
    Input("commune", "when_where", N_("Commune (INSEE code)"), "commune"),
    Input("built_up", "when_where", N_("Built-up area")),
    Input("latitude", "when_where", N_("Latitude"), "number", minimum=-28, maximum=52, whole=False, unit=N_("°")),
    Input("longitude", "when_where", N_("Longitude"), "number", minimum=-180, maximum=180, whole=False, unit=N_("°")),
    Input("light", "conditions", N_("Light")),
    Input("weather", "conditions", N_("Weather")),
    Input("surface", "conditions", N_("Road surface")),
    Input("road_class", "road", N_("Road class")),
    Input("traffic", "road", N_("Traffic regime")),
    Input("lanes", "road", N_("Lanes"), "number", minimum=1, maximum=12),
    Input("speed_limit", "road", N_("Speed limit"), "number", minimum=10, maximum=130, unit=N_("km/h")),
    Input("junction", "road", N_("Junction")),
    Input("reserved_lane", "road", N_("Reserved lane")),
    Input("gradient", "road", N_("Gradient")),
    Input("alignment", "road", N_("Alignment")),
    Input("infrastructure", "road", N_("Infrastructure")),
    Input("situation", "road", N_("Where on the road")),
    _count("vehicles", "vehicles", N_("Vehicles involved")),
    *(_count(name, "vehicles", english) for name, (_codes, _french, english) in schema.VEHICLE_GROUPS.items()),
    Input("headings", "vehicles", N_("Directions of travel"), near_event=True, topic="heading"),
    *_details("vehicles"),
    _count("people", "people", N_("People involved"), 200),
    _count("pedestrians", "people", N_("Pedestrians")),
    Input("youngest_age", "people", N_("Age of the youngest"), "number", maximum=110, unit=N_("years")),
    Input("oldest_age", "people", N_("Age of the oldest"), "number", maximum=110, unit=N_("years")),
    *_details("people"),
)
NEAR_EVENT = tuple(i.name for i in INPUTS if i.near_event)
BY_NAME: dict[str, Input] = {i.name: i for i in INPUTS}
# what explanations name, some forty things instead of all inputs
PLAYERS: dict[str, tuple[Input, ...]] = {
    player: tuple(i for i in INPUTS if i.player == player) for player in dict.fromkeys(i.player for i in INPUTS)
}
_NUMBERS = {i.name: i for i in INPUTS if i.kind == "number"}
_OTHERS = tuple(i for i in INPUTS if i.kind != "number")
_ORDER = (*_OTHERS, *_NUMBERS.values())
_COLUMNS = pd.Index([*(i.name for i in _OTHERS), *_NUMBERS])
_LOWEST = np.array([i.minimum for i in _NUMBERS.values()])
_HIGHEST = np.array([i.maximum for i in _NUMBERS.values()])
_WHOLE = np.array([i.whole for i in _NUMBERS.values()])


def called(name: str) -> str:
    """What an input is called, in the person's language."""
    spoken = language()
    if spoken == "fr" and name in schema.VEHICLE_GROUPS:
        return schema.VEHICLE_GROUPS[name][1]
    count = COUNTS.get(name)
    if count is not None and count.what:
        [(column, (code,))] = count.where.items()
        return f"{_(count.what)}: {schema.label(column, code)}"
    return _(BY_NAME[name].label)


def table(accidents: pd.DataFrame) -> pd.DataFrame:
    """Inputs, date and both targets of joined accidents, one row an accident, indexed by accident number.

    Categories hold official codes as text, numbers are float64; unknown is missing. A column that the imported years do
    not have (a year without `usagers`, say) is unknown throughout. A count above its input's maximum is that maximum.
    """
    columns: dict[str, pd.Series] = {i.name: _values(accidents, i) for i in INPUTS}
    targets: dict[str, pd.Series] = {str(t): typed.coded(accidents, t) for t in TARGETS}
    date = accidents["date"].reset_index(drop=True)
    frame = pd.DataFrame({**columns, "date": date, **targets})
    return frame.set_index(pd.Index(accidents["accident"].astype("str"), name="accident"))


def row(values: Mapping[str, object]) -> pd.DataFrame:
    """One described accident as a table of one row; inputs left out or None are unknown.

    Raises: DataError naming the input and the value that is not possible.
    """
    return rows([values])


def rows(many: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Described accidents as a table, one row each; inputs left out or None are unknown.

    Raises: DataError naming the input and the value that is not possible.
    """
    unknown = {name for values in many for name in values} - set(BY_NAME)
    if unknown:
        raise DataError(_("{name} is not an input of the models.").format(name=", ".join(sorted(unknown))))
    index = pd.Index(["described"] * len(many))
    columns = {i.name: [values.get(i.name) for values in many] for i in INPUTS}
    try:  # typed at once where it can be: finding out types takes longer than a model's answer
        return checked(pd.DataFrame({i.name: typed.described(i, columns[i.name]) for i in _ORDER}, index=index))
    except (KeyError, TypeError, DataError):  # the slower way says what is wrong in the words of who gave it
        return checked(pd.DataFrame(columns, index=index))


def checked(rows: pd.DataFrame) -> pd.DataFrame:
    """The inputs of `rows` in any order, typed as by `table`, every value verified.

    Rows that are so typed are given back themselves, with whatever other columns they have.
    Raises: DataError naming the column that is missing, or the column and value that are not possible.
    """
    at = rows.columns.get_indexer_for(_COLUMNS)
    if (at < 0).any():
        missing = next(i.name for i in INPUTS if i.name not in rows)
        raise DataError(_("The column {column} is missing.").format(column=missing))
    # no column on its own where it can be helped: one accident would take longer than the model's answer
    already = all(map(typed.same, rows.dtypes.take(at), _dtypes()))
    given = rows if already else _typed(rows)
    if already:  # what a category holds follows from its type
        typed.commune(rows["commune"], BY_NAME["commune"])
    values = numbers_of(given)
    possible = (values >= _LOWEST) & (values <= _HIGHEST) & ((np.floor(values) == values) | ~_WHOLE)
    known = ~np.isnan(values) if already else rows[list(_NUMBERS)].notna().to_numpy()
    if not (possible | ~known).all():
        row_at, column = np.argwhere(known & ~possible)[0]
        typed.refuse(list(_NUMBERS.values())[column], rows[list(_NUMBERS)[column]].iloc[int(row_at)])
    return given


def numbers_of(rows: pd.DataFrame) -> np.ndarray:
    """The numbers among the inputs of typed rows, in the order of `INPUTS`. Shape: (n, n_numbers) float64."""
    columns = rows.columns.get_indexer_for(_COLUMNS[len(_OTHERS) :])
    values: np.ndarray = rows.take(columns, axis="columns").to_numpy()
    return values


def hidden(rows: pd.DataFrame, names: tuple[str, ...] | list[str]) -> pd.DataFrame:
    """The rows with some inputs made unknown.

    Raises: DataError for a name that is no input.
    """
    wrong = [name for name in names if name not in BY_NAME]
    if wrong:
        raise DataError(
            _("{name} is not an input; the inputs are {names}.").format(name=wrong[0], names=", ".join(BY_NAME))
        )
    return rows.assign(**{name: pd.Series(None, index=rows.index, dtype=rows[name].dtype) for name in names})


def _values(accidents: pd.DataFrame, item: Input) -> pd.Series:
    if item.kind == "category":
        return typed.coded(accidents, item.name)
    if item.name not in accidents:
        return pd.Series(None, index=range(len(accidents)), dtype="str" if item.kind == "commune" else "float64")
    if item.kind == "commune":
        return accidents[item.name].astype("str").reset_index(drop=True)
    numbers = accidents[item.name].astype("float64").reset_index(drop=True)
    # a pile-up may count more than any form offers; one such accident must not keep the others from being scored
    return numbers.clip(upper=item.maximum) if item.group in ("vehicles", "people") else numbers


@cache
def _dtypes() -> list[object]:
    """The type of each of `_COLUMNS` in a table."""
    return [
        *(typed.dtype_of(i.name) if i.kind == "category" else pd.StringDtype(na_value=np.nan) for i in _OTHERS),
        *(np.dtype("float64") for _name in _NUMBERS),
    ]


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    """The inputs typed as by `table`; categories and communes verified, and numbers missing that are none."""
    others = {i.name: (typed.category if i.kind == "category" else typed.commune)(rows[i.name], i) for i in _OTHERS}
    given = rows[list(_NUMBERS)]
    if not (given.dtypes == "float64").all():
        given = given.apply(pd.to_numeric, errors="coerce").astype("float64")
    return pd.concat([pd.DataFrame(others, index=rows.index), given], axis="columns")
