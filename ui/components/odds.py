"""Odds ratios beside each other: raw, and adjusted for the other conditions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from data import conditions
from data.conditions import CONDITIONS, Value
from data.errors import DataError
from data.text import _
from ui import condition_words, words
from ui.charts import conditions as charts
from ui.components import exploration
from ui.components.compare_choice import several
from ui.components.exploration import View

if TYPE_CHECKING:
    from models.odds import Odds

# an accident has several users and is in one hour of one part of the day: `mix` and `period` stand for them
OFFERED = tuple(name for name in CONDITIONS if name not in ("users", "hour"))
# the kind of collision is a part of the outcome rather than a cause of it
PRESET = tuple(name for name in OFFERED if name not in ("collision", "period"))
# where fewer accidents are left it is said why
_MOST = 0.9
_INSTEAD = {"users": "mix", "hour": "period"}


def section(view: View, measure: str, condition: str, reference: Value | None) -> None:
    """Raw and adjusted odds ratios of the chosen condition, and what they can and cannot say."""
    st.header(_("Adjusted for the other conditions"))
    offered = {name: condition_words.name(name) for name in OFFERED}
    chosen = several(_("Taken into account"), offered, PRESET, key="adjust")
    shown = _INSTEAD.get(condition, condition)
    together = tuple(dict.fromkeys((*chosen, shown)))
    outcome = "serious" if measure == "serious" else "killed"
    compared = (shown, reference) if shown == condition and reference is not None else None
    try:
        from models import odds

        with st.spinner(_("Adjusting …")):
            found = view.ask(odds.ratios, together, outcome, compared)
    except DataError as error:
        st.info(str(error), icon=":material/info:")
        return
    if found.table.empty or shown in found.dropped:
        message = _("There are too few accidents, or too few serious ones, to compare {condition}; widen the filters.")
        st.info(message.format(condition=offered[shown].lower()), icon=":material/info:")
        return
    frame = labelled(found.table)
    own = frame[frame["condition"] == shown]
    alt = _("Odds ratios by {condition}, raw and adjusted, as a forest plot on a logarithmic axis").format(
        condition=offered[shown].lower()
    )
    others = [offered[name] for name in together if name != shown]
    lost = [scarce(view, [name for name in together if name not in found.dropped])] if _much_lost(found) else []
    note = " ".join([*_notes(found, outcome, offered[shown], others), *lost])
    exploration.panel(view, charts.odds(own, outcome), table(frame), key="condition-odds", alt=alt, note=note)
    _reading()


def scarce(view: View, names: Sequence[str]) -> str:
    """Which condition is known of the fewest accidents: leaving it out brings most of them back."""
    known = {name: int(view.ask(conditions.outcomes, name)["known"].sum()) for name in names}
    fewest = min(known, key=lambda name: known[name])
    message = _("Least often known: {condition}, of {share} of the accidents.")
    share = words.percent(known[fewest] / view.ask(conditions.whole)["known"])
    return message.format(condition=condition_words.name(fewest).lower(), share=share)


def _much_lost(found: Odds) -> bool:
    return found.accidents < _MOST * found.total


def labelled(found: pd.DataFrame) -> pd.DataFrame:
    """The table of odds ratios with a column `label`: each value in words."""
    pairs = zip(found["condition"], found["value"], strict=True)
    return found.assign(label=[condition_words.value(name, value) for name, value in pairs])


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """The odds ratios of all conditions in words; a reference has no interval."""
    kinds = {"raw": _("Raw"), "adjusted": _("Adjusted")}
    ratios = {
        said.format(kind=label): frame[f"{kind}{end}"].round(3)
        for kind, label in kinds.items()
        for end, said in (("", _("{kind}")), ("_low", _("{kind}, lowest")), ("_high", _("{kind}, highest")))
    }
    return pd.DataFrame(
        {
            _("Condition"): [condition_words.name(name) for name in frame["condition"]],
            _("Value"): frame["label"],
            _("Reference"): [_("yes") if is_it else _("no") for is_it in frame["reference"]],
            _("Accidents"): frame["known"],
            _("Cases"): frame["cases"],
            **ratios,
        }
    )


def _notes(found: Odds, outcome: str, shown: str, others: Sequence[str]) -> list[str]:
    said = {"serious": _("somebody killed or hospitalised"), "killed": _("somebody killed")}
    if others:
        message = _("Odds of {outcome} by {condition}, adjusted for: {names}.")
    else:
        message = _("Odds of {outcome} by {condition}; nothing else is taken into account, so both are the same.")
    notes = [message.format(outcome=said[outcome], condition=shown.lower(), names=", ".join(others))]
    message = _("{n} of {total} accidents ({share}): those described in all of these, without values that are rare.")
    share = words.percent(found.accidents / found.total)
    notes.append(message.format(n=words.count(found.accidents), total=words.count(found.total), share=share))
    if found.dropped:
        message = _("Not taken into account, as there is nothing to compare: {names}.")
        notes.append(message.format(names=", ".join(condition_words.name(name) for name in found.dropped)))
    notes.append(_("Lines: 95% intervals."))
    return notes


def _reading() -> None:
    """What such ratios can and cannot say."""
    with st.expander(_("How to read this")):
        st.markdown(
            _(
                "- **Raw** compares accidents as they are. **Adjusted** compares accidents that are alike in the other "
                "conditions taken into account, by a logistic regression. Where both differ, the conditions go "
                "together: lighted streets lie in towns, where speeds are low.\n"
                "- **Associated, not caused.** What is not in the files (speed driven, alcohol, traffic, age of cars) "
                "cannot be taken into account, and conditions such as speed limit, road class and place say much the "
                "same: taking one away changes the others.\n"
                "- **Given an injury accident.** Only accidents with an injury are in the files. A ratio below 1 says "
                "that accidents end less badly there, not that there are fewer of them.\n"
                "- **Odds are not risks.** Where the outcome is common, as people hospitalised are, an odds ratio lies "
                "further from 1 than the ratio of risks above."
            )
        )
