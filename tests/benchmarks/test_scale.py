"""The files that the benchmarks import, small."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import exploration, scale
from data import accidents, coded, facts
from data.accidents import Joined
from data.dataset import InMemory


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return scale.write(tmp_path_factory.mktemp("scaled"), [2005, 2024], accidents_a_year=400)


@pytest.fixture(scope="module")
def joined(files: list[Path]) -> Joined:
    return accidents.from_paths(files)


def test_four_official_files_a_year(files: list[Path]) -> None:
    names = ["caract-2024.csv", "lieux-2024.csv", "usagers-2024.csv", "vehicules-2024.csv"]
    assert sorted(path.name for path in files if "2024" in path.name) == names
    assert len(files) == 8
    assert files[0].read_text(encoding="utf-8").startswith('"Num_Acc";"jour";"mois";"an";"hrmn";"lum"')


def test_a_year_is_always_the_same_and_unlike_the_others(files: list[Path], tmp_path: Path) -> None:
    again = scale.write(tmp_path, [2024], accidents_a_year=400)
    first = {path.name: path.read_bytes() for path in files}
    assert [first[path.name] == path.read_bytes() for path in again] == [True] * 4
    assert len({len(content) for content in first.values()}) == 8


def test_they_are_simulated_accidents_of_the_whole_year_in_the_number_asked(joined: Joined) -> None:
    assert joined.years == (2005, 2024)
    assert facts.is_simulated(joined.accidents)
    counts = joined.accidents["year"].value_counts()
    assert counts.between(300, 500).all()
    days = joined.accidents["date"].groupby(joined.accidents["year"].astype("int64"))
    assert (days.min().dt.month == 1).all()
    assert (days.max().dt.month == 12).all()
    assert joined.people["has_vehicle"].all()


def test_every_view_is_measured_over_filters_that_are_always_the_same(
    joined: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exploration, "_FILTERS", 5)
    source = InMemory("1", joined.years, True, joined.report, joined)
    table = exploration.queries(coded.read(source))
    assert list(table.index) == [*exploration.VIEWS, "all of these together"]
    assert (table["median"] <= table["max"]).all()
    assert exploration.varied(5) == exploration.varied(5)
    assert list(exploration.varied(5)[0].active()) == []
