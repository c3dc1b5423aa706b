import pandas as pd
import pytest

from ui.charts import compare, style

NAMES = ("2024", "2023")


def measures(*values):
    """`beside` and `ratios` want both sides and their ratio; values: (a, b)."""
    rows = {
        f"Measure {i}": {"a": a, "a_low": a - 1, "a_high": a + 2, "b": b, "b_low": b, "b_high": b,
                         "ratio": a / b, "ratio_low": a / b / 2, "ratio_high": a / b * 2, "clear": not i}
        for i, (a, b) in enumerate(values)
    }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index")


def test_each_measure_stands_on_a_scale_of_its_own_with_its_interval():
    figure = compare.beside(measures((5, 4), (900, 700), (1, 1), (2, 2)), NAMES)
    assert [t.name for t in figure.data] == ["2024", "2023"] * 4
    assert {t.marker.color for t in figure.data if t.name == "2024"} == {compare.COLOURS[0]}
    assert (figure.data[0].error_y.array[0], figure.data[0].error_y.arrayminus[0]) == (2, 1)
    assert len({t.yaxis for t in figure.data}) == 4
    assert [t.showlegend for t in figure.data].count(True) == 2
    assert not {"2024", "2023"} & {value for t in figure.data for value in t.x}  # years would be read as numbers


def test_ratios_are_told_apart_by_their_form_and_drawn_on_a_logarithmic_scale():
    figure = compare.ratios(measures((5, 4), (900, 700)), NAMES)
    assert [(t.name, t.marker.symbol, len(t.x)) for t in figure.data] == [
        ("More than chance", "circle", 1),
        ("May be chance", "circle-open", 1),
    ]
    assert figure.layout.xaxis.type == "log"
    assert "2024 as a multiple of 2023" in figure.layout.xaxis.title.text
    low, high = figure.layout.xaxis.range
    assert 10**low < 5 / 4 / 2  # holds every interval
    assert 10**high > 9 / 7 * 2


def test_contributions_stack_both_parts_in_the_order_of_the_table():
    table = pd.DataFrame({"by_share": [1.0, -2.0], "by_rate": [0.5, 1.0]}, index=["Daylight", "Night"])
    figure = compare.contributions(table, {"by_share": "Frequency", "by_rate": "Severity"}, "Killed per 100 accidents")
    assert figure.layout.barmode == "relative"
    assert list(figure.data[0].y) == ["Daylight", "Night"]
    assert figure.layout.xaxis.title.text == "Killed per 100 accidents"
    one = pd.DataFrame({"total": [3.0], "low": [1.0], "high": [5.0]}, index=["Daylight"])
    assert compare.contributions(one, {"total": "Accidents"}, "Accidents").data[0].error_x.array[0] == 2


@pytest.mark.parametrize("ordered", [True, False])
def test_profiles_lie_over_each_other(ordered):
    one = pd.DataFrame({"value": [1.0, 2.0], "low": [0.5, 1.0], "high": [2.0, 4.0]}, index=["8:00", "9:00"])
    figure = compare.overlaid(one, one * 2, NAMES, x="Hour", y="Share (%)", ordered=ordered)
    assert [t.type for t in figure.data] == ["scatter" if ordered else "bar"] * 2
    axis = figure.layout.yaxis if ordered else figure.layout.xaxis
    assert axis.title.text == "Share (%)"
    if ordered:  # not by colour alone
        assert [t.line.dash for t in figure.data] == ["solid", "dash"]


def test_empty_frames_give_figures_that_say_so():
    empty = measures((1, 1)).iloc[:0]
    blank = pd.DataFrame({"value": [None], "low": [None], "high": [None]}, index=["8:00"])
    for figure in (
        compare.beside(empty, NAMES),
        compare.ratios(empty, NAMES),
        compare.contributions(empty, {"total": "x"}, "x"),
        compare.overlaid(blank, blank, NAMES, x="", y="", ordered=True),
    ):
        assert not figure.data
        assert figure.layout.annotations[0].text != style.empty("").layout.annotations[0].text


def test_measures_beside_each_other_lie_three_in_a_row_and_never_over_each_other():
    layout = compare.beside(measures(*[(5, 4)] * 4), NAMES).layout
    domains = [(layout[f"xaxis{n}"].domain, layout[f"yaxis{n}"].domain) for n in ("", 2, 3, 4)]
    assert [y for _x, y in domains[:3]] == [domains[0][1]] * 3
    assert domains[3][0] == domains[0][0]
    assert domains[0][1][1] == 1
    assert domains[3][1][0] == pytest.approx(0)
    assert domains[3][1][1] < domains[0][1][0]
    assert domains[0][0][1] < domains[1][0][0]
    assert compare.beside(measures((5, 4)), NAMES).layout.yaxis.domain == (0, 1)


def test_colours_of_a_theme_leave_sizes_and_titles_as_they_are():
    figure = style.legible(compare.beside(measures((5, 4)), NAMES), "dark")
    assert (figure.layout.annotations[0].font.size, figure.layout.annotations[0].font.color) == (13, style.TEXT["dark"])
    assert figure.layout.yaxis.nticks == 4
