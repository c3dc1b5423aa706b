"""Which accidents the exploration pages show: fields in the sidebar, kept in the address, shown and removed as chips.

The address holds codes, not words, so that it means the same in every language: ?years=2023,2024&departements=69.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from data.dataset import Dataset
from data.errors import DataError
from data.filters import Filters, Value, column_of
from data.text import N_, _
from ui import words
from ui.components import cache, notices

# the fields in groups, as the sidebar folds them
GROUPS: dict[str, tuple[str, ...]] = {
    N_("When"): ("years", "months", "weekdays", "hours"),
    N_("Where"): ("departements", "built_up", "road_class", "speed_limit"),
    N_("Conditions"): ("light", "weather"),
    N_("Who and how serious"): ("users", "collision", "severity"),
}
LABELS: dict[str, str] = {
    "years": N_("Years"),
    "months": N_("Months"),
    "weekdays": N_("Weekdays"),
    "hours": N_("Hours"),
    "departements": N_("Départements"),
    "built_up": N_("Built-up area"),
    "severity": N_("Severity"),
    "collision": N_("Collision type"),
    "light": N_("Light"),
    "weather": N_("Weather"),
    "road_class": N_("Road class"),
    "speed_limit": N_("Speed limit"),
    "users": N_("Users involved"),
}
_STEPS_BACK = 20
_MOST = 200  # values of one filter that are read from an address; none has as many
_TOLD = 5  # wrong ones that are named
_NAMED = 2  # values of a chip that are spelt out
_NOW, _BEFORE, _WRITTEN, _PAGE = "filters_now", "filters_before", "filters_written", "filters_page"


def choose(data: Dataset, page: str) -> Filters:
    """The fields in the sidebar, filled from the address where it is new, and the address after them."""
    _bring_along(page)
    problems = _read_address()
    occurring = cache.occurring(data)
    with st.sidebar:
        chosen = {}
        for group, names in GROUPS.items():
            active = sum(bool(st.session_state.get(key(name))) for name in names)
            label = f"{_(group)} · {active}" if active else _(group)
            with st.expander(label, key=f"filters_{group}"):
                chosen |= {name: _field(name, occurring[name]) for name in names}
    filters = Filters.from_dict(chosen)
    _remember(filters)
    _write_address(filters)
    for problem in problems[:_TOLD]:
        st.warning(problem, icon=":material/link_off:")
    return filters


def chips(filters: Filters, left: int, total: int) -> None:
    """How many accidents the filters leave, and each active filter as a button that removes it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if filters == Filters():
            st.caption(_("All {total} accidents. Filters are in the sidebar.").format(total=words.count(total)))
        else:
            message = _("**{left}** of {total} accidents")
            st.markdown(message.format(left=words.count(left), total=words.count(total)), width="content")
        for name, values in filters.active():
            st.button(
                described(name, values),
                key=f"chip_{name}",
                icon=":material/close:",
                help=_("Remove this filter"),
                on_click=put,
                args=({name: ()},),
            )
        if len(list(filters.active())) > 1:
            st.button(_("Remove all"), key="chip_all", type="tertiary", on_click=put, args=(_nothing(),))
        if st.session_state.get(_BEFORE):
            st.button(_("Undo"), key="chip_undo", type="tertiary", icon=":material/undo:", on_click=_undo)


def nothing_left(filters: Filters, counts: Mapping[str, int]) -> None:
    """No accident matches: which filter keeps how many away, each with a button that removes it."""
    st.info(_("No accident matches all filters."), icon=":material/filter_alt_off:")
    helping = {name: n for name, n in sorted(counts.items(), key=lambda item: -item[1]) if n}
    if not helping:
        st.markdown(_("No single filter is the reason: remove more than one."))
        return
    chosen = dict(filters.active())
    for name, n in helping.items():
        message = _("Without {filter}: {n} accidents")
        label = message.format(filter=described(name, chosen[name]), n=words.count(n))
        st.button(label, key=f"without_{name}", on_click=put, args=({name: ()},))


