"""What a form needs of every kind of model, at hand without its libraries."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from models.registry import KINDS, Kind
from models.settings import settings_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_and_preset_says_what_it_is_good_for(kind: Kind) -> None:
    assert kind.good_for.endswith(".")
    assert list(kind.preset_help.keys() ^ kind.presets.keys()) == []
    assert all(words.endswith(".") for words in kind.preset_help.values())


def test_settings_are_known_without_the_libraries_of_the_models() -> None:
    code = (
        "import sys; from models.registry import KINDS; [(kind.presets, kind.preset_help) for kind in KINDS.values()]; "
        "heavy = {'torch', 'xgboost', 'sklearn', 'shap', 'streamlit'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.parametrize(
    ("kind", "setting"),
    [("tab-transformer", "blocks"), ("xgboost", "depth"), ("random-forest", "depth"), ("feed-forward", "width"),
     ("lstm", "window"), ("series-transformer", "members")],
)  # fmt: skip
def test_more_work_a_row_costs_more(kind: str, setting: str) -> None:
    config = next(iter(KINDS[kind].presets.values()))
    value = next(s.default for s in settings_of(config) if s.name == setting)
    assert replace(config, **{setting: 2 * value}).cost > config.cost
