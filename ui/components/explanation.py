"""Why one model gives the described accident its answer, and what matters to it over all accidents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from data import features
from data.text import _
from models.base import Explanation
from ui import words
from ui.charts import reasons
from ui.components import cache, explanation_answers, notices, plots, prediction, target_choice

if TYPE_CHECKING:
    from models.registry import Entry

INPUTS, GROUPS = "inputs", "groups"
SHOWN = 12
_STRONGEST = 3
_CHAMPION = ""  # in place of a name


@dataclass(frozen=True)
class Choice:
    """What the page explains: `entry` is None without a model, `target_class` is empty without an accident."""

    target: features.Target
    entry: Entry | None
    target_class: str
    unreadable: list[Entry]


def choose(values: Mapping[str, object] | None) -> Choice:
    """Question, model (the champion first) and class (the most likely first), side by side.

    Raises: DataError for a value that is not possible; CheckpointError where the chosen model is damaged.
    """
    from models import registry

    with st.container(horizontal=True):
        target = target_choice.choose(_("What is explained"), key="explain_target")
        entries = registry.entries(target)
        unreadable = [e for e in entries if not e.metadata]
        entry = _choose_model(target, [e for e in entries if e.metadata])
        target_class = ""
        if entry is not None and values is not None:
            target_class = _choose_class(target, cache.probabilities(entry, values))
    if entry is None:
        notices.no_model(target)
    return Choice(target, entry, target_class, unreadable)


def described_accident(values: Mapping[str, object]) -> None:
    """The described accident in one line, and the way back to its form."""
    known = sum(value is not None for value in values.values())
    with st.expander(_("The described accident: {n} inputs known").format(n=known)):
        st.markdown(" · ".join(told(values)) or _("Everything is unknown."))
        st.page_link(notices.PREDICTION_PAGE, label=_("Change it"), icon=":material/edit:")


def show(entry: Entry, target: features.Target, values: Mapping[str, object], target_class: str) -> None:
    """The strongest reasons in words, the waterfall, and the rules of this explanation, by input or by group.

    Raises: DataError for a value that is not possible; CheckpointError; NotAdditive.
    """
    name = words.class_label(target, target_class)
    share = words.percent(cache.probabilities(entry, values)[target_class])
    message = _("{model} gives **{name}** a probability of **{share}**.")
    st.markdown(message.format(model=prediction.labels([entry])[entry.name], name=name, share=share))
    by = choose_players("explain_by")
    if by == GROUPS:
        _show_groups(entry, values, target_class, name)
    else:
        _show_inputs(entry, values, target_class, name)


def choose_players(key: str) -> str:
    """Whether single inputs or groups of them are named."""
    labels = {INPUTS: _("Single inputs"), GROUPS: _("Groups of inputs")}
    chosen = st.segmented_control(
        _("Reasons by"), list(labels), default=INPUTS, required=True, format_func=labels.__getitem__, key=key,
        persist_state="session",
    )  # fmt: skip
    return str(chosen or INPUTS)


def _show_inputs(entry: Entry, values: Mapping[str, object], target_class: str, name: str) -> None:
    """By single input, by the model's own method and in its own unit."""
    found = cache.explanation(entry, values, target_class)
    st.markdown(in_words(found, values, name))
    figure = reasons.waterfall(parts(found, values), base=found.base, output=found.output, unit=_(found.unit))
    alt = _("Waterfall of the contributions to the output for {name}").format(name=name)
    plots.show(figure, key="waterfall", alt=alt, png=f"reasons-{entry.name}")
    st.caption(
        _(
            "How to read it: red raises the output and blue lowers it; the bars add up from the start to the result. "
            "{unit} The probabilities in words follow the bars from the top. {caution}"
        ).format(unit=unit_in_words(found.unit), caution=caution())
    )
    st.caption(
        _(
            "Rule: {game}. Reasons computed by different rules, or in different units, cannot be compared bar by bar; "
            "side by side all models follow one rule."
        ).format(game=_(found.game))
    )
    with st.expander(_("All contributions as a table")):
        st.table(_table(found, values))


