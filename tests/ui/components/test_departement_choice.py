"""Which département a forecaster learnt from alone."""

from __future__ import annotations

import pytest

from ui.components.departement_choice import learnt_alone


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"source": "simulated 2023: 69", "departement": "69"}, "69"),
        ({"source": "BAAC 2023: 2A"}, "2A"),  # of an earlier version
        ({"source": "BAAC 2023"}, None),
        ({"source": "counts: 2023"}, None),
        ({"source": "a file", "departement": "nowhere"}, None),
        ({}, None),
    ],
)
def test_the_departement_is_told_by_the_metadata(data: dict[str, str], code: str | None) -> None:
    assert learnt_alone(data) == code
