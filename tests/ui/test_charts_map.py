"""What the maps draw: traces, colours and words, from frames written by hand."""

import json

import numpy as np
import pandas as pd
import pytest

from data import coded, hexagons, schema
from data.filters import Filters
from tests.data import described
from ui.charts import map_areas, map_places, style

ROWS = pd.DataFrame(
    {"value": [10.0, 20.0, 5.0, np.nan], "small": [False, False, True, False], "words": ["a", "b", "c", "d"]},
    index=["01", "75", "48", "975"],
)
SHADED = map_areas.Shades("Accidents per 100,000 inhabitants a year", top=20.0)


@pytest.fixture(params=["tiles", "borders"])
def figure(request):
    if request.param == "tiles":
        return map_areas.on_tiles(ROWS, SHADED, ("75",))
    return map_areas.on_borders(ROWS, SHADED, "borders/insets.geojson", ("75",))


def clickable(figure):
    return [trace for trace in figure.data if trace.customdata is not None]


def test_each_departement_is_drawn_once_and_says_its_code_when_clicked(figure):
    assert [code for trace in clickable(figure) for code in trace.customdata] == ["01", "75", "48", "975"]
    assert [trace.name for trace in clickable(figure)] == ["", "too few cases", "not known"]
    assert figure.layout.clickmode == "event+select"


def test_only_values_of_enough_cases_are_coloured(figure):
    shown, small, unknown = clickable(figure)
    if shown.type == "choroplethmap":
        assert list(shown.z) == [10.0, 20.0]
        assert [trace.coloraxis for trace in (shown, small, unknown)] == ["coloraxis", None, None]
    else:
        assert list(shown.marker.color) == ["rgba(59,127,192,0.320)", "rgba(59,127,192,0.600)"]
        assert small.marker.pattern.shape == "/"
        assert unknown.marker.color == "rgba(0,0,0,0)"
    assert figure.layout.coloraxis.cmax == 20
    assert figure.layout.coloraxis.colorbar.title.text == SHADED.title


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-20, "rgba(59,127,192,0.750)"),
        (-30, "rgba(59,127,192,0.750)"),
        (0, "rgba(125,136,150,0.060)"),
        (10, "rgba(167,104,120,0.405)"),
    ],
)
def test_shades_around_zero(value, expected):
    assert map_areas.colour(value, map_areas.Shades("", 20.0, around_zero=True)) == expected


def test_what_is_chosen_is_outlined_and_nothing_fades_on_a_click(figure):
    line = clickable(figure)[0].marker.line
    assert list(line.color) == [style.NEUTRAL, map_areas.CHOSEN]
    assert line.width[1] > line.width[0]
    assert {trace.unselected.marker.opacity for trace in clickable(figure)} == {1}


def test_borders_are_named_by_address_and_never_sent():
    figure = map_areas.on_borders(ROWS, SHADED, "borders/insets.geojson?v=1")
    assert {trace.geojson for trace in figure.data} == {"borders/insets.geojson?v=1"}
    assert "http" not in json.dumps(figure.layout.map.style)
    assert not {"glyphs", "sprite"} & set(figure.layout.map.style)
    assert len(figure.to_json()) < 20_000


def test_every_departement_has_a_square_with_its_code():
    rows = pd.DataFrame({"value": 1.0, "small": False, "words": ""}, index=list(schema.DEPARTEMENTS))
    figure = map_areas.on_tiles(rows, SHADED)
    assert list(next(trace.text for trace in figure.data if trace.type == "scatter" and trace.mode == "text")) == list(
        schema.DEPARTEMENTS
    )
    bars = figure.data[0]
    centres = set(zip(bars.x, np.add(bars.base, np.divide(bars.y, 2)), strict=True))
    assert len(centres) == len(schema.DEPARTEMENTS)


def test_a_change_is_coloured_around_zero():
    shaded = map_areas.shades(pd.Series([-50.0, 30.0, np.nan]), "Change (%)", around_zero=True)
    assert shaded.top == pytest.approx(49)
    figure = map_areas.on_tiles(ROWS, shaded)
    assert figure.layout.coloraxis.cmin == -figure.layout.coloraxis.cmax
    assert map_areas.shades(pd.Series([np.nan]), "x").top == 1.0


