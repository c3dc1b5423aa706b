"""Models that learn from every row, and take from fits before several cuts whatever needs rows not learnt from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from models import calibration, registry
from models.calibration import Calibration
from models.classifier import Classifier
from models.registry import KINDS
from models.rehearsal import Rehearsal
from models.unseen import unseen
from tests.contracts.test_classifiers import SMALL
from tests.models.conftest import simulated

MONTHS = {"2024-02": ("2024-02-01", "2024-02-29"), "2024-03": ("2024-03-01", "2024-03-31")}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return simulated(1200, seed=4)


def periods(table: pd.DataFrame) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (start, end) in MONTHS.items():
        inside = table["date"].between(start, end)
        found[name] = {"held_out": {"start": start, "end": end, "rows": int(inside.sum())}}
    return found


def rehearsal(table: pd.DataFrame, lengths: tuple[int, ...] = ()) -> Rehearsal:
    """Too sure answers about two months: three in four right, each said with 94 %."""
    told = table[table["date"].between("2024-02-01", "2024-03-31")]
    truth = told["collision"].cat.codes.to_numpy().astype(np.int64)
    random = np.random.default_rng(0)
    said = np.where(random.random(len(truth)) < 0.75, truth, random.integers(0, 7, len(truth)))
    raw = np.full((len(truth), 7), 0.01)
    raw[np.arange(len(truth)), said] = 0.94
    cuts = told["date"].dt.strftime("%Y-%m").to_numpy().astype(str)
    fits = calibration.cross_fits(raw, truth, cuts)
    nothing = np.full(raw.shape, 1 / 7)
    return Rehearsal("collision", raw, nothing, truth, nothing, cuts, fits, periods(table), lengths)


def model(kind: str, **changes: Any) -> Classifier:
    preset, config = KINDS[kind].settings(None, SMALL[kind] | changes)
    made: Classifier = KINDS[kind].model(config, "collision", preset, "cpu")
    return made


@pytest.fixture(scope="module")
def told(rows: pd.DataFrame) -> Rehearsal:
    return rehearsal(rows, (10, 13))


@pytest.fixture(scope="module")
def whole(rows: pd.DataFrame, told: Rehearsal) -> Classifier:
    return model("xgboost").fit_whole(rows, told, source={"source": "Simulated", "simulated": True})


def test_each_cut_has_its_own_calibration() -> None:
    """A temperature of 2 takes the square roots: 0.8 and 0.2 become 2/3 and 1/3; 0.9 and 0.1 stay."""
    raw = np.array([[0.8, 0.2], [0.9, 0.1]])
    fits = {"a": Calibration.of_temperature(2, 2), "b": Calibration.identity(2)}
    one = Rehearsal("collision", raw, raw[:, ::-1], np.array([0, 1]), raw, np.array(["a", "b"]), fits, {}, ())
    assert one.proba == pytest.approx(np.array([[2 / 3, 1 / 3], [0.9, 0.1]]))
    assert one.without == pytest.approx(one.proba[:, ::-1])
    assert one.on("b").proba == pytest.approx(np.array([[0.9, 0.1]]))
    assert replace(one, fits={}).proba.tolist() == raw.tolist()


def test_scores_are_those_of_the_cuts_and_named_so(whole: Classifier, told: Rehearsal) -> None:
    metrics = whole.metadata["metrics"]
    assert list(metrics) == ["cuts", "cuts_without_near_event", "each_cut"]
    losses = -np.log(told.proba[np.arange(len(told.truth)), told.truth])
    assert metrics["cuts"]["log_loss"] == pytest.approx(losses.mean())
    assert metrics["each_cut"]["2024-03"]["log_loss"] == pytest.approx(losses[told.cuts == "2024-03"].mean())
    # all classes alike: the logarithm of seven, with nothing to calibrate
    assert metrics["cuts"]["baseline"]["log_loss"] == pytest.approx(np.log(7))
    right = (told.proba.argmax(axis=1) == told.truth).sum()
    assert np.trace(whole.metadata["confusion"]) == right
    assert whole.metadata["confusion"].sum() == len(told.truth)
    found = whole.metadata["reliability"]["cuts"]
    assert found["before"]["ece"] > 0.1 > found["after"]["ece"]


def test_class_frequencies_rank_nothing_even_where_they_change_from_cut_to_cut(told: Rehearsal) -> None:
    first = (told.cuts == "2024-02")[:, None]
    moved = np.where(first, np.linspace(0.1, 0.4, 7) / 1.75, np.linspace(0.4, 0.1, 7) / 1.75)
    metrics = replace(told, frequencies=moved).describe(0)["metrics"]
    for name in ("cuts", "cuts_without_near_event"):
        assert metrics[name]["baseline"]["macro_auc"] == pytest.approx(0.5)


def test_calibration_is_learnt_from_all_answers_of_the_rehearsal(whole: Classifier, told: Rehearsal) -> None:
    expected = calibration.fit(told.raw, told.truth, told.cuts)
    assert whole.calibration.to_dict() == expected.to_dict()


def test_every_row_is_learnt_from_and_said_to_be(whole: Classifier, rows: pd.DataFrame) -> None:
    assert whole.score(rows)["seen_rows"] == len(rows)
    first, last = (f"{day:%Y-%m-%d}" for day in (rows["date"].min(), rows["date"].max()))
    assert whole.metadata["split"] == {"train": {"start": first, "end": last, "rows": len(rows)}}
    shares = rows["collision"].value_counts(normalize=True)
    assert whole.metadata["frequencies"]["6"] == pytest.approx(shares["6"])
    assert whole.metadata["cuts"] == periods(rows)


def test_a_row_of_the_last_day_changes_the_model(whole: Classifier, rows: pd.DataFrame, told: Rehearsal) -> None:
    last = rows["date"] >= rows["date"].max() - pd.Timedelta(days=5)
    changed = rows.copy()
    changed.loc[last, "collision"] = "1"
    other = model("xgboost").fit_whole(changed, told)
    assert not np.allclose(other.predict_proba(rows), whole.predict_proba(rows))


def test_it_is_kept_and_answers_the_same(whole: Classifier, rows: pd.DataFrame, tmp_path: Path) -> None:
    whole.save(tmp_path / "kept")
    again = registry.load(tmp_path / "kept", "cpu")
    assert isinstance(again, Classifier)
    assert np.allclose(again.predict_proba(rows), whole.predict_proba(rows), atol=1e-6)
    found = unseen(again.metadata)
    assert found is not None
    assert found.name == "cuts"


@pytest.mark.parametrize(
    ("kind", "setting", "counted"),
    [("xgboost", "rounds", 12), ("feed-forward", "epochs", 12), ("random-forest", "trees", 20)],
)
def test_it_learns_as_long_as_was_best_on_average(
    kind: str, setting: str, counted: int, rows: pd.DataFrame, told: Rehearsal
) -> None:
    """Lengths 10 and 13 have the mean 11.5, which is rounded to the even 12; a forest has no length to take over."""
    found = model(kind).fit_whole(rows, told)
    assert found.metadata["config"][setting] == counted
    if found.length:
        assert len(found.curves) == counted
        assert all("validation_loss" not in point for point in found.curves)


def test_a_rate_that_warms_up_keeps_its_epochs(rows: pd.DataFrame, told: Rehearsal) -> None:
    found = model("tab-transformer", epochs=2, warm_up=0.1).fit_whole(rows, told)
    assert found.metadata["config"]["epochs"] == len(found.curves) == 2


def test_without_validation_boosting_grows_every_round(rows: pd.DataFrame, told: Rehearsal) -> None:
    """Where validation stops it long before: an overfitting learner on targets that are noise."""
    noise = rows.assign(collision=rows["collision"].sample(frac=1, random_state=0).array)
    changes = {"rounds": 40, "patience": 3, "depth": 10}
    stopped = model("xgboost", **changes).fit(noise)
    assert stopped.best_length is not None
    assert stopped.best_length < 30
    found = model("xgboost", **changes).fit_whole(noise, replace(told, lengths=()))
    assert found.booster.num_boosted_rounds() == 40  # type: ignore[attr-defined]


def test_a_class_that_nobody_has_is_told(rows: pd.DataFrame, told: Rehearsal) -> None:
    with pytest.raises(DataError, match="'No collision'"):
        model("xgboost").fit_whole(rows[rows["collision"] != "7"], told)
