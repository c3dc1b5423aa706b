"""Searches for better settings under way and ended: what they have found, and the way to train with it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from data.errors import AppError
from data.runs.run import file_state
from data.text import _, language, number
from models import jobs, tuning
from models.jobs import Run
from models.registry import KINDS
from models.settings import Config, settings_of
from models.tuning import Findings, Trial
from ui import words
from ui.charts import style
from ui.charts import tuning as charts
from ui.components import access, job_monitor, job_words, notices

_VIEW = "training_view"
_TRAIN, _TUNE = "train", "tune"
_EVERY = 2.0  # seconds between two looks: a trial takes longer
_WIDTH = 165  # pixels of a number
_TALLEST = 420  # pixels of the table


def wanted() -> bool:
    """Whether a person wants to tune rather than to train; the run that the address names decides."""
    asked = st.query_params.get(job_words.RUN)
    run = next((run for run in jobs.runs() if run.name == asked), None)
    if run is not None:
        st.session_state[_VIEW] = _TUNE if run.tuning else _TRAIN
    st.session_state.setdefault(_VIEW, _TRAIN)
    labels = {_TRAIN: _("Train"), _TUNE: _("Tune")}
    chosen = st.segmented_control(
        _("What to do"), list(labels), key=_VIEW, format_func=labels.__getitem__, required=True, on_change=_leave,
        help=_("Train one model with settings of your choice, or have better settings searched for."),
    )  # fmt: skip
    return chosen == _TUNE


def _leave() -> None:
    st.query_params.pop(job_words.RUN, None)


def show() -> None:
    """The tuning that the address names, or the newest: live while it runs, then what it found."""
    nothing = _(
        "No tuning yet. Choose a model and press **Start tuning**: it trains the model again and again with other "
        "settings, and tells which did best on days that it had not learnt from."
    )
    job_monitor.watch(_panel, tunings=True, label=_("Tuning shown"), nothing=nothing, every=_EVERY)


def _panel(run: Run) -> None:
    job_monitor.head(run, _("Searching") if run.status == "running" else job_words.status(run.status))
    if run.active:
        job_monitor.stop(run, _("Stop after this trial"), _("What was found so far stays."))
        asked = run.status != "running" or not run.progress
        st.progress(
            job_monitor.share(run), text=job_monitor.stage(run) if asked else number(job_monitor.share(run), ".0%")
        )
    else:
        _ending(run)
    found, config = tuning.read(run.folder), _config(run)
    if found is None or config is None:
        return
    labels = {item.name: _(item.label) for item in settings_of(config)}
    _numbers(run, found)
    _outcome(run, found, config, labels)
    _days(found)
    _draw(run, labels, "best", _("Validation loss of each trial, and the best so far"))
    if found.importance:
        st.markdown(_("**Which settings matter**: their share in what parts the good trials from the others"))
        _draw(run, labels, "importance", _("Importance of each setting"))
    _table(run, found, labels)


def _draw(run: Run, labels: dict[str, str], name: str, alt: str) -> None:
    state, theme = file_state(run.folder / tuning.FILE), st.context.theme.type
    figure = _figure(run.folder, state, tuple(labels.items()), name, theme, language())
    st.plotly_chart(style.drawn(figure, None), key=f"tuning-{name}", config=style.config(), alt=alt)


@lru_cache(maxsize=32)
def _figure(
    folder: Path, state: tuple[int, int], labels: tuple[tuple[str, str], ...], name: str, theme: style.Theme | None,
    language: str,
) -> style.Figure:  # fmt: skip
    """Drawing takes most of the time of a look, and nothing changes until the next trial."""
    found = tuning.read(folder)
    trials, shares = (found.trials, found.importance) if found else ((), {})
    figure = charts.best_so_far(trials) if name == "best" else charts.importance(shares, dict(labels))
    return figure if theme is None else style.legible(figure, theme)


def _ending(run: Run) -> None:
    """How it ended."""
    if run.status == "done":
        message = _("Ended after {time}.").format(time=words.duration(run.elapsed))
        st.success(message, icon=":material/check_circle:")
    elif run.status == "cancelled":
        st.info(_("Stopped; what was found until then stays."), icon=":material/cancel:")
    elif run.status == "failed":
        notices.problem(AppError(run.error))
    elif run.status == "lost":
        message = _(
            "The process ended without a word: it was killed, memory ran out or the machine stopped. What was found "
            "until then stays."
        )
        st.warning(message, icon=":material/link_off:")
    else:
        message = _("The folder {folder} holds no readable spec.json. Delete the folder if you do not need it.")
        notices.problem(AppError(message.format(folder=run.folder)))


def _config(run: Run) -> Config | None:
    """The settings that it began with; None where they are of another version."""
    try:
        return KINDS[run.spec["kind"]].settings(run.spec["preset"], run.spec["settings"])[1]
    except (AppError, ValueError, TypeError, KeyError) as error:
        notices.problem(AppError(_("The settings of this tuning cannot be read: {error}").format(error=error)))
        return None


def _numbers(run: Run, found: Findings) -> None:
    row = st.container(horizontal=True, gap="small", key="tuning-numbers")
    ended = sum(trial.state != "running" for trial in found.trials)
    tried = _("{done} of {total}").format(done=ended, total=run.tuning.get("trials", "–"))
    row.metric(_("Trials"), tried, width=_WIDTH)
    if run.active:
        row.metric(_("Elapsed"), words.duration(run.elapsed), width=_WIDTH)
        left = run.remaining
        row.metric(_("Left at most"), "–" if left is None else job_words.roughly(left), width=_WIDTH)
    row.metric(_("To begin with"), _loss(found.first), width=_WIDTH, help=_("Validation loss; less is better."))
    row.metric(_("Best so far") if run.active else _("Best"), _loss(found.best), width=_WIDTH)


def _loss(trial: Trial | None) -> str:
    return "–" if trial is None or trial.loss is None else number(trial.loss, ".4f")


def _outcome(run: Run, found: Findings, config: Config, labels: dict[str, str]) -> None:
    """Whether anything better was found, what it is, and the way to train with it."""
    if found.first is None or found.best is None:
        if not run.active:
            st.info(_("The settings to begin with were not tried to their end: nothing can be said yet."))
        return
    ended = [trial for trial in found.trials if trial.state != "running"]
    if not found.better:
        if not run.active:
            st.info(_nothing_better(len(ended) - 1), icon=":material/balance:")
        return
    message = _("**Trial {n} did best**: a validation loss of {best} instead of {first}.").format(
        n=found.best.number, best=_loss(found.best), first=_loss(found.first)
    )
    changes, before = found.changes(config), {item.name: item.default for item in settings_of(config)}
    lines = [
        _("- {setting}: **{now}** instead of {before}").format(
            setting=labels[name], now=_value(value), before=_value(before[name])
        )
        for name, value in changes.items()
    ]
    st.markdown("\n".join([message, "", *lines]))
    st.caption(
        _(
            "Its loss flatters it: it is the lowest of {n} on the very days it was chosen by. A training with these "
            "settings is scored on days that no trial has seen; compare that with a training of the settings to begin "
            "with."
        ).format(n=len(ended))
    )
    if not run.active and st.button(
        _("Train with these settings"),
        key=f"use-{run.name}",
        type="primary",
        icon=":material/play_arrow:",
        disabled=access.looking(),
    ):
        _train(run, changes)


def _nothing_better(others: int) -> str:
    if others < 1:
        return _("There was time only for the settings to begin with. Give it more minutes to try others.")
    if others == 1:
        return _("The one other trial was not better than the settings to begin with: keep them.")
    return _("None of {n} other trials was better than the settings to begin with: keep them.").format(n=others)


def _value(value: Any) -> str:
    return number(value, ".3g") if isinstance(value, float) else str(value)


def _train(run: Run, changes: dict[str, Any]) -> None:
    """Start the training of the tuning's data with what was found, and show it."""
    from models.train import TrainSpec

    try:
        spec = TrainSpec(**{**run.spec, "settings": {**run.spec["settings"], **changes}})
        folder = access.checked(jobs.start)(spec)
    except (AppError, ValueError, TypeError) as error:
        notices.problem(AppError(str(error)))
        return
    st.query_params[job_words.RUN] = folder.name
    st.rerun()


