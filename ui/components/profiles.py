"""Kinds of accidents in words, with how they end, how they change, and filters that come near them."""

from __future__ import annotations

from dataclasses import fields

import pandas as pd
import streamlit as st

from data import breaks, statistics, text
from data.filters import USERS, Filters, Value
from data.text import N_, _
from models import profiles
from models.profiles import Kind, Profiles
from ui import words
from ui.charts import profiles as charts
from ui.components import compare_limits, exploration, filter_form
from ui.components.exploration import View

_PAGE = "pages/explore/overview.py"
_NUMBER, _FOUND, _OF, _LEAVE = "kinds", "kinds_found", "kinds_found_of", "kinds_leave"
_NAMED = 3  # what a kind has more of, in its name
_TOLD = 6  # and in its description
# groups of values by the first of each
_GROUPS: dict[tuple[str, Value], str] = {
    ("hour", 0): N_("20:00–5:59"),
    ("hour", 6): N_("6:00–9:59"),
    ("hour", 10): N_("10:00–15:59"),
    ("hour", 16): N_("16:00–19:59"),
    ("speed_limit", 10): N_("30 km/h or less"),
    ("speed_limit", 35): N_("35–50 km/h"),
    ("speed_limit", 55): N_("55–80 km/h"),
    ("speed_limit", 85): N_("85 km/h or more"),
}


def find(view: View) -> Profiles:
    """The kinds that the person asked for; the page ends here until then, and where there are too few accidents."""
    if st.session_state.pop(_LEAVE, False):
        st.switch_page(_PAGE)
    st.markdown(
        _(
            "Accidents that happen in similar conditions form a kind: at similar hours, on similar roads, with similar "
            "users. How serious they are takes no part in it, so that it can be compared between kinds."
        )
    )
    if view.accidents < profiles.FEWEST:
        message = _("The filters leave {left} accidents; kinds need at least {n}. Remove a filter.")
        st.info(message.format(left=view.accidents, n=profiles.FEWEST), icon=":material/filter_alt_off:")
        st.stop()
    numbers = {"proposed": _("as proposed"), **{str(n): str(n) for n in profiles.NUMBERS}}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=200):
            number = exploration.option(_("Number of kinds"), numbers, key=_NUMBER)
        pressed = st.button(_("Find kinds of accidents"), type="primary", icon=":material/category:", key="kinds_find")
    if not _asked(view, pressed):
        st.caption(_("It takes some seconds, and is kept for these filters."))
        st.stop()
    with st.spinner(_("Looking for kinds of accidents …")):
        if number == "proposed":
            number = str(profiles.best(view.ask(profiles.quality)))
        return view.ask(profiles.profiles, int(number))


def overview(view: View, found: Profiles) -> None:
    """All kinds beside each other."""
    st.header(_("{n} kinds of accidents").format(n=len(found.kinds)))
    table = measured(found)
    exploration.panel(
        view,
        charts.kinds(table),
        in_words(table, found),
        key="profiles-kinds",
        alt=_("Share of accidents, share killing or hospitalising and people killed per 100 accidents of each kind"),
        note=_("Lines are 95% intervals. The kinds were learnt from {n} accidents, evenly taken.").format(
            n=words.count(found.learnt)
        ),
    )
    if found.left_out:
        message = _("{n} accidents are left out: fewer than {known} of their conditions are known.")
        st.caption(":material/help: " + message.format(n=words.count(found.left_out), known=profiles.KNOWN))


def each(view: View, found: Profiles) -> None:
    """Each kind in words, with a typical accident and the filters that come near it."""
    for place, (name, kind) in enumerate(zip(names(found), found.kinds, strict=True)):
        with st.container(border=True):
            st.subheader(name, anchor=False)
            st.markdown(description(kind, found))
            st.caption(_("A typical accident: {conditions}.").format(conditions=typical(kind)))
            st.button(
                _("Show these on the other pages"),
                key=f"kinds_show_{place}",
                icon=":material/filter_alt:",
                on_click=_show,
                args=(kind.nearest.filters,),
            )
            new = [item for item in kind.nearest.filters.active() if getattr(view.filters, item[0]) != item[1]]
            message = _(
                "An approximation: sets {filters}. This keeps {kept} of the kind, and {pure} of what is then shown "
                "belongs to it."
            )
            st.caption(
                message.format(
                    filters="; ".join(filter_form.described(*item) for item in new) or _("no further filter"),
                    kept=text.number(kind.nearest.kept, ".0%"),
                    pure=text.number(kind.nearest.pure, ".0%"),
                )
            )


