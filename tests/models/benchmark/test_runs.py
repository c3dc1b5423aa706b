"""One fit of the benchmark: nothing later than the cut is learnt, and what is kept says where it comes from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import features
from data.errors import DataError
from data.splits import Cut
from models.benchmark import runs
from models.benchmark.runs import Result
from models.benchmark.tasks import Contender, Task, fingerprint
from models.metrics import Scorer


@pytest.fixture(scope="module")
def task(contenders: list[Contender], cuts: tuple[Cut, ...]) -> Task:
    return Task(contenders[1], "collision", cuts[1])


@pytest.fixture(scope="module")
def result(task: Task, accidents: pd.DataFrame) -> Result:
    return runs.carry_out(task, accidents, "data", "cpu", bootstrap=5)


def test_answers_are_about_the_month_held_out(result: Result, task: Task, accidents: pd.DataFrame) -> None:
    month = accidents[(accidents["date"] >= task.cut.start) & (accidents["date"] <= task.cut.end)]
    assert set(result.arrays["accidents"]) == set(month.index)
    truth = accidents.loc[result.arrays["accidents"], "collision"].cat.codes
    assert result.arrays["truth"].tolist() == truth.tolist()
    rows = result.facts["rows"]
    assert rows["held_out"] == len(month)
    assert rows["train"] == (accidents["date"] < task.cut.validation).sum()
    assert len(result.arrays["validation_truth"]) == len(result.arrays["validation_proba"]) == rows["validation"]


def test_scores_are_those_of_the_answers(result: Result) -> None:
    for part, name in (("scores", "proba"), ("without", "without")):
        scorer = Scorer(result.arrays[name], result.arrays["truth"])
        assert result.facts[part]["log_loss"] == pytest.approx(scorer.log_losses.mean(), abs=1e-6)
    assert set(result.facts["scores"]["intervals"]) >= {"log_loss", "accuracy", "macro_auc"}


def test_answers_after_calibration_are_made_of_those_before(result: Result) -> None:
    """Whatever the method, the logarithms of the ones are linear in those of the others."""
    raw, proba = result.arrays["raw"], result.arrays["proba"]
    assert np.allclose(raw.sum(axis=1), 1, atol=1e-5)
    before, after = (logs - logs.mean(axis=1, keepdims=True) for logs in (np.log(raw), np.log(proba)))
    given = np.column_stack([before, np.ones(len(before))])
    assert np.allclose(given @ np.linalg.lstsq(given, after)[0], after, atol=1e-3)
    assert not np.allclose(raw, proba)


def test_what_happens_after_the_cut_changes_nothing_that_is_learnt(
    result: Result, task: Task, accidents: pd.DataFrame
) -> None:
    later = accidents["date"] >= task.cut.start
    changed = accidents.copy()
    changed.loc[later, "collision"] = "1"
    again = runs.carry_out(task, changed, "data", "cpu", bootstrap=0)
    assert np.array_equal(again.arrays["proba"], result.arrays["proba"])
    assert not np.array_equal(again.arrays["truth"], result.arrays["truth"])


def test_hidden_inputs_are_hidden_in_training_and_afterwards(task: Task, accidents: pd.DataFrame) -> None:
    kept_from = replace(task, hidden=("pedestrians",))
    found = runs.carry_out(kept_from, accidents, "data", "cpu", bootstrap=0)
    random = np.random.default_rng(0)
    scrambled = accidents.assign(pedestrians=random.permutation(accidents["pedestrians"].to_numpy()))
    again = runs.carry_out(kept_from, scrambled, "data", "cpu", bootstrap=0)
    assert np.array_equal(again.arrays["proba"], found.arrays["proba"])


def test_an_input_that_decides_is_missed(result: Result, task: Task, accidents: pd.DataFrame) -> None:
    found = runs.carry_out(replace(task, hidden=("pedestrians",)), accidents, "data", "cpu", bootstrap=0)
    assert found.facts["scores"]["log_loss"] > result.facts["scores"]["log_loss"]
    assert found.slices.keys() == {"built_up", "time", "pedestrians", "departement"}


def test_accidents_keep_their_kind_when_it_is_hidden_from_the_model(
    result: Result, task: Task, accidents: pd.DataFrame
) -> None:
    found = runs.carry_out(replace(task, hidden=tuple(features.BY_NAME)), accidents, "data", "cpu", bootstrap=0)
    for name, parts in result.slices.items():
        assert found.slices[name].tolist() == parts.tolist()
    assert set(found.slices["pedestrians"]) == {"with", "without"}


def test_a_share_is_that_of_the_latest_training_rows(result: Result, task: Task, accidents: pd.DataFrame) -> None:
    half = runs.carry_out(replace(task, share=0.5), accidents, "data", "cpu", bootstrap=0)
    assert half.facts["rows"]["train"] == round(result.facts["rows"]["train"] / 2)
    assert half.arrays["accidents"].tolist() == result.arrays["accidents"].tolist()
    early = accidents["date"] < accidents["date"].min() + pd.Timedelta(days=3)
    changed = accidents.copy()
    changed.loc[early, "collision"] = "1"
    again = runs.carry_out(replace(task, share=0.5), changed, "data", "cpu", bootstrap=0)
    assert np.array_equal(again.arrays["proba"], half.arrays["proba"])


def test_a_kept_result_is_the_same_and_its_task_is_done(
    result: Result, task: Task, accidents: pd.DataFrame, tmp_path: Path
) -> None:
    stem = task.stem(tmp_path)
    assert not runs.is_done(task, tmp_path, "data")
    result.save(stem)
    assert list(runs.kept(tmp_path)) == [stem]
    assert sorted(path.name for path in stem.parent.iterdir()) == [f"{stem.name}.json", f"{stem.name}.npz"]
    again = Result.load(stem)
    assert again.facts["scores"]["log_loss"] == result.facts["scores"]["log_loss"]
    assert all(np.array_equal(again.arrays[name], a) for name, a in result.arrays.items())
    assert runs.is_done(task, tmp_path, "data")
    assert not runs.is_done(task, tmp_path, fingerprint(accidents))
    changed = replace(task.contender.config, rounds=13)
    assert not runs.is_done(replace(task, contender=replace(task.contender, config=changed)), tmp_path, "data")


def test_a_damaged_result_is_named(result: Result, task: Task, tmp_path: Path) -> None:
    stem = task.stem(tmp_path)
    result.save(stem)
    numbers = stem.with_name(f"{stem.name}.npz")
    numbers.write_bytes(numbers.read_bytes()[:100])
    with pytest.raises(DataError, match=r"npz cannot be read"):
        Result.load(stem)
    stem.with_name(f"{stem.name}.json").write_text("[]")
    with pytest.raises(DataError, match=r"json cannot be read"):
        runs.read(stem)


def test_a_training_that_fails_leaves_nothing(task: Task, accidents: pd.DataFrame, tmp_path: Path) -> None:
    first = accidents["date"] < task.cut.validation
    poor = accidents[~(first & (accidents["collision"] == "7"))]
    with pytest.raises(DataError, match="'No collision'"):
        runs.carry_out(task, poor, "data", "cpu")
    assert list(runs.kept(tmp_path)) == []
