"""Which two sides are compared: periods or areas, kept in the address as codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd
import streamlit as st

from data import compare, population, similar, summary, text
from data.compare import Days, Figures
from data.text import _
from ui import words
from ui.components import cache, exploration
from ui.components.exploration import View

Kind = Literal["periods", "areas"]
_NAMED = 2  # places of a side that are spelt out


@dataclass(frozen=True)
class Side:
    """One side of a comparison: what it is called, and its accidents."""

    name: str
    view: View


@dataclass(frozen=True)
class Sides:
    """What is compared. `days`: the days of the year that count, None for all; `view` holds the years of both sides."""

    kind: Kind
    a: Side
    b: Side
    days: Days | None
    view: View

    @property
    def names(self) -> tuple[str, str]:
        return self.a.name, self.b.name

    @property
    def figures(self) -> tuple[Figures, Figures]:
        """What is counted on each side."""
        return self.a.view.ask(compare.figures, self.days), self.b.view.ask(compare.figures, self.days)


def choose(view: View) -> Sides:
    """The fields of both sides; the page ends here where one of them is empty, saying what to choose."""
    kinds = {"periods": _("Two periods"), "areas": _("Two areas")}
    if len(view.data.years) < 2:
        kinds = {name: kinds[name] for name in ("areas", "periods")}
    kind = exploration.option(_("Compare"), kinds, key="compare", short=True)
    sides = _periods(view) if kind == "periods" else _areas(view)
    if sides is None:
        st.stop()
    for side, figures in zip((sides.a, sides.b), sides.figures, strict=True):
        if not figures.count["accidents"]:
            message = _("No accident is left for {side}. Choose something else for it, or remove a filter.")
            st.info(message.format(side=side.name), icon=":material/filter_alt_off:")
            st.stop()
    if sides.a.view.filters == sides.b.view.filters:
        st.warning(_("Both sides are the same accidents: choose another period or area for one."))
    return sides


def several(label: str, offered: Mapping[str, str], preset: Sequence[str], *, key: str) -> list[str]:
    """Some codes of `offered`, `preset` where the person has chosen none yet; kept in the address as `key`."""
    asked, written = st.query_params.get(key), f"{key}_address"
    if asked is not None and asked != st.session_state.get(written):
        st.session_state[key] = asked.split(",")
    st.session_state[key] = [code for code in st.session_state.get(key, preset) if code in offered]
    chosen = st.multiselect(
        label, list(offered), key=key, format_func=offered.get, placeholder=_("choose"), persist_state="session"
    )
    _remember(key, ",".join(chosen))
    return chosen


def months(preset: tuple[int, int], *, key: str) -> tuple[int, ...]:
    """A run of months, its first and last kept in the address as `key`_from and `key`_to."""
    with st.container(horizontal=True):
        first = _month(_("From"), range(1, 13), preset[0], key=f"{key}_from")
        last = _month(_("To the end of"), range(first, 13), preset[1], key=f"{key}_to")
    return tuple(range(first, last + 1))


def _month(label: str, offered: range, preset: int, *, key: str) -> int:
    asked = st.query_params.get(key)
    if asked in map(str, offered) and asked != st.session_state.get(f"{key}_address"):
        st.session_state[key] = int(str(asked))
    elif st.session_state.get(key) not in offered:
        st.session_state[key] = preset if preset in offered else offered[-1]
    named = {"format_func": lambda month: words.code("month", month), "persist_state": "session"}
    chosen = int(st.selectbox(label, offered, key=key, **named))
    _remember(key, str(chosen))
    return chosen


def residents(view: View) -> View | None:
    """The accidents of a side where the number of inhabitants is known; None where it is nowhere."""
    people = population.inhabitants().dropna()
    places = view.filters.departements or tuple(str(code) for code in cache.occurring(view.data)["departements"])
    known = tuple(code for code in places if code in people.index)
    return view.where(departements=known) if known else None


def _periods(view: View) -> Sides | None:
    years = {str(year): str(year) for year in sorted(view.data.years)}
    preset, spans = _preset(view)
    chosen = {}
    with st.container(horizontal=True, gap="large"):
        for side, label in (("a", _("First period")), ("b", _("Second period"))):
            with st.container(width=340):
                of = several(label, years, preset[side], key=f"{side}_years")
                run = months(spans[side], key=side)
            chosen[side] = tuple(int(year) for year in of), run
    if view.filters.years:
        st.caption(_("The years of the sidebar do not apply here: each period has its own. All other filters do."))
    if not all(of for of, _run in chosen.values()):
        st.info(_("Choose at least one year for each period."), icon=":material/event:")
        return None
    both = view.where(years=tuple({*chosen["a"][0], *chosen["b"][0]}))
    found = {}
    for side, (of, run) in chosen.items():
        left = tuple(m for m in run if not view.filters.months or m in view.filters.months)
        if not left:
            st.info(_("The months of the sidebar and those of a period have none in common: change one of them."))
            return None
        found[side] = Side(_period_name(of, run), view.where(years=of, months=left if len(left) < 12 else ()))
    days = None
    if chosen["a"][1] == chosen["b"][1]:
        days = compare.common_days(both.ask(summary.by_year))
    return Sides("periods", found["a"], found["b"], days, both)


def _preset(view: View) -> tuple[dict[str, list[str]], dict[str, tuple[int, int]]]:
    """The last year, or the last that the sidebar shows, against the year before; the halves of an only year."""
    years = sorted(view.data.years)
    last = max((year for year in view.filters.years if year in years), default=years[-1])
    before = max((year for year in years if year < last), default=last)
    halves = last == before
    spans = {"a": (7, 12) if halves else (1, 12), "b": (1, 6) if halves else (1, 12)}
    return {"a": [str(last)], "b": [str(before)]}, spans


def _areas(view: View) -> Sides | None:
    occurring = [str(code) for code in cache.occurring(view.data)["departements"]]
    offered = {code: f"{code} {words.code('departement', code)}" for code in occurring}
    everywhere = view.where(departements=())
    counts = everywhere.ask(summary.casualties_by, "departement")["accidents"].sort_values(ascending=False)
    most = [str(code) for code in counts.index[:2]]
    with st.container(horizontal=True, gap="large"):
        with st.container(width=340):
            own = several(_("Area"), offered, list(view.filters.departements) or most[:1], key="a_places")
        with st.container(width=340):
            against = exploration.option(
                _("Against"),
                {
                    "rest": _("France without it"),
                    "similar": _("Similar départements"),
                    "chosen": _("Chosen départements"),
                },
                key="against",
            )
            other = [code for code in most if code not in own][:1]
            if against == "chosen":
                other = several(_("Départements"), offered, other, key="b_places")
    if view.filters.departements:
        st.caption(_("The départements of the sidebar do not apply here: each area has its own. All other filters do."))
    if not own or (against == "chosen" and not other):
        st.info(_("Choose at least one département for each area."), icon=":material/map:")
        return None
    if against == "rest":
        name = _("France without {area}").format(area=_places(own))
        other = [code for code in occurring if code not in own]
    elif against == "similar":
        other = _resembling(everywhere, own)
        name = _("{n} similar départements").format(n=len(other))
    else:
        name = _places(other)
    if not other:
        st.info(_("There is nothing to compare with: import more départements, or choose another area."))
        return None
    sides = [Side(label, view.where(departements=tuple(of))) for label, of in ((_places(own), own), (name, other))]
    return Sides("areas", sides[0], sides[1], None, everywhere)


def _resembling(view: View, own: Sequence[str]) -> list[str]:
    """The départements most similar to some, listed with what makes them so."""
    years = replace(view, filters=type(view.filters)(years=view.filters.years))  # not of a part of the accidents
    table = years.ask(similar.criteria)
    found = similar.nearest(table, own)
    if found.empty:
        st.info(_("Too little is known of this area to find similar ones: choose another, or compare it with France."))
        return []
    st.caption(
        _(
            "Similar are the {n} départements nearest in inhabitants and in the shares of accidents in built-up areas, "
            "on motorways and on departmental roads, each measured in standard deviations over all départements."
        ).format(n=len(found))
    )
    with st.expander(_("Which they are, and why"), key="similar_why"):
        shown = pd.concat([table.loc[[code for code in own if code in table.index]], found])
        st.dataframe(criteria_table(shown), hide_index=True, key="similar_table")
        st.caption(population.source())
    return [str(code) for code in found.index]


def criteria_table(table: pd.DataFrame) -> pd.DataFrame:
    """What départements are compared by, in words. `table`: as by `similar.criteria`, with `distance` where found."""
    labels = {
        "inhabitants": _("Inhabitants"),
        "built_up": _("Accidents in built-up areas"),
        "motorways": _("On motorways"),
        "departmental": _("On departmental roads"),
    }
    shown = pd.DataFrame({_("Département"): [f"{code} {words.code('departement', code)}" for code in table.index]})
    for name, label in labels.items():
        form = words.count if name == "inhabitants" else _share
        shown[label] = [form(value) for value in table[name]]
    shown[_("Distance")] = [_("the area itself") if pd.isna(d) else text.number(d, ".2f") for d in table["distance"]]
    return shown


def _share(value: float) -> str:
    return _("not known") if pd.isna(value) else words.percent(value)


def _places(codes: Iterable[str]) -> str:
    named = [words.code("departement", code) for code in codes]
    return ", ".join(named[:_NAMED]) + (f" +{len(named) - _NAMED}" if len(named) > _NAMED else "")


def _period_name(years: Sequence[int], run: Sequence[int]) -> str:
    if len(run) == 12:
        return words.years(list(years))
    ends = [words.code("month", month) for month in (run[0], run[-1])]
    return f"{ends[0] if len(run) == 1 else '–'.join(ends)} {words.years(list(years))}"


def _remember(key: str, text: str) -> None:
    st.session_state[f"{key}_address"] = text
    if text:
        st.query_params[key] = text
    elif key in st.query_params:
        del st.query_params[key]
