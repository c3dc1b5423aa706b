"""A blend of trained models, behind the contract of every classifier."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data import features, splits
from models import registry
from models.base import CheckpointError, Progress, silent
from models.blend import Blend
from models.blend_config import PRESETS, BlendConfig
from models.blending import fit_weights
from models.classifier import Classifier
from models.encoder import Encoded

SMALL: dict[str, dict[str, Any]] = {
    "xgboost": {"rounds": 10, "learning_rate": 0.3},
    "feed-forward": {"epochs": 2, "width": 16, "batch_size": 64},
    "tab-transformer": {
        "epochs": 2, "width": 16, "identifier": 4, "heads": 2, "blocks": 1, "feed_forward": 16, "head": 16,
        "batch_size": 128, "learning_rate": 0.005,
    },
}  # fmt: skip


def member(kind: str) -> Classifier:
    preset, config = registry.KINDS[kind].settings(None, SMALL[kind])
    found: Classifier = registry.KINDS[kind].model(config, "severity", preset, "cpu")
    return found


def untrained(**settings: Any) -> Blend:
    blend = Blend(BlendConfig(**settings), "severity", "base", "cpu")
    blend.members = {kind: member(kind) for kind in blend.members}
    return blend


@pytest.fixture(scope="module")
def fitted(table: pd.DataFrame) -> Blend:
    return untrained().fit(table)


@pytest.fixture(scope="module")
def members(table: pd.DataFrame) -> dict[str, Classifier]:
    """Trained alone, on the rows that the blend is trained on."""
    return {kind: member(kind).fit(table) for kind in ("xgboost", "tab-transformer")}


def encoded(model: Classifier, rows: pd.DataFrame) -> Encoded:
    return model.encoder.encode(features.checked(rows))


def test_members_are_made_as_the_settings_say() -> None:
    blend = Blend(BlendConfig(tab_transformer="quick", feed_forward=True, seed=7), "severity")
    assert list(blend.members) == ["xgboost", "feed-forward", "tab-transformer"]
    assert blend.members["tab-transformer"].preset == "quick"
    for kind, one in blend.members.items():
        assert one.config == registry.KINDS[kind].settings(one.preset, {"seed": 7})[1]
    for config in PRESETS.values():
        assert list(Blend(config, "collision").members) == ["xgboost", "tab-transformer"]
    with pytest.raises(ValueError, match="tab_transformer = 'huge' is none of"):
        BlendConfig(tab_transformer="huge")


def test_answers_are_those_of_the_members_multiplied_by_their_weights(fitted: Blend, table: pd.DataFrame) -> None:
    rows = encoded(fitted, table.iloc[:3])
    one, other = (m._proba(rows) for m in fitted.members.values())
    product = one ** fitted.weights[0] * other ** fitted.weights[1]
    np.testing.assert_allclose(fitted._proba(rows), product / product.sum(axis=1, keepdims=True))
    assert np.abs(fitted._proba(rows) - one).max() > 0.01


def test_weights_are_fitted_on_the_validation_rows_and_no_member_alone_is_better_there(
    fitted: Blend, table: pd.DataFrame
) -> None:
    validation = table.iloc[splits.by_time(table["date"]).validation]
    rows, truth = encoded(fitted, validation), validation["severity"].cat.codes.to_numpy().astype(np.int64)
    answers = [m._proba(rows) for m in fitted.members.values()]
    np.testing.assert_allclose(fitted.weights, fit_weights(answers, truth), atol=1e-4)

    def loss(proba: np.ndarray) -> float:
        return float(-np.log(proba[np.arange(len(truth)), truth]).mean())

    assert loss(fitted._proba(rows)) <= min(map(loss, answers))
    kept = fitted.metadata["members"]
    assert [kept[kind]["weight"] for kind in fitted.members] == list(fitted.weights)


def test_a_member_learns_what_it_would_learn_alone(fitted: Blend, members: dict[str, Classifier]) -> None:
    rows = encoded(fitted, features.row({"speed_limit": 80}))
    for kind, alone in members.items():
        np.testing.assert_allclose(fitted.members[kind]._proba(rows), alone._proba(rows), atol=1e-6)


def test_a_third_member_where_asked_for(table: pd.DataFrame, tmp_path: Path) -> None:
    blend = untrained(feed_forward=True).fit(table)
    blend.save(tmp_path / "model")
    again = registry.load(tmp_path / "model", "cpu")
    assert isinstance(again, Blend)
    assert list(again.members) == ["xgboost", "feed-forward", "tab-transformer"]
    pd.testing.assert_frame_equal(again.predict_proba(table), blend.predict_proba(table), atol=1e-6)


def test_progress_is_that_of_the_whole(table: pd.DataFrame) -> None:
    told: list[Progress] = []
    untrained().fit(table, told.append)
    shares = [progress.share for progress in told]
    assert shares == sorted(shares)
    assert shares[0] < 0.05
    assert shares[-1] == pytest.approx(1)
    # what has values is done; on a slow machine a network also tells how far it is within an epoch
    assert [progress.unit for progress in told if progress.values] == ["round"] * 10 + ["epoch"] * 2


class TestOfTrainedMembers:
    def test_takes_them_as_they_are(self, members: dict[str, Classifier], fitted: Blend, table: pd.DataFrame) -> None:
        told: list[Progress] = []
        blend = Blend.of(members, [1, 1])
        blend.fit(table, told.append)
        assert told == []
        assert blend.members == members
        np.testing.assert_allclose(blend.weights, fitted.weights, atol=1e-3)
        pd.testing.assert_frame_equal(blend.predict_proba(table), fitted.predict_proba(table), atol=1e-4)

    def test_also_from_files_and_without_rows_to_fit_the_weights_on(
        self, members: dict[str, Classifier], fitted: Blend, table: pd.DataFrame, tmp_path: Path
    ) -> None:
        kept: dict[str, Any] = {}
        for kind, one in members.items():
            one.save(tmp_path / kind)
            kept[kind] = registry.load(tmp_path / kind, "cpu")
        blend = Blend.of(kept, [0.4, 0.6])
        split = splits.by_time(table["date"])
        blend.encoder = next(iter(members.values())).encoder
        rows, truth = encoded(blend, table), table["severity"].cat.codes.to_numpy().astype(np.int64)
        parts = [(rows.take(part), truth[part]) for part in (split.train, split.validation)]
        blend._fit(*parts[0], None, None, silent)  # accepts that they were trained on the same rows
        assert list(blend.weights) == [0.4, 0.6]
        blend._fit(*parts[0], *parts[1], silent)
        np.testing.assert_allclose(blend.weights, fitted.weights, atol=1e-3)
        assert blend.config == BlendConfig("recommended", seed=0)
        for kind, one in blend.details["members"].items():
            assert one["curves"] == members[kind].curves != []

    def test_not_those_of_other_accidents(self, members: dict[str, Classifier], table: pd.DataFrame) -> None:
        with pytest.raises(ValueError, match="xgboost of the blend was trained on other accidents"):
            Blend.of(members, [1, 1]).fit(table.iloc[:1200])

    def test_without_them_there_must_be_rows_to_stop_on(
        self, members: dict[str, Classifier], table: pd.DataFrame
    ) -> None:
        blend = untrained()
        blend.encoder = members["xgboost"].encoder
        truth = table["severity"].cat.codes.to_numpy()
        with pytest.raises(ValueError, match="nothing tells the xgboost of a blend when to stop"):
            blend._fit(encoded(blend, table), truth, None, None, silent)

    def test_only_what_a_blend_is_made_of(self, members: dict[str, Classifier]) -> None:
        with pytest.raises(ValueError, match="needs a TabTransformer"):
            Blend.of({"xgboost": members["xgboost"]}, [1])
        with pytest.raises(ValueError, match="members tab-transformer are not those of a blend"):
            Blend.of({"tab-transformer": members["tab-transformer"]}, [1])
        collision = registry.KINDS["xgboost"].model(members["xgboost"].config, "collision")
        with pytest.raises(ValueError, match="are not those of a blend"):
            Blend.of(members | {"xgboost": collision}, [1, 1])

    @pytest.mark.parametrize("weights", [[1], [1, 1, 1], [-0.1, 1], [1, 5.1], [1, float("nan")], [[1, 1]]])
    def test_only_weights_that_a_fit_can_give(self, weights: Any, members: dict[str, Classifier]) -> None:
        with pytest.raises(ValueError, match="not one between 0 and 5 for each of xgboost, tab-transformer"):
            Blend.of(members, weights)


class TestFiles:
    def test_hold_every_member_and_are_all_hashed(self, fitted: Blend, tmp_path: Path) -> None:
        fitted.save(tmp_path / "model")
        assert set(json.loads((tmp_path / "model" / "metadata.json").read_text())["files"]) == {
            "explanations.json",
            "places.safetensors",
            "tab-transformer/weights.safetensors",
            "xgboost/booster.ubj.gz",
        }
        (tmp_path / "model" / "xgboost" / "more").write_bytes(b"")
        with pytest.raises(CheckpointError, match=r"xgboost/more is not among the files"):
            registry.load(tmp_path / "model", "cpu")

    def test_a_loaded_blend_knows_its_members_as_before(self, fitted: Blend, tmp_path: Path) -> None:
        fitted.save(tmp_path / "model")
        again = registry.load(tmp_path / "model", "cpu")
        assert isinstance(again, Blend)
        assert again.details == fitted.details
        again.save(tmp_path / "again")
        kept = [json.loads((tmp_path / name / "metadata.json").read_text()) for name in ("model", "again")]
        assert kept[0] == kept[1]

    @pytest.mark.parametrize(
        "damage",
        [
            {"xgboost": None},
            {"xgboost": {"weight": -1}},
            {"xgboost": {"weight": 5.5}},
            {"xgboost": {"weight": None}},
            {"xgboost": {"weight": "many"}},
            {"xgboost": {"config": {"rounds": 0}}},
            {"xgboost": {"config": None}},
            {"tab-transformer": {"config": {}}},  # of other shapes than the weights
            {"logistic": {"weight": 1, "preset": "base", "config": {}, "curves": []}},
            {"../xgboost": {"weight": 1, "preset": "base", "config": {}, "curves": []}},
            {"blend": {"weight": 1, "preset": "base", "config": {}, "curves": []}},
        ],
    )
    def test_with_other_members_or_weights_are_refused(
        self, damage: dict[str, Any], fitted: Blend, tmp_path: Path
    ) -> None:
        fitted.save(tmp_path / "model")
        path = tmp_path / "model" / "metadata.json"
        whole = json.loads(path.read_text())
        for kind, change in damage.items():
            whole["members"][kind] = None if change is None else whole["members"].get(kind, {}) | change
        path.write_text(json.dumps(whole))
        with pytest.raises(CheckpointError, match="does not hold a model this version can use"):
            registry.load(tmp_path / "model", "cpu")
        path.write_text(json.dumps({name: value for name, value in whole.items() if name != "members"}))
        with pytest.raises(CheckpointError, match="members"):
            registry.load(tmp_path / "model", "cpu")