def _show_groups(entry: Entry, values: Mapping[str, object], target_class: str, name: str) -> None:
    """By group of inputs, in calibrated probability: the game in which models are compared."""
    beside = explanation_answers.compared([entry])
    with st.spinner(_("Asking {model} about every combination of groups …").format(model=entry.name)):
        found = explanation_answers.by_group(entry, values, beside)[target_class]
    st.markdown(groups_in_words(found, name))
    ordered = sorted(found.contributions.items(), key=lambda pair: -abs(pair[1]))
    steps = pd.DataFrame([(group_label(group), amount) for group, amount in ordered], columns=["label", "contribution"])
    figure = reasons.waterfall(
        steps,
        base=found.base,
        output=found.output,
        unit=_(found.unit),
        ends=(_("Mean of the background"), _("Result: this accident")),
        axis=_("Calibrated probability"),
        spec=".1%",
    )
    alt = _("Waterfall of the contributions of groups to the probability of {name}").format(name=name)
    plots.show(figure, key="waterfall-groups", alt=alt, png=f"reasons-groups-{entry.name}")
    st.caption(
        _("How to read it: the bars add up from the mean of the background to the probability above. {caution}").format(
            caution=caution()
        )
    )
    st.caption(_("Rule: {game}. {background}").format(game=_(found.game), background=beside.in_words()))
    with st.expander(_("All contributions as a table")):
        st.table(_groups_table(found))


def group_label(group: str) -> str:
    """The name of a group of inputs; 'vehicles' and 'people' name inputs too."""
    return _(dict[str, str](features.GROUPS)[group])


def player_label(by: str, name: str) -> str:
    """The name of what is explained: a group, or one of `data.features.PLAYERS`."""
    return group_label(name) if by == GROUPS else words.input_label(name)


def caution() -> str:
    """What no explanation tells."""
    return _(
        "Reasons tell what the model used, not what caused the accident: inputs that go together share their reasons."
    )


def in_words(found: Explanation, values: Mapping[str, object], name: str) -> str:
    """The strongest reasons for and against, as sentences; in calibrated probability where that is known."""
    lines = []
    before = found.start
    for player, amount in sorted(found.contributions.items(), key=lambda pair: -abs(pair[1]))[:_STRONGEST]:
        if amount == 0:
            continue
        size = words.contribution(abs(amount), found.unit)
        after = found.steps.get(player)
        if before is None or after is None:
            message = _("- **{reason}** {verb} the output for {name} by {amount}.")
            verb = _("raises") if amount > 0 else _("lowers")
            lines.append(message.format(reason=reason(player, values), verb=verb, name=name, amount=size))
            continue
        lines.append(_moved(reason(player, values), name, before, after, _sign(amount) + size))
        before = after
    return "\n".join(lines) or _("No input moves this output.")


def groups_in_words(found: Explanation, name: str) -> str:
    """What each group does to the probability, the strongest first, as sentences."""
    lines, before = [], found.base
    for group, after in found.steps.items():
        amount = found.contributions[group]
        size = f"{_sign(amount)}{words.contribution(abs(amount), found.unit)}"
        lines.append(_moved(group_label(group), name, before, after, size))
        before = after
    return "\n".join(lines)


def _moved(what: str, name: str, before: float, after: float, size: str) -> str:
    """'Night without lighting raises the probability of Killed from 5.0% to 9.0%'."""
    start, end = words.percent(before), words.percent(after)
    if start == end:
        message = _("- **{reason}** leaves the probability of {name} at {end} ({size}).")
    elif after > before:
        message = _("- **{reason}** raises the probability of {name} from {start} to **{end}** ({size}).")
    else:
        message = _("- **{reason}** lowers the probability of {name} from {start} to **{end}** ({size}).")
    return message.format(reason=what, name=name, start=start, end=end, size=size)


