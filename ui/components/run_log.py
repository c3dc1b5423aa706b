"""All trainings and models: their table, two of them side by side, and which settings went with which score."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data.errors import AppError
from data.text import _
from models import champions, jobs, registry
from models.jobs import Run, log
from models.main_score import main_score
from models.settings import settings_of
from ui.charts import run_log as charts
from ui.components import access, diagnosis, job_words, notices, plots, run_table

EVERY = 5.0  # seconds between two looks while a training is under way
TRAINING_PAGE = "pages/models/training.py"
MODEL_PAGE = "pages/models/model.py"
_MARKED = "runs_marked_before"


def show() -> None:
    """The whole page; it looks again by itself while something is under way."""
    under_way = _under_way()
    st.fragment(_show, run_every=EVERY if under_way else None, key="runs-log")(under_way)


def _under_way() -> frozenset[str]:
    return frozenset(run.name for run in jobs.runs() if run.active)


def _show(before: frozenset[str]) -> None:
    if _under_way() != before:
        st.rerun()  # the last one ended, so nothing has to be looked at again, or another began
    rows = log.table()
    if rows.empty:
        st.info(_("Nothing was trained yet and no model is installed. Train one; it is listed here from its start."))
        st.page_link(TRAINING_PAGE, label=_("Train a model"), icon=":material/model_training:")
        return
    kept = run_table.choose(run_table.words(rows))
    if kept.empty:
        st.info(_("None fits. Take a filter away."))
        return
    marked = run_table.show(kept, known=set(rows["name"]))
    by_name = kept.set_index("name")
    if len(marked) == 1:
        _one(by_name.loc[marked].reset_index().iloc[0])
    elif len(marked) == 2:
        _two(marked, [_label(by_name.loc[name], name) for name in marked])
    elif marked:
        st.info(_("More than two are marked. Mark one for its details, or two to compare them."))
    # a chart costs an office machine a second before the table is there: it is drawn for who opens it
    below = st.expander(_("Settings and scores"), key="runs_settings", bind="query-params", on_change="rerun")
    if below.open:
        with below:
            _settings_and_scores(kept, marked)


def _label(row: pd.Series, name: str) -> str:
    """What a training or model is called beside another."""
    moment = "" if pd.isna(row["started"]) else f", {row['started']:%Y-%m-%d %H:%M}"
    return f"{row['title'] or row['kind'] or name}{moment}"


def _one(row: pd.Series) -> None:
    """One training or model: its diagnosis, the way to it, and its end."""
    name = str(row["name"])
    st.subheader(notices.literal(_label(row, name)))
    st.caption(" · ".join(part for part in (row["target"], row["preset"], row["status"], f"`{name}`") if part))
    if row["notes"]:
        st.text(row["notes"])
    run = next((run for run in jobs.runs() if run.name == name), None)
    if run is None:
        entry = next((e for e in registry.entries() if e.name == name and e.metadata), None)
        if entry is not None and entry.metadata is not None:
            diagnosis.say(log.points(entry.metadata), entry.metadata)
        _model_link(name)
        return
    if run.error:
        notices.problem(AppError(run.error))
    if not run.tuning:  # the losses of trials are no curve of one training
        diagnosis.show(run)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            TRAINING_PAGE, label=_("Open on the Training page"), icon=":material/model_training:",
            query_params={job_words.RUN: name},
        )  # fmt: skip
        if run.model_folder:
            _model_link(name)
        _deletion(run)


def _model_link(name: str, label: str = "") -> None:
    label = label or _("Open on the Model page")
    st.page_link(MODEL_PAGE, label=label, icon=":material/deployed_code:", query_params={"model": name})


def _deletion(run: Run) -> None:
    """A way to delete a training that has ended, asked for twice; what stands against it is said instead."""
    if access.looking():
        return
    if run.active:
        st.caption(_("It can be deleted once it has ended."))
        return
    used = champions.in_use(run.folder)
    if used:
        st.caption(notices.literal(used))
        return
    with st.popover(_("Delete …"), icon=":material/delete:"):
        what = _("its curves, log and model") if run.model_folder else _("its curves and log")
        st.markdown(_("Delete this training with {what}? This cannot be undone.").format(what=what))
        if st.button(_("Delete for good"), key=f"delete-{run.name}", type="primary"):
            try:
                access.checked(champions.delete)(run.name)
            except AppError as error:
                notices.problem(error)
                return
            run_table.forget_marks()
            st.toast(_("Deleted."), icon=":material/delete:")
            st.rerun()


def _two(names: list[str], labels: list[str]) -> None:
    """The differences of two trainings or models, part by part."""
    st.subheader(_("Side by side"))
    found = log.differences(*names)
    if found.empty:
        st.info(_("Nothing is known of these two: neither says what it was to be."))
        return
    if len(set(labels)) == 1:
        labels = [f"{label} ({name})" for label, name in zip(labels, names, strict=True)]
    _warn_of_scores(names, labels)
    if not st.checkbox(_("Also what is the same in both"), key="runs_same", bind="query-params"):
        found = found[~found["same"]]
    if found.empty:
        st.info(_("They are the same in everything that is kept of them."))
    models = {entry.name for entry in registry.entries() if entry.metadata is not None}
    with st.container(horizontal=True):
        for name, label in zip(names, labels, strict=True):
            if name in models:
                _model_link(name, _("Open {model} on the Model page").format(model=notices.literal(label)))
    for part, facts in found.groupby("part", sort=False):
        cells = facts[["one", "other"]].map(notices.literal).set_axis(labels, axis=1)
        st.table(cells.set_axis(pd.Index(facts["what"], name=part)))


def _warn_of_scores(names: list[str], labels: list[str]) -> None:
    """That the scores of two models say nothing about which is better, where that is so."""
    known = {entry.name: entry.metadata for entry in registry.entries() if entry.metadata is not None}
    found = [known[name] for name in names if name in known and main_score(known[name]) is not None]
    if len(found) < 2 or log.asked_the_same(*found):
        return
    one, other = found
    if one["target"] != other["target"]:
        message = _("The two predict different things: their scores cannot be compared.")
    elif log.days(one) != log.days(other):
        message = _("The two were scored on different days ({days}): their scores do not tell which is better.")
    else:
        message = _("The two were scored on different data: their scores do not tell which is better.")
    spans = "; ".join(f"{notices.literal(x)}: {log.days(y) or '–'}" for x, y in zip(labels, found, strict=True))
    st.warning(message.format(days=spans), icon=":material/warning:")


def _settings_and_scores(kept: pd.DataFrame, marked: list[str]) -> None:
    """Parallel coordinates of one kind and target among the rows kept, where models of it differ in their settings."""
    offered = log.comparable(set(kept["name"]))
    if not offered:
        st.caption(
            _(
                "Models of one kind, scored on the same days, that differ in their settings are drawn here; the table "
                "shows no two of them."
            )
        )
        return
    _open_on_marked(marked, offered)
    chosen = st.selectbox(
        _("Models"), offered, key="runs_drawn", bind="query-params",
        format_func=lambda key: _group(key, offered),
    )  # fmt: skip
    kind, target, scored = chosen
    presets = registry.KINDS[kind].presets if kind in registry.KINDS else {}
    labels = {item.name: _(item.label) for config in presets.values() for item in settings_of(config)}
    score = _("Mean error, accidents a day") if target == "daily" else _("Log-loss")
    found = log.settings(kind, target, scored)
    found = found[found.index.isin(kept["name"])]
    names = {str(row["name"]): _label(row, str(row["name"])) for _number, row in kept.iterrows()}
    figure = charts.parallel(found, labels, names, score=score, marked=marked)
    plots.show(figure, key="runs_parallel", alt=_("Settings of each model and its score, as parallel coordinates"))
    st.caption(
        _("A line is a model that the table above shows; the lower it ends, the better. Point at it for its name.")
    )


def _open_on_marked(marked: list[str], offered: list[tuple[str, str, str]]) -> None:
    """Choose the models of the first marked row that is drawn; a later choice of another stays until other marks."""
    first, before = _MARKED not in st.session_state, st.session_state.get(_MARKED, [])
    st.session_state[_MARKED] = marked
    if before == marked or (first and "runs_drawn" in st.query_params):
        return
    by_name = {entry.name: entry.metadata for entry in registry.entries() if entry.metadata is not None}
    for name in marked:
        facts = by_name.get(name)
        key = (str(facts["kind"]), str(facts["target"]), log.days(facts)) if facts else None
        if key in offered:
            st.session_state["runs_drawn"] = key
            return


def _group(key: tuple[str, str, str], offered: list[tuple[str, str, str]]) -> str:
    """Models that are drawn together; their days where the same kind and target were scored on others too."""
    kind, target, scored = key
    label = f"{run_table.kind_label(kind)}, {job_words.target_words(target)}"
    if sum(other[:2] == key[:2] for other in offered) == 1:
        return label
    return _("{models}, scored on {days}").format(models=label, days=scored or "–")
