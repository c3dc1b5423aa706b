"""Two buttons below an answer: what a page shows, as one HTML file or a PDF. Nothing is made before a click."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

import streamlit as st

from data.errors import AppError
from data.text import LANGUAGE, _
from ui.components import report_facts
from ui.report import html, pdf
from ui.report.content import Paragraph, Report, Section


def prediction(values: Mapping[str, object]) -> None:
    """The report of the described accident."""
    summary = _("What models say about one described accident, beside how often each outcome occurs at all, and why.")
    _buttons("prediction", _("Prediction of an accident"), summary, lambda: report_facts.prediction(values))


def _buttons(key: str, title: str, summary: str, sections: Callable[[], list[Section]], name: str = "") -> None:
    """Both buttons; `name` is that of the file, without its ending."""
    language = LANGUAGE.get()

    def made(render: Callable[[Report], bytes]) -> Callable[[], bytes]:
        def make() -> bytes:
            LANGUAGE.set(language)  # a click is answered outside the session
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
