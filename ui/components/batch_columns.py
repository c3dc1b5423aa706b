"""For each column of a file what it stands for, how far its values are understood, and the choice of something else."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from data import features
from data.batch import draft, matching
from data.batch.headings import FIELDS, NOT_USED, OUTCOMES, Found
from data.batch.matching import Understood
from data.batch.meaning import shown
from data.batch.table import Table
from data.text import _, language, number
from ui import words
from ui.components import notices

_EXAMPLES = 4


@st.cache_resource(max_entries=4, show_spinner=False)
def table(drafted: str) -> Table:
    """The table of a draft.

    Raises: DataError where it is there no longer.
    """
    return draft.load(drafted)


@st.cache_resource(max_entries=16, show_spinner=False)
def proposed(drafted: str) -> Mapping[str, Found]:
    """What each column is taken for at first.

    Raises: DataError as `matching.match`.
    """
    return matching.match(table(drafted))


@st.cache_resource(max_entries=256, show_spinner=False)
def _understood(drafted: str, column: str, field: str, spoken: str) -> Understood:
    return matching.understand(table(drafted), column, field)


def understood(drafted: str, column: str, field: str) -> Understood:
    """A column read as a field, with reasons in the language of the person."""
    return _understood(drafted, column, field, language())


def impossible(drafted: str, given: Table, chosen: matching.Chosen) -> int:
    """How many rows have a value that is not understood."""
    rows = np.zeros(len(given.frame), dtype=bool)
    for column, field in chosen.items():
        if field != NOT_USED and field not in OUTCOMES:
            read = understood(drafted, column, field)
            rows |= read.impossible[read.places]
    return int(rows.sum())


def show(drafted: str, given: Table, chosen: matching.Chosen) -> dict[str, str]:
    """The choice for each column; those that stand for something come first."""
    found = proposed(drafted)
    used = [column for column, field in chosen.items() if field != NOT_USED]
    unused = [column for column, field in chosen.items() if field == NOT_USED]
    wanted = dict(chosen)
    _say_known(chosen)
    for column in used:
        with st.container(horizontal=True, gap="medium", vertical_alignment="top"):
            with st.container(width=280):
                wanted[column] = _choice(drafted, column, chosen[column])
            with st.container(width=560):
                if wanted[column] != NOT_USED:
                    _told(understood(drafted, column, wanted[column]))
    if unused:
        title = _("Columns that are not used: {n}").format(n=len(unused))
        more = st.expander(title, expanded=not used, key=f"batch_unused_{drafted}", on_change="rerun")
        if more.open:
            with more:
                for column in unused:
                    wanted[column] = _choice(drafted, column, NOT_USED)
                    _why(found[column])
    if wanted != dict(chosen):
        st.session_state["batch_chosen"] = wanted
        st.rerun()  # a column that stands for something now goes to the others
    return wanted


def _say_known(chosen: matching.Chosen) -> None:
    given = {field for field in chosen.values() if field in features.BY_NAME}
    more = _("month, day of the week and hour from the date") if "date" in chosen.values() else ""
    message = _("{n} of {all} inputs are given; the others are unknown, which every model accepts.")
    text = message.format(n=len(given), all=len(features.INPUTS))
    st.caption(f"{text} {_('To these come {more}.').format(more=more)}" if more else text)
    st.caption(
        _(
            "A number in a column of labels is read as a code of the official French files: see from the examples "
            "whether that is what the file means."
        )
    )


def _choice(drafted: str, column: str, field: str) -> str:
    key = f"batch_as_{drafted}_{column}"
    st.session_state.setdefault(key, field)
    return st.selectbox(
        notices.literal(column), [NOT_USED, *FIELDS], key=key, persist_state="session",
        format_func=lambda name: _(FIELDS[name]) if name else _("Not used"),
    )  # fmt: skip


def _told(read: Understood) -> None:
    """How many values are understood, with examples of those and of the others."""
    known, bad = read.count(read.known), read.count(read.impossible)
    empty = read.count(~read.known & ~read.impossible)
    parts = [_(":green[{n:,} understood]").format(n=known)]
    if empty:
        parts.append(_("{n:,} empty or unknown").format(n=empty))
    if bad:
        parts.append(_(":orange[{n:,} not understood]").format(n=bad))
    st.markdown(" · ".join(parts))
    examples = [_example(text, meaning, times) for text, meaning, times in read.most(read.known, _EXAMPLES)]
    if examples:
        st.caption(notices.literal(_("Read as: {examples}").format(examples="; ".join(examples))))
    wrong = read.most(read.impossible, _EXAMPLES)
    if wrong:
        texts = "; ".join(f"'{shown(text)}' ({number(times)})" for text, _meaning, times in wrong)
        message = _("Not understood: {texts}. The first: {reason}.")
        st.caption(notices.literal(message.format(texts=texts, reason=wrong[0][1])))


def _example(text: str, meaning: object, times: int) -> str:
    values = dict(meaning) if isinstance(meaning, Mapping) else {}
    said = ", ".join(_word(name, value) for name, value in values.items())
    return f"'{shown(text)}' → {said} ({number(times)})"


def _word(name: str, value: object) -> str:
    if name in features.BY_NAME:
        return words.input_value(name, value)
    return words.code(name, value) if name in features.TARGETS else str(value)


def _why(found: Found) -> None:
    """Why a column is not used although its name says something."""
    if found.not_understood:
        message = _("By its name it is '{field}', but none of its values is understood as that.")
        st.caption(message.format(field=_(FIELDS[found.not_understood])))
    elif found.beside:
        message = _("The column {other} stands for the same.")
        st.caption(notices.literal(message.format(other=found.beside)))
