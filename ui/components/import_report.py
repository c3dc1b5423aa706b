"""What is loaded, and what the import changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from data import clean, completeness, load, report
from data.dataset import Dataset
from data.text import _
from ui import words

Years = Mapping[str, Mapping[str, Any]]
_LAST_WEEK = (12, 25)
_NAMED = 5  # columns that the row of a rule names


def loaded(data: Dataset) -> None:
    """Years, rows and origin of the data every page shows."""
    imported = of_years(data)
    with st.container(horizontal=True):
        st.metric(_("Years"), words.years(list(data.years)), border=True, height="stretch")
        for name, label in report.FRAMES.items():
            st.metric(
                _(label),
                _total(imported, name),
                border=True,
                height="stretch",
                delta=_only(imported, name),
                delta_color="off",
                delta_arrow="off",
            )
    kind = _("simulated by this product") if data.simulated else _("imported official files")
    st.caption(_("Origin: {kind}. Version {version}.").format(kind=kind, version=data.version))


def years(data: Dataset) -> None:
    """Rows of each year beside the official totals, and what each year lacks."""
    st.header(_("Year by year"))
    imported = of_years(data)
    st.table(year_table(imported, simulated=data.simulated))
    sentences = extracts(imported)
    if sentences:
        st.warning("\n".join(f"- {sentence}" for sentence in sentences), icon=":material/content_cut:")
    for sentence in lacks(imported):
        st.caption(f":material/help: {sentence}")


def year_table(imported: Years, *, simulated: bool) -> pd.DataFrame:
    """One row a year, figures in words; official totals only beside real data."""
    rows = {}
    for year, facts in imported.items():
        rows[year] = {
            _("Period"): words.period(facts["first_day"], facts["last_day"]) if facts["first_day"] else _("not known"),
            _("Accidents"): words.count(facts["accidents"]),
            **({} if simulated else {_("Accidents, official total"): _official(facts, "accidents")}),
            _("Vehicles"): words.count(facts["vehicles"]),
            _("People"): words.count(facts["people"]),
            _("Killed"): words.count(facts["killed"]),
            **({} if simulated else {_("Killed, official total"): _official(facts, "killed")}),
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = _("Year")
    return table


def extracts(imported: Years) -> list[str]:
    """A warning for each year of which there is only a part of the accidents of its days."""
    found = []
    for year, facts in imported.items():
        should = completeness.extract(year, facts)
        if should is not None:
            message = _(
                "**{year} is an extract**: {n} of about {all} accidents ({share}). Its counts cannot be compared with "
                "those of other years, and the daily series leave it out."
            )
            share = words.percent(facts["accidents"] / should.accidents)
            n, every = words.count(facts["accidents"]), words.count(should.accidents)
            found.append(message.format(year=year, n=n, all=every, share=share))
    return found


def ends_early(last_days: Mapping[int, date]) -> list[str]:
    """A sentence for each year whose last accident is not of its last week."""
    message = _("{year} ends on {day}: it is not a whole year.")
    early = {year: day for year, day in last_days.items() if (day.month, day.day) < _LAST_WEEK}
    return [message.format(year=year, day=words.day(day)) for year, day in early.items()]


def lacks(imported: Years) -> list[str]:
    """What cannot be known for want of a table or a column, one sentence for all years that lack the same."""
    found: dict[str, list[int]] = {}
    for year, facts in imported.items():
        for table in facts["absent"]:
            sentence = _("without the table {table} there are {what}.").format(
                table=table, what=_(report.WITHOUT[table])
            )
            found.setdefault(sentence, []).append(int(year))
        besides = [words.column(name) for name in report.unexplained(facts)]
        if besides:
            sentence = _("the files say nothing of: {names}.").format(names=", ".join(besides))
            found.setdefault(sentence, []).append(int(year))
    return [
        _("{years}: {sentence}").format(years=words.years(of_which), sentence=sentence)
        for sentence, of_which in found.items()
    ]


def changes(data: Dataset) -> None:
    """What the import changed, rule by rule, and the files it read."""
    st.header(_("What the import changed"))
    imported = of_years(data)
    chosen = st.selectbox(
        _("Year"), [None, *reversed(imported)], format_func=lambda year: year or _("All years"), key="report_year",
        width=200,
    ) if len(imported) > 1 else None  # fmt: skip
    shown = imported if chosen is None else {chosen: imported[chosen]}
    rules = rule_table(shown)
    if rules.empty:
        st.caption(_("Nothing had to be changed."))
    else:
        st.caption(_("Cells changed by each cleaning rule; where a rule leaves rows out, rows."))
        st.table(rules)
        with st.expander(_("By table and column")):
            st.table(column_table(shown))
    files = file_table(shown)
    if not files.empty:  # simulated data come from no file
        with st.expander(_("Files")):
            st.table(files)


def rule_table(imported: Years) -> pd.DataFrame:
    """What each rule does, the cells it changed and in which columns; the rule that changed most comes first."""
    counts: dict[str, Counter[str]] = {}
    for _table, rule, column, cells in _changes(imported):
        counts.setdefault(rule, Counter())[column] += cells
    ordered = sorted(counts.items(), key=lambda pair: -pair[1].total())
    rows = {clean.explanation(rule): _rule_row(columns) for rule, columns in ordered}
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = _("Rule")
    return table


def column_table(imported: Years) -> pd.DataFrame:
    """Cells changed in each column of each table by each rule."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for table, rule, column, cells in _changes(imported):
        counts[table, column, rule] += cells
    rows = [
        {_("Table"): t, _("Column"): words.column(c), _("Rule"): clean.explanation(r), _("Cells"): words.count(n)}
        for (t, c, r), n in sorted(counts.items())
    ]
    return pd.DataFrame(rows).set_index(_("Table"))


