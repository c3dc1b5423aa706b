"""What the loaded data cannot say: cells that are unknown, and years that cannot be compared."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data import breaks, report
from data.dataset import Dataset
from data.text import _
from ui import words
from ui.charts import missing
from ui.components import plots
from ui.components.import_report import Years, of_years


def unknown_cells(data: Dataset) -> None:
    """The share of unknown cells of each column and year of one frame, as a chart and as a table."""
    st.header(_("Unknown cells"))
    shares = {name: share_table(of_years(data), name) for name in report.FRAMES}
    offered = [name for name, table in shares.items() if not table.empty]
    if not offered:
        st.caption(_("No cell is unknown."))
        return
    chosen = st.segmented_control(
        _("Rows about"), offered, format_func=lambda name: _(report.FRAMES[name]), default=offered[0], required=True,
        key="unknown_cells",
    )  # fmt: skip
    table = shares[chosen]
    plots.show(missing.shares(table), key="unknown", alt=_("Share of unknown cells by column and year"))
    st.caption(
        _(
            "Blank: the files of the year do not have the column, or its table is not imported. Columns that are known "
            "throughout are left out."
        )
    )
    with st.expander(_("The same shares as a table")):
        st.table(table.map(lambda share: "–" if pd.isna(share) else words.percent(share)))


def share_table(years: Years, frame: str) -> pd.DataFrame:
    """Unknown cells of the columns that have some, as shares: columns in words x years, the least known first."""
    table = pd.DataFrame({year: pd.Series(facts["missing"][frame], dtype="float64") for year, facts in years.items()})
    table = table[table.max(axis="columns") > 0].dropna(axis="columns", how="all")
    table = table.loc[table.mean(axis="columns").sort_values(ascending=False, kind="stable").index]
    table.index = pd.Index([words.column(name) for name in table.index], name=_("Column"))
    return table


def not_comparable(data: Dataset) -> None:
    """The breaks between the loaded years; simulated years have none."""
    if data.simulated:
        return
    st.header(_("What cannot be compared"))
    table = break_table(list(data.years))
    if table.empty:
        st.caption(_("The official files count in the same way on all days that are loaded."))
    else:
        st.table(table)
    st.caption(_(breaks.ALWAYS))


def break_table(years: list[int]) -> pd.DataFrame:
    """Day, sentence, columns and source of each break between some years."""
    rows = [
        {
            _("From"): str(item.since.year) if (item.since.month, item.since.day) == (1, 1) else words.day(item.since),
            _("What changed"): _(item.sentence),
            _("Concerns"): ", ".join(words.column(name) for name in item.columns),
            _("Source"): _(item.source)
            if item.verified
            else _("{source} (not verified)").format(source=_(item.source)),
        }
        for item in breaks.between(years)
    ]
    return pd.DataFrame(rows).set_index(_("From")) if rows else pd.DataFrame()
