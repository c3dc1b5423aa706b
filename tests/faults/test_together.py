"""Two who do the same, or what cannot be done twice, at the same moment."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from data import intake
from data.errors import AppError
from models import champions
from tests.data.intake.test_worker import archive
from tests.models.test_registry import checkpoint as model_at

Says = Callable[[object], None]
ROOT = Path(__file__).resolve().parents[2]
SILENT = ("-c", "pass")
PROMOTE = """
import sys
from models import champions, registry
registry.load = lambda folder, device: None
sys.stdin.readline()
for name in sys.argv[1:]:
    champions.promote(name)
"""


@pytest.mark.fault(
    area="together",
    fault="Two people import different files at the same moment",
    shown="Files are being fetched or imported already: wait for the end, or cancel it.",
    kept="The files and the import of the first; the earlier import until it ends",
    goes_on="The import of the first",
)
def test_two_imports_at_once(folders: Path, says: Says) -> None:
    made: list[Path] = []
    refused: list[AppError] = []

    def click(year: int) -> None:
        try:
            made.append(intake.upload([("all.zip", archive(year))], worker=SILENT))
        except AppError as error:
            refused.append(error)

    clicks = [threading.Thread(target=click, args=(year,)) for year in (2022, 2023, 2024)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert (len(made), len(refused)) == (1, 2)
    for error in refused:
        says(error)
    kept = list((folders / "data" / "intake").glob("*/files/all.zip"))
    assert kept == [made[0] / "files" / "all.zip"]
    assert not list((folders / "data" / "intake").glob(".upload-*"))


@pytest.mark.fault(
    area="together",
    fault="Two servers make different models the champion at the same moment",
    shown="promoted",
    kept="Both promotions, one after the other, in the history: either can be taken back",
    goes_on="Every page, with the one that came last",
)
def test_two_promotions_at_once(folders: Path, says: Says) -> None:
    names = ["severity-xgboost", "severity-logistic"]
    for name in ("severity-blend", *names):
        model_at(folders / "checkpoints" / name)
    servers = [
        subprocess.Popen(
            [sys.executable, "-c", PROMOTE, *order * 4], cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for order in (names, names[::-1])
    ]
    for server in servers:
        assert server.stdin
        server.stdin.write(b"go\n")
        server.stdin.flush()
    for server in servers:
        assert server.communicate(timeout=60)[1] == b""
        assert server.returncode == 0
    steps = champions.history("severity")[::-1]
    before = ["severity-blend", *(step["model"] for step in steps)]
    assert [step["before"] for step in steps] == before[:-1], "each saw what the other had done"
    assert all(first != second for first, second in pairwise(before))
    found = champions.champion("severity")
    assert found
    assert found.name == before[-1]
    for step in steps:
        says(step["way"])
    assert [champions.roll_back("severity").name for _step in steps] == before[-2::-1]
