"""The départements side by side: rates that can be compared, their change, and a click that filters."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from data import areas, breaks, completeness, insets, population, schema, summary
from data.errors import DataError
from data.text import _, number
from ui import words
from ui.charts import map_areas
from ui.components import exploration, filter_form, map_borders
from ui.components.exploration import View

KEY = "map_areas"
_HIGHEST = 15
_FIELD = 430  # pixels: the longest measure is read whole
_FEW = 10  # départements with a value below which the map says next to nothing
_RUN = 3  # years of a longer period


def choropleth(view: View) -> None:
    """The chosen measure of every département, whichever of them the filters leave."""
    st.header(_("By département"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=_FIELD):
            measure = exploration.option(_("Measure"), measures(), key="measure")
        with st.container(width=_FIELD):
            _go_to(view.filters.departements)
        every = view.where(departements=())
        changes = measure.startswith("change")
        shown = _change(every, measure) if changes else _rates(every, measure)
    if shown is None:
        return
    rows, notes, of = shown
    title = _("Change in {what} (%)").format(what=_what(measure)) if changes else measures()[measure]
    told = [_words(code, row, title, changes=changes) for code, row in rows.iterrows()]
    rows = rows.assign(small=areas.small(rows), words=told)
    _nearly_all_grey(rows)
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=540):
            _map(of, rows, title, changes=changes, notes=notes, chosen=view.filters.departements)
        with st.container(width="stretch"):
            _highest(of, rows, title, changes=changes)


def measures() -> dict[str, str]:
    """What can be shown, in words."""
    return {
        "accidents": _("Accidents per 100,000 inhabitants a year"),
        "severe": _("Killed or hospitalised per 100,000 inhabitants a year"),
        "killed": _("Killed per 100,000 inhabitants a year"),
        "lethality": _("Killed per 100 accidents"),
        "change-accidents": _("Change in accidents"),
        "change-killed": _("Change in people killed"),
    }


def periods(years: list[int]) -> dict[str, tuple[int, ...]]:
    """Single years, the last first, and runs of three: what a change can be measured between."""
    single = {str(year): (year,) for year in sorted(years, reverse=True)}
    runs = [tuple(range(year - _RUN + 1, year + 1)) for year in sorted(years, reverse=True)]
    return single | {f"{run[0]}-{run[-1]}": run for run in runs if set(run) <= set(years)}


def table(rows: pd.DataFrame, title: str) -> pd.DataFrame:
    """The départements in words, with intervals and cases, those without a value last."""
    rows = rows.sort_values("value", ascending=False, na_position="last")
    named = {
        "cases_before": _("Cases before"),
        "cases": _("Cases"),
        "accidents": _("Accidents"),
        "inhabitants": _("Inhabitants"),
    }
    return pd.DataFrame(
        {
            _("Département"): [filter_form.value_label("departements", str(code)) for code in rows.index],
            title: [_number(value) for value in rows["value"]],
            _("95% interval"): [_interval(low, high) for low, high in zip(rows["low"], rows["high"], strict=True)],
        }
        | {label: rows[name].map(words.count).to_numpy() for name, label in named.items() if name in rows}
    )


Shown = tuple[pd.DataFrame, list[str], View]


def _rates(view: View, measure: str) -> Shown:
    """The rates, what is to be said of them, and the accidents that they count."""
    part = completeness.extracts(view.data.report)
    whole = tuple(year for year in view.filters.years or view.data.years if year not in part)
    used = view.where(years=whole) if part and whole else view
    rows = used.ask(areas.rates, measure)
    notes = []
    if used is not view:
        notes.append(_("Not counted: {years}, of which the files hold a part only.").format(years=words.years(part)))
    if measure != "lethality":
        notes.append(population.source())
        covered = rows["years"].max()
        if abs(covered - round(covered)) > 2 / 365:
            message = _("The data cover {years:.2f} years: a part of a year counts as its share of the days.")
            notes.append(message.format(years=covered))
    if measure == "severe" and not view.data.simulated:
        years = used.filters.years or view.data.years
        notes += [breaks.explained(item) for item in breaks.concerning(years, {"hospitalised"}, used.filters)]
    return rows, notes, used


def _change(view: View, measure: str) -> Shown | None:
    """The change between two periods of the person's choice; None where there are no two."""
    counted = "killed" if measure == "change-killed" else "accidents"
    years = _comparable(view, injuries=counted == "killed")
    if len(years) < 2:  # before and after
        message = _("A change needs two years whose {what} are known. Import another year on the Data page.")
        st.info(message.format(what=_what(measure)), icon=":material/compare_arrows:")
        return None
    offered = periods(years)
    labels = {code: words.years(run) for code, run in offered.items()}
    after = exploration.option(_("Period"), labels, key="period")
    earlier = {code: label for code, label in labels.items() if not set(offered[code]) & set(offered[after])}
    before_it = [code for code, run in offered.items() if run[-1] < offered[after][0]]
    order = sorted(earlier, key=lambda code: (code not in before_it, len(offered[code]) != len(offered[after])))
    before = exploration.option(_("compared with"), {code: earlier[code] for code in order}, key="before")
    used = view.where(years=(*offered[before], *offered[after]))
    rows = used.ask(areas.change, counted, offered[before], offered[after])
    months = used.ask(areas.common_months, used.filters.years)
    return rows, _notes_of_change(rows, months, labels[before], labels[after]), used


