"""Reports of pages, run from the frame: nothing is made before a click, and what a click makes."""

import html
import json

import pytest

from data.errors import DataError
from models import registry, versions
from tests.pages.reports import watch
from ui.components import report_facts
from ui.report import content, figures

PREDICTION = "pages/models/prediction.py"
TYPED = "<script>alert(1)</script> $x^2$"


@pytest.fixture
def clicks(monkeypatch):
    return watch(monkeypatch)


def predicted(open_page):
    app = open_page(PREDICTION)
    app.button(key="example_0").click().run()
    app.button(key="predict").click().run()
    assert not app.exception
    return app


def test_there_is_no_report_before_an_answer(open_page, trained, clicks):
    open_page(PREDICTION)
    assert not [key for key in clicks.buttons if key.startswith("report_")]


def test_a_prediction_can_be_kept(open_page, trained, clicks, monkeypatch):
    versions.describe(registry.runs_folder(), "collision-xgboost", "Modèle d'été, no. 1", f"a note: {TYPED}")
    path = trained / "severity-random-forest" / "metadata.json"
    metadata = json.loads(path.read_text())
    metadata["data"]["source"] = TYPED  # of a model from elsewhere, say
    path.write_text(json.dumps(metadata))
    drawn = []
    draw = figures.svg
    monkeypatch.setattr(figures, "svg", lambda what: drawn.append(what) or draw(what))
    app = predicted(open_page)
    assert drawn == [], "nothing is made before a click"
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels == ["Report as HTML", "Report as PDF"]
    button = clicks.buttons["report_prediction_html"]
    assert button["file_name"].startswith("balise-prediction-20")
    assert button["file_name"].endswith(".html")

    page, words = clicks.text("report_prediction_html"), clicks.text("report_prediction_pdf")
    assert len(drawn) == 8, "two targets, probabilities and reasons, in both files"
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt; $x^2$") == 3, "note, sources below a figure, learnt from"
    assert words.count(TYPED) >= 1
    assert "Modèle d&#39;été, no. 1" in page
    assert "Modèle d'été, no. 1" in words
    table = app.table[0].value
    for text in (page, words):
        assert "Night, street lighting on" in text
        assert "Main reasons of the champion" in text
        assert "Simulated accidents in the layout of the official files" in text
        assert "Association, not cause" in text
        for share in table.loc["Random forest"]:
            assert share.replace("<", "&lt;" if text is page else "<") in text
        for name in ("collision-xgboost", "severity-random-forest"):
            assert name in text
    made = json.loads((trained / "collision-xgboost" / "metadata.json").read_text())["created"]
    assert made[:10] in words


def test_the_report_holds_how_unusual_the_accident_is_and_what_each_group_tells(open_page, trained, clicks):
    app = predicted(open_page)
    app.button(key="without_vehicles").click().run()
    verdict = next(m.value for m in app.markdown if "accident.**" in m.value).partition(": ")[2].replace("**", "")
    told = [m.value.replace("**", "") for m in app.markdown if " tells most. " in m.value or "; with **" in m.value]
    table = next(t.value for t in app.table if "As described" in t.value.index)
    page, pdf = clicks.text("report_prediction_html"), clicks.text("report_prediction_pdf")
    for words in (bare(page), pdf):
        assert verdict in words
        assert "Compared by the known inputs with" in words
        assert "What each group of inputs tells" in words
        assert "With Vehicles again" in words
        assert all(sentence in words for sentence in told)
        assert all(cell in words for cell in table["Open, of 7"])
        assert "Open: how many equally likely classes" in words
        assert "Similar simulated accidents" not in words
    assert told


def test_similar_accidents_are_in_the_report_where_they_were_asked_for(open_page, trained, clicks, monkeypatch):
    from models import similar as found_by

    monkeypatch.setattr(found_by, "MOST", 600)
    app = predicted(open_page)
    app.session_state["similar"] = True
    app.run()
    assert not app.exception
    rows = app.table[-1].value
    page, pdf = clicks.text("report_prediction_html"), clicks.text("report_prediction_pdf")
    for words in (bare(page), pdf):
        assert "Similar simulated accidents: collision type" in words
        assert "600 accidents drawn from" in words
        assert "95% interval of what came of similar accidents" in words
        assert all(cell in words for cell in rows["95% interval"])
        assert ":material/" not in words
    app.segmented_control(key="similar_target").set_value("severity").run()
    assert "Similar simulated accidents: severity" in clicks.text("report_prediction_pdf")


def bare(page):
    """The words of an HTML file as they are read."""
    words = html.unescape(page).replace("<strong>", "").replace("</strong>", "")
    return " ".join(words.split())


def test_a_broken_model_is_left_out_of_the_report_too(open_page, trained, clicks):
    path = trained / "collision-xgboost" / "booster.ubj.gz"
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    predicted(open_page)
    words = clicks.text("report_prediction_pdf")
    assert "Left out: collision-xgboost" in words
    assert "is damaged" in words


def test_where_a_report_cannot_be_made_the_file_says_why(open_page, trained, clicks, monkeypatch):
    predicted(open_page)
    monkeypatch.setattr(report_facts, "prediction", refuse)
    assert "the disk is away" in clicks.text("report_prediction_pdf")


def test_a_comparison_can_be_kept_and_says_the_scores_of_the_page(open_page, trained, clicks):
    app = open_page("pages/models/comparison.py")
    page, words = clicks.text("report_comparison-collision_html"), clicks.text("report_comparison-collision_pdf")
    cells = [str(cell).replace("*", "") for table in app.table[:3] for cell in table.value.to_numpy().ravel()]
    assert len(cells) > 30
    for text in (html.unescape(page).replace("<strong>", "").replace("</strong>", ""), words):
        assert all(cell in text for cell in cells)
        assert "Where XGBoost errs" in text
        assert "Trained and scored on simulated accidents" in text
    assert page.count("<svg") == 2


def test_models_that_different_accidents_scored_stand_in_tables_of_their_own(open_page, trained, clicks):
    path = trained / "collision-random-forest" / "metadata.json"
    metadata = json.loads(path.read_text())
    metadata["split"]["held_out"]["end"] = "2024-11-30"
    path.write_text(json.dumps(metadata))
    (told,) = [one for one in report_facts.comparison("collision") if one.title.startswith("Scores: ")]
    tables = [
        part for part in told.parts if isinstance(part, content.Table) and "Log-loss (less is better)" in part.head
    ]
    assert [[row[0] for row in table.rows] for table in tables] == [
        ["XGBoost", "TabTransformer", "Class frequencies"], ["Random forest", "Class frequencies"]
    ]  # fmt: skip
    assert "30 November 2024" in tables[1].caption
    warned = next(part.text for part in told.parts if getattr(part, "kind", "") == "warning")
    assert "scored on different accidents" in warned
    assert "The figure shows those scored on" in warned


def test_a_comparison_without_a_model_says_so(open_page, demo_data, clicks):
    open_page("pages/models/comparison.py")
    assert "No model has scores" in clicks.text("report_comparison-collision_pdf")


def refuse(*_asked):
    raise DataError("the disk is away")
