"""The report of a prediction: the described accident, what the models say, why, and what to keep in mind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from data import features, plausibility
from data.text import _
from ui import words
from ui.report import content, figures
from ui.report.content import Figure, Paragraph, Part, Section, Table


@dataclass(frozen=True)
class Reasons:
    """Why the champion says what it finds most likely: sentences, the steps of the waterfall, how to read it."""

    lines: str
    parts: pd.DataFrame
    base: float
    output: float
    unit: str
    about: str


@dataclass(frozen=True)
class Answered:
    """What the models say of one target.

    `shares`: classes in words x models; `agreement`: in a sentence; `champion`: its column, empty where it gave no
    answer; `refused`: models left out with the reason.
    """

    target: features.Target
    shares: pd.DataFrame
    colours: Mapping[str, str]
    frequencies: Mapping[str, float]
    sources: Sequence[str]
    agreement: str
    champion: str
    refused: Sequence[tuple[str, str]] = ()
    reasons: Reasons | None = None


def sections(values: Mapping[str, object], answers: Sequence[Answered], unusual: Sequence[str] = ()) -> list[Section]:
    """The accident with how unusual it is (the verdict, then what is rare and how that was found), then each target."""
    return [_accident(values, unusual), *(_target(answered) for answered in answers)]


def telling(sentences: Sequence[str], rows: pd.DataFrame, meaning: str) -> Section:
    """What each group of inputs tells. `rows`: in words, the group in the index; `meaning`: how they are read."""
    table = Table.of(rows.rename_axis(_("About")), _plain(meaning))
    return Section(_("What each group of inputs tells"), (*map(Paragraph, sentences), table))


def similar(title: str, check: str, rows: pd.DataFrame, source: str) -> Section:
    """What came of similar past accidents. `rows`: in words, the class in the index; `check`: whether it agrees."""
    table = Table.of(rows.rename_axis(_("Class")), _plain(source))
    return Section(title, (Paragraph(check), table) if check else (table,))


def _plain(text: str) -> str:
    """A text of a page without its slanted parts, which files do not have."""
    return text.replace("*", "")


def _accident(values: Mapping[str, object], unusual: Sequence[str]) -> Section:
    given = [i for i in features.INPUTS if values.get(i.name) is not None]
    unknown = _("{given} of {all} inputs were given; the others are unknown to the models.")
    parts: list[Part] = [Paragraph(unknown.format(given=len(given), all=len(features.INPUTS)))]
    parts += [Paragraph(sentence, "warning") for sentence in plausibility.contradictions(values)]
    told = [i for i in given if values[i.name] != 0]
    if told:
        rows = tuple((words.input_label(i.name), words.input_value(i.name, values[i.name]), _group(i)) for i in told)
        parts.append(Table(_("What is known of it"), (_("Input"), _("Value"), _("About")), rows))
    for message, items in (
        (_("Given as none: {inputs}."), [i for i in given if i not in told]),
        (_("Close to an account of the accident itself: {inputs}."), [i for i in told if i.near_event]),
    ):
        if items:
            parts.append(Paragraph(message.format(inputs=", ".join(words.input_label(i.name) for i in items)), "note"))
    parts += [Paragraph(sentence, "note" if place else "text") for place, sentence in enumerate(unusual)]
    return Section(_("The described accident"), tuple(parts))


def _group(item: features.Input) -> str:
    return _(features.GROUPS[item.group])


def _target(answered: Answered) -> Section:
    title = _(features.TARGETS[answered.target])
    refused = [
        Paragraph(_("Left out: {name}. {reason}").format(name=name, reason=reason), "warning")
        for name, reason in answered.refused
    ]
    if answered.shares.empty:
        return Section(title, (Paragraph(_("No model answered.")), *refused))
    parts: list[Part] = [*([_champion(answered)] if answered.champion else []), Paragraph(answered.agreement)]
    name = _("Probability of each {target} by model").format(target=title.lower())
    caption = _(
        "▾ marks how frequent each class is among the accidents that the models learnt from: {sources}."
    ).format(sources=", ".join(answered.sources))
    draw = partial(figures.probabilities, answered.shares, answered.colours, answered.frequencies)
    parts += [Figure(draw, name, caption), _table(answered, name), *refused]
    return Section(title, tuple(parts), (_why(answered.reasons),) if answered.reasons else ())


def _champion(answered: Answered) -> content.Facts:
    """The answer of the champion beside the frequency of the class it names."""
    values = answered.shares[answered.champion]
    likely = str(values.idxmax())
    found = {
        _("Champion"): answered.champion,
        _("Most likely"): f"**{likely}**",
        _("Its probability"): f"**{words.percent(float(values.max()))}**",
    }
    if likely in answered.frequencies:
        found[_("Frequency of the class")] = words.percent(answered.frequencies[likely])
    return content.facts(found)


def _table(answered: Answered, caption: str) -> Table:
    """A row a class: the probability of each model, and the frequency of the class."""
    rows = answered.shares.map(words.percent)
    frequent = [words.percent(answered.frequencies[c]) if c in answered.frequencies else "–" for c in rows.index]
    return Table.of(rows.assign(**{_("Frequency of the class"): frequent}).rename_axis(_("Class")), caption)


def _why(reasons: Reasons) -> Section:
    alt = _("From the start to the result: what each input adds to or takes from the output of the champion")
    draw = partial(figures.reasons, reasons.parts, base=reasons.base, output=reasons.output, unit=_(reasons.unit))
    return Section(
        _("Main reasons of the champion"),
        (content.points(reasons.lines), Figure(draw, alt), Paragraph(reasons.about, "note")),
    )
