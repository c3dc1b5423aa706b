"""Downloads of several files, and the command that starts them."""

from __future__ import annotations

import hashlib
import socket
import threading
from pathlib import Path

import pandas as pd
import pytest

from data import borders, calendar, store
from data.__main__ import main
from data.addresses import Source
from data.download import DownloadCancelled, Downloaded, DownloadFailed, DownloadProgress, download
from data.errors import DataError
from tests.data.server import CONTENT, File, Server, Waits, names, publish, saved


def test_a_file_comes_whole_and_is_not_fetched_again(
    server: Server, source: Source, tmp_path: Path, waits: Waits
) -> None:
    seen: list[DownloadProgress] = []
    path = tmp_path / "caracteristiques-2024.csv"
    assert download([source], tmp_path, seen.append, waits.network) == Downloaded((path,), ())
    assert saved(tmp_path) == CONTENT
    assert (seen[0].bytes_done, seen[0].bytes_total, seen[0].files_done, seen[0].files) == (0, len(CONTENT), 0, 1)
    assert [p.bytes_done for p in seen] == sorted(p.bytes_done for p in seen)
    assert (seen[-1].state, seen[-1].bytes_done, seen[-1].files_done) == ("fetched", len(CONTENT), 1)
    assert names(tmp_path) == [".caracteristiques-2024.csv.json", path.name]

    assert download([source], tmp_path, seen.append, waits.network) == Downloaded((), (path,))
    assert (seen[-1].state, server.count("/c"), waits) == ("there", 1, [])


@pytest.mark.parametrize("change", ["content", "record", "address"])
def test_a_file_that_is_not_known_to_be_whole_is_fetched_again(
    server: Server, source: Source, tmp_path: Path, waits: Waits, change: str
) -> None:
    download([source], tmp_path, network=waits.network)
    path = tmp_path / source.name
    if change == "content":
        path.write_bytes(CONTENT[:-1] + b"x")
    elif change == "record":
        (tmp_path / f".{source.name}.json").write_text("{", encoding="utf-8")
    else:
        server.files["/moved"] = server.files["/c"]
        source = Source(2024, source.table, server.address("/moved"))
    assert download([source], tmp_path, network=waits.network).fetched == (path,)
    assert saved(tmp_path) == CONTENT


def test_a_file_that_a_person_put_there_is_taken(server: Server, source: Source, tmp_path: Path, waits: Waits) -> None:
    path = tmp_path / source.name
    path.write_bytes(CONTENT)
    assert download([source], tmp_path, network=waits.network).there == (path,)
    assert server.asked == []
    path.write_bytes(CONTENT[:-1] + b"x")
    assert download([source], tmp_path, network=waits.network).fetched == (path,)


@pytest.mark.parametrize("wrong", ["year", "checksum"])
def test_a_file_that_a_person_put_there_is_checked(
    server: Server, source: Source, tmp_path: Path, waits: Waits, wrong: str
) -> None:
    content = CONTENT.replace(b"202490000001", b"202390000001") if wrong == "year" else CONTENT + b"\n"
    (tmp_path / source.name).write_bytes(content)
    known = Source(2024, source.table, source.address, "sha256:" + hashlib.sha256(CONTENT).hexdigest())
    assert len(download([known], tmp_path, network=waits.network).fetched) == 1
    assert saved(tmp_path) == CONTENT


def test_what_is_there_is_fetched_again_on_demand(
    server: Server, source: Source, file: File, tmp_path: Path, waits: Waits
) -> None:
    download([source], tmp_path, network=waits.network)
    file.content, file.etag = CONTENT + b"\n", '"2"'
    assert len(download([source], tmp_path, network=waits.network, again=True).fetched) == 1
    assert saved(tmp_path) == file.content


def test_one_bad_address_does_not_keep_the_others_from_coming(
    server: Server, source: Source, tmp_path: Path, waits: Waits
) -> None:
    gone = [Source(2024, "lieux", server.address("/l")), Source(2024, "usagers", server.address("/u"))]
    with pytest.raises(DownloadFailed, match=r"/l is no longer there .* too: usagers-2024\.csv\.$") as failed:
        download([*gone, source], tmp_path, network=waits.network)
    assert saved(tmp_path) == CONTENT
    assert failed.value.came == Downloaded((tmp_path / source.name,), ())


