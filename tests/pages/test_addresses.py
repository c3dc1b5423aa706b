"""Addresses that somebody made up: every page opens, nothing from the address runs, links or reaches a file."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data import features
from ui.components import (
    departement_choice,
    filter_form,
    forecasting,
    job_words,
    model_card,
    run_table,
    training_form,
)

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").rglob("*.py"))
_AT_ONCE = 996  # values in an address: what is sent stays below what Streamlit takes, 1000 and 512 KiB
PAYLOADS: dict[str, str | list[str]] = {
    "path": "../../../../../../etc/passwd",
    "markup": "![x](http://evil.example/x.png) [y](http://evil.example) :red[x] <img src=x onerror=alert(1)>",
    "number": "-" + "9" * 400,
    "control": "\x00\x1b[2J\r\n\u202e,nan,-1",
    "list": ["..", "%00", "A" * 1000],
    "empty": "",
}
NAMED = {
    departement_choice.LEVEL,
    forecasting.MODEL,
    forecasting.SOURCE,
    job_words.RUN,
    model_card.MODEL,
    run_table.MARKED,
    training_form.TARGET,
    *filter_form.LABELS,
    *features.BY_NAME,
}


@functools.cache
def parameters() -> frozenset[str]:
    """Every name that any page may look for in its address, and more: all keys of widgets and constants of modules."""
    keys: set[str] = set()
    for source in [*(ROOT / "ui" / "components").glob("*.py"), *(ROOT / "pages").rglob("*.py")]:
        tree = ast.parse(source.read_text(encoding="utf-8"))
        given = [k.value for n in ast.walk(tree) if isinstance(n, ast.Call) for k in n.keywords if k.arg == "key"]
        given += [n for a in tree.body if isinstance(a, ast.Assign) for n in ast.walk(a.value)]
        found = {n.value for n in given if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        keys |= {name for name in found if re.fullmatch(r"[a-z][a-z_]{0,30}", name)}
    return frozenset(keys | {f"{key}_{end}" for key in "ab" for end in ("from", "to")} | NAMED)


def parts(payload: str | list[str]) -> list[set[str]]:
    """All names, as many to an address as one can hold where each has this payload."""
    names, step = sorted(parameters()), _AT_ONCE // (len(payload) if isinstance(payload, list) else 1)
    return [set(names[start : start + step]) for start in range(0, len(names), step)]


def texts(app: AppTest) -> Iterator[Any]:
    for kind in ("markdown", "caption", "info", "warning", "error", "success", "title", "header", "subheader"):
        yield from getattr(app, kind)


@pytest.fixture
def real_models(demo_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The models that come with the product beside simulated data."""
    monkeypatch.setenv("BALISE_CHECKPOINTS", str(ROOT / "checkpoints"))


def test_parameters_are_found() -> None:
    for payload, most in (("x", 996), (["x", "y", "z"], 332)):
        assert 100 < len(parameters()) == sum(map(len, parts(payload)))
        assert all(0 < len(part) <= most for part in parts(payload))
    assert {"runs_find", "runs_columns", "view", "look", "horizon", "layer", "measure", "years", "run"} <= parameters()


@pytest.mark.parametrize("path", PAGES)
def test_made_up_values_are_harmless(real_models: None, path: str) -> None:
    asked = [(what, payload, names) for what, payload in PAYLOADS.items() for names in parts(payload)]
    for what, payload, names in asked:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        for name in names:
            app.query_params[name] = payload
        app.switch_page(path).run()
        assert not app.exception, (what, app.exception)
        for element in texts(app):
            assert not getattr(element.proto, "allow_html", False), (what, element)
            # a mark that our text has not made literal would be a link, a picture or a colour
            assert not re.search(r"(?<!\\)\]\(http://evil|(?<!\\):red\[", element.value), (what, element.value)
            assert "A" * 200 not in element.value, what
