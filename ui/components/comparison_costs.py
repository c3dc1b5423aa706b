"""How the chosen models learnt, and what they cost: time, size and the wait for an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from data.text import _, number
from models import card, diagnosis_curves
from models.registry import KINDS
from ui import words
from ui.charts import comparison_curves as chart
from ui.charts import style
from ui.components import exploration, model_inside
from ui.components.comparison_answers import Compared
from ui.export import safe_csv

_MEASURED = "comparison-measured"  # what a person asked for in this session


def show(compared: Compared) -> None:
    """Costs as a table, then the losses while the models learnt."""
    st.subheader(_("What they cost"))
    measured = compared.key == st.session_state.get(_MEASURED)
    found = costs(compared, measured=measured)
    st.table(found)
    if measured:
        said = _(
            "One answer: the median of a few, each for one accident, measured on this machine while others use it too."
        )
    else:
        said = _("No model keeps how long an answer takes: it depends on the machine.")
        st.button(
            _("Measure one answer of each on this machine"),
            icon=":material/timer:",
            on_click=_measure,
            args=(compared.key,),
        )
    st.caption(_("Training: as kept with the model, on the device named, which need not be this machine.") + " " + said)
    st.download_button(
        _("Costs as CSV"),
        data=lambda: safe_csv(found.reset_index()),
        file_name="balise-comparison-costs.csv",
        mime="text/csv",
        key="comparison-costs-csv",
        on_click="ignore",
        icon=":material/download:",
    )
    _learning(compared)


def _measure(key: object) -> None:
    st.session_state[_MEASURED] = key


def costs(compared: Compared, *, measured: bool) -> pd.DataFrame:
    """A row for each model; the time of an answer where it was measured."""
    rows = {}
    for name, entry in compared.entries.items():
        facts = entry.metadata or {}
        row = {
            _("Training"): _training(facts),
            _("Trained on"): str(facts.get("device", "cpu")).upper(),
            _("Accidents learnt from"): words.count(facts.get("split", {}).get("train", {}).get("rows")),
            _("Weights"): words.count(facts["parameters"]) if facts.get("parameters") else "–",
            _("On disk"): _("{n:.1f} MB").format(n=card.size(entry.folder) / 1e6),
        }
        if measured:
            row[_("One answer")] = _("{n:.1f} ms").format(n=model_inside.latency(entry) * 1e3)
        rows[name] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(_("Model"))


def _training(facts: Mapping[str, Any]) -> str:
    took = words.duration(facts.get("seconds", 0))
    return _("{time}, without its members").format(time=took) if facts.get("members") else took


def _learning(compared: Compared) -> None:
    st.subheader(_("How they learnt"))
    lines = trainings(compared)
    silent = [name for name in compared.entries if not any(line.label.startswith(name) for line in lines)]
    notes = [_("Dotted: the loss on the accidents learnt from; solid: on others, which told when to stop.")]
    if lines and not any(np.isfinite(line.validation).any() for line in lines):
        notes.append(
            _(
                "These models learnt from every accident for as long as had been best before, so that no loss on "
                "others is kept."
            )
        )
    if silent:
        notes.append(_("No curve is kept of {names}.").format(names=", ".join(silent)))
    exploration.panel(
        compared.view,
        chart.learning(lines),
        table(lines),
        key="comparison-learning",
        alt=_("Loss of each model while it learnt"),
        note=" ".join(notes),
        source=_("Source: kept with the models."),
    )


def trainings(compared: Compared) -> list[chart.Learning]:
    """The losses kept with the models, those of each member of a blend apart."""
    found = []
    for name, entry in compared.entries.items():
        facts = entry.metadata or {}
        of = {name: (facts.get("curves"), str(facts.get("kind")))}
        for kind, member in facts.get("members", {}).items():
            label = KINDS[kind].label if kind in KINDS else kind
            of[_("{blend}: {member}").format(blend=name, member=label)] = (member.get("curves"), kind)
        for label, (points, kind) in of.items():
            if points:
                curve = diagnosis_curves.read(points)
                train, validation = (np.array(values, dtype=float) for values in (curve.train, curve.validation))
                found.append(chart.Learning(label, style.model_colour(kind), curve.unit, train, validation))
    return found


def table(lines: list[chart.Learning]) -> pd.DataFrame:
    """The first, lowest and last losses of each training."""

    def at(values: np.ndarray, place: int) -> str:
        return number(values[place], ".4f") if len(values) else "–"

    return pd.DataFrame(
        [
            {
                _("Model"): line.label,
                _("Steps"): f"{max(len(line.train), len(line.validation))} ({line.unit})",
                _("First loss, learnt from"): at(line.train, 0),
                _("Last loss, learnt from"): at(line.train, -1),
                _("Lowest loss, not learnt from"): number(np.nanmin(line.validation), ".4f")
                if len(line.validation)
                else "–",
                _("Last loss, not learnt from"): at(line.validation, -1),
            }
            for line in lines
        ]
    )
