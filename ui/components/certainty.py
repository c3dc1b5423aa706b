"""How much certainty each group of inputs gives: the champion's answers with and without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from data import features, schema
from data.errors import AppError
from data.text import _, number
from models import certainty
from models.certainty import Certainty
from ui import words
from ui.components import accident_form, cache

if TYPE_CHECKING:
    from models.registry import Entry

Answers = Mapping[str, Certainty]  # by variant
_TELLING = 1.05  # times as much open, below which a group makes no difference


def show(champions: Mapping[features.Target, Entry], values: Mapping[str, object]) -> None:
    """A row for each group, what it gives in words, and buttons that take it away or bring it back."""
    if not champions:
        return
    st.header(_("What each group of inputs tells"))
    away = accident_form.taken_away()
    found = ask(champions, values, away)
    if not found:
        return
    for sentence in sentences(found, away):
        st.markdown(sentence)
    st.table(table(found, away))
    st.caption(meaning())
    _buttons(values, away)


def ask(
    champions: Mapping[features.Target, Entry], values: Mapping[str, object], away: Mapping[str, Mapping[str, object]]
) -> dict[features.Target, Answers]:
    """The answers of each champion to the description and its variants; `away`: what was known of groups before."""
    variants = certainty.variants(values, away)
    found: dict[features.Target, Answers] = {}
    for target, entry in champions.items():
        try:
            shares = cache.probabilities_of(entry, list(variants.values()))
        except AppError:  # the answers above say so
            continue
        found[target] = dict(zip(variants, map(certainty.of, shares), strict=True))
    return found


def sentences(found: Mapping[features.Target, Answers], away: Mapping[str, object]) -> list[str]:
    """What the groups tell, and what was lost with those made unknown."""
    said = [
        sentence
        for target, answers in found.items()
        for sentence in (lost(target, answers, away), most(target, answers, away))
    ]
    return list(filter(None, said))


def meaning() -> str:
    """How the table is read."""
    return _(
        "Answers of the champion. *Open*: how many equally likely classes would leave as much open; 1 is certain. "
        "What a group tells depends on what else is known; for a single accident more can also mean more doubt."
    )


def lost(target: features.Target, answers: Answers, away: Mapping[str, object]) -> str:
    """What the groups that were made unknown cost, in one sentence; empty where there is none."""
    now = answers[certainty.WHOLE]
    parts = [
        _("with **{group}** {name} had {share}").format(
            group=_(features.GROUPS[group]),
            name=_name(target, answers[group]),
            share=words.percent(answers[group].share),
        )
        for group in features.GROUPS
        if away.get(group) and group in answers
    ]
    if not parts:
        return ""
    message = _("{target}: {name} leads with {share} now; {parts}.")
    return message.format(
        target=_(features.TARGETS[target]),
        name=_name(target, now),
        share=words.percent(now.share),
        parts="; ".join(parts),
    )


def most(target: features.Target, answers: Answers, away: Mapping[str, object]) -> str:
    """The known group without which most would be open; empty where none gives certainty."""
    known = [group for group in features.GROUPS if group in answers and not away.get(group)]
    now = answers[certainty.WHOLE]
    best = max(known, key=lambda group: answers[group].classes, default=None)
    if best is None or answers[best].classes < now.classes * _TELLING:
        return ""
    message = _("{target}: **{group}** tells most. Without it, {name} has {share} instead of {now}.")
    without = answers[best]
    if without.name != now.name:
        message = _("{target}: **{group}** tells most. Without it, {name} leads, with {share}.")
    return message.format(
        target=_(features.TARGETS[target]),
        group=_group(best),
        name=_name(target, without),
        share=words.percent(without.share),
        now=words.percent(now.share),
    )


def table(found: Mapping[features.Target, Answers], away: Mapping[str, object]) -> pd.DataFrame:
    """A row a variant; of each target the most likely class with its probability, and what is open."""
    first = next(iter(found.values()))
    columns = {}
    for target, answers in found.items():
        n = len(schema.values(target))
        columns[_(features.TARGETS[target])] = [
            f"{_name(target, one)} {words.percent(one.share)}" for one in answers.values()
        ]
        columns[_("Open, of {n}").format(n=n)] = [number(one.classes, ".1f") for one in answers.values()]
    return pd.DataFrame(columns, index=pd.Index([_row(variant, away) for variant in first]))


def _row(variant: str, away: Mapping[str, object]) -> str:
    if variant == certainty.WHOLE:
        return _("As described")
    if variant == certainty.NOTHING:
        return _("Everything unknown")
    label = _group(variant)
    return (_("With {group} again") if away.get(variant) else _("Without {group}")).format(group=label)


def _buttons(values: Mapping[str, object], away: Mapping[str, object]) -> None:
    known = {i.group for i in features.INPUTS if values.get(i.name) is not None}
    with st.container(horizontal=True, gap="small"):
        for group in features.GROUPS:
            if group in known:
                label, icon, act = _("{group} unknown"), ":material/visibility_off:", accident_form.make_unknown
            elif away.get(group):
                label, icon, act = _("{group} back"), ":material/undo:", accident_form.bring_back
            else:
                continue
            label = label.format(group=_group(group))
            st.button(label, key=f"without_{group}", icon=icon, on_click=act, args=(group,))


def _group(name: str) -> str:
    labels: dict[str, str] = {group: _(label) for group, label in features.GROUPS.items()}
    return labels[name]


def _name(target: str, one: Certainty) -> str:
    return words.class_label(target, one.name)