def _comparable(view: View, *, injuries: bool) -> list[int]:
    """The years that are dated and whole, or as good as; with `injuries`, whose people are known."""
    years = view.where(years=()).ask(summary.by_year)
    dated = years[years["first"].notna() & (years["killed"].notna() | (not injuries))]
    part = completeness.extracts(view.data.report)
    return [int(year) for year in dated.index if year not in part]


def _notes_of_change(rows: pd.DataFrame, months: tuple[int, ...], before: str, after: str) -> list[str]:
    """What is compared, and how many changes are more than chance."""
    if not months:
        return [_("No month is recorded wholly in both periods: choose others.")]
    message = _("{after} compared with {before}, cases a day in {months}, the months that both hold wholly.")
    named = _("all months") if len(months) == len(schema.MONTHS) else _months(months)
    notes = [message.format(after=after, before=before, months=named)]
    sure = rows[~areas.small(rows) & rows["value"].notna()]
    clear = int(((sure["low"] > 0) | (sure["high"] < 0)).sum())
    message = _(
        "Of {n} with enough cases, {clear} changed by more than their 95% interval allows for chance; "
        "about {chance} would do so without any change."
    )
    return [*notes, message.format(clear=clear, n=len(sure), chance=round(len(sure) * 0.05))]


def _months(months: tuple[int, ...]) -> str:
    """Months in words: January to September, or each where there are gaps."""
    if len(months) > 2 and months[-1] - months[0] == len(months) - 1:  # a run
        ends = {"first": words.code("month", months[0]), "last": words.code("month", months[-1])}
        return _("{first} to {last}").format(**ends)
    return ", ".join(words.code("month", month) for month in months)


def _map(
    view: View, rows: pd.DataFrame, title: str, *, changes: bool, notes: list[str], chosen: tuple[str, ...]
) -> None:
    shaded = map_areas.shades(rows["value"].where(~rows["small"]), title, around_zero=changes)
    try:
        address = map_borders.address("insets")
    except DataError as error:
        st.warning(str(error), icon=":material/map:")
        address = None
    if address is None:
        figure = map_areas.on_tiles(rows, shaded, chosen)
        notes = [*notes, _("Squares stand for the départements until their borders are downloaded on the Data page.")]
    else:
        figure = map_areas.on_borders(rows, shaded, address, chosen)
        message = _("Upper left: {names}, enlarged. Bottom row: overseas, in the order of their codes.")
        names = ", ".join(schema.DEPARTEMENTS[code] for code in insets.ENLARGED)
        notes = [message.format(names=names), *notes]
    said = [
        _("A click on a département filters by it, a second click shows all."),
        _("Grey: fewer than {n} cases, mostly chance. Without colour: not known.").format(n=areas.MINIMUM),
        _("The strongest shade begins at {top}.").format(top=_number(shaded.top)),
        *notes,
    ]
    exploration.panel(
        view,
        figure,
        table(rows, title),
        key=KEY,
        alt=_("Map of the départements by: {title}").format(title=title),
        note=" ".join(said),
        on_click=_filter,
    )


