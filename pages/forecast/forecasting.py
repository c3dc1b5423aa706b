"""Forecasting: the days ahead with their uncertainty, and the training of new forecasters."""

import streamlit as st

from data.errors import AppError
from data.text import _
from models import registry
from ui.components import cache, forecasting, notices

st.title(_("Forecasting"))
st.caption(_("Injury accidents a day: what was counted, what a model expects next, and how sure it is."))
if cache.simulated():
    st.caption(_("The published counts of France are real; only what is called demonstration data here is simulated."))

entries = registry.entries("daily")
usable = [entry for entry in entries if entry.error is None]


def show_forecast() -> None:
    """Choices, chart, scores and table of one forecast."""
    choice, start = st.columns(2)
    with choice:
        entry = forecasting.choose_model(usable)
    try:
        model = cache.model(entry)
    except AppError as error:
        notices.problem(error)
        return
    with start:
        source = forecasting.choose_source(model)
    horizon, shown = forecasting.choose_period()
    try:
        past = forecasting.history(source, model)
        future = forecasting.ahead(entry, source, past, horizon)
    except AppError as error:
        notices.problem(error)
        return
    if past.attrs.get("simulated") and not cache.simulated():
        notices.simulated_data()
    forecasting.draw(past, future, shown, entry)
    forecasting.note(past)
    forecasting.figures(future, model.metadata)
    st.caption(forecasting.statement(model.metadata))
    with st.expander(_("The forecast day by day"), icon=":material/table:"):
        forecasting.show_table(future, entry.name)


notices.broken(entry for entry in entries if entry.error is not None)
if usable:
    show_forecast()
else:
    st.info(_("There is no trained forecaster yet. Train one; it takes about a minute."))

st.header(_("Train a forecaster"), divider="gray")
st.markdown(_("Another design, newer days, every département or one of them: train a forecaster of your own."))
st.page_link(
    "pages/models/training.py",
    label=_("Train a forecaster"),
    icon=":material/model_training:",
    query_params={"predict": "daily"},
)
