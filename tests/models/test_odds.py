"""Odds ratios against a table worked out by hand, and against statsmodels on the accidents one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data import coded
from data.errors import DataError
from data.filters import Filters
from models import odds
from tests.data import described


def selected(frame: pd.DataFrame) -> coded.Selection:
    """Accidents of 2024 with some conditions and a `severity`."""
    rows = [{"year": 2024, "killed": int(row["severity"] == "killed"), **row} for row in frame.to_dict("records")]
    return coded.select(coded.read(described.source(*rows)), Filters())


def repeated(*groups: tuple[int, dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame([row for times, row in groups for _ in range(times)])


def of(found: odds.Odds, condition: str) -> pd.DataFrame:
    return found.table[found.table["condition"] == condition].set_index("value")


# by day 10 of 40 serious, at night 30 of 50: (30 x 30) / (20 x 10) = 4.5
TWO_BY_TWO = repeated(
    (30, {"light": "1", "severity": "light"}),
    (10, {"light": "1", "severity": "hospitalised"}),
    (20, {"light": "5", "severity": "light"}),
    (30, {"light": "5", "severity": "killed"}),
)


def test_a_table_of_two_by_two_by_hand() -> None:
    found = odds.ratios(selected(TWO_BY_TWO), ("light",), "serious", ("light", "1"))
    night, day = of(found, "light").loc["5"], of(found, "light").loc["1"]
    error = np.sqrt(1 / 30 + 1 / 20 + 1 / 10 + 1 / 30)
    expected = [4.5, 4.5 * np.exp(-1.959964 * error), 4.5 * np.exp(1.959964 * error)]
    assert night[["raw", "raw_low", "raw_high"]].tolist() == pytest.approx(expected, rel=1e-6)
    # with nothing to adjust for both are the same
    assert night[["adjusted", "adjusted_low", "adjusted_high"]].tolist() == pytest.approx(expected, rel=1e-6)
    assert (day["reference"], day["raw"], day["adjusted"], night["known"], night["cases"]) == (True, 1, 1, 50, 30)
    assert (found.accidents, found.total, found.dropped) == (90, 90, ())
    # without a wish the most frequent value, the night, is the reference
    assert of(odds.ratios(selected(TWO_BY_TWO), ("light",), "serious"), "light").loc["1", "raw"] == pytest.approx(
        1 / 4.5
    )


def drawn(n: int = 1500) -> pd.DataFrame:
    """Simulated accidents where the speed decides, and lighted streets are slow."""
    draw = np.random.default_rng(8)
    slow = draw.random(n) < 0.6
    light = np.where(draw.random(n) < np.where(slow, 0.7, 0.2), "5", draw.choice(["1", "3"], n))
    weather = draw.choice(["1", "2", "8"], n)
    score = -1.2 + 1.4 * ~slow + 0.3 * (light == "3") + 0.2 * (weather == "2")
    serious = draw.random(n) < 1 / (1 + np.exp(-score))
    severity = np.where(serious, draw.choice(["hospitalised", "killed"], n), "light")
    return pd.DataFrame(
        {"light": light, "weather": weather, "speed_limit": np.where(slow, 30, 80), "severity": severity}
    )


@pytest.mark.parametrize("measure", ["serious", "killed"])
def test_adjusted_ratios_are_those_of_statsmodels_on_single_accidents(measure: str) -> None:
    import statsmodels.formula.api as smf

    frame = drawn()
    found = odds.ratios(selected(frame), ("light", "weather", "speed_limit"), measure, ("light", "1"))
    worst = ["killed"] if measure == "killed" else ["killed", "hospitalised"]
    rows = frame.assign(case=frame["severity"].isin(worst).astype("int"))
    reference = {c: of(found, c).index[of(found, c)["reference"]][0] for c in ("light", "weather", "speed_limit")}
    formula = " + ".join(f"C({name}, Treatment({value!r}))" for name, value in reference.items())
    fitted = smf.logit(f"case ~ {formula}", rows).fit(disp=0)
    for name, value in reference.items():
        for other, row in of(found, name).drop(value).iterrows():
            term = f"C({name}, Treatment({value!r}))[T.{other}]"
            expected = np.exp([fitted.params[term], *fitted.conf_int().loc[term]])
            assert row[["adjusted", "adjusted_low", "adjusted_high"]].tolist() == pytest.approx(expected, rel=1e-5)
    assert reference["light"] == "1"


def test_what_goes_together_with_speed_shrinks_when_speed_is_taken_into_account() -> None:
    raw_and_adjusted = of(odds.ratios(selected(drawn()), ("light", "speed_limit"), "serious", ("light", "1")), "light")
    lit = raw_and_adjusted.loc["5"]
    assert lit["raw"] < 0.7
    assert lit["adjusted_low"] < 1 < lit["adjusted_high"]


def test_rare_values_unknown_ones_and_conditions_without_a_choice_are_left_out() -> None:
    rare = repeated(
        (4, {"light": "3", "severity": "killed"}),
        (40, {"light": "3", "severity": "light"}),
        (7, {"light": None, "severity": "killed"}),
    )
    frame = pd.concat([TWO_BY_TWO, rare]).assign(weather="1", surface=None)
    found = odds.ratios(selected(frame), ("light", "weather", "surface"), "serious")
    assert of(found, "light").index.tolist() == ["1", "5"]
    assert (found.accidents, found.total, found.dropped) == (90, 141, ("weather", "surface"))
    # nothing of it is left when too few are serious
    none = odds.ratios(selected(rare), ("light",), "serious")
    assert none.table.empty
    assert (none.accidents, none.dropped) == (0, ("light",))


def test_conditions_that_follow_from_each_other_are_refused_in_words() -> None:
    both = TWO_BY_TWO.assign(surface=TWO_BY_TWO["light"].map({"1": "1", "5": "2"}))
    with pytest.raises(DataError, match="follows from the others"):
        odds.ratios(selected(both), ("light", "surface"), "serious")
