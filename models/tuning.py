"""What a search for better settings may take, where it looks and what it found; `tuning_search` does the search."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from data.text import N_, _
from models.settings import Config, Range, Search, as_dict, check, setting, settings_of

FILE = "tuning.json"

State = Literal["running", "complete", "pruned", "failed", "late"]


@dataclass(frozen=True)
class Budget:
    """How long a search goes on: until one of the two is used up."""

    minutes: float = setting(
        10.0, N_("Minutes at most"), N_("The settings you begin with are tried to their end in any case."), minimum=1.0,
        maximum=720.0, advanced=False,
    )  # fmt: skip
    trials: int = setting(
        50,
        N_("Trials at most"),
        N_("Each trial is one training with other settings."),
        minimum=2,
        maximum=500,
        advanced=False,
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class Trial:
    """Settings that were tried. `loss`: on the days that judge, where the training was not ended before.

    `state`: "pruned" was ended as hopeless, "late" because the time was over, "failed" could not be trained; their
    `loss` is what they had then.
    """

    number: int
    state: State
    settings: Mapping[str, Any]
    loss: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Period:
    """Some days, both included, and how many accidents or days of counts lie in them."""

    start: str
    end: str
    rows: int


@dataclass(frozen=True)
class Findings:
    """What a search has found so far. Its first trial has the settings that it began with.

    `days`: those that were learnt from ("learnt"), those that judge ("judged"), and those nobody looked at
    ("held_out"). `importance`: how much of the difference between good and other trials each setting makes, as shares.
    """

    days: Mapping[str, Period]
    trials: tuple[Trial, ...] = ()
    importance: Mapping[str, float] = field(default_factory=dict)

    @property
    def whole(self) -> tuple[Trial, ...]:
        """The trials that were trained to their end."""
        return tuple(trial for trial in self.trials if trial.state == "complete")

    @property
    def first(self) -> Trial | None:
        """The trial of the settings it began with, once that has ended."""
        return next((trial for trial in self.whole if trial.number == 1), None)

    @property
    def best(self) -> Trial | None:
        """The trial of the lowest loss; of equal ones the earlier, so the first stays until another is better."""
        return min(self.whole, key=lambda trial: math.inf if trial.loss is None else trial.loss, default=None)

    @property
    def better(self) -> bool:
        """Whether anything better than the first settings was found."""
        return self.best is not None and self.best.number > 1

    def changes(self, config: Config) -> dict[str, Any]:
        """What the best trial has otherwise than some settings."""
        settings = self.best.settings if self.best else {}
        before = as_dict(config)
        return {name: value for name, value in settings.items() if value != before[name]}


def space(config: Config) -> dict[str, Search]:
    """Where a search that begins with some settings looks for better ones; empty for a kind that is not tuned.

    A range reaches to the value it begins with. A value that no powers of ten lead to stays as it is.
    """
    found: dict[str, Search] = {}
    for item in settings_of(config):
        value, search = item.default, item.search
        if isinstance(search, Range):
            if isinstance(value, (int, float)) and not (search.log and value <= 0):
                found[item.name] = Range(min(search.low, value), max(search.high, value), search.log)
        elif search:
            found[item.name] = search if value in search else (*search, value)
    return found


def tunable(kind: Any) -> bool:
    """Whether anything of a kind of `models.registry` can be searched for."""
    return any(space(config) for config in kind.presets.values())


def write(folder: Path, findings: Findings) -> None:
    """Put what was found into a run's folder in one step: whoever reads sees the old or the new."""
    part = folder / f"{FILE}.part"
    part.write_text(json.dumps(asdict(findings), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(folder / FILE)


def read(folder: Path) -> Findings | None:
    """What a search has found so far; None before its first trial, or where the file cannot be read."""
    path = folder / FILE
    try:
        state = path.stat()
    except OSError:
        return None
    return _read(path, (state.st_size, state.st_mtime_ns, state.st_ino))


@lru_cache(maxsize=64)
def _read(path: Path, state: tuple[int, int, int]) -> Findings | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        days = {name: Period(**period) for name, period in found["days"].items()}
        return Findings(days, tuple(Trial(**trial) for trial in found["trials"]), dict(found["importance"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def state_words(state: State) -> str:
    """How a trial ended, as people read it."""
    return {
        "running": _("running"),
        "complete": _("at its end"),
        "pruned": _("as hopeless"),
        "failed": _("by an error"),
        "late": _("out of time"),
    }[state]
