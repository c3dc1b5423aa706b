"""One training from words to model, the same for the command line, the pages and the training process."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from data import calendar, features, series, series_files, store
from data.text import _
from models.base import DataError, Report, silent
from models.registry import KINDS, Kind, load

if TYPE_CHECKING:
    from models.classifier import Classifier
    from models.lstm_forecasting import LSTMForecaster

FRANCE = "france"
_TUNED = {"epochs", "learning_rate"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainSpec:
    """What to train on what.

    `preset`: a name, by default the kind's first; `settings` change single values of it. `data`: "processed" or a file
    or folder of official files; `series`: "france" (the published daily counts) or a CSV file; `departements`: a CSV
    file by département, or as `data`, for a forecaster that learns them too; with `departement`, a code, it learns that
    one alone. `years`: those of the accidents to use, by default all; `until`: the last day to use, YYYY-MM-DD.
    `start_from`: the folder of a forecaster to go on from, which keeps its settings but `epochs` and `learning_rate`;
    with `freeze_encoder` what reads the past does not learn.
    """

    kind: str
    target: str
    preset: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    data: str | None = None
    series: str | None = None
    departements: str | None = None
    departement: str | None = None
    years: Sequence[int] = ()
    until: str | None = None
    start_from: str | None = None
    freeze_encoder: bool = False
    device: str = "auto"


def train(spec: TrainSpec, report: Report = silent) -> Classifier | LSTMForecaster:
    """Train what is asked for.

    Raises: DataError or ValueError naming what is wrong with the request or the data; TrainingCancelled from `report`.
    """
    kind = kind_of(spec)
    if spec.start_from:
        return _fine_tuned(spec, report)
    preset, config = kind.settings(spec.preset, spec.settings)
    if spec.target == "daily":
        forecaster: LSTMForecaster = kind.model(config, preset, spec.device)
        return forecaster.fit(daily(spec), report, None if spec.departement else by_departement(spec))
    if spec.series or spec.departements or spec.departement:
        message = _("{target} is learnt from accidents, not from a series; name their files as data.")
        raise DataError(message.format(target=spec.target))
    table, about = accidents(spec.data or "processed", spec.until, spec.years, spec.target)
    model: Classifier = kind.model(config, spec.target, preset, spec.device)
    return model.fit(table, report, about)


def accidents(
    data: str, until: str | None = None, years: Sequence[int] = (), target: str | None = None
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The dated accidents of a folder up to a day, as `data.features.table` gives them, and what to say of them.

    `years`: those to keep, by default all. What is said names no year in which the `target` is never known.

    Raises: DataError where they cannot be read or none has a date.
    """
    source = store.open_data(data)
    table, undated = _dated(features.table(source.accidents()))
    if until:
        table = table[table["date"] <= calendar.day(until)]
    if years:
        table = table[table["date"].dt.year.isin(years)]
    learnt = table if target is None else table[table[target].notna()]
    left = sorted(int(year) for year in learnt["date"].dt.year.unique())
    return table, {"source": _name(left, source.simulated), "simulated": source.simulated, "years": left} | undated


def daily(spec: TrainSpec) -> pd.Series:
    """The daily counts a forecaster is to learn from.

    Raises: DataError where the series cannot be read or has no day left.
    """
    if spec.departement:
        return _one_departement(spec, spec.departement)
    if spec.series in (None, FRANCE) and not spec.data:
        counts = series.france()
    elif spec.series:
        counts = series.read(spec.series, spec.until)
    else:
        source = store.open_data(spec.data or "processed")
        counts = series.from_accidents(
            source.accidents(["date", "year"]), source=_name(source.years, source.simulated), simulated=source.simulated
        )
    if spec.until:
        kept = counts[counts.index <= calendar.day(spec.until)]
        kept.attrs |= counts.attrs
        counts = kept
    return counts


def by_departement(spec: TrainSpec) -> pd.DataFrame | None:
    """The daily counts by département that a forecaster is to learn from; None where it learns France alone.

    Raises: DataError where they cannot be read or have no day left.
    """
    if not spec.departements:
        return None
    path = Path(spec.departements)
    if path.is_file():
        counts, about = series_files.by_departement(path), {"source": path.name, "simulated": False}
    else:
        source = store.open_data(spec.departements)
        accidents = source.accidents(["date", "year", "departement"])
        counts = series.daily_by_departement(accidents, simulated=source.simulated)
        about = {"source": _name(source.years, source.simulated), "simulated": source.simulated}
    kept = counts if spec.until is None else counts[counts.index <= calendar.day(spec.until)]
    kept.attrs = dict(counts.attrs)
    kept.attrs.update(about)
    return kept


def _one_departement(spec: TrainSpec, code: str) -> pd.Series:
    counts = by_departement(spec)
    if counts is None:
        raise DataError(_("Name the counts by département that {code!r} is to be taken from.").format(code=code))
    source, simulated = f"{counts.attrs['source']}: {code}", counts.attrs["simulated"]
    return series.of_departement(counts, code, source=source, simulated=simulated)


def _fine_tuned(spec: TrainSpec, report: Report) -> LSTMForecaster:
    """The forecaster of a folder, gone on learning from the counts asked for."""
    if spec.target != "daily":
        raise DataError(_("Only forecasters can go on from a trained one; train {kind} anew.").format(kind=spec.kind))
    if spec.preset or set(spec.settings) - _TUNED:
        names = ", ".join(sorted(_TUNED))
        raise DataError(_("Going on from a model keeps its settings; only {names} can be changed.").format(names=names))
    model: Any = load(Path(str(spec.start_from)), spec.device)
    if model.metadata["kind"] != spec.kind:
        message = _("{folder} holds a model of the kind {found!r}, not {kind!r}.")
        raise DataError(message.format(folder=spec.start_from, found=model.metadata["kind"], kind=spec.kind))
    tuned: LSTMForecaster = model.fine_tune(daily(spec), report, freeze_encoder=spec.freeze_encoder, **spec.settings)
    return tuned


def _dated(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """The accidents that can be split by time, and a note where others had to be left out.

    Raises: DataError where no accident has a date.
    """
    dated = table["date"].notna()
    if dated.all():
        return table, {}
    note = _("{n:,} accidents without a date were left out: they cannot be split by time.").format(n=(~dated).sum())
    if not dated.any():
        raise DataError(_("No accident has a date; import the table caracteristiques of their years too."))
    _log.warning(note)
    return table[dated], {"note": note}


def kind_of(spec: TrainSpec) -> Kind:
    """The kind that is asked for.

    Raises: DataError where there is none of the name, or it cannot learn the target.
    """
    if spec.kind not in KINDS:
        raise DataError(
            _("There is no kind {kind!r}; there is {known}.").format(kind=spec.kind, known=", ".join(KINDS))
        )
    kind = KINDS[spec.kind]
    if spec.target not in kind.targets:
        message = _("{kind} cannot learn {target!r}; it learns {known}.")
        raise DataError(message.format(kind=spec.kind, target=spec.target, known=", ".join(kind.targets)))
    return kind


def _name(years: Sequence[int], simulated: bool) -> str:
    names = ", ".join(map(str, years))
    return _("simulated {years}").format(years=names) if simulated else f"BAAC {names}"
