"""A file of accidents on its way to be scored: chosen, matched to the inputs, and given to models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from data import features, schema
from data.batch import draft, matching
from data.batch.table import MOST_BYTES, MOST_ROWS, Table
from data.errors import AppError
from data.spreadsheets import safe
from data.text import _
from models import batch, champions
from models.batch.score import names
from ui.components import access, batch_columns, batch_monitor, notices

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

DRAFT, CHOSEN = "batch_draft", "batch_chosen"
_REFUSED, _UPLOADS, _LENIENT = "batch_refused", "batch_uploads", "batch_lenient"
_TYPES = ["csv", "tsv", "txt", "xlsx", "parquet"]
_SHOWN = 10  # rows of the file


def show() -> None:
    """The file that is being matched, or the place to put one."""
    access.notice()
    drafted = st.session_state.get(DRAFT)
    table = None
    if drafted:
        try:
            table = batch_columns.table(drafted)
        except AppError as error:  # deleted after a day
            notices.problem(error)
            forget()
    if table is None:
        _upload()
    else:
        _match(drafted, table)


def forget() -> None:
    """Let the file go; the field for another is empty."""
    for key in (DRAFT, CHOSEN, _REFUSED):
        st.session_state.pop(key, None)
    st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1


def _upload() -> None:
    file = st.file_uploader(
        _("File of accidents, one a row (CSV, Excel .xlsx or Parquet)"),
        type=_TYPES, disabled=access.looking(), key=f"batch_file_{st.session_state.get(_UPLOADS, 0)}",
        max_upload_size=MOST_BYTES // 1_000_000,
    )  # fmt: skip
    st.caption(
        _(
            "Columns are recognised by the names of the official files (`lum`, `agg`, `atm`), by ours or by words, in "
            "English or French; their values by code or by label. Whatever is missing is unknown. Up to {rows:,} rows. "
            "The file stays on the machine where Balise runs; what came of it is deleted after {days} days."
        ).format(rows=MOST_ROWS, days=batch.KEPT_DAYS)
    )
    st.download_button(
        _("Example file"), lambda: safe(_example()).to_csv(index=False, sep=";").encode("utf-8-sig"),
        file_name="balise-example.csv", mime="text/csv", icon=":material/download:", on_click="ignore", type="tertiary",
    )  # fmt: skip
    if file is None:
        return
    refused = st.session_state.get(_REFUSED)
    if refused is None or refused[0] != file.file_id:
        refused = st.session_state[_REFUSED] = (file.file_id, _taken(file))
    notices.problem(AppError(refused[1]))


def _taken(file: UploadedFile) -> str:
    """Read a file and show its columns, or give what is wrong with it."""
    bar = st.progress(0.0, text=_("Reading the file …"))
    try:
        access.require("train")
        drafted = draft.take_in(file.name, file, lambda share: bar.progress(min(1.0, share), _("Reading the file …")))
        chosen = {column: found.field for column, found in batch_columns.proposed(drafted).items()}
    except AppError as error:
        bar.empty()
        return str(error)
    st.session_state[DRAFT], st.session_state[CHOSEN] = drafted, chosen
    return st.rerun()


def _match(drafted: str, table: Table) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            _(":material/table: **{file}** · {rows:,} rows, {n} columns").format(
                file=notices.literal(table.name), rows=len(table.frame), n=len(table.frame.columns)
            )
        )
        st.button(_("Another file"), icon=":material/close:", on_click=forget)
    for note in table.notes:
        st.caption(f":material/info: {notices.literal(note)}")
    with st.expander(_("First rows of the file")):
        st.dataframe(table.frame.head(_SHOWN), hide_index=True)
    st.header(_("What the columns stand for"))
    chosen = batch_columns.show(drafted, table, st.session_state[CHOSEN])
    st.session_state[CHOSEN] = chosen
    st.header(_("Models"))
    models = [name for target in features.TARGETS for name in _models(target)]
    try:
        matching.require(table, chosen)
    except AppError as error:
        notices.problem(error)
        st.button(_("Score the file"), disabled=True)
        return
    _start(drafted, table, chosen, models)


def _start(drafted: str, table: Table, chosen: matching.Chosen, models: list[str]) -> None:
    bad = batch_columns.impossible(drafted, table, chosen)
    lenient = False
    if bad:
        lenient = st.checkbox(
            _("Take values that are not understood as unknown"), key=_LENIENT,
            help=_("Otherwise a row with such a value is not scored, and the result says why."),
        )  # fmt: skip
        kept = _("They are scored with these values unknown; the result names them.")
        left = _("They are not scored, and the result says why. Nothing is left out.")
        message = _("{n:,} of {rows:,} rows have a value that is not understood. {what}")
        st.caption(message.format(n=bad, rows=len(table.frame), what=kept if lenient else left))
    if st.button(_("Score the file"), type="primary", icon=":material/play_arrow:", disabled=not models):
        try:
            begin = access.checked(batch.start)
            folder = begin(drafted, chosen, models, lenient=lenient, owner=access.somebody())
        except AppError as error:
            notices.problem(error)
            return
        batch_monitor.choose(folder.name)
        forget()
        st.rerun()


def _models(target: features.Target) -> list[str]:
    """The models of a target that are wanted: its champion at first."""
    entries = champions.usable(target)
    if not entries:
        notices.no_model(target)
        return []
    labels = names(entries)
    first = entries[0].name

    def label(name: str) -> str:
        return _("{model} (champion)").format(model=labels[name]) if name == first else labels[name]

    return st.multiselect(
        _(features.TARGETS[target]), list(labels), default=[first], format_func=label, key=f"batch_models_{target}"
    )


def _example() -> pd.DataFrame:
    """A file as it may look: labels and codes, in the language of the person."""
    return pd.DataFrame(
        {
            "reference": ["A-1", "A-2", "A-3"],
            "date": ["2024-11-08", "2024-06-16", "2024-12-20"],
            "hour": ["19", "15", "18"],
            "departement": ["59", "38", "69"],
            "light": [schema.label("light", code) for code in ("5", "1", "3")],
            "weather": [schema.label("weather", code) for code in ("1", "1", "2")],
            "surface": ["1", "1", "2"],
            "built_up": [schema.label("built_up", code) for code in ("2", "1", "1")],
            "road_class": ["4", "3", "1"],
            "speed_limit": ["50", "80", "110"],
            "vehicles": ["1", "1", "2"],
            "cars": ["1", "0", "2"],
            "motorcycles": ["0", "1", "0"],
            "pedestrians": ["1", "0", "0"],
            "people": ["2", "1", "3"],
        }
    )
