"""Similar accidents: what is compared, what is found, and what came of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from data import features
from models import similar
from models.base import NotFitted
from models.registry import KINDS
from models.tab_transformer import TabTransformerClassifier

SHAPES = {
    "numbers in attention": {"number_tokens": True, "number_bins": 4},
    "numbers beside": {"number_tokens": False, "number_bins": 0},
}


@pytest.fixture(scope="module", params=SHAPES)
def model(request: pytest.FixtureRequest, table: pd.DataFrame) -> TabTransformerClassifier:
    small = {"epochs": 1, "width": 16, "blocks": 1, "heads": 2, "feed_forward": 16, "head": 8}
    preset, config = KINDS["tab-transformer"].settings(None, {**small, **SHAPES[request.param]})
    return KINDS["tab-transformer"].model(config, "severity", preset, "cpu").fit(table)


@pytest.fixture(scope="module")
def space(model: TabTransformerClassifier, table: pd.DataFrame) -> similar.Space:
    building = similar.Building(model, table)
    with pytest.raises(ValueError, match="0 of 1500"):
        building.finished()
    while building.done < building.total:
        building.step()
    return building.finished()


def described(table: pd.DataFrame, number: str) -> dict[str, object]:
    row = table.loc[number]
    return {i.name: row[i.name] for i in features.INPUTS if not pd.isna(row[i.name])}


def test_the_head_makes_of_a_representation_what_the_network_answers(
    model: TabTransformerClassifier, table: pd.DataFrame
) -> None:
    rows = table.iloc[:5]
    represented = model.represent(rows)
    assert represented.shape == (5, sum(width for _name, width in model.parts))
    with torch.inference_mode():
        logits = model.network.head(torch.as_tensor(represented)).double().numpy()
    np.testing.assert_allclose(logits, model._logits(model.encoder.encode(rows)).numpy(), atol=1e-5)


def test_nothing_is_represented_before_training() -> None:
    preset, config = KINDS["tab-transformer"].settings(None, {})
    with pytest.raises(NotFitted):
        KINDS["tab-transformer"].model(config, "severity", preset, "cpu").represent(features.row({}))


def test_an_accident_is_most_like_itself_and_can_be_left_out(
    model: TabTransformerClassifier, space: similar.Space, table: pd.DataFrame
) -> None:
    assert len(space) == space.loaded == 1500
    for number in table.index[[3, 700, 1499]]:
        values = described(table, number)
        found = similar.nearest(space, model, values)
        assert len(found) == similar.NEAREST
        assert found["accident"].iloc[0] == number
        assert found["distance"].iloc[0] == pytest.approx(0, abs=0.02)  # vectors are kept in half precision
        assert found["distance"].is_monotonic_increasing
        assert found["distance"].iloc[-1] < 1
        others = similar.nearest(space, model, values, besides=number)
        assert number not in set(others["accident"])
        assert others["accident"].tolist()[:99] == found["accident"].tolist()[1:]
        row = table.loc[found["accident"].iloc[5]]
        assert list(table["severity"].cat.categories)[found["severity"].iloc[5]] == row["severity"]


def test_only_what_is_known_is_compared(
    model: TabTransformerClassifier, space: similar.Space, table: pd.DataFrame
) -> None:
    assert similar.known_parts(model, model.encoder.encode(features.row({}))) == set()
    assert similar.nearest(space, model, {}).empty
    some = similar.known_parts(model, model.encoder.encode(features.row({"light": "5", "cars": 1})))
    assert some == {"light", "vehicles"}
    whole = space.projection.columns({name for name, _width in model.parts})
    assert len(whole) == space.vectors.shape[1]
    near = table.loc[similar.nearest(space, model, {"light": "5"})["accident"]]
    assert (near["light"] == "5").mean() > 0.9


def test_shares_by_hand(space: similar.Space) -> None:
    found = pd.DataFrame({"severity": [0] * 6 + [2] * 2 + [-1] * 92})
    shares = similar.shares(found, space, "severity")
    assert shares["accidents"].tolist() == [6, 0, 2]
    np.testing.assert_allclose(shares["share"], [0.75, 0, 0.25])
    # Wilson 95 % for 2 of 8: 0.0715 to 0.5907
    np.testing.assert_allclose(shares.iloc[2][["low", "high"]].astype(float), [0.0715, 0.5907], atol=1e-4)
    assert shares["everywhere"].sum() == pytest.approx(1)


def test_more_accidents_than_are_compared_are_drawn(
    model: TabTransformerClassifier, table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similar, "MOST", 50)
    building = similar.Building(model, table)
    building.step()
    space = building.finished()
    assert (len(space), space.loaded) == (50, 1500)
    assert len(similar.nearest(space, model, {"light": "1"})) == 50
    with pytest.raises(ValueError, match="no accident of known severity"):
        similar.Building(model, table.assign(severity=pd.NA))
