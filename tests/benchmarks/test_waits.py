"""What is made of the visits to a server under load."""

from __future__ import annotations

import json

import pytest

from benchmarks import waits
from benchmarks.waits import Measured, Visit


def visits(*milliseconds: float, page: str = "map", what: str = "clicked") -> list[Visit]:
    return [Visit(page, what, float(at), one / 1000, 2000) for at, one in enumerate(milliseconds)]


def measured(*some: Visit, trainings: int = 0) -> Measured:
    """An hour, in which memory grows from 100 to 110 megabytes, the half of it in the first half."""
    memory = [(60.0 * minute, 100_000_000 + minute * 10_000_000 // 60) for minute in range(61)]
    return Measured(
        first={"overview": 3.0, "map": 2.0},
        calculated={"overview": 0.14, "map": 0.2},
        visits=list(some),
        memory=memory,
        trainings=trainings,
        load_average=[(0.5, 0.5, 0.5), (1.5, 1.0, 0.7)],
    )


def test_shares_of_the_waits_are_those_between_which_they_lie() -> None:
    found = waits.waits(visits(*range(0, 1010, 10)))
    assert found == pytest.approx({"n": 101, "p50": 0.5, "p95": 0.95, "p99": 0.99, "longest": 1.0})


def test_what_went_wrong_is_told_and_not_among_the_waits() -> None:
    lost = Visit("map", "filtered", 3.0, 0.0, 0, ("the server closed the connection",))
    assert waits.waits([*visits(100), lost]) == pytest.approx(
        {"n": 1, "p50": 0.1, "p95": 0.1, "p99": 0.1, "longest": 0.1}
    )
    assert waits.waits([lost]) == {"n": 0}
    assert waits.errors([*visits(100), lost]) == ["map, filtered: the server closed the connection"]


def test_memory_is_told_by_tenths_and_grows_by_what_the_second_half_added() -> None:
    memory = measured().memory
    assert waits.tenths(memory) == [100_000_000 + 1_000_000 * tenth for tenth in range(11)]
    assert waits.growth(memory) == pytest.approx(110 / 105 - 1)


def test_pages_stand_in_the_order_of_the_navigation_then_what_was_done() -> None:
    some = [*visits(100, 300), *visits(50, page="overview", what="opened"), *visits(900, what="filtered")]
    rows = waits.rows(measured(*some))
    assert [row[0] for row in rows] == ["overview", "map", "(opened)", "(clicked)", "(filtered)"]
    assert rows[1][1]["n"] == 2, "a changed filter is no visit of the page"
    assert rows[1][2] == 2.0


@pytest.mark.parametrize(
    ("trainings", "milliseconds", "said"),
    [
        (0, 500, "p95 of all: 500 ms (<= 500): met"),
        (0, 501, "p95 of all: 501 ms (<= 500): MISSED"),
        (1, 501, "p95 of all: 501 ms (<= 800): met"),
    ],
)
def test_targets_depend_on_whether_a_model_learns(trainings: int, milliseconds: float, said: str) -> None:
    lines = waits.verdicts(measured(*visits(milliseconds), trainings=trainings))
    assert lines == [said, "memory in the second half: +4.8% (<= 5%): met", "errors: 0 (0): met"]


def test_a_target_is_missed_where_nothing_was_answered() -> None:
    lost = Visit("map", "clicked", 3.0, 0.0, 0, ("not there",))
    lines = waits.verdicts(measured(lost, lost))
    assert lines[0].endswith("MISSED")
    assert lines[2:] == ["errors: 2 (0): MISSED", "  map, clicked: not there"]


def test_the_report_has_a_line_for_each_page() -> None:
    told = waits.printed(measured(*visits(100, 300), *visits(50, page="overview", what="opened"))).splitlines()
    assert told[0].split() == ["milliseconds", "n", "p50", "p95", "p99", "longest", "kB", "first", "CPU"]
    assert told[2].split() == ["map", "2", "200", "290", "298", "300", "2", "2000", "200"]
    assert "memory, MB: start 100, middle 105, end 110" in told


def test_processor_time_is_shared_among_the_visits() -> None:
    found = measured(*visits(100, 300))
    found.cores, found.seconds = 0.4, 3.0
    assert waits.calculated(found) == pytest.approx(0.6)


def test_everything_can_be_kept_as_json() -> None:
    told = json.loads(json.dumps(waits.as_json(measured(*visits(100, 300)))))
    assert told["all"]["p50"] == pytest.approx(0.2)
    assert told["visits"][1] == {
        "page": "map", "what": "clicked", "at": 1.0, "seconds": 0.3, "received": 2000, "errors": [],
    }  # fmt: skip
