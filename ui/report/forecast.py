"""The report of a forecast: what to expect, each day of it, simpler methods beside it, and how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from data.text import _, number
from models.base import Forecast
from ui import words
from ui.charts import forecast as chart
from ui.report import content, figures
from ui.report.content import Figure, Paragraph, Part, Section, Table


@dataclass(frozen=True)
class Asked:
    """A forecast and what is known beside it.

    `history`: the days counted that are drawn; `before`: what was counted 364 days before each day, NaN where that is
    not known; `beside`: forecasts of simpler methods by name, `left_out` why some are missing; `total`: quantiles of
    the whole by level, None where they are not known. `about`: where the forecast begins, and after which counts;
    `about_total`: how its interval was made; `learnt`: what the model learnt and was scored on; `own`: errors of this
    place alone. `scores`: the model and simpler methods, rows; `errors`: of both by days ahead, in `labels`.
    """

    model: str
    place: str
    future: Forecast
    history: pd.Series
    intervals: tuple[int, ...]
    before: np.ndarray
    beside: Mapping[str, Forecast]
    left_out: Mapping[str, str]
    total: Mapping[float, float] | None
    about: str
    about_total: str
    learnt: str
    scores: pd.DataFrame
    errors: pd.DataFrame
    labels: Mapping[str, str]
    own: Mapping[str, str]


def sections(asked: Asked) -> list[Section]:
    """The forecast, its days, and past errors."""
    return [_expected(asked), _days(asked), _past(asked)]


def _expected(asked: Asked) -> Section:
    future = asked.future
    total = float(future.mean.sum())
    found = {_("Expected in {n} days").format(n=len(future.dates)): f"**{words.count(total)}**"}
    if asked.total is not None:
        for percent in (80, 95):
            low, high = (words.count(asked.total[level]) for level in chart.INTERVALS[percent])
            found[_("{percent}% interval of the total").format(percent=percent)] = f"{low}–{high}"
    found[_("A day, on average")] = number(float(future.mean.mean()), ",.1f")
    found[_("Same days, year before")] = words.count(float(asked.before.sum()))
    for name, other in asked.beside.items():
        found[words.baseline_label(name)] = words.count(float(other.mean.sum()))
    draw = partial(
        figures.forecast, asked.history, future, name=asked.model, place=asked.place, intervals=asked.intervals,
        beside=asked.beside,
    )  # fmt: skip
    alt = _("Accidents a day in {place} to {end} and the forecast of the {n} days after").format(
        place=asked.place, end=words.day(future.dates[0] - pd.Timedelta(days=1)), n=len(future.dates)
    )
    missing = [
        Paragraph(_("{name} is not drawn: {reason}").format(name=words.baseline_label(name), reason=reason), "warning")
        for name, reason in asked.left_out.items()
    ]
    return Section(
        _("What to expect"),
        (
            content.facts(found),
            Paragraph(asked.about),
            Figure(draw, alt),
            *missing,
            Paragraph(asked.about_total, "note"),
        ),
    )


def _days(asked: Asked) -> Section:
    """A row a day, then the whole."""
    future, digits = asked.future, chart.digits(asked.future)
    columns: dict[str, list[str]] = {_("Expected"): [_amount(n, digits) for n in future.mean]}
    for percent in sorted(asked.intervals):
        if (found := chart.edges(future, percent)) is not None:
            columns[_("{percent}% interval").format(percent=percent)] = [
                f"{number(low)}–{number(high)}" for low, high in zip(*found, strict=True)
            ]
    columns[_("Counted 364 days before")] = [_amount(n, 0) for n in asked.before]
    for name, other in asked.beside.items():
        columns[words.baseline_label(name)] = [_amount(n, digits) for n in other.mean]
    index = pd.Index([chart.day_name(day) for day in future.dates], name=_("Day"))
    rows = pd.DataFrame(columns, index=index)
    sums = {
        _("Expected"): words.count(float(future.mean.sum())),
        _("Counted 364 days before"): _amount(float(asked.before.sum()), 0),
        **{words.baseline_label(name): words.count(float(other.mean.sum())) for name, other in asked.beside.items()},
    }
    whole = pd.DataFrame([[sums.get(str(name), "–") for name in rows]], columns=rows.columns, index=[_("Total")])
    table = Table.of(
        pd.concat([rows, whole]).rename_axis(_("Day")), _("Accidents a day, {place}").format(place=asked.place)
    )
    return Section(_("Day by day"), (table,))


def _past(asked: Asked) -> Section:
    parts: list[Part] = [Paragraph(asked.learnt)]
    if asked.own:
        parts.append(content.facts(asked.own))
    parts.append(Table.of(asked.scores, _("Errors of this model and of simpler methods, on the same days")))
    parts.append(
        Paragraph(
            _(
                "MAE: by how many accidents a day the forecast was off on average. MASE: the same error divided by how "
                "much the same weekdays of two weeks differ. Coverage: share of days inside the 80% interval, at best "
                "near 80%."
            ),
            "note",
        )
    )
    if len(asked.errors):
        alt = _("Mean absolute error of the forecasts of France by days ahead, beside simpler methods")
        unit = _("Mean absolute error (accidents a day)")
        parts.append(Figure(partial(figures.errors, asked.errors, labels=asked.labels, unit=unit), alt, alt + "."))
        rows = asked.errors.rename(columns=asked.labels).map(words.score).T.rename_axis(_("Method"))
        parts.append(Table.of(rows.rename(columns="{}".format), _("The same errors by days ahead")))
    return Section(_("Past errors"), tuple(parts))


def _amount(value: float, digits: int) -> str:
    return "–" if np.isnan(value) else number(value, f",.{digits}f")
