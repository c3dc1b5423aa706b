"""Trainings under way and ended, as their folders show them: any tab, window or later visit sees the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from data.errors import AppError
from data.text import _, number
from models import jobs
from models.jobs import Run, log
from ui import words
from ui.components import access, diagnosis, job_curves, job_result, job_words, notices

PAGE = "pages/models/training.py"
EVERY = 2.0  # seconds between two looks at what runs; one that died is to be seen as lost within 10 seconds
_BADGE_EVERY = 5.0  # and at whether something else begins or ends
_OFFERED = 50
_CHOICE = "training_shown"


def running_badge() -> None:
    """How many trainings run now, with a way to watch them; nothing where none does. For the sidebar."""
    some = any(run.active for run in jobs.runs())
    st.fragment(_badge, run_every=_BADGE_EVERY if some else None, key="trainings-badge")()


def _badge() -> None:
    active = [run for run in jobs.runs() if run.active]
    if not active:
        return
    # the newest that works; one that waits moves nothing
    shown = next((run for run in active if run.status != "queued"), active[0])
    label = _under_way(active)
    st.page_link(PAGE, label=label, icon=":material/model_training:", query_params={job_words.RUN: shown.name})


def _under_way(active: Sequence[Run]) -> str:
    tunings = sum(bool(run.tuning) for run in active)
    trainings = len(active) - tunings
    if trainings and tunings:
        return _("Under way, trainings: {n}, tunings: {m}").format(n=trainings, m=tunings)
    if tunings:
        return (_("{n} tuning under way") if tunings == 1 else _("{n} tunings under way")).format(n=tunings)
    return (_("{n} training under way") if trainings == 1 else _("{n} trainings under way")).format(n=trainings)


def show() -> None:
    """The training that the address names, or the newest: live while it runs, then how it ended."""
    nothing = _(
        "No training yet. Choose a model and press **Start training**: it goes on when you leave this page or close "
        "the tab, and anybody who opens the page sees it."
    )
    watch(_panel, tunings=False, label=_("Training shown"), nothing=nothing)


def watch(panel: Callable[[Run], None], *, tunings: bool, label: str, nothing: str, every: float = EVERY) -> None:
    """The training or tuning that the address names, or the newest, drawn by `panel` again and again while any runs.

    `every`: seconds between two looks at one that runs.
    """
    found = _runs(tunings)
    run = _chosen(found, label)
    if run is None:
        st.info(nothing, icon=":material/model_training:")
        return
    active = _active(found)
    looks = every if run.active else _BADGE_EVERY
    live = st.fragment(_live, run_every=looks if active else None, key="training-live")
    live(run.name, active, panel, tunings)


def _runs(tunings: bool) -> list[Run]:
    return [run for run in jobs.runs() if bool(run.tuning) == tunings]


def _chosen(found: Sequence[Run], label: str) -> Run | None:
    """The run to show, and the field to choose another; the address follows."""
    by_name = {run.name: run for run in found}
    asked = st.query_params.get(job_words.RUN)
    if asked and asked not in by_name:
        st.warning(
            _("There is no training of this address here; it may have been deleted."), icon=":material/link_off:"
        )
    name = asked if asked in by_name else next((r.name for r in found if r.active), next(iter(by_name), None))
    if name is None:
        return None
    if asked != name:
        st.query_params[job_words.RUN] = name
    if len(found) > 1:
        names = [run.name for run in found[:_OFFERED]]
        titles = job_words.titles(found)  # the browser sends the title back, not the name: no two may read alike
        st.session_state[_CHOICE] = name  # the address decides, whoever changed it
        st.selectbox(
            label,
            names if name in names else [*names, name],
            format_func=titles.__getitem__,
            key=_CHOICE,
            on_change=_address,
            help=_("The address of this page shows the same to everybody who may open it."),
        )
    return by_name[name]


def _address() -> None:
    st.query_params[job_words.RUN] = st.session_state[_CHOICE]


def _active(found: Sequence[Run]) -> frozenset[str]:
    return frozenset(run.name for run in found if run.active)


def _live(name: str, before: frozenset[str], panel: Callable[[Run], None], tunings: bool) -> None:
    found = _runs(tunings)
    if _active(found) != before:
        st.rerun()  # one ended or another window began one: badge, choice and models follow
    run = next((run for run in found if run.name == name), None)
    if run is None:
        st.info(_("This training was deleted."), icon=":material/delete:")
        return
    with st.container(border=True, key="training-panel"):
        panel(run)
        _log(run)


def _panel(run: Run) -> None:
    """A training."""
    _head(run)
    if run.active:
        st.progress(share(run), text=stage(run))
    else:
        _outcome(run)
    if run.status not in {"queued", "damaged"}:
        job_curves.numbers(run)
        diagnosis.show(run)
        if run.status == "done":
            job_result.show(run)
        job_curves.curves(run)


def _head(run: Run) -> None:
    head(run, job_words.status(run.status))
    if run.active:
        unit = run.progress.get("unit", "epoch")
        finish = _("Finish this epoch and keep the best") if unit == "epoch" else _("Stop here and keep the best")
        stop(run, finish, _("Nothing is kept."))
    elif run.status in {"cancelled", "failed", "lost"}:
        _again(run)


def head(run: Run, status: str) -> None:
    """What a run is, how it stands in a word, and when it was asked for."""
    st.markdown(f"{job_words.ICONS[run.status]} **{status}** · {job_words.what(run)}")
    if run.created:
        st.caption(_("Asked for {time}").format(time=job_words.moment(run.created)))


def stop(run: Run, finish: str, kept: str) -> None:
    """The two ways to end a run under way; `finish` says what the soft one does, `kept` what stays after the other."""
    with st.container(horizontal=True, key="training-actions"):
        st.button(
            finish, key=f"finish-{run.name}", on_click=access.checked(jobs.finish), args=(run.folder,),
            disabled=run.status != "running" or not run.progress or access.looking(), icon=":material/flag:",
        )  # fmt: skip
        st.button(
            _("Stop now"), key=f"cancel-{run.name}", on_click=access.checked(jobs.cancel), args=(run.folder,),
            disabled=run.asked == "cancel" or access.looking(), icon=":material/stop_circle:", help=kept,
        )  # fmt: skip


def _again(run: Run) -> None:
    label = _("Go on where it stopped") if run.resumable else _("Start it again")
    if not st.button(label, key=f"resume-{run.name}", icon=":material/replay:", disabled=access.looking()):
        return
    try:
        st.query_params[job_words.RUN] = access.checked(jobs.resume)(run.folder).name
    except AppError as error:
        notices.problem(error)
        return
    st.rerun()


def share(run: Run) -> float:
    """The part of all work that is done."""
    return min(1.0, max(0.0, run.progress.get("share") or 0.0))


def stage(run: Run) -> str:
    """What it is doing, in a sentence."""
    if run.status == "queued":
        return _waiting(run)
    if run.status == "finishing":
        asked = {
            "cancel": _("Stopping."),
            "finish": _("Finishing what is begun; the best so far is kept."),
        }
        return asked.get(run.asked, _("Saving the model."))
    if not run.progress:
        return _("Loading data and libraries.")
    done = share(run)
    if done >= 1:
        return _("Measuring the model on what it has not seen.")
    return " · ".join([number(done, ".0%"), *filter(None, [run.progress.get("note")])])


def _waiting(run: Run) -> str:
    if run.ahead is None:
        return _("Waiting for the training process to start.")
    if run.ahead == 0:
        return _("Next in line: it starts when a training that runs now ends.")
    return _("In line: {n} more before it.").format(n=run.ahead)


def _outcome(run: Run) -> None:
    """How it ended, and what to do about it."""
    steps = log.reached(run).get("done", 0)
    if run.status == "done":
        message = _("Trained in {time}.").format(time=words.duration(run.elapsed))
        st.success(" ".join(filter(None, [message, job_result.ended_by_hand(run)])), icon=":material/check_circle:")
    elif run.status == "cancelled":
        message = _("Stopped after {n} steps; no model was kept.").format(n=steps)
        more = _("Go on whenever you like.") if run.resumable else _("Start it again whenever you like.")
        st.info(f"{message} {more}", icon=":material/cancel:")
    elif run.status == "failed":
        notices.problem(AppError(run.error))
    elif run.status == "lost":
        message = _(
            "The training process ended without a word after {n} steps: it was killed, memory ran out or the machine "
            "stopped. No model was kept."
        )
        go_on = _("Go on where it stopped; if it is lost again, choose a smaller network or batch.")
        anew = _("Start it again; if it is lost too, choose a smaller network or batch.")
        more = go_on if run.resumable else anew
        st.warning(f"{message.format(n=steps)} {more}", icon=":material/link_off:")
    else:
        message = _("{folder} is damaged: it no longer says what was to be trained. Delete it on the Runs page.")
        notices.problem(AppError(message.format(folder=run.folder)))


def _log(run: Run) -> None:
    text = run.log()
    if text or run.status in {"failed", "lost"}:
        with st.expander(_("What the training printed last")):
            st.code(text or _("Nothing."), language=None)
