"""What weekdays, holidays and seasons do to the accidents of a day, in words."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data.text import _, number
from models.calendar_effects import FEWEST, WEEKDAYS
from ui import words
from ui.charts import calendar_effects as chart
from ui.components import forecast_answers, forecast_result, plots
from ui.components.counted_days import FRANCE
from ui.components.forecasting import Choice


def show(choice: Choice) -> None:
    """The effects as a chart and a table, and how they were estimated.

    Raises: DataError where the series is too short.
    """
    found = forecast_answers.effects(choice)
    labels = {name: label(name) for name in found.index}
    if choice.level != FRANCE:
        st.caption(
            _("These are effects in France as a whole: a single département has too few accidents to tell them.")
        )
    st.markdown(in_words(found, labels))
    plots.show(
        chart.effects(found, labels=labels),
        key="calendar-effects",
        alt=_("By how much each kind of day multiplies the accidents of a day, as expected and as counted"),
        png=f"calendar-effects-{choice.entry.name}",
    )
    st.caption(
        _(
            "How this was estimated: {model} forecast every day of {period} once, in forecasts of 28 days from the "
            "days before them; it may have learnt from these days. A weekday is compared with the mean of its week, "
            "in weeks without a special day; every other kind with ordinary days of the same weekday in the same 28 "
            "days, school holidays with days when no zone has any, August with days of July and September. Each "
            "special day counts once: as a public holiday, else a bridge day, else the day before or after one. "
            "Forecasts that touch the COVID period are left out, and kinds with fewer than {fewest} days. These are "
            "differences between days, not causes. Counts: {source}."
        ).format(
            model=choice.model_name,
            period=words.period(found.attrs["first"], found.attrs["last"]),
            fewest=FEWEST,
            source=forecast_result.source(choice),
        )
    )
    with st.expander(_("The effects as a table"), icon=":material/table:"):
        st.table(table(found, labels), alt=_("Calendar effects, expected and counted"))


def in_words(found: pd.DataFrame, labels: dict[str, str]) -> str:
    """The busiest and the quietest weekday, and public holidays: Friday × 1.18 · Sunday × 0.80."""
    expected = found["expected"]
    days = expected[expected.index.isin(WEEKDAYS)]
    told = [] if days.empty else [str(days.idxmax()), str(days.idxmin())]
    told += [name for name in ("public_holiday", "bridge", "school_holidays", "christmas_week") if name in found.index]
    parts = [_("{kind} **×\N{NO-BREAK SPACE}{n:.2f}**").format(kind=labels[name], n=expected[name]) for name in told]
    return _("The model expects: {effects}").format(effects=" · ".join(parts)) if parts else ""


def table(found: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """Effects as people read them."""
    rows = [
        {
            _("Kind of day"): labels[str(name)],
            _("Expected"): f"× {number(row['expected'], '.2f')}",
            _("Counted"): f"× {number(row['counted'], '.2f')}",
            _("95% interval of counted"): _("{low:.2f} to {high:.2f}").format(low=row["low"], high=row["high"]),
            _("Days"): words.count(row["days"]),
        }
        for name, row in found.iterrows()
    ]
    return pd.DataFrame(rows).set_index(_("Kind of day")) if rows else pd.DataFrame()


def label(name: str) -> str:
    """The words for a kind of day."""
    if name in WEEKDAYS:
        return words.code("weekday", name.rpartition("_")[2])
    labels = {
        "public_holiday": _("Public holiday"),
        "bridge": _("Bridge day"),
        "eve": _("Day before a holiday"),
        "day_after": _("Day after a holiday"),
        "christmas_week": _("27 to 30 December"),
        "clock_forward": _("Clocks go forward"),
        "clock_back": _("Clocks go back"),
        "school_holidays": _("School holidays, all zones"),
        "august": _("August"),
    }
    return labels[name]