def described(name: str, values: Sequence[Value]) -> str:
    """A filter in words: Light: Night with lighting, Night without lighting +1."""
    if name == "years":
        said = words.years([int(value) for value in values])
    else:
        said = ", ".join(value_label(name, value) for value in values[:_NAMED])
        said += f" +{len(values) - _NAMED}" if len(values) > _NAMED else ""
    return f"{_(LABELS[name])}: {said}"


def value_label(name: str, value: Value) -> str:
    """One value of a filter in words."""
    if name == "years":
        return str(value)
    if name == "hours":
        return f"{value}:00–{value}:59"
    if name == "speed_limit":
        return f"{value} km/h"
    if name == "departements":
        return f"{value} {words.code('departement', value)}"
    if name == "users":
        return words.input_label(str(value))
    return words.code(column_of(name), value)


def put(changes: Mapping[str, Sequence[Value]]) -> None:
    """Set fields, in a callback: the next run shows them in the sidebar and in the address."""
    for name, values in changes.items():
        st.session_state[key(name)] = list(values)


def key(name: str) -> str:
    """Under which the value of a field is kept."""
    return f"filter_{name}"


def _field(name: str, occurring: Sequence[Value]) -> list[Value]:
    chosen = st.session_state.get(key(name)) or []
    options = [*occurring, *(value for value in chosen if value not in occurring)]
    return st.multiselect(
        _(LABELS[name]),
        options,
        key=key(name),
        format_func=lambda value: value_label(name, value),
        placeholder=_("all"),
        select_all=False,  # it would stand before the value that is typed
    )


def _bring_along(page: str) -> None:
    """Fill the fields of a page that is come to from another with what was chosen there.

    Streamlit forgets fields that are not drawn.
    """
    lost = page != st.session_state.get(_PAGE) or key("years") not in st.session_state
    if lost and _NOW in st.session_state:
        put(_nothing() | dict(st.session_state[_NOW].active()))
    st.session_state[_PAGE] = page


def _nothing() -> dict[str, Sequence[Value]]:
    return {name: () for names in GROUPS.values() for name in names}


def _remember(filters: Filters) -> None:
    """Keep what was shown before, to go back to."""
    now = st.session_state.setdefault(_NOW, filters)
    if filters != now:
        st.session_state[_BEFORE] = [*st.session_state.get(_BEFORE, []), now][-_STEPS_BACK:]
        st.session_state[_NOW] = filters


def _undo() -> None:
    *earlier, last = st.session_state[_BEFORE]
    st.session_state[_BEFORE], st.session_state[_NOW] = earlier, last
    put(_nothing() | dict(last.active()))


def _read_address() -> list[str]:
    """Take over what the address asks for, unless this session wrote it; gives what was not understood, in words.

    A page may be run with an address that is older than its fields, as one run follows another before the browser has
    changed it, and a link to another page drops it: the fields then keep what they have.
    """
    asked = {name: st.query_params[name] for name in LABELS if name in st.query_params}
    if not asked or asked in st.session_state.get(_WRITTEN, []):
        return []
    problems, found = [], _nothing()
    for name, text in asked.items():
        for value in text.split(",")[:_MOST]:
            try:
                found[name] = Filters.from_dict({name: [*found[name], value]}).to_dict()[name]
            except DataError:
                message = _("{filter}: the address asks for '{value}', which does not exist; it was left out.")
                problems.append(message.format(filter=_(LABELS[name]), value=notices.literal(value[:40])))
    put(found)
    return problems


def _write_address(filters: Filters) -> None:
    wanted = {name: ",".join(map(str, values)) for name, values in filters.active()}
    for name in LABELS:
        if name not in wanted and name in st.query_params:
            del st.query_params[name]
        elif name in wanted and st.query_params.get(name) != wanted[name]:
            st.query_params[name] = wanted[name]
    written = st.session_state.setdefault(_WRITTEN, [])
    if wanted not in written:
        st.session_state[_WRITTEN] = [*written, wanted][-_STEPS_BACK:]
