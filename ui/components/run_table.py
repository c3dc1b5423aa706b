"""The table of the Runs page: what it shows, in which order, and what the address keeps of it."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping

import pandas as pd
import streamlit as st

from data.text import _, shortened
from models.jobs import log
from models.registry import KINDS
from models.settings import in_words
from ui import export
from ui.components import job_words, notices

MARKED = "runs_marked"  # in the address: the folders of the rows compared
_AT_ONCE = 2  # rows that are compared
_TYPED = ("title", "notes", "name")  # what people wrote
_HIDDEN = ("preset", "last", "steps", "notes", "name")  # until they are asked for
_FIELD = 160  # pixels of a filter
_TALLEST = 480  # pixels of height; the table scrolls beyond


def words(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of `log.table` with words in place of codes."""
    return rows.assign(
        target=rows["target"].map(lambda name: _sentence(job_words.target_words(name))),
        kind=rows["kind"].map(kind_label),
        preset=rows["preset"].map(lambda name: in_words(name) if name else ""),
        status=rows["status"].map(status_label),
        measure=rows["measure"].map(measure_label),
    )


def kind_label(kind: str) -> str:
    """What a kind of model is called."""
    return KINDS[kind].label if kind in KINDS else kind


def measure_label(measure: str) -> str:
    """In what a score counts."""
    return {"log_loss": _("Log-loss"), "mae": _("Accidents a day")}.get(measure, "")


def status_label(status: str) -> str:
    """How a training ended or how far it is, and where a model that was not trained here comes from."""
    others = {log.SHIPPED: _("Shipped"), log.IMPORTED: _("Imported")}
    return others.get(status) or job_words.status(status)  # type: ignore[arg-type]


