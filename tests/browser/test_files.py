from __future__ import annotations

import csv
import io

import pytest

from tests.browser.visitor import LANGUAGES, Visitor, named

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.parametrize("language", LANGUAGES)]


def at_tab(visitor: Visitor, page: str, tab: str) -> Visitor:
    visitor.arrive(page)
    visitor.tab(visitor.say(tab))
    return visitor


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_an_example_recording_comes_down_and_goes_up_again(visit, language):
    visitor = at_tab(visit(language), "ecg", "pages_ecg.tabs.recording")
    visitor.choose(visitor.say("pages_ecg.source.examples"), "ecg_source")
    name, content = visitor.download("ecg_example_ecg-dicom.dcm")
    assert name == "ecg-dicom.dcm"
    assert content[128:132] == b"DICM"
    visitor.choose(visitor.say("pages_ecg.source.upload"), "ecg_source")
    visitor.upload("ecg_upload", named({name: content}))
    visitor.wait_for_charts(1)
    visitor.assert_charts_are_drawn()
    visitor.assert_well()


def test_many_recordings_become_a_table_and_what_is_none_gets_its_sentence(visit, language, recording):
    visitor = at_tab(visit(language), "ecg", "pages_ecg.tabs.many")
    visitor.upload("ecg_batch", named({**recording, "notes.txt": "今天下雨。".encode()}))
    name, content = visitor.download("ecg_batch_download")
    assert name.endswith(".csv")
    rows = rows_of(content)
    assert sorted(row["quality"] for row in rows) == ["unreadable", "usable"]
    assert all(row["problem"] for row in rows if row["quality"] == "unreadable")
    visitor.settle()
    visitor.assert_well()


def test_a_table_becomes_predictions(visit, language, few):
    visitor = at_tab(visit(language), "ehr", "pages_ehr.tabs.table")
    _, template = visitor.download("ehr_template")
    assert template.decode("utf-8-sig").startswith(f"{visitor.say('pages_ehr.table.id')},")
    visitor.upload("ehr_upload", named({"ehr.csv": few["ehr.csv"]}))
    name, content = visitor.download("ehr_download")
    assert name.endswith(".csv")
    rows = rows_of(content)
    assert len(rows) == len(rows_of(few["ehr.csv"]))
    risks = [[float(value) for key, value in row.items() if key.startswith("p_")] for row in rows]
    assert all(sum(each) == pytest.approx(1, abs=0.001) for each in risks)
    visitor.settle()
    visitor.assert_well()


def test_a_new_patient_is_told_from_a_row_and_a_recording(visit, language, few, recording):
    visitor = at_tab(visit(language), "fusion", "pages_fusion.tabs.new")
    visitor.wait_for_charts(1)
    visitor.choose(visitor.say("fusion_more.new.record.upload"), "fusion_new_record")
    visitor.upload("fusion_new_table", named({"ehr.csv": few["ehr.csv"]}))
    visitor.widget("fusion_new_row").wait_for()
    visitor.choose(visitor.say("fusion_more.new.recording.upload"), "fusion_new_recording")
    visitor.upload("fusion_new_recording_files", named(recording))
    visitor.wait_for_charts(1)
    visitor.assert_charts_are_drawn()
    visitor.assert_well()
