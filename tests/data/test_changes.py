"""What changed since the year before, counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data import changes
from tests.data.test_summary import injuries
from tests.data.test_trends import selected


def on(day: str, number: int, *hurt: int) -> list[dict[str, object]]:
    return [{"date": day, **(injuries(*hurt) if hurt else {})}] * number


BEFORE = [*on("2023-01-01", 2, 0, 1, 0), *on("2023-02-27", 8, 1, 0, 0), *on("2023-12-31", 50, 1, 0, 0)]
NOW = [*on("2024-01-01", 5, 2, 0, 0), *on("2024-02-29", 9, 0, 1, 0)]


def test_only_days_that_both_years_hold_are_compared() -> None:
    found = changes.since_year_before(selected(*BEFORE, *NOW), 2024)
    assert (found.first, found.last) == (pd.Timestamp("2024-01-01"), pd.Timestamp("2024-02-28"))
    rows = found.table
    assert rows.loc["accidents", ["now", "before", "ratio"]].tolist() == [5, 10, 0.5]
    assert rows.loc["killed", ["now", "before", "ratio"]].tolist() == [10, 8, 1.25]
    assert rows.loc["lethality", ["now", "before", "ratio"]].tolist() == [200, 80, 2.5]
    # ln 0.5 +- 1.96 * sqrt(1/5 + 1/10)
    assert rows.loc["accidents", ["low", "high"]].tolist() == pytest.approx([0.17090, 1.46283], abs=1e-4)
    # two killed in each of five accidents count for five: ln 1.25 +- 1.96 * sqrt(1/5 + 1/8)
    assert rows.loc["killed", ["low", "high"]].tolist() == pytest.approx([0.40893, 3.82093], abs=1e-4)
    assert np.isnan(rows.loc["hospitalised", "ratio"])  # nobody on these days of 2024


def test_months_that_vary_more_than_chance_widen_the_interval() -> None:
    days = ("03-01", "04-10", "05-10", "06-10", "07-31")
    before = [row for day in days for row in on(f"2022-{day}", 20)]
    now = [row for day, n in zip(days, (10, 30, 20, 20, 20), strict=True) for row in on(f"2023-{day}", n)]
    row = changes.since_year_before(selected(*before, *now), 2023).table.loc["accidents"]
    assert row["ratio"] == 1
    # Pearson: 5^2 / (30 / 4) + 5^2 / (50 / 4) = 5.333 on 4 degrees of freedom, so 1.333 times as much as chance;
    # exp(+- 2.7764 * sqrt((1/100 + 1/100) * 1.3333)), Student's t of 4
    assert row[["low", "high"]].tolist() == pytest.approx([0.63547, 1.57364], abs=1e-4)


def test_a_filter_of_weekdays_compares_rates_of_a_day() -> None:
    # 2 to 9 January holds two Mondays in 2023 and one in 2024
    rows = [
        *on("2023-01-02", 2),
        *on("2023-01-09", 2),
        *on("2024-01-02", 1),
        *on("2024-01-08", 1),
        *on("2024-01-09", 1),
    ]
    found = changes.since_year_before(selected(*rows, weekdays=(1,)), 2024).table
    assert found.loc["accidents", ["now", "before", "ratio"]].tolist() == [1, 4, 0.5]


def test_people_that_one_of_the_years_does_not_know_are_not_compared() -> None:
    found = changes.since_year_before(selected(*on("2023-01-01", 3), *on("2024-01-01", 3, 1, 0, 0)), 2024).table
    assert found.loc["accidents", "ratio"] == 1
    assert found.loc["killed", "now"] == 3
    assert found.loc[["killed", "hospitalised", "lethality"], ["before", "ratio"]].isna().to_numpy().all()


def test_years_without_a_common_day_are_not_compared() -> None:
    assert changes.since_year_before(selected(*on("2023-12-01", 1), *on("2024-01-01", 1)), 2024) is None
    assert changes.since_year_before(selected(*on("2024-01-01", 1)), 2024) is None
