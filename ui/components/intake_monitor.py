"""Files being fetched and imported, as the run's folder shows them: any tab, window or later visit sees the same."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from datetime import date

import streamlit as st

from data import calendar, intake
from data.errors import AppError
from data.intake import Run
from data.runs import Event
from data.text import _
from ui import words
from ui.components import access, cache, import_report, notices

EVERY = 1.0  # seconds between two looks while something runs
_SHOWN = 86_400.0  # seconds for which the end of a run is told
_MEGABYTE = 1e6


def running_badge() -> None:
    """That files are being fetched or imported; nothing where none are. For the sidebar."""
    run = intake.latest()
    if run and run.active:
        importing = run.progress.get("phase") == "import" or run.spec.get("kind") == "upload"
        st.badge(_("Importing files") if importing else _("Fetching files"), icon=":material/download:", color="blue")


def monitor() -> None:
    """The run under way live, or how the last one ended.

    The page is run again as a whole when the run ends or another window starts one, so that it shows the new data.
    """
    active = _active(intake.latest())
    st.fragment(_live, run_every=EVERY if active else None, key="intake")(active)


def _active(run: Run | None) -> str:
    return run.name if run and run.active else ""


def _live(before: str) -> None:
    run = intake.latest()
    if _active(run) != before:
        st.rerun()
    if run is None:
        return
    if run.active:
        _under_way(run)
    elif time.time() - _ended(run) < _SHOWN:
        _outcome(run)


def _under_way(run: Run) -> None:
    with st.container(border=True):
        head, action = st.columns([3, 1], vertical_alignment="center")
        head.markdown(f":material/download: **{title(run)}**")
        action.button(
            _("Cancel"), key=f"cancel-{run.name}", on_click=access.checked(intake.cancel), args=(run.folder,),
            disabled=run.status == "finishing" or access.looking(), icon=":material/stop_circle:", width="stretch",
        )  # fmt: skip
        st.progress(min(1.0, max(0.0, run.progress.get("share") or 0.0)), text=stage(run))
        st.caption(_("This goes on when you leave the page or close the tab."))


def title(run: Run) -> str:
    """What was asked for."""
    if run.spec.get("kind") == "upload":
        return _("Importing {n} of your files").format(n=len(run.spec["files"]))
    names = {"borders": _("borders"), "school-holidays": _("school holidays")}
    years = words.years(run.spec.get("years", []))
    return _("Fetching {what}").format(what=", ".join([*([years] if years else []), *(names[k] for k in _kinds(run))]))


def stage(run: Run) -> str:
    """How far it is, in words: files and bytes of a download, files and years of an import."""
    if run.status == "queued":
        return _("Waiting for the process to start.")
    if run.status == "finishing":
        return _("Stopping.")
    last = run.progress
    if not last:
        return _("Looking at what is there already.")
    if last["phase"] == "download":
        return _download_stage(last["file"], last["state"], last)
    if last["year"]:
        message = _("Cleaning and joining {year}: {done} of {total} years imported.")
        return message.format(year=last["year"], done=last["done"], total=last["total"])
    return _("Reading {file}.").format(file=last["file"])


def _download_stage(file: str, state: str, last: Event) -> str:
    counts = _("{done} of {total} files, {came:.1f} MB in all").format(
        done=last["done"], total=last["total"], came=last["came"] / _MEGABYTE
    )
    sizes = {"came": last["bytes"] / _MEGABYTE, "size": (last["bytes_total"] or 0) / _MEGABYTE}
    if state == "waiting":
        now = _("{file} broke off; waiting to try again").format(file=file)
    elif state == "fetching" and last["bytes_total"]:
        now = _("{file}: {came:.1f} of {size:.1f} MB").format(file=file, **sizes)
    elif state == "fetching":
        now = _("{file}: {came:.1f} MB").format(file=file, **sizes)
    else:
        return counts
    return f"{counts} · {now}"


def _outcome(run: Run) -> None:
    """How it ended, and what to do about it."""
    if run.status == "done":
        st.success(done(run), icon=":material/check_circle:")
        for sentence in _to_note(run.tail[-1].get("years", [])):
            st.warning(sentence, icon=":material/content_cut:")
    elif run.status == "cancelled":
        message = _(
            "Cancelled. The data are as they were. What was fetched is kept: the same download goes on from there."
        )
        st.info(message, icon=":material/cancel:")
    elif run.status == "failed":
        notices.problem(AppError(run.error))
    else:
        st.warning(
            _(
                "The process ended without a word: it was killed, memory ran out or the machine stopped. The data are "
                "whole: as they were or, had it just ended, as imported. Start again: a download goes on where it "
                "stopped."
            ),
            icon=":material/link_off:",
        )
    if run.status in {"failed", "lost"} and run.log():
        with st.expander(_("What the process printed last")):
            st.code(run.log(), language=None)


def done(run: Run) -> str:
    """What a run that ended well brought."""
    last = run.tail[-1]
    parts = []
    if last.get("years"):
        parts.append(_("Imported: {years}.").format(years=words.years(last["years"])))
    if run.spec.get("kind") == "download":
        message = _("Files fetched: {fetched}, there already and whole: {there}.")
        parts.append(message.format(fetched=last.get("fetched", 0), there=last.get("there", 0)))
    if "school-holidays" in _kinds(run):
        until = words.day(calendar.school_holidays_known_until().date())
        parts.append(_("School holidays are known until {day}.").format(day=until))
    return " ".join(parts)


def _to_note(years: Sequence[int]) -> list[str]:
    """What keeps imported years, as far as they are still there, from being compared with others."""
    with contextlib.suppress(AppError):  # of which the page tells
        imported = {year: facts for year, facts in cache.dataset().report["years"].items() if int(year) in years}
        dated = {int(year): date.fromisoformat(f["last_day"]) for year, f in imported.items() if f["last_day"]}
        return [*import_report.ends_early(dated), *import_report.extracts(imported)]
    return []


def _kinds(run: Run) -> list[str]:
    return [kind for kind in ("borders", "school-holidays") if kind in run.spec.get("references", [])]


def _ended(run: Run) -> float:
    return float(run.tail[-1]["time"]) if run.tail else run.created
