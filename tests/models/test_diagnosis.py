"""The diagnosis on curves made for each case, and on those of the shipped models, which were sound."""

import json
import math
from pathlib import Path

import pytest

from models import diagnosis

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "checkpoints").glob("*/metadata.json"))
SOUND = [1.2, 0.9, 0.8, 0.76, 0.74, 0.73, 0.72, 0.71, 0.705, 0.70, 0.697, 0.694]  # as real trainings fall
JUDGED = [1.0, 0.85, 0.80, 0.77, 0.76, 0.755, 0.752, 0.750, 0.751, 0.752, 0.753, 0.754]


def network(train, validation=None, norms=None, **more):
    """Points as networks give them; a list by name for what else was measured."""
    columns = {"train_loss": train, "learning_rate": [0.001] * len(train), "gradient_norm": norms or [0.6] * len(train)}
    if validation is not None:
        columns["validation_loss"] = validation
    columns |= more
    rows = zip(*columns.values(), strict=True)
    return [{"step": step, **dict(zip(columns, row, strict=True))} for step, row in enumerate(rows, start=1)]


def trees(train, validation):
    points = zip(train, validation, strict=True)
    return [
        {"step": step, "train_loss": t, "validation_loss": v, "learning_rate": 0.1}
        for step, (t, v) in enumerate(points, start=1)
    ]


def names(*arguments, **options):
    return [finding.name for finding in diagnosis.findings(*arguments, **options)]


def scores(log_loss, baseline=1.4, **more):
    return {"metrics": {"held_out": {"log_loss": log_loss, "baseline": {"log_loss": baseline}, **more}}}


def test_a_sound_training_raises_nothing():
    (found,) = diagnosis.findings(network(SOUND, JUDGED), {"target": "collision", **scores(0.75)})
    assert found.name == "healthy"
    assert "lowest at epoch 8: 0.75" in found.words
    assert "46% better" in found.words  # 1 - 0.75 / 1.4
    assert found.advice == ""


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_the_shipped_models_raise_nothing(path):
    metadata = json.loads(path.read_text())
    curves = [metadata.get("curves") or [], *(m.get("curves") or [] for m in metadata.get("members", {}).values())]
    for curve in curves:
        assert names(curve, metadata) == ["healthy"]
    assert names([point for curve in curves for point in curve], metadata) == ["healthy"]


def test_shipped_models_are_there_to_be_looked_at():
    assert len(SHIPPED) >= 10


@pytest.mark.parametrize("n", [0, 1, 2])
def test_with_two_points_it_is_too_early(n):
    (found,) = diagnosis.findings(network(SOUND[:n], JUDGED[:n]), whole=False)
    assert found.name == "too_early"
    assert f"{n} of at least 3" in found.words


def test_over_fitting_names_the_best_epoch_and_the_rise():
    validation = [1.0, 0.8, 0.75, 0.74, 0.76, 0.80, 0.85, 0.90, 0.95, 1.0, 1.05, 1.11]
    (found,) = diagnosis.findings(network(SOUND, validation))
    assert found.name == "over_fitting"
    assert "epoch 4 (0.74)" in found.words
    assert "+50.0%" in found.words  # 1.11 / 0.74
    assert "from 0.76 to 0.694" in found.words
    assert "dropout" in found.advice


def test_a_rise_within_the_patience_of_a_sound_training_is_no_over_fitting():
    validation = [*JUDGED[:-1], 0.75 * 1.006]  # the widest seen in sound trainings
    assert names(network(SOUND, validation)) == ["healthy"]


def test_trees_that_know_their_rows_by_heart_over_fit():
    train = [1.5 * 0.8**n for n in range(20)]
    validation = [0.8 + 0.7 * 0.6**n for n in range(20)]
    (found,) = diagnosis.findings(trees(train, validation))
    assert found.name == "over_fitting"
    assert "round 20" in found.words


def test_rounds_of_trees_that_level_off_are_sound():
    train = [0.6 + 0.9 * 0.95**n for n in range(80)]
    validation = [0.71 + 0.85 * 0.9**n for n in range(80)]
    assert names(trees(train, validation)) == ["healthy"]


