"""The yearly change and the season of accidents that were made so that both are known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from data import trends
from data.trends import MEASURES
from models import trends as models

# months that follow the model to the last accident are what the tests are made of
pytestmark = pytest.mark.filterwarnings("ignore:Perfect separation")


def each_month(monkeypatch, counts: dict[str, float], killed: dict[str, float] | None = None) -> None:
    """So many accidents in each month, all on its first day, of a month with as many days as it has."""
    tables = []
    for month, number in counts.items():
        days = pd.date_range(month, pd.Timestamp(month) + pd.offsets.MonthEnd(0))
        table = pd.DataFrame({"accidents": 0.0, "known": 0.0, "killed": 0.0, "days": 1.0, "known_days": 0.0}, days)
        table.iloc[0, 0] = number
        if killed:
            table.iloc[0, 1], table.iloc[0, 2] = number, killed[month]
            table["known_days"] = 1.0
        tables.append(table)
    monkeypatch.setattr(trends, "daily", lambda _selection: pd.concat(tables))


def months(years: range, of_year: range = range(1, 13)) -> list[str]:
    return [f"{year}-{month:02}-01" for year in years for month in of_year]


def change(name: str = "accidents"):
    return models.yearly_change(None, MEASURES[name])


def test_a_change_that_is_there_is_found_with_the_interval_of_counting(monkeypatch):
    # 100 a month, then 80 in the same months: nothing varies beyond, so the error is sqrt(1/600 + 1/480)
    each_month(monkeypatch, {m: 100.0 if m < "2023" else 80.0 for m in months(range(2022, 2024), range(3, 9))})
    found = change()
    assert found.ratio == pytest.approx(0.8)
    half = t.ppf(0.975, 12 - 6 - 1) * math.sqrt(1 / 600 + 1 / 480)
    assert (found.low, found.high) == pytest.approx((0.8 * math.exp(-half), 0.8 * math.exp(half)))
    assert (found.first, found.last, found.months, found.events, found.spread) == (2022, 2023, 12, 1080, 1.0)
    assert found.beyond_chance


def test_a_season_and_a_part_of_a_year_are_no_change(monkeypatch):
    busy = {m: (300.0 if m[5:7] == "07" else 100.0) for m in months(range(2022, 2024))}
    each_month(monkeypatch, {m: n for m, n in busy.items() if m < "2023-08"})
    found = change()
    assert found.ratio == pytest.approx(1.0)
    assert found.months == 14  # the other months of 2022 have no like in 2023
    assert not found.beyond_chance


def test_months_that_vary_beyond_chance_widen_the_interval(monkeypatch):
    calm = dict.fromkeys(months(range(2017, 2020)), 1000.0)
    each_month(monkeypatch, calm)
    narrow = change()
    each_month(monkeypatch, {m: n * (1.3 if i % 5 == 0 else 0.9) for i, (m, n) in enumerate(calm.items())})
    wide = change()
    assert wide.spread > 10
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)


def test_lethality_is_compared_for_each_accident_and_covid_is_left_out(monkeypatch):
    counts = {m: 1000.0 if m < "2020" else 500.0 for m in months(range(2018, 2023))}
    each_month(monkeypatch, counts, {m: n * 0.06 for m, n in counts.items()})
    found = change("lethality")
    assert found.ratio == pytest.approx(1.0)
    assert found.months == 60 - 15  # April 2020 to May 2021, and June without its first day
    assert change("killed").ratio < 0.9


@pytest.mark.parametrize(
    "counts",
    [
        dict.fromkeys(months(range(2022, 2023)), 100.0),
        dict.fromkeys(months(range(2022, 2024)), 1.0),
        dict.fromkeys([*months(range(2022, 2023), range(1, 6)), *months(range(2023, 2024), range(7, 12))], 100.0),
    ],
    ids=["one year", "few accidents", "no month in common"],
)
def test_nothing_is_said_of_what_cannot_be_compared(monkeypatch, counts):
    each_month(monkeypatch, counts)
    assert change() is None
    assert change("killed") is None


@pytest.mark.parametrize("years", [range(2022, 2024), range(2022, 2025)], ids=["two years", "three years"])
@pytest.mark.parametrize("which", [0, -1], ids=["the first", "the last"])
def test_no_rate_of_change_leads_from_nothing_to_something(monkeypatch, years, which):
    """What all happened in the last year, or in the first, would have an infinite rise or fall from year to year."""
    counted = {m: 10.0 * m.startswith(str(years[which])) for m in months(years)}
    each_month(monkeypatch, counted)
    assert change() is None
    each_month(monkeypatch, {m: n or 1.0 * (m[5:7] == "07") for m, n in counted.items()})
    assert 0 < change().low < change().high < math.inf


def test_trend_and_season_are_told_apart(monkeypatch):
    each = {m: 31 * (100.0 + i + (20 if m[5:7] == "07" else 0)) for i, m in enumerate(months(range(2016, 2020)))}
    each = {m: n * pd.Timestamp(m).days_in_month / 31 for m, n in each.items()}
    each_month(monkeypatch, each)
    found = models.decomposed(None, MEASURES["accidents"])
    assert len(found) == 48
    parts = found[["trend", "season", "rest"]].sum(axis="columns")
    np.testing.assert_allclose(parts, found["value"])
    july = found.index.month == 7
    assert found["season"][july].mean() - found["season"][~july].mean() == pytest.approx(20, abs=1)
    assert found["trend"].iloc[-1] - found["trend"].iloc[0] == pytest.approx(47, abs=2)


def test_less_than_two_years_without_a_gap_are_not_taken_apart(monkeypatch):
    each_month(monkeypatch, dict.fromkeys([*months(range(2018, 2019)), *months(range(2022, 2023))], 100.0))
    assert models.decomposed(None, MEASURES["accidents"]) is None
    assert models.decomposed(None, MEASURES["killed"]) is None
