"""Other libraries' models keep the contract of a peer, and what is written of them is what was measured."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import scale
from benchmarks.peers import __main__ as command
from benchmarks.peers import document, measure
from benchmarks.peers.adapters import PEERS, HistGradientBoosting, Peer
from data import features, store
from data.splits import Cut
from models.benchmark.tasks import contender
from models.encoder import Encoded, FeatureEncoder

_ROUNDS = 5


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated")
    scale.write(folder, [2024], accidents_a_year=3000)
    return folder


@pytest.fixture(scope="module")
def rows(files: Path) -> measure.Rows:
    table = features.table(store.open_data(str(files)).accidents())
    table["collision"] = _by_pedestrians(table)
    days = (pd.Timestamp(2024, 10, 1), pd.Timestamp(2024, 11, 1), pd.Timestamp(2024, 12, 31))
    return measure.Rows.of(table, "collision", Cut(*days))


def _by_pedestrians(table: pd.DataFrame) -> pd.Series:
    """Every class occurs; the seventh in nine of ten accidents with pedestrians and nowhere else."""
    n = len(table)
    random = np.random.default_rng(0)
    seventh = (table["pedestrians"] > 0).to_numpy() & (random.random(n) < 0.9)
    codes = np.where(seventh, 6, random.integers(0, 6, n))
    return pd.Series(pd.Categorical.from_codes(codes, dtype=table["collision"].dtype), index=table.index)


@pytest.fixture(scope="module", params=list(PEERS))
def peer(request: pytest.FixtureRequest, rows: measure.Rows) -> tuple[Peer, Encoded, np.ndarray]:
    """A trained peer, and what it may be asked."""
    try:
        model = PEERS[request.param](_ROUNDS)
    except ImportError as error:
        pytest.skip(f"only in the environment of benchmarks/peers/requirements.txt: {error}")
    train, validation, held_out = rows.parts.values()
    encoder = FeatureEncoder.fit(train)
    model.fit(encoder.encode(train), rows.truth(train), encoder.encode(validation), rows.truth(validation))
    return model, encoder.encode(held_out), (held_out["pedestrians"] > 0).to_numpy()


def test_a_peer_gives_probabilities_of_the_classes_in_their_order(
    peer: tuple[Peer, Encoded, np.ndarray], rows: measure.Rows
) -> None:
    model, asked, with_pedestrians = peer
    proba = model.predict_proba(asked)
    assert proba.shape == (len(asked), 7)
    assert (proba >= 0).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-5)
    assert proba[with_pedestrians, 6].mean() > 1.2 * proba[~with_pedestrians, 6].mean()


def test_a_peer_answers_each_accident_by_itself_and_one_of_which_nothing_is_known(
    peer: tuple[Peer, Encoded, np.ndarray],
) -> None:
    model, asked, _with_pedestrians = peer
    alone = model.predict_proba(asked.take(np.array([3])))
    np.testing.assert_allclose(alone[0], model.predict_proba(asked)[3], atol=1e-5)
    unknown = Encoded(np.zeros_like(asked.codes[:1]), np.full_like(asked.numbers[:1], np.nan))
    assert np.isfinite(model.predict_proba(unknown)).all()


def test_a_peer_is_kept_in_files_of_its_own(peer: tuple[Peer, Encoded, np.ndarray], tmp_path: Path) -> None:
    peer[0].save(tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) > 1000


def test_a_peer_learns_from_the_training_period_and_stops_by_the_validation_period(rows: measure.Rows) -> None:
    given: list[tuple[np.ndarray, np.ndarray]] = []

    class Remembers(HistGradientBoosting):
        def fit(self, train: Encoded, truth: np.ndarray, validation: Encoded, validation_truth: np.ndarray) -> None:
            given.append((truth, validation_truth))
            super().fit(train, truth, validation, validation_truth)

    fitted = measure.peer(lambda: Remembers(_ROUNDS), rows)
    months = rows.table["date"].dt.month.to_numpy()
    codes = rows.table["collision"].cat.codes.to_numpy()
    ((learnt, stopped),) = given
    assert sorted(learnt) == sorted(codes[months < 10])
    assert sorted(stopped) == sorted(codes[months == 10])
    assert len(fitted.proba) == (months > 10).sum()
    np.testing.assert_allclose(fitted.answer(rows.parts["held_out"].iloc[:5]), fitted.proba[:5], atol=1e-6)


def test_one_of_ours_answers_the_same_accidents(rows: measure.Rows, tmp_path: Path) -> None:
    fitted = measure.ours(contender("xgboost:base:rounds=5"), rows)
    held_out = rows.parts["held_out"]
    np.testing.assert_allclose(fitted.answer(held_out), fitted.proba)
    assert fitted.seconds > 0
    fitted.save(tmp_path)
    assert measure._size(fitted.save) == (tmp_path / "model" / "booster.ubj.gz").stat().st_size


def test_a_difference_to_itself_is_none_and_to_a_better_model_above_zero(rows: measure.Rows) -> None:
    truth = rows.truth(rows.parts["held_out"])
    good = np.where(np.eye(7)[truth] > 0, 0.4, 0.1)
    even = np.full((len(truth), 7), 1 / 7)
    assert measure.difference(even, even, rows, 10) == {"value": 0, "low": 0, "high": 0}
    assert measure.difference(even, good, rows, 10)["value"] == pytest.approx(np.log(7) - np.log(1 / 0.4))


class _Absent(HistGradientBoosting):
    label, package = "Absent", "absent"

    def __init__(self, rounds: int | None = None) -> None:
        raise ModuleNotFoundError("No module named 'absent'")


class _Broken(HistGradientBoosting):
    label = "Broken"

    def fit(self, train: Encoded, truth: np.ndarray, validation: Encoded, validation_truth: np.ndarray) -> None:
        raise RuntimeError("a | b\nmore")


def test_the_command_writes_what_it_measured_and_why_a_peer_is_missing(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    some = {"hist-gradient-boosting": HistGradientBoosting, "absent": _Absent, "broken": _Broken}
    monkeypatch.setattr(command, "PEERS", some)
    out, text = tmp_path / "peers.json", tmp_path / "text.md"
    text.write_text(f"before\n{document.START}\n{document.END}\nafter\n", encoding="utf-8")
    command.main([*("--data", str(files), "--target", "collision", "--out", str(out), "--write", str(text)),
                  *("--models", ",".join(some), "--ours", "xgboost:base:rounds=5", "--rounds", "5"),
                  *("--bootstrap", "20", "--cut", "2024-11")])  # fmt: skip
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["of"]["cut"] == {"validation": "2024-10-11", "start": "2024-11-01", "end": "2024-11-30"}
    models = found["targets"]["collision"]["models"]
    assert models["absent"]["reason"] == "not installed: No module named 'absent'"
    assert models["broken"]["reason"] == "failed: a | b"
    measured = models["hist-gradient-boosting"]
    low, high = measured["interval"]
    assert low < measured["scores"]["log_loss"] < high
    own = models["xgboost:base:rounds=5"]
    apart = measured["scores"]["log_loss"] - own["scores"]["log_loss"]
    assert measured["difference"]["value"] == pytest.approx(apart)
    assert own["difference"] is None
    written = text.read_text(encoding="utf-8")
    assert written.startswith("before\n")
    assert written.endswith("after\n")
    assert "| Broken (scikit-learn) | failed: a \\| b |" in written
    assert f"| {measured['scores']['log_loss']:.4f} [{low:.4f}, {high:.4f}] |" in written
    assert "Collision type" in capsys.readouterr().out


def test_a_run_goes_on_with_what_is_missing(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*("--data", str(files), "--target", "collision", "--out", str(tmp_path / "peers.json")),
             *("--ours", "xgboost:base:rounds=5", "--rounds", "5", "--bootstrap", "5")]  # fmt: skip
    monkeypatch.setattr(command, "PEERS", {"first": HistGradientBoosting, "second": _Broken})
    command.main([*words, "--models", "first,second"])
    capsys.readouterr()
    monkeypatch.setitem(command.PEERS, "second", HistGradientBoosting)
    command.main([*words, "--models", "first,second"])
    assert capsys.readouterr().err.splitlines() == ["collision: XGBoost, rounds=5", "collision: HistGradientBoosting"]
    models = json.loads((tmp_path / "peers.json").read_text(encoding="utf-8"))["targets"]["collision"]["models"]
    assert models["first"]["scores"] == models["second"]["scores"]
    command.main(["--out", str(tmp_path / "peers.json")])  # says again what is there
    assert capsys.readouterr().out.count("HistGradientBoosting") == 2


def test_results_of_something_else_are_not_mixed_in(files: Path, tmp_path: Path) -> None:
    out = tmp_path / "peers.json"
    out.write_text('{"of": {"data": "another"}}', encoding="utf-8")
    with pytest.raises(SystemExit, match="holds results of other accidents"):
        command.main(["--data", str(files), "--out", str(out)])
    with pytest.raises(SystemExit, match="no peer 'nobody'"):
        command.main(["--data", str(files), "--out", str(out), "--models", "nobody"])
    with pytest.raises(SystemExit, match="2025-01"):
        command.main(["--data", str(files), "--out", str(out), "--cut", "2025-01"])
