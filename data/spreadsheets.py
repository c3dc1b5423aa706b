"""Tables for spreadsheets: no text is taken for a formula, and a workbook is written nearly as fast as a CSV file."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what makes a spreadsheet calculate with a cell
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?", re.ASCII)  # calculates to itself
_PLAIN = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,12})?", re.ASCII)  # a workbook keeps it as it is
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LONGEST = 32_000  # characters that a cell of a workbook takes
_CHUNK = 2_000
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="Balise" sheetId="1" '
    'r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
# the names stay in sight
_BEFORE = (
    f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
    'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)


def no_formula(value: object) -> object:
    """A value as it is, a text that a spreadsheet would calculate with an apostrophe before it.

    Source: OWASP, CSV Injection.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def harmless(text: str) -> str:
    """`no_formula` of a text that may be a number: -1 or +33,5 stay what they are."""
    return text if _NUMBER.fullmatch(text) else str(no_formula(text))


def safe(frame: pd.DataFrame) -> pd.DataFrame:
    """A table in which no text and no name is a formula; each different text is looked at once."""
    columns = {}
    for name, cells in frame.items():
        text = cells.dtype == "str"
        columns[harmless(str(name))] = cells.map(_once(cells), na_action="ignore").astype("str") if text else cells
    return pd.DataFrame(columns)


def _once(cells: pd.Series) -> dict[str, str]:
    return {text: harmless(text) for text in cells.dropna().unique()}


def write_workbook(frame: pd.DataFrame, path: Path) -> None:
    """Write a table of texts and numbers as an Excel workbook; texts that are numbers become numbers.

    Texts stand in their cells, which every reader of workbooks takes, and no row is kept once it is written.
    """
    part = path.with_name(f"{path.name}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, content in _PARTS.items():
            book.writestr(name, _XML + content)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write((_XML + _BEFORE + _row(_text_cell(str(name)) for name in frame)).encode())
            for start in range(0, len(frame), _CHUNK):
                columns = [_cells(cells) for _name, cells in frame.iloc[start : start + _CHUNK].items()]
                sheet.write("".join(map(_row, zip(*columns, strict=True))).encode())
            sheet.write(b"</sheetData></worksheet>")
    part.replace(path)


def _row(cells: Iterator[str] | tuple[str, ...]) -> str:
    return f"<row>{''.join(cells)}</row>"


def _cells(cells: pd.Series) -> list[str]:
    if cells.dtype != "str":
        return [f"<c><v>{value!r}</v></c>" if value == value else "<c/>" for value in cells.tolist()]  # noqa: PLR0124
    written = {text: _text_cell(text) for text in cells.dropna().unique()}
    return [written.get(text, "<c/>") for text in cells.tolist()]


def _text_cell(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return f"<c><v>{text}</v></c>"
    if not text:
        return "<c/>"
    shown = escape(_NO_XML.sub("", harmless(text))[:_LONGEST])
    return f'<c t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'
