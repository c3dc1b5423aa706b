"""Texts that no official file holds but a damaged one may: unknown, never an error."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from data import cells

# digits of other scripts and raised ones, numbers beyond any limit, and what looks like one
ODD = ["²", "٣", "१२", "①", "1²", "٠٧٠", "1" * 400, "-" + "1" * 400, "1" * 5000, "1e400", "inf", "nan", "0x1", "1_000"]


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize(
    "read",
    [
        lambda text: cells.number(text, whole=True),
        lambda text: cells.number(text, whole=False),
        cells.milepost,
        cells.hour,
        cells.year,
        lambda text: cells.code(text, "light"),
        lambda text: cells.degrees(text, old=True),
        lambda text: cells.width(text, old=True),
        lambda text: cells.departement(text, old=True),
        lambda text: cells.departement(text, old=False),
        lambda text: cells.commune(text, old=True),
        lambda text: cells.equipment(text, digit=0),
    ],
)
def test_a_text_that_is_no_number_of_ours_is_unknown(read: Callable[[str], cells.Cell], text: str) -> None:
    assert read(text)[0] is None


def test_odd_digits_do_not_say_how_departements_are_written() -> None:
    assert cells.has_old_departements(["590", "²", "1" * 5000], 2013)
    assert not cells.has_old_departements(["59", "²"], 2013)
