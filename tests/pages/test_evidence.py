from __future__ import annotations

import html
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.checks import RULES, run_checks
from core.checks.data_card import distribution, effects_frame, label, origin, term_formula, variables_frame
from core.checks.reporting import STATES, reporting_items
from core.clinical.literature import published_models
from core.cohort.folder import About
from core.cohort.synthetic import assumptions
from core.errors import ArtifactError
from core.results import load_results
from core.text import text
from core.training import train
from pages.parts import evidence_checks
from pages.parts.evidence_data import last_change
from tests.conftest import SMALL
from tests.pages import ecg_artifact
from tests.pages.tables import tables

ROOT = Path(__file__).parents[2]
PAGE = str(ROOT / "pages" / "7_evidence.py")
TABS = ("checks", "card", "data", "published", "reporting")


@pytest.fixture(autouse=True)
def _fresh_cache():
    st.cache_resource.clear()


def opened(language: str = "zh", tab: str = "checks") -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params["lang"] = language
    app.session_state["evidence_tabs"] = text(language, f"pages_evidence.tabs.{tab}")
    return app.run()


def cells(app: AppTest) -> str:
    return "\n".join(str(value) for table in app.table for value in table.value.to_numpy().ravel())


def without_marks(words: str) -> str:
    return words.replace("\\", "")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_draws_in_both_languages(with_models, language, tab):
    app = opened(language, tab)
    assert not app.exception
    assert not app.error
    shown = "\n".join(str(each.value) for each in (*app.markdown, *app.caption))
    assert text(language, "frame.source.synthetic") in shown
    assert text(language, "frame.notice") in shown


@pytest.mark.parametrize("tab", TABS)
def test_without_a_model_every_tab_still_opens(tmp_path, monkeypatch, tab):
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    app = opened("en", tab)
    assert not app.exception
    if tab in ("checks", "card"):
        assert "python -m core train" in app.info[0].value


def test_every_rule_is_shown_with_its_level_in_words_and_what_was_measured(with_models):
    # a sign without width keeps "--" from becoming a dash
    shown = without_marks(cells(opened("en"))).replace("\u2060", "")
    checks = run_checks(load_results(with_models, "outcome", "ehr"))
    assert len(checks) == len(RULES)
    for one in checks:
        assert f"{one.number} · {one.title('en')}" in shown
        assert one.say("en") in shown
        assert text("en", f"checks.levels.{one.level}") in shown


def test_every_question_stands_there_while_the_answers_are_worked_out(with_models, monkeypatch):
    def stopped(found):
        raise ArtifactError("errors.artifact_part", part="roc.csv", reason="gone")

    monkeypatch.setattr(evidence_checks, "checks_of", stopped)
    app = opened("en")
    assert "roc.csv" in without_marks(app.error[0].value)
    tables = "".join(one.proto.body for one in app.get("html") if "<table" in one.proto.body)
    assert tables.count(text("en", "pages_evidence.checks_tab.pending")) == len(RULES)
    for number, key in enumerate(RULES, 1):
        assert html.escape(f"{number} · {text('en', f'checks.{key}.title')}") in tables


def test_the_checks_of_another_model_are_shown_when_it_is_chosen(with_models):
    app = opened("en")
    first = without_marks(cells(app))
    app.button_group(key="evidence_model").set_value("diagnosis-ehr").run()
    second = without_marks(cells(app))
    assert not app.exception
    assert first != second
    assert text("en", "charts.classes.pe") in second


def test_a_file_altered_while_the_page_is_open_turns_its_check_red(with_models, tmp_path, monkeypatch):
    copy = tmp_path / "artifacts"
    shutil.copytree(with_models, copy)
    monkeypatch.setenv("PE_ARTIFACTS", str(copy))
    app = opened("zh")
    assert ":red-badge" not in cells(app)
    (copy / "outcome-ehr" / "roc.csv").write_text("class,fpr\n", encoding="utf-8")
    app.run()
    assert ":red-badge" in cells(app)
    assert "roc.csv" in without_marks(cells(app))


def test_an_ecg_model_is_checked_as_far_as_the_rules_apply(tmp_path, monkeypatch):
    ecg_artifact.save(tmp_path)
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    app = opened("en")
    assert not app.exception
    shown = without_marks(cells(app))
    assert not opened("en", "card").exception
    assert text("en", "checks.reasons.no_table_model") in shown
    assert text("en", "checks.reasons.no_shap") in shown


