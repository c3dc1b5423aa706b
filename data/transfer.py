"""One attempt at fetching a file over HTTP into a part, going on where an earlier attempt stopped."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import requests
import urllib3

from data import arrival
from data.errors import DataError
from data.text import _

CHUNK = 1 << 16
_PASSING = (408, 425, 429)  # with every status from 500: worth another try
_MOVED = (404, 410)
_HEADERS = {"User-Agent": "balise", "Accept-Encoding": "identity"}  # encoded content could not be resumed

Tell = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Network:
    """How patient a download is. Units: seconds, bytes.

    A transfer that brings less than `slowest` bytes a second over `stall` seconds is taken for stalled.
    """

    connect: float = 10.0
    stall: float = 30.0
    slowest: float = 500.0
    attempts: int = 5
    first_delay: float = 1.0
    longest_delay: float = 30.0
    largest: int = 200_000_000
    sleep: Callable[[float], None] = time.sleep


class Again(Exception):
    """A transfer that may succeed when it is tried again.

    `wait` is what the server asks for, in seconds; `offline`: no server was reached at all.
    """

    def __init__(self, reason: str, wait: float = 0.0, *, offline: bool = False) -> None:
        super().__init__(reason)
        self.wait = wait
        self.offline = offline


@dataclass(frozen=True)
class Record:
    """What is known of a file or of the part of it that came; `validator` is what its server calls this issue."""

    address: str
    validator: str = ""
    size: int | None = None
    sha256: str = ""


@dataclass(frozen=True)
class Part:
    """What came of a file so far, and the record beside it."""

    address: str
    path: Path

    @property
    def record(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    def drop(self) -> None:
        """Forget what came."""
        self.path.unlink(missing_ok=True)
        self.record.unlink(missing_ok=True)


def transfer(session: requests.Session, part: Part, network: Network, tell: Tell) -> Record:
    """One attempt: the rest of the file where its server still has the same issue, else all of it.

    Raises: Again where another attempt may succeed; DataError where none will.
    """
    earlier, offset = resumable(part)
    headers = dict(_HEADERS)
    if earlier and offset == earlier.size:
        return earlier
    if earlier:
        headers |= {"Range": f"bytes={offset}-", "If-Range": earlier.validator}
    timeout = (network.connect, network.stall)
    try:
        with session.get(part.address, headers=headers, stream=True, timeout=timeout) as response:
            record = Record(part.address, _validator(response.headers), _size(part, response, network.largest))
            if response.status_code != requests.codes.partial_content:
                offset = 0
            elif earlier is None or not _continues(response, offset, earlier, record):
                part.drop()
                raise Again(_("the file changed meanwhile"))
            _receive(part, response, offset, record, network, tell)
            return record
    except (requests.ConnectionError, requests.Timeout, urllib3.exceptions.HTTPError) as error:
        raise _interrupted(error, network) from error
    except requests.RequestException as error:  # a redirect in circles, or to what is neither http nor https
        message = _("{address} cannot be followed ({error}); {remedy}")
        raise DataError(message.format(address=part.address, error=error, remedy=arrival.remedy())) from error


def resumable(part: Part) -> tuple[Record | None, int]:
    """What the part is a part of, and how many bytes came; none where nothing tells whether the rest would fit."""
    earlier, came = read(part.record), size_of(part.path)
    if earlier is None or earlier.address != part.address or not earlier.validator or not came:
        return None, 0
    return earlier, came


def size_of(path: Path) -> int:
    """Units: bytes, 0 where there is no file."""
    return path.stat().st_size if path.is_file() else 0


def read(path: Path) -> Record | None:
    """A record; none where it is torn, so that its file is fetched again."""
    try:
        return Record(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write(path: Path, record: Record) -> None:
    path.write_text(json.dumps(asdict(record)), encoding="utf-8")


def _size(part: Part, response: requests.Response, largest: int) -> int | None:
    """The size of the whole file, where the answer holds it or the rest of it, and the server says its size."""
    _check_status(part, response)
    if response.headers.get("Content-Type", "").lower().startswith(("text/html", "application/xhtml")):
        raise arrival.page(part.address)  # before it takes the place of what came earlier
    if response.status_code == requests.codes.partial_content:
        written = response.headers.get("Content-Range", "").rpartition("/")[2]
    else:
        written = response.headers.get("Content-Length", "")
    size = int(written) if written.isdecimal() else None
    if size is not None and size > largest:
        raise _too_large(part, largest)
    return size


def _check_status(part: Part, response: requests.Response) -> None:
    status = response.status_code
    if status in _MOVED:
        message = _("{address} is no longer there (answer {status}); {remedy}")
        raise DataError(message.format(address=part.address, status=status, remedy=arrival.remedy()))
    if status == requests.codes.requested_range_not_satisfiable:
        part.drop()
        raise Again(_("the file changed meanwhile"))
    if status in _PASSING or status >= 500:
        wait = response.headers.get("Retry-After", "")
        raise Again(_("the server answers {status}").format(status=status), float(wait) if wait.isdecimal() else 0.0)
    if status not in (requests.codes.ok, requests.codes.partial_content):
        message = _("{address} refuses the file (answer {status}); try again later, or {remedy}")
        raise DataError(message.format(address=part.address, status=status, remedy=arrival.remedy()))


def _continues(response: requests.Response, offset: int, earlier: Record, now: Record) -> bool:
    start = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    same = (now.validator, now.size) == (earlier.validator, earlier.size)
    return same and start is not None and int(start[1]) == offset


def _receive(
    part: Part, response: requests.Response, offset: int, record: Record, network: Network, tell: Tell
) -> None:
    done = offset
    pace = _Pace(network)
    with part.path.open("ab" if offset else "wb") as file:
        write(part.record, record)  # only after what came of another issue is gone
        tell(done, record.size)
        while done <= network.largest and (chunk := response.raw.read1(CHUNK, decode_content=False)):
            done += file.write(chunk)
            tell(done, record.size)
            pace.check(len(chunk))
        file.flush()
        os.fsync(file.fileno())
    if done > network.largest:
        part.drop()
        raise _too_large(part, network.largest)
    if record.size is not None and done != record.size:
        raise Again(_("{done} of {size} bytes came").format(done=done, size=record.size))


class _Pace:
    """Whether enough comes: a server that sends a few bytes now and then never runs into a timeout."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.since, self.came = time.monotonic(), 0

    def check(self, size: int) -> None:
        """Raises: Again where too little came in the time of a stall."""
        self.came += size
        passed = time.monotonic() - self.since
        if passed < self.network.stall:
            return
        if self.came < self.network.slowest * passed:
            message = _("only {bytes:,} bytes came in {seconds:.0f} s")
            raise Again(message.format(bytes=self.came, seconds=passed))
        self.since, self.came = time.monotonic(), 0


