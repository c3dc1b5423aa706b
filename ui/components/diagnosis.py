"""What a training's curves say, in words, and what to try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from data.text import _, language
from models import checkpoint, diagnosis
from models.base import CheckpointError
from models.jobs import Run
from ui.components import job_curves, notices

_CALM = {"healthy": ":material/check_circle:", "too_early": ":material/hourglass_empty:"}


def show(run: Run) -> None:
    """The diagnosis of a training under way or ended; nothing where it ended before it had learnt anything."""
    if run.status in {"queued", "damaged"} or (not run.active and not run.curve and run.model_folder is None):
        return
    if run.active:
        _tell(_so_far(run.folder, job_curves.looked_at(run), language()))
    else:
        _tell(diagnosis.findings(run.curve, _metadata(run), whole=run.status == "done"))


def say(curve: Sequence[diagnosis.Point], metadata: Mapping[str, Any] | None) -> None:
    """One notice for all findings on a model, or one calm line where nothing is unusual."""
    _tell(diagnosis.findings(curve, metadata))


@lru_cache(maxsize=64)
def _so_far(folder: Path, points: int, language: str) -> list[diagnosis.Finding]:
    """The findings on the first points, for every window that shows them."""
    return diagnosis.findings(Run(folder).curve[:points], whole=False)


def _tell(found: Sequence[diagnosis.Finding]) -> None:
    if found[0].name in _CALM:
        st.caption(f"{_CALM[found[0].name]} {notices.literal(found[0].words)}")
        return
    parts = [f"{notices.literal(f.words)}  \n{_('What to try:')} {notices.literal(f.advice)}" for f in found]
    st.warning("\n\n".join(parts), icon=":material/stethoscope:")


def _metadata(run: Run) -> Mapping[str, Any] | None:
    if run.model_folder is None:
        return None
    try:
        return checkpoint.read(run.model_folder)
    except CheckpointError:
        return None  # the list of models says what is wrong with it
