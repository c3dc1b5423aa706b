import pandas as pd

from data import features
from ui.report import prediction
from ui.report.content import Facts, Figure, Paragraph, Points, Table

SHARES = pd.DataFrame(
    {"Blend": [0.7, 0.3], "XGBoost": [0.2, 0.8]}, index=["Light injuries only", "At least one killed"]
)
FREQUENCIES = {"Light injuries only": 0.64, "At least one killed": 0.058}


def answered(**changes):
    usual = {
        "target": "severity", "shares": SHARES, "colours": {}, "frequencies": FREQUENCIES, "sources": ["BAAC 2024"],
        "agreement": "They **differ**.", "champion": "Blend",
    }  # fmt: skip
    return prediction.Answered(**{**usual, **changes})


def of(kind, section):
    return [part for part in section.parts if isinstance(part, kind)]


def test_the_accident_is_told_with_its_values_and_what_contradicts():
    values = {"hour": "2", "light": "1", "vans": 0, "pedestrians": 1, "weather": None}
    section, *_rest = prediction.sections(values, [])
    (table,) = of(Table, section)
    assert table.rows == (
        ("Hour", "02:00", "When and where"),
        ("Light", "Daylight", "Conditions"),
        ("Pedestrians", "1", "People"),
    )
    said = [part.text for part in of(Paragraph, section)]
    assert said[0] == f"4 of {len(features.INPUTS)} inputs were given; the others are unknown to the models."
    assert "Given as none: Vans." in said
    (warning,) = [part.text for part in of(Paragraph, section) if part.kind == "warning"]
    assert "does not fit the hour (02:00)" in warning


def test_an_accident_of_which_nothing_is_known_has_no_table():
    section, *_rest = prediction.sections(dict.fromkeys(i.name for i in features.INPUTS), [])
    assert of(Table, section) == []


def test_probabilities_stand_beside_the_frequencies_and_the_champion_before_all():
    _accident, section = prediction.sections({}, [answered()])
    assert section.title == "Severity"
    assert of(Facts, section)[0].pairs == (
        ("Champion", "Blend"),
        ("Most likely", "**Light injuries only**"),
        ("Its probability", "**70%**"),
        ("Frequency of the class", "64%"),
    )
    (table,) = of(Table, section)
    assert table.head == ("Class", "Blend", "XGBoost", "Frequency of the class")
    assert table.rows[1] == ("At least one killed", "30%", "80%", "5.8%")
    assert of(Paragraph, section)[0].text == "They **differ**."
    assert "BAAC 2024" in of(Figure, section)[0].caption
    assert section.sections == ()


def test_the_reasons_of_the_champion_are_a_section_of_their_own():
    parts = pd.DataFrame({"label": ["Light: Night"], "contribution": [0.4]})
    reasons = prediction.Reasons("- **Light: Night** raises it.", parts, 1.0, 1.4, "log-odds", "About it.")
    _accident, section = prediction.sections({}, [answered(reasons=reasons)])
    (why,) = section.sections
    assert why.parts[0] == Points(("**Light: Night** raises it.",))
    assert why.parts[2] == Paragraph("About it.", "note")


def test_models_left_out_are_named_with_the_reason_and_no_answer_is_said():
    refused = [("collision-xgboost", "is damaged")]
    _accident, section = prediction.sections({}, [answered(refused=refused, champion="")])
    assert of(Facts, section) == []
    assert Paragraph("Left out: collision-xgboost. is damaged", "warning") in section.parts
    empty = answered(shares=pd.DataFrame(), refused=refused, champion="")
    _accident, section = prediction.sections({}, [empty])
    assert section.parts[0] == Paragraph("No model answered.")
    assert len(section.parts) == 2


def test_how_unusual_the_accident_is_is_told_with_it_and_how_that_was_found_is_small():
    section, *_rest = prediction.sections({}, [], ["**A usual accident.**", "Compared with some."])
    assert section.parts[-2:] == (Paragraph("**A usual accident.**"), Paragraph("Compared with some.", "note"))


def test_what_groups_tell_and_what_came_of_similar_accidents_are_tables_with_their_meaning():
    rows = pd.DataFrame({"Severity": ["Light 60%"]}, index=["As described"])
    section = prediction.telling(["**People** tells most."], rows, "*Open*: how many.")
    assert section.parts[0] == Paragraph("**People** tells most.")
    assert section.parts[1].rows == (("As described", "Light 60%"),)
    assert section.parts[1].caption == "Open: how many."
    section = prediction.similar("Similar", "", rows, "Compared with some.")
    assert section.title == "Similar"
    assert [type(part) for part in section.parts] == [Table]
    assert prediction.similar("Similar", "It agrees.", rows, "").parts[0] == Paragraph("It agrees.")
