"""What the command that searches for better settings does."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict

from data.text import _
from models import commands
from models.registry import KINDS
from models.tuning import Budget, Findings


def _tune(options: argparse.Namespace) -> None:
    """Search, and print the best settings as `train` takes them; an interrupted search prints what it has found."""
    from models.tuning_search import tune as search

    spec = commands.spec_of(options)
    kept: list[Findings] = []
    try:
        search(spec, Budget(options.minutes, options.trials), commands.Shown(), kept.append)
    except KeyboardInterrupt:
        if not kept or not kept[-1].whole:
            raise
        commands.say(_("Stopped."))
    found, config = kept[-1], KINDS[spec.kind].settings(spec.preset, spec.settings)[1]
    if options.json:
        best = found.best.number if found.best else None
        return commands.print_json({**asdict(found), "best": best, "changes": found.changes(config)})
    learnt, judged = found.days["learnt"], found.days["judged"]
    message = _("Learnt from {a} to {b}, judged on {c} to {d}; later days were not looked at.")
    print(message.format(a=learnt.start, b=learnt.end, c=judged.start, d=judged.end))
    first, best_trial = found.first, found.best
    if first is None or best_trial is None:
        return print(_("Not even the settings to begin with were tried to their end."))
    print(_("Validation loss of the settings to begin with: {loss:.4f}").format(loss=first.loss))
    if not found.better:
        return print(_("None of {n} others was better: keep them.").format(n=len(found.trials) - 1))
    message = _("The best of {n}: {loss:.4f}, which flatters it: it was chosen by these very days.")
    print(message.format(n=len(found.trials), loss=best_trial.loss))
    print(" ".join(f"--set {name}={value}" for name, value in found.changes(config).items()))
    return None


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {"tune": _tune}
