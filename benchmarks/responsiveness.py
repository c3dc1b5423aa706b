"""How fast pages answer while a model trains: python -m benchmarks.responsiveness [--data FOLDER] [--rounds N].

Each page is run again and again, idle and then beside a training in a process of its own, as a click would run it: the
server's side, without network and browser. Without `--data` it takes the demonstration data.
`--viewers` measures instead what it costs the server that people watch a training in their browsers.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.server import ROOT

PAGES = (
    "explore/overview",
    "models/prediction",
    "models/comparison",
    "models/runs",
    "forecast/forecasting",
    "data/data",
)
_WARM = 3
_LEARNING = 120.0  # seconds to wait for the first step of the training


def seconds(page: str, rounds: int) -> list[float]:
    """What reruns of a page take, after some that fill the caches."""
    from streamlit.testing.v1 import AppTest

    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=300)
    test.switch_page(f"pages/{page}.py")
    for _round in range(_WARM):
        test.run()
    if test.exception:
        raise RuntimeError(f"{page}: {test.exception[0].value}")
    found = []
    for _round in range(rounds):
        start = time.perf_counter()
        test.run()
        found.append(time.perf_counter() - start)
    return found


@contextmanager
def learning(kind: str = "tab-transformer") -> Iterator[list[Path]]:
    """A model that learns from the same data, from its first step on; when it has learnt, another begins."""
    from models import jobs

    runs, over = [_start(kind)], threading.Event()

    def go_on() -> None:
        while not over.wait(1.0):
            if not jobs.Run(runs[-1]).active:
                runs.append(_start(kind))

    following = threading.Thread(target=go_on, daemon=True)
    try:
        _wait(runs[0])
        following.start()
        yield runs
    finally:
        over.set()
        if following.is_alive():
            following.join()
        jobs.cancel(runs[-1])
        while jobs.Run(runs[-1]).active:
            time.sleep(0.2)


def _start(kind: str) -> Path:
    from models import jobs
    from models.train import TrainSpec

    return jobs.start(TrainSpec(kind=kind, target="severity", preset="recommended", data="processed"))


def _wait(run: Path) -> None:
    from models import jobs

    end = time.monotonic() + _LEARNING
    while not jobs.Run(run).progress:
        if time.monotonic() > end or not jobs.Run(run).active:
            raise RuntimeError(f"the training did not begin: {jobs.Run(run).status}, {jobs.Run(run).log()}")
        time.sleep(0.5)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.responsiveness", description=__doc__.partition("\n")[0])
    parser.add_argument("--data", metavar="FOLDER", help="a store of imported years, as BALISE_DATA")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--viewers", action="store_true", help="what watching a training costs, in Chromium")
    parser.add_argument("--seconds", type=float, default=40.0, help="how long each number of viewers watches")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["BALISE_RUNS"] = temporary
        os.environ["BALISE_DATA"] = options.data or temporary
        if options.viewers:
            from benchmarks import viewers

            return viewers.measure(options.seconds)
        idle = {page: seconds(page, options.rounds) for page in PAGES}
        with learning() as runs:
            busy = {page: seconds(page, options.rounds) for page in PAGES}
    print(f"{len(runs)} trainings were begun; milliseconds, p95 of {options.rounds}")
    for page in PAGES:
        one, other = (1000 * statistics.quantiles(found[page], n=20)[-1] for found in (idle, busy))
        print(f"{page:24} idle {one:6.0f}   beside a training {other:6.0f}   ratio {other / one:.2f}")
    return None


if __name__ == "__main__":
    main()
