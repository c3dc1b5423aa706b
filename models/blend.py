"""A blend: several models of other kinds on the same inputs, whose answers are put together by `models.blending`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from data.features import Target
from data.text import N_, _
from models import blending, explain
from models.base import Progress, Report
from models.blend_config import BlendConfig
from models.classifier import Classifier
from models.encoder import Encoded
from models.registry import KINDS
from models.settings import as_dict

# the kinds of the members in order of training, and roughly how long one learns beside the others
_EFFORTS = {"xgboost": 1, "feed-forward": 2, "tab-transformer": 12}


class Blend(Classifier):
    """XGBoost and a TabTransformer, and a feed-forward network where asked for, behind the classifier contract.

    Members have no calibration of their own: weights and calibration of the blend do all of it. `weights` has one for
    each of `members`, in their order.
    """

    kind: ClassVar[str] = "blend"
    config_type: ClassVar[type] = BlendConfig
    unit: ClassVar[str] = N_("log-odds")
    game: ClassVar[str] = explain.GAME
    importance_rows: ClassVar[int] = 60  # as of the TabTransformer

    config: BlendConfig

    def __init__(self, config: BlendConfig, target: Target, preset: str = "base", device: str = "auto") -> None:
        super().__init__(config, target, preset, device)
        presets = {"tab-transformer": config.tab_transformer}
        self.members: dict[str, Classifier] = {}
        for kind in _kinds(config):
            name, settings = KINDS[kind].settings(presets.get(kind), {"seed": config.seed})
            self.members[kind] = KINDS[kind].model(settings, target, name, device)
        self.weights = np.full(len(self.members), 1 / len(self.members))

    @classmethod
    def of(cls, members: Mapping[str, Classifier], weights: Sequence[float] | np.ndarray) -> Self:
        """A blend of trained models, by their kinds, that only lacks a fit: it takes them as they are.

        A fit on the rows that the members were trained on then describes and calibrates it; where it has validation
        rows, it fits the weights as well. `weights` are those of the members' answers before calibration.
        Raises: ValueError where the members are not those of a blend, or there is not one allowed weight for each.
        """
        one = members.get("tab-transformer")
        if one is None:
            raise ValueError(_("a blend needs a {kind}").format(kind=KINDS["tab-transformer"].label))
        config = BlendConfig(one.preset, "feed-forward" in members, int(as_dict(one.config)["seed"]))
        blend = cls(config, one.target, device=one.device)
        blend.members, blend.weights = dict(members), np.asarray(weights, dtype=float)
        blend._check()
        return blend

    # ---- what a classifier adds

    def _fit(
        self,
        train: Encoded,
        truth: np.ndarray,
        validation: Encoded | None,
        validation_truth: np.ndarray | None,
        report: Report,
    ) -> None:
        whole, done = sum(_EFFORTS[kind] for kind in self.members), 0
        for kind, member in self.members.items():
            if member.metadata:
                self._require_own(member)
            elif validation is None:
                message = _("without validation rows nothing tells the {kind} of a blend when to stop; train it first")
                raise ValueError(message.format(kind=kind))
            else:
                member.encoder, member.curves = self.encoder, []
                told = _part(report, done / whole, _EFFORTS[kind] / whole)
                member._fit(train, truth, validation, validation_truth, told)
            done += _EFFORTS[kind]
        if validation is not None and validation_truth is not None:
            self.weights = blending.fit_weights(self._answers(validation), validation_truth)

    def _proba(self, rows: Encoded) -> np.ndarray:
        return blending.blend(self._answers(rows), self.weights)

    def _shares(self, rows: Encoded) -> np.ndarray:
        return explain.contributions(lambda copies: blending.scores(self._answers(copies), self.weights), rows)

    def _write(self, folder: Path) -> None:
        for kind, member in self.members.items():
            (folder / kind).mkdir()
            member._write(folder / kind)

    def _read(self, folder: Path) -> None:
        about = self.metadata["members"]
        self.weights = np.array([one["weight"] for one in about.values()], dtype=float)
        self.members = {}
        for kind, one in about.items():
            model = KINDS[kind].model
            member = model(model.config_type(**one["config"]), self.target, one["preset"], self.device)
            member.encoder, member.curves = self.encoder, one["curves"]
            member._read(folder / kind)
            self.members[kind] = member
        self._check()

    @property
    def computes_on(self) -> str:
        return self.members["tab-transformer"].computes_on  # the one that takes the time

    @property
    def details(self) -> dict[str, Any]:
        """Of each member its weight, its settings and how it learnt."""
        return {
            "members": {
                kind: {
                    "weight": weight,
                    "preset": member.preset,
                    "config": as_dict(member.config),
                    "parameters": member.parameters,
                    "curves": member.metadata.get("curves", member.curves),
                }
                for (kind, member), weight in zip(self.members.items(), self.weights, strict=True)
            }
        }

    # ---- steps

    def _answers(self, rows: Encoded) -> list[np.ndarray]:
        return [member._proba(rows) for member in self.members.values()]

    def _require_own(self, member: Classifier) -> None:
        """Raises: ValueError where a trained member was trained on other rows than those of the blend."""
        ours, theirs = self.encoder, member.encoder
        arrays, others = ours.places.arrays(), theirs.places.arrays()
        if ours.to_dict() != theirs.to_dict() or not all(np.array_equal(arrays[name], others[name]) for name in arrays):
            raise ValueError(_("the {kind} of the blend was trained on other accidents").format(kind=member.kind))

    def _check(self) -> None:
        """Raises: ValueError where members and weights are not those of a blend of these settings."""
        if set(self.members) != set(_kinds(self.config)) or {m.target for m in self.members.values()} != {self.target}:
            raise ValueError(_("members {kinds} are not those of a blend").format(kinds=", ".join(self.members)))
        allowed = (self.weights >= 0) & (self.weights <= blending.MOST)
        if self.weights.shape != (len(self.members),) or not allowed.all():
            message = _("weights {weights} are not one between 0 and {most:g} for each of {kinds}")
            raise ValueError(
                message.format(weights=self.weights.tolist(), most=blending.MOST, kinds=", ".join(self.members))
            )


def _kinds(config: BlendConfig) -> list[str]:
    return [kind for kind in _EFFORTS if kind != "feed-forward" or config.feed_forward]


def _part(report: Report, start: float, width: float) -> Report:
    """What a member is given to report to: its progress is that of a part of the whole."""

    def told(progress: Progress) -> None:
        report(replace(progress, share=start + width * progress.share))

    return told
