"""How unusual the described accident is among those of the loaded data, in words."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from data import unusual
from data.text import _
from data.unusual import Sample, Unusual
from ui import words
from ui.components import cache

_ICONS = {"usual": "check_circle", "somewhat": "info", "unusual": "warning", "beyond": "warning"}
_NAMED = 5


def said(values: Mapping[str, object]) -> None:
    """How far the description is from past accidents, and what about it is rare.

    Raises: DataError where the data cannot be read.
    """
    judged = judge(values)
    if judged is None:
        return
    found, past = judged
    st.markdown(f":material/{_ICONS[found.level]}: {in_words(found)}", help=_method(past))
    for sentence in rarities(found, len(past)):
        st.caption(sentence)


def sentences(values: Mapping[str, object]) -> list[str]:
    """The same for a file: the verdict, what is rare, and last how it was found; none where nothing can be told.

    Raises: DataError where the data cannot be read.
    """
    judged = judge(values)
    if judged is None:
        return []
    found, past = judged
    return [in_words(found), *rarities(found, len(past)), _method(past)]


def judge(values: Mapping[str, object]) -> tuple[Unusual, Sample] | None:
    """What is unusual about a description, and the accidents it was compared with.

    Raises: DataError where the data cannot be read.
    """
    data = cache.dataset()
    past = _sample(data.version)
    if past is None:
        return None
    found = unusual.judge(past, values, _yardstick(data.version, unusual.known(values), past))
    return None if found is None else (found, past)


def in_words(found: Unusual) -> str:
    """The verdict, what it rests on, and in what the most similar past accident differs."""
    verdict = {
        "usual": _("**A usual accident.**"),
        "somewhat": _("**A somewhat unusual accident.**"),
        "unusual": _("**An unusual accident**: models have seen few of its kind."),
        "beyond": _("**Unlike any past accident**: what models say of it is beyond what they have seen."),
    }[found.level]
    if found.same:
        once = _("One past accident among those compared has exactly these values.")
        often = _("{n} past accidents among those compared have exactly these values.")
        return f"{verdict} {(once if found.same == 1 else often).format(n=words.count(found.same))}"
    share = _("{share} of past accidents are as far from the one most similar to them, or farther.")
    if not found.share:
        share = _("No past accident compared is so far from the one most similar to it.")
    names = [words.input_label(name) for name in found.differing]
    more = _(" and {n} more").format(n=len(names) - _NAMED) if len(names) > _NAMED else ""
    differs = _("The most similar one differs in: {inputs}.").format(inputs=", ".join(names[:_NAMED]) + more)
    return " ".join([verdict, share.format(share=words.percent(found.share)), *([differs] if names else [])])


def rarities(found: Unusual, n: int) -> list[str]:
    """Values that are rare, alone or together, one sentence each."""
    said = []
    if found.rare:
        parts = [f"{words.input_label(name)} ({_seldom(share)})" for name, share in found.rare]
        said.append(_("Rare by themselves among past accidents: {inputs}.").format(inputs=", ".join(parts)))
    for one, other, expected in found.never:
        message = _(
            "Never together among {n} past accidents, though chance alone would bring about {expected}: the values of "
            "'{one}' and '{other}'."
        )
        labels = {"one": words.input_label(one), "other": words.input_label(other)}
        said.append(message.format(n=words.count(n), expected=f"{expected:.0f}", **labels))
    return said


def _seldom(share: float) -> str:
    return _("never") if not share else f"{share:.1%}"


def _method(past: Sample) -> str:
    return _(
        "Compared by the known inputs with {n} accidents drawn from the loaded data, except for where exactly and for "
        "details: the mean of their differences. The same is measured for {controls} other past accidents."
    ).format(n=words.count(len(past)), controls=past.apart.shape[1])


@st.cache_resource(max_entries=2, show_spinner=False)
def _sample(version: str) -> Sample | None:
    with st.spinner(_("Reading past accidents to compare with, once …")):
        found = unusual.sample(cache.dataset())
    cache.settle()
    return found


@st.cache_resource(max_entries=256, show_spinner=False)
def _yardstick(version: str, names: tuple[str, ...], _past: Sample) -> unusual.Floats:
    return unusual.yardstick(_past, names)
