"""Which accident What-if starts from and what its scenarios change: kept in the session and in the address.

The address holds the accident and the scenarios whole, so that a copied one shows the same to others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from data import features, link
from data.text import _, shortened
from ui.components import accident_form
from ui.components import what_if_address as address

MOST = 3  # scenarios beside the accident itself
DESCRIBED, LINKED = "described", "linked"
EXAMPLES = {f"example-{i}": name for i, name in enumerate(accident_form.EXAMPLES)}
START = "whatif_start"  # the key of the choice of the accident
_SCENARIOS, _OF_ADDRESS, _SEEN = "whatif_scenarios", "whatif_linked", "whatif_described"
_WRITTEN = "whatif_written"
_FROM, _CHANGED = "start", tuple(f"s{i + 1}" for i in range(MOST))
_REMEMBERED = 20  # addresses that this session wrote


@dataclass(frozen=True)
class Scenario:
    """What is changed in the accident; `number` tells the scenarios of a session apart for good."""

    number: int
    name: str
    changes: Mapping[str, object] = field(default_factory=dict)


def starts() -> dict[str, str]:
    """The accidents one can start from: code -> name, the one that was described first."""
    found = {}
    if accident_form.described() is not None:
        found[DESCRIBED] = _("The accident described on Prediction")
    if _OF_ADDRESS in st.session_state:
        found[LINKED] = _("The accident of the address")
    return found | {code: _(name) for code, name in EXAMPLES.items()}


def preset() -> str | None:
    """The accident that is chosen; None where somebody has to choose first. One newly described replaces another."""
    described = accident_form.described()
    if described is not None and described != st.session_state.get(_SEEN):
        st.session_state[_SEEN] = dict(described)
        st.session_state[START] = DESCRIBED
    offered = starts()
    if st.session_state.get(START) not in offered:
        st.session_state[START] = next((code for code in (DESCRIBED, LINKED) if code in offered), None)
    return st.session_state[START]


def start_from(code: str) -> None:
    """Choose an accident; for callbacks."""
    st.session_state[START] = code


def values(code: str) -> dict[str, object]:
    """The accident of a code of `starts`."""
    if code == DESCRIBED:
        return dict(accident_form.described() or {})
    if code == LINKED:
        return dict(st.session_state[_OF_ADDRESS])
    return dict(accident_form.EXAMPLES[EXAMPLES[code]])


def scenarios() -> list[Scenario]:
    """The scenarios beside the accident itself, one without a change at first."""
    if _SCENARIOS not in st.session_state:
        st.session_state[_SCENARIOS] = [_new([])]
    return list(st.session_state[_SCENARIOS])


def keep(changed: Sequence[Scenario]) -> None:
    """Remember the scenarios as they were drawn."""
    st.session_state[_SCENARIOS] = list(changed)


def add() -> None:
    """One more scenario; for callbacks."""
    kept = scenarios()
    if len(kept) < MOST:
        keep([*kept, _new(kept)])


def remove(number: int) -> None:
    """Drop a scenario; for callbacks."""
    keep([s for s in scenarios() if s.number != number])


def read_address() -> list[str]:
    """Take over what the address asks for, unless this session wrote it; gives what was not understood, in words.

    A page may be run with an address that is older than its fields, as one run follows another before the browser has
    changed it, and a link to another page drops it: what is there then stays.
    """
    asked = _own(st.query_params.to_dict())
    if not asked or asked in st.session_state.get(_WRITTEN, []):
        return []
    problems = _read_accident(asked)
    found: list[Scenario] = []
    for text in (asked[name] for name in _CHANGED if name in asked):
        name, changes, wrong = address.read(text)
        new = _new(found)
        found.append(Scenario(new.number, name or new.name, changes))
        problems += wrong
    keep(found or [_new([])])
    _remember(asked)
    return problems


def write_address(start: str, kept: Sequence[Scenario]) -> None:
    """Put the accident and the scenarios into the address; other parameters stay."""
    wanted = {_FROM: start} if start in EXAMPLES else link.parameters(values(start))
    wanted |= {name: address.write(s.name, s.changes) for name, s in zip(_CHANGED, kept, strict=False)}
    asked = _own(st.query_params.to_dict())
    for name in asked:
        if name not in wanted:
            del st.query_params[name]
    if any(asked.get(name) != text for name, text in wanted.items()):
        st.query_params.update(wanted)  # not `from_dict`: the open tab is bound to a parameter of its own
    _remember(wanted)


def _own(asked: Mapping[str, str]) -> dict[str, str]:
    """The parameters of an address that are about the accident and its scenarios."""
    return {name: text for name, text in asked.items() if name in (*features.BY_NAME, link.NONE, _FROM, *_CHANGED)}


def _read_accident(asked: Mapping[str, str]) -> list[str]:
    if asked.get(_FROM) in EXAMPLES:
        st.session_state[START] = asked[_FROM]
        return []
    found, problems = link.described(asked)
    if found:
        st.session_state[_OF_ADDRESS] = found
        st.session_state[START] = LINKED
    elif _FROM in asked:
        message = _("The address starts from {name!r}, which is no example.")
        problems.append(message.format(name=shortened(asked[_FROM])))
    return problems


def _new(others: Sequence[Scenario]) -> Scenario:
    """A scenario without a change, whose number and name no other has."""
    number = st.session_state["whatif_numbers"] = st.session_state.get("whatif_numbers", 0) + 1
    names = {s.name for s in others}
    named = (_("Scenario {n}").format(n=n) for n in range(1, MOST + 2))
    return Scenario(number, next(name for name in named if name not in names))


def _remember(state: dict[str, str]) -> None:
    written = st.session_state.setdefault(_WRITTEN, [])
    if state not in written:
        st.session_state[_WRITTEN] = [*written, state][-_REMEMBERED:]
