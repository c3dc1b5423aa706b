"""Figures are built once for the same content, and a shared one is never changed."""

import pandas as pd
import plotly.graph_objects as go
import pytest

from ui.charts import style
from ui.charts.kept import forget, kept

TABLE = pd.DataFrame({"value": [1.0, 2.0], "name": ["a", "b"]}, index=pd.date_range("2024-01-01", periods=2))


@pytest.fixture
def counted():
    """A builder that notes how often it was needed."""
    built = []
    forget()

    @kept
    def bars(table, *, label, marks=()):
        built.append(label)
        return style.finish(go.Figure(go.Bar(x=table["name"], y=table["value"])), height=200, y=label)

    return bars, built


def test_the_same_content_is_built_once(counted):
    bars, built = counted
    first = bars(TABLE, label="Accidents")
    assert bars(TABLE.copy(), label="Accidents") is first
    assert built == ["Accidents"]


@pytest.mark.parametrize(
    "other",
    [
        lambda bars: bars(TABLE.assign(value=[1.0, 2.000001]), label="Accidents"),
        lambda bars: bars(TABLE.set_axis(["x", "y"]), label="Accidents"),
        lambda bars: bars(TABLE.rename(columns={"name": "other"}).assign(name=["a", "c"]), label="Accidents"),
        lambda bars: bars(TABLE, label="Killed"),
        lambda bars: bars(TABLE, label="Accidents", marks=(1,)),
    ],
)
def test_another_content_is_another_figure(counted, other):
    bars, built = counted
    first = bars(TABLE, label="Accidents")
    assert other(bars) is not first
    assert len(built) == 2


def test_each_language_has_its_own(counted, request):
    bars, built = counted
    first = bars(TABLE, label="Accidents")
    request.getfixturevalue("french")
    assert bars(TABLE, label="Accidents") is not first
    assert len(built) == 2


def test_two_builders_of_one_name_are_told_from_each_other():
    def made(number, module):
        def build(value):
            return number + value

        build.__module__ = module
        return kept(build)

    assert (made(1, "trends")(1), made(2, "compare")(1)) == (2, 3)


def test_a_builder_that_fails_is_asked_again():
    tries = []

    @kept
    def failing(value):
        tries.append(value)
        raise ValueError("not drawn")

    for _ in range(2):
        with pytest.raises(ValueError, match="not drawn"):
            failing(1)
    assert tries == [1, 1]


def test_a_figure_that_is_shown_stays_as_it_was(counted):
    bars, _built = counted
    figure = bars(TABLE, label="A title that is far too long for the room that there is beside a figure")
    before = figure.to_json()
    for theme in ("light", "dark", None):
        written = style.drawn(figure, theme, background="#ffffff").to_dict()
        written["layout"]["yaxis"]["title"]["text"] = "changed"
        written["data"][0]["name"] = "changed"
    assert bars(TABLE, label="A title that is far too long for the room that there is beside a figure") is figure
    assert figure.to_json() == before