def change(view: View, found: Profiles) -> None:
    """The share of each kind over the years."""
    st.header(_("Over the years"))
    table = pd.DataFrame({name: kind.years * 100 for name, kind in zip(names(found), found.kinds, strict=True)})
    between = breaks.between(int(year) for year in table.index)
    compare_limits.warned([item for item in between if set(item.columns) & {*profiles.COLUMNS, *USERS}])
    drawn = table.set_axis([f"{n}. {_first(kind)}" for n, kind in enumerate(found.kinds, start=1)], axis="columns")
    exploration.panel(
        view,
        charts.years(drawn),
        table.round(1).reset_index(names=_("Year")).astype({_("Year"): "str"}),
        key="profiles-years",
        alt=_("Share of each kind among the accidents of each year"),
        note=_("Share of the accidents of each year (%); what was recorded in another way can move it."),
    )


def number(view: View) -> None:
    """Why so many kinds are proposed; looked at only when opened."""
    label = _("How many kinds: how well each number does")
    box = st.expander(label, key="kinds_quality", on_change="rerun", icon=":material/rule:")
    if not box.open:
        return
    with (
        box,
        st.spinner(_("Trying {first} to {last} kinds …").format(first=profiles.NUMBERS[0], last=profiles.NUMBERS[-1])),
    ):
        table = view.ask(profiles.quality)
        message = _(
            "Proposed: the best separated among the numbers that are found again with other random starts (agreement "
            "of at least {stable}); where there is none, the number found again best. You may choose any other."
        )
        st.markdown(message.format(stable=profiles.STABLE))
        exploration.panel(
            view,
            charts.quality(table),
            pd.DataFrame(
                {
                    _("Number of kinds"): list(table.index),
                    _("Separation (silhouette, -1 to 1)"): table["silhouette"].round(3).to_numpy(),
                    _("Found again (adjusted Rand, 0 to 1)"): table["stability"].round(3).to_numpy(),
                    _("Proposed"): [_("yes") if chosen else "" for chosen in table["chosen"]],
                }
            ),
            key="profiles-quality",
            alt=_("Separation and repeatability of each number of kinds"),
        )


def names(found: Profiles) -> list[str]:
    """What the kinds are called: their number and what they have most more of."""
    return [f"{place}. {_called(kind)}" for place, kind in enumerate(found.kinds, start=1)]


def measured(found: Profiles) -> pd.DataFrame:
    """Of each kind its `share` and `severe` share of accidents (%), `lethality` (killed per 100), with intervals."""
    rows = []
    for kind in found.kinds:
        outcome = kind.outcome
        severe = _ratio(outcome.severe, outcome.rated)
        low, high = (float(bound) * 100 for bound in statistics.share_interval(outcome.severe, outcome.rated))
        row = {
            "share": kind.accidents / found.accidents * 100,
            "severe": severe,
            "severe_low": low,
            "severe_high": high,
        }
        fewest, most = (float(bound) for bound in statistics.count_interval(outcome.killed))
        row |= {"lethality": _ratio(outcome.killed, outcome.known)}
        row |= {"lethality_low": _ratio(fewest, outcome.known), "lethality_high": _ratio(most, outcome.known)}
        rows.append(row)
    return pd.DataFrame(rows, index=names(found))


def in_words(table: pd.DataFrame, found: Profiles) -> pd.DataFrame:
    """The kinds as a table. `table`: as by `measured`."""
    return pd.DataFrame(
        {
            _("Kind"): list(table.index),
            _("Accidents"): [kind.accidents for kind in found.kinds],
            _("Share of accidents (%)"): table["share"].round(1).to_numpy(),
            _("Killing or hospitalising (%)"): table["severe"].round(1).to_numpy(),
            _("Killing or hospitalising, from"): table["severe_low"].round(1).to_numpy(),
            _("Killing or hospitalising, to"): table["severe_high"].round(1).to_numpy(),
            _("Killed per 100 accidents"): table["lethality"].round(2).to_numpy(),
            _("Killed per 100, from"): table["lethality_low"].round(2).to_numpy(),
            _("Killed per 100, to"): table["lethality_high"].round(2).to_numpy(),
        }
    )


