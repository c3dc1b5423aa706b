"""Every kind of model, trained by a person who has enough after the first step that may be the last."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from models import registry
from models.base import EnoughTrained, Progress, TrainingCancelled
from models.registry import KINDS

LONG: dict[str, dict[str, Any]] = {
    "xgboost": {"rounds": 400},
    "random-forest": {"trees": 400},
    "logistic": {"iterations": 4000},
    "feed-forward": {"epochs": 100},
    "tab-transformer": {"epochs": 100, "width": 16, "blocks": 1, "heads": 2, "head": 16, "feed_forward": 16},
    "blend": {"feed_forward": True},
}


class Impatient:
    """Raises what it is made with where the fit may end, and keeps the shares it was told of there."""

    def __init__(self, error: type[Exception]) -> None:
        self.error = error
        self.shares: list[float] = []
        self.values: dict[str, float] = {}

    def __call__(self, progress: Progress) -> None:
        if progress.may_end:
            self.shares.append(progress.share)
            self.values = dict(progress.values)
            raise self.error


@pytest.mark.parametrize("kind", [kind for kind, about in KINDS.items() if "severity" in about.targets])
def test_the_model_is_whole(kind: str, table: pd.DataFrame, tmp_path: Path) -> None:
    preset, config = KINDS[kind].settings(None, LONG[kind])
    report = Impatient(EnoughTrained)
    model = KINDS[kind].model(config, "severity", preset, "cpu").fit(table, report)
    assert len(report.shares) == (3 if kind == "blend" else 1), "each member of a blend is cut short"
    assert report.shares[0] < 0.2
    told = {"seconds", "rows", "rows_a_second", "validation_loss", "validation_accuracy"} - (
        {"validation_accuracy"} if kind == "logistic" else set()
    )
    assert told <= set(report.values)
    assert report.values["rows"] > 1000
    assert report.values["rows"] <= report.values["rows_a_second"] * report.values["seconds"] * 1.001
    model.save(tmp_path / "model")
    again = registry.load(tmp_path / "model", "cpu")
    pd.testing.assert_frame_equal(again.predict_proba(table), model.predict_proba(table))


@pytest.mark.parametrize("kind", ["xgboost", "random-forest", "logistic", "feed-forward"])
def test_who_cancels_there_gets_nothing(kind: str, table: pd.DataFrame) -> None:
    preset, config = KINDS[kind].settings(None, LONG[kind])
    model = KINDS[kind].model(config, "severity", preset, "cpu")
    with pytest.raises(TrainingCancelled):
        model.fit(table, Impatient(TrainingCancelled))
    assert not model.metadata
