"""The forecast that was asked for: the chart, what to expect in all, how good the model has been, and the download."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from data import calendar
from data.text import _
from models import chance
from models.base import Forecast
from ui import export, words
from ui.charts import forecast as chart
from ui.components import departement_choice, forecast_answers, plots
from ui.components.counted_days import FRANCE
from ui.components.forecasting import Choice

_YEAR = 364  # days: the weekdays are the same
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
    st.subheader(_("{place}, {period}").format(place=choice.place, period=_days(future)), anchor=False)
    figure = chart.forecast(
        cut, future, name=choice.model_name, place=choice.place, intervals=choice.intervals, beside=others
    )
    plots.show(figure, key="forecast", alt=text, png=file_name(choice, future))
    for name, reason in left_out.items():
        st.caption(_("{name} is not drawn: {reason}").format(name=words.baseline_label(name), reason=reason))
    if not choice.intervals:
        st.caption(_("No interval is drawn: a line alone does not say how sure the forecast is."))
    st.caption(_about_days(choice, future) + _kept(choice))
    if "note" in counted.attrs:
        st.caption(f":material/help: {counted.attrs['note']}")


def _about_days(choice: Choice, future: Forecast) -> str:
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


def _days(future: Forecast) -> str:
    return words.period(future.dates[0], future.dates[-1])


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


def figures(choice: Choice, future: Forecast) -> None:
    """What to expect in all, and how the model did on days it had not seen."""
    row = st.container(horizontal=True, key="forecast-scores")
    places = 1 if chart.digits(future) else 0
    ends = forecast_answers.total(choice, future)
    row.metric(
        _("Expected in {n} days").format(n=len(future.dates)),
        _total(future, ends),
        help=_about_total(choice, future, ends),
        border=True,
        delta=_("{n} a day").format(n=f"{future.mean.mean():,.{places}f}"),
        delta_color="off",
        delta_arrow="off",
        height="stretch",
    )
    _last_year(row, choice, future)
    if choice.level == FRANCE:
        _scores_of_france(row, choice.model.metadata["metrics"]["held_out"])
    else:
        _scores_of_departement(row, choice)
        st.caption(_about_chance(choice, future))


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


def _about_total(choice: Choice, future: Forecast, ends: Mapping[float, float] | None) -> str:
    text = _("Injury accidents from {period}: the sum of the daily expectations.").format(period=_days(future))
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


def _about_chance(choice: Choice, future: Forecast) -> str:
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


def year_before(counted: pd.Series, dates: pd.DatetimeIndex) -> np.ndarray:
    """What was counted on the same weekdays of the year before, 364 days earlier; NaN where that is not known."""
    return counted.reindex(dates - pd.Timedelta(days=_YEAR)).to_numpy(dtype=float)


def show_days(choice: Choice, future: Forecast) -> None:
    """The forecast day by day, and its downloads."""
    rows = table(future, choice.intervals)
    rows[_BEFORE] = year_before(choice.counted, future.dates)
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
        rows[_BEFORE] = year_before(choice.past.of(level), future.dates) if known else np.nan
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
