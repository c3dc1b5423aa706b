import tomllib
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from plotly.subplots import make_subplots

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


def many() -> go.Figure:
    """A figure of two parts with words on it and a matrix, as much as a page has."""
    figure = make_subplots(cols=2, subplot_titles=["One", "Two"])
    figure.add_scatter(x=[1, 2], y=[3, 4], row=1, col=1)
    figure.add_heatmap(z=np.eye(2), colorbar={"title": {"text": "Share"}}, row=1, col=2)
    figure.update_yaxes(nticks=4)
    return figure


def test_all_axes_are_titled_as_plotly_itself_does_it():
    found = style.finish(many(), height=300, x="Hour", bottom=20, legend=True, hovermode="x")
    wanted = many()
    layout = style.layout(height=300, legend=True)
    wanted.update_layout(overwrite=True, **{**layout, "margin": {**layout["margin"], "b": 20}, "hovermode": "x"})
    wanted.update_xaxes(title="Hour", **style.AXIS).update_yaxes(title=None, **style.AXIS)
    assert style.drawn(found, "dark").to_dict() == style.drawn(wanted, "dark").to_dict()
    assert found.layout.xaxis2.title.text == "Hour"
    assert found.layout.xaxis2.fixedrange
    assert style.finish(found, height=300).layout.xaxis2.title.text is None


@pytest.mark.parametrize("theme", BACKGROUNDS)
def test_what_is_sent_is_the_figure_in_the_colours_of_the_theme(theme):
    figure = style.finish(many(), height=300, x="Hour", y="Share")
    before = figure.to_dict()
    sent = style.drawn(figure, theme, background="#123456")
    assert figure.to_dict() == before
    style.legible(figure, theme).update_layout(paper_bgcolor="#123456")
    wanted = figure.to_dict()
    assert sent.to_dict()["layout"].pop("template")
    wanted["layout"].pop("template", None)
    assert sent.to_dict() == wanted


def test_figures_are_sent_with_the_template_that_the_browser_part_of_streamlit_knows():
    import streamlit.elements.plotly_chart  # noqa: F401  # which makes it Plotly's own

    for _again in range(2):
        layout = style.drawn(style.empty(), "light").to_dict()["layout"]
        assert layout["template"]["layout"]["colorway"][0] == "#000001"  # a place for the first colour of a theme


def test_long_titles_and_names_find_room_on_a_phone():
    figure = go.Figure(go.Scatter(x=[1], y=[1], name="The mean of the last eight weeks, by day of the week"))
    style.finish(figure, height=100, x="Accidents a day, as a multiple<br>of the mean of the year", legend=True)
    figure.update_yaxes(title="Mean absolute error (accidents a day)")
    figure.update_layout(coloraxis={"colorbar": {"title": {"text": "Accidents per 100,000 inhabitants a year"}}})
    sent = style.drawn(figure, "light").to_dict()
    assert sent["layout"]["xaxis"]["title"]["text"] == "Accidents a day, as a<br>multiple of the mean of<br>the year"
    assert sent["layout"]["yaxis"]["title"]["text"] == "Mean absolute error<br>(accidents a day)"
    assert sent["layout"]["coloraxis"]["colorbar"]["title"]["text"] == "Accidents per 100,000<br>inhabitants a year"
    assert sent["data"][0]["name"] == "The mean of the last eight weeks, by day<br>of the week"


def test_short_titles_are_left_alone():
    figure = style.finish(go.Figure(go.Scatter(x=[1], y=[1], name="XGBoost")), height=100, x="Month")
    sent = style.drawn(figure, None).to_dict()
    assert (sent["data"][0]["name"], sent["layout"]["xaxis"]["title"]["text"]) == ("XGBoost", "Month")
