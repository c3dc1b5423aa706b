"""The answers of all models to one described accident, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from data import features
from data.errors import AppError
from data.text import _
from ui import words
from ui.charts import probabilities, style
from ui.components import cache, certainty, notices, past_accident, plots, unusual

if TYPE_CHECKING:
    from models.registry import Entry

_BESIDE = 4  # classes in one table: of more, the last would be cut off


@dataclass(frozen=True)
class Answers:
    """What the champion of one target and the models compared with it say, and which were left out and why.

    `shares`: classes x models; `champion`: its column, empty where it could not answer.
    """

    shares: pd.DataFrame
    colours: Mapping[str, str]
    frequencies: Mapping[str, float]
    sources: list[str]
    refused: list[tuple[str, str]]
    champion: str = ""
    entry: Entry | None = None  # of the champion


def answer(values: Mapping[str, object]) -> None:
    """All that is said of a described accident: how unusual it is, both targets, and what each group tells.

    Raises: DataError for a value that is not possible, or where the data cannot be read.
    """
    cache.check(values)
    first = st.container()
    found = {target: show(target, values) for target in features.TARGETS}
    certainty.show({target: entry for target, entry in found.items() if entry is not None}, values)
    with first:  # filled last: no answer waits for the past accidents to be read
        unusual.said(values)


def show(target: features.Target, values: Mapping[str, object]) -> Entry | None:
    """One target: agreement in words, bars, and the same numbers as a table; gives the champion that answered."""
    st.header(_(features.TARGETS[target]))
    with st.spinner(_("Asking the models; the first question to each takes longest …")):
        answers = ask(target, values)
    if answers.shares.empty:
        notices.no_model(target)
    else:
        st.markdown(f"{_champion_says(answers)} {agreement(answers.shares)}".strip())
        past_accident.outcome(target, answers.entry, answers.shares.get(answers.champion))
        figure = probabilities.bars(answers.shares, answers.colours, answers.frequencies)
        title = _("Probability of each {target} by model").format(target=_(features.TARGETS[target]).lower())
        plots.show(figure, key=f"probabilities_{target}", alt=title)
        st.caption(
            _("▾ marks how frequent each class is among the accidents that the models learnt from: {sources}.").format(
                sources=", ".join(answers.sources)
            )
        )
        with st.expander(_("The same numbers as a table")):
            table = _table(answers)
            for first in range(0, len(table.columns), _BESIDE):
                st.table(table.iloc[:, first : first + _BESIDE])
    notices.refused(answers.refused)
    return answers.entry


def caution() -> None:
    """What a probability of these models is not."""
    st.caption(
        _(
            ":material/info: All probabilities hold for accidents in which somebody was injured: they say nothing of "
            "how likely such an accident is. Models learn what goes together, not what causes what, and of rare "
            "accidents they have seen few."
        )
    )


def waiting() -> None:
    """What stands in place of the answers before the first question."""
    st.info(
        _("Choose an example or describe the accident, then press **Predict**. Anything may stay unknown."),
        icon=":material/ads_click:",
    )


def ask(target: features.Target, values: Mapping[str, object]) -> Answers:
    """The answers of the champion of a target, then of the models that are compared with it.

    Raises: DataError for a value that is not possible.
    """
    from models import champions, registry

    cache.check(values)  # a value that is not possible is the description's fault, not a model's
    compared = champions.compared(target)
    entries = [*compared, *(e for e in registry.entries(target) if e.metadata is None)]
    names = labels(entries)
    columns: dict[str, dict[str, float]] = {}
    colours, references, sources, refused = {}, [], [], []
    for entry in entries:
        try:
            if entry.metadata is None:
                raise AppError(entry.error)
            columns[names[entry.name]] = cache.probabilities(entry, values)
        except AppError as error:
            refused.append((entry.name, str(error)))
            continue
        colours[names[entry.name]] = style.model_colour(entry.metadata["kind"])
        references.append(entry.metadata.get("frequencies", {}))
        sources.append(_source(entry.metadata))
    shares = pd.DataFrame(columns).rename(index=lambda c: words.class_label(target, c))
    first = references[0] if references else {}
    frequencies = {words.class_label(target, c): v for c, v in first.items()}
    champion = names[compared[0].name] if compared and names[compared[0].name] in columns else ""
    entry = compared[0] if champion else None
    return Answers(shares, colours, frequencies, list(dict.fromkeys(sources)), refused, champion, entry)


def labels(entries: list[Entry]) -> dict[str, str]:
    """How checkpoints are called on a page: by their given name or kind, with their origin's where two are alike."""
    from models import card, registry

    readable = [e for e in entries if e.metadata]
    kinds = {e.name: str((e.metadata or {})["kind"]) for e in readable}
    named = {
        e.name: e.title or (registry.KINDS[kinds[e.name]].label if kinds[e.name] in registry.KINDS else kinds[e.name])
        for e in readable
    }
    for more in ({e.name: card.origin(e) for e in readable}, {e.name: e.name for e in readable}):
        often = Counter(named.values())
        named = {name: label if often[label] == 1 else f"{label} ({more[name]})" for name, label in named.items()}
    return named


def _champion_says(answers: Answers) -> str:
    """The answer of the champion in one sentence, where others answered too."""
    if not answers.champion or len(answers.shares.columns) == 1:
        return ""
    values = answers.shares[answers.champion]
    message = _("The champion, {model}, finds **{name}** most likely: {share}.")
    return message.format(model=answers.champion, name=values.idxmax(), share=words.percent(values.max()))


def agreement(shares: pd.DataFrame) -> str:
    """Which class each model names, and where they differ most.

    `shares`: index = class in words, one column a model.
    """
    best = shares.idxmax()
    named = list(dict.fromkeys(best))
    if len(named) > 1:
        parts = [f"**{name}** ({', '.join(best.index[best == name])})" for name in named]
        return _("The models name different classes as most likely: {parts}. {spread}").format(
            parts="; ".join(parts), spread=_spread(shares)
        )
    values = shares.loc[named[0]]
    if len(best) == 1:
        message = _("{model} finds **{name}** most likely: {share}.")
        return message.format(model=best.index[0], name=named[0], share=words.percent(values.iloc[0]))
    message = _("All {n} models find **{name}** most likely: {low} ({lowest}) to {high} ({highest}).")
    return message.format(
        n=len(best),
        name=named[0],
        low=words.percent(values.min()),
        lowest=values.idxmin(),
        high=words.percent(values.max()),
        highest=values.idxmax(),
    )


def _source(metadata: Mapping[str, Any]) -> str:
    """What a model learnt from, and whether that was real."""
    data = metadata.get("data", {})
    source = str(data.get("source", _("not given")))
    return _("{source} (simulated accidents)").format(source=source) if data.get("simulated") else source


def _spread(shares: pd.DataFrame) -> str:
    """On which class the models differ most, and by how much."""
    spread = shares.max(axis="columns") - shares.min(axis="columns")
    name = spread.idxmax()
    row = shares.loc[name]
    return _("They differ most on {name}: {lowest} gives it {low}, {highest} {high}.").format(
        name=name,
        lowest=row.idxmin(),
        low=words.percent(row.min()),
        highest=row.idxmax(),
        high=words.percent(row.max()),
    )


def _table(answers: Answers) -> pd.DataFrame:
    """A row a model, then the frequency of each class."""
    shown = answers.shares.T
    shown.loc[_("Frequency of the class")] = [answers.frequencies.get(c, 0.0) for c in shown.columns]
    return shown.map(words.percent).rename_axis(_("Model"))
