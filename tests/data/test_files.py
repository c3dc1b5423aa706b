"""Files of their own, gzipped and in archives: found, unpacked up to a limit, refused by name."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from data import accidents, files, load
from data.errors import DataError
from data.files import Given
from tests.data import official


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def text(table: official.schema.Table) -> bytes:
    return official.text(official.rows(table)).encode()


def test_a_gzipped_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "lieux-2024.csv.gz"
    path.write_bytes(gzip.compress(text("lieux")))
    raw = load.read_table(path)
    assert (raw.table, raw.given.name, raw.years) == ("lieux", "lieux-2024.csv", (2024,))


def test_the_tables_of_an_archive_are_read_and_the_rest_is_named(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "baac.zip",
        **{
            "2024/caract-2024.csv": text("caracteristiques"),
            "2024/deeper/lieux-2024.csv.gz": gzip.compress(text("lieux")),
            "2024/readme.txt": b"nothing",
            "__MACOSX/x.csv": text("usagers"),
            "2024/.hidden.csv": text("usagers"),
        },
    )
    found, ignored = load.find([path])
    assert [given.name for given in found] == ["caract-2024.csv", "lieux-2024.csv"]
    assert ignored == [f"{path} (2024/readme.txt)"]
    report = accidents.from_paths([tmp_path]).report
    file = report["years"]["2024"]["tables"]["lieux"]["files"][0]
    assert (file["name"], file["archive"]) == ("lieux-2024.csv", "baac.zip")


def test_an_archive_without_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"empty\.zip holds no BAAC table"):
        load.find([zipped(tmp_path / "empty.zip", readme=b"nothing")])


@pytest.mark.parametrize("damage", ["cut", "bytes", "locked"])
def test_a_damaged_archive_is_refused_by_name(tmp_path: Path, damage: str) -> None:
    path = zipped(tmp_path / "baac.zip", lieux=text("lieux") * 50)
    content = bytearray(path.read_bytes())
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "bytes":
        content[60:70] = b"0123456789"
    else:
        content[6] |= 1  # the flag that a password is wanted, in the member and in the list of members
        content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"baac\.zip.* cannot be unpacked"):
        load.read_table(load.find([path])[0][0])


def test_a_gzip_that_breaks_off_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "lieux.csv.gz"
    path.write_bytes(gzip.compress(text("lieux"))[:-12])
    with pytest.raises(DataError, match=r"lieux\.csv\.gz cannot be (unpacked|read)"):
        load.read_table(path)


@pytest.mark.parametrize("packing", ["gz", "zip", "plain"])
def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packing: str) -> None:
    monkeypatch.setattr(files, "LARGEST", 10_000)
    content = text("lieux") + b"\n" * 20_000
    path = tmp_path / f"lieux.{packing}"
    if packing == "zip":
        given = Given(zipped(path, lieux=content), "lieux")
    else:
        path.write_bytes(gzip.compress(content) if packing == "gz" else content)
        given = Given(path)
    with pytest.raises(DataError, match="10,000 bytes unpacked"):
        given.read()


def test_an_archive_that_declares_too_much_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "bomb.zip", **{f"m{i}": b"0" * 1000 for i in range(5)})
    monkeypatch.setattr(files, "LARGEST_ARCHIVE", 4999)
    with pytest.raises(DataError, match="unpacks to more than 4,999 bytes"):
        files.inside(path)
    monkeypatch.setattr(files, "LARGEST_ARCHIVE", 5000)
    assert len(files.inside(path)) == 5
    monkeypatch.setattr(files, "MOST_MEMBERS", 4)
    with pytest.raises(DataError, match="or 4 files"):
        files.inside(path)
