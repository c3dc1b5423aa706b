import io

import pandas as pd
import pytest

from ui import export


def read(data):
    return pd.read_csv(io.BytesIO(data), encoding="utf-8-sig")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_text_is_taken_for_a_formula(text):
    (cell,) = export.safe_csv(pd.DataFrame({"note": [text]})).decode("utf-8-sig").split("note", 1)[1:]
    assert cell.lstrip().lstrip('"').startswith("'")


def test_names_of_columns_are_safe_too():
    assert export.safe_csv(pd.DataFrame({"=a": [1]})).decode("utf-8-sig").startswith("'=a")


def test_numbers_and_plain_text_stay_as_they_are():
    frame = pd.DataFrame({"name": ["Été, 2 = 2"], "change": [-1.5], "missing": [None]})
    found = read(export.safe_csv(frame))
    assert found["name"].tolist() == ["Été, 2 = 2"]
    assert found["change"].tolist() == [-1.5]
    assert found["missing"].isna().all()
