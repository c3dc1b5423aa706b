"""The language of a session: chosen in the address or by the switch, kept over pages, and in parts that run alone."""

from __future__ import annotations

import gettext
import io

import pytest
from babel.messages import mofile, pofile

from data import text

OVERVIEW = "pages/explore/overview.py"
CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8"

msgid "Overview"
msgstr "Vue d'ensemble"

msgid "Accidents"
msgstr "Accidents corporels"
"""


@pytest.fixture(autouse=True)
def _french_of_two_words(monkeypatch):
    """A catalogue of this test's own, so that it does not follow every change of words."""
    compiled = io.BytesIO()
    mofile.write_mo(compiled, pofile.read_po(io.BytesIO(CATALOGUE.encode())))
    compiled.seek(0)
    found = gettext.GNUTranslations(compiled)
    monkeypatch.setattr(text, "_catalogue", lambda language: found)


def test_the_address_says_the_language_which_stays_on_other_pages(open_page, demo_data):
    app = open_page(OVERVIEW)
    app.query_params["lang"] = "fr"
    app.run()
    assert not app.exception
    assert app.title[0].value == "Vue d'ensemble"
    assert "\u202f" in app.metric[0].value  # 12 345
    app.switch_page("pages/explore/trends.py").run()
    assert app.session_state["language"] == "fr"
    assert app.query_params["lang"] in ("fr", ["fr"])


def test_a_language_that_does_not_exist_is_passed_over(open_page, demo_data):
    app = open_page(OVERVIEW)
    app.query_params["lang"] = "../../etc"
    app.run()
    assert not app.exception
    assert app.title[0].value == "Overview"


def test_the_switch_changes_the_language_at_once_and_writes_it_into_the_address(open_page, demo_data):
    app = open_page(OVERVIEW)
    app.segmented_control(key="language_switch").set_value("fr").run()
    assert app.title[0].value == "Vue d'ensemble"
    assert app.query_params["lang"] in ("fr", ["fr"])
    app.segmented_control(key="language_switch").set_value("en").run()
    assert app.title[0].value == "Overview"
    assert app.query_params["lang"] in ("en", ["en"])
