"""What several cuts tell together about half-described accidents, computed by hand."""

from __future__ import annotations

from typing import Any

import pytest

from models.benchmark import half


def cut(nothing: float, road: float, change: float, error: float) -> dict[str, Any]:
    """Two groups, of which hiding the road is the step in question."""
    return {
        "rows": 100,
        "log_loss": {"": nothing, "road": road, "people": road + 0.2, "road+people": 1.5},
        "baseline": 1.6,
        "steps": [
            {"hidden": "", "more": "road", "change": change, "error": error},
            {"hidden": "road", "more": "people", "change": 0.3, "error": 0.01},
        ],
    }


def test_there_is_every_choice_of_groups_from_none_to_all() -> None:
    every = half.subsets()
    assert len(set(every)) == len(every) == 32
    assert [len(chosen) for chosen in every] == [0] + [1] * 5 + [2] * 10 + [3] * 10 + [4] * 5 + [5]


def test_cuts_count_the_same_and_the_worst_is_that_of_their_means() -> None:
    found = half.together([cut(1.0, 1.1, 0.1, 0.02), cut(1.2, 1.3, 0.1, 0.02)])
    assert found["groups"][0] == pytest.approx({"mean": 1.1, "worst": 1.1})
    assert found["groups"][1] == pytest.approx({"mean": 1.3, "worst": 1.4})
    assert found["groups"][2] == pytest.approx({"mean": 1.5, "worst": 1.5})
    assert (found["rows"], found["steps"], found["better"]) == (200, 2, [])
    assert found["baseline"] == pytest.approx(1.6)


def test_fits_that_learnt_from_little_do_not_count_beside_later_ones() -> None:
    later = [cut(1.0, 1.1, 0.1, 0.02), cut(1.1, 1.2, 0.1, 0.02), cut(1.2, 1.3, 0.1, 0.02)]
    assert half.together([cut(1.5, 1.9, -0.3, 0.01), *later]) == half.together(later)


def test_a_step_improves_where_it_is_beyond_two_standard_errors_over_all_cuts() -> None:
    """Mean change -0.035; standard error sqrt(0.012² + 0.016²) / 2 = 0.01 for both, and twice that of 0.02 beyond."""
    clear = half.together([cut(1.0, 0.9, -0.03, 0.012), cut(1.0, 0.9, -0.04, 0.016)])
    assert [(one["hidden"], one["more"]) for one in clear["better"]] == [("", "road")]
    assert clear["better"][0]["change"] == pytest.approx(-0.035)
    luck = half.together([cut(1.0, 0.9, -0.03, 0.024), cut(1.0, 0.9, -0.04, 0.032)])
    assert luck["better"] == []
