"""The choices of the Forecasting page; they stand in the address, so that a link shows the same view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

import pandas as pd
import streamlit as st

from data.runs.run import SPEC
from data.text import N_, _
from models import card, jobs
from models.forecasts import HORIZON
from models.settings import in_words
from ui import words
from ui.charts import forecast as chart
from ui.components import cache, counted_days, departement_choice, notices
from ui.components.counted_days import Past, loaded_label

if TYPE_CHECKING:
    from models.lstm_forecasting import LSTMForecaster
    from models.registry import Entry

__all__ = ["Choice", "asked", "choose", "loaded_label", "model_label", "not_understood", "trained_here"]

# Keys of widgets, and names in the address.
MODEL = "forecaster"
SOURCE = "days_from"
# The model to change to in the next run: set from a fragment, a widget's own key keeps what the browser sent before.
WANTED = "forecaster_wanted"
_WIDE, _MIDDLE, _NARROW = 480, 270, 230  # pixels
_SHOWN = {28: N_("4 weeks"), 120: N_("4 months"), 365: N_("1 year"), 1096: N_("3 years"), 0: N_("All")}  # days


@dataclass(frozen=True)
class Choice:
    """What is asked: which model, after which days, of which level, and how it is shown.

    `intervals` in percent, the widest first; `beside` names baselines; `shown` days of history, 0 for all.
    """

    entry: Entry
    model: LSTMForecaster
    past: Past
    level: str
    horizon: int
    intervals: tuple[int, ...]
    beside: tuple[str, ...]
    shown: int

    @property
    def counted(self) -> pd.Series:
        """The days counted of the level. Raises: DataError where there are none."""
        return self.past.of(self.level)

    @property
    def place(self) -> str:
        """The name of what is forecast."""
        return departement_choice.place(self.model, self.past, self.level)

    @property
    def model_name(self) -> str:
        """The model's name in a sentence or a legend."""
        return self.entry.title or (_("the model trained here") if trained_here(self.entry) else self.entry.name)


def choose(entries: Sequence[Entry]) -> Choice:
    """Everything that is asked, of one or more usable models.

    Raises: CheckpointError where the model is damaged; DataError where the data hold no whole series.
    """
    # Fixed widths, because columns of a narrow window would cut names off; what does not fit goes below.
    first = st.container(horizontal=True)
    with first.container(width=_WIDE):
        entry = _choose_model(entries)
    model = cast("LSTMForecaster", cache.model(entry))
    with first.container(width=_MIDDLE):
        source = _choose_source(model)
    past = counted_days.past(source, model, entry)
    with first.container(width=_NARROW):
        level = departement_choice.choose(model, past)
    departement_choice.note(model, past, level)
    second = st.container(horizontal=True)
    with second.container(width=_MIDDLE):
        horizon = st.slider(_("Days ahead"), 1, HORIZON, HORIZON, key="horizon", bind="query-params")
    with second.container(width=_NARROW):
        intervals = _choose_intervals()
    with second.container(width="content"):
        shown = _choose_history(len(past.of(level)))
    beside = _choose_baselines()
    if past.simulated and not cache.simulated():
        notices.simulated_data()
    return Choice(entry, model, past, level, horizon, intervals, beside, shown)


def asked(entries: Sequence[Entry]) -> list[tuple[str, str, str]]:
    """What the address asks for beside the usual, before its fields are drawn: key, value, what it is of."""
    usual = {
        MODEL: (_("Model"), {model_label(entry) for entry in entries[:1]}),
        SOURCE: (_("Days to forecast from"), {_("The model's own days")}),
        departement_choice.LEVEL: (_("Level"), {departement_choice.label(counted_days.FRANCE)}),
        "horizon": (_("Days ahead"), {str(HORIZON)}),
        "intervals": (_("Intervals"), {"80%", "95%"}),
        "shown": (_("History shown"), {_(_SHOWN[120])}),
        "beside": (_("Draw beside it"), set()),
    }
    return [
        (key, value, label)
        for key, (label, known) in usual.items()
        if key not in st.session_state  # a field that is there decides itself
        for value in st.query_params.get_all(key)
        if value and value not in known
    ]


