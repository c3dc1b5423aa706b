"""What matters to a model over many accidents, as kept with its checkpoint: nothing is computed here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from data import features
from data.text import _
from models import value_bins
from ui import words
from ui.charts import reasons, reasons_overall
from ui.components import explanation, explanation_answers, plots

if TYPE_CHECKING:
    from models.overall import Overall, View
    from models.registry import Entry

ALL = ""  # classes
_SHOWN = 15
_TELLING = 3  # values


def show(entry: Entry, target: features.Target, target_class: str) -> None:
    """The view that is chosen, of single inputs or groups; where nothing is kept, how to get it.

    Raises: CheckpointError where what is kept is damaged.
    """
    kept = explanation_answers.in_general(entry)
    if kept is None:
        _before(entry)
        return
    with st.container(horizontal=True):
        by = explanation.choose_players("general_by")
        chosen = _choose_class(target, target_class)
    view = kept.overall.groups if by == explanation.GROUPS else kept.overall.inputs
    views: dict[str, Callable[[], None]] = {
        _("Importance"): lambda: _importance(entry, view, by, chosen),
        _("Every accident"): lambda: _beeswarm(entry, view, by, chosen or target_class),
        _("By value"): lambda: _dependence(entry, view, by, chosen or target_class),
        _("Pairs"): lambda: _pairs(view, by, chosen or target_class),
    }
    tabs = st.tabs(list(views), key="general_view", on_change="rerun")
    for tab, draw in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab:
                draw()
    st.caption(about(kept.overall, view))


def about(overall: Overall, view: View) -> str:
    """What was looked at."""
    when = words.period(overall.start, overall.end) if overall.start else _("days not known")
    told = _(
        "Over {n} accidents ({when}), computed once and kept with the checkpoint as means and counts in bins; no "
        "accident is kept. {caution}"
    )
    return told.format(n=words.count(view.rows), when=when, caution=explanation.caution())


def _before(entry: Entry) -> None:
    """A checkpoint of an earlier version: what it has, and how to get the rest."""
    importance = pd.Series((entry.metadata or {}).get("importance", {}), dtype="float64")
    unit = _(str((entry.metadata or {}).get("importance_unit", "")))
    command = words.command(f"models explain {entry.folder} --data FOLDER --global")
    st.info(
        _(
            "This checkpoint keeps no views by class, value or pair: it was made by an earlier version. Have them "
            "computed from official files (`--data processed` takes the imported ones):"
        ),
        icon=":material/history:",
    )
    st.code(command, language="sh")
    kept = importance.sort_values(ascending=False).head(_SHOWN)
    st.caption(_("Over a sample of the latest accidents and all classes, as kept with the checkpoint."))
    figure = reasons.importance(kept.rename(index=words.input_label), unit=unit)
    plots.show(figure, key="importance", alt=_("Mean size of the contribution of the most used inputs"))


def _choose_class(target: features.Target, target_class: str) -> str:
    from data import schema

    classes = [ALL, *schema.values(target)]
    return st.selectbox(
        _("Class"),
        classes,
        index=classes.index(target_class) if target_class in classes else 0,
        format_func=lambda c: words.class_label(target, c) if c else _("All classes"),
        key=f"general_class_{target}",
        persist_state="session",
        width=320,
    )


def _unit(entry: Entry, by: str) -> str:
    own = _(str((entry.metadata or {}).get("importance_unit", "")))
    return _("calibrated probability") if by == explanation.GROUPS else own


def _importance(entry: Entry, view: View, by: str, target_class: str) -> None:
    sizes = pd.DataFrame({c: dict(of) for c, of in view.importance.items()})
    chosen = sizes.mean(axis="columns") if target_class == ALL else sizes[target_class]
    kept = chosen.sort_values(ascending=False).head(_SHOWN).rename(index=lambda p: explanation.player_label(by, str(p)))
    alt = _("Mean size of the contribution of the most used inputs")
    plots.show(reasons.importance(kept, unit=_unit(entry, by)), key="importance", alt=alt)
    st.caption(_("The mean size of the contributions, whether they raise or lower."))


def _beeswarm(entry: Entry, view: View, by: str, target_class: str) -> None:
    if _no_class(target_class):
        return
    spread, rows = view.spreads[target_class], []
    for player, cells in spread.players.items():
        places = _places(player, view.values[player])
        label = explanation.player_label(by, player)
        rows += [(label, spread.middles[b], places[value], n) for value, b, n in cells]
    dots = pd.DataFrame(rows, columns=["label", "contribution", "place", "count"])
    alt = _("Contributions of the most used inputs in single accidents, by value")
    plots.show(reasons_overall.beeswarm(dots, unit=_unit(entry, by)), key="beeswarm", alt=alt)
    st.caption(
        _("A dot is an accident: right of the line the input raised this class, left of it it lowered it. Coloured "
          "from low to high values; grey where values have no order or are unknown.")
    )  # fmt: skip


def _dependence(entry: Entry, view: View, by: str, target_class: str) -> None:
    if by == explanation.GROUPS:
        st.info(_("Groups have no single value. Choose single inputs to see how contributions follow values."))
        return
    if _no_class(target_class):
        return
    spread = view.spreads[target_class]
    # those of many values first: they have more to tell
    players = sorted(spread.players, key=lambda p: len({value for value, _b, _n in spread.players[p]}) < _TELLING)
    player = st.selectbox(_("Input"), players, format_func=words.input_label, key="general_input", width=320)
    cells = pd.DataFrame(
        [(value, spread.middles[b], n) for value, b, n in spread.players[player]],
        columns=["value", "contribution", "count"],
    )
    values = [value_label(player, label) for label in view.values[player]]
    name = words.input_label(player)
    figure = reasons_overall.dependence(cells, values=values, unit=_unit(entry, by), name=name)
    plots.show(figure, key="dependence", alt=_("Contribution of {name} by its value").format(name=name))
    st.caption(
        _("Circles are as large as accidents are many; the line joins their means. A spread above one value tells "
          "that other inputs change what it does.")
    )  # fmt: skip


def _pairs(view: View, by: str, target_class: str) -> None:
    if _no_class(target_class):
        return
    labels = [explanation.player_label(by, name) for name in view.paired]
    sizes = view.pairs[target_class]
    st.markdown(strongest_pair(sizes, labels))
    alt = _("Mean size of the interaction of each two inputs")
    plots.show(reasons_overall.interactions(sizes, labels), key="interactions", alt=alt)
    st.caption(
        _("The mean size, in percentage points of calibrated probability, of what two do together beyond what each "
          "does by itself (Shapley interaction), over {n} accidents.").format(n=words.count(view.pair_rows))
    )  # fmt: skip


def strongest_pair(sizes: np.ndarray, labels: list[str]) -> str:
    """The two that interact most, in a sentence. Shape of `sizes`: (n, n)."""
    if len(labels) < 2 or not sizes.max() > 0:
        return _("No two of them interact.")
    one, other = np.unravel_index(int(np.argmax(sizes)), sizes.shape)
    message = _("**{one}** and **{other}** depend on each other most: {size:.1f} percentage points on average.")
    return message.format(one=labels[one], other=labels[other], size=100 * sizes[one, other])


def value_label(player: str, label: value_bins.Label) -> str:
    """A bin of values in words."""
    if label is None:
        return _("unknown")
    if isinstance(label, tuple):
        low, high = (words.number(edge) for edge in label)
        return low if low == high else f"{low}\N{EN DASH}{high}"
    plain = {
        value_bins.OTHER: _("others"), value_bins.NONE: _("none"), value_bins.SOME: _("some"),
        value_bins.KNOWN: _("known"), value_bins.ALL: _("all"),
    }  # fmt: skip
    if label in plain:
        return plain[label]
    category = next((i.name for i in features.PLAYERS[player] if i.kind == "category"), player)
    return f"{label} {words.code(category, label)}" if category == "departement" else words.code(category, label)


def _places(player: str, labels: tuple[value_bins.Label, ...]) -> list[float]:
    """Where each value lies from the lowest, 0, to the highest, 1; NaN where it has no such place."""
    inputs = features.PLAYERS.get(player, ())
    ordered = any(i.ordered for i in inputs)
    in_order = [x is not None and (ordered or isinstance(x, tuple) or x in (value_bins.NONE, value_bins.SOME))
                for x in labels]  # fmt: skip
    last = max(sum(in_order) - 1, 1)
    ranks = np.cumsum(in_order) - 1
    return [float(rank / last) if there else float("nan") for rank, there in zip(ranks, in_order, strict=True)]


def _no_class(target_class: str) -> bool:
    if target_class == ALL:
        st.info(_("Choose one class to see this view."))
        return True
    return False
