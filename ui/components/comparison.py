"""How good the models are on accidents they have not seen, beside what knowing nothing would give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st

from data import features
from data.text import _
from models.score_words import METRICS, TOPICS, Metric, meanings
from models.unseen import unseen
from ui import words
from ui.charts import comparison
from ui.components import notices, plots, prediction

if TYPE_CHECKING:
    from models.registry import Entry


def classifiers(target: features.Target) -> None:
    """Scores, one metric as a chart, confusion matrix and origin of the champion and those compared with it."""
    from models import champions, registry

    scored = [e for e in champions.compared(target) if _scores(e)]
    notices.broken(e for e in registry.entries(target) if e.metadata is None)
    if not scored:
        notices.no_model(target)
        return
    names = prediction.labels(scored)
    st.caption(
        _("First the champion, which answers by default; then who is compared with it. The Model page changes both.")
    )
    same = by_accidents(scored)
    if len(same) > 1:
        st.warning(different_accidents(), icon=":material/balance:")
    _simulated(scored)
    for together in same:
        _scored_on(together)
        for table in score_tables(together, names):
            st.table(table)
    best = _("In bold: the best score, be it by chance. ") if any(len(t) > 1 for t in same) else ""
    st.caption(
        best
        + _(
            "In brackets: 95% interval over the accidents scored. Class frequencies: always answering with the share "
            "of each class among the accidents learnt from."
        )
    )
    with st.expander(_("What the scores mean")):
        st.markdown(meanings(_measured(scored)))
    _charts(same, names, target)
    _confusion(scored, names, target)
    with st.expander(_("Where these models come from")):
        table = origins(scored, names)
        st.table(table[list(table.columns[:3])])  # two that fit a narrow window
        st.table(table[list(table.columns[3:])])


def by_accidents(entries: Sequence[Entry]) -> list[list[Entry]]:
    """The scored models by the accidents that scored them, for only their scores on the same ones can be compared."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        one = unseen(entry.metadata or {})
        if one is not None:
            found.setdefault(repr((one.name, one.period)), []).append(entry)
    return list(found.values())


def different_accidents() -> str:
    """What is said of scores that come from different accidents."""
    return _(
        "These models were scored on different accidents: compare only those of one period, beside their own class "
        "frequencies. 'On the same accidents' on the Comparison page asks any of them the same."
    )


def period(entries: Sequence[Entry]) -> str:
    """The accidents that scored models of one group of `by_accidents`, in words."""
    one = unseen(entries[0].metadata or {})
    return _part(one.period if one else None)


def _simulated(entries: Sequence[Entry]) -> None:
    simulated = [e.name for e in entries if e.metadata and e.metadata.get("data", {}).get("simulated")]
    if simulated:
        st.warning(
            _("Trained and scored on simulated accidents: {names}.").format(names=", ".join(simulated)),
            icon=":material/science:",
        )


def _scored_on(together: Sequence[Entry]) -> None:
    """On which accidents the scores of one group were measured."""
    one = unseen(together[0].metadata or {})
    if one is not None and one.name == "held_out":
        message = _("Scores on accidents that the models below had not seen while learning: {period}.")
    else:
        message = _(
            "Scores on months predicted before they were learnt, by models of the same settings: {period}. The models "
            "below have learnt from these months since."
        )
    st.markdown(message.format(period=period(together)))


def score_tables(entries: Sequence[Entry], names: dict[str, str]) -> list[pd.DataFrame]:
    """A table a topic: the models and what knowing nothing gives as rows, metrics as columns, the best in bold.

    The main metrics stand there twice: also with the inputs unknown that come close to an account of the accident.
    """
    tables = []
    for topic, metrics in TOPICS.items():
        columns = {}
        for name in metrics:
            if any(name in _scores(e) for e in entries):
                columns[_column_name(METRICS[name])] = _column(entries, names, name)
            if name in ("log_loss", "accuracy") and all(name in _scores(e, without=True) for e in entries):
                columns[_column_name(METRICS[name], without=True)] = _column(entries, names, name, without=True)
        if columns:
            tables.append(pd.DataFrame(columns).rename_axis(_(topic)))
    return tables


