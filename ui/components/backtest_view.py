"""A forecast of days that are counted by now, drawn beside what came."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import streamlit as st

from data.text import _
from models.base import Forecast
from models.forecasts import HORIZON
from models.seasonal_naive import BASELINES
from ui import words
from ui.charts import forecast as chart
from ui.components import forecast_answers, forecast_result, plots
from ui.components.counted_days import FRANCE
from ui.components.forecasting import Choice

ORIGIN = "tested_from"
_BEFORE = 56  # days of history drawn before the origin


def show(choice: Choice) -> None:
    """Choose a day, and see the forecast from the days before it beside the counts.

    Raises: DataError where a day that the model looks back on is missing.
    """
    counted = choice.counted
    first, last = _reach(choice, counted)
    if first > last:
        message = _("There are too few days to look back: a forecast needs {n} days before it and 28 after.")
        st.info(message.format(n=choice.model.days_needed))
        return
    origin = pd.Timestamp(_choose(first, last, _proposed(choice, first, last)))
    kept = forecast_answers.held_out_forecast(choice, origin)
    future = kept or forecast_answers.past_forecast(choice, origin)
    before, came = counted.loc[: origin - pd.Timedelta(days=1)], counted.loc[origin : future.dates[-1]]
    st.markdown(_as_scored(choice) if kept else _seen(choice, origin, future))
    others, left_out = forecast_answers.of_baselines(choice, before)
    figure = chart.forecast(
        before.iloc[-_BEFORE:],
        future,
        name=choice.model_name,
        place=choice.place,
        intervals=choice.intervals,
        beside=others,
        came=came,
    )
    alt = _("Forecast of {place} from {day} on, beside what was counted")
    place = choice.place
    png = f"back{forecast_result.file_name(choice, future)}"
    plots.show(figure, key="backtest", alt=alt.format(place=place, day=words.day(origin)), png=png)
    for name, reason in left_out.items():
        st.caption(_("{name} is not drawn: {reason}").format(name=words.baseline_label(name), reason=reason))
    st.markdown(verdict(before, future, came))
    caption = _("{place}, {period}. Counts: {source}. The forecast knew the days before {day} alone.")
    period = words.period(future.dates[0], future.dates[-1])
    st.caption(caption.format(place=place, period=period, source=forecast_result.source(choice), day=words.day(origin)))
    with st.expander(_("The days as a table"), icon=":material/table:"):
        rows = forecast_result.table(future, choice.intervals)
        rows.insert(3, "counted", came.to_numpy())
        forecast_result.days(rows, digits=chart.digits(future), more={"counted": _("Counted")})


def _reach(choice: Choice, counted: pd.Series) -> tuple[date, date]:
    """The first and the last origin whose days before and after are all counted."""
    begin = counted.index[0]
    if choice.level != FRANCE:
        begin = max(begin, choice.past.beside_departements().index[0])
    first = begin + pd.Timedelta(days=choice.model.days_needed)
    return first.date(), (counted.index[-1] - pd.Timedelta(days=HORIZON - 1)).date()


def _proposed(choice: Choice, first: date, last: date) -> date:
    """The latest day whose forecast was scored, or else the latest possible."""
    own = choice.past.own and choice.level == FRANCE
    scored = choice.model.metadata["held_out_forecasts"]["origins"] if own else []
    return max((day for day in map(date.fromisoformat, scored) if first <= day <= last), default=last)


def _choose(first: date, last: date, proposed: date) -> date:
    kept = st.session_state.get(ORIGIN)
    if isinstance(kept, date) and not first <= kept <= last:  # of another model or level
        st.session_state.pop(ORIGIN)
    chosen: date = st.date_input(
        _("First day forecast"),
        proposed,
        min_value=first,
        max_value=last,
        key=ORIGIN,
        bind="query-params",
        format="YYYY-MM-DD",
        required=True,
        width=220,
        help=_("Any day from {first} to {last}: the model forecasts from the days before it.").format(
            first=words.day(first), last=words.day(last)
        ),
    )
    return chosen


def _as_scored(choice: Choice) -> str:
    until = choice.model.metadata["split"]["validation"]["end"]
    message = _(
        "This is the forecast that was scored: the model had then **not seen** these days, for it had learnt from days "
        "to {until} alone."
    )
    told = message.format(until=words.day(pd.Timestamp(until)))
    if choice.model.seen_until > pd.Timestamp(until):
        told += " " + _("It has learnt from all days to {day} since.").format(day=words.day(choice.model.seen_until))
    return told


def _seen(choice: Choice, origin: pd.Timestamp, future: Forecast) -> str:
    """Whether the model had learnt from the very days that it forecasts here."""
    until = choice.model.seen_until
    if choice.past.simulated != bool(choice.model.metadata["data"].get("simulated")):
        return _("The model has not seen these days: it learnt from other counts.")
    if origin > until:
        return _("The model has **not seen** these days: it learnt from days to {until}.").format(
            until=words.day(until)
        )
    if future.dates[-1] <= until:
        message = _(
            "The model **has seen** these days: it learnt from days to {until}, so this flatters it. Forecasts made "
            "before it had seen them are kept of France, from every seventh day since {first}."
        )
    else:
        message = _("The model **has seen** some of these days, those to {until}, so this flatters it.")
    first = choice.model.metadata["split"]["held_out"]["start"]
    return message.format(until=words.day(until), first=words.day(pd.Timestamp(first)))


def verdict(before: pd.Series, future: Forecast, came: pd.Series) -> str:
    """In one line: how far off, how many days inside, and what repeating last week would have given."""
    actual = came.to_numpy(dtype=float)
    error = float(np.abs(actual - future.mean).mean())
    text = _("Off by **{mae}** accidents a day on average").format(mae=words.score(error))
    naive = BASELINES["seasonal-naive"]
    if len(before) >= naive.days_needed:
        again = float(np.abs(actual - naive.forecast(before, len(actual)).mean).mean())
        text += _("; last week again, by {mae}").format(mae=words.score(again))
        text += _(", **which was nearer**") if again < error else ""
    if (found := chart.edges(future, 80)) is not None:
        inside = int(((actual >= found[0]) & (actual <= found[1])).sum())
        text += _(". Inside the 80% interval: {n} of {days} days").format(n=inside, days=len(actual))
    total = _(". In all: {expected} expected, {counted} counted")
    return text + total.format(expected=words.count(future.mean.sum()), counted=words.count(actual.sum())) + "."
