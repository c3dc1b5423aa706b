"""Settings: one declaration for the checks, the forms and the command line."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from data.errors import DataError
from models import registry
from models.settings import as_dict, changes, check, setting, settings_of


@dataclass(frozen=True)
class Example:
    depth: int = setting(6, "Depth", minimum=1, maximum=12, advanced=False)
    rate: float = setting(0.1, "Rate", minimum=0.0, maximum=1.0)
    design: str = setting("a", "Design", choices=("a", "b"))

    def __post_init__(self) -> None:
        check(self)


def test_are_listed_with_their_facts() -> None:
    depth, rate, design = settings_of(Example(depth=3))
    assert (depth.name, depth.type, depth.default, depth.minimum, depth.advanced) == ("depth", int, 3, 1, False)
    assert (rate.type, rate.default) == (float, 0.1)
    assert design.choices == ("a", "b")
    assert as_dict(Example()) == {"depth": 6, "rate": 0.1, "design": "a"}


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"depth": 0}, "depth = 0 is not between 1 and 12"),
        ({"depth": 2.5}, "depth = 2.5 is not of type int"),
        ({"depth": True}, "depth = True is not of type int"),
        ({"rate": "fast"}, "rate = 'fast' is not of type float"),
        ({"rate": float("nan")}, "rate = nan"),
        ({"design": "c"}, "design = 'c' is none of a, b"),
    ],
)
def test_name_the_value_they_refuse(values: dict, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Example(**values)


@pytest.mark.parametrize("kind", registry.KINDS.values(), ids=lambda k: k.name)
def test_every_setting_of_every_kind_has_words_and_bounds(kind: registry.Kind) -> None:
    for preset in kind.presets.values():
        for item in settings_of(preset):
            assert item.label
            assert item.help
            if not item.choices:
                assert item.minimum <= item.default <= item.maximum
                assert item.maximum < float("inf")


def test_words_become_values_of_the_setting_s_type() -> None:
    presets = {"base": Example()}
    assert changes("example", presets, ["depth=3", "rate=2e-1", "design=b"]) == {"depth": 3, "rate": 0.2, "design": "b"}
    with pytest.raises(DataError, match="example has no setting 'deep'; it has depth, rate, design"):
        changes("example", presets, ["deep=3"])
    with pytest.raises(DataError, match="depth cannot be 'three'"):
        changes("example", presets, ["depth=three"])
