"""The processed data on disk: a folder of Parquet files a year, and one small file that says which of them count.

`current.json` is replaced in one step after the new years are written whole beside the old ones, so that whatever
happens meanwhile the earlier import stays as it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data import accidents, schema, years
from data.accidents import Joined
from data.dataset import FRAMES, Dataset, InMemory, Source, fingerprint, frames_of, version_of
from data.errors import DataError
from data.locks import locked
from data.text import _

# to be raised when the columns of the frames or their meaning change: older imports are then refused, not misread
FORMAT = 4
POINTER = "current.json"
# what is being written, until it has its name; and the folder of a year
_PART = ".part-"
_YEAR = re.compile(r"\d{4}-[0-9a-f]{8}")

__all__ = [
    "Dataset",
    "ImportProgress",
    "Source",
    "current",
    "demo",
    "import_paths",
    "loaded",
    "open_data",
    "processed_folder",
    "save_import",
]

# the simulated data are made again when one of these changes
_DEMO_CODE = (
    "demo/*.py",
    *("accidents.py", "cells.py", "clean.py", "facts.py", "schema.py", "store.py", "territories.py", "years.py"),
)


@dataclass(frozen=True)
class ImportProgress:
    """How far an import is: the `file` being read, or the `year` being cleaned, with `years_done` of `years`.

    While files are read `year` and `years` are 0.
    """

    year: int
    years_done: int
    years: int
    file: str = ""


Report = Callable[[ImportProgress], None]


class _Outdated(DataError):
    """An import that an earlier version of the product wrote."""


def silent(progress: ImportProgress) -> None:
    """A report for imports that nobody watches."""


def processed_folder() -> Path:
    """Where imported and simulated data lie: BALISE_DATA, or data/processed beside the code."""
    return Path(os.environ.get("BALISE_DATA") or Path(__file__).resolve().parent / "processed")


def current() -> Dataset | None:
    """The imported data, if any.

    Raises: DataError where the record of the import cannot be read.
    """
    folder = processed_folder()
    return _dataset(folder, _pointer(folder))


def demo() -> Dataset:
    """The simulated data, made on first need and again when the code that makes them changes.

    Raises: DataError where the folder cannot be written.
    """
    folder, code = processed_folder() / "demo", _demo_code()
    made = _made(folder, code)
    if made is None:
        with _writing(folder):
            made = _made(folder, code)  # another process may have made them while this one waited
            if made is None:
                from data.demo import tables

                made = _save(folder, [accidents.from_tables(tables())], {}, code=code)
    return made


def loaded() -> Dataset:
    """What the product shows: the imported data, or the simulated where nothing is imported."""
    return current() or demo()


def import_paths(paths: Iterable[Path | str], report: Report = silent, *, replace: bool = False) -> Dataset:
    """Read official files, archives and folders of them, and keep their years, each in the place of the same year.

    Other years stay. Whatever `report` raises stops the import. `replace` lets a year take the place of one that was
    imported with more tables.

    Raises: DataError naming the file and what is wrong with it, or the tables that would be lost; the earlier import
    is then as it was.
    """
    raw = years.read(paths, lambda name: report(ImportProgress(0, 0, 0, name)))
    tables = {year: frozenset(parts) for year, parts in raw.parts.items()}
    return save_import(_reported(raw, report), {} if replace else tables)


def save_import(parts: Iterable[Joined], tables: Mapping[int, Collection[str]] | None = None) -> Dataset:
    """Keep joined years: they replace the same years, other years stay.

    Raises: DataError where the folder cannot be written, or where a year of `tables` was imported with more tables;
    the earlier import is then as it was.
    """
    folder = processed_folder()
    with _writing(folder):
        try:
            earlier = _pointer(folder).get("years", {})
        except _Outdated:
            earlier = {}  # nothing can read it any more: the new import takes its place
        _refuse_loss(tables or {}, earlier)
        return _save(folder, parts, earlier)


def open_data(spec: str) -> Source:
    """`processed` is what the product shows; anything else is a file or folder of official files, read in memory.

    Raises: DataError naming the file and what is wrong with it.
    """
    if spec == "processed":
        return loaded()
    joined = accidents.from_paths([spec])
    return InMemory(
        version=version_of({str(year): fingerprint(frames_of(joined, year)) for year in joined.years}),
        years=joined.years,
        simulated=accidents.is_simulated(joined.accidents),
        report=joined.report,
        joined=joined,
    )


def _dataset(folder: Path, pointer: Mapping[str, Any]) -> Dataset | None:
    entries = pointer.get("years", {})
    if not entries:
        return None
    years = sorted(entries)
    return Dataset(
        version=version_of({year: entries[year]["version"] for year in years}),
        years=tuple(map(int, years)),
        simulated=any(entries[year]["report"]["simulated"] for year in years),
        report={"years": {year: entries[year]["report"] for year in years}, "ignored": pointer["ignored"]},
        folders=tuple(folder / entries[year]["folder"] for year in years),
    )


def _made(folder: Path, code: str) -> Dataset | None:
    """The simulated data on disk, where they are whole and made by this code; damaged ones are simply made again."""
    try:
        pointer = _pointer(folder)
    except DataError:
        return None
    made = _dataset(folder, pointer) if pointer.get("code") == code else None
    whole = made is not None and all((f / f"{name}.parquet").is_file() for f in made.folders for name in FRAMES)
    return made if whole else None


def _demo_code() -> str:
    here = Path(__file__).resolve().parent
    digest = hashlib.sha256()
    for path in sorted({p for pattern in _DEMO_CODE for p in here.glob(pattern)}):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """The one writer of a folder, which is made where it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            yield
    except OSError as error:
        message = _("{folder} cannot be written ({error}); name another folder in the variable BALISE_DATA.")
        # Arrow's own words are long
        reason = os.strerror(error.errno) if error.errno else error
        raise DataError(message.format(folder=folder, error=reason)) from error


