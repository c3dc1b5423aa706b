from html.parser import HTMLParser

import pytest

from ui.report import html

VOID = {"meta", "input", "br", "img", "link", "hr"}


class Read(HTMLParser):
    """Elements with their attributes, the words, and whether every element is closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.attributes, self.words = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture
def read(report):
    parser = Read()
    parser.feed(html.render(report).decode("utf-8"))
    parser.close()
    assert parser.open == []
    return parser


def test_what_was_typed_is_words_and_nothing_else(read, typed):
    assert "script" not in read.tags
    assert not [name for _tag, name, _value in read.attributes if name.startswith("on")]
    words = "".join(read.words)
    # title, heading, contents, section, paragraph, point, fact, table, legend of the figure
    assert words.count(typed) == 9
    assert ("div", "aria-label", f"Bars of {typed}") in read.attributes


def test_nothing_is_fetched(read):
    for tag, name, value in read.attributes:
        assert tag not in ("link", "img", "iframe"), "all is in the file"
        if name in ("href", "xlink:href", "src"):
            assert value.startswith("#")
    policy = [value for tag, name, value in read.attributes if tag == "meta" and "default-src" in (value or "")]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_it_holds_headings_tables_and_words(read):
    words = " ".join(" ".join(read.words).split())
    for text in (
        "0.700 (0.688–0.714)",
        "71%",
        "60%",
        "Deep words",
        "below the bars",
        "Made with Balise on 2026-11-30 04:05",
    ):
        assert text in words
    assert [tag for tag in read.tags if tag in ("h1", "h2", "h3")] == ["h1", "h2", "h3"]
    assert read.tags.count("caption") == 1
    assert ("th", "scope", "col") in read.attributes
    assert ("th", "scope", "row") in read.attributes
    assert ("html", "lang", "fr") in read.attributes
    assert "strong" in read.tags


def test_names_within_figures_are_told_apart(report):
    twice = report.sections[0].parts[-1]
    section = type(report.sections[0])("Two figures", (twice, twice))
    parser = Read()
    parser.feed(html.render(type(report)(report.title, "", report.made, (section,))).decode("utf-8"))
    names = [value for _tag, name, value in parser.attributes if name == "id"]
    assert len(names) == len(set(names))
    used = [value[1:] for _tag, name, value in parser.attributes if name == "xlink:href"]
    assert used
    assert set(used) <= set(names)


def test_it_is_small(report):
    assert len(html.render(report)) < 200_000
