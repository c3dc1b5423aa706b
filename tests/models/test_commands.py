"""The command line, from official files to JSON, as a person would type it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from data import features
from models import registry
from models.__main__ import main

SCORES = {"accuracy", "balanced_accuracy", "macro_f1", "log_loss", "brier", "ece", "macro_auc"}
LABELS = ["Light injuries only", "At least one hospitalised", "At least one killed"]
OF_SEVERITY = {"auc_serious", "auc_killed", "ap_killed", "recall_killed_top10", "quadratic_kappa"}


@pytest.fixture(scope="module")
def severity(official: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "severity-small"
    command = ["train", "xgboost", "--target", "severity", "--data", str(official), "--until", "2024-11-30"]
    assert main([*command, "--set", "rounds=12", "--set", "learning_rate=0.3", "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def undated(official: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same files without caracteristiques: when, where and which collision is not known, the injuries are."""
    folder = tmp_path_factory.mktemp("undated")
    for path in official.glob("*.csv"):
        if not path.name.startswith("caracteristiques"):
            shutil.copy(path, folder)
    return folder


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict:
    assert main([str(a) for a in arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_evaluate_says_what_was_seen(severity: Path, official: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = printed(capsys, "evaluate", severity, "--data", official, "--bootstrap", 20, "--json")["severity-small"]
    assert set(found) == {"rows", "seen_rows", "intervals", "baseline"} | SCORES | OF_SEVERITY
    assert set(found["baseline"]) == set(found["intervals"]) == SCORES | OF_SEVERITY
    metadata = json.loads((severity / "metadata.json").read_text())
    split = metadata["split"]
    assert found["seen_rows"] == split["train"]["rows"] + split["validation"]["rows"]
    assert split["held_out"]["end"] <= "2024-11-30"
    assert found["rows"] > found["seen_rows"]
    assert found["log_loss"] < found["baseline"]["log_loss"]
    assert metadata["data"]["simulated"] is True


def test_hidden_inputs_cost(severity: Path, official: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = printed(capsys, "evaluate", severity, "--data", official, "--json")["severity-small"]
    names = ",".join(features.BY_NAME)
    hidden = printed(capsys, "evaluate", severity, "--data", official, "--hide", names, "--json")["severity-small"]
    assert known["log_loss"] < hidden["log_loss"]
    assert hidden["log_loss"] == pytest.approx(hidden["baseline"]["log_loss"], abs=0.05)
    assert known["intervals"] == {}


def test_predict_reads_official_and_described_accidents(
    severity: Path, official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", str(severity), "--data", str(official), "--out", str(tmp_path / "a.csv")]) == 0
    found = pd.read_csv(tmp_path / "a.csv", dtype={"accident": "str"})
    probabilities = [f"Severity - XGBoost - {label}" for label in LABELS]
    assert list(found.columns) == ["row", "accident", "Severity - XGBoost - most likely", *probabilities, "problem"]
    assert found["accident"].str.startswith("20249").all()
    assert (found[probabilities].sum(axis=1) - 1).abs().max() < 1e-6
    (tmp_path / "mine.csv").write_text("accident,light,speed_limit\nx,3,80\ny,12,\n")
    out = tmp_path / "b.parquet"
    command = ["predict", str(severity), "--data", str(tmp_path / "mine.csv"), "--out"]
    assert printed(capsys, *command, out, "--json")["scored"] == 1
    found = pd.read_parquet(out)
    assert found["accident"].tolist() == ["x", "y"]
    assert found[probabilities].notna().all(axis=1).tolist() == [True, False]
    assert found["problem"][1].startswith("light '12': ")
    assert main([*command, str(tmp_path / "c.csv"), "--lenient"]) == 0
    assert "mine.csv, rows 3: light '12'" in capsys.readouterr().err
    assert main([*command, str(tmp_path / "c.csv")]) == 2
    assert "c.csv exists already" in capsys.readouterr().err
    assert main([*command, str(tmp_path / "c.txt")]) == 2
    assert "c.txt: end the name with .csv, .xlsx or .parquet." in capsys.readouterr().err


def test_only_accidents_that_are_understood_are_explained(
    severity: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.csv").write_text("light\n12\n1\n99\n")
    found = printed(capsys, "explain", severity, "--data", tmp_path / "mine.csv", "--json")
    assert [row["accident"] for row in found["rows"]] == ["3"]
    (tmp_path / "wrong.csv").write_text("lum,light,speed_limit,hour\n1,2,999,\n,,999,\n")
    assert main(["explain", str(severity), "--data", str(tmp_path / "wrong.csv"), "--rows", "1"]) == 0
    said = capsys.readouterr().err
    assert "speed_limit: By its name it is 'Speed limit', but none of its values is understood" in said
    assert "light: The column lum stands for the same." in said
    (tmp_path / "wrong.csv").write_text("light,hour\n12,7\n1,31\n")
    assert main(["explain", str(severity), "--data", str(tmp_path / "wrong.csv")]) == 2
    said = capsys.readouterr().err
    assert "wrong.csv holds no accident that models can be asked about." in said


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "mine.csv is empty"),
        (bytes(range(128, 256)), "mine.csv names its columns but holds no row"),
        (b"accident,light\nx,1,2\n", "it has 3 cells where 2 columns are named"),
        (b"Brand,Sex_of_driver\nNormal,Male\n", "None of the columns of mine.csv is used as an input"),
    ],
)
def test_a_file_to_predict_that_does_not_do_is_named(
    content: bytes, says: str, severity: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.csv").write_bytes(content)
    command = ["predict", str(severity), "--data", str(tmp_path / "mine.csv"), "--out", str(tmp_path / "out.csv")]
    assert main(command) == 2
    error = capsys.readouterr().err
    assert says in error
    assert "mine.csv" in error
    assert not (tmp_path / "out.csv").exists()


def test_a_misspelt_input_is_told(severity: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.csv").write_text("accident,spead,light\nx,80,1\n")
    command = ["predict", str(severity), "--data", str(tmp_path / "mine.csv"), "--out", str(tmp_path / "out.csv")]
    assert main(command) == 0
    assert "Not used, no input of the models: spead." in capsys.readouterr().err


def test_predict_knows_the_official_file_of_2022(severity: Path, official: Path, tmp_path: Path) -> None:
    text = (official / "caracteristiques-2024.csv").read_text(encoding="utf-8")
    (tmp_path / "caract.csv").write_text(text.replace("Num_Acc", "Accident_Id", 1), encoding="utf-8")
    command = ["predict", str(severity), "--data", str(tmp_path / "caract.csv"), "--out", str(tmp_path / "out.csv")]
    assert main(command) == 0
    assert len(pd.read_csv(tmp_path / "out.csv")) == text.count("\n") - 1  # the first line


def test_scores_that_cannot_be_known_are_null(
    severity: Path, official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a few accidents without a death nothing is known of the risk of death."""
    people = pd.read_csv(official / "usagers-2024.csv", sep=";", dtype="str")
    alive = people.groupby("Num_Acc")["grav"].agg(lambda codes: "2" not in set(codes))
    kept = set(alive.index[alive][:30])
    for path in official.glob("*.csv"):
        frame = pd.read_csv(path, sep=";", dtype="str", keep_default_na=False)
        frame[frame["Num_Acc"].isin(kept)].to_csv(tmp_path / path.name, sep=";", index=False)
    found = printed(capsys, "evaluate", severity, "--data", tmp_path, "--bootstrap", 3, "--json")["severity-small"]
    assert found["rows"] == 30
    assert found["auc_killed"] is None
    assert "auc_killed" not in found["intervals"]


def test_a_target_that_the_data_cannot_give_leaves_its_models_out_and_scores_the_others(
    severity: Path, official: Path, undated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    collision = tmp_path / "collision-small"
    command = ["train", "xgboost", "--target", "collision", "--data", str(official), "--set", "rounds=2"]
    assert main([*command, "--out", str(collision)]) == 0
    capsys.readouterr()
    arguments = [str(collision), str(severity), "--data", str(undated)]
    assert main(["evaluate", *arguments, "--json"]) == 0
    captured = capsys.readouterr()
    assert set(json.loads(captured.out)) == {"severity-small"}
    assert "collision-small: left out. No row has a known collision; nothing can be scored." in captured.err
    assert main(["evaluate", *arguments]) == 0
    captured = capsys.readouterr()
    assert "collision-small: left out." in captured.err
    assert "log_loss" in captured.out
    assert main(["evaluate", str(collision), "--data", str(undated)]) == 2
    assert "No row has a known collision" in capsys.readouterr().err


def test_accidents_without_date_are_scored_predicted_and_explained(
    severity: Path, official: Path, undated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_dates = printed(capsys, "evaluate", severity, "--data", official, "--json")["severity-small"]
    found = printed(capsys, "evaluate", severity, "--data", undated, "--json")["severity-small"]
    assert (found["rows"], found["seen_rows"]) == (with_dates["rows"], with_dates["seen_rows"])
    assert 0 < found["log_loss"] < 5
    assert main(["predict", str(severity), "--data", str(undated), "--out", str(tmp_path / "out.csv")]) == 0
    assert len(pd.read_csv(tmp_path / "out.csv")) >= found["rows"]
    rows = printed(capsys, "explain", severity, "--data", undated, "--rows", 2, "--json")["rows"]
    assert len(rows) == 2


def test_nothing_is_learnt_from_accidents_without_date(
    undated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", "xgboost", "--target", "severity", "--data", str(undated), "--out", str(tmp_path / "new")]
    assert main(command) == 2
    assert "No accident has a date; import the table caracteristiques" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_models_that_share_a_name_are_all_scored(
    severity: Path, official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [tmp_path / run / "model" for run in ("first", "second")]
    for folder in folders:
        shutil.copytree(severity, folder)
    found = printed(capsys, "evaluate", *folders, severity, "--data", official, "--json")
    assert set(found) == {str(folders[0]), str(folders[1]), "severity-small"}


_PARTS = ("accident", "class", "base", "contributions", "output", "unit", "game")


def test_explain_adds_up(severity: Path, official: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = printed(capsys, "explain", severity, "--data", official, "--rows", 3, "--json")["rows"]
    assert len(rows) == 3
    for row in rows:
        assert set(row) == {*_PARTS, "start", "steps"}
        assert row["base"] + sum(row["contributions"].values()) == pytest.approx(row["output"], abs=1e-5)


def test_explain_by_groups_adds_up_to_the_probability(
    severity: Path, official: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["explain", severity, "--data", official, "--rows", 2, "--groups", "--class", "killed", "--json"]
    found = printed(capsys, *command)
    assert found["background"] == {"origin": "marginals", "rows": 100}
    for row in found["rows"]:
        assert set(row) == {*_PARTS, "start", "steps", "errors"}
        assert list(row["contributions"]) == list(features.GROUPS)
        assert row["class"] == "killed"
        assert row["base"] + sum(row["contributions"].values()) == pytest.approx(row["output"], abs=1e-9)
        assert list(row["steps"].values())[-1] == pytest.approx(row["output"])
    compared = printed(capsys, *command[:-1], "--background", official, "--json")
    assert compared["background"]["origin"] == "data"
    assert compared["rows"][0]["output"] == pytest.approx(found["rows"][0]["output"])
    assert compared["rows"][0]["base"] != found["rows"][0]["base"]


def test_explain_keeps_what_matters_in_general_with_a_checkpoint_of_before(
    severity: Path, official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = Path(shutil.copytree(severity, tmp_path / "old"))
    (old / "explanations.json").unlink()
    path = old / "metadata.json"
    metadata = json.loads(path.read_text())
    del metadata["files"]["explanations.json"]
    path.write_text(json.dumps(metadata))
    by_groups = printed(capsys, "explain", old, "--data", official, "--rows", 1, "--groups", "--json")
    assert by_groups["background"]["origin"] == "data"  # nothing else to compare with
    found = printed(capsys, "explain", old, "--data", official, "--global", "--json")
    assert found["inputs"]["rows"] > 0
    assert sum(found["groups"]["importance"]["killed"].values()) > 0
    model = registry.load(old, "cpu")
    assert model.explanations is not None
    assert model.explanations.overall.inputs.importance["killed"] == pytest.approx(
        found["inputs"]["importance"]["killed"], rel=1e-4
    )
    assert {p.name for p in old.iterdir()} == {p.name for p in severity.iterdir()}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["train", "xgboost", "--target", "daily", "--out", "{new}"], "cannot learn 'daily'"),
        (["train", "xgboost", "--target", "severity", "--preset", "huge", "--out", "{new}"], "no preset 'huge'"),
        (["train", "xgboost", "--target", "severity", "--set", "depth=99", "--out", "{new}"], "depth = 99"),
        (["train", "xgboost", "--target", "severity", "--set", "wings=2", "--out", "{new}"], "no setting 'wings'"),
        (["train", "xgboost", "--target", "severity", "--out", "{model}"], "exists already"),
        (["train", "lstm", "--target", "daily", "--until", "soon", "--out", "{new}"], "'soon' is not a day"),
        (["train", "xgboost", "--target", "severity", "--out", "{model}/metadata.json/new"], "cannot be written"),
        (["train", "lstm", "--target", "daily", "--until", "2004-12-31", "--out", "{new}"], "has 0 days"),
        (["train-all", "--data", "{official}", "--out", "{model}/metadata.json"], "cannot be written"),
        (["evaluate", "{new}", "--data", "{official}"], "metadata.json"),
        (["evaluate", "{model}", "--data", "{official}", "--hide", "colour"], "colour is not an input"),
        (["evaluate", "{model}", "--data", "{official}", "--bootstrap", "-5"], "bootstrap = -5"),
        (["explain", "{model}", "--data", "{official}", "--rows", "0"], "rows = 0"),
        (["explain", "{model}"], "Name the accidents to explain"),
        (["explain", "{model}", "--data", "{official}", "--class", "dead"], "'dead' is not a class"),
        (["explain", "{model}", "--data", "{official}", "--groups", "--class", "dead"], "'dead' is not a class"),
        (["forecast", "{model}"], "use evaluate or predict"),
    ],
)
def test_a_fault_is_one_sentence(
    arguments: list[str],
    says: str,
    severity: Path,
    official: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    places = {"new": tmp_path / "new", "model": severity, "official": official}
    assert main([a.format(**places) for a in arguments]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert "Traceback" not in error
    assert not (tmp_path / "new").exists()


def test_help_needs_no_heavy_library() -> None:
    import subprocess
    import sys

    code = "import sys; from models.__main__ import _parser; _parser(); print({'torch', 'sklearn'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_tune_prints_settings_that_train_takes(official: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["tune", "xgboost", "--target", "severity", "--data", official, "--set", "rounds=5", "--trials", 4]
    found = printed(capsys, *command, "--json")
    assert [trial["number"] for trial in found["trials"]] == [1, 2, 3, 4]
    assert found["days"]["judged"]["end"] < found["days"]["held_out"]["start"]
    assert main([str(a) for a in command]) == 0
    words = capsys.readouterr().out
    best = next(trial for trial in found["trials"] if trial["number"] == found["best"])
    assert f"{best['loss']:.4f}, which flatters it" in words
    assert f"--set learning_rate={best['settings']['learning_rate']}" in words
    assert set(found["changes"]) == {part.split("=")[0] for part in words.split("--set ")[1:]}


def test_tune_says_when_nothing_is_better(
    official: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from models import tuning_search
    from models.tuning import Findings, Period, Trial

    days = {name: Period("2024-01-01", "2024-02-01", 9) for name in ("learnt", "judged", "held_out")}
    trials = (Trial(1, "complete", {"depth": 5}, 0.5), Trial(2, "complete", {"depth": 6}, 0.6))

    def interrupted(spec: object, budget: object, report: object, found: Callable[[Findings], None]) -> None:
        found(Findings(days, trials))
        raise KeyboardInterrupt

    monkeypatch.setattr(tuning_search, "tune", interrupted)
    command = ["tune", "xgboost", "--target", "severity", "--data", str(official)]
    assert main(command) == 0, "an interrupted search tells what it has found"
    assert "None of 1 others was better: keep them" in capsys.readouterr().out
    assert main([*command, "--minutes", "0"]) == 2
    assert "minutes = 0.0 is not between 1 and 720" in capsys.readouterr().err
