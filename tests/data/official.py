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
        "Num_Acc": FIRST, "catr": "3", "voie": "D1", "v1": "0", "v2": "A", "circ": "2", "nbv": "2", "vosp": "0",
        "prof": "1", "pr": "12", "pr1": "450", "plan": "1", "lartpc": "", "larrout": "6.5", "surf": "1", "infra": "0",
        "situ": "1", "vma": "80",
    },
    "vehicules": {
        "Num_Acc": FIRST, "id_vehicule": "1\u00a0001", "num_veh": "A01", "senc": "1", "catv": "7", "obs": "0",
        "obsm": "2", "choc": "1", "manv": "1", "motor": "1", "occutc": "",
    },
    "usagers": {
        "Num_Acc": FIRST, "id_usager": "9\u00a0001", "id_vehicule": "1\u00a0001", "num_veh": "A01", "place": "1",
        "catu": "1", "grav": "4", "sexe": "1", "an_nais": "1984", "trajet": "5", "secu1": "1", "secu2": " -1",
        "secu3": " -1", "locp": " -1", "actp": " -1", "etatp": " -1",
    },
}  # fmt: skip


# the same accident as the files up to 2018 write it: columns that were given up, and other ways of writing
_OLD_ROWS: dict[schema.Table, dict[str, str]] = {
    "caracteristiques": {
        "Num_Acc": "201390000001", "an": "13", "mois": "3", "jour": "4", "hrmn": "740", "lum": "1", "agg": "1",
        "int": "1", "atm": "1", "col": "6", "com": "285", "adr": "RUE SIMULEE", "gps": "M", "lat": "4760000",
        "long": "0620000", "dep": "700",
    },
    "lieux": {
        "Num_Acc": "201390000001", "catr": "3", "voie": "1", "v1": "", "v2": "D", "circ": "2", "nbv": "02",
        "pr": "12", "pr1": "450", "vosp": "0", "prof": "1", "plan": "1", "lartpc": "000", "larrout": "065",
        "surf": "1", "infra": "0", "situ": "1", "env1": "99",
    },
    "vehicules": {
        "Num_Acc": "201390000001", "senc": "1", "catv": "07", "occutc": "000", "obs": "00", "obsm": "2",
        "choc": "1", "manv": "01", "num_veh": "A01",
    },
    "usagers": {
        "Num_Acc": "201390000001", "place": "1", "catu": "1", "grav": "4", "sexe": "1", "trajet": "5", "secu": "11",
        "locp": "0", "actp": "0", "etatp": "0", "an_nais": "1984", "num_veh": "A01",
    },
}  # fmt: skip


def old_rows(table: schema.Table, *changes: Mapping[str, str]) -> pd.DataFrame:
    """The same as `rows` in the layout of 2005 to 2018; vehicles get other letters unless given."""
    own = [{"num_veh": f"{chr(65 + i)}01"} if table == "vehicules" else {} for i in range(len(changes or [{}]))]
    cells = [{**_OLD_ROWS[table], **letter, **change} for letter, change in zip(own, changes or [{}], strict=True)]
    return pd.DataFrame(cells, dtype="str")


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
