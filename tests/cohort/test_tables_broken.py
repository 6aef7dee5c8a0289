from __future__ import annotations

import gzip
import io

import pandas as pd
import pytest

from core.cohort.tables import read_labels, read_table
from core.cohort.variables import variables
from core.errors import TableError
from tests.cohort.workbooks import archive, replace_part, workbook

GOOD = "patient_id,age,spo2\n1,70,95\n2,64,91\n"
BOOK = workbook([["patient_id", "age"], [1, 70], [2, 64]])
NESTED = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'


def parquet(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.to_parquet(out)
    return out.getvalue()


BROKEN = {
    "empty": (b"", "empty"),
    "UTF-16 mark only": (b"\xff\xfe", "empty"),
    "blank lines": (b"\n \n\t\n", "empty"),
    "mark only": (b"\xef\xbb\xbf", "empty"),
    "header only": (b"patient_id,age\n", "no_rows"),
    "identifiers only": (b"patient_id\n1\n2\n", "only_ids"),
    "data without a header": (b"1,70,95\n2,64,91\n", "header_is_data"),
    "short row": (b"patient_id,age,spo2\n1,70,95\n2,64\n", "ragged"),
    "long row": (b"patient_id,age,spo2\n1,70,95,3\n2,64,91\n", "ragged"),
    "open quotation mark": (b'patient_id,age\n1,"70\n2,64\n', "quotes"),
    "NUL bytes": (b"patient_id,age\n1,7\x000\n", "nul_bytes"),
    "half of UTF-16 without its mark": ("patient_id,age\n1,70\n".encode("utf-16-le")[:-1], "nul_bytes"),
    "NUL bytes in every second place": (b"\xff\x00,\x00" * 9 + b"\x01\x00", "nul_bytes"),
    "encodings mixed": ("患者编号,年龄\n1,70\n".encode() + "二,六十四\n".encode("gb18030"), "encoding"),
    "Latin 1": ("patient_id,größe,münchen\n1,70,ärztin\n".encode("latin-1"), "encoding"),
    "half of UTF-16": ("患者编号,年龄\n1,70\n".encode("utf-16")[:-1], "encoding"),
    "two million columns": (b"a," * 2_000_000 + b"b\n" + b"1," * 10, "too_wide"),
    "two million columns under a title": (b"Patients\n" + b"a," * 2_000_000 + b"b\n" + b"1,2\n", "too_wide"),
    "identifier doubled": (b"patient_id,age\n7,70\n7,64\n", "id_twice"),
    "identifier empty": ("患者编号,年龄\n1,70\n未知,64\n".encode(), "id_empty"),
    "identifier shortened": (b"patient_id,age\n1.23E+11,70\n1.24E+11,64\n", "id_shortened"),
    "every column left out": (
        b"patient_id,visit date,outcome\n1,2023-01-05,0\n2,2023-02-07,1\n",
        "nothing_left",
    ),
    "every value missing": (b"patient_id,age,spo2\n1,NA,-\n2,,\n", "nothing_left"),
    "every value infinite": (b"patient_id,age\n1,inf\n2,-inf\n", "nothing_left"),
    "old XLS": (bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600, "old_xls"),
    "workbook with a password": (
        bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "locked",
    ),
    "zip renamed csv": (archive(**{"ehr.csv": GOOD.encode()}), "packed"),
    "gzip renamed csv": (gzip.compress(GOOD.encode()), "packed"),
    "Word document": (archive(**{"word/document.xml": b"<w/>"}), "not_a_table"),
    "PDF": (b"%PDF-1.7\n%rest", "not_a_table"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 30, "not_a_table"),
    "web page": (b"<!DOCTYPE html>\n<html><table><tr><td>1</td></tr></table></html>", "not_a_table"),
    "JSON": (b'[{"patient_id": 1, "age": 70}]', "not_a_table"),
    "damaged zip": (BOOK[: len(BOOK) // 2], "workbook_broken"),
    "damaged sheet": (
        replace_part(BOOK, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"),
        "workbook_broken",
    ),
    "damaged workbook": (replace_part(BOOK, "xl/workbook.xml", b"nothing"), "workbook_broken"),
    "swelling workbook": (replace_part(BOOK, "xl/media/a.bin", b"\x00" * (30 << 20)), "workbook_bomb"),
    "entities in a workbook": (replace_part(BOOK, "xl/worksheets/sheet1.xml", NESTED), "workbook_entities"),
    "workbook without cells": (workbook([]), "empty"),
    "formulas without results": (workbook([["patient_id", "age"], [1, "=60+10"], [2, "=60+4"]]), "formulas"),
    "damaged Parquet": (b"PAR1" + b"\x00" * 40 + b"PAR1", "parquet_broken"),
    "Parquet without rows": (parquet(pd.DataFrame({"patient_id": [], "age": []})), "no_rows"),
}

BROKEN_LABELS = {
    "no identifier": (b"outcome\nnone\n", "labels_no_id"),
    "no labels": (b"patient_id,age\n1,70\n", "labels_none"),
    "outside the classes": (b"patient_id,outcome\n1,none\n2,alive?\n", "errors_labels.outcome"),
    "a number that is no class": (b"patient_id,pe\n1,1\n2,2\n", "errors_labels.pe"),
    "nothing filled in": (b"patient_id,pe,outcome\n1,,\n2,NA,-\n", "labels_empty"),
    "two million columns under a title": (b"Patients\n" + b"a," * 2_000_000 + b"b\n" + b"1,2\n", "too_wide"),
    "identifier doubled": (b"patient_id,pe\n1,1\n1,0\n", "id_twice"),
}


def assert_one_sentence(error: TableError, key: str) -> None:
    assert error.key == (key if "." in key else f"errors_table.{key}")
    for language, stop in (("en", "."), ("zh", "。")):
        sentence = error.say(language)
        assert "\n" not in sentence
        assert sentence.endswith(stop)
        assert sentence.count("。") == (language == "zh")
        assert len(sentence) < 400


@pytest.mark.parametrize(("data", "key"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_table_gives_one_sentence(data, key):
    with pytest.raises(TableError) as caught:
        read_table(data, "ehr.csv")
    assert_one_sentence(caught.value, key)
    assert "ehr.csv" in caught.value.say("zh")


@pytest.mark.parametrize(("data", "key"), BROKEN_LABELS.values(), ids=BROKEN_LABELS.keys())
def test_broken_labels_give_one_sentence(data, key):
    with pytest.raises(TableError) as caught:
        read_labels(data, "labels.csv")
    assert_one_sentence(caught.value, key)


def test_a_missing_file_and_a_folder_give_one_sentence(tmp_path):
    for source, key in ((tmp_path / "ehr.csv", "missing"), (tmp_path, "is_folder")):
        with pytest.raises(TableError) as caught:
            read_table(source)
        assert_one_sentence(caught.value, key)


def test_a_table_without_any_of_a_models_columns_gives_one_sentence():
    columns = (variables()["creatinine"].column(), variables()["inr"].column())
    with pytest.raises(TableError) as caught:
        read_table(GOOD.encode(), "ehr.csv", columns=columns)
    assert_one_sentence(caught.value, "none_expected")
    assert "creatinine, inr" in str(caught.value)


def test_words_of_a_file_are_never_templates_and_stay_on_one_line():
    name = "{key} {0}\n\x00" + "x" * 500
    with pytest.raises(TableError) as caught:
        read_table(b'patient_id,"{age}\n{0}"\n7,1\n7,2\n', name)
    assert_one_sentence(caught.value, "id_twice")


def test_rows_in_messages_are_those_of_the_file():
    with pytest.raises(TableError, match="row 5: 2 cells"):
        read_table(b"Patients 2023\n\npatient_id,age,spo2\n1,70,95\n2,64\n")
    with pytest.raises(TableError, match=r"\"7\" \(4\)"):
        read_table(b"patient_id,age\n7,70\n\n7,64\n")
