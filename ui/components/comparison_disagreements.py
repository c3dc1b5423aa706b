"""Accidents about which the models say different things, with what is known of them and what came."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from data import schema
from data.text import _, language
from models import comparison
from ui import words
from ui.components import exploration, map_record, notices
from ui.components.comparison_answers import Compared, once
from ui.export import safe_csv

_SHOWN = 50
_CONDITIONS = ("light", "weather", "surface", "built_up", "junction", "road_class", "speed_limit")
_USERS = (*schema.VEHICLE_GROUPS, "pedestrians")
_TABLE = "comparison-disagreements"


def show(compared: Compared) -> None:
    """The list, and the accident that is chosen in it."""
    if len(compared.answers) < 2:
        st.info(_("Choose two models or more: one alone cannot disagree."), icon=":material/checklist:")
        return
    kinds = {"classes": _("Another class most likely"), "spread": _("Widest apart")}
    kind = exploration.option(_("Accidents where the models find"), kinds, key="compare_disagree", short=True)
    found = once(
        ("disagreements", compared.key, kind),
        lambda: comparison.disagreements(compared.answers, classes_differ=kind == "classes", most=_SHOWN),
    )
    if found.empty:
        st.info(_("The models find the same class most likely for every one of these accidents."))
        return
    rows = once(("disagreement rows", compared.key, kind, language()), lambda: described(compared, found))
    st.caption(
        _(
            "The {n} accidents whose probabilities differ most, the widest first. The difference is that between the "
            "highest and the lowest probability that the models give to one class. Choose a row to see more."
        ).format(n=len(rows))
    )
    event = st.dataframe(
        rows,
        hide_index=True,
        key=f"{_TABLE}-{kind}",
        on_select="rerun",
        selection_mode="single-row",
        height=420,
    )
    st.caption(compared.source)
    st.download_button(
        _("List as CSV"),
        data=lambda: safe_csv(rows),
        file_name="balise-comparison-disagreements.csv",
        mime="text/csv",
        key="comparison-disagreements-csv",
        on_click="ignore",
        icon=":material/download:",
    )
    chosen = [place for place in event["selection"]["rows"] if place < len(found)]
    if chosen:
        _accident(compared, int(found["row"].iloc[chosen[0]]))


def described(compared: Compared, found: pd.DataFrame) -> pd.DataFrame:
    """The accidents in words: which, what came, what each model finds most likely, and the conditions."""
    classes = [words.class_label(compared.target, code) for code in schema.values(compared.target)]
    rows = []
    for row, spread, position in found[["row", "spread", "position"]].itertuples(index=False):
        of = compared.sample.table.iloc[int(row)]
        rows.append(
            {
                words.column("accident"): str(of.name),
                _("What came"): classes[compared.sample.truth[int(row)]],
                _("Apart"): _("{points:.0f} points on {name}").format(points=100 * spread, name=classes[int(position)]),
                **{model: _says(found.proba[int(row)], classes) for model, found in compared.answers.items()},
                _("Conditions"): "; ".join(words.named(name, value) for name, value in conditions(of).items()),
            }
        )
    return pd.DataFrame(rows)


def _says(proba: Any, classes: list[str]) -> str:
    likely = int(proba.argmax())
    return f"{classes[likely]} ({words.percent(proba[likely])})"


def conditions(accident: pd.Series) -> dict[str, str]:
    """What is known of an accident, label and value in words: when, where, conditions and who was involved."""
    found = {}
    if pd.notna(accident["date"]):
        found[words.column("date")] = words.day(accident["date"].date())
    for name in ("hour", "departement", *_CONDITIONS):
        if pd.notna(accident[name]):
            found[words.input_label(name)] = words.input_value(name, accident[name])
    users = [
        words.named(words.input_label(name), words.number(accident[name])) for name in _USERS if accident[name] > 0
    ]
    if users:
        found[_("Involved")] = ", ".join(users)
    return found


def _accident(compared: Compared, row: int) -> None:
    of = compared.sample.table.iloc[row]
    number = str(of.name)
    st.subheader(_("Accident {accident}").format(accident=notices.literal(number)))
    classes = [words.class_label(compared.target, code) for code in schema.values(compared.target)]
    st.markdown(_("It was: **{truth}**.").format(truth=classes[compared.sample.truth[row]]))
    shares = pd.DataFrame(
        {model: [words.percent(p) for p in found.proba[row]] for model, found in compared.answers.items()},
        index=classes,
    )
    st.table(shares.rename_axis(_("Probability of")))
    st.table(pd.Series(conditions(of), name="", dtype="object"), hide_header=True, alt=_("Conditions"))
    with st.container(horizontal=True):
        st.button(
            _("Open the record"),
            icon=":material/description:",
            on_click=map_record.show,
            args=(number,),
            help=_("Its place, vehicles and people, beside this page."),
        )
        st.page_link(
            notices.PREDICTION_PAGE,
            label=_("Predict it, input by input"),
            icon=":material/online_prediction:",
            query_params={"accident": number},
        )
    map_record.drawer(compared.view)
