"""Small official files and archives of them, damaged at random."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable

from hypothesis import strategies as st

from data import schema
from tests.data import official

# what a file should never hold, or not there
TOKENS = [
    *(b'"', b'""', b";", b",", b"\t", b"|", b"\r", b"\n", b"\r\n", b"\n\n", b"'", b" ", b"\x1a", b"\0", b"\x85"),
    *(b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xa0", b"\xc2\xa0", b"\xe2\x80\xaf", "²".encode()),
    *("٣".encode(), "é".encode(), b"\xe9", "\U0001f6b2".encode(), b"\xed\xa0\x80", b"-", b"-1", b".", b".0", b"#REF!"),
    *(b"1" * 400, b"9" * 5000, b"1e400", b"1E+11", b"2,02490000001E+11", b"2.02E+11", b"inf", b"nan", b"0x1F", b"()"),
    *(b"201490000001", b"209990000001", b"202490000002", b"999999999999", b"31", b"32767", b"-32768", b"65536"),
    *(b"Num_Acc", b"Accident_Id", b"an", b"\nNum_Acc;", b"=1+1", b"PK\x03\x04", b"\x1f\x8b\x08", b"x" * 70_000),
]


def _table(table: schema.Table, *, old: bool) -> bytes:
    if old:
        numbers = ["201390000001", "201390000002", "201390000002"]
        frame = official.old_rows(table, *({"Num_Acc": number} for number in numbers))
        return frame.to_csv(index=False, lineterminator="\r\n").encode("latin-1")
    numbers = [official.FIRST, official.SECOND, official.SECOND]
    return official.text(official.rows(table, *({"Num_Acc": number} for number in numbers))).encode()


def zipped(members: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive in memory."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


TABLES = {f"{table}-{old}": _table(table, old=old) for table in schema.TABLES for old in (False, True)}
_MEMBERS = {f"{name}.csv": content for name, content in TABLES.items() if "False" in name}
ARCHIVES = [
    *(gzip.compress(content, mtime=0) for content in TABLES.values()),
    zipped({"../a/lieux.csv": TABLES["lieux-False"], "b/": b"", ".hidden": b"x"}),
    zipped({"é.csv": TABLES["lieux-True"]}, zipfile.ZIP_STORED),
    zipped(_MEMBERS, zipfile.ZIP_LZMA),
    zipped(_MEMBERS, zipfile.ZIP_BZIP2),
    zipped({"deep.zip": zipped(_MEMBERS), "lieux.csv.gz": gzip.compress(TABLES["lieux-False"], mtime=0)}),
    zipped({"zeros.csv": bytes(5_000_000), "lieux.csv": TABLES["lieux-False"]}),
]


def _flip(content: bytes, at: int, size: int, token: bytes) -> bytes:
    return content[:at] + bytes([content[at] ^ (1 << size % 8)]) + content[at + 1 :] if content else content


def _delete(content: bytes, at: int, size: int, token: bytes) -> bytes:
    return content[:at] + content[at + size :]


def _repeat(content: bytes, at: int, size: int, token: bytes) -> bytes:
    return content[: at + size] + content[at:]


def _cut(content: bytes, at: int, size: int, token: bytes) -> bytes:
    return content[:at]


def _insert(content: bytes, at: int, size: int, token: bytes) -> bytes:
    return content[:at] + token + content[at:]


def _overwrite(content: bytes, at: int, size: int, token: bytes) -> bytes:
    return content[:at] + token + content[at + len(token) :]


def _swap_lines(content: bytes, at: int, size: int, token: bytes) -> bytes:
    lines = content.split(b"\n")
    i, j = at % len(lines), size % len(lines)
    lines[i], lines[j] = lines[j], lines[i]
    return b"\n".join(lines)


def _replace_cell(content: bytes, at: int, size: int, token: bytes) -> bytes:
    """The cell around a place holds something else."""
    marks = [content.rfind(mark, 0, at) for mark in (b'"', b";", b",", b"\n")]
    ends = [end for mark in (b'"', b";", b",", b"\n", b"\r") if (end := content.find(mark, at)) >= 0]
    return content[: max(marks) + 1] + token + content[min(ends, default=len(content)) :]


Change = Callable[[bytes, int, int, bytes], bytes]
_CHANGES: list[Change] = [_flip, _delete, _repeat, _cut, _insert, _overwrite, _swap_lines, _replace_cell, _replace_cell]


@st.composite
def damaged(draw: st.DrawFn, whole: list[bytes]) -> bytes:
    """One of some files after a few accidents, in half of them below its first line; or two files spliced."""
    content = draw(st.sampled_from(whole))
    kept = content.find(b"\n") + 1 if draw(st.booleans()) else 0
    first, content = content[:kept], content[kept:]
    if draw(st.integers(0, 9)) == 0:
        other = draw(st.sampled_from(whole))
        content = content[: draw(st.integers(0, len(content)))] + other[draw(st.integers(0, len(other))) :]
    token = st.sampled_from(TOKENS) | st.binary(max_size=4)
    for _change in range(draw(st.integers(1, 4))):
        change = draw(st.sampled_from(_CHANGES))
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        content = change(content, at, draw(st.integers(1, 40)), draw(token))
    return first + content
