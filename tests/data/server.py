"""A server of files that misbehaves on demand: on this machine, in this process."""

from __future__ import annotations

import contextlib
import json
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from data.borders import MAINLAND
from data.download import Network
from tests.data import official

CONTENT = official.text(official.rows("caracteristiques", *[{}] * 3000)).encode()
PAGE = b"<!DOCTYPE html><html><body>Maintenance</body></html>"
CALENDAR_HEADER = "description;population;start_date;end_date;location;zones;annee_scolaire"
OLD_HEADERS = {
    "caracteristiques": "Num_Acc,an,mois,jour,hrmn,lum,agg,int,atm,col,com,adr,gps,lat,long,dep",
    "lieux": "Num_Acc,catr,voie,v1,v2,circ,nbv,pr,pr1,vosp,prof,plan,lartpc,larrout,surf,infra,situ,env1",
    "vehicules": "Num_Acc,senc,catv,occutc,obs,obsm,choc,manv,num_veh",
    "usagers": "Num_Acc,place,catu,grav,sexe,trajet,secu,locp,actp,etatp,an_nais,num_veh",
}


def squares(codes: tuple[str, ...] = MAINLAND) -> dict:
    """GeoJSON of départements that are all the same square: no border of anything."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": code, "nom": f"Département {code}"},
                "geometry": {"type": "Polygon", "coordinates": [[[2.0, 46.0], [3.0, 46.0], [3.0, 47.0], [2.0, 46.0]]]},
            }
            for code in codes
        ],
    }


def calendar_text(*rows: str) -> str:
    """A calendar as the ministry exports it; without rows, one school year of invented holidays in three zones."""
    return "\n".join([CALENDAR_HEADER, *(rows or invented_year())]) + "\n"


def invented_year() -> list[str]:
    periods = [
        ("Vacances de la Toussaint", "2027-10-22T22:00:00+00:00", "2027-11-07T23:00:00+00:00"),
        ("Vacances de Noël", "2027-12-17T23:00:00+00:00", "2028-01-02T23:00:00+00:00"),
        ("Vacances d'Hiver", "2028-02-11T23:00:00+00:00", "2028-02-27T23:00:00+00:00"),
        ("Vacances de Printemps", "2028-04-14T22:00:00+00:00", "2028-05-01T22:00:00+00:00"),
        ("Début des Vacances d'Été", "2028-07-07T22:00:00+00:00", "2028-07-07T22:00:00+00:00"),
    ]
    return [
        f"{name};-;{start};{end};Académie {zone};Zone {zone};2027-2028"
        for name, start, end in periods
        for zone in ("A", "B", "C")
    ]


BORDERS, CALENDAR = json.dumps(squares()).encode(), calendar_text().encode()


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
        self.patience = 5.0  # seconds of a stall, unless released

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def count(self, path: str) -> int:
        return Counter(p for p, _range in self.asked)[path]


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """A server without files, until the end of the block."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


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
        if fault in ("truncate", "stall", "trickle"):
            content, rest = content[: len(content) // 2], content[len(content) // 2 :]
        self._send(206 if start else 200, content, headers, whole)
        if fault == "stall":
            self.server.released.wait(self.server.patience)
        if fault == "trickle":
            self._trickle(rest)

    def _trickle(self, rest: bytes) -> None:
        with contextlib.suppress(OSError):  # whoever asked has hung up
            for byte in rest:
                if self.server.released.wait(0.02):
                    return
                self.wfile.write(bytes([byte]))

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


def publish(server: Server, path: Path, years: Sequence[int] = (2024,)) -> Path:
    """Put one accident a year, borders and a calendar on a server, and their addresses into a CSV."""
    rows = ["kind,year,table,address"]
    for year in years:
        changes = {"Num_Acc": f"{year}90000001", "an": str(year)}
        for table in OLD_HEADERS:
            frame = official.rows(table)  # type: ignore[arg-type]
            frame = frame.assign(**{name: value for name, value in changes.items() if name in frame})
            server.files[f"/{table}-{year}"] = File(official.text(frame).encode())
            rows.append(f"baac,{year},{table},{server.address(f'/{table}-{year}')}")
    for kind, content in {"borders": BORDERS, "school-holidays": CALENDAR}.items():
        server.files[f"/{kind}"] = File(content)
        rows.append(f"{kind},,,{server.address(f'/{kind}')}")
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


class Waits(list[float]):
    """The delays asked for; nobody waits."""

    @property
    def network(self) -> Network:
        return Network(connect=2, stall=0.3, attempts=4, sleep=self.append)


def in_chunks(file: File) -> None:
    """Send the content without saying how long it is."""
    file.headers = {"Transfer-Encoding": "chunked"}
    file.content = f"{len(file.content):x}\r\n".encode() + file.content + b"\r\n0\r\n\r\n"


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.name != ".lock")


def saved(folder: Path) -> bytes:
    return (folder / "caracteristiques-2024.csv").read_bytes()
