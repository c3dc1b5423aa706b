"""Files of accidents that are empty, cut, binary, huge, bombs or full of formulas: refused by name, or read."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from data import accidents, files, load, schema, store
from data.errors import DataError
from tests.data import official
from ui.components import import_report
from ui.export import safe_csv

Says = Callable[[object], None]
TABLE = official.text(
    official.rows("caracteristiques", *({"Num_Acc": f"20249000000{i}"} for i in range(1, 4)))
).encode()
HEADER = TABLE.partition(b"\n")[0]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, store.Dataset]:
    """An earlier import, which no refused file changes, and its folder."""
    folder = tmp_path_factory.mktemp("imported")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BALISE_DATA", str(folder / "data"))
        return folder / "data", store.import_paths([official.folder_of(folder / "2023", **tables(2023))])


@pytest.fixture
def refused(
    imported: tuple[Path, store.Dataset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """What is said of a file that cannot be imported; the earlier import stays as it was."""
    monkeypatch.setenv("BALISE_DATA", str(imported[0]))

    def import_of(content: bytes | Path, name: str = "caract-2024.csv") -> str:
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        with pytest.raises(DataError) as caught:
            store.import_paths([path])
        assert name in str(caught.value), "the file is named"
        assert len(str(caught.value)) < 600
        assert store.current() == imported[1]
        return str(caught.value)

    return import_of


def tables(year: int) -> dict:
    found = {table: official.rows(table).assign(Num_Acc=f"{year}90000001") for table in schema.TABLES}
    found["caracteristiques"]["an"] = str(year)
    return found


@pytest.mark.fault(
    area="table",
    fault="A file is empty, a picture, a program, or text of another kind",
    shown="caract-2024.csv is not a BAAC table: its first line must name the columns of caracteristiques, lieux, "
    "vehicules or usagers (Num_Acc and others), separated by semicolons or commas.",
    kept="The earlier import",
    goes_on="Every page; in a folder the file is passed over and the others are read",
)
@pytest.mark.parametrize(
    "content", [b"", b"\0" * 5000, bytes(range(256)) * 20, b"\x89PNG\r\n\x1a\n", b"\x7fELF", b"a;b\n1;2\n"]
)
def test_a_file_that_is_no_table(refused: Callable[..., str], content: bytes, says: Says) -> None:
    says(refused(content))


@pytest.mark.fault(
    area="table",
    fault="A file is cut between two cells of a row, or without quotation marks within one",
    shown="caract-2024.csv: line 4 has … cells; 15 were expected, one for each column.",
    kept="The earlier import",
    goes_on="Every page",
)
@pytest.mark.parametrize("content", [TABLE[:-13], TABLE[:-26], TABLE.replace(b'"', b"")[:-20]])
def test_a_file_cut_in_a_row(refused: Callable[..., str], content: bytes, says: Says) -> None:
    says(refused(content))


@pytest.mark.fault(
    area="table",
    fault="A file is cut in the middle of a cell",
    shown="caract-2024.csv breaks off in the middle of a cell, so rows are missing: get the file again.",
    kept="The earlier import",
    goes_on="Every page",
)
@pytest.mark.parametrize("lost", [1, 5, 11, 30, 90])
def test_a_file_cut_in_a_cell(refused: Callable[..., str], lost: int, says: Says) -> None:
    says(refused(TABLE[:-lost]))


def test_of_every_cut_of_a_file_only_one_beside_a_row_is_read(tmp_path: Path) -> None:
    """A last cell of which nothing is left may have been empty."""
    path, read = tmp_path / "caract-2024.csv", []
    for end in range(len(TABLE)):
        path.write_bytes(TABLE[:end])
        try:
            load.read_table(path)
            read.append(TABLE[:end])
        except DataError:
            pass
    lines = TABLE.split(b"\n")
    rows = [b"\n".join(lines[:n]) for n in (2, 3, 4)]
    assert read == [cut for row in rows for cut in (row[: row.rindex(b";") + 1], row, row + b"\n")][:-2]


@pytest.mark.fault(
    area="table",
    fault="A file is cut between two rows, so that its first months alone are there",
    shown="2024 is an extract: 150 of about",
    kept="All rows there are",
    goes_on="Every page; the year is left out of the daily series",
)
def test_a_file_cut_between_rows(folders: Path, says: Says) -> None:
    keys = [{"Num_Acc": f"20240000{i:04d}", "mois": "12" if i == 149 else "01"} for i in range(1, 151)]
    path = official.write(folders, "caracteristiques", official.rows("caracteristiques", *keys))
    found = store.import_paths([path])
    says(" ".join(import_report.extracts(found.report["years"])).replace("*", ""))


@pytest.mark.fault(
    area="table",
    fault="A file is in UTF-16 or UTF-32 without a mark, or in a mainframe's encoding",
    shown="caract-2024.csv is not a BAAC table: its first line must name the columns",
    kept="The earlier import",
    goes_on="Every page",
)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32", "cp500"])
def test_an_encoding_that_nobody_uses(refused: Callable[..., str], encoding: str, says: Says) -> None:
    says(refused(TABLE.decode().encode(encoding)))


@pytest.mark.fault(
    area="table",
    fault="A file was saved in the encoding of a spreadsheet program (Windows-1252)",
    shown="The file was saved as Windows-1252; the official one is UTF-8.",
    kept="Every row, with its accents",
    goes_on="The import",
)
def test_an_encoding_of_another_program(folders: Path, says: Says) -> None:
    path = folders / "caract-2024.csv"
    path.write_bytes(TABLE.decode().replace("RUE", "ALLÉE").encode("cp1252"))
    found = store.import_paths([path])
    assert found.accidents()["address"].tolist() == ["ALLÉE SIMULEE"] * 3
    says(import_report.file_table(found.report["years"]).to_string(max_colwidth=None))


@pytest.mark.fault(
    area="table",
    fault="A file has a million columns",
    shown="… has more than 1,000 columns, more than any BAAC table.",
    kept="The earlier import; next to no memory is taken",
    goes_on="Every page",
)
@pytest.mark.parametrize("columns", [5_000, 1_000_000])
def test_a_million_columns(refused: Callable[..., str], columns: int, says: Says) -> None:
    names = HEADER + b"".join(b";" + str(i).encode() for i in range(5_000))
    says(refused(names + b"\n" + b"1;" * columns))


@pytest.mark.fault(
    area="table",
    fault="A row of a file has a million cells",
    shown="caract-2024.csv: line 5 has 1000001 cells; 15 were expected, one for each column.",
    kept="The earlier import",
    goes_on="Every page",
)
def test_a_row_of_a_million_cells(refused: Callable[..., str], says: Says) -> None:
    says(refused(TABLE + b"\n" + b"1;" * 1_000_000))


def test_a_first_line_or_a_cell_that_never_ends(refused: Callable[..., str]) -> None:
    names = b"".join(b";c%d" % i for i in range(1_000_000))
    assert "is not a BAAC table" in refused(HEADER + names + b"\n" + b"1;" * 1_000_000)
    assert "caract-2024.csv" in refused(TABLE + b"\n" + b"x" * 8_000_000)


@pytest.mark.fault(
    area="table",
    fault="A zip archive is a bomb: it unpacks to more than any table has",
    shown="… has more than 30,000,000 bytes unpacked, more than any BAAC table; nothing was read.",
    kept="The earlier import; the archive is not unpacked",
    goes_on="Every page",
)
def test_a_zip_bomb(refused: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: Says) -> None:
    monkeypatch.setattr(files, "LARGEST", 30_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("caract-2024.csv", TABLE + b"\n" * 40_000_000)
    read = zipfile.ZipFile.open

    def opened(archive: zipfile.ZipFile, *given: object) -> object:
        file = read(archive, *given)  # type: ignore[arg-type]
        monkeypatch.setattr(file, "read", lambda size: small(type(file).read(file, size)))
        return file

    monkeypatch.setattr(zipfile.ZipFile, "open", opened)
    says(refused(tmp_path / "bomb.zip", "bomb.zip"))
    assert (tmp_path / "bomb.zip").stat().st_size < 100_000


def small(content: bytes) -> bytes:
    assert len(content) < 100_000, "more was unpacked than the first line needs"
    return content


@pytest.mark.fault(
    area="table",
    fault="A gzip file is a bomb, or an archive that lies about its size",
    shown="… has more than 30,000,000 bytes unpacked, more than any BAAC table; nothing was read.",
    kept="The earlier import; no more is unpacked than the largest table has",
    goes_on="Every page",
)
def test_a_gzip_bomb(refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch, says: Says) -> None:
    monkeypatch.setattr(files, "LARGEST", 30_000_000)
    bomb = gzip.compress(TABLE + b"\n" * 100_000_000, compresslevel=1)
    assert len(bomb) < 1_000_000
    says(refused(bomb, "caract-2024.csv.gz"))


@pytest.mark.fault(
    area="table",
    fault="An archive is damaged or breaks off",
    shown="cannot be …; get the archive again, or unpack it and give the files.",
    kept="The earlier import",
    goes_on="Every page",
)
@pytest.mark.parametrize("kind", ["zip", "gz"])
def test_an_archive_that_breaks_off(refused: Callable[..., str], tmp_path: Path, kind: str, says: Says) -> None:
    path = tmp_path / f"caract-2024.csv.{kind}"
    if kind == "gz":
        path.write_bytes(gzip.compress(TABLE * 50)[:-12])
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("caract-2024.csv", TABLE * 50)
        path.write_bytes(path.read_bytes()[:200])
    says(refused(path, path.name))


@pytest.mark.fault(
    area="table",
    fault="Cells hold formulas that a spreadsheet would calculate",
    shown="A code that is not in the official code book was read as unknown.",
    kept="A text as it is written; a table that is taken out of the product has an apostrophe before it",
    goes_on="The import; nothing is calculated",
)
def test_formulas(folders: Path, says: Says) -> None:
    path, formula = folders / "caract-2024.csv", "=HYPERLINK(1)"
    path.write_bytes(TABLE.replace(b"RUE SIMULEE", formula.encode()).replace(b'"6"', b'"=2+4"'))
    found = store.import_paths([path])
    frame = found.accidents(["address", "collision"])
    assert frame["address"].tolist() == [formula] * 3
    assert frame["collision"].isna().all()
    assert f"\n'{formula}," in safe_csv(frame).decode("utf-8-sig").replace("\r", "")
    says(import_report.rule_table(found.report["years"]).to_string())


@pytest.mark.slow
@pytest.mark.fault(
    area="table",
    fault="A file of 200 MB, of more than a million accidents",
    shown="1,800,000",
    kept="Every row",
    goes_on="The import",
)
def test_a_large_file(folders: Path, says: Says) -> None:
    rows = 1_800_000
    before, after = TABLE.split(b"\n")[1].split(official.FIRST.encode())
    path = folders / "caract-2024.csv"
    with path.open("wb") as file:
        file.write(HEADER)
        for number in range(rows):
            file.write(b"\n" + before + b"20249%07d" % number + after)
    assert path.stat().st_size > 200_000_000
    joined = accidents.from_paths([path])
    says(import_report.year_table(joined.report["years"], simulated=True).to_string())