def origins(entries: list[Entry], names: dict[str, str]) -> pd.DataFrame:
    """A row a model: the periods it learnt from and was scored on, its data, size and cost."""
    rows = {}
    for entry in entries:
        m = entry.metadata or {}
        data = m.get("data", {})
        took = _("{time} on {device}")
        rows[names[entry.name]] = {
            **_periods(m),
            _("Data"): ". ".join(filter(None, [data.get("source", _("not given")), data.get("note")])),
            _("Simulated"): _("yes") if data.get("simulated") else _("no"),
            _("Weights"): words.count(m["parameters"]) if m.get("parameters") else "–",
            _("Training time"): took.format(
                time=words.duration(m.get("seconds", 0)), device=m.get("device", "cpu").upper()
            ),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(_("Model"))


def _charts(same: Sequence[Sequence[Entry]], names: dict[str, str], target: features.Target) -> None:
    """One metric, a chart for the models of each group of `by_accidents`."""
    measured = _measured([entry for together in same for entry in together])
    chosen = st.selectbox(
        _("Metric"), measured, format_func=lambda n: _(METRICS[n].label), key=f"compare_metric_{target}"
    )
    rows = [_chart_rows(together, names, chosen) for together in same]
    baselines = [_baseline(together, chosen) for together in same]
    values = pd.concat([table[["value", "low", "high"]] for table in rows]).to_numpy(dtype=float)
    span = _span([*values.ravel(), *(b for b in baselines if b is not None)]) if len(same) > 1 else None
    letters = max(len(names[entry.name]) for together in same for entry in together)
    metric = METRICS[chosen]
    for place, together in enumerate(same):
        if len(same) > 1:
            st.caption(_("Scored on {period}").format(period=period(together)))
        figure = comparison.metric(
            rows[place],
            title=_(metric.label),
            share=metric.share,
            baseline=baselines[place],
            span=span,
            letters=letters,
        )
        alt = _("{metric} of each model with its interval").format(metric=_(metric.label))
        plots.show(figure, key=f"metric-chart-{place}" if place else "metric-chart", alt=alt)


def _span(values: Sequence[float]) -> tuple[float, float] | None:
    """From where to where several charts reach, so that a place means the same in each."""
    known = [value for value in values if not np.isnan(value)]
    return (min(known), max(known)) if known else None


def _chart_rows(entries: Sequence[Entry], names: dict[str, str], chosen: str) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "label": names[e.name],
                "kind": e.metadata["kind"] if e.metadata else "",
                "value": _scores(e).get(chosen),
                **dict(zip(("low", "high"), _interval(e, chosen), strict=True)),
            }
            for e in entries
        ]
    )


def _confusion(entries: list[Entry], names: dict[str, str], target: features.Target) -> None:
    best = _best(entries, "log_loss")
    by_name = {e.name: e for e in sorted(entries, key=lambda e: e.name != best)}
    chosen = st.selectbox(
        _("Confusion matrix of"), list(by_name), format_func=names.__getitem__, key=f"compare_confusion_{target}"
    )
    metadata = by_name[chosen].metadata or {}
    st.caption(
        _("Each row: of the accidents that truly were of a class, the share and number that the model took for each.")
    )
    labels = [words.class_label(target, c) for c in metadata.get("classes", [])]
    counts = np.array(metadata.get("confusion", []), dtype=float)
    plots.show(
        comparison.confusion(counts, labels, counted=True),
        key="confusion-matrix",
        alt=_("Share and number of the accidents of each true class predicted as each class"),
    )


def _scores(entry: Entry, *, without: bool = False) -> Mapping[str, Any]:
    found = unseen(entry.metadata or {})
    if found is None:
        return {}
    return found.without if without else found.scores


def _measured(entries: Sequence[Entry]) -> list[str]:
    """The metrics that any of the models was scored by."""
    return [name for name in METRICS if any(name in _scores(e) for e in entries)]


def _baseline(entries: Sequence[Entry], name: str, *, without: bool = False) -> float | None:
    """A metric of the class frequencies, as the first model with it knows it."""
    found = (_scores(e, without=without).get("baseline", {}).get(name) for e in entries)
    return next((value for value in found if value is not None), None)


def _interval(entry: Entry, name: str, *, without: bool = False) -> tuple[float | None, float | None]:
    low, high = _scores(entry, without=without).get("intervals", {}).get(name, (None, None))
    return low, high


def _column_name(metric: Metric, *, without: bool = False) -> str:
    hint = _("more is better") if metric.more_is_better else _("less is better")
    if not without:
        return f"{_(metric.label)} ({hint})"
    near = [i.name for i in features.INPUTS if i.near_event and not i.detail]
    hidden = ", ".join(words.input_label(name).lower() for name in near)
    return _("{metric} with {inputs} unknown ({hint})").format(metric=_(metric.label), inputs=hidden, hint=hint)


def _column(entries: Sequence[Entry], names: dict[str, str], name: str, *, without: bool = False) -> dict[str, str]:
    """One metric of every model and of the class frequencies, as words."""
    best = _best(entries, name, without=without)
    cells = {names[e.name]: _cell(e, name, e.name == best, without=without) for e in entries}
    return cells | {_("Class frequencies"): METRICS[name].form(_baseline(entries, name, without=without))}


def _best(entries: Sequence[Entry], name: str, *, without: bool = False) -> str | None:
    """The best of several models by a metric; None where they were asked different things."""
    values = {e.name: _scores(e, without=without).get(name) for e in entries}
    known = {model: value for model, value in values.items() if value is not None}
    if len(known) < 2 or len(by_accidents(entries)) > 1:
        return None
    return (max if METRICS[name].more_is_better else min)(known, key=known.__getitem__)


def _cell(entry: Entry, name: str, best: bool, *, without: bool) -> str:
    metric = METRICS[name]
    value = metric.form(_scores(entry, without=without).get(name))
    low, high = _interval(entry, name, without=without)
    shown = f"**{value}**" if best else value
    return shown if low is None else f"{shown} ({metric.form(low)}–{metric.form(high)})"


def _periods(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Which accidents were used for what, by its label."""
    split, found = metadata.get("split", {}), unseen(metadata)
    calibrated, scored = _part(split.get("validation")), _part(None)
    if found is not None:
        scored = found.in_words(_part(found.period))
        calibrated = scored if found.name == "cuts" else calibrated
    learnt = _part(split.get("train"))
    return {_("Learnt from"): learnt, _("Calibrated on"): calibrated, _("Scored on"): scored}


def _part(part: Mapping[str, Any] | None) -> str:
    if not part:
        return _("not given")
    message = _("{period}: {n} accidents")
    return message.format(period=words.period(part["start"], part["end"]), n=words.count(part["rows"]))