def _days(found: Findings) -> None:
    """Which days tell what."""
    spoken = {name: words.period(period.start, period.end) for name, period in found.days.items()}
    message = _(
        "Each trial learns from {learnt} and is judged on {judged}. {held_out} is held out: no trial sees those days."
    )
    st.caption(message.format(**spoken))


def _table(run: Run, found: Findings, labels: dict[str, str]) -> None:
    """Every trial, those that were tried to their end first, the best of them on top."""
    ordered = sorted(found.trials, key=lambda t: (t.state != "complete", t.loss if t.state == "complete" else t.number))
    stopped = _("stopped")
    rows = pd.DataFrame(
        [
            {
                "number": t.number,
                "state": stopped if t.state == "running" and not run.active else tuning.state_words(t.state),
                "loss": t.loss,
                **t.settings,
                "seconds": t.seconds or None,
            }
            for t in ordered
        ]
    )
    config = st.column_config
    columns: dict[str, Any] = {
        "number": config.NumberColumn(_("Trial"), format="%d"),
        "state": config.TextColumn(_("Ended"), width=100),
        "loss": config.NumberColumn(_("Validation loss"), format="%.4f"),
        **{name: config.NumberColumn(labels[name], format="%.3g") for name in rows if name in labels},
        "seconds": config.NumberColumn(_("Seconds"), format="%.1f"),
    }
    height = min(_TALLEST, 38 + 35 * max(1, len(rows)))
    st.dataframe(
        rows, hide_index=True, column_config=columns, height=height, key="tuning-trials", placeholder="",
        alt=_("All trials"),
    )  # fmt: skip
