"""What reports are made of, asked of the same caches as the pages; no page is drawn here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data import features, summary
from data.errors import AppError
from data.filters import Filters
from data.text import _
from models.base import Forecast
from models.score_words import METRICS, meanings
from models.unseen import unseen
from ui import words
from ui.components import (
    cache,
    certainty,
    explanation,
    exploration,
    forecast_answers,
    forecast_figures,
    forecast_result,
    forecaster_scores,
    forecasting,
    import_report,
    similar,
    unusual,
)
from ui.components import comparison as comparisons
from ui.components import prediction as answers
from ui.components.counted_days import FRANCE
from ui.report import comparison as compared
from ui.report import forecast as forecasted
from ui.report import prediction as predicted
from ui.report import provenance
from ui.report.content import Section

if TYPE_CHECKING:
    from models.registry import Entry
    from ui.components.forecasting import Choice

_METRIC = "log_loss"  # by which models are ranked
_BESIDE = ("seasonal-naive",)  # where no simpler method was asked for


def prediction(
    values: Mapping[str, object],
    away: Mapping[str, Mapping[str, object]] | None = None,
    asked: similar.Asked | None = None,
) -> list[Section]:
    """The described accident, what the models say of it, and where that comes from.

    `away`: what was known of groups that were made unknown; `asked`: what similar accidents were asked for.
    """
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
        *predicted.sections(values, answered, _unusual(known)),
        *_telling(known, away or {}),
        *_similar(asked, known),
        provenance.models(entries, names),
        loaded(),
        provenance.limits(sentences, provenance.years_of(entries), ("accidents", "collision", "severity")),
    ]


def comparison(target: features.Target) -> list[Section]:
    """The scores kept with the champion of a target and those compared with it, and of the forecasters."""
    from models import champions

    entries = [entry for entry in champions.compared(target) if unseen(entry.metadata or {})]
    forecasters = champions.compared("daily")
    daily = forecaster_scores.table(forecasters) if forecasters else None
    names = {**answers.labels(entries), **{e.name: forecasting.model_label(e) for e in forecasters}}
    about = _(
        "Over all forecasts of 28 days in a period that the model had not seen when it was scored. Coverage: share of "
        "days inside the 80% interval, at best near 80%."
    )
    sentences = [one for entry in (*entries[:1], *forecasters[:1]) for one in provenance.of_model(entry)]
    return [
        *compared.sections(_compared(target, entries, names), daily, about),
        provenance.models([*entries, *forecasters], names),
        loaded(),
        provenance.limits(sentences, provenance.years_of(entries), ("accidents", target)),
    ]


def forecast(choice: Choice, future: Forecast) -> list[Section]:
    """A forecast with its days, simpler methods, and past errors."""
    counted = choice.counted
    asked = replace(choice, beside=choice.beside or _BESIDE)
    beside, left_out = forecast_answers.of_baselines(asked, counted)
    held_out = choice.model.metadata["metrics"]["held_out"]
    found = forecasted.Asked(
        model=choice.model_name,
        place=choice.place,
        future=future,
        history=counted.iloc[-choice.shown :] if choice.shown else counted,
        intervals=choice.intervals,
        before=forecast_figures.year_before(counted, future.dates),
        beside=beside,
        left_out=left_out,
        total=forecast_answers.total(choice, future),
        about=forecast_result.about_days(choice, future),
        about_total=forecast_figures.about_total(choice, future, forecast_answers.total(choice, future)),
        learnt=forecast_result.statement(choice),
        scores=forecaster_scores.table([choice.entry]),
        errors=forecaster_scores.errors(held_out, "mae"),
        labels={"model": choice.model_name} | {name: words.baseline_label(name) for name in held_out["baselines"]},
        own=_own_errors(choice),
    )
    chance = [] if choice.level == FRANCE else [forecast_figures.about_chance(choice, future)]
    years = {*provenance.years_of([choice.entry]), *range(counted.index[0].year, counted.index[-1].year + 1)}
    return [
        *forecasted.sections(found),
        provenance.models([choice.entry], {choice.entry.name: forecasting.model_label(choice.entry)}),
        loaded(),
        provenance.limits(provenance.of_model(choice.entry), years, more=chance),
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


def _unusual(values: Mapping[str, object]) -> list[str]:
    """How unusual the accident is, as far as past ones can be read."""
    try:
        return unusual.sentences(values)
    except AppError:  # the section of the data says so
        return []


def _telling(values: Mapping[str, object], away: Mapping[str, Mapping[str, object]]) -> list[Section]:
    """What each group of inputs tells, as far as a champion answers."""
    from models import champions

    leading = {target: entry for target in features.TARGETS for entry in champions.compared(target)[:1]}
    found = certainty.ask(leading, values, away)
    if not found:
        return []
    return [predicted.telling(certainty.sentences(found, away), certainty.table(found, away), certainty.meaning())]


def _similar(asked: similar.Asked | None, values: Mapping[str, object]) -> list[Section]:
    """What came of similar accidents, where somebody asked for them."""
    told = None if asked is None else similar.told(asked, values)
    return [] if told is None else [predicted.similar(told.title, told.check, told.table, told.source)]


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


def _compared(target: features.Target, entries: list[Entry], names: Mapping[str, str]) -> compared.Compared | None:
    """What is kept of the models compared; None where there are none."""
    if not entries:
        return None
    scores = {entry.name: found.scores for entry in entries if (found := unseen(entry.metadata or {}))}
    same = comparisons.by_accidents(entries)
    tables = [table for together in same for table in _tables(together, names, dated=len(same) > 1)]
    # the champion stands first: drawn are those that can be compared with it
    rows = [_score(names[entry.name], entry, scores[entry.name]) for entry in same[0]]
    facts = entries[0].metadata or {}
    baseline = next((b[_METRIC] for e in same[0] if _METRIC in (b := scores[e.name].get("baseline", {}))), None)
    warnings = []
    if len(same) > 1:
        drawn = _("The figure shows those scored on {period}.").format(period=comparisons.period(same[0]))
        warnings.append(f"{comparisons.different_accidents()} {drawn}")
    simulated = [names[e.name] for e in entries if (e.metadata or {}).get("data", {}).get("simulated")]
    if simulated:
        warnings.append(_("Trained and scored on simulated accidents: {names}.").format(names=", ".join(simulated)))
    return compared.Compared(
        title=_(features.TARGETS[target]),
        scores=tables,
        metric=_METRIC,
        rows=pd.DataFrame(rows),
        baseline=baseline,
        champion=names[entries[0].name],
        confusion=np.array(facts.get("confusion", []), dtype=float),
        classes=[words.class_label(target, c) for c in facts.get("classes", [])],
        origins=comparisons.origins(entries, dict(names)).iloc[:, [0, 2]],
        meanings=meanings(name for name in METRICS if any(name in one for one in scores.values())),
        warnings=warnings,
    )


def _tables(together: list[Entry], names: Mapping[str, str], *, dated: bool) -> list[pd.DataFrame]:
    """The scores of models that the same accidents scored; `dated`: each table says which."""
    found = comparisons.score_tables(together, dict(names))
    if not dated:
        return found
    period = comparisons.period(together)
    return [table.rename_axis(f"{table.index.name}: {period}") for table in found]


def _score(label: str, entry: Entry, scores: Mapping[str, Any]) -> dict[str, object]:
    low, high = scores.get("intervals", {}).get(_METRIC, (None, None))
    kind = (entry.metadata or {})["kind"]
    return {"label": label, "kind": kind, "value": scores.get(_METRIC), "low": low, "high": high}


def _own_errors(choice: Choice) -> dict[str, str]:
    """The errors of a département alone, beside last week again; nothing of France, whose errors are all there is."""
    if choice.level == FRANCE:
        return {}
    kept = choice.model.metadata["departements"]["metrics"]["held_out"]["by_departement"].get(choice.level, {})
    again = forecast_answers.held_out_of(choice)
    found = {
        _("Mean absolute error, {place}").format(place=choice.place): words.score(kept.get("mae")),
        _("MASE, {place}").format(place=choice.place): words.score(kept.get("mase")),
    }
    if again is not None:
        found[_("Mean absolute error of last week again")] = words.score(again[1])
    return found
