"""The form that describes one accident, in the groups of inputs, each of which may be unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from data import cells, features, link, plausibility, schema
from data.text import N_, _
from ui import words

# What other pages read: the widgets' own keys belong to the page that draws them.
DESCRIBED = "described_accident"
ASKED = "accident_asked"
BEGUN_WITH = "accident_begun_with"  # the recorded accident of which the description is a copy, or was at first
_TAKEN_AWAY = "accident_taken_away"  # group -> what was known of it before it was made unknown
UNKNOWN = ""
_COLUMNS = 2

_TOWN = {"built_up": "2", "road_class": "4", "traffic": "2", "lanes": 2, "speed_limit": 50}
_NO_VEHICLE = dict.fromkeys(schema.VEHICLE_GROUPS, 0)
EXAMPLES: dict[str, dict[str, object]] = {
    N_("Pedestrian at night in town"): {
        **_TOWN, **_NO_VEHICLE, "month": "11", "weekday": "5", "hour": "19", "light": "5", "weather": "1",
        "surface": "1", "junction": "1", "gradient": "1", "alignment": "1", "people": 2, "pedestrians": 1,
        "vehicles": 1, "headings": "single", "cars": 1, "youngest_age": 34, "oldest_age": 71,
    },
    N_("Motorcycle alone on a departmental road"): {
        **_NO_VEHICLE, "month": "6", "weekday": "7", "hour": "15", "built_up": "1", "light": "1", "weather": "1",
        "surface": "1", "road_class": "3", "traffic": "2", "lanes": 2, "speed_limit": 80, "junction": "1",
        "gradient": "2", "alignment": "2", "people": 1, "pedestrians": 0, "vehicles": 1, "headings": "single",
        "motorcycles": 1, "youngest_age": 27, "oldest_age": 27,
    },
    N_("Two cars on a wet motorway"): {
        **_NO_VEHICLE, "month": "12", "weekday": "5", "hour": "18", "built_up": "1", "light": "3", "weather": "2",
        "surface": "2", "road_class": "1", "traffic": "3", "lanes": 3, "speed_limit": 110, "junction": "1",
        "gradient": "1", "alignment": "1", "people": 3, "pedestrians": 0, "vehicles": 2, "headings": "same",
        "cars": 2, "youngest_age": 24, "oldest_age": 52,
    },
    N_("Car and bicycle at a junction"): {
        **_TOWN, **_NO_VEHICLE, "month": "9", "weekday": "2", "hour": "8", "light": "1", "weather": "1",
        "surface": "1", "junction": "3", "people": 2, "pedestrians": 0, "vehicles": 2, "cars": 1,
        "bicycles": 1, "youngest_age": 29, "oldest_age": 46,
    },
}  # fmt: skip


def examples() -> None:
    """Accidents to start from; each replaces the whole description."""
    with st.container(horizontal=True, gap="small"):
        for i, (name, values) in enumerate(EXAMPLES.items()):
            st.button(_(name), key=f"example_{i}", on_click=fill, args=(values,))


def show() -> dict[str, object]:
    """Draw the form; the values of all inputs, None where unknown, which are also kept for the other pages."""
    tabs = st.tabs([_(label) for label in features.GROUPS.values()], key="accident_groups")
    values: dict[str, object] = {}
    for group, tab in zip(features.GROUPS, tabs, strict=True):
        with tab:
            inputs = [i for i in features.INPUTS if i.group == group]
            values |= _group([i for i in inputs if not i.detail])
            values |= _details(group, [i for i in inputs if i.detail])
            _unknown_button(group, values)
    st.session_state[DESCRIBED] = values
    _buttons(values)
    for sentence in plausibility.contradictions(values):
        st.warning(sentence, icon=":material/rule:")
    return values


def described() -> dict[str, object] | None:
    """The accident that was described and asked about in this session, if any."""
    return st.session_state.get(DESCRIBED) if asked() else None


def asked() -> bool:
    """Whether an answer was asked for; from then on it follows every edit."""
    return bool(st.session_state.get(ASKED))


def details_key(group: str) -> str:
    """The session key of the choice of a group's details."""
    return f"accident_details_{group}"


def complete_key(group: str) -> str:
    """The session key of the choice of topics whose details are counted in full."""
    return f"accident_complete_{group}"


def taken_away() -> dict[str, dict[str, object]]:
    """What was known of each group that was made unknown as a whole and still is."""
    kept: dict[str, dict[str, object]] = st.session_state.get(_TAKEN_AWAY, {})
    return kept


def make_unknown(group: features.Group) -> None:
    """Forget a group until it is brought back, in a callback."""
    now = st.session_state.get(DESCRIBED, {})
    known = {i.name: now[i.name] for i in _of(group) if now.get(i.name) is not None}
    st.session_state[_TAKEN_AWAY] = {**taken_away(), group: known}
    _put(group, {})


def bring_back(group: features.Group) -> None:
    """Fill a group with what was known before it was made unknown, in a callback."""
    kept = dict(taken_away())
    _put(group, kept.pop(group, {}))
    st.session_state[_TAKEN_AWAY] = kept


def key(name: str) -> str:
    """The session key of an input's widget."""
    return f"accident_{name}"


def fill(values: Mapping[str, object]) -> None:
    """Set every input: those not named become unknown. For callbacks, before the widgets are drawn."""
    for group in features.GROUPS:
        _put(group, values)
    st.session_state[_TAKEN_AWAY] = {}
    st.session_state.pop(BEGUN_WITH, None)


