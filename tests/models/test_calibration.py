"""Calibration undoes known distortions by the method that fits them, and explanations go through it unbroken."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import check_grad

from data import features
from models import calibration, registry
from models.calibration import Calibration, cross_fitted, fit, fit_dirichlet, fit_temperature, reliability
from models.classifier import Classifier

TWISTED = Calibration("dirichlet", np.array([[1.0, 0.0, 0.3], [0.0, 0.6, 0.0], [0.0, 0.0, 1.0]]), np.array([0, 0.8, 0]))

DOUBTING = Calibration("entropy", TWISTED.matrix, TWISTED.bias, np.array([0.1, -0.2, 0.0, 0.1, 0.3, -0.1]))
DOUBTING_BEFORE = Calibration("entropy", TWISTED.matrix, TWISTED.bias, np.array([0.1, -0.2, 0.0, 0.1]))  # third degree


def drawn(n: int, classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Honest probabilities and the truths drawn from them."""
    random = np.random.default_rng(seed)
    honest = random.dirichlet(np.ones(classes), n)
    return honest, (honest.cumsum(axis=1) < random.random((n, 1))).sum(axis=1)


def log_loss(proba: np.ndarray, truth: np.ndarray) -> float:
    return reliability(proba, truth)["log_loss"]


def test_a_temperature_of_two_halves_the_log_odds() -> None:
    halved = Calibration.of_temperature(2.0, 2)
    assert halved.apply(np.array([[0.9, 0.1]]))[0] == pytest.approx([3 / 4, 1 / 4])  # odds 9 become odds 3


def test_a_matrix_and_a_bias_by_hand() -> None:
    """Of (4/5, 1/5) the centred logarithms are (log 2, -log 2)."""
    found = Calibration("dirichlet", np.eye(2), np.log([2.0, 4.0]))  # (2 log 2, log 2)
    assert found.apply(np.array([[0.8, 0.2]]))[0] == pytest.approx([2 / 3, 1 / 3])
    crossed = Calibration("dirichlet", np.array([[1.0, -2.0], [0.0, 1.0]]), np.zeros(2))  # (3 log 2, -log 2)
    assert crossed.apply(np.array([[0.8, 0.2]]))[0] == pytest.approx([16 / 17, 1 / 17])


def test_keeps_the_order_and_allows_no_certainty() -> None:
    found = Calibration.identity(3).apply(np.array([[0.0, 0.25, 0.75]]))
    assert 0 < found[0, 0] < found[0, 1] < found[0, 2]
    assert found.sum() == pytest.approx(1)


def test_shares_by_hand() -> None:
    """Two classes, one input: the shares are centred, go through the matrix, meet the bias in the base, are centred."""
    found = Calibration("dirichlet", np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([1.0, 0.0]))
    shares = np.array([[5.0, 2.0], [3.0, 0.0]])  # centred: (1, -1) and (1, -1); carried: (2, -1) and (3, -1)
    assert found.of_scores(shares).tolist() == [[1.5, 2.0], [-1.5, -2.0]]
    assert shares.tolist() == [[5.0, 2.0], [3.0, 0.0]]
    many = found.of_scores(np.stack([shares, 2 * shares]))
    assert many[1].tolist() == [[3.0, 3.5], [-3.0, -3.5]]
    assert Calibration.of_temperature(2.0, 2).of_scores(shares).tolist() == [[0.5, 0.5], [-0.5, -0.5]]


@pytest.mark.parametrize("wrong", [0.5, 1.0, 2.0])
def test_the_temperature_undoes_over_and_under_confidence(wrong: float) -> None:
    honest, truth = drawn(20_000, 4)
    given = Calibration.of_temperature(wrong, 4).apply(honest)  # sharper below 1, flatter above
    found = fit_temperature(given, truth)
    np.testing.assert_allclose(found.matrix, wrong * np.eye(4), rtol=0.05)
    after = reliability(found.apply(given), truth)
    assert after["log_loss"] <= log_loss(given, truth) + 1e-9
    assert after["ece"] < 0.02


def test_what_goes_wrong_class_by_class_takes_the_matrix() -> None:
    honest, truth = drawn(20_000, 3)
    # no bias: equal shares, which here are the class frequencies, stay equal, as the anchor wants
    bent = np.array([[1.0, 0.0, 0.6], [0.0, 0.4, 0.0], [0.0, 0.0, 1.5]])
    given = Calibration("dirichlet", bent, np.zeros(3)).apply(honest)
    found = fit(given, truth)
    assert found.method != "temperature"
    assert log_loss(found.apply(given), truth) == pytest.approx(log_loss(honest, truth), abs=0.002)
    assert log_loss(fit_temperature(given, truth).apply(given), truth) > log_loss(honest, truth) + 0.02
    np.testing.assert_allclose(found.apply(given), honest, atol=0.05)


