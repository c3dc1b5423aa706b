"""What every classifying network shares, seen on the feed-forward network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import safetensors.torch
import torch

from data import features, splits
from models import registry
from models.encoder import Encoded, FeatureEncoder, random_absence
from models.feed_forward import FeedForwardClassifier, FeedForwardConfig
from tests.models.conftest import simulated

SETTINGS = {"width": 16, "epochs": 2, "batch_size": 64}


def model(**changes: float) -> FeedForwardClassifier:
    return FeedForwardClassifier(FeedForwardConfig(**SETTINGS | changes), "collision", "base", "cpu")


def untrained(table: pd.DataFrame, **changes: float) -> tuple[FeedForwardClassifier, Encoded, np.ndarray]:
    """A network that has an encoder and weights, and the rows and truth for it."""
    found = model(**changes)
    rows = features.checked(table)
    found.encoder = FeatureEncoder.fit(rows)
    torch.manual_seed(0)
    found.network = found._network()
    found._random = np.random.default_rng(0)
    return found, found.encoder.encode(rows), table["collision"].cat.codes.to_numpy().astype(np.int64)


@pytest.mark.parametrize("kind", ["feed-forward", "blend"])
def test_the_device_is_that_of_the_weights(kind: str) -> None:
    preset, config = registry.KINDS[kind].settings()
    found = registry.KINDS[kind].model(config, "collision", preset, "auto")
    network = found.members["tab-transformer"] if kind == "blend" else found
    network.network = torch.nn.Linear(1, 1, device="meta")  # the one beside the CPU that every machine has
    assert found.computes_on == "meta"


def test_a_number_and_its_flag_are_hidden_together(table: pd.DataFrame) -> None:
    found, rows, _truth = untrained(table, hidden_share=1.0)
    codes, numbers = torch.ones(rows.codes.shape, dtype=torch.int64), torch.ones(len(rows), 2 * rows.numbers.shape[1])
    codes, numbers = found._hide(codes, numbers)
    values, known = numbers.chunk(2, dim=1)
    torch.testing.assert_close(values, known)
    for part in (codes.double(), known.double()):
        # half of the rows keep nearly everything, the others half of it in the mean
        assert part.mean().item() == pytest.approx(0.75, abs=0.05)


def test_hiding_in_training_is_what_hidden_inputs_encode_to(table: pd.DataFrame) -> None:
    found, rows, _truth = untrained(table, hidden_share=1.0)
    found._random = np.random.default_rng(7)
    codes, numbers = found._hide(*found._tensors(rows))
    absent = random_absence(found.encoder.inputs, len(rows), np.random.default_rng(7))
    expected = found._tensors(rows.hide(absent))
    torch.testing.assert_close(codes, expected[0])
    torch.testing.assert_close(numbers, expected[1])


def test_only_training_hides_and_only_the_share_asked_for(table: pd.DataFrame) -> None:
    found, rows, truth = untrained(table, dropout=0.0)
    batch = (*found._tensors(rows), torch.as_tensor(truth))
    found.network.eval()
    answering = found._loss(found.network, batch).item()
    assert found._loss(found.network, batch).item() == answering
    found.network.train()
    assert found._loss(found.network, batch).item() != answering
    none, _rows, _truth = untrained(table, dropout=0.0, hidden_share=0.0)
    none.network.train()
    assert none._loss(none.network, batch).item() == answering


def test_two_known_players_share_the_answer_as_by_hand_and_the_others_have_no_part(table: pd.DataFrame) -> None:
    found, _rows, _truth = untrained(table)
    one, other = {"headings": "same", "heading_1": 2}, {"speed_limit": 80}

    def answer(values: dict[str, object]) -> np.ndarray:
        logs = np.log(found._proba(found.encoder.encode(features.row(values)))[0])
        return logs - logs.mean()

    nobody, alone, beside, both = answer({}), answer(one), answer(other), answer(one | other)
    (shares,) = found._contributions(found.encoder.encode(features.row(one | other)))
    names = list(features.PLAYERS)
    expected = np.zeros_like(shares)
    expected[:, names.index("heading")] = (alone - nobody + both - beside) / 2
    expected[:, names.index("speed_limit")] = (beside - nobody + both - alone) / 2
    expected[:, -1] = nobody
    np.testing.assert_allclose(shares, expected, atol=1e-5)
    assert np.abs(expected[:, names.index("heading")]).max() > 1e-3
    (unknown,) = found._contributions(found.encoder.encode(features.row({})))
    np.testing.assert_allclose(unknown, np.column_stack([np.zeros((len(nobody), len(names))), nobody]), atol=1e-5)


def test_what_is_learnt_does_not_depend_on_days_to_validate_or_test_on(table: pd.DataFrame) -> None:
    split = splits.by_time(table["date"])
    changed = table.copy()
    later = table.index[np.concatenate([split.validation, split.held_out])]
    changed.loc[later, ["speed_limit", "departement", "collision"]] = [130.0, "75", "3"]
    one, other = model().fit(table), model().fit(changed)
    assert [p["train_loss"] for p in one.curves] == [p["train_loss"] for p in other.curves]
    assert [p["validation_loss"] for p in one.curves] != [p["validation_loss"] for p in other.curves]
    assert one.encoder.to_dict() == other.encoder.to_dict()


def test_training_leaves_the_random_numbers_of_the_process_alone(table: pd.DataFrame) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first = model(epochs=1).fit(table)
    torch.testing.assert_close(torch.rand(3), expected)
    torch.manual_seed(6)
    second = model(epochs=1).fit(table)
    pd.testing.assert_frame_equal(first.predict_proba(table), second.predict_proba(table))


def test_the_weights_kept_are_those_learnt(table: pd.DataFrame, tmp_path: Path) -> None:
    fitted = model().fit(table)
    fitted.save(tmp_path / "model")
    kept = safetensors.torch.load_file(tmp_path / "model" / "weights.safetensors")
    learnt = fitted.network.state_dict()
    assert set(kept) == set(learnt)
    for name, tensor in kept.items():
        torch.testing.assert_close(tensor, learnt[name], rtol=0, atol=0)
    again = registry.load(tmp_path / "model", "cpu")
    assert isinstance(again, FeedForwardClassifier)
    assert again.parameters == fitted.parameters == sum(t.numel() for t in kept.values())
    pd.testing.assert_frame_equal(again.predict_proba(table), fitted.predict_proba(table))


@pytest.mark.gpu
def test_answers_alike_on_cpu_and_gpu(tmp_path: Path) -> None:
    rows = simulated(800)
    fitted = FeedForwardClassifier(FeedForwardConfig(epochs=2), "severity", "base", "cuda").fit(rows)
    fitted.save(tmp_path / "model")
    on_cpu = registry.load(tmp_path / "model", "cpu").predict_proba(rows)
    np.testing.assert_allclose(fitted.predict_proba(rows), on_cpu, atol=0.02)  # bf16 keeps about three digits
