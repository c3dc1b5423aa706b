"""What drives the difference between two sides, and both sides over the values of one condition."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from data import compare, population, statistics, summary
from data.filters import values
from data.text import _, number
from ui import condition_words
from ui.charts import compare as charts
from ui.components import compare_limits, exploration
from ui.components.compare_choice import Sides, residents

# a value of which fewer accidents are known is not drawn
FEWEST = 20
CONDITIONS = (
    "light", "weather", "surface", "road_class", "speed_limit", "built_up", "junction", "collision", "hour", "weekday",
    "month", "departement",
)  # fmt: skip
# the profiles that are asked for most stand first
_PROFILES = dict.fromkeys(("hour", "month", "weekday", "light", "users", *CONDITIONS))
_ROWS = 12  # values of a condition drawn one by one
_IN_TIME = ("hour", "weekday", "month")


def drivers(sides: Sides) -> None:
    """What the difference comes from, by one chosen condition."""
    st.header(_("What drives the difference"))
    with st.container(horizontal=True):
        measure = exploration.option(
            _("Difference in"),
            {
                "killed": _("Killed per 100 accidents"),
                "severe": _("Share of accidents killing or hospitalising"),
                "accidents": _("Number of accidents"),
            },
            key="drivers_of",
        )
        offered = {name: condition_words.name(name) for name in CONDITIONS}
        if sides.kind == "areas":
            del offered["departement"]
        column = exploration.option(_("By"), offered, key="drivers_by")
    compare_limits.meaning(sides, column)
    if measure == "accidents":
        _counted(sides, column)
        return
    outcome: compare.Outcome = "killed" if measure == "killed" else "severe"
    if outcome == "severe" and compare_limits.hospitalised_differ(sides):
        message = _(
            "People hospitalised are recorded in another way in one of the periods: compare the killed instead."
        )
        st.info(message, icon=":material/compare_arrows:")
        return
    a, b = (side.view.ask(compare.cases_by, column, outcome, sides.days) for side in (sides.a, sides.b))
    table = compare.decomposed(a, b)
    if table.empty:
        message = _("Nothing is known of both sides here: choose the number of accidents, or another condition.")
        st.info(message, icon=":material/compare_arrows:")
        return
    unit = _("Killed per 100 accidents") if measure == "killed" else _("Percentage points of all accidents")
    drawn = _fewer(table[["by_share", "by_rate", "total"]] * 100, column)
    parts = {"by_share": _("Through how frequent it is"), "by_rate": _("Through how serious it is")}
    exploration.panel(
        sides.view,
        charts.contributions(drawn, parts, unit),
        _decomposed_table(table, column, sides),
        key="compare-drivers",
        alt=_("What each value of {condition} adds to the difference").format(condition=offered[column]),
        note=_(
            "Both parts of all values add up to the difference (Kitagawa 1955). Through how frequent: {a} has more or "
            "less of it, measured against the mean. Through how serious: within it, accidents end differently. Parts "
            "of few accidents vary by chance."
        ).format(a=sides.a.name),
    )
    st.markdown(_driver_words(table * 100, column, sides, unit))


def profiles(sides: Sides) -> None:
    """Both sides over the values of one condition."""
    st.header(_("Profiles over each other"))
    offered = {name: condition_words.name(name) for name in _PROFILES}
    with st.container(horizontal=True):
        column = exploration.option(_("Profile by"), offered, key="profile_by")
        measure = exploration.option(
            _("Shown"),
            {
                "share": _("Share of accidents"),
                "killed": _("Killed per 100 accidents"),
                "severe": _("Killing or hospitalising"),
            },
            key="profile_of",
        )
    compare_limits.meaning(sides, column)
    outcome: compare.Outcome = "severe" if measure == "severe" else "killed"
    pair = []
    for side, counted in zip((sides.a, sides.b), sides.figures, strict=True):
        cases = side.view.ask(compare.cases_by, column, outcome, sides.days)
        pair.append(drawn(cases, column, measure, counted.count["accidents"]))
    index = [value for value in values(column) if any(value in one.index for one in pair)]
    if column == "departement":  # the largest, as a hundred bars cannot be read
        most = (pair[0]["cases"].add(pair[1]["cases"], fill_value=0)).nlargest(_ROWS).index
        index = [value for value in index if value in most]
    a, b = (one.reindex(index).set_axis([value_words(column, v) for v in index]) for one in pair)
    units = {
        "share": _("Share of accidents (%)"),
        "killed": _("Killed per 100 accidents"),
        "severe": _("Accidents killing or hospitalising (%)"),
    }
    note = _("Lines are 95% intervals.")
    if measure != "share":
        note += " " + _("Values with fewer than {n} accidents are not drawn.").format(n=FEWEST)
    exploration.panel(
        sides.view,
        charts.overlaid(a, b, sides.names, x=offered[column], y=units[measure], ordered=column in _IN_TIME),
        _profile_table(a, b, sides, units[measure], offered[column]),
        key="compare-profiles",
        alt=_("{measure} by {condition}, of both sides").format(measure=units[measure], condition=offered[column]),
        note=note,
    )


def drawn(cases: pd.DataFrame, column: str, measure: str, accidents: float) -> pd.DataFrame:
    """What is drawn of one side: `value`, `low`, `high` in per cent or per 100 accidents, and `cases`, by known values.

    `cases`: as by `compare.cases_by`.
    """
    known = cases.drop(index=summary.UNKNOWN, errors="ignore")
    if measure == "share":
        whole = accidents if column == "users" else known["accidents"].sum()
        part, (low, high) = known["accidents"], statistics.share_interval(known["accidents"], whole)
    else:
        whole, part = known["whole"].where(known["whole"] >= FEWEST), known["part"]
        if measure == "severe":
            low, high = statistics.share_interval(part, whole)
        else:
            low, high = (bound / whole.to_numpy() for bound in statistics.count_interval(part))
    value = part / whole
    return pd.DataFrame({"value": value * 100, "low": low * 100, "high": high * 100, "cases": known["accidents"]})


def value_words(column: str, value: object) -> str:
    """One value of a condition in words."""
    if value == summary.UNKNOWN:
        return _("unknown")
    return f"{value}:00" if column == "hour" else condition_words.value(column, value)


def _counted(sides: Sides, column: str) -> None:
    """What each value adds to the difference in the number of accidents."""
    a, b = (side.view.ask(compare.cases_by, column, "killed", sides.days) for side in (sides.a, sides.b))
    days = [figures.days for figures in sides.figures]
    exposure, unit, note = (1.0, 1.0), _("Accidents"), ""
    if sides.kind == "areas":
        homes = residents(sides.a.view), residents(sides.b.view)
        if homes[0] is None or homes[1] is None:
            st.info(_("How many people live in an area is not known: numbers of accidents cannot be compared."))
            return
        a, b = (home.ask(compare.cases_by, column, "killed", sides.days) for home in homes if home is not None)
        lived = homes[0].ask(compare.person_years, sides.days), homes[1].ask(compare.person_years, sides.days)
        exposure = lived[0] / compare.INHABITANTS, lived[1] / compare.INHABITANTS
        unit, note = _("Accidents per 100,000 inhabitants and year"), population.source() + " "
    elif abs(days[0] - days[1]) > 1:
        if not all(days):
            st.info(_("How many days a period has is not known: numbers of accidents cannot be compared."))
            return
        exposure, unit = (days[0] / compare.YEAR, days[1] / compare.YEAR), _("Accidents a year of 365 days")
    table = compare.changed(a, b, exposure)
    whole = table["total"].sum()
    label = condition_words.name(column)
    exploration.panel(
        sides.view,
        charts.contributions(_fewer(table, column), {"total": unit}, _("Difference: {unit}").format(unit=unit)),
        pd.DataFrame(
            {
                label: [value_words(column, value) for value in table.index],
                f"{sides.a.name} · A": table["a"].round(2).to_numpy(),
                f"{sides.b.name} · B": table["b"].round(2).to_numpy(),
                _("Difference"): table["total"].round(2).to_numpy(),
                _("Lowest"): table["low"].round(2).to_numpy(),
                _("Highest"): table["high"].round(2).to_numpy(),
            }
        ),
        key="compare-drivers",
        alt=_("What each value of {condition} adds to the difference").format(condition=label),
        note=note + _("All values add up to {total}. Lines are 95% intervals.").format(total=number(whole, "+,.4g")),
    )


def _driver_words(table: pd.DataFrame, column: str, sides: Sides, unit: str) -> str:
    whole = table["total"].sum()
    message = _(
        "{a} differs from {b} by **{whole}** ({unit}): {share} because conditions are more or less frequent, {rate} "
        "because accidents are more or less serious within them. Most comes from {most}."
    )
    # what pushes the way of the difference
    most = (table["total"] * np.sign(whole)).nlargest(2)
    named = ", ".join(
        f"{value_words(column, v)} ({number(table.loc[v, 'total'], '+.2f')})" for v in most[most > 0].index
    )
    return message.format(
        a=sides.a.name,
        b=sides.b.name,
        whole=number(whole, "+.2f"),
        unit=unit[0].lower() + unit[1:],
        share=number(table["by_share"].sum(), "+.2f"),
        rate=number(table["by_rate"].sum(), "+.2f"),
        most=named or _("no value alone"),
    )


def _fewer(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """The values that matter most in words; those of time in their order, the others by size, the rest together."""
    if column in _IN_TIME:
        table = table.reindex([value for value in (*values(column), summary.UNKNOWN) if value in table.index])
        return table.set_axis([value_words(column, value) for value in table.index])
    order = table["total"].abs().sort_values(ascending=False, kind="stable").index
    top, rest = table.loc[order[:_ROWS]], table.loc[order[_ROWS:]]
    shown = top.set_axis([value_words(column, value) for value in top.index])
    if len(rest):
        # intervals do not add up, so the rest together has none
        together = rest.sum().to_frame(_("{n} others together").format(n=len(rest))).T
        together[[c for c in ("low", "high") if c in rest]] = np.nan
        shown = pd.concat([shown, together])
    return shown


def _decomposed_table(table: pd.DataFrame, column: str, sides: Sides) -> pd.DataFrame:
    a, b = (f"{side.name} · {letter}" for side, letter in ((sides.a, "A"), (sides.b, "B")))
    each = (table * 100).round(2)
    shown = {condition_words.name(column): [value_words(column, value) for value in table.index]}
    shown |= {_("Share of accidents (%), {side}").format(side=s): each[c] for s, c in ((a, "share_a"), (b, "share_b"))}
    shown |= {_("Per 100 accidents, {side}").format(side=s): each[c] for s, c in ((a, "rate_a"), (b, "rate_b"))}
    shown |= {
        _("Through frequency"): each["by_share"],
        _("Through severity"): each["by_rate"],
        _("Together"): each["total"],
    }
    return pd.DataFrame({name: np.asarray(cells) for name, cells in shown.items()})


def _profile_table(a: pd.DataFrame, b: pd.DataFrame, sides: Sides, unit: str, label: str) -> pd.DataFrame:
    shown: dict[str, object] = {label: a.index.to_numpy()}
    for side, letter, one in ((sides.a, "A", a), (sides.b, "B", b)):
        name = f"{side.name} · {letter}"
        shown[_("Accidents, {side}").format(side=name)] = one["cases"].to_numpy()
        for column, what in (("value", unit), ("low", _("Lowest")), ("high", _("Highest"))):
            shown[f"{what}, {name}"] = one[column].round(2).to_numpy()
    return pd.DataFrame(shown)
