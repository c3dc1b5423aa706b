import math

import pandas as pd

from ui.charts import missing


def shares(years):
    names = [str(2005 + i) for i in range(years)]
    rows = {"Lanes": [0.25] * years, "Speed limit": [math.nan] * (years - 1) + [1.0]}
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)


def test_each_share_stands_in_its_cell_and_what_is_absent_stays_blank():
    figure = missing.shares(shares(3))
    heat = figure.data[0]
    assert list(heat.x) == ["2005", "2006", "2007"]
    assert list(heat.y) == ["Lanes", "Speed limit"]
    assert heat.z[0].tolist() == [25, 25, 25]
    assert [math.isnan(z) for z in heat.z[1]] == [True, True, False]
    assert (heat.zmin, heat.zmax) == (0, 100)
    assert [(a.x, a.y, a.text) for a in figure.layout.annotations] == [
        (0, 0, "25%"),
        (1, 0, "25%"),
        (2, 0, "25%"),
        (2, 1, "100%"),
    ]
    assert figure.layout.xaxis.type == "category"
    assert "%" in heat.colorbar.title.text


def test_twenty_years_are_told_by_shade_alone():
    figure = missing.shares(shares(20))
    assert not figure.layout.annotations
    assert len(figure.data[0].x) == 20


def test_nothing_unknown_says_so():
    figure = missing.shares(pd.DataFrame())
    assert figure.layout.annotations[0].text == "No cell is unknown."
