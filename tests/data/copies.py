"""Copies of official files as people have them: written in either layout, then opened and saved by other programs."""

from __future__ import annotations

import gzip
import io
import random
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from hypothesis import strategies as st

from data import cells, schema

FREE_TEXT = ("adr", "voie")
KEYS = ("Num_Acc", "id_vehicule", "id_usager")
# identifiers as a spreadsheet or a table library writes them
KEY_STYLES = ("as published", "digits", "1.0", "\u00a0", " ", ",", ".", "'", "power of ten")


@dataclass(frozen=True)
class Copy:
    """What was done to a file; the defaults are how the newest ones are published."""

    separator: str = ";"
    quotes: str = "all"
    end: str = "\n"
    last_end: bool = False
    encoding: str = "utf-8"
    packing: str = "plain"
    keys: str = "as published"
    decimals: bool = False
    zeros_lost: bool = False
    space: str = ""
    row_number: str | None = None
    spelling: str = "as published"
    order: int = 0
    empty_lines: bool = False


copies = st.builds(
    Copy,
    separator=st.sampled_from(";,\t|"),
    quotes=st.sampled_from(["all", "needed", "gone"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    last_end=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    packing=st.sampled_from(["plain", "gz", "zip", "gz in zip"]),
    keys=st.sampled_from(KEY_STYLES),
    decimals=st.booleans(),
    zeros_lost=st.booleans(),
    space=st.sampled_from(["", " ", "\u00a0"]),
    row_number=st.sampled_from([None, "", "Unnamed: 0", "index"]),
    spelling=st.sampled_from(["as published", "upper", "lower"]),
    order=st.integers(0, 1000),
    empty_lines=st.booleans(),
)


def write(folder: Path, table: schema.Table, frame: pd.DataFrame, copy: Copy) -> Path:
    """Write a table of official cells as such a copy."""
    content = text(frame, copy).encode(copy.encoding)
    name = f"{table}.csv"
    if copy.packing.startswith("gz"):
        name, content = f"{name}.gz", gzip.compress(content)
    if copy.packing.endswith("zip"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"baac/{name}", content)
        name, content = f"{table}.zip", packed.getvalue()
    path = folder / name
    path.write_bytes(content)
    return path


def text(frame: pd.DataFrame, copy: Copy) -> str:
    """The lines of such a copy."""
    names = list(frame)
    if copy.order:
        random.Random(copy.order).shuffle(names)
    rows = [[_cell(name, value, copy) for name, value in zip(names, row, strict=True)] for row in _rows(frame, names)]
    header = [_spelled(name, copy) for name in names]
    if copy.row_number is not None:
        header, rows = [copy.row_number, *header], [[str(i), *row] for i, row in enumerate(rows)]
        names = ["", *names]
    quotes = copy.quotes
    broken = any(copy.separator in cell for row in rows for name, cell in zip(names, row, strict=True)
                 if name not in FREE_TEXT)  # fmt: skip
    if quotes == "gone" and broken:
        quotes = "needed"  # nobody could tell the cells apart
    lines = [copy.separator.join(_quoted(cell, copy, quotes) for cell in row) for row in (header, *rows)]
    ends = copy.end * (2 if copy.empty_lines else 1)
    return ends.join(lines) + (copy.end if copy.last_end else "")


def free_text(written: str, copy: Copy, *, old: bool) -> str:
    """What a free text can still say in such a copy."""
    if copy.encoding == "cp1252":
        written = written.encode("cp1252", errors="ignore").decode("cp1252")
    if copy.quotes == "gone":
        written = re.sub(r'["\r\n]', "", written)
        most = 3 if copy.separator != "," or old else 0
        parts = written.split(copy.separator)
        written = copy.separator.join(parts[: most + 1])
    return written


def _rows(frame: pd.DataFrame, names: Sequence[str]) -> list[list[str]]:
    rows: list[list[str]] = frame[list(names)].to_numpy().tolist()
    return rows


def _cell(name: str, value: str, copy: Copy) -> str:
    if name in KEYS:
        value = _key(name, value, copy.keys)
    elif name not in FREE_TEXT and value.isdigit():
        value = str(int(value)) if copy.zeros_lost else value
        value = f"{value}.0" if copy.decimals else value
    return f"{copy.space}{value}{copy.space}" if value else value


def _key(name: str, value: str, style: str) -> str:
    digits = re.sub(f"[{cells.SPACES}]", "", value)
    if style == "as published":
        return value
    if style == "digits":
        return digits
    if style == "1.0":
        return f"{digits}.0"
    if style == "power of ten":
        return f"{digits[0]},{digits[1:]}E+11" if name == "Num_Acc" else value
    return f"{int(digits):,}".replace(",", style)


def _spelled(name: str, copy: Copy) -> str:
    spelled = {"upper": name.upper(), "lower": name.lower()}.get(copy.spelling, name)
    return f"{copy.space}{spelled}{copy.space}"


def _quoted(cell: str, copy: Copy, quotes: str) -> str:
    needed = any(mark in cell for mark in (copy.separator, '"', "\r", "\n"))
    if quotes == "all" or (quotes == "needed" and needed):
        return '"{}"'.format(cell.replace('"', '""'))
    return cell
