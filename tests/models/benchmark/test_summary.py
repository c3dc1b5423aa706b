"""What the results of a folder say together."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data import features
from data.errors import DataError
from models.benchmark import runs
from models.benchmark.answers import rehearsal
from models.benchmark.runs import Result
from models.benchmark.summary import BASELINE, summary
from models.benchmark.tasks import REFERENCE, Contender


@pytest.fixture(scope="module")
def found(measured: Path) -> dict[str, Any]:
    return summary(measured)["targets"]["collision"]


@pytest.fixture
def copy(measured: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(measured, tmp_path / "copy"))


def result(folder: Path, name: str, month: str, variant: str = "all") -> Result:
    return Result.load(folder / "collision" / month / f"{name.replace(':', '_')}.{variant}")


def test_every_model_stands_there_from_the_best_to_the_class_frequencies(
    found: dict[str, Any], contenders: list[Contender]
) -> None:
    assert set(found["rows"]) == {*(one.name for one in contenders), "blend", BASELINE}
    losses = [row["together"]["log_loss"] for row in found["rows"].values()]
    assert losses == sorted(losses)
    assert list(found["rows"])[-1] == BASELINE
    assert found["rows"][BASELINE]["together"]["log_loss"] == pytest.approx(
        found["rows"][REFERENCE]["together"]["baseline"]["log_loss"]
    )
    assert found["incomplete"] == []
    assert {row["label"] for row in found["rows"].values()} >= {"Blend", "XGBoost, reference inputs"}


def test_differences_are_to_the_reference_on_the_same_cut_and_their_mean(
    found: dict[str, Any], measured: Path, contenders: list[Contender]
) -> None:
    name = contenders[1].name
    both = {n: rehearsal([result(measured, n, m) for m in ("2024-02", "2024-03")]) for n in (name, REFERENCE)}
    each = []
    for month in ("2024-02", "2024-03"):
        own, base = (both[n].on(month).log_loss for n in (name, REFERENCE))
        each.append(own / base - 1)
        assert found["rows"][name]["cuts"][month]["difference"] == pytest.approx(each[-1], abs=1e-6)
    assert found["rows"][name]["difference"] == pytest.approx(np.mean(each), abs=1e-6)
    assert found["rows"][REFERENCE]["difference"] == 0
    without, base = both[name].on("2024-03").score(without=True)["log_loss"], both[REFERENCE].on("2024-03").log_loss
    assert found["rows"][name]["cuts"]["2024-03"]["difference_without"] == pytest.approx(without / base - 1, abs=1e-6)


def test_the_class_frequencies_rank_nothing_even_where_they_change_from_cut_to_cut(found: dict[str, Any]) -> None:
    assert found["rows"][BASELINE]["together"]["macro_auc"] == pytest.approx(0.5)
    assert found["rows"][BASELINE]["together_without"]["macro_auc"] == pytest.approx(0.5)


def test_pairs_stand_by_rank_and_hold_the_blend(found: dict[str, Any]) -> None:
    names = [name for name in found["rows"] if name != BASELINE]
    assert [pair["names"] for pair in found["paired"]] == [[a, b] for i, a in enumerate(names) for b in names[i + 1 :]]
    for pair in found["paired"]:
        a, b = (found["rows"][name]["together"]["log_loss"] for name in pair["names"])
        assert pair["value"] == pytest.approx(a - b, abs=1e-9)
        assert pair["low"] <= pair["value"] <= pair["high"]


def test_a_blend_is_of_all_models_but_the_reference_unless_others_are_named(
    found: dict[str, Any], measured: Path, contenders: list[Contender]
) -> None:
    assert list(found["blends"]) == ["blend"]
    weights = found["blends"]["blend"]["cuts"]
    assert list(weights) == ["2024-02", "2024-03"]
    assert set(weights["2024-02"]) == {one.label for one in contenders[1:]}
    names = "+".join(one.name for one in contenders[1:])
    named = summary(measured, [names])["targets"]["collision"]
    row = next(row for row in named["rows"].values() if row["label"].startswith("Blend of XGBoost"))
    # added up in another order
    assert row["together"]["log_loss"] == pytest.approx(found["rows"]["blend"]["together"]["log_loss"], abs=1e-9)


def test_a_blend_of_what_was_not_measured_is_refused(measured: Path) -> None:
    with pytest.raises(DataError, match=r"tab-transformer.* was not measured"):
        summary(measured, ["tab-transformer+xgboost"])


def test_what_is_left_out_costs_what_the_same_model_loses(
    found: dict[str, Any], measured: Path, contenders: list[Contender]
) -> None:
    name = contenders[1].name
    entry = found["ablation"][name]
    assert entry["cuts"] == ["2024-03"]
    assert set(entry["rows"]) == {"all", "people"}
    # on a cut that stands alone, both are calibrated by its validation period
    full = result(measured, name, "2024-03").facts["scores"]["log_loss"]
    less = result(measured, name, "2024-03", "without-people").facts["scores"]["log_loss"]
    row = entry["rows"]["people"]
    assert row["cost"] == pytest.approx(less - full, abs=1e-6)
    assert 0 < row["low"] < row["cost"] < row["high"]  # pedestrians decide the simulated collision
    assert "cost" not in entry["rows"]["all"]
    learning = found["learning"][name]["rows"]
    assert learning["0.5"]["train_rows"] == round(learning["all"]["train_rows"] / 2)


def test_blends_and_departures_stand_beside_what_they_were_made_of(copy: Path, contenders: list[Contender]) -> None:
    first, second = (one.name for one in contenders[1:])
    for name, variant, source in (
        (first, "without-near_event", second),
        (second, "without-near_event", first),
        (first, "departure-head=0", second),
    ):
        for month in ("2024-02", "2024-03"):
            one = result(copy, source, month)
            of = one.facts["of"] | {"name": name, "variant": variant}
            other = Result(one.facts | {"of": of, "label": "another"}, one.arrays)
            other.save(copy / "collision" / month / f"{name.replace(':', '_')}.{variant}")
    (copy / "collision" / "2024-03" / f"{first.replace(':', '_')}.without-people.json").unlink()
    found = summary(copy)["targets"]["collision"]
    assert {name: entry["label"] for name, entry in found["ablation"].items()} == {
        first: contenders[1].label, second: contenders[2].label, "blend": "Blend"
    }  # fmt: skip
    blend = found["ablation"]["blend"]
    assert blend["cuts"] == ["2024-02", "2024-03"]
    # the members took each other's places, which changes no blend
    assert blend["rows"]["near_event"]["cost"] == pytest.approx(0, abs=1e-6)
    assert blend["rows"]["all"]["log_loss"] == pytest.approx(
        np.mean([cut["scores"]["log_loss"] for cut in found["rows"]["blend"]["cuts"].values()])
    )
    assert list(found["departures"]) == [first]
    assert found["departures"][first]["label"] == contenders[1].label
    assert set(found["departures"][first]["rows"]) == {"all", "head=0"}
    assert found["rows"].keys() == {*(one.name for one in contenders), "blend", BASELINE}
    assert found["incomplete"] == []


def test_slices_are_of_all_cuts_and_add_up(found: dict[str, Any]) -> None:
    parts = [part for part in found["slices"]["parts"] if part["division"] == "pedestrians"]
    assert sum(part["rows"] for part in parts) == sum(cut["rows"]["held_out"] for cut in found["cuts"].values())
    for name, row in found["rows"].items():
        losses = [part["scores"][name]["log_loss"] for part in parts]
        mean = np.average(losses, weights=[part["rows"] for part in parts])
        assert mean == pytest.approx(row["together"]["log_loss"])


def test_a_model_that_lacks_a_cut_is_named_and_not_compared(copy: Path, contenders: list[Contender]) -> None:
    for path in (copy / "collision" / "2024-03").glob("*depth=2*"):
        path.unlink()
    found = summary(copy)["targets"]["collision"]
    assert found["incomplete"] == [contenders[2].label]
    assert contenders[2].name not in found["rows"]
    assert contenders[1].name in found["rows"]


def test_without_the_reference_there_is_no_difference(copy: Path, contenders: list[Contender]) -> None:
    for path in copy.glob("collision/*/reference*"):
        path.unlink()
    found = summary(copy)["targets"]["collision"]
    assert found["rows"][contenders[1].name]["difference"] is None


def test_results_of_other_data_are_left_out_and_counted(copy: Path) -> None:
    stem = next(runs.kept(copy))
    path = stem.with_name(f"{stem.name}.json")
    facts = json.loads(path.read_text())
    facts["of"]["data"] = "other"
    path.write_text(json.dumps(facts))
    assert summary(copy)["outdated"] == 1


def test_results_of_an_earlier_form_are_left_out_and_counted(copy: Path, contenders: list[Contender]) -> None:
    path = copy / "collision" / "2024-03" / f"{contenders[2].name.replace(':', '_')}.all.json"
    facts = json.loads(path.read_text())
    del facts["of"]["form"]
    path.write_text(json.dumps(facts))
    found = summary(copy)
    assert found["outdated"] == 1
    assert found["targets"]["collision"]["incomplete"] == [contenders[2].label]


def test_half_described_accidents_are_told_of_each_model_that_was_asked(
    found: dict[str, Any], measured: Path, contenders: list[Contender]
) -> None:
    rows = {row["name"]: row for row in found["half"]}
    assert set(rows) == {one.name for one in contenders[1:]}
    kept = [result(measured, contenders[1].name, month).facts["hidden"] for month in ("2024-02", "2024-03")]
    one = rows[contenders[1].name]
    assert one["groups"][0]["mean"] == pytest.approx(np.mean([k["log_loss"][""] for k in kept]), abs=1e-6)
    singles = [np.mean([k["log_loss"][group] for k in kept]) for group in features.GROUPS]
    assert one["groups"][1] == pytest.approx({"mean": np.mean(singles), "worst": max(singles)}, abs=1e-6)
    assert len(one["groups"]) == 6
    assert one["steps"] == 80


def test_one_cut_alone_has_no_blend_and_none_may_be_asked_for(copy: Path, contenders: list[Contender]) -> None:
    shutil.rmtree(copy / "collision" / "2024-02")
    found = summary(copy)["targets"]["collision"]
    assert set(found["rows"]) == {*(one.name for one in contenders), BASELINE}
    alone = result(copy, contenders[1].name, "2024-03").facts["scores"]["log_loss"]
    assert found["rows"][contenders[1].name]["together"]["log_loss"] == pytest.approx(alone, abs=1e-6)
    with pytest.raises(DataError, match="two at least"):
        summary(copy, ["+".join(one.name for one in contenders[1:])])


def test_an_empty_folder_says_nothing_and_a_damaged_file_is_named(tmp_path: Path) -> None:
    assert summary(tmp_path)["targets"] == {}
    (tmp_path / "gpu.json").write_text("[]")
    with pytest.raises(DataError, match=r"gpu\.json cannot be read"):
        summary(tmp_path)
