"""Fetching official files: what stops half-way goes on later, and a file counts only after it was checked whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import requests

from data import arrival
from data.addresses import Source
from data.errors import Cancelled, DataError
from data.locks import locked
from data.text import _
from data.transfer import Again, Network, Part, Record, read, resumable, size_of, transfer, write

__all__ = [
    "DownloadCancelled",
    "DownloadFailed",
    "DownloadProgress",
    "Downloaded",
    "Network",
    "Report",
    "download",
    "silent",
]

State = Literal["fetching", "waiting", "fetched", "there", "failed"]


class DownloadCancelled(Cancelled):
    """The person asked a download to stop; raised by `Report`, passes through `download`."""


@dataclass(frozen=True)
class DownloadProgress:
    """How far a download is: `files_done` of `files`, and the bytes of the file that it is at.

    `bytes_total` is missing where the server does not say. `waiting`: for the next attempt; `there`: whole before,
    so that nothing was fetched.
    """

    file: str
    state: State
    files_done: int
    files: int
    bytes_done: int = 0
    bytes_total: int | None = None


Report = Callable[[DownloadProgress], None]


def silent(progress: DownloadProgress) -> None:
    """A report for downloads that nobody watches."""


@dataclass(frozen=True)
class Downloaded:
    """The files of a download: those fetched now, and those that were there whole."""

    fetched: tuple[Path, ...]
    there: tuple[Path, ...]


@dataclass(frozen=True)
class _Job:
    """One file to fetch; `tell` takes a state, the bytes that came and all bytes."""

    source: Source
    path: Path
    network: Network
    session: requests.Session
    new_issues: bool
    tell: Callable[..., None]

    # what is not a table has a hidden name, so that an import of the folder passes over it
    @property
    def record(self) -> Path:
        return self.path.with_name(f".{self.path.name}.json")

    @property
    def part(self) -> Part:
        return Part(self.source.address, self.path.with_name(f".{self.path.name}.part"))


class DownloadFailed(DataError):
    """Some files could not be had: the sentence says which and why, `came` holds those that were."""

    def __init__(self, sentence: str, came: Downloaded) -> None:
        super().__init__(sentence)
        self.came = came


class _Offline(DataError):
    """No connection: the other files would not come either."""


def download(
    sources: Iterable[Source],
    folder: Path,
    report: Report = silent,
    network: Network | None = None,
    *,
    new_issues: bool = False,
    again: bool = False,
) -> Downloaded:
    """Fetch files into a folder; whatever `report` raises stops it, and the next download goes on from there.

    A file that cannot be had does not keep the others from coming; without a connection nothing more is tried.
    `new_issues` takes a file although its checksum is not the one known; `again` fetches what is there too.

    Raises: DownloadFailed naming the address and the remedy, an earlier file of that name is then as it was; DataError
    where the folder cannot be written.
    """
    wanted = list(sources)
    fetched: list[Path] = []
    there: list[Path] = []
    failed: dict[str, DataError] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder), requests.Session() as session:
            session.max_redirects = 10
            for i, source in enumerate(wanted):
                tell = partial(_tell, report, source.name, i, len(wanted))
                job = _Job(source, folder / source.name, network or Network(), session, new_issues, tell)
                try:
                    if not again and _is_there(job):
                        there.append(job.path)
                    else:
                        _fetch(job)
                        fetched.append(job.path)
                except DataError as error:
                    job.tell("failed")
                    failed[source.name] = error
                    if isinstance(error, _Offline):
                        break
    except OSError as error:
        message = _("{folder} cannot be written ({error}); name another folder with --out or in BALISE_RAW.")
        raise DataError(message.format(folder=folder, error=error.strerror or error)) from error
    done = Downloaded(tuple(fetched), tuple(there))
    if failed:
        raise DownloadFailed(_sentence(failed), done)
    return done


def _is_there(job: _Job) -> bool:
    """Whether the file is there whole: as its record says, or put there by a person under the right name."""
    size = size_of(job.path)
    if not size:
        return False
    record = read(job.record) if job.record.exists() else _record_of(job, size)
    whole = record is not None and (record.address, record.size) == (job.source.address, size)
    if not (record and whole and arrival.sha256_of(job.path) == record.sha256):
        return False
    job.tell("there", size, size)
    return True


def _record_of(job: _Job, size: int) -> Record | None:
    """A record for a file that nobody downloaded, written down; none where it is not the file wanted."""
    try:
        arrival.check(job.path, job.source, new_issues=job.new_issues)
    except DataError:
        return None
    record = Record(job.source.address, size=size, sha256=arrival.sha256_of(job.path))
    write(job.record, record)
    return record


def _fetch(job: _Job) -> None:
    """Fetch one file, check it and put it in the place of an earlier one in one step."""
    record, part = _transferred(job), job.part
    try:
        arrival.check(part.path, job.source, new_issues=job.new_issues)
    except DataError:
        part.drop()
        raise
    size = size_of(part.path)
    record = replace(record, size=size, sha256=arrival.sha256_of(part.path))
    os.replace(part.path, job.path)
    write(job.record, record)
    part.drop()
    job.tell("fetched", size, size)


def _transferred(job: _Job) -> Record:
    """Try until the part is whole, ever more patiently."""
    network, delay = job.network, job.network.first_delay
    for attempt in range(1, network.attempts + 1):
        try:
            return transfer(job.session, job.part, network, partial(job.tell, "fetching"))
        except Again as error:
            if attempt == network.attempts:
                raise _given_up(job, error) from error
            job.tell("waiting", resumable(job.part)[1])
            network.sleep(min(max(delay, error.wait), network.longest_delay))
            delay *= 2
    raise ValueError("at least one attempt is needed")


def _tell(
    report: Report, file: str, index: int, files: int, state: State, done: int = 0, total: int | None = None
) -> None:
    ended = state not in ("fetching", "waiting")
    report(DownloadProgress(file, state, index + ended, files, done, total))


def _given_up(job: _Job, error: Again) -> DataError:
    message = _(
        "{address} cannot be fetched: {reason}, after {attempts} attempts; check the network and the proxy "
        "(HTTPS_PROXY), then start the same download again: it goes on where it stopped."
    )
    kind = _Offline if error.offline else DataError
    return kind(message.format(address=job.source.address, reason=error, attempts=job.network.attempts))


def _sentence(failed: Mapping[str, DataError]) -> str:
    error, *others = failed.values()
    if not others:
        return str(error)
    names = ", ".join(list(failed)[1:])
    return _("{error} Files that failed too: {names}.").format(error=error, names=names)
