from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.text import text
from pages.parts.wording import plain
from tests.pages.tables import tables

PAGE = str(Path(__file__).parents[2] / "pages" / "5_cohort.py")
FILES = {
    "cohort.toml": b'name = "made up"\nindex_time = "first hours"\nsignals = "/etc"\n',
    "ehr.csv": b"patient_id,age,sex\n"
    + b"".join(b"%d,%d,%s\n" % (i, 40 + i, b"fm"[i % 2 :][:1]) for i in range(12)),
    "labels.csv": b"patient_id,pe\n" + b"".join(b"%d,%d\n" % (i, i % 2) for i in range(12)),
    "flow.csv": b"part,step,kind,after,admissions,persons\n"
    b"lytic_drug,any_lytic,kept,,4,4\n"
    b"diagnosis,admissions,kept,,1200,900\n"
    b'diagnosis,"my ""own"" <step>\\",left_out,admissions,1100,800\n'
    b"diagnosis,suspected_ended,left_out,admissions,0,0\n"
    b"diagnosis,controls,kept,admissions,100,90\n",
    "table_one.csv": b"task,variable,level,unit,class,patients,missing,count,share,mean,sd,median,lower_quartile,"
    b"upper_quartile,difference\n"
    b"diagnosis,age,,years,no_pe,6,1,,,50,3,51,48,53,0.25\n"
    b"diagnosis,age,,years,pe,6,0,,,55,3,56,52,58,0.25\n"
    b"diagnosis,sex,female,,no_pe,6,0,2,0.3333,,,,,,\n"
    b"diagnosis,sex,female,,pe,6,0,3,0.5,,,,,,\n",
}


def opened(language: str = "en", **changes: bytes | None) -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params["lang"] = language
    app.run()
    app.segmented_control(key="cohort_kind").set_value("folder").run()
    files = {**FILES, **{name.replace("__", "."): content for name, content in changes.items()}}
    given = [(name, content, "text/csv") for name, content in files.items() if content is not None]
    app.file_uploader(key="cohort_folder").set_value(given)
    return app.run()


def diagram(app: AppTest) -> str:
    return app.get("graphviz_chart")[0].proto.spec


@pytest.mark.parametrize("language", ["zh", "en"])
def test_flow_and_table_one_are_drawn_in_both_languages(language):
    app = opened(language)
    assert not app.exception
    assert not app.error
    assert text(language, "cohort_flow.steps.controls") in diagram(app)
    step = text(language, "cohort_flow.step")
    assert text(language, "cohort_flow.steps.controls") in tables(app)[0][step].tolist()
    assert text(language, "frame.source.real") in "\n".join(each.value for each in app.markdown)


def test_the_same_files_in_a_zip_are_the_same_cohort_and_go_with_it():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, content in FILES.items():
            packed.writestr(f"mine/{name}", content)
        packed.writestr("mine/ecg/1.csv", b"0")
    app = opened()
    before = diagram(app), app.session_state["cohort_folder_read"][1].cohort.digest()
    app.file_uploader(key="cohort_folder").set_value(
        [("mine.ZIP", buffer.getvalue(), "application/zip")]
    ).run()
    assert not app.exception
    assert not app.error
    assert (diagram(app), app.session_state["cohort_folder_read"][1].cohort.digest()) == before
    app.file_uploader(key="cohort_folder").set_value([]).run()
    assert "cohort_unzipped" not in app.session_state
    broken = [("mine.zip", b"no archive", "application/zip")]
    app.file_uploader(key="cohort_folder").set_value(broken).run()
    assert [each.value for each in app.error] == [plain(text("en", "errors_archive.broken"))]


def test_each_step_hangs_below_the_one_it_comes_from_and_empty_reasons_only_stand_in_the_table():
    app = opened()
    lines = diagram(app).splitlines()
    assert "n0 -> n1 [style=dashed]" in lines
    assert "n0 -> n3" in lines
    assert any("1,100" in line and "800" in line for line in lines)
    assert text("en", "cohort_flow.steps.suspected_ended") not in diagram(app)
    assert len(tables(app)[0]) == 4


def test_words_of_another_program_cannot_break_out_of_their_box():
    assert "my 'own' ‹step›/" in diagram(opened())


def test_table_one_has_a_column_a_class_with_missing_and_difference():
    app = opened()
    app.session_state["cohort_tabs"] = text("en", "pages_cohort.tabs.table_one")
    app.run()
    assert not app.exception
    table = tables(app)[1].set_index(text("en", "cohort_flow.variable"))
    age = table.loc["Age [years]"]
    # ages 40 to 51: the even ones have no embolism, the odd ones have
    assert age.iloc[:2].tolist() == ["45 (42–48)", "46 (44–48)"]
    assert age[text("en", "cohort_flow.missing")] == "0 / 0"
    assert age[text("en", "cohort_flow.difference")] == "0.27"
    assert table.loc["Sex: Female"].iloc[:2].tolist() == ["6 (100.0%)", "0 (0.0%)"]
    assert table.columns[0].endswith("(n = 6)")


def test_a_folder_without_them_shows_the_cohort_alone():
    app = opened(flow__csv=None, table_one__csv=None, cohort__toml=None)
    assert not app.exception
    assert not app.error
    assert not app.get("graphviz_chart")


@pytest.mark.parametrize(
    "changes",
    [
        {"ehr__csv": None},
        {"flow__csv": b"a,b\n1,2\n"},
        {"table_one__csv": b"\x00\xff"},
        {"cohort__toml": b"name = "},
        {"labels__csv": b"patient_id,pe\nx,1\n"},
    ],
)
def test_what_cannot_be_read_is_one_sentence(changes):
    app = opened(**changes)
    assert not app.exception
    assert len(app.error) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_cohort_from_mimic_says_what_it_is_in_the_readers_language(language):
    from core.cohort.mimic_iv import Options
    from core.cohort.mimic_iv.stating import outcome_definition, settings

    about = f'name = "MIMIC-IV"\nsource = "MIMIC-IV (PhysioNet)"\ngenerator = "{settings(Options())}"\n'
    app = opened(language, cohort__toml=about.encode())
    shown = "\n".join(each.value for each in app.caption).replace("\\", "")
    assert outcome_definition(Options(), language)[:30] in shown
