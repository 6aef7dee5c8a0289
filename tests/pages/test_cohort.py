from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.cohort.complications import kind_names
from core.text import text
from tests.pages.tables import tables

PAGE = str(Path(__file__).parents[2] / "pages" / "5_cohort.py")


def opened(language: str = "zh", tab: str = "report") -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params["lang"] = language
    app.session_state["cohort_tabs"] = text(language, f"pages_cohort.tabs.{tab}")
    return app.run()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "tab", ["report", "classes", "table_one", "missing", "distribution", "complications", "imputation"]
)
def test_every_tab_draws_in_both_languages(language, tab):
    app = opened(language, tab)
    assert not app.exception
    assert not app.error
    assert any(text(language, "frame.source.synthetic") in each.value for each in app.markdown)


def uploaded(content: bytes, labels: bytes | None = None) -> AppTest:
    app = opened("en")
    app.segmented_control(key="cohort_kind").set_value("upload").run()
    app.file_uploader(key="cohort_ehr").set_value(("own.csv", content, "text/csv"))
    if labels is not None:
        app.file_uploader(key="cohort_labels").set_value(("labels.csv", labels, "text/csv"))
    return app.run()


def test_a_table_of_ones_own_shows_its_report():
    app = uploaded("patient_id,年龄,肌酐 [mg/dL]\n1,60,1.0\n2,70,1.2\n3,80,未查\n".encode("gb18030"))
    assert not app.exception
    assert not app.error
    shown = "\n".join(each.value for each in app.markdown)
    assert text("en", "frame.source.real") in shown
    assert "µmol" in shown


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_cohort_without_complications_says_so_and_how_to_give_them(language):
    app = opened(language, "complications")
    kinds = [text(language, f"complications.kinds.{name}") for name in kind_names()]
    assert any(all(kind in info.value for kind in kinds) for info in app.info)
    assert len(tables(app)) == 1  # that of the grades of a bleed alone


def test_one_bleed_is_graded_by_four_definitions():
    app = opened("en", "complications")
    app.selectbox(key="bleed_intracranial").set_value(1.0)
    app.number_input(key="bleed_hb_fall").set_value(2.5).run()
    assert not app.exception
    table = tables(app)[-1].set_index(text("en", "bleeding.grade.definition"))
    assert table.loc["ISTH", text("en", "bleeding.grade.major")] == text("en", "values.yes")
    assert table.loc["GUSTO", text("en", "bleeding.grade.possible")] == "severe or life-threatening"
    assert table.loc["BARC", text("en", "bleeding.grade.missing")].startswith("Fatal")


def test_complications_in_the_labels_are_counted():
    app = uploaded(
        b"patient_id,age\n1,60\n2,70\n3,80\n4,50\n",
        "patient_id,outcome,并发症\n1,none,无\n2,bleeding,颅内出血、输血\n3,none,脑出血\n4,none,\n".encode(),
    )
    app.session_state["cohort_tabs"] = text("en", "pages_cohort.tabs.complications")
    app.run()
    assert not app.exception
    table = tables(app)[0].set_index(text("en", "complications.page.kind"))
    row = table.loc[text("en", "complications.kinds.intracranial")]
    # two of three; Wilson 20.8 to 93.9 %
    assert row.tolist() == ["66.7% (20.8–93.9)", "2", "3"]
    assert len(app.warning) == 1


def test_a_complication_that_nobody_knows_is_one_sentence():
    app = uploaded(
        b"patient_id,age\n1,60\n2,70\n", "patient_id,outcome,并发症\n1,none,肺炎\n2,none,无\n".encode()
    )
    assert not app.exception
    assert len(app.error) == 1


def test_labels_that_fit_no_patient_are_one_sentence():
    app = uploaded(b"patient_id,age\n1,60\n2,70\n", b"patient_id,outcome\na,none\nb,death\n")
    assert not app.exception
    assert len(app.error) == 1


def test_a_broken_table_is_one_sentence():
    app = uploaded(b"\x00\x01\x02")
    assert not app.exception
    assert len(app.error) == 1


