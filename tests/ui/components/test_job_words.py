"""Words for trainings: statuses, times and what was asked."""

import json
from typing import get_args

import pytest

from models.jobs import Run, Status
from ui.components import job_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, "10 s"), (42, "40 s"), (56, "1 min"), (100, "2 min"), (800, "15 min"), (5300, "1 h 30 min")],
)
def test_what_is_not_known_well_is_told_roughly(seconds, words):
    assert job_words.roughly(seconds) == words


@pytest.mark.parametrize("status", get_args(Status))
def test_every_status_has_words_and_an_icon(status):
    assert job_words.status(status)
    assert job_words.ICONS[status].startswith(":material/")


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"kind": "xgboost", "target": "severity", "preset": "base"}, "XGBoost, severity, Base"),
        ({"kind": "lstm", "target": "daily", "preset": "quick", "departement": "13"},
         "LSTM, accidents a day, Bouches-du-Rhône, Quick"),
        ({"kind": "lstm", "target": "daily", "start_from": "/x"}, "LSTM, accidents a day, going on from a trained one"),
        ({"kind": "gone", "target": "gone"}, "gone, gone"),
    ],
)  # fmt: skip
def test_what_is_trained_is_told_in_words(tmp_path, spec, words):
    (tmp_path / "spec.json").write_text(json.dumps({"spec": spec, "hash": "x", "created": 1.0}))
    assert job_words.what(Run(tmp_path)) == words
