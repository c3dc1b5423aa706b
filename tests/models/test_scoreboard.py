"""Scores in words: what stands in the tables, and which models may share one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.errors import DataError
from models import scoreboard
from models.registry import Entry

NAMES = ("log_loss", "accuracy")


def scores(value: float) -> dict[str, Any]:
    return {
        **dict.fromkeys(NAMES, value),
        "intervals": {name: [value - 0.1, value + 0.1] for name in NAMES},
        "baseline": dict.fromkeys(NAMES, 0.9),
    }


def classifier(kind: str, value: float, end: str = "2024-09-30", **changes: Any) -> Entry:
    metadata = {
        "kind": kind,
        "target": "severity",
        "data": {"source": "BAAC 2024", "fingerprint": "f"},
        "split": {
            "validation": {"start": "2024-07-01", "end": "2024-07-31", "rows": 50},
            "held_out": {"start": "2024-08-01", "end": end, "rows": 1200},
        },
        "metrics": {
            "held_out": scores(value),
            "validation": scores(value + 0.01),
            "held_out_without_near_event": scores(value + 0.02),
        },
    }
    return Entry(f"severity-{kind}", Path(kind), metadata | changes, None)


def forecaster() -> Entry:
    pooled = {"mae": 15.0, "mase": 0.6, "rmsse": None, "pinball": 3.5, "coverage_80": 0.75}
    held_out = {"origins": 23, "pooled": pooled, "baselines": {"seasonal-naive": {"pooled": pooled | {"mae": 22.0}}}}
    metadata = {
        "kind": "lstm",
        "target": "daily",
        "data": {"source": "ONISR", "start": "2005-01-01", "end": "2024-09-30"},
        "learnt_until": "2024-04-01",
        "split": {"held_out": {"start": "2024-04-02", "end": "2024-09-30"}},
        "metrics": {"held_out": held_out},
    }
    return Entry("daily-lstm", Path("daily-lstm"), metadata, None)


def test_models_of_one_period_share_a_table_with_their_baseline() -> None:
    broken = Entry("severity-broken", Path("x"), None, "damaged")
    text = scoreboard.markdown([classifier("xgboost", 0.6), classifier("random-forest", 0.7), broken])
    title, empty, head, rule, *rows = text.splitlines()
    assert title.startswith("**Severity**, BAAC 2024: held out 2024-08-01 to 2024-09-30 (1,200 accidents)")
    assert empty == ""
    assert head.count("|") == rule.count("|") == 6
    assert rows == [
        "| XGBoost | 0.600 [0.500, 0.700] | 0.600 [0.500, 0.700] | 0.620 | 0.610 |",
        "| Random forest | 0.700 [0.600, 0.800] | 0.700 [0.600, 0.800] | 0.720 | 0.710 |",
        "| class frequencies | 0.900 | 0.900 | 0.900 | 0.900 |",
    ]


@pytest.mark.parametrize(
    "other", [classifier("random-forest", 0.7, "2024-08-31"), classifier("random-forest", 0.7, data={"source": "mine"})]
)
def test_models_scored_on_other_accidents_get_a_table_of_their_own(other: Entry) -> None:
    text = scoreboard.markdown([classifier("xgboost", 0.6), other])
    assert text.count("**Severity**") == text.count("| class frequencies |") == 2


def test_scores_of_the_cuts_are_named_so() -> None:
    months = {
        "2024-08": {"held_out": {"start": "2024-08-01", "end": "2024-08-31", "rows": 700}},
        "2024-09": {"held_out": {"start": "2024-09-01", "end": "2024-09-30", "rows": 500}},
    }
    metrics = {"cuts": scores(0.6), "cuts_without_near_event": scores(0.62), "each_cut": {}}
    split = {"train": {"start": "2024-01-01", "end": "2024-09-30", "rows": 9000}}
    whole = classifier("xgboost", 0.6, metrics=metrics, split=split, cuts=months)
    title, _empty, head, _rule, *rows = scoreboard.markdown([whole]).splitlines()
    assert "held out" not in title
    assert "months predicted before they were learnt" in title
    assert "2024-08-01 to 2024-09-30 (1,200 accidents)" in title
    assert title.endswith("learnt from since: 2024-01-01 to 2024-09-30 (9,000 accidents).")
    assert "validation" not in head
    assert rows == [
        "| XGBoost | 0.600 [0.500, 0.700] | 0.600 [0.500, 0.700] | 0.620 |",
        "| class frequencies | 0.900 | 0.900 | 0.900 |",
    ]
    assert scoreboard.markdown([whole, classifier("random-forest", 0.7)]).count("**Severity**") == 2


def test_a_score_that_cannot_be_known_is_a_dash() -> None:
    unknown = scores(0.6) | {"accuracy": None, "intervals": {"log_loss": [0.5, 0.7]}}
    metrics = dict.fromkeys(("held_out", "validation", "held_out_without_near_event"), unknown)
    row = scoreboard.markdown([classifier("xgboost", 0.6, metrics=metrics)]).splitlines()[4]
    assert row == "| XGBoost | 0.600 [0.500, 0.700] | – | 0.600 | 0.600 |"


def test_a_metric_that_an_older_model_was_not_scored_by_is_a_dash() -> None:
    old, new = classifier("xgboost", 0.6), classifier("random-forest", 0.7)
    assert new.metadata is not None
    newer = {part: found | {"auc_killed": 0.8} for part, found in new.metadata["metrics"].items()}
    new = classifier("random-forest", 0.7, metrics=newer)
    for entries in ([old, new], [new, old]):
        rows = scoreboard.markdown(entries).splitlines()[4:6]
        assert sorted(row.split(" | ")[3] for row in rows) == ["0.800", "–"]


def test_a_forecaster_stands_above_its_baselines() -> None:
    title, _empty, _head, _rule, *rows = scoreboard.markdown([forecaster()]).splitlines()
    assert "23 origins" in title
    assert "since" not in title
    assert rows == [
        "| LSTM | 15.000 | 0.600 | – | 3.500 | 0.750 |",
        "| seasonal-naive | 22.000 | 0.600 | – | 3.500 | 0.750 |",
    ]


def test_a_forecaster_that_learnt_all_days_after_its_scores_says_so() -> None:
    entry = forecaster()
    assert entry.metadata is not None
    entry = replace(entry, metadata={**entry.metadata, "learnt_until": "2024-09-30"})
    title = scoreboard.markdown([entry]).splitlines()[0]
    assert title.endswith("28 days ahead. Learnt from since: 2005-01-01 to 2024-09-30.")


def test_the_short_table_names_the_best_of_each_target() -> None:
    broken = Entry("severity-broken", Path("x"), None, "damaged")
    entries = [classifier("random-forest", 0.7), classifier("xgboost", 0.6), broken, forecaster()]
    _head, _rule, severity, daily = scoreboard.brief(entries).splitlines()
    assert severity.startswith("| Severity | XGBoost | log_loss 0.600 [0.500, 0.700], ")
    assert "| log_loss 0.900, " in severity
    assert daily == "| Accidents a day, 28 days ahead | LSTM | mae 15.000 | mae 22.000 (seasonal-naive) |"
    assert len(scoreboard.brief([broken]).splitlines()) == 2


def test_nothing_to_show_is_nothing() -> None:
    assert scoreboard.markdown([]) == ""


def test_lines_for_the_terminal() -> None:
    lines = scoreboard.text(scores(0.6)).splitlines()
    assert len(lines) == len(NAMES)
    assert lines[0].split() == ["log_loss", "0.6000", "[0.5000,", "0.7000]", "class", "frequencies", "0.9000"]
    found = forecaster().metadata
    assert found is not None
    backtest = found["metrics"]["held_out"] | {"checkpoint": "mine", "note": "All of it was seen."}
    lines = scoreboard.forecast_text(backtest).splitlines()
    assert lines[0] == "23 origins"
    assert [line.split()[:2] for line in lines[2:4]] == [["mine", "15.000"], ["seasonal-naive", "22.000"]]
    assert lines[-1] == "All of it was seen."


def test_a_backtest_for_the_terminal_says_how_certain_differences_are_and_what_is_left_out() -> None:
    pooled = {"mae": 15.0, "crps": 10.5, "coverage_50": 0.5}
    beside = {
        "lightgbm": {"pooled": pooled | {"mae": 16.0}, "diebold_mariano": {"difference": -1.0, "p": 0.0123}},
        "ets": {"pooled": pooled | {"mae": 21.0}, "diebold_mariano": {"difference": -6.0, "p": None}},
    }
    found = {
        "checkpoint": "mine", "origins": 3, "pooled": pooled, "baselines": beside,
        "blend": {"members": ["mine", "lightgbm"], "pooled": pooled | {"mae": 14.5}},
        "left_out": {"regression": "Too few days."},
    }  # fmt: skip
    rows = [line.split() for line in scoreboard.forecast_text(found).splitlines()]
    assert rows[2] == ["mine", "15.000", "–", "–", "–", "10.500", "0.500", "–", "–"]
    assert rows[3] == ["lightgbm", "16.000", "–", "–", "–", "10.500", "0.500", "–", "–", "0.012"]
    assert rows[4][-1] == "–"
    assert rows[5][:2] == ["blend", "14.500"]
    assert " ".join(rows[6]) == "The blend is the mean of mine, lightgbm."
    assert " ".join(rows[7]) == "regression: left out. Too few days."


def test_put_replaces_what_stands_between_the_markers_alone(tmp_path: Path) -> None:
    document = tmp_path / "README.md"
    document.write_text(f"before\n{scoreboard.START}\nold\n{scoreboard.END}\nafter\n", encoding="utf-8")
    scoreboard.put(document, "new")
    scoreboard.put(document, "newer")
    expected = f"before\n{scoreboard.START}\nnewer\n{scoreboard.END}\nafter\n"
    assert document.read_text(encoding="utf-8") == expected
    document.write_text("no markers", encoding="utf-8")
    with pytest.raises(DataError, match="lacks the markers"):
        scoreboard.put(document, "new")
    with pytest.raises(DataError, match=r"nowhere\.md cannot be read"):
        scoreboard.put(tmp_path / "nowhere.md", "new")
