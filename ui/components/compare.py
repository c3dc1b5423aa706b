"""Two sides of a comparison: their figures in words, what drives the difference, and their profiles over each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from data import breaks, compare, completeness, population, statistics, summary
from data.filters import column_of, values
from data.text import _
from ui import words
from ui.charts import compare as charts
from ui.components import exploration
from ui.components.compare_choice import Sides, residents

# a value of which fewer accidents are known is not drawn
FEWEST = 20
_ROWS = 12  # values of a condition drawn one by one
CONDITIONS = {
    "light": "Light",
    "weather": "Weather",
    "surface": "Road surface",
    "road_class": "Road class",
    "speed_limit": "Speed limit",
    "built_up": "Built-up area",
    "junction": "Junction",
    "collision": "Collision type",
    "hour": "Hour of the day",
    "weekday": "Weekday",
    "month": "Month",
    "departement": "Département",
}
_IN_TIME = ("hour", "weekday", "month")
# what a break changes -> the measures that it is said of
_COUNTED = {"accidents", "killed", "hospitalised", "severity", "injury"}


def limits(sides: Sides, shown: tuple[int, ...]) -> None:
    """What of the two sides cannot be compared. `shown`: the years of the sidebar, of which the page has told."""
    years = sides.view.ask(summary.by_year)
    if sides.days is not None:
        first, last = (words.day(f"2000-{md // 100:02d}-{md % 100:02d}").rsplit(" ", 1)[0] for md in sides.days)
        message = _("Compared are only {first} to {last} of each year: the files of some year hold no other days.")
        st.caption(":material/event: " + message.format(first=first, last=last))
    part = [year for year in completeness.extracts(sides.view.data.report) if year in years.index]
    if part:
        message = _("{years} is an extract: its counts cannot be compared with those of whole years.")
        st.warning(message.format(years=words.years(part)), icon=":material/content_cut:")
    if sides.kind == "periods":
        # of the years that the sidebar shows it is said above
        hidden = years.drop(index=list(shown or years.index), errors="ignore")
        for sentence in exploration.missing(hidden):
            st.caption(f":material/help: {sentence}")
        between = breaks.between(int(year) for year in years.index)
        _warned([item for item in between if set(item.columns) & (_COUNTED | _asked(sides))])


def figures(sides: Sides) -> None:
    """Each measure of both sides, how far apart they are, and whether that is more than chance."""
    st.header(_("Side by side"))
    table = measured(sides)
    shown = _in_units(table)
    note = _(
        "Lines are 95 % intervals. People of one accident are not counted as independent. Of twenty intervals one "
        "misses by chance."
    )
    if any(name in table.index for name in compare.RATES):
        note += " " + _("A year stands for 365 days of the kind compared. {source}").format(source=population.source())
    exploration.panel(
        sides.view,
        charts.beside(shown.dropna(subset=["a", "b"]), sides.names),
        in_words(table, sides),
        key="compare-figures",
        alt=_("Each measure for {a} and for {b}, with intervals").format(a=sides.a.name, b=sides.b.name),
        note=note,
    )
    for sentence in sentences(table, sides):
        st.markdown(f"- {sentence}")
    compared = shown.assign(clear=[compare.verdict(row) in ("more", "less") for _name, row in table.iterrows()])
    exploration.panel(
        sides.view,
        charts.ratios(compared, sides.names),
        in_words(table, sides),
        key="compare-ratios",
        alt=_("How many times as large each measure is for {a} as for {b}").format(a=sides.a.name, b=sides.b.name),
    )


def measured(sides: Sides) -> pd.DataFrame:
    """The measures of both sides, as by `compare.against`; rates only where the inhabitants of both are known."""
    table = compare.against(*sides.figures, sizes=sides.kind == "periods")
    homes = [residents(side.view) for side in (sides.a, sides.b)]
    if homes[0] is None or homes[1] is None:
        return table
    of = [home[0].ask(compare.figures, sides.days) for home in homes if home is not None]
    rated = compare.against(of[0], of[1], inhabitants=(homes[0][1], homes[1][1]))
    return pd.concat([table, rated.loc[[name for name in compare.RATES if name in rated.index]]])


def sentences(table: pd.DataFrame, sides: Sides) -> list[str]:
    """Each measure that can be compared, in a sentence."""
    labels, found = _labels(), []
    for name, row in table.iterrows():
        judged = compare.verdict(row)
        # rates repeat the counts where both sides are the same area
        if judged == "unknown" or (sides.kind == "periods" and name in compare.RATES):
            continue
        pair = tuple(_said(str(name), row[side]) for side in "ab")
        if judged == "few":
            message = _("**{measure}**: {a} against {b}. Fewer than {n} cases on a side: too few to say more.")
            found.append(message.format(measure=labels[str(name)], a=pair[0], b=pair[1], n=compare.FEWEST))
            continue
        verdict = {
            "more": _("more than chance explains"),
            "less": _("more than chance explains"),
            "chance": _("this may be chance"),
        }[judged]
        message = _("**{measure}**: {a} against {b}, {change} (95 % interval: {low} to {high}); {verdict}.")
        found.append(
            message.format(
                measure=labels[str(name)],
                a=pair[0],
                b=pair[1],
                change=_change(row["ratio"]),
                low=f"{row['ratio_low'] - 1:+.1%}",
                high=f"{row['ratio_high'] - 1:+.1%}",
                verdict=verdict,
            )
        )
    return found


def in_words(table: pd.DataFrame, sides: Sides) -> pd.DataFrame:
    """The measures of both sides as a table: values, difference and ratio with their intervals."""
    rows, labels = [], _labels()
    for key, row in table.iterrows():
        name = str(key)
        rows.append(
            {
                _("Measure"): labels[name],
                sides.a.name: _said(name, row["a"]),
                sides.b.name if sides.b.name != sides.a.name else _("{name} (second)").format(name=sides.b.name): _said(
                    name, row["b"]
                ),
                _("Difference (95 % interval)"): _interval(name, row, "difference"),
                _("Ratio (95 % interval)"): ""
                if pd.isna(row["ratio"])
                else f"{row['ratio']:.2f} ({row['ratio_low']:.2f}–{row['ratio_high']:.2f})",
                _("In words"): _verdict_words()[compare.verdict(row)],
            }
        )
    return pd.DataFrame(rows)


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
        offered = {name: _(label) for name, label in CONDITIONS.items()}
        if sides.kind == "areas":
            del offered["departement"]
        column = exploration.option(_("By"), offered, key="drivers_by")
    _changed_meaning(sides, column)
    if measure == "accidents":
        _counted(sides, column)
        return
    outcome: compare.Outcome = "killed" if measure == "killed" else "severe"
    a, b = (side.view.ask(compare.cases_by, column, outcome, sides.days) for side in (sides.a, sides.b))
    table = compare.decomposed(a, b)
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
    if not table.empty:
        st.markdown(_driver_words(table * 100, column, sides, unit))


def profiles(sides: Sides) -> None:
    """Both sides over the values of one condition."""
    st.header(_("Profiles over each other"))
    offered = {"hour": CONDITIONS["hour"], "month": CONDITIONS["month"], "weekday": CONDITIONS["weekday"],
               "light": CONDITIONS["light"], "users": "Users involved"} | CONDITIONS  # fmt: skip
    with st.container(horizontal=True):
        column = exploration.option(_("Profile by"), {n: _(label) for n, label in offered.items()}, key="profile_by")
        measure = exploration.option(
            _("Shown"),
            {
                "share": _("Share of accidents"),
                "killed": _("Killed per 100 accidents"),
                "severe": _("Share killing or hospitalising"),
            },
            key="profile_of",
        )
    _changed_meaning(sides, column)
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
    note = _("Lines are 95 % intervals.")
    if measure != "share":
        note += " " + _("Values with fewer than {n} accidents are not drawn.").format(n=FEWEST)
    exploration.panel(
        sides.view,
        charts.overlaid(a, b, sides.names, x=_(offered[column]), y=units[measure], ordered=column in _IN_TIME),
        _profile_table(a, b, sides, units[measure], _(offered[column])),
        key="compare-profiles",
        alt=_("{measure} by {condition}, of both sides").format(measure=units[measure], condition=_(offered[column])),
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
    if column == "speed_limit":
        return f"{value} km/h"
    if column == "hour":
        return f"{value}:00"
    return words.input_label(str(value)) if column == "users" else words.code(column, value)


def _counted(sides: Sides, column: str) -> None:
    """What each value adds to the difference in the number of accidents."""
    a, b = (side.view.ask(compare.cases_by, column, "killed", sides.days) for side in (sides.a, sides.b))
    days = [figures.days for figures in sides.figures]
    exposure, unit, note = (1.0, 1.0), _("Accidents"), ""
    if sides.kind == "areas":
        homes = [residents(side.view) for side in (sides.a, sides.b)]
        if homes[0] is None or homes[1] is None or not all(days):
            st.info(_("How many people live in an area is not known: numbers of accidents cannot be compared."))
            return
        a, b = (home[0].ask(compare.cases_by, column, "killed", sides.days) for home in homes if home is not None)
        exposure = tuple(home[1] * n / compare.YEAR / compare.INHABITANTS for home, n in zip(homes, days, strict=True))
        unit, note = _("Accidents per 100,000 inhabitants and year"), population.source() + " "
    elif abs(days[0] - days[1]) > 1:
        if not all(days):
            st.info(_("How many days a period has is not known: numbers of accidents cannot be compared."))
            return
        exposure, unit = (days[0] / compare.YEAR, days[1] / compare.YEAR), _("Accidents a year of 365 days")
    table = compare.changed(a, b, exposure)
    whole = table["total"].sum()
    label = _(CONDITIONS[column])
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
        note=note + _("All values add up to {total}. Lines are 95 % intervals.").format(total=f"{whole:+,.4g}"),
    )


def _driver_words(table: pd.DataFrame, column: str, sides: Sides, unit: str) -> str:
    whole = table["total"].sum()
    message = _(
        "{a} differs from {b} by **{whole}** ({unit}): {share} because conditions are more or less frequent, {rate} "
        "because accidents are more or less serious within them. Most comes from {most}."
    )
    # what pushes the way of the difference
    most = (table["total"] * np.sign(whole)).nlargest(2)
    named = ", ".join(f"{value_words(column, v)} ({table.loc[v, 'total']:+.2f})" for v in most[most > 0].index)
    return message.format(
        a=sides.a.name,
        b=sides.b.name,
        whole=f"{whole:+.2f}",
        unit=unit[0].lower() + unit[1:],
        share=f"{table['by_share'].sum():+.2f}",
        rate=f"{table['by_rate'].sum():+.2f}",
        most=named or _("no value alone"),
    )


def _fewer(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """The values that matter most in words; those of time in their order, the others by size, the rest together."""
    if column in _IN_TIME:
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
    shown = {_(CONDITIONS[column]): [value_words(column, value) for value in table.index]}
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


def _changed_meaning(sides: Sides, column: str) -> None:
    """The breaks between two periods in what one column means."""
    if sides.kind == "periods":
        years = [int(year) for year in sides.view.ask(summary.by_year).index]
        said = _COUNTED | _asked(sides)
        _warned([item for item in breaks.between(years) if column in item.columns and not said & set(item.columns)])


def _warned(found: list[breaks.Break]) -> None:
    """What changed between two periods; more than two of them wait to be opened."""
    label = _("{n} things changed between the two periods: what cannot be compared").format(n=len(found))
    with st.expander(label, icon=":material/warning:") if len(found) > 2 else st.container():
        for item in found:
            st.caption(f":material/warning: {breaks.explained(item)}")


def _asked(sides: Sides) -> set[str]:
    """The columns that filters restrict, whose breaks change which accidents are compared."""
    found = {column_of(name) for name, _chosen in sides.view.filters.active() if name != "years"}
    found |= set(sides.view.filters.users) if "users" in found else set()
    return found if sides.view.filters.departements else found | {"departement"}


def _labels() -> dict[str, str]:
    return {
        "accidents": _("Accidents"),
        "killed": _("People killed"),
        "hospitalised": _("People hospitalised"),
        "lethality": _("Killed per 100 accidents"),
        "severe": _("Accidents killing or hospitalising"),
        "accidents_rate": _("Accidents per 100,000 inhabitants and year"),
        "killed_rate": _("Killed per 100,000 inhabitants and year"),
        "hospitalised_rate": _("Hospitalised per 100,000 inhabitants and year"),
    }


def _verdict_words() -> dict[str, str]:
    return {
        "more": _("more than chance explains"),
        "less": _("less, by more than chance explains"),
        "chance": _("may be chance"),
        "few": _("too few cases to say"),
        "unknown": _("not to be compared"),
    }


def _change(ratio: float) -> str:
    change = ratio - 1
    if ratio >= 2:
        return _("{times:.1f} times as many").format(times=ratio)
    if abs(change) < 0.0005:
        return _("the same")
    return (_("{change} more") if change > 0 else _("{change} less")).format(change=f"{abs(change):.1%}")


def _said(name: str, value: float) -> str:
    if pd.isna(value):
        return _("not known")
    if name in compare.COUNTS:
        return words.count(value)
    if name == "severe":
        return f"{value:.1%}"
    value = value * 100 if name == "lethality" else value
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


def _interval(name: str, row: pd.Series, what: str) -> str:
    if pd.isna(row[what]):
        return ""
    factor, form = (1.0, "+,.0f") if name in compare.COUNTS else (100.0, "+.2f")
    factor = 1.0 if name in compare.RATES else factor
    return "{} ({} … {})".format(*(format(row[f"{what}{end}"] * factor, form) for end in ("", "_low", "_high")))


def _in_units(table: pd.DataFrame) -> pd.DataFrame:
    """The measures in words, in the units of the words."""
    labels = _labels() | {"severe": _("Accidents killing or hospitalising (%)")}
    factor = pd.Series({name: 100.0 if name in ("lethality", "severe") else 1.0 for name in table.index})
    sizes = [c for c in table.columns if not c.startswith(("ratio", "cases"))]
    shown = table.copy()
    shown[sizes] = shown[sizes].mul(factor, axis="index")
    return shown.set_axis([labels[str(name)] for name in table.index])
