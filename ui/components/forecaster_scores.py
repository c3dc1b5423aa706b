"""How good the forecasters of daily counts are, beside repeating last week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from data.text import _
from ui import words
from ui.components import notices, prediction

if TYPE_CHECKING:
    from models.registry import Entry


def show() -> None:
    """Scores of the forecasting models of daily counts beside the seasonal-naive forecast."""
    from models import registry

    entries = registry.entries("daily")
    usable = [e for e in entries if e.metadata]
    notices.broken(e for e in entries if e.metadata is None)
    if not usable:
        st.info(_("No trained forecaster is in the checkpoints folder."), icon=":material/model_training:")
        return
    names = prediction.labels(usable)
    rows = {}
    for entry in usable:
        rows |= rows_of(entry, names[entry.name])
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = _("Model")
    st.table(table)
    st.caption(
        _(
            "Pooled over 28 days ahead and all origins of the held-out period. MAE: mean absolute error, accidents a "
            "day. MASE below 1: better than repeating last week within the training data. Coverage: share of days "
            "inside the 80% interval."
        )
    )


def rows_of(entry: Entry, label: str) -> dict[str, dict[str, str]]:
    """A forecaster and its baselines, as rows of words."""
    metadata: dict[str, Any] = entry.metadata or {}
    scores = metadata.get("metrics", {}).get("held_out", {})
    period = metadata.get("split", {}).get("held_out", {})
    when = words.period(period["start"], period["end"]) if period else _("not given")
    shared = {_("Held-out period"): when, _("Origins"): words.count(scores.get("origins"))}
    rows = {label: {**_pooled(scores.get("pooled", {})), **shared}}
    for name, baseline in scores.get("baselines", {}).items():
        rows[_("{baseline}, same days as {model}").format(baseline=name, model=label)] = {
            **_pooled(baseline.get("pooled", {})),
            **shared,
        }
    return rows


def _pooled(scores: dict[str, float]) -> dict[str, str]:
    coverage = scores.get("coverage_80")
    return {
        _("MAE (accidents a day)"): _number(scores.get("mae"), 2),
        _("MASE"): _number(scores.get("mase"), 3),
        _("Coverage of 80%"): "–" if coverage is None else words.percent(coverage),
    }


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
