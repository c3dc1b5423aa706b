"""The benchmark as a person types it: from official files to the document, stopped and gone on with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models import registry
from models.__main__ import main
from models.benchmark import runs
from models.benchmark.document import BLOCKS

SETTINGS = "rounds=4,learning_rate=0.3"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference of a few rounds: what it is set to has a test of its own."""
    monkeypatch.setattr("models.benchmark.tasks._REFERENCE_SETTINGS", {"rounds": 4, "learning_rate": 0.3})


def command(official: Path, out: Path, *more: str) -> list[str]:
    plan = ["--targets", "severity", "--cuts", "2", "--tables", "cuts", "--bootstrap", "5", "--device", "cpu"]
    return ["benchmark", "--data", str(official), "--out", str(out), *plan, *more]


def test_goes_on_where_it_stopped_and_takes_further_models_later(
    official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, model = tmp_path / "out", f"xgboost::{SETTINGS}"
    fitted: list[str] = []
    carry_out = runs.carry_out

    def stopped(task, *rest, **named):
        if len(fitted) == 3:
            raise KeyboardInterrupt
        fitted.append(f"{task.contender.kind} {task.month}")
        return carry_out(task, *rest, **named)

    monkeypatch.setattr(runs, "carry_out", stopped)
    assert main(command(official, out, "--kinds", model)) == 130
    assert len(list(runs.kept(out))) == 3
    fitted.clear()
    assert main(command(official, out, "--kinds", model, "--json")) == 0
    assert fitted == ["xgboost 2024-12"]
    shown = capsys.readouterr()
    assert shown.err.count("there already") == 3
    assert "[4/4] 2024-12 severity: XGBoost" in shown.err
    found = json.loads(shown.out)["targets"]["severity"]
    assert list(found["cuts"]) == ["2024-11", "2024-12"]
    fitted.clear()
    assert main(command(official, out, "--kinds", f"xgboost::{SETTINGS},depth=2", "--cuts", "1")) == 0
    assert fitted == ["xgboost 2024-12"]
    shown = capsys.readouterr()
    assert "depth=2" not in shown.out  # it lacks a cut that others have
    fitted.clear()
    assert main(command(official, out, "--kinds", model, "--cuts", "1", "--again")) == 0
    assert len(fitted) == 2


def test_a_document_is_written_from_what_is_there_without_any_data(
    official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, document = tmp_path / "out", tmp_path / "benchmark.md"
    models = [f"xgboost::{SETTINGS}", f"xgboost::{SETTINGS},depth=2"]
    assert main(command(official, out, "--kinds", *models)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "severity: 2024-11, 2024-12"
    assert {line.split("  ")[-1] for line in lines[1:]} >= {"Blend", "XGBoost, reference inputs", "class frequencies"}
    start, end = BLOCKS[0].markers
    document.write_text("\n".join(["# Words", *BLOCKS[1].markers, start, end, "more", ""]), encoding="utf-8")
    assert main(["benchmark", "--out", str(out), "--write", str(document), "--blend", "+".join(models)]) == 0
    text = document.read_text(encoding="utf-8")
    assert text.startswith("# Words\n")
    assert text.endswith(f"{end}\nmore\n")
    assert "### All cuts together" in text
    assert "Blend of XGBoost" in text
    assert "20249" not in text  # no number of an accident
    again = document.read_bytes()
    assert main(["benchmark", "--out", str(out), "--write", str(document), "--blend", "+".join(models)]) == 0
    assert document.read_bytes() == again


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--kinds", "forest"], "no classifier 'forest'"),
        (["--tables", "cuts,curves"], "no table 'curves'"),
        (["--blend", "xgboost+forest"], "no classifier 'forest'"),
        (["--tables", "ablation", "--leave-out", "roads"], "no 'roads' to leave out"),
        (["--tables", "departures", "--depart", "xgboost"], "xgboost has no choices of its own to undo"),
        (["--write", "/nowhere/benchmark.md"], "cannot be read"),
        (["--cuts", "24"], "24 cuts need more than 24 whole months"),
    ],
)
def test_what_is_not_understood_is_one_sentence_and_fits_nothing(
    more: list[str], says: str, official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command(official, tmp_path / "out"), *more]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_without_results_and_a_document_without_markers_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["benchmark", "--out", str(tmp_path)]) == 2
    assert "holds no benchmark" in capsys.readouterr().err
    document = tmp_path / "benchmark.md"
    document.write_text("no markers")
    assert main(["benchmark", "--out", str(tmp_path), "--write", str(document)]) == 2
    assert "lacks the markers" in capsys.readouterr().err
    assert document.read_text() == "no markers"


TINY = "epochs=2,width=16,identifier=4,heads=2,feed_forward=16,head=16,blocks=1,number_bins=3,batch_size=256"


