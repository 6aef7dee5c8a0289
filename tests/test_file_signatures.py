from __future__ import annotations

import gzip
import io
import pickle

import pandas as pd
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from core.cohort.folder import load_cohort
from core.cohort.tables import holds_patients, read_labels, read_table
from core.ecg.reading import read_recording
from core.errors import RecordingError, TableError
from core.file_signatures import is_pickle
from core.mutation import seeds
from core.prediction_files import predict_files
from core.recordings import read_one

NUL = bytes(300)
RECORDINGS = seeds.recording_files()


def zipped(name: str) -> bytes:
    return seeds.zipped({name: b"x"})


OTHERS = {
    "SPSS": b"$FL2@(#) SPSS DATA FILE" + NUL,
    "SPSS packed": b"$FL3@(#) SPSS DATA FILE" + NUL,
    "Stata": b"<stata_dta><header>" + NUL,
    "Stata old": b"\x72\x02\x01\x00" + NUL,
    "SAS": bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011") + NUL,
    "SAS transport": b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!" + NUL,
    "R": gzip.compress(b"X\n\x00\x00\x00\x03" + NUL),
    "R unpacked": b"RDX3\nX\n" + NUL,
    "Word (DOC)": bytes.fromhex("d0cf11e0a1b11ae1") + NUL + "WordDocument".encode("utf-16-le") + NUL,
    "Word (DOCX)": zipped("word/document.xml"),
    "Apple Numbers": zipped("Index/Document.iwa"),
    "Access": b"\x00\x01\x00\x00Standard ACE DB\x00" + NUL,
    "DBF": b"\x03\x7a\x01\x01\x02\x00\x00\x00\x61\x00\x20\x00" + NUL,
    "HEIC": b"\x00\x00\x00\x18ftypheic" + NUL,
    "JPEG": b"\xff\xd8\xff\xe0" + NUL,
    "BMP": b"BM\x10\x00\x00\x00" + NUL,
    "WEBP": b"RIFF\x10\x00\x00\x00WEBPVP8 " + NUL,
    "PDF": b"%PDF-1.7\n" + NUL,
    "EXE": b"MZ\x90\x00\x03" + NUL,
    "HL7": b"MSH|^~\\&|A|B|C|D|20200101||ORU^R01|1|P|2.3\rPID|1||123\r",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "HTML": b"<html><form>",
    "Excel 2003 XML": b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook></Workbook>',
    "XML": "<?xml version='1.0' encoding='utf-16'?><a><b/></a>".encode("utf-16"),
}
TABLE = b"patient_id,age,sex\n1,70,f\n2,60,m\n"


@pytest.mark.parametrize("kind", sorted(RECORDINGS))
def test_a_recording_given_as_a_table_is_called_one_whatever_its_format(kind):
    for name, content in RECORDINGS[kind].items():
        if name.endswith(".dat"):
            continue  # samples alone bear no mark
        with pytest.raises(TableError) as caught:
            read_table(content, name)
        assert caught.value.key == "errors_signatures.recording", name
        assert "--ecg" in caught.value.say("zh")


@pytest.mark.parametrize("name", OTHERS)
def test_another_kind_of_file_is_named_and_not_called_damaged(name):
    for read in (read_table, read_labels):
        with pytest.raises(TableError) as caught:
            read(OTHERS[name], "ehr.csv")
        assert caught.value.key == "errors_table.not_a_table"
        assert str(caught.value.values["kind"]) in name


FRAME = pd.DataFrame({"patient_id": ["p1", "p2"], "age": [70, 64]})
PICKLED = {
    "table": FRAME,
    "list": [1, 2.5, "x"],
    "dict": {"a": [1, None]},
    "words": ("a", "b"),
    "word": "p,1",
}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("held", PICKLED)
def test_a_pickle_of_any_protocol_is_refused_as_one_and_never_loaded(protocol, held):
    content = pickle.dumps(PICKLED[held], protocol)
    for read in (read_table, read_labels):
        with pytest.raises(TableError) as caught:
            read(content, "ehr.csv")
        assert caught.value.key == "errors_table.pickle"
        assert "CSV" in caught.value.say("zh")
    with pytest.raises(RecordingError) as told:
        read_recording(content, "ecg.csv")
    assert told.value.values.get("kind") == "Python pickle"


@pytest.mark.parametrize(
    "content",
    [
        TABLE,
        b"V1,V2\n0.5,1.\n0.7,1.\n",
        b"id,age\n1,50\n2,60.",
        b"Study,I\n1,2.\n",
        b"code,a\n0,1\n1,1.",
        b"Visit,note\n" + b"".join(b"V%03d,well.\n" % n for n in range(90)),
        b"(lp0\nI1\na",
        b"]\n.",
        b"",
    ],
)
def test_a_table_whose_text_begins_like_a_pickle_is_none(content):
    assert not is_pickle(content)


def dicom(sop_class: str, modality: str, **held: object) -> bytes:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = sop_class
    dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID, dataset.SOPInstanceUID, dataset.Modality = sop_class, "1.2.3", modality
    for name, value in held.items():
        setattr(dataset, name, value)
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


CT = dicom("1.2.840.10008.5.1.4.1.1.2", "CT", Rows=2, Columns=2)


