"""A report as one HTML file that needs nothing else: no script, no network, no font."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from data.text import _
from ui.report import content, figures
from ui.report.content import Report

if TYPE_CHECKING:
    from jinja2 import Template


def render(report: Report) -> bytes:
    """The file. Every text is escaped by the template; figures are SVG, whose words matplotlib escapes."""
    from markupsafe import Markup

    counted = iter(range(1, 1000))

    def picture(figure: content.Figure) -> Markup:
        return Markup(_inline(figures.svg(figure.draw), f"f{next(counted)}"))  # noqa: S704 - made here, words escaped

    text = _template().render(report=report, picture=picture, runs=content.runs, numeric=content.numeric, _=_)
    return text.encode("utf-8")


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.tests["instance"] = lambda part, name: type(part).__name__ == name
    return environment.get_template("report.html")


def _inline(svg: str, prefix: str) -> str:
    """An SVG to stand within a page: without its head, read by its description, its names told from other figures'."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r'\bid="', f'id="{prefix}-', body)
    body = re.sub(r'(href="|url\()#', rf"\g<1>#{prefix}-", body)
    return body.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)
