"""What is said beside the figures: simulated data, nothing there yet, something broken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from data.errors import AppError
from data.features import TARGETS
from data.text import _

if TYPE_CHECKING:
    from models.registry import Entry

PREDICTION_PAGE = "pages/models/prediction.py"
TRAINING_PAGE = "pages/models/training.py"


def simulated_data() -> None:
    """The line that stands on every page until real data are imported."""
    st.info(
        _("**Demonstration data: simulated, no real accident.** Import the official files to see real figures."),
        icon=":material/science:",
    )


def problem(error: AppError) -> None:
    """An error the product can explain."""
    st.error(literal(str(error)), icon=":material/error:")


def nothing_described() -> None:
    """No accident was described in this session: where to do it."""
    st.info(_("No accident is described yet. Describe one on the Prediction page and press Predict."))
    st.page_link(PREDICTION_PAGE, label=_("Describe an accident"), icon=":material/arrow_forward:")


def no_model(target: str) -> None:
    """No checkpoint can answer for a target: where to train one."""
    about = _(TARGETS[target]).lower() if target in TARGETS else target
    message = _("There is no model for {target} yet. Train one; XGBoost is the best accuracy for the time.")
    st.info(message.format(target=about), icon=":material/model_training:")
    st.page_link(
        TRAINING_PAGE,
        label=_("Train a model for {target}").format(target=about),
        icon=":material/model_training:",
        query_params={"predict": target},
    )


def broken(entries: Iterable[Entry]) -> None:
    """Checkpoints that cannot be used, each with its reason; the rest of the page works without them."""
    refused([(entry.name, str(entry.error)) for entry in entries])


def refused(reasons: Sequence[tuple[str, str]]) -> None:
    """Checkpoints by name and the reason why each is left out."""
    if not reasons:
        return
    lines = [f"- **{literal(name)}**: {literal(reason)}" for name, reason in reasons]
    title = _("Left out: {n} checkpoint that cannot be used") if len(reasons) == 1 else _("Left out: {n} checkpoints")
    st.warning(title.format(n=len(reasons)) + "\n" + "\n".join(lines), icon=":material/broken_image:")


def literal(text: str) -> str:
    """Text shown as it is: a file name with `_` or `*` is not Markdown."""
    for mark in "\\`*_[]<>$:":
        text = text.replace(mark, "\\" + mark)
    return text
