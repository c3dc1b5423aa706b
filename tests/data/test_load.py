"""Official files are known by their header; what cannot be read is refused by name."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from data import load, schema
from data.errors import DataError
from data.files import Given
from tests.data import official


def refused(path: Path, *words: str) -> None:
    """Reading fails with one sentence that names the file and the words."""
    with pytest.raises(DataError) as caught:
        load.read_table(path)
    message = str(caught.value)
    assert "\n" not in message
    assert [word for word in (path.name, *words) if word not in message] == []


@pytest.mark.parametrize("table", schema.TABLES)
def test_a_table_is_known_by_its_columns_not_by_its_name(tmp_path: Path, table: schema.Table) -> None:
    frame = official.rows(table, {}, {"Num_Acc": official.SECOND})
    raw = load.read_table(official.write(tmp_path, table, frame, name="odd name (1).csv"))
    assert (raw.table, raw.years, raw.absent) == (table, (2024,), ())
    assert raw.frame.astype("str").equals(frame)
    assert raw.repairs == ()


def test_cells_stay_as_written(tmp_path: Path) -> None:
    address = 'RUE "SIMULEE"; BIS'
    frame = official.rows("caracteristiques", {"lum": " -1", "adr": address, "dep": "01", "lat": ""})
    raw = load.read_table(official.write(tmp_path, "caracteristiques", frame))
    assert raw.frame.astype("str").loc[0, ["lum", "adr", "dep", "lat"]].tolist() == [" -1", address, "01", ""]


def test_the_key_of_2022_has_another_name(tmp_path: Path) -> None:
    frame = official.rows("caracteristiques").rename(columns={"Num_Acc": "Accident_Id"})
    raw = load.read_table(official.write(tmp_path, "caracteristiques", frame, "carcteristiques-2022.csv"))
    assert raw.frame["Num_Acc"].tolist() == [official.FIRST]


def test_index_column_byte_order_mark_no_quotes_and_crlf(tmp_path: Path) -> None:
    frame = official.rows("caracteristiques", {}, {"Num_Acc": official.SECOND})
    path = tmp_path / "saved again.csv"
    path.write_bytes(b"\xef\xbb\xbf" + frame.to_csv(sep=";", lineterminator="\r\n").encode())
    raw = load.read_table(path)
    assert raw.frame["Num_Acc"].tolist() == [official.FIRST, official.SECOND]
    assert raw.frame["long"].tolist() == ["6,20000000"] * 2


def test_a_file_saved_as_windows_1252(tmp_path: Path) -> None:
    frame = official.rows("caracteristiques", {"adr": "ALLÉE SIMULÉE"})
    path = tmp_path / "caract.csv"
    path.write_bytes(official.text(frame).encode("cp1252"))
    assert load.read_table(path).frame["adr"].tolist() == ["ALLÉE SIMULÉE"]


def test_columns_that_are_missing_are_told(tmp_path: Path) -> None:
    frame = official.rows("usagers").drop(columns=["id_usager", "actp"])
    assert load.read_table(official.write(tmp_path, "usagers", frame)).absent == ("id_usager", "actp")


@pytest.mark.parametrize(
    ("table", "column"),
    [("caracteristiques", "Num_Acc"), ("caracteristiques", "mois"), ("lieux", "Num_Acc"), ("usagers", "Num_Acc")],
)
def test_a_missing_key_column(tmp_path: Path, table: schema.Table, column: str) -> None:
    frame = official.rows(table).drop(columns=column)
    refused(official.write(tmp_path, table, frame), f"the column {column} is missing", table)


def test_vehicles_need_an_identifier_or_a_letter(tmp_path: Path) -> None:
    both = official.rows("vehicules")
    refused(official.write(tmp_path, "vehicules", both.drop(columns=["id_vehicule", "num_veh"])), "id_vehicule")
    load.read_table(official.write(tmp_path, "vehicules", both.drop(columns="id_vehicule")))


@pytest.mark.parametrize("separator", [",", "\t", "|"])
def test_another_separator_is_a_repair(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "caract-2024.csv"
    frame = official.rows("caracteristiques")
    frame.to_csv(path, sep=separator, index=False)
    raw = load.read_table(path)
    assert raw.frame.astype("str").equals(frame)
    assert raw.repairs == ("separator",)


def test_a_row_with_another_number_of_cells(tmp_path: Path) -> None:
    path = official.write(tmp_path, "lieux", official.rows("lieux", *[{}] * 3))
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[2] = lines[2].rpartition(";")[0]
    path.write_text("\n".join(lines), encoding="utf-8")
    refused(path, "line 3", "17 cells", "18 were expected")


def test_accident_numbers_that_a_spreadsheet_rewrote(tmp_path: Path) -> None:
    frame = official.rows("lieux", {"Num_Acc": "2,02E+11"})
    refused(official.write(tmp_path, "lieux", frame), "Num_Acc", "'2,02E+11'", "their last digits are lost")


def test_a_column_that_stands_twice(tmp_path: Path) -> None:
    path = official.write(tmp_path, "lieux")
    path.write_text(path.read_text(encoding="utf-8").replace('"voie"', '"vma"'), encoding="utf-8")
    refused(path, "vma", "twice")


NO_TABLES = [b"", b"\x00\x01\x02", b"%PDF-1.7\r1;2", b"date;accidents\n2024-01-01;5\n", b"Num_Acc\n1\n"]


@pytest.mark.parametrize("content", NO_TABLES)
def test_a_file_that_is_no_table(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    refused(path, "is not a BAAC table", "Num_Acc")


@pytest.mark.parametrize("content", NO_TABLES)
def test_a_file_that_is_no_table_does_not_spoil_its_folder(tmp_path: Path, content: bytes) -> None:
    lieux = official.write(tmp_path, "lieux")
    (tmp_path / "other").write_bytes(content)
    assert load.find([tmp_path]) == ([Given(lieux)], [str(tmp_path / "other")])


def test_a_header_without_rows(tmp_path: Path) -> None:
    refused(official.write(tmp_path, "lieux", official.rows("lieux").head(0)), "no row")


def test_find_takes_the_tables_of_a_folder_and_lists_the_rest(tmp_path: Path) -> None:
    named = official.write(tmp_path, "usagers", name="named.csv")
    folder = tmp_path / "2024"
    (folder / "deeper").mkdir(parents=True)
    lieux = official.write(folder / "deeper", "lieux")
    caract = official.write(folder, "caracteristiques")
    (folder / "codebook.json").write_text("{}", encoding="utf-8")
    (folder / ".hidden.csv").write_text("x", encoding="utf-8")
    (folder / "vehicules-immatricules-baac-2024.csv").write_text("Id_accident;Année;CNIT\n1;2;3\n", encoding="utf-8")
    found, ignored = load.find([named, folder, caract])
    assert found == [Given(named), Given(caract), Given(lieux)]
    assert [Path(p).name for p in ignored] == ["codebook.json", "vehicules-immatricules-baac-2024.csv"]


def test_find_refuses_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.csv does not exist"):
        load.find([tmp_path / "nowhere.csv"])
    with pytest.raises(DataError, match="holds no BAAC table"):
        load.find([tmp_path])


def test_a_file_that_may_not_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = official.write(tmp_path, "lieux")

    def forbidden(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)
    refused(path, "cannot be read", "Permission denied")


# the layout of 2005 to 2018 and what happens to files on their way


@pytest.mark.parametrize("table", schema.TABLES)
@pytest.mark.parametrize("separator", [",", "\t"])
def test_old_files_are_whole_as_they_are(tmp_path: Path, table: schema.Table, separator: str) -> None:
    path = tmp_path / "old.csv"
    frame = official.old_rows(table)
    path.write_bytes(frame.to_csv(index=False, sep=separator, lineterminator="\r\n").encode("latin-1"))
    raw = load.read_table(path)
    assert (raw.table, raw.years, raw.absent, raw.repairs) == (table, (2013,), (), ())
    assert raw.frame.astype("str").equals(frame[list(raw.frame)])


def test_old_files_are_latin_1(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    frame = official.old_rows("caracteristiques", {"adr": "ALLÉE SIMULÉE, 2"})
    path.write_bytes(frame.to_csv(index=False).encode("latin-1"))
    raw = load.read_table(path)
    assert raw.frame["adr"].tolist() == ["ALLÉE SIMULÉE, 2"]
    assert raw.repairs == ()


@pytest.mark.parametrize(
    ("encoding", "repair"), [("utf-8-sig", "byte_order_mark"), ("utf-16", "utf_16"), ("cp1252", "windows_1252")]
)
def test_encodings_are_repairs(tmp_path: Path, encoding: str, repair: str) -> None:
    path = tmp_path / "caract.csv"
    frame = official.rows("caracteristiques", {"adr": "ALLÉE SIMULÉE"})
    path.write_bytes(official.text(frame).encode(encoding))
    raw = load.read_table(path)
    assert raw.frame["adr"].tolist() == ["ALLÉE SIMULÉE"]
    assert raw.repairs == (repair,)


def test_a_row_number_in_front_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "caract.csv"
    official.rows("caracteristiques", {}, {"Num_Acc": official.SECOND}).to_csv(path, sep=";")
    raw = load.read_table(path)
    assert raw.repairs == ("other_columns",)
    assert raw.frame["Num_Acc"].tolist() == [official.FIRST, official.SECOND]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system(tmp_path: Path, end: str) -> None:
    path = tmp_path / "lieux.csv"
    frame = official.rows("lieux", *[{}] * 3)
    path.write_bytes(official.text(frame).replace("\n", end).encode() + 3 * end.encode())
    assert load.read_table(path).frame.astype("str").equals(frame)


def without_quotes(frame: pd.DataFrame) -> str:
    return "\n".join(";".join(cells) for cells in [list(frame), *frame.to_numpy().tolist()])


def test_a_separator_in_the_address_of_a_file_that_lost_its_quotes(tmp_path: Path) -> None:
    path = tmp_path / "caract.csv"
    frame = official.rows("caracteristiques", {}, {"Num_Acc": official.SECOND, "adr": "RUE; SIMULEE; BIS"})
    path.write_text(without_quotes(frame), encoding="utf-8")
    raw = load.read_table(path)
    assert raw.frame.astype("str").equals(frame)
    assert raw.repairs == ("cells_joined",)


def test_a_surplus_cell_that_may_belong_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "usagers.csv"
    frame = official.rows("usagers", {}, {"Num_Acc": official.SECOND, "actp": "1;2"})
    path.write_text(without_quotes(frame), encoding="utf-8")
    refused(path, "line 3", "17 cells", "16 were expected")


def test_a_quotation_mark_that_opens_and_never_closes(tmp_path: Path) -> None:
    path = tmp_path / "caract.csv"
    numbers = [f"2024900000{i:02d}" for i in range(1, 7)]
    frame = official.rows("caracteristiques", *({"Num_Acc": number} for number in numbers))
    frame.loc[[1, 3], "adr"] = ['"LES PINS', '"LE BOURG']
    path.write_text(without_quotes(frame), encoding="utf-8")
    raw = load.read_table(path)
    assert raw.frame["Num_Acc"].tolist() == numbers
    assert raw.frame["adr"].tolist()[1] == '"LES PINS'
    assert raw.repairs == ("unmatched_quotes",)


def test_an_address_over_two_lines_is_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "caract.csv"
    frame = official.rows("caracteristiques", {"adr": "RUE\nSIMULEE"}, {"Num_Acc": official.SECOND})
    frame.to_csv(path, sep=";", index=False)
    raw = load.read_table(path)
    assert raw.frame.astype("str").equals(frame)
    assert raw.repairs == ()


def test_a_year_of_an_unknown_layout(tmp_path: Path) -> None:
    frame = official.rows("lieux", {"Num_Acc": "203190000001"})
    refused(official.write(tmp_path, "lieux", frame), "Num_Acc", "the year 2031", "2005 to 2024")


def test_a_file_of_several_years(tmp_path: Path) -> None:
    frame = official.rows("lieux", {"Num_Acc": "202390000001"}, {})
    assert load.read_table(official.write(tmp_path, "lieux", frame)).years == (2023, 2024)


def test_every_repair_is_explained_in_one_sentence() -> None:
    for repair in load.REPAIRS:
        assert load.explanation(repair).endswith(".")
