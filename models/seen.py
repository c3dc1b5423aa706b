"""Which accidents a model has learnt from, kept as bits, so that a score on them can say so."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

_SEQUENCES = 10**8  # accident numbers have eight digits after the year


@dataclass(frozen=True)
class Seen:
    """Sets of accident numbers (year and sequence) by year: the first sequence number and one bit for each after it."""

    years: Mapping[str, tuple[int, np.ndarray]]

    @classmethod
    def of(cls, accidents: pd.Index) -> Seen:
        """The set of the given 12-digit accident numbers; other identifiers are left out."""
        years = {}
        for year, numbers in _by_year(accidents):
            first = int(numbers.min())
            bits = np.zeros(int(numbers.max()) - first + 1, dtype=bool)
            bits[numbers - first] = True
            years[year] = (first, bits)
        return cls(years)

    def count(self, accidents: pd.Index) -> int:
        """How many of the accidents are in the set."""
        return sum(self._count(year, numbers) for year, numbers in _by_year(accidents))

    def contains(self, accidents: pd.Index) -> np.ndarray:
        """Which of the accidents are in the set. Shape: (n,) bool."""
        found = np.zeros(len(accidents), dtype=bool)
        texts = pd.Series(accidents.astype("str"))
        for year in self.years:
            rows = np.flatnonzero(texts.str.startswith(year) & texts.str.fullmatch(r"\d{12}"))
            found[rows] = self._bits(year, texts.iloc[rows].str[4:].astype("int64").to_numpy())
        return found

    def _count(self, year: str, numbers: np.ndarray) -> int:
        return int(self._bits(year, numbers).sum())

    def _bits(self, year: str, numbers: np.ndarray) -> np.ndarray:
        if year not in self.years:
            return np.zeros(len(numbers), dtype=bool)
        first, bits = self.years[year]
        inside = (numbers >= first) & (numbers < first + len(bits))
        found = np.zeros(len(numbers), dtype=bool)
        found[inside] = bits[numbers[inside] - first]
        return found

    def to_dict(self) -> dict[str, Any]:
        """Plain values for the metadata."""
        return {
            year: {
                "first": first,
                "length": len(bits),
                "bits": base64.b64encode(zlib.compress(np.packbits(bits).tobytes(), 9)).decode(),
            }
            for year, (first, bits) in self.years.items()
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Seen:
        """The set kept in a checkpoint's metadata.

        Raises: KeyError, TypeError or ValueError where it is not one.
        """

        def bits(item: Mapping[str, Any]) -> np.ndarray:
            length = int(item["length"])
            if not 0 <= length <= _SEQUENCES:
                raise ValueError(f"length {length}")
            try:
                packed = zlib.decompressobj().decompress(base64.b64decode(item["bits"]), length // 8 + 1)
            except zlib.error as error:
                raise ValueError(str(error)) from error
            if len(packed) != -(-length // 8):
                raise ValueError(f"{len(packed)} bytes for {length} bits")
            return np.unpackbits(np.frombuffer(packed, dtype=np.uint8), count=length).astype(bool)

        return cls({str(year): (int(item["first"]), bits(item)) for year, item in plain.items()})


def _by_year(accidents: pd.Index) -> list[tuple[str, np.ndarray]]:
    numbers = pd.Series(accidents.astype("str"))
    numbers = numbers[numbers.str.fullmatch(r"\d{12}")]
    sequence = numbers.str[4:].astype("int64")
    return [(str(year), group.to_numpy()) for year, group in sequence.groupby(numbers.str[:4])]
