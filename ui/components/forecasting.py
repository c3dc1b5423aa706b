"""The pieces of the Forecasting page: which model, from which days, what it expects and how good it has been."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import streamlit as st

from data import calendar, series, store
from data.text import _
from models import jobs
from models.base import Forecast
from ui import words
from ui.charts import forecast as chart
from ui.components import cache, plots

if TYPE_CHECKING:
    from models.lstm_forecasting import LSTMForecaster
    from models.registry import Entry

Source = Literal["context", "france", "loaded"]
# Keys of widgets; being names in the address too, a link shows the same forecast.
MODEL = "forecaster"
SOURCE = "days_from"
# The model to change to in the next run: set from a fragment, a widget's own key keeps what the browser sent before.
WANTED = "forecaster_wanted"
HORIZON = 28
_SHOWN = {120: "4 months", 365: "1 year", 1096: "3 years", 0: "All"}  # days


def choose_model(entries: Sequence[Entry]) -> Entry:
    """The model to forecast with, of one or more usable ones; a shipped one stands first."""
    by_name = {entry.name: entry for entry in entries}
    wanted = st.session_state.pop(WANTED, None)
    if wanted in by_name:
        st.session_state[MODEL] = wanted
        st.session_state[SOURCE] = "context"
    if st.session_state.get(MODEL) not in by_name:
        st.session_state.pop(MODEL, None)
    chosen = st.selectbox(
        _("Model"), list(by_name), key=MODEL, bind="query-params", format_func=lambda name: model_label(by_name[name])
    )
    return by_name[chosen]


def model_label(entry: Entry) -> str:
    """A model's name with its preset and the day it was made; one trained here is called by its moment."""
    facts = entry.metadata or {}
    preset, created = facts.get("preset", "?"), str(facts.get("created", "?"))
    if trained_here(entry):
        moment = datetime.fromisoformat(created).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        return _("Trained here {moment} (preset {preset})").format(moment=moment, preset=preset)
    return _("{name} (preset {preset}, {day})").format(name=entry.name, preset=preset, day=created[:10])


def trained_here(entry: Entry) -> bool:
    """Whether a person trained it with this app: its folder lies in a run."""
    return entry.folder.name == jobs.run.MODEL and (entry.folder.parent / jobs.run.SPEC).is_file()


def choose_source(model: LSTMForecaster) -> Source:
    """After which days the forecast begins; a series that is the model's own is not offered twice."""
    own = model.context
    labels: dict[Source, str] = {
        # The same words for every model: a changed label stays that of the model before in the browser.
        "context": _("The model's own days"),
        "france": _("Published counts of France, to {day}").format(day=words.day(france().index[-1])),
        "loaded": loaded_label(),
    }
    if _continues(own, france()):
        del labels["france"]
    return st.selectbox(
        _("Days to forecast from"),
        list(labels),
        key=SOURCE,
        bind="query-params",
        format_func=lambda name: labels[name],
        help=_("The forecast begins on the day after the last day of the series; the model's own end on {day}.").format(
            day=words.day(own.index[-1])
        ),
    )


def choose_period() -> tuple[int, int]:
    """Days ahead, and days of history to show (0: all)."""
    left, right = st.columns([1, 1], vertical_alignment="bottom")
    horizon = left.slider(_("Days ahead"), 1, HORIZON, HORIZON, key="horizon", bind="query-params")
    shown = right.segmented_control(
        _("History shown"), list(_SHOWN), default=120, required=True, key="shown", wrap=True,
        format_func=lambda n: _(_SHOWN[n]),
    )  # fmt: skip
    return horizon, int(shown)


@st.cache_resource(max_entries=1, show_spinner=False)
def france() -> pd.Series:
    """The published counts, read once."""
    return series.france()


def loaded_label() -> str:
    """What the loaded data are, without making the demonstration data."""
    current = store.current()
    if current is None or current.simulated:
        return _("Demonstration data (simulated)")
    return _("Imported data, {years}").format(years=words.years(current.years))


def loaded() -> pd.Series:
    """Accidents a day of the loaded data. Raises: DataError where they hold no whole series."""
    data = cache.dataset()
    return _loaded(data.version, data)


@st.cache_resource(max_entries=4, show_spinner=False)
def _loaded(version: str, _data: store.Dataset) -> pd.Series:
    source = _("Demonstration data") if _data.simulated else _("Imported data")
    return series.from_accidents(_data.accidents(["date", "year"]), source=source, simulated=_data.simulated)


def history(source: Source, model: LSTMForecaster) -> pd.Series:
    """The days before the forecast; the model's own with all earlier days that are known.

    Raises: DataError where the loaded data hold no whole series.
    """
    if source == "france":
        return france()
    if source == "loaded":
        return loaded()
    own = model.context
    if _continues(own, france()):
        return france()
    own.attrs = {"simulated": bool(model.metadata["data"].get("simulated"))}
    return own


def _continues(own: pd.Series, longer: pd.Series) -> bool:
    """Whether a series ends with the very days of a model's own."""
    tail = longer.iloc[-len(own) :]
    return tail.index.equals(own.index) and bool((tail.to_numpy() == own.to_numpy()).all())


def ahead(entry: Entry, source: Source, past: pd.Series, horizon: int) -> Forecast:
    """The forecast after the last day of `past`, computed once for each model, series and horizon.

    Raises: DataError where the series is too short; CheckpointError.
    """
    own = source == "context"
    mark = "" if own else f"{past.index[0]}{hashlib.sha256(past.to_numpy().tobytes()).hexdigest()}"
    return _ahead(*cache.identity(entry), mark, horizon, entry, None if own else past)


