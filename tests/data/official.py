"""Rows of the official layout, written by hand for the tests: nothing in them happened."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from data import schema

FIRST, SECOND, THIRD = "202490000001", "202490000002", "202490000003"

_ROWS: dict[schema.Table, dict[str, str]] = {
    "caracteristiques": {
        "Num_Acc": FIRST, "jour": "4", "mois": "03", "an": "2024", "hrmn": "07:40", "lum": "1", "dep": "70",
        "com": "70285", "agg": "1", "int": "1", "atm": "1", "col": "6", "adr": "RUE SIMULEE",
        "lat": "47,60000000", "long": "6,20000000",
    },
    "lieux": {
        "Num_Acc": FIRST, "catr": "3", "voie": "D1", "circ": "2", "nbv": "2", "vosp": "0", "prof": "1", "plan": "1",
        "surf": "1", "infra": "0", "situ": "1", "vma": "80",
    },
    "vehicules": {
        "Num_Acc": FIRST, "id_vehicule": "1\u00a0001", "num_veh": "A01", "senc": "1", "catv": "7", "obs": "0",
        "obsm": "2", "choc": "1", "manv": "1", "motor": "1",
    },
    "usagers": {
        "Num_Acc": FIRST, "id_usager": "9\u00a0001", "id_vehicule": "1\u00a0001", "num_veh": "A01", "place": "1",
        "catu": "1", "grav": "4", "sexe": "1", "an_nais": "1984", "trajet": "5", "secu1": "1", "secu2": " -1",
        "secu3": " -1", "locp": " -1", "actp": " -1", "etatp": " -1",
    },
}  # fmt: skip


def rows(table: schema.Table, *changes: Mapping[str, str]) -> pd.DataFrame:
    """One row for each set of changes to an ordinary row; ids differ from row to row unless given."""
    own = {"vehicules": "id_vehicule", "usagers": "id_usager"}.get(table)
    cells = []
    for i, change in enumerate(changes or [{}]):
        numbered = {own: f"{5 if own == 'id_usager' else 1}\u00a0{i + 1:03d}"} if own else {}
        cells.append({**_ROWS[table], **numbered, **change})
    return pd.DataFrame(cells, dtype="str")


def write(folder: Path, table: schema.Table, frame: pd.DataFrame | None = None, name: str = "") -> Path:
    """A file as it is published: semicolons, every cell quoted, no newline at the end."""
    path = folder / (name or f"{table}-2024.csv")
    path.write_text(text(rows(table) if frame is None else frame), encoding="utf-8")
    return path


def text(frame: pd.DataFrame) -> str:
    return frame.to_csv(sep=";", index=False, quoting=1, lineterminator="\n").rstrip("\n")


def folder_of(folder: Path, **frames: pd.DataFrame) -> Path:
    """A folder of files, one a table."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in schema.TABLES:
        if table in frames:
            write(folder, table, frames[table])
    return folder
