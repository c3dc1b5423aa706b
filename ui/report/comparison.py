"""The report of a comparison: scores with their intervals beside what knowing nothing gives, and where models err."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from data.text import _, number
from models.score_words import METRICS
from ui.report import content, figures
from ui.report.content import Figure, Paragraph, Part, Section, Table

_BEST = "**"


@dataclass(frozen=True)
class Compared:
    """Models that are compared about one target, the champion first.

    `scores`: a table a topic, in words; `rows`: `label`, `kind`, `value`, `low`, `high` of `metric`, with its
    `baseline`; `confusion`: accidents by true (rows) and predicted class of the champion, `classes` in words;
    `origins`: a row a model; `meanings`: of the scores, as lines; `warnings`: what forbids to compare them.
    """

    title: str
    scores: Sequence[pd.DataFrame]
    metric: str
    rows: pd.DataFrame
    baseline: float | None
    champion: str
    confusion: np.ndarray
    classes: Sequence[str]
    origins: pd.DataFrame
    meanings: str
    warnings: Sequence[str] = ()


def sections(compared: Compared | None, daily: pd.DataFrame | None, about_daily: str) -> list[Section]:
    """Scores of classifiers, then of the forecasters of daily counts; what is None has no usable model."""
    found = []
    if compared is None:
        found.append(Section(_("Scores"), (Paragraph(_("No model has scores on accidents it had not seen.")),)))
    else:
        found += [_scores(compared), _errors(compared)]
    if daily is not None:
        table = Table.of(daily, _("Forecasters of accidents a day, then simpler methods"))
        found.append(Section(_("Daily counts"), (table, Paragraph(about_daily, "note"))))
    return found


def _scores(compared: Compared) -> Section:
    best = any(cell.startswith(_BEST) for table in compared.scores for cell in table.to_numpy().ravel())
    about = _("In bold: the best score, be it by chance.") + " " if best else ""
    about += _(
        "In brackets: 95% interval over the accidents scored. Class frequencies: always answering with the share of "
        "each class among the accidents learnt from. The champion stands first."
    )
    parts: list[Part] = [Paragraph(text, "warning") for text in compared.warnings]
    parts += [Table.of(table.rename_axis(_("Model")), str(table.index.name)) for table in compared.scores]
    parts.append(Paragraph(about, "note"))
    parts.append(_figure(compared))
    return Section(
        _("Scores: {target}").format(target=compared.title),
        tuple(parts),
        (
            Section(_("What the scores mean"), (content.points(compared.meanings),)),
            Section(_("On which accidents"), (Table.of(compared.origins, _("Learnt from, and scored on")),)),
        ),
    )


def _figure(compared: Compared) -> Figure:
    metric = METRICS[compared.metric]
    draw = partial(figures.scores, compared.rows, title=_(metric.label), share=metric.share, baseline=compared.baseline)
    alt = _("{metric} of each model with its interval").format(metric=_(metric.label))
    better = _("more is better") if metric.more_is_better else _("less is better")
    return Figure(draw, alt, f"{alt}: {better}.")


def _errors(compared: Compared) -> Section:
    title = _("Where {model} errs").format(model=compared.champion)
    if compared.confusion.size == 0 or not compared.confusion.any():
        return Section(title, (Paragraph(_("Its checkpoint holds no confusion matrix.")),))
    alt = _("Share of the accidents of each true class predicted as each class")
    caption = _("Each row: of the accidents that truly were of a class, the share the model took for each class.")
    draw = partial(figures.confusion, compared.confusion, compared.classes)
    counts = pd.DataFrame(compared.confusion.astype(int), index=compared.classes, columns=compared.classes)
    table = Table.of(counts.map(number).rename_axis(_("True class")), _("The same as numbers of accidents"))
    return Section(title, (Figure(draw, alt, caption), table))
