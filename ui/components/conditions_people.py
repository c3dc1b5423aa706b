"""How badly people are hurt, by age, sex and role."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data import conditions
from data.coded import AGES
from data.conditions import FEW_ACCIDENTS, FEW_CASES
from data.text import _
from ui import condition_words, words
from ui.charts import conditions as charts
from ui.components import exploration
from ui.components.exploration import View


def section(view: View, measure: str) -> None:
    """The share of people killed, or killed or hospitalised, by age and sex of one role."""
    st.header(_("Age, sex and role"))
    roles = {code: _(label) for code, label in condition_words.ROLES.items()}
    role = exploration.option(_("Role"), roles, key="role", short=True)
    # of people killed is said in shares here, whichever way accidents are counted
    of_people = "serious" if measure == "serious" else "killed"
    frame = shares(view.ask(conditions.people), role, of_people)
    notes = [
        _("Of the people involved in injury accidents whose age, sex and injury are known, unharmed ones included."),
        _("Lines: 95% intervals (Wilson)."),
    ]
    if frame["few"].any():
        message = _("Grey: fewer than {people} people or {cases} cases, which may well be chance.")
        notes.append(message.format(people=FEW_ACCIDENTS, cases=FEW_CASES))
    notes.append(_("Who was not hurt and fled, or was not recorded, is missing: it is no risk per person or distance."))
    alt = _("Share of {role} killed, or killed or hospitalised, by age group for men and women").format(
        role=roles[role].lower()
    )
    exploration.panel(
        view, charts.people(frame, of_people), table(frame), key="condition-people", alt=alt, note=" ".join(notes)
    )


def shares(people: pd.DataFrame, role: str, measure: str) -> pd.DataFrame:
    """One row for each sex and age of a role, with the share and its interval. `people`: as by `conditions.people`."""
    own = people[people.index.get_level_values("role") == role].droplevel("role")
    frame = conditions.compared(own, measure, own).reset_index().rename(columns={"age": "first"})
    frame["age"] = [condition_words.ages(first) for first in frame["first"]]
    frame["place"] = [AGES.index(first) for first in frame["first"]]
    return frame.sort_values(["place", "sex"], ignore_index=True)


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """The same in words."""
    return pd.DataFrame(
        {
            _("Age"): frame["age"],
            _("Sex"): [words.code("sex", code) for code in frame["sex"]],
            _("People of known injury"): frame["known"],
            _("Cases"): frame["cases"],
            _("Share (%)"): (frame["value"] * 100).round(2),
            _("Lowest (95%)"): (frame["low"] * 100).round(2),
            _("Highest (95%)"): (frame["high"] * 100).round(2),
        }
    )
