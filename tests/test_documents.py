"""What the documents say is so: commands run, links lead somewhere, names that are quoted are on the pages."""

from __future__ import annotations

import ast
import csv
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from contextlib import chdir
from functools import cache
from pathlib import Path

import pytest

import run
from data import demo, features, schema
from data.__main__ import _parser as data_parser
from data.__main__ import main as data_main
from models import registry, scoreboard
from models.__main__ import _parser as models_parser
from models.__main__ import main as models_main
from tests.data import lineage

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([ROOT / "README.md", *ROOT.glob("CONTRIBUTING.md"), *(ROOT / "docs").glob("*.md")])
SMALL = ("--set", "rounds=3")  # what a training of the documents is made quick by

# The rest of a command line (`*`: whatever) -> why it is only held against the program's own arguments.
PARSED = {
    "python -m data download *": "fetches from another machine",
    "python -m models train lstm *": "takes minutes; tests/models/test_lstm_forecasting.py trains a small one",
    "python -m models tune *": "takes minutes; tests/models/test_commands.py tunes a small one",
    "python -m models backtest *": "takes minutes; tests/models/test_backtest.py does it on a small one",
    "python -m models train-all *": "takes hours",
    "python -m models benchmark *": "takes hours; tests/models/benchmark does it on small models",
}
# Held against nothing but the files that it names.
NAMED = {
    "python3 run.py test*": "these tests",
    "python3 run.py*": "installs and serves; tests/test_run.py starts it",
    "PIP_FIND_LINKS=* python3 run.py": "installs",
    "BALISE_HOSTS=* python3 run.py": "serves; tests/browser starts it",
    ".ci/run": "these tests",
    "docker *": "needs an engine; tests/test_deployment.py reads the files",
    "python -m benchmarks.*": "timings by hand, or long",
    "python -m tests.faults.table": "writes a document; tests/faults compares it",
    "python -m tests.data.lineage": "writes a document; compared below",
    "python3 -m venv *": "makes an environment",
    "FOLDER/bin/*": "an environment of peers, which few have",
    "git *": "needs another machine",
    "pybabel *": "rewrites the catalogues",
}


@cache
def commands() -> list[tuple[str, str]]:
    """Document and command line of every fenced `sh` block, without comments."""
    found = []
    for document in DOCUMENTS:
        for block in re.findall(r"^```sh\n(.*?)^```", document.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
            for line in block.replace("\\\n", " ").splitlines():
                words = shlex.split(line, comments=True)
                if words:
                    found.append((document.name, shlex.join(words).replace("'", "")))
    return list(dict.fromkeys(found))


def listed(line: str, table: dict[str, str]) -> str | None:
    """The most precise entry of a table that a line falls under."""
    fits = [key for key in table if re.fullmatch(re.escape(key).replace(r"\*", ".*"), line)]
    return max(fits, key=len, default=None)


def arguments(line: str) -> tuple[Callable, Callable, list[str]]:
    """The program of a line, its parser and its arguments."""
    words = line.split()
    assert words[:2] == ["python", "-m"], f"no test knows the command: {line}"
    programs = {"data": (data_main, data_parser), "models": (models_main, models_parser)}
    assert words[2] in programs, f"no test knows the command: {line}"
    return *programs[words[2]], words[3:]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder as the documents assume it: the shipped models, official files (simulated), a series."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "checkpoints").mkdir()
    for model in registry.checkpoints_folder().glob("*-*"):
        shutil.copytree(model, folder / "checkpoints" / model.name)
    for document in ("README.md", "docs/scores.md"):
        (folder / document).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / document, folder / document)
    (folder / "FOLDER").mkdir()
    for name, frame in demo.tables(start="2024-01-01", end="2024-12-31", accidents_a_day=1.4).items():
        frame.to_csv(folder / "FOLDER" / f"{name}-2024.csv", sep=";", index=False, quoting=csv.QUOTE_ALL)
    shutil.copytree(folder / "FOLDER", folder / "FILE")
    shutil.copytree(folder / "FOLDER", folder / "2013")
    (folder / "2013" / "caracteristiques-2024.csv").rename(folder / "caract-2024.csv")
    (folder / "last").mkdir()
    (folder / "2013" / "usagers-2024.csv").rename(folder / "last" / "usagers-2024.csv")
    shutil.make_archive(str(folder / "baac"), "zip", folder / "last")
    with pytest.MonkeyPatch.context() as patch, chdir(folder):
        for name in ("data", "raw", "runs"):
            patch.setenv(f"BALISE_{name.upper()}", str(folder / f"kept-{name}"))
        patch.setenv("BALISE_CHECKPOINTS", str(folder / "checkpoints"))
        yield folder


