"""Why the forecast is what it is: which past days and which effects of the calendar, in words and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pandas as pd
import streamlit as st

from data.text import _
from models.base import Explanation
from ui import words
from ui.charts import reasons, reasons_overall
from ui.components import cache, plots
from ui.components.counted_days import FRANCE

if TYPE_CHECKING:
    from models.forecast_reasons import ForecastReasons
    from models.lstm_forecasting import LSTMForecaster
    from models.registry import Entry
    from ui.components.forecasting import Choice

_WHOLE = -1  # in place of a day
_STRONGEST = 3


def show(choice: Choice) -> None:
    """The reasons of the mean of the days ahead or of one of them, as sentences, waterfall and by day.

    Raises: DataError where the series is too short; NotAdditive.
    """
    if choice.level != FRANCE:
        st.caption(_("These are the reasons of the forecast of France as a whole, which its départements add up to."))
    found = _reasons(choice)
    days = found.dates[: choice.horizon]
    labels = {_WHOLE: _("Mean of all days"), **{at: day_label(day) for at, day in enumerate(days)}}
    chosen = st.selectbox(
        _("Day explained"), list(labels), format_func=labels.__getitem__, key="reasons_day", width=320
    )
    one = found.of(None if chosen == _WHOLE else chosen, choice.horizon)
    st.markdown(in_words(one))
    ordered = sorted(one.contributions.items(), key=lambda pair: -abs(pair[1]))
    steps = pd.DataFrame([(label(name), amount) for name, amount in ordered], columns=["label", "contribution"])
    figure = reasons.waterfall(
        steps,
        base=one.base,
        output=one.output,
        unit=_(one.unit),
        ends=(_("Mean of earlier forecasts"), _("This forecast")),
        axis=_("Accidents a day"),
        spec=".1f",
    )
    alt = _("Waterfall of what contributes to the forecast")
    plots.show(figure, key="forecast-waterfall", alt=alt, png=f"forecast-reasons-{choice.entry.name}")
    st.caption(about(found))
    st.markdown(_("**Day by day**: what each of them adds to or takes from each day ahead."))
    table = by_day(found, choice.horizon)
    alt = _("Contributions to each day of the forecast")
    plots.show(reasons_overall.by_day(table, unit=_(one.unit)), key="forecast-by-day", alt=alt)
    with st.expander(_("All contributions as a table"), icon=":material/table:"):
        st.dataframe(table.T.round(1), alt=_("Contributions by day ahead"))


def in_words(found: Explanation) -> str:
    """What moves the forecast most, as sentences: 'Season adds 6.4 accidents a day'."""
    message = _("The forecast is **{output:.0f}** accidents a day, beside {base:.0f} in earlier forecasts.")
    lines = [message.format(output=found.output, base=found.base)]
    strongest = sorted(found.contributions.items(), key=lambda pair: -abs(pair[1]))[:_STRONGEST]
    for name, amount in strongest:
        if abs(amount) < 0.05:
            continue
        told = (
            _("- **{what}** adds {size:.1f} (± {error:.1f}).")
            if amount > 0
            else _("- **{what}** takes away {size:.1f} (± {error:.1f}).")
        )
        lines.append(told.format(what=label(name), size=abs(amount), error=found.errors[name]))
    return "\n".join([lines[0], "", *lines[1:]])


def label(name: str) -> str:
    """What contributes, in words."""
    from models.forecast_reasons import PLAYERS

    return _(PLAYERS[name])


def day_label(day: pd.Timestamp) -> str:
    """'Friday 4 October 2024'."""
    return f"{words.code('weekday', day.dayofweek + 1)} {words.day(day)}"


def by_day(found: ForecastReasons, horizon: int) -> pd.DataFrame:
    """One row for what contributes, one column a day."""
    days = [f"{words.code('weekday', day.dayofweek + 1)[:3]} {day.day:02d}/{day.month:02d}" for day in found.dates]
    table = pd.DataFrame(found.shares, index=[label(name) for name in found.players], columns=days)
    return table.iloc[:, :horizon]


def about(found: ForecastReasons) -> str:
    """The rule, and what the forecast is compared with."""
    from models.forecast_reasons import GAME

    return _(
        "Rule: {game}. Compared with {n} earlier forecasts, which begin on {start} to {end}; ± are standard errors "
        "from their choice. Past counts are read as a level and as shapes around it. Reasons tell what the model used, "
        "not what causes accidents."
    ).format(
        game=_(GAME),
        n=len(found.background),
        start=words.day(found.background[0]),
        end=words.day(found.background[-1]),
    )


def _reasons(choice: Choice) -> ForecastReasons:
    with st.spinner(_("Asking about every combination of past days and calendar, once …")):
        return _kept(*cache.identity(choice.entry), choice.past.mark, choice.entry, choice.past.france)


@st.cache_resource(max_entries=32, show_spinner=False)
def _kept(folder: str, digest: str, device: str, mark: str, _entry: Entry, _france: pd.Series) -> ForecastReasons:
    from models import forecast_reasons

    return forecast_reasons.explain(cast("LSTMForecaster", cache.model(_entry)), _france)
