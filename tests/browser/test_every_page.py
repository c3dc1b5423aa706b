"""Every page can be read and reached: in both themes, on a phone, in both languages and with the keyboard alone.

The walk over all pages also sees that the content security policy refuses none of what they do.
"""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import AT_REST, ROOT, Watched
from tests.browser.test_security import DOES_WITHOUT, SOFTWARE_DRAWING, refusals, titles

pytestmark = pytest.mark.browser

LOOKS = (Path(__file__).parent / "looks.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Rule and place of what Streamlit draws and we cannot change.
THEIRS = [
    # sections of the navigation are boxes between the list and its items
    ("list", "[data-testid=stSidebarNavItems]"),
    ("listitem", "[data-testid=stSidebarNavItems]"),
    # A table that is wider than a phone scrolls in a box, which Streamlit does not put among what Tab reaches; browsers
    # do: see `test_a_wide_table_is_reached`.
    ("scrollable-region-focusable", "[data-testid=stTable]"),
    # the same of the boxes to which ui/assets/balise.css gives more room than a phone has
    *(
        ("scrollable-region-focusable", f".st-key-{key}")
        for key in ("confusion-matrix", "comparison-confusion", "condition-pairs", "unknown", "compare-figures")
    ),
]
ROUND = 16  # pixels round what has the focus, in which a ring or an outline is drawn
TALL = {1440: 4500, 390: 6000}  # pixels: no page is cut in its picture
DESCRIBED = "hour=19&light=5&built_up=2&speed_limit=50&month=11&pedestrians=1"
FRENCH = gettext.translation("balise", ROOT / "locale", ["fr"])
SIDEBAR, MAIN = "[data-testid=stSidebar]", "[data-testid=stMain]"
PLACES = "[data-testid=stSidebarNavLink]"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where the picture of every page is kept, to be looked at."""
    folder = Path(os.environ.get("BALISE_PICTURES") or tmp_path / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def in_words(title: str, locale: str) -> str:
    return FRENCH.gettext(title) if locale.startswith("fr") else title


def places(page: Any) -> list[str]:
    """The pages that the navigation names, without their icons."""
    return [text.splitlines()[-1] for text in page.locator(PLACES).all_inner_texts()]


def go(page: Any, name: str) -> None:
    """To another page by its link, which a phone folds away but keeps."""
    page.wait_for_function(
        """([places, name]) => {
            const named = link => link.textContent.trim().endsWith(name);
            const found = [...document.querySelectorAll(places)].filter(named);
            found[0]?.click();
            return found.length > 0;
        }""",
        arg=[PLACES, name],
    )
    arrive(page, name)


def arrive(page: Any, name: str) -> None:
    page.get_by_role("heading", level=1, name=name, exact=True).wait_for()
    page.wait_for_function(AT_REST)


def keep(page: Any, path: Path) -> None:
    """A picture of the page, as long as what is on it."""
    bottom = page.evaluate(
        """() => Math.max(...[...document.querySelectorAll('[data-testid=stMainBlockContainer] > *')]
            .map(part => part.getBoundingClientRect().bottom))"""
    )
    width = page.viewport_size["width"]
    # JPEG: a lossless picture of a whole page takes a second to pack
    page.screenshot(
        path=path,
        type="jpeg",
        quality=90,
        clip={"x": 0, "y": 0, "width": width, "height": min(TALL[width], max(800, bottom + 40))},
    )


@pytest.mark.parametrize(
    ("width", "theme", "locale"),
    [
        (1440, "light", "en-GB"),
        (390, "dark", "fr-FR"),
        pytest.param(1440, "dark", "fr-FR", marks=pytest.mark.slow),
        pytest.param(390, "light", "en-GB", marks=pytest.mark.slow),
    ],
)
def test_every_page_can_be_read(
    width: int,
    theme: str,
    locale: str,
    address: str,
    new_window: Callable[..., Any],
    watched: Watched,
    pictures: Path,
) -> None:
    axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    page = new_window(width=width, height=TALL[width], color_scheme=theme, locale=locale)
    refused = refusals(page)
    page.goto(f"{address}/prediction?{DESCRIBED}")  # what is described here, What-if and Explanation speak of
    arrive(page, in_words("Prediction", locale))
    page.evaluate(script)
    names = [in_words(title, locale) for title in titles()]
    assert places(page) == names
    wrong: dict[str, list[str]] = {}
    for title in sorted(titles(), key=lambda title: title != "Prediction"):
        name = in_words(title, locale)
        go(page, name)
        found = page.evaluate(LOOKS, {"theirs": THEIRS, "tags": TAGS})
        if page.title() != f"{name} · Balise":
            found.append(f"called {page.title()}")
        found += [line for line in watched.console if SOFTWARE_DRAWING not in line]
        watched.console.clear()
        keep(page, pictures / f"{title.lower()}-{width}-{theme}.jpg")
        wrong |= {name: found} if found else {}
    assert not wrong, "\n".join(f"{name}: {line}" for name, lines in wrong.items() for line in lines)
    assert watched.foreign == []
    assert set(refused) <= DOES_WITHOUT


def test_pages_without_a_model_are_whole_too(
    start_server: Callable[..., Any], demo_data: Path, new_window: Callable[..., Any], watched: Watched
) -> None:
    page = new_window()
    refused = refusals(page)
    page.goto(start_server().url)
    for name in ("Prediction", "What-if", "Explanation", "Comparison", "Batch", "Model", "Forecasting"):
        go(page, name)
        assert page.get_by_test_id("stException").count() == 0
    assert watched.console == []
    assert watched.foreign == []
    assert set(refused) <= DOES_WITHOUT


@pytest.mark.parametrize(("locale", "asked", "told"), [("en-GB", "fr", "fr"), ("fr-FR", "en", "en")])
def test_the_address_overrides_the_language_of_the_browser(
    locale: str, asked: str, told: str, address: str, new_window: Callable[..., Any]
) -> None:
    page = new_window(locale=locale)
    page.goto(f"{address}/runs?lang={asked}")
    for title in ("Runs", "What-if"):
        go(page, in_words(title, told))
        assert places(page) == [in_words(title, told) for title in titles()]
        assert page.title() == f"{in_words(title, told)} · Balise"


def tab_to(page: Any, name: str, *, within: str, key: str = "Tab") -> None:
    """Press a key until what is called so has the focus, and see that the focus is seen there."""
    for _press in range(80):
        page.keyboard.press(key)
        called = page.evaluate(
            """within => {
                const one = document.activeElement;
                const label = one.getAttribute('aria-label') || one.labels?.[0]?.innerText || one.innerText || '';
                return one.closest(within) ? label.trim().split('\\n').at(-1) : '';
            }""",
            within,
        )
        if re.match(name, called):
            assert focus_is_seen(page), f"nothing shows that {name} has the focus"
            return
    raise AssertionError(f"{key} does not reach {name}")


def focus_is_seen(page: Any) -> bool:
    """Whether the place of what has the focus looks otherwise without it."""
    focused = page.evaluate_handle("document.activeElement").as_element()
    for _again in range(10):  # what opens has not opened at once
        focused.scroll_into_view_if_needed()
        box = focused.bounding_box()
        left, top = max(0, box["x"] - ROUND), max(0, box["y"] - ROUND)
        clip = {"x": left, "y": top, "width": box["width"] + 2 * ROUND, "height": box["height"] + 2 * ROUND}
        with_it = page.screenshot(clip=clip, animations="disabled")
        focused.evaluate("one => one.blur()")
        without = page.screenshot(clip=clip, animations="disabled")
        focused.evaluate("one => one.focus()")
        if with_it != without and box == focused.bounding_box():
            return True
        page.wait_for_timeout(100)
    return False


def test_the_keyboard_alone_is_enough(address: str, new_window: Callable[..., Any]) -> None:
    """From the address to another page, to a filter there, and to a prediction."""
    page = new_window()
    page.goto(f"{address}/trends")
    arrive(page, "Trends")
    tab_to(page, "Conditions$", within=SIDEBAR)
    page.keyboard.press("Enter")
    arrive(page, "Conditions")

    tab_to(page, "When$", within=SIDEBAR)
    page.keyboard.press("Enter")
    tab_to(page, "Years$", within=SIDEBAR)
    page.keyboard.type("2023")
    page.get_by_role("option", name="2023", exact=True).wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")  # the open list hides the page from those who cannot see it
    page.get_by_role("button", name="Years: 2023").wait_for()
    page.wait_for_url(re.compile("years=2023"))
    page.wait_for_function(AT_REST)

    tab_to(page, "Prediction$", within=SIDEBAR, key="Shift+Tab")
    page.keyboard.press("Enter")
    arrive(page, "Prediction")
    tab_to(page, "Pedestrian at night in town$", within=MAIN)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("pedestrians=1"))
    page.wait_for_function(AT_REST)
    tab_to(page, "Predict$", within=MAIN)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Severity").wait_for()


def test_a_wide_table_is_reached(address: str, new_window: Callable[..., Any]) -> None:
    """On a phone, what is right of the window is read with the keyboard."""
    page = new_window(width=390)
    page.goto(f"{address}/comparison")
    arrive(page, "Comparison")
    for _press in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("Boolean(document.activeElement.querySelector(':scope > table'))"):
            break
    assert focus_is_seen(page)
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0")