def test_the_highest_with_their_intervals():
    rows = pd.DataFrame({"label": ["75 Paris"], "value": [10.0], "low": [8.0], "high": [13.0]})
    trace = map_areas.highest(rows, "Accidents").data[0]
    assert (trace.error_x.array[0], trace.error_x.arrayminus[0]) == (3, 2)
    assert "enough cases" in map_areas.highest(rows.iloc[:0], "Accidents").layout.annotations[0].text


def counted(*rows, **filters):
    found = coded.select(coded.read(described.source(*rows)), Filters(**filters))
    return hexagons.count(found)


LYON = {"date": "2024-05-01", "departement": "69", "latitude": 45.76, "longitude": 4.84}


def test_hexagons_are_coloured_by_accidents_and_small_shares_are_grey():
    many = [LYON | {"severity": "killed"}] * 30
    found = counted(*many, LYON | {"longitude": 6.5, "severity": "light"})
    by_count = map_places.hexagons(found, "accidents", "grid.geojson", None)
    assert [list(trace.z) for trace in by_count.data] == [[30, 1]]
    by_share = map_places.hexagons(found, "share", "grid.geojson", None)
    grey, coloured = by_share.data
    assert grey.name == "fewer than 30 accidents"
    assert grey.coloraxis is None
    assert list(coloured.z) == [100]
    assert sorted([*grey.locations, *coloured.locations]) == sorted(found.rows["hexagon"])
    assert {trace.geojson for trace in by_share.data} == {"grid.geojson"}
    assert list(coloured.customdata) == [30]
    assert coloured.hovertext[0] == "<br>killed or hospitalised in 100% of them"
    assert "too few to compare" in grey.hovertext[0]


def test_the_map_shows_the_whole_area_and_borders_by_address():
    found = counted(LYON)
    figure = map_places.hexagons(found, "accidents", "grid.geojson", "borders/places.geojson")
    assert figure.layout.map.layers[0].source == "borders/places.geojson"
    assert map_places.hexagons(found, "accidents", "grid.geojson", None).layout.map.layers == ()
    closer = map_places.hexagons(counted(LYON, departements=("69",)), "accidents", "grid.geojson", None)
    assert closer.layout.map.zoom > figure.layout.map.zoom + 2


def test_points_by_severity_the_gravest_on_top():
    severity = pd.Categorical(["killed", None, "light"], categories=list(schema.SEVERITY))
    rows = pd.DataFrame(
        {"accident": ["1", "2", "3"], "latitude": [45.0, 46, 47], "longitude": [4.0, 5, 6], "severity": severity}
    )
    figure = map_places.points(rows, hexagons.box(()), None)
    assert [trace.name for trace in figure.data] == ["Severity not known", "Light injuries only", "At least one killed"]
    assert [part["accident"].tolist() for part in map_places.parts(rows).values()] == [["2"], ["3"], ["1"]]
    assert figure.data[2].marker.color == style.SEVERITY_COLOURS["killed"]
    assert figure.data[0].lat.dtype == "float32"
    focus = pd.Series({"latitude": 45.0, "longitude": 4.0, "reach": 80.0})
    south, north, west, east = map_places.around(focus)
    assert (north - south) * 111_195 == pytest.approx(600)
    assert (east - west) > (north - south)
    assert len(map_places.points(rows, hexagons.box(()), None, focus=focus).data) == 4


def test_hot_spots_with_more_accidents_are_larger():
    rows = pd.DataFrame({"latitude": [45.0, 46], "longitude": [4.0, 5], "accidents": [40, 10], "reach": [90.0, 20]})
    trace = map_places.hot_spots(rows, hexagons.box(()), None).data[0]
    assert trace.customdata[:, 0].tolist() == [10, 40]  # the fullest is drawn last
    assert trace.marker.size[1] > trace.marker.size[0]


@pytest.mark.parametrize(
    "empty",
    [
        map_areas.on_tiles(ROWS.iloc[:0], SHADED),
        map_areas.on_borders(ROWS.iloc[:0], SHADED, "x"),
        map_places.hexagons(counted(LYON | {"latitude": None}), "share", "grid.geojson", None),
        map_places.hot_spots(pd.DataFrame(), hexagons.box(()), None),
        map_places.points(pd.DataFrame(), hexagons.box(()), None),
    ],
)
def test_nothing_to_draw_says_so(empty):
    assert len(empty.data) == 0
    assert empty.layout.annotations[0].text
