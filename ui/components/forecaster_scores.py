"""How good the forecasters of daily counts are, beside repeating last week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from data.text import _
from ui import words
from ui.components import forecasting, notices

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
    st.table(table(usable))
    st.caption(
        _(
            "Over all forecasts of 28 days in a period that the model has not seen. MAE: by how many accidents a day "
            "the forecast was off on average. MASE: the same error divided by how much the same weekdays of two weeks "
            "differ in the training data. Coverage: share of days inside the 80% interval, at best near 80%."
        )
    )


def table(entries: Sequence[Entry]) -> pd.DataFrame:
    """A row for each forecaster, then one for each baseline; the same baseline on the same days is told once."""
    rows: list[dict[str, str]] = []
    baselines: list[dict[str, str]] = []
    for entry in entries:
        metadata: dict[str, Any] = entry.metadata or {}
        scores = metadata.get("metrics", {}).get("held_out", {})
        period = metadata.get("split", {}).get("held_out", {})
        shared = {
            _("Scored on"): words.period(period["start"], period["end"]) if period else _("not given"),
            _("Forecasts"): words.count(scores.get("origins")),
        }
        rows.append({_("Model"): forecasting.model_label(entry), **_pooled(scores.get("pooled", {})), **shared})
        for name, baseline in scores.get("baselines", {}).items():
            row = {_("Model"): words.baseline_label(name), **_pooled(baseline.get("pooled", {})), **shared}
            if row not in baselines:
                baselines.append(row)
    return pd.DataFrame([*rows, *baselines]).set_index(_("Model"))


def _pooled(scores: dict[str, float]) -> dict[str, str]:
    coverage = scores.get("coverage_80")
    return {
        _("MAE (accidents a day)"): _number(scores.get("mae"), 2),
        _("MASE"): _number(scores.get("mase"), 3),
        _("Coverage of 80%"): "–" if coverage is None else words.percent(coverage),
    }


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
