"""What the commands of `python -m models` do that keep, name and hand on trained models."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from data.errors import DataError
from data.text import _
from models import archive, card, champions, registry


def _list(options: argparse.Namespace) -> None:
    """Every model by its name, its kind, and whether it is the champion of its target."""
    found = {target: champions.champion(target) for target in champions.TARGETS}
    best = {e.name for e in found.values() if e is not None}
    for entry in registry.entries():
        mark = _("champion") if entry.name in best else ""
        print(f"{entry.name:<44}{entry.target or entry.error:<12}{mark:<10}{entry.title}".rstrip())


def _promote(options: argparse.Namespace) -> None:
    """Make a model the champion of its target."""
    entry = champions.promote(options.name)
    _say(_("{name} is the champion for {target}.").format(name=entry.name, target=entry.target))


def _roll_back(options: argparse.Namespace) -> None:
    """Go back to the champion before."""
    entry = champions.roll_back(options.target)
    _say(_("{name} is the champion for {target}.").format(name=entry.name, target=entry.target))


def _export(options: argparse.Namespace) -> None:
    """A model as a zip file."""
    if options.out.exists():
        raise DataError(_("{path} exists already; choose another name.").format(path=options.out))
    options.out.write_bytes(archive.export(registry.find(options.name)))
    _say(_("{file} written.").format(file=options.out))


def _import(options: argparse.Namespace) -> None:
    """Add the model of a zip file."""
    with options.file.open("rb") as file:
        entry = archive.take_in(file)
    _say(_("{name} was added.").format(name=entry.name))


def _check(options: argparse.Namespace) -> None:
    """Load a model and ask it once."""
    took = card.latency(registry.load(options.checkpoint, "cpu"))
    print(_("{folder} works; one answer takes {n:.1f} ms.").format(folder=options.checkpoint, n=took * 1e3))


def _say(text: str) -> None:
    print(text, file=sys.stderr)


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "list": _list,
    "promote": _promote,
    "roll-back": _roll_back,
    "export": _export,
    "import": _import,
    "check": _check,
}
