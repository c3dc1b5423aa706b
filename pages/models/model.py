"""Model: what one model is, what it is used for, what is inside it, and its files."""

import streamlit as st

from data.errors import AppError
from data.text import _
from models import registry
from ui.components import model_card, model_files, model_inside, notices

st.title(_("Model"))
st.caption(_("One trained model: how good it is and for what, who uses it, and a look inside."))


def show_model(entry) -> None:
    """A readable model; only the open tab is computed, and its name stands in the address."""
    model_card.head(entry)
    views = {
        _("Card"): model_card.show,
        _("Champion"): model_card.use,
        _("Layers"): model_inside.layers,
        _("Embeddings"): model_inside.embeddings,
        _("Attention"): model_inside.attention,
        _("Name and files"): show_files,
    }
    tabs = st.tabs(list(views), key="view", on_change="rerun", bind="query-params")
    for tab, show in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab:
                explained(show, entry)


def show_files(entry) -> None:
    """Name and notes, the zip, and the end of it."""
    model_files.describe(entry)
    st.subheader(_("Download"))
    explained(model_files.download, entry)
    st.subheader(_("Delete"))
    model_files.delete(entry)


def explained(show, entry) -> None:
    """A part of the page; where it cannot be shown, it says why and the others stay."""
    try:
        show(entry)
    except AppError as error:
        notices.problem(error)


model_card.told()
entries = registry.entries()
if entries:
    chosen = model_card.choose(entries)
    if chosen.metadata is None:
        notices.problem(AppError(chosen.error))
        model_files.delete(chosen)
    else:
        show_model(chosen)
else:
    st.info(_("There is no model yet. Train one on the Training page, or import one below."), icon=":material/school:")

with st.expander(_("Import a model"), icon=":material/upload:", expanded=not entries, key="import_model"):
    model_files.take_in()
