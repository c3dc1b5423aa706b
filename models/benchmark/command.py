"""`python -m models benchmark`: fits what is missing, then says and writes what all results say together."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from data import features, splits, store
from data.errors import DataError
from data.text import _
from models import scoreboard
from models.base import Report
from models.benchmark import runs
from models.benchmark.document import END, START, markdown
from models.benchmark.summary import DATA, summary
from models.benchmark.tasks import Plan, Task, contender, fingerprint

Say = Callable[[str], None]


def benchmark(options: argparse.Namespace, say: Say, report: Report) -> dict[str, Any]:
    """Fit what `options` ask for and the folder does not hold yet; the summary of everything in it.

    Raises: DataError or ValueError naming what is wrong with the request or the data.
    """
    for words in (words for blend in options.blend for words in blend.split("+")):
        contender(words)  # better told before hours of training than after them
    if options.write is not None:
        scoreboard.around(options.write, START, END)
    if options.data is not None:
        _fit(options, say, report)
    elif not (options.out / DATA).exists():
        message = _("{folder} holds no benchmark; name the accidents to measure on with --data.")
        raise DataError(message.format(folder=options.out))
    found = summary(options.out, options.blend, options.bootstrap)
    if options.write is not None:
        scoreboard.put(options.write, markdown(found), START, END)
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


def _fit(options: argparse.Namespace, say: Say, report: Report) -> None:
    tables = [name.strip() for name in options.tables.split(",")]
    plan = Plan(options.targets, tables, options.kinds, options.ablate, options.learn, options.last)
    source = store.open_data(options.data)
    table = features.table(source.accidents())
    table = table[table["date"].notna()]
    if table.empty:
        raise DataError(_("No accident has a date; import the table caracteristiques of their years too."))
    tasks = plan.tasks(splits.months(table["date"], options.cuts))
    print_of_data = fingerprint(table)
    options.out.mkdir(parents=True, exist_ok=True)
    describe(options.out, table, print_of_data, source.simulated)
    _all(tasks, options, table, print_of_data, say, report)


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
