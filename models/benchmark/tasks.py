"""What a benchmark fits: which models, on which cuts, with which inputs and rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from data import features, schema
from data.errors import DataError
from data.features import NEAR_EVENT, TARGETS, Target
from data.splits import Cut
from data.text import _
from models.registry import KINDS
from models.settings import Config, as_dict, changes
from models.tab_transformer_config import DEPARTURES, TabTransformerConfig

REFERENCE = "reference"
# the inputs of the plain XGBoost that others are measured against: no directions, no details of people and vehicles
REFERENCE_INPUTS = (
    *("light", "built_up", "junction", "hour", "weekday", "people", "weather", "month", "departement"),
    *("latitude", "longitude", "road_class", "traffic", "lanes", "gradient", "alignment", "surface"),
    *("infrastructure", "situation", "speed_limit", "pedestrians", "vehicles", *schema.VEHICLE_GROUPS),
    *("youngest_age", "oldest_age"),
)
_REFERENCE_SETTINGS = {
    "rounds": 3000,
    "learning_rate": 0.06,
    "depth": 6,
    "min_child_weight": 5.0,
    "row_share": 0.8,
    "input_share": 0.5,
    "patience": 50,
    "half_described": 0.0,  # it is only asked about accidents described as the training rows are
}
ALL = "all"
FORM = 2  # of what is kept of a fit; results of another form are of another benchmark
SHARES = (0.1, 0.25, 0.5)
TABLES = ("cuts", "ablation", "learning", "departures")
# how the names of variants begin, before what was left out, the share of the rows, or the settings that were changed
WITHOUT, SHARE, DEPARTURE = "without-", "share-", "departure-"


@dataclass(frozen=True)
class Contender:
    """A model in the benchmark: a kind with its settings, and the inputs that are kept from it.

    `surroundings`: whether it learns what happens around a place, beside the coordinates themselves.
    """

    name: str
    kind: str
    preset: str
    config: Config
    hidden: tuple[str, ...] = ()
    surroundings: bool = True

    @property
    def label(self) -> str:
        """The model in words."""
        if self.name == REFERENCE:
            return _("XGBoost, reference inputs")
        _kind, _preset, *changed = self.name.split(":", 2)
        presets = [self.preset] if len(KINDS[self.kind].presets) > 1 else []
        return ", ".join([KINDS[self.kind].label, *presets, *changed])


@dataclass(frozen=True)
class Task:
    """One model to fit before one cut. `share` is that of the training rows, the latest ones; `variant` names both."""

    contender: Contender
    target: Target
    cut: Cut
    variant: str = ALL
    hidden: tuple[str, ...] = ()
    share: float = 1.0

    @property
    def month(self) -> str:
        """The name of the cut: the month that is held out."""
        return f"{self.cut.start:%Y-%m}"

    def stem(self, folder: Path) -> Path:
        """Where the result is kept, without the endings of its files."""
        return folder / self.target / self.month / f"{self.contender.name.replace(':', '_')}.{self.variant}"

    def identity(self, fingerprint: str) -> dict[str, Any]:
        """What the result depends on; a result that says otherwise is of another benchmark."""
        return {
            "form": FORM,
            "data": fingerprint,
            "name": self.contender.name,
            "kind": self.contender.kind,
            "preset": self.contender.preset,
            "config": as_dict(self.contender.config),
            "target": self.target,
            "cut": {name: f"{day:%Y-%m-%d}" for name, day in vars(self.cut).items()},
            "variant": self.variant,
            "hidden": sorted({*self.contender.hidden, *self.hidden}),
            "share": self.share,
            **({} if self.contender.surroundings else {"surroundings": False}),
        }


@dataclass(frozen=True)
class Plan:
    """What is asked for: tables, the models of each, and how many of the last cuts all but the first of them take.

    `leave_out`: of what an ablation can leave out; without any, each of it. `depart`: TabTransformers whose choices are
    undone one by one.
    """

    targets: Sequence[Target] = tuple(TARGETS)
    tables: Sequence[str] = TABLES
    kinds: Sequence[str] = ()
    ablate: Sequence[str] = ("xgboost",)
    leave_out: Sequence[str] = ()
    learn: Sequence[str] = ("xgboost", "tab-transformer")
    depart: Sequence[str] = ("tab-transformer:quick",)
    last: int = 1

    def tasks(self, cuts: Sequence[Cut]) -> list[Task]:
        """Everything to fit, each thing once.

        Raises: DataError for a table, model or group of inputs that does not exist; ValueError for a setting that is
        not allowed.
        """
        known_tables(",".join(self.tables))
        if wrong := sorted(set(self.leave_out) - set(left_out())):
            message = _("There is no {name!r} to leave out; there is {known}.")
            raise DataError(message.format(name=wrong[0], known=", ".join(left_out())))
        if self.last < 1:
            raise ValueError(_("last = {value} is not 1 or more").format(value=self.last))
        makers = dict(zip(TABLES, (self._cuts, self._ablation, self._learning, self._departures), strict=True))
        found = {task.stem(Path()): task for table in TABLES if table in self.tables for task in makers[table](cuts)}
        return list(found.values())

    def _cuts(self, cuts: Sequence[Cut]) -> Iterable[Task]:
        # blends are made of the answers of others, without training those again
        alone = [k.name for k in KINDS.values() if set(k.targets) & set(TARGETS) and k.name != "blend"]
        everyone = self.kinds or alone
        for one in [reference(), *map(contender, everyone)]:
            yield from self._each(one, cuts)

    def _ablation(self, cuts: Sequence[Cut]) -> Iterable[Task]:
        for one in [reference(), *map(contender, self.ablate)]:
            yield from self._each(one, cuts[-self.last :])
            if one.name != REFERENCE:
                for name, hidden in left_out().items():
                    if name in (self.leave_out or left_out()):
                        yield from self._each(one, cuts[-self.last :], variant=f"{WITHOUT}{name}", hidden=hidden)

    def _learning(self, cuts: Sequence[Cut]) -> Iterable[Task]:
        for one in map(contender, self.learn):
            yield from self._each(one, cuts[-self.last :])
            for share in SHARES:
                yield from self._each(one, cuts[-self.last :], variant=f"{SHARE}{share:g}", share=share)

    def _departures(self, cuts: Sequence[Cut]) -> Iterable[Task]:
        for one in map(contender, self.depart):
            if not isinstance(one.config, TabTransformerConfig):
                message = _("{kind} has no choices of its own to undo; there is tab-transformer.")
                raise DataError(message.format(kind=one.kind))
            yield from self._each(one, cuts[-self.last :])
            for changed in DEPARTURES.values():
                other = replace(one, config=replace(one.config, **changed))
                if other == one:
                    continue
                for task in self._each(other, cuts[-self.last :], variant=departure(changed)):
                    if task.target == "severity" or not changed.get("ordinal"):  # collision types have no order
                        yield task

    def _each(self, one: Contender, cuts: Sequence[Cut], **how: Any) -> Iterable[Task]:
        for cut in cuts:
            for target in self.targets:
                if target in KINDS[one.kind].targets:
                    yield Task(one, target, cut, **how)


def known_tables(words: str) -> list[str]:
    """The tables that NAME,... asks for.

    Raises: DataError for one that does not exist.
    """
    tables = [name.strip() for name in words.split(",")]
    if wrong := sorted(set(tables) - set(TABLES)):
        message = _("There is no table {name!r}; there is {known}.")
        raise DataError(message.format(name=wrong[0], known=", ".join(TABLES)))
    return tables


def contender(words: str) -> Contender:
    """The model that is meant by KIND, KIND:PRESET or KIND:PRESET:NAME=VALUE,...

    Raises: DataError for a kind, preset or setting that does not exist; ValueError for a value that is not allowed.
    """
    kind, _colon, rest = words.partition(":")
    preset, _colon, pairs = rest.partition(":")
    if kind not in KINDS or not set(KINDS[kind].targets) & set(TARGETS):
        known = [k.name for k in KINDS.values() if set(k.targets) & set(TARGETS)]
        message = _("There is no classifier {kind!r}; there is {known}.")
        raise DataError(message.format(kind=kind, known=", ".join(known)))
    changed = changes(kind, KINDS[kind].presets, [pair for pair in pairs.split(",") if pair])
    preset, config = KINDS[kind].settings(preset or None, changed)
    name = ":".join([kind, preset, *([",".join(f"{k}={v}" for k, v in sorted(changed.items()))] if changed else [])])
    return Contender(name, kind, preset, config)


def reference() -> Contender:
    """A well-set XGBoost that knows the reference inputs alone."""
    known = type(next(iter(KINDS["xgboost"].presets.values()))).__dataclass_fields__
    settings = {name: value for name, value in _REFERENCE_SETTINGS.items() if name in known}
    preset, config = KINDS["xgboost"].settings(None, settings)
    hidden = tuple(name for name in features.BY_NAME if name not in REFERENCE_INPUTS)
    return Contender(REFERENCE, "xgboost", preset, config, hidden, surroundings=False)


def departure(changed: Mapping[str, Any]) -> str:
    """The name of the variant that has these settings instead."""
    return DEPARTURE + ",".join(f"{name}={str(value).lower()}" for name, value in changed.items())


def left_out() -> dict[str, tuple[str, ...]]:
    """What an ablation leaves out: each group of inputs, and what comes close to an account of the event."""
    groups: dict[str, tuple[str, ...]] = {
        group: tuple(i.name for i in features.INPUTS if i.group == group) for group in features.GROUPS
    }
    return {**groups, "near_event": NEAR_EVENT}
