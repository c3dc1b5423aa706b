import tomllib
from pathlib import Path

import numpy as np
import pytest

from ui.charts import comparison, style

THEMES = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())["theme"]
BACKGROUNDS = {name: THEMES[name]["backgroundColor"] for name in ("light", "dark")}
COLOURS = {**style.SEVERITY_COLOURS, **style.MODEL_COLOURS, "neutral": style.NEUTRAL, "raises": style.RAISES}


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("background", BACKGROUNDS.values(), ids=BACKGROUNDS)
@pytest.mark.parametrize("colour", COLOURS.values(), ids=COLOURS)
def test_every_colour_is_seen_on_both_themes(colour, background):
    light, dark = sorted((luminance(colour), luminance(background)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


@pytest.mark.parametrize("theme", BACKGROUNDS)
def test_the_name_of_a_chosen_tab_is_read(theme):
    light, dark = sorted((luminance(THEMES[theme]["primaryColor"]), luminance(BACKGROUNDS[theme])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_a_long_label_is_broken_between_words():
    assert style.wrapped("Three or more vehicles - chain", 14) == "Three or more<br>vehicles -<br>chain"
    assert style.wrapped("", 10) == ""


@pytest.mark.parametrize("theme", BACKGROUNDS)
def test_words_are_read_in_both_themes_also_on_the_shades_of_a_matrix(theme):
    figure = style.legible(comparison.confusion(np.array([[9, 1], [0, 10]]), ["a", "b"]), theme)
    colours = {
        figure.layout.font.color,
        figure.layout.xaxis.tickfont.color,
        figure.layout.yaxis.title.font.color,
        *(a.font.color for a in figure.layout.annotations),
    }
    assert colours == {style.TEXT[theme]}
    darkest = style.READABLE[-1][1].removeprefix("rgba(").removesuffix(")").split(",")
    share = float(darkest[3])
    page = [int(BACKGROUNDS[theme][i : i + 2], 16) for i in (1, 3, 5)]
    shade = "#" + "".join(f"{round(share * int(c) + (1 - share) * p):02x}" for c, p in zip(darkest, page, strict=False))
    for background, least in ((BACKGROUNDS[theme], 7), (shade, 4.5)):
        light, dark = sorted((luminance(style.TEXT[theme]), luminance(background)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= least
