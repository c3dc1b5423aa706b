import pandas as pd
import pytest

from data import schema, summary


@pytest.fixture
def accidents():
    """Five accidents: 2019 with injuries known, 2021 without a people table."""
    frame = pd.DataFrame(
        {
            "date": pd.to_datetime(["2019-01-03", "2019-03-04", "2019-03-05", "2021-06-07", None]),
            "year": [2019, 2019, 2019, 2021, 2021],
            "weekday": [4, 1, 2, 1, 1],
            "hour": pd.array([8, 8, None, 17, 17], dtype="Int16"),
            "light": pd.Categorical(["1", "3", None, "1", "1"], categories=list(schema.values("light"))),
            "killed": pd.array([0, 1, 2, None, None], dtype="Int16"),
            "hospitalised": pd.array([1, 0, 0, None, None], dtype="Int16"),
            "slightly_injured": pd.array([0, 0, 4, None, None], dtype="Int16"),
        }
    )
    severity = ["hospitalised", "killed", "killed", None, None]
    return frame.assign(severity=pd.Categorical(severity, categories=list(schema.SEVERITY)))


def test_injuries_of_a_year_without_people_are_missing_and_not_zero(accidents):
    years = summary.by_year(accidents)
    assert years["accidents"].to_dict() == {2019: 3, 2021: 2}
    assert years.loc[2019, ["killed", "hospitalised", "slightly_injured"]].tolist() == [3, 1, 4]
    assert years.loc[2021, ["killed", "hospitalised", "slightly_injured"]].isna().all()


def test_a_month_without_accident_inside_a_year_is_zero_and_an_absent_year_a_gap(accidents):
    months = summary.by_month(accidents)
    assert [str(m.date()) for m in months.index] == ["2019-01-01", "2019-02-01", "2019-03-01", "2021-06-01"]
    assert months.loc["2019-02-01"].sum() == 0
    assert months.loc["2019-03-01", "killed"] == 2
    assert months.loc["2021-06-01"].to_dict() == {"light": 0, "hospitalised": 0, "killed": 0, "unknown": 1}


def test_hours_that_are_not_known_are_left_out(accidents):
    week = summary.by_weekday_and_hour(accidents)
    assert week.shape == (7, 24)
    assert week.to_numpy().sum() == 4
    assert week.loc[1, 17] == 2


def test_severity_counts_only_what_is_known_in_the_order_of_the_code_book(accidents):
    counts = summary.severity_by(accidents, "light")
    assert counts.index.tolist() == ["1", "3"]
    assert counts.loc["1"].to_dict() == {"light": 0, "hospitalised": 1, "killed": 0}
    assert counts.to_numpy().sum() == 2


def test_no_accident_gives_empty_aggregates(accidents):
    none = accidents.iloc[:0]
    assert summary.by_month(none).empty
    assert summary.severity_by(none, "light").empty
    assert summary.by_weekday_and_hour(none).to_numpy().sum() == 0
