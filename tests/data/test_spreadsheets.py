"""Nothing in a file for spreadsheets calculates, and a workbook holds what the table holds."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from data.spreadsheets import harmless, safe, write_workbook

FRAME = pd.DataFrame(
    {
        "=name": ["=1+1", "@SUM(A1)", "+33", "-1,5", "a < b & c\n\x01"],
        "code": pd.Series(["007", "12", "", None, "123456789012345678"], dtype="str"),
        "share": [0.25, None, 1.0, 1e-6, 0.5],
        "row": [2, 3, 4, 5, 6],
    }
)


def test_a_number_is_no_formula() -> None:
    assert [harmless(text) for text in ("-1", "+33.5", "-1,5", "-A1", "=1", "x")] == [
        "-1", "+33.5", "-1,5", "'-A1", "'=1", "x",
    ]  # fmt: skip


def test_a_safe_table_has_no_formula_in_cells_and_names() -> None:
    found = safe(FRAME)
    assert list(found) == ["'=name", "code", "share", "row"]
    assert found["'=name"].tolist()[:4] == ["'=1+1", "'@SUM(A1)", "+33", "-1,5"]
    assert found["share"].equals(FRAME["share"])
    assert FRAME.iloc[0, 0] == "=1+1"


def test_a_workbook_holds_texts_and_numbers_and_no_formula(tmp_path: Path) -> None:
    write_workbook(FRAME, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[0]] == ["'=name", "code", "share", "row"]
    assert [cell.value for cell in rows[1]] == ["'=1+1", "007", 0.25, 2]
    assert [cell.value for cell in rows[2]] == ["'@SUM(A1)", 12, None, 3]
    assert rows[3][0].value == "+33"
    assert rows[4][2].value == pytest.approx(1e-6)
    assert [cell.value for cell in rows[5]][:2] == ["a < b & c\n", "123456789012345678"]
    assert all(cell.data_type != "f" for row in rows for cell in row)
    assert sheet.freeze_panes == "A2"
    assert not list(tmp_path.glob("*.part"))
