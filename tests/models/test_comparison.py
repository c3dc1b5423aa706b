"""Classifiers on the same accidents: which are drawn, the same numbers as on the command line, and disagreement."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import features, schema, store
from data.dataset import InMemory
from data.errors import DataError
from models import comparison, evaluation, paired, registry
from models.__main__ import main
from models.comparison import Answered, Asked
from models.metrics import Scorer
from models.seen import Seen


class Accidents:
    """A source that holds nothing but what is asked for to choose accidents."""

    version = "v"

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame

    def accidents(self, columns=None):
        return self.frame if columns is None else self.frame[list(columns)]


@pytest.fixture
def data() -> InMemory:
    days = pd.date_range("2024-01-01", periods=100)
    killed = pd.Categorical(["light", "killed", None, "hospitalised"] * 25, categories=list(schema.values("severity")))
    numbers = [f"2024{n:08d}" for n in range(1, 101)]
    return Accidents(pd.DataFrame({"accident": numbers, "date": days, "severity": killed}))  # type: ignore[return-value]


def test_only_accidents_of_known_target_and_of_the_period_are_drawn(data):
    found = comparison.sample(data, Asked("severity", "all"), [])
    assert (len(found), found.known, found.pool) == (75, 75, 75)
    found = comparison.sample(data, Asked("severity", "all", date(2024, 1, 2), date(2024, 1, 4)), [])
    assert list(found.table.index) == ["202400000002", "202400000004"]
    assert list(found.truth) == [2, 1]


def test_accidents_that_any_model_learnt_from_are_left_out_unless_asked_for(data):
    seen = [Seen.of(pd.Index([f"2024{n:08d}" for n in range(*ends)])) for ends in ((1, 41), (60, 101))]
    found = comparison.sample(data, Asked("severity"), seen)
    assert [int(n[4:]) for n in found.table.index] == [n for n in range(41, 60) if n % 4 != 3]
    assert found.known == 75
    assert comparison.sample(data, Asked("severity", "all"), seen).pool == 75


def test_a_seed_draws_the_same_accidents_another_one_others(data):
    first, again, other = (
        comparison.sample(data, Asked("severity", "all", size=20, seed=seed), []) for seed in (1, 1, 2)
    )
    assert len(first) == 20
    assert list(first.table.index) == list(again.table.index)
    assert first.key == again.key != other.key
    assert first.table.index.is_monotonic_increasing


@pytest.mark.parametrize("wrong", [{"size": 0}, {"size": 10_001}, {"seed": -1}, {"which": "some"}])
def test_impossible_choices_are_refused(wrong):
    with pytest.raises(DataError):
        Asked("severity", **wrong)


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An import of a part of the simulated accidents."""
    import csv

    from data import demo

    folder = tmp_path_factory.mktemp("official")
    tables = demo.tables(start="2024-01-01", end="2024-02-15", accidents_a_day=40)
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}-2024.csv", sep=";", index=False, quoting=csv.QUOTE_ALL)
    return folder


