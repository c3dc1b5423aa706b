"""A report of every kind of part, with words that somebody typed to do harm."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pandas as pd
import pytest

from ui.report import figures
from ui.report.content import Facts, Figure, Paragraph, Points, Report, Section, Table

TYPED = "<script>alert('x')</script> $\\frac{1}{0}$ \"Île & œuvre\" =1+1"


@pytest.fixture
def typed():
    return TYPED


@pytest.fixture
def bars():
    shares = pd.DataFrame({TYPED: [0.71, 0.29], "Forêt": [0.6, 0.4]}, index=["Élève", "b"])
    return partial(figures.probabilities, shares, {TYPED: "#0072b2", "Forêt": "#0072b2"}, {"Élève": 0.11, "b": 0.89})


@pytest.fixture
def report(bars):
    parts = (
        Paragraph(f"Of {TYPED}, **strong** words."),
        Paragraph("A warning of **weight**.", "warning"),
        Points(("first point", f"second {TYPED}")),
        Facts((("Champion", TYPED), ("Share", "**71%**"))),
        Table("Numbers", ("Class", "Value", "Made"), (("a", "0.700 (0.688–0.714)", "2026-01-02"), (TYPED, "–", "x"))),
        Figure(bars, f"Bars of {TYPED}", "below the bars"),
    )
    inner = Section("Inner part", (Paragraph("Deep words", "note"),))
    made = datetime(2026, 11, 30, 4, 5, tzinfo=UTC)
    return Report(f"Report {TYPED}", "In short.", made, (Section(f"First {TYPED}", parts, (inner,)),), "fr")
