"""The search for better settings: each trial learns from earlier days and is judged on the days after them.

The study of Optuna stays in memory; what is found is told after each trial and kept by whoever listens.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from data import calendar, splits
from data.errors import AppError, Cancelled, DataError
from data.text import _
from models.base import Progress, Report, has_enough, silent
from models.registry import Kind
from models.settings import Config, Range, Search, as_dict
from models.train import TrainSpec, accidents, daily, kind_of
from models.tuning import Budget, Findings, Period, State, Trial, space

if TYPE_CHECKING:
    import optuna

# of the accidents; those that come last are held out from a search as from a training
_LEARNT, _JUDGED = 0.675, 0.225
_STEPS = 100  # of a whole training, at which it is held against the others
_WARM_UP = 5  # steps before a trial may be ended as hopeless
_OTHERS = 4  # whole trials before one may be
_ENOUGH = 8  # whole trials before anything is said of what matters
_SEED = 0

Found = Callable[[Findings], None]


class _Ended(Exception):
    """A trial that is not worth its time, or has none left; raised in its report."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.state = state


class _Bench(Protocol):
    """The days of a search, and how settings are tried on them. `keeps_best`: a fit keeps its best step, not the last.

    `days` as in `Findings`.
    """

    days: Mapping[str, Period]
    keeps_best: bool

    def fit(self, config: Config, report: Report) -> None:
        """Learn, telling the loss on the days that judge."""


def tune(spec: TrainSpec, budget: Budget, report: Report = silent, found: Found = lambda findings: None) -> Findings:
    """Search for settings better than those of `spec`, which are tried first, on its data and target.

    `found` is told what there is after each change. `report` may end the search: with EnoughTrained after a trial,
    with TrainingCancelled at once, and then what `found` was told last is what was found.
    Raises: DataError or ValueError as a training, or where nothing of the kind can be searched for; TrainingCancelled.
    """
    kind = kind_of(spec)
    preset, config = kind.settings(spec.preset, spec.settings)
    searched = space(config)
    if not searched:
        raise DataError(_("{kind} has no settings to search for.").format(kind=kind.label))
    if spec.start_from:
        raise DataError(_("A tuning begins anew; it cannot go on from a trained model."))
    bench: _Bench = (
        _Days(kind, spec, preset, config) if spec.target == "daily" else _Accidents(kind, spec, preset, config)
    )
    return _Tuning(bench, config, searched, budget, report, found).run()


class _Tuning:
    """One search, trial after trial."""

    def __init__(
        self,
        bench: _Bench,
        config: Config,
        searched: Mapping[str, Search],
        budget: Budget,
        report: Report,
        found: Found,
    ) -> None:
        self.bench, self.config, self.budget = bench, config, budget
        self.report, self.found = report, found
        self.begun = time.monotonic()
        self.findings = Findings(bench.days)
        self.study = _study()
        first = {name: as_dict(config)[name] for name in searched}
        self.distributions = {name: _distribution(search, first[name]) for name, search in searched.items()}
        self.study.enqueue_trial(first)

    def run(self) -> Findings:
        """All trials that the budget allows."""
        for number in range(1, self.budget.trials + 1):
            if number > 1 and self.late:
                break
            trial = self._try(number)
            whole = trial.state == "complete" and trial.loss is not None
            if has_enough(self.report, self.progress(number, {"validation_loss": trial.loss} if whole else {})):
                break
        return self.findings

    @property
    def late(self) -> bool:
        """Whether the time is used up."""
        return time.monotonic() - self.begun >= self.budget.minutes * 60

    def progress(self, done: float, values: Mapping[str, Any]) -> Progress:
        """How far the search is after so many trials, the last of which may be a part of one."""
        by_time = (time.monotonic() - self.begun) / (self.budget.minutes * 60)
        share = min(1.0, max(done / self.budget.trials, by_time))
        return Progress("trial", int(done), self.budget.trials, share, values)

    def _try(self, number: int) -> Trial:
        asked, begun = self.study.ask(fixed_distributions=dict(self.distributions)), time.monotonic()
        before, trial = self.findings.trials, Trial(number, "running", dict(asked.params))
        self._tell((*before, trial))
        watch = _Watch(self, asked, number)
        state = self._fit(asked.params, watch)
        self._note(asked, state, watch)
        loss = watch.loss if math.isfinite(watch.loss) else None
        trial = replace(trial, state=state, loss=loss, seconds=round(time.monotonic() - begun, 2))
        self._tell((*before, trial))
        return trial

    def _fit(self, params: Mapping[str, Any], watch: _Watch) -> State:
        """Try settings out and say how it ended."""
        try:
            config = replace(self.config, **params)
            watch.pace = _pace(config) / _pace(self.config)
            self.bench.fit(config, watch)
        except _Ended as ended:
            return ended.state
        except Cancelled:
            raise
        except (AppError, ValueError):
            if watch.number == 1:  # what is wrong with the settings it begins with is wrong with the request
                raise
            return "failed"
        return "complete" if math.isfinite(watch.loss) else "failed"

    def _note(self, asked: optuna.trial.Trial, state: State, watch: _Watch) -> None:
        """Let the study learn from how a trial ended."""
        from optuna.trial import TrialState

        if state == "complete":
            watch.fill(_STEPS)
            self.study.tell(asked, watch.loss)
        else:
            self.study.tell(asked, state=TrialState.PRUNED if state == "pruned" else TrialState.FAIL)

    def _tell(self, trials: tuple[Trial, ...]) -> None:
        self.findings = replace(self.findings, trials=trials, importance=_importance(self.study))
        self.found(self.findings)