@pytest.fixture(scope="module")
def trained(official: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "severity-small"
    command = ["train", "xgboost", "--target", "severity", "--data", str(official), "--until", "2024-02-10"]
    assert main([*command, "--set", "rounds=8", "--out", str(folder)]) == 0
    return folder


def test_scores_are_those_of_the_command_line(official, trained, capsys):
    capsys.readouterr()
    command = ["evaluate", str(trained), "--data", str(official), "--bootstrap", str(comparison.DRAWS), "--json"]
    assert main(command) == 0
    told = json.loads(capsys.readouterr().out)["severity-small"]

    model = registry.load(trained, "cpu")
    sample = comparison.sample(store.open_data(str(official)), Asked("severity", "all"), [])
    shares: list[float] = []
    found = comparison.answered(model, sample, shares.append)
    assert len(sample) == told["rows"] > comparison._CHUNK
    assert found.seen == told["seen_rows"] > 0
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    for name in evaluation.metrics_of("severity"):
        assert f"{found.scores[name]:.4f}" == f"{told[name]:.4f}"
        assert f"{found.scores['baseline'][name]:.4f}" == f"{told['baseline'][name]:.4f}"
        np.testing.assert_allclose(found.scores["intervals"][name], told["intervals"][name], atol=5e-5)


def answers(seed: int, truth: np.ndarray, weight: float) -> Answered:
    random = np.random.default_rng(seed)
    proba = random.dirichlet([1, 1, 1], len(truth)) * (1 - weight) + weight * np.eye(3)[truth]
    scorer, metrics = Scorer(proba, truth), evaluation.metrics_of("severity")
    scores = evaluation.score(proba, truth, np.full(3, 1 / 3), target="severity")
    return Answered(scorer, scores, evaluation.drawn(scorer, metrics, 50), 0)


def test_differences_are_those_of_paired_comparison():
    truth = np.random.default_rng(0).integers(0, 3, 400)
    good, bad = answers(1, truth, 0.5), answers(2, truth, 0.1)
    found = comparison.differences(good, {"bad": bad}, "severity")["bad"]
    for metric in ("log_loss", "auc_killed"):
        wanted = paired.compare(bad.proba, good.proba, truth, target="severity", metric=metric, bootstrap=50)
        one = next(d for d in found if d.metric == metric)
        assert one.better == wanted.better == "second"
        np.testing.assert_allclose([one.value, one.low, one.high], [wanted.value, wanted.low, wanted.high])
        assert comparison.better(one) is False
    assert comparison.best({"good": good, "bad": bad}, "log_loss") == "good"
    assert comparison.best({"good": good, "bad": bad}, "accuracy") == "good"
    assert comparison.best({"good": good}, "log_loss") is None


def test_disagreements_are_the_widest_spread_first():
    def says(*rows: tuple[float, float, float]) -> Answered:
        return Answered(Scorer(np.array(rows), np.zeros(3, dtype=int)), {}, np.empty((0, 0)), 0)

    models = {
        "a": says((0.6, 0.3, 0.1), (0.5, 0.4, 0.1), (0.9, 0.1, 0.0)),
        "b": says((0.6, 0.3, 0.1), (0.4, 0.5, 0.1), (0.5, 0.1, 0.4)),
    }
    found = comparison.disagreements(models, classes_differ=False, most=2)
    assert found["row"].tolist() == [2, 1]
    np.testing.assert_allclose(found["spread"], [0.4, 0.1])
    assert comparison.disagreements(models, classes_differ=True, most=9)["row"].tolist() == [1]
    assert comparison.disagreements({"a": models["a"]}, classes_differ=False, most=9).empty


def test_features_are_those_of_the_accidents_drawn(official):
    sample = comparison.sample(store.open_data(str(official)), Asked("collision", "all", size=30), [])
    whole = features.table(store.open_data(str(official)).accidents())
    pd.testing.assert_frame_equal(sample.table, whole.loc[sample.table.index])


def test_scores_of_parts_are_those_of_their_accidents_alone(official, monkeypatch):
    monkeypatch.setattr(comparison, "DRAWS", 20)
    sample = comparison.sample(store.open_data(str(official)), Asked("severity", "all", size=400), [])
    found = {"a": answers(3, sample.truth, 0.3)}
    shares: list[float] = []
    rows = comparison.by_part(found, sample, "severity", "auc_killed", shares.append)
    assert shares[-1] == 1
    night = rows[rows["value"] == "night"].iloc[0]
    mask = sample.table["light"].isin(["3", "4", "5"]).to_numpy()
    wanted = evaluation.score(
        found["a"].proba[mask], sample.truth[mask], np.full(3, 1 / 3), target="severity", bootstrap=20
    )
    assert night["n"] == mask.sum()
    assert night["killed"] == (sample.truth[mask] == 2).sum()
    np.testing.assert_allclose(night["score"], wanted["auc_killed"])
    np.testing.assert_allclose([night["low"], night["high"]], wanted["intervals"]["auc_killed"])
    assert night["few"] == (night["n"] < 100 or night["killed"] < 10)
