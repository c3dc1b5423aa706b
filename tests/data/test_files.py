"""Files of their own, gzipped and in archives: found, unpacked up to a limit, refused by name."""

from __future__ import annotations

import gzip
import os
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from data import accidents, files, load, store
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


def test_members_above_the_archive_are_read_as_any_other(tmp_path: Path) -> None:
    """Nothing is ever written where a member says."""
    path = zipped(tmp_path / "baac.zip", **{"../caract-2024.csv": text("caracteristiques"), "folder/": b""})
    assert [given.name for given in load.find([path])[0]] == ["caract-2024.csv"]


def test_links_pipes_and_devices_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    lieux = official.write(tmp_path, "lieux")
    (tmp_path / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "itself").symlink_to(tmp_path / "itself")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    (tmp_path / "endless").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe")
    assert load.find([tmp_path]) == ([Given(lieux)], [])
    for name in ("pipe", "endless"):
        with pytest.raises(DataError, match=f"{name} is neither a file nor a folder"):
            load.find([tmp_path / name])
    with pytest.raises(DataError, match="itself does not exist"):
        load.find([tmp_path / "itself"])


def test_a_folder_in_a_thousand_folders(tmp_path: Path) -> None:
    deepest = tmp_path
    for _level in range(1200):
        deepest = deepest / "d"
        deepest.mkdir()
    table = official.write(deepest, "lieux")
    try:
        assert load.find([tmp_path])[0] == [Given(table)]
    finally:  # what clears up after tests would not reach the ground
        table.unlink()
        while deepest != tmp_path:
            deepest.rmdir()
            deepest = deepest.parent


def test_names_that_are_no_text(tmp_path: Path, folders: Path) -> None:
    name = os.fsdecode(b"caract\xff.csv")
    official.write(tmp_path, "caracteristiques", name=name)
    (tmp_path / os.fsdecode(b"notes\xff.txt")).write_bytes(b"")
    report = store.import_paths([tmp_path]).report
    assert report["years"]["2024"]["tables"]["caracteristiques"]["files"][0]["name"] == "caract?.csv"
    assert [Path(ignored).name for ignored in report["ignored"]] == ["notes?.txt"]


@pytest.mark.parametrize("name", ["a" * 5000, "a\0b"])
def test_names_that_no_file_can_have(name: str) -> None:
    with pytest.raises(DataError, match=r"cannot be read|does not exist"):
        load.find([Path(name)])


@pytest.fixture
def somebody() -> Iterator[Path]:
    """A folder seen as an ordinary user, for the superuser may read everything."""
    me = os.geteuid()
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
        os.seteuid(me)


def test_what_this_user_may_not_read_is_refused_by_name(somebody: Path) -> None:
    official.write(somebody, "caracteristiques")
    closed = somebody / "closed"
    closed.mkdir()
    table = official.write(closed, "lieux")
    closed.chmod(0)
    if os.geteuid() == 0:
        os.seteuid(65534)
    for path in (somebody, closed, table):
        with pytest.raises(DataError, match=r"closed.* cannot be read: Permission denied"):
            load.find([path])
