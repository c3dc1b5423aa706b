"""Files of every kind and in every state: read as they are, or refused in words."""

from __future__ import annotations

import io
import os
import zipfile

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from data.batch import reader, table
from data.batch.table import Table
from data.errors import DataError


def read(content: bytes, name: str = "mine.csv") -> Table:
    return reader.read_bytes(content, name)


def cells(found: Table) -> list[list[str]]:
    return found.frame.to_numpy().tolist()


def workbook(*rows: list[object], **sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, more in sheets.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_told_by_the_rows(separator: str) -> None:
    lines = ["lumière", "vitesse", "note"], ["Plein jour", "50", "a"], ["Nuit", "80", ""]
    text = "\r\n".join(separator.join(line) for line in lines)
    found = read(text.encode())
    assert list(found.frame) == ["lumière", "vitesse", "note"]
    assert cells(found) == [["Plein jour", "50", "a"], ["Nuit", "80", ""]]
    assert (found.notes, found.faults, found.first) == ((), {}, 2)


def test_a_decimal_comma_does_not_separate() -> None:
    assert cells(read(b"lat;long\n48,85;2,35\n45,76;4,83\n")) == [["48,85", "2,35"], ["45,76", "4,83"]]


def test_what_a_spreadsheet_says_of_its_separator_is_no_row() -> None:
    found = read(b"sep=;\r\nlum;agg\r\n1;2\r\n")
    assert (list(found.frame), found.first) == (["lum", "agg"], 3)


@pytest.mark.parametrize(
    ("encoding", "note"), [("utf-8-sig", ""), ("utf-16", "UTF-16"), ("cp1252", "Windows-1252"), ("utf-8", "")]
)
def test_encodings_are_told_apart(encoding: str, note: str) -> None:
    found = read("lumière;météo\nCrépuscule ou aube;Pluie légère\n".encode(encoding))
    assert cells(found) == [["Crépuscule ou aube", "Pluie légère"]]
    assert note in " ".join(found.notes)
    assert bool(found.notes) == bool(note)


def test_one_column_is_a_table() -> None:
    assert cells(read(b"lum\n1\n\n2\n\n\n")) == [["1"], [""], ["2"]]


def test_columns_of_one_name_stay_apart() -> None:
    found = read(b"lum;lum;;lum\n1;2;3;4\n")
    assert list(found.frame) == ["lum", "lum (2)", "column 3", "lum (3)"]
    assert "lum" in found.notes[0]


def test_a_row_of_another_length_is_kept_with_its_fault() -> None:
    found = read(b"lum;agg;note\n1;2;a\n1;2;b;rest\n5;1\n1;1;c;;\n\n2;2;d\n")
    assert cells(found)[1:4] == [["1", "2", "b"], ["5", "1", ""], ["1", "1", "c"]]
    assert set(found.faults) == {1, 2}
    assert "4 cells" in found.faults[1]
    assert "rest" in found.faults[1]
    assert found.number(2) == 4  # as a spreadsheet numbers it


def test_text_in_quotation_marks_may_hold_lines_and_separators() -> None:
    found = read(b'lum;note\n1;"first; line\nsecond"\n2;"said ""no"""\n')
    assert cells(found) == [["1", "first; line\nsecond"], ["2", 'said "no"']]
    assert not found.notes


def test_a_mark_that_never_closes_swallows_no_row() -> None:
    found = read(b'note;lum\n"x;1\ny;2\nz;3\n')
    assert [row[1] for row in cells(found)] == ["1", "2", "3"]
    assert found.notes


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"  \n;;\n", "is empty"),
        (b"lum;agg\n", "no row"),
        (b"lum;agg\n;\n;\n", "no row"),
        (os.urandom(300) + b"\0", "no table as text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "no table as text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old kind of Excel"),
        (b"PK\x03\x04" + bytes(60), "archive"),
        (b"PAR1" + bytes(40) + b"PAR1", "Parquet"),
        (b"lum,note\n1," + b"x" * 20_000, "20,000 characters"),
        (b"c" + b",c" * 300 + b"\n1\n", "columns"),
        (b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n1\n", "line 1"),
        (b"lum;agg\n1;2;3\n1;2;3\n", "No row of"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(DataError) as refused:
        read(content)
    assert words in str(refused.value)
    assert "mine.csv" in str(refused.value)


def test_size_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_BYTES", 10)
    with pytest.raises(DataError, match="more than 10 bytes"):
        read(b"lum;agg\n1;2\n")
    monkeypatch.setattr(reader, "MOST_BYTES", 10_000)
    monkeypatch.setattr(table, "MOST_ROWS", 3)
    with pytest.raises(DataError, match="more than 3 rows"):
        read(b"lum\n" + b"1\n" * 4)


def test_a_workbook_gives_texts() -> None:
    day = pd.Timestamp("2024-03-31 14:30").to_pydatetime()
    found = read(workbook([], ["lum", "date", "heure", "lat", "ok"], [1, day, day.time(), 48.5, True], [2.0]), "a.xlsx")
    assert cells(found) == [["1", "2024-03-31 14:30:00", "14:30:00", "48.5", "True"], ["2", "", "", "", ""]]
    assert found.first == 3


def test_of_several_sheets_the_first_that_has_something_is_read() -> None:
    found = read(workbook(b=[["lum"], [1]], c=[["agg"], [2]]), "a.xlsx")
    assert cells(found) == [["1"]]
    assert "b" in found.notes[-1]


def test_a_workbook_that_declares_entities_or_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    source = zipfile.ZipFile(io.BytesIO(workbook(["lum"], [1])))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/workbook.xml":
                content = b'<!DOCTYPE a [<!ENTITY b "bb">]>' + content
            archive.writestr(name, content)
    with pytest.raises(DataError, match="no spreadsheet writes"):
        read(file.getvalue(), "a.xlsx")
    monkeypatch.setattr("data.batch.excel_file._MOST_UNPACKED", 100)
    with pytest.raises(DataError, match="unpacks to more"):
        read(workbook(["lum"], [1]), "a.xlsx")


def test_parquet_gives_texts() -> None:
    frame = pd.DataFrame(
        {
            "lum": [1, None],
            "kind": pd.Categorical(["x", None]),
            "lat": [48.5, 2.0],
            "day": [pd.Timestamp("2024-01-02")] * 2,
        }
    )
    file = io.BytesIO()
    frame.to_parquet(file)
    found = read(file.getvalue(), "a.parquet")
    assert cells(found) == [["1", "x", "48.5", "2024-01-02"], ["", "", "2", "2024-01-02"]]
    assert found.first == 1


def test_a_long_text_meant_a_million_times_is_measured_once() -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * 1_000_000]))
    file = io.BytesIO()
    parquet.write_table(pa.table({"light": texts}), file)
    with pytest.raises(DataError, match="1,000,000 characters"):
        read(file.getvalue(), "bomb.parquet")


