"""Answers of several cuts together, blends of them, and what calibration owes to chance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.benchmark import runs
from models.benchmark.answers import Answers, blended, chance_error, class_frequencies
from models.benchmark.runs import Result
from models.blending import blend
from models.metrics import Scorer, ece


@pytest.fixture(scope="module")
def results(measured: Path) -> list[Result]:
    """Three models, each on two cuts."""
    every = [Result.load(stem) for stem in runs.kept(measured)]
    return [one for one in every if one.facts["of"]["variant"] == "all"]


def of_cut(results: list[Result], month: str) -> list[Result]:
    return [one for one in results if one.facts["of"]["cut"]["start"].startswith(month)]


def test_together_they_score_as_the_mean_over_all_accidents(results: list[Result]) -> None:
    name = results[0].facts["of"]["name"]
    several = [Answers.of(one) for one in results if one.facts["of"]["name"] == name]
    together = Answers.together(several)
    sizes = [len(one.truth) for one in several]
    losses = [one.score()["log_loss"] for one in several]
    assert together.score()["log_loss"] == pytest.approx(np.average(losses, weights=sizes))
    baselines = [one.score()["baseline"]["log_loss"] for one in several]
    assert together.score()["baseline"]["log_loss"] == pytest.approx(np.average(baselines, weights=sizes))
    assert class_frequencies(together).score()["log_loss"] == together.score()["baseline"]["log_loss"]
    assert together.score(without=True)["log_loss"] == Scorer(together.without, together.truth).log_losses.mean()


def test_a_blend_takes_its_weights_from_the_validation_period_alone(results: list[Result]) -> None:
    members = of_cut(results, "2024-03")
    answers, weights = blended(members)
    assert answers.proba == pytest.approx(blend([one.arrays["proba"] for one in members], weights))
    assert answers.without == pytest.approx(blend([one.arrays["without"] for one in members], weights))
    shuffled = [Result(one.facts, one.arrays | {"truth": one.arrays["truth"][::-1]}) for one in members]
    assert blended(shuffled)[1].tolist() == weights.tolist()
    assert answers.calibration()["before"] is None


def test_a_blend_of_other_accidents_is_refused(results: list[Result]) -> None:
    with pytest.raises(ValueError, match="other accidents"):
        blended([of_cut(results, "2024-02")[0], of_cut(results, "2024-03")[0]])


def test_chance_alone_makes_an_error_that_shrinks_with_the_accidents() -> None:
    random = np.random.default_rng(0)
    errors = []
    for n in (400, 6400):
        proba = random.dirichlet(np.ones(3), n)
        found = chance_error(proba)
        truths = [(random.random((n, 1)) > proba.cumsum(axis=1)).sum(axis=1) for _draw in range(100)]
        drawn = [ece(Scorer(proba, truth), np.ones(n)) for truth in truths]
        assert found == pytest.approx(np.mean(drawn), rel=0.08)
        errors.append(found)
    assert errors[1] == pytest.approx(errors[0] / 4, rel=0.25)


def test_calibration_is_looked_at_before_and_after(results: list[Result]) -> None:
    one = results[-1]
    found = Answers.of(one).calibration()
    assert found["after"]["log_loss"] == pytest.approx(one.facts["scores"]["log_loss"], abs=1e-6)
    before = Scorer(one.arrays["raw"], one.arrays["truth"])
    assert found["before"]["ece"] == pytest.approx(ece(before, np.ones(before.n)))
    assert 0 < found["by_chance"] < 0.2