def _validator(headers: Mapping[str, str]) -> str:
    """What tells one issue of a file from another, byte by byte, hence no weak ETag."""
    tag = headers.get("ETag", "")
    return tag if tag.startswith('"') else headers.get("Last-Modified", "")


def _interrupted(error: Exception, network: Network) -> Again:
    if isinstance(error, requests.exceptions.SSLError):
        return Again(_("its certificate is not trusted"), offline=True)
    if isinstance(error, requests.exceptions.ProxyError):
        return Again(_("the proxy cannot be used"), offline=True)
    if isinstance(error, requests.ConnectTimeout):
        return Again(_("nobody answered for {seconds:g} s").format(seconds=network.connect), offline=True)
    if isinstance(error, (requests.ReadTimeout, urllib3.exceptions.ReadTimeoutError)):
        return Again(_("nothing came for {seconds:g} s").format(seconds=network.stall))
    reset = bool(error.args) and isinstance(error.args[0], urllib3.exceptions.ProtocolError)
    if isinstance(error, requests.ConnectionError) and not reset:
        return Again(_("there is no connection"), offline=True)
    return Again(_("the connection broke"))


def _too_large(part: Part, largest: int) -> DataError:
    message = _("{address} sends more than {limit:,} bytes, more than any official file has; {remedy}")
    return DataError(message.format(address=part.address, limit=largest, remedy=arrival.remedy()))
