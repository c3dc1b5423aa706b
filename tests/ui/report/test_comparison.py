import numpy as np
import pandas as pd

from ui.report import comparison
from ui.report.content import Figure, Paragraph, Points, Table


def compared(**changes):
    scores = pd.DataFrame({"Log-loss": ["**0.700** (0.688–0.714)", "1.70"]}, index=["Blend", "Class frequencies"])
    usual = {
        "title": "Severity", "scores": [scores.rename_axis("How right")], "metric": "log_loss",
        "rows": pd.DataFrame({"label": ["Blend"], "kind": ["blend"], "value": [0.7], "low": [0.68], "high": [0.71]}),
        "baseline": 1.7, "champion": "Blend", "confusion": np.array([[7386.0, 2.0], [1.0, 3.0]]),
        "classes": ["light", "killed"], "origins": pd.DataFrame({"Scored on": ["held out"]}, index=["Blend"]),
        "meanings": "- **Log-loss**: a penalty.", "warnings": ["not the same accidents"],
    }  # fmt: skip
    return comparison.Compared(**{**usual, **changes})


def test_scores_stand_with_their_intervals_and_what_they_mean():
    scores, _errors = comparison.sections(compared(), None, "")
    assert scores.title == "Scores: Severity"
    assert scores.parts[0] == Paragraph("not the same accidents", "warning")
    assert scores.parts[1] == Table(
        "How right",
        ("Model", "Log-loss"),
        (("Blend", "**0.700** (0.688–0.714)"), ("Class frequencies", "1.70")),
    )
    assert scores.parts[2].text.startswith("In bold: the best score, be it by chance.")
    assert isinstance(scores.parts[3], Figure)
    meanings, accidents = scores.sections
    assert meanings.parts == (Points(("**Log-loss**: a penalty.",)),)
    assert accidents.parts[0].rows == (("Blend", "held out"),)


def test_where_none_is_best_nothing_is_said_of_bold():
    scores = compared().scores[0].replace({r"\*\*": ""}, regex=True)
    section, _errors = comparison.sections(compared(scores=[scores]), None, "")
    assert section.parts[2].text.startswith("In brackets")


def test_errors_of_the_champion_are_counted():
    _scores, errors = comparison.sections(compared(), None, "")
    assert errors.title == "Where Blend errs"
    assert errors.parts[1].rows == (("light", "7,386", "2"), ("killed", "1", "3"))
    _scores, errors = comparison.sections(compared(confusion=np.array([])), None, "")
    assert errors.parts == (Paragraph("Its checkpoint holds no confusion matrix."),)


def test_without_models_only_daily_counts_are_told():
    first, daily = comparison.sections(None, pd.DataFrame({"MAE": ["14.8"]}, index=["LSTM"]), "Over all forecasts.")
    assert first.parts == (Paragraph("No model has scores on accidents it had not seen."),)
    assert daily.parts[0].rows == (("LSTM", "14.8"),)
    assert daily.parts[1] == Paragraph("Over all forecasts.", "note")
