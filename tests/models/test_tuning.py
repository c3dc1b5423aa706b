"""The space of a search, what it finds, and how that is kept; a search itself on small simulated tables."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data import series, splits
from data.errors import DataError
from models import tuning, tuning_search
from models.base import EnoughTrained, Progress, TrainingCancelled
from models.registry import KINDS, Kind
from models.settings import Range, as_dict, check, setting, settings_of
from models.train import TrainSpec
from models.tuning import Budget, Findings, Period, Trial
from tests.models.conftest import simulated

ROOT = Path(__file__).resolve().parents[2]
TUNABLE = [kind for kind in KINDS.values() if tuning.tunable(kind)]
SMALL: dict[str, dict[str, Any]] = {
    "tab-transformer": {"epochs": 1, "width": 32, "blocks": 1, "heads": 2, "feed_forward": 16, "head": 16},
    "random-forest": {"trees": 6, "leaf": 20},
    "xgboost": {"rounds": 8, "learning_rate": 0.3},
    "feed-forward": {"epochs": 2, "width": 64},
    "logistic": {"iterations": 40},
    "lstm": {"epochs": 1, "hidden": 16, "window": 28, "members": 1},
    "series-transformer": {"epochs": 1, "hidden": 16, "window": 28, "members": 1, "layers": 1},
}
DAYS = {"learnt": Period("2024-01-01", "2024-06-30", 60), "judged": Period("2024-07-01", "2024-09-30", 20)}


@dataclass(frozen=True)
class Example:
    rate: float = setting(0.1, "Rate", minimum=0.0, maximum=1.0, search=Range(0.2, 0.5, log=True))
    depth: int = setting(6, "Depth", minimum=1, maximum=12, search=Range(2, 8))
    width: int = setting(40, "Width", minimum=1, maximum=99, search=(32, 64))
    decay: float = setting(0.0, "Decay", minimum=0.0, maximum=1.0, search=Range(0.01, 0.1, log=True))
    seed: int = setting(0, "Seed", minimum=0, maximum=9)

    def __post_init__(self) -> None:
        check(self)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return simulated(900)


@pytest.fixture
def search(rows: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Findings]:
    """Search on simulated accidents or a part of the published counts."""
    monkeypatch.setattr(tuning_search, "accidents", lambda data, until, years: (rows, {}))
    monkeypatch.setattr(tuning_search, "daily", lambda spec: series.france().iloc[-700:])

    def run(kind: str, trials: int = 3, *told: Any, **changes: Any) -> Findings:
        target = KINDS[kind].targets[-1]
        spec = TrainSpec(kind, target, settings=SMALL[kind] | changes, device="cpu")
        return tuning_search.tune(spec, Budget(trials=trials), *told)

    return run


# ---- the space


def test_a_space_is_declared_beside_the_settings_and_holds_what_it_begins_with() -> None:
    found = tuning.space(Example())
    assert found == {"rate": Range(0.1, 0.5, log=True), "depth": Range(2, 8), "width": (32, 64, 40)}
    assert "decay" not in found, "no power of ten leads to zero"
    assert tuning.space(Example(decay=0.05))["decay"] == Range(0.01, 0.1, log=True)


def test_every_kind_but_the_blend_can_be_tuned() -> None:
    assert {kind.name for kind in KINDS.values()} - {kind.name for kind in TUNABLE} == {"blend"}


@pytest.mark.parametrize("kind", TUNABLE, ids=lambda kind: kind.name)
def test_every_space_lies_within_the_bounds_of_its_setting(kind: Kind) -> None:
    for config in kind.presets.values():
        items = {item.name: item for item in settings_of(config)}
        for name, search in tuning.space(config).items():
            low, high = (search.low, search.high) if isinstance(search, Range) else (min(search), max(search))
            assert items[name].minimum <= low < high <= items[name].maximum, name


@pytest.mark.parametrize("budget", [{"trials": 1}, {"trials": 501}, {"minutes": 0.5}, {"minutes": 721.0}])
def test_a_budget_is_bounded(budget: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is not between"):
        Budget(**budget)


# ---- what was found


def test_the_first_stays_the_best_until_another_is_better() -> None:
    first, same = Trial(1, "complete", {"depth": 6}, 0.5), Trial(2, "complete", {"depth": 3}, 0.5)
    ended = Trial(3, "pruned", {"depth": 4}, 0.1)
    found = Findings(DAYS, (first, same, ended))
    assert found.best == first
    assert not found.better
    assert found.changes(Example()) == {}
    better = Trial(4, "complete", {"depth": 7, "width": 40}, 0.4)
    found = Findings(DAYS, (first, same, ended, better))
    assert (found.best, found.first, found.better) == (better, first, True)
    assert found.changes(Example()) == {"depth": 7}


def test_findings_are_kept_and_read_again(tmp_path: Path) -> None:
    assert tuning.read(tmp_path) is None
    found = Findings(DAYS, (Trial(1, "complete", {"depth": 6}, 0.5, 1.25),), {"depth": 1.0})
    tuning.write(tmp_path, found)
    assert tuning.read(tmp_path) == found
    (tmp_path / tuning.FILE).write_text('{"days": 3}')
    assert tuning.read(tmp_path) is None


def test_reading_loads_no_heavy_library() -> None:
    code = (
        "import sys, models.tuning, models.jobs.tuning_worker; "
        "heavy = {'optuna', 'torch', 'pandas', 'numpy', 'sklearn'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


# ---- the search


@pytest.mark.parametrize("kind", TUNABLE, ids=lambda kind: kind.name)
def test_every_kind_tries_what_it_begins_with_first(kind: Kind, search: Callable[..., Findings]) -> None:
    found = search(kind.name)
    begun = as_dict(kind.settings(None, SMALL[kind.name])[1])
    assert [trial.number for trial in found.trials] == [1, 2, 3]
    assert found.first is not None
    assert dict(found.first.settings) == {name: begun[name] for name in found.first.settings}
    assert found.best is not None
    assert found.best.loss <= found.first.loss
    for trial in found.trials:
        kind.settings(None, {**SMALL[kind.name], **trial.settings})  # which refuses what is out of bounds


def test_it_is_judged_on_days_after_those_learnt_and_never_on_those_a_training_holds_out(
    search: Callable[..., Findings], rows: pd.DataFrame
) -> None:
    days = search("logistic", 2).days
    assert days["learnt"].start < days["learnt"].end < days["judged"].start < days["judged"].end
    held_out = rows["date"].iloc[splits.by_time(rows["date"]).held_out]
    assert days["held_out"] == Period(f"{held_out.min():%Y-%m-%d}", f"{held_out.max():%Y-%m-%d}", len(held_out))
    assert sum(period.rows for period in days.values()) == len(rows)


def test_what_is_held_out_has_no_say(
    search: Callable[..., Findings], rows: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = search("xgboost")
    other = rows.copy()
    last = other.index[splits.by_time(other["date"]).held_out]
    other.loc[last, ["collision", "severity", "speed_limit"]] = ["1", "light", 130.0]
    monkeypatch.setattr(tuning_search, "accidents", lambda data, until, years: (other, {}))
    assert [trial.loss for trial in search("xgboost").trials] == [trial.loss for trial in before.trials]


def test_the_loss_is_that_of_a_training_on_the_same_days(search: Callable[..., Findings], rows: pd.DataFrame) -> None:
    found = search("xgboost", 2)
    cut = splits.Cut(*(pd.Timestamp(found.days[n].start) for n in ("judged", "held_out")), rows["date"].max())
    kind = KINDS["xgboost"]
    preset, config = kind.settings(None, SMALL["xgboost"])
    model = kind.model(config, "severity", preset, "cpu").fit(rows, until=cut)
    assert found.trials[0].loss == pytest.approx(min(point["validation_loss"] for point in model.curves))


def test_the_same_search_finds_the_same(search: Callable[..., Findings]) -> None:
    one, other = search("xgboost", 12), search("xgboost", 12)
    assert [(t.settings, t.state, t.loss) for t in one.trials] == [(t.settings, t.state, t.loss) for t in other.trials]
    states = {trial.state for trial in one.trials}
    assert "pruned" in states
    assert all(trial.state == "complete" for trial in one.trials[: tuning_search._OTHERS])


class _Scripted:
    """A bench whose losses are known: `loss(config)` at the end, ten steps there from twice as much."""

    days = DAYS
    keeps_best = True

    def __init__(self, loss: Callable[[Any], float], pause: float = 0.0) -> None:
        self.loss, self.pause, self.steps = loss, pause, []

    def fit(self, config: Any, report: Callable[[Progress], None]) -> None:
        self.steps.append(0)
        for step in range(1, 11):
            self.steps[-1] = step
            time.sleep(self.pause)
            report(Progress("epoch", step, 10, step / 10, {"validation_loss": self.loss(config) * (2 - step / 10)}))


def scripted(bench: _Scripted, trials: int = 20, minutes: float = 1.0, report: Any = None) -> Findings:
    config = Example()
    budget = Budget(minutes, trials)
    told = report or (lambda progress: None)
    return tuning_search._Tuning(bench, config, tuning.space(config), budget, told, lambda findings: None).run()


def test_hopeless_trials_are_ended_and_the_best_settings_are_neared() -> None:
    bench = _Scripted(lambda config: 1 + (config.depth - 3) ** 2)
    found = scripted(bench, 30)
    assert found.first is not None
    assert found.first.loss == 10
    assert found.best is not None
    assert (found.best.settings["depth"], found.best.loss) == (3, 1)
    pruned = [trial.number for trial in found.trials if trial.state == "pruned"]
    assert pruned
    assert all(bench.steps[number - 1] < 10 for number in pruned)
    assert next(iter(found.importance)) == "depth"
    assert sum(found.importance.values()) == pytest.approx(1, abs=1e-3)


def test_where_nothing_is_better_it_says_so() -> None:
    found = scripted(_Scripted(lambda config: 1 + abs(config.depth - 6) + abs(config.rate - 0.1)), 10)
    assert not found.better
    assert found.best == found.first


def test_settings_that_cannot_be_trained_end_their_trial_alone() -> None:
    def loss(config: Any) -> float:
        if config.depth != 6:
            raise DataError("too deep")
        return 1.0

    found = scripted(_Scripted(loss), 8)
    assert {trial.state for trial in found.trials} >= {"complete", "failed"}
    assert {t.settings["depth"] for t in found.whole} == {6}

    def never(config: Any) -> float:
        raise DataError("no such file")

    with pytest.raises(DataError, match="no such file"):
        scripted(_Scripted(never))


def test_a_loss_that_is_no_number_is_never_the_best() -> None:
    found = scripted(_Scripted(lambda config: 1.0 if config.depth == 6 else float("nan")), 8)
    assert found.best == found.first
    assert {trial.state for trial in found.trials if trial.settings["depth"] != 6} == {"failed"}


def test_the_time_ends_it_but_never_before_the_first_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 100_000, 7))  # seven seconds at each look
    monkeypatch.setattr(tuning_search.time, "monotonic", lambda: float(next(clock)))
    found = scripted(_Scripted(lambda config: 1.0), 20)
    assert [trial.state for trial in found.trials] == ["complete"], "one trial of ten steps takes longer than a minute"
    assert found.first is not None
    found = scripted(_Scripted(lambda config: 1.0), 20, minutes=6.0)
    assert found.trials[-1].state == "late"
    assert 2 < len(found.trials) < 20


def test_it_can_be_ended_after_a_trial_and_stopped_at_once() -> None:
    def enough(progress: Progress) -> None:
        if progress.may_end and progress.done == 2:
            raise EnoughTrained

    assert len(scripted(_Scripted(lambda config: 1.0), report=enough).trials) == 2

    def stop(progress: Progress) -> None:
        if progress.share > 0.1:
            raise TrainingCancelled

    with pytest.raises(TrainingCancelled):
        scripted(_Scripted(lambda config: 1.0), report=stop)


def test_progress_tells_of_trials_and_never_goes_back() -> None:
    told: list[Progress] = []
    scripted(_Scripted(lambda config: 1.0), 4, report=told.append)
    shares = [progress.share for progress in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert {(progress.unit, progress.total) for progress in told} == {("trial", 4)}
    assert [progress.done for progress in told if progress.values] == [1, 2, 3, 4]


def test_smaller_steps_are_no_worse_for_being_slower() -> None:
    """A third of the pace makes a third of the way in as many steps, and is held against that of the others."""

    @dataclass(frozen=True)
    class Paced:
        pace: float = setting(0.3, "Pace", minimum=0.0, maximum=1.0, search=(0.3, 0.1))

    class Bench(_Scripted):
        def fit(self, config: Any, report: Callable[[Progress], None]) -> None:
            for step in range(1, 31):
                loss = round(2 - config.pace * step / 9, 6)
                report(Progress("round", step, 30, step / 30, {"validation_loss": loss}))

    config, bench = Paced(), Bench(lambda config: 1.0)
    found = tuning_search._Tuning(bench, config, tuning.space(config), Budget(1.0, 15), lambda p: None, lambda f: None)
    assert {trial.state for trial in found.run().trials} == {"complete"}


def test_kinds_without_a_space_are_refused() -> None:
    with pytest.raises(DataError, match="Blend has no settings to search for"):
        tuning_search.tune(TrainSpec("blend", "severity"), Budget())
