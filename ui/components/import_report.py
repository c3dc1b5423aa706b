"""What is loaded, what the import changed, and how to get the official files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from data import clean, report
from data.accidents import NEEDS
from data.dataset import Dataset
from data.text import _
from ui import words

DATASET_ADDRESS = (
    "https://www.data.gouv.fr/fr/datasets/bases-de-donnees-annuelles-des-accidents-corporels-de-la-circulation-"
    "routiere-annees-de-2005-a-2024/"
)

Years = Mapping[str, Mapping[str, Any]]


def loaded(data: Dataset) -> None:
    """Years, rows and origin of the data every page shows."""
    years = _years(data)
    with st.container(horizontal=True):
        st.metric(_("Years"), words.years(list(data.years)), border=True, height="stretch")
        for name, label in {"accidents": _("Accidents"), "vehicles": _("Vehicles"), "people": _("People")}.items():
            st.metric(
                label,
                _total(years, name),
                border=True,
                height="stretch",
                delta=_only(years, name),
                delta_color="off",
                delta_arrow="off",
            )
    kind = _("simulated by this product") if data.simulated else _("imported official files")
    st.caption(_("Origin: {kind}. Version {version}.").format(kind=kind, version=data.version))


def years(data: Dataset) -> None:
    """Rows of each year beside the official totals, and what cannot be known."""
    st.header(_("Year by year"))
    of_years = _years(data)
    st.table(year_table(of_years, simulated=data.simulated))
    for sentence in unknowns(of_years):
        st.caption(f":material/help: {sentence}")


def year_table(of_years: Years, *, simulated: bool) -> pd.DataFrame:
    """One row a year, figures in words; official totals only beside real data."""
    rows = {}
    for year, facts in of_years.items():
        rows[year] = {
            _("Period"): words.period(facts["first_day"], facts["last_day"]) if facts.get("first_day") else "–",
            _("Accidents"): words.count(facts.get("accidents")),
            **({} if simulated else {_("Accidents, official total"): words.count(facts.get("official_accidents"))}),
            _("Vehicles"): words.count(facts.get("vehicles")),
            _("People"): words.count(facts.get("people")),
            _("Killed"): words.count(facts.get("killed")),
            **({} if simulated else {_("Killed, official total"): words.count(facts.get("official_killed"))}),
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = _("Year")
    return table


def unknowns(of_years: Years) -> list[str]:
    """What cannot be known of each year for want of a table or a column, one sentence each."""
    found = []
    for year, facts in of_years.items():
        for table in facts["absent"]:
            message = _("{year}: without the table {table} there are {what}.")
            found.append(message.format(year=year, table=table, what=_(report.WITHOUT[table])))
        besides = [_column(name) for name in facts["unknown"] if NEEDS.get(name) not in facts["absent"]]
        if besides:
            found.append(_("{year}: the files say nothing of: {names}.").format(year=year, names=", ".join(besides)))
    return found


def rules(data: Dataset) -> None:
    """What the import changed, rule by rule."""
    st.header(_("What the import changed"))
    table = rule_table(_years(data))
    if table.empty:
        st.caption(_("Nothing had to be changed."))
        return
    st.caption(_("Cells changed by each cleaning rule; where a rule leaves rows out, rows."))
    st.table(table)
    with st.expander(_("By table and column")):
        st.table(column_table(_years(data)))


def rule_table(of_years: Years) -> pd.DataFrame:
    """Cells changed by each rule (in words) and year."""
    counts: dict[str, dict[str, int]] = {}
    for year, _table, rule, _name, cells in _changes(of_years):
        of_rule = counts.setdefault(rule, dict.fromkeys(of_years, 0))
        of_rule[year] += cells
    rows = {clean.explanation(rule): {y: words.count(n) for y, n in by.items()} for rule, by in counts.items()}
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = _("Rule")
    return table


def column_table(of_years: Years) -> pd.DataFrame:
    """Cells changed by each rule, table and column, all years together."""
    counts: dict[tuple[str, str, str], int] = {}
    for _year, table, rule, name, cells in _changes(of_years):
        counts[table, _column(name), rule] = counts.get((table, _column(name), rule), 0) + cells
    rows = [
        {_("Table"): t, _("Column"): c, _("Rule"): clean.explanation(r), _("Cells"): words.count(n)}
        for (t, c, r), n in sorted(counts.items())
    ]
    return pd.DataFrame(rows).set_index(_("Table"))


def how_to_get() -> None:
    """Where the official files are, how they are imported, and under which licence."""
    st.header(_("Get the official files"))
    st.markdown(
        _(
            "1. Open the dataset page on data.gouv.fr and download the four tables (caracteristiques, lieux, "
            "vehicules, usagers) of the years you want, 2019 or later, into one folder:  \n   <{address}>\n"
            "2. Import the folder, in a terminal opened where Balise is:"
        ).format(address=DATASET_ADDRESS)
    )
    st.code(words.command("data import FOLDER"), language="shell")
    st.markdown(
        _(
            "A year can be imported with the tables that are there; the report says what cannot be known without the "
            "others. Importing a year again replaces it, and the other years stay. This page shows the new data when "
            "it is opened again."
        )
    )
    st.caption(
        _(
            "Source: Observatoire national interministériel de la sécurité routière (ONISR), BAAC files. "
            "Licence Ouverte 2.0 (Etalab): free reuse, naming the source and the date of the files."
        )
    )


def _years(data: Dataset) -> Years:
    found: Years = data.report.get("years", {})
    return dict(sorted(found.items()))


def _total(of_years: Years, name: str) -> str:
    known = [facts[name] for facts in of_years.values() if facts.get(name) is not None]
    return words.count(sum(known)) if known else words.count(None)


def _only(of_years: Years, name: str) -> str | None:
    """The years a total is of, where it is not of all."""
    known = [int(year) for year, facts in of_years.items() if facts.get(name) is not None]
    return _("{years} only").format(years=words.years(known)) if 0 < len(known) < len(of_years) else None


def _changes(of_years: Years) -> list[tuple[str, str, str, str, int]]:
    """(year, table, rule, column, cells) of every change."""
    return [
        (year, table, rule, column, cells)
        for year, facts in of_years.items()
        for table, of_table in facts.get("tables", {}).items()
        for rule, columns in of_table.get("rules", {}).items()
        for column, cells in columns.items()
    ]


def _column(name: str) -> str:
    """Our column in words: an input's label, else its name with spaces."""
    label = words.input_label(name)
    return label if label != name else name.replace("_", " ")
