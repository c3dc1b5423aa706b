"""From bytes to rows of text: what is put together again, what is refused, and that neither takes much."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from data import load, parsing
from data.errors import DataError
from tests.data import official

NUMBERS = [f"2024900000{i:02d}" for i in range(1, 7)]
OLD_NUMBERS = [f"2013900000{i:02d}" for i in range(1, 7)]


def plain(frame: pd.DataFrame, separator: str = ";", end: str = "\n") -> bytes:
    """A file that lost its quotes."""
    lines = [list(frame), *frame.to_numpy().tolist()]
    return end.join(separator.join(cells) for cells in lines).encode()


def accidents(*addresses: str) -> pd.DataFrame:
    changes = [{"Num_Acc": number, "adr": adr} for number, adr in zip(NUMBERS, addresses, strict=False)]
    return official.rows("caracteristiques", *changes)


def read(folder: Path, content: bytes) -> load.RawTable:
    path = folder / "file.csv"
    path.write_bytes(content)
    return load.read_table(path)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_mark_that_never_closes_swallows_no_row(tmp_path: Path, end: str) -> None:
    frame = accidents("A", '"LES PINS', "B", '"LE BOURG', "C")
    raw = read(tmp_path, plain(frame, end=end))
    assert raw.frame["adr"].tolist() == frame["adr"].tolist()
    assert raw.repairs == ("unmatched_quotes",)


def test_a_mark_that_never_closes_beside_a_separator(tmp_path: Path) -> None:
    raw = read(tmp_path, plain(accidents("A", 'B;"LE BOURG', "C")))
    assert sorted(raw.frame["adr"]) == ["A", 'B;"LE BOURG', "C"]
    assert raw.repairs == ("unmatched_quotes", "cells_joined")


@pytest.mark.parametrize("wrong", ["", '""', "\n", ";"])
def test_two_rows_on_one_line_are_not_one_address(tmp_path: Path, wrong: str) -> None:
    """The line end between two rows is lost, or the quotation marks around it."""
    text = official.text(accidents("A", "B", "C").assign(lat="47,6", long="6,2"))
    with pytest.raises(DataError, match="cells; 15 were expected"):
        read(tmp_path, text.replace(f'"\n"{NUMBERS[1]}', f"{wrong}{NUMBERS[1]}").encode())


def test_a_decimal_comma_is_no_comma_of_an_address(tmp_path: Path) -> None:
    frame = accidents("A", "B").assign(lat=["47,6000000", ""], long=["6,2000000", ""])
    with pytest.raises(DataError, match="17 cells; 15 were expected"):
        read(tmp_path, plain(frame, ","))
    places = official.rows("lieux", {"larrout": "6,5"}, {"larrout": ""})
    with pytest.raises(DataError, match="19 cells; 18 were expected"):
        read(tmp_path, plain(places, ","))


def test_a_comma_in_an_address_of_the_old_layout(tmp_path: Path) -> None:
    frame = official.old_rows("caracteristiques", {"adr": "RUE SIMULEE, 12"}, {"Num_Acc": OLD_NUMBERS[1]})
    raw = read(tmp_path, plain(frame, ","))
    assert sorted(raw.frame["adr"]) == ["RUE SIMULEE", "RUE SIMULEE, 12"]


def test_texts_longer_than_any_are_read_or_refused(tmp_path: Path) -> None:
    long = "x" * 200_000
    assert read(tmp_path, plain(accidents(long))).frame["adr"].tolist() == [long]
    with pytest.raises(DataError, match="16 cells; 15 were expected"):
        read(tmp_path, plain(accidents(f"{long}; y")))


def test_a_row_number_before_tabs(tmp_path: Path) -> None:
    frame = accidents("A", "B")
    raw = read(tmp_path, frame.to_csv(sep="\t").encode())
    assert raw.frame["Num_Acc"].tolist() == NUMBERS[:2]
    assert raw.repairs == ("separator", "other_columns")


def test_any_number_of_byte_order_marks(tmp_path: Path) -> None:
    raw = read(tmp_path, b"\xef\xbb\xbf" * 5000 + plain(accidents("A")))
    assert raw.repairs == ("byte_order_mark",)
    with pytest.raises(DataError, match="is not a BAAC table"):
        read(tmp_path, b"\xef\xbb\xbf" * 50_000)


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_a_first_line_without_end_is_no_header(tmp_path: Path, separator: str) -> None:
    names = ",".join(official.rows("lieux")).replace(",", separator)
    with pytest.raises(DataError, match="more than 1,000 columns"):
        read(tmp_path, f"{names}{separator * 65_000}\n1\n".encode())
    with pytest.raises(DataError, match="is not a BAAC table"):
        read(tmp_path, (separator * 2_000_000).encode())


def test_what_is_told_of_a_file_is_short(tmp_path: Path) -> None:
    for content in (
        plain(official.rows("lieux", {"Num_Acc": "x" * 100_000})),
        plain(official.rows("lieux", {"Num_Acc": "2E+11" + " " * 100_000})),
        plain(official.rows("usagers").drop(columns="Num_Acc").assign(**{"x" * 50_000: "1"})),
        plain(official.rows("usagers").assign(catu="1;" * 50_000)),
    ):
        with pytest.raises(DataError) as caught:
            read(tmp_path, content)
        assert len(str(caught.value)) < 1000


def test_the_encoding_is_that_of_the_whole_content() -> None:
    euro = "€".encode()
    long = b"x" * (1 << 20)
    for content in (long[:-1] + euro, long[:-2] + euro + long, euro * 400_000):
        assert parsing.as_utf8(content) == (content, "")
        assert parsing.as_utf8(content[:-1], cut=True) == (content[:-1], "") or content.endswith(b"x")
    assert parsing.as_utf8(long + b"\xe9")[1] == "windows_1252"
    assert parsing.as_utf8(long + euro[:2])[1] == "windows_1252"


@pytest.mark.parametrize("key", ["201390000002.0", "201\u00a0390\u00a0000\u00a0002", "201'390'000'002"])
def test_a_comma_in_an_address_beside_a_key_that_was_rewritten(tmp_path: Path, key: str) -> None:
    frame = official.old_rows("caracteristiques", {}, {"Num_Acc": key, "adr": "RUE, 12"})
    assert sorted(read(tmp_path, plain(frame, ",")).numbers) == [201390000001, 201390000002]


@pytest.mark.parametrize("quoted", [False, True])
def test_rows_between_two_marks_are_never_one_address(tmp_path: Path, quoted: bool) -> None:
    """Where some cells need their quotation marks, nothing tells which mark is one too many."""
    text = accidents("A\nB", "LES PINS", "B", "LE BOURG", "C").to_csv(sep=";", index=False)
    text = text.replace("LES PINS", '"LES PINS').replace("LE BOURG", '"LE BOURG')
    if quoted:
        header, rest = text.split("\n", 1)
        text = '"{}"\n{}'.format(header.replace(";", '";"'), rest)
    with pytest.raises(DataError, match=r"quotation mark" if quoted else r"line 2 has 13 cells; 15 were expected"):
        read(tmp_path, text.encode())
