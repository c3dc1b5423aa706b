"""Days, rates and seasons of accidents written by hand, and of the official file of 2024 against pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data import accidents, coded, trends
from data.dataset import InMemory
from data.filters import Filters
from data.trends import MEASURES
from tests.data import described
from tests.data.test_summary import injuries


def selected(*rows: dict[str, object], **chosen: tuple) -> coded.Selection:
    return coded.select(coded.read(described.source(*rows)), Filters(**chosen))


# 3 January 2019 is a Thursday
ROWS: tuple[dict[str, object], ...] = (
    {"date": "2019-01-03", "hour": 8, **injuries(2, 0, 0)},
    {"date": "2019-01-03", "hour": 8, **injuries(0, 1, 0)},
    {"date": "2019-01-05", "hour": 23, **injuries(1, 0, 3)},
    {"date": "2021-02-01"},
    {"year": 2021},
)


def test_every_recorded_day_is_counted_once() -> None:
    days = trends.daily(selected(*ROWS))
    assert days.index.strftime("%Y-%m-%d").tolist() == ["2019-01-03", "2019-01-04", "2019-01-05", "2021-02-01"]
    assert days["accidents"].tolist() == [2, 0, 1, 1]
    assert days["known"].tolist() == [2, 0, 1, 0]
    assert days["killed"].tolist() == [2, 0, 1, 0]
    assert days["killed_squares"].tolist() == [4, 0, 1, 0]
    assert days["slightly_injured"].tolist() == [0, 0, 3, 0]
    assert days["days"].tolist() == [1, 1, 1, 1]
    assert days["known_days"].tolist() == [1, 1, 1, 0]  # the year 2021 has no people table


def test_days_that_filters_leave_out_are_no_days_of_a_rate() -> None:
    days = trends.daily(selected(*ROWS, weekdays=(4,), years=(2019,)))
    assert days["days"].tolist() == [1, 0, 0]
    assert trends.by_step(days, "year", MEASURES["accidents_per_day"])["value"].tolist() == [2.0]


def test_rates_of_a_year_by_hand() -> None:
    days = trends.daily(selected(*ROWS))
    year = {name: trends.by_step(days, "year", measure) for name, measure in MEASURES.items()}
    assert year["accidents"]["value"].tolist() == [3, 1]
    assert year["accidents_per_day"]["value"].tolist() == [1, 1]
    assert year["killed"]["value"].tolist() == [3]  # nobody knows of 2021, so it is not there
    assert year["killed_per_day"]["value"].tolist() == [1]
    assert year["lethality"]["value"].tolist() == [100]
    # Garwood: 3 events lie between 0.6187 and 8.7673
    low, high = year["accidents"].iloc[0][["low", "high"]]
    assert (low, high) == pytest.approx((0.6187, 8.7673), abs=1e-4)


def test_people_killed_together_are_less_certain_than_as_many_alone() -> None:
    # ten accidents with two killed each: as uncertain as ten events of size two, 2 * Garwood(10)
    together = pd.DataFrame({"killed": [20.0], "killed_squares": [40.0], "known_days": [1.0]})
    found = trends.rated(together, MEASURES["killed"]).iloc[0]
    assert (found["low"], found["high"]) == pytest.approx((2 * 4.795, 2 * 18.390), abs=2e-3)


def test_nobody_killed_has_an_interval_that_begins_at_zero() -> None:
    none = pd.DataFrame({"killed": [0.0], "killed_squares": [0.0], "known_days": [10.0]})
    found = trends.rated(none, MEASURES["killed_per_day"]).iloc[0]
    assert (found["value"], found["low"]) == (0, 0)
    assert found["high"] == pytest.approx(0.3689, abs=1e-4)


def test_a_moving_mean_needs_all_its_days() -> None:
    moved = trends.moving(selected(*ROWS, years=(2019,)), 2, MEASURES["accidents"])["value"]
    assert moved.isna().tolist() == [True, False, False]
    assert moved.tolist()[1:] == [1.0, 0.5]
    across = trends.moving(selected(*ROWS), 2, MEASURES["accidents"])["value"]
    assert across.dropna().tolist() == [1.0, 0.5]  # no mean reaches over the gap between the years
    assert trends.moving(selected(*ROWS), 2, MEASURES["killed"]).index[-1].year == 2019


def evenly(years: tuple[int, ...], number: int = 1) -> pd.DataFrame:
    """The same number of accidents on each day of some years."""
    index = pd.DatetimeIndex(np.concatenate([pd.date_range(f"{y}-01-01", f"{y}-12-31") for y in years]))
    return pd.DataFrame({"accidents": float(number), "days": 1.0, "known_days": 0.0}, index=index)


def test_only_whole_years_outside_covid_are_typical() -> None:
    days = evenly((2019, 2020, 2022)).loc[:"2022-09-30"]
    assert set(trends.typical(days, MEASURES["accidents"]).index.year) == {2019}
    assert set(trends.typical(days.loc["2020":], MEASURES["accidents"]).index.year) == {2020, 2022}
    assert trends.typical(days, MEASURES["killed"]).empty


def test_a_season_is_a_multiple_of_its_own_year() -> None:
    days = evenly((2022, 2023))
    days.loc["2023"] *= [2.0, 1.0, 1.0]  # a busier year is no season
    days.loc[days.index.month == 7, "accidents"] *= 2
    found = trends.season(days, "month", MEASURES["accidents"])["value"]
    mean = (365 + 31) / 365
    assert found.loc[7] == pytest.approx(2 / mean)
    assert found.drop(7).tolist() == pytest.approx([1 / mean] * 11)
    assert trends.season(evenly((2022,)), "weekday", MEASURES["accidents"])["value"].tolist() == pytest.approx([1] * 7)


def test_hours_of_the_week_know_how_many_such_days_there_were() -> None:
    week = trends.week(selected(*ROWS))
    assert week.loc[(4, 8), ["accidents", "killed", "days", "known_days"]].tolist() == [2, 2, 1, 1]
    assert week.loc[(6, 23), "killed"] == 1
    assert week["accidents"].sum() == 3  # the accident without an hour is nowhere
    assert week.loc[(1, 0), ["days", "known_days"]].tolist() == [1, 0]


def test_special_days_are_compared_with_ordinary_ones_of_their_weekday_and_month() -> None:
    # one accident a day in May and June 2023, three on 1 and 8 May (Mondays), Ascension (Thursday), Whit Monday
    days = pd.date_range("2023-05-01", "2023-06-30")
    holidays = pd.to_datetime(["2023-05-01", "2023-05-08", "2023-05-18", "2023-05-29"])
    rows = [{"date": day} for day in days for _ in range(3 if day in holidays else 1)]
    rows += [{"date": day} for year in range(2015, 2017) for day in pd.date_range(f"{year}-05-01", f"{year}-05-31")]
    found = trends.holidays(selected(*rows), MEASURES["accidents"])
    assert found.index[0] == "public_holiday"
    # 2023: 4 holidays of 3 accidents; 2015: 1, 8, 14, 25 May; 2016: 1, 5, 8, 16 May: one each
    assert found.loc["public_holiday", "days"] == 12
    assert found.loc["public_holiday", "ratio"] == pytest.approx((4 * 3 + 8) / 12)
    assert found.loc["public_holiday", "low"] < 20 / 12 < found.loc["public_holiday", "high"]
    assert found.loc["eve", "ratio"] == pytest.approx(1)


def test_each_day_is_of_one_kind() -> None:
    days = pd.to_datetime(["2023-05-01", "2023-04-30", "2023-05-19", "2023-12-28", "2023-07-20", "2023-06-14"])
    kinds = ["public_holiday", "eve", "bridge", "christmas_week", "all_zones", ""]
    assert trends.kinds_of_day(days).tolist() == kinds


@pytest.mark.parametrize("rows", [({"year": 2018},), ({"date": "2019-01-03"},)])
def test_what_is_not_known_gives_empty_tables(rows: tuple[dict[str, object], ...]) -> None:
    nothing = selected(*rows)
    days = trends.daily(nothing)
    assert trends.by_step(days, "month", MEASURES["lethality"]).empty
    assert trends.moving(nothing, 7, MEASURES["lethality"]).empty
    assert trends.season(trends.typical(days, MEASURES["lethality"]), "month", MEASURES["lethality"]).empty
    assert trends.holidays(nothing, MEASURES["lethality"]).empty
    assert trends.rated(trends.week(nothing), MEASURES["lethality"]).empty


def test_lethality_of_the_official_file_by_month_and_hour_is_that_of_pandas(real_data) -> None:
    joined = accidents.from_paths(sorted((real_data / "baac" / "2024").glob("*.csv")))
    chosen = coded.select(coded.read(InMemory("1", (2024,), False, {}, joined)), Filters())
    frame = joined.accidents
    month = frame.groupby(frame["date"].dt.month)["killed"].agg(["sum", "size"])
    found = trends.by_step(trends.daily(chosen), "month", MEASURES["lethality"])["value"]
    assert found.tolist() == pytest.approx((month["sum"] / month["size"] * 100).astype(float).tolist())
    hour = frame.groupby([frame["weekday"].astype(int), frame["hour"].astype(int)])["killed"].agg(["sum", "size"])
    of_week = trends.rated(trends.week(chosen), MEASURES["lethality"])["value"]
    assert of_week.tolist() == pytest.approx((hour["sum"] / hour["size"] * 100).astype(float).tolist())
