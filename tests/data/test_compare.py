"""Two sides of accidents written by hand, with answers worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from data import accidents, coded, compare, population, summary
from data.coded import DAY_ZERO
from data.dataset import InMemory
from data.filters import Filters, values
from tests.data import described


def selected(*accidents, **chosen):
    return coded.select(coded.read(described.source(*accidents)), Filters(**chosen))


def injured(killed, hospitalised=0, slightly=0):
    worst = "killed" if killed else "hospitalised" if hospitalised else "light"
    return {"killed": killed, "hospitalised": hospitalised, "slightly_injured": slightly, "severity": worst}


def cases(**rows):
    """`cases_by` of value -> (whole, part)."""
    return pd.DataFrame(
        {value: {"accidents": n, "whole": n, "part": k} for value, (n, k) in rows.items()}
    ).T  # fmt: skip


def counted(accidents, killed=0.0, squares=None, severe=0, days=365):
    squares = killed if squares is None else squares
    return compare.Figures(
        count={"accidents": float(accidents), "killed": float(killed), "hospitalised": 0.0},
        squares={"accidents": float(accidents), "killed": float(squares), "hospitalised": 0.0},
        known=accidents, killed=float(killed), killed_squares=float(squares), rated=accidents, severe=severe, days=days,
    )  # fmt: skip


def test_kitagawa_parts_by_hand():
    # dark: 40 % of A at 10 per 100, 20 % of B at 5; light: 60 % at 2, 80 % at 1. In all 5.2 against 1.8 per 100.
    table = compare.decomposed(cases(dark=(40, 4.0), light=(60, 1.2)), cases(dark=(20, 1.0), light=(80, 0.8)))
    # mean of both sides 3.5 per 100; dark: share +0.2 x (7.5 - 3.5), rate +5 x 0.3; light: -0.2 x (1.5 - 3.5), +1 x 0.7
    assert table.loc["dark", ["by_share", "by_rate", "total"]].tolist() == pytest.approx([0.008, 0.015, 0.023])
    assert table.loc["light", ["by_share", "by_rate", "total"]].tolist() == pytest.approx([0.004, 0.007, 0.011])
    assert table["total"].sum() == pytest.approx(0.052 - 0.018)


def test_a_value_that_one_side_lacks_differs_in_its_share_alone():
    table = compare.decomposed(cases(dark=(50, 5.0), light=(50, 1.0)), cases(light=(100, 2.0)))
    assert table.loc["dark", "by_rate"] == 0
    assert np.isnan(table.loc["dark", "rate_b"])
    # mean of both sides 4 per 100: +0.5 x (10 - 4)
    assert table.loc["dark", "by_share"] == pytest.approx(0.03)
    assert table["total"].sum() == pytest.approx(0.06 - 0.02)


def test_nothing_is_taken_apart_where_a_side_has_no_case():
    assert compare.decomposed(cases(dark=(4, 1)), cases(dark=(0, 0))).empty


def test_what_values_add_to_a_difference_in_counts():
    table = compare.changed(cases(dark=(30, 0)), cases(dark=(10, 0), light=(9, 0)), (2.0, 1.0))
    assert table["total"].tolist() == [5, -9]
    assert table["total"].sum() == 30 / 2 - 19
    half = 1.959963984540054 * np.sqrt(30 / 4 + 10)
    assert table.loc["dark", ["low", "high"]].tolist() == pytest.approx([5 - half, 5 + half])


def test_ratio_of_counts_is_that_of_poisson_counts_by_day():
    row = compare.against(counted(400, days=365), counted(100, days=365)).loc["accidents"]
    error = np.exp(1.959963984540054 * np.sqrt(1 / 400 + 1 / 100))
    assert row[["ratio", "ratio_low", "ratio_high"]].tolist() == pytest.approx([4, 4 / error, 4 * error])
    assert row["difference"] == 300
    longer = compare.against(counted(400, days=730), counted(100, days=365)).loc["accidents"]
    assert longer["ratio"] == pytest.approx(2)
    assert np.isnan(longer["difference"])  # a longer period has more accidents whatever happens


def test_several_killed_in_one_accident_widen_the_interval():
    # 100 killed one by one, or four by four: then the interval is that of 25 cases
    alone = compare.against(counted(900, 100), counted(900, 100)).loc["killed"]
    together = compare.against(counted(900, 100, squares=400), counted(900, 100, squares=400)).loc["killed"]
    assert np.log(alone["ratio_high"]) == pytest.approx(1.959963984540054 * np.sqrt(2 / 100))
    assert np.log(together["ratio_high"]) == pytest.approx(1.959963984540054 * np.sqrt(2 / 25))


def test_lethality_has_the_interval_of_a_mean_over_accidents():
    row = compare.against(counted(1000, 100), counted(1000, 50)).loc["lethality"]
    assert (row["a"], row["b"], row["ratio"]) == (0.1, 0.05, 2.0)
    # each accident kills none or one: the relative error is that of two shares (Katz)
    error = np.sqrt(1 / 100 - 1 / 1000 + 1 / 50 - 1 / 1000)
    assert np.log(row["ratio_high"] / 2) == pytest.approx(1.959963984540054 * error)


def test_rates_need_inhabitants_and_areas_of_different_size_are_not_compared_by_counts():
    assert not set(compare.RATES) & set(compare.against(counted(10), counted(20)).index)
    table = compare.against(counted(400, 40), counted(100, 5), sizes=False, lived=(1e6, 5e5))
    assert np.isnan(table.loc["accidents", "ratio"])
    assert table.loc["accidents_rate", "a"] == pytest.approx(40)
    assert table.loc["accidents_rate", "ratio"] == pytest.approx(2)


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [(400, 100, "more"), (100, 400, "less"), (100, 105, "chance"), (19, 900, "few"), (0, 50, "few")],
)
def test_verdicts(a, b, said):
    assert compare.verdict(compare.against(counted(9000, a), counted(9000, b)).loc["killed"]) == said


def test_an_unknown_count_is_not_judged():
    bare = {"killed": np.nan, "accidents": 9.0, "hospitalised": np.nan}
    unknown = compare.Figures(bare, bare, known=0, killed=0.0, killed_squares=0.0, rated=0, severe=0, days=9)
    table = compare.against(unknown, counted(9000, 90))
    assert {compare.verdict(row) for name, row in table.iterrows() if name != "accidents"} == {"unknown"}


ACCIDENTS = (
    {"date": "2023-01-01", "light": "1", "cars": 1, **injured(2, 1)},
    {"date": "2023-06-30", "light": "1", "cars": 1, "pedestrians": 1, **injured(0, 1)},
    {"date": "2023-12-31", "light": "5", **injured(0, 0, 1)},
    {"date": "2024-01-01", **injured(1)},
    {"date": "2024-06-30", "light": "5", **injured(0, 2)},
)


def test_only_the_days_that_every_year_has_are_compared():
    years = summary.by_year(selected(*ACCIDENTS))
    days = compare.common_days(years)
    assert days == (101, 630)
    assert compare.common_days(years.loc[[2023]]) is None
    first = compare.figures(selected(*ACCIDENTS, years=(2023,)), days)
    assert (first.count["accidents"], first.count["killed"], first.days) == (2, 2, 181)
    assert compare.figures(selected(*ACCIDENTS, years=(2023,))).count["accidents"] == 3
    second = compare.figures(selected(*ACCIDENTS, years=(2024,)), days)
    assert (second.count["accidents"], second.days) == (2, 182)


def test_figures_of_one_side():
    one = compare.figures(selected(*ACCIDENTS))
    assert one.count == {"accidents": 5, "killed": 3, "hospitalised": 4}
    assert one.squares == {"accidents": 5, "killed": 5, "hospitalised": 6}
    assert (one.known, one.rated, one.severe, one.killed_squares) == (5, 5, 4, 5)


def test_people_of_a_side_with_a_year_that_does_not_know_them_are_not_known():
    mixed = compare.figures(selected(*ACCIDENTS, {"date": "2022-03-01"}))
    assert np.isnan(mixed.count["killed"])
    assert (mixed.count["accidents"], mixed.known, mixed.killed) == (6, 5, 3)


def test_an_accident_without_a_date_lies_on_no_day_and_its_year_counts_whole():
    undated = selected({"year": 2018}, {"year": 2018})
    assert compare.figures(undated).days == 365
    assert len(compare.within(undated, (101, 630))) == 0
    assert DAY_ZERO.astype(str) == "2005-01-01"


def test_person_years_count_the_recorded_part_of_each_year():
    # 2023 is recorded whole, 2024 to 30 June; Mayotte is in the files of both, Saint-Martin has no known inhabitants
    here = {"departements": ("69", "976")}
    people = population.inhabitants()[["69", "976"]].sum()
    assert compare.person_years(selected(*ACCIDENTS, **here)) == pytest.approx(people * (1 + 182 / 366))
    assert compare.person_years(selected(*ACCIDENTS, **here), (101, 630)) == pytest.approx(
        people * (181 / 365 + 182 / 366)
    )
    # the 26 Saturdays of 52, and all 52 of 2023
    saturdays = compare.person_years(selected(*ACCIDENTS, **here, weekdays=(6,)))
    assert saturdays == pytest.approx(people * (1 + 26 / 52))
    assert np.isnan(compare.person_years(selected(*ACCIDENTS, departements=("69", "978"))))


def test_a_departement_counts_from_its_first_year():
    old = selected({"date": "2011-01-01"}, {"date": "2011-12-31"}, {"year": 2018}, departements=("69", "976"))
    lyon, mayotte = population.inhabitants()[["69", "976"]]
    assert compare.person_years(old) == pytest.approx(lyon * 2 + mayotte)


def test_cases_by_value_with_what_is_unknown_and_by_users():
    killed = compare.cases_by(selected(*ACCIDENTS), "light", "killed")
    assert killed.to_dict("index") == {
        "1": {"accidents": 2, "whole": 2, "part": 2},
        "5": {"accidents": 2, "whole": 2, "part": 0},
        summary.UNKNOWN: {"accidents": 1, "whole": 1, "part": 1},
    }
    severe = compare.cases_by(selected(*ACCIDENTS), "users", "severe", (101, 630))
    assert severe.to_dict("index") == {
        "cars": {"accidents": 2, "whole": 2, "part": 2},
        "pedestrians": {"accidents": 1, "whole": 1, "part": 1},
    }


def test_no_accident_gives_no_figures_and_nothing_to_compare():
    none = compare.figures(selected(*ACCIDENTS, hours=(3,)))
    table = compare.against(none, none)
    assert table["ratio"].isna().all()
    assert compare.cases_by(selected(*ACCIDENTS, hours=(3,)), "light", "killed").empty


def test_two_sides_of_the_real_2024_file_counted_by_pandas(real_data):
    files = real_data / "baac" / "2024"
    read = {name: pd.read_csv(files / f"{name}-2024.csv", sep=";", dtype="str") for name in ("caract", "usagers")}
    hurt = read["usagers"]["grav"]
    people = read["usagers"].assign(killed=hurt == "2", severe=hurt.isin(["2", "3"]))
    people = people.groupby("Num_Acc").agg({"killed": "sum", "severe": "any"})
    official = read["caract"].set_index("Num_Acc").join(people)

    source = InMemory(
        "1", (2024,), simulated=False, report={}, joined=accidents.from_paths(sorted(files.glob("*.csv")))
    )
    read_once = coded.read(source)
    others = tuple(code for code in values("departement") if code != "69")
    rhone, rest = (coded.select(read_once, Filters(departements=places)) for places in (("69",), others))
    table = compare.against(compare.figures(rhone), compare.figures(rest), sizes=False)
    inside, outside = official[official["dep"] == "69"], official[official["dep"] != "69"]
    for side, frame in (("a", inside), ("b", outside)):
        assert table.loc["accidents", side] == len(frame)
        assert table.loc["killed", side] == frame["killed"].sum()
        assert table.loc["lethality", side] == pytest.approx(frame["killed"].sum() / len(frame))
        assert table.loc["severe", side] == pytest.approx(frame["severe"].mean())
    assert table.loc["severe", "ratio"] == pytest.approx(inside["severe"].mean() / outside["severe"].mean())

    by_light = compare.cases_by(rhone, "light", "killed")
    by_hand = inside.groupby("lum")["killed"].agg(["size", "sum"])
    assert by_light["part"].drop(summary.UNKNOWN, errors="ignore").to_dict() == by_hand["sum"].to_dict()
    parts = compare.decomposed(by_light, compare.cases_by(rest, "light", "killed"))
    assert parts["total"].sum() == pytest.approx(table.loc["lethality", "difference"])