def description(kind: Kind, found: Profiles) -> str:
    """A kind in sentences: how frequent it is, what it has more of, how it ends beside all accidents."""
    said = _("{share} of the accidents ({n}).").format(
        share=words.percent(kind.accidents / found.accidents), n=words.count(kind.accidents)
    )
    over = [
        _("{what} ({share}, {lift} times as frequent)").format(
            what=_with_name(row.column, row.value),
            share=text.number(row.share, ".0%"),
            lift=text.number(row.lift, ".1f"),
        )
        for row in kind.over.head(_TOLD).itertuples()
    ]
    if over:
        said += " " + _("More than in all accidents: {list}.").format(list="; ".join(over))
    outcome = kind.outcome
    if not outcome.rated:
        return said + " " + _("How serious they are is not known.")
    low, high = (float(bound) for bound in statistics.share_interval(outcome.severe, outcome.rated))
    every = [one.outcome for one in found.kinds]
    message = _("**{share}** kill or hospitalise somebody (95% interval {low} to {high}; of all accidents {every})")
    said += " " + message.format(
        share=words.percent(outcome.severe / outcome.rated),
        low=words.percent(low),
        high=words.percent(high),
        every=words.percent(sum(one.severe for one in every) / sum(one.rated for one in every)),
    )
    if outcome.known:
        fewest, most = (float(bound) / outcome.known * 100 for bound in statistics.count_interval(outcome.killed))
        message = _("; **{n}** people are killed per 100 accidents ({low} to {high}; of all {every})")
        mean = outcome.killed / outcome.known * 100
        all_of_them = sum(one.killed for one in every) / sum(one.known for one in every) * 100
        said += message.format(
            n=text.number(mean, ".1f"),
            low=text.number(fewest, ".1f"),
            high=text.number(most, ".1f"),
            every=text.number(all_of_them, ".1f"),
        )
    return said + "."


def typical(kind: Kind) -> str:
    """The conditions of the accident that has most in common with the others of its kind."""
    said = []
    for column, value in kind.typical.items():
        if isinstance(value, tuple):
            said.append(", ".join(words.input_label(name).lower() for name in value))
        elif column == "hour" and value is not None:
            said.append(f"{value}:00–{value}:59")
        elif column == "speed_limit" and value is not None:
            said.append(f"{value} km/h")
        elif value is not None:
            said.append(_with_name(column, value))
    return "; ".join(part for part in said if part)


def _asked(view: View, pressed: bool) -> bool:
    """Whether to look for kinds now: where it was asked for these accidents, or by the address this page opens with."""
    now = (view.data.version, view.filters)
    if pressed or (_OF not in st.session_state and st.query_params.get(_FOUND) == "yes"):
        st.session_state[_OF] = now
    asked = bool(st.session_state.get(_OF) == now)
    if asked:
        st.query_params[_FOUND] = "yes"
    elif _FOUND in st.query_params:
        del st.query_params[_FOUND]
    return asked


def _first(kind: Kind) -> str:
    return next((_value(row.column, row.value) for row in kind.over.head(1).itertuples()), _("Nothing in particular"))


def _called(kind: Kind) -> str:
    told = [_value(row.column, row.value) for row in kind.over.head(_NAMED).itertuples()]
    return " · ".join(told) or _("Nothing in particular")


def _value(column: str, value: Value) -> str:
    if (column, value) in _GROUPS:
        return _(_GROUPS[column, value])
    return words.input_label(str(value)) if column == "users" else words.code(column, value)


def _with_name(column: str, value: Value) -> str:
    if column in ("users", "hour", "built_up", "speed_limit"):
        return _value(column, value)
    label = _("Collision type") if column == "collision" else words.input_label(column)
    return words.named(label, _value(column, value))


def _show(filters: Filters) -> None:
    """Set the filters, in a callback; the next run of this page, which cannot leave earlier, goes to the first page."""
    filter_form.put({item.name: getattr(filters, item.name) for item in fields(filters)})
    st.session_state[_LEAVE] = True


def _ratio(part: float, whole: int) -> float:
    return part / whole * 100 if whole else float("nan")