def test_imputation_runs_on_demand(monkeypatch):
    app = uploaded(
        b"patient_id,age,heart_rate\n"
        + b"".join(b"%d,%d,%s\n" % (i, 40 + i, b"" if i % 4 == 0 else b"%d" % (70 + i)) for i in range(30))
    )
    app.session_state["cohort_tabs"] = text("en", "pages_cohort.tabs.imputation")
    app.run()
    app.button(key="cohort_impute").click().run()
    assert not app.exception
    assert any(metric.value == "8" for metric in app.metric)


LABELS = b"patient_id,outcome,group\n" + b"".join(
    b"%d,%s,%d\n" % (i, (b"none", b"none", b"death", b"bleeding")[i % 4], i // 2) for i in range(120)
)
PATIENTS = b"patient_id,age,crp,lactate\n" + b"".join(
    b"%d,%d,%s\n" % (i, 40 + i % 50, b"," if i % 3 == 0 else b"%d,%d" % (5 + i, 1 + i % 4))
    for i in range(120)
)


def on_tab(app: AppTest, tab: str) -> AppTest:
    app.session_state["cohort_tabs"] = text("en", f"pages_cohort.tabs.{tab}")
    return app.run()


def test_the_parts_shown_are_those_of_training_and_keep_persons_together():
    from core.cohort.folder_files import read_folder_files
    from core.training import split_patients

    app = on_tab(uploaded(PATIENTS, LABELS), "classes")
    assert not app.exception
    cohort = read_folder_files({"ehr.csv": PATIENTS, "labels.csv": LABELS}).cohort
    test = split_patients(cohort, "outcome", 0)
    diagram = app.get("graphviz_chart")[0].proto.spec
    assert f"{text('en', 'charts.stages.test')}\\n{test.sum()}" in diagram
    assert f"{text('en', 'charts.stages.train')}\\n{(~test).sum()}" in diagram
    assert any("60" in each.value for each in app.success)  # persons with two rows each


def test_a_class_too_small_to_train_says_why_and_still_shows_its_numbers():
    few = LABELS.replace(b"bleeding", b"none").replace(b"1,none", b"1,bleeding", 1)
    app = on_tab(uploaded(PATIENTS, few), "classes")
    assert not app.exception
    assert len(app.warning) == 1
    assert len(app.get("graphviz_chart")) == 1


def test_values_that_go_missing_together_are_one_row():
    app = on_tab(uploaded(PATIENTS, LABELS), "missing")
    assert not app.exception
    together = tables(app)[0].iloc[:, 0].tolist()
    assert together == ["C-reactive protein, Lactate"]
    assert tables(app)[1].iloc[:, 1].tolist() == ["80 (67%)", "40 (33%)"]


def test_values_out_of_range_and_far_from_the_rest_are_counted_by_column():
    rows = b"".join(
        b"%d,%d,%d\n" % (i, 40 + i % 50, (999 if i == 3 else 240 if i == 4 else 70 + i % 20))
        for i in range(60)
    )
    app = on_tab(uploaded(b"patient_id,age,heart_rate\n" + rows), "distribution")
    assert not app.exception
    row = tables(app)[0].set_index(text("en", "cohort_extremes.column")).loc["Heart rate"]
    assert row[text("en", "cohort_extremes.implausible")].startswith("1 (")
    assert row[text("en", "cohort_extremes.high")] == "1 (240)"


def test_without_labels_the_views_of_classes_say_so():
    app = on_tab(uploaded(PATIENTS), "classes")
    assert text("en", "cohort_split.no_labels") in [info.value for info in app.info]
    assert text("en", "cohort_split.no_labels") in [info.value for info in on_tab(app, "table_one").info]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_preset_can_be_downloaded_as_a_cohort_folder(language):
    app = opened(language)
    app.select_slider(key="cohort_size").set_value(500).run()
    app.button(key="cohort_zip").click().run()
    assert not app.exception
    (download,) = [each for each in app.get("download_button") if "ZIP" in each.label]
    assert re.search(r"\d+ kB", download.label)


def test_many_patients_with_recordings_are_left_to_the_command_line():
    app = opened("en")
    assert "python -m core demo" in app.code[0].value
    assert "--patients 2000" in app.code[0].value