def test_without_a_connection_nothing_more_is_tried(source: Source, tmp_path: Path, waits: Waits) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/c"
    sources = [Source(2024, "lieux", nobody), source]
    with pytest.raises(DataError, match=r"there is no connection, after 4 attempts; check the network and the proxy"):
        download(sources, tmp_path, network=waits.network)
    assert waits == [1.0, 2.0, 4.0]
    assert names(tmp_path) == []


@pytest.mark.parametrize("stop", [DownloadCancelled("Stopped."), KeyboardInterrupt()])
def test_stopping_keeps_what_came(
    server: Server, source: Source, tmp_path: Path, waits: Waits, stop: BaseException
) -> None:
    def until_half(progress: DownloadProgress) -> None:
        if progress.bytes_done > len(CONTENT) // 2:
            raise stop

    with pytest.raises(type(stop)):
        download([source], tmp_path, until_half, waits.network)
    came = (tmp_path / f".{source.name}.part").stat().st_size
    assert len(CONTENT) // 2 < came < len(CONTENT)
    assert not (tmp_path / source.name).exists()
    download([source], tmp_path, network=waits.network)
    assert server.asked[-1] == ("/c", f"bytes={came}-")
    assert saved(tmp_path) == CONTENT


@pytest.fixture
def overridden(server: Server, folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Addresses of the four tables of 2024 on the server of the test, and a folder to fetch them to."""
    path = publish(server, folders / "addresses.csv")
    monkeypatch.setenv("BALISE_ADDRESSES", str(path))
    monkeypatch.setenv("BALISE_RAW", str(folders / "raw"))
    return path


def test_the_command_fetches_imports_and_says_what_was_there(
    overridden: Path, folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["download", "--years", "2024"]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{folders / 'raw'}: 4 files fetched, 0 there already and whole.\n"
    assert "usagers-2024.csv: fetched, 0.0 MB (4 of 4 files)" in captured.err
    assert main(["download", "--years", "2024", "--import"]) == 0
    captured = capsys.readouterr()
    assert "0 files fetched, 4 there already" in captured.out
    assert "2024: 1 accidents, 1 vehicles, 1 people" in captured.out
    current = store.current()
    assert current is not None
    assert current.years == (2024,)


def test_the_command_fetches_borders_and_school_holidays_with_years_or_alone(
    server: Server, overridden: Path, folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["download", "--borders"]) == 0
    assert names(folders / "raw") == [".departements.geojson.json", "departements.geojson"]
    assert main(["download", "--years", "2024", "--school-holidays", "--borders", "--import"]) == 0
    assert "5 files fetched, 1 there already" in capsys.readouterr().out
    assert borders.borders() is not None
    assert calendar.school_holidays_known_until() > pd.Timestamp("2028-01-01")
    assert store.current() is not None
    assert main(["download", "--borders", "--again"]) == 0
    assert server.count("/borders") == 2


def test_the_command_wants_to_know_what(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["download", "--import"]) == 2
    assert "--years YEARS, --borders, --school-holidays" in capsys.readouterr().err


def test_the_command_says_in_one_sentence_what_failed(
    server: Server, overridden: Path, folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del server.files["/lieux-2024"]
    assert main(["download", "--years", "2024", "--out", str(folders / "there"), "--import"]) == 2
    err = capsys.readouterr().err
    assert err.splitlines()[-1].startswith(f"{server.address('/lieux-2024')} is no longer there (answer 404);")
    assert (folders / "there" / "usagers-2024.csv").exists()
    assert store.current() is None


def test_ctrl_c_is_a_sentence(
    overridden: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_arguments: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("data.download.transfer", interrupted)
    assert main(["download", "--years", "2024"]) == 2
    assert "goes on where it stopped" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written(source: Source, tmp_path: Path, waits: Waits) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataError, match=r"cannot be written .* --out"):
        download([source], tmp_path / "file" / "raw", network=waits.network)


def test_downloads_wait_for_one_another(server: Server, source: Source, file: File, tmp_path: Path) -> None:
    results: list[Downloaded] = []
    threads = [threading.Thread(target=lambda: results.append(download([source], tmp_path))) for _i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(len(r.fetched) for r in results) == [0, 0, 1]
    assert server.count("/c") == 1