def choose(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows (in words) that a person asks for, in the order they ask for; the address keeps both."""
    place = st.container(horizontal=True)  # goes on below on a narrow window
    asked = place.text_input(
        _("Find"), key="runs_find", bind="query-params", placeholder=_("name, note, model …"), width=220
    )
    kept = rows[_matches(rows, asked)]
    for column, label in (("target", _("Predicts")), ("kind", _("Model")), ("status", _("Status"))):
        options = sorted(rows[column].loc[rows[column] != ""].unique())
        chosen = place.selectbox(
            label, options, index=None, key=f"runs_{column}", bind="query-params", placeholder=_("all"), width=_FIELD
        )
        if chosen is not None:
            kept = kept[kept[column] == chosen]
    orders = {
        _("Newest first"): ("started", False),
        # scores of another target or of other days are no better or worse: those that can be compared stand together
        _("Best score first"): (["target", "days", "score"], True),
        _("Most gained first"): ("gain", False),
        _("Lowest validation loss first"): ("best", True),
        _("Longest first"): ("seconds", False),
        _("By model"): ("kind", True),
    }
    chosen = place.selectbox(_("Order"), list(orders), key="runs_order", bind="query-params", width=220)
    by, ascending = orders[chosen]
    if isinstance(by, list):  # what has no score at all comes last
        scored = kept["score"].notna()
        return pd.concat([kept[scored].sort_values(by, ascending=ascending, kind="stable"), kept[~scored]])
    return kept.sort_values(by, ascending=ascending, kind="stable", na_position="last")


def show(rows: pd.DataFrame, known: Collection[str]) -> list[str]:
    """The table and its file; gives the names of the rows that the person or the address marked, from the top.

    `known`: the names of all rows, without filters.
    """
    asked = _asked(known)
    configs = _columns()
    titles = {name: config["label"] for name, config in configs.items()}
    st.caption(
        _("{n} of {all} trainings and models. Mark one for its details, two to compare them.").format(
            n=len(rows), all=len(known)
        )
    )
    place = st.container()
    scored = rows[rows["score"].notna()]
    if scored[["target", "days"]].drop_duplicates()["target"].duplicated().any():
        st.caption(
            ":material/warning: "
            + _(
                "Some scores are of different days (**Scored on**), and one period is harder than another: only scores "
                "of the same days tell which model is better."
            )
        )
    # below the table, above whose corner the browser lays buttons of its own
    with st.container(horizontal=True):
        with st.popover(_("Columns"), icon=":material/view_column:"):
            shown = st.pills(
                _("Columns of the table"), list(titles), selection_mode="multi",
                default=[c for c in titles if c not in _HIDDEN], format_func=titles.__getitem__, key="runs_columns",
                bind="query-params",
            )  # fmt: skip
        st.download_button(
            _("Download as CSV"), lambda: _file(rows, titles), file_name="balise-runs.csv", mime="text/csv",
            icon=":material/download:", key="runs_csv", on_click="ignore",
        )  # fmt: skip
    order = [c for c in titles if c in shown and not (c == "title" and not rows["title"].any())] or ["name"]
    # the browser keeps marks by row number: other rows are another table, whose marks come from the address
    key = f"runs-{zlib.crc32('|'.join(rows['name']).encode()):x}"
    table = rows.assign(seconds=pd.to_timedelta(rows["seconds"].round(), unit="s"), gain=rows["gain"] * 100)
    # the browser makes a file of the table by a button of its own, which knows nothing of formulas
    table = table.assign(**{column: rows[column].map(export.no_formula) for column in _TYPED})
    names = [str(name) for name in rows["name"]]
    event = place.dataframe(
        table, key=key, hide_index=True, column_order=order, column_config=configs, on_select="rerun",
        selection_default={"selection": {"rows": [n for n, name in enumerate(names) if name in asked]}},
        selection_mode="multi-row", placeholder="", height=min(_TALLEST, 38 + 35 * max(1, len(rows))),
        alt=_("Trainings and models"),
    )  # fmt: skip
    marked = [names[number] for number in sorted(event.selection.rows) if number < len(names)]
    _keep(marked if len(marked) <= _AT_ONCE else [])
    return marked


def forget_marks() -> None:
    """Nothing is marked by the address any more."""
    st.query_params.pop(MARKED, None)


def _asked(known: Collection[str]) -> list[str]:
    """The names that the address marks; those that are not there are told."""
    asked = st.query_params.get_all(MARKED)
    gone = [shortened(name) for name in asked if name not in known]
    if gone:
        message = _("The address marks what is not listed here; it may have been deleted: {names}.")
        st.warning(message.format(names=notices.literal(", ".join(gone[:_AT_ONCE]))), icon=":material/link_off:")
    return asked


def _keep(marked: list[str]) -> None:
    """Put the marks into the address, so that its link shows the same comparison."""
    if marked == st.query_params.get_all(MARKED):
        return
    if marked:
        st.query_params[MARKED] = marked
    else:
        forget_marks()


def _file(rows: pd.DataFrame, titles: Mapping[str, str]) -> bytes:
    return export.safe_csv(rows[list(titles)].drop(columns="curve").rename(columns=dict(titles)))


def _columns() -> dict[str, dict]:
    config, less = st.column_config, _("Less is better.")
    return {
        # what a row is, how it ended and how good it is are seen without scrolling in a window of 800 pixels
        "kind": config.TextColumn(_("Model"), width=160),
        "title": config.TextColumn(_("Name"), width=108),
        "target": config.TextColumn(_("Predicts"), width=124),
        "status": config.TextColumn(_("Status"), width=82),
        "score": config.NumberColumn(
            _("Score"), format="%.3f", width=64,
            help=_("On what the model had not seen: the log-loss, or the mean error in accidents a day.") + " " + less,
        ),
        "measure": config.TextColumn(_("Score in"), help=_("What the score counts.")),
        "started": config.DatetimeColumn(_("Started"), format="YYYY-MM-DD HH:mm", help=_("Shipped models: when made.")),
        "days": config.TextColumn(
            _("Scored on"), help=_("The days that the score comes from. Scores of different days cannot be compared.")
        ),
        "preset": config.TextColumn(_("Preset")),
        "gain": config.NumberColumn(
            _("Gained"), format="%.0f %%",
            help=_("By how much the score is below that of the class frequencies, or of last week's counts."),
        ),
        "curve": config.LineChartColumn(_("Validation loss"), help=_("After each step, from the first to the last.")),
        "best": config.NumberColumn(_("Best loss"), format="%.4f", help=_("The lowest validation loss.") + " " + less),
        "last": config.NumberColumn(_("Last loss"), format="%.4f", help=_("The validation loss at the end.")),
        "seconds": config.NumberColumn(_("Duration"), format="compact", help=_("Hours, minutes and seconds.")),
        "steps": config.NumberColumn(_("Steps"), format="%d", help=_("Epochs, rounds or trees.")),
        "notes": config.TextColumn(_("Notes")),
        "name": config.TextColumn(_("Folder")),
    }  # fmt: skip


def _matches(rows: pd.DataFrame, asked: str | None) -> pd.Series:
    """Whether all words asked for occur in what a row says, whatever the case."""
    found = pd.Series(True, index=rows.index)
    words_asked = (asked or "").casefold().split()
    if not words_asked:
        return found
    texts = rows[["name", "title", "notes", "target", "kind", "preset", "status"]].agg(" ".join, axis=1).str.casefold()
    for word in words_asked:
        found &= texts.str.contains(word, regex=False)
    return found


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
