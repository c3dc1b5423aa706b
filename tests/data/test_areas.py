"""Rates of départements against values calculated by hand, and against the real files counted by pandas."""

import numpy as np
import pandas as pd
import pytest

from data import accidents, areas, coded, dataset, population
from data.filters import Filters
from tests.data.described import source

AIN = 649_654


def asked(*rows, **filters):
    return coded.select(coded.read(source(*rows)), Filters(**filters))


def described(date, departement="01", killed=0):
    return {"date": date, "departement": departement, "killed": killed, "hospitalised": 0, "slightly_injured": 1}


WHOLE_2023 = (described("2023-01-01", killed=1), described("2023-07-10"), described("2023-12-31", "75"))
NINE_MONTHS = (described("2024-01-01"), described("2024-07-01"), described("2024-09-30"))


def test_accidents_per_100_000_inhabitants_and_year():
    rate = areas.rates(asked(*WHOLE_2023), "accidents").loc["01"]
    assert rate["value"] == pytest.approx(2 / AIN * 1e5)
    assert rate["low"] == pytest.approx(0.2422 / AIN * 1e5, rel=1e-3)  # Garwood of 2: 0.2422 to 7.2247
    assert rate["high"] == pytest.approx(7.2247 / AIN * 1e5, rel=1e-3)


def test_a_part_of_a_year_counts_as_its_share_of_the_days():
    # January to September 2024: 274 of 366 days
    rate = areas.rates(asked(*NINE_MONTHS), "accidents").loc["01"]
    assert rate["value"] == pytest.approx(3 / (274 / 366) / AIN * 1e5)


def test_a_month_that_is_recorded_wholly_counts_as_a_year_of_that_month():
    rate = areas.rates(asked(*NINE_MONTHS, months=(7,)), "accidents").loc["01"]
    assert rate["value"] == pytest.approx(1 / AIN * 1e5)


def test_lethality_and_killed():
    people = asked(*WHOLE_2023)
    assert areas.rates(people, "lethality").loc["01", "value"] == 50.0
    assert areas.rates(people, "lethality").loc["75", "value"] == 0.0
    assert np.isnan(areas.rates(people, "lethality").loc["02", "value"])  # no accident, no lethality
    assert areas.rates(people, "killed").loc["01", "value"] == pytest.approx(1 / AIN * 1e5)
    assert areas.rates(people, "killed").loc["02", "value"] == 0.0


def test_people_killed_or_hospitalised():
    rows = [described("2023-01-01", killed=1) | {"hospitalised": 3}, described("2023-12-31")]
    rate = areas.rates(asked(*rows), "severe").loc["01"]
    assert rate["cases"] == 4
    assert rate["value"] == pytest.approx(4 / AIN * 1e5)
    assert np.isnan(areas.rates(asked({"date": "2022-01-01", "departement": "01"}), "severe").loc["01", "value"])


def test_years_without_people_table_do_not_thin_the_killed():
    unknown = [{"date": date, "departement": "01"} for date in ("2022-01-01", "2022-12-31")]
    both = asked(*WHOLE_2023, *unknown)
    assert areas.rates(both, "killed").loc["01", "value"] == pytest.approx(1 / AIN * 1e5)
    assert areas.rates(both, "accidents").loc["01", "value"] == pytest.approx(4 / 2 / AIN * 1e5)
    assert areas.rates(asked(*unknown), "killed")["value"].isna().all()
    assert areas.rates(asked(*unknown), "lethality")["value"].isna().all()


def test_a_territory_without_inhabitants_in_the_table_has_no_rate():
    rate = areas.rates(asked(described("2023-01-01", "988"), described("2023-12-31", "988")), "accidents")
    assert np.isnan(rate.loc["988", "value"])
    assert rate.loc["988", "accidents"] == 2


def test_mayotte_is_recorded_from_2012_on():
    rows = [described(f"{year}-{day}", "976") for year in (2011, 2012) for day in ("01-01", "12-31")]
    years = areas.years_of_record(asked(*rows), injuries=False)
    assert years["976"] == 1
    assert years["01"] == 2


def test_a_change_compares_the_months_that_both_periods_hold():
    earlier = [described(date) for date in ("2023-01-01", *["2023-03-05"] * 4, "2023-12-30", "2023-12-31")]
    later = [described(date) for date in ("2024-01-01", *["2024-03-05"] * 9, "2024-09-30")]
    frame = areas.change(asked(*earlier, *later), "accidents", before=(2023,), after=(2024,))
    # January to September: 5 accidents in 273 days, then 11 in 274
    ratio = (11 / 274) / (5 / 273)
    assert frame.loc["01", ["cases_before", "cases"]].tolist() == [5, 11]
    assert frame.loc["01", "value"] == pytest.approx((ratio - 1) * 100)
    spread = np.exp(1.959964 * np.sqrt(1 / 11 + 1 / 5))
    assert frame.loc["01", "low"] == pytest.approx((ratio / spread - 1) * 100, rel=1e-5)
    assert frame.loc["01", "high"] == pytest.approx((ratio * spread - 1) * 100, rel=1e-5)
    assert areas.small(frame)["01"]
    assert np.isnan(frame.loc["75", "value"])


def test_no_change_where_no_month_is_common_or_injuries_are_not_known():
    rows = (*WHOLE_2023, {"date": "2024-02-02", "departement": "01"})
    assert areas.change(asked(*rows), "accidents", (2023,), (2024,)).isna().all(axis=None)
    whole = [{"date": date, "departement": "01"} for date in ("2024-01-01", "2024-12-31")]
    assert areas.change(asked(*WHOLE_2023, *whole), "killed", (2023,), (2024,)).isna().all(axis=None)
    assert areas.change(asked(*WHOLE_2023, *whole), "accidents", (2023,), (2024,)).loc["01", "value"] < 10


def test_small_numbers():
    frame = pd.DataFrame({"value": [1.0, 1.0, np.nan], "cases": [9, 10, 2]})
    assert areas.small(frame).tolist() == [True, False, False]


@pytest.fixture(scope="module")
def real_2024(real_data):
    joined = accidents.from_paths([real_data / "baac" / "2024"])
    data = dataset.InMemory("1", joined.years, simulated=False, report=joined.report, joined=joined)
    return coded.select(coded.read(data), Filters())


def test_the_real_2024_file_counted_by_pandas(real_data, real_2024):
    folder = real_data / "baac" / "2024"
    read = {"sep": ";", "dtype": str}
    places = pd.read_csv(next(folder.glob("caract*")), **read)
    people = pd.read_csv(next(folder.glob("usagers*")), **read)
    places["dep"] = places["dep"].str.strip().str.zfill(2)
    place = people["Num_Acc"].str.strip().map(places.set_index(places["Num_Acc"].str.strip())["dep"])
    killed = place[people["grav"].str.strip() == "2"].value_counts()
    count = places["dep"].value_counts()
    lethality = areas.rates(real_2024, "lethality")["value"].dropna()
    expected = (killed.reindex(count.index).fillna(0) / count * 100).reindex(lethality.index)
    pd.testing.assert_series_equal(lethality, expected, check_names=False)
    people_there = population.inhabitants()
    rate = areas.rates(real_2024, "accidents")["value"].dropna()
    days = 274 / 366
    np.testing.assert_allclose(rate, count.reindex(rate.index) / people_there[rate.index] * 1e5 / days)
