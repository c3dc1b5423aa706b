"""How good forecasters are beside baselines: python -m benchmarks.forecasts --out DIR --write docs/forecasts.md

Each row is kept as JSON in the folder and not measured again while it lies there. With `--departements FILE` also those
of every département, by a model that learnt from the days before 2023. All of it takes about an hour on two cores.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pandas as pd

from data import calendar, series, series_files
from models import backtest, departement_scores, registry, scoreboard

START, END = "<!-- forecasts:start -->", "<!-- forecasts:end -->"
ORIGINS = {"start": "2023-01-01", "end": "2024-09-03", "every": 14}
_EVERY_DEPARTEMENT = 35
_WITH_COVID = "lstm:recommended, learning from spring 2020 too"
MODELS = ("lstm:recommended", "lstm:attention", "lstm:quick", "lstm:base", "series-transformer:base", _WITH_COVID)
_COLUMNS = {
    "mae": "MAE", "mase": "MASE", "rmsse": "RMSSE", "pinball": "pinball", "crps": "CRPS", "coverage_50": "inside 50 %",
    "coverage_80": "80 %", "coverage_95": "95 %",
}  # fmt: skip


def measured(name: str) -> dict[str, Any]:
    """The scores of one model on the origins, trained anew each year; the first of `MODELS` beside all baselines."""
    kind, preset = name.partition(",")[0].split(":")
    _preset, config = registry.KINDS[kind].settings(preset)
    model = registry.KINDS[kind].model(config, preset, "cpu")
    beside = None if name == MODELS[0] else []
    start = time.monotonic()
    with _nothing_masked() if name == _WITH_COVID else nullcontext():
        found = backtest.backtest(model, series.france(), **ORIGINS, refit="yearly", baselines=beside)
    return {**found, "seconds": time.monotonic() - start}


def of_departements(path: Path) -> dict[str, Any]:
    """Scores by département of the recommended preset, which learnt from the days before the first origin."""
    counts, france = series_files.by_departement(path), series.france()
    before = pd.Timestamp(ORIGINS["start"]) - pd.Timedelta(days=1)
    kind = registry.KINDS["lstm"]
    preset, config = kind.settings("recommended")
    model = kind.model(config, preset, "cpu").fit(france.loc[:before], departements=counts.loc[:before])
    asked = {**ORIGINS, "every": _EVERY_DEPARTEMENT, "baselines": ["seasonal-naive", "eight-week-mean", "ets"]}
    return departement_scores.backtest(model, france, counts, **asked)


@contextmanager
def _nothing_masked() -> Iterator[None]:
    """The days of spring 2020 to spring 2021 count like any others."""
    kept, calendar.COVID = calendar.COVID, (pd.Timestamp("1900-01-01"), pd.Timestamp("1900-01-01"))
    try:
        yield
    finally:
        calendar.COVID = kept


def markdown(found: Mapping[str, Any]) -> str:
    """The tables of what was measured."""
    best = found[MODELS[0]]
    rows = {name: found[name] for name in MODELS if name in found}
    text = (
        f"{best['origins']} origins, every {ORIGINS['every']} days from {ORIGINS['start']} to {ORIGINS['end']}; models "
        "and the baselines that learn are trained anew on the days before each 1 January. Accidents a day in France, "
        "the 28 days ahead together. Difference: of the mean absolute error to the first row, with the p of Diebold "
        "and Mariano."
    )
    lines = [text, "", "| forecaster | " + " | ".join(_COLUMNS.values()) + " | difference | p |"]
    lines.append("|---|" + "--:|" * (len(_COLUMNS) + 2))
    for name, scores in rows.items():
        lines.append(_row(f"**{name}**", scores["pooled"], best, None))
    for name, scores in best["baselines"].items():
        lines.append(_row(name, scores["pooled"], best, scores["diebold_mariano"]["p"]))
    lines.append(_row("blend of the first and those that learn", best["blend"]["pooled"], best, None))
    low, high = best["intervals"]["mae"]
    lines += ["", f"95 % interval of the first row's MAE, by drawing origins: {low:.1f} to {high:.1f}.", ""]
    ahead = {"lstm:recommended": best["by_horizon"]}
    ahead |= {name: scores["by_horizon"] for name, scores in best["baselines"].items()}
    lines += ["| MAE by days ahead | 1 | 7 | 14 | 28 |", "|---|--:|--:|--:|--:|"]
    for name, scores in ahead.items():
        lines.append(f"| {name} | " + " | ".join(f"{scores[h]['mae']:.1f}" for h in ("1", "7", "14", "28")) + " |")
    if "departements" in found:
        lines += ["", *_of_departements(found["departements"])]
    return "\n".join(lines)


def _row(name: str, scores: Mapping[str, float], best: Mapping[str, Any], p: float | None) -> str:
    cells = [f"{scores[key]:.3f}" if key.startswith(("ma", "rm", "cov")) else f"{scores[key]:.2f}" for key in _COLUMNS]
    cells[0] = f"{scores['mae']:.2f}"
    other = best["pooled"]["mae"] / scores["mae"] - 1
    cells.append(f"{other:+.1%}" if other else "")
    cells.append("" if p is None else f"{p:.3f}" if p >= 0.001 else "< .001")
    return f"| {name} | " + " | ".join(cells) + " |"


def _of_departements(found: Mapping[str, Any]) -> list[str]:
    """Mean MASE over the départements."""
    text = (
        f"By département ({found['departements']}, {found['origins']} origins every {_EVERY_DEPARTEMENT} days; the "
        "model learnt from the days before the first of them): mean MASE, and how many days lie inside."
    )
    lines = [text, "", "| forecaster | mean MASE | inside 50 % | 80 % | 95 % |", "|---|--:|--:|--:|--:|"]
    inside = " | ".join(f"{found[key]:.3f}" for key in ("coverage_50", "coverage_80", "coverage_95"))
    lines.append(f"| **lstm:recommended** | {found['mase']:.3f} | {inside} |")
    lines += [f"| {name} | {one['mase']:.3f} | | | |" for name, one in found["baselines"].items()]
    return lines


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecasts", description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--models", nargs="*", default=list(MODELS), choices=MODELS)
    parser.add_argument("--departements", type=Path, metavar="FILE", help="daily counts by département")
    parser.add_argument("--write", type=Path, metavar="DOCUMENT", help="put the tables between its markers")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    tasks = {name: (measured, name) for name in options.models}
    if options.departements:
        tasks["departements"] = (of_departements, options.departements)
    for name, (measure, about) in tasks.items():
        path = options.out / f"{name.replace(':', '-').replace(', ', '-').replace(' ', '-')}.json"
        if not path.exists():
            path.write_text(json.dumps({"name": name, "found": measure(about)}), encoding="utf-8")
    kept = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(options.out.glob("*.json")))
    found = {one["name"]: one["found"] for one in kept}
    if MODELS[0] not in found:
        print(f"Measured: {', '.join(found)}. The tables begin with {MODELS[0]}, which is missing.")
        return
    if options.write:
        scoreboard.put(options.write, markdown(found), START, END)
    print(markdown(found))


if __name__ == "__main__":
    main()