def _put(group: features.Group, values: Mapping[str, object]) -> None:
    """Set the inputs of a group."""
    complete = [topic for topic in link.complete(values) if topic in _topics(group)]
    implied = {name for topic in complete for name in link.TOPICS[topic] if values[name] == 0}
    for item in _of(group):
        missing = UNKNOWN if item.kind in ("category", "commune") else None
        st.session_state[key(item.name)] = values.get(item.name, missing)
    given = [i.name for i in _of(group) if i.detail and values.get(i.name) is not None and i.name not in implied]
    st.session_state[details_key(group)] = given
    st.session_state[complete_key(group)] = complete


def _of(group: features.Group) -> list[features.Input]:
    return [i for i in features.INPUTS if i.group == group]


def _topics(group: features.Group) -> list[str]:
    return list(dict.fromkeys(i.topic for i in _of(group) if i.detail))


def _group(items: list[features.Input]) -> dict[str, object]:
    values: dict[str, object] = {}
    for i, item in enumerate(items):
        if i % _COLUMNS == 0:  # a row of its own, so that the Tab key follows the eye
            row = st.columns(_COLUMNS)
        with row[i % _COLUMNS]:
            values[item.name] = _WIDGETS[item.kind](item)
    return values


def _details(group: features.Group, items: list[features.Input]) -> dict[str, object]:
    """Counts that few know are asked for only where somebody wants to give them."""
    if not items:
        return {}
    labels = {i.name: words.input_label(i.name) for i in items}
    chosen = st.multiselect(
        _("Details to give"), list(labels), format_func=labels.__getitem__, placeholder=_("None"),
        help=_("What is not chosen is unknown, unless it is counted in full. Each is a number of vehicles or people."),
        key=details_key(group), persist_state="session",
    )  # fmt: skip
    complete = st.multiselect(
        _("Counted in full"), _topics(group), format_func=words.input_label, placeholder=_("None"),
        help=_("Of what is counted in full, the details that are not chosen above are 0 instead of unknown."),
        key=complete_key(group), persist_state="session",
    )  # fmt: skip
    others = {i.name: 0 if i.topic in complete else None for i in items}
    return {**others, **_group([i for i in items if i.name in chosen])}


def _unknown_button(group: features.Group, values: Mapping[str, object]) -> None:
    """Takes away all that is known of a group, or brings it back."""
    known = any(values[i.name] is not None for i in _of(group))
    if known and group in taken_away():
        st.session_state[_TAKEN_AWAY] = {name: kept for name, kept in taken_away().items() if name != group}
    if known:
        label, icon, act = _("Make this group unknown"), ":material/visibility_off:", make_unknown
    elif taken_away().get(group):
        label, icon, act = _("Bring this group back"), ":material/undo:", bring_back
    else:
        return
    st.button(label, key=f"unknown_{group}", icon=icon, type="tertiary", on_click=act, args=(group,))


def _commune(item: features.Input) -> str | None:
    given = st.text_input(
        words.input_label(item.name), placeholder=_("Unknown"), max_chars=5,
        help=_("Five characters, such as 59350 for Lille: how many accidents a commune has says much about them."),
        key=key(item.name), persist_state="session",
    )  # fmt: skip
    code = (given or "").strip().upper()
    if code and not re.fullmatch(cells.COMMUNE, code):
        st.caption(_(":orange[{value} is no INSEE code: unknown.]").format(value=code))
        return None
    return code or None


def _category(item: features.Input) -> str | None:
    def name(code: str) -> str:
        if code == UNKNOWN:
            return _("Unknown")
        return f"{code} {words.code(item.name, code)}" if item.name == "departement" else words.code(item.name, code)

    chosen = st.selectbox(
        words.input_label(item.name),
        [UNKNOWN, *schema.values(item.name)],
        format_func=name,
        help=_("Close to an account of the accident itself: leave it unknown to ask what was known before.")
        if item.near_event
        else None,
        key=key(item.name),
        persist_state="session",
    )
    return chosen or None


def _number(item: features.Input) -> float | int | None:
    whole = {"min_value": int(item.minimum), "max_value": int(item.maximum), "step": 1}
    exact = {"min_value": float(item.minimum), "max_value": float(item.maximum), "step": 0.01, "format": "%.4f"}
    unit = f" ({_(item.unit)})" if item.unit else ""
    return st.number_input(
        words.input_label(item.name) + unit,
        value=None,
        placeholder=_("Unknown"),
        key=key(item.name),
        persist_state="session",
        **(whole if item.whole else exact),
    )


_WIDGETS = {"category": _category, "number": _number, "commune": _commune}


def _buttons(values: Mapping[str, object]) -> None:
    given = sum(value is not None for value in values.values())
    with st.container(horizontal=True, vertical_alignment="center"):
        # a callback: another run that comes before this line is reached would forget the click
        st.button(_("Predict"), type="primary", key="predict", on_click=_ask)
        st.button(_("Clear"), key="clear", on_click=_clear)
        st.caption(
            _("{given} of {all} inputs given; the others are unknown.").format(given=given, all=len(features.INPUTS))
        )


def _ask() -> None:
    st.session_state[ASKED] = True


def _clear() -> None:
    fill({})
    st.session_state[ASKED] = False
