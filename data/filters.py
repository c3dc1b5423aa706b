"""Which accidents a person wants to see: one frozen value, checked when it is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from data import clean, schema
from data.errors import DataError
from data.text import _

Value = int | str

USERS = (*schema.VEHICLE_GROUPS, "pedestrians")
_SLOWEST, _FASTEST = clean.SPEED_LIMITS
_NUMBERS: dict[str, Sequence[int]] = {
    "year": schema.YEARS,
    "month": range(1, 13),
    "weekday": range(1, 8),
    "hour": range(24),
    "speed_limit": range(_SLOWEST, _FASTEST + 1, 5),
}


def _of(column: str) -> Any:
    return field(default=(), metadata={"column": column})


@dataclass(frozen=True)
class Filters:
    """What accidents must have in common; a field left empty restricts nothing.

    An accident must have one of the values of every field that is not empty. One whose value is unknown is left out,
    even where every value is allowed. `users`: at least one of them is involved. Values are kept without repeats in
    the order of `values`, so that equal restrictions are equal and can key a cache.

    Raises: DataError naming the field, the value and what is allowed.
    """

    years: tuple[int, ...] = _of("year")
    months: tuple[int, ...] = _of("month")
    weekdays: tuple[int, ...] = _of("weekday")
    hours: tuple[int, ...] = _of("hour")
    departements: tuple[str, ...] = _of("departement")
    built_up: tuple[str, ...] = _of("built_up")
    severity: tuple[str, ...] = _of("severity")
    collision: tuple[str, ...] = _of("collision")
    light: tuple[str, ...] = _of("light")
    weather: tuple[str, ...] = _of("weather")
    road_class: tuple[str, ...] = _of("road_class")
    speed_limit: tuple[int, ...] = _of("speed_limit")
    users: tuple[str, ...] = _of("users")

    def __post_init__(self) -> None:
        for item in fields(self):
            object.__setattr__(self, item.name, _checked(item.name, column_of(item.name), getattr(self, item.name)))

    def active(self) -> Iterator[tuple[str, tuple[Value, ...]]]:
        """The fields that restrict something, with their values."""
        return ((item.name, getattr(self, item.name)) for item in fields(self) if getattr(self, item.name))

    def to_dict(self) -> dict[str, list[Value]]:
        """The fields that restrict something, as JSON can keep them."""
        return {name: list(chosen) for name, chosen in self.active()}

    @classmethod
    def from_dict(cls, chosen: Mapping[str, Iterable[Value]]) -> Filters:
        """What `to_dict` gave, or an address; numbers may be written as text.

        Raises: DataError naming a field that does not exist, or the field and value that are not possible.
        """
        names = [item.name for item in fields(cls)]
        for name in chosen:
            if name not in names:
                message = _("There is no filter {name!r}; the filters are {names}.")
                raise DataError(message.format(name=name, names=", ".join(names)))
        return cls(**dict(chosen))  # type: ignore[arg-type]  # each field is checked as it is made


@cache
def values(column: str) -> tuple[Value, ...]:
    """What a column takes, in order: codes as text; years, months, weekdays (Monday is 1), hours and km/h as numbers.

    Raises: KeyError for a column that has no list of values.
    """
    if column == "users":
        return USERS
    return tuple(_NUMBERS[column]) if column in _NUMBERS else tuple(schema.values(column))


@cache
def column_of(name: str) -> str:
    """The column of the accidents that a field of `Filters` restricts."""
    return next(str(item.metadata["column"]) for item in fields(Filters) if item.name == name)


def _checked(name: str, column: str, chosen: object) -> tuple[Value, ...]:
    allowed = {str(value): value for value in values(column)}
    if isinstance(chosen, str) or not isinstance(chosen, Iterable):
        chosen = [chosen]
    given = [str(value) for value in chosen]
    for value in given:
        if value not in allowed:
            message = _("The filter {name} cannot be {value!r}; it takes {allowed}.")
            raise DataError(message.format(name=name, value=value, allowed=", ".join(allowed)))
    return tuple(value for text, value in allowed.items() if text in given)
