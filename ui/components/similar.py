"""Similar accidents of the loaded data and what came of them, as a check of the answers; found only when asked for."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from data import features, record, schema
from data.text import _
from ui import words
from ui.components import cache, past_accident, prediction, target_choice

if TYPE_CHECKING:
    from models.registry import Entry
    from models.similar import Building, Space
    from models.tab_transformer import TabTransformerClassifier

SHOWN = 20
_BOX, _TARGET = "similar", "similar_target"
_KEPT = 3  # spaces, some 15 MB each
_KINDS = ("blend", "tab-transformer")
_CONDITIONS = ("light", "weather", "road_class", "speed_limit")

Key = tuple[str, str, str, str]  # version of the data, folder, digest and device of the model


@dataclass
class _Spaces:
    """Spaces that are built or under construction, for everybody."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    ready: dict[Key, Space | None] = field(default_factory=dict)
    building: dict[Key, Building] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """What somebody asked similar accidents for, and the accident that the description began with, if any."""

    target: features.Target
    begun: str


@dataclass(frozen=True)
class Told:
    """What came of similar accidents, for a file: whether the champion agrees, the numbers, what they are."""

    title: str
    check: str
    table: pd.DataFrame
    source: str


def asked() -> Asked | None:
    """What is asked for on the page being drawn; None while the box is closed."""
    if not st.session_state.get(_BOX):
        return None
    begun = past_accident.current()
    return Asked(st.session_state.get(_TARGET) or "collision", begun.accident if begun else "")


def told(asked: Asked, values: Mapping[str, object]) -> Told | None:
    """What the opened box says; None where the past accidents are not compared yet, or cannot be.

    Raises: DataError where the data cannot be read; CheckpointError.
    """
    from models import champions, similar

    entry = entry_of(asked.target)
    space = None if entry is None else _spaces().ready.get((cache.dataset().version, *cache.identity(entry)))
    if entry is None or space is None:
        return None
    found = similar.nearest(space, _transformer(entry), values, asked.begun)
    if found.empty:
        return None
    champion = champions.champion(asked.target)
    answer = cache.probabilities(champion, values) if champion is not None else {}
    shares = similar.shares(found, space, asked.target)
    rows = table(asked.target, shares, answer)
    said = check(asked.target, shares, answer).partition(": ")[2]  # without its icon
    title = f"{_title()}: {_(features.TARGETS[asked.target]).lower()}"
    return Told(title, said, rows, _source(entry, space))


def _title() -> str:
    return _("Similar simulated accidents") if cache.simulated() else _("Similar past accidents")


def show(values: Mapping[str, object]) -> None:
    """A box which, once opened, compares the described accident with past ones.

    Raises: DataError where the data cannot be read; CheckpointError.
    """
    box = st.expander(_title(), key=_BOX, on_change="rerun", icon=":material/content_copy:")
    if not box.open:
        return
    with box:
        target = target_choice.choose(_("Similar for"), key=_TARGET)
        entry = entry_of(target)
        if entry is None:
            st.info(_("Similar accidents are found by a TabTransformer or a blend; there is none for this question."))
            return
        space = _space(entry)
        if space is None:
            st.info(_("No loaded accident has a known outcome to compare with. Import more tables."))
            return
        _compare(target, entry, space, values)


def entry_of(target: features.Target) -> Entry | None:
    """The champion, where a TabTransformer is in it, or another model in which there is one."""
    from models import champions

    usable = champions.usable(target)
    able = [e for e in usable if (e.metadata or {}).get("kind") in _KINDS]
    if able and able[0] is usable[0]:
        return able[0]
    return min(able, key=lambda e: (e.own, _KINDS[::-1].index(str((e.metadata or {})["kind"]))), default=None)


def _compare(target: features.Target, entry: Entry, space: Space, values: Mapping[str, object]) -> None:
    from models import similar

    begun = past_accident.current()
    found = similar.nearest(space, _transformer(entry), values, begun.accident if begun else "")
    if found.empty:
        st.info(_("Nothing is known of the described accident: every past one is as similar."))
        return
    _reality(target, similar.shares(found, space, target), values)
    st.caption(_source(entry, space))
    st.dataframe(_rows(found.head(SHOWN)), hide_index=True, width="stretch", height=420, key="similar_rows",
                 column_config=_columns())  # fmt: skip
    st.caption(
        _(
            "*Distance*: 1 is that of a typical past accident. Similar to the model is not the same: the accidents "
            "share what it looks at, and models may have learnt from them. Of 100 accidents, a rare outcome may be "
            "missing by chance."
        )
    )


def _reality(target: features.Target, shares: pd.DataFrame, values: Mapping[str, object]) -> None:
    """What came of the nearest beside the champion's answer."""
    from models import champions

    champion = champions.champion(target)
    answer = cache.probabilities(champion, values) if champion is not None else {}
    st.markdown(check(target, shares, answer))
    st.table(table(target, shares, answer))


def table(target: features.Target, shares: pd.DataFrame, answer: Mapping[str, float]) -> pd.DataFrame:
    """A row a class: how often it came of similar accidents, what the champion says, how often it is at all."""
    known = int(shares["accidents"].sum())
    return pd.DataFrame(
        {
            _("Of the {n} most similar").format(n=known): [words.percent(share) for share in shares["share"]],
            _("95% interval"): [
                f"{words.percent(low)}–{words.percent(high)}"
                for low, high in zip(shares["low"], shares["high"], strict=True)
            ],
            _("Champion"): [words.percent(answer[code]) if code in answer else "" for code in shares.index],
            _("Of all compared"): [words.percent(share) for share in shares["everywhere"]],
        },
        index=pd.Index([words.class_label(target, code) for code in shares.index]),
    )


