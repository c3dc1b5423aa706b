"""Files being scored and scored, as their runs' folders show them: any tab, window or later visit sees the same.

Where people sign in, each sees the files of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data.errors import AppError
from data.text import _
from models import batch
from models.batch import Run
from ui.components import access, batch_result, job_words, notices

PAGE = "pages/models/batch.py"
EVERY = 1.0  # seconds between two looks while something runs
SCORED = "scored"  # in the address: the file shown
_CHOICE = "batch_shown"


def running_badge() -> None:
    """That a file is being scored, with a way to watch it; nothing where none is. For the sidebar."""
    active = [run for run in batch.runs(access.somebody()) if run.active]
    if active:
        label = _("Scoring a file") if len(active) == 1 else _("Scoring {n} files").format(n=len(active))
        st.page_link(PAGE, label=label, icon=":material/table_view:", query_params={SCORED: active[0].name})


def choose(name: str) -> None:
    """Show a run from now on."""
    st.query_params[SCORED] = name


def show() -> None:
    """The scored file that the address names, or the newest: live while it is under way, then what came of it."""
    found = batch.runs(access.somebody())
    run = _chosen(found)
    if run is None:
        return
    live = st.fragment(_live, run_every=EVERY if _active(found) else None, key="batch-live")
    live(run.name, _active(found))


def _chosen(found: Sequence[Run]) -> Run | None:
    by_name = {run.name: run for run in found}
    asked = st.query_params.get(SCORED)
    if asked and asked not in by_name:
        st.warning(_("There is no scored file of this address here; it was deleted."), icon=":material/link_off:")
    name = asked if asked in by_name else next((r.name for r in found if r.active), next(iter(by_name), None))
    if name is None:
        return None
    st.header(_("Scored files"))
    if asked != name:
        st.query_params[SCORED] = name
    if len(found) > 1:
        titles = {run.name: _title(run) for run in found}
        st.session_state[_CHOICE] = name  # the address decides, whoever changed it
        st.selectbox(_("File shown"), list(titles), format_func=titles.__getitem__, key=_CHOICE, on_change=_address)
    return by_name[name]


def _address() -> None:
    st.query_params[SCORED] = st.session_state[_CHOICE]


def _title(run: Run) -> str:
    moment = job_words.moment(run.created, seconds=True)
    return _("{file} · {time}").format(file=run.spec.get("file", run.name), time=moment)


def _active(found: Sequence[Run]) -> frozenset[str]:
    return frozenset(run.name for run in found if run.active)


def _live(name: str, before: frozenset[str]) -> None:
    found = batch.runs(access.somebody())
    if _active(found) != before:
        st.rerun()
    run = next((run for run in found if run.name == name), None)
    if run is None:
        st.info(_("This file was deleted."), icon=":material/delete:")
        return
    with st.container(border=True, key="batch-panel"):
        if run.active:
            _under_way(run)
        else:
            _outcome(run)


def _under_way(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/table_view: **{notices.literal(_title(run))}**")
        st.button(
            _("Cancel"), key=f"cancel-{run.name}", on_click=access.checked(batch.cancel), args=(run.folder,),
            disabled=run.asked == "cancel" or access.looking(), icon=":material/stop_circle:",
        )  # fmt: skip
    st.progress(min(1.0, max(0.0, run.progress.get("share") or 0.0)), text=stage(run))
    st.caption(_("This goes on when you leave the page or close the tab."))


def stage(run: Run) -> str:
    """How far it is, in words."""
    last = run.progress
    if run.asked == "cancel":
        return _("Stopping.")
    if run.status == "queued":
        waits = any(event["event"] == "queued" for event in run.tail)
        return _("Waiting for another file to be scored.") if waits else _("Waiting for the process to start.")
    if last.get("phase") == "score":
        total, done = last["total"], last["done"]
        message = _("{model} answers: {done:,} of {total:,} answers.")
        return message.format(model=last["model"], done=done, total=total)
    if last.get("phase") == "write":
        return _("Writing the result.")
    return _("Reading the rows.")


def _outcome(run: Run) -> None:
    if run.status == "done":
        batch_result.show(run)
        return
    if run.status == "cancelled":
        st.info(_("Cancelled: nothing of {file} is kept.").format(file=notices.literal(str(run.spec.get("file", "")))),
                icon=":material/cancel:")  # fmt: skip
    elif run.status == "failed":
        notices.problem(AppError(run.error))
    else:
        message = _("The process ended without a word: it was killed, memory ran out or the machine stopped.")
        st.warning(message, icon=":material/link_off:")
    if run.status in {"failed", "lost"} and run.log():
        with st.expander(_("What the process printed last")):
            st.code(run.log(), language=None)
    batch_result.delete(run)
