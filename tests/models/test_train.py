"""From a request in words to a model: what is refused, and which days and accidents are learnt from."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from data import series
from models.base import DataError
from models.train import TrainSpec, daily, train


@pytest.fixture
def counts(tmp_path: Path) -> Path:
    """A file of 40 days, of which the eleventh to thirtieth are missing."""
    days = pd.date_range("2024-01-01", periods=40)
    frame = pd.DataFrame({"date": days.strftime("%Y-%m-%d"), "accidents": range(40)})
    path = tmp_path / "counts.csv"
    frame.drop(index=range(10, 30)).to_csv(path, index=False)
    return path


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        (TrainSpec("oracle", "severity"), "no kind 'oracle'; there is tab-transformer"),
        (TrainSpec("xgboost", "daily"), "xgboost cannot learn 'daily'; it learns collision, severity"),
        (TrainSpec("lstm", "severity"), "lstm cannot learn 'severity'"),
        (TrainSpec("xgboost", "severity", preset="huge"), "no preset 'huge'; there is base"),
        (TrainSpec("xgboost", "severity", settings={"wings": 2}), "no setting 'wings'"),
        (TrainSpec("xgboost", "severity", series="france"), "learnt from accidents, not from a series"),
        (TrainSpec("xgboost", "severity", data="nowhere"), "nowhere does not exist"),
        (TrainSpec("lstm", "daily", series="nowhere.csv"), r"nowhere\.csv does not exist"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused(spec: TrainSpec, says: str) -> None:
    with pytest.raises(DataError, match=says):
        train(spec)


@pytest.mark.parametrize("series_name", [None, "france", "{counts}"])
def test_a_last_day_that_is_none_is_refused(series_name: str | None, counts: Path) -> None:
    name = series_name and series_name.format(counts=counts)
    with pytest.raises(DataError, match="'soon' is not a day"):
        daily(TrainSpec("lstm", "daily", series=name, until="soon"))


def test_the_published_counts_are_the_default_and_end_where_asked() -> None:
    whole, short = daily(TrainSpec("lstm", "daily")), daily(TrainSpec("lstm", "daily", until="2022-12-31"))
    pd.testing.assert_series_equal(whole, series.france())
    pd.testing.assert_series_equal(short, whole.loc[:"2022-12-31"], check_freq=False)
    assert short.attrs == whole.attrs


def test_of_a_file_the_last_whole_stretch_up_to_the_last_day_counts(counts: Path) -> None:
    assert daily(TrainSpec("lstm", "daily", series=str(counts))).tolist() == list(range(30, 40))
    assert daily(TrainSpec("lstm", "daily", series=str(counts), until="2024-01-20")).tolist() == list(range(10))
    assert daily(TrainSpec("lstm", "daily", series=str(counts), until="2024-02-05")).tolist() == list(range(30, 36))


def test_simulated_accidents_are_said_to_be_and_end_where_asked(demo_data: Path) -> None:
    counted = daily(TrainSpec("lstm", "daily", data="processed"))
    assert counted.attrs["simulated"] is True
    spec = TrainSpec("xgboost", "severity", settings={"rounds": 2}, data="processed", until="2022-12-31", device="cpu")
    about = train(spec).metadata
    assert about["data"]["source"] == "simulated 2022"
    assert about["data"]["years"] == [2022]
    assert about["data"]["simulated"] is True
    assert about["split"]["held_out"]["end"] <= "2022-12-31"
    assert about["config"]["rounds"] == 2
