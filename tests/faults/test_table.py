"""The document that says what becomes of each fault."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults import table


def test_the_document_is_made_of_the_tests() -> None:
    assert table.DOCUMENT.read_text(encoding="utf-8") == table.document(), "run python -m tests.faults.table"


def test_every_area_has_faults_and_no_fault_stands_twice() -> None:
    faults = [fault for fault, _path, _name in table.found()]
    assert {fault.area for fault in faults} == set(table.AREAS)
    assert len({fault.fault for fault in faults}) == len(faults)


def test_a_fault_says_all_there_is_to_say() -> None:
    with pytest.raises(ValueError, match="a fault has"):
        table._fault({"area": "disk", "fault": "x", "shown": "", "kept": "z", "goes_on": "y"})


def test_what_is_seen_is_compared_with_what_the_table_says(
    request: pytest.FixtureRequest, says: Callable[[object], None]
) -> None:
    request.node.add_marker(pytest.mark.fault(shown="/a.csv is … (2 bytes)."))
    says("First: /a.csv is damaged (2 bytes). Mend it.")
    for other in ("/a.csv is damaged (3 bytes).", "/a_csv is damaged (2 bytes).", ""):
        with pytest.raises(AssertionError, match="is not what the table says"):
            says(other)
