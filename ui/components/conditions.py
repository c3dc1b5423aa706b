"""How serious accidents are under one condition and under two together."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data import breaks, conditions
from data.conditions import FEW_ACCIDENTS, FEW_CASES
from data.text import _, number
from ui import condition_words, words
from ui.charts import conditions as charts
from ui.components import exploration
from ui.components.exploration import View

# the columns behind a condition or a measure that go by another name
_COLUMNS: dict[str, tuple[str, ...]] = {
    "serious": ("hospitalised",),
    "lethality": ("killed",),
    "mix": ("pedestrians", "bicycles", "scooters", "mopeds", "motorcycles", "vehicle_category"),
    "users": ("pedestrians", "bicycles", "scooters", "mopeds", "motorcycles", "vehicle_category"),
}


def measure() -> str:
    """Which outcome the page is about."""
    offered = {code: _(label) for code, label in condition_words.MEASURES.items()}
    return exploration.option(_("Outcome"), offered, key="outcome", short=True)


def one(view: View, measure: str) -> tuple[str, conditions.Value | None]:
    """Shares and risks by one chosen condition; gives the condition and what it was compared with."""
    st.header(_("By one condition"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        offered = {code: condition_words.name(code) for code in conditions.CONDITIONS}
        condition = exploration.option(_("Condition"), offered, key="by")
        cases = view.ask(conditions.outcomes, condition)
        cases = cases[cases["known"] > 0]
        reference = None if condition == "users" else _reference(condition, cases)
    against = (
        view.ask(conditions.without).loc[cases.index] if condition == "users" else cases.loc[cases.index == reference]
    )
    frame = conditions.compared(cases, measure, against if len(cases) else cases)
    frame["label"] = [condition_words.value(condition, value) for value in frame.index]
    frame["reference"] = frame.index == reference if reference is not None else False
    table = _table(frame, condition, measure)
    with st.container(horizontal=True, gap="medium"):
        with st.container():
            _shares(view, frame, table, condition, measure)
        with st.container(width=500):
            _risks(view, frame, table, condition, measure)
    return condition, reference


def two(view: View, measure: str) -> None:
    """A heat map of two chosen conditions."""
    st.header(_("Two conditions together"))
    every = {code: condition_words.name(code) for code in conditions.CONDITIONS}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        # the one with more values by default down, where there is room
        down = exploration.option(_("Rows"), {"weather": every["weather"]} | every, key="rows")
        others = {code: label for code, label in every.items() if code != down}
        across = exploration.option(_("Columns"), others, key="columns")
        shown = {"rate": _(condition_words.MEASURES[measure]), "count": _("Number of accidents")}
        cell = exploration.option(_("Cells"), shown, key="cells", short=True)
    cases = view.ask(conditions.crossed, down, across)
    title = condition_words.axis(measure) if cell == "rate" else _("Accidents")
    frame = _cells(cases, down, across, measure)
    values = _square(frame, "value" if cell == "rate" else "accidents", down, across)
    values = values.dropna(how="all").dropna(how="all", axis="columns")
    alt = _("{title} by {rows} and {columns}").format(
        title=title, rows=every[down].lower(), columns=every[across].lower()
    )
    unit = _("Accidents") if cell == "count" else _("per 100") if measure == "lethality" else "%"
    figure = charts.pairs(
        values,
        _square(frame, "said", down, across).loc[values.index, values.columns],
        unit,
        x=every[across],
        y=every[down],
        whole=cell == "count",
    )
    note = _("Empty: no accident.")
    if cell == "rate":
        note = _(
            "Empty, or left out where a whole row or column is: fewer than {n} accidents of known injuries, too few "
            "for a share."
        ).format(n=FEW_ACCIDENTS)
    table = frame[[down, across, "accidents", "known", "cases", "rate"]]
    table.columns = [
        every[down],
        every[across],
        _("Accidents"),
        _("With known injuries"),
        _("Cases"),
        _rate_name(measure),
    ]
    exploration.panel(view, figure, table, key="condition-pairs", alt=alt, note=note)


def not_comparable(view: View, measure: str, condition: str) -> None:
    """What changed in the files over the years shown that bears on the outcome or on the condition."""
    if view.data.simulated:
        return
    years = view.filters.years or view.data.years
    columns = {*_COLUMNS.get(measure, (measure,)), *_COLUMNS.get(condition, (condition,))}
    found = breaks.concerning(years, columns, view.filters)
    if found:
        st.header(_("What cannot be compared"))
        for item in found:
            st.caption(f":material/help: {breaks.explained(item)}")


def few_note() -> str:
    """What grey means."""
    message = _("Grey: fewer than {accidents} accidents or {cases} cases, which may well be chance.")
    return message.format(accidents=FEW_ACCIDENTS, cases=FEW_CASES)


def _reference(condition: str, cases: pd.DataFrame) -> conditions.Value | None:
    """The value that the others are compared with, the most frequent unless another is chosen."""
    if cases.empty:
        return None
    commonest = cases["known"].idxmax()
    # the code names the condition, so that a choice for one is none for another
    values = {f"{condition}-{value}": value for value in cases.index}
    message = _("Most frequent: {value}")
    offered = {"auto": message.format(value=condition_words.value(condition, commonest))}
    offered |= {code: condition_words.value(condition, value) for code, value in values.items()}
    chosen = exploration.option(_("Compared with"), offered, key="reference")
    return values.get(chosen, commonest)


def _shares(view: View, frame: pd.DataFrame, table: pd.DataFrame, condition: str, measure: str) -> None:
    st.subheader(_("How often") if measure != "lethality" else _("How many"))
    total = view.ask(conditions.whole)
    overall = total[measure] / total["known"] if total["known"] else float("nan")
    notes = [_("Lines: 95% intervals (Wilson).")]
    if measure == "lethality":
        notes = [_("Lines: 95% intervals (Poisson), as if people died independently of each other.")]
    if total["known"]:
        message = _("Dotted: {rate} in all accidents shown.")
        notes.append(message.format(rate=condition_words.rate(measure, overall)))
    notes += [few_note()] if frame["few"].any() else []
    notes += _left_out(view, condition, frame)
    alt = _("{outcome} by {condition}, with 95% intervals").format(
        outcome=condition_words.axis(measure), condition=condition_words.name(condition).lower()
    )
    figure = charts.shares(frame, measure, overall)
    exploration.panel(view, figure, table, key="condition-shares", alt=alt, note=" ".join(notes))


def _risks(view: View, frame: pd.DataFrame, table: pd.DataFrame, condition: str, measure: str) -> None:
    st.subheader(_("How many times the reference"))
    if condition == "users":
        against = _("Against the accidents in which nobody of this kind was involved.")
    else:
        named = frame.loc[frame["reference"], "label"]
        against = _("Diamond: the reference, {value}.").format(value=named.iloc[0]) if len(named) else ""
    name = _("Rate ratio") if measure == "lethality" else _("Relative risk")
    note = _("{name} with 95% intervals, of accidents that happened.").format(name=name)
    note += f" {few_note()}" if frame["few"].any() else ""
    if frame["ratio"].isna().any():
        note += " " + _("Too few: under {n} cases, or all but so many, here or in the reference.").format(n=FEW_CASES)
    alt = _("{name} of the outcome by {condition}, as a forest plot on a logarithmic axis").format(
        name=name, condition=condition_words.name(condition).lower()
    )
    exploration.panel(
        view, charts.risks(frame, measure), table, key="condition-risks", alt=alt, note=f"{against} {note}"
    )


def _left_out(view: View, condition: str, frame: pd.DataFrame) -> list[str]:
    """How an accident counts, or how many do not, as the condition is not known."""
    if condition == "users":
        return [_("An accident counts for every kind of user that was involved.")]
    total = view.ask(conditions.whole)["known"]
    unknown = int(total - frame["known"].sum())
    notes = [condition_words.mix_explained()] if condition == "mix" else []
    if unknown:
        message = _("Left out: {n} accidents ({share}) of which this is not known.")
        notes.append(message.format(n=words.count(unknown), share=words.percent(unknown / total)))
    return notes


def _table(frame: pd.DataFrame, condition: str, measure: str) -> pd.DataFrame:
    percent = frame[["value", "low", "high"]] * 100
    ratio = _("Rate ratio") if measure == "lethality" else _("Relative risk")
    return pd.DataFrame(
        {
            condition_words.name(condition): frame["label"],
            _("Accidents of known injuries"): frame["known"],
            _("People killed") if measure == "lethality" else _("Cases"): frame["cases"],
            _rate_name(measure): percent["value"].round(2),
            _("Lowest (95%)"): percent["low"].round(2),
            _("Highest (95%)"): percent["high"].round(2),
            ratio: frame["ratio"].round(3),
            _("{name}, lowest").format(name=ratio): frame["ratio_low"].round(3),
            _("{name}, highest").format(name=ratio): frame["ratio_high"].round(3),
        }
    )


def _rate_name(measure: str) -> str:
    return condition_words.axis(measure)


def _cells(cases: pd.DataFrame, down: str, across: str, measure: str) -> pd.DataFrame:
    """One row a pair: both values in words, counts, `value` (hidden where there are few), and what is said of it."""
    frame = conditions.compared(cases, measure, cases).assign(accidents=cases["accidents"]).reset_index()
    frame[down] = frame[down].map(lambda value: condition_words.short(down, value))
    frame[across] = frame[across].map(lambda value: condition_words.short(across, value))
    enough = frame["known"] >= FEW_ACCIDENTS
    frame["value"] = (frame["value"] * 100).where(enough)
    frame["rate"] = frame["value"].round(2)
    counted = _("{cases} in {n} accidents")
    frame["said"] = [
        f"{row[down]}<br>{row[across]}<br>"
        + (
            "{} ({}–{})<br>".format(*(number(v, ".1f") for v in (row["value"], row["low"] * 100, row["high"] * 100)))
            if row["value"] >= 0
            else ""
        )
        + counted.format(cases=words.count(row["cases"]), n=words.count(row["known"]))
        for row in frame.to_dict("records")
    ]
    return frame


def _square(frame: pd.DataFrame, column: str, down: str, across: str) -> pd.DataFrame:
    """A column as rows x columns, in the order of the code book."""
    rows, columns = _in_order(down, frame[down]), _in_order(across, frame[across])
    pairs = frame.set_index([down, across])[column].reindex(pd.MultiIndex.from_product([rows, columns]))
    return pd.DataFrame(pairs.to_numpy().reshape(len(rows), len(columns)), index=rows, columns=columns)


def _in_order(condition: str, occurring: pd.Series) -> list[str]:
    there = set(occurring)
    every = [condition_words.short(condition, value) for value in conditions.values(condition)]
    return [label for label in every if label in there]
