"""Transfers that break off, stall, are sent elsewhere or change meanwhile."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from data import load
from data.addresses import Source
from data.download import DownloadProgress, Network, download
from data.errors import DataError
from tests.data.server import CONTENT, File, Server, Waits, in_chunks, names, saved


@pytest.mark.parametrize("fault", ["truncate", "stall"])
def test_what_breaks_off_goes_on_where_it_stopped(
    server: Server, source: Source, file: File, tmp_path: Path, waits: Waits, fault: str
) -> None:
    file.faults += [fault, fault]
    start = time.monotonic()
    download([source], tmp_path, network=waits.network)
    assert time.monotonic() - start < 4  # the server would stall for 10 seconds
    assert saved(tmp_path) == CONTENT
    half = len(CONTENT) // 2
    ranges = [asked for _path, asked in server.asked]
    assert ranges == ["", f"bytes={half}-", f"bytes={half + (len(CONTENT) - half) // 2}-"]
    assert waits == [1.0, 2.0]


def test_a_few_bytes_now_and_then_are_a_stall(
    server: Server, source: Source, file: File, tmp_path: Path, waits: Waits
) -> None:
    file.faults += ["trickle", "trickle"]
    start = time.monotonic()
    download([source], tmp_path, network=waits.network)
    assert time.monotonic() - start < 4  # the server would trickle for an hour
    assert saved(tmp_path) == CONTENT
    assert (len(server.asked), waits) == (3, [1.0, 2.0])
    assert int(server.asked[1][1].removeprefix("bytes=").rstrip("-")) > len(CONTENT) // 2  # what trickled in counts


def test_a_slow_transfer_is_named(source: Source, file: File, tmp_path: Path, waits: Waits) -> None:
    file.faults += ["trickle"] * 4
    network = Network(stall=0.3, slowest=1e9, attempts=4, sleep=waits.append)
    with pytest.raises(DataError, match=r"only [\d,]+ bytes came in 0 s, after 4 attempts"):
        download([source], tmp_path, network=network)


def test_the_next_download_goes_on_after_giving_up(
    server: Server, source: Source, file: File, tmp_path: Path, waits: Waits
) -> None:
    file.faults += ["truncate", "500", "500", "500"]
    with pytest.raises(DataError, match=r"/c cannot be fetched: the server answers 500, after 4 attempts"):
        download([source], tmp_path, network=waits.network)
    assert not (tmp_path / source.name).exists()
    with pytest.raises(DataError, match="holds no BAAC table"):
        load.find([tmp_path])  # half a file is not imported with its folder
    download([source], tmp_path, network=waits.network)
    assert server.asked[-1] == ("/c", f"bytes={len(CONTENT) // 2}-")
    assert saved(tmp_path) == CONTENT


@pytest.mark.parametrize("server_glues", [False, True])
def test_a_file_that_changed_is_not_glued_together(
    source: Source, file: File, tmp_path: Path, waits: Waits, server_glues: bool
) -> None:
    file.faults += ["truncate", "500", "500", "500"]
    with pytest.raises(DataError):
        download([source], tmp_path, network=waits.network)
    file.content, file.etag = CONTENT.replace(b"RUE SIMULEE", b"RUE CHANGEE"), '"2"'
    file.faults += ["glue"] if server_glues else []
    download([source], tmp_path, network=waits.network)
    assert saved(tmp_path) == file.content


def test_without_a_name_for_the_issue_nothing_is_glued(
    server: Server, source: Source, file: File, tmp_path: Path, waits: Waits
) -> None:
    file.etag = 'W/"1"'
    file.faults += ["truncate"]
    download([source], tmp_path, network=waits.network)
    assert server.asked == [("/c", ""), ("/c", "")]
    assert saved(tmp_path) == CONTENT


def test_the_date_of_the_file_names_its_issue_too(
    server: Server, source: Source, file: File, tmp_path: Path, waits: Waits
) -> None:
    file.etag, file.headers = "Fri, 21 Nov 2025 11:59:00 GMT", {"Last-Modified": "Fri, 21 Nov 2025 11:59:00 GMT"}
    file.faults += ["truncate"]
    download([source], tmp_path, network=waits.network)
    assert server.asked[-1] == ("/c", f"bytes={len(CONTENT) // 2}-")
    assert saved(tmp_path) == CONTENT


def test_a_range_that_is_refused_starts_anew(
    server: Server, source: Source, file: File, tmp_path: Path, waits: Waits
) -> None:
    file.faults += ["truncate", "416"]
    download([source], tmp_path, network=waits.network)
    assert [asked for _path, asked in server.asked] == ["", f"bytes={len(CONTENT) // 2}-", ""]
    assert saved(tmp_path) == CONTENT


def test_delays_grow_up_to_a_cap_and_follow_the_server(
    source: Source, file: File, tmp_path: Path, waits: Waits
) -> None:
    file.faults += ["500", "429", "503", "500", "500"]
    network = Network(attempts=6, first_delay=1, longest_delay=7.5, sleep=waits.append)
    download([source], tmp_path, network=network)
    assert waits == [1, 7, 4, 7.5, 7.5]


def test_redirects_are_followed(server: Server, file: File, tmp_path: Path, waits: Waits) -> None:
    server.files["/r"] = File(b"", faults=["to /c"])
    download([Source(2024, "caracteristiques", server.address("/r"))], tmp_path, network=waits.network)
    assert saved(tmp_path) == CONTENT


@pytest.mark.parametrize("target", ["file:///etc/hostname", "ftp://127.0.0.1/c", "/c"])
def test_redirects_elsewhere_or_in_circles_are_not(
    source: Source, file: File, tmp_path: Path, waits: Waits, target: str
) -> None:
    file.faults += [f"to {target}"] * 20
    with pytest.raises(DataError, match=r"/c cannot be followed .*BALISE_ADDRESSES"):
        download([source], tmp_path, network=waits.network)
    assert names(tmp_path) == []


def test_a_file_whose_size_is_not_said(source: Source, file: File, tmp_path: Path, waits: Waits) -> None:
    in_chunks(file)
    file.faults += ["truncate"]
    seen: list[DownloadProgress] = []
    download([source], tmp_path, seen.append, waits.network)
    assert saved(tmp_path) == CONTENT
    assert {p.bytes_total for p in seen if p.state == "fetching"} == {None}


@pytest.mark.parametrize("says_its_size", [True, False])
def test_a_file_too_large_is_refused(
    server: Server, source: Source, file: File, tmp_path: Path, waits: Waits, says_its_size: bool
) -> None:
    network = Network(largest=len(CONTENT) - 1, sleep=waits.append)
    if not says_its_size:
        in_chunks(file)
    with pytest.raises(DataError, match=r"sends more than [\d,]+ bytes"):
        download([source], tmp_path, network=network)
    assert names(tmp_path) == []
