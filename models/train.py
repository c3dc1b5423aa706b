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
from models.registry import KINDS, Kind

if TYPE_CHECKING:
    from models.classifier import Classifier
    from models.lstm_forecasting import LSTMForecaster

FRANCE = "france"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainSpec:
    """What to train on what.

    `preset`: a name, by default the kind's first; `settings` change single values of it. `data`: "processed" or a file
    or folder of official files; `series`: "france" (the published daily counts) or a CSV file; `departements`: a CSV
    file by département, or as `data`, for a forecaster that learns them too. `until`: the last day to use, YYYY-MM-DD.
    """

    kind: str
    target: str
    preset: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    data: str | None = None
    series: str | None = None
    departements: str | None = None
    until: str | None = None
    device: str = "auto"


def train(spec: TrainSpec, report: Report = silent) -> Classifier | LSTMForecaster:
    """Train what is asked for.

    Raises: DataError or ValueError naming what is wrong with the request or the data; TrainingCancelled from `report`.
    """
    kind = _kind(spec)
    preset, config = kind.settings(spec.preset, spec.settings)
    if spec.target == "daily":
        forecaster: LSTMForecaster = kind.model(config, preset, spec.device)
        return forecaster.fit(daily(spec), report, by_departement(spec))
    if spec.series or spec.departements:
        message = _("{target} is learnt from accidents, not from a series; name their files as data.")
        raise DataError(message.format(target=spec.target))
    table, about = accidents(spec.data or "processed", spec.until)
    model: Classifier = kind.model(config, spec.target, preset, spec.device)
    return model.fit(table, report, about)


def accidents(data: str, until: str | None = None) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The dated accidents of a folder up to a day, as `data.features.table` gives them, and what to say of them.

    Raises: DataError where they cannot be read or none has a date.
    """
    source = store.open_data(data)
    table, undated = _dated(features.table(source.accidents()))
    if until:
        table = table[table["date"] <= calendar.day(until)]
    years = sorted(int(year) for year in table["date"].dt.year.unique())  # those that `until` leaves
    return table, {"source": _name(years, source.simulated), "simulated": source.simulated, "years": years} | undated


def daily(spec: TrainSpec) -> pd.Series:
    """The daily counts a forecaster is to learn from.

    Raises: DataError where the series cannot be read or has no day left.
    """
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
        counts = series_files.by_departement(path)
    else:
        source = store.open_data(spec.departements)
        accidents = source.accidents(["date", "year", "departement"])
        counts = series.daily_by_departement(accidents, simulated=source.simulated)
    if spec.until:
        counts = counts[counts.index <= calendar.day(spec.until)]
    return counts


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


def _kind(spec: TrainSpec) -> Kind:
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
