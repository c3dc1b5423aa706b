"""The table of docs/reliability.md, made of the `fault` markers of the tests: python -m tests.faults.table.

A marker stands on a test, or on one case of it, and says what is done to the product and what comes of it. The sentence
that a person sees is asserted by the test itself, through the fixture `says`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
# in the order of the document
AREAS = {
    "process": "A process is killed",
    "disk": "The disk is full",
    "model": "A saved model is damaged",
    "zip": "Files from elsewhere: models",
    "table": "Files from elsewhere: accidents",
    "together": "Two at once",
    "machine": "The machine",
}
_COLUMNS = ("Fault", "A person sees", "Is kept", "Goes on", "Test")


@dataclass(frozen=True)
class Fault:
    """One row: what happens, the sentence shown (… stands for anything), what is kept, what goes on beside it."""

    area: str
    fault: str
    shown: str
    kept: str
    goes_on: str


def found() -> list[tuple[Fault, Path, str]]:
    """Every fault of the tests, with the file and the name of its test, in the order of the document."""
    every = [(fault, path, name) for path in sorted((ROOT / "tests").rglob("test_*.py")) for fault, name in _in(path)]
    return sorted(every, key=lambda row: list(AREAS).index(row[0].area))


def _in(path: Path) -> Iterator[tuple[Fault, str]]:
    source = path.read_text(encoding="utf-8")
    if "mark.fault(" not in source:
        return
    for test in ast.walk(ast.parse(source)):
        if not isinstance(test, ast.FunctionDef):
            continue
        for node in (node for decorator in test.decorator_list for node in ast.walk(decorator)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.fault":
                yield _fault({str(word.arg): ast.literal_eval(word.value) for word in node.keywords}), test.name


def _fault(words: dict[str, str]) -> Fault:
    """Raises: ValueError where a word is missing, too many, empty or names no area."""
    wanted = {field.name for field in fields(Fault)}
    if set(words) != wanted or not all(words.values()) or words["area"] not in AREAS:
        raise ValueError(f"a fault has {sorted(wanted)}, of an area of {list(AREAS)}; not {words}")
    return Fault(**words)


def markdown() -> str:
    """The tables, one an area."""
    parts = []
    for area, rows in groupby(found(), key=lambda row: row[0].area):
        lines = [f"## {AREAS[area]}", "", _line(_COLUMNS), _line(["---"] * len(_COLUMNS))]
        for fault, path, name in rows:
            where = path.relative_to(ROOT).as_posix()
            test = f'[{path.stem.removeprefix("test_")}](../{where} "{name}")'
            lines.append(_line([fault.fault, f"“{fault.shown}”", fault.kept, fault.goes_on, test]))
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return "| {} |".format(" | ".join(cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells))


def document() -> str:
    """The document with the tables as they should be."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{DOCUMENT} lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n\n{markdown()}\n\n{END}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