def test_one_thing_is_left_out_and_choices_are_undone_one_by_one(
    official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.benchmark.tasks.DEPARTURES", {"Numbers join after attention": {"number_tokens": False}})
    ablation = ["--tables", "ablation,departures", "--ablate", f"xgboost::{SETTINGS}", "--leave-out", "near_event"]
    model = f"tab-transformer:quick:{TINY}"
    assert main([*command(official, tmp_path), *ablation, "--last", "2", "--depart", model, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["targets"]["severity"]
    rows = {
        part: {name.split(":")[0]: list(entry["rows"]) for name, entry in found[part].items()}
        for part in ("ablation", "departures")
    }
    assert rows == {
        "ablation": {"xgboost": ["all", "near_event"]},
        "departures": {"tab-transformer": ["all", "number_tokens=false"]},
    }
    (entry,) = found["departures"].values()
    assert entry["cuts"] == ["2024-11", "2024-12"]
    with_tokens, without = entry["rows"].values()
    assert with_tokens["log_loss"] != without["log_loss"]
    kept = [runs.read(stem) for stem in runs.kept(tmp_path) if "departure" in stem.name]
    assert [one["of"]["config"]["number_tokens"] for one in kept] == [False, False]


def test_what_was_measured_is_fitted_on_everything_and_kept_with_a_blend(
    official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, folder, names = tmp_path / "out", tmp_path / "shipped", [f"xgboost::{SETTINGS}", f"tab-transformer::{TINY}"]
    kinds = ["--kinds", *names, "--ship", str(folder), "--ship-blend", "xgboost+tab-transformer"]
    assert main([*command(official, out, *kinds), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["targets"]["severity"]
    assert sorted(path.name for path in folder.iterdir()) == [
        "severity-blend", "severity-tab-transformer", "severity-xgboost"
    ]  # fmt: skip
    models = {path.name.removeprefix("severity-"): registry.load(path, "cpu") for path in folder.iterdir()}
    rows = {name.split(":")[0]: row for name, row in told["rows"].items()}
    for kind, model in models.items():
        metadata = model.metadata
        assert list(metadata["cuts"]) == ["2024-11", "2024-12"]
        # the scores of the document and those of the checkpoint are the same
        assert metadata["metrics"]["cuts"]["log_loss"] == pytest.approx(rows[kind]["together"]["log_loss"], abs=1e-9)
        without = metadata["metrics"]["cuts_without_near_event"]["log_loss"]
        assert without == pytest.approx(rows[kind]["together_without"]["log_loss"], abs=1e-9)
        assert metadata["split"]["train"]["rows"] == metadata["data"]["rows"] > 1000
        assert metadata["data"]["source"] == "simulated 2024"
    # of the members, which were asked; nobody asked the blend half described
    assert {kind: (model.metadata["half_described"] or {}).get("steps") for kind, model in models.items()} == {
        "xgboost": 80, "tab-transformer": 80, "blend": None
    }  # fmt: skip
    lengths = [runs.read(stem)["length"] for stem in runs.kept(out) if stem.name.startswith("xgboost")]
    assert len(lengths) == 2
    assert models["xgboost"].metadata["config"]["rounds"] == round(sum(lengths) / 2)
    kept = (folder / "severity-xgboost" / "metadata.json").read_bytes()
    assert main(command(official, out, *kinds)) == 0
    assert capsys.readouterr().err.count("there already") == 2 * 3 + 3
    assert (folder / "severity-xgboost" / "metadata.json").read_bytes() == kept


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--ship-kinds", "random-forest"], "has no result of Random forest for severity in 2024-11; measure it first"),
        (["--ship-kinds", "blend"], "--ship-blend"),
        (["--ship-kinds", "xgboost", "xgboost::rounds=5"], "Two models of the kind xgboost"),
        (["--ship-blend", "xgboost+tab-transformer"], "tab-transformer is not"),
        (["--ship-blend", "xgboost"], "a blend needs a TabTransformer"),
        (
            ["--ship-kinds", "xgboost", "tab-transformer", "--ship-blend", "xgboost+tab-transformer", "--cuts", "1"],
            "A blend to ship takes its weights from several cuts; ask for two at least with --cuts",
        ),
    ],
)
def test_what_cannot_be_shipped_is_one_sentence_before_anything_is_fitted(
    more: list[str], says: str, official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "shipped"
    assert main([*command(official, tmp_path / "out", "--kinds", "xgboost", "--ship", str(folder)), *more]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert not folder.exists()


def test_models_to_ship_need_names_and_data(official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ship = ["--ship", str(tmp_path / "shipped")]
    assert main(["benchmark", "--out", str(tmp_path), *ship]) == 2
    assert "--data" in capsys.readouterr().err
    assert main(command(official, tmp_path / "out", *ship)) == 2
    assert "--ship-kinds" in capsys.readouterr().err


@pytest.mark.parametrize("more", [["--ship-kinds", "xgboost"], ["--ship-blend", "xgboost+tab-transformer"]])
def test_what_to_ship_without_where_is_refused(
    more: list[str], official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(official, tmp_path / "out", "--kinds", "xgboost", *more)) == 2
    assert "name the folder to ship to with --ship" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
