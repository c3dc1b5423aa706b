"""One model on the Model page: which, what is known of it, and what it is used for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from data.errors import AppError
from data.text import _, shortened
from models import card, champions, registry, score_words
from models.jobs import log
from models.main_score import main_score
from ui import words
from ui.components import access, model_inside, notices, prediction

if TYPE_CHECKING:
    from models.registry import Entry

MODEL = "model"  # in the address: the model shown
_CHOICE = "model_choice"
_TOLD = "model_told"  # what to say once after the page has run again
_MEASURED = "model_measured"
_REFUSED = "model_refused"  # why the switch could not be kept


def choose(entries: Sequence[Entry]) -> Entry:
    """The model that the page is about, of one or more: the one in the address, at first the first."""
    by_name = {entry.name: entry for entry in entries}
    asked = st.query_params.get(MODEL)
    if asked in by_name:
        st.session_state[_CHOICE] = asked
    elif asked is not None:
        message = _("There is no model {name}; it may have been deleted.")
        st.warning(message.format(name=notices.literal(shortened(asked))), icon=":material/search_off:")
    if st.session_state.get(_CHOICE) not in by_name:
        # said outright: a browser goes on showing, and sending, a choice that is only forgotten here
        st.session_state[_CHOICE] = next(iter(by_name))
    labels = {name: label(entry) for name, entry in by_name.items()}
    often = Counter(labels.values())
    # the address holds the name: a bound widget would put the label there
    chosen = st.selectbox(
        _("Model"), list(by_name), key=_CHOICE, on_change=_follow,
        format_func=lambda name: labels[name] if often[labels[name]] == 1 else f"{labels[name]} ({name})",
    )  # fmt: skip
    st.query_params[MODEL] = chosen
    return by_name[chosen]


def _follow() -> None:
    st.query_params[MODEL] = st.session_state[_CHOICE]


def label(entry: Entry) -> str:
    """A model in a list of all: what it answers and what it is called."""
    if entry.target is None:
        return _("{name}: cannot be used").format(name=entry.name)
    kind, *more = card.described(entry)
    about = [entry.title, kind] if entry.title else [kind]
    note = [_("of an earlier version: train it again")] if card.outdated(entry) else []
    return " · ".join([champions.target_label(entry.target), *about, *more[1:], *note])


def say(sentence: str, model: str | None = None) -> None:
    """Run the page again with news, and with another model where one is named."""
    st.session_state[_TOLD] = sentence
    if model is not None:
        st.query_params[MODEL] = model
    st.rerun()


def told() -> None:
    """The news of the run before, once."""
    sentence = st.session_state.pop(_TOLD, None)
    if sentence:
        st.success(notices.literal(sentence), icon=":material/check_circle:")


def head(entry: Entry) -> None:
    """Name, marks and notes of a readable model."""
    st.header(notices.literal(card.name_of(entry)))
    chosen = champions.champion(str(entry.target))
    with st.container(horizontal=True):
        if chosen is not None and chosen.name == entry.name:
            st.badge(_("Champion"), icon=":material/emoji_events:", color="green")
        st.badge(_("Made or imported here") if entry.own else _("Comes with Balise"), color="gray")
        if (entry.metadata or {}).get("data", {}).get("simulated"):
            st.badge(_("Learnt from simulated accidents"), icon=":material/science:", color="orange")
    if entry.notes:
        st.markdown(notices.literal(entry.notes).replace("\n", "  \n"))


def show(entry: Entry) -> None:
    """The card: data, scores, limits, costs, settings and how to load it.

    Raises: CheckpointError where the speed is asked for and the checkpoint is damaged.
    """
    measured = entry.name in st.session_state.setdefault(_MEASURED, set())
    seconds = model_inside.latency(entry) if measured else None
    for section in card.sections(entry, seconds):
        st.subheader(section.title)
        if section.facts is not None:
            rows = {name: notices.literal(value) for name, value in section.facts.items()}
            st.table(pd.DataFrame({"": rows.values()}, index=list(rows)), hide_header=True)
        if section.table:
            first, *rows = section.table
            st.table(pd.DataFrame(rows, columns=list(first)).set_index(first[0]))
        if section.table and entry.target != "daily":
            with st.expander(_("What the scores mean")):
                st.markdown(score_words.meanings(card.scored_by(entry)))
        if section.lines:
            st.markdown("\n".join(f"- {line}" for line in section.lines))
        if section.code:
            st.code(section.code.replace("FOLDER", str(entry.folder)), language=None, wrap_lines=True)
        if section.title == _("Size and speed") and not measured:
            st.button(
                _("Measure one answer"), icon=":material/timer:", help=_("Loads the model and asks it."),
                on_click=st.session_state[_MEASURED].add, args=(entry.name,),
            )  # fmt: skip


def use(entry: Entry) -> None:
    """Who is the champion of this model's target, who is compared with it, and how to change that."""
    target = str(entry.target)
    chosen = champions.champion(target)
    about = champions.target_label(target)
    if chosen is None:
        return
    message = _("Champion for {target}: **{name}**. Every page asks it unless told otherwise.")
    st.markdown(message.format(target=about, name=notices.literal(card.name_of(chosen))))
    is_champion = chosen.name == entry.name
    said, better = beside(entry, chosen)
    if not is_champion:
        st.markdown(said)
    access.notice()
    with st.container(horizontal=True, vertical_alignment="center"):
        if not access.looking() and _wanted(said, is_champion, better):
            _change(lambda: access.checked(champions.promote)(entry.name))
        earlier = champions.before(target)
        if earlier is not None and st.button(
            _("Roll back to {name}").format(name=card.name_of(earlier)), icon=":material/undo:",
            disabled=access.looking(),
        ):  # fmt: skip
            _change(lambda: access.checked(champions.roll_back)(target))
    compared = champions.compared(target)
    key = f"compared-{entry.name}"
    # said outright: the page of another person may have changed it since this switch was drawn
    st.session_state[key] = any(e.name == entry.name for e in compared)
    st.toggle(
        _("Show this model beside the champion"), key=key, on_change=_compare, args=(entry.name, key),
        disabled=is_champion or access.looking(),
    )  # fmt: skip
    # below it, for a question mark inside a switch turns it when it is asked
    st.caption(_("Prediction and Comparison show the champion and the models that are compared with it."))
    if problem := st.session_state.pop(_REFUSED, None):
        notices.problem(AppError(problem))
    short = prediction.labels(compared)
    names = ", ".join(notices.literal(short[e.name]) for e in compared[1:]) or _("none")
    st.markdown(_("Compared with it: {names}.").format(names=names))
    _history(target)


