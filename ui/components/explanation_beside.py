"""The reasons of all models for one answer beside each other, by groups of inputs and one rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from data import features
from data.errors import AppError
from data.text import _
from models.base import Explanation
from ui import words
from ui.charts import reasons, style
from ui.components import explanation, explanation_answers, notices, plots, prediction

if TYPE_CHECKING:
    from models.registry import Entry


_LEAST = 0.002  # of a probability, below which the direction says little


def show(target: features.Target, values: Mapping[str, object], target_class: str) -> None:
    """What each group of inputs does to the probability of a class, in every model that is compared.

    Raises: DataError for a value that is not possible.
    """
    from models import champions

    entries = champions.compared(target)
    name = words.class_label(target, target_class)
    found, refused, beside = _ask(entries, values, target_class)
    notices.refused(refused)
    if not found or beside is None:
        return
    labels = prediction.labels(entries)
    parts = _frame({labels[e]: one.contributions for e, one in found.items()})
    errors = _frame({labels[e]: one.errors for e, one in found.items()})
    st.markdown(agreement(parts, name))
    colours = {labels[e.name]: style.model_colour((e.metadata or {})["kind"]) for e in entries}
    alt = _("Contributions of each group of inputs to the probability of {name}, by model").format(name=name)
    plots.show(reasons.beside(parts, errors, colours), key="beside", alt=alt, png=f"reasons-beside-{target}")
    st.caption(
        _(
            "All models play one game: {game}, and what is shared out is the calibrated probability, so bars may be "
            "compared. Each model's bars add up to the way from its mean over the background to its answer. Thin "
            "lines are standard errors from the choice of the background. {caution}"
        ).format(game=_(next(iter(found.values())).game), caution=explanation.caution())
    )
    st.caption(beside.in_words())
    with st.expander(_("The same numbers as a table"), expanded=False):
        st.table(table({labels[e]: one for e, one in found.items()}))


def agreement(parts: pd.DataFrame, name: str) -> str:
    """Which group moves each model most, and for which groups models disagree about the direction.

    `parts`: index = groups in words, one column a model.
    """
    strongest = parts.abs().idxmax()
    lines = []
    for group in dict.fromkeys(strongest):
        models = strongest.index[strongest == group]
        amounts = [f"{100 * parts.loc[group, model]:+.1f}" for model in models]
        low, high = sorted(amounts, key=float)[0], sorted(amounts, key=float)[-1]
        points = low if low == high else _("{low} to {high}").format(low=low, high=high)
        message = _("- **{group}** moves the probability of {name} most in {models} ({points} points).")
        lines.append(message.format(group=group, name=name, models=", ".join(models), points=points))
    apart = [group for group, row in parts.iterrows() if (row > _LEAST).any() and (row < -_LEAST).any()]
    if apart:
        message = _("- The models disagree whether these raise or lower it: {groups}.")
        lines.append(message.format(groups=", ".join(map(str, apart))))
    elif len(parts.columns) > 1:
        lines.append(_("- All models agree which groups raise and which lower it, as far as they do much."))
    return "\n".join(lines)


def table(found: Mapping[str, Explanation]) -> pd.DataFrame:
    """A row a model: its mean over the background, its groups and its answer, in percent."""
    rows = []
    for model, one in found.items():
        each = [(explanation.group_label(g), 100 * v, 100 * one.errors[g]) for g, v in one.contributions.items()]
        parts = {group: f"{points:+.1f} ± {error:.1f}" for group, points, error in each}
        ends = words.percent(one.base), words.percent(one.output)
        rows.append({_("Model"): model, _("Background"): ends[0], **parts, _("Answer"): ends[1]})
    return pd.DataFrame(rows).set_index(_("Model"))


def _ask(
    entries: Sequence[Entry], values: Mapping[str, object], target_class: str
) -> tuple[dict[str, Explanation], list[tuple[str, str]], explanation_answers.Compared | None]:
    """What each model that can be asked says, and which were left out and why; a bar tells how far it is."""
    found, refused = {}, []
    beside: explanation_answers.Compared | None = None
    bar = st.progress(0.0, text=_("Reading the background …"))
    for at, entry in enumerate(entries):
        try:
            beside = beside or explanation_answers.compared(entries[at:])
            bar.progress(at / len(entries), text=_("Asking {model} …").format(model=entry.name))
            found[entry.name] = explanation_answers.by_group(entry, values, beside)[target_class]
        except AppError as error:
            refused.append((entry.name, str(error)))
    bar.empty()
    return found, refused, beside


def _frame(of_models: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    return pd.DataFrame(of_models).rename(index=explanation.group_label)
