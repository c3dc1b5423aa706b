"""Answers of several cuts together, blends of them, and what calibration owes to chance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models import calibration
from models.benchmark import runs
from models.benchmark.answers import blended, calibrated, chance_error, class_frequencies, rehearsal
from models.benchmark.runs import Result
from models.blending import blend, fit_weights
from models.metrics import Scorer, ece


@pytest.fixture(scope="module")
def results(measured: Path) -> list[Result]:
    """Three models, each on two cuts."""
    every = [Result.load(stem) for stem in runs.kept(measured)]
    return [one for one in every if one.facts["of"]["variant"] == "all"]


def of_model(results: list[Result], number: int) -> list[Result]:
    """The two cuts of one model."""
    names = list(dict.fromkeys(one.facts["of"]["name"] for one in results))
    return [one for one in results if one.facts["of"]["name"] == names[number]]


def test_each_cut_is_calibrated_by_the_answers_about_the_others(results: list[Result]) -> None:
    first, second = of_model(results, 1)
    answers = rehearsal([first, second])
    assert answers.cuts.tolist() == ["2024-02"] * len(first.arrays["truth"]) + ["2024-03"] * len(second.arrays["truth"])
    for own, other in ((first, second), (second, first)):
        learnt = calibration.fit(other.arrays["raw"].astype(float), other.arrays["truth"])
        found = answers.on(own.cut)
        assert found.proba == pytest.approx(learnt.apply(own.arrays["raw"]), abs=1e-6)
        assert found.without == pytest.approx(learnt.apply(own.arrays["raw_without"]), abs=1e-6)
        assert found.raw == pytest.approx(own.arrays["raw"])
        assert (found.frequencies == own.arrays["frequencies"]).all()


def test_what_is_learnt_for_a_cut_does_not_depend_on_its_truth(results: list[Result]) -> None:
    members = [of_model(results, number) for number in (1, 2)]
    shuffled = [
        [first, Result(second.facts, second.arrays | {"truth": second.arrays["truth"][::-1]})]
        for first, second in members
    ]
    (before, weights), (after, others) = blended(members), blended(shuffled)
    assert after.on("2024-03").proba.tolist() == before.on("2024-03").proba.tolist()
    assert others["2024-03"].tolist() == weights["2024-03"].tolist()
    assert others["2024-02"].tolist() != weights["2024-02"].tolist()
    one = [rehearsal(several[0]).on("2024-03").proba.tolist() for several in (members, shuffled)]
    assert one[0] == one[1]


def test_a_single_cut_is_calibrated_as_the_model_was(results: list[Result]) -> None:
    one = of_model(results, 1)[0]
    answers = rehearsal([one])
    assert answers.log_loss == pytest.approx(one.facts["scores"]["log_loss"], abs=1e-6)
    assert answers.score(without=True)["log_loss"] == pytest.approx(one.facts["without"]["log_loss"], abs=1e-6)


def test_together_they_score_as_the_mean_over_all_accidents(results: list[Result]) -> None:
    answers = rehearsal(of_model(results, 1))
    parts = [answers.on(cut) for cut in ("2024-02", "2024-03")]
    sizes = [len(one.truth) for one in parts]
    assert answers.log_loss == pytest.approx(np.average([one.log_loss for one in parts], weights=sizes))
    assert answers.log_loss == pytest.approx(answers.score()["log_loss"])
    baselines = [one.score()["baseline"]["log_loss"] for one in parts]
    assert answers.score()["baseline"]["log_loss"] == pytest.approx(np.average(baselines, weights=sizes))
    assert class_frequencies(answers).score()["log_loss"] == answers.score()["baseline"]["log_loss"]
    assert answers.score(without=True)["log_loss"] == Scorer(answers.without, answers.truth).log_losses.mean()


def test_a_blend_is_weighted_and_calibrated_by_the_other_cuts(results: list[Result]) -> None:
    members = [of_model(results, number) for number in (1, 2)]
    answers, weights = blended(members)
    earlier, later = ([several[cut].arrays for several in members] for cut in (0, 1))
    truth = earlier[0]["truth"]
    fitted = fit_weights([a["raw"] for a in earlier], truth)
    assert weights["2024-03"] == pytest.approx(fitted, abs=1e-4)
    learnt = calibration.fit(blend([a["raw"] for a in earlier], fitted), truth)
    found = answers.on("2024-03")
    assert found.raw == pytest.approx(blend([a["raw"] for a in later], fitted), abs=1e-4)
    assert found.proba == pytest.approx(learnt.apply(found.raw), abs=1e-3)
    assert found.without == pytest.approx(learnt.apply(blend([a["raw_without"] for a in later], fitted)), abs=1e-3)


def test_a_blend_of_other_accidents_is_refused(results: list[Result]) -> None:
    first, second = (of_model(results, number) for number in (1, 2))
    with pytest.raises(ValueError, match="other accidents"):
        blended([first, second[::-1]])


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
    answers = rehearsal(of_model(results, 2))
    found = calibrated(answers)
    ones = np.ones(len(answers.truth))
    assert found["after"]["log_loss"] == pytest.approx(answers.log_loss)
    for stage, proba in (("before", answers.raw), ("after", answers.proba)):
        assert found[stage]["ece"] == pytest.approx(ece(Scorer(proba, answers.truth), ones))
    assert found["before"] != found["after"]
    assert 0 < found["by_chance"] < 0.2