def test_every_command_is_known() -> None:
    lines = [line for _, line in commands()]
    assert len(lines) > 20
    for line in lines:
        if listed(line, NAMED) is None:
            arguments(line)
    for table in (PARSED, NAMED):
        unused = [key for key in table if all(listed(line, table) != key for line in lines)]
        assert not unused, "no document has these commands any more"


def test_every_command_does_what_is_said(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that are not too long are carried out, in the order of the documents; the others are understood."""
    done = 0
    for document, line in commands():
        if listed(line, NAMED) is not None:
            continue
        program, parser, given = arguments(line)
        given = [str(p) for word in given for p in (sorted(place.glob(word)) if "*" in word else [word])]
        if listed(line, PARSED) is not None:
            parser().parse_args(given)
            continue
        if given[0] == "train":
            given += SMALL
        with pytest.MonkeyPatch.context() as patch:
            if given[0] == "import" and program is models_main:  # on another machine, where the model is not yet
                patch.setenv("BALISE_CHECKPOINTS", str(place / "elsewhere"))
                patch.setenv("BALISE_RUNS", str(place / "elsewhere" / "runs"))
            code = program(given)
        said = capsys.readouterr()
        assert code == 0, f"{document}: {line}: {said.err}"
        done += 1
    assert done >= 12


def test_files_and_modules_that_commands_name_are_there() -> None:
    for document, line in commands():
        for name in re.findall(r"python3? -m ((?:benchmarks|data|models|tests)[\w.]*)", line):
            path = ROOT / name.replace(".", "/")
            assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), f"{document}: {line}"
        for name in re.findall(r"(?:^| )((?:docs|tests|benchmarks|\.ci)/[\w./-]+)", line):
            assert (ROOT / name).exists(), f"{document}: {line}"


def test_run_py_takes_the_options_of_the_documents() -> None:
    for document, line in commands():
        words = line.split()
        if "run.py" in words and "test" not in words:
            given = words[words.index("run.py") + 1 :]
            assert vars(run._options(["127.0.0.1" if word == "ADDRESS" else word for word in given])), document


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)", text):
        if re.match(r"https?:", target):
            continue
        name, _, heading = target.partition("#")
        path = document.parent / name if name else document
        assert path.exists(), f"{document.name}: {target}"
        if heading:
            headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}
            assert heading in anchors, f"{document.name}: {target}"


@cache
def messages() -> frozenset[str]:
    """Every text of the code that a person may see: plain strings given to `_` or `N_`, and labels of the code book."""
    found = set()
    files = [ROOT / "app.py", *(p for part in ("data", "models", "ui", "pages") for p in (ROOT / part).rglob("*.py"))]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "N_"):
                found |= {a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    return frozenset(found)


def test_the_guide_names_pages_and_buttons_as_they_are() -> None:
    text = " ".join((ROOT / "docs" / "guide.md").read_text(encoding="utf-8").split())
    quoted = set(re.findall(r"\*\*(.+?)\*\*", text))
    assert len(quoted) > 40
    assert quoted - messages() == set(), "no page has these names"
    pages = set(re.findall(r'title=_\("([^"]+)"\)', (ROOT / "app.py").read_text(encoding="utf-8")))
    assert pages <= quoted, "pages that the guide leaves out"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert pages == {p for p in pages if f"| {p} |" in readme}, "pages that README leaves out"


def test_pictures_are_small() -> None:
    pictures = list((ROOT / "docs" / "pictures").glob("*.png"))
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size < 150_000
        assert int.from_bytes(picture.read_bytes()[16:20]) == 1200, "width"


def test_the_lineage_is_that_of_the_code() -> None:
    assert lineage.document() == lineage.DOCUMENT.read_text(encoding="utf-8"), "run python -m tests.data.lineage"
    inputs = {name for table, columns in schema.TABLES.items() for c in columns for name in lineage.inputs_of(table, c)}
    assert inputs == {item.name for item in features.INPUTS}


def test_scores_are_those_of_the_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BALISE_CHECKPOINTS", raising=False)
    monkeypatch.setenv("BALISE_LANGUAGE", "en")
    shipped = [entry for entry in registry.entries() if not entry.own]
    for name, text in (("README.md", scoreboard.brief(shipped)), ("docs/scores.md", scoreboard.markdown(shipped))):
        document = (ROOT / name).read_text(encoding="utf-8")
        assert f"{scoreboard.START}\n{text}\n{scoreboard.END}" in document, name
