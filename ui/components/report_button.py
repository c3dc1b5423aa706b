"""Two buttons below an answer: what a page shows, as one HTML file or a PDF. Nothing is made before a click."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

import streamlit as st

from data import features, text
from data.errors import AppError
from data.text import _
from models.base import Forecast
from ui.components import accident_form, forecast_figures, forecast_result, report_facts, similar
from ui.report import html, pdf
from ui.report.content import Paragraph, Report, Section

if TYPE_CHECKING:
    from ui.components.forecasting import Choice


def prediction(values: Mapping[str, object]) -> None:
    """The report of the described accident."""
    summary = _("What models say about one described accident, beside how often each outcome occurs at all, and why.")
    away, asked = accident_form.taken_away(), similar.asked()  # a click is answered outside the session
    title = _("Prediction of an accident")
    _buttons("prediction", title, summary, lambda: report_facts.prediction(values, away, asked))


def comparison(target: features.Target) -> None:
    """The report of the scores kept with the models of a target and with the forecasters."""
    title = _("Comparison of models: {target}").format(target=_(features.TARGETS[target]).lower())
    summary = _("How good models are on accidents and days they had not seen, beside what knowing nothing would give.")
    _buttons(f"comparison-{target}", title, summary, lambda: report_facts.comparison(target))


def forecast(choice: Choice, future: Forecast) -> None:
    """The report of a forecast."""
    period = forecast_figures.period(future)
    title = _("Forecast: {place}, {period}").format(place=choice.place, period=period)
    summary = _("Injury accidents a day: what was counted, what a model expects next, and how sure it is.")
    name = f"balise-{forecast_result.file_name(choice, future)}"
    _buttons("forecast", title, summary, lambda: report_facts.forecast(choice, future), name)


def _buttons(key: str, title: str, summary: str, sections: Callable[[], list[Section]], name: str = "") -> None:
    """Both buttons; `name` is that of the file, without its ending."""
    language = text.language()

    def made(render: Callable[[Report], bytes]) -> Callable[[], bytes]:
        def make() -> bytes:
            text.LANGUAGE.set(language)  # a click is answered outside the session
            return render(Report(title, summary, datetime.now().astimezone(), _told(sections), language))

        return make

    file = name or f"balise-{key}-{date.today().isoformat()}"
    with st.container(horizontal=True):
        for label, render, ending, mime in (
            (_("Report as HTML"), html.render, "html", "text/html"),
            (_("Report as PDF"), pdf.render, "pdf", "application/pdf"),
        ):
            st.download_button(
                label,
                data=made(render),
                file_name=f"{file}.{ending}",
                mime=mime,
                key=f"report_{key}_{ending}",
                icon=":material/description:",
                on_click="ignore",
                help=_("What is shown here, with the data, the models and their limits, in one file to hand on."),
            )


def _told(sections: Callable[[], list[Section]]) -> tuple[Section, ...]:
    """The sections, or why there are none: a file that says it helps more than a download that fails."""
    try:
        return tuple(sections())
    except AppError as error:
        return (Section(_("This report could not be made"), (Paragraph(str(error), "warning"),)),)
