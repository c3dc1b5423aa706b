"""What came of a scored file: how many rows, what the answers come to, what could not be used, and the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from data import features
from data.errors import AppError
from data.text import _
from models import batch
from models.batch import Run, files
from ui import words
from ui.charts import batch as charts
from ui.charts import style
from ui.components import access, notices, plots

_FIRST = 20  # rows of the preview
_TYPES: dict[files.Format, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


@st.cache_resource(max_entries=16, show_spinner=False)
def _kept(folder: str) -> tuple[Mapping[str, Any], pd.DataFrame]:
    """The summary and the first rows of a result, which never change."""
    return files.summary(Path(folder)), files.first(Path(folder), _FIRST)


def show(run: Run) -> None:
    """Everything about the result of a run."""
    try:
        summary, first = _kept(str(run.folder))
    except AppError as error:
        notices.problem(error)
        delete(run)
        return
    took = words.duration(run.elapsed)
    st.markdown(
        _(":material/check_circle: **{file}** was scored in {time}.").format(
            file=notices.literal(summary["file"]), time=took
        )
    )
    _numbers(summary)
    _downloads(run, summary)
    notices.refused([(name, reason) for name, reason in summary["refused"]])
    for target in features.TARGETS:
        told = [model for model in summary["models"] if model["target"] == target]
        if told and summary["scored"]:
            _classes(target, told)
    _problems(summary)
    with st.expander(_("First rows of the result"), expanded=True):
        st.dataframe(first, hide_index=True, key=f"first-{run.name}")
    delete(run)


def _numbers(summary: Mapping[str, Any]) -> None:
    with st.container(horizontal=True):
        st.metric(_("Rows"), words.count(summary["rows"]))
        st.metric(_("Scored"), words.count(summary["scored"]))
        st.metric(_("Not scored"), words.count(summary["not_scored"]))
        if summary["with_unknown"]:
            st.metric(
                _("Scored with unknown values"), words.count(summary["with_unknown"]),
                help=_("A value of these rows was not understood and taken as unknown."),
            )  # fmt: skip


def _downloads(run: Run, summary: Mapping[str, Any]) -> None:
    labels: dict[files.Format, str] = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}
    stem = Path(summary["file"]).stem or "file"
    with st.container(horizontal=True, vertical_alignment="center"):
        for form, label in labels.items():
            st.download_button(
                _("Result as {format}").format(format=label),
                lambda form=form: files.content(run.folder, form),
                file_name=f"{stem}-scored.{form}", mime=_TYPES[form], icon=":material/download:", on_click="ignore",
                key=f"{form}-{run.name}", type="primary" if form == "csv" else "secondary",
            )  # fmt: skip
    st.caption(
        _(
            "Every row of the file in its order, with its own columns, the most likely class and the probability of "
            "each class by model, and in the last column why a row was not scored. Rows are numbered as a spreadsheet "
            "does, where the names are row 1."
        )
    )


def _classes(target: features.Target, told: Sequence[Mapping[str, Any]]) -> None:
    st.subheader(_(features.TARGETS[target]))
    expected, likely = (
        pd.DataFrame({m["label"]: {words.class_label(target, c["code"]): c[what] for c in m["classes"]} for m in told})
        for what in ("expected", "most_likely")
    )
    colours = {m["label"]: style.model_colour(m["kind"]) for m in told}
    title = _("Accidents of each {target} by model").format(target=_(features.TARGETS[target]).lower())
    plots.show(charts.classes(expected, likely, colours), key=f"batch_{target}", alt=title)
    st.caption(
        _(
            "Bars add up the probabilities: so many accidents of each class are to be expected. A diamond counts the "
            "rows whose most likely class it is, which leaves out what is rare in every single row."
        )
    )
    for model in told:
        if model.get("known"):
            message = _(
                "{model}: of {n:,} rows whose {target} is known, its most likely class is the true one in {share}."
            )
            st.caption(
                message.format(
                    model=notices.literal(model["label"]), n=model["known"], target=_(features.TARGETS[target]).lower(),
                    share=words.percent(model["agree"] / model["known"]),
                )
            )  # fmt: skip
    with st.expander(_("The same numbers as a table")):
        table = pd.concat(
            {_("expected"): expected.map(words.count), _("most likely"): likely.map(words.count)}, axis="columns"
        )
        table.columns = [f"{model}, {what}" for what, model in table.columns]
        st.table(table)


def _problems(summary: Mapping[str, Any]) -> None:
    problems = summary["problems"]
    if not problems:
        return
    st.subheader(_("What was not understood"))
    rows = [
        {
            _("Column"): problem["column"] or _("the whole row"),
            _("Value"): problem["value"],
            _("Why"): problem["reason"],
            _("Rows"): problem["rows"],
            _("First of them"): ", ".join(map(str, problem["first"])),
        }
        for problem in problems
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    if summary["problems_in_all"] > len(problems):
        message = _("The most frequent {n} of {all:,}; the last column of the result names all of them, row by row.")
        st.caption(message.format(n=len(problems), all=summary["problems_in_all"]))


def delete(run: Run) -> None:
    """Delete what came of a file, after a second question."""
    if access.looking():
        return
    with st.popover(_("Delete …"), icon=":material/delete:", key=f"delete-{run.name}"):
        st.markdown(_("Deletes the result for everybody. Without that it is deleted after {n} days.").format(
            n=batch.KEPT_DAYS))  # fmt: skip
        if st.button(_("Delete for good"), type="primary", key=f"delete-now-{run.name}"):
            try:
                access.checked(batch.delete)(run.folder)
            except AppError as error:
                notices.problem(error)
            else:
                st.query_params.pop("scored", None)
                st.rerun()