class _Watch:
    """The report of one trial: it ends what is hopeless or late, and passes on the wish to stop.

    `pace`: how far a step gets beside one of the settings that the search began with.
    """

    def __init__(self, tuning: _Tuning, trial: optuna.trial.Trial, number: int) -> None:
        self.tuning, self.trial, self.number = tuning, trial, number
        self.loss, self.pace = math.inf, 1.0
        self.step = 0  # the next to be told of

    def __call__(self, progress: Progress) -> None:
        """Raises: _Ended; TrainingCancelled."""
        self.tuning.report(self.tuning.progress(self.number - 1 + min(progress.share, 0.99), {}))
        loss = progress.values.get("validation_loss")
        if loss is not None:
            step = int(_STEPS * progress.share * self.pace)
            self.fill(step)
            self.loss = min(self.loss, loss) if self.tuning.bench.keeps_best else loss
            self.fill(step + 1)
            if progress.share < 1 and self.trial.should_prune():
                raise _Ended("pruned")
        if self.number > 1 and self.tuning.late:
            raise _Ended("late")

    def fill(self, end: int) -> None:
        """Tell the study the loss as that of every step before one: trainings take steps of different lengths."""
        end = min(end, _STEPS)
        if math.isfinite(self.loss):
            for step in range(self.step, end):
                self.trial.report(self.loss, step)
        self.step = max(self.step, end)


class _Accidents:
    """Accidents, encoded once for all trials; those held out are left out before."""

    def __init__(self, kind: Kind, spec: TrainSpec, preset: str, config: Config) -> None:
        self._made: Callable[[Config], Any] = lambda tried: kind.model(tried, spec.target, preset, spec.device)
        model = self._made(config)
        self.keeps_best: bool = model.length is not None
        table = model._known(accidents(spec.data or "processed", spec.until, spec.years)[0])
        split = splits.by_time(table["date"], (_LEARNT, _JUDGED))
        parts = {"learnt": split.train, "judged": split.validation, "held_out": split.held_out}
        self.days: Mapping[str, Period] = {name: _period(table["date"].iloc[rows]) for name, rows in parts.items()}
        n = len(split.train)
        encoded, truth = model._encoded(table.iloc[np.r_[split.train, split.validation]], np.arange(n))
        self._encoder = model.encoder
        self._parts = encoded.take(slice(n)), truth[:n], encoded.take(slice(n, None)), truth[n:]

    def fit(self, config: Config, report: Report) -> None:
        model = self._made(config)
        model.encoder = self._encoder
        model._fit(*self._parts, report)


class _Days:
    """Daily counts, cut as a forecaster cuts them; it learns as one does for what it is scored by."""

    keeps_best = True

    def __init__(self, kind: Kind, spec: TrainSpec, preset: str, config: Config) -> None:
        from models import forecasts
        from models.forecast_periods import periods

        if spec.departements and not spec.departement:
            raise DataError(_("A tuning learns France or one département; name its code."))
        self._made: Callable[[Config], Any] = lambda tried: kind.model(tried, preset, spec.device)
        self._device = spec.device
        self._series = forecasts.checked(daily(spec), self._made(config).days_to_train)
        self._cuts = periods(calendar.is_covid(pd.DatetimeIndex(self._series.index)))
        edges = {
            "learnt": (0, self._cuts.train),
            "judged": (self._cuts.train, self._cuts.validation),
            "held_out": (self._cuts.validation, self._cuts.end),
        }
        self.days: Mapping[str, Period] = {
            name: _period(self._series.index[first:last]) for name, (first, last) in edges.items()
        }

    def fit(self, config: Any, report: Report) -> None:
        from models import device, forecast_learning, forecasts
        from models.forecast_designs import design
        from models.training import seeded

        forecasts.checked(self._series, self._made(config).days_to_train)
        with seeded(config.seed):
            made = design(config)
        made.learn_statistics(self._series.iloc[: self._cuts.train])
        schedule, place = forecast_learning.schedule_of(config), device.pick(self._device)
        with seeded(config.seed):
            forecast_learning.before_held_out(made, self._series, self._cuts, schedule, place, report)


def _pace(config: Config) -> float:
    """How far a step gets beside another of the same kind; a kind need not say."""
    return float(getattr(config, "pace", 1.0))


def _period(days: pd.Series | pd.Index) -> Period:
    return Period(days.min().date().isoformat(), days.max().date().isoformat(), len(days))


def _study() -> optuna.Study:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna.create_study(
        sampler=optuna.samplers.TPESampler(seed=_SEED),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=_OTHERS, n_warmup_steps=_WARM_UP),
    )


def _distribution(search: Search, value: object) -> optuna.distributions.BaseDistribution:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if not isinstance(search, Range):
        return CategoricalDistribution(search)
    if isinstance(value, int):
        return IntDistribution(int(search.low), int(search.high), log=search.log)
    return FloatDistribution(search.low, search.high, log=search.log)


def _importance(study: optuna.Study) -> dict[str, float]:
    """The share of each setting in what parts good trials from others; empty until there are enough, or no difference.

    Source: Watanabe, Bansal, Hutter 2023, PED-ANOVA.
    """
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
    from optuna.trial import TrialState

    losses = [trial.value for trial in study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))]
    if len(losses) < _ENOUGH or len(set(losses)) == 1:
        return {}
    found = get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())
    return {name: round(float(share), 4) for name, share in found.items()}
