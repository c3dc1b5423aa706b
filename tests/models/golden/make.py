"""Makes the golden checkpoints of kinds that have none yet: python -m tests.models.golden.make

One that is there is never made anew: that it is old is its use. They learn from simulated accidents.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from data import features
from models.registry import KINDS
from tests.models.conftest import simulated

FOLDER = Path(__file__).resolve().parent
_SETTINGS: dict[str, dict[str, object]] = {
    "tab-transformer": {
        "epochs": 2, "width": 8, "identifier": 2, "heads": 2, "feed_forward": 16, "head": 16, "number_bins": 3,
        "blocks": 1,
    },
    "random-forest": {"trees": 5, "leaf": 20},
    "xgboost": {"rounds": 5, "learning_rate": 0.3},
    "feed-forward": {"epochs": 2, "width": 8},
    "logistic": {"iterations": 20, "penalty": 300.0},
}  # fmt: skip


def described() -> pd.DataFrame:
    """The accidents that the golden checkpoints were asked about: from wholly unknown to wholly described."""
    rows = simulated(40, seed=7)[list(features.BY_NAME)]
    return pd.concat([features.row({}), features.row({"hour": "17", "pedestrians": 1}), rows.iloc[:6]])


def main() -> None:
    """Make what is missing, with its answers beside it."""
    table = simulated(600)
    for name, settings in _SETTINGS.items():
        if (FOLDER / name).exists():
            continue
        preset, config = KINDS[name].settings(None, settings)
        model = KINDS[name].model(config, "severity", preset, "cpu").fit(table)
        model.save(FOLDER / name)
        answers = model.predict_proba(described())
        (FOLDER / f"{name}.json").write_text(json.dumps(answers.round(9).to_dict("list"), indent=1) + "\n")


if __name__ == "__main__":
    main()
