"""The tables of the document, from what was measured and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from data.errors import DataError
from models.benchmark import document
from models.benchmark.document import BLOCKS, markdown, variants
from models.benchmark.summary import BASELINE, summary
from models.benchmark.tasks import Contender


@pytest.fixture(scope="module")
def found(measured: Path) -> dict[str, Any]:
    return summary(measured)


def tables(text: str) -> dict[str, list[list[str]]]:
    """The cells of each table, by the heading above it."""
    found: dict[str, list[list[str]]] = {}
    heading = ""
    for line in text.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("| "):
            found.setdefault(heading, []).append([cell.strip() for cell in line.strip("|").split(" | ")])
    return found


def test_every_section_stands_there_with_as_many_cells_a_line(found: dict[str, Any]) -> None:
    text = markdown(found)
    sections = tables(text)
    assert set(sections) == {
        "Collision type",
        "All cuts together",
        "Each cut",
        "Differences between models",
        "Weights of blends",
        "Kinds of accidents",
        "Half described",
        "Calibration",
        "Training",
        "On a GPU",
    }
    others = variants(found)
    assert set(tables(others)) == {"Inputs left out", "Fewer accidents to learn from"}
    for rows in [*sections.values(), *tables(others).values()]:
        assert len({len(row) for row in rows}) == 1
    for one in (text, others):
        assert "simulated 2024" in one
        assert "nan" not in one
    assert "## Collision type\n" in text
    assert "## Collision type, fitted in other ways\n" in others


def test_a_block_whose_tables_are_not_asked_for_stays_as_it_was(found: dict[str, Any], tmp_path: Path) -> None:
    """They may have been measured long before, and their results be gone."""
    path = tmp_path / "benchmark.md"
    lines = [line for block in BLOCKS for line in (f"words of {block.name}", *block.markers)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    document.write(path, ["learning"], found)
    kept = path.read_text(encoding="utf-8")
    assert variants(found) in kept
    assert "words of benchmark\n<!-- benchmark:start -->\n<!-- benchmark:end -->\nwords of variants\n" in kept
    document.write(path, ["cuts"], found)
    assert markdown(found) in path.read_text(encoding="utf-8")
    assert variants(found) in path.read_text(encoding="utf-8")
    path.write_text(kept.replace("<!-- variants:end -->", ""), encoding="utf-8")
    document.require(path, ["cuts"])
    with pytest.raises(DataError, match="lacks the markers"):
        document.require(path, ["cuts", "departures"])


def test_numbers_are_those_of_the_summary(found: dict[str, Any], contenders: list[Contender]) -> None:
    sections, of_target = tables(markdown(found)), found["targets"]["collision"]
    head, *rows = sections["All cuts together"]
    assert [row[0] for row in rows] == [row["label"] for row in of_target["rows"].values()]
    one = of_target["rows"][contenders[1].name]
    line = next(row for row in rows if row[0] == contenders[1].label)
    low, high = one["together"]["intervals"]["log_loss"]
    assert line[1] == f"{one['together']['log_loss']:.4f} [{low:.4f}, {high:.4f}]"
    assert line[2] == f"{one['difference']:+.1%}"
    assert line[head.index("ece")] == f"{one['together']['ece']:.4f}"
    each = [row for row in sections["Each cut"][1:] if row[1] == contenders[1].label]
    assert [row[0] for row in each] == ["2024-02", "2024-03"]
    assert each[0][3] == f"{one['cuts']['2024-02']['difference']:+.1%}"


def test_the_baseline_is_compared_but_neither_calibrated_nor_paired(found: dict[str, Any]) -> None:
    label = found["targets"]["collision"]["rows"][BASELINE]["label"]
    sections = tables(markdown(found))
    assert sections["All cuts together"][-1][0] == label
    assert label in sections["Kinds of accidents"][0]
    for name in ("Calibration", "Differences between models"):
        assert label not in {cell for row in sections[name] for cell in row}


def test_what_was_left_out_is_named_by_what_it_costs(found: dict[str, Any], contenders: list[Contender]) -> None:
    _head, first, second = tables(variants(found))["Inputs left out"]
    assert (first[1], first[4]) == ("nothing", "–")
    row = found["targets"]["collision"]["ablation"][contenders[1].name]["rows"]["people"]
    assert second[4] == f"{row['cost']:+.4f} [{row['low']:+.4f}, {row['high']:+.4f}]"
    shares = [row[1] for row in tables(variants(found))["Fewer accidents to learn from"][1:]]
    assert shares == ["50%", "100%"]


def row(loss: float, **more: float) -> dict[str, Any]:
    return {"log_loss": loss, "without": loss + 0.05, "difference": -0.05, "seconds": 61.4, "train_rows": 900, **more}


def shown(found: dict[str, Any], **parts: Any) -> str:
    """Models fitted in other ways, where some parts of what was found about collisions are others."""
    return variants(found | {"targets": {"collision": found["targets"]["collision"] | parts}})


def test_departures_stand_in_the_order_they_are_declared_beside_the_model_as_it_is(found: dict[str, Any]) -> None:
    rows = {
        "head=0": row(0.71, cost=0.01, low=-0.002, high=0.02),
        "number_bins=0,number_tokens=false": row(0.73, cost=0.03, low=0.02, high=0.04),
        "no=longer": row(0.8, cost=0.1, low=0.1, high=0.1),
        "all": row(0.7),
    }
    models = {"tab-transformer:quick": {"label": "TabTransformer, quick", "cuts": ["2024-03"], "rows": rows}}
    text = shown(found, departures=models)
    title = "Departures of the TabTransformer from the paper"
    assert f"### {title}\n\nHeld out: 2024-03.\n" in text
    head, *lines = tables(text)[title]
    assert lines == [
        ["TabTransformer, quick", "nothing", "–", "0.7000", "–", "0.7500", "61"],
        ["TabTransformer, quick", "Numbers as they are, and join after attention",
         "`number_bins=0,number_tokens=false`", "0.7300", "+0.0300 [+0.0200, +0.0400]", "0.7800", "61"],
        ["TabTransformer, quick", "Head of four times and twice its input", "`head=0`", "0.7100",
         "+0.0100 [-0.0020, +0.0200]", "0.7600", "61"],
    ]  # fmt: skip
    assert len(head) == 7
    assert title not in variants(found)


def test_models_of_an_ablation_on_other_cuts_say_so_each(found: dict[str, Any]) -> None:
    models = {
        "blend": {"label": "Blend", "cuts": ["2024-02", "2024-03"], "rows": {"all": row(0.7)}},
        "xgboost": {"label": "XGBoost", "cuts": ["2024-03"], "rows": {"all": row(0.72)}},
    }
    text = shown(found, ablation=models)
    assert "Held out: Blend: 2024-02, 2024-03; XGBoost: 2024-03." in text
    assert [line[0] for line in tables(text)["Inputs left out"][1:]] == ["Blend", "XGBoost"]


def test_half_described_accidents_stand_beside_the_class_frequencies(
    found: dict[str, Any], contenders: list[Contender]
) -> None:
    head, *rows = tables(markdown(found))["Half described"]
    one = next(row for row in found["targets"]["collision"]["half"] if row["name"] == contenders[1].name)
    line = next(row for row in rows if row[0] == contenders[1].label)
    assert line[1] == f"{one['groups'][0]['mean']:.4f} (worst {one['groups'][0]['worst']:.4f})"
    assert line[6] == f"{one['groups'][5]['mean']:.4f} (worst {one['groups'][5]['worst']:.4f})"
    assert rows[-1][1:7] == [f"{one['baseline']:.4f}"] * 6
    assert head[7] == "steps of 80 that improve"


def test_a_step_that_improves_is_named(found: dict[str, Any]) -> None:
    target = found["targets"]["collision"]
    better = [{"hidden": "when_where+road", "more": "people", "change": -0.0123}]
    half = [one | {"better": better} for one in target["half"]]
    text = markdown(found | {"targets": {"collision": target | {"half": half}}})
    assert "| 1; People after When and where, Road: -0.0123 |" in text


def test_a_gpu_that_was_not_measured_is_not_made_up(found: dict[str, Any]) -> None:
    *_others, training, batches = tables(markdown(found))["On a GPU"]
    assert training[2:] == batches[2:] == ["not measured", "not measured"]


def test_figures_of_a_gpu_are_shown_as_they_are(found: dict[str, Any]) -> None:
    rows = [
        {"model": "TabTransformer, base", "what": "training, seconds", "cpu": 512.0, "gpu": 31.25},
        {"model": "TabTransformer, base", "what": "batches, rows a second", "cpu": None, "gpu": 250000},
    ]
    text = markdown(found | {"gpu": {"cpu": "2 cores", "gpu": "a card", "rows": rows}})
    assert "CPU: 2 cores. GPU: a card." in text
    cells = tables(text)["On a GPU"][1:]
    assert cells[0][1:] == ["training, seconds", "512", "31.25"]
    assert cells[1][2:] == ["not measured", "250,000"]
    with pytest.raises(DataError, match="'cpu'"):
        markdown(found | {"gpu": {"gpu": "a card", "rows": rows}})


def test_nothing_measured_says_so(tmp_path: Path) -> None:
    text = markdown(summary(tmp_path))
    assert text.startswith("Nothing has been measured yet.")
    assert "not measured" in text


def test_incomplete_and_outdated_results_are_told(found: dict[str, Any]) -> None:
    target = found["targets"]["collision"] | {"incomplete": ["XGBoost, slow"]}
    text = markdown(found | {"outdated": 2, "targets": {"collision": target}})
    assert "Not measured on every cut yet: XGBoost, slow." in text
    assert "2 results of other data or inputs are left out." in text
