"""What is compared on the Comparison page: which models on which accidents, kept in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast

import pandas as pd
import streamlit as st

from data import features
from data.text import _
from models.comparison import MOST, Asked, Which
from ui import words
from ui.components import compare_choice, exploration, notices, prediction

if TYPE_CHECKING:
    from models.registry import Entry

TARGET = "compare_target"
_PERIOD = "compare"  # its first and last day stand in the address as this with _from and _to
_SIZES = (MOST, 5_000, 2_000, 1_000)
_SEED = "compare_seed"
MOST_MODELS = 8  # beside each other before no figure can be read


@dataclass(frozen=True)
class Choice:
    """The models by name, the champion first where it is among them, what they are called, and the accidents."""

    entries: tuple[Entry, ...]
    names: dict[str, str]
    asked: Asked

    @property
    def target(self) -> features.Target:
        return self.asked.target


def address(target: features.Target) -> dict[str, str]:
    """The parameters of a link to the page that shows the champion of a target and all who are compared with it."""
    from models import champions

    return {TARGET: target, _models_key(target): ",".join(e.name for e in champions.compared(target))}


def scores() -> str:
    """Which scores: "kept" with the models, or on the "same" accidents."""
    words = {"kept": _("Kept with the models"), "same": _("On the same accidents")}
    return exploration.option(_("Scores"), words, key="compare_scores", short=True)


def choose(target: features.Target, view: exploration.View) -> Choice | None:
    """Models and accidents; None where there is no model or none is chosen, which is then said."""
    from models import champions, registry

    usable = champions.usable(target)
    notices.broken(e for e in registry.entries(target) if e.metadata is None)
    if not usable:
        notices.no_model(target)
        return None
    names = prediction.labels(usable)
    chosen = _models(target, usable, names)
    asked = _accidents(target, view)
    if not chosen:
        st.info(_("Choose at least one model."), icon=":material/checklist:")
        return None
    if len(chosen) > MOST_MODELS:
        message = _("No more than {n} models are compared at once; the last ones are left out.")
        st.warning(message.format(n=MOST_MODELS), icon=":material/filter_list:")
    return Choice(tuple(chosen[:MOST_MODELS]), {e.name: names[e.name] for e in chosen}, asked)


def _models(target: features.Target, usable: list[Entry], names: dict[str, str]) -> list[Entry]:
    from models import champions

    preset = [e.name for e in champions.compared(target)]
    # a field for each target: one that is offered other models under the same name would keep showing the old ones
    wanted = compare_choice.several(
        _("Models"), {e.name: names[e.name] for e in usable}, preset, key=_models_key(target)
    )
    return [e for e in usable if e.name in wanted]


def _models_key(target: features.Target) -> str:
    return f"models_{target}"


def _accidents(target: features.Target, view: exploration.View) -> Asked:
    which = exploration.option(
        _("Accidents"),
        {"unseen": _("That none of them has learnt from"), "all": _("Any, learnt from or not")},
        key="compare_accidents",
        short=True,
    )
    row = st.container(horizontal=True)
    first, last = _bounds(view)
    with row.container(width=180):
        start = _day(_("From"), first, first, last, key=f"{_PERIOD}_from")
    with row.container(width=180):
        end = _day(_("To"), last, first, last, key=f"{_PERIOD}_to")
    with row.container(width=180):
        sizes = {str(n): words.count(n) for n in _SIZES}
        size = exploration.option(
            _("At most"), sizes, key="compare_size", help=_("So many accidents, drawn by chance.")
        )
    with row.container(width=180):
        help = _("Another number draws other accidents; the same one always draws the same.")
        seed = st.number_input(_("Seed of the draw"), 0, 9999, 0, key=_SEED, bind="query-params", help=help)
    if start is not None and end is not None and start > end:
        message = _("The period ends on {end}, before it begins: it is taken from {end} to {start}.")
        st.warning(message.format(start=words.day(start), end=words.day(end)))
        start, end = end, start
    return Asked(target, cast("Which", which), start, end, int(size), int(seed or 0))


def _bounds(view: exploration.View) -> tuple[date | None, date | None]:
    """The first and the last day of the data; None where no accident is dated."""
    from data import summary

    years = view.ask(summary.by_year)
    first, last = years["first"].min(), years["last"].max()
    return (None, None) if pd.isna(first) else (first.date(), last.date())


def _day(label: str, value: date | None, first: date | None, last: date | None, *, key: str) -> date | None:
    """A day of the data; None, which restricts nothing, where no accident is dated."""
    if value is None or first is None or last is None:
        st.date_input(label, None, disabled=True, key=f"{key}_unknown", help=_("These accidents are not dated."))
        return None
    kept = st.session_state.get(key)
    if isinstance(kept, date) and not first <= kept <= last:  # of other data
        st.session_state.pop(key)
    bounds = {"min_value": first, "max_value": last, "format": "YYYY-MM-DD"}
    chosen: date = st.date_input(label, value, key=key, bind="query-params", required=True, **bounds)
    return None if chosen == value else chosen
