"""The ECG page as a whole, and one recording on it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.ecg.interpretation import read_ecg
from core.ecg.recording import LEADS, Recording
from core.ecg.signs import find_signs
from core.ecg.writing import EXAMPLE_FORMATS, example_files
from core.text import has_text, text
from pages.parts.ecg_demonstrations import DEMONSTRATIONS, demonstration
from pages.parts.wording import plain
from tests.pages.tables import tables

ROOT = Path(__file__).parents[2]
PAGE = str(ROOT / "pages" / "1_ecg.py")


@pytest.fixture(autouse=True)
def without_models(tmp_path, monkeypatch):
    """Let the page see no saved model unless a test gives it one."""
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))


def opened(language: str = "en", tab: str = "recording") -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params["lang"] = language
    app.session_state["ecg_tabs"] = text(language, f"pages_ecg.tabs.{tab}")
    return app.run()


def uploaded(files: dict[str, bytes], language: str = "en") -> AppTest:
    app = opened(language)
    app.segmented_control(key="ecg_source").set_value("upload").run()
    app.file_uploader(key="ecg_upload").set_value([(name, content, "") for name, content in files.items()])
    return app.run()


def shown(app: AppTest) -> str:
    elements = [*app.markdown, *app.caption, *app.success, *app.info, *app.error]
    return "\n".join(str(each.value) for each in elements)


def charts_of(app: AppTest) -> list[str]:
    return [chart.proto.spec for chart in app.get("plotly_chart")]


def sign_table(app: AppTest):
    return next(each.set_index("Sign") for each in tables(app) if "On the trace" in each)


@pytest.fixture(scope="module")
def typical() -> Recording:
    return demonstration("typical").recording


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("tab", ["results", "recording", "many"])
def test_every_tab_draws_in_both_languages_without_a_model(language, tab):
    app = opened(language, tab)
    assert not app.exception
    assert not app.error
    assert text(language, "frame.notice") in shown(app)


def test_without_a_model_the_page_says_how_to_train_one():
    assert "python -m core train" in opened(tab="results").info[0].value


def test_a_first_view_takes_no_model_library_in(tmp_path):
    script = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"app = AppTest.from_file({PAGE!r}, default_timeout=60).run()\n"
        "assert not app.exception, app.exception\n"
        "print(sorted({'torch', 'onnxruntime', 'xgboost', 'sklearn', 'shap', 'numba', 'scipy'} & set(sys.modules)))\n"
    )
    environment = {**os.environ, "PE_ARTIFACTS": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", list(DEMONSTRATIONS))
def test_every_demonstration_patient_draws_and_is_called_synthetic(name):
    app = opened("zh")
    app.radio(key="ecg_demonstration").set_value(name).run()
    assert not app.exception
    assert not app.error
    assert text("zh", "frame.source.synthetic") in shown(app)
    (chart,) = charts_of(app)
    assert text("zh", "charts.synthetic") in chart
    assert len(chart) < 400_000


def test_the_typical_patient_is_read_with_the_signs_that_are_announced():
    app = opened()
    signs = sign_table(app)
    present = set(signs.index[signs["Verdict"].str.endswith("present")])
    assert {"Sinus tachycardia", "S1Q3T3", "T inversion V1–V3"} <= present
    marked = signs.loc[signs["Verdict"].str.endswith("present"), "On the trace"]
    assert marked.str.len().eq(1).all()


@pytest.mark.parametrize("name", ["silent", "control"])
def test_patients_announced_without_signs_have_none_of_embolism(name):
    app = opened()
    app.radio(key="ecg_demonstration").set_value(name).run()
    signs = sign_table(app)
    present = set(signs.index[signs["Verdict"].str.endswith("present")])
    assert not present & {
        "Sinus tachycardia",
        "S1Q3T3",
        "T inversion V1–V3",
        "Complete RBBB",
        "Incomplete RBBB",
    }


def test_without_a_model_there_is_no_probability_and_the_page_says_why():
    assert text("en", "pages_ecg.model.none") in shown(opened())


@pytest.mark.parametrize("source_format", EXAMPLE_FORMATS)
def test_every_example_file_comes_back_through_the_upload(typical, source_format):
    app = uploaded(example_files(typical, source_format))
    assert not app.exception
    assert not app.error
    assert text("en", f"pages_ecg.formats.{source_format}") in shown(app)
    assert len(charts_of(app)) == 1


def test_every_format_can_be_downloaded():
    app = opened()
    app.segmented_control(key="ecg_source").set_value("examples").run()
    assert not app.exception
    assert len(app.get("download_button")) == len(EXAMPLE_FORMATS) + 1  # WFDB is two files


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "files", [{"x.csv": b"%PDF-1.7 ..."}, {"a.npy": b"\x93NUMPY"}, {"a.xml": b"<a/>", "b.xml": b"<b/>"}]
)
def test_a_file_that_cannot_be_read_is_one_sentence(files, language):
    app = uploaded(files, language)
    assert not app.exception
    assert len(app.error) == 1
    assert "\n" not in app.error[0].value
    assert not charts_of(app)


def test_a_wrong_unit_is_one_sentence_and_is_corrected_at_once(typical):
    table = "\n".join(",".join(f"{value:.0f}" for value in row) for row in 1000 * typical.signal.T)
    content = (",".join(f"{lead} [mV]" for lead in LEADS) + "\n" + table).encode()
    app = uploaded({"thousand.csv": content})
    assert len(app.error) == 1
    field = next(each for each in app.selectbox if each.key.startswith("ecg_unit_"))
    field.set_value("µV").run()
    assert not app.exception
    assert not app.error
    assert plain(text("en", "recording.unit_overruled", stated="mV", given="µV")) in shown(app)


def test_a_corrected_rate_changes_the_heart_rate(typical):
    app = uploaded(example_files(typical, "npy"))
    before = app.metric[0].value
    field = next(each for each in app.number_input if each.key.startswith("ecg_rate_"))
    field.set_value(250.0).run()
    assert not app.exception
    number = [int(value.split()[0]) for value in (before, app.metric[0].value)]
    assert number[1] == pytest.approx(number[0] / 2, abs=2)


def test_an_unusable_recording_shows_why_and_gets_no_probability():
    rng = np.random.default_rng(0)
    noise = Recording(rng.normal(0, 0.3, (12, 5000)).astype(np.float32), 500.0, "npy")
    app = uploaded(example_files(noise, "npz"))
    assert not app.exception
    assert app.error[0].value == text("en", "quality.unusable")
    assert not app.metric
    assert len(charts_of(app)) == 1, "what was recorded is drawn all the same"


def test_layout_marks_and_filter_change_the_paper():
    app = opened()
    first = charts_of(app)[0]
    app.segmented_control(key="ecg_layout").set_value("12x1").run()
    rows = charts_of(app)[0]
    app.toggle(key="ecg_marks").set_value(False).run()
    bare = charts_of(app)[0]
    app.toggle(key="ecg_filter").set_value(True).run()
    assert not app.exception
    assert len({first, rows, bare, charts_of(app)[0]}) == 4
    assert "①" in rows
    assert "①" not in bare


def test_the_caliper_can_be_used_by_keyboard():
    app = opened()
    app.toggle(key="ecg_caliper").set_value(True).run()
    start, end = (each for each in app.number_input if each.key.startswith("ecg_caliper_"))
    start.set_value(1.0)
    end.set_value(1.6).run()
    assert not app.exception
    assert "600 ms · 100/min" in shown(app).replace("\\", "")
    assert "600 ms" in charts_of(app)[0]


def test_a_long_recording_has_a_choice_of_ten_seconds(typical):
    long = Recording(np.tile(typical.signal, 3), typical.rate_hz, "npy")
    app = uploaded(example_files(long, "npy"))
    before = charts_of(app)[0]
    app.slider[0].set_value(12.0).run()
    assert not app.exception
    assert charts_of(app)[0] != before


def test_a_recording_stays_in_the_session_and_out_of_the_address(typical):
    app = uploaded(example_files(typical, "csv"))
    assert set(app.query_params) == {"lang"}
    assert any(key[0] == "recording" for key in app.session_state["ecg_kept"])
    assert "ecg_kept" not in opened().session_state


def test_a_table_of_patients_is_sent_to_the_record_page():
    app = uploaded({"ward.csv": b"patient_id,age,systolic_bp,haemoglobin\nA1,71,118,132\nA2,50,99,120\n"})
    assert not app.exception
    assert "record" in app.error[0].value


def test_a_device_that_says_otherwise_takes_the_verdict_away(typical, monkeypatch):
    monkeypatch.setattr("core.ecg.reading.read_stated", lambda *_: {"qrs_ms": 190.0})
    side = text("zh", "pages_ecg.measurements.side")
    app = uploaded(example_files(typical, "csv"), "zh")
    table = next(one.value for one in app.table if side in one.value)
    verdicts = dict(zip(table.index, table[side], strict=True))
    assert verdicts[text("zh", "pages_ecg.measurements.qrs_ms")] == text("zh", "ecg_doubts.verdict")
    assert verdicts[text("zh", "pages_ecg.measurements.pr_ms")] != text("zh", "ecg_doubts.verdict")
    assert any("190 ms" in one.value for one in app.warning)


def test_every_wave_of_every_lead_stands_in_a_table(typical):
    app = uploaded(example_files(typical, "csv"))
    lead = text("en", "pages_ecg.lead_table.lead")
    waves_shown = [one.value for one in app.table if one.value.index.name == lead]
    waves = read_ecg(typical).measurements.leads
    assert [list(one.index) for one in waves_shown] == [list(waves)] * 2
    assert not app.dataframe
    assert float(waves_shown[0].loc["V2", "R"]) == pytest.approx(waves["V2"].r, abs=0.01)
    assert float(waves_shown[1].loc["V2", "T"].replace("−", "-")) == pytest.approx(waves["V2"].t, abs=0.01)


def test_another_upload_lets_go_of_the_last(typical):
    app = uploaded(example_files(typical, "csv"))
    before = set(app.session_state["ecg_kept"])
    files = example_files(demonstration("control").recording, "npy")
    app.file_uploader(key="ecg_upload").set_value([(name, content, "") for name, content in files.items()])
    app.run()
    assert not app.exception
    assert not before & set(app.session_state["ecg_kept"])


def test_everything_that_is_measured_has_its_word(typical):
    from core.ecg.interpretation import read_ecg

    reading = read_ecg(typical)
    signs = find_signs(reading.measurements)
    assert all(has_text(f"pages_ecg.sign_values.{value}") for sign in signs.values() for value in sign.values)
    items = [item.name for score in reading.scores.values() for item in score.items]
    assert all(has_text(f"pages_ecg.score_items.{item}") for item in items)
