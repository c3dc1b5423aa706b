"""What every report says of where its answers come from: models with their versions, data, and what they cannot say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from data import breaks
from data.filters import Filters
from data.text import _
from models import card, checkpoint
from models.champions import target_label
from models.registry import KINDS, Entry
from ui.report import content
from ui.report.content import Paragraph, Part, Points, Section, Table

_HASH = 16  # digits that are shown of a SHA-256


def models(entries: Sequence[Entry], names: Mapping[str, str]) -> Section:
    """The models that answered, from what they learnt, and the hash by which each can be found again.

    `names`: what each is called in the report, by its checkpoint.
    """
    head = (_("Model"), _("Kind"), _("Learnt from"), _("Made"), _("Checkpoint"), _("SHA-256"))
    parts: list[Part] = []
    for target in dict.fromkeys(entry.target for entry in entries if entry.target):
        rows = [_version(entry, names.get(entry.name, entry.name)) for entry in entries if entry.target == target]
        parts.append(Table(target_label(target), head, tuple(rows)))
    about = _(
        "SHA-256: the first {n} digits of the hash of the checkpoint's metadata, which hold the hash of each of its "
        "other files."
    )
    parts.append(Paragraph(about.format(n=_HASH), "note"))
    notes = tuple(f"**{names.get(e.name, e.name)}**: {e.notes}" for e in entries if e.notes)
    return Section(_("Models and their versions"), (*parts, *([Points(notes)] if notes else [])))


def data(loaded: Mapping[str, str], about: Sequence[str]) -> Section:
    """The data loaded in Balise when the report was made, and what they cannot say."""
    parts = (content.facts(loaded), *([Points(tuple(about))] if about else []))
    return Section(_("Data loaded"), parts)


def limits(
    of_models: Iterable[str],
    years: Iterable[int] = (),
    columns: Sequence[str] = ("accidents",),
    more: Sequence[str] = (),
) -> Section:
    """What the report cannot say: of every report, of its models, and the breaks that bear on what it shows.

    `of_models`: limits of models, in sentences. `years`: of the accidents that it rests on. `columns`: what of them it
    is about. `more`: what else is to be said of this report.
    """
    always = (
        _(
            "Only accidents with an injury that the police recorded: damage alone, and injuries that nobody reported, "
            "are not there."
        ),
        _("Association, not cause: what goes together in the records need not lead to one another."),
        _("Small numbers move by chance: read intervals, and rare classes and places with care."),
    )
    told = [breaks.explained(item) for item in breaks.concerning(sorted(set(years)), columns, Filters())]
    none = _("Nothing that matters here changed in the official files between the days that this report rests on.")
    return Section(
        _("Limits"),
        (content.distinct([*always, *more]),),
        (
            Section(_("Of the model that answers by default"), (content.distinct(of_models),)),
            Section(_("Breaks between the years"), (content.distinct([*(told or [none]), _(breaks.ALWAYS)]),)),
        ),
    )


def of_model(entry: Entry) -> list[str]:
    """What the limits of one model are."""
    return card.limits(entry.metadata or {})


def years_of(entries: Iterable[Entry]) -> set[int]:
    """The years of the accidents that models learnt from."""
    found: set[int] = set()
    for facts in (entry.metadata or {} for entry in entries):
        data: Mapping[str, Any] = facts.get("data", {})
        found |= set(data.get("years") or [])
        if "start" in data and "end" in data:
            found |= set(range(int(data["start"][:4]), int(data["end"][:4]) + 1))
    return found


def learnt_from(facts: Mapping[str, Any]) -> str:
    """The source of what a model learnt from, its days, and whether it was simulated."""
    data, split = facts.get("data", {}), facts.get("split", {})
    if facts.get("target") == "daily":
        start, end = data.get("start"), facts.get("learnt_until") or data.get("end")
    else:
        start, end = split.get("train", {}).get("start"), split.get("train", {}).get("end")
    parts = [str(data.get("source") or _("not stated"))]
    if start and end:
        parts.append(_("{start} to {end}").format(start=start, end=end))
    if data.get("simulated"):
        parts.append(_("simulated"))
    return ", ".join(parts)


def _version(entry: Entry, name: str) -> tuple[str, ...]:
    facts = entry.metadata or {}
    kind = KINDS[facts["kind"]].label if facts["kind"] in KINDS else str(facts["kind"])
    return (
        name,
        kind,
        learnt_from(facts),
        str(facts.get("created", "–"))[:10],
        entry.name,
        checkpoint.digest(entry.folder / checkpoint.METADATA)[:_HASH],
    )
