"""Models fitted on all accidents, with what the benchmark's fits before each cut told about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.errors import DataError
from data.features import Target
from data.splits import Cut
from data.text import _
from models.base import Report
from models.benchmark import runs
from models.benchmark.answers import blended, rehearsal
from models.benchmark.runs import Result
from models.benchmark.tasks import Contender, Task, contender
from models.blending import fit_weights
from models.classifier import Classifier
from models.registry import KINDS
from models.settings import as_dict

BLEND = "blend"


@dataclass(frozen=True)
class Shipment:
    """Which models go where: FOLDER/{target}-{kind}, and beside them a blend of the kinds that `blend` names."""

    folder: Path
    contenders: Sequence[Contender]
    targets: Sequence[Target]
    blend: Sequence[str] = ()

    @classmethod
    def of(cls, folder: Path, kinds: Sequence[str], targets: Sequence[Target], blend: str | None = None) -> Shipment:
        """The shipment that is meant by KIND[:PRESET[:NAME=VALUE,...]] names, and KIND+KIND of a blend.

        Raises: DataError where a model does not exist, none or two of a kind are named, or a blend cannot be made of
        them; ValueError for a value that is not allowed.
        """
        contenders = [contender(words) for words in kinds]
        names = [one.kind for one in contenders]
        if not names:
            raise DataError(_("Name the models to ship with --ship-kinds."))
        if BLEND in names:
            raise DataError(_("A blend is shipped with --ship-blend, made of the models that --ship-kinds names."))
        if twice := sorted({name for name in names if names.count(name) > 1}):
            message = _("Two models of the kind {kind} would go into the same folder; name one of them.")
            raise DataError(message.format(kind=twice[0]))
        members = blend.split("+") if blend else []
        if missing := sorted(set(members) - set(names)):
            message = _("A blend is made of models that are shipped too, and {kind} is not; there is {known}.")
            raise DataError(message.format(kind=missing[0], known=", ".join(names)))
        if members:  # better told before hours of training than after them
            untrained = {one.kind: _model(one, targets[0], "cpu") for one in contenders if one.kind in members}
            KINDS[BLEND].model.of(untrained, np.full(len(untrained), 1 / len(untrained)))
        return cls(folder, contenders, targets, members)

    def tasks(self, cuts: Sequence[Cut]) -> list[Task]:
        """The fits before the cuts whose results are needed."""
        return [
            Task(one, target, cut)
            for one in self.contenders
            for target in self.targets
            if target in KINDS[one.kind].targets
            for cut in cuts
        ]

    def require(self, tasks: Sequence[Task], data: str, out: Path, planned: Sequence[Task] = ()) -> None:
        """Refuse what has no results, before hours of training; `planned` will have some.

        Raises: DataError naming the model, the cut and the remedy, or where a blend has one cut alone.
        """
        if self.blend and len({task.month for task in tasks}) < 2:
            raise DataError(_("A blend to ship takes its weights from several cuts; ask for two at least with --cuts."))
        coming = {task.stem(out) for task in planned}
        for task in tasks:
            if task.stem(out) not in coming and not runs.is_done(task, out, data):
                message = _("{folder} has no result of {model} for {target} in {month}; measure it first with "
                            "--kinds {name}.")  # fmt: skip
                named = {"model": task.contender.label, "name": task.contender.name}
                raise DataError(message.format(folder=out, target=task.target, month=task.month, **named))


def ship(
    shipment: Shipment,
    cuts: Sequence[Cut],
    table: pd.DataFrame,
    about: Mapping[str, Any],
    *,
    out: Path,
    device: str,
    say: Callable[[str], None],
    report: Report,
) -> None:
    """Fit each model on the whole table and keep it; what the folder holds already stays as it is.

    `about` says what the data are, for the checkpoints.
    """
    for target in shipment.targets:
        results: dict[str, list[Result]] = {}
        for task in (task for task in shipment.tasks(cuts) if task.target == target):
            results.setdefault(task.contender.kind, []).append(Result.load(task.stem(out)))
        for one in shipment.contenders:
            if one.kind not in results or _is_there(shipment.folder / f"{target}-{one.kind}", say):
                continue
            model = _model(one, target, device)
            model.fit_whole(table, rehearsal(results[one.kind]), report, dict(about))
            model.save(shipment.folder / f"{target}-{one.kind}")
        if shipment.blend and not _is_there(shipment.folder / f"{target}-{BLEND}", say):
            members = {kind: results[kind] for kind in shipment.blend}
            _ship_blend(shipment.folder, target, members, table, about, device, report)


def _ship_blend(
    folder: Path,
    target: Target,
    results: Mapping[str, Sequence[Result]],
    table: pd.DataFrame,
    about: Mapping[str, Any],
    device: str,
    report: Report,
) -> None:
    """The shipped models of a target as one, with weights fitted on their answers about all cuts."""
    members: dict[str, Classifier] = {k: KINDS[k].model.load(folder / f"{target}-{k}", device) for k in results}
    for kind, of_member in results.items():
        _require_same(members[kind], of_member[0], folder / f"{target}-{kind}")
    told = [rehearsal(of_member) for of_member in results.values()]
    weights = fit_weights([one.raw for one in told], told[0].truth)
    found, _of_cuts = blended(list(results.values()))
    blend = KINDS[BLEND].model.of(members, weights)
    blend.fit_whole(table, found, report, dict(about))
    blend.save(folder / f"{target}-{BLEND}")


def _require_same(member: Classifier, result: Result, folder: Path) -> None:
    """Raises: DataError where the model in the folder has other settings than those that were measured."""
    measured, own = ({n: v for n, v in found.items() if n != member.length}
                     for found in (result.facts["of"]["config"], as_dict(member.config)))  # fmt: skip
    if measured != own:
        message = _("{folder} holds a model of other settings than those measured; ship into an empty folder.")
        raise DataError(message.format(folder=folder))


def _model(one: Contender, target: Target, device: str) -> Classifier:
    model: Classifier = KINDS[one.kind].model(one.config, target, one.preset, device)
    return model


def _is_there(folder: Path, say: Callable[[str], None]) -> bool:
    there = folder.exists()
    say(_("{folder}: there already").format(folder=folder) if there else str(folder))
    return there
