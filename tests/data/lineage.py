"""The tables of docs/data.md, made of the code: python -m tests.data.lineage"""

from __future__ import annotations

from pathlib import Path

from data import breaks, clean, features, schema
from data.involved import COUNTS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "data.md"
START, END = "<!-- lineage:start -->", "<!-- lineage:end -->"
# inputs that are made of a column of another name
_MADE_OF = {
    "month": ("weekday",),
    "year": ("weekday",),
    "day": ("weekday",),
    "time": ("hour",),
    "vehicle_category": tuple(schema.VEHICLE_GROUPS),
    "heading": ("headings",),
    "role": ("pedestrians",),
    "birth_year": ("youngest_age", "oldest_age"),
}
_TARGETS = {"collision": "*target:* collision type", "injury": "*target:* severity, the worst of them"}
_SHOWN = 4
# counted rows of a table
_ROWS = {"vehicules": ("vehicles",), "usagers": ("people",)}


def inputs_of(table: schema.Table, column: schema.Column) -> list[str]:
    """The inputs of the models that a column gives, in the order of the form."""
    names = {column.name, *_MADE_OF.get(column.name, ())}
    frame = {"vehicules": "vehicles", "usagers": "people"}.get(table)
    for name, count in COUNTS.items():
        own = column.name in count.where or (count.ages is not None and column.name == "birth_year")
        if count.frame == frame and own:
            names.add(name)
    if column.official == "Num_Acc":
        names |= set(_ROWS.get(table, ()))
    return [item.name for item in features.INPUTS if item.name in names]


def text() -> str:
    """Columns of the official tables with what becomes of them, rules, tables that come along, breaks."""
    parts = ["## Columns", ""]
    for table, columns in schema.TABLES.items():
        parts += [f"### {table}", "", "| official | years | ours | read as | inputs of the models |"]
        parts += ["|---|---|---|---|---|"]
        for column in columns:
            first, last = schema.SPANS.get(column.official, (schema.YEARS[0], schema.YEARS[-1]))
            inputs = inputs_of(table, column)
            cell = _TARGETS.get(column.name) or ", ".join(f"`{name}`" for name in inputs[:_SHOWN])
            cell += f" and {len(inputs) - _SHOWN} more" * (len(inputs) > _SHOWN)
            parts.append(f"| `{column.official}` | {first}–{last} | `{column.name}` | {column.kind} | {cell} |")
        parts.append("")
    parts += ["## Rules", "", "| rule | what it does |", "|---|---|"]
    parts += [f"| `{rule}` | {sentence} |" for rule, sentence in clean.RULES.items()]
    parts += [
        "",
        "## Published tables in `data/tables`",
        "",
        "| file | what it is and where it comes from |",
        "|---|---|",
    ]
    for path in sorted((ROOT / "data" / "tables").glob("*.csv")):
        lines = [line[1:].strip() for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        parts.append(f"| `{path.name}` | {' '.join(lines)} |")
    parts += [
        "",
        "## Breaks",
        "",
        "| from | to | columns | what cannot be compared | source |",
        "|---|---|---|---|---|",
    ]
    for item in breaks.BREAKS:
        columns = ", ".join(f"`{name}`" for name in item.columns)
        source = item.source if item.verified else f"not verified; {item.source}"
        parts.append(f"| {item.since} | {item.until or ''} | {columns} | {item.sentence} | {source} |")
    return "\n".join([*parts, "", breaks.ALWAYS])


def document() -> str:
    """The document with its tables made anew."""
    before, rest = DOCUMENT.read_text(encoding="utf-8").split(START)
    return f"{before}{START}\n\n{text()}\n\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
