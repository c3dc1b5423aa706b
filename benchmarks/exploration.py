"""Import and exploration at the size of twenty years: python -m benchmarks.exploration [--files FOLDER]

FOLDER is one that `python -m benchmarks.scale` wrote; without it the files are made first, which takes a minute or two.
An import is a command of its own, timed from its start to its end, with the most memory it held at once. A query is
everything behind one view, filters included; its first reading of the data is timed apart. Run on an idle machine.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import scale
from data import coded, store, summary
from data.filters import Filters, column_of, values

_YEAR = 2024
_FILTERS = 60
_TARGETS = {"year": 3.0, "years": 75.0, "memory": 3.0, "query": 150.0}

VIEWS: dict[str, Callable[[coded.Selection], object]] = {
    "totals": summary.totals,
    "by year": summary.by_year,
    "by month": summary.by_month,
    "by day": summary.by_day,
    "weekday x hour": summary.by_weekday_and_hour,
    "by département": lambda selection: summary.casualties_by(selection, "departement"),
    "severity by light": lambda selection: summary.severity_by(selection, "light"),
    "severity by users": lambda selection: summary.severity_by(selection, "users"),
    "light x weather": lambda selection: summary.crossed(selection, "light", "weather"),
    "points of a map": summary.points,
}


def importing(files: list[Path], folder: Path) -> tuple[float, float]:
    """Seconds of one import into an empty folder, and the gigabytes it held at most."""
    environment = os.environ | {"BALISE_DATA": str(folder)}
    start = time.perf_counter()
    command = [sys.executable, "-m", "data", "import", *map(str, files)]
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"The import ended with {child.returncode}.")
    return seconds, usage.ru_maxrss / 1e6


def varied(count: int) -> list[Filters]:
    """Filters of one to all fields with one to all values each, always the same; the first restricts nothing."""
    draw = random.Random(1)
    names = [item.name for item in fields(Filters)]
    found = [Filters()]
    while len(found) < count:
        chosen = draw.sample(names, draw.choice([1, 1, 2, 2, 3, 4, 6, len(names)]))
        allowed = {name: values(column_of(name)) for name in chosen}
        found.append(Filters.from_dict({n: draw.sample(vs, draw.randint(1, len(vs))) for n, vs in allowed.items()}))
    return found


def milliseconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def queries(accidents: coded.Coded) -> pd.DataFrame:
    """One line a view, and one for all of them on filters applied once; milliseconds."""
    chosen = varied(_FILTERS)

    def page(filters: Filters) -> None:
        selection = coded.select(accidents, filters)
        for view in VIEWS.values():
            view(selection)

    actions = {name: lambda f, view=view: view(coded.select(accidents, f)) for name, view in VIEWS.items()}
    lines = {}
    for name, action in {**actions, "all of these together": page}.items():
        times = [milliseconds(lambda action=action, f=f: action(f)) for f in chosen]
        lines[name] = {"median": np.median(times), "p95": np.percentile(times, 95), "max": max(times)}
    return pd.DataFrame(lines).T.round(1).assign(target=[f"p95 <= {_TARGETS['query']:g}"] * len(VIEWS) + [""])


def imports(files: Path, folder: Path) -> pd.DataFrame:
    """One line an import, the middle of three for one year; the data of all years stay in `folder`/all."""
    one, every = sorted(files.glob(f"*-{_YEAR}.csv")), sorted(files.glob("*.csv"))
    seconds, gigabytes = sorted(importing(one, folder / f"{_YEAR}-{run}") for run in range(3))[1]
    lines = {str(_YEAR): (_megabytes(one), seconds, gigabytes, f"<= {_TARGETS['year']:g} s")}
    both = f"<= {_TARGETS['years']:g} s, <= {_TARGETS['memory']:g} GB"
    lines["all years"] = (_megabytes(every), *importing(every, folder / "all"), both)
    table = pd.DataFrame.from_dict(lines, orient="index", columns=["MB of CSV", "s", "GB of memory", "target"])
    return table.round(2)


def _megabytes(paths: list[Path]) -> int:
    return sum(path.stat().st_size for path in paths) // 10**6


def measure(files: Path) -> None:
    """Print what importing and exploring the files of a folder takes."""
    with tempfile.TemporaryDirectory() as temporary:
        print(imports(files, Path(temporary)).to_string(), end="\n\n")
        os.environ["BALISE_DATA"] = str(Path(temporary) / "all")
        start = time.perf_counter()
        accidents = coded.read(store.loaded())
        first = time.perf_counter() - start
        arrays = [accidents.latitude, accidents.longitude, accidents.accident, accidents.day, accidents.users]
        held = sum(a.nbytes for a in (*arrays, *accidents.codes.values(), *accidents.people.values()))
        print(f"{len(accidents.day):,} accidents, read in {first:.2f} s, held in {held / 1e6:.0f} MB; queries in ms:")
        print(queries(accidents).to_string())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exploration", description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=Path, metavar="FOLDER", help="files that benchmarks.scale wrote")
    options = parser.parse_args()
    if options.files:
        measure(options.files)
        return
    with tempfile.TemporaryDirectory() as temporary:
        scale.write(Path(temporary))
        measure(Path(temporary))


if __name__ == "__main__":
    main()
