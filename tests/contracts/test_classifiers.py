"""What every classifier of the registry must do, whatever is inside."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import features
from data.errors import DataError
from models import checkpoint, registry
from models.base import CheckpointError, NotFitted, Progress, TrainingCancelled
from models.blend import Blend
from models.classifier import Classifier
from tests.models.conftest import described_briefly, simulated

CLASSIFIERS = [k for k in registry.KINDS.values() if "collision" in k.targets]
# small enough for a test, by the names that the kinds share or own
SMALL = {
    "tab-transformer": {
        "epochs": 8,
        "width": 16,
        "identifier": 4,
        "heads": 2,
        "feed_forward": 32,
        "head": 32,
        "number_bins": 3,
        "blocks": 1,
        "batch_size": 64,
        "learning_rate": 0.005,
    },
    "random-forest": {"trees": 20, "leaf": 5},
    "xgboost": {"rounds": 15, "learning_rate": 0.3},
    "feed-forward": {"epochs": 8, "width": 32, "batch_size": 64, "learning_rate": 0.005},
    "logistic": {"iterations": 60, "penalty": 300.0},
}


SMALL_MEMBER = {"tab-transformer": {"epochs": 2}}


def small(kind: registry.Kind, target: str = "collision", *, member: bool = False) -> Classifier:
    """A model that learns quickly, as a `member` of a blend, which is as good as its best one, even more so."""
    changes = SMALL.get(kind.name, {}) | (SMALL_MEMBER.get(kind.name, {}) if member else {})
    preset, config = kind.settings(None, changes)
    model: Classifier = kind.model(config, target, preset, "cpu")
    if isinstance(model, Blend):
        model.members = {name: small(registry.KINDS[name], target, member=True) for name in model.members}
    return model


@pytest.fixture(scope="module", autouse=True)
def _briefly() -> Iterator[None]:
    with described_briefly():
        yield


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return simulated(1500)


@pytest.fixture(scope="module")
def fitted(rows: pd.DataFrame) -> dict[str, Classifier]:
    with described_briefly(draws=50, rows=20):
        return {kind.name: small(kind).fit(rows) for kind in CLASSIFIERS}


@pytest.mark.parametrize("kind", CLASSIFIERS, ids=lambda k: k.name)
class TestEveryClassifier:
    def test_probabilities_are_probabilities_before_and_after_keeping(
        self, kind: registry.Kind, fitted: dict[str, Classifier], rows: pd.DataFrame, tmp_path: Path
    ) -> None:
        before = fitted[kind.name].predict_proba(rows)
        assert before.index.equals(rows.index)
        assert list(before.columns) == list(fitted[kind.name].classes)
        assert ((before >= 0) & (before <= 1)).all(axis=None)
        np.testing.assert_allclose(before.sum(axis=1), 1, atol=1e-9)
        fitted[kind.name].save(tmp_path / "kept")
        after = registry.load(tmp_path / "kept", "cpu").predict_proba(rows)
        np.testing.assert_allclose(before, after, atol=1e-6)

    def test_beats_the_class_frequencies_on_days_it_has_not_seen(
        self, kind: registry.Kind, fitted: dict[str, Classifier]
    ) -> None:
        held_out = fitted[kind.name].metadata["metrics"]["held_out"]
        assert held_out["log_loss"] < held_out["baseline"]["log_loss"] - 0.1
        low, high = held_out["intervals"]["log_loss"]
        assert low < held_out["log_loss"] < high

    def test_inputs_that_a_part_of_the_years_does_not_have_break_nothing(
        self, kind: registry.Kind, rows: pd.DataFrame
    ) -> None:
        lost = features.hidden(rows, ["speed_limit", "surface"])
        old = rows["date"] < rows["date"].quantile(0.5)
        for table in (lost, pd.concat([lost[old], rows[~old]])):
            model = small(kind).fit(table)
            proba = model.predict_proba(rows)
            np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-9)
            assert (
                model.score(rows.assign(date=pd.NaT))["log_loss"]
                < model.metadata["metrics"]["held_out"]["baseline"]["log_loss"]
            )

    def test_contributions_add_up_to_the_output(
        self, kind: registry.Kind, fitted: dict[str, Classifier], rows: pd.DataFrame
    ) -> None:
        for target_class in (None, "6"):
            little = features.row({"pedestrians": 1, "seat_2": 1, "seat_3": 1})
            explained = pd.concat([rows.iloc[:5], little, features.row({})])
            for found in fitted[kind.name].explain(explained, target_class):
                assert list(found.contributions) == list(features.PLAYERS)
                assert found.base + sum(found.contributions.values()) == pytest.approx(found.output, abs=1e-5)
                assert target_class in (None, found.target_class)

    def test_the_output_explained_is_the_models_own(
        self, kind: registry.Kind, fitted: dict[str, Classifier], rows: pd.DataFrame
    ) -> None:
        model = fitted[kind.name]
        outputs = [model.explain(rows.iloc[:1], c)[0].output for c in model.classes]
        proba = model.predict_proba(rows.iloc[:1]).to_numpy()[0]
        if "log-odds" in model.unit:
            exponentials = np.exp(np.array(outputs) - max(outputs))
            np.testing.assert_allclose(exponentials / exponentials.sum(), proba, atol=1e-4)
        else:
            np.testing.assert_allclose(model.calibration.apply(np.array([outputs]))[0], proba, atol=1e-6)

    def test_the_input_that_decides_matters_most(self, kind: registry.Kind, fitted: dict[str, Classifier]) -> None:
        assert next(iter(fitted[kind.name].metadata["importance"])) == "pedestrians"

    def test_with_everything_unknown_it_still_knows_which_classes_are_common(
        self, kind: registry.Kind, fitted: dict[str, Classifier], rows: pd.DataFrame
    ) -> None:
        nothing = fitted[kind.name].score(features.hidden(rows, list(features.BY_NAME)))
        assert nothing["log_loss"] < np.log(len(fitted[kind.name].classes))

    def test_one_row_alone_gets_what_it_gets_among_others(
        self, kind: registry.Kind, fitted: dict[str, Classifier], rows: pd.DataFrame
    ) -> None:
        model = fitted[kind.name]
        alone = model.predict_proba(rows.iloc[[7]])
        np.testing.assert_allclose(alone, model.predict_proba(rows.iloc[:20]).iloc[[7]], atol=1e-6)

    def test_of_no_row_there_is_nothing_to_say(
        self, kind: registry.Kind, fitted: dict[str, Classifier], rows: pd.DataFrame
    ) -> None:
        assert fitted[kind.name].predict_proba(rows.head(0)).shape == (0, 7)
        assert fitted[kind.name].explain(rows.head(0)) == []
        with pytest.raises(DataError, match="No row has a known collision"):
            fitted[kind.name].score(rows.assign(collision=rows["collision"].where(rows.index == "")))
        with pytest.raises(DataError, match="No accident has a known collision"):
            small(kind).fit(rows.head(0))

    def test_same_seed_same_model_whatever_the_later_days_are(
        self, kind: registry.Kind, fitted: dict[str, Classifier], rows: pd.DataFrame
    ) -> None:
        changed = rows.copy()
        late = changed["date"] >= pd.Timestamp(fitted[kind.name].metadata["split"]["held_out"]["start"])
        changed.loc[late, "speed_limit"] = 130.0
        changed.loc[late, "departement"] = "75"
        other = small(kind).fit(changed)
        assert other.encoder.to_dict() == fitted[kind.name].encoder.to_dict()
        np.testing.assert_equal(other.encoder.places.arrays(), fitted[kind.name].encoder.places.arrays())
        np.testing.assert_allclose(other.predict_proba(rows), fitted[kind.name].predict_proba(rows), atol=1e-6)

    def test_says_how_many_rows_it_has_seen(
        self, kind: registry.Kind, fitted: dict[str, Classifier], rows: pd.DataFrame
    ) -> None:
        split = fitted[kind.name].metadata["split"]
        assert fitted[kind.name].score(rows)["seen_rows"] == split["train"]["rows"] + split["validation"]["rows"]
        assert fitted[kind.name].score(rows[rows["date"] >= split["held_out"]["start"]])["seen_rows"] == 0

    def test_says_on_which_device_it_was_trained(self, kind: registry.Kind, fitted: dict[str, Classifier]) -> None:
        assert fitted[kind.name].metadata["device"] == "cpu"

    def test_training_stops_when_asked(self, kind: registry.Kind, rows: pd.DataFrame) -> None:
        seen: list[Progress] = []

        def stop(progress: Progress) -> None:
            seen.append(progress)
            raise TrainingCancelled

        with pytest.raises(TrainingCancelled):
            small(kind).fit(rows, stop)
        assert len(seen) == 1
        assert seen[0].done <= seen[0].total

    def test_refuses_before_training(self, kind: registry.Kind, rows: pd.DataFrame, tmp_path: Path) -> None:
        with pytest.raises(NotFitted):
            small(kind).predict_proba(rows)
        with pytest.raises(NotFitted):
            small(kind).save(tmp_path / "x")

    def test_refuses_what_is_not_an_input(
        self, kind: registry.Kind, fitted: dict[str, Classifier], rows: pd.DataFrame
    ) -> None:
        with pytest.raises(DataError, match="light"):
            fitted[kind.name].predict_proba(rows.drop(columns="light"))
        with pytest.raises(DataError, match=r"speed_limit.*900"):
            fitted[kind.name].predict_proba(rows.assign(speed_limit=900.0))
        with pytest.raises(DataError, match="'77'"):
            fitted[kind.name].explain(rows.iloc[:1], "77")

    def test_a_damaged_file_is_refused_with_its_name(
        self, kind: registry.Kind, fitted: dict[str, Classifier], tmp_path: Path
    ) -> None:
        fitted[kind.name].save(tmp_path / "good")
        for name in checkpoint.read(tmp_path / "good")["files"]:
            for damage in (_flip, _truncate, Path.unlink, _swap_for_pickle):
                folder = tmp_path / damage.__name__ / name
                shutil.copytree(tmp_path / "good", folder)
                damage(folder / name)
                with pytest.raises(CheckpointError, match=re.escape(f"{folder / name} is")):
                    registry.load(folder, "cpu")

    def test_metadata_of_another_shape_are_refused(
        self, kind: registry.Kind, fitted: dict[str, Classifier], tmp_path: Path
    ) -> None:
        fitted[kind.name].save(tmp_path / "good")
        path = tmp_path / "good" / "metadata.json"
        whole = json.loads(path.read_text())
        size = next(name for name, value in whole["config"].items() if isinstance(value, int))
        for change in (
            {"classes": ["1"]}, {"encoder": {}}, {"encoder": []}, {"format": 99}, {"kind": "x"}, {"kind": []},
            {"config": {"nonsense": 1}}, {"config": whole["config"] | {size: 10**9}}, {"files": {}},
            {"calibration": {"temperature": 0}}, {"calibration": []}, {"frequencies": []}, {"seen": None},
            {"seen": {"2024": {"first": 1, "length": 10**12}}},
        ):  # fmt: skip
            path.write_text(json.dumps(whole | change))
            with pytest.raises(CheckpointError) as caught:
                registry.load(tmp_path / "good", "cpu")
            assert "\n" not in str(caught.value)

    def test_weights_of_another_shape_are_refused_though_their_hash_is_right(
        self, kind: registry.Kind, fitted: dict[str, Classifier], tmp_path: Path
    ) -> None:
        fitted[kind.name].save(tmp_path / "good")
        path = tmp_path / "good" / "metadata.json"
        whole = json.loads(path.read_text())
        for name, right in whole["files"].items():
            file = tmp_path / "good" / name
            content = file.read_bytes()
            for damage in (_truncate, _swap_for_pickle, _empty):
                damage(file)
                path.write_text(json.dumps(whole | {"files": whole["files"] | {name: checkpoint.digest(file)}}))
                with pytest.raises(CheckpointError, match="does not hold a model this version can use"):
                    registry.load(tmp_path / "good", "cpu")
            file.write_bytes(content)
            assert checkpoint.digest(file) == right

    def test_a_save_only_creates(self, kind: registry.Kind, fitted: dict[str, Classifier], tmp_path: Path) -> None:
        (tmp_path / "there").mkdir()
        with pytest.raises(CheckpointError, match="exists"):
            fitted[kind.name].save(tmp_path / "there")
        assert list((tmp_path / "there").iterdir()) == []

    def test_learns_severity_too(self, kind: registry.Kind, rows: pd.DataFrame) -> None:
        model = small(kind, "severity").fit(rows)
        assert model.classes == ("light", "hospitalised", "killed")
        assert 0.6 < model.metadata["metrics"]["held_out"]["auc_killed"] <= 1


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _swap_for_pickle(path: Path) -> None:
    path.write_bytes(b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94\x8c\x06system\x94\x93\x94.")
