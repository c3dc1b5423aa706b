"""Temperature scaling finds the temperature that made the probabilities wrong."""

from __future__ import annotations

import numpy as np
import pytest

from models.calibration import apply, fit_temperature
from models.metrics import Scorer, ece, log_loss


@pytest.mark.parametrize("wrong", [0.5, 1.0, 2.0])
def test_undoes_over_and_under_confidence(wrong: float) -> None:
    random = np.random.default_rng(0)
    honest = random.dirichlet(np.ones(4), 20_000)
    truth = (honest.cumsum(axis=1) < random.random((20_000, 1))).sum(axis=1)
    given = apply(honest, wrong)  # sharper below 1, flatter above
    temperature = fit_temperature(given, truth)
    assert temperature == pytest.approx(1 / wrong, rel=0.05)
    ones = np.ones(len(truth))
    mended = Scorer(apply(given, temperature), truth)
    assert log_loss(mended, ones) <= log_loss(Scorer(given, truth), ones) + 1e-9
    assert ece(mended, ones) < 0.02


def test_keeps_the_order_and_allows_no_certainty() -> None:
    found = apply(np.array([[0.0, 0.25, 0.75]]), 1.0)
    assert 0 < found[0, 0] < found[0, 1] < found[0, 2]
    assert found.sum() == pytest.approx(1)


def test_a_temperature_of_two_halves_the_log_odds() -> None:
    assert apply(np.array([[0.9, 0.1]]), 2.0)[0] == pytest.approx([3 / 4, 1 / 4])  # odds 9 become odds 3