def _compare(name: str, key: str) -> None:
    try:
        access.checked(champions.compare)(name, wanted=st.session_state[key])
    except AppError as error:
        st.session_state[_REFUSED] = str(error)  # a callback draws above the page


def _wanted(said: str, is_champion: bool, better: bool) -> bool:
    """Whether somebody makes the model the champion; unless it is known to be better, after a second question."""
    label = _("Make this model the champion")
    if is_champion or better:
        return st.button(label, type="primary", icon=":material/emoji_events:", disabled=is_champion)
    with st.popover(_("{action} …").format(action=label), icon=":material/emoji_events:"):
        st.markdown(said)
        st.markdown(_("Every page would then ask this model first, for everybody."))
        return st.button(_("Make it the champion all the same"), type="primary")


def beside(entry: Entry, chosen: Entry) -> tuple[str, bool]:
    """The main scores of a model and of the champion in a sentence, and whether that one is known to be no worse."""
    own, other = main_score(entry.metadata or {}), main_score(chosen.metadata or {})
    if own is None or other is None:
        return _("No score is kept of one of them, so they cannot be compared."), False
    same = log.asked_the_same(entry.metadata or {}, chosen.metadata or {})
    better = same and own.value <= other.value
    if not same:
        verdict = _("They were scored on other days, so they cannot be compared.")
    elif better:
        verdict = _("They were scored on the same days.")
    else:
        verdict = _("They were scored on the same days: this model is worse.")
    name = _("Mean error in accidents a day") if own.name == "mae" else _("Log-loss")
    message = _("{score} (less is better): this model **{own}**, the champion **{other}**. {verdict}")
    values = {"own": words.score(own.value), "other": words.score(other.value)}
    return message.format(score=name, verdict=verdict, **values), better


def _change(change: Callable[[], Entry]) -> None:
    try:
        with st.spinner(_("Loading the model …")):
            now = change()
    except AppError as error:
        notices.problem(error)
    else:
        message = _("{name} is the champion now. Pages ask it first; one that shows another model stays with that.")
        say(message.format(name=card.name_of(now)))


def _history(target: str) -> None:
    steps = champions.history(target)
    if not steps:
        st.caption(_("No champion was chosen yet: it is the one that comes with Balise."))
        return
    ways = {champions.PROMOTED: _("promoted"), champions.ROLLED_BACK: _("rolled back to")}
    called = {entry.name: notices.literal(card.name_of(entry)) for entry in registry.entries(target)}

    def name(model: str) -> str:
        if not model:
            return ""
        return called.get(model) or notices.literal(_("{name}, since deleted").format(name=model))

    rows = [
        {
            _("When (UTC)"): step["time"][:16].replace("T", " "),
            _("What"): ways.get(step["way"], step["way"]),
            _("Champion"): name(step["model"]),
            _("Before"): name(step["before"]),
        }
        for step in steps
    ]
    st.table(pd.DataFrame(rows).set_index(_("When (UTC)")))
