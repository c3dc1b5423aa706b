"""python -m data: fetch and import official files, make the simulated data, read the report of what is loaded."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import AppError, DataError
from data.text import _

if TYPE_CHECKING:
    from data.download import DownloadProgress


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns: 0, or with one sentence on standard error 2, and 130 where it was stopped.
    """
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except AppError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(_("Stopped."), file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data", description=_("The accident data of the product."))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    reading = commands.add_parser("import", help=_("read official BAAC files of any year"))
    reading.add_argument("paths", nargs="+", metavar="PATH", help=_("a file, folder or archive (zip, gz) of tables"))
    reading.add_argument("--replace", action="store_true", help=_("also where a year then has fewer tables than now"))
    reading.set_defaults(run=_import)
    fetching = commands.add_parser("download", help=_("fetch official files"))
    fetching.add_argument("--years", metavar="YEARS", help=_("accidents of 2023, 2019-2024 or 2019,2021-2023"))
    fetching.add_argument("--borders", action="store_true", help=_("the borders of the départements, for maps"))
    fetching.add_argument("--school-holidays", action="store_true", help=_("the school calendar, for forecasts"))
    fetching.add_argument("--out", type=Path, metavar="FOLDER", help=_("default: BALISE_RAW, or data/raw"))
    fetching.add_argument("--import", dest="reading", action="store_true", help=_("import the years afterwards"))
    fetching.add_argument("--again", action="store_true", help=_("fetch also what is there already"))
    fetching.add_argument("--new-issues", action="store_true", help=_("take files whose checksum is not the one known"))
    fetching.set_defaults(run=_download)
    commands.add_parser("demo", help=_("make the simulated data")).set_defaults(run=_demo)
    commands.add_parser("report", help=_("what is loaded, and what was changed in it")).set_defaults(run=_report)
    counting = commands.add_parser("series", help=_("accidents a day of what is loaded, as a CSV file"))
    counting.add_argument("--out", type=Path, required=True, metavar="FILE", help=_("a new .csv or .csv.gz file"))
    counting.add_argument("--by-departement", action="store_true", help=_("one row a day and département"))
    counting.set_defaults(run=_series)
    return parser


def _import(options: argparse.Namespace) -> None:
    _import_paths(options.paths, replace=options.replace)


def _import_paths(paths: Sequence[str | Path], *, replace: bool = False) -> None:
    from data import report, store

    years: set[str] = set()

    def told(progress: store.ImportProgress) -> None:
        if progress.year:
            years.add(str(progress.year))
        if sys.stderr.isatty():
            what = progress.file or str(progress.year)
            print(f"\r\033[K{what}", end="", file=sys.stderr, flush=True)

    dataset = store.import_paths(paths, told, replace=replace)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    imported = {year: facts for year, facts in dataset.report["years"].items() if year in years}
    print("\n".join(report.summary({**dataset.report, "years": imported})))
    message = _("Loaded now: {years}. `python -m data report` says what was changed.")
    print(message.format(years=", ".join(map(str, dataset.years))))


def _download(options: argparse.Namespace) -> None:
    from data import addresses, download

    folder = options.out or addresses.raw_folder()
    tables = addresses.sources(addresses.years_of(options.years)) if options.years is not None else []
    asked = {"borders": options.borders, "school-holidays": options.school_holidays}
    sources = [*tables, *(addresses.reference(kind) for kind in addresses.REFERENCES if asked[kind])]
    if not sources:
        raise DataError(_("Say what to download: --years YEARS, --borders, --school-holidays, or several of them."))
    try:
        done = download.download(sources, folder, _Meter(), new_issues=options.new_issues, again=options.again)
    except KeyboardInterrupt:
        print(file=sys.stderr)  # below the line of progress
        message = _("Stopped; the same command goes on where it stopped.")
        raise download.DownloadCancelled(message) from None
    message = _("{folder}: {fetched} files fetched, {there} there already and whole.")
    print(message.format(folder=folder, fetched=len(done.fetched), there=len(done.there)))
    if options.reading and tables:
        _import_paths([folder / source.name for source in tables])


class _Meter:
    """Progress on standard error: a line a file, and bytes that count up where a person looks on."""

    def __init__(self) -> None:
        self.shown = 0.0

    def __call__(self, progress: DownloadProgress) -> None:
        states = {
            "fetching": _("fetching"),
            "waiting": _("waiting to try again"),
            "fetched": _("fetched"),
            "there": _("there already and whole"),
            "failed": _("failed"),
        }
        passing, live = progress.state in ("fetching", "waiting"), sys.stderr.isatty()
        if passing and (not live or time.monotonic() - self.shown < 0.2):
            return
        self.shown = time.monotonic()
        known = progress.bytes_total is not None and passing
        size = f"{progress.bytes_done / 1e6:.1f}" + (f" / {(progress.bytes_total or 0) / 1e6:.1f}" if known else "")
        line = _("{file}: {state}, {size} MB ({done} of {files} files)").format(
            file=progress.file, state=states[progress.state], size=size, done=progress.files_done, files=progress.files
        )
        start = "\r\033[K" if live else ""
        print(start + line, end="" if passing else "\n", file=sys.stderr, flush=True)


def _demo(options: argparse.Namespace) -> None:
    from data import report, store

    dataset = store.demo()
    print(_("Simulated accidents, no real record:"))
    print("\n".join(report.summary(dataset.report)))


def _report(options: argparse.Namespace) -> None:
    from data import report, store

    dataset = store.loaded()
    if dataset.simulated:
        print(_("Simulated accidents, no real record: import official files to replace them."))
    print("\n".join([*report.summary(dataset.report), *report.details(dataset.report)]))


def _series(options: argparse.Namespace) -> None:
    from data import series, series_files, store

    dataset = store.loaded()
    counting = series.daily_by_departement if options.by_departement else series.daily
    columns = ["date", "year", *(["departement"] if options.by_departement else [])]
    counts = counting(dataset.accidents(columns), simulated=dataset.simulated)
    series_files.write(counts, options.out)
    if dataset.simulated:
        print(_("Simulated accidents, no real record: import official files to replace them."))
    known = counts.dropna(how="all")
    message = _("{file}: {days:,} days, {first} to {last}.")
    first, last = known.index[0].date(), known.index[-1].date()
    print(message.format(file=options.out, days=len(known), first=first, last=last))


if __name__ == "__main__":
    sys.exit(main())
