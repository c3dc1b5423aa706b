"""Two sides of a comparison: each measure beside the other's, how far apart they are, and whether that is chance."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data import compare, population, text
from data.text import _
from ui import words
from ui.charts import compare as charts
from ui.components import compare_limits, exploration
from ui.components.compare_choice import Sides, residents

# the measures that count people hospitalised
_HOSPITALISED = ("hospitalised", "severe", "hospitalised_rate")


def figures(sides: Sides) -> None:
    """Each measure of both sides, how far apart they are, and whether that is more than chance."""
    st.header(_("Side by side"))
    table = measured(sides)
    shown = _in_units(table)
    drawn = shown[shown["a"].notna() & shown["b"].notna() & table["comparable"].to_numpy()]
    note = _(
        "Lines are 95% intervals. People of one accident are not counted as independent. Of twenty intervals one "
        "misses by chance."
    )
    if any(name in table.index for name in compare.RATES):
        note += " " + _("Rates are per year, a part of a year by its share of the days. {source}").format(
            source=population.source()
        )
    exploration.panel(
        sides.view,
        charts.beside(drawn, sides.names),
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
    """The measures of both sides, as by `compare.against`; rates only where the inhabitants of both are known.

    What is recorded in another way on one side is not `comparable`, and has neither difference nor ratio.
    """
    table = _counted(sides).assign(comparable=True)
    if compare_limits.hospitalised_differ(sides):
        changed = table.index.isin(_HOSPITALISED)
        table["comparable"] = ~changed
        table.loc[changed, [c for c in table.columns if c.startswith(("ratio", "difference"))]] = float("nan")
    return table


def _counted(sides: Sides) -> pd.DataFrame:
    table = compare.against(*sides.figures, sizes=sides.kind == "periods")
    homes = residents(sides.a.view), residents(sides.b.view)
    if homes[0] is None or homes[1] is None:
        return table
    a, b = (home.ask(compare.figures, sides.days) for home in homes if home is not None)
    lived = homes[0].ask(compare.person_years, sides.days), homes[1].ask(compare.person_years, sides.days)
    rated = compare.against(a, b, lived=lived)
    return pd.concat([table, rated.loc[[name for name in compare.RATES if name in rated.index]]])


def sentences(table: pd.DataFrame, sides: Sides) -> list[str]:
    """Each measure that can be compared, in a sentence."""
    labels, found = _labels(), []
    days = [figures.days for figures in sides.figures]
    for name, row in table.iterrows():
        judged = compare.verdict(row)
        # rates repeat the counts where both sides are the same area
        if judged == "unknown" or (sides.kind == "periods" and name in compare.RATES):
            continue
        pair = [_said(str(name), row[side]) for side in "ab"]
        change = _change(row["ratio"])
        if name in compare.COUNTS and abs(days[0] - days[1]) > 1:
            pair = [_("{n} in {days} days").format(n=n, days=d) for n, d in zip(pair, days, strict=True)]
            change = _("{change} a day").format(change=change)
        if judged == "few":
            message = _("**{measure}**: {a} against {b}. Fewer than {n} cases on a side: too few to say more.")
            found.append(message.format(measure=labels[str(name)], a=pair[0], b=pair[1], n=compare.FEWEST))
            continue
        verdict = {
            "more": _("more than chance"),
            "less": _("more than chance"),
            "chance": _("it may be chance"),
        }[judged]
        message = _("**{measure}**: {a} against {b}, {change} (95% interval: {low} to {high}); {verdict}.")
        found.append(
            message.format(
                measure=labels[str(name)],
                a=pair[0],
                b=pair[1],
                change=change,
                low=text.number(row["ratio_low"] - 1, "+.1%"),
                high=text.number(row["ratio_high"] - 1, "+.1%"),
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
                _("Difference (95% interval)"): _interval(name, row, "difference"),
                _("Ratio, of counts by day (95% interval)"): ""
                if pd.isna(row["ratio"])
                else "{} ({}–{})".format(*(text.number(row[n], ".2f") for n in ("ratio", "ratio_low", "ratio_high"))),
                _("In words"): _verdict_words()[compare.verdict(row)],
            }
        )
    return pd.DataFrame(rows)


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
        "more": _("more, and more than chance"),
        "less": _("less, and more than chance"),
        "chance": _("may be chance"),
        "few": _("too few cases to say"),
        "unknown": _("not to be compared"),
    }


def _change(ratio: float) -> str:
    change = ratio - 1
    if ratio >= 2:
        return _("{times:.1f} times as much").format(times=ratio)
    if abs(change) < 0.0005:
        return _("the same")
    return (_("{change} more") if change > 0 else _("{change} less")).format(change=text.number(abs(change), ".1%"))


def _said(name: str, value: float) -> str:
    if pd.isna(value):
        return _("not known")
    if name in compare.COUNTS:
        return words.count(value)
    if name == "severe":
        return text.number(value, ".1%")
    value = value * 100 if name == "lethality" else value
    return text.number(value, ".2f" if value < 100 else ".0f")


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
    sizes = [c for c in table.columns if c.startswith(("a", "b", "difference"))]
    shown = table.copy()
    shown[sizes] = shown[sizes].mul(factor, axis="index")
    return shown.set_axis([labels[str(name)] for name in table.index])
