"""One accident in words, in a drawer beside the map."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data import record, schema
from data.text import _
from ui import words
from ui.components import accident_address, filter_form, notices, past_accident
from ui.components.exploration import View

_OPEN, _ADDRESSED = "map_accident", "map_accident_addressed"
_LONGEST = 40  # letters of a wrong number that are said again
CONDITIONS = ("light", "weather", "surface", "built_up", "junction", "road_class", "speed_limit", "collision")


def show(accident: str) -> None:
    """Open the drawer on the next run, in a callback."""
    st.session_state[_OPEN] = accident


def drawer(view: View) -> None:
    """The accident that somebody chose, until the drawer is closed."""
    _read_address()
    accident = st.session_state.get(_OPEN)
    if accident is None:
        return
    year = view.ask(record.year_of, accident)
    if year is None:
        close()
        message = _("There is no accident {accident} in these data.")
        st.toast(message.format(accident=notices.literal(accident[:_LONGEST])), icon=":material/search:")
        return

    @st.dialog(_("Accident {accident}").format(accident=accident), position="right", on_dismiss=close)
    def opened() -> None:
        _say(record.read(view.data, accident, year), simulated=view.data.simulated)
        accident_address.expect(accident)
        past_accident.page_link(accident)

    opened()


def close() -> None:
    """Forget the accident that is shown."""
    st.session_state.pop(_OPEN, None)
    st.session_state.pop(_ADDRESSED, None)
    st.query_params.pop(past_accident.ACCIDENT, None)


def _read_address() -> None:
    """Open the accident that the address names, once."""
    asked = st.query_params.get(past_accident.ACCIDENT)
    if asked != st.session_state.get(_ADDRESSED):
        st.session_state[_ADDRESSED] = asked
        if asked is not None:
            show(asked)


def when(accident: pd.Series) -> str:
    """Day and hour in words, as far as they are known."""
    if pd.isna(accident["date"]):
        return _("When is not known.")
    said = f"{words.code('weekday', accident['weekday'])} {words.day(accident['date'].date())}"
    hour = accident["hour"]
    return said if pd.isna(hour) else _("{day}, {hour}:00–{hour}:59").format(day=said, hour=hour)


def where(accident: pd.Series) -> list[str]:
    """Département, municipality, road, address and position, as far as they are known."""
    known = accident[accident.notna()]
    found = []
    if "departement" in known:
        found.append(filter_form.value_label("departements", known["departement"]))
    if "commune" in known:
        found.append(_("municipality {code} (INSEE number)").format(code=known["commune"]))
    address = str(known.get("address", ""))
    texts = (" ".join(str(text).split()) for text in (known.get("road", ""), address))  # the files pad them
    found += [text for text in texts if text and text not in found]
    if "latitude" in known and "longitude" in known:
        found.append(f"{known['latitude']:.5f}, {known['longitude']:.5f}")
    return found or [_("Where is not known.")]


def conditions(accident: pd.Series) -> dict[str, str]:
    """The known conditions, label and value in words."""
    found = {}
    for name in CONDITIONS:
        if name in accident and pd.notna(accident[name]):
            speed = name == "speed_limit"
            found[words.column(name)] = f"{accident[name]} km/h" if speed else words.code(name, accident[name])
    return found


def vehicles(rows: pd.DataFrame) -> list[str]:
    """Each vehicle in a line: what it is, what it did and what it hit."""
    return [_line(row, "vehicle_category", ("manoeuvre", "fixed_obstacle", "moving_obstacle")) for row in _dicts(rows)]


def people(rows: pd.DataFrame) -> list[str]:
    """Each person in a line: role, age, sex and injury."""
    found = []
    for row in _dicts(rows):
        said = [words.code("role", row["role"]) if _known(row, "role") else _("Role not known")]
        if _known(row, "sex"):
            said.append(words.code("sex", row["sex"]).lower())
        if _known(row, "age"):
            said.append(_("{age} years").format(age=row["age"]))
        said.append(words.code("injury", row["injury"]).lower() if _known(row, "injury") else _("injury not known"))
        vehicle = ""
        if _known(row, "vehicle_letter"):
            on_foot = row.get("role") in schema.PEDESTRIAN_ROLES
            vehicle = (_(" (hit by {letter})") if on_foot else _(" (in {letter})")).format(letter=row["vehicle_letter"])
        found.append(", ".join(said) + vehicle)
    return found


def _say(found: record.Record, *, simulated: bool) -> None:
    accident = found.accident
    if simulated:
        notices.simulated_data()
    if pd.notna(accident["severity"]):
        st.badge(words.code("severity", accident["severity"]))
    st.markdown(f"**{when(accident)}**")
    st.text("\n".join(where(accident)))  # written by others: never read as Markdown
    st.subheader(_("Conditions"))
    st.table(pd.Series(conditions(accident), name="", dtype="object"), hide_header=True, alt=_("Conditions"))
    _lines(_("Vehicles"), vehicles(found.vehicles), _("Its vehicles are not known."))
    _lines(_("People"), people(found.people), _("Its people are not known: no people table is imported."))


def _lines(title: str, lines: list[str], without: str) -> None:
    st.subheader(title)
    if lines:
        st.text("\n".join(f"• {line}" for line in lines))
    else:
        st.caption(without)


def _line(row: dict[str, object], first: str, more: tuple[str, ...]) -> str:
    said = [words.code(first, row[first]) if _known(row, first) else _("Vehicle of unknown kind")]
    said += [
        f"{words.column(n).lower()}: {words.code(n, row[n]).lower()}" for n in more if _known(row, n) and row[n] != "0"
    ]
    letter = f"{row['vehicle_letter']}: " if _known(row, "vehicle_letter") else ""
    return letter + "; ".join(said)


def _known(row: dict[str, object], name: str) -> bool:
    return name in row and not pd.isna(row[name])


def _dicts(rows: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]
