"""Models fitted in other ways beside themselves, and blends of those, on made-up answers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.benchmark.answers import blended, rehearsal
from models.benchmark.runs import Result
from models.benchmark.tasks import ALL, REFERENCE
from models.benchmark.variants import Fits, variants
from models.calibration import Calibration

CUTS = ("2024-02", "2024-03", "2024-04")


def result(cut: str, sureness: float, *, seed: int = 0, seconds: float = 1.0) -> Result:
    """Answers about the same 60 accidents of a cut, of which two thirds give the truth the probability `sureness`."""
    truth = np.random.default_rng(CUTS.index(cut)).integers(0, 3, 60)
    told = np.where(np.random.default_rng(seed).random(60) < 2 / 3, truth, (truth + 1) % 3)
    raw = np.full((60, 3), (1 - sureness) / 2)
    raw[np.arange(60), told] = sureness
    facts = {
        "of": {"target": "severity", "cut": {"start": f"{cut}-01"}},
        "calibration": Calibration.identity(3).to_dict(),
        "rows": {"train": 1000},
        "periods": {},
        "seconds": seconds,
        "length": None,
    }
    arrays = {
        "raw": raw,
        "raw_without": np.full((60, 3), 1 / 3),
        "truth": truth,
        "accidents": np.array([f"{cut}-{n}" for n in range(60)]),
        "frequencies": np.full(3, 1 / 3),
    }
    return Result(facts, arrays)


def on(cuts: tuple[str, ...], sureness: float, **how: float) -> dict[str, Result]:
    return {cut: result(cut, sureness, **how) for cut in cuts}


@pytest.fixture
def fits() -> Fits:
    """Two models on three cuts; `slow` lacks one of the variants that `quick` has."""
    return {
        ALL: {
            REFERENCE: on(CUTS, 0.5, seed=9),
            "quick": on(CUTS, 0.7, seed=1, seconds=2),
            "slow": on(CUTS, 0.8, seed=2, seconds=30),
        },
        "without-road": {"quick": on(CUTS, 0.6, seed=3)},
        "without-people": {"quick": on(CUTS, 0.5, seed=4, seconds=3), "slow": on(CUTS, 0.5, seed=5, seconds=20)},
        "share-0.5": {"slow": on(CUTS, 0.6, seed=6)},
    }


MEMBERS = {"quick": ["quick"], "slow": ["slow"], "both": ["quick", "slow"], REFERENCE: [REFERENCE]}


def test_each_model_has_the_variants_it_was_fitted_in_and_a_blend_those_of_all_its_members(fits: Fits) -> None:
    found = variants(fits, MEMBERS, "without-")
    assert {name: list(entry["rows"]) for name, entry in found.items()} == {
        "quick": [ALL, "road", "people"],
        "slow": [ALL, "people"],
        "both": [ALL, "people"],
    }
    losses = [entry["rows"][ALL]["log_loss"] for entry in found.values()]
    assert losses == sorted(losses)
    assert list(variants(fits, MEMBERS, "share-")) == ["slow"]
    assert variants(fits, MEMBERS, "departure-") == {}


def test_a_blend_of_a_variant_is_weighted_and_calibrated_by_the_variants_on_the_other_cuts(fits: Fits) -> None:
    rows = variants(fits, MEMBERS, "without-")["both"]["rows"]
    means = {}
    for variant, row in ((ALL, ALL), ("without-people", "people")):
        answers, _weights = blended([[fits[variant][name][cut] for cut in CUTS] for name in ("quick", "slow")])
        means[row] = np.mean([answers.on(cut).log_loss for cut in CUTS])
        assert rows[row]["log_loss"] == pytest.approx(means[row])
    # as many accidents on each cut, so the mean over the cuts is that over the accidents
    assert rows["people"]["cost"] == pytest.approx(means["people"] - means[ALL])
    assert rows["people"]["low"] < rows["people"]["cost"] < rows["people"]["high"]
    assert (rows[ALL]["seconds"], rows["people"]["seconds"]) == (32, 23)


def test_a_blend_does_not_learn_from_the_truth_of_the_cut_it_answers(fits: Fits) -> None:
    members = [[fits["without-people"][name][cut] for cut in CUTS] for name in ("quick", "slow")]
    told, _weights = blended(members)
    other = [
        [*ones[:2], Result(ones[2].facts, ones[2].arrays | {"truth": ones[2].arrays["truth"][::-1]})]
        for ones in members
    ]
    again, _weights = blended(other)
    last = told.cuts == CUTS[2]
    assert again.proba[last].tolist() == told.proba[last].tolist()


def test_rows_of_a_model_are_about_the_cuts_that_all_of_them_have(fits: Fits) -> None:
    fits["without-road"]["quick"] = on(CUTS[2:], 0.6, seed=3)  # type: ignore[index]
    found = variants(fits, MEMBERS, "without-")
    assert {name: entry["cuts"] for name, entry in found.items()} == {
        "quick": ["2024-04"],
        "slow": list(CUTS),
        "both": list(CUTS),
    }
    # one cut alone is calibrated as its validation period said: here not at all, so the loss can be counted
    right = (fits[ALL]["quick"]["2024-04"].arrays["raw"].argmax(axis=1) == result("2024-04", 0.7).arrays["truth"]).sum()
    row = found["quick"]["rows"][ALL]
    assert row["log_loss"] == pytest.approx(-(right * math.log(0.7) + (60 - right) * math.log(0.15)) / 60)
    assert row["without"] == pytest.approx(math.log(3))
    base = rehearsal([fits[ALL][REFERENCE]["2024-04"]]).log_loss
    assert row["difference"] == pytest.approx(row["log_loss"] / base - 1)


def test_a_blend_on_one_cut_has_nothing_to_take_weights_from(fits: Fits) -> None:
    fits["without-people"]["slow"] = on(CUTS[:1], 0.5)  # type: ignore[index]
    assert set(variants(fits, MEMBERS, "without-")) == {"quick", "slow"}