def _nearly_all_grey(rows: pd.DataFrame) -> None:
    """What to do where hardly any département has enough cases for a value."""
    known = rows["value"].notna()
    enough = int((known & ~rows["small"]).sum())
    if enough < _FEW <= known.sum():
        message = _(
            "{enough} of {n} départements have {least} cases or more: for the others a value is mostly chance. Show "
            "more years, take a filter away, or choose a measure of which there are more cases."
        )
        facts = {"enough": enough, "n": int(known.sum()), "least": areas.MINIMUM}
        st.info(message.format(**facts), icon=":material/filter_alt:")


def _highest(view: View, rows: pd.DataFrame, title: str, *, changes: bool) -> None:
    """The départements with the largest values; a change is the larger the farther from 0 it is."""
    sure = rows[~rows["small"] & rows["value"].notna()]
    order = sure["value"].abs() if changes else sure["value"]
    first = sure.loc[order.sort_values(ascending=False).index[:_HIGHEST]].sort_values("value", ascending=False)
    first = first.assign(label=[filter_form.value_label("departements", str(code)) for code in first.index])
    st.subheader(_("Largest changes") if changes else _("Highest values"))
    exploration.panel(
        view,
        map_areas.highest(first, title, around_zero=changes),
        table(first, title),
        key=f"{KEY}_highest",
        alt=_("The départements with the largest values and their 95% intervals: {title}").format(title=title),
        note=_("Lines are 95% intervals: where two overlap widely, the order of the two may be chance."),
    )


def _go_to(chosen: tuple[str, ...]) -> None:
    """The same as a click, for the keyboard."""
    key = f"{KEY}_go"
    st.session_state[key] = chosen[0] if len(chosen) == 1 else None
    st.selectbox(
        _("Go to département"),
        list(schema.DEPARTEMENTS),
        key=key,
        format_func=lambda code: filter_form.value_label("departements", code),
        placeholder=_("all"),
        on_change=partial(_go, key),
    )


def _go(key: str) -> None:
    code = st.session_state[key]
    filter_form.put({"departements": [] if code is None else [code]})


def _filter() -> None:
    """Filter by the département that was clicked; a click on the only one chosen shows all again."""
    points = st.session_state[KEY]["selection"]["points"]
    if not points:
        return
    code = _code(points[0]["customdata"])
    only = st.session_state.get(filter_form.key("departements")) == [code]
    filter_form.put({"departements": [] if only else [code]})


def _code(given: object) -> str:
    """The code of a clicked département, which a browser sends alone or in a list."""
    return str(given[0]) if isinstance(given, list) else str(given)


def _what(measure: str) -> str:
    return _("people killed") if measure == "change-killed" else _("accidents")


def _words(code: str, row: pd.Series, title: str, *, changes: bool) -> str:
    """What a map says of one département when it is pointed at."""
    name = filter_form.value_label("departements", code)
    lines = [f"<b>{name}</b>", f"{title}: {_number(row['value'])}"]
    if pd.notna(row["value"]):
        lines.append(_("95% interval {interval}").format(interval=_interval(row["low"], row["high"])))
    if changes:
        message = _("cases: {before}, then {after}")
        lines.append(message.format(before=words.count(row["cases_before"]), after=words.count(row["cases"])))
    else:
        lines.append(_("cases: {n}").format(n=words.count(row["cases"])))
    return "<br>".join(lines)


def _number(value: float) -> str:
    return _("not known") if pd.isna(value) else number(value, ",.1f")


def _interval(low: float, high: float) -> str:
    return "–" if pd.isna(low) else _("{low} to {high}").format(low=_number(low), high=_number(high))
