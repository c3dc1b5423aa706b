"""A described accident as the parameters of an address, and back: ?hour=19&light=5&pedestrians=1.

An address holds codes, not words, so that it means the same in every language, and only what is known. The counts of a
topic that is known in full are mostly 0: they are left out, and `none` names the topic.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from difflib import get_close_matches

from data import cells, features, schema
from data.text import _

NONE = "none"
_SEPARATOR = "."  # no browser writes it as %2E
_LONGEST = 40  # letters of a wrong value that are said again
_PLACES = 5  # decimals of a degree, a metre

# topics that can be counted in full -> their inputs
TOPICS: dict[str, tuple[str, ...]] = {
    topic: tuple(i.name for i in features.INPUTS if i.detail and i.topic == topic)
    for topic in dict.fromkeys(i.topic for i in features.INPUTS if i.detail)
}
_BLOCKS = {"kinds": tuple(schema.VEHICLE_GROUPS), **TOPICS}


def complete(values: Mapping[str, object]) -> list[str]:
    """The topics of details whose inputs are all known."""
    return [topic for topic, names in TOPICS.items() if _known(values, names)]


def parameters(values: Mapping[str, object]) -> dict[str, str]:
    """What an address has to say of a described accident; inputs that are unknown are left out."""
    blocks = [block for block, names in _BLOCKS.items() if _known(values, names)]
    zero = {name for block in blocks for name in _BLOCKS[block] if values[name] == 0}
    told = {
        i.name: _text(values[i.name]) for i in features.INPUTS if values.get(i.name) is not None and i.name not in zero
    }
    return {**told, NONE: _SEPARATOR.join(blocks)} if blocks else told


def described(asked: Mapping[str, str]) -> tuple[dict[str, object], list[str]]:
    """The accident that an address describes, and what in it is not possible, one sentence each.

    What is wrong is left unknown, and the rest is kept. Parameters that mean something else are passed over.
    """
    values, problems = _counted_in_full(asked.get(NONE, ""))
    for name, text in asked.items():
        if name in features.BY_NAME:
            try:
                values[name] = _value(features.BY_NAME[name], text)
            except ValueError:
                values[name] = None
                problems.append(_wrong(features.called(name), text))
        elif name != NONE and (meant := get_close_matches(name, features.BY_NAME, n=1, cutoff=0.8)):
            message = _("The address asks for {name!r}, which is no input; perhaps {meant} was meant.")
            problems.append(message.format(name=name[:_LONGEST], meant=meant[0]))
    return {name: value for name, value in values.items() if value is not None}, problems


def is_described(asked: Mapping[str, str]) -> bool:
    """Whether an address describes an accident, possible or not."""
    return NONE in asked or any(name in features.BY_NAME for name in asked)


def _counted_in_full(text: str) -> tuple[dict[str, object], list[str]]:
    values: dict[str, object] = {}
    problems = []
    for block in filter(None, text.split(_SEPARATOR)):
        if block in _BLOCKS:
            values |= dict.fromkeys(_BLOCKS[block], 0)
        else:
            problems.append(_wrong(NONE, block))
    return values, problems


def _wrong(name: str, text: str) -> str:
    message = _("{input}: the address asks for {value!r}, which is not possible; it is unknown instead.")
    return message.format(input=name, value=text[:_LONGEST])


def _value(item: features.Input, text: str) -> object:
    """Raises: ValueError where the text is no value of the input."""
    if item.kind == "category":
        if text not in schema.values(item.name):
            raise ValueError(text)
        return text
    if item.kind == "commune":
        if not re.fullmatch(cells.COMMUNE, text.upper()):
            raise ValueError(text)
        return text.upper()
    number = float(text)
    if not math.isfinite(number) or not item.minimum <= number <= item.maximum or (item.whole and number % 1):
        raise ValueError(text)
    return int(number) if item.whole else round(number, _PLACES)


def _text(value: object) -> str:
    return f"{value:.{_PLACES}f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _known(values: Mapping[str, object], names: tuple[str, ...]) -> bool:
    return all(values.get(name) is not None for name in names)
