"""A look inside models: shapes, trees, planes and attention, compared with what is worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from data import features
from models import inspection
from models.registry import KINDS

SMALL = {
    "xgboost": {"rounds": 3, "depth": 3},
    "random-forest": {"trees": 4, "depth": 5},
    "logistic": {"iterations": 5},
    "tab-transformer": {"epochs": 1, "width": 16, "blocks": 2, "heads": 2, "feed_forward": 16},
}


@pytest.fixture(scope="module")
def fitted(table: pd.DataFrame) -> dict[str, Any]:
    found = {}
    for name, changes in SMALL.items():
        preset, config = KINDS[name].settings(None, changes)
        found[name] = KINDS[name].model(config, "severity", preset, "cpu").fit(table)
    return found


def test_points_on_a_line_stay_on_a_line_at_their_distances() -> None:
    points, kept = inspection.on_a_plane(np.array([[0.0, 0.0, 1.0], [3.0, 4.0, 1.0], [6.0, 8.0, 1.0]]))
    np.testing.assert_allclose(np.abs(points), [[5, 0], [0, 0], [5, 0]], atol=1e-12)
    assert kept == pytest.approx(1)


def test_the_plane_says_how_much_it_leaves_out() -> None:
    # variances 16, 4 and 1 along the axes: the plane keeps 20 of 21
    vectors = np.array([[4.0, 0, 0], [-4, 0, 0], [0, 2, 0], [0, -2, 0], [0, 0, 1], [0, 0, -1]])
    points, kept = inspection.on_a_plane(vectors)
    assert kept == pytest.approx(20 / 21)
    np.testing.assert_allclose(np.abs(points[:4]), [[4, 0], [4, 0], [0, 2], [0, 2]], atol=1e-12)


def test_one_or_equal_vectors_have_a_plane_too() -> None:
    for vectors in (np.ones((1, 4)), np.ones((3, 1))):
        points, kept = inspection.on_a_plane(vectors)
        np.testing.assert_array_equal(points, np.zeros((len(vectors), 2)))
        assert kept == 1


def test_layers_are_all_weights_of_a_network(fitted: dict[str, Any]) -> None:
    found = inspection.layers(fitted["tab-transformer"])
    assert found["parameters"].sum() == fitted["tab-transformer"].parameters
    by_name = found.set_index("name")
    rows = sum(fitted["tab-transformer"].encoder.sizes)
    width = fitted["tab-transformer"].network.embedding.embedding_dim
    assert by_name.loc["embedding.weight", "shape"] == f"{rows} × {width}"
    assert by_name.loc["embedding.weight", "kind"] == "Embedding"
    assert by_name.loc["blocks.layers.1.self_attn.out_proj.weight", "kind"] == "Linear"
    assert inspection.trees(fitted["tab-transformer"]).empty


def test_layers_of_a_linear_model_are_its_coefficients(fitted: dict[str, Any]) -> None:
    found = inspection.layers(fitted["logistic"])
    assert found["name"].tolist() == ["coefficients", "intercept"]
    assert found["parameters"].sum() == fitted["logistic"].parameters


def test_trees_of_a_forest_are_counted_as_its_library_does(fitted: dict[str, Any]) -> None:
    (row,) = inspection.trees(fitted["random-forest"]).to_dict("records")
    trees = fitted["random-forest"].forest.estimators_
    assert row["trees"] == 4
    assert row["depth"] == max(t.get_depth() for t in trees)
    assert row["leaves"] == sum(t.get_n_leaves() for t in trees)
    assert row["leaves_a_tree"] == row["leaves"] / 4
    assert inspection.layers(fitted["random-forest"]).empty


def test_trees_of_xgboost_are_counted_as_its_table_does(fitted: dict[str, Any]) -> None:
    (row,) = inspection.trees(fitted["xgboost"]).to_dict("records")
    nodes = fitted["xgboost"].booster.trees_to_dataframe()
    assert row["trees"] == nodes["Tree"].nunique() == 3 * len(fitted["xgboost"].classes)
    assert row["leaves"] == (nodes["Feature"] == "Leaf").sum()
    assert 1 <= row["depth"] <= 3


def test_an_embedding_is_that_of_its_input_and_unknown_comes_first(fitted: dict[str, Any]) -> None:
    model = fitted["tab-transformer"]
    light = model.encoder.categories["light"]
    names = [i.name for i in model.encoder.inputs if i.kind == "category"]
    start = sum(model.encoder.sizes[: names.index("light")])
    kept = model.network.embedding.weight.detach().clone()
    try:
        with torch.no_grad():
            model.network.embedding.weight[start : start + len(light) + 1] = 0
            model.network.embedding.weight[start + 2] = 1  # the second value of light
        found = inspection.embedding(model, "light")
    finally:
        with torch.no_grad():
            model.network.embedding.weight.copy_(kept)
    assert found.codes == (inspection.UNKNOWN, *light)
    apart = np.linalg.norm(found.points - found.points[0], axis=1)
    assert np.flatnonzero(apart > 1e-6).tolist() == [2]
    assert apart[2] == pytest.approx(np.sqrt(kept.shape[1]))


def test_models_without_embeddings_have_none(fitted: dict[str, Any]) -> None:
    assert inspection.embedded(fitted["xgboost"]) == []
    assert "light" in inspection.embedded(fitted["tab-transformer"])
    with pytest.raises(ValueError, match="no embedding of light"):
        inspection.embedding(fitted["xgboost"], "light")


def test_attention_is_what_the_network_mixes_by(fitted: dict[str, Any]) -> None:
    model = fitted["tab-transformer"]
    row = features.row({"light": "5", "cars": 2})
    found = inspection.attention(model, row)
    n = len(found.tokens)
    assert found.weights.shape == (2, n, n)
    np.testing.assert_allclose(found.weights.sum(axis=2), 1, atol=1e-5)
    assert found.received.sum() == pytest.approx(1, abs=1e-5)
    seen: list[torch.Tensor] = []

    def watch(module: torch.nn.Module, given: Any, out: Any) -> None:
        seen.append(given[0])

    block = model.network.blocks.layers[0]
    codes, numbers = model._tensors(model.encoder.encode(row))
    block.train()  # not the fast path, which calls no attention of its own
    block.dropout1.p = block.dropout2.p = block.dropout.p = block.self_attn.dropout = 0.0
    handle = block.register_forward_hook(watch)
    try:
        with torch.no_grad():
            model.network(codes, numbers)
            _out, weights = block.self_attn(seen[0], seen[0], seen[0], need_weights=True)
    finally:
        handle.remove()
    np.testing.assert_allclose(found.weights[0], weights[0].numpy(), atol=1e-5)


def test_what_has_no_attention_says_so(fitted: dict[str, Any]) -> None:
    assert not inspection.attends(fitted["logistic"])
    with pytest.raises(ValueError, match="no attention"):
        inspection.attention(fitted["logistic"], features.row({}))


def test_a_shipped_forecaster_shows_its_places() -> None:
    from models import registry

    model = registry.load(registry.checkpoints_folder() / "daily-lstm", "cpu")
    assert inspection.embedded(model) == [inspection.PLACES]
    found = inspection.embedding(model, inspection.PLACES)
    assert len(found.codes) == len(found.points) == 1 + len(model.metadata["departements"]["places"])
    parts = inspection.layers(model).groupby("part")["parameters"].sum()
    assert parts["france"] == model.metadata["parameters"]
    assert parts["departements"] == model.metadata["departements"]["parameters"]


def test_a_shipped_blend_shows_both_of_its_members() -> None:
    from models import registry

    model = registry.load(registry.checkpoints_folder() / "severity-blend", "cpu")
    assert set(inspection.layers(model)["part"]) == {"tab-transformer"}
    assert inspection.trees(model)["part"].tolist() == ["xgboost"]
    assert inspection.attends(model)
