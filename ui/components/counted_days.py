"""The days that are counted, after which a forecast begins: the model's own, the published ones, the loaded data's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd
import streamlit as st

from data import series, store
from data.errors import DataError
from data.text import _
from ui import words
from ui.components import cache

if TYPE_CHECKING:
    from models.lstm_forecasting import LSTMForecaster
    from models.registry import Entry

FRANCE = "france"  # the level that is no département
Source = Literal["context", "france", "loaded"]


@dataclass(frozen=True)
class Past:
    """Days counted of one source: of France, and by département where they are known.

    `mark` tells one past from another in caches; `why` is the reason where there are no départements; `own`: these are
    the days that the model learnt from.
    """

    mark: str
    france: pd.Series
    departements: pd.DataFrame | None = None
    why: str = ""
    own: bool = False

    @property
    def simulated(self) -> bool:
        return bool(self.france.attrs.get("simulated"))

    def of(self, level: str) -> pd.Series:
        """The counts of France or of a département, by its code: the last stretch without gap.

        Raises: DataError where there are none of the département.
        """
        if level == FRANCE:
            return self.france
        source = str(self.france.attrs.get("source", ""))
        return series.of_departement(self.by_departement, level, source=source, simulated=self.simulated)

    @property
    def by_departement(self) -> pd.DataFrame:
        """The counts by département. Raises: DataError with the reason where there are none."""
        if self.departements is None:
            raise DataError(self.why)
        return self.departements

    def beside_departements(self) -> pd.Series:
        """France's days from the first that is known by département on."""
        return self.france.loc[self.by_departement.index[0] :]


def sources(model: LSTMForecaster) -> dict[Source, str]:
    """What a model can forecast from, in words; a series that is the model's own is not offered twice."""
    labels: dict[Source, str] = {
        # The same words for every model: a changed label stays that of the model before in the browser.
        "context": _("The model's own days"),
        "france": _("Published counts of France"),
        "loaded": loaded_label(),
    }
    if _continues(model.context, france()):
        del labels["france"]
    return labels


def past(source: Source, model: LSTMForecaster, entry: Entry) -> Past:
    """The days of a source; the model's own with all earlier days that are known.

    Raises: DataError where the loaded data hold no whole series.
    """
    if source == "france":
        why = _("The published counts are those of France as a whole; they know no département.")
        return Past("france", france(), why=why)
    knows = "departements" in model.metadata
    alone = _("This model learnt from one series alone, so it forecasts no département.")
    if source == "loaded":
        return _loaded_past(alone if not knows else "")
    own = model.context
    # The metadata tell models apart, and so their last days by département.
    mark = ":".join(cache.identity(entry)[:2])
    if _continues(own, france()):
        own = france()
    else:
        about = model.metadata["data"]
        own.attrs = {"simulated": bool(about.get("simulated")), "source": about.get("source", "")}
    return Past(mark, own, model.departement_context if knows else None, "" if knows else alone, own=True)


@st.cache_resource(max_entries=1, show_spinner=False)
def france() -> pd.Series:
    """The published counts, read once."""
    return series.france()


def loaded_label() -> str:
    """What the loaded data are, without making the demonstration data."""
    current = store.current()
    if current is None or current.simulated:
        return _("Demonstration data (simulated)")
    return _("Imported data, {years}").format(years=words.years(current.years))


def loaded() -> pd.Series:
    """Accidents a day of the loaded data. Raises: DataError where they hold no whole series."""
    data = cache.dataset()
    return _loaded(data.version, data)


def _loaded_past(why: str) -> Past:
    data = cache.dataset()
    counts = _loaded(data.version, data)
    if why:
        return Past(data.version, counts, why=why)
    try:
        return Past(data.version, counts, _loaded_departements(data.version, data))
    except DataError as error:
        return Past(data.version, counts, why=str(error))


@st.cache_resource(max_entries=4, show_spinner=False)
def _loaded(version: str, _data: store.Dataset) -> pd.Series:
    source = _("Demonstration data") if _data.simulated else _("Imported data")
    return series.from_accidents(_data.accidents(["date", "year"]), source=source, simulated=_data.simulated)


@st.cache_resource(max_entries=4, show_spinner=False)
def _loaded_departements(version: str, _data: store.Dataset) -> pd.DataFrame:
    accidents = _data.accidents(["date", "year", "departement"])
    return series.daily_by_departement(accidents, simulated=_data.simulated)


def _continues(own: pd.Series, longer: pd.Series) -> bool:
    """Whether a series ends with the very days of a model's own."""
    tail = longer.iloc[-len(own) :]
    return tail.index.equals(own.index) and bool((tail.to_numpy() == own.to_numpy()).all())
