"""Any models on the same accidents: what is compared, then one view of it at a time."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from data.features import Target
from data.filters import Filters
from data.text import _
from ui.components import (
    cache,
    comparison_answers,
    comparison_choice,
    comparison_costs,
    comparison_disagreements,
    comparison_scores,
    comparison_slices,
    comparison_thresholds,
)
from ui.components.comparison_answers import Compared
from ui.components.exploration import View


def show(target: Target) -> None:
    """The choice, how far the models are with their answers, and what comes of them.

    Raises: DataError where the data cannot be read.
    """
    view = View(cache.dataset(), Filters())
    choice = comparison_choice.choose(target, view)
    if choice is None:
        return
    compared = comparison_answers.ask(choice, view)
    if compared is None:
        return
    comparison_answers.which(compared)
    views: dict[str, Callable[[Compared], None]] = {
        _("Scores"): comparison_scores.show,
        _("Curves and threshold"): comparison_thresholds.show,
        _("Kinds of accidents"): comparison_slices.show,
        _("Disagreements"): comparison_disagreements.show,
        _("Learning and cost"): comparison_costs.show,
    }
    tabs = st.tabs(list(views), key="compare_view", on_change="rerun", bind="query-params")
    for tab, part in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab:
                part(compared)