def _pointer(folder: Path) -> dict[str, Any]:
    path = folder / POINTER
    try:
        pointer = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        message = _("{path} cannot be read ({error}); remove it and import the official files again.")
        raise DataError(message.format(path=path, error=error)) from error
    written: object = pointer.get("format") if isinstance(pointer, dict) else None
    if isinstance(written, int) and written < FORMAT:
        message = _("{path} was written by an earlier version of the product; import the official files again.")
        raise _Outdated(message.format(path=path))
    if not isinstance(pointer, dict) or written != FORMAT:
        message = _("{path} was written by another version of the product; remove it and import the files again.")
        raise DataError(message.format(path=path))
    return pointer


def _reported(raw: years.RawYears, report: Report) -> Iterator[Joined]:
    wanted = raw.years
    joined = accidents.joined(raw)
    for done, year in enumerate(wanted):
        report(ImportProgress(year, done, len(wanted)))
        yield next(joined)
    report(ImportProgress(wanted[-1], len(wanted), len(wanted)))


def _refuse_loss(tables: Mapping[int, Collection[str]], earlier: Mapping[str, Any]) -> None:
    """A year that comes with fewer tables than it has now would lose what the others say."""
    for year, wanted in tables.items():
        there = earlier[str(year)]["report"]["tables"] if str(year) in earlier else ()
        lost = [name for name in schema.TABLES if name in there and name not in wanted]
        if lost:
            message = _(
                "{year} was imported with {tables}, which these files do not hold and which would be lost: give all "
                "files of {year} together, or ask to replace the year (--replace)."
            )
            raise DataError(message.format(year=year, tables=", ".join(lost)))


def _save(folder: Path, parts: Iterable[Joined], earlier: Mapping[str, Any], *, code: str = "") -> Dataset:
    """Write the years beside what is there, then point to them; the lock of the folder is held."""
    entries: dict[str, Any] = {}
    ignored: list[str] = []
    try:
        for joined in parts:
            for year in joined.years:
                entries[str(year)] = _write_year(folder, joined, year)
            ignored = joined.report["ignored"]
        pointer = {"format": FORMAT, "code": code, "years": {**earlier, **entries}, "ignored": ignored}
        _replace(folder / POINTER, pointer)
    except BaseException:
        _sweep(folder, keep={entry["folder"] for entry in earlier.values()})
        raise
    # a page that is being drawn may still read what was replaced just now, but nothing older
    _sweep(folder, keep={entry["folder"] for entry in (*earlier.values(), *entries.values())})
    saved = _dataset(folder, pointer)
    if saved is None:
        raise DataError(_("There is no year to keep."))
    return saved


def _write_year(folder: Path, joined: Joined, year: int) -> dict[str, Any]:
    """Write one year whole, and give its entry of the record."""
    frames = frames_of(joined, year)
    part = Path(tempfile.mkdtemp(prefix=_PART, dir=folder))
    name = f"{year}-{secrets.token_hex(4)}"
    try:
        for frame_name, frame in frames.items():
            frame.to_parquet(part / f"{frame_name}.parquet", index=False)
        part.chmod(0o755)
        part.rename(folder / name)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return {"folder": name, "version": fingerprint(frames), "report": joined.report["years"][str(year)]}


def _replace(path: Path, content: Mapping[str, Any]) -> None:
    part = path.with_name(f"{_PART}{path.name}")
    try:
        with part.open("w", encoding="utf-8") as file:
            json.dump(content, file, indent=1, ensure_ascii=False, allow_nan=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _sweep(folder: Path, keep: set[str]) -> None:
    """Remove what no import needs any more: years replaced earlier, and what a crash left half written."""
    for path in folder.iterdir():
        if path.name.startswith(_PART) and path.is_file():
            path.unlink(missing_ok=True)
        elif path.name.startswith(_PART) or (_YEAR.fullmatch(path.name) and path.name not in keep):
            shutil.rmtree(path, ignore_errors=True)
