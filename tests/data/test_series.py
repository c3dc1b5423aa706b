"""Daily series: the shipped one, those of files, and the errors of files that do not do."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from data import series
from data.errors import DataError


def written(folder: Path, text: str) -> Path:
    path = folder / "counts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_shipped_series_sums_to_the_published_totals() -> None:
    france = series.france()
    assert france.index.equals(pd.date_range("2005-01-01", "2024-09-30"))
    assert france.name == "accidents"
    assert france.attrs["simulated"] is False
    totals = france.groupby(france.index.year).sum()
    assert totals.loc[2019:2024].tolist() == [58840, 47744, 56518, 55302, 54822, 40748]


def test_shipped_series_is_the_official_one(real_data: Path) -> None:
    official = series.read(real_data / "series" / "daily_accidents_france_2005_2024-09.csv")
    pd.testing.assert_series_equal(series.france(), official, check_flags=False)


def test_national_file(tmp_path: Path) -> None:
    counts = series.read(written(tmp_path, "date,accidents\n2024-01-02,5\n2024-01-01,3\n2024-01-03,0\n"))
    assert counts.tolist() == [3, 5, 0]
    assert counts.index[0] == pd.Timestamp("2024-01-01")
    assert "note" not in counts.attrs


def test_a_semicolon_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    assert series.read(written(tmp_path, "\ufeffdate;accidents\n2024-01-01;3\n2024-01-02;4\n")).tolist() == [3, 4]


def test_missing_days_leave_the_last_stretch_and_a_note(tmp_path: Path) -> None:
    path = written(tmp_path, "date,accidents\n2024-01-01,3\n2024-01-02,4\n2024-01-05,5\n2024-01-06,6\n")
    counts = series.read(path)
    assert counts.tolist() == [5, 6]
    assert "2 days are missing between 2024-01-03 and 2024-01-04" in counts.attrs["note"]
    assert series.read(path, until="2024-01-02").tolist() == [3, 4]


def test_a_last_day_inside_a_gap_leaves_the_days_before_it(tmp_path: Path) -> None:
    path = written(tmp_path, "date,accidents\n2024-01-01,3\n2024-01-02,4\n2024-01-05,5\n")
    assert series.read(path, until="2024-01-04").tolist() == [3, 4]
    with pytest.raises(DataError, match="begins on 2024-01-01, after 2023-12-31"):
        series.read(path, until="2023-12-31")
    with pytest.raises(DataError, match="'soon' is not a day"):
        series.read(path, until="soon")


def test_departements_add_up_and_a_missing_pair_is_zero(tmp_path: Path) -> None:
    path = written(tmp_path, "date,dep,accidents\n2024-01-01,01,1\n2024-01-01,2A,2\n2024-01-03,01,4\n")
    assert series.read(path).tolist() == [3, 0, 4]
    assert series.by_departement(path)["2A"].tolist() == [2, 0, 0]


def test_a_year_without_rows_is_a_gap_not_zeros(tmp_path: Path) -> None:
    path = written(tmp_path, "date,dep,accidents\n2020-12-30,01,1\n2022-01-02,01,2\n")
    wide = series.by_departement(path)["01"]
    assert wide.loc["2020-12-31"] == 0
    assert wide.loc["2021"].isna().all()
    counts = series.read(path)
    assert counts.tolist() == [0, 2]  # from 1 January of the year that has rows
    assert "365 days are missing between 2021-01-01 and 2021-12-31" in counts.attrs["note"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("day,accidents\n2024-01-01,3\n", ["counts.csv", "'date'"]),
        ("date,count\n2024-01-01,3\n", ["'accidents'"]),
        ("date,accidents\n2024-01-01,3\n01/02/2024,4\n", ["line 3", "'date'", "01/02/2024"]),
        ("date,accidents\n2024-01-01,-3\n", ["line 2", "'accidents'", "-3"]),
        ("date,accidents\n2024-01-01,2.5\n", ["2.5", "whole number"]),
        ("date,accidents\n2024-01-01,\n", ["line 2", "whole number"]),
        ("date,accidents\n2024-01-01,inf\n", ["inf", "whole number"]),
        ("date,accidents\n2024-01-01,3\n2024-01-01,4\n", ["2024-01-01", "twice"]),
        ("date,dep,accidents\n2024-01-01,01,3\n2024-01-01,01,4\n", ["2024-01-01, 01", "twice"]),
        ("date,accidents\n", ["no rows"]),
        ("", ["counts.csv"]),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(DataError) as refused:
        series.read(written(tmp_path, text))
    assert all(word in str(refused.value) for word in words), str(refused.value)


def test_an_absent_file_and_an_early_end_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        series.read(tmp_path / "none.csv")
    with pytest.raises(DataError, match="begins on 2024-01-01"):
        series.read(written(tmp_path, "date,accidents\n2024-01-01,3\n"), until="2023-12-31")
    with pytest.raises(DataError, match="'dep'"):
        series.by_departement(written(tmp_path, "date,accidents\n2024-01-01,3\n"))


def test_accidents_become_a_series() -> None:
    days = pd.to_datetime(["2022-01-01", "2022-01-03", "2022-01-03", "2022-12-31"])
    counts = series.from_accidents(pd.DataFrame({"date": days}), source="demo", simulated=True)
    assert counts.loc["2022-01-01":"2022-01-03"].tolist() == [1, 0, 2]
    assert len(counts) == 365
    assert counts.attrs == {"source": "demo", "simulated": True}


def test_a_year_not_imported_ends_the_run() -> None:
    days = pd.to_datetime(["2020-01-01", "2020-12-31", "2023-01-01", "2023-01-02"])
    counts = series.from_accidents(pd.DataFrame({"date": days}))
    assert counts.tolist() == [1, 1]
    assert "2021-01-01 and 2022-12-31" in counts.attrs["note"]


def test_accidents_without_date_are_refused() -> None:
    with pytest.raises(DataError, match="no date"):
        series.from_accidents(pd.DataFrame({"date": pd.to_datetime([None])}))
