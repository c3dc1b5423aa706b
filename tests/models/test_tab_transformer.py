"""The TabTransformer network: shapes, gradients, what it may and may not depend on."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from data.errors import DataError
from models import registry
from models.base import CheckpointError
from models.tab_transformer import Ordinal, PiecewiseLinear, TabTransformer
from models.tab_transformer_config import PRESETS, TabTransformerConfig

SIZES = [3, 5, 2, 8]
TOPICS = ("road", "road", "people")


CONFIGS = {
    "base": TabTransformerConfig(),
    "identifier": TabTransformerConfig(identifier=8),
    "everything": TabTransformerConfig(width=32, identifier=4, number_bins=3, number_tokens=True, head=64),
    "ordinal": TabTransformerConfig(ordinal=True),
    "paper": PRESETS["paper"],
}


@pytest.fixture(params=CONFIGS)
def network(request: pytest.FixtureRequest) -> TabTransformer:
    torch.manual_seed(0)
    made = TabTransformer(CONFIGS[request.param], sizes=SIZES, topics=TOPICS, n_classes=7)
    if made.stretches is not None:
        made.stretches.learn(torch.randn(500, 3), torch.ones(500, 3))
    return made


def batch(n: int = 16) -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(1)
    codes = torch.stack([torch.randint(0, size, (n,), generator=random) for size in SIZES], dim=1)
    known = torch.randint(0, 2, (n, 3), generator=random).float()
    return codes, torch.cat([torch.randn(n, 3, generator=random) * known, known], dim=1)


def test_has_the_parameters_of_the_design() -> None:
    network = TabTransformer(TabTransformerConfig(), sizes=SIZES, topics=TOPICS, n_classes=7)
    embedding, widen = sum(SIZES) * 16, 16 * 64 + 64
    attention = 4 * (64 * 64 + 64)
    feed_forward = 64 * 256 + 256 + 256 * 64 + 64
    blocks = 3 * (attention + feed_forward + 4 * 64)
    norm = 2 * 6
    head = (4 * 64 + 6) * 128 + 128 + 128 * 64 + 64 + 64 * 7 + 7
    assert sum(p.numel() for p in network.parameters()) == embedding + widen + blocks + norm + head
    assert 190_000 < embedding + widen + blocks + norm + head < 210_000  # about 200,000 with four columns


def test_the_preset_of_the_paper_has_its_parameters() -> None:
    network = TabTransformer(PRESETS["paper"], sizes=SIZES, topics=TOPICS, n_classes=3)
    embedding, identifiers = sum(SIZES) * 28, len(SIZES) * 4  # 7/8 and 1/8 of a width of 32
    block = 4 * (32 * 32 + 32) + (32 * 128 + 128 + 128 * 32 + 32) + 4 * 32
    joined = 4 * 32 + 6
    head = joined * 4 * joined + 4 * joined + 4 * joined * 2 * joined + 2 * joined + 2 * joined * 3 + 3
    expected = embedding + identifiers + 6 * block + 2 * 6 + head
    assert sum(p.numel() for p in network.parameters()) == expected
    assert network.topics is None  # no number takes part in attention


def test_every_parameter_learns_from_one_step(network: TabTransformer) -> None:
    codes, numbers = batch(256)
    nn.functional.cross_entropy(network(codes, numbers), torch.arange(256) % 7).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().sum() > 0, name


def test_permuting_a_batch_permutes_its_output(network: TabTransformer) -> None:
    network.eval()
    codes, numbers = batch()
    order = torch.randperm(16, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(network(codes, numbers)[order], network(codes[order], numbers[order]))


def test_the_same_code_in_two_columns_means_two_things(network: TabTransformer) -> None:
    network.eval()
    numbers = torch.zeros(2, 6)
    out = network(torch.tensor([[1, 0, 0, 0], [0, 1, 0, 0]]), numbers)
    assert not torch.allclose(out[0], out[1])


def test_overfits_32_rows() -> None:
    torch.manual_seed(0)
    network = TabTransformer(TabTransformerConfig(dropout=0.0), sizes=SIZES, topics=TOPICS, n_classes=7)
    codes, numbers = batch(32)
    truth = torch.randint(0, 7, (32,), generator=torch.Generator().manual_seed(3))
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
    for _step in range(150):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(codes, numbers), truth)
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.05


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
@pytest.mark.parametrize(("sizes", "topics"), [([], TOPICS), (SIZES, ())])
def test_works_without_categories_or_without_numbers(
    config: TabTransformerConfig, sizes: list[int], topics: tuple[str, ...]
) -> None:
    if config.number_tokens and not topics:
        return
    network = TabTransformer(config, sizes=sizes, topics=topics, n_classes=3)
    codes = torch.zeros(4, len(sizes), dtype=torch.int64)
    assert network(codes, torch.zeros(4, 2 * len(topics))).shape == (4, 3)


def test_the_way_through_the_stretches_by_hand() -> None:
    stretches = PiecewiseLinear(2, 2)
    values = torch.tensor([[0.0, 5.0], [1.0, 5.0], [2.0, 5.0], [4.0, 5.0], [3.0, 5.0], [9.0, 7.0]])
    known = torch.tensor([[1.0, 1.0]] * 5 + [[0.0, 0.0]])
    stretches.learn(values, known)
    assert stretches.edges.tolist() == [[0.0, 2.0, 4.0], [5.0, 5.0, 5.0]]
    found = stretches(torch.tensor([[1.0, 6.0, 1.0, 1.0], [3.0, 5.0, 1.0, 1.0], [-1.0, 0.0, 1.0, 0.0]]))
    assert found[:, 0].tolist() == [[0.5, 0.0, 1.0], [1.0, 0.5, 1.0], [0.0, 0.0, 1.0]]
    assert found[:, 1].tolist() == [[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]


def test_ordered_classes_by_hand() -> None:
    shares = Ordinal()(torch.tensor([[0.0, 0.0], [math.log(3), -math.log(4)]])).exp()
    # 'worse than light' 1/2 and 3/4; 'worse than hospitalised, if at least that' 1/2 and 1/5
    expected = torch.tensor([[0.5, 0.25, 0.25], [0.25, 0.6, 0.15]])
    torch.testing.assert_close(shares, expected)


def test_ordered_classes_are_for_severity_alone() -> None:
    from tests.models.conftest import simulated

    kind = registry.KINDS["tab-transformer"]
    _preset, config = kind.settings("quick", {"ordinal": True, "epochs": 1})
    with pytest.raises(DataError, match="collision types have no order"):
        kind.model(config, "collision", "quick").fit(simulated(400))
    assert len(kind.model(config, "severity", "quick").fit(simulated(400)).predict_proba(simulated(5)).columns) == 3


def test_a_checkpoint_of_collisions_that_claims_ordered_classes_is_refused_by_its_name(tmp_path: Path) -> None:
    from tests.models.conftest import simulated

    kind = registry.KINDS["tab-transformer"]
    _preset, config = kind.settings("quick", {"epochs": 1, "blocks": 1, "width": 8})
    model = kind.model(config, "collision", "quick", "cpu")
    model.fit(simulated(400)).save(tmp_path / "model")
    path = tmp_path / "model" / "metadata.json"
    metadata = json.loads(path.read_text())
    metadata["config"]["ordinal"] = True
    path.write_text(json.dumps(metadata))
    with pytest.raises(CheckpointError, match=r"model does not hold a model .* collision types have no order"):
        registry.load(tmp_path / "model", "cpu")


def test_heads_that_do_not_divide_the_width_are_refused() -> None:
    with pytest.raises(ValueError, match="heads = 5 does not divide width = 64"):
        TabTransformerConfig(heads=5)


@pytest.mark.gpu
def test_answers_alike_on_cpu_and_gpu(tmp_path: Path) -> None:
    from tests.models.conftest import simulated

    rows = simulated(800)
    kind = registry.KINDS["tab-transformer"]
    model = kind.model(TabTransformerConfig(epochs=2), "severity", "base", "cuda").fit(rows)
    model.save(tmp_path / "model")
    on_cpu = registry.load(tmp_path / "model", "cpu").predict_proba(rows)
    np.testing.assert_allclose(model.predict_proba(rows), on_cpu, atol=0.02)  # bf16 keeps about three digits
