"""Simulated files of twenty years in the official layout: python -m benchmarks.scale --out FOLDER

Writes four CSV files a year, cell for cell as published in 2024, a year at a time. By default 1.1 million accidents
and 2.6 million people; none of them happened.
"""

from __future__ import annotations

import argparse
import csv
import logging
from collections.abc import Iterable
from pathlib import Path

from data import demo, schema

# the people of twenty such years are the 2.6 million
ACCIDENTS_A_YEAR = 57_000
_NAMES = {"caracteristiques": "caract"}


def write(folder: Path, years: Iterable[int] = schema.YEARS, accidents_a_year: int = ACCIDENTS_A_YEAR) -> list[Path]:
    """Write the files of some years, each always the same; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for year in years:
        tables = demo.tables(
            seed=year, start=f"{year}-01-01", end=f"{year}-12-31", accidents_a_day=accidents_a_year / 365.25
        )
        for name, frame in tables.items():
            path = folder / f"{_NAMES.get(name, name)}-{year}.csv"
            frame.to_csv(path, sep=";", index=False, quoting=csv.QUOTE_ALL)
            paths.append(path)
        logging.info("%s: %s accidents, %s people", year, len(tables["caracteristiques"]), len(tables["usagers"]))
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--years", type=int, nargs=2, default=(schema.YEARS[0], schema.YEARS[-1]), metavar="YEAR")
    parser.add_argument("--accidents-a-year", type=int, default=ACCIDENTS_A_YEAR, metavar="N")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    first, last = options.years
    write(options.out, range(first, last + 1), options.accidents_a_year)


if __name__ == "__main__":
    main()
