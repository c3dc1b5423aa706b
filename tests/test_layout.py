"""The layout that keeps the parts apart: which way imports go, where libraries may be used, what is never read."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# each may import what stands left of it, and its own
LAYERS = ("data", "models", "ui", "ui.charts", "ui.report", "ui.components", "pages", "app")
ONLY_IN = {
    "streamlit": ("app", "pages", "ui.components"),
    "plotly": ("ui.charts",),
    "torch": ("models",),
    "matplotlib": ("ui.report.figures",),
    "fpdf": ("ui.report.pdf",),
    "jinja2": ("ui.report.html",),
}
# what reads or writes objects that run code when they are read
UNSAFE = (
    "pickle",
    "cloudpickle",
    "dill",
    "marshal",
    "shelve",
    "joblib.load",
    "joblib.dump",
    "torch.load",
    "torch.save",
)
UNSAFE_METHODS = ("read_pickle", "to_pickle")


def sources() -> dict[str, str]:
    """Module name -> source of everything the product runs."""
    files = [ROOT / "app.py", *(p for layer in ("data", "models", "ui", "pages") for p in (ROOT / layer).rglob("*.py"))]
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in files}
    return {name: path.read_text(encoding="utf-8") for path, name in names.items() if path.exists()}


SOURCES = sources()


def layer(module: str) -> str | None:
    """The most precise layer a module belongs to; None for a library."""
    within = [name for name in LAYERS if module == name or module.startswith(f"{name}.")]
    return max(within, key=len) if within else None


def imports(source: str) -> set[str]:
    """Every name a source imports, wherever in the file: `from a import b` counts as `a.b`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def used(source: str) -> set[str]:
    """Imported names, and every dotted name such as `joblib.load`."""
    dotted = {ast.unparse(node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
    return imports(source) | dotted


def wrong_imports(module: str, source: str) -> list[str]:
    own = layer(module)
    assert own is not None
    allowed = LAYERS[: LAYERS.index(own) + 1]
    wrong = [name for name in imports(source) if layer(name) not in (None, *allowed)]
    for library, places in ONLY_IN.items():
        wrong += [name for name in imports(source) if name.split(".")[0] == library and not {own, module} & set(places)]
    return sorted(wrong)


def unsafe_uses(source: str) -> list[str]:
    names = used(source)
    wrong = [name for name in names if any(name == u or name.startswith(f"{u}.") for u in UNSAFE)]
    return sorted(wrong + [name for name in names if name.split(".")[-1] in UNSAFE_METHODS])


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_imports_go_one_way(module: str) -> None:
    assert wrong_imports(module, SOURCES[module]) == []


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_nothing_is_unpickled(module: str) -> None:
    assert unsafe_uses(SOURCES[module]) == []


def test_pages_lie_in_sections() -> None:
    # Streamlit runs a script that lies directly in pages/ on its own, without the frame of app.py
    assert [path.name for path in (ROOT / "pages").glob("*.py")] == []
    assert list((ROOT / "pages").glob("*/*.py"))


def test_every_layer_is_looked_at() -> None:
    assert {layer(module) for module in SOURCES} == set(LAYERS)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("data.clean", "from models import base"),
        ("data.clean", "import torch"),
        ("models.xgb", "from ui.charts import style"),
        ("models.xgb", "def f():\n    import streamlit as st"),
        ("ui.words", "from ui import components"),
        ("ui.charts.style", "from ui.components.cache import x"),
        ("ui.charts.style", "import streamlit"),
        ("ui.components.cache", "import plotly.graph_objects as go"),
        ("ui.components.cache", "import torch"),
        ("ui.charts.style", "from ui.report import content"),
        ("ui.report.content", "from ui.components import cache"),
        ("ui.report.content", "import streamlit"),
        ("ui.report.content", "def f():\n    import matplotlib"),
        ("ui.components.report_button", "from fpdf import FPDF"),
        ("pages.data.data", "from app import main"),
    ],
)
def test_a_wrong_import_is_found(module: str, source: str) -> None:
    assert wrong_imports(module, source)


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "import joblib\njoblib.load('x')",
        "from joblib import load",
        "import torch\ntorch.load('x')",
        "import pandas as pd\npd.read_pickle('x')",
    ],
)
def test_an_unsafe_read_is_found(source: str) -> None:
    assert unsafe_uses(source)