def test_nested_parquet_is_refused() -> None:
    file = io.BytesIO()
    parquet.write_table(pa.table({"all": [[1, 2]]}), file)
    with pytest.raises(DataError, match="lists or records"):
        read(file.getvalue())


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(TEXT, min_size=3, max_size=3), min_size=1, max_size=6),
    separator=st.sampled_from(";,\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_every_cell_of_a_well_written_file_comes_back(rows: list[list[str]], separator: str, end: str) -> None:
    header = ["first name", "second name", "third name"]
    text = end.join(separator.join(f'"{c.replace(chr(34), 2 * chr(34))}"' for c in row) for row in [header, *rows])
    kept = rows[: max((n for n, row in enumerate(rows, 1) if any(map(str.strip, row))), default=0)]
    if not kept:
        with pytest.raises(DataError):
            read(text.encode())
        return
    found = read(text.encode())
    assert list(found.frame) == header
    assert cells(found) == kept
    assert not found.faults


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text("ab1;,\t|\"'\n\r =é-", max_size=200).map(str.encode)))
def test_whatever_bytes_are_given_there_is_a_table_or_a_sentence(content: bytes) -> None:
    try:
        found = read(content)
    except DataError:
        return
    assert len(found.frame) > 0
    assert len(set(found.frame)) == len(found.frame.columns)
    assert set(found.faults) < set(range(len(found.frame)))
