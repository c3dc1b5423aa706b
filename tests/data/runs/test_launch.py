"""How a worker is parted from the process that starts it."""

import time
from pathlib import Path

from data.runs import launch


def test_windows_gets_its_own_flags():
    assert launch._freedom("posix") == {"start_new_session": True}
    flags = launch._freedom("nt")["creationflags"]
    assert flags & 0x4000, "below normal priority"
    assert flags & 0x200, "a process group of its own"


def test_a_folder_named_from_here_is_the_same_folder_for_the_worker(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BALISE_DATA", "mine")
    told = Path("told.txt").resolve()
    code = f"import os; open({str(told)!r}, 'w').write(os.environ['BALISE_DATA'])"
    launch.spawn(tmp_path, ["-c", code], {})
    end = time.monotonic() + 30
    while not (told.exists() and told.read_text()) and time.monotonic() < end:
        time.sleep(0.05)
    assert told.read_text() == str(tmp_path / "mine")


def test_what_is_asked_for_first_has_the_earlier_name_however_fast_one_asks(tmp_path):
    asked = [launch.create(tmp_path, "kind", {}, "mark") for _ in range(30)]
    assert asked == sorted(asked)