def check(target: features.Target, shares: pd.DataFrame, answer: Mapping[str, float]) -> str:
    """Whether the champion's probabilities lie in the intervals of what came of similar accidents."""
    apart = [code for code in shares.index if code in answer and not _within(shares.loc[code], answer[code])]
    if not answer:
        return ""
    if not apart:
        return _(
            ":material/check: Every probability of the champion lies within the 95% interval of what came of similar "
            "accidents."
        )
    parts = [
        _("{name} ({share}, not {low} to {high})").format(
            name=words.class_label(target, code),
            share=words.percent(answer[code]),
            low=words.percent(shares.loc[code, "low"]),
            high=words.percent(shares.loc[code, "high"]),
        )
        for code in apart
    ]
    message = _(
        ":material/difference: The champion lies outside the 95% interval of what came of similar accidents for: "
        "{classes}. It weighs what these accidents do not share with the described one."
    )
    return message.format(classes=", ".join(parts))


def _within(row: pd.Series, share: float) -> bool:
    return bool(row["low"] <= share <= row["high"])


def _source(entry: Entry, space: Space) -> str:
    compared = _("{n} loaded accidents").format(n=words.count(len(space)))
    if len(space) < space.loaded:
        compared = _("{n} accidents drawn from {all} loaded").format(
            n=words.count(len(space)), all=words.count(space.loaded)
        )
    simulated = _(" They are simulated: no real accident.") if cache.simulated() else ""
    message = _("Compared with {accidents}, as the TabTransformer of {model} sees them, by what is known here.")
    model = prediction.labels([entry])[entry.name]
    return message.format(accidents=compared, model=model) + simulated


def _rows(found: pd.DataFrame) -> pd.DataFrame:
    """The nearest accidents in words, with addresses of their record and of their description."""
    known = record.described(cache.dataset(), list(found["accident"]))
    distances = dict(zip(found["accident"], found["distance"], strict=True))
    rows = []
    for number, row in zip(known.index, known.to_dict("records"), strict=True):
        rows.append(
            {
                _("Distance"): round(distances[number], 2),
                **{_(label): _coded(target, row[target]) for target, label in features.TARGETS.items()},
                _("Describe"): f"prediction?{past_accident.ACCIDENT}={number}",
                _("Record"): f"map?{past_accident.ACCIDENT}={number}",
                _("When"): _when(row),
                _("Who"): _who(row),
                **{words.input_label(name): _said(name, row[name]) for name in _CONDITIONS},
            }
        )
    return pd.DataFrame(rows)


def _columns() -> dict[str, object]:
    link = st.column_config.LinkColumn
    return {
        _("Distance"): st.column_config.NumberColumn(format="%.2f", width="small"),
        _("Describe"): link(display_text=_("Describe"), help=_("Opens it on this page in a new tab."), width="small"),
        _("Record"): link(display_text=_("Record"), help=_("Opens its record on the Map page."), width="small"),
    }


def _when(row: Mapping[str, object]) -> str:
    parts = [words.code(name, row[name]) for name in ("weekday", "month") if not pd.isna(row[name])]
    return ", ".join([*parts, *([] if pd.isna(row["hour"]) else [f"{row['hour']}:00"])])


def _who(row: Mapping[str, object]) -> str:
    """Kinds of vehicle and pedestrians, with their numbers where there are more."""
    parts = []
    for name in (*schema.VEHICLE_GROUPS, "pedestrians"):
        n = row[name]
        if not pd.isna(n) and n:
            parts.append(words.input_label(name) + (f" × {n:.0f}" if n > 1 else ""))
    return ", ".join(parts)


def _said(name: str, value: object) -> str:
    return "" if pd.isna(value) else words.input_value(name, value)


def _coded(name: str, value: object) -> str:
    return _("not known") if pd.isna(value) else words.code(name, value)


@st.cache_resource(show_spinner=False)
def _spaces() -> _Spaces:
    return _Spaces()


def _space(entry: Entry) -> Space | None:
    """The space of a model and the loaded data, built on first need with its progress shown.

    Not by `cache_resource`, which cannot show progress; what an interrupted run has built is gone on with.
    """
    from models import similar

    data, spaces = cache.dataset(), _spaces()
    key = (data.version, *cache.identity(entry))
    if key in spaces.ready:
        return spaces.ready[key]
    with spaces.lock:
        if key in spaces.ready:
            return spaces.ready[key]
        bar = st.progress(0.0, text=_("Reading past accidents …"))
        if key not in spaces.building:
            table = features.table(data.accidents())
            try:
                spaces.building = {key: similar.Building(_transformer(entry), table)}
            except ValueError:
                spaces.ready[key] = None
                return None
        building = spaces.building[key]
        while building.done < building.total:
            building.step()
            message = _("Looking at past accidents, once: {done} of {total}")
            said = message.format(done=words.count(building.done), total=words.count(building.total))
            bar.progress(building.done / building.total, text=said)
        bar.empty()
        kept = list(spaces.ready.items())[1 - _KEPT :]
        spaces.ready = dict([*kept, (key, building.finished())])
        spaces.building = {}
        cache.settle()
        return spaces.ready[key]


def _transformer(entry: Entry) -> TabTransformerClassifier:
    from models import inspection

    found = inspection.transformer_of(cache.model(entry))
    if found is None:  # its metadata name a kind that has one
        raise TypeError(entry.name)
    return found
