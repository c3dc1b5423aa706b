"""What the What-if page asks: of which accident, about what, which model; one input swept, two as a heat map."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from data import features, measures
from data.text import _
from models import what_if
from models.what_if import Background, Sweep
from ui import words
from ui.charts import what_if as charts
from ui.components import cache, exploration, notices, plots, prediction, what_if_state
from ui.components.what_if_answers import Asked, around, ask
from ui.export import safe_csv

_CHAMPION = "champion"
_CHOICE = 340  # pixels: on a narrow page the choices stand below each other
_SECOND = "light"  # of two inputs, where nobody has chosen


def accident() -> tuple[str, dict[str, object]] | None:
    """The accident to start from, or nothing where somebody has to choose one first."""
    for problem in what_if_state.read_address():
        st.warning(notices.literal(problem), icon=":material/link_off:")
    if what_if_state.preset() is None:
        _nothing_yet()
        return None
    offered = what_if_state.starts()
    code = st.selectbox(
        _("Start from"), list(offered), key=what_if_state.START, format_func=offered.__getitem__,
        persist_state="session", width=400,
    )  # fmt: skip
    values = what_if_state.values(code)
    cache.check(values)
    return code, values


def choose(values: Mapping[str, object]) -> Asked | None:
    """Target, model and outcome, kept in the address; None without a model.

    Raises: CheckpointError where the chosen model is damaged.
    """
    from models import champions, registry

    kinds = {target: _(label) for target, label in reversed(features.TARGETS.items())}
    target: features.Target = exploration.option(_("What is asked"), kinds, key="question", short=True)  # type: ignore
    usable = champions.usable(target)
    notices.broken([e for e in registry.entries(target) if e.metadata is None])
    if not usable:
        notices.no_model(target)
        return None
    compared = tuple(champions.compared(target))
    names = prediction.labels(usable)
    # a choice of its own, that follows a new champion
    models = {_CHAMPION: _("The champion"), **{e.name: names[e.name] for e in usable}}
    with st.container(width=_CHOICE):
        name = exploration.option(_("Model"), models, key=f"model_{target}")
    entry = usable[0] if name == _CHAMPION else next(e for e in usable if e.name == name)
    outcomes = what_if.outcomes(target)
    order = list(outcomes)
    if target == "collision":  # the most likely first, for an accident that can hardly be of the others
        shares = cache.probabilities(entry, values)
        order.sort(key=lambda c: -shares[c])
    labels = {c: outcome_label(target, c) for c in order}
    with st.container(width=_CHOICE):
        outcome = exploration.option(_("Probability of"), labels, key=f"outcome_{target}")
    return Asked(target, outcome, outcomes[outcome], labels[outcome], entry, compared, names)


def outcome_label(target: features.Target, outcome: str) -> str:
    """What an outcome is called."""
    return _("Somebody killed or hospitalised") if outcome == "serious" else words.class_label(target, outcome)


def one_input(asked: Asked, values: Mapping[str, object]) -> None:
    """One input at each of its values, for this accident and on average over others.

    Raises: DataError where the data cannot be read; CheckpointError.
    """
    others = around()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = exploration.option(_("Input"), _offered(others), key="sweep")
        several = exploration.option(
            _("Show"), {"one": _("The chosen outcome"), "all": _("Every class")}, key="sweep_of", short=True
        )
    offered = others.offered(values, name)
    question = ("sweep", cache.described(values), name, offered, cache.dataset().version)
    with st.spinner(_("The model answers …")):
        found = ask(asked.entry, question, lambda m: what_if.sweep(m, values, name, offered, others.rows))
    classes = what_if.outcomes(asked.target) if several == "all" else {asked.outcome: asked.classes}
    shown = {c: v for c, v in classes.items() if several != "all" or len(v) == 1}
    parts = {outcome_label(asked.target, c): _part(found, name, of) for c, of in shown.items()}
    if several == "one":
        st.markdown(swept_in_words(found, asked, name))
    current = values.get(name)
    figure = charts.sweep(
        parts, x=_axis(name), numbers=_is_number(name),
        current=current if current is None or _is_number(name) else _value(name, current),
    )  # fmt: skip
    alt = _("Probability of {outcome} by {input}, for this accident and on average")
    plots.show(
        figure,
        key="whatif_sweep",
        alt=alt.format(outcome=asked.label, input=words.input_label(name)),
        png="balise-sweep",
    )
    _told_of_average(found, others)
    _numbers(pd.concat(parts, axis="columns"), name)


def two_inputs(asked: Asked, values: Mapping[str, object]) -> None:
    """Two inputs at all their combinations, as a heat map of the outcome.

    Raises: DataError where the data cannot be read; CheckpointError.
    """
    others = around()
    labels = _offered(others)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = exploration.option(_("Down"), labels, key="first")
        rest = {name: label for name, label in labels.items() if name != first}
        preset = {_SECOND: rest[_SECOND]} if _SECOND in rest else {}
        second = exploration.option(_("Across"), {**preset, **rest}, key="second")
    down, across = others.offered(values, first), others.offered(values, second)
    question = ("pairs", cache.described(values), first, down, second, across)
    with st.spinner(_("The model answers …")):
        found = ask(asked.entry, question, lambda m: what_if.pairs(m, values, first, down, second, across))
    shares = what_if.chance(found, asked.classes).mask(found["contradictory"])
    table = pd.DataFrame(
        shares.to_numpy().reshape(len(down), len(across)),
        index=[_value(first, v) for v in down],
        columns=[_value(second, v) for v in across],
    )
    known = values.get(first) is not None and values.get(second) is not None
    current = (_value(second, values.get(second)), _value(first, values.get(first))) if known else None
    if current is not None and (current[1] not in table.index or current[0] not in table.columns):
        current = None
    figure = charts.heat(table, x=_axis(second), y=_axis(first), outcome=asked.label, current=current)
    alt = _("Heat map of the probability of {outcome} by {first} and {second}")
    names = {"first": words.input_label(first), "second": words.input_label(second)}
    plots.show(figure, key="whatif_pairs", alt=alt.format(outcome=asked.label, **names), png="balise-pairs")
    told = _("{model}: probability of “{outcome}” in percent for this accident, everything else as described.")
    st.caption(told.format(model=notices.literal(asked.name), outcome=asked.label))
    marks = [_("The red frame is the accident as described.")] if current else []
    if found["contradictory"].any():
        marks.append(_("× contradicts the rest of the description."))
    st.caption(" ".join(marks))
    _numbers(table.map(lambda v: "" if pd.isna(v) else words.percent(v)), first)


def swept_in_words(found: Sweep, asked: Asked, name: str) -> str:
    """Between which probabilities a sweep lies, and for which values."""
    own = what_if.chance(found.own, asked.classes)[~found.contradictory]
    average = what_if.chance(found.average, asked.classes)
    message = _(
        "{model}: for this accident the probability of “**{outcome}**” lies between **{low}** ({lowest}) and "
        "**{high}** ({highest}); on average over other accidents between {average_low} and {average_high}."
    )
    if own.empty:
        return _("Every other value contradicts the rest of the description.")
    return message.format(
        model=notices.literal(asked.name), outcome=asked.label,
        low=words.percent(own.min()), lowest=words.input_value(name, own.idxmin()),
        high=words.percent(own.max()), highest=words.input_value(name, own.idxmax()),
        average_low=words.percent(average.min()), average_high=words.percent(average.max()),
    )  # fmt: skip


def _nothing_yet() -> None:
    """No accident was described: where to do it, and examples to start from."""
    st.info(
        _(
            "No accident is described yet. Describe one on the Prediction page and press Predict, or start from an "
            "example."
        ),
        icon=":material/ads_click:",
    )
    st.page_link(notices.PREDICTION_PAGE, label=_("Describe an accident"), icon=":material/arrow_forward:")
    with st.container(horizontal=True, gap="small"):
        for code, name in what_if_state.EXAMPLES.items():
            st.button(_(name), key=f"whatif_{code}", on_click=what_if_state.start_from, args=(code,))


def _offered(others: Background) -> dict[str, str]:
    """Inputs that take several values, what a road authority can change first."""
    names = [*(n for n in measures.INPUTS if n in others.levels), *others.levels]
    return {name: words.input_label(name) for name in dict.fromkeys(names)}


def _part(found: Sweep, name: str, classes: tuple[str, ...]) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "own": what_if.chance(found.own, classes),
            "average": what_if.chance(found.average, classes),
            "contradictory": found.contradictory,
        }
    )
    return table if _is_number(name) else table.rename(index=lambda code: _value(name, code))


def _told_of_average(found: Sweep, others: Background) -> None:
    message = _(
        "The average is over {n} accidents, drawn at random (always the same ones) from the {total} of {years}, each "
        "with this input set to the value and all else as recorded. Values are those that occur in these data."
    )
    said = message.format(n=found.n, total=words.count(others.total), years=words.years(others.years))
    hollow = _("Hollow points contradict the rest of the description.") if found.contradictory.any() else ""
    st.caption(f"{said} {hollow}".strip())


def _numbers(table: pd.DataFrame, name: str) -> None:
    """The numbers behind a figure, to look at and to keep."""
    with st.popover(_("Numbers"), icon=":material/table:", type="tertiary", width="content"):
        shown = table.rename_axis(words.input_label(name)).reset_index()
        if isinstance(shown.columns, pd.MultiIndex):
            parts = {"own": _("this accident"), "average": _("average")}
            shown = shown.drop(columns="contradictory", level=1)
            shown.columns = [f"{a} · {parts[b]}" if b else str(a) for a, b in shown.columns]
            shown = shown.assign(**{c: shown[c].map(words.percent) for c in shown.columns[1:]})
        shown = shown.astype(str)
        st.dataframe(shown, hide_index=True, width=500)
        st.download_button(
            _("Download as CSV"), data=lambda: safe_csv(shown), file_name="balise-what-if.csv", mime="text/csv",
            on_click="ignore", icon=":material/download:",
        )  # fmt: skip


def _is_number(name: str) -> bool:
    return features.BY_NAME[name].kind == "number"


def _axis(name: str) -> str:
    unit = features.BY_NAME[name].unit
    return f"{words.input_label(name)} ({_(unit)})" if unit else words.input_label(name)


def _value(name: str, value: object) -> str:
    """A value without its unit, which the axis has."""
    return words.number(float(str(value))) if _is_number(name) else words.code(name, value)
