import dataclasses
import io

import pytest
from pypdf import PdfReader

from ui.report import pdf
from ui.report.content import Paragraph, Section, Table


def read(report):
    return PdfReader(io.BytesIO(pdf.render(report)))


def words(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.fixture
def found(report):
    return read(report)


def test_words_and_numbers_can_be_searched(found, typed):
    text = words(found)
    for part in ("0.700 (0.688–0.714)", "strong words", "A warning of weight", "second point"[:6], "Deep words", "71%"):
        assert part in text
    assert "Île & œuvre" in text
    assert "<script>alert('x')</script>" in text, "as it was typed"
    assert "below the bars" in text


def test_the_words_of_figures_are_words(found):
    text = words(found)
    assert "Probability (%)" in text
    assert "Élève" in text
    assert "60%" in text


def test_it_says_what_it_is_and_marks_its_sections(found, typed):
    assert found.metadata.title == f"Report {typed}"
    assert found.metadata.creator == "Balise"
    assert str(found.metadata.creation_date)[:16] == "2026-11-30 04:05"
    assert found.trailer["/Root"]["/Lang"] == "fr"
    first, inner = found.outline
    assert first["/Title"] == f"First {typed}"
    assert inner[0]["/Title"] == "Inner part"


def test_the_font_is_embedded(found):
    fonts = found.pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "/FontFile2" in described
        assert "DejaVu" in described["/FontName"]


def test_it_runs_nothing(found):
    root = found.trailer["/Root"]
    assert "/OpenAction" not in root or "/JS" not in str(root["/OpenAction"])
    assert "/AcroForm" not in root
    assert "/JavaScript" not in str(root.get("/Names", {}))


def test_a_long_table_repeats_its_head_on_every_page(report):
    rows = tuple((f"row {i}", str(i)) for i in range(150))
    section = Section("Long", (Table("many", ("Name of the row", "Value"), rows),))
    reader = read(dataclasses.replace(report, sections=(section,)))
    assert len(reader.pages) > 2
    for page in reader.pages:
        assert "Name of the row" in page.extract_text()
    text = words(reader)
    assert all(f"row {i} {i}" in text for i in range(150))


def test_a_heading_never_stands_alone_at_the_end_of_a_page(report):
    filler = Paragraph("word " * 400)
    sections = tuple(Section(f"Heading {n}", (filler,)) for n in range(12))
    reader = read(dataclasses.replace(report, sections=sections))
    for page in reader.pages:
        lines = [line for line in page.extract_text().splitlines() if line and "page " not in line]
        assert not lines[-1].startswith("Heading")


def test_words_wider_than_a_page_stay_on_it(report):
    section = Section("Wide", (Table("wide", ("a", "b"), (("x" * 300, "y" * 300),)), Paragraph("z" * 400)))
    text = words(read(dataclasses.replace(report, sections=(section,)))).replace(" ", "")
    assert text.count("x") >= 300
    assert text.count("z") >= 400


def test_it_is_small(report):
    assert len(pdf.render(report)) < 200_000
