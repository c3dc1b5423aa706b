"""The fields of a training form, made from the settings that a model declares."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from data.text import _
from models.settings import Config, Setting, in_words, settings_of

C = TypeVar("C", bound=Config)
Value = int | float | bool | str
_COLUMNS = 2


def fields(
    config: Config, *, key: str, shown: Collection[str] | None = None, only: Collection[str] | None = None
) -> dict[str, Value | None]:
    """One field a setting with the values of `config`; what is not in `shown` is folded away as advanced.

    Without `shown` the settings declare it themselves; with `only` there are no others. `key` keeps the widgets of
    different forms and presets apart.
    Returns: the values that differ from `config`; None for a number field left empty.
    """
    items = [item for item in settings_of(config) if only is None or item.name in only]
    names = {item.name for item in items if not item.advanced} if shown is None else set(shown)
    values = _grid([item for item in items if item.name in names], key)
    folded = [item for item in items if item.name not in names]
    if folded:
        with st.expander(_("Advanced settings")):
            values |= _grid(folded, key)
    return {item.name: values[item.name] for item in items if values[item.name] != item.default}


def revised(config: C, values: Mapping[str, Value | None]) -> C:
    """The settings with what a form gave, checked again here: limits of widgets hold in the browser only.

    Raises: ValueError naming the setting and what is allowed.
    """
    labels = {item.name: _(item.label) for item in settings_of(config)}
    for name, value in values.items():
        if name not in labels:
            raise ValueError(_("There is no setting {name!r}.").format(name=name))
        if value is None:
            raise ValueError(_("{label} is empty; enter a number.").format(label=labels[name]))
    return replace(config, **values)


def _grid(items: list[Setting], key: str) -> dict[str, Value | None]:
    values = {}
    for number, item in enumerate(items):
        if number % _COLUMNS == 0:  # a row of its own, so that the Tab key follows the eye
            row = st.columns(_COLUMNS)
        with row[number % _COLUMNS]:
            values[item.name] = _field(item, f"{key}-{item.name}")
    return values


def _field(item: Setting, key: str) -> Value | None:
    label, words = _(item.label), _(item.help) if item.help else None
    if item.choices:
        chosen = st.selectbox(
            label, item.choices, index=item.choices.index(str(item.default)), help=words, key=key, format_func=in_words,
            persist_state="session",
        )  # fmt: skip
        return str(chosen)
    if item.type is bool:
        return st.checkbox(label, value=bool(item.default), help=words, key=key, persist_state="session")
    if item.type is str:
        return st.text_input(label, value=str(item.default), help=words, key=key, persist_state="session")
    number = float if item.type is float else int
    return st.number_input(
        label,
        min_value=number(item.minimum) if math.isfinite(item.minimum) else None,
        max_value=number(item.maximum) if math.isfinite(item.maximum) else None,
        value=number(item.default),
        step=_step(float(item.default)) if number is float else 1,
        format="%g" if number is float else "%d",
        help=words,
        key=key,
        persist_state="session",
    )


def _step(value: float) -> float:
    """A tenth of the value's power of ten: 0.001 moves by 0.0001."""
    return 10.0 ** (math.floor(math.log10(abs(value))) - 1) if value else 0.1
