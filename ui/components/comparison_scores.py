"""How good the chosen models are on the same accidents: scores, differences from the leading one, confusion."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from data import schema
from data.text import _, language, number
from models import comparison as compared_models
from models.paired import Difference
from models.score_words import METRICS, TOPICS, meanings
from ui import words
from ui.charts import comparison as chart
from ui.components import exploration, notices
from ui.components.comparison_answers import Compared, learnt, once
from ui.export import safe_csv


def show(compared: Compared) -> None:
    """What is better than the leading model by more than chance, tables of scores with intervals, and confusion."""
    many = len(compared.answers) > 1
    if many:
        _verdicts(compared)
    for table in score_tables(compared):
        st.table(table)
    ranked = many and not learnt(compared).any()
    caption = _(
        "In brackets: 95% interval over these accidents ({draws} draws). Class frequencies: always answering with the "
        "share of each class among the accidents that {model} learnt from."
    ).format(draws=compared_models.DRAWS, model=notices.literal(compared.lead))
    st.caption((_("In bold: the best score, be it by chance. ") if ranked else "") + caption + f" {compared.source}")
    with st.expander(_("Every score as a number"), icon=":material/table:"):
        numbers = once(("rows", compared.key, language()), lambda: rows(compared))
        plain = {column: st.column_config.NumberColumn(format="%.4f") for column in numbers.select_dtypes("float")}
        st.dataframe(numbers, hide_index=True, key="comparison-numbers", column_config=plain)
    _download(compared)
    with st.expander(_("What the scores mean")):
        st.markdown(meanings(_metrics(compared)))
    if many:
        _differences(compared)
    _confusions(compared)


def score_tables(compared: Compared) -> list[pd.DataFrame]:
    """A table a topic: models and class frequencies as rows, metrics as columns."""
    tables, fair = [], not learnt(compared).any()
    for topic, names in TOPICS.items():
        columns = {}
        for name in names:
            if name not in _metrics(compared):
                continue
            metric = METRICS[name]
            best = compared_models.best(compared.answers, name) if fair else None
            hint = _("more is better") if metric.more_is_better else _("less is better")
            cells = {model: _cell(found.scores, name, model == best) for model, found in compared.answers.items()}
            base = compared.answers[compared.lead].scores["baseline"][name]
            columns[f"{_(metric.label)} ({hint})"] = cells | {_("Class frequencies"): _form(name, base)}
        if columns:
            tables.append(pd.DataFrame(columns).rename_axis(_(topic)))
    return tables


def rows(compared: Compared) -> pd.DataFrame:
    """Every score as a number, a row for each model and metric, with interval and difference from the leading model."""
    differences = _paired(compared)
    found = []
    for model, answered in compared.answers.items():
        for name in _metrics(compared):
            low, high = answered.scores["intervals"].get(name, (math.nan, math.nan))
            row = {
                _("Model"): model,
                _("Score"): _(METRICS[name].label),
                _("Value"): answered.scores[name],
                _("Interval from"): low,
                _("Interval to"): high,
            }
            if model in differences:
                one = next(d for d in differences[model] if d.metric == name)
                row |= {
                    _("Difference from {model}").format(model=compared.lead): one.value,
                    _("Difference from"): one.low,
                    _("Difference to"): one.high,
                }
            found.append(
                row
                | {
                    _("Accidents"): len(compared.sample),
                    _("Learnt from"): answered.seen,
                    _("Period"): compared.period,
                }
            )
    return pd.DataFrame(found)


def _metrics(compared: Compared) -> list[str]:
    return [name for name in METRICS if name in compared.answers[compared.lead].scores]


def _form(name: str, value: float) -> str:
    return "–" if math.isnan(value) else METRICS[name].form(value)


def _cell(scores: Mapping[str, object], name: str, best: bool) -> str:
    text = _form(name, float(str(scores[name])))
    intervals = scores["intervals"]
    shown = f"**{text}**" if best else text
    if not isinstance(intervals, Mapping) or name not in intervals:
        return shown
    low, high = intervals[name]
    return f"{shown} ({_form(name, low)}–{_form(name, high)})"


def _download(compared: Compared) -> None:
    with st.container(horizontal=True):
        st.download_button(
            _("Scores as CSV"),
            data=lambda: safe_csv(rows(compared)),
            file_name="balise-comparison-scores.csv",
            mime="text/csv",
            key="comparison-scores-csv",
            on_click="ignore",
            icon=":material/download:",
        )
        st.download_button(
            _("Accidents and probabilities as CSV"),
            data=lambda: safe_csv(probabilities(compared)),
            file_name="balise-comparison-accidents.csv",
            mime="text/csv",
            key="comparison-accidents-csv",
            on_click="ignore",
            icon=":material/download:",
        )


def probabilities(compared: Compared) -> pd.DataFrame:
    """Each accident with its true class and what each model gives each class."""
    classes = list(schema.values(compared.target))
    found = {
        words.column("accident"): compared.sample.table.index,
        _("True class"): [words.class_label(compared.target, classes[place]) for place in compared.sample.truth],
    }
    for model, answered in compared.answers.items():
        for place, code in enumerate(classes):
            found[f"{model}: {words.class_label(compared.target, code)}"] = answered.proba[:, place].round(6)
    return pd.DataFrame(found)


def _paired(compared: Compared) -> dict[str, list[Difference]]:
    first, *_others = compared.answers
    others = {name: found for name, found in compared.answers.items() if name != first}
    return once(
        ("differences", compared.key),
        lambda: compared_models.differences(compared.answers[first], others, compared.target),
    )


def _verdicts(compared: Compared) -> None:
    """One sentence a model: whether it is better than the leading one."""
    st.subheader(_("Compared with {model}").format(model=notices.literal(compared.lead)))
    fair = _fair(compared)
    lines = [
        verdict(name, compared.lead, next(d for d in found if d.metric == "log_loss"), fair=fair[name])
        for name, found in _paired(compared).items()
    ]
    st.markdown("\n".join(f"- {line}" for line in lines))


def _fair(compared: Compared) -> dict[str, bool]:
    """Of each model that is compared with the leading one, whether neither has learnt from these accidents."""
    knew = learnt(compared)
    return {name: not knew[[compared.lead, name]].any() for name in compared.answers if name != compared.lead}


def _differences(compared: Compared) -> None:
    lead, fair = notices.literal(compared.lead), _fair(compared)
    table = {
        _(METRICS[metric].label): {
            name: _difference(next(d for d in found if d.metric == metric), fair=fair[name])
            for name, found in _paired(compared).items()
        }
        for metric in _metrics(compared)
    }
    with st.expander(_("All differences, with their intervals")):
        unfair = [notices.literal(name) for name, one in fair.items() if not one]
        if unfair:
            message = _("No difference is told of {models}: they or {lead} have learnt from some of these accidents.")
            st.warning(message.format(models=", ".join(unfair), lead=lead), icon=":material/school:")
        st.table(pd.DataFrame(table).T.rename_axis(_("Difference from {model}").format(model=lead)))
        st.caption(
            _(
                "▲ better and ▼ worse than {model} by more than chance on these accidents; without a mark it is open. "
                "Each draw of accidents is the same for both models. Of twenty differences without meaning, one gets a "
                "mark by chance."
            ).format(model=lead)
        )


def verdict(name: str, lead: str, difference: Difference, *, fair: bool) -> str:
    """Whether a model is better than the leading one, by log-loss, in a sentence.

    Nobody can say so of accidents from which one of the two has learnt: it is not `fair`.
    """
    message = {
        True: _("**{name}** is better than {lead}: its log-loss is lower by {size} (95% interval {low} to {high})."),
        False: _("**{name}** is worse than {lead}: its log-loss is higher by {size} (95% interval {low} to {high})."),
        None: _(
            "**{name}** and {lead}: no difference beyond chance. The first's log-loss minus the second's is "
            "{value} (95% interval {from_} to {to})."
        ),
    }[compared_models.better(difference)]
    if not fair:
        message = _(
            "**{name}** and {lead}: which is better cannot be said here, for at least one has learnt from some of "
            "these accidents."
        )
    ends = sorted((abs(difference.low), abs(difference.high)))
    return message.format(
        name=notices.literal(name),
        lead=notices.literal(lead),
        size=number(abs(difference.value), ".4f"),
        low=number(ends[0], ".4f"),
        high=number(ends[1], ".4f"),
        value=number(difference.value, "+.4f"),
        from_=number(difference.low, "+.4f"),
        to=number(difference.high, "+.4f"),
    )


def _difference(one: Difference, *, fair: bool) -> str:
    if math.isnan(one.value) or not fair:
        return "–"
    mark = {True: "▲ ", False: "▼ ", None: ""}[compared_models.better(one)]
    value, low, high = (number(part, "+.4f") for part in (one.value, one.low, one.high))
    return mark + _("{value} ({low} to {high})").format(value=value, low=low, high=high)


def _confusions(compared: Compared) -> None:
    st.subheader(_("Which classes are taken for which"))
    models = {name: name for name in compared.answers}
    key = f"confusion_{compared.target}"
    chosen = exploration.option(_("Confusion matrix of"), models, key=key)
    found = compared.answers[chosen].scorer
    counts = found.confusion(pd.Series(1.0, index=range(found.n)).to_numpy())
    labels = [words.class_label(compared.target, code) for code in schema.values(compared.target)]
    table = pd.DataFrame(counts.astype(int), index=labels, columns=labels).rename_axis(_("True class"))
    exploration.panel(
        compared.view,
        chart.confusion(counts, labels, counted=True),
        table.reset_index(),
        key="comparison-confusion",
        alt=_("Share and number of the accidents of each true class that {model} takes for each class").format(
            model=chosen
        ),
        note=_("Each row: of the accidents that truly were of a class, the share and number taken for each class."),
        source=compared.source,
    )
