"""The answers of the chosen models to the same accidents: asked once, with progress, and kept for everybody."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, cast

import pandas as pd
import streamlit as st

from data.errors import AppError
from data.features import TARGETS, Target
from data.text import _
from models import comparison
from models.comparison import Answered, Sample
from models.seen import Seen
from ui import words
from ui.charts import style
from ui.components import cache, notices
from ui.components.comparison_choice import Choice
from ui.components.exploration import View, origin

if TYPE_CHECKING:
    from models.registry import Entry

_KEPT = 96  # a model's answers to 10,000 accidents take up to 1 MB
Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Compared:
    """Models by the name they have on the page, and their answers to the same accidents; the first leads.

    `key` changes with anything of it.
    """

    view: View
    target: Target
    sample: Sample
    answers: Mapping[str, Answered]
    entries: Mapping[str, Entry]
    key: Hashable = field(repr=False)

    @property
    def lead(self) -> str:
        """The model that the others are compared with: the champion, where it is among them."""
        return next(iter(self.answers))

    @property
    def colours(self) -> dict[str, str]:
        """A colour for each model, by its kind; of two of a kind the second is told by its line."""
        return {name: style.model_colour(str((e.metadata or {}).get("kind"))) for name, e in self.entries.items()}

    @property
    def source(self) -> str:
        """Which accidents, for the line below a figure."""
        message = _("Source: {origin}, {n} accidents, {period}.")
        return message.format(origin=origin(self.view), n=words.count(len(self.sample)), period=self.period)

    @property
    def period(self) -> str:
        """From which day to which the accidents are, in words."""
        days = self.sample.table["date"]
        if days.isna().all():
            return _("not dated")
        return words.period(days.min().date(), days.max().date())


def once(key: Hashable, make: Callable[[], Made]) -> Made:
    """What `make` gives, made once as long as it is among the last that were asked for."""
    shelf = _shelf()
    made = cast("Made", shelf.pop(key)) if key in shelf else make()
    shelf[key] = made  # last of those that go
    while len(shelf) > _KEPT:
        shelf.popitem(last=False)
    return made


# a shelf of its own: what is kept by a cached function cannot say how far it is
@st.cache_resource(show_spinner=False)
def _shelf() -> OrderedDict[Hashable, object]:
    return OrderedDict()


def ask(choice: Choice, view: View) -> Compared | None:
    """The answers of all models that can give them; None where no accident or no model is left, which is then said."""
    identities = {e.name: cache.identity(e) for e in choice.entries}
    asked = choice.asked
    which = tuple(identities.values()) if asked.which == "unseen" else ()
    place = st.empty()
    sample = once((view.data.version, asked, which), lambda: _sampled(choice, view, place))
    if not len(sample):
        place.empty()
        _nothing(choice, sample)
        return None
    answers: dict[str, Answered] = {}
    refused = []
    for number, entry in enumerate(choice.entries):
        name, done = choice.names[entry.name], number / len(choice.entries)
        try:
            answers[name] = once(
                (sample.key, identities[entry.name]),
                lambda entry=entry, name=name, done=done: _answered(choice, sample, entry, name, done, place),
            )
        except AppError as error:
            refused.append((entry.name, str(error)))
    place.empty()
    notices.refused(refused)
    if not answers:
        return None
    entries = {choice.names[e.name]: e for e in choice.entries if choice.names[e.name] in answers}
    key = (sample.key, *(identities[e.name] for e in entries.values()), *answers)
    return Compared(view, choice.target, sample, answers, entries, key)


def _sampled(choice: Choice, view: View, place: st.delta_generator.DeltaGenerator) -> Sample:
    place.progress(0.0, _("The accidents are read …"))
    seen = []
    for entry in choice.entries:
        try:
            seen.append(Seen.from_dict((entry.metadata or {})["seen"]))
        except (KeyError, TypeError, ValueError):
            continue  # it is refused by its name when it is asked
    return comparison.sample(view.data, choice.asked, seen)


def _answered(
    choice: Choice, sample: Sample, entry: Entry, name: str, done: float, place: st.delta_generator.DeltaGenerator
) -> Answered:
    message = _("{model} answers for {n} accidents …").format(model=notices.literal(name), n=words.count(len(sample)))
    place.progress(done, message)
    each = 1 / len(choice.entries)
    return comparison.answered(cache.model(entry), sample, lambda share: place.progress(done + each * share, message))


def _nothing(choice: Choice, sample: Sample) -> None:
    """Why no accident is left, and what to do."""
    about = _(TARGETS[choice.target]).lower()
    if not sample.known:
        message = _(
            "No accident of this period has a known {target}. Choose another period, or import the tables that tell it."
        )
        st.info(message.format(target=about), icon=":material/event_busy:")
        return
    message = _(
        "Some of the chosen models have learnt from each of the {n} accidents whose {target} is known. Import a "
        "year that none of them has learnt from, an earlier one too, leave out the models that learnt from these, "
        "train models of your own that all learn only up to the same day, or compare on accidents that were learnt "
        "from: the scores then flatter. What each has learnt from: {days}."
    )
    by_days: dict[str, list[str]] = {}
    for entry in choice.entries:
        by_days.setdefault(_learnt_days(entry), []).append(notices.literal(choice.names[entry.name]))
    days = "; ".join(f"{period} ({', '.join(names)})" for period, names in by_days.items())
    st.info(message.format(n=words.count(sample.known), target=about, days=days), icon=":material/school:")
    st.button(_("Compare on any accidents"), on_click=_any, icon=":material/warning:")


def _learnt_days(entry: Entry) -> str:
    """From which day to which the accidents are that a model has learnt from."""
    train = (entry.metadata or {}).get("split", {}).get("train", {})
    return words.period(train["start"], train["end"]) if train.get("start") else _("days not given")


def _any() -> None:
    st.session_state["compare_accidents"] = "all"


def learnt(compared: Compared) -> pd.Series:
    """How many of the accidents each model has learnt from."""
    return pd.Series({name: found.seen for name, found in compared.answers.items()})


def which(compared: Compared) -> None:
    """Which accidents these are, which of them were learnt from, and what they cannot say."""
    sample, seen = compared.sample, learnt(compared)
    message = _("**{n}** accidents of {period}, of {pool} that could be drawn.")
    facts = {"n": words.count(len(sample)), "period": compared.period, "pool": words.count(sample.pool)}
    st.markdown(message.format(**facts))
    if seen.any():
        st.warning(_learnt_from(seen, len(sample)), icon=":material/school:")
    else:
        st.caption(_(":material/verified: None of these models has learnt from any of these accidents."))
    if compared.view.data.simulated:
        st.warning(
            _("These accidents are simulated: they show how the page works, not how good a model is."),
            icon=":material/science:",
        )
    caution = _(
        "Only accidents with somebody injured are in the files: what a model says holds once such an accident has "
        "happened, not for roads or days. A difference that chance alone could explain is said to be open."
    )
    st.caption(caution)


def _learnt_from(seen: pd.Series, accidents: int) -> str:
    """How many of the accidents each model has learnt from, as few words as tell it."""
    if (seen == accidents).all():
        return _("All of these models have learnt from all of these accidents, so that their scores flatter.")
    message = _("{model}: {n} of {all}")
    facts = {"all": words.count(accidents)}
    said = "; ".join(
        message.format(model=notices.literal(str(name)), n=words.count(n), **facts) for name, n in seen.items()
    )
    message = _("Used to train, stop or calibrate, so that the scores flatter: {said}.")
    return message.format(said=said)