def test_what_is_said_of_nothing_known_is_held_by_an_anchor(monkeypatch: pytest.MonkeyPatch) -> None:
    """A matrix learnt from described accidents would twist it; to hold it costs them little."""
    honest, truth = drawn(20_000, 3)
    given, shares = TWISTED.apply(honest), np.bincount(truth, minlength=3)[None] / len(truth)
    anchored = fit_dirichlet(given, truth)
    monkeypatch.setattr(calibration, "_ANCHOR", 0.0)
    free = fit_dirichlet(given, truth)

    def astray(found: Calibration) -> float:
        return float(-(shares * np.log(found.apply(shares) / shares)).sum())

    assert astray(anchored) < 0.8 * astray(free)
    assert log_loss(anchored.apply(given), truth) < log_loss(free.apply(given), truth) + 0.002


@pytest.mark.parametrize("classes", [3, 7])
def test_what_a_temperature_undoes_every_method_undoes(classes: int) -> None:
    honest, truth = drawn(3_000, classes, seed=1)
    given = Calibration.of_temperature(0.7, classes).apply(honest)
    for method in calibration.METHODS.values():
        assert log_loss(method(given, truth).apply(given), truth) == pytest.approx(log_loss(honest, truth), abs=0.01)


@pytest.mark.parametrize("method", ["dirichlet", "entropy"])
def test_the_fit_is_where_its_loss_is_lowest(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gradient that the solver is given is that of the loss; its end is no worse than what lies around it."""
    honest, truth = drawn(500, 3)
    given: dict[str, Any] = {}
    minimize = calibration.minimize

    def spied(loss: Any, start: np.ndarray, **options: Any) -> Any:
        given.update(loss=loss, end=minimize(loss, start, **options))  # the last one: the scale comes after the matrix
        return given["end"]

    monkeypatch.setattr(calibration, "minimize", spied)
    calibration.METHODS[method](TWISTED.apply(honest), truth)
    loss, end = given["loss"], given["end"].x
    random = np.random.default_rng(0)
    for away in random.normal(scale=0.3, size=(20, len(end))):
        assert check_grad(lambda w: loss(w)[0], lambda w: loss(w)[1], end + away) < 1e-5
        assert loss(end + away)[0] > loss(end)[0]


def test_few_rows_change_little_though_they_are_all_of_one_class() -> None:
    proba = np.array([[0.7, 0.2, 0.1]])
    for n in (0, 1, 2, 5):
        given, truth = np.repeat(proba, n, axis=0), np.zeros(n, dtype=int)
        for found in (fit(given, truth), fit(given, truth, np.zeros(n))):
            assert np.isfinite(found.apply(proba)).all()
    assert np.array_equal(fit(given[:0], truth[:0]).matrix, np.eye(3))
    certain = np.array([[0.0, 0.0, 1.0]] * 40)  # and always wrong
    for found in (fit_dirichlet(certain, np.zeros(40, dtype=int)), fit(certain, np.zeros(40, dtype=int))):
        assert 0 < found.apply(certain)[0, 0] <= 1


def test_each_part_is_calibrated_by_the_others() -> None:
    """Two cuts wrong in opposite ways are made worse by each other, and the truths of a part do not reach it."""
    honest, truth = drawn(4_000, 3)
    parts = np.repeat(["2024-07", "2024-08"], 2_000)
    first = parts == "2024-07"
    sharp, flat = (Calibration.of_temperature(t, 3).apply(honest) for t in (0.5, 2.0))
    given = np.where(first[:, None], sharp, flat)
    found = cross_fitted(given, truth, parts)
    np.testing.assert_allclose(found[first], fit(flat[~first], truth[~first]).apply(sharp[first]))
    assert log_loss(found, truth) > log_loss(given, truth)
    changed = cross_fitted(given, np.where(first, 0, truth), parts)
    np.testing.assert_array_equal(changed[first], found[first])
    np.testing.assert_allclose(cross_fitted(honest, truth, np.zeros(4_000)), honest, atol=1e-5)


def test_the_choice_is_made_across_the_parts_that_are_named() -> None:
    """One part overrates the first class and the other the second; only blocks that mix them seem to agree."""
    honest, truth = drawn(4_000, 3)
    parts = np.arange(4_000) % 2
    first, second = (Calibration("dirichlet", np.eye(3), bias).apply(honest) for bias in np.eye(3)[:2])
    given = np.where(parts[:, None] == 0, first, second)
    assert fit(given, truth).method != "temperature"
    assert fit(given, truth, parts).method == "temperature"


def doubting(*doubt: float) -> Calibration:
    return Calibration("entropy", np.eye(3), np.zeros(3), np.array(doubt))


def test_a_scale_by_entropy_by_hand() -> None:
    """Chebyshev's first two polynomials of 2 h - 1: a weight of log(1.5) on each of 1 and T1 gives 1 at no doubt."""
    weights = (np.log(1.5) / 2, np.log(1.5) / 2, 0.0, 0.0)  # the logarithm of the scale is h log 1.5
    even = np.full((1, 3), 1 / 3)  # h is 1, but there is nothing to scale
    assert doubting(*weights).apply(even)[0] == pytest.approx([1 / 3] * 3)
    # h of (1/2, 1/2, ~0) is log 2 / log 3; the odds of the first to the last are raised to 1.5 ** h
    given = np.array([[0.5 - 5e-5, 0.5 - 5e-5, 1e-4]])
    entropy = -(given * np.log(given)).sum() / np.log(3)
    found = doubting(*weights).apply(given)[0]
    assert np.log(found[0] / found[2]) == pytest.approx(1.5**entropy * np.log(given[0, 0] / given[0, 2]))


def test_no_scale_is_more_than_two_or_less_than_a_half() -> None:
    given = np.array([[0.6, 0.3, 0.1]])
    odds = np.log(given[0, 0] / given[0, 1])
    for doubt, most in ((9.0, 2.0), (-9.0, 0.5)):
        found = doubting(doubt, 0, 0, 0).apply(given)[0]
        assert np.log(found[0] / found[1]) == pytest.approx(most * odds)


def test_too_bold_where_clear_and_too_timid_where_not_takes_the_scale() -> None:
    honest, truth = drawn(20_000, 3)
    entropy = -(honest * np.log(honest)).sum(axis=1) / np.log(3)
    power = np.where(entropy < 0.6, 1.5, 0.7)[:, None]  # sharper where clear, flatter where not
    given = honest**power / (honest**power).sum(axis=1, keepdims=True)
    found = fit(given, truth)
    assert found.method == "entropy"
    before, after = (reliability(one, truth) for one in (given, found.apply(given)))
    assert after["ece"] < before["ece"] / 2
    assert after["log_loss"] < log_loss(calibration.fit_dirichlet(given, truth).apply(given), truth) - 0.002


def test_the_scale_says_how_often_the_likeliest_class_is_the_true_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """One answer alone, right in 7 of 10; the log-loss of all classes would settle elsewhere, for the rest are swapped.

    Of (.6, .3, .1), with .1 the second most frequent: the best scale by log-loss is that of the mean score given.
    """
    answer = np.array([[0.6, 0.3, 0.1]])
    truth = np.repeat([0, 1, 2], [70, 5, 25])
    given = np.repeat(answer, len(truth), axis=0)
    monkeypatch.setattr(calibration, "fit_dirichlet", lambda proba, truth: Calibration.identity(3))
    monkeypatch.setattr(calibration, "_ANCHOR", 0.0)
    monkeypatch.setattr(calibration, "_FLATTEN", 1e-9)
    found = calibration.fit_entropy(given, truth).apply(answer)[0]
    assert found[0] == pytest.approx(0.7, abs=1e-3)
    assert np.log(found[0] / found[1]) / np.log(found[0] / found[2]) == pytest.approx(np.log(2) / np.log(6))
    assert fit_temperature(given, truth).apply(answer)[0, 0] < 0.65


@pytest.mark.parametrize("weights", [(0.1, 0.2, 0.0, -0.1), (0.1, 0.2, 0.0, -0.1, 0.05, 0.2)], ids=len)
def test_shares_go_through_the_scale_of_their_own_row(weights: tuple[float, ...]) -> None:
    found = doubting(*weights)
    random = np.random.default_rng(0)
    shares = random.normal(size=(4, 3, 5))
    proba = np.exp(shares.sum(axis=-1))
    proba /= proba.sum(axis=1, keepdims=True)
    carried = found.of_scores(shares).sum(axis=-1)
    np.testing.assert_allclose(np.exp(carried) / np.exp(carried).sum(axis=1, keepdims=True), found.apply(proba))


@pytest.mark.parametrize("found", [Calibration.of_temperature(1.3, 3), TWISTED, DOUBTING, DOUBTING_BEFORE])
def test_what_is_kept_comes_back(found: Calibration) -> None:
    again = Calibration.from_dict(json.loads(json.dumps(found.to_dict())), 3)
    assert again.method == found.method
    np.testing.assert_array_equal(again.matrix, found.matrix)
    np.testing.assert_array_equal(again.bias, found.bias)
    np.testing.assert_array_equal(again.doubt, found.doubt)


def test_checkpoints_that_kept_a_temperature_still_load() -> None:
    found = Calibration.from_dict({"kind": "xgboost", "temperature": 1.25}, 7)
    np.testing.assert_array_equal(found.matrix, np.eye(7) / 1.25)
    assert not found.bias.any()


@pytest.mark.parametrize(
    "damage",
    [
        {"method": "isotonic"},
        {"method": []},
        {"matrix": [[1.0, 0.0], [0.0, 1.0]]},
        {"matrix": [[1.0, 0.0, 0.0]] * 2},
        {"matrix": [[1.0], [0.0, 1.0], [0.0]]},
        {"matrix": "identity"},
        {"matrix": [[1e9, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]},
        {"matrix": [[float("nan"), 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]},
        {"bias": [0.0, 0.0]},
        {"doubt": [0.1, 0.0, 0.0, 0.0]},
        {"doubt": [0.0, 0.0]},
        {"doubt": [0.0] * 5},
        {"doubt": [0.0] * 7},
        {"doubt": [[0.0] * 6]},
        {"bias": [[0.0, 0.0, 0.0]]},
        {"bias": 0.0},
        {"bias": [0.0, float("inf"), 0.0]},
        {"bias": None},
        {"method": "temperature"},  # with a matrix that none makes
        {"method": "temperature", "matrix": (-np.eye(3)).tolist(), "bias": [0.0] * 3},
        {"method": "temperature", "matrix": np.eye(3).tolist()},  # with a bias
        {"matrix": [], "bias": []},
    ],
    ids=str,
)
def test_damaged_metadata_are_refused(damage: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        Calibration.from_dict(TWISTED.to_dict() | damage, 3)


@pytest.mark.parametrize("temperature", [0, -1.0, float("nan"), float("inf"), 1e-9, "warm", None, []])
def test_damaged_temperatures_are_refused(temperature: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        Calibration.from_dict({"temperature": temperature}, 3)
    with pytest.raises(KeyError):
        Calibration.from_dict({}, 3)


SMALL = {
    "xgboost": {"rounds": 15, "learning_rate": 0.3},
    "logistic": {"iterations": 60, "penalty": 300.0},
    "feed-forward": {"epochs": 2, "width": 16, "batch_size": 64},
}


@pytest.fixture(scope="module", params=SMALL)
def fitted(request: pytest.FixtureRequest, table: pd.DataFrame) -> Classifier:
    kind = registry.KINDS[request.param]
    preset, config = kind.settings(None, SMALL[request.param])
    return kind.model(config, "severity", preset, "cpu").fit(table)


@pytest.mark.parametrize("found", [Calibration.of_temperature(1.3, 3), TWISTED, DOUBTING, DOUBTING_BEFORE])
def test_reasons_add_up_to_the_calibrated_log_odds(
    fitted: Classifier, table: pd.DataFrame, found: Calibration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitted, "calibration", found)
    rows = table.iloc[:4]
    logs = np.log(fitted.predict_proba(rows).to_numpy())
    shares = fitted._contributions(fitted.encoder.encode(features.checked(rows)))
    np.testing.assert_allclose(shares.sum(axis=-1), logs - logs.mean(axis=1, keepdims=True), atol=1e-4)


def test_a_model_tells_how_reliable_it_was_before_and_after(fitted: Classifier, table: pd.DataFrame) -> None:
    for period, told in fitted.metadata["reliability"].items():
        span = fitted.metadata["split"][period]
        rows = table[table["date"].between(span["start"], span["end"])]
        truth = rows["severity"].cat.codes.to_numpy()
        raw = fitted._proba(fitted.encoder.encode(features.checked(rows)))
        assert told["before"] == pytest.approx(reliability(raw, truth), abs=1e-6)
        assert told["after"] == pytest.approx(reliability(fitted.predict_proba(rows).to_numpy(), truth), abs=1e-6)
        assert told["after"]["log_loss"] == pytest.approx(fitted.metadata["metrics"][period]["log_loss"])
    validation = fitted.metadata["reliability"]["validation"]
    assert validation["after"]["log_loss"] <= validation["before"]["log_loss"] + 1e-6
