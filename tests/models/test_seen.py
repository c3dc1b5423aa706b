"""Which accidents a model has learnt from."""

from __future__ import annotations

import json

import pandas as pd

from models.seen import Seen


def test_counts_those_of_the_set_alone() -> None:
    learnt = pd.Index(["202400000003", "202400000001", "202300000001", "described"])
    seen = Seen.from_dict(json.loads(json.dumps(Seen.of(learnt).to_dict())))
    assert seen.count(pd.Index(["202400000001", "202400000002", "202400000003", "202400000999"])) == 2
    assert seen.count(pd.Index(["202300000001", "202200000001", "described"])) == 1
    assert seen.count(pd.Index([])) == 0
