"""How long the Runs page takes with many trainings: python -m benchmarks.run_log [--runs 200] [--keep FOLDER].

The trainings are made: events with curves that fall, and the metadata of shipped models for those that ended well.
With `--browser` a Chromium on the PATH visits real servers: by address, and by a click on another page, until the table
stands. The browser itself notes the moments, for asking it again and again would be slower than what is measured.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.server import ROOT, serving

ROUNDS = 5
UP = 5.0  # seconds that a server has been up before its first visit
_ENDS = ("done", "done", "done", "failed", "cancelled")
_VARIED = {"learning_rate": (0.5, 2.0), "dropout": (0.5, 1.5), "depth": (0.6, 1.4), "rounds": (0.5, 2.0)}
_VISITS = (
    "first visit to the server, by address, in a new browser",
    "the same page loaded again",
    "first click on Runs, from another page",
    "later clicks",
)
_TABLE = "[data-testid=stDataFrame] canvas"
_NOTE = f"""
let clicked = 0;
addEventListener("click", event => {{ clicked = event.timeStamp; window.tableStood = 0 }}, true);
const look = () => {{
  const there = location.pathname.endsWith("/runs") && document.querySelector("{_TABLE}");
  if (there && !window.tableStood) window.tableStood = performance.now() - clicked;
  requestAnimationFrame(look);
}};
look();
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--keep", type=Path, help="write the trainings here and keep them")
    parser.add_argument("--browser", action="store_true", help="also time the page in Chromium")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        os.environ["BALISE_RUNS"] = str(folder)
        make(folder, asked.runs)
        print(f"{asked.runs} trainings, median of {ROUNDS} after the first")
        _tell("table", table)
        _tell("page on the server", page())
        if asked.browser:
            in_browser()


def make(folder: Path, n: int) -> None:
    """Write `n` ended trainings as the worker leaves them."""
    draw = random.Random(0)
    shipped = [json.loads(path.read_text()) for path in sorted((ROOT / "checkpoints").glob("*/metadata.json"))]
    for number in range(n):
        model = draw.choice(shipped)
        created = time.time() - 3600.0 * (n - number)
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(created))
        run = folder / f"{stamp}-{model['kind']}-{number:04x}"
        run.mkdir(parents=True)
        config, end = _changed(model["config"], draw), draw.choice(_ENDS)
        spec = {"kind": model["kind"], "target": model["target"], "preset": model.get("preset"), "settings": config}
        whole = {"spec": spec, "hash": str(number), "created": created}
        (run / "spec.json").write_text(json.dumps(whole))
        curve = _curve(len(model.get("curves") or []) or 20, draw)
        _events(run / "events.jsonl", curve, created, end)
        (run / "heartbeat").touch()
        if end == "done":
            (run / "model").mkdir()
            facts = model | {"config": config, "curves": curve, "metrics": _scored(model, curve)}
            (run / "model" / "metadata.json").write_text(json.dumps(facts))


def table() -> None:
    from models.jobs import log

    log.table()


def page() -> Callable[[], None]:
    """The page as a person has it who opens it anew: a session of its own each time."""
    from streamlit.testing.v1 import AppTest

    def run() -> None:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        app.switch_page("pages/models/runs.py").run()
        assert not app.exception, app.exception

    return run


def in_browser() -> None:
    """The same as a person sees it: servers that were never asked, and a browser that was never there."""
    from playwright.sync_api import sync_playwright

    chromium = next(path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path)
    taken: dict[str, list[float]] = {what: [] for what in _VISITS}
    by_address, again, first_click, later_click = taken.values()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for _round in range(ROUNDS):
            with serving() as server:
                time.sleep(UP)
                tab = _tab(browser)
                tab.goto(f"{server.address}/runs")
                by_address.append(_waited(tab))
                tab.wait_for_timeout(2000)  # until what stands below the table is done
                tab.reload()
                again.append(_waited(tab))
                tab.context.close()
            with serving() as server:
                time.sleep(UP)
                tab = _tab(browser)
                tab.goto(f"{server.address}/data")
                first_click.append(_click(tab))
                later_click += [_click(tab) for _time in range(2)]
                tab.context.close()
        browser.close()
    print(f"until the table stands, median (longest) of {ROUNDS} new servers that have been up for {UP:.0f} s:")
    for what, seconds in taken.items():
        print(f"  {what}: {statistics.median(seconds):.2f} s ({max(seconds):.2f} s)")


def _tab(browser: Any) -> Any:
    """A window of a browser without a cache, that notes when the table stands."""
    tab = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    tab.add_init_script(_NOTE)
    return tab


def _waited(tab: Any) -> float:
    """Seconds from the last click or, without one, from the call of the page, until its table stood."""
    return float(tab.wait_for_function("() => window.tableStood", timeout=60_000).json_value()) / 1000


def _click(tab: Any) -> float:
    """Seconds from the click on the page's name to its table, coming from another page."""
    links = tab.get_by_test_id("stSidebarNavLink")
    links.filter(has_text="Data").click()
    tab.get_by_role("heading", name="Data", exact=True).wait_for()
    tab.wait_for_timeout(4000)  # until that page is done
    assert not tab.locator(_TABLE).count(), "that page has a table of its own"
    links.filter(has_text="Runs").click()
    return _waited(tab)


def _tell(what: str, do: Callable[[], None]) -> None:
    taken = []
    for _round in range(ROUNDS + 1):
        start = time.perf_counter()
        do()
        taken.append(time.perf_counter() - start)
    print(f"{what}: first {taken[0]:.3f} s, then {statistics.median(taken[1:]):.3f} s")


def _changed(config: dict, draw: random.Random) -> dict:
    changes = {}
    for name, (low, high) in _VARIED.items():
        if name in config:
            value = config[name] * draw.uniform(low, high)
            changes[name] = max(1, round(value)) if isinstance(config[name], int) else round(value, 6)
    return config | changes


def _curve(n: int, draw: random.Random) -> list[dict[str, float]]:
    speed, end = draw.uniform(0.1, 0.5), draw.uniform(0.6, 0.8)
    return [
        {
            "train_loss": end * 0.95 + math.exp(-speed * step) + draw.gauss(0, 0.004),
            "validation_loss": end + math.exp(-speed * step) + draw.gauss(0, 0.004),
            "learning_rate": 0.001,
            "gradient_norm": 0.6,
            "seconds": 3.0,
        }
        for step in range(n)
    ]


def _events(path: Path, curve: list[dict[str, float]], created: float, end: str) -> None:
    lines: list[dict] = [{"time": created + 1, "event": "started", "pid": 1}]
    for done, values in enumerate(curve, start=1):
        fact = {"unit": "epoch", "done": done, "total": len(curve), "share": done / len(curve), "began": created + 1}
        lines.append({"time": created + 1 + 3 * done, "event": "progress", **fact, "values": values})
    error = {"error": "The loss is no longer a number; try a smaller learning rate."} if end == "failed" else {}
    lines.append({"time": created + 5 + 3 * len(curve), "event": end, **error})
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def _scored(model: dict, curve: list[dict[str, float]]) -> dict:
    """The metrics of the shipped model, with a main score that follows the made curve."""
    metrics = json.loads(json.dumps(model["metrics"]))
    lowest = min(point["validation_loss"] for point in curve)
    if model["target"] == "daily":
        metrics["held_out"]["pooled"]["mae"] *= 0.8 + lowest / 3
    else:
        metrics["cuts"]["log_loss"] *= 0.7 + lowest / 2
    return metrics


if __name__ == "__main__":
    main()
