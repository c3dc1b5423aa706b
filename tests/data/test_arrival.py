"""What a server sends in place of the file that was asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from data import addresses, arrival
from data.addresses import Reference, Source
from data.download import download
from data.errors import DataError
from tests.data import official
from tests.data.server import BORDERS, CALENDAR, CONTENT, OLD_HEADERS, PAGE, File, Server, Waits, names, saved


def change_page(file: File) -> None:
    file.faults += ["page"]


def change_content(content: bytes) -> Callable[[File], None]:
    def change(file: File) -> None:
        file.content = content

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (change_page, "a web page in place of the file"),
        (change_content(PAGE), "a web page in place of the file"),
        (change_content(b"PK\x03\x04\x00\x01"), "did not send a BAAC table"),
        (change_content(b""), "did not send a BAAC table"),
        (change_content(official.text(official.rows("usagers")).encode()), "sent the table usagers where"),
        (change_content(CONTENT.replace(b"202490000001", b"202390000001")), "accidents of 2023 where 2024"),
        (change_content(CONTENT.partition(b"\n")[0]), "without any accident"),
        (lambda file: file.faults.append("404"), r"no longer there \(answer 404\)"),
        (lambda file: file.faults.append("410"), r"no longer there \(answer 410\)"),
        (lambda file: file.faults.append("403"), r"refuses the file \(answer 403\)"),
    ],
)
def test_what_is_not_the_file_is_refused_and_the_earlier_one_stays(
    source: Source, file: File, tmp_path: Path, waits: Waits, change: Callable[[File], None], says: str
) -> None:
    (tmp_path / source.name).write_bytes(b"earlier")
    change(file)
    with pytest.raises(DataError, match=rf"^http://127\S+/c .*{says}.*BALISE_ADDRESSES"):
        download([source], tmp_path, network=waits.network)
    assert saved(tmp_path) == b"earlier"
    assert (names(tmp_path), waits) == ([source.name], [])


def test_a_damaged_gzip_is_refused(source: Source, file: File, tmp_path: Path, waits: Waits) -> None:
    file.content = b"\x1f\x8b\x08"
    with pytest.raises(DataError, match=r"^http://127\S+/c sent a file that cannot be read .*BALISE_ADDRESSES"):
        download([source], tmp_path, network=waits.network)


KINDS: dict[Reference, bytes] = {"borders": BORDERS, "school-holidays": CALENDAR}


@pytest.mark.parametrize(("kind", "content"), KINDS.items())
def test_borders_and_calendar_come_the_same_way(
    server: Server, tmp_path: Path, waits: Waits, kind: Reference, content: bytes
) -> None:
    server.files["/f"] = File(content, faults=["500", "truncate", "stall"])
    wanted = Source(0, "", server.address("/f"), kind=kind)
    assert download([wanted], tmp_path, network=waits.network).fetched == (tmp_path / wanted.name,)
    assert (tmp_path / wanted.name).read_bytes() == content
    assert [asked for _path, asked in server.asked[:3]] == ["", "", f"bytes={len(content) // 2}-"]
    assert download([wanted], tmp_path, network=waits.network).fetched == ()


@pytest.mark.parametrize(
    ("kind", "content", "says"),
    [
        ("borders", PAGE, "a web page in place of the file"),
        ("borders", CALENDAR, "did not send the borders of the départements: it is no JSON"),
        ("borders", b'{"error": "not found"}', "did not send the borders of the départements: it is no GeoJSON"),
        ("school-holidays", PAGE, "a web page in place of the file"),
        ("school-holidays", BORDERS, "did not send the school calendar: its first line does not name"),
        ("school-holidays", CALENDAR[: len(CALENDAR) // 3], "did not send the school calendar: line 6 is cut short"),
    ],
)
def test_what_is_no_borders_or_calendar_is_refused_and_the_earlier_one_stays(
    server: Server, tmp_path: Path, waits: Waits, kind: Reference, content: bytes, says: str
) -> None:
    server.files["/f"] = File(KINDS[kind])
    wanted = Source(0, "", server.address("/f"), kind=kind)
    download([wanted], tmp_path, network=waits.network)
    server.files["/f"].content = content
    with pytest.raises(DataError, match=rf"^http://127\S+/f .*{says}.*BALISE_ADDRESSES"):
        download([wanted], tmp_path, network=waits.network, again=True)
    assert (tmp_path / wanted.name).read_bytes() == KINDS[kind]


def git_blob(content: bytes) -> str:
    return "git-blob:" + hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()


@pytest.mark.parametrize("checksum_of", [git_blob, lambda content: "sha256:" + hashlib.sha256(content).hexdigest()])
def test_the_checksum_known_counts_unless_new_issues_are_taken(
    source: Source, file: File, tmp_path: Path, waits: Waits, checksum_of: Callable[[bytes], str]
) -> None:
    known = Source(2024, source.table, source.address, checksum_of(CONTENT))
    download([known], tmp_path / "known", network=waits.network)
    file.content += b"\n"
    with pytest.raises(DataError, match="--new-issues"):
        download([known], tmp_path / "other", network=waits.network)
    assert names(tmp_path / "other") == []
    download([known], tmp_path / "other", network=waits.network, new_issues=True)
    assert saved(tmp_path / "other") == file.content


@pytest.mark.parametrize(("table", "header"), OLD_HEADERS.items())
@pytest.mark.parametrize("separator", [",", "\t"])
def test_the_layout_of_2018_and_earlier_is_recognised(
    server: Server, tmp_path: Path, waits: Waits, table: str, header: str, separator: str
) -> None:
    cells = ["200990000001", *["1"] * header.count(",")]
    server.files["/o"] = File("\r\n".join([header, ",".join(cells)]).replace(",", separator).encode("latin-1"))
    old = Source(2009, table, server.address("/o"))  # type: ignore[arg-type]
    assert len(download([old], tmp_path, network=waits.network).fetched) == 1


def test_official_files_are_what_their_sources_expect(real_data: Path) -> None:
    known = {(s.table, s.year): s for s in addresses.sources(range(2005, 2025))}
    tables = {"caract": "caracteristiques", "carac": "caracteristiques"}
    for folder in ("2013", "2016-extract", "2018", "2023", "2024"):
        for path in (real_data / "baac" / folder).glob("*.csv"):
            name, year = path.stem.replace("_", "-").split("-")
            source = known[tables.get(name, name), int(year)]  # type: ignore[index]
            arrival.check(path, source, new_issues=True)
