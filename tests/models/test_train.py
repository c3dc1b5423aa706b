"""From a request in words to a model: what is refused, and which days and accidents are learnt from."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from data import accidents, features, series, series_files, store
from data.dataset import InMemory
from models import train as training
from models.base import DataError
from models.train import TrainSpec, by_departement, daily, train
from tests.data import official


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
        (TrainSpec("xgboost", "severity", departements="counts.csv"), "learnt from accidents, not from a series"),
        (TrainSpec("lstm", "daily", departements="nowhere.csv"), r"nowhere\.csv does not exist"),
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


def test_departements_are_read_from_a_file_or_from_accidents(demo_data: Path, tmp_path: Path) -> None:
    imported = by_departement(TrainSpec("lstm", "daily", departements="processed"))
    assert imported is not None
    path = tmp_path / "departements.csv"
    series_files.write(imported, path)
    told = by_departement(TrainSpec("lstm", "daily", departements=str(path), until="2023-06-30"))
    pd.testing.assert_frame_equal(told, imported.loc[:"2023-06-30"], check_freq=False)
    assert by_departement(TrainSpec("lstm", "daily")) is None


def test_a_forecaster_learns_departements_where_asked(demo_data: Path) -> None:
    small = {"window": 28, "hidden": 4, "members": 1, "epochs": 1, "departement_epochs": 1, "departement_samples": 64}
    spec = TrainSpec("lstm", "daily", settings=small, data="processed", departements="processed", device="cpu")
    found = train(spec).forecast_departements(7)
    assert len(found) > 90
    parts = sum(one.mean for code, one in found.items() if code != "france")
    assert parts == pytest.approx(found["france"].mean)


def test_a_forecaster_of_one_departement_says_which(demo_data: Path) -> None:
    small = {"window": 28, "hidden": 4, "members": 1, "epochs": 1}
    spec = TrainSpec("lstm", "daily", settings=small, departements="processed", departement="69", device="cpu")
    data = train(spec).metadata["data"]
    assert (data["departement"], data["source"][-4:]) == ("69", ": 69")


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


@pytest.fixture
def half_undated(demo_data: Path, monkeypatch: pytest.MonkeyPatch) -> InMemory:
    """The simulated accidents, those of 2023 without anything that caracteristiques tells, as data to learn from."""
    demo = store.demo()
    frame = demo.accidents().iloc[::10].reset_index(drop=True)
    lost = [
        name
        for name, table in accidents.NEEDS.items()
        if table == "caracteristiques" and name in frame and name != "year"
    ]
    of_2023 = frame["year"] == 2023
    frame = frame.assign(**{name: frame[name].mask(of_2023) for name in lost})
    joined = accidents.Joined(frame, demo.vehicles(), demo.people(), demo.report)
    source = InMemory("half", demo.years, True, demo.report, joined)
    monkeypatch.setattr(training.store, "open_data", lambda spec: source)
    return source


def test_accidents_without_date_are_left_out_of_training_and_told(
    half_undated: InMemory, caplog: pytest.LogCaptureFixture
) -> None:
    frame = half_undated.accidents()
    undated = int(frame["date"].isna().sum())
    assert undated == (frame["year"] == 2023).sum()
    model = train(TrainSpec("xgboost", "severity", settings={"rounds": 2}, data="processed", device="cpu"))
    about = model.metadata["data"]
    assert about["rows"] <= len(frame) - undated
    assert about["years"] == [2022, 2024]
    assert about["note"] == f"{undated:,} accidents without a date were left out: they cannot be split by time."
    assert about["note"] in caplog.text
    assert model.seen.count(pd.Index(frame.loc[frame["year"] == 2023, "accident"])) == 0
    assert model.seen.count(pd.Index(frame.loc[frame["year"] == 2022, "accident"])) > 0


def test_a_year_that_never_tells_the_target_is_not_said_to_be_learnt(
    demo_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = store.demo()
    frame = demo.accidents().iloc[::10].reset_index(drop=True)
    frame = frame.assign(severity=frame["severity"].mask(frame["year"] == 2023))
    joined = accidents.Joined(frame, demo.vehicles(), demo.people(), demo.report)
    source = InMemory("without", demo.years, True, demo.report, joined)
    monkeypatch.setattr(training.store, "open_data", lambda spec: source)
    about = train(TrainSpec("xgboost", "severity", settings={"rounds": 2}, data="processed", device="cpu")).metadata
    assert about["data"]["years"] == [2022, 2024]
    assert about["data"]["source"] == "simulated 2022, 2024"
    assert training.accidents("processed", target="collision")[1]["years"] == [2022, 2023, 2024]


def test_a_series_of_accidents_leaves_out_the_year_without_dates(half_undated: InMemory) -> None:
    counts = daily(TrainSpec("lstm", "daily", data="processed"))
    assert counts.index[0] == pd.Timestamp("2024-01-01")
    assert "2023: no accident has a date" in counts.attrs["note"]


def test_inputs_that_old_years_do_not_have_are_unknown(folders: Path) -> None:
    """Up to 2018 there is no speed limit, no motor and no category of scooters; the rest is read as of any year."""
    tables = {table: official.old_rows(table) for table in ("caracteristiques", "lieux", "vehicules", "usagers")}
    old = features.table(accidents.from_tables(tables).accidents)
    new = features.table(accidents.from_tables({table: official.rows(table) for table in tables}).accidents)
    assert old.dtypes.equals(new.dtypes)
    unknown = set(old.columns[old.iloc[0].isna()]) - set(new.columns[new.iloc[0].isna()])
    assert unknown == {"speed_limit", *(name for name in features.BY_NAME if name.startswith("motor_"))}
    features.checked(pd.concat([old, new]))
