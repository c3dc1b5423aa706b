"""The feed-forward network, its features, and the batches that tables become."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from data import features
from data.errors import DataError
from models.encoder import FeatureEncoder
from models.feed_forward import FeedForward, FeedForwardConfig, OneHot, OneHotFeedForward, data_loader

SIZES = [3, 5, 2]
SMALL = pd.DataFrame(
    {
        "lanes": [1, 2, 3],
        "light": pd.Categorical(["day", None, "night"], categories=["day", "dusk", "night"]),
        "speed": [50.0, 80.0, 130.0],
        "severity": pd.Categorical(["light", "killed", "light"], categories=["light", "hospitalised", "killed"]),
    }
)


def network(dropout: float = 0.3, n_classes: int = 7) -> OneHotFeedForward:
    torch.manual_seed(0)
    config = FeedForwardConfig(width=64, dropout=dropout)
    return OneHotFeedForward(config, sizes=SIZES, n_numbers=6, n_classes=n_classes)


def batch(n: int) -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(1)
    codes = torch.stack([torch.randint(0, size, (n,), generator=random) for size in SIZES], dim=1)
    return codes, torch.randn(n, 6, generator=random)


class TestFeedForward:
    def test_has_the_layers_its_sizes_say(self) -> None:
        small = FeedForward(16, 32, 7)
        assert sum(p.numel() for p in small.parameters()) == (16 * 32 + 32) + (32 * 32 + 32) + (32 * 7 + 7)
        assert small(torch.zeros(5, 16)).shape == (5, 7)
        deep = FeedForward(16, 32, 7, n_layers=4)
        assert [m.in_features for m in deep.modules() if isinstance(m, nn.Linear)] == [16, 32, 32, 32, 32]

    def test_answers_logits_of_either_sign(self) -> None:
        """An activation after the last layer, a fault seen in public networks, would forbid one sign."""
        torch.manual_seed(0)
        found = FeedForward(16, 32, 7)(torch.randn(64, 16))
        assert (found < 0).any()
        assert (found > 0).any()

    @pytest.mark.parametrize("name", ["input_dim", "hidden_dim", "n_out", "n_layers"])
    def test_refuses_a_size_that_is_not_possible(self, name: str) -> None:
        sizes = {"input_dim": 4, "hidden_dim": 4, "n_out": 3, "n_layers": 2}
        with pytest.raises(ValueError, match=f"{name} = 0 is not 1 or more"):
            FeedForward(**sizes | {name: 0})

    def test_every_parameter_learns_from_one_step(self) -> None:
        learning = network()
        nn.functional.cross_entropy(learning(*batch(256)), torch.arange(256) % 7).backward()
        for name, parameter in learning.named_parameters():
            assert parameter.grad is not None, name
            assert torch.isfinite(parameter.grad).all(), name
            assert parameter.grad.abs().sum() > 0, name

    def test_permuting_a_batch_permutes_its_output(self) -> None:
        answering = network().eval()
        codes, numbers = batch(16)
        order = torch.randperm(16, generator=torch.Generator().manual_seed(2))
        torch.testing.assert_close(answering(codes, numbers)[order], answering(codes[order], numbers[order]))

    def test_overfits_32_rows(self) -> None:
        learning = network(dropout=0.0)
        codes, numbers = batch(32)
        truth = torch.randint(0, 7, (32,), generator=torch.Generator().manual_seed(3))
        optimizer = torch.optim.AdamW(learning.parameters(), lr=1e-2)
        for _step in range(100):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(learning(codes, numbers), truth)
            loss.backward()
            optimizer.step()
        assert loss.item() < 0.05

    @pytest.mark.parametrize(("sizes", "n_numbers"), [([], 6), (SIZES, 0)])
    def test_works_without_categories_or_without_numbers(self, sizes: list[int], n_numbers: int) -> None:
        found = OneHotFeedForward(FeedForwardConfig(), sizes=sizes, n_numbers=n_numbers, n_classes=3)
        codes = torch.zeros(4, len(sizes), dtype=torch.int64)
        assert found(codes, torch.zeros(4, n_numbers)).shape == (4, 3)


def test_features_by_hand() -> None:
    one_hot = OneHot(sizes=[3, 2], n_numbers=1)
    found = one_hot(torch.tensor([[2, 0], [0, 1]]), torch.tensor([[0.5], [-1.0]]))
    assert found.tolist() == [[0, 0, 1, 1, 0, 0.5], [1, 0, 0, 0, 1, -1.0]]
    assert one_hot.width == 6


class TestDataLoader:
    def test_batches_by_hand(self) -> None:
        loader = data_loader(SMALL, "severity", 2, shuffle=False)
        (first, classes), (last, last_class) = loader
        assert len(loader) == 2
        assert loader.n_features == 6
        assert first.dtype == torch.float32
        assert classes.dtype == torch.int64
        # unknown, day, dusk, night, then lanes and speed
        assert first.tolist() == [[0, 1, 0, 0, 1, 50], [1, 0, 0, 0, 2, 80]]
        assert last.tolist() == [[0, 0, 0, 1, 3, 130]]
        assert classes.tolist() == [0, 2]
        assert last_class.tolist() == [0]

    def test_a_part_of_the_rows_has_features_of_the_same_meaning(self) -> None:
        whole = next(iter(data_loader(SMALL, "severity", 3, shuffle=False)))
        part = next(iter(data_loader(SMALL.iloc[2:], "severity", 3, shuffle=False)))
        torch.testing.assert_close(part[0], whole[0][2:])

    @pytest.mark.parametrize("values", [[2, 0, 1], [2.0, 0.0, 1.0], np.array([2, 0, 1], dtype="uint8")])
    def test_classes_may_be_numbers(self, values: object) -> None:
        (_features, found), *_rest = data_loader(SMALL.assign(severity=values), "severity", 3, shuffle=False)
        assert found.tolist() == [2, 0, 1]
        assert found.dtype == torch.int64

    def test_shuffled_passes_hold_every_row_once_each_in_an_order_of_its_own(self) -> None:
        frame = pd.DataFrame({"x": np.arange(100.0), "y": np.arange(100)})

        def passes(seed: int) -> list[list[int]]:
            loader = data_loader(frame, "y", 32, shuffle=True, seed=seed)
            assert [len(y) for _x, y in loader] == [32, 32, 32, 4]
            batches = [[*loader], [*loader]]
            assert all((x[:, 0] == y).all() for one in batches for x, y in one)
            return [torch.cat([y for _x, y in one]).tolist() for one in batches]

        first, second = passes(0)
        assert sorted(first) == sorted(second) == list(range(100))
        assert first != second
        assert passes(0) == [first, second]
        assert passes(1) != [first, second]

    def test_accidents_are_described_by_the_inputs_alone(self, table: pd.DataFrame) -> None:
        loader = data_loader(table, "severity", 512, shuffle=False)
        changed = table.assign(collision=table["collision"].iloc[0], date=table["date"].iloc[0])
        found, truth = next(iter(loader))
        torch.testing.assert_close(found, next(iter(data_loader(changed, "severity", 512, shuffle=False)))[0])
        assert torch.isfinite(found).all()  # unknown numbers have a place of their own
        assert truth.tolist() == table["severity"].cat.codes.iloc[:512].tolist()
        assert len(loader) == math.ceil(len(table) / 512)

    def test_later_accidents_are_described_as_those_of_training(self, table: pd.DataFrame) -> None:
        train, later = table.iloc[:1000], table.iloc[1000:]
        learnt = data_loader(train, "severity", 64, shuffle=True)
        assert learnt.encoder is not None
        found, _truth = next(iter(data_loader(later, "severity", 500, shuffle=False, encoder=learnt.encoder)))
        assert found.shape == (500, learnt.n_features)
        encoder = FeatureEncoder.fit(train[list(features.BY_NAME)])
        encoded = encoder.encode(later[list(features.BY_NAME)])
        numbers = encoder.standardise(encoded.numbers)
        np.testing.assert_array_equal(found[:, -numbers.shape[1] :], numbers)
        np.testing.assert_array_equal(found[:, : sum(encoder.sizes)].sum(axis=1), len(encoder.sizes))

    def test_a_network_learns_from_it(self, table: pd.DataFrame) -> None:
        loader = data_loader(table, "collision", 128, shuffle=True)
        torch.manual_seed(0)
        learning = FeedForward(loader.n_features, 32, 7)
        optimizer = torch.optim.AdamW(learning.parameters(), lr=1e-2)
        losses = []
        for _epoch in range(5):
            for inputs, truth in loader:
                optimizer.zero_grad()
                loss = nn.functional.cross_entropy(learning(inputs), truth)
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
        per_epoch = np.array(losses).reshape(5, -1).mean(axis=1)
        frequencies = table["collision"].value_counts(normalize=True)
        assert per_epoch[-1] < per_epoch[0]
        assert per_epoch[-1] < -(frequencies * np.log(frequencies)).sum()

    @pytest.mark.parametrize(
        ("changes", "column", "says"),
        [
            ({}, "injury", "no column 'injury' to learn; it has lanes, light, speed, severity"),
            ({"severity": SMALL["severity"].where([True, False, True])}, "severity", "severity is unknown in 1 rows"),
            ({"severity": ["light", "killed", "light"]}, "severity", "severity holds str; make it a category"),
            ({"severity": [0, -1, 0]}, "severity", "number its classes from 0"),
            ({"severity": [0.5, 1, 0]}, "severity", "number its classes from 0"),
            ({"speed": [50.0, np.nan, np.inf]}, "severity", "speed is unknown in 2 rows"),
            ({"light": ["day", "dusk", "night"]}, "severity", "light holds str; make it a number or a category"),
            ({"day": pd.to_datetime(["2024-01-01"] * 3)}, "severity", r"day holds datetime64.*leave it out"),
        ],
    )
    def test_what_is_wrong_with_a_table_is_named(self, changes: dict, column: str, says: str) -> None:
        with pytest.raises(DataError, match=says):
            data_loader(SMALL.assign(**changes), column, 2, shuffle=True)

    def test_without_rows_or_columns_there_is_nothing_to_learn_from(self) -> None:
        with pytest.raises(DataError, match="no row"):
            data_loader(SMALL.head(0), "severity", 2, shuffle=True)
        with pytest.raises(DataError, match="no column beside the target"):
            data_loader(SMALL[["severity"]], "severity", 2, shuffle=True)

    @pytest.mark.parametrize("size", [0, -3, 2.5])
    def test_a_batch_holds_a_row_or_more(self, size: int) -> None:
        with pytest.raises(ValueError, match=f"batch_size = {size} is not 1 or more"):
            data_loader(SMALL, "severity", size, shuffle=True)
