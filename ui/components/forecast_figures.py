"""A forecast in figures: what to expect in all, what the year before came to, and how good the model has been."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from data.text import _, number
from models import chance
from models.base import Forecast
from ui import words
from ui.charts import forecast as chart
from ui.components import forecast_answers
from ui.components.counted_days import FRANCE
from ui.components.forecasting import Choice

_YEAR = 364  # days: the weekdays are the same


def show(choice: Choice, future: Forecast) -> None:
    """What to expect in all, and how the model did on days it had not seen."""
    row = st.container(horizontal=True, key="forecast-scores")
    places = 1 if chart.digits(future) else 0
    ends = forecast_answers.total(choice, future)
    row.metric(
        _("Expected in {n} days").format(n=len(future.dates)),
        _total(future, ends),
        help=about_total(choice, future, ends),
        border=True,
        delta=_("{n} a day").format(n=number(future.mean.mean(), f",.{places}f")),
        delta_color="off",
        delta_arrow="off",
        height="stretch",
    )
    _last_year(row, choice, future)
    if choice.level == FRANCE:
        _scores_of_france(row, choice.model.metadata["metrics"]["held_out"])
    else:
        _scores_of_departement(row, choice)
        st.caption(about_chance(choice, future))


def _last_year(row: Any, choice: Choice, future: Forecast) -> None:
    """What the same days of the year before came to, beside what is expected."""
    came = year_before(choice.counted, future.dates).sum()  # not known where a day is not
    change = float(future.mean.sum()) / came - 1 if came > 0 else None
    before = future.dates - pd.Timedelta(days=_YEAR)
    row.metric(
        _("Same days, year before"),
        words.count(came),
        help=_("Counted 364 days earlier, so that the weekdays are the same: {period}.").format(
            period=words.period(before[0], before[-1])
        ),
        border=True,
        delta=None if change is None else _("expected: {change:+.0%}").format(change=change),
        delta_color="off",
        delta_arrow="off",
        height="stretch",
    )


def _total(future: Forecast, ends: Mapping[float, float] | None) -> str:
    """The total and its interval: 54 (80%: 43 to 66)."""
    expected = words.count(float(future.mean.sum()))
    if ends is None:
        return expected
    text = _("{expected} (80%: {low} to {high})")
    return text.format(expected=expected, low=words.count(ends[0.1]), high=words.count(ends[0.9]))


def about_total(choice: Choice, future: Forecast, ends: Mapping[float, float] | None) -> str:
    text = _("Injury accidents from {period}: the sum of the daily expectations.").format(period=period(future))
    error = forecast_answers.shared_error(choice, len(future.dates))
    if ends is None or error is None:
        return text + " " + _("Too few forecasts were held out to tell an interval of the total.")
    more = _(
        "95% interval: {low} to {high}. The intervals of single days cannot be added up: chance evens out over days, "
        "but an error they share does not. It is {error} of the total, by what the model erred on {n} totals of France "
        "held out; they overlap and are few, so the interval is rough."
    )
    held_out = len(choice.model.metadata["held_out_forecasts"]["origins"])
    low, high = words.count(ends[0.025]), words.count(ends[0.975])
    return f"{text} {more.format(low=low, high=high, error=words.percent(error), n=held_out)}"


def _scores_of_france(row: Any, scores: Mapping[str, Any]) -> None:
    pooled, naive = scores["pooled"], scores["baselines"].get("seasonal-naive", {}).get("pooled", {})
    off = _("Accidents a day on held-out days: how far the forecast was off on average. Lower is better.")
    _score(row, _("Mean absolute error"), pooled.get("mae"), naive.get("mae"), off)
    scaled = _("The error divided by how much the same weekdays of two weeks differ. Lower is better.")
    _score(row, _("MASE"), pooled.get("mase"), naive.get("mase"), scaled)
    inside = _("Share of held-out days that fell inside the 80% interval.")
    _covered(row, pooled.get("coverage_80"), inside, _("In the 80% interval"))


def _scores_of_departement(row: Any, choice: Choice) -> None:
    scores = choice.model.metadata["departements"]["metrics"]["held_out"]
    own = scores["by_departement"].get(choice.level, {})
    held_out, place = forecast_answers.held_out_of(choice), choice.place
    again = held_out[1] if held_out else None
    off = _("Accidents a day in {place} on held-out days: how far the forecast was off on average.")
    _score(row, _("Mean absolute error, {place}").format(place=place), own.get("mae"), again, off.format(place=place))
    scaled = _(
        "The error in {place} divided by how much the same weekdays of two weeks differ in it. Lower is better. A "
        "percentage would say little: many days have no accident."
    ).format(place=place)
    scale = own["mae"] / own["mase"] if own.get("mase") else None
    again = again / scale if again is not None and scale else None
    _score(row, _("MASE, {place}").format(place=place), own.get("mase"), again, scaled)
    naive = scores["baselines"].get("seasonal-naive", {}).get("mase")
    _score(row, _("MASE, all départements"), scores.get("mase"), naive, _("The mean over all départements."))
    inside = _("Share of held-out days of all départements that fell inside the 80% interval.")
    _covered(row, scores.get("coverage_80"), inside, _("In the 80% interval, all départements"))


def about_chance(choice: Choice, future: Forecast) -> str:
    """Why the intervals of a place with few accidents are wide and hold more than they say, and what MASE is."""
    mean = float(future.mean.mean())
    return _(
        "{place} has about {mean:.1f} accidents a day. Chance alone moves such a count by {miss:.1f} a day, however "
        "good a forecast is: that is why its interval is wide. Totals of several weeks say more than single days. "
        "Counts are whole numbers, so with few accidents an interval such as 0 to 2 holds more than 80% of the days "
        "even when it is right. MASE: the error divided by how much a day usually differs from the same weekday of the "
        "week before."
    ).format(place=choice.place, mean=mean, miss=chance.expected_miss(mean))


def _covered(place: Any, share: float | None, help: str, label: str) -> None:
    place.metric(
        label,
        words.percent(share) if share is not None else _("not known"),
        help=help,
        border=True,
        delta=_("aim: 80%"),
        delta_color="off",
        delta_arrow="off",
        height="stretch",
    )


def _score(place: Any, label: str, value: float | None, naive: float | None, help: str) -> None:
    """An error with that of repeating last week below it."""
    place.metric(
        label,
        words.score(value),
        delta=None if naive is None else _("last week again: {value}").format(value=words.score(naive)),
        delta_color="off",
        delta_arrow="off",
        height="stretch",
        help=help,
        border=True,
    )


def period(future: Forecast) -> str:
    """The first and the last day of a forecast, in words."""
    return words.period(future.dates[0], future.dates[-1])


def year_before(counted: pd.Series, dates: pd.DatetimeIndex) -> np.ndarray:
    """What was counted on the same weekdays of the year before, 364 days earlier; NaN where that is not known."""
    return counted.reindex(dates - pd.Timedelta(days=_YEAR)).to_numpy(dtype=float)