def test_under_fitting_beside_the_class_frequencies():
    (found,) = diagnosis.findings(network(SOUND, JUDGED), {"target": "collision", **scores(1.39)})
    assert found.name == "under_fitting"
    assert "1.39" in found.words
    assert "1.4" in found.words


def test_under_fitting_of_a_forecaster_beside_last_week():
    held_out = {"pooled": {"mae": 24.0}, "baselines": {"seasonal-naive": {"pooled": {"mae": 23.0}}}}
    (found,) = diagnosis.findings([], {"target": "daily", "metrics": {"held_out": held_out}})
    assert found.name == "under_fitting"
    assert "24 accidents a day" in found.words


def test_a_loss_that_still_falls_steeply_is_under_fitting_once_the_training_has_ended():
    falling = [2.0 - 0.1 * n for n in range(8)]  # 0.7 in all, 0.2 of it in the last two epochs
    (found,) = diagnosis.findings(network(falling))
    assert found.name == "under_fitting"
    assert "29% of its fall came after epoch 6 of 8" in found.words
    assert names(network(falling), whole=False) == ["healthy"]


def test_too_few_epochs_where_the_last_is_the_best_and_the_loss_still_falls():
    validation = [1.0, 0.9, 0.86, 0.83, 0.81, 0.79, 0.78, 0.77]
    (found,) = diagnosis.findings(network(SOUND[:8], validation))
    assert found.name == "too_few_epochs"
    assert "from 0.79 at epoch 6 to 0.77" in found.words
    assert names(network(SOUND[:8], validation), whole=False) == ["healthy"]


def test_one_ended_by_hand_is_not_told_that_its_epochs_were_too_few():
    by_hand = {"target": "collision", "stopped_early": "asked"}
    falling = [2.0 - 0.1 * n for n in range(8)]
    assert names(network(SOUND[:8], [1.0, 0.9, 0.86, 0.83, 0.81, 0.79, 0.78, 0.77]), by_hand) == ["healthy"]
    assert names(network(falling), by_hand) == ["healthy"]
    assert names(network([1.2, 0.8, 0.7, 1.0, 1.3]), by_hand) == ["divergence"], "what more epochs would not mend"


def test_a_schedule_that_ends_at_its_best_had_enough_epochs():
    validation = [1.0, 0.9, 0.86, 0.83, 0.81, 0.803, 0.8011, 0.8]
    assert names(network(SOUND[:8], validation)) == ["healthy"]


def test_a_plateau_where_nothing_moves_any_more():
    train = [1.2, 0.9, 0.8, 0.8, 0.8001, 0.8, 0.8, 0.8001, 0.8, 0.8, 0.8, 0.8]
    (found,) = diagnosis.findings(network(train, [0.85, 0.82, *[0.81] * 10]))
    assert found.name == "plateau"
    assert "last 6 points" in found.words
    assert "stayed at 0.8 (it began at 1.2)" in found.words


def test_a_training_that_never_moved_is_a_plateau_too():
    assert names(network([1.1, 1.1001, 1.0999, 1.1, 1.1, 1.0999, 1.1001, 1.1])) == ["plateau"]


def test_a_solver_that_has_converged_stands_still_rightly():
    points = [{"step": n, "train_loss": max(0.6, 1.2 - 0.2 * n), "validation_loss": 0.7} for n in range(1, 13)]
    assert names(points) == ["healthy"]


@pytest.mark.parametrize("broken", [math.nan, None, math.inf])
@pytest.mark.parametrize("name", ["train_loss", "validation_loss"])
def test_a_loss_that_is_no_number_is_divergence_at_once(broken, name):
    curve = network(SOUND[:2], JUDGED[:2])
    curve[1][name] = broken
    (found,) = diagnosis.findings(curve, whole=False)
    assert found.name == "divergence"
    assert "epoch 2" in found.words
    assert "learning rate" in found.advice


