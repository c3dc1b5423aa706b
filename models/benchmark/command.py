"""`python -m models benchmark`: fits what is missing, then says and writes what all results say together."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from data import splits
from data.errors import DataError
from data.text import _
from models.base import Report
from models.benchmark import document, runs
from models.benchmark.ship import Shipment, ship
from models.benchmark.summary import DATA, summary
from models.benchmark.tasks import Plan, Task, contender, known_tables
from models.description import fingerprint
from models.train import accidents

Say = Callable[[str], None]


def benchmark(options: argparse.Namespace, say: Say, report: Report) -> dict[str, Any]:
    """Fit what `options` ask for and the folder does not hold yet; the summary of everything in it.

    Raises: DataError or ValueError naming what is wrong with the request or the data.
    """
    for words in (words for blend in options.blend for words in blend.split("+")):
        contender(words)  # better told before hours of training than after them
    tables = known_tables(options.tables)
    if options.write is not None:
        document.require(options.write, tables)
    shipment = None
    if options.ship is not None:
        if options.data is None:
            raise DataError(_("Models to ship are fitted on all accidents; name them with --data."))
        shipment = Shipment.of(options.ship, options.ship_kinds or options.kinds, options.targets, options.ship_blend)
    elif options.ship_kinds or options.ship_blend:
        raise DataError(_("--ship-kinds and --ship-blend say what to ship; name the folder to ship to with --ship."))
    if options.data is not None:
        _fit(options, tables, shipment, say, report)
    elif not (options.out / DATA).exists():
        message = _("{folder} holds no benchmark; name the accidents to measure on with --data.")
        raise DataError(message.format(folder=options.out))
    found = summary(options.out, options.blend, options.bootstrap)
    if options.write is not None:
        document.write(options.write, tables, found)
    return found


def brief(found: dict[str, Any]) -> str:
    """The models of each target in one line each: log-loss, and how far from the reference over the cuts."""
    lines = []
    for target, one in found["targets"].items():
        lines.append(_("{target}: {cuts}").format(target=target, cuts=", ".join(one["cuts"])))
        for row in one["rows"].values():
            beside = [row[key] for key in ("difference", "difference_without")]
            differences = [f"{d:+.1%}" if d is not None else "–" for d in beside]
            known, without = row["together"]["log_loss"], row["together_without"]["log_loss"]
            lines.append(f"  {known:.4f} {differences[0]:>7}  {without:.4f} {differences[1]:>7}  {row['label']}")
    return "\n".join(lines)


def describe(folder: Path, table: pd.DataFrame, data: str, simulated: bool) -> None:
    """Say in the folder which accidents its results are about; `data` is their fingerprint."""
    dates = table["date"]
    about = {
        "fingerprint": data,
        "rows": len(table),
        "start": f"{dates.min():%Y-%m-%d}",
        "end": f"{dates.max():%Y-%m-%d}",
        "years": sorted(int(year) for year in dates.dt.year.unique()),
        "simulated": simulated,
    }
    (folder / DATA).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def _fit(
    options: argparse.Namespace, tables: Sequence[str], shipment: Shipment | None, say: Say, report: Report
) -> None:
    names = ("targets", "kinds", "ablate", "leave_out", "learn", "depart", "last")
    plan = Plan(tables=tables, **{name: getattr(options, name) for name in names})
    table, about = accidents(options.data)
    cuts = splits.months(table["date"], options.cuts)
    tasks = plan.tasks(cuts)
    print_of_data = fingerprint(table)
    if shipment is not None:
        shipment.require(shipment.tasks(cuts), print_of_data, options.out, planned=tasks)
    options.out.mkdir(parents=True, exist_ok=True)
    describe(options.out, table, print_of_data, about["simulated"])
    _all(tasks, options, table, print_of_data, say, report)
    if shipment is not None:
        ship(shipment, cuts, table, about, out=options.out, device=options.device, say=say, report=report)


def _all(
    tasks: Sequence[Task], options: argparse.Namespace, table: pd.DataFrame, data: str, say: Say, report: Report
) -> None:
    for number, task in enumerate(tasks, start=1):
        what = f"[{number}/{len(tasks)}] {task.month} {task.target}: {task.contender.label}, {task.variant}"
        # asked when its turn comes: another process may have done it meanwhile
        if not options.again and runs.is_done(task, options.out, data):
            say(_("{what}: there already").format(what=what))
            continue
        say(what)
        result = runs.carry_out(task, table, data, options.device, report)
        result.save(task.stem(options.out))
        scores, seconds = result.facts["scores"], result.facts["seconds"]
        say(_("  log_loss {loss:.4f}, {seconds:.0f} s").format(loss=scores["log_loss"], seconds=seconds))
