"""The curves and the numbers of a training, live and afterwards."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import streamlit as st

from data.text import _, language
from models.diagnosis import Point
from models.jobs import Run, log
from ui import words
from ui.charts import style, training
from ui.components import job_words

_WIDTH = 165  # pixels of a number: three beside each other in the narrowest panel
_DRAWN = 400  # points of a curve that grows
_REDRAWN = 25  # times a long curve is drawn anew while it grows: thousands of rounds pass in a minute


def numbers(run: Run) -> None:
    """How far it is, how fast, where and with how much memory."""
    last, curve, learnt = run.progress, run.curve, log.reached(run)
    point = curve[-1] if curve else {}
    done, total, unit = learnt.get("done", 0), learnt.get("total", 0), learnt.get("unit", "epoch")
    row = st.container(horizontal=True, gap="small", key="training-numbers")
    row.metric(step_words(unit), _("{done} of {total}").format(done=done, total=total) if total else "–", width=_WIDTH)
    if run.active:
        row.metric(_("Elapsed"), words.duration(run.elapsed), width=_WIDTH)
        left = run.remaining
        row.metric(
            _("Left at most"), "–" if left is None else job_words.roughly(left), width=_WIDTH,
            help=_("If every step takes as long as those done; a training that stops improving ends sooner."),
        )  # fmt: skip
    if point.get("rows"):
        row.metric(
            _("Rows seen"), words.count(point["rows"]), width=_WIDTH,
            help=_("Accidents, or days, that it has learnt from, each counted as often as it was read."),
        )  # fmt: skip
    if point.get("rows_a_second"):
        row.metric(_("Rows a second"), words.count(point["rows_a_second"]), width=_WIDTH)
    if last.get("device"):
        row.metric(_("Computes on"), device_words(last["device"]), width=_WIDTH)
    for name, label in (("memory_mib", _("Memory")), ("gpu_memory_mib", _("Graphics memory"))):
        if last.get(name):
            row.metric(label, _("{n} MB").format(n=words.count(last[name])), width=_WIDTH)


def step_words(unit: str) -> str:
    """What is counted while a model learns."""
    return {"epoch": _("Epochs"), "round": _("Rounds"), "tree": _("Trees"), "iteration": _("Iterations")}.get(
        unit, unit
    )


def device_words(device: str) -> str:
    """Where it computes."""
    kind = device.partition(":")[0]
    return {"cpu": _("Processor"), "cuda": _("Graphics card"), "mps": _("Graphics (Apple)")}.get(kind, device)


def curves(run: Run) -> None:
    """Losses, then whatever else the model tells of each step."""
    curve, unit = run.curve, run.progress.get("unit", "epoch")
    if not curve and not run.active:
        return
    theme = st.context.theme.type
    points = looked_at(run)
    _show(run, "loss", points, unit, theme, _("Training and validation loss after each step"))
    for name in training.metrics(curve[-1:]):
        alt = _("{metric} after each step").format(metric=name.replace("_", " ").capitalize())
        _show(run, name, points, unit, theme, alt)
    last = curve[-1] if curve else {}
    below = [name for name in ("learning_rate", "gradient_norm") if last.get(name) is not None]
    if below:
        for place, name in zip(st.columns(2), below, strict=False):
            with place:
                _show(run, name, points, unit, theme, _singles()[name])


def _singles() -> dict[str, str]:
    return {"learning_rate": _("Learning rate"), "gradient_norm": _("Gradient norm")}


def looked_at(run: Run) -> int:
    """How many points are drawn and judged: all of a short or ended curve, of a long one more of them now and then."""
    n = len(run.curve)
    return n - n % max(1, n // _REDRAWN) if run.active else n


def _show(run: Run, name: str, points: int, unit: str, theme: style.Theme | None, alt: str) -> None:
    figure = _figure(run.folder, name, points, run.active, unit, theme, language())
    st.plotly_chart(style.drawn(figure, None), key=f"curve-{name}", config=style.config(), alt=alt)


@lru_cache(maxsize=64)
def _figure(
    folder: Path, name: str, points: int, live: bool, unit: str, theme: style.Theme | None, language: str
) -> style.Figure:
    """Drawing takes most of the time of a look, and nothing changes until the next point."""
    curve = Run(folder).curve[:points]
    if live:
        curve = thinned(curve)
    if name == "loss":
        return training.losses(curve, unit=unit, theme=theme)
    if name in _singles():
        return training.single(curve, name, y=_singles()[name], unit=unit, theme=theme)
    return training.metric(curve, name, unit=unit, theme=theme)


def thinned(curve: Sequence[Point]) -> list[Point]:
    """As much of a curve as pixels can show, with its last point and the lowest validation loss.

    It goes to every window anew after each drawing.
    """
    every = math.ceil(len(curve) / _DRAWN)
    if every < 2:
        return list(curve)
    losses = [math.inf if (loss := point.get("validation_loss")) is None else loss for point in curve]
    kept = {*range(0, len(curve), every), len(curve) - 1, losses.index(min(losses))}
    return [curve[number] for number in sorted(kept)]
