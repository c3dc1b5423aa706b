"""python -m data: import official files, make the simulated data, read the report of what is loaded."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from data.errors import AppError
from data.text import _


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns: 0, or 2 with one sentence on standard error.
    """
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except AppError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data", description=_("The accident data of the product."))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    reading = commands.add_parser("import", help=_("read official BAAC files of 2019 and later"))
    reading.add_argument("paths", nargs="+", metavar="PATH", help=_("an official file, or a folder of them"))
    reading.set_defaults(run=_import)
    commands.add_parser("demo", help=_("make the simulated data")).set_defaults(run=_demo)
    commands.add_parser("report", help=_("what is loaded, and what was changed in it")).set_defaults(run=_report)
    return parser


def _import(options: argparse.Namespace) -> None:
    from data import accidents, report, store

    joined = accidents.from_paths(options.paths)
    dataset = store.save_import(joined)
    print("\n".join(report.summary(joined.report)))
    message = _("Loaded now: {years}. `python -m data report` says what was changed.")
    print(message.format(years=", ".join(map(str, dataset.years))))


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


if __name__ == "__main__":
    sys.exit(main())