def not_understood(was_asked: Sequence[tuple[str, str, str]]) -> str | None:
    """What the address asked for that its fields, now drawn, have dropped; None where all was understood."""
    dropped = [f"{label}: {value[:40]}" for key, value, label in was_asked if value not in st.query_params.get_all(key)]
    if not dropped:
        return None
    message = _("A part of the address was not understood, or is not possible here: {parts}. The usual is shown.")
    return message.format(parts="; ".join(dropped))


def model_label(entry: Entry) -> str:
    """A model's name with its preset and the day it was made, or the moment; whether it can no longer be used."""
    label = _described(entry)
    return _("{model}, of an earlier version: train it again").format(model=label) if card.outdated(entry) else label


def _described(entry: Entry) -> str:
    facts = entry.metadata or {}
    preset, created = in_words(str(facts.get("preset", "?"))), str(facts.get("created", "?"))
    if trained_here(entry):
        moment = datetime.fromisoformat(created).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        named = _("{name}, trained here {moment} (preset {preset})")
        text = named if entry.title else _("Trained here {moment} (preset {preset})")
        return text.format(name=entry.title, moment=moment, preset=preset)
    name = entry.title or entry.name
    return _("{name} (preset {preset}, {day})").format(name=name, preset=preset, day=created[:10])


def trained_here(entry: Entry) -> bool:
    """Whether a person trained it with this app: its folder lies in a run."""
    return entry.folder.name == jobs.run.MODEL and (entry.folder.parent / SPEC).is_file()


def _choose_model(entries: Sequence[Entry]) -> Entry:
    """The model to forecast with; a shipped one stands first."""
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


def _choose_source(model: LSTMForecaster) -> counted_days.Source:
    """After which days the forecast begins."""
    labels = counted_days.sources(model)
    return st.selectbox(
        _("Days to forecast from"),
        list(labels),
        key=SOURCE,
        bind="query-params",
        format_func=lambda name: labels[name],
        help=_(
            "The forecast begins on the day after the last day counted. The model's own days end on {own}, the "
            "published counts of France on {france}."
        ).format(own=words.day(model.context.index[-1]), france=words.day(counted_days.france().index[-1])),
    )


def _choose_intervals() -> tuple[int, ...]:
    chosen = st.pills(
        _("Intervals"),
        sorted(chart.INTERVALS),
        selection_mode="multi",
        default=[80, 95],
        key="intervals",
        bind="query-params",
        format_func=lambda percent: f"{percent}%",
        help=_("An 80% interval should hold the count of 8 days in 10. Choose any of them, or none."),
    )
    return tuple(sorted(chosen, reverse=True))


def _choose_history(days: int) -> int:
    """How many of the days counted are drawn; no more are offered than there are."""
    options = [n for n in _SHOWN if n < days]
    if st.session_state.get("shown", 0) not in options:
        st.session_state.pop("shown", None)
    shown = st.segmented_control(
        _("History shown"),
        options,
        default=120 if 120 in options else 0,
        required=True,
        key="shown",
        bind="query-params",
        wrap=True,
        format_func=lambda n: _(_SHOWN[n]),
    )
    return int(shown or 0)  # an address may hold no value


def _choose_baselines() -> tuple[str, ...]:
    from models.baselines import BASELINES

    chosen = st.multiselect(
        _("Draw beside it"),
        list(BASELINES),
        key="beside",
        bind="query-params",
        format_func=words.baseline_label,
        placeholder=_("Simpler methods to compare with"),
        help=_("Forecasts of the same days by simpler methods. Those that learn take some seconds the first time."),
    )
    return tuple(chosen)
