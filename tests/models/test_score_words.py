"""How scores and durations are written."""

from __future__ import annotations

import pytest

from models import score_words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"), (0.0, "0.000"), (0.6999, "0.700"), (0.0114, "0.011"), (-0.25, "-0.250"), (0.9996, "1.00"),
        (1.7014, "1.70"), (9.994, "9.99"), (9.996, "10.0"), (14.83, "14.8"), (148.26, "148.3"),
    ],
)  # fmt: skip
def test_a_score_has_the_three_digits_that_count(value: float | None, words: str) -> None:
    assert score_words.score(value) == words


def test_a_share_is_a_percentage_and_other_metrics_are_scores() -> None:
    assert score_words.METRICS["accuracy"].form(0.7152) == "71.5%"
    assert score_words.METRICS["log_loss"].form(1.7014) == "1.70"
    assert score_words.METRICS["accuracy"].form(None) == "–"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 s"),
        (45, "45 s"),
        (59.6, "1 min 00 s"),
        (200, "3 min 20 s"),
        (3599.6, "1 h 00 min"),
        (3900, "1 h 05 min"),
    ],
)
def test_a_duration_is_told_in_two_units_at_most(seconds: float, words: str) -> None:
    assert score_words.duration(seconds) == words
