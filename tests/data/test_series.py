"""Daily series: the shipped one, those of files and of imported accidents, and what must not look like a count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import accidents, completeness, schema, series, series_files
from data.errors import DataError
from tests.data import official


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
    assert series_files.by_departement(path)["2A"].tolist() == [2, 0, 0]


def test_a_year_without_rows_is_a_gap_not_zeros(tmp_path: Path) -> None:
    path = written(tmp_path, "date,dep,accidents\n2020-12-30,01,1\n2022-01-02,01,2\n")
    wide = series_files.by_departement(path)["01"]
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
        series_files.by_departement(written(tmp_path, "date,accidents\n2024-01-01,3\n"))


def test_a_file_that_writes_zeros_tells_every_day_it_knows(tmp_path: Path) -> None:
    path = written(tmp_path, "date,dep,accidents\n2024-01-01,01,1\n2024-01-01,2A,0\n2024-01-03,01,4\n")
    wide = series_files.by_departement(path)
    assert wide.loc["2024-01-02"].isna().all()
    assert wide["2A"].dropna().tolist() == [0, 0]
    assert series.read(path).tolist() == [4]


def test_a_departement_is_missing_in_the_years_before_it_is_in_the_official_files(tmp_path: Path) -> None:
    path = written(tmp_path, "date,dep,accidents\n2018-12-31,01,1\n2019-01-01,975,1\n2019-01-02,01,1\n")
    wide = series_files.by_departement(path)
    assert wide["975"].isna().tolist() == [True, False, False]
    assert wide["01"].tolist() == [1, 0, 1]
    assert series.read(path).tolist() == [1, 1, 1]


def counted(days: pd.Series) -> pd.DataFrame:
    """One accident for each count of a daily series, in départements that take turns."""
    dates = pd.Series(days.index.repeat(days.astype("int64")))
    codes = [code for code in schema.DEPARTEMENTS if code not in ("975", "976")]
    own = pd.Categorical([codes[i % len(codes)] for i in range(len(dates))], categories=list(schema.DEPARTEMENTS))
    return pd.DataFrame({"date": dates, "year": dates.dt.year, "departement": own})


@pytest.fixture(scope="module")
def whole_years() -> pd.DataFrame:
    """Made-up accidents, as many a day as are published for 2019 to 2021."""
    return counted(series.france().loc["2019":"2021"])


def of(*days: str | None, year: int | None = None) -> pd.DataFrame:
    dates = pd.Series(pd.to_datetime(list(days)))
    departement = pd.Categorical(["01"] * len(dates), categories=list(schema.DEPARTEMENTS))
    return pd.DataFrame({"date": dates, "year": year or dates.dt.year, "departement": departement})


def test_accidents_become_a_series() -> None:
    accidents_of_2022 = of("2022-01-01", "2022-01-03", "2022-01-03", "2022-12-31")
    counts = series.from_accidents(accidents_of_2022, source="demo", simulated=True)
    assert counts.loc["2022-01-01":"2022-01-03"].tolist() == [1, 0, 2]
    assert len(counts) == 365
    assert counts.attrs == {"source": "demo", "simulated": True}


def test_a_year_not_imported_is_missing_and_ends_the_run() -> None:
    two = of("2020-01-01", "2020-12-31", "2023-01-01", "2023-01-02")
    counts = series.daily(two, simulated=True)
    assert counts.loc["2020"].tolist() == [1] + [0] * 364 + [1]
    assert counts.loc["2021":"2022"].isna().all()
    run = series.from_accidents(two, simulated=True)
    assert run.tolist() == [1, 1]
    assert "2021-01-01 and 2022-12-31" in run.attrs["note"]


def test_the_days_after_a_part_of_a_year_are_missing_and_not_zero() -> None:
    part = of("2021-01-01", "2021-06-30", "2022-01-01", "2022-01-02")
    counts = series.daily(part, simulated=True)
    assert counts.loc["2021-06-29":"2021-06-30"].tolist() == [0, 1]
    assert counts.loc["2021-07":"2021-12"].isna().all()


def test_every_accident_of_whole_years_is_counted(whole_years: pd.DataFrame) -> None:
    counts = series.from_accidents(whole_years)
    pd.testing.assert_series_equal(counts, series.france().loc["2019":"2021"], check_flags=False)
    assert "note" not in counts.attrs


@pytest.mark.parametrize("share", [0.9, 0.98])
def test_an_extract_is_missing_and_never_a_drop(whole_years: pd.DataFrame, share: float) -> None:
    of_2020 = whole_years["year"] == 2020
    sample = whole_years[of_2020].sample(frac=share, random_state=1)
    held = pd.concat([whole_years[~of_2020], sample])
    for counts in (series.daily(held), series.daily_by_departement(held).sum(axis=1, min_count=1)):
        assert counts.loc["2020"].isna().all()
        assert counts.loc["2019"].sum() == schema.OFFICIAL_ACCIDENTS[2019]
    note = series.daily(held).attrs["note"]
    assert note.startswith("2020: an extract, ")
    assert "of about 47,744 accidents" in note
    run = series.from_accidents(held)
    assert run.index[0] == pd.Timestamp("2021-01-01")
    assert note in run.attrs["note"]


def test_the_first_accidents_of_a_year_alone_give_no_series(whole_years: pd.DataFrame) -> None:
    few = whole_years[whole_years["year"] == 2020].iloc[::20]
    with pytest.raises(DataError, match=r"no whole stretch of days.* 2020: an extract"):
        series.from_accidents(few)
    assert series.from_accidents(few, simulated=True).sum() == len(few)


def test_a_part_of_a_year_with_all_its_accidents_counts(whole_years: pd.DataFrame) -> None:
    spring = whole_years[whole_years["date"].between("2020-03-17", "2020-05-10")]  # the fewest accidents of all
    assert series.from_accidents(spring).sum() == len(spring)
    with pytest.raises(DataError, match="an extract"):
        series.from_accidents(spring.sample(frac=0.9, random_state=1))


def test_days_whose_counts_are_not_published_yet_are_compared_with_the_rest_of_their_year() -> None:
    days = pd.date_range("2024-10-01", "2024-12-31")
    assert series.france().index[-1] < days[0]
    rest = schema.OFFICIAL_ACCIDENTS[2024] - series.france().loc["2024"].sum()
    autumn = counted(pd.Series(round(rest / len(days)), index=days))
    assert len(series.from_accidents(autumn)) == len(days)
    with pytest.raises(DataError, match="an extract"):
        series.from_accidents(autumn.iloc[::2])


def test_a_year_without_official_total_counts() -> None:
    assert completeness.expected(2025, None, None) is None
    assert series.from_accidents(of("2025-01-01", "2025-01-02")).tolist() == [1, 1]


def test_a_year_without_dates_is_missing(whole_years: pd.DataFrame) -> None:
    undated = whole_years["year"] == 2020
    held = whole_years.assign(date=whole_years["date"].mask(undated))
    counts = series.daily(held)
    assert counts.loc["2020"].isna().all()
    assert counts.attrs["note"] == "2020: no accident has a date; the year counts as missing."
    with pytest.raises(DataError, match="2020: no accident has a date"):
        series.from_accidents(held[undated])


def test_a_year_of_which_many_days_are_not_known_is_missing(whole_years: pd.DataFrame) -> None:
    lost = (whole_years["year"] == 2020) & (whole_years["date"].dt.day == 1)
    counts = series.daily(whole_years.assign(date=whole_years["date"].mask(lost)))
    assert counts.loc["2020"].isna().all()
    assert counts.attrs["note"].startswith(f"2020: the day of {lost.sum():,} accidents is not known")


def test_no_accident_gives_no_series() -> None:
    with pytest.raises(DataError, match="no whole stretch of days"):
        series.from_accidents(of())


def test_departements_add_up_to_france_on_every_day(whole_years: pd.DataFrame) -> None:
    counts = series.daily_by_departement(whole_years)
    assert counts.columns.tolist() == list(schema.DEPARTEMENTS)
    assert len(counts.columns) == 107
    assert counts.sum(axis=1).tolist() == series.daily(whole_years).tolist()
    assert counts["976"].eq(0).all()  # recorded since 2012, and no accident here


def test_a_departement_has_no_column_before_its_first_year() -> None:
    before = of("2011-01-01", "2011-01-02")
    assert not {"975", "976"} & set(series.daily_by_departement(before, simulated=True))
    both = pd.concat([before, of("2019-01-01")])
    counts = series.daily_by_departement(both, simulated=True)
    assert counts.loc["2011", ["975", "976"]].isna().all(axis=None)
    assert counts.loc["2019-01-01", ["975", "976", "01"]].tolist() == [0, 0, 1]


def test_accidents_without_departement_are_told_and_many_make_the_year_missing(whole_years: pd.DataFrame) -> None:
    none = pd.Categorical([None], categories=list(schema.DEPARTEMENTS))
    one = whole_years.assign(departement=whole_years["departement"].mask(whole_years.index == 0, none[0]))
    counts = series.daily_by_departement(one)
    assert counts.attrs["note"] == "2019: the département of 1 accidents is not known; no column counts them."
    assert counts.loc["2019"].sum(axis=None) == schema.OFFICIAL_ACCIDENTS[2019] - 1
    without = whole_years.assign(departement=whole_years["departement"].mask(whole_years["year"] == 2020, none[0]))
    counts = series.daily_by_departement(without)
    assert counts.loc["2020"].isna().all(axis=None)
    assert counts.loc["2021"].sum(axis=None) == schema.OFFICIAL_ACCIDENTS[2021]
    assert series.daily(without).loc["2020"].sum() == schema.OFFICIAL_ACCIDENTS[2020]
    with pytest.raises(DataError, match="2020: the département of 47,744 accidents is not known"):
        series.daily_by_departement(without[without["year"] == 2020])


def test_clock_changes_and_overseas_hours_shift_no_date() -> None:
    """The files hold local days: the missing hour, the double one and New Year in the Pacific."""
    cells = [
        ("31", "03", "02:30", "75", "48,86000000", "2,35000000"),
        ("27", "10", "02:30", "75", "48,86000000", "2,35000000"),
        ("31", "12", "23:50", "988", "-22,27000000", "166,45000000"),
        ("1", "01", "00:10", "987", "-17,53000000", "-149,56000000"),
    ]
    names = ("jour", "mois", "hrmn", "dep", "lat", "long")
    changes = [{"Num_Acc": str(202490000001 + i), **dict(zip(names, row, strict=True))} for i, row in enumerate(cells)]
    joined = accidents.from_tables({"caracteristiques": official.rows("caracteristiques", *changes)})
    expected = ["2024-03-31", "2024-10-27", "2024-12-31", "2024-01-01"]
    for name, day, (_day, _month, time, own, *_place) in zip(["75", "75", "988", "987"], expected, cells, strict=True):
        counts = series.daily_by_departement(joined.accidents, simulated=True)
        assert counts.loc[day, name] == 1, (day, time, own)
        assert series.daily(joined.accidents, simulated=True).loc[day] == 1
    assert series.daily(joined.accidents, simulated=True).sum() == 4


def test_a_series_survives_its_file(whole_years: pd.DataFrame, tmp_path: Path) -> None:
    counts = series.daily(whole_years[whole_years["year"] != 2020])
    series_files.write(counts, tmp_path / "france.csv")
    pd.testing.assert_series_equal(series_files.national(tmp_path / "france.csv"), counts, check_flags=False)
    by_departement = series.daily_by_departement(whole_years[whole_years["year"] != 2020])
    for name in ("departements.csv", "departements.csv.gz"):
        series_files.write(by_departement, tmp_path / name)
        kept = series_files.by_departement(tmp_path / name)
        pd.testing.assert_frame_equal(kept, by_departement, check_flags=False)
        pd.testing.assert_series_equal(series.read(tmp_path / name), counts.loc["2021":], check_flags=False)
    with pytest.raises(DataError, match=r"france\.csv exists already"):
        series_files.write(counts, tmp_path / "france.csv")
    with pytest.raises(DataError, match=r"nowhere/france\.csv cannot be written"):
        series_files.write(counts, tmp_path / "nowhere" / "france.csv")


def test_the_real_counts_by_departement_add_up(real_data: Path) -> None:
    wide = series_files.by_departement(real_data / "series" / "daily_accidents_by_departement.csv.gz")
    summed = wide.sum(axis=1, min_count=1).dropna()
    without = series.france().reindex(summed.index) - summed  # a few accidents up to 2017 have no département
    assert without.between(0, 2).all()
    assert not without.loc["2023":].any()
    assert wide.loc["2018":"2022"].isna().all(axis=None)
    assert wide.loc["2011", "976"].isna().all()
    assert wide.loc["2012", "976"].sum() > 0


def test_one_departement_is_its_last_stretch_without_gap() -> None:
    days = pd.date_range("2024-01-01", periods=6)
    counts = pd.DataFrame({"01": [1.0, np.nan, 3.0, 4.0, 5.0, np.nan], "02": np.nan}, days)
    one = series.of_departement(counts, "01", source="a file", simulated=True)
    assert one.to_dict() == {days[2]: 3.0, days[3]: 4.0, days[4]: 5.0}
    assert (one.name, one.attrs["source"], one.attrs["simulated"]) == ("accidents", "a file", True)
    assert one.attrs["departement"] == "01"
    assert "only the 3 days since 2024-01-03 are used" in one.attrs["note"]
    for code in ("02", "59"):
        with pytest.raises(DataError, match=f"no counts of the département '{code}'; there are 01\\."):
            series.of_departement(counts, code)
