"""What reports are made of, asked of the same caches as the pages; no page is drawn here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from data import features, summary
from data.errors import AppError
from data.filters import Filters
from data.text import _
from ui import words
from ui.components import cache, explanation, exploration, import_report
from ui.components import prediction as answers
from ui.report import prediction as predicted
from ui.report import provenance
from ui.report.content import Section

if TYPE_CHECKING:
    pass


def prediction(values: Mapping[str, object]) -> list[Section]:
    """The described accident, what the models say of it, and where that comes from."""
    from models import champions

    known = {name: value for name, value in values.items() if value is not None}
    answered = [_answered(target, known) for target in features.TARGETS]
    entries = [entry for target in features.TARGETS for entry in champions.compared(target)]
    names = {}
    for target in features.TARGETS:
        names |= answers.labels(champions.compared(target))
    leading = [champions.compared(target)[:1] for target in features.TARGETS]
    sentences = [sentence for first in leading for entry in first for sentence in provenance.of_model(entry)]
    return [
        *predicted.sections(values, answered),
        provenance.models(entries, names),
        loaded(),
        provenance.limits(sentences, provenance.years_of(entries), ("accidents", "collision", "severity")),
    ]


def loaded() -> Section:
    """The accidents loaded: their source, their days, whether they are simulated, and what they lack."""
    try:
        data = cache.dataset()
        view = exploration.View(data, Filters())
        years = view.ask(summary.by_year)
    except AppError as error:
        return provenance.data({_("Source"): str(error)}, ())
    facts = {
        _("Source"): exploration.origin(view),
        _("Period"): exploration.period(years),
        _("Years"): words.years(data.years),
        _("Accidents"): words.count(view.accidents),
        _("Simulated"): _("yes, no real accident") if data.simulated else _("no"),
        _("Version of the data"): data.version,
    }
    return provenance.data(facts, [*exploration.missing(years), *import_report.extracts(data.report["years"])])


def _answered(target: features.Target, values: Mapping[str, object]) -> predicted.Answered:
    found = answers.ask(target, values)
    agreement = "" if found.shares.empty else answers.agreement(found.shares)
    return predicted.Answered(
        target,
        found.shares,
        found.colours,
        found.frequencies,
        found.sources,
        agreement,
        found.champion,
        found.refused,
        _reasons(target, values) if found.champion else None,
    )


def _reasons(target: features.Target, values: Mapping[str, object]) -> predicted.Reasons:
    """Why the champion names its most likely class."""
    from models import champions

    entry = champions.compared(target)[0]
    shares = cache.probabilities(entry, values)
    likely = max(shares, key=lambda name: shares[name])
    found = cache.explanation(entry, values, likely)
    about = _("{unit} The reasons tell what the model used, not what caused the accident. Rule: {game}.").format(
        unit=explanation.unit_in_words(found.unit), game=_(found.game)
    )
    return predicted.Reasons(
        explanation.in_words(found, values, words.class_label(target, likely)),
        explanation.parts(found, values),
        found.base,
        found.output,
        found.unit,
        about,
    )
