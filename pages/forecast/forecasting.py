"""Forecasting: the days ahead with their uncertainty, how far to trust them, and the training of new forecasters."""

from collections.abc import Callable

import streamlit as st

from data.errors import AppError
from data.text import _
from models import champions, registry
from ui.components import (
    backtest_view,
    cache,
    calendar_effects,
    forecast_answers,
    forecast_figures,
    forecast_reasons,
    forecast_result,
    forecaster_scores,
    forecasting,
    notices,
    report_button,
)

st.title(_("Forecasting"))
st.caption(_("Injury accidents a day: what was counted, what a model expects next, and how sure it is."))
if cache.simulated():
    st.caption(_("The published counts of France are real; only what is called demonstration data here is simulated."))

entries = registry.entries("daily")
usable = champions.leading("daily", [entry for entry in entries if entry.error is None])


def show_forecast() -> None:
    """The forecast asked for, and below it what tells how far to trust it."""
    warning, asked = st.empty(), forecasting.asked(usable)
    choice = forecasting.choose(usable)
    if message := forecasting.not_understood(asked):
        # plain text: it repeats what stands in the address
        warning.warning(notices.literal(message), icon=":material/link_off:")
    future = forecast_answers.ahead(choice)
    forecast_result.draw(choice, future)
    forecast_figures.show(choice, future)
    st.caption(forecast_result.statement(choice))
    report_button.forecast(choice, future)
    views = {
        _("Day by day"): lambda: forecast_result.show_days(choice, future),
        _("Errors by day ahead"): lambda: forecaster_scores.by_day_ahead(choice),
        _("Past forecasts"): lambda: backtest_view.show(choice),
        _("Calendar effects"): lambda: calendar_effects.show(choice),
        _("Reasons"): lambda: forecast_reasons.show(choice),
    }
    # Only the open tab is computed; its name stands in the address.
    tabs = st.tabs(list(views), key="look", on_change="rerun", bind="query-params")
    for tab, show in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab:
                explained(show)


def explained(show: Callable[[], None]) -> None:
    """A part of the page; where it cannot be shown, it says why and the others stay."""
    try:
        show()
    except AppError as error:
        notices.problem(error)


notices.broken(entry for entry in entries if entry.error is not None)
if usable:
    explained(show_forecast)
else:
    st.info(_("There is no trained forecaster yet. Train one; it takes a minute or two."))

st.header(_("Train a forecaster"), divider="gray")
st.markdown(_("Another design, newer days, every département or one of them: train a forecaster of your own."))
st.page_link(
    "pages/models/training.py",
    label=_("Train a forecaster"),
    icon=":material/model_training:",
    query_params={"predict": "daily"},
)