def test_a_dicom_image_is_called_an_image_without_a_waveform_and_no_recording():
    with pytest.raises(TableError) as caught:
        read_table(CT, "ehr.csv")
    assert caught.value.key == "errors_signatures.picture"
    with pytest.raises(RecordingError) as told:
        read_recording(CT, "ct.dcm")
    assert told.value.key == "errors_recording.image"
    for language in ("zh", "en"):
        assert "CT" in told.value.say(language)


def test_a_dicom_without_waveform_or_image_says_that_the_waveform_is_missing():
    with pytest.raises(RecordingError) as told:
        read_recording(dicom("1.2.840.10008.5.1.4.1.1.9.1.1", "ECG"), "a.dcm")
    assert told.value.key == "errors_recording.no_rhythm"


def test_an_old_workbook_and_a_packed_table_keep_their_own_sentence():
    book = bytes.fromhex("d0cf11e0a1b11ae1") + NUL + "Workbook".encode("utf-16-le")
    for content, key in ((book, "old_xls"), (gzip.compress(TABLE), "packed"), (zipped("ehr.csv"), "packed")):
        with pytest.raises(TableError) as caught:
            read_table(content, "ehr.csv")
        assert caught.value.key == f"errors_table.{key}"


@pytest.mark.parametrize(
    "first", ["BMI", "MZ", "I", "0", "RIFF", "<LOD", "X", "%", "GIF", "BM", "V1,V2,V3,V4,V5,V6"]
)
def test_a_table_whose_header_begins_like_a_mark_is_still_a_table(first):
    content = f"{first},patient_id,age\n" + "".join(
        f"{','.join('7' * (1 + first.count(',')))},{i},{40 + i}\n" for i in range(9)
    )
    assert "age" in read_table(content.encode()).frame


def test_leads_in_columns_are_a_recording_unless_rows_are_patients():
    leads = "I,II,III,aVR,aVL,aVF"
    rows = "".join(f"{i},0.1,0.2,0.3,0.4,0.{i}\n" for i in range(9))
    with pytest.raises(TableError) as caught:
        read_table(f"{leads}\n{rows}".encode())
    assert caught.value.key == "errors_signatures.recording"
    ids = "".join(f"p{i},{i},0.1,0.2,0.3,0.4,0.{i}\n" for i in range(9))
    assert len(read_table(f"patient_id,{leads}\n{ids}".encode()).frame) == 9


def test_a_table_of_patients_is_told_from_samples_and_from_anything_else():
    out = io.BytesIO()
    seeds.table().to_excel(out, index=False)
    assert all(map(holds_patients, (TABLE, out.getvalue(), "年龄,心率\n60,80\n".encode("gb18030"))))
    samples = [content for files in RECORDINGS.values() for content in files.values()]
    assert not any(map(holds_patients, (*samples, *OTHERS.values(), b"", b"a,b\n1,2\n")))


def test_files_in_each_others_place_are_named_on_the_command_line(tmp_path, trained):
    dicom = next(iter(RECORDINGS["dicom"].values()))
    (tmp_path / "a.dcm").write_bytes(dicom)
    (tmp_path / "table.csv").write_bytes(TABLE)
    with pytest.raises(TableError, match=r"DICOM.*--ecg"):
        predict_files(trained, tmp_path / "a.dcm", None, "outcome", print)
    for name in ("table.csv", "table.xlsx"):
        if name.endswith("xlsx"):
            (tmp_path / name).write_bytes(seeds.workbook_bytes(seeds.table()))
        with pytest.raises(RecordingError) as caught:
            predict_files(trained, None, tmp_path / name, "outcome", print)
        assert caught.value.key == "errors_signatures.patients"


def test_an_uploaded_table_is_called_one_and_a_damaged_recording_keeps_its_sentence(tmp_path):
    for source, called in ((TABLE, "ECG"), ({"病人.csv": TABLE}, "病人.csv"), (tmp_path / "t.csv", "t.csv")):
        if not isinstance(source, (bytes, dict)):
            source.write_bytes(TABLE)
        with pytest.raises(RecordingError) as caught:
            read_one(source)
        assert caught.value.key == "errors_signatures.patients"
        assert called in caught.value.say("zh")
    for source in (b"", b"I,II\n1,2\n", {}, {"a.hea": TABLE, "b.dat": NUL}, OTHERS["PDF"]):
        with pytest.raises(RecordingError) as caught:
            read_one(source)
        assert caught.value.key.startswith("errors_recording.")
    whole = read_one(RECORDINGS["wfdb"])
    assert whole.rate_hz == 500


@pytest.mark.parametrize("name", ["ehr.csv", "labels.csv", "ecg.csv"])
def test_a_recording_in_the_place_of_a_cohorts_table_is_named(tmp_path, name):
    files = {"ehr.csv": TABLE, "labels.csv": b"patient_id,pe\n1,1\n2,0\n"}
    files[name] = next(iter(RECORDINGS["dicom"].values()))
    for file, content in files.items():
        (tmp_path / file).write_bytes(content)
    with pytest.raises(TableError, match=f"{name} has a form that ECGs are recorded in"):
        load_cohort(tmp_path)
