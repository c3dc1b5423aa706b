import pandas as pd

from ui.charts import profiles, style


def measured(*rows):
    names = ["share", "severe", "severe_low", "severe_high", "lethality", "lethality_low", "lethality_high"]
    return pd.DataFrame(rows, index=[f"{i}. Kind" for i in range(1, len(rows) + 1)], columns=names)


def test_kinds_have_their_share_and_severity_with_intervals():
    figure = profiles.kinds(measured((60, 30, 28, 33, 2, 1, 4), (40, None, None, None, None, None, None)))
    share, severe, lethality = figure.data
    assert share.error_x.array is None
    assert (severe.error_x.array[0], severe.error_x.arrayminus[0]) == (3, 2)
    assert [t.marker.color for t in (severe, lethality)] == [
        style.SEVERITY_COLOURS["hospitalised"],
        style.SEVERITY_COLOURS["killed"],
    ]
    assert list(severe.text) == ["30.0", ""]  # not known is not zero
    titles = [a.text.replace("<br>", " ") for a in figure.layout.annotations]
    assert titles == ["Share of accidents (%)", "Killing or hospitalising (%)", "Killed per 100 accidents"]


def test_the_years_of_all_kinds_have_one_scale():
    table = pd.DataFrame({f"{i}. Kind": [10.0 * i, 5.0] for i in range(1, 6)}, index=[2023, 2024])
    figure = profiles.years(table)
    assert len(figure.data) == 5
    ranges = {tuple(figure.layout[f"yaxis{n or ''}"].range) for n in ("", 2, 3, 4, 5)}
    assert ranges == {(0, 55.00000000000001)}
    assert "more years" in profiles.years(table.iloc[:1]).layout.annotations[0].text


def test_the_proposed_number_is_marked_and_lines_differ_by_form():
    table = pd.DataFrame({"silhouette": [0.3, 0.2], "stability": [1.0, 0.9], "chosen": [True, False]}, index=[3, 4])
    figure = profiles.quality(table)
    assert figure.layout.shapes[0].x0 == 3
    assert [t.line.dash for t in figure.data] == ["solid", "dash"]
    assert figure.layout.xaxis.title.text == "Number of kinds"


def test_empty_frames_give_figures_that_say_so():
    assert profiles.kinds(measured()).layout.annotations[0].text
    assert profiles.quality(pd.DataFrame(columns=["silhouette", "stability", "chosen"])).layout.annotations[0].text
