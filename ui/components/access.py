"""Who is there and what they may do: everybody everything, until sign-in is set up in .streamlit/secrets.toml.

The secrets hold Streamlit's `[auth]` and, for roles, `[roles]`: `train` and `view`, each a list of e-mail addresses or
of domains as "@example.org"; `claim`, `train_claim` and `view_claim` ask a claim of the provider instead.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeVar

import streamlit as st
from streamlit import config

from data.errors import AppError
from data.text import _

Role = Literal["view", "train"]
P = ParamSpec("P")
R = TypeVar("R")
TRAINERS = "BALISE_TRAINERS"  # e-mail addresses or domains, beside those in the secrets
_NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_SHORTEST_SECRET = 32


class Denied(AppError):
    """Somebody asked for what only others may do."""


def configured() -> bool:
    """Whether people have to sign in.

    Raises: AppError where it is set up in part or in a file that cannot be read, so that nobody gets in by mistake.
    """
    if not st.secrets.load_if_toml_exists():
        if any(Path(path).exists() for path in config.get_option("secrets.files")):
            raise AppError(
                _("The file of secrets cannot be read, so nobody can sign in: mend .streamlit/secrets.toml.")
            )
        return False
    auth = st.secrets.get("auth")
    if auth is None:
        return False
    missing = [key for key in _NEEDED if not auth.get(key)]
    if missing:
        message = _("Sign-in is set up in part only: [auth] in .streamlit/secrets.toml lacks {keys}.")
        raise AppError(message.format(keys=", ".join(missing)))
    if len(str(auth["cookie_secret"])) < _SHORTEST_SECRET:
        message = _(
            "cookie_secret in .streamlit/secrets.toml is too short to be safe: give {n} random letters or more."
        )
        raise AppError(message.format(n=_SHORTEST_SECRET))
    return True


def admitted() -> bool:
    """Whether this session may see anything at all."""
    try:
        return may("view")
    except AppError:
        return False


def may(role: Role) -> bool:
    """Whether the person in front of this session has a role; who trains may view too."""
    if not configured():
        return True
    person = _person()
    if not person.get("is_logged_in"):
        return False
    rules = st.secrets.get("roles", {})
    trains = _fits(person, rules, "train", os.environ.get(TRAINERS, ""))
    if role == "train" or trains:
        return trains
    open_to_all = not rules.get("view") and not rules.get("view_claim")
    return open_to_all or _fits(person, rules, "view")


def somebody() -> str:
    """What tells the person who is signed in from others; empty where nobody has to sign in."""
    if not configured():
        return ""
    person = _person()
    return str(person.get("email") or person.get("sub") or "")


def looking() -> bool:
    """Whether the person may only look: what acts is drawn without effect."""
    return not may("train")


def require(role: Role) -> None:
    """Go on only for who has a role. Called where something is done, whatever was drawn before.

    Raises: Denied.
    """
    if not may(role):
        raise Denied(_refusal())


def checked(action: Callable[P, R]) -> Callable[P, R]:
    """An action for people who train, which asks who acts at the moment it is done.

    Raises: Denied, when it is called.
    """

    @functools.wraps(action)
    def acted(*args: P.args, **kwargs: P.kwargs) -> R:
        require("train")
        return action(*args, **kwargs)

    return acted


def notice() -> None:
    """One line for people who may look only; nothing for others."""
    if looking():
        st.info(_refusal(), icon=":material/lock:")


def gate() -> None:
    """What a person sees who has not signed in, or who may not see anything here."""
    st.title("Balise")
    try:
        configured()
    except AppError as error:
        st.error(str(error), icon=":material/error:")
        return
    if not _person().get("is_logged_in"):
        st.markdown(_("Sign in to see the accidents, models and forecasts that are here."))
        st.button(_("Sign in"), type="primary", icon=":material/login:", on_click=st.login)
        return
    st.warning(
        _("You are signed in, but you are not among the people who may see this. Ask whoever runs Balise."),
        icon=":material/lock:",
    )
    _sign_out()


def badge() -> None:
    """Who is signed in, and the way out; for the sidebar."""
    if not configured():
        return
    person = _person()
    st.text(str(person.get("name") or person.get("email") or _("Signed in"))[:60])
    _sign_out()


def _sign_out() -> None:
    st.button(_("Sign out"), icon=":material/logout:", type="tertiary", on_click=st.logout)


def _refusal() -> str:
    return _(
        "You may look at everything here; training, importing and deleting is for others. Ask whoever runs Balise."
    )


def _person() -> Mapping[str, Any]:
    """The claims of who is signed in."""
    return st.user.to_dict()


def _fits(person: Mapping[str, Any], rules: Mapping[str, Any], role: Role, more: str = "") -> bool:
    """Whether a person is named for a role, by address, domain or claim."""
    allowed = {*_texts(rules.get(role)), *re.split(r"[,\s]+", more)} - {""}
    # an address that the provider says it has not checked is anybody's
    address = str(person.get("email") or "").casefold() if person.get("email_verified") is not False else ""
    _local, at, domain = address.rpartition("@")
    if at and {address, at + domain} & {entry.casefold() for entry in allowed}:
        return True
    claim = rules.get("claim")
    return bool(claim) and bool(set(_texts(person.get(str(claim)))) & set(_texts(rules.get(f"{role}_claim"))))


def _texts(value: object) -> Collection[str]:
    if isinstance(value, str):
        return [value]
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else []
