"""What the checkpoints in the repository must be."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import features, schema, series, store
from models import registry
from models.registry import KINDS
from models.unseen import unseen

FOLDER = Path(__file__).resolve().parents[2] / "checkpoints"
_ENOUGH = 1500  # accidents that tell whether a score is better than the baseline
CLASSIFIERS = [f"{t}-{k.name}" for k, t in itertools.product(KINDS.values(), features.TARGETS) if t in k.targets]
NAMES = [*CLASSIFIERS, "daily-lstm"]
ALLOWED = {
    "metadata.json",
    "explanations.json",
    "places.safetensors",
    "weights.safetensors",
    "departements.safetensors",
    "booster.ubj.gz",
    "booster.ubj",
    "forest.skops",
}


@pytest.fixture(autouse=True)
def _shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BALISE_CHECKPOINTS", raising=False)


def test_are_all_there_small_and_without_code() -> None:
    folders = [f for f in FOLDER.iterdir() if f.is_dir() and f.name != registry.RUNS]
    assert {f.name for f in folders} >= set(NAMES)
    files = [p for f in folders for p in f.rglob("*") if p.is_file()]
    assert {p.name for p in files} <= ALLOWED
    assert sum(p.stat().st_size for p in files) <= 30e6


@pytest.mark.parametrize("name", CLASSIFIERS)
class TestShippedClassifier:
    def test_learnt_from_real_accidents_and_beats_the_frequencies_on_days_not_yet_seen(self, name: str) -> None:
        metadata = registry.load(FOLDER / name, "cpu").metadata
        assert metadata["data"]["simulated"] is False
        assert metadata["split"]["train"]["start"] == "2024-01-01"
        found = unseen(metadata)
        assert found is not None
        assert found.period["end"] == "2024-09-30"
        assert found.scores["intervals"]["log_loss"][1] < 0.9 * found.scores["baseline"]["log_loss"]
        assert found.scores["ece"] < 0.05
        if found.name == "cuts":
            assert metadata["split"]["train"]["end"] == "2024-09-30"
            assert len(metadata["cuts"]) >= 3

    def test_knowing_nothing_it_answers_with_the_class_frequencies(self, name: str) -> None:
        model = registry.load(FOLDER / name, "cpu")
        proba = model.predict_proba(features.row({})).to_numpy()[0]
        np.testing.assert_allclose(proba, model.frequencies, atol=0.08)

    def test_any_half_of_a_description_beats_the_frequencies(self, name: str, real_data: Path) -> None:
        """On days not yet seen, as kept with the checkpoint: with any one to four of the five groups of inputs hidden.

        Where that is not kept: on the days it was scored on, with any one or two groups hidden.
        """
        model = registry.load(FOLDER / name, "cpu")
        found, half = unseen(model.metadata), model.metadata.get("half_described")
        assert found is not None
        if half is not None:
            assert len(half["groups"]) == len(features.GROUPS) + 1
            *some, poor, nearly_all = half["groups"][1:-1]
            assert max(one["worst"] for one in some) < half["baseline"]
            # where and in which conditions says next to nothing of what collides: there a model can only be as good
            assert max(poor["worst"], nearly_all["worst"]) < 1.005 * half["baseline"]
            assert len(half["better"]) <= 0.05 * half["steps"]  # two standard errors, so a few by chance
            return
        table = _since(str(real_data / "baac" / "2024"), found.period["start"])
        table = table.sample(min(_ENOUGH, len(table)), random_state=0)
        for hidden in (*itertools.combinations(features.GROUPS, 1), *itertools.combinations(features.GROUPS, 2)):
            names = [i.name for i in features.INPUTS if i.group in hidden]
            scores = model.score(features.hidden(table, names))
            # days held out were never learnt from; those of the cuts have been since
            assert scores["seen_rows"] == (0 if found.name == "held_out" else scores["rows"])
            assert scores["log_loss"] < scores["baseline"]["log_loss"], hidden


def test_the_forecaster_forecasts_alone_and_beats_the_seasonal_naive() -> None:
    model = registry.load(FOLDER / "daily-lstm", "cpu")
    forecast = model.forecast()
    assert forecast.dates[0] == series.france().index[-1] + pd.Timedelta(days=1)
    assert len(forecast.mean) == 28
    assert np.isfinite(forecast.mean).all()
    assert (forecast.mean > 50).all()
    assert (forecast.mean < 300).all()
    levels = sorted(forecast.quantiles)
    assert all((forecast.quantiles[a] <= forecast.quantiles[b]).all() for a, b in itertools.pairwise(levels))
    found = model.metadata["metrics"]["held_out"]
    assert found["pooled"]["mae"] < 0.8 * found["baselines"]["seasonal-naive"]["pooled"]["mae"]


def test_the_forecaster_forecasts_every_departement_and_they_add_up_to_france() -> None:
    model = registry.load(FOLDER / "daily-lstm", "cpu")
    found = model.forecast_departements()
    france = found.pop("france").mean
    np.testing.assert_allclose(france, model.forecast().mean, rtol=1e-12)
    np.testing.assert_allclose(np.sum([one.mean for one in found.values()], axis=0), france, rtol=1e-9)
    assert set(schema.values("departement")) - set(found) <= {"975", "978", "986", "987", "988"}
    # few accidents are uncertain accidents: beside its mean, the interval of Lozère is wider than that of Paris
    lozere, paris = (
        (found[code].quantiles[0.9] - found[code].quantiles[0.1]) / found[code].mean for code in ("48", "75")
    )
    assert lozere.mean() > 1.5 * paris.mean()


_TABLES: dict[str, pd.DataFrame] = {}


def _since(data: str, start: str) -> pd.DataFrame:
    if data not in _TABLES:
        _TABLES[data] = features.table(store.open_data(data).accidents())
    return _TABLES[data][_TABLES[data]["date"] >= start]
