from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.charts.words import signed
from core.optimism import DEFAULT_FILE, ORDERS, read_document, save_optimism
from core.text import text
from pages.parts.show import unbroken
from tests.optimism_example import document

PAGE = str(Path(__file__).parents[2] / "pages" / "2_ehr.py")


@pytest.fixture
def folder(trained, tmp_path, monkeypatch) -> Path:
    shutil.copytree(trained, tmp_path / "artifacts")
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path / "artifacts"))
    return tmp_path / "artifacts"


def opened(language: str = "en", **state: str) -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params["lang"] = language
    app.session_state["ehr_tabs"] = text(language, "pages_ehr.tabs.order")
    for key, value in state.items():
        app.session_state[key] = value
    return app.run()


def words(app: AppTest) -> str:
    elements = [*app.header, *app.markdown, *app.caption, *app.info, *app.error]
    return "\n".join(str(each.value) for each in elements)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_section_draws_in_both_languages(folder, language):
    save_optimism(document(), folder / DEFAULT_FILE.name)
    app = opened(language)
    assert not app.exception
    assert not app.error
    for part in ("title", "null_title", "spread_title", "why"):
        assert text(language, f"optimism.{part}") in words(app)
    assert len(app.get("plotly_chart")) == 2
    for chart in app.get("plotly_chart"):
        assert text(language, "charts.synthetic") in json.dumps(
            json.loads(chart.proto.spec), ensure_ascii=False
        )
    for table in [*app.table, *app.dataframe]:
        assert text(language, "charts.synthetic") in table.value.columns[0]


@pytest.mark.parametrize("metric", ["macro", "bleeding", "accuracy"])
def test_the_figures_on_screen_are_those_of_the_measurement(folder, metric):
    save_optimism(document(), folder / DEFAULT_FILE.name)
    app = opened(ehr_optimism_metric=metric)
    summary = read_document(document()).summary
    table = app.table[0].value
    assert len(table) == len(ORDERS)
    for (_, row), order in zip(table.iterrows(), ORDERS, strict=True):
        assert row.iloc[0] == text("en", f"optimism.orders.{order}")
        assert row.iloc[1].startswith(f"{summary['observed', order, metric, 'apparent'].mean.value:.2f}  \n")
        gap = signed(summary["observed", order, metric, "optimism"].mean.value)
        assert row.iloc[3].startswith(f"{gap}  \n")


def test_a_single_split_stands_beside_the_repeated_ones(folder):
    save_optimism(document(), folder / DEFAULT_FILE.name)
    table = opened().table[1].value
    assert len(table) == 4
    assert set(table.iloc[:, 1]) == {f"0.61  \n{unbroken('0.51–0.71')}"}


def test_accuracy_is_not_compared_without_a_word(folder):
    save_optimism(document(), folder / DEFAULT_FILE.name)
    caution = text("en", "optimism.not_comparable")
    assert caution in words(opened(ehr_optimism_metric="accuracy"))
    assert caution not in words(opened())


def test_a_real_cohort_is_not_called_synthetic_and_its_name_is_no_markup(folder):
    save_optimism(document(synthetic=False, untouched="set_aside"), folder / DEFAULT_FILE.name)
    app = opened()
    assert text("en", "optimism.set_aside", n="4,321") in words(app)
    assert r"a \*cohort\*" in words(app)
    for chart in app.get("plotly_chart"):
        assert text("en", "charts.synthetic") not in chart.proto.spec


def test_without_a_measurement_the_tab_says_how_to_make_one(folder):
    app = opened()
    assert not app.exception
    assert any("python -m core optimism" in each.value.replace("\\", "") for each in app.info)


def test_an_altered_measurement_is_one_sentence(folder):
    (folder / DEFAULT_FILE.name).write_text('{"about": {}}', encoding="utf-8")
    app = opened()
    assert not app.exception
    assert len(app.info) == 1
    assert "\n" not in app.info[0].value


def test_another_task_is_told_that_the_experiment_is_not_its_own(folder):
    save_optimism(document(), folder / DEFAULT_FILE.name)
    app = opened(ehr_task="diagnosis")
    assert text("en", "optimism.other_task") in words(app)
    assert not app.get("plotly_chart")
