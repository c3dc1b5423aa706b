"""The content security policy: what it holds off; that it refuses nothing to our pages is seen on a walk over them."""

from __future__ import annotations

import ast
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import AT_REST

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
SOFTWARE_DRAWING = "GPU stall due to ReadPixels"  # Chromium without a graphics card, of its own drawing
# A library inside Streamlit multiplies whole numbers with WebAssembly where it may, and without where it may not.
DOES_WITHOUT = {"script-src: wasm-eval"}


def titles() -> list[str]:
    """The title of every page that the frame declares."""
    calls = [node for node in ast.walk(ast.parse((ROOT / "app.py").read_text())) if isinstance(node, ast.Call)]
    pages = [call for call in calls if ast.unparse(call.func) == "st.Page"]
    found = [key.value.args[0].value for page in pages for key in page.keywords if key.arg == "title"]
    assert len(found) == len(pages) >= 14
    return found


def refusals(page: Any) -> list[str]:
    """What the policy refuses to the documents of a window from now on: rule and address."""
    refused: list[str] = []
    page.expose_function("refusedByPolicy", lambda text: refused.extend([text]))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation',"
        " e => window.refusedByPolicy(`${e.violatedDirective}: ${e.blockedURI}`.slice(0, 200)))"
    )
    return refused


def test_the_policy_holds(address: str, new_window: Callable[..., Any], watched: Any) -> None:
    """What somebody smuggles into a page neither runs nor tells another machine."""
    with urllib.request.urlopen(address) as answer:
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    page = new_window()
    refused = refusals(page)
    page.goto(f"{address}/data")
    page.get_by_role("heading", level=1, name="Data", exact=True).wait_for()
    page.wait_for_function(AT_REST)
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
    assert {line.partition(":")[0] for line in refused} >= {"script-src-elem", "connect-src", "img-src"}
