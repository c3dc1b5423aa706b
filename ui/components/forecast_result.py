"""The forecast that was asked for: the chart, its days, and the download."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from data import calendar
from data.text import _
from models.base import Forecast
from ui import export, words
from ui.charts import forecast as chart
from ui.components import departement_choice, forecast_answers, forecast_figures, plots
from ui.components.counted_days import FRANCE
from ui.components.forecasting import Choice

_BEFORE = "counted_364_days_before"
_FACTS = ("model", "level", "source", "origin")


def draw(choice: Choice, future: Forecast) -> None:
    """The chart of history, forecast and the baselines beside it, and what its days are."""
    counted = choice.counted
    others, left_out = forecast_answers.of_baselines(choice, counted)
    cut = counted.iloc[-choice.shown :] if choice.shown else counted
    text = _("Accidents a day in {place} to {end} and the forecast of the {n} days after").format(
        place=choice.place, end=words.day(counted.index[-1]), n=len(future.dates)
    )
    st.subheader(
        _("{place}, {period}").format(place=choice.place, period=forecast_figures.period(future)), anchor=False
    )
    figure = chart.forecast(
        cut, future, name=choice.model_name, place=choice.place, intervals=choice.intervals, beside=others
    )
    plots.show(figure, key="forecast", alt=text, png=file_name(choice, future))
    for name, reason in left_out.items():
        st.caption(_("{name} is not drawn: {reason}").format(name=words.baseline_label(name), reason=reason))
    if not choice.intervals:
        st.caption(_("No interval is drawn: a line alone does not say how sure the forecast is."))
    st.caption(about_days(choice, future) + _kept(choice))
    if "note" in counted.attrs:
        st.caption(f":material/help: {counted.attrs['note']}")


def about_days(choice: Choice, future: Forecast) -> str:
    """What the origin is, and why it is not today."""
    return _(
        "**{place}.** The forecast begins on {origin}, its origin: the day after the last day counted. BAAC appears "
        "once a year, so a forecast follows the last counted day, not today. Counts: {source}, {period}."
    ).format(
        place=choice.place,
        origin=words.day(future.dates[0]),
        source=source(choice),
        period=words.period(choice.counted.index[0], choice.counted.index[-1]),
    )


def _kept(choice: Choice) -> str:
    """That a model keeps the last days of a département alone, though it learnt from more."""
    if not choice.past.own or choice.level == FRANCE:
        return ""
    about = choice.model.metadata["departements"]
    return " " + _("The model learnt from days since {start}, but keeps the last {n} of each département only.").format(
        start=words.day(pd.Timestamp(about["start"])), n=len(choice.past.by_departement)
    )


def source(choice: Choice) -> str:
    """Where the counts come from, and that they are simulated where they are."""
    told = str(choice.past.france.attrs.get("source", "")) or _("not stated")
    return told + (_(", simulated") if choice.past.simulated else "")


def statement(choice: Choice) -> str:
    """Which days the model learnt from, and which days its scores come from."""
    metadata = choice.model.metadata
    split, data = metadata["split"], metadata["data"]
    learnt, tuned, held_out = (
        words.period(split[part]["start"], split[part]["end"]) for part in ("train", "validation", "held_out")
    )
    text = _(
        "Learnt from the daily counts of {learnt} and tuned on {tuned}. The scores come from {n} forecasts of 28 days "
        "in {held_out}, which the model had not seen when it was scored."
    ).format(learnt=learnt, tuned=tuned, held_out=held_out, n=metadata["metrics"]["held_out"]["origins"])
    if choice.model.seen_until >= pd.Timestamp(split["held_out"]["start"]):
        until = words.day(choice.model.seen_until)
        text += " " + _("Afterwards it learnt from all days to {day}.").format(day=until)
    told = (data.get("source") or _("not stated")) + (_(", simulated") if data.get("simulated") else "")
    return text + " " + _("Data: {source}.").format(source=told)


def table(future: Forecast, intervals: tuple[int, ...] = tuple(sorted(chart.INTERVALS))) -> pd.DataFrame:
    """A forecast as a table with plain column names; accidents a day."""
    columns: dict[str, Any] = {
        "date": [day.date().isoformat() for day in future.dates],
        "weekday": [words.code("weekday", day.isoweekday()) for day in future.dates],
        "public_holiday": calendar.is_public_holiday(future.dates),
        "mean": future.mean,
    }
    for percent in sorted(intervals):
        if (found := chart.edges(future, percent)) is not None:
            columns |= {f"low_{percent}": found[0], f"high_{percent}": found[1]}
    return pd.DataFrame(columns).round(2)


def show_days(choice: Choice, future: Forecast) -> None:
    """The forecast day by day, and its downloads."""
    rows = table(future, choice.intervals)
    rows[_BEFORE] = forecast_figures.year_before(choice.counted, future.dates)
    days(rows, digits=chart.digits(future), more={_BEFORE: _("Counted 364 days before")})
    row = st.container(horizontal=True)
    row.download_button(
        _("Download as CSV"),
        csv(choice, {choice.level: future}),
        file_name=f"{file_name(choice, future)}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    if choice.past.departements is not None:
        row.download_button(
            _("Download France and every département"),
            lambda: csv(choice, forecast_answers.everywhere(choice)),
            file_name=f"{file_name(choice, future, place='departements')}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    st.caption(
        _(
            "The file holds the three intervals, the model, the level, the source of the counts and the origin. The "
            "camera above the chart keeps it as a picture (PNG)."
        )
    )


def days(rows: pd.DataFrame, *, digits: int, more: Mapping[str, str] | None = None) -> None:
    """A table of days as `table` makes it, with the words for its columns; `more` names further columns of counts."""
    names = {"date": _("Day"), "weekday": _("Weekday"), "public_holiday": _("Public holiday"), "mean": _("Expected")}
    for percent in chart.INTERVALS:
        names[f"low_{percent}"] = _("{n}%: from").format(n=percent)
        names[f"high_{percent}"] = _("{n}%: to").format(n=percent)
    names |= more or {}
    config = {
        key: st.column_config.NumberColumn(names[key], format=f"%.{digits if key == 'mean' else 0}f")
        if pd.api.types.is_float_dtype(rows[key])
        else st.column_config.Column(names[key])
        for key in rows
    }
    st.dataframe(
        rows, hide_index=True, width="stretch", column_config=config,
        alt=_("Expected accidents a day, with the intervals chosen"),
    )  # fmt: skip


def csv(choice: Choice, futures: Mapping[str, Forecast]) -> bytes:
    """Forecasts by level as a file; every row says of what it is, from which counts and which origin."""
    parts = []
    for level, whole in futures.items():
        future = forecast_answers.first_days(whole, choice.horizon)
        rows = table(future)
        known = level in (FRANCE, *_codes(choice))
        rows[_BEFORE] = forecast_figures.year_before(choice.past.of(level), future.dates) if known else np.nan
        place = departement_choice.label(level) if known else _("Elsewhere in France")
        facts = (choice.entry.name, place, source(choice), future.dates[0].date().isoformat())
        parts.append(pd.concat([pd.DataFrame([facts] * len(rows), columns=list(_FACTS)), rows], axis=1))
    return export.safe_csv(pd.concat(parts))


def file_name(choice: Choice, future: Forecast, place: str = "") -> str:
    """A name without ending that tells model, level and origin."""
    return f"forecast-{choice.entry.name}-{place or choice.level}-{future.dates[0].date().isoformat()}"


def _codes(choice: Choice) -> list[str]:
    counts = choice.past.departements
    return [] if counts is None else [str(code) for code in counts.columns]