def test_a_manifest_that_is_no_manifest_is_one_sentence(with_models, tmp_path, monkeypatch):
    copy = tmp_path / "artifacts"
    shutil.copytree(with_models, copy)
    (copy / "diagnosis-ehr" / "manifest.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv("PE_ARTIFACTS", str(copy))
    app = opened("en")
    assert not app.exception
    assert len(app.warning) == 1


def test_the_model_card_shows_what_the_manifest_says(with_models):
    shown = without_marks(cells(opened("en", "card")))
    found = load_results(with_models, "outcome", "ehr")
    manifest = found.artifact.manifest
    assert found.artifact.version in shown
    assert found.artifact.digest in shown.replace(" ", "")
    assert str(manifest["cohort_digest"]) in shown.replace(" ", "")
    for name, version in manifest["versions"].items():
        assert f"{name} {version}" in shown
    assert f"{found.evaluation.classes['death'].auroc.value:.2f}" in shown
    assert f"{manifest['n_persons']:,}" in shown


def test_the_data_card_holds_every_assumption_of_the_generator(with_models):
    app = opened("en", "data")
    shown = "\n".join(str(v) for frame in tables(app) for v in frame.to_numpy().ravel())
    shown = shown.replace("§", "")
    for entry in assumptions()["variables"]:
        assert label(entry["name"], "en") in shown
        assert entry["source"] in shown
    for terms in assumptions()["effects"].values():
        for term in terms:
            assert term["source"] in shown
    shown += without_marks(cells(app))
    for preset in assumptions()["presets"].values():
        assert f"{preset['rates']['death']:.1%}" in shown
        assert f"{preset['intercepts']['death']:.3f}".replace("-", "−") in shown


def test_on_the_chinese_page_no_source_of_the_data_card_is_left_in_english(with_models):
    app = opened("zh", "data")
    said = [*tables(app), *(each.value for each in app.table)]
    heading = text("zh", "pages_evidence.data.source")
    sources = [str(one) for frame in said if heading in frame for one in frame[heading]]
    # where figures need the room, a source stands below the name of its row
    named = [text("zh", f"pages_evidence.data.{name}") for name in ("preset", "sign")]
    below = [
        str(one) for frame in app.table for name in named if name in frame.value for one in frame.value[name]
    ]
    assert len(below) > len(assumptions()["presets"])
    assert all(":small[" in one for one in below)
    sources += below
    assert len(sources) > len(assumptions()["variables"])
    assert not [one for one in sources if re.search(r"assumed|published|parameter set|severe|control", one)]
    shown = "\n".join(each.value for each in app.markdown)
    assert text("zh", "data_card.generator", preset="mixed-registry", seed="5", signal="1") in without_marks(
        shown
    )


def test_equations_are_written_as_the_generator_computes_them():
    terms = {term["of"]: term for term in assumptions()["effects"]["death"]}
    assert term_formula(terms["systolic_bp"]) == f"x < {terms['systolic_bp']['below']}"
    assert term_formula(terms["lactate"]) == f"ln(x / {terms['lactate']['log_ratio_to']})"
    assert term_formula(terms["cancer"]) == "x"
    entries = {entry["name"]: entry for entry in assumptions()["variables"]}
    rate = entries["heart_rate"]["mean"]
    assert distribution(entries["heart_rate"], "en") == (
        f"N({rate['high']} | {rate['other']} | {rate['control']}, {entries['heart_rate']['sd']})"
    )
    assert distribution(entries["weight"], "en").startswith("N(71 − 9·")
    assert len(effects_frame("en")) == sum(map(len, assumptions()["effects"].values()))
    assert len(variables_frame("zh")) == len(entries)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("assumed", "assumed"),
        ("assumed; window of 14 days 1.11", "assumed"),
        ("parameter set; control assumed", "mixed"),
        ("parameter set", "parameter_set"),
        ("2.2 published", "published"),
    ],
)
def test_an_assumption_is_never_counted_as_published(source, kind):
    assert origin(source) == kind


def test_published_results_show_status_source_and_the_highest(with_models):
    shown = without_marks(cells(opened("en", "published")))
    for one in published_models():
        assert one.name in shown
        assert one.source in shown
        assert text("en", f"ecg_results.published.statuses.{one.status}") in shown
    assert shown.count(text("en", "pages_evidence.published.highest")) >= 5
    assert text("en", "pages_evidence.published.own") in shown


def test_every_place_that_the_reporting_table_names_exists(with_models):
    pages = {path.stem.split("_", 1)[1] for path in (ROOT / "pages").glob("[0-9]*_*.py")} | {"overview"}
    items = reporting_items()
    assert [one.number for one in items] == list(range(1, 28))
    for one in items:
        assert one.state in STATES
        assert all(place in pages or (ROOT / place).exists() for place in one.where)
        # what is done must be somewhere, what is not done cannot be
        assert bool(one.where) == (one.state in ("done", "partly"))
    shown = without_marks(cells(opened("zh", "reporting")))
    for one in items:
        assert text("zh", f"pages_evidence.reporting.items.{one.key}.note") in shown


def test_the_last_change_is_the_newest_date_of_all_models(with_models):
    found = load_results(with_models, "outcome", "ehr")
    older = load_results(with_models, "diagnosis", "ehr")
    older.artifact.run["date"] = "2020-01-01"
    day, changed = last_change({"a": older, "b": found})
    assert (day, changed) == (found.artifact.run["date"], [found])
    assert last_change({}) == ("", [])
    shown = "\n".join(str(each.value) for each in opened("en").caption)
    run = json.loads((with_models / "outcome-ehr" / "run.json").read_text(encoding="utf-8"))
    assert run["date"] in without_marks(shown)


@pytest.fixture(scope="module")
def hospital(tiny, tmp_path_factory):
    """Folder with a model of a cohort that says it is real."""
    root = tmp_path_factory.mktemp("hospital")
    about = About(name="某*医院* 2024", source="hospital", index_time="arrival", outcome_definition="30 days")
    train(replace(tiny, about=about, oracle=None), "outcome", "ehr", root, SMALL)
    return root


@pytest.mark.parametrize("tab", TABS)
def test_a_hospitals_own_cohort_is_called_real_and_has_no_generator(hospital, monkeypatch, tab):
    monkeypatch.setenv("PE_ARTIFACTS", str(hospital))
    app = opened("en", tab)
    assert not app.exception
    shown = "\n".join(str(each.value) for each in app.markdown)
    assert text("en", "frame.source.real") in shown
    assert text("en", "frame.source.synthetic") not in shown
    if tab == "data":
        assert not tables(app)
    if tab == "card":
        assert "30 days" in without_marks(cells(app))
    if tab == "checks":
        assert text("en", "checks.reasons.no_oracle") in without_marks(cells(app))
