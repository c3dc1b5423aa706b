"""What the results of a benchmark say together: scores over the cuts, differences, blends, slices and the rest.

Nothing is fitted here but the weights of blends, so it may be asked for again at any time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from data.errors import DataError
from data.features import TARGETS
from data.text import _
from models import slices
from models.benchmark import half, runs
from models.benchmark.answers import blended, calibrated, class_frequencies, rehearsal
from models.benchmark.runs import Result
from models.benchmark.tasks import ALL, DEPARTURE, FORM, REFERENCE, SHARE, WITHOUT, contender
from models.benchmark.variants import beside, mean, variants
from models.metrics import Scorer
from models.paired import paired
from models.rehearsal import RANKS

DATA = "data.json"
GPU = "gpu.json"
BASELINE = "class-frequencies"
BLEND = "blend"


def summary(folder: Path, blends: Sequence[str] = (), draws: int = 200) -> dict[str, Any]:
    """Everything a document needs, as plain values; "targets" is empty where nothing was measured yet.

    `blends`: names joined by +; without any, one blend of all models of a target. `draws`: for intervals.
    Raises: DataError naming a file that cannot be read, or a blend of models that were not measured.
    """
    about = _read(folder / DATA)
    every = [] if about is None else [Result.load(stem) for stem in runs.kept(folder)]
    wanted = {"data": (about or {}).get("fingerprint"), "form": FORM}
    current = [one for one in every if {name: one.facts["of"].get(name) for name in wanted} == wanted]
    targets = {}
    for target in TARGETS:
        of_target = [one for one in current if one.facts["of"]["target"] == target]
        if of_target:
            targets[target] = _Target(of_target, blends, draws).summary()
    return {"data": about, "outdated": len(every) - len(current), "targets": targets, "gpu": _read(folder / GPU)}


class _Target:
    """The results of one target, sorted."""

    def __init__(self, results: Sequence[Result], blends: Sequence[str], draws: int) -> None:
        self.draws = draws
        self.results: dict[str, dict[str, dict[str, Result]]] = {}  # variant -> name -> cut
        for one in sorted(results, key=lambda one: one.cut):
            of = one.facts["of"]
            self.results.setdefault(of["variant"], {}).setdefault(of["name"], {})[one.cut] = one
        full = self.results.get(ALL, {})
        self.cuts = sorted({cut for by_cut in full.values() for cut in by_cut})
        self.answers = {name: rehearsal(list(by_cut.values())) for name, by_cut in full.items()}
        self.labels = {name: next(iter(by_cut.values())).facts["label"] for name, by_cut in full.items()}
        self.members: dict[str, list[str]] = {}  # of each blend
        self.weights: dict[str, dict[str, Any]] = {}
        for members in self._members(blends):
            self._add_blend(members, alone=not blends)
        # only models measured on every cut can be put beside each other on all of their accidents
        self.complete = [name for name, one in self.answers.items() if sorted(set(one.cuts)) == self.cuts]

    def _members(self, blends: Sequence[str]) -> list[list[str]]:
        full = self.results.get(ALL, {})
        everyone = [name for name, by_cut in full.items() if name != REFERENCE and sorted(by_cut) == self.cuts]
        if not blends:
            return [everyone] if len(everyone) > 1 and len(self.cuts) > 1 else []
        wanted = [[contender(words).name for words in blend.split("+")] for blend in blends]
        for name in (name for members in wanted for name in members if name not in full):
            message = _("{name} was not measured, so it cannot be blended; there is {known}.")
            raise DataError(message.format(name=name, known=", ".join(everyone)))
        return wanted

    def _add_blend(self, members: list[str], *, alone: bool) -> None:
        full = self.results[ALL]
        name = BLEND if alone else f"{BLEND} {'+'.join(members)}"
        cuts = [cut for cut in self.cuts if all(cut in full[member] for member in members)]
        labels = [self.labels[member] for member in members]
        if len(cuts) < 2:
            message = _("A blend takes its weights from other cuts; measure {models} on the same two at least.")
            raise DataError(message.format(models=_(" and ").join(labels)))
        self.answers[name], made = blended([[full[member][cut] for cut in cuts] for member in members])
        self.labels[name] = _("Blend") if alone else _("Blend of {models}").format(models=" + ".join(labels))
        found = {cut: dict(zip(labels, map(float, weights), strict=True)) for cut, weights in made.items()}
        self.members[name] = members
        self.weights[name] = {"label": self.labels[name], "cuts": found}

    def summary(self) -> dict[str, Any]:
        """Everything about the target."""
        return {
            "cuts": {cut: self._cut(cut) for cut in self.cuts},
            "rows": {name: self._row(name) for name in self._order()},
            "incomplete": [label for name, label in self.labels.items() if name not in self.complete],
            "blends": self.weights,
            "paired": self._paired(),
            "ablation": self._variants(WITHOUT),
            "learning": self._variants(SHARE),
            "departures": self._variants(DEPARTURE),
            "slices": self._slices(),
            "half": self._half(),
            "calibration": {
                name: {"label": self.labels[name], **calibrated(self.answers[name])} for name in self._order()[:-1]
            },
            "training": self._training(),
        }

    def _order(self) -> list[str]:
        """Names of the complete models from the best to the class frequencies."""
        best = sorted(self.complete, key=lambda name: self.answers[name].log_loss)
        return [*best, BASELINE] if best else []

    def _cut(self, cut: str) -> dict[str, Any]:
        some = next(by_cut[cut] for by_cut in self.results[ALL].values() if cut in by_cut)
        return {"days": some.facts["of"]["cut"], "rows": some.facts["rows"]}

    def _row(self, name: str) -> dict[str, Any]:
        """Scores of one model: on each cut, on all their accidents together, and beside the reference."""
        answers = class_frequencies(self.answers[self.complete[0]]) if name == BASELINE else self.answers[name]
        cuts: dict[str, dict[str, Any]] = {}
        for cut in self.cuts:
            one = answers.on(cut)
            cuts[cut] = {"scores": one.score(self.draws), "without": one.score(without=True)}
            cuts[cut] |= beside(cuts[cut], self.answers.get(REFERENCE), cut)
        found = {"together": answers.score(self.draws), "together_without": answers.score(without=True)}
        if name == BASELINE:  # it ranks nothing
            for metric in [m for m in found["together"]["baseline"] if m.startswith(RANKS)]:
                value = mean([cut["scores"][metric] for cut in cuts.values()])
                found["together"][metric] = found["together_without"][metric] = value
                found["together"]["intervals"].pop(metric, None)
        return {
            "label": _("class frequencies") if name == BASELINE else self.labels[name],
            "cuts": cuts,
            **found,
            **{key: mean([cut[key] for cut in cuts.values()]) for key in ("difference", "difference_without")},
        }

    def _paired(self) -> list[dict[str, Any]]:
        """Every pair of complete models on the accidents of all cuts, the better ones first."""
        names = self._order()[:-1]
        if len(names) < 2:
            return []
        first = self.answers[names[0]]
        found = paired({name: self.answers[name].proba for name in names}, first.truth, target=first.target)
        return [
            {"names": [a, b], "first": self.labels[a], "second": self.labels[b], **asdict(difference)}
            for (a, b), difference in found.items()
        ]

    def _variants(self, prefix: str) -> dict[str, Any]:
        """Models fitted in other ways, and blends of those."""
        members = {**{name: [name] for name in self.results.get(ALL, {})}, **self.members}
        found = variants(self.results, members, prefix)
        return {name: {"label": self.labels[name], **entry} for name, entry in found.items()}

    def _slices(self) -> dict[str, Any]:
        """Log-loss of every complete model on parts of the accidents of all cuts."""
        names = self._order()
        if not names:
            return {}
        some = list(self.results[ALL][next(n for n in self.complete if n in self.results[ALL])].values())
        where = {name: np.concatenate([one.slices[name] for one in some]) for name in some[0].slices}
        models = {name: self.answers[name] for name in names[:-1]}
        models[BASELINE] = class_frequencies(self.answers[names[0]])
        scorers = {name: Scorer(one.proba, one.truth) for name, one in models.items()}
        labels = {**self.labels, BASELINE: _("class frequencies")}
        rows = []
        for part in slices.parts(where):
            scores = {name: slices.score(s, part, self.answers[names[0]].target) for name, s in scorers.items()}
            row = {"division": part.division, "label": part.label, "rows": int(part.mask.sum()), "scores": scores}
            rows.append(row)
        return {"labels": {name: labels[name] for name in models}, "parts": rows}

    def _half(self) -> list[dict[str, Any]]:
        """How complete models do when groups of inputs are hidden; blends and the reference were not asked."""
        found = []
        for name in self._order():
            fitted = self.results[ALL].get(name, {}).values()
            if measured := [one.facts["hidden"] for one in fitted if "hidden" in one.facts]:
                found.append({"name": name, "label": self.labels[name], **half.together(measured)})
        return found

    def _training(self) -> list[dict[str, Any]]:
        """What each fit on all rows cost."""
        rows = []
        for name, by_cut in self.results.get(ALL, {}).items():
            facts = [one.facts for one in by_cut.values()]
            row = {key: facts[0][key] for key in ("label", "device", "cores", "parameters")}
            means = {"seconds": [f["seconds"] for f in facts], "rows": [f["rows"]["train"] for f in facts]}
            rows.append({"name": name, **row, **{key: float(np.mean(values)) for key, values in means.items()}})
        return rows


def _read(path: Path) -> dict[str, Any] | None:
    """A JSON object, None where there is no such file.

    Raises: DataError naming the file that cannot be read.
    """
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise ValueError(_("it holds no object"))
    except (OSError, ValueError) as error:
        raise DataError(_("{path} cannot be read: {error}").format(path=path, error=error)) from error
    return found
