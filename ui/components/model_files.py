"""What can be done with the files of a model: name it, hand it on, take one in, delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from data.errors import AppError
from data.text import _
from models import archive, card, champions, checkpoint, registry, versions
from ui.components import access, model_card, notices

if TYPE_CHECKING:
    from models.registry import Entry


def describe(entry: Entry) -> None:
    """Name and notes, to edit."""
    with st.form(f"describe-{entry.name}", border=False):
        title = st.text_input(_("Name"), entry.title, max_chars=versions.LONGEST_TITLE, placeholder=card.name_of(entry))
        notes = st.text_area(_("Notes"), entry.notes, max_chars=versions.LONGEST_NOTES)
        if st.form_submit_button(_("Save"), icon=":material/save:", disabled=access.looking()):
            try:
                access.checked(versions.describe)(registry.runs_folder(), entry.name, title, notes)
            except AppError as error:
                notices.problem(error)
            else:
                model_card.say(_("Name and notes are saved. They stand beside the model; its files are as before."))


def download(entry: Entry) -> None:
    """The model as a zip file, made when it is asked for.

    Raises: CheckpointError where the checkpoint is damaged.
    """
    checkpoint.verify(entry.folder, entry.metadata or {})
    st.markdown(
        _("A zip of {n:.1f} MB: weights in formats that cannot run code, metadata with hashes, and the card.").format(
            n=card.size(entry.folder) / 1e6
        )
    )
    st.download_button(
        _("Download"), lambda: archive.export(entry), file_name=archive.file_name(entry), mime="application/zip",
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def take_in() -> None:
    """A model from a zip file that was downloaded here or elsewhere."""
    file = st.file_uploader(
        _("Zip file of a model"),
        type="zip",
        key="model_zip",
        max_upload_size=archive.MOST_PACKED // 1_000_000,
        disabled=access.looking(),
    )
    st.caption(
        _(
            "Names, sizes and hashes are checked, then the model has to load and answer in a process of its own. A "
            "checked file can still answer nonsense: take in models only from people you trust."
        )
    )
    if st.button(_("Import"), disabled=file is None, icon=":material/upload:") and file is not None:
        try:
            with st.spinner(_("Checking the file …")):
                entry = access.checked(archive.take_in)(file)
        except AppError as error:
            notices.problem(error)
        else:
            model_card.say(_("{name} was added.").format(name=card.name_of(entry)), entry.name)


def delete(entry: Entry) -> None:
    """Delete an own model after a second question; others say why they stay."""
    if access.looking():
        access.notice()
        return
    if not entry.own:
        st.caption(_("This model comes with Balise and stays."))
        return
    reason = champions.in_use(entry.folder)
    if reason is not None:
        st.caption(notices.literal(reason))
        return
    with st.popover(_("Delete …"), icon=":material/delete:"):
        st.markdown(
            _("Deletes **{name}** with its training's curves and log, for everybody. This cannot be undone.").format(
                name=notices.literal(card.name_of(entry))
            )
        )
        if st.button(_("Delete for good"), type="primary", key=f"delete-{entry.name}"):
            try:
                access.checked(champions.delete)(entry.name)
            except AppError as error:
                notices.problem(error)
            else:
                st.query_params.pop(model_card.MODEL, None)  # nobody is told that there is no such model
                model_card.say(_("{name} was deleted.").format(name=card.name_of(entry)))
