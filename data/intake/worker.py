"""The process that gets files and imports them: python -m data.intake.worker FOLDER.

Nothing heavy is imported before the first heartbeat.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.errors import DataError
from data.runs import Run
from data.runs.worker import Diary, Stopped, enforce, prepare, unexpected, work
from data.text import _

if TYPE_CHECKING:
    from data.addresses import Source
    from data.download import DownloadProgress, Network
    from data.store import ImportProgress

SPEAK_EVERY = 0.5


class Progress:
    """Writes how far a download and the import after it are, and listens for the wish to cancel."""

    def __init__(self, diary: Diary) -> None:
        self.diary = diary
        self._spoke = 0.0
        self._said = ("", "")  # file and state
        self._bytes = 0  # of the files that were fetched before the present one
        self._read = 0

    def downloaded(self, progress: DownloadProgress) -> None:
        """Raises: Cancelled."""
        self.diary.listen()
        passing = progress.state in ("fetching", "waiting")
        came = self._bytes + (progress.bytes_done if progress.state in ("fetching", "waiting", "fetched") else 0)
        if progress.state == "fetched":
            self._bytes = came
        news = (progress.file, progress.state) != self._said
        if passing and not news and time.monotonic() - self._spoke < SPEAK_EVERY:
            return
        self._spoke, self._said = time.monotonic(), (progress.file, progress.state)
        part = progress.bytes_done / progress.bytes_total if passing and progress.bytes_total else 0.0
        self.diary.write(
            "progress",
            phase="download",
            file=progress.file,
            state=progress.state,
            done=progress.files_done,
            total=progress.files,
            bytes=progress.bytes_done,
            bytes_total=progress.bytes_total,
            came=came,
            share=min(1.0, (progress.files_done + part) / progress.files),
        )

    def imported(self, progress: ImportProgress, files: int) -> None:
        """The first half of an import is taken for reading, the second for cleaning.

        Raises: Cancelled.
        """
        self.diary.listen()
        if progress.years:
            share = 0.5 + 0.5 * progress.years_done / progress.years
        else:
            share = 0.5 * min(1.0, self._read / files)  # an archive may hold more
            self._read += 1
        facts = {"file": progress.file, "year": progress.year, "done": progress.years_done, "total": progress.years}
        self.diary.write("progress", phase="import", share=share, **facts)


def take_in(diary: Diary, network: Network | None = None) -> dict[str, Any]:
    """Do what `spec.json` asks for; gives the years that were imported.

    Raises: DataError naming what could not be had; what could be is imported all the same.
    """
    run, progress = Run(diary.folder), Progress(diary)
    if run.spec["kind"] == "upload":
        return {"years": _upload(run, progress)}
    return _download(run, progress, network)


def _upload(run: Run, progress: Progress) -> list[int]:
    from data.intake.launch import FILES

    folder = run.folder.resolve() / FILES
    try:
        with contextlib.chdir(folder):  # so that messages name the files as the person does
            return _import([Path(entry["name"]) for entry in run.spec["files"]], run, progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _download(run: Run, progress: Progress, network: Network | None) -> dict[str, Any]:
    from data import addresses, download

    tables = addresses.sources(run.spec["years"])
    wanted = [*tables, *map(addresses.reference, run.spec["references"])]
    folder = addresses.raw_folder()
    failed: DataError | None = None
    try:
        done = download.download(
            wanted,
            folder,
            progress.downloaded,
            network,
            new_issues=run.spec["new_issues"],
            again=run.spec["again"],
        )
    except download.DownloadFailed as error:
        done, failed = error.came, error
    years = _import(_whole_years(tables, {*done.fetched, *done.there}, folder), run, progress)
    if failed:
        names = ", ".join(map(str, years)) or _("none")
        raise DataError(_("{error} Years imported all the same: {years}.").format(error=failed, years=names))
    return {"years": years, "fetched": len(done.fetched), "there": len(done.there)}


def _whole_years(tables: Sequence[Source], came: set[Path], folder: Path) -> list[Path]:
    """The files of the years of which every table came."""
    torn = {source.year for source in tables if folder / source.name not in came}
    return [folder / source.name for source in tables if source.year not in torn]


def _import(paths: Sequence[Path], run: Run, progress: Progress) -> list[int]:
    """Import files, and give their years."""
    from data import store

    years: set[int] = set()

    def report(told: ImportProgress) -> None:
        if told.year:
            years.add(told.year)
        progress.imported(told, len(paths))

    if paths:
        store.import_paths(paths, report, replace=run.spec["replace"])
    return sorted(years)


def _explain(error: BaseException) -> str:
    """The sentence a person reads."""
    if isinstance(error, MemoryError):
        return _("There was not enough memory. Take fewer years at once, or close other programs.")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return _("The disk is full. Free some room and start again: a download goes on where it stopped.")
    if isinstance(error, Stopped):
        return _("The operating system stopped the work. Start it again: a download goes on where it stopped.")
    return unexpected(error)


def main(arguments: list[str], network: Network | None = None) -> None:
    prepare()
    diary = Diary(Path(arguments[0]))
    enforce(diary)  # nothing is lost: what came of a file is on disk, and an import counts only when it is whole
    work(diary, lambda: take_in(diary, network), _explain)


if __name__ == "__main__":
    main(sys.argv[1:])