def test_a_training_loss_that_climbs_is_divergence():
    (found,) = diagnosis.findings(network([1.2, 0.8, 0.7, 1.0, 1.3]))
    assert found.name == "divergence"
    assert "1.2 at the start, 0.7 at its lowest, and is 1.3 now" in found.words
    assert names(network([1.1, 1.2, 1.4, 1.9])) == ["divergence"]


def test_one_bad_epoch_is_no_divergence():
    assert names(network([1.2, 0.8, 0.75, 0.73, 1.1]), whole=False) == ["healthy"]


def test_exploding_gradients_name_the_epoch():
    norms = [0.9, 0.6, 0.6, 0.6, 0.6, 0.6, 30.0, 0.6, 0.6, 0.6, 0.6, 0.6]
    (found,) = diagnosis.findings(network(SOUND, JUDGED, norms))
    assert found.name == "exploding_gradients"
    assert "30 at epoch 7, 50 times" in found.words  # 30 / 0.6


def test_a_steep_first_epoch_is_no_explosion():
    assert names(network(SOUND, JUDGED, [9.0, *[0.6] * 11])) == ["healthy"]


def test_gradients_that_grow_from_epoch_to_epoch_explode():
    curve = network(SOUND[:4], JUDGED[:4], [1.0, 10.0, 100.0, 1000.0])
    assert names(curve, whole=False) == ["exploding_gradients"]


def test_a_gradient_that_is_no_number_explodes():
    curve = network(SOUND[:4], JUDGED[:4])
    curve[3]["gradient_norm"] = None
    assert names(curve) == ["exploding_gradients"]


def test_vanishing_gradients_where_hardly_anything_was_learnt():
    norms = [0.5 * 0.3**n for n in range(8)]
    (found,) = diagnosis.findings(network([1.40, 1.39, 1.385, 1.383, 1.382, 1.3815, 1.3813, 1.3812], None, norms))
    assert found.name == "vanishing_gradients"
    assert "from 0.5 to" in found.words
    assert "still 1.381" in found.words


def test_a_gradient_may_fade_once_the_loss_is_learnt():
    train = [1.0, 0.4, 0.15, 0.08, 0.05, 0.04, 0.035, 0.033]
    assert names(network(train, None, [0.5 * 0.3**n for n in range(8)])) == ["healthy"]


def collapsed(**more):
    confusion = [[90, 0, 0], [25, 5, 0], [10, 0, 0]]
    return {
        "target": "severity", "classes": ["light", "hospitalised", "killed"], "confusion": confusion,
        **scores(0.8, **more),
    }  # fmt: skip


def test_a_class_that_is_never_predicted_is_named_with_its_share():
    (found,) = diagnosis.findings([], collapsed())
    assert found.name == "class_collapse"
    assert "130 accidents" in found.words
    assert "(10, 7.7%)" in found.words  # 10 / 130
    assert "hospitalised" not in found.words


def test_a_rare_class_that_is_ranked_well_has_not_collapsed():
    assert names([], collapsed(auc_killed=0.8)) == ["healthy"]
    assert names([], collapsed(auc_killed=0.6)) == ["class_collapse"]


def test_the_members_of_a_blend_are_judged_one_by_one():
    validation = [1.0, 0.8, 0.75, 0.74, 0.76, 0.80, 0.85, 0.90, 0.95, 1.0, 1.05, 1.1]
    curve = trees([0.7 + 0.9 * 0.9**n for n in range(30)], [0.75 + 0.9 * 0.7**n for n in range(30)])
    assert names([*curve, *network(SOUND, JUDGED)]) == ["healthy"]
    assert names([*curve, *network(SOUND, validation)]) == ["over_fitting"]


def test_a_forest_is_judged_by_its_score_alone():
    points = [{"step": 50 * n, "validation_loss": 0.8 - 0.01 * n} for n in range(1, 5)]
    assert names(points, {"target": "collision", **scores(0.76)}) == ["healthy"]
    assert names([], {"target": "collision", **scores(0.76)}) == ["healthy"]
