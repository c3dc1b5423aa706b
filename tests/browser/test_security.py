"""Every page opens under the content security policy: nothing in the console, nothing from elsewhere."""

from __future__ import annotations

import ast
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
SOFTWARE_DRAWING = "GPU stall due to ReadPixels"  # Chromium without a graphics card, of its own drawing
# A library inside Streamlit multiplies whole numbers with WebAssembly where it may, and without where it may not.
DOES_WITHOUT = {"script-src: wasm-eval"}
BUSY = "[data-testid=stStatusWidget], [data-testid=stSkeleton]"


def titles() -> list[str]:
    """The title of every page that the frame declares."""
    calls = [node for node in ast.walk(ast.parse((ROOT / "app.py").read_text())) if isinstance(node, ast.Call)]
    pages = [call for call in calls if ast.unparse(call.func) == "st.Page"]
    found = [key.value.args[0].value for page in pages for key in page.keywords if key.arg == "title"]
    assert len(found) == len(pages) >= 14
    return found


def settle(page: Any, title: str) -> None:
    page.get_by_role("heading", level=1, name=title, exact=True).wait_for()
    page.wait_for_function(f"() => !document.querySelector('{BUSY}')")


def test_every_page_opens_under_the_policy(
    start_server: Callable[..., Any], new_window: Callable[..., Any], watched: Any, demo_data: Path
) -> None:
    server = start_server()
    with urllib.request.urlopen(server.url) as answer:
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    page = new_window()
    refused: list[str] = []
    page.expose_function("refusedByPolicy", lambda text: refused.extend([text]))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation',"
        " e => window.refusedByPolicy(`${e.violatedDirective}: ${e.blockedURI}`.slice(0, 200)))"
    )
    said = {}
    page.goto(server.url)
    for title in titles():
        page.get_by_role("link", name=title, exact=True).first.click()
        settle(page, title)
        said[title] = [line for line in watched.console if SOFTWARE_DRAWING not in line]
        watched.console.clear()
    assert {title: lines for title, lines in said.items() if lines} == {}
    assert set(refused) <= DOES_WITHOUT
    assert watched.foreign == []


def test_the_policy_holds(
    start_server: Callable[..., Any], new_window: Callable[..., Any], watched: Any, demo_data: Path
) -> None:
    """What somebody smuggles into a page neither runs nor tells another machine."""
    server = start_server()
    page = new_window()
    page.goto(f"{server.url}/data")
    settle(page, "Data")
    ran = page.evaluate(
        """async () => {
            const script = document.createElement('script');
            script.textContent = 'window.smuggled = true';
            document.head.append(script);
            const tell = await fetch('https://example.org/').then(() => true, () => false);
            const image = await new Promise(done => {
                const one = new Image();
                one.onload = () => done(true);
                one.onerror = () => done(false);
                one.src = 'https://example.org/x.png';
            });
            return [Boolean(window.smuggled), tell, image];
        }"""
    )
    assert ran == [False, False, False]
    assert watched.foreign == []  # not even asked for
    assert any("Content Security Policy" in line for line in watched.console)
