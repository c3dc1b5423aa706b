"""The command line: what it prints, and one sentence where it cannot."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from data import series, store
from data.__main__ import main
from tests.data import official

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def files(folders: Path) -> Path:
    riders = [{"grav": "2"}, {"Num_Acc": official.SECOND}]
    accidents = official.rows("caracteristiques", {"dep": "1"}, {"Num_Acc": official.SECOND})
    return official.folder_of(folders / "files", caracteristiques=accidents, usagers=official.rows("usagers", *riders))


def test_import_says_what_came_and_what_cannot_be_known(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "notes.txt").write_text("nothing", encoding="utf-8")
    assert main(["import", str(files)]) == 0
    out = capsys.readouterr().out
    assert "2024: 2 accidents, 2 people, 1 killed, from 2024-03-04 to 2024-03-04" in out
    assert "Without lieux: no road class" in out
    assert "Without vehicules: no vehicles" in out
    assert "Ignored, no BAAC table:" in out
    assert "notes.txt" in out


def test_report_counts_every_rule(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", str(files)])
    capsys.readouterr()
    assert main(["report"]) == 0
    out = capsys.readouterr().out
    assert "Simulated accidents" in out
    assert "usagers 2024: 2 rows" in out
    assert "file caracteristiques-2024.csv" in out
    assert "padding: 1 - Leading zeros" in out
    assert "departement 1" in out


@pytest.mark.parametrize("damage", ["missing", "digits", "column", "cells"])
def test_what_cannot_be_imported_is_one_sentence_and_changes_nothing(
    files: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    main(["import", str(files)])
    before = store.current()
    capsys.readouterr()
    path = files / "usagers-2024.csv"
    text = path.read_text(encoding="utf-8")
    named = {"missing": files / "nowhere.csv"}.get(damage, path)
    if damage == "digits":
        path.write_text(text.replace(official.SECOND, "2,02490E+11"), encoding="utf-8")
    elif damage == "column":
        path.write_text(text.replace("Num_Acc", "Numero"), encoding="utf-8")
    elif damage == "cells":
        path.write_text(text[:-12], encoding="utf-8")
    assert main(["import", str(named), str(files / "caracteristiques-2024.csv")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert named.name in captured.err
    assert captured.err.count("\n") == 1
    assert store.current() == before


def test_the_command_ends_with_code_2_and_no_traceback(folders: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "data", "import", "nowhere.csv"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (2, "", "nowhere.csv does not exist.\n")


def test_help_is_there_at_once() -> None:
    program = "import sys, data.__main__ as m; m._parser().format_help(); sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_demo_says_that_nothing_is_real(demo_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    out = capsys.readouterr().out
    assert "no real record" in out
    assert "official total" not in out
    assert [line[:5] for line in out.splitlines()[1:]] == ["2022:", "2023:", "2024:"]


def test_the_real_year_of_2024(folders: Path, real_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start = time.process_time()
    assert main(["import", str(real_data / "baac" / "2024")]) == 0
    assert time.process_time() - start < 10
    assert "2024: 40,748 accidents, 69,511 vehicles, 93,686 people" in capsys.readouterr().out
    assert main(["import", str(real_data / "baac" / "2023")]) == 0
    current = store.current()
    assert current is not None
    assert (current.years, current.simulated) == ((2023, 2024), False)
    assert len(current.accidents(["accident"])) == 40_748 + 54_822


def test_a_stopped_import_says_so(
    files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "save_import", stop)
    assert main(["import", str(files)]) == 130
    assert capsys.readouterr().err == "Stopped.\n"
    assert store.current() is None


@pytest.mark.parametrize("by_departement", [False, True])
def test_the_series_of_what_is_loaded_is_a_file_that_can_be_read_back(
    demo_data: Path, capsys: pytest.CaptureFixture[str], by_departement: bool
) -> None:
    path = demo_data / "counts.csv"
    arguments = ["series", "--out", str(path), *(["--by-departement"] if by_departement else [])]
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert "Simulated accidents" in out
    assert "counts.csv: 1,096 days, 2022-01-01 to 2024-12-31." in out
    dates = store.demo().accidents(["date"])["date"].value_counts().sort_index()
    assert series.read(path).tolist() == dates.tolist()
    assert main(arguments) == 2
    assert "exists already" in capsys.readouterr().err


def test_a_year_without_dates_has_no_series(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = official.folder_of(folders / "files", lieux=official.rows("lieux"))
    assert main(["import", str(places)]) == 0
    assert main(["series", "--out", str(folders / "counts.csv")]) == 2
    error = capsys.readouterr().err
    assert "no daily series" in error
    assert not (folders / "counts.csv").exists()