def file_table(imported: Years) -> pd.DataFrame:
    """The files of each year and table: name, hash, and what had to be repaired or was not there."""
    rows = []
    for year, facts in imported.items():
        for name, table in facts["tables"].items():
            absent = _("Without the columns {names}.").format(names=", ".join(table["absent_columns"]))
            for file in table["files"]:
                place = _("{name} in {archive}").format(**file) if file["archive"] else file["name"]
                notes = [load.explanation(repair) for repair in file["repairs"]]
                rows.append(
                    {
                        _("Year"): year,
                        _("Table"): name,
                        _("File"): f"`{place}`",
                        _("SHA-256"): f"`{report.short_hash(file)}`",
                        _("Rows of the table"): words.count(table["rows"]),
                        _("Notes"): " ".join([*notes, *([absent] if table["absent_columns"] else [])]) or "–",
                    }
                )
    return pd.DataFrame(rows).set_index(_("Year")) if rows else pd.DataFrame()


def of_years(data: Dataset) -> Years:
    """The report of each year, the earliest first."""
    found: Years = data.report["years"]
    return dict(sorted(found.items()))


def _official(facts: Mapping[str, Any], name: str) -> str:
    """An official total, and which share of it we hold."""
    total, ours = facts[f"official_{name}"], facts[name]
    if total is None or ours is None:
        return words.count(total)
    return _("{total} ({share} here)").format(total=words.count(total), share=words.percent(ours / total))


def _changes(imported: Years) -> Iterator[tuple[str, str, str, int]]:
    """(table, rule, column, cells) of every change."""
    for facts in imported.values():
        for table, of_table in facts["tables"].items():
            for rule, columns in of_table["rules"].items():
                for column, cells in columns.items():
                    yield table, rule, column, cells


def _rule_row(columns: Counter[str]) -> dict[str, str]:
    names = ", ".join(words.column(name) for name, _cells in columns.most_common(_NAMED))
    if len(columns) > _NAMED:
        names = _("{names} and {n} more").format(names=names, n=len(columns) - _NAMED)
    return {_("Cells"): words.count(columns.total()), _("Columns"): names}


def _total(imported: Years, name: str) -> str:
    known = [facts[name] for facts in imported.values() if facts[name] is not None]
    return words.count(sum(known)) if known else words.count(None)


def _only(imported: Years, name: str) -> str | None:
    """The years a total is of, where it is not of all."""
    known = [int(year) for year, facts in imported.items() if facts[name] is not None]
    return _("{years} only").format(years=words.years(known)) if 0 < len(known) < len(imported) else None
