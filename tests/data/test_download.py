"""Fetching files from a server that misbehaves: on this machine, in this process."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from data import addresses, load, store
from data.__main__ import main
from data.addresses import Source
from data.download import DownloadCancelled, Downloaded, DownloadProgress, Network, download
from data.errors import DataError
from tests.data import official

OLD_HEADERS = {
    "caracteristiques": "Num_Acc,an,mois,jour,hrmn,lum,agg,int,atm,col,com,adr,gps,lat,long,dep",
    "lieux": "Num_Acc,catr,voie,v1,v2,circ,nbv,pr,pr1,vosp,prof,plan,lartpc,larrout,surf,infra,situ,env1",
    "vehicules": "Num_Acc,senc,catv,occutc,obs,obsm,choc,manv,num_veh",
    "usagers": "Num_Acc,place,catu,grav,sexe,trajet,secu,locp,actp,etatp,an_nais,num_veh",
}
PAGE = b"<!DOCTYPE html><html><body>Maintenance</body></html>"


@dataclass
class File:
    """What the server does for one path: `faults` are used up one a request, then it answers as it should."""

    content: bytes
    faults: list[str] = field(default_factory=list)
    etag: str = '"1"'
    headers: dict[str, str] = field(default_factory=dict)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, File] = {}
        self.asked: list[tuple[str, str]] = []
        self.released = threading.Event()

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def count(self, path: str) -> int:
        return Counter(p for p, _range in self.asked)[path]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = self.headers.get("Range", "")
        self.server.asked.append((self.path, asked))
        file = self.server.files.get(self.path)
        fault = file.faults.pop(0) if file and file.faults else ""
        if file is None:
            self.send_error(404)
        elif fault.isdecimal():
            self._send(int(fault), b"", {"Retry-After": "7"} if fault == "429" else {})
        elif fault.startswith("to "):
            self._send(302, b"", {"Location": fault[3:]})
        elif fault == "page":
            self._send(200, PAGE, {"Content-Type": "text/html; charset=utf-8"})
        else:
            self._file(file, fault, asked)

    def _file(self, file: File, fault: str, asked: str) -> None:
        headers = {"ETag": file.etag, "Content-Type": "text/csv", **file.headers}
        same = self.headers.get("If-Range") == file.etag or fault == "glue"
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and same else 0
        content, total = file.content[start:], len(file.content)
        if start:
            headers["Content-Range"] = f"bytes {start}-{total - 1}/{total}"
        whole = len(content)
        if fault in ("truncate", "stall"):
            content = content[: len(content) // 2]
        self._send(206 if start else 200, content, headers, whole)
        if fault == "stall":
            self.server.released.wait(5)

    def _send(self, status: int, content: bytes, headers: dict[str, str], length: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Transfer-Encoding" not in headers:
            self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    serving = Server()
    thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield serving
    serving.released.set()
    serving.shutdown()
    thread.join()
    serving.server_close()


class Waits(list[float]):
    """The delays asked for; nobody waits."""

    @property
    def network(self) -> Network:
        return Network(connect=2, stall=0.3, attempts=4, sleep=self.append)


@pytest.fixture
def waits() -> Waits:
    return Waits()


CONTENT = official.text(official.rows("caracteristiques", *[{}] * 3000)).encode()


@pytest.fixture
def file(server: Server) -> File:
    server.files["/c"] = File(CONTENT)
    return server.files["/c"]


@pytest.fixture
def source(server: Server, file: File) -> Source:
    return Source(2024, "caracteristiques", server.address("/c"))


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.name != ".lock")


def saved(folder: Path) -> bytes:
    return (folder / "caracteristiques-2024.csv").read_bytes()


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


@pytest.mark.parametrize("fault", ["truncate", "stall"])
def test_what_breaks_off_goes_on_where_it_stopped(
    server: Server, source: Source, file: File, tmp_path: Path, waits: Waits, fault: str
) -> None:
    file.faults += [fault, fault]
    download([source], tmp_path, network=waits.network)
    assert saved(tmp_path) == CONTENT
    half = len(CONTENT) // 2
    ranges = [asked for _path, asked in server.asked]
    assert ranges == ["", f"bytes={half}-", f"bytes={half + (len(CONTENT) - half) // 2}-"]
    assert waits == [1.0, 2.0]


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


def change_page(file: File) -> None:
    file.faults += ["page"]


def change_content(content: bytes) -> Callable[[File], None]:
    def change(file: File) -> None:
        file.content = content

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (change_page, "a web page in place of the CSV"),
        (change_content(PAGE), "a web page in place of the CSV"),
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


def in_chunks(file: File) -> None:
    """Send the content without saying how long it is."""
    file.headers = {"Transfer-Encoding": "chunked"}
    file.content = f"{len(file.content):x}\r\n".encode() + file.content + b"\r\n0\r\n\r\n"


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


def test_one_bad_address_does_not_keep_the_others_from_coming(
    server: Server, source: Source, tmp_path: Path, waits: Waits
) -> None:
    gone = [Source(2024, "lieux", server.address("/l")), Source(2024, "usagers", server.address("/u"))]
    with pytest.raises(DataError, match=r"/l is no longer there .* too: usagers-2024\.csv\.$"):
        download([*gone, source], tmp_path, network=waits.network)
    assert saved(tmp_path) == CONTENT


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
    from data import arrival

    known = {(s.table, s.year): s for s in addresses.sources(range(2005, 2025))}
    tables = {"caract": "caracteristiques", "carac": "caracteristiques"}
    for folder in ("2013", "2016-extract", "2018", "2023", "2024"):
        for path in (real_data / "baac" / folder).glob("*.csv"):
            name, year = path.stem.replace("_", "-").split("-")
            source = known[tables.get(name, name), int(year)]  # type: ignore[index]
            arrival.check(path, source, new_issues=True)


@pytest.fixture
def overridden(server: Server, folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Addresses of the four tables of 2024 on the server of the test, and a folder to fetch them to."""
    rows = ["kind,year,table,address"]
    for table in OLD_HEADERS:
        server.files[f"/{table}"] = File(official.text(official.rows(table)).encode())  # type: ignore[arg-type]
        rows.append(f"baac,2024,{table},{server.address('/' + table)}")
    path = folders / "addresses.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
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


def test_the_command_says_in_one_sentence_what_failed(
    server: Server, overridden: Path, folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del server.files["/lieux"]
    assert main(["download", "--years", "2024", "--out", str(folders / "there"), "--import"]) == 2
    err = capsys.readouterr().err
    assert err.splitlines()[-1].startswith(f"{server.address('/lieux')} is no longer there (answer 404);")
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
