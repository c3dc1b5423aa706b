"""Trainings under way and ended, as their folders show them: any tab, window or later visit sees the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from data.errors import AppError
from data.text import _
from models import jobs
from models.jobs import Run
from ui.charts import training
from ui.components import notices, plots

After = Callable[[Run], None]
EVERY = 1.0  # seconds between two looks while something runs
_LISTED = 20
_ICONS: dict[jobs.Status, str] = {
    "queued": ":material/hourglass_empty:",
    "running": ":material/model_training:",
    "finishing": ":material/hourglass_bottom:",
    "done": ":material/check_circle:",
    "failed": ":material/error:",
    "cancelled": ":material/cancel:",
    "lost": ":material/link_off:",
    "damaged": ":material/broken_image:",
}


def status_words(status: jobs.Status) -> str:
    """A status as people read it."""
    return {
        "queued": _("Starting"),
        "running": _("Training"),
        "finishing": _("Finishing"),
        "done": _("Done"),
        "failed": _("Failed"),
        "cancelled": _("Cancelled"),
        "lost": _("Lost"),
        "damaged": _("Damaged"),
    }[status]


def running_badge() -> None:
    """How many trainings run now; nothing where none does. For the sidebar."""
    active = sum(run.active for run in jobs.runs())
    if active:
        text = _("{n} training running") if active == 1 else _("{n} trainings running")
        st.badge(text.format(n=active), icon=":material/model_training:", color="blue")


def monitor(kind: str, after: After) -> None:
    """The trainings of one kind: those under way live, the last one ended, and a list of the earlier ones.

    `after(run)` adds what a page says of a finished run. The page is run again as a whole when a training ends or
    another window starts one, so that its list of models and its badge follow.
    """
    active = _active(_runs(kind))
    st.fragment(_live, run_every=EVERY if active else None, key=f"trainings-{kind}")(kind, after, active)


def _live(kind: str, after: After, before: frozenset[str]) -> None:
    found = _runs(kind)
    if _active(found) != before:
        st.rerun()
    if not found:
        st.caption(_("No training yet. What you start here goes on when you leave this page or close the tab."))
        return
    under_way = [run for run in found if run.active]
    ended = [run for run in found if not run.active]
    for run in under_way:
        _panel(run, after)
    if not under_way:
        _panel(ended.pop(0), after)
    if ended:
        _list(ended)


def _runs(kind: str) -> list[Run]:
    """Runs of a kind; what cannot be read may be any kind's, so it is shown by all."""
    return [run for run in jobs.runs() if run.status == "damaged" or run.spec.get("kind") == kind]


def _active(found: Sequence[Run]) -> frozenset[str]:
    return frozenset(run.name for run in found if run.active)


def _panel(run: Run, after: After) -> None:
    with st.container(border=True, key=f"run-{run.name}"):
        head, action = st.columns([3, 1], vertical_alignment="center")
        head.markdown(f"{_ICONS[run.status]} **{status_words(run.status)}** · {title(run)}")
        if run.active:
            stop = run.status == "finishing"
            action.button(
                _("Cancel"), key=f"cancel-{run.name}", on_click=jobs.cancel, args=(run.folder,), disabled=stop,
                icon=":material/stop_circle:", width="stretch",
            )  # fmt: skip
            _progress(run)
        else:
            _outcome(run)
        _curve(run)
        if run.status == "done":
            after(run)
        if run.status in {"failed", "lost"}:
            with st.expander(_("What the training printed last")):
                st.code(run.log() or _("Nothing."), language=None)


def title(run: Run) -> str:
    """What was trained, and when it was asked for."""
    if run.status == "damaged":
        return f"`{run.name}`"
    return _("preset {preset}, started {time}").format(
        preset=run.spec.get("preset") or _("default"), time=_moment(run.created)
    )


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")


def duration(seconds: float) -> str:
    """Seconds as people read them: 45 s, 3 min 20 s, 1 h 05 min."""
    whole = round(seconds)
    if whole < 60:
        return _("{s} s").format(s=whole)
    if whole < 3600:
        return _("{m} min {s:02d} s").format(m=whole // 60, s=whole % 60)
    return _("{h} h {m:02d} min").format(h=whole // 3600, m=whole % 3600 // 60)


def _progress(run: Run) -> None:
    last = run.progress
    share = min(1.0, max(0.0, last.get("share") or 0.0))
    st.progress(share, text=_stage(run, share))
    epochs, elapsed, left = st.columns(3)
    done, total = last.get("done", 0), last.get("total", 0)
    epochs.metric(_("Epochs"), _("{done} of {total}").format(done=done, total=total) if total else "–")
    elapsed.metric(_("Elapsed"), duration(run.elapsed))
    remaining = run.remaining
    left.metric(
        _("Left at most"), "–" if remaining is None else duration(remaining),
        help=_("If every epoch takes as long as those done; a training that stops improving ends sooner."),
    )  # fmt: skip


def _stage(run: Run, share: float) -> str:
    if run.status == "queued":
        return _("Waiting for the training process to start.")
    if run.status == "finishing":
        saving = run.tail and run.tail[-1]["event"] == "saving"
        return _("Saving the model.") if saving else _("Stopping at the next step.")
    if not run.progress:
        return _("Loading data and libraries.")
    return _("Measuring the model on days it has not seen.") if share >= 1 else f"{share:.0%}"


def _outcome(run: Run) -> None:
    """How it ended, and what to do about it."""
    epochs = len(run.curve)
    if run.status == "done":
        st.success(
            _("Trained in {time}; epochs: {n}.").format(n=epochs, time=duration(run.elapsed)),
            icon=":material/check_circle:",
        )
    elif run.status == "cancelled":
        message = _("Cancelled (epochs done: {n}); no model was kept. Start the training again whenever you like.")
        st.info(message.format(n=epochs), icon=":material/cancel:")
    elif run.status == "failed":
        notices.problem(AppError(run.error))
    elif run.status == "lost":
        message = _(
            "The training process ended without a word (epochs done: {n}): it was killed, memory ran out or the "
            "machine stopped. No model was kept. Start it again; if it is lost too, choose a smaller network or batch."
        )
        st.warning(message.format(n=epochs), icon=":material/link_off:")
    else:
        message = _("The folder {folder} holds no readable spec.json. Delete the folder if you do not need it.")
        notices.problem(AppError(message.format(folder=run.folder)))


def _curve(run: Run) -> None:
    if run.status == "damaged" or (not run.active and not run.curve):
        return
    figure = training.losses(run.curve, unit=run.progress.get("unit", "epoch"))
    text = _("Training and validation loss after each epoch")
    plots.show(figure, key=f"curve-{run.name}", alt=text)


def _list(ended: Sequence[Run]) -> None:
    with st.expander(_("Earlier trainings ({n})").format(n=len(ended))):
        rows = [
            {
                _("Started"): _moment(run.created) if run.created else "",
                _("Ended as"): status_words(run.status),
                _("Preset"): run.spec.get("preset") or _("default"),
                _("Duration"): duration(run.elapsed) if run.created else "",
                _("Run"): run.name,
                _("Note"): run.error,
            }
            for run in ended[:_LISTED]
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
        if len(ended) > _LISTED:
            st.caption(_("The newest {n} are listed.").format(n=_LISTED))
