"""A report as a PDF: real words in an embedded font, figures as lines, a mark for each section."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from data.text import _
from ui.report import content, figures
from ui.report.content import Facts, Figure, Paragraph, Part, Points, Report, Section, Table

if TYPE_CHECKING:
    from fpdf import FPDF

_FONT = "DejaVu Sans"
_WIDTH = 180  # millimetres between the margins
_LINE = 1.45  # of the height of letters
_POINT = 25.4 / 72  # millimetres
_TEXT, _PALE, _RULE = (38, 48, 60), (74, 86, 99), (200, 206, 213)
_HEADINGS = {0: 14, 1: 11}  # points by level
_CELL = 7.5  # points of the words of tables
_PADDING = (0.6, 1.4)  # above and beside the words of a cell


def render(report: Report) -> bytes:
    """The file."""
    pdf = _document(report)
    _write(pdf, report.title, 18, strong=True)
    _write(pdf, report.summary, 10)
    _write(pdf, report.moment, 8, colour=_PALE)
    for section in report.sections:
        _section(pdf, section, 0)
    return bytes(pdf.output())


def _document(report: Report) -> FPDF:
    from fpdf import FPDF

    class Document(FPDF):
        def footer(self) -> None:
            self.set_y(-12)
            self.set_font(_FONT, size=7)
            self.set_text_color(*_PALE)
            page = _("page {n} of {all}").format(n=self.page_no(), all="{nb}")
            self.cell(0, 4, f"{report.title} · {page}", align="C")

    pdf = Document(format="A4")
    regular, bold = figures.fonts()
    pdf.add_font(_FONT, fname=regular)
    pdf.add_font(_FONT, style="B", fname=bold)
    pdf.set_margins(15, 15, 15)
    pdf.set_auto_page_break(True, margin=17)
    pdf.set_title(report.title)
    pdf.set_lang(report.language)
    pdf.set_creator("Balise")
    pdf.set_creation_date(report.made)
    pdf.add_page()
    return pdf


def _section(pdf: FPDF, section: Section, level: int) -> None:
    _room(pdf, 40 if not section.parts else _needed(section.parts[0]))
    pdf.ln(4)
    pdf.start_section(section.title, level=level)  # a mark to jump to
    _write(pdf, section.title, _HEADINGS[min(level, 1)], strong=True)
    for part in section.parts:
        _part(pdf, part)
    for inner in section.sections:
        _section(pdf, inner, level + 1)


def _needed(part: Part) -> float:
    """Millimetres below a heading without which it would stand alone at the end of a page."""
    return 100 if isinstance(part, Figure) else 35


def _room(pdf: FPDF, height: float) -> None:
    if pdf.will_page_break(height):
        pdf.add_page()


def _part(pdf: FPDF, part: Part) -> None:
    match part:
        case Paragraph(text, "warning"):
            _warning(pdf, text)
        case Paragraph(text, kind):
            _write(pdf, text, 8 if kind == "note" else 9.5, colour=_PALE if kind == "note" else _TEXT)
        case Points(items):
            for item in items:
                _write(pdf, item, 9.5, before="• ")
        case Facts(pairs):
            _table(pdf, Table("", (), pairs))
        case Table():
            _table(pdf, part)
        case Figure():
            _figure(pdf, part)


def _write(
    pdf: FPDF,
    text: str,
    size: float,
    *,
    strong: bool = False,
    colour: tuple[int, int, int] = _TEXT,
    before: str = "",
) -> None:
    """Words over the whole width, their strong parts in bold; `before` hangs to the left of them."""
    pdf.set_text_color(*colour)
    height, left = size * _POINT * _LINE, pdf.l_margin
    pdf.set_font(_FONT, size=size)
    if before:
        pdf.write(height, before)
        pdf.set_left_margin(left + 4)
        pdf.set_x(left + 4)
    for piece, is_strong in content.runs(text):
        pdf.set_font(_FONT, style="B" if strong or is_strong else "", size=size)
        pdf.write(height, piece)
    pdf.set_left_margin(left)
    pdf.ln(height + 1)


def _warning(pdf: FPDF, text: str) -> None:
    pdf.set_font(_FONT, size=9)
    pdf.set_text_color(*_TEXT)
    pdf.set_fill_color(253, 246, 227)
    pdf.multi_cell(_WIDTH, 9 * _POINT * _LINE, content.plain(text), fill=True, padding=2, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(1.5)


def _figure(pdf: FPDF, figure: Figure) -> None:
    drawn = figures.svg(figure.draw)
    # fpdf2 takes px for 0.75 of the drawing's own unit, which it is
    drawn = re.sub(r'style="font-size: ([\d.]+)px', _larger, drawn)
    width, height = (float(n) for n in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn)[0])
    _room(pdf, _WIDTH * height / width)
    pdf.image(io.BytesIO(drawn.encode("utf-8")), w=_WIDTH, h=_WIDTH * height / width, alt_text=figure.alt)
    pdf.ln(1)
    if figure.caption:
        _write(pdf, figure.caption, 8, colour=_PALE)


def _larger(size: re.Match[str]) -> str:
    return f'style="font-size: {float(size[1]) * 4 / 3:.3f}px'


def _table(pdf: FPDF, table: Table) -> None:
    """Cells that break into lines, columns as wide as their words need; the head is repeated on each page."""
    from fpdf.fonts import FontFace

    if table.caption:
        _room(pdf, 25)
        _write(pdf, table.caption, 8, colour=_PALE)
    pdf.set_font(_FONT, size=_CELL)
    pdf.set_text_color(*_TEXT)
    pdf.set_draw_color(*_RULE)
    strong = FontFace(emphasis="BOLD")
    rows = [*([table.head] if table.head else []), *table.rows]
    widths = _widths(pdf, rows, bool(table.head))
    aligned = tuple("RIGHT" if number else "LEFT" for number in _numeric(table))
    with pdf.table(
        borders_layout="HORIZONTAL_LINES",
        first_row_as_headings=bool(table.head),
        headings_style=strong,
        width=sum(widths),
        col_widths=widths,
        text_align=aligned,
        v_align="TOP",
        align="LEFT",
        line_height=_CELL * _POINT * _LINE,
        padding=_PADDING,
    ) as drawn:
        for cells in rows:
            row = drawn.row()
            for cell in cells:
                any_strong = any(is_strong for _piece, is_strong in content.runs(cell))
                row.cell(content.plain(cell), style=strong if any_strong else None)
    pdf.ln(2.5)


def _numeric(table: Table) -> list[bool]:
    return content.numeric(table) if table.head else [False, False]


def _widths(pdf: FPDF, rows: list[tuple[str, ...]], headed: bool) -> list[float]:
    """Millimetres for each column: its cells in one line where there is room, else what its longest word needs."""

    def width(text: str) -> float:
        wider = 1.16 if any(is_strong for _piece, is_strong in content.runs(text)) else 1.04
        return float(pdf.get_string_width(content.plain(text))) * wider + 2 * _PADDING[1] + 0.4

    def longest(text: str) -> float:
        return max(map(width, text.split(" ")))  # what holds together is one word

    columns: list[Any] = list(zip(*rows, strict=True))
    heads = [longest(column[0]) * 1.12 if headed else width(column[0]) for column in columns]
    wanted = [max(map(width, column[1:]), default=0.0) for column in columns]
    wanted = [max(pair) for pair in zip(wanted, heads, strict=True)]
    if sum(wanted) <= _WIDTH:
        more = [max(0.0, width(column[0]) * 1.12 - n) for column, n in zip(columns, wanted, strict=True)]
        part = min(1.0, (_WIDTH - sum(wanted)) / (sum(more) or 1))
        return [n + part * m for n, m in zip(wanted, more, strict=True)]
    least = [min(max(head, *map(longest, column)), _WIDTH / 3) for head, column in zip(heads, columns, strict=True)]
    free = max(0.0, _WIDTH - sum(least))
    over = [max(0.0, w - n) for w, n in zip(wanted, least, strict=True)]
    found = [n + free * o / (sum(over) or 1) for n, o in zip(least, over, strict=True)]
    return [n * min(1.0, _WIDTH / sum(found)) for n in found]
