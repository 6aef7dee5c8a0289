"""What damaged uploads brought to light, each in its smallest form."""

from __future__ import annotations

import io
import json
import zlib

import numpy as np
import pandas as pd
import pytest

from core.cohort.about import parse_about
from core.cohort.archive import unpack_cohort
from core.cohort.column_mapping import parse_mapping
from core.cohort.tables import read_table
from core.ecg.beats import Beats
from core.ecg.formats._matlab import read_mat5
from core.ecg.formats._upload import Upload
from core.ecg.quality import lead_problems
from core.ecg.reading import read_recording
from core.errors import CohortError, InputError, RecordingError, TableError
from core.text import LANGUAGES
from tests.cohort.workbooks import archive, replace_part, workbook
from tests.ecg.format_examples import example

BOOK = workbook([["patient_id", "age"], [1, 70], [2, 64]])
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


def npz(**arrays: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


@pytest.mark.parametrize(
    "content", [b"a = " + b"[" * 9_000, b"seed = " + b"9" * 9_000, b"a" + b".a" * 40_000 + b"=1"]
)
def test_settings_that_no_parser_likes_are_one_sentence(content):
    with pytest.raises(CohortError):
        parse_about(content, "cohort.toml")
    with pytest.raises(TableError):
        parse_mapping(content)


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="2000000000"><c r="A2000000000"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c></row>' + b'<row><c r="XFD1"><v>1</v></c></row>' * 2_000,
    ],
    ids=["a row that no sheet has", "wide and nearly empty"],
)
def test_a_sheet_that_would_be_padded_for_ever_is_refused(rows):
    with pytest.raises(TableError):
        read_table(replace_part(BOOK, "xl/worksheets/sheet1.xml", SHEET % rows), "a.xlsx")


def test_letters_that_there_are_not_are_refused():
    letters = np.array([0xFFFFFFFF, 0], dtype="u4")
    signal = example(5.0).signal
    with pytest.raises(RecordingError, match="text"):
        read_recording(npz(signal=signal, leads=np.frombuffer(letters.tobytes(), dtype="<U1")), "a.npz")


def test_noise_of_a_recording_without_like_beats_is_a_number():
    noisy = np.random.default_rng(0).normal(0, 1.0, (12, 2_500))
    found, _ = lead_problems(noisy, noisy, Beats.none())
    assert json.dumps([problem.values for problem in found], allow_nan=False)
    assert {problem.key for problem in found} >= {"noisy"}


def test_a_packed_element_is_measured_before_it_is_kept():
    head = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
    packer, piece = zlib.compressobj(9), bytes(1 << 20)
    packed = b"".join([*(packer.compress(piece) for _ in range(201)), packer.flush()])
    content = head + (15).to_bytes(4, "little") + len(packed).to_bytes(4, "little") + packed
    with pytest.raises(RecordingError) as caught:
        read_mat5(Upload("a.mat", content))
    assert caught.value.key == "errors_recording.bomb"


def test_a_line_end_in_a_files_words_does_not_break_the_sentence(tmp_path):
    with pytest.raises(CohortError) as caught:
        unpack_cohort(archive(**{"labels.csv": b"x", "ecg/\n../a": b"x"}), tmp_path)
    assert all(caught.value.say(language).isprintable() for language in LANGUAGES)
    assert all(
        InputError("errors.file_missing", file="a\nb\x1b").say(language).isprintable()
        for language in LANGUAGES
    )


def test_thousands_of_equal_headers_are_numbered():
    content = (
        "patient_id" + ",x" * 1_500 + "\n" + "1" + ",5" * 1_500 + "\n" + "2" + ",6" * 1_500 + "\n"
    ).encode()
    names = [column.name for column in read_table(content, "a.csv").columns]
    assert names[:2] == ["x", "x (2)"]
    assert names[-1] == "x (1500)"


def test_parquet_texts_that_are_none_are_refused():
    out = io.BytesIO()
    pd.DataFrame({"patient_id": ["a", "b"], "word": ["qwertz", "zztop"]}).to_parquet(out, compression=None)
    content = out.getvalue()
    assert content.count(b"qwertz") > 0
    with pytest.raises(TableError) as caught:
        read_table(content.replace(b"qwertz", b"qwer\xb0z"), "a.parquet")
    assert caught.value.key == "errors_table.parquet_broken"


@pytest.mark.parametrize("cell", ["E11", "e3", "<E3", "+e3", "E3 床"])
def test_codes_that_look_like_the_end_of_a_number_are_words(cell):
    rows = "".join(f"p{i},{40 + i},{cell if i % 2 else 'I26'}\n" for i in range(12))
    table = read_table(f"patient_id,age,codes\n{rows}".encode(), "a.csv")
    assert "E" in "".join(table.frame["codes"]).upper()
