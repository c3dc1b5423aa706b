"""Getting files and importing them: what is told meanwhile, and what is there afterwards."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from data import borders, calendar, intake, store
from data.errors import Cancelled, DataError
from data.intake.worker import take_in
from data.runs import Run
from data.runs.worker import Diary
from tests.data import official
from tests.data.server import File, Server, Waits, names

ROOT = Path(__file__).resolve().parents[3]
SILENT = ("-c", "pass")


def imported() -> tuple[int, ...]:
    current = store.current()
    return current.years if current else ()


def archive(*years: int) -> io.BytesIO:
    """A zip archive of four tables a year."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for year in years:
            for table in ("caracteristiques", "lieux", "vehicules", "usagers"):
                frame = official.rows(table).assign(Num_Acc=f"{year}90000001")
                packed.writestr(f"{year}/{table}.csv", official.text(frame.assign(an=year) if "an" in frame else frame))
    content.seek(0)
    return content


def test_years_are_fetched_and_imported(published: Path, waits: Waits) -> None:
    folder = intake.download([2023, 2024], ["borders", "school-holidays"], worker=SILENT)
    assert take_in(Diary(folder), waits.network) == {"years": [2023, 2024], "fetched": 10, "there": 0}
    assert imported() == (2023, 2024)
    assert borders.borders() is not None
    assert calendar.school_holidays_known_until().year == 2028
    told = Run(folder).events
    sizes = sum(path.stat().st_size for path in published.iterdir() if not path.name.startswith("."))
    fetched = [e for e in told if e["phase"] == "download"]
    assert [e["done"] for e in fetched if e["state"] == "fetched"] == list(range(1, 11))
    assert (fetched[-1]["came"], fetched[-1]["total"]) == (sizes, 10)
    read = [e for e in told if e["phase"] == "import"]
    assert (read[0]["file"], read[-1]["done"], read[-1]["total"]) == ("caracteristiques-2023.csv", 2, 2)
    for phase in (fetched, read):
        shares = [e["share"] for e in phase]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0

    assert take_in(Diary(folder), waits.network) == {"years": [2023, 2024], "fetched": 0, "there": 10}


def test_borders_alone_import_nothing(published: Path, waits: Waits) -> None:
    folder = intake.download([], ["borders"], worker=SILENT)
    assert take_in(Diary(folder), waits.network) == {"years": [], "fetched": 1, "there": 0}
    assert imported() == ()


def test_a_year_that_did_not_come_whole_does_not_keep_the_others_out(
    server: Server, published: Path, waits: Waits
) -> None:
    del server.files["/lieux-2023"]
    folder = intake.download([2023, 2024], worker=SILENT)
    with pytest.raises(DataError, match=r"/lieux-2023 is no longer there .*Years imported all the same: 2024\.$"):
        take_in(Diary(folder), waits.network)
    assert imported() == (2024,)
    assert "usagers-2023.csv" in names(published)


def test_files_of_a_person_are_imported_and_not_kept(published: Path) -> None:
    folder = intake.upload([("all.zip", archive(2022, 2024))], worker=SILENT)
    assert take_in(Diary(folder)) == {"years": [2022, 2024]}
    assert imported() == (2022, 2024)
    assert not (folder / "files").exists()


def test_a_file_that_is_none_is_named_as_the_person_names_it(published: Path) -> None:
    folder = intake.upload([("all.zip", archive(2024)), ("notes.csv", io.BytesIO(b"a;b\n1;2\n"))], worker=SILENT)
    with pytest.raises(DataError, match=r"^notes\.csv is not a BAAC table"):
        take_in(Diary(folder))
    assert imported() == ()
    assert not (folder / "files").exists()


def test_fewer_tables_than_now_only_on_demand(published: Path) -> None:
    before = Path.cwd()
    take_in(Diary(intake.upload([("all.zip", archive(2024))], worker=SILENT)))
    assert Path.cwd() == before
    old = next(store.processed_folder().glob("intake/*/spec.json")).parent
    (old / "events.jsonl").write_text('{"time": 1.0, "event": "done"}\n')
    alone = official.text(official.rows("caracteristiques")).encode()
    folder = intake.upload([("caract-2024.csv", io.BytesIO(alone))], worker=SILENT)
    with pytest.raises(DataError, match="2024 was imported with lieux, vehicules, usagers"):
        take_in(Diary(folder))
    (folder / "events.jsonl").write_text('{"time": 1.0, "event": "failed"}\n')
    options = intake.Options(replace=True)
    assert take_in(Diary(intake.upload([("c.csv", io.BytesIO(alone))], options, SILENT))) == {"years": [2024]}


def test_a_wish_to_cancel_stops_before_the_import(published: Path, waits: Waits) -> None:
    folder = intake.download([2024], worker=SILENT)
    (folder / "cancel").touch()
    with pytest.raises(Cancelled):
        take_in(Diary(folder), waits.network)
    assert imported() == ()


def test_the_first_beat_comes_before_heavy_imports() -> None:
    code = (
        "import sys, data.intake.worker; "
        "heavy = {'pandas', 'numpy', 'requests', 'streamlit'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_the_process_gets_the_files_and_gives_way(published: Path, wait: Callable[..., Run]) -> None:
    folder = intake.download([2024])
    run = wait(folder, "done", "failed", "lost")
    assert (run.status, run.tail[-1]["years"], imported()) == ("done", [2024], (2024,))
    pid = run.events[0]["pid"]
    assert pid != os.getpid()


def test_cancelling_acts_within_two_seconds_while_a_server_is_silent(
    server: Server, published: Path, wait: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BALISE_NICE")
    content = official.text(official.rows("lieux", *[{}] * 3000)).encode()
    server.files["/lieux-2024"] = File(content, faults=["stall"])
    folder = intake.download([2024])
    wait(folder, "running")
    part = published / ".lieux-2024.csv.part"
    while not part.exists() or part.stat().st_size < len(content) // 2:
        time.sleep(0.05)
    pid = Run(folder).events[0]["pid"]
    assert os.getsid(pid) == pid
    assert os.getpriority(os.PRIO_PROCESS, pid) >= 10
    asked = time.monotonic()
    intake.cancel(folder)
    assert Run(folder).status in {"finishing", "cancelled"}
    wait(folder, "cancelled")
    assert time.monotonic() - asked < 2
    assert imported() == ()
    assert part.stat().st_size == len(content) // 2

    wait(intake.download([2024]), "done")
    assert ("/lieux-2024", f"bytes={len(content) // 2}-") in server.asked
    assert server.count("/caracteristiques-2024") == 1
    assert imported() == (2024,)


def test_a_killed_worker_shows_as_lost_and_the_next_goes_on(
    server: Server, published: Path, wait: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.runs.run.LOST_AFTER", 3.0)
    server.files["/lieux-2024"].faults.append("stall")
    folder = intake.download([2024])
    while not (published / ".lieux-2024.csv.part").exists():
        time.sleep(0.05)
    os.kill(Run(folder).events[0]["pid"], signal.SIGKILL)
    wait(folder, "lost")
    wait(intake.download([2024]), "done")
    assert server.count("/caracteristiques-2024") == 1


def test_the_system_ends_it_in_words(server: Server, published: Path, wait: Callable[..., Run]) -> None:
    server.files["/lieux-2024"].faults.append("stall")
    folder = intake.download([2024])
    while not (published / ".lieux-2024.csv.part").exists():
        time.sleep(0.05)
    os.kill(Run(folder).events[0]["pid"], signal.SIGTERM)
    assert "operating system stopped the work" in wait(folder, "failed").error
