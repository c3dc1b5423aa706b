"""What a filter costs on each exploration page: python -m benchmarks.exploration_pages [--pages NAME ...] [--browser]

Asks the pages of the data that are loaded (BALISE_DATA; `python -m benchmarks.scale` writes files of twenty years to
import) as the server does, without a browser: milliseconds from a changed filter to all charts of a page, for filters
that nobody has asked for before (new) and for the same ones again (known). `--browser` also opens every page in three
windows of a real server and tells how much it sends for a page and how much memory it holds. Run on an idle machine.
"""

from __future__ import annotations

import argparse
import random
import shutil
import time
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.server import ROOT, serving

PAGES = ("overview", "trends", "map", "conditions", "compare", "profiles")
_TARGETS = {"new": 900.0, "known": 300.0, "megabytes sent": 1.0, "gigabytes held": 1.5}
_WINDOWS = 3


def varied(offered: dict[str, list[Any]], count: int) -> list[dict[str, list[Any]]]:
    """Filters of one to three fields, always the same, of values that the data hold."""
    draw = random.Random(7)
    found = []
    for _ in range(count):
        names = draw.sample(sorted(offered), draw.choice([1, 1, 2, 3]))
        chosen = {n: draw.sample(offered[n], max(1, len(offered[n]) // draw.choice([1, 2, 3]))) for n in names}
        found.append(chosen)
    return found


def page(name: str, count: int) -> dict[str, float]:
    """Milliseconds of one page: the first visit to it, then filters that are new and the same ones again."""
    from streamlit.testing.v1 import AppTest

    from data import coded, store
    from ui.components.filter_form import key

    offered = {n: list(v) for n, v in coded.occurring(coded.read(store.loaded())).items()}
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=600)
    app.switch_page(f"pages/explore/{name}.py")
    times: dict[str, list[float]] = {"first": [], "new": [], "known": []}

    def shown(kind: str, chosen: dict[str, list[Any]]) -> None:
        for field in offered:
            app.session_state[key(field)] = chosen.get(field, [])
        start = time.perf_counter()
        app.run()
        times[kind].append((time.perf_counter() - start) * 1000)
        if app.exception:
            raise SystemExit(f"{name}: {app.exception[0].message}")

    shown("first", {})
    changes = varied(offered, count)
    for kind in ("new", "known"):
        for chosen in changes:
            shown(kind, chosen)
    line = {"first": times["first"][0]}
    for kind in ("new", "known"):
        line |= {
            f"{kind}, median": float(np.median(times[kind])),
            f"{kind}, p95": float(np.percentile(times[kind], 95)),
        }
    return line


def in_browser(names: list[str]) -> None:
    """Print megabytes sent for each page, and the memory of the server once three windows have seen them all."""
    from playwright.sync_api import sync_playwright

    with serving() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for window in range(_WINDOWS):
            shown = browser.new_context().new_page()
            sent: list[int] = []
            _count(shown, sent)
            for name in names:
                sent.clear()
                address = "" if name == "overview" else name
                shown.goto(f"{server.address}/{address}?years=2022,2023,2024")
                shown.get_by_test_id("stApp").wait_for()
                shown.wait_for_timeout(12_000)
                if not window:
                    print(f"{name}: {sum(sent) / 1e6:.2f} MB sent (<= {_TARGETS['megabytes sent']:g})", flush=True)
            print(
                f"{window + 1} windows: {server.held() / 1e9:.2f} GB held (<= {_TARGETS['gigabytes held']:g})",
                flush=True,
            )


def _count(page: Any, sent: list[int]) -> None:
    """Note the length of whatever the server sends to a page."""
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sent.append(len(frame))))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exploration_pages", description=__doc__.split("\n")[0])
    parser.add_argument("--pages", nargs="+", choices=PAGES, default=list(PAGES))
    parser.add_argument("--filters", type=int, default=40, help="how many different ones")
    parser.add_argument("--browser", action="store_true", help="also what is sent and held")
    options = parser.parse_args()
    table = pd.DataFrame({name: page(name, options.filters) for name in options.pages}).T.round()
    print(table.to_string(), f"\ntargets: new <= {_TARGETS['new']:g}, known <= {_TARGETS['known']:g} (p95, ms)")
    if options.browser:
        in_browser(options.pages)


if __name__ == "__main__":
    main()
