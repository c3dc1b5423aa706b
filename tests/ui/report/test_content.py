import pandas as pd
import pytest

from ui.report import content
from ui.report.content import Points, Table


def test_strong_words_are_marked_in_pairs():
    assert content.runs("All **two** of **them**") == [("All ", False), ("two", True), (" of ", False), ("them", True)]
    assert content.runs("5 ** 2") == [("5 ** 2", False)]
    assert content.plain("a **b** c") == "a b c"


def test_lines_of_a_page_become_points():
    assert content.points("- **a** raises\n- b lowers\n") == Points(("**a** raises", "b lowers"))
    assert content.points("No input moves this output.") == Points(("No input moves this output.",))


@pytest.mark.parametrize(
    "cell",
    [
        "71%",
        "< 0.1%",
        "> 99.9%",
        "**0.700** (0.688–0.714)",
        "+0.214",
        "1,234",
        "43–66",
        "–",
        "4\u202f635",
        "0,700 (0,688–0,714)",
        "72\u202f%",
    ],
)
def test_numbers_are_known(cell):
    assert content.is_number(cell)


@pytest.mark.parametrize("cell", ["2026-01-02", "34 years", "BAAC 2024", "19:00", "", "5e"])
def test_what_only_begins_like_a_number_is_none(cell):
    assert not content.is_number(cell)


def test_a_column_of_numbers_is_set_to_the_right_and_the_first_names_the_rows():
    frame = pd.DataFrame({"x": ["1", "2"], "y": ["3", "b"]}, index=pd.Index(["5", "6"], name="row"))
    table = Table.of(frame, "caption")
    assert table == Table("caption", ("row", "x", "y"), (("5", "1", "3"), ("6", "2", "b")))
    assert content.numeric(table) == [False, True, False]
    assert content.numeric(Table("none", ("row", "x"), ())) == [False, False]
