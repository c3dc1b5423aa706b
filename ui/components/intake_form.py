"""Getting data into the product: official files from their publisher, a person's own files, or commands."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import streamlit as st

from data import addresses, intake, store
from data.addresses import Reference
from data.errors import AppError
from data.text import _
from ui import words
from ui.components import access, intake_monitor, notices

DATASET_ADDRESS = (
    "https://www.data.gouv.fr/fr/datasets/bases-de-donnees-annuelles-des-accidents-corporels-de-la-circulation-"
    "routiere-annees-de-2005-a-2024/"
)
NEWEST = 6  # years offered first: those of the present layout
_TYPES = ["csv", "txt", "gz", "zip"]
_YEARS, _UPLOADS, _MINE = "intake_years", "intake_uploads", "intake_mine"


def section() -> None:
    """The ways to get data, and what is under way."""
    st.header(_("Get data"))
    intake_monitor.monitor()
    access.notice()
    ways = {
        "download": _("Download the official files"),
        "upload": _("Import files you have"),
        "terminal": _("In a terminal"),
    }
    way = st.segmented_control(
        _("Way"), list(ways), format_func=ways.__getitem__, default="download", required=True, key="intake_way",
        label_visibility="collapsed",
    )  # fmt: skip
    run = intake.latest()
    busy = (run is not None and run.active) or access.looking()
    if way == "download":
        _download(_imported(), busy)
    elif way == "upload":
        _upload(busy)
    else:
        _terminal()
    st.caption(
        _(
            "Source: Observatoire national interministériel de la sécurité routière (ONISR), BAAC files. "
            "Licence Ouverte 2.0 (Etalab): free reuse, naming the source and the date of the files."
        )
    )


def _download(imported: Collection[int], busy: bool) -> None:
    """Years, borders and calendar to fetch from their publishers."""
    known = addresses.known_years()
    st.session_state.setdefault(_YEARS, [year for year in known[-NEWEST:] if year not in imported])
    years = st.pills(
        _("Years"), known, selection_mode="multi", key=_YEARS,
        format_func=lambda year: f"{year} :material/check:" if year in imported else str(year),
        help=_("Marked years are imported already; importing one again replaces it."),
    )  # fmt: skip
    with st.container(horizontal=True):
        st.button(_("All years"), type="tertiary", icon=":material/select_all:", on_click=_choose, args=(known,))
        st.button(_("No year"), type="tertiary", icon=":material/deselect:", on_click=_choose, args=((),))
    with st.container(horizontal=True):
        references = _references()
    with st.expander(_("Options")):
        options = intake.Options(
            again=st.checkbox(_("Fetch again what is there already")),
            new_issues=st.checkbox(
                _("Take issues newer than the known ones"),
                help=_("A file whose checksum is not the one known is otherwise refused (`--new-issues`)."),
            ),
            replace=_replace("download"),
        )
    if st.button(_("Download and import"), type="primary", disabled=busy, icon=":material/download:"):
        _begin(lambda: access.checked(intake.download)(years, references, options))


def _imported() -> tuple[int, ...]:
    try:
        current = store.current()
    except AppError:  # the page says so, and an import is its remedy
        return ()
    return current.years if current else ()


def _references() -> list[Reference]:
    """The files beside the accidents that a person wants; those not there yet are chosen at first."""
    labels: dict[Reference, str] = {
        "borders": _("Borders of the départements, for maps"),
        "school-holidays": _("School holidays, for forecasts"),
    }
    chosen: list[Reference] = []
    for kind, label in labels.items():
        there = (addresses.raw_folder() / addresses.REFERENCES[kind]).is_file()
        text = _("{label} (there already)").format(label=label) if there else label
        if st.checkbox(text, value=not there, key=f"intake_{kind}"):
            chosen.append(kind)
    return chosen


def _upload(busy: bool) -> None:
    """Files of the person's own; they are let go once they are imported."""
    mine = st.session_state.get(_MINE)
    if mine and intake.Run(mine).status == "done":
        del st.session_state[_MINE]
        st.session_state[_UPLOADS] += 1
    n = st.session_state.setdefault(_UPLOADS, 0)
    files = st.file_uploader(
        _("Tables of any year since 2005 (caracteristiques, lieux, vehicules, usagers), as CSV, gz or zip"),
        type=_TYPES, accept_multiple_files=True, key=f"intake_files_{n}",
        disabled=access.looking(),
    )  # fmt: skip
    st.caption(
        _(
            "The official files are on [data.gouv.fr]({address}). A year can be imported with the tables that are "
            "there; the report says what cannot be known without the others. The files go no further than the machine "
            "where Balise runs, and only what is imported is kept."
        ).format(address=DATASET_ADDRESS)
    )
    options = intake.Options(replace=_replace("upload"))
    if st.button(_("Import"), type="primary", disabled=busy or not files, icon=":material/upload:"):
        _begin(lambda: access.checked(intake.upload)([(file.name, file) for file in files], options), mine=True)


def _terminal() -> None:
    st.markdown(_("In a terminal opened where Balise is, download and import in one go:"))
    command = words.command("data download --years 2019-2024 --borders --school-holidays --import")
    st.code(command, language="shell", wrap_lines=True)
    st.markdown(
        _(
            "Or download the four tables of the years you want from [data.gouv.fr]({address}) into a folder, and "
            "import it:"
        ).format(address=DATASET_ADDRESS)
    )
    st.code(words.command("data import FOLDER"), language="shell")


def _replace(way: str) -> bool:
    return st.checkbox(
        _("Replace years that are there with more tables"),
        key=f"intake_replace_{way}",
        help=_("A year that would lose a table it has now is otherwise left as it is (`--replace`)."),
    )


def _choose(years: Collection[int]) -> None:
    st.session_state[_YEARS] = list(years)


def _begin(start: Callable[[], Path], *, mine: bool = False) -> None:
    """Start a run, and show it; what keeps it from starting is said here."""
    try:
        folder = start()
    except AppError as error:
        notices.problem(error)
        return
    if mine:
        st.session_state[_MINE] = folder
    st.rerun()
