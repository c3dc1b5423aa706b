import pytest

from models.main_score import MainScore, main_score


def test_classifiers_are_ranked_by_log_loss_beside_the_class_frequencies():
    metrics = {"cuts": {"log_loss": 0.6, "baseline": {"log_loss": 0.8}}}
    cut = {"held_out": {"start": "2024-07-01", "end": "2024-07-31", "rows": 10}}
    found = main_score({"target": "severity", "metrics": metrics, "cuts": {"2024-07": cut}})
    assert found == MainScore("log_loss", 0.6, 0.8)
    assert found.gain == pytest.approx(0.25)


def test_forecasters_are_ranked_by_their_error_beside_last_week():
    held_out = {"pooled": {"mae": 15.0}, "baselines": {"seasonal-naive": {"pooled": {"mae": 20.0}}}}
    assert main_score({"target": "daily", "metrics": {"held_out": held_out}}) == MainScore("mae", 15.0, 20.0)


def test_without_a_score_there_is_none():
    assert main_score({"target": "daily"}) is None
    assert main_score({"target": "collision", "metrics": {"held_out": {"log_loss": None}}}) is None
    assert MainScore("mae", 1.0, None).gain is None
