"""Which single change of the place lowers the probability of somebody killed or hospitalised most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from data import measures
from data.measures import Change
from data.text import _
from models import what_if
from ui import words
from ui.charts import style
from ui.charts import what_if as charts
from ui.components import cache, notices, plots, prediction
from ui.components.what_if_answers import Asked, ask_all

_CLASSES = what_if.outcomes("severity")["serious"]
_HARDLY = 0.005  # a difference below half a percentage point


def show(asked: Asked, values: Mapping[str, object]) -> None:
    """The ranking in words, as a figure and as a table, with what it does not mean.

    Raises: DataError for a value that is not possible; CheckpointError.
    """
    st.subheader(_("What single change lowers the probability of a killed or hospitalised victim most?"))
    st.warning(
        _(
            "**Association, not cause.** The models learnt from recorded injury accidents only: they tell how severe "
            "accidents recorded in such places are, not whether the change would prevent this one, nor how many "
            "accidents there would be. Places with and without it differ in much else."
        ),
        icon=":material/balance:",
    )
    changes = measures.possible(values)
    _unknown(values)
    if not changes:
        st.info(_("No change of the list fits what is known of this place."), icon=":material/block:")
        return
    entries, names = _models(asked)
    if not entries:
        notices.no_model("severity")
        return
    question = ("effects", cache.described(values), [(c.name, c.after) for c in changes])
    found, refused = ask_all(entries, question, lambda model: what_if.effects(model, values, changes))
    if found:
        leading = next(iter(found))
        ranking = what_if.ranked(found[leading], _CLASSES)
        chances = pd.DataFrame({names[name]: what_if.chance(proba, _CLASSES) for name, proba in found.items()})
        st.markdown(best(ranking, changes, chances, names[leading]))
        kinds = {names[e.name]: style.model_colour((e.metadata or {})["kind"]) for e in entries}
        _figure(ranking, changes, chances, kinds)
        st.table(table(ranking, changes, chances))
        with st.expander(_("Every change by every model")):
            st.table(by_model(ranking, changes, chances))
    notices.refused(refused)
    with st.expander(_("Which changes are looked at, and what each means")):
        st.markdown("\n".join(f"- **{told(c)}**: {c.reason}" for c in changes))
        st.caption(
            _(
                "Only what a road authority can change: speed limit, light, road surface, junction, lanes, bends. Left "
                "out are limits the road cannot have, lighting by day, a dry road in rain, roundabouts on motorways, "
                "and one-way streets for vehicles that came from opposite sides."
            )
        )


def told(change: Change) -> str:
    """From what to what: 'Speed limit: 80 km/h → 50 km/h'."""
    before, after = (words.input_value(change.name, value) for value in (change.before, change.after))
    return words.named(words.input_label(change.name), f"{before} → {after}")


def agreement(differences: pd.Series) -> str:
    """Whether the models agree on the direction of a change, in words. `differences`: model -> difference."""
    n, lower = len(differences), (differences * 100).round(1) < 0  # as it is shown
    span = _("{least} to {most} points").format(
        least=charts.points(differences.max()), most=charts.points(differences.min())
    )
    if n == 1:
        return _("one model only")
    if (differences.abs() < _HARDLY).all():
        return _("all {n} models: hardly any change ({span})").format(n=n, span=span)
    if lower.all():
        return _("all {n} models: lower ({span})").format(n=n, span=span)
    if not lower.any():
        return _("no model finds it lower ({span})").format(span=span)
    others = ", ".join(map(str, differences.index[~lower]))
    return _("{k} of {n} models: lower; not {others} ({span})").format(
        k=int(lower.sum()), n=n, others=others, span=span
    )


def best(ranking: pd.DataFrame, changes: Sequence[Change], chances: pd.DataFrame, name: str) -> str:
    """The change at the top in one sentence, and how sure the models are of it."""
    top = ranking.iloc[0]
    model = notices.literal(name)
    if top["difference"] >= 0:
        message = _("{model}: no single change of the list lowers the probability, which is {before}.")
        return message.format(model=model, before=words.percent(top["before"]))
    change = told(changes[int(ranking.index[0])])
    message = _(
        "{model}: **{change}** lowers it most, from {before} to **{after}** ({points} percentage points); {sure}."
    )
    return message.format(
        model=model, change=change, before=words.percent(top["before"]), after=words.percent(top["after"]),
        points=charts.points(top["difference"]), sure=agreement(_differences(chances).loc[int(ranking.index[0])]),
    )  # fmt: skip


def table(ranking: pd.DataFrame, changes: Sequence[Change], chances: pd.DataFrame) -> pd.DataFrame:
    """The ranking in words, a row a change."""
    differences = _differences(chances)
    rows = [
        {
            _("Change"): told(changes[int(i)]),
            _("Before"): words.percent(row["before"]),
            _("After"): words.percent(row["after"]),
            _("Points"): charts.points(row["difference"]),
            _("Do the models agree?"): agreement(differences.loc[i]),
        }
        for i, row in ranking.iterrows()
    ]
    return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name=_("Rank")))


def by_model(ranking: pd.DataFrame, changes: Sequence[Change], chances: pd.DataFrame) -> pd.DataFrame:
    """Before and after in every model: a row a change, the accident as described first."""
    before, after = chances.iloc[0], chances.iloc[1:].reset_index(drop=True)
    rows = {_("As described"): before.map(words.percent)}
    for i in ranking.index:
        rows[told(changes[int(i)])] = pd.Series(
            {m: f"{words.percent(v)} ({charts.points(v - before[m])})" for m, v in after.loc[i].items()}
        )
    return pd.DataFrame(rows).T.rename(columns=notices.literal).rename_axis(_("Change"))


def _models(asked: Asked) -> tuple[list, dict[str, str]]:
    """The models of severity, first the one that ranks: the chosen one, or the champion if collisions are asked for."""
    from models import champions

    if asked.target == "severity":
        return asked.entries, asked.names
    entries = champions.compared("severity")
    return entries, prediction.labels(champions.usable("severity"))


def _figure(
    ranking: pd.DataFrame, changes: Sequence[Change], chances: pd.DataFrame, colours: Mapping[str, str]
) -> None:
    after = chances.iloc[1:].reset_index(drop=True).loc[ranking.index]
    figure = charts.changes(after.set_axis([told(changes[int(i)]) for i in ranking.index]), chances.iloc[0], colours)
    alt = _("Change of the probability of somebody killed or hospitalised with each single change, by model")
    plots.show(figure, key="whatif_changes", alt=alt, png="balise-changes")


def _differences(chances: pd.DataFrame) -> pd.DataFrame:
    return chances.iloc[1:].reset_index(drop=True) - chances.iloc[0]


def _unknown(values: Mapping[str, object]) -> None:
    """Inputs that could be changed if they were known."""
    missing = [words.input_label(name) for name in measures.INPUTS if values.get(name) is None]
    if missing:
        message = _("Not known of this accident, so not looked at: {inputs}.")
        st.caption(message.format(inputs=", ".join(missing)))