@st.cache_data(max_entries=256, show_spinner=False)
def _ahead(
    folder: str, digest: str, device: str, mark: str, horizon: int, _entry: Entry, _past: pd.Series | None
) -> Forecast:
    return cache.model(_entry).forecast(_past, horizon)


def draw(past: pd.Series, future: Forecast, shown: int, entry: Entry) -> None:
    """The chart of history and forecast."""
    cut = past.iloc[-shown:] if shown else past
    text = _("Accidents a day to {end} and the forecast of the {n} days after").format(
        end=words.day(past.index[-1]), n=len(future.dates)
    )
    name = _("the model trained here") if trained_here(entry) else entry.name
    plots.show(chart.forecast(cut, future, name=name), key="forecast", alt=text)


def note(past: pd.Series) -> None:
    """What the series had to leave out, if anything."""
    if "note" in past.attrs:
        st.caption(f":material/help: {past.attrs['note']}")


def figures(future: Forecast, metadata: dict[str, Any]) -> None:
    """What to expect in all, and how the model did on days it had not seen."""
    scores = metadata["metrics"]["held_out"]
    pooled, naive = scores["pooled"], scores["baselines"].get("seasonal-naive", {}).get("pooled", {})
    row = st.container(horizontal=True, key="forecast-scores")
    row.metric(
        _("Expected in {n} days").format(n=len(future.dates)),
        words.count(float(future.mean.sum())),
        help=_("Injury accidents from {period}: the sum of the daily expectations.").format(
            period=words.period(future.dates[0], future.dates[-1])
        ),
        border=True,
        delta=_("{n} a day").format(n=words.count(float(future.mean.mean()))),
        delta_color="off",
        delta_arrow="off",
    )
    off = _("Accidents a day on held-out days: how far the forecast was off on average. Lower is better.")
    _score(row, _("Mean absolute error"), pooled.get("mae"), naive.get("mae"), off)
    scaled = _("The error divided by how much the same weekdays of two weeks differ. Lower is better.")
    _score(row, _("MASE"), pooled.get("mase"), naive.get("mase"), scaled)
    share = pooled.get("coverage_80")
    row.metric(
        _("In the 80% interval"),
        words.percent(share) if share is not None else _("not known"),
        help=_("Share of held-out days that fell inside the 80% interval: near 80% means honest intervals."),
        border=True,
        delta=_("aim: 80%"),
        delta_color="off",
        delta_arrow="off",
    )


def _score(place: Any, label: str, value: float | None, naive: float | None, help: str) -> None:
    """An error with that of repeating last week below it."""
    place.metric(
        label,
        _score_words(value),
        delta=None if naive is None else _("last week again: {value}").format(value=_score_words(naive)),
        delta_color="off",
        delta_arrow="off",
        help=help,
        border=True,
    )


def _score_words(value: float | None) -> str:
    if value is None:
        return _("not known")
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def statement(metadata: dict[str, Any]) -> str:
    """Which days the model learnt from, and which days its scores come from."""
    split, data = metadata["split"], metadata["data"]
    learnt, tuned, held_out = (
        words.period(split[part]["start"], split[part]["end"]) for part in ("train", "validation", "held_out")
    )
    return _(
        "Learnt from the daily counts of {learnt} and tuned on {tuned}. The scores come from {n} forecasts of 28 days "
        "in {held_out}, which the model has not seen. Data: {source}."
    ).format(
        learnt=learnt,
        tuned=tuned,
        held_out=held_out,
        n=metadata["metrics"]["held_out"]["origins"],
        source=(data.get("source") or _("not stated")) + (_(", simulated") if data.get("simulated") else ""),
    )


def table(future: Forecast) -> pd.DataFrame:
    """The forecast as a table with plain column names, as it is downloaded; accidents a day."""
    columns: dict[str, Any] = {
        "date": [day.date().isoformat() for day in future.dates],
        "weekday": [words.code("weekday", day.isoweekday()) for day in future.dates],
        "public_holiday": calendar.is_public_holiday(future.dates),
        "mean": future.mean,
    }
    for percent in (80, 95):
        if (found := chart.edges(future, percent)) is not None:
            columns |= {f"low_{percent}": found[0], f"high_{percent}": found[1]}
    return pd.DataFrame(columns).round(2)


def show_table(future: Forecast, name: str) -> None:
    """The forecast day by day, and its download."""
    rows = table(future)
    names = {
        "date": _("Day"),
        "weekday": _("Weekday"),
        "public_holiday": _("Public holiday"),
        "mean": _("Expected"),
        "low_80": _("80%: from"),
        "high_80": _("80%: to"),
        "low_95": _("95%: from"),
        "high_95": _("95%: to"),
    }
    numbers = {key: st.column_config.NumberColumn(names[key], format="%.0f") for key in rows.columns[3:]}
    texts = {key: st.column_config.Column(names[key]) for key in rows.columns[:3]}
    st.dataframe(
        rows, hide_index=True, width="stretch", column_config=texts | numbers,
        alt=_("Expected accidents a day with 80% and 95% intervals"),
    )  # fmt: skip
    st.download_button(
        _("Download as CSV"),
        rows.to_csv(index=False).encode(),
        file_name=f"forecast-{name}-{rows['date'].iloc[0]}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
