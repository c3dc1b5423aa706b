"""Our classifiers beside those of other libraries, on the same accidents: python -m benchmarks.peers --help

Everything runs on the CPU in one process, one model after the other. What is written are scores, never an accident.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.peers import document, measure
from benchmarks.peers.adapters import PEERS
from data import features, splits, store
from data.errors import AppError, DataError
from data.features import TARGETS
from data.text import _
from models import scoreboard
from models.benchmark.tasks import Contender, contender
from models.description import fingerprint

_LAST = "last"


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    try:
        if options.write:
            scoreboard.around(options.write, document.START, document.END)  # better told before hours than after
        if options.data:
            found = _measure(options)
        elif options.out.exists():
            found = json.loads(options.out.read_text(encoding="utf-8"))
        else:
            raise DataError(_("{file} does not exist; name the accidents with --data.").format(file=options.out))
        if options.write:
            document.write(options.write, found)
    except (AppError, ValueError) as error:
        sys.exit(str(error))
    print(document.brief(found))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    add = parser.add_argument
    add("--data", help=_("file or folder of official files; without it, only what --out holds is written"))
    add("--target", choices=list(TARGETS), nargs="+", default=list(TARGETS))
    add("--out", type=Path, required=True, help=_("JSON of the results; what it holds is not measured again"))
    add("--models", default=",".join(PEERS), help=_("peers, divided by commas; '' for none"))
    add("--ours", nargs="+", default=["xgboost"], metavar="KIND[:PRESET[:NAME=VALUE,...]]",
        help=_("our models, the first of which others are compared with"))  # fmt: skip
    add("--cut", default=_LAST, help=_("the month held out, YYYY-MM, or 'last'; what comes later is left out"))
    add("--rows", type=int, help=_("learn from the latest accidents only, to try it out"))
    add("--rounds", type=int, help=_("most rounds or epochs of a peer, to try it out"))
    add("--bootstrap", type=int, default=1000, help=_("draws for the intervals"))
    add("--write", type=Path, metavar="DOCUMENT", help=_("put the tables between the markers of this document"))
    return parser


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    """Fit what is asked for; results are written after each model.

    Raises: DataError or ValueError naming what is wrong with the request or the data.
    """
    peers = [name for name in options.models.split(",") if name]
    if unknown := sorted(set(peers) - set(PEERS)):
        raise DataError(
            _("There is no peer {name!r}; there is {known}.").format(name=unknown[0], known=", ".join(PEERS))
        )
    own = [contender(words) for words in options.ours]
    source = store.open_data(options.data)
    table = features.table(source.accidents())
    table = table[table["date"].notna()]
    cut = _cut(table["date"], options.cut)
    of = {
        "data": fingerprint(table),
        "years": sorted(int(year) for year in table["date"].dt.year.unique()),
        "simulated": source.simulated,
        "cut": {name: f"{day:%Y-%m-%d}" for name, day in vars(cut).items()},
        "reference": own[0].name,
        "rows": options.rows,
        "rounds": options.rounds,
    }
    found = _begun(options.out, of)
    for target in options.target:
        rows = measure.Rows.of(table, target, cut, options.rows)
        kept = found["targets"].setdefault(target, {"models": {}})
        kept["accidents"] = {name: len(part) for name, part in rows.parts.items()}
        done = {name for name, said in kept["models"].items() if "scores" in said}
        for name, said in _each(rows, own, peers, done, options):
            kept["models"][name] = said
            _write(options.out, found)
    return found


def _each(
    rows: measure.Rows, own: list[Contender], peers: list[str], done: set[str], options: argparse.Namespace
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The name of each model that is not done, and what is said of it, one after the other."""
    fits = {c.name: (c.label, measure.OURS, partial(measure.ours, c)) for c in own}
    for name in peers:
        one = PEERS[name]
        fits[name] = (one.label, one.package, partial(measure.peer, partial(one, options.rounds)))
    reference: np.ndarray | None = None
    for name, (label, package, fit) in fits.items():
        if name in done and reference is not None:  # the first is trained again: others are compared with its answers
            continue
        print(f"{rows.target}: {label}", file=sys.stderr, flush=True)
        try:
            said, proba = measure.row(label, package, fit, rows, options.bootstrap)
        except Exception as error:  # another library may fail in any way, and hours of others' results hang on it
            if package == measure.OURS:
                raise
            yield name, measure.unmeasured(label, package, error)
            continue
        beside = None if reference is None else measure.difference(proba, reference, rows, options.bootstrap)
        reference = proba if reference is None else reference
        yield name, said | {"difference": beside}


def _cut(dates: pd.Series, month: str) -> splits.Cut:
    if month != _LAST:
        try:
            first = pd.to_datetime(month, format="%Y-%m")
        except ValueError:
            raise DataError(_("{month!r} is not a month such as 2024-09.").format(month=month)) from None
        dates = dates[dates < first + pd.DateOffset(months=1)]
    cut = splits.months(dates, n=1)[0]
    if month not in (_LAST, f"{cut.start:%Y-%m}"):
        raise DataError(_("There are no accidents of {month}.").format(month=month))
    return cut


def _begun(file: Path, of: dict[str, Any]) -> dict[str, Any]:
    """The results to add to: those of the file, or none yet.

    Raises: DataError where the file holds results of something else.
    """
    if not file.exists():
        return {"of": of, "cores": os.cpu_count(), "targets": {}}
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    if found.get("of") != of:
        message = _("{file} holds results of other accidents or settings; name another file.")
        raise DataError(message.format(file=file))
    return found


def _write(file: Path, found: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
