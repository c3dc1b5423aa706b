"""Every explainer on many accidents (200 with `-m slow`): base and contributions add up to the answer, within 1e-4.

Real accidents where the official files are there, simulated ones elsewhere; by the models that come with the product.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import features, series, store
from models import explain, forecast_reasons, grouped_game, registry
from models.classifier import Classifier
from models.registry import KINDS
from tests.models.conftest import simulated

ROOT = Path(__file__).resolve().parents[2]
ROWS = [40, pytest.param(200, marks=pytest.mark.slow)]
CLASSIFIERS = [kind.name for kind in KINDS.values() if "severity" in kind.targets]


@pytest.fixture(scope="module", params=ROWS)
def accidents(request: pytest.FixtureRequest) -> pd.DataFrame:
    folder = Path(os.environ.get("BALISE_REAL_DATA") or ROOT.parent / "shared" / "data") / "baac" / "2020-sample"
    table = features.table(store.open_data(str(folder)).accidents()) if folder.is_dir() else simulated(200)
    return table.sample(min(request.param, len(table)), random_state=0)


def shipped(kind: str) -> Classifier:
    model = registry.load(ROOT / "checkpoints" / f"severity-{kind}", "cpu")
    assert isinstance(model, Classifier)
    return model


@pytest.mark.parametrize("kind", CLASSIFIERS)
def test_single_inputs_add_up_to_the_score_before_calibration_and_after_it(
    kind: str, accidents: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explain, "_ORDERINGS", 2)  # additive whatever the sample; all of them would take minutes
    model = shipped(kind)
    rows = model.encoder.encode(features.checked(accidents))
    shares, proba = model._shares(rows), model._proba(rows)
    assert shares.shape == (len(accidents), 3, len(features.PLAYERS) + 1)
    whole = shares.sum(axis=2)
    if model.explains_log_odds:
        logs = np.log(proba)
        whole, proba = (a - a.mean(axis=1, keepdims=True) for a in (whole, logs))
    np.testing.assert_allclose(whole, proba, rtol=0, atol=1e-4)
    carried = model.calibration.of_scores(shares).sum(axis=2) if model.explains_log_odds else whole
    told = explain.on_the_way(model, carried)
    np.testing.assert_allclose(told, model.predict_proba(accidents), rtol=0, atol=1e-4)


@pytest.mark.parametrize("kind", CLASSIFIERS)
def test_groups_add_up_to_the_calibrated_probability(kind: str, accidents: pd.DataFrame) -> None:
    model = shipped(kind)
    proba = model.predict_proba(accidents)
    for of_row, (_accident, answer) in zip(
        grouped_game.by_class(model, accidents, accidents.iloc[:1]), proba.iterrows(), strict=True
    ):
        for target_class, found in of_row.items():
            assert abs(found.base + sum(found.contributions.values()) - answer[target_class]) <= 1e-4


def test_the_forecast_is_the_mean_of_the_background_and_its_parts() -> None:
    model = registry.load(ROOT / "checkpoints" / "daily-lstm", "cpu")
    counts = series.france()
    found = forecast_reasons.explain(model, counts)
    mean = model.forecast(counts).mean
    np.testing.assert_allclose((found.base + found.shares.sum(axis=0)) / mean, 1, rtol=0, atol=1e-4)
    # Fridays are busier than Sundays, and the weekday says so
    weekday = found.shares[found.players.index("weekday")]
    assert weekday[found.dates.dayofweek == 4].min() > 10 > -10 > weekday[found.dates.dayofweek == 6].max()
