"""Settings of a model: one frozen dataclass each, whose field metadata makes the form, command line and checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any, ClassVar, Literal, Protocol, get_type_hints

from data.errors import DataError
from data.text import N_, _

_SWITCH = {"true": True, "false": False}


@dataclass(frozen=True)
class Range:
    """Where a tuning looks for a number: from `low` to `high`, evenly over its powers of ten if `log`."""

    low: float
    high: float
    log: bool = False


Search = Range | tuple[int | float | bool | str, ...]  # or among some values; none of them: it is not tuned


@dataclass(frozen=True)
class Setting:
    """What a form needs to know of one setting. `choices` stand in place of bounds for words.

    `search`: where a tuning looks for its value.
    """

    name: str
    type: type
    default: int | float | bool | str
    label: str
    help: str
    minimum: float
    maximum: float
    choices: tuple[str, ...]
    advanced: bool
    search: Search


class Config(Protocol):
    """A frozen dataclass whose fields were declared with `setting`."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


def setting(
    default: int | float | bool | str,
    label: str,
    help: str = "",
    *,
    minimum: float = float("-inf"),
    maximum: float = float("inf"),
    choices: tuple[str, ...] = (),
    advanced: bool = True,
    search: Search = (),
) -> Any:
    """A dataclass field with what a person needs to set it well, and a tuning to search for it."""
    if isinstance(default, bool):
        minimum, maximum = False, True
    facts = {"label": label, "help": help, "minimum": minimum, "maximum": maximum, "choices": choices}
    return field(default=default, metadata={**facts, "advanced": advanced, "search": search})


def in_words(name: str) -> str:
    """The name of a preset or of a choice as people read it."""
    known = {"paper": _("As published"), "base": _("Base"), "quick": _("Quick"), "recommended": _("Recommended")}
    return known.get(name) or name.replace("-", " ").capitalize()


def half_described(default: float) -> Any:
    """The setting of models that take all rows at once: how many they learn a second time, half described."""
    words = N_("Rows learnt once more with some inputs hidden, as a share of all, so that 'unknown' is learnt.")
    return setting(default, N_("Half-described rows"), words, minimum=0.0, maximum=1.0)


def hidden_share(default: float) -> Any:
    """The setting of networks, which see other rows half described in each batch."""
    words = N_("Share of training rows with some inputs hidden, so that 'unknown' is learnt.")
    return setting(default, N_("Half-described rows"), words, minimum=0.0, maximum=1.0)


def epochs(default: int) -> Any:
    """The setting of networks that validation may stop sooner."""
    words = N_("Most passes over the data; early stopping usually ends sooner.")
    return setting(default, N_("Epochs"), words, minimum=1, maximum=200, advanced=False)


def seed() -> Any:
    """The setting of networks, and of what is made of them: other machines add up in another order."""
    words = N_("The same seed gives the same model on the same machine.")
    return setting(0, N_("Seed"), words, minimum=0, maximum=2**31 - 1)


def settings_of(config: type[Config] | Config) -> tuple[Setting, ...]:
    """The settings of a config class, or of an instance with its values as defaults, in declared order."""
    cls = config if isinstance(config, type) else type(config)
    types = get_type_hints(cls)

    def one(f: Any) -> Setting:
        default = f.default if isinstance(config, type) else getattr(config, f.name)
        kind = types[f.name] if types[f.name] in (int, float, bool) else str
        return Setting(name=f.name, type=kind, default=default, **f.metadata)

    return tuple(one(f) for f in fields(cls) if f.default is not MISSING)


def check(config: Config) -> None:
    """Refuse a value of the wrong type or outside its bounds.

    Raises: ValueError naming the setting, its value and what is allowed.
    """
    for item in settings_of(type(config)):
        value = getattr(config, item.name)
        right = isinstance(value, (int, float)) if item.type is float else isinstance(value, item.type)
        if not right or (isinstance(value, bool) and item.type is not bool):
            raise ValueError(
                _("{name} = {value!r} is not of type {type}").format(
                    name=item.name, value=value, type=item.type.__name__
                )
            )
        if item.choices and value not in item.choices:
            raise ValueError(
                _("{name} = {value!r} is none of {choices}").format(
                    name=item.name, value=value, choices=", ".join(item.choices)
                )
            )
        if not item.choices and item.type in (int, float) and not item.minimum <= value <= item.maximum:
            raise ValueError(
                _("{name} = {value!r} is not between {low:g} and {high:g}").format(
                    name=item.name, value=value, low=item.minimum, high=item.maximum
                )
            )


def changes(kind: str, presets: Mapping[str, Config], pairs: Iterable[str]) -> dict[str, Any]:
    """Settings given as NAME=VALUE, in the types of the settings of a kind.

    Raises: DataError for a pair that is not understood.
    """
    known = {s.name: s.type for s in settings_of(next(iter(presets.values())))}
    found = {}
    for pair in pairs:
        name, _equals, value = pair.partition("=")
        if name not in known:
            message = _("{kind} has no setting {name!r}; it has {known}.")
            raise DataError(message.format(kind=kind, name=name, known=", ".join(known)))
        try:
            found[name] = _SWITCH[value.lower()] if known[name] is bool else known[name](value)
        except (KeyError, ValueError):
            raise DataError(_("{name} cannot be {value!r}.").format(name=name, value=value)) from None
    return found


def as_dict(config: Config) -> dict[str, int | float | bool | str]:
    """The settings as plain values, for metadata and run folders."""
    return asdict(config)


Device = Literal["auto", "cpu", "cuda", "mps"]
