"""Words in the language of whoever is served, and numbers as that language writes them."""

from __future__ import annotations

import threading

import pytest

from data import text
from data.text import LANGUAGE, Message, _


@pytest.mark.parametrize(
    ("tag", "language"),
    [("fr-FR", "fr"), ("fr", "fr"), ("FR_ca.UTF-8", "fr"), ("en-GB", "en"), ("de", "en"), ("", "en")],
)
def test_a_tag_means_the_nearest_language_that_there_is(tag, language):
    assert text.supported(tag) == language


@pytest.mark.parametrize(
    ("value", "form", "english", "french_words"),
    [
        (1234567, ",.0f", "1,234,567", "1\u202f234\u202f567"),
        (0.1234, ".1%", "12.3%", "12,3\u202f%"),
        (-2.5, "+.2f", "-2.50", "-2,50"),
        (3, ".0f", "3", "3"),
    ],
)
def test_numbers_are_written_as_their_language_does(value, form, english, french_words):
    assert text.number(value, form) == english
    token = LANGUAGE.set("fr")
    try:
        assert text.number(value, form) == french_words
    finally:
        LANGUAGE.reset(token)


def test_a_message_writes_the_numbers_it_is_given_and_leaves_years_and_words(french):
    message = Message("{n:,} accidents, {share:.1%}, {year}, {name}, {s:02d}, {name!r}")
    found = message.format(n=12345, share=0.5, year=2024, name="1,5", s=7)
    assert found == "12\u202f345 accidents, 50,0\u202f%, 2024, 1,5, 07, '1,5'"


@pytest.mark.parametrize("value", [0, 1, 0.0004, 0.9996, 0.05, 0.5])
def test_shares_near_zero_and_one_claim_neither(value, french):
    found = text.percent(value)
    assert found == {0: "0\u202f%", 1: "100\u202f%", 0.0004: "< 0,1\u202f%", 0.9996: "> 99,9\u202f%",
                     0.05: "5,0\u202f%", 0.5: "50\u202f%"}[value]  # fmt: skip


def test_a_thread_without_a_language_asks_whoever_knows(monkeypatch):
    monkeypatch.setattr(text, "_asked", [])
    text.ask_for_language(lambda: "fr")
    found = []
    thread = threading.Thread(target=lambda: found.append(text.language()))
    thread.start()
    thread.join()
    assert found == ["fr"]
    assert text.language() == "en"  # this one was settled before


def test_a_process_without_a_session_speaks_the_language_of_its_environment(monkeypatch):
    monkeypatch.setattr(text, "_asked", [])
    monkeypatch.setenv(text.VARIABLE, "fr")
    token = LANGUAGE.set(None)
    try:
        assert text.language() == "fr"
    finally:
        LANGUAGE.reset(token)


def test_english_is_what_the_code_says():
    assert _("No such text in any catalogue: {n}").format(n=1) == "No such text in any catalogue: 1"


def test_no_words_are_no_words_in_any_language(french):
    assert _("") == ""
