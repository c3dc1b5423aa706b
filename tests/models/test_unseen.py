"""Where kept scores come from, in the words that every page and document uses."""

from __future__ import annotations

from models.unseen import unseen

MONTHS = {
    "2024-08": {"held_out": {"start": "2024-08-01", "end": "2024-08-31", "rows": 30}},
    "2024-09": {"held_out": {"start": "2024-09-01", "end": "2024-09-30", "rows": 12}},
}


def test_days_held_out_are_called_so() -> None:
    period = {"start": "2024-08-01", "end": "2024-09-30", "rows": 1200}
    metrics = {"held_out": {"log_loss": 0.7}, "held_out_without_near_event": {"log_loss": 0.8}}
    found = unseen({"metrics": metrics, "split": {"held_out": period}})
    assert found is not None
    assert (found.name, found.scores["log_loss"], found.without["log_loss"]) == ("held_out", 0.7, 0.8)
    assert found.period == period
    assert found.in_words("August") == "held out August, never used in training"


def test_months_of_the_cuts_are_not_called_held_out() -> None:
    metrics = {"cuts": {"log_loss": 0.7}, "cuts_without_near_event": {"log_loss": 0.8}, "each_cut": {}}
    found = unseen({"metrics": metrics, "cuts": MONTHS, "split": {"train": {}}})
    assert found is not None
    assert (found.name, found.without["log_loss"]) == ("cuts", 0.8)
    assert found.period == {"start": "2024-08-01", "end": "2024-09-30", "rows": 42}
    assert "held out" not in found.in_words("August")
    assert found.in_words("August").startswith("months predicted before they were learnt")


def test_a_checkpoint_without_scores_has_none() -> None:
    assert unseen({}) is None
    assert unseen({"metrics": {}}) is None
