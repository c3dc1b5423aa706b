"""What a benchmark fits: models by name, the reference, and each thing once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from data import features, schema, splits
from data.errors import DataError
from models.benchmark.tasks import (
    ALL,
    REFERENCE_INPUTS,
    Plan,
    Task,
    contender,
    known_tables,
    left_out,
    reference,
)
from models.settings import changes
from models.tab_transformer_config import PRESETS

DAYS = pd.Series(pd.date_range("2024-01-01", "2024-04-30"))
CUTS = splits.months(DAYS, 2)


def names(tasks: list[Task]) -> list[tuple[str, str, str, str]]:
    return [(t.contender.name, t.target, t.month, t.variant) for t in tasks]


def test_a_model_is_named_by_kind_preset_and_changed_settings() -> None:
    plain = contender("xgboost")
    assert (plain.kind, plain.hidden) == ("xgboost", ())
    assert plain == contender(f"xgboost:{plain.preset}")  # one model has one name
    changed = contender(f"xgboost:{plain.preset}:rounds=7,depth=3")
    assert (changed.config.rounds, changed.config.depth) == (7, 3)
    assert changed.name == f"xgboost:{plain.preset}:depth=3,rounds=7"
    assert changed.name == contender("xgboost::rounds=7,depth=3").name
    assert changed.label == "XGBoost" + (f", {plain.preset}" if plain.label != "XGBoost" else "") + ", depth=3,rounds=7"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("forest", "no classifier 'forest'"),
        ("lstm", "no classifier 'lstm'"),
        ("xgboost:best", "no preset 'best'"),
        ("xgboost::deep=3", "no setting 'deep'"),
        ("xgboost::depth=deep", "depth cannot be 'deep'"),
    ],
)
def test_a_model_that_does_not_exist_is_told(words: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        contender(words)


def test_presets_are_told_apart_by_their_labels() -> None:
    tasks = Plan(tables=["cuts"], kinds=["tab-transformer:base", "tab-transformer:paper"]).tasks(CUTS)
    labels = dict.fromkeys(task.contender.label for task in tasks)
    assert list(labels) == ["XGBoost, reference inputs", "TabTransformer, base", "TabTransformer, paper"]
    assert len({task.stem(Path()) for task in tasks}) == 3 * 2 * 2


def test_the_reference_knows_its_inputs_and_no_others() -> None:
    assert set(REFERENCE_INPUTS) <= set(features.BY_NAME)
    assert set(reference().hidden) | set(REFERENCE_INPUTS) == set(features.BY_NAME)
    assert not set(reference().hidden) & set(REFERENCE_INPUTS)
    assert set(features.NEAR_EVENT) <= set(reference().hidden)
    assert set(schema.VEHICLE_GROUPS) <= set(REFERENCE_INPUTS)
    config = reference().config
    assert (config.learning_rate, config.depth, config.min_child_weight) == (0.06, 6, 5)
    assert (config.row_share, config.input_share) == (0.8, 0.5)


def test_every_model_is_fitted_before_every_cut_beside_the_reference() -> None:
    tasks = Plan(targets=["severity"], tables=["cuts"], kinds=["random-forest"]).tasks(CUTS)
    forest = contender("random-forest").name
    assert names(tasks) == [
        ("reference", "severity", "2024-03", ALL),
        ("reference", "severity", "2024-04", ALL),
        (forest, "severity", "2024-03", ALL),
        (forest, "severity", "2024-04", ALL),
    ]


def test_by_default_all_classifiers_take_part() -> None:
    kinds = {task.contender.kind for task in Plan(tables=["cuts"]).tasks(CUTS)}
    assert {"tab-transformer", "random-forest", "xgboost"} <= kinds
    assert {"lstm", "blend"}.isdisjoint(kinds)  # blends are made of the answers of the others


def test_an_ablation_leaves_out_each_group_and_what_is_near_the_event_on_the_last_cut() -> None:
    tasks = Plan(targets=["collision"], tables=["ablation"], ablate=["xgboost"]).tasks(CUTS)
    assert {task.month for task in tasks} == {"2024-04"}
    variants = [task.variant for task in tasks if task.contender.name == contender("xgboost").name]
    assert variants == [ALL, *(f"without-{group}" for group in features.GROUPS), "without-near_event"]
    hidden = {task.variant: set(task.hidden) for task in tasks if task.contender.kind == "xgboost"}
    assert hidden["without-near_event"] == set(features.NEAR_EVENT)
    assert {"light", "weather", "surface"} <= hidden["without-conditions"]
    assert "hour" not in hidden["without-conditions"]
    assert set().union(*left_out().values()) == set(features.BY_NAME)


def test_an_ablation_can_be_of_what_is_named_alone() -> None:
    plan = Plan(targets=["collision"], tables=["ablation"], ablate=["xgboost"], leave_out=["near_event"], last=2)
    found = [(t.month, t.variant) for t in plan.tasks(CUTS) if t.contender.kind == "xgboost" and not t.contender.hidden]
    assert found == [(month, variant) for variant in (ALL, "without-near_event") for month in ("2024-03", "2024-04")]


def test_departures_are_the_same_model_with_one_choice_changed() -> None:
    quick = contender("tab-transformer:quick")
    tasks = Plan(tables=["departures"]).tasks(CUTS)
    assert {(task.month, task.contender.name) for task in tasks} == {("2024-04", quick.name)}
    configs = {task.variant: task.contender.config for task in tasks}
    assert configs[ALL] == quick.config
    for variant, config in configs.items():
        if variant != ALL:
            named = changes("tab-transformer", PRESETS, variant.removeprefix("departure-").split(","))
            assert config == replace(quick.config, **named) != quick.config
    assert {"departure-identifier=0", "departure-number_bins=0,number_tokens=false", "departure-head=0"} <= set(configs)
    # quick has that much dropout and weight decay already
    assert {"departure-dropout=0.1", "departure-weight_decay=0.01"}.isdisjoint(configs)
    assert {"departure-dropout=0.3", "departure-weight_decay=0.1"} <= set(configs)
    # collision types have no order
    assert [task.target for task in tasks if task.variant == "departure-ordinal=true"] == ["severity"]
    assert len({repr(task.identity("a")) for task in tasks}) == len(tasks)


def test_a_learning_curve_takes_shares_of_the_rows_on_as_many_cuts_as_asked_for() -> None:
    tasks = Plan(targets=["collision"], tables=["learning"], learn=["xgboost"], last=2).tasks(CUTS)
    assert [(task.month, task.share) for task in tasks] == [
        *((month, 1.0) for month in ("2024-03", "2024-04")),
        *((month, share) for share in (0.1, 0.25, 0.5) for month in ("2024-03", "2024-04")),
    ]


def test_what_several_tables_need_is_fitted_once() -> None:
    tables = ["cuts", "ablation", "learning"]
    tasks = Plan(targets=["collision"], tables=tables, kinds=["xgboost"], learn=["xgboost"]).tasks(CUTS)
    stems = [task.stem(Path()) for task in tasks]
    assert len(set(stems)) == len(stems)
    # two models on two cuts, the left out, the shares of the rows
    assert len(tasks) == 4 + len(left_out()) + 3


def test_what_is_not_understood_is_told() -> None:
    with pytest.raises(DataError, match="no table 'curves'; there is cuts, ablation, learning, departures"):
        Plan(tables=["curves"]).tasks(CUTS)
    with pytest.raises(DataError, match="no table 'curves'"):
        known_tables("cuts, curves")
    with pytest.raises(DataError, match=r"no 'roads' to leave out; there is when_where, .*, near_event"):
        Plan(leave_out=["roads"]).tasks(CUTS)
    with pytest.raises(DataError, match="xgboost has no choices of its own"):
        Plan(depart=["xgboost"]).tasks(CUTS)
    with pytest.raises(ValueError, match="last = 0"):
        Plan(last=0).tasks(CUTS)


def test_the_identity_of_a_task_tells_data_settings_inputs_and_days() -> None:
    task = Task(contender("xgboost"), "collision", CUTS[0])
    others = [
        Task(contender("xgboost::depth=3"), "collision", CUTS[0]),
        Task(reference(), "collision", CUTS[0]),
        Task(replace(reference(), surroundings=True), "collision", CUTS[0]),
        Task(contender("xgboost"), "severity", CUTS[0]),
        Task(contender("xgboost"), "collision", CUTS[1]),
        Task(contender("xgboost"), "collision", CUTS[0], variant="without-hour", hidden=("hour",)),
        Task(contender("xgboost"), "collision", CUTS[0], variant="share-0.5", share=0.5),
    ]
    identities = [task.identity("a"), task.identity("b"), *(other.identity("a") for other in others)]
    assert len({repr(one) for one in identities}) == len(identities)
    stems = [str(t.stem(Path())) for t in (task, *others)]
    assert len(set(stems)) == len(stems) - 1  # the two references alone share one: there is only one in a folder
    assert ":" not in str(others[0].stem(Path()))  # no file name of Windows may hold it
