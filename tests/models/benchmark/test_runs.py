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
from models.benchmark import half, runs
from models.benchmark.runs import Result
from models.benchmark.tasks import Contender, Task
from models.calibration import Calibration
from models.description import fingerprint
from models.metrics import Scorer
from models.xgb import XGBoost


@pytest.fixture(scope="module")
def task(contenders: list[Contender], cuts: tuple[Cut, ...]) -> Task:
    return Task(contenders[1], "collision", cuts[1])


@pytest.fixture(scope="module")
def result(task: Task, accidents: pd.DataFrame) -> Result:
    return runs.carry_out(task, accidents, "data", "cpu")


def test_answers_are_about_the_month_held_out(result: Result, task: Task, accidents: pd.DataFrame) -> None:
    month = accidents[(accidents["date"] >= task.cut.start) & (accidents["date"] <= task.cut.end)]
    assert set(result.arrays["accidents"]) == set(month.index)
    truth = accidents.loc[result.arrays["accidents"], "collision"].cat.codes
    assert result.arrays["truth"].tolist() == truth.tolist()
    rows = result.facts["rows"]
    assert rows["held_out"] == len(month)
    assert rows["train"] == (accidents["date"] < task.cut.validation).sum()
    assert result.facts["periods"]["held_out"] == {"start": "2024-03-01", "end": "2024-03-31", "rows": len(month)}
    assert result.cut == task.month == "2024-03"


def test_scores_are_those_of_the_answers_calibrated_as_the_model_was(result: Result) -> None:
    learnt = Calibration.from_dict(result.facts["calibration"], 7)
    for part, name in (("scores", "raw"), ("without", "raw_without")):
        scorer = Scorer(learnt.apply(result.arrays[name]), result.arrays["truth"])
        assert result.facts[part]["log_loss"] == pytest.approx(scorer.log_losses.mean(), abs=1e-6)
    assert not np.allclose(learnt.apply(result.arrays["raw"]), result.arrays["raw"], atol=1e-3)


def test_a_result_is_the_model_that_fit_makes(result: Result, task: Task, accidents: pd.DataFrame) -> None:
    model = XGBoost(task.contender.config, "collision", device="cpu").fit(accidents, until=task.cut)
    month = accidents.loc[result.arrays["accidents"]]
    learnt = Calibration.from_dict(result.facts["calibration"], 7)
    assert learnt.apply(result.arrays["raw"]) == pytest.approx(model.predict_proba(month).to_numpy(), abs=1e-5)
    without = model.predict_proba(features.hidden(month, features.NEAR_EVENT)).to_numpy()
    assert learnt.apply(result.arrays["raw_without"]) == pytest.approx(without, abs=1e-5)
    losses = [point["validation_loss"] for point in model.curves]
    assert result.facts["length"] == losses.index(min(losses)) + 1 == model.booster.num_boosted_rounds()


def test_groups_are_hidden_in_every_combination_of_a_sample(
    task: Task, accidents: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(half, "SAMPLE", 50)
    result = runs.carry_out(task, accidents, "data", "cpu")
    found = result.facts["hidden"]
    assert (found["rows"], len(found["log_loss"]), len(found["steps"])) == (50, 32, 80)
    chosen = np.sort(np.random.default_rng(0).permutation(len(result.arrays["truth"]))[:50])
    sample = accidents.loc[result.arrays["accidents"][chosen]]
    model = XGBoost(task.contender.config, "collision", device="cpu").fit(accidents, until=task.cut)

    def losses(*groups: str) -> np.ndarray:
        proba = model.predict_proba(features.hidden(sample, [i.name for i in features.INPUTS if i.group in groups]))
        return Scorer(proba.to_numpy(), sample["collision"].cat.codes.to_numpy()).log_losses

    for groups in ((), ("road",), ("when_where", "people"), tuple(features.GROUPS)):
        assert found["log_loss"]["+".join(groups)] == pytest.approx(losses(*groups).mean(), abs=1e-6)
    assert found["baseline"] == pytest.approx(model.score(sample)["baseline"]["log_loss"])
    step = next(one for one in found["steps"] if (one["hidden"], one["more"]) == ("people", "when_where"))
    changes = losses("when_where", "people") - losses("people")
    assert step["change"] == pytest.approx(changes.mean(), abs=1e-6)
    assert step["error"] == pytest.approx(changes.std(ddof=1) / np.sqrt(50), rel=1e-3)


def test_variants_and_the_reference_are_not_asked_half_described(
    result: Result, task: Task, accidents: pd.DataFrame, contenders: list[Contender]
) -> None:
    assert "hidden" in result.facts
    for other in (replace(task, variant="share-0.5", share=0.5), replace(task, contender=contenders[0])):
        assert "hidden" not in runs.carry_out(other, accidents, "data", "cpu").facts


def test_what_happens_after_the_cut_changes_nothing_that_is_learnt(
    result: Result, task: Task, accidents: pd.DataFrame
) -> None:
    later = accidents["date"] >= task.cut.start
    changed = accidents.copy()
    changed.loc[later, "collision"] = "1"
    again = runs.carry_out(task, changed, "data", "cpu")
    assert np.array_equal(again.arrays["raw"], result.arrays["raw"])
    assert not np.array_equal(again.arrays["truth"], result.arrays["truth"])


def test_hidden_inputs_are_hidden_in_training_and_afterwards(task: Task, accidents: pd.DataFrame) -> None:
    kept_from = replace(task, hidden=("pedestrians",))
    found = runs.carry_out(kept_from, accidents, "data", "cpu")
    random = np.random.default_rng(0)
    scrambled = accidents.assign(pedestrians=random.permutation(accidents["pedestrians"].to_numpy()))
    again = runs.carry_out(kept_from, scrambled, "data", "cpu")
    assert np.array_equal(again.arrays["raw"], found.arrays["raw"])


def test_an_input_that_decides_is_missed(result: Result, task: Task, accidents: pd.DataFrame) -> None:
    found = runs.carry_out(replace(task, hidden=("pedestrians",)), accidents, "data", "cpu")
    assert found.facts["scores"]["log_loss"] > result.facts["scores"]["log_loss"]
    assert found.slices.keys() == {"built_up", "time", "pedestrians", "departement"}


def test_accidents_keep_their_kind_when_it_is_hidden_from_the_model(
    result: Result, task: Task, accidents: pd.DataFrame
) -> None:
    found = runs.carry_out(replace(task, hidden=tuple(features.BY_NAME)), accidents, "data", "cpu")
    for name, parts in result.slices.items():
        assert found.slices[name].tolist() == parts.tolist()
    assert set(found.slices["pedestrians"]) == {"with", "without"}


def test_a_share_is_that_of_the_latest_training_rows(result: Result, task: Task, accidents: pd.DataFrame) -> None:
    half = runs.carry_out(replace(task, share=0.5), accidents, "data", "cpu")
    assert half.facts["rows"]["train"] == round(result.facts["rows"]["train"] / 2)
    assert half.arrays["accidents"].tolist() == result.arrays["accidents"].tolist()
    early = accidents["date"] < accidents["date"].min() + pd.Timedelta(days=3)
    changed = accidents.copy()
    changed.loc[early, "collision"] = "1"
    again = runs.carry_out(replace(task, share=0.5), changed, "data", "cpu")
    assert np.array_equal(again.arrays["raw"], half.arrays["raw"])


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
