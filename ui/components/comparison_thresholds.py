"""One event looked for by a threshold: curves of all models, what the threshold finds and misses, what that costs.

Moving the threshold or a cost runs this part alone, on probabilities that are sorted already.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from data.text import _
from models import thresholds
from models.thresholds import Costs, Point, Ranked
from ui import words
from ui.charts import comparison as matrices
from ui.components import exploration, notices
from ui.components.comparison_answers import Compared
from ui.components.comparison_curves import PER, axes, cost, curve, event_label, rankings, reliability

_STEP = 0.005
_THRESHOLD, _MISS, _FALSE_ALARM = "threshold", "cost_miss", "cost_false_alarm"
_FEW = 30  # events below which no curve says much
_WIDE = 470  # pixels: two figures beside each other where there is room


@dataclass(frozen=True)
class Setting:
    """The event, its name, and what the person set."""

    event: str
    label: str
    threshold: float
    costs: Costs


def show(compared: Compared) -> None:
    """The event, then curves, costs and confusion at the threshold."""
    offered = {name: event_label(compared.target, name) for name in thresholds.events(compared.target)}
    event = exploration.option(_("Event to find"), offered, key=f"event_{compared.target}")
    ranked = rankings(compared, event)
    events = next(iter(ranked.values())).events
    message = _("{n} of the {all} accidents have it ({share}).")
    facts = {"n": words.count(events), "all": words.count(len(compared.sample))}
    st.markdown(message.format(**facts, share=words.percent(events / len(compared.sample))))
    if events < _FEW:
        message = _("Only {n} of these accidents have the event: the figures below are mostly chance.")
        st.warning(message.format(n=events), icon=":material/warning:")
    _panel(compared, event)
    reliability(compared, event, offered[event])


@st.fragment
def _panel(compared: Compared, event: str) -> None:
    ranked = rankings(compared, event)
    setting = _settings(event, event_label(compared.target, event))
    if setting is None:
        return
    points = {model: one.at(setting.threshold) for model, one in ranked.items()}
    _said(compared, setting, ranked[compared.lead])
    st.table(at_threshold(ranked, setting))
    st.caption(
        _("Cost: {miss} for each accident missed and {alarm} for each false alarm, for {per} accidents.").format(
            miss=words.number(setting.costs.miss), alarm=words.number(setting.costs.false_alarm), per=words.count(PER)
        )
    )
    with st.expander(_("What would have cost least")):
        st.table(in_hindsight(ranked, setting))
        st.caption(
            _("The threshold that would have cost least on these very accidents: known afterwards, so it flatters.")
        )
    row = st.container(horizontal=True)
    for name in axes():
        with row.container(width=_WIDE):
            curve(compared, name, ranked, points, setting.label)
    with row.container(width=_WIDE):
        cost(compared, ranked, points, setting.label, setting.threshold, setting.costs)
    _confusion(compared, points, setting)


def _settings(event: str, label: str) -> Setting | None:
    """The costs and the threshold; None where the costs allow none, which is then said."""
    row = st.container(horizontal=True, vertical_alignment="bottom")
    with row.container(width=180):
        miss = st.number_input(_("Cost of a missed one"), 0.0, 1e6, 10.0, 1.0, key=_MISS, bind="query-params")
    with row.container(width=180):
        alarm = st.number_input(_("Cost of a false alarm"), 0.0, 1e6, 1.0, 1.0, key=_FALSE_ALARM, bind="query-params")
    if not miss and not alarm:
        st.info(_("Give at least one of the two a cost: otherwise no threshold is better than another."))
        return None
    costs = Costs(float(miss), float(alarm))
    with row.container(width=330):
        if _THRESHOLD not in st.session_state and not _asked():
            st.session_state[_THRESHOLD] = _rounded(costs.threshold)
        threshold = st.slider(
            _("Flag from this probability on"),
            0.0,
            1.0,
            step=_STEP,
            format="%.3f",
            key=_THRESHOLD,
            bind="query-params",
            help=_("{event}: an accident is flagged where a model gives it at least this probability.").format(
                event=label
            ),
        )
    with row.container(width="content"):
        st.button(
            _("Best for these costs"),
            icon=":material/balance:",
            on_click=_take,
            args=(_rounded(costs.threshold),),
            disabled=math.isclose(threshold, _rounded(costs.threshold)),
        )
    return Setting(event, label, float(threshold), costs)


def _asked() -> bool:
    """Whether the address holds a threshold that the slider can take over."""
    try:
        return 0 <= float(st.query_params.get(_THRESHOLD, "")) <= 1
    except ValueError:
        return False


def _take(threshold: float) -> None:
    st.session_state[_THRESHOLD] = threshold


def _rounded(threshold: float) -> float:
    """The nearest threshold that the slider has."""
    return round(round(threshold / _STEP) * _STEP, 3)


def _said(compared: Compared, setting: Setting, ranked: Ranked) -> None:
    """What the threshold gives, and what the one that the costs call for would give, by the leading model."""
    lead, best = notices.literal(compared.lead), ranked.at(setting.costs.threshold)
    now = ranked.at(setting.threshold)
    message = _(
        "{model}, **from {threshold} on**: {flagged} accidents flagged ({share}), {found} of {events} found, {alarms} "
        "false alarms; cost **{cost}** for {per} accidents."
    )
    st.markdown(message.format(model=lead, **_facts(now, setting)))
    message = _(
        "For these costs flagging pays **from {threshold} on**, as far as probabilities are as they say: then "
        "{flagged} flagged ({share}), {found} of {events} found, {alarms} false alarms; cost **{cost}**. Flagging none "
        "costs {none}, flagging all {all}."
    )
    none, everything = ranked.at(math.inf), ranked.at(-math.inf)
    ends = {"none": _cost(none, setting), "all": _cost(everything, setting)}
    st.markdown(message.format(**_facts(best, setting), **ends))


def _facts(point: Point, setting: Setting) -> dict[str, str]:
    return {
        "threshold": words.percent(point.threshold),
        "flagged": words.count(point.flagged),
        "share": words.percent(point.flagged_share),
        "found": words.count(point.found),
        "events": words.count(point.found + point.missed),
        "alarms": words.count(point.false_alarms),
        "cost": _cost(point, setting),
        "per": words.count(PER),
    }


def _cost(point: Point, setting: Setting) -> str:
    return words.number(round(point.cost(setting.costs) * PER, 1))


def at_threshold(ranked: Mapping[str, Ranked], setting: Setting) -> pd.DataFrame:
    """A row for each model: what the threshold does, and what it costs."""
    rows = {}
    for model, one in ranked.items():
        point = one.at(setting.threshold)
        rows[model] = {
            _("Flagged"): f"{words.count(point.flagged)} ({words.percent(point.flagged_share)})",
            _("Found"): _share(point.found, point.recall),
            _("Missed"): words.count(point.missed),
            _("False alarms"): _share(point.false_alarms, point.false_alarm_rate),
            _("Cost"): _cost(point, setting),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(_("Model"))


def in_hindsight(ranked: Mapping[str, Ranked], setting: Setting) -> pd.DataFrame:
    """A row for each model: the threshold that would have cost least, and what it does."""
    rows = {}
    for model, one in ranked.items():
        point = one.cheapest(setting.costs)
        rows[model] = {
            _("Threshold"): _("flag none") if math.isinf(point.threshold) else words.percent(point.threshold),
            _("Flagged"): f"{words.count(point.flagged)} ({words.percent(point.flagged_share)})",
            _("Found"): _share(point.found, point.recall),
            _("Right of the flagged"): "–" if math.isnan(point.precision) else words.percent(point.precision),
            _("Cost"): _cost(point, setting),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(_("Model"))


def _share(count: int, share: float) -> str:
    return f"{words.count(count)} (–)" if math.isnan(share) else f"{words.count(count)} ({words.percent(share)})"


def _confusion(compared: Compared, points: Mapping[str, Point], setting: Setting) -> None:
    chosen = exploration.option(
        _("Confusion at the threshold of"), {m: m for m in points}, key=f"confusion_{compared.target}"
    )
    point = points[chosen]
    counts = np.array([[point.found, point.missed], [point.false_alarms, point.left_alone]])
    truth = [_("It happened"), _("It did not")]
    figure = matrices.confusion(counts, truth, counted=True, predicted=[_("Flagged"), _("Not flagged")])
    table = pd.DataFrame(counts, columns=[_("Flagged"), _("Not flagged")])
    table.insert(0, setting.label, truth)
    exploration.panel(
        compared.view,
        figure,
        table,
        key="comparison-threshold-confusion",
        alt=_("Share and number of accidents flagged by {model}, with and without the event").format(model=chosen),
        source=compared.source,
    )