def _sign(amount: float) -> str:
    return "+" if amount >= 0 else "\N{MINUS SIGN}"


def unit_in_words(unit: str) -> str:
    """What a person has to know of a unit, and how it leads to the probability that is shown."""
    if unit == "log-odds":
        return _(
            "Log-odds are the model's score of a class: 0.7 more, and the others unchanged, doubles its odds against "
            "each of them. The probability above follows from the scores of all classes; those of the others move too "
            "and are not drawn here."
        )
    return _("Unit: {unit}. Calibration then turns the result into the probability above.").format(unit=_(unit))


def told(values: Mapping[str, object]) -> list[str]:
    """What is known of a described accident and not zero, as explanations name it."""
    known = {i.player for i in features.INPUTS if values.get(i.name) not in (None, 0)}
    return [reason(player, values) for player in features.PLAYERS if player in known]


def reason(player: str, values: Mapping[str, object]) -> str:
    """What an explanation names, with its value: 'Light: Night, no street lighting'."""
    return words.named(words.input_label(player), words.player_value(player, values))


def parts(found: Explanation, values: Mapping[str, object]) -> pd.DataFrame:
    """The steps of the waterfall: the largest contributions, then the others that raise and that lower."""
    ordered = sorted(found.contributions.items(), key=lambda pair: -abs(pair[1]))
    rows = [(reason(player, values), amount) for player, amount in ordered[:SHOWN]]
    rest = [amount for _player, amount in ordered[SHOWN:]]
    for message, others in (
        (_("Others that raise it: {n}"), [a for a in rest if a > 0]),
        (_("Others that lower it: {n}"), [a for a in rest if a < 0]),
    ):
        if others:
            rows.append((message.format(n=len(others)), sum(others)))
    return pd.DataFrame(rows, columns=["label", "contribution"])


def _choose_model(target: features.Target, readable: list[Entry]) -> Entry | None:
    if not readable:
        return None
    from models import champions

    by_name = {e.name: e for e in champions.leading(target, readable)}
    # a choice of its own, that follows a new champion: a label naming the model would stay that of the one before
    names = {_CHAMPION: _("The champion"), **prediction.labels(readable)}
    chosen = st.selectbox(
        _("Model"),
        [_CHAMPION, *by_name],
        format_func=names.__getitem__,
        key=f"explain_model_{target}",
        persist_state="session",
        width=240,
    )
    return next(iter(by_name.values())) if chosen == _CHAMPION else by_name[chosen]


def _choose_class(target: features.Target, shares: Mapping[str, float]) -> str:
    return st.selectbox(
        _("Class"),
        sorted(shares, key=lambda c: -shares[c]),
        # Without the probability: a label that changes with the model stays that of the model before in the browser.
        format_func=lambda c: words.class_label(target, c),
        key=f"explain_class_{target}",
        width=320,
    )


def _table(found: Explanation, values: Mapping[str, object]) -> pd.DataFrame:
    rows = [
        {
            _("Input"): words.input_label(player),
            _("Value"): words.player_value(player, values),
            _("Contribution ({unit})").format(unit=_(found.unit)): f"{amount:+.4f}",
        }
        for player, amount in sorted(found.contributions.items(), key=lambda pair: -abs(pair[1]))
    ]
    return pd.DataFrame(rows).set_index(_("Input"))


def _groups_table(found: Explanation) -> pd.DataFrame:
    rows = [
        {
            _("Group"): group_label(group),
            _("Contribution"): f"{100 * amount:+.2f}",
            _("± by the background"): f"{100 * found.errors[group]:.2f}",
        }
        for group, amount in sorted(found.contributions.items(), key=lambda pair: -abs(pair[1]))
    ]
    return pd.DataFrame(rows).set_index(_("Group"))
