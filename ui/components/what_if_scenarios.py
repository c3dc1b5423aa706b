"""The accident and up to three variants of it side by side: what each changes, and what the models say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from data import features, plausibility, schema
from data.errors import DataError
from data.text import _
from models import what_if
from ui import words
from ui.charts import what_if as charts
from ui.components import cache, notices, plots, what_if_state
from ui.components import what_if_address as address
from ui.components.what_if_answers import Asked, ask_all
from ui.components.what_if_state import Scenario

_UNKNOWN = ""
_WIDTH = 244  # pixels: four beside each other on a page of 1440


@dataclass(frozen=True)
class Column:
    """An accident as it stands in one column: its name and all its values."""

    name: str
    values: Mapping[str, object]


def show(asked: Asked, values: Mapping[str, object]) -> None:
    """The columns, what differs between them, and the answers.

    Raises: DataError for a value that is not possible; CheckpointError where the chosen model is damaged.
    """
    kept = what_if_state.scenarios()
    drawn, columns = [], [Column(_("As described"), values)]
    with st.container(horizontal=True, gap="small"):
        _first(values)
        for scenario in kept:
            with st.container(border=True, width=_WIDTH):
                now = _edit(scenario, values)
                drawn.append(now)
                changed = {**values, **now.changes}
                if _possible(changed):
                    columns.append(Column(_unlike(now.name, columns), changed))
                _warn(changed)
                st.button(
                    _("Remove"), key=f"whatif_{scenario.number}_remove", icon=":material/close:", type="tertiary",
                    on_click=what_if_state.remove, args=(scenario.number,),
                )  # fmt: skip
        if len(kept) < what_if_state.MOST:
            st.button(_("Add a scenario"), key="whatif_add", icon=":material/add:", on_click=what_if_state.add)
    what_if_state.keep(drawn)
    _differences(columns)
    _answers(asked, columns)


def _first(values: Mapping[str, object]) -> None:
    """The accident itself, which is changed on its own page."""
    with st.container(border=True, width=_WIDTH):
        st.markdown(f"**{_('As described')}**")
        known = [name for name, value in values.items() if value not in (None, 0)]
        st.caption(_("{n} inputs known; the other columns change some of them.").format(n=len(known)))
        with st.popover(_("What is known"), type="tertiary", icon=":material/list:"):
            told = [words.named(words.input_label(name), words.input_value(name, values[name])) for name in known]
            st.markdown(" · ".join(notices.literal(text) for text in told) or _("Everything is unknown."))
        st.page_link(notices.PREDICTION_PAGE, label=_("Describe another"), icon=":material/edit:")
        _warn(values)


def _edit(scenario: Scenario, values: Mapping[str, object]) -> Scenario:
    """The fields of one scenario: its name, which inputs it changes, and to what."""
    key = f"whatif_{scenario.number}"
    _preset(f"{key}_name", scenario.name)
    name = st.text_input(_("Name"), key=f"{key}_name", max_chars=address.LONGEST_NAME)
    _preset(f"{key}_inputs", list(scenario.changes))
    chosen = st.multiselect(
        _("What is changed"), [i.name for i in features.INPUTS], key=f"{key}_inputs",
        format_func=words.input_label, placeholder=_("Choose inputs"), select_all=False,
    )  # fmt: skip
    changes = {}
    for name_of_input in chosen:
        item = features.BY_NAME[name_of_input]
        _preset(f"{key}_{item.name}", _shown(item, scenario.changes.get(item.name, values.get(item.name))))
        changes[item.name] = _field(item, f"{key}_{item.name}")
        was = words.input_value(item.name, values.get(item.name))
        if changes[item.name] == values.get(item.name):
            st.caption(_("As described: choose another value."))
        else:
            st.caption(_("instead of {value}").format(value=notices.literal(was)))
    return Scenario(scenario.number, address.clean_name(name or "") or scenario.name, changes)


def _field(item: features.Input, key: str) -> object:
    """The value of one input; None is unknown."""
    label = words.input_label(item.name) + (f" ({_(item.unit)})" if item.unit else "")
    if item.kind == "category":
        return st.selectbox(label, [_UNKNOWN, *schema.values(item.name)], key=key, format_func=_coded(item)) or None
    if item.kind == "commune":
        code = (st.text_input(label, key=key, max_chars=5, placeholder=_("INSEE code")) or "").strip().upper()
        return code or None
    kind = int if item.whole else float
    exact: dict[str, Any] = {} if item.whole else {"step": 0.01, "format": "%.4f"}
    return st.number_input(
        label, kind(item.minimum), kind(item.maximum), key=key, value=None, placeholder=_("Unknown"), **exact
    )


def _coded(item: features.Input) -> Callable[[str], str]:
    def name(code: str) -> str:
        return words.code(item.name, code) if code else _("Unknown")

    return name


def _shown(item: features.Input, value: object) -> object:
    """A value as its field holds it."""
    if value is None:
        return None if item.kind == "number" else _UNKNOWN
    if item.kind != "number":
        return str(value)
    return int(float(str(value))) if item.whole else float(str(value))


def _preset(key: str, value: object) -> None:
    """Fill a field that Streamlit has forgotten or never knew."""
    if key not in st.session_state:
        st.session_state[key] = value


def _possible(values: Mapping[str, object]) -> bool:
    """Whether a scenario can be asked about; if not, it says why."""
    try:
        cache.check(values)
    except DataError as error:
        notices.problem(error)
        return False
    return True


def _warn(values: Mapping[str, object]) -> None:
    for sentence in plausibility.contradictions(values):
        st.warning(sentence, icon=":material/rule:")


def _unlike(name: str, columns: Sequence[Column]) -> str:
    """A name that no column has yet."""
    names = {column.name for column in columns}
    numbered = (name if n == 1 else f"{name} ({n})" for n in range(1, len(columns) + 2))
    return next(candidate for candidate in numbered if candidate not in names)


def _differences(columns: Sequence[Column]) -> None:
    """The inputs that are not the same everywhere, what differs from the first column marked."""
    first = columns[0].values
    names = [i.name for i in features.INPUTS if any(c.values.get(i.name) != first.get(i.name) for c in columns)]
    if not names:
        st.info(
            _("Nothing is changed yet: choose inputs under **What is changed** and give them other values."),
            icon=":material/tune:",
        )
        return
    table = {}
    for column in columns:
        cells_of = []
        for name in names:
            value = notices.literal(words.input_value(name, column.values.get(name)))
            same = column.values.get(name) == first.get(name)
            cells_of.append(value if same else f":orange-background[**{value}**]")
        table[notices.literal(column.name)] = cells_of
    st.subheader(_("What differs"))
    st.table(pd.DataFrame(table, index=pd.Index([words.input_label(n) for n in names], name=_("Input"))))


def _answers(asked: Asked, columns: Sequence[Column]) -> None:
    st.subheader(_("Probabilities"))
    descriptions = [column.values for column in columns]
    question = ("scenarios", [cache.described(values) for values in descriptions])
    found, refused = ask_all(asked.entries, question, lambda model: what_if.scenarios(model, descriptions))
    names = [column.name for column in columns]
    if asked.entry.name in found:
        shares = found[asked.entry.name].T.set_axis(names, axis="columns")
        shares.index = [words.class_label(asked.target, str(c)) for c in shares.index]
        said = _("{model}; in brackets the difference to the accident as described, in percentage points.")
        st.caption(said.format(model=notices.literal(asked.name)))
        title = _("Probability of each {target} in each scenario").format(
            target=_(features.TARGETS[asked.target]).lower()
        )
        plots.show(charts.scenarios(shares), key="whatif_scenarios", alt=title, png="balise-what-if")
    if found:
        st.markdown(_("**{outcome}**, by model").format(outcome=asked.label))
        st.table(by_model(asked, found, names))
        with st.expander(_("All classes by all models")):
            st.table(all_classes(asked, found, names))
    notices.refused(refused)


def by_model(asked: Asked, found: Mapping[str, pd.DataFrame], names: Sequence[str]) -> pd.DataFrame:
    """The probability of the outcome: a row a model, a column a scenario, with differences to the first."""
    rows = {asked.names[model]: _told(what_if.chance(proba, asked.classes)) for model, proba in found.items()}
    return _table(rows, names, _("Model"))


def all_classes(asked: Asked, found: Mapping[str, pd.DataFrame], names: Sequence[str]) -> pd.DataFrame:
    """The same for every class: a row a class and model."""
    rows = {
        f"{words.class_label(asked.target, str(c))} · {asked.names[model]}": _told(proba[c])
        for c in schema.values(asked.target)
        for model, proba in found.items()
    }
    return _table(rows, names, _("Class and model"))


def _told(shares: pd.Series) -> list[str]:
    first = float(shares.iloc[0])
    return [
        words.percent(float(share)) if i == 0 else f"{words.percent(float(share))} ({charts.points(share - first)})"
        for i, share in enumerate(shares)
    ]


def _table(rows: Mapping[str, Sequence[str]], names: Sequence[str], label: str) -> pd.DataFrame:
    shown = pd.DataFrame.from_dict(dict(rows), orient="index", columns=[notices.literal(n) for n in names])
    return shown.rename(index=notices.literal).rename_axis(label)
