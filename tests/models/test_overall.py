"""What matters in general: aggregates that add up to what was looked at, and that a checkpoint gives back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data import features
from models import checkpoint, explanations, overall, registry, value_bins
from models.base import CheckpointError
from models.classifier import Classifier
from models.explanations import Kept
from models.overall import BINS, Effort, Overall
from tests.contracts.test_classifiers import small

EFFORT = Effort(rows=60, group_rows=8, background=6, pair_rows=8)


@pytest.fixture(scope="module")
def model(table: pd.DataFrame) -> Classifier:
    found = small(registry.KINDS["xgboost"], "severity")
    found.importance_rows = 300  # as outside tests: more than there are
    return found.fit(table)


@pytest.fixture(scope="module")
def found(model: Classifier, table: pd.DataFrame) -> Overall:
    return overall.of(model, table, model.encoder.encode(table), EFFORT)


def sampled(table: pd.DataFrame) -> pd.DataFrame:
    return table.iloc[np.random.default_rng(0).permutation(len(table))[: EFFORT.rows]]


def test_importance_is_the_mean_size_over_the_accidents_of_each_class(
    model: Classifier, table: pd.DataFrame, found: Overall
) -> None:
    for target_class in model.classes:
        explained = model.explain(sampled(table), target_class)
        for player in ("speed_limit", "light", "ages"):
            mean = np.mean([abs(one.contributions[player]) for one in explained])
            assert found.inputs.importance[target_class][player] == pytest.approx(mean, abs=1e-6)
    assert max(found.inputs.importance["killed"], key=found.inputs.importance["killed"].get) == "speed_limit"


def test_every_accident_is_counted_once_for_each_player_in_the_bin_of_what_it_gave(
    model: Classifier, table: pd.DataFrame, found: Overall
) -> None:
    spread = found.inputs.spreads["killed"]
    assert len(spread.players) == overall.SHOWN
    for cells in spread.players.values():
        assert sum(n for _value, _bin, n in cells) == EFFORT.rows
    shares = [one.contributions["speed_limit"] for one in model.explain(sampled(table), "killed")]
    width = (spread.high - spread.low) / BINS
    binned = np.repeat(spread.middles[[b for _v, b, _n in spread.players["speed_limit"]]],
                       [n for _v, _b, n in spread.players["speed_limit"]])  # fmt: skip
    np.testing.assert_allclose(np.sort(binned), np.sort(shares), atol=0.51 * width)


def test_value_bins_count_the_accidents_of_each_value(table: pd.DataFrame, found: Overall) -> None:
    labels = found.inputs.values["speed_limit"]
    assert labels == ((30.0, 30.0), (50.0, 50.0), (80.0, 80.0), None)
    counts = dict.fromkeys(range(4), 0)
    for value, _bin, n in found.inputs.spreads["killed"].players["speed_limit"]:
        counts[value] += n
    sample = sampled(table)["speed_limit"]
    assert list(counts.values()) == [(sample == 30).sum(), (sample == 50).sum(), (sample == 80).sum(), 0]


def test_interactions_are_symmetric_and_none_with_oneself(found: Overall) -> None:
    for view in (found.inputs, found.groups):
        for pairs in view.pairs.values():
            assert pairs.shape == (len(view.paired),) * 2
            np.testing.assert_array_equal(pairs, pairs.T)
            assert not pairs.diagonal().any()
    assert found.groups.paired == tuple(features.GROUPS)
    assert found.groups.pairs["killed"].max() > 0
    assert "speed_limit" in found.inputs.paired


def test_an_additive_game_of_groups_is_told_as_such(model: Classifier, table: pd.DataFrame) -> None:
    """Only the speed limit, of the group road, changes the answer: nothing interacts, and no other group matters."""

    class Plain(type(model)):  # type: ignore[misc]
        def _calibrated(self, encoded: Any) -> np.ndarray:
            at = list(self.encoder.centres).index("speed_limit")
            fast = np.nan_to_num(encoded.numbers[:, at]) > 40
            return np.stack([0.7 - 0.3 * fast, np.full(len(fast), 0.2), 0.1 + 0.3 * fast], axis=1)

    plain = object.__new__(Plain)
    plain.__dict__.update(model.__dict__)
    encoded = model.encoder.encode(table)
    view = overall._groups(plain, encoded, np.arange(len(table)), EFFORT)
    assert view.importance["killed"]["road"] > 0.05
    assert max(size for name, size in view.importance["killed"].items() if name != "road") < 1e-9
    assert max(pairs.max() for pairs in view.pairs.values()) < 1e-9


def test_what_is_kept_comes_back_and_holds_no_accident(
    model: Classifier, table: pd.DataFrame, found: Overall, tmp_path: Path
) -> None:
    model.save(tmp_path / "model")
    metadata = checkpoint.read(tmp_path / "model")
    kept = explanations.read(tmp_path / "model", metadata)
    assert kept is not None
    text = (tmp_path / "model" / checkpoint.EXPLANATIONS).read_text()
    assert not any(number in text for number in table.index)
    assert len(text) < 200_000
    assert kept.text() == text
    again = registry.load(tmp_path / "model", "cpu")
    assert isinstance(again, Classifier)
    assert again.explanations is not None
    assert again.explanations.text() == text
    whole = Overall.from_dict(json.loads(json.dumps(checkpoint.plain(found.to_dict()))), model.classes)
    assert whole.inputs.spreads["killed"].players == found.inputs.spreads["killed"].players
    assert whole.inputs.values == found.inputs.values
    np.testing.assert_allclose(whole.groups.pairs["killed"], found.groups.pairs["killed"], rtol=1e-4)
    split = metadata["split"]["held_out"]
    assert split["start"] <= kept.overall.start <= kept.overall.end <= split["end"]


def _set(path: tuple[str, ...], value: object) -> Any:
    def change(kept: dict[str, Any]) -> None:
        for key in path[:-1]:
            kept = kept[key]
        kept[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set(("format",), 2),
        _set(("overall", "start"), "<b>soon</b>"),
        _set(("overall", "inputs", "importance", "killed"), {}),
        _set(("overall", "inputs", "importance", "killed", "light"), "much"),
        _set(("overall", "inputs", "spreads", "killed", "players", "speed_limit"), [99, 0, 1]),
        _set(("overall", "inputs", "spreads", "killed", "players", "speed_limit"), [0, 40, 1]),
        _set(("overall", "inputs", "spreads", "killed", "low"), 1e9),
        _set(("overall", "inputs", "values", "speed_limit"), ["[x](http://y)"] * 4),
        _set(("overall", "inputs", "values", "wings"), [None]),
        _set(("overall", "inputs", "paired"), ["wings"] * 6),
        _set(("overall", "groups", "pairs", "killed"), [[0.0]]),
        _set(("marginals",), {}),
    ],
)
def test_what_no_model_can_have_is_refused_with_the_name_of_the_file(
    change: Any, model: Classifier, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    model.save(folder)
    path = folder / checkpoint.EXPLANATIONS
    kept = json.loads(path.read_text())
    change(kept)
    path.write_text(json.dumps(kept))
    metadata = checkpoint.read(folder)
    with pytest.raises(CheckpointError, match=r"explanations.json is damaged"):
        explanations.read(folder, metadata)
    metadata["files"][checkpoint.EXPLANATIONS] = checkpoint.digest(path)
    (folder / checkpoint.METADATA).write_text(json.dumps(metadata))
    with pytest.raises(CheckpointError, match=r"explanations.json does not hold"):
        explanations.read(folder, metadata)
    with pytest.raises(CheckpointError, match="does not hold a model"):
        registry.load(folder, "cpu")


def test_a_checkpoint_of_before_has_none_and_can_be_given_them(
    model: Classifier, table: pd.DataFrame, tmp_path: Path
) -> None:
    kept, model.explanations = model.explanations, None
    try:
        model.save(tmp_path / "old")
    finally:
        model.explanations = kept
    before = checkpoint.read(tmp_path / "old")
    assert explanations.read(tmp_path / "old", before) is None
    new = explanations.look(model, table, EFFORT)
    for _again in range(2):
        explanations.add(tmp_path / "old", new)
    after = checkpoint.read(tmp_path / "old")
    assert {**before, "files": 0} == {**after, "files": 0}
    assert set(after["files"]) - set(before["files"]) == {checkpoint.EXPLANATIONS}
    read = explanations.read(tmp_path / "old", after)
    assert read is not None
    assert read.text() == new.text()
    assert sorted(p.name for p in (tmp_path / "old").iterdir()) == sorted([*after["files"], checkpoint.METADATA])


def test_values_are_put_into_few_bins(table: pd.DataFrame) -> None:
    many = table.assign(oldest_age=np.arange(len(table)) % 90.0, commune=table["commune"])
    labels, bins = value_bins.of(many)
    assert set(labels) == set(features.PLAYERS)
    assert len(labels["oldest_age"]) == 11
    for player, found in labels.items():
        assert found[-1] is None
        assert bins[player].max() < len(found)
        assert all(value_bins.read(player, x) == x for x in found)
    low, high = labels["oldest_age"][3]
    inside = bins["oldest_age"] == 3
    assert (many["oldest_age"].between(low, high) == inside).all()
    assert labels["ages"] == ("none", "some", None)
    assert labels["commune"] == ("known", None)
    assert np.isnan(value_bins.order("1"))
    assert value_bins.order((30.0, 50.0)) == 40


def test_rare_values_of_a_category_are_one_bin() -> None:
    codes = [code for at, code in enumerate(features.schema.values("departement")) for _n in range(at)]
    many = pd.DataFrame({i.name: pd.Series([None] * len(codes), dtype="object") for i in features.INPUTS})
    many["departement"] = codes
    labels, bins = value_bins.of(features.checked(many))
    assert labels["departement"][-2:] == ("other", None)
    assert len(labels["departement"]) == 13
    assert (bins["departement"] == 11).sum() == len(codes) - sum(sorted(map(codes.count, set(codes)))[-11:])


def test_kept_is_what_the_training_looked_at(model: Classifier) -> None:
    assert isinstance(model.explanations, Kept)
    assert model.explanations.overall.inputs.rows == min(300, model.metadata["split"]["held_out"]["rows"])
    means = {
        player: np.mean([model.explanations.overall.inputs.importance[c][player] for c in model.classes])
        for player in features.PLAYERS
    }
    assert model.metadata["importance"] == pytest.approx(means)
