"""Each summary on accidents written by hand, with answers counted by hand."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import coded, schema, summary
from data.filters import USERS, Filters
from tests.data import described
from tests.data.test_coded import matches, rows
from tests.data.test_filters import filters

HURT = ["killed", "hospitalised", "slightly_injured"]


def injuries(killed: int, hospitalised: int, slightly: int) -> dict[str, object]:
    worst = "killed" if killed else "hospitalised" if hospitalised else "light"
    return {"killed": killed, "hospitalised": hospitalised, "slightly_injured": slightly, "severity": worst}


# 2018 without dates, 2019 with injuries known, 2021 without a people table and with one accident not dated
ACCIDENTS: tuple[dict[str, object], ...] = (
    {"year": 2018, "road_class": "4", "cars": 1},
    {"date": "2019-01-03", "hour": 8, "light": "1", "weather": "1", "departement": "75", "cars": 2, "pedestrians": 0,
     "latitude": 48.8, "longitude": 2.3, **injuries(0, 1, 0)},
    {"date": "2019-03-04", "hour": 8, "light": "3", "weather": "2", "departement": "2A", "cars": 1, "pedestrians": 1,
     "latitude": 41.9, "longitude": 8.7, **injuries(1, 0, 0)},
    {"date": "2019-03-05", "weather": "1", "departement": "75", "bicycles": 1, "pedestrians": 1,
     "latitude": 48.9, **injuries(2, 0, 4)},
    {"date": "2021-06-07", "hour": 17, "light": "1", "departement": "75"},
    {"year": 2021, "hour": 17, "light": "1"},
)  # fmt: skip


def selected(*accidents: dict[str, object], **chosen: tuple) -> coded.Selection:
    return coded.select(coded.read(described.source(*(accidents or ACCIDENTS))), Filters(**chosen))


def missing(frame: pd.DataFrame | pd.Series) -> bool:
    return bool(frame[HURT].isna().to_numpy().all())


def cells(counts: pd.DataFrame) -> dict[tuple[object, object], int]:
    """The counts that are not zero, by row and column."""
    return {(row, column): int(n) for row, line in counts.iterrows() for column, n in line.items() if n}


def test_totals_count_accidents_without_a_date_and_people_where_they_are_known() -> None:
    assert summary.totals(selected()).to_dict() == {
        "accidents": 6, "known": 3, "killed": 3, "hospitalised": 1, "slightly_injured": 4,
    }  # fmt: skip
    without = summary.totals(selected(years=(2018, 2021)))
    assert without[["accidents", "known"]].tolist() == [3, 0]
    assert missing(without)


def test_nobody_killed_in_what_filters_leave_is_zero_where_injuries_are_known() -> None:
    none = summary.totals(selected(years=(2019,), hours=(3,)))
    assert none.tolist() == [0, 0, 0, 0, 0]
    years = summary.by_year(selected(hours=(3,)))
    assert years["accidents"].to_dict() == {2018: 0, 2019: 0, 2021: 0}
    assert years.loc[2019, HURT].tolist() == [0, 0, 0]
    assert missing(years.loc[[2018, 2021]])


def test_injuries_of_a_year_without_people_are_missing_and_not_zero() -> None:
    years = summary.by_year(selected())
    assert years["accidents"].to_dict() == {2018: 1, 2019: 3, 2021: 2}
    assert years["known"].to_dict() == {2018: 0, 2019: 3, 2021: 0}
    assert years.loc[2019, HURT].tolist() == [3, 1, 4]
    assert missing(years.loc[[2018, 2021]])


def test_the_recorded_days_of_a_year_do_not_depend_on_filters() -> None:
    years = summary.by_year(selected(years=(2018, 2019), hours=(3,)))
    assert years["first"].tolist() == [pd.NaT, pd.Timestamp("2019-01-03")]
    assert years["last"].tolist() == [pd.NaT, pd.Timestamp("2019-03-05")]


def test_a_month_without_accident_inside_a_year_is_zero_and_an_absent_year_a_gap() -> None:
    months = summary.by_month(selected())
    assert [str(m.date()) for m in months.index] == ["2019-01-01", "2019-02-01", "2019-03-01", "2021-06-01"]
    assert months.loc["2019-02-01"].sum() == 0
    assert months.loc["2019-03-01", "killed"] == 2
    assert months.loc["2021-06-01"].to_dict() == {"light": 0, "hospitalised": 0, "killed": 0, "unknown": 1}
    assert months.to_numpy().sum() == 4  # neither the accident of 2018 nor that of 2021 that have no date


def test_months_that_the_filters_exclude_are_no_zeros() -> None:
    months = summary.by_month(selected(months=(2, 6), weekdays=(1,)))
    assert [str(m.date()) for m in months.index] == ["2019-02-01", "2021-06-01"]
    assert months.sum(axis="columns").tolist() == [0, 1]


def test_days() -> None:
    days = summary.by_day(selected())
    assert len(days) == 31 - 2 + 28 + 5 + 1
    assert days[days > 0].to_dict() == {
        pd.Timestamp("2019-01-03"): 1, pd.Timestamp("2019-03-04"): 1, pd.Timestamp("2019-03-05"): 1,
        pd.Timestamp("2021-06-07"): 1,
    }  # fmt: skip
    mondays = summary.by_day(selected(years=(2019,), weekdays=(1,), months=(1, 3)))
    assert [str(d.date()) for d in mondays.index] == [
        "2019-01-07",
        "2019-01-14",
        "2019-01-21",
        "2019-01-28",
        "2019-03-04",
    ]
    assert mondays.tolist() == [0, 0, 0, 0, 1]


def test_hours_that_are_not_known_are_left_out() -> None:
    week = summary.by_weekday_and_hour(selected())
    assert (list(week.index), list(week.columns)) == ([1, 2, 3, 4, 5, 6, 7], list(range(24)))
    assert week.to_numpy().sum() == 3
    assert (week.loc[1, 17], week.loc[4, 8], week.loc[1, 8]) == (1, 1, 1)


def test_departements_that_occur_in_their_order() -> None:
    places = summary.casualties_by(selected(), "departement")
    assert places.index.tolist() == ["2A", "75"]
    assert places.loc["75"].tolist() == [3, 2, 2, 1, 4]
    only = summary.casualties_by(selected(years=(2021,)), "departement")
    assert only["accidents"].to_dict() == {"75": 1}
    assert missing(only)


def test_severity_counts_only_what_is_known_in_the_order_of_the_code_book() -> None:
    counts = summary.severity_by(selected(), "light")
    assert counts.index.tolist() == ["1", "3"]
    assert counts.loc["1"].to_dict() == {"light": 0, "hospitalised": 1, "killed": 0}
    assert counts.to_numpy().sum() == 2


def test_severity_by_users_counts_an_accident_for_each_kind_involved() -> None:
    counts = summary.severity_by(selected(), "users")
    assert counts.to_dict("index") == {
        "cars": {"light": 0, "hospitalised": 1, "killed": 1},
        "bicycles": {"light": 0, "hospitalised": 0, "killed": 1},
        "pedestrians": {"light": 0, "hospitalised": 0, "killed": 2},
    }


def test_two_coded_columns_where_both_are_known() -> None:
    counts = summary.crossed(selected(), "light", "weather")
    assert counts.shape == (5, 9)
    assert cells(counts) == {("1", "1"): 1, ("3", "2"): 1}


def test_points_are_the_accidents_with_a_position_of_so_many() -> None:
    found = summary.points(selected())
    assert (found.located, found.total) == (2, 6)
    assert found.rows[["latitude", "longitude"]].to_numpy().tolist() == [[48.8, 2.3], [41.9, 8.7]]
    assert found.rows["accident"].tolist() == ["201900000001", "201900000002"]
    assert found.rows["severity"].tolist() == ["hospitalised", "killed"]


def test_a_sample_of_points_is_always_the_same_and_stays_when_filters_narrow() -> None:
    placed = {"year": 2024, "latitude": 48.0, "longitude": 2.0}
    many = [placed | {"light": str(1 + i % 2), "departement": "75" if i < 500 else "13"} for i in range(1000)]
    everything = summary.points(selected(*many), limit=100)
    assert (len(everything.rows), everything.located, everything.total) == (100, 1000, 1000)
    assert summary.points(selected(*many), limit=100).rows.equals(everything.rows)
    narrower = summary.points(selected(*many, light=("2",)), limit=100)
    assert len(narrower.rows) == 100
    number = everything.rows["accident"].astype("int64")
    assert set(everything.rows["accident"][number % 2 == 1]) <= set(narrower.rows["accident"])
    assert 30 < (number % 1000 < 500).sum() < 70  # spread over the data, not their beginning
    assert len(summary.points(selected(*many), limit=0).rows) == 0


@pytest.mark.parametrize("chosen", [{"hours": (3,)}, {"years": (2005,)}])
def test_no_accident_gives_empty_summaries(chosen: dict[str, tuple]) -> None:
    none = selected(**chosen)
    assert summary.totals(none)["accidents"] == 0
    assert summary.by_month(none).to_numpy().sum() == 0
    assert summary.by_day(none).sum() == 0
    assert summary.by_weekday_and_hour(none).shape == (7, 24)
    assert summary.by_weekday_and_hour(none).to_numpy().sum() == 0
    for column in ("light", "users"):
        assert summary.severity_by(none, column).empty
    assert summary.casualties_by(none, "departement").empty
    assert summary.crossed(none, "light", "weather").to_numpy().sum() == 0
    assert summary.points(none).rows.empty


def test_a_year_of_accidents_without_anything_but_their_number() -> None:
    bare = selected({"year": 2018}, {"year": 2018})
    assert summary.totals(bare)[["accidents", "known"]].tolist() == [2, 0]
    assert missing(summary.totals(bare))
    assert summary.by_month(bare).empty
    assert summary.by_day(bare).empty
    assert summary.casualties_by(bare, "departement").empty
    assert (summary.points(bare).located, summary.points(bare).total) == (0, 2)


@settings(max_examples=15, deadline=None)
@given(st.lists(rows(), min_size=1, max_size=12), filters())
def test_summaries_agree_with_counting_row_by_row(accidents: list[dict[str, object]], drawn: Filters) -> None:
    for chosen in (Filters(), *(Filters(**{name: vs}) for name, vs in drawn.active())):
        left = [row for row in accidents if matches(row, chosen)]
        selection = coded.select(coded.read(described.source(*accidents)), chosen)
        pairs = Counter((row["light"], row["weather"]) for row in left if row["light"] and row["weather"])
        assert cells(summary.crossed(selection, "light", "weather")) == pairs
        severe = Counter((user, row["severity"]) for row in left for user in USERS if row[user] and row["severity"])
        counts = summary.severity_by(selection, "users")
        assert cells(counts) == severe
        assert list(counts.columns) == list(schema.SEVERITY)
        known = [row for row in left if row["killed"] is not None]
        assert summary.totals(selection)[["accidents", "known"]].tolist() == [len(left), len(known)]
        places = summary.casualties_by(selection, "departement")["killed"].dropna()
        deaths: Counter[object] = Counter()
        for row in known:
            if row["departement"]:
                deaths[row["departement"]] += int(str(row["killed"]))
        assert places.to_dict() == deaths
