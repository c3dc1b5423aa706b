"""What a card says of a model."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from models import archive, card, registry
from models.settings import in_words, settings_of

ROOT = Path(__file__).resolve().parents[2]
FACTS = {
    "kind": "xgboost",
    "target": "severity",
    "preset": "base",
    "config": {"rounds": 1500, "learning_rate": 0.12},
    "created": "2026-01-02T03:04:05+00:00",
    "data": {"source": "BAAC 2024", "simulated": False, "years": [2023, 2024], "fingerprint": "abc"},
    "split": {
        "train": {"start": "2023-01-01", "end": "2024-05-31", "rows": 70000},
        "held_out": {"start": "2024-06-01", "end": "2024-09-30", "rows": 9000},
    },
    "metrics": {
        "held_out": {
            "log_loss": 0.6,
            "accuracy": 0.723,
            "intervals": {"log_loss": [0.58, 0.62]},
            "baseline": {"log_loss": 0.83, "accuracy": 0.61},
        },
        "held_out_without_near_event": {"log_loss": 0.65},
    },
    "frequencies": {"light": 0.6, "hospitalised": 0.35, "killed": 0.05},
    "seconds": 61.4,
    "parameters": None,
    "versions": {"xgboost": "3.2.0"},
}


@pytest.fixture
def entry(tmp_path: Path) -> registry.Entry:
    (tmp_path / "weights").write_bytes(bytes(2_500_000))
    return registry.Entry("severity-xgboost", tmp_path, FACTS, None)


def sections(entry: registry.Entry, latency: float | None = None) -> dict[str, card.Section]:
    return {section.title: section for section in card.sections(entry, latency)}


def test_scores_stand_beside_their_intervals_and_the_baseline(entry: registry.Entry) -> None:
    table = sections(entry)["Scores on what it had not seen"].table
    assert table[1:] == (
        ("Log-loss", "less", "0.600", "0.580 – 0.620", "0.830"),
        ("Accuracy", "more", "72.3%", "–", "61.0%"),
        ("Log-loss, directions unknown", "less", "0.650", "–", "–"),
    )


def test_data_settings_and_costs_are_words(entry: registry.Entry) -> None:
    found = sections(entry, 0.0123)
    assert found["Data"].facts == {
        "Source": "BAAC 2024",
        "Simulated": "no",
        "Learnt from": "2023-01-01 – 2024-05-31, 70,000 accidents",
        "Scored on, never learnt from": "2024-06-01 – 2024-09-30, 9,000 accidents",
        "Fingerprint of the data": "abc",
    }
    assert found["Settings"].facts == {"Preset": "Base", "Rounds": "1,500", "Learning rate": "0.12"}
    assert found["Size and speed"].facts == {
        "On disk": "2.5 MB",
        "Training": "1 min 01 s",
        "One answer on this machine": "12.3 ms",
    }
    assert "One answer on this machine" not in (sections(entry)["Size and speed"].facts or {})


def test_a_choice_is_told_as_the_form_tells_it() -> None:
    kind = next(k for k in registry.KINDS.values() if any(s.choices for s in settings_of(k.presets["base"])))
    one = next(s for s in settings_of(kind.presets["base"]) if s.choices)
    chosen = one.choices[-1]
    told = card.settings({"kind": kind.name, "preset": "base", "config": {one.name: chosen, "gone": True}})
    assert told == {"Preset": "Base", one.label: in_words(chosen), "gone": "yes"}


def test_a_model_is_called_by_words_until_it_has_a_name(tmp_path: Path) -> None:
    own = registry.Entry("20260102-030405-000-xgboost-aaaa", tmp_path, FACTS, None, own=True)
    assert card.name_of(own) == "XGBoost · Severity · Base · 2026-01-02 03:04:05 UTC"
    assert card.name_of(registry.Entry("severity-xgboost", tmp_path, FACTS, None)) == (
        "XGBoost · Severity · comes with Balise"
    )
    assert card.name_of(registry.Entry("x", tmp_path, FACTS, None, title="For us")) == "For us"
    assert card.name_of(registry.Entry("broken", tmp_path, None, "It is broken.")) == "broken"


@pytest.mark.parametrize(
    ("title", "file"),
    [
        ("", "xgboost-severity-base-2026-01-02-03-04-05-utc.zip"),
        ("Été: 1/2 (v.3)", "ete-1-2-v-3.zip"),
        ("Ω", "20260102-aaaa.zip"),
    ],
)
def test_the_zip_is_called_as_the_model(tmp_path: Path, title: str, file: str) -> None:
    entry = registry.Entry("20260102-aaaa", tmp_path, FACTS, None, own=True, title=title)
    assert archive.file_name(entry) == file


def test_a_blend_says_what_its_weights_and_its_time_are(entry: registry.Entry) -> None:
    members = {"xgboost": {"weight": 0.51}, "tab-transformer": {"weight": 0.42}}
    facts = FACTS | {"kind": "blend", "members": members, "seconds": 11.2, "config": {}}
    found = sections(registry.Entry("severity-blend", entry.folder, facts, None))
    itself, costs = found["What it is"].facts or {}, found["Size and speed"].facts or {}
    assert itself["Made of, with weights"] == "XGBoost 0.51, TabTransformer 0.42"
    assert itself["About the weights"].endswith("so they need not add up to 1.")
    assert costs["Training"] == "11 s for the blend itself, without the training of its members"


def test_a_forecaster_that_learnt_anew_says_what_it_has_seen_since(tmp_path: Path) -> None:
    split = {
        "train": {"start": "2005-01-01", "end": "2023-04-01"},
        "held_out": {"start": "2024-04-02", "end": "2024-09-30"},
    }
    facts = {"kind": "lstm", "target": "daily", "split": split, "learnt_until": "2024-04-01"}
    before = sections(registry.Entry("x", tmp_path, facts, None))["Data"].facts or {}
    assert before["Scored on, never learnt from"] == "2024-04-02 – 2024-09-30"
    assert "Then learnt anew from" not in before
    anew = facts | {"learnt_until": "2024-09-30"}
    since = sections(registry.Entry("x", tmp_path, anew, None))["Data"].facts or {}
    assert "Scored on, never learnt from" not in since
    assert since["Scored on, before it was learnt"] == "2024-04-02 – 2024-09-30"
    assert since["Then learnt anew from"] == "all days to 2024-09-30"


def test_limits_follow_from_what_it_is() -> None:
    found = card.limits(FACTS)
    assert "It learnt from 2023–2024; how well it does on other years was not measured." in found
    assert any("At least one killed" in line for line in found)
    assert not any("simulated" in line for line in found)
    assert card.limits(FACTS | {"stopped_early": "asked"})[0].startswith("A person ended its training early")
    simulated = card.limits(FACTS | {"data": {"simulated": True}})
    assert simulated[0] == "It learnt from simulated accidents: its answers say nothing about real roads."
    daily = card.limits({"target": "daily", "split": {"held_out": {"start": "2024-04-02", "end": "2024-09-30"}}})
    assert "It was scored on 2024-04-02 to 2024-09-30 alone; a year with another course may go worse." in daily


def test_a_model_without_scores_says_so(entry: registry.Entry) -> None:
    bare = registry.Entry("x", entry.folder, {k: v for k, v in FACTS.items() if k != "metrics"}, None)
    assert sections(bare)["Scores on what it had not seen"].lines == ("None are kept with it.",)


def test_every_shipped_model_has_a_card_without_its_library() -> None:
    code = (
        "import sys; from models import card, registry; found = registry.entries(); assert len(found) >= 13; "
        "assert all(card.markdown(e).startswith('# ') and '## Limits' in card.markdown(e) for e in found); "
        "heavy = {'torch', 'xgboost', 'sklearn', 'shap', 'streamlit'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_the_time_of_an_answer_is_the_median_after_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow:
        def predict_proba(self, rows: object) -> None:
            pass

    clock = iter([0, 9, 10, 11, 20, 22, 30, 33, 40, 44, 50, 55])
    monkeypatch.setattr(card.time, "perf_counter", lambda: next(clock))
    assert card.latency(Slow()) == 3
