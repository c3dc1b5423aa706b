"""Which accidents a model has learnt from."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from models.seen import Seen


def test_counts_those_of_the_set_alone() -> None:
    learnt = pd.Index(["202400000003", "202400000001", "202300000001", "described"])
    seen = Seen.from_dict(json.loads(json.dumps(Seen.of(learnt).to_dict())))
    assert seen.count(pd.Index(["202400000001", "202400000002", "202400000003", "202400000999"])) == 2
    assert seen.count(pd.Index(["202300000001", "202200000001", "described"])) == 1
    assert seen.count(pd.Index([])) == 0


def test_says_which_are_in_the_set() -> None:
    seen = Seen.of(pd.Index(["202400000003", "202400000001", "202300000001"]))
    asked = pd.Index(["202400000002", "202300000001", "described", "202400000003", "202200000001", "202400000999"])
    assert seen.contains(asked).tolist() == [False, True, False, True, False, False]
    assert seen.contains(asked[:0]).tolist() == []


@pytest.mark.parametrize("change", [{"length": 10**12}, {"length": -1}, {"length": 99}, {"bits": "AAAA"}, {"bits": 3}])
def test_bits_that_do_not_fit_their_length_are_refused(change: dict[str, object]) -> None:
    kept = Seen.of(pd.Index(["202400000001", "202400000003"])).to_dict()
    with pytest.raises((TypeError, ValueError)):
        Seen.from_dict({"2024": kept["2024"] | change})
