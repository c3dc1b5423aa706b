"""The pictures of README.md: python -m benchmarks.pictures [--out docs/pictures]

Starts the app with folders of its own, so that it shows the simulated accidents, and takes its pages as a headless
Chromium on the PATH draws them: light, 1200 pixels wide, in at most 256 colours.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.server import ROOT, serving

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDTH, HEIGHT = 1200, 800
_PATIENCE = 240_000  # milliseconds: the first page makes the simulated data


def trends(page: Any) -> Any:
    return page.get_by_role("heading", name="Is it getting better?")


def prediction(page: Any) -> Any:
    """An example, answered."""
    page.get_by_role("button", name="Pedestrian at night in town").click()
    page.get_by_role("button", name="Predict", exact=True).click()
    page.locator(".js-plotly-plot .bars .point").first.wait_for()
    return page.get_by_role("heading", name="Severity", exact=True)


def forecasting(page: Any) -> Any:
    return page.get_by_role("heading", name=re.compile("^France, "))


# page -> what is done there, and the heading that the picture begins with
PICTURES: dict[str, Callable[[Any], Any]] = {
    "trends": trends,
    "prediction": prediction,
    "forecasting": forecasting,
}


@contextmanager
def simulated_app() -> Iterator[str]:
    """The address of the app, which has nothing imported and the models that came with it."""
    with tempfile.TemporaryDirectory() as folder:
        kept = {f"BALISE_{name.upper()}": str(Path(folder) / name) for name in ("data", "raw", "runs")}
        with serving(**kept, BALISE_CHECKPOINTS=str(ROOT / "checkpoints")) as server:
            yield server.address


@contextmanager
def window() -> Iterator[Any]:
    """One page of a headless browser."""
    from playwright.sync_api import sync_playwright

    browser_path = next((found for found in map(shutil.which, BROWSERS) if found), None)
    if browser_path is None:
        raise SystemExit(f"None of {', '.join(BROWSERS)} is installed.")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=arguments)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.set_default_timeout(_PATIENCE)
        yield page
        browser.close()


def at_rest(page: Any) -> None:
    """Wait until nothing runs and the words of the page are the same twice in a row."""
    before = ""
    while True:
        page.locator("[data-testid=stStatusWidget]").wait_for(state="detached")
        page.wait_for_timeout(1500)
        now = page.locator("body").inner_text()
        if now == before:
            return
        before = now


def save(picture: bytes, file: Path) -> None:
    """A PNG of few colours, which is a third of the size."""
    from PIL import Image

    Image.open(io.BytesIO(picture)).convert("RGB").quantize(256).save(file, optimize=True)
    print(f"{file}: {file.stat().st_size / 1000:.0f} kB")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pictures", description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures", help="a folder for the PNGs")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with simulated_app() as address, window() as page:
        for name, show in PICTURES.items():
            page.goto(f"{address}/{name}")
            page.locator("[data-testid=stMain] h1").first.wait_for()
            at_rest(page)
            heading = show(page)
            at_rest(page)
            heading.evaluate("element => { element.style.scrollMarginTop = '80px'; element.scrollIntoView(); }")
            page.wait_for_timeout(1000)  # figures are drawn when they come into view
            at_rest(page)
            save(page.screenshot(), options.out / f"{name}.png")


if __name__ == "__main__":
    main()
