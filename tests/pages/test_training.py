from __future__ import annotations

import io
import shutil
import zipfile
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.artifacts import load_artifact, save_artifact
from core.charts.words import word
from core.cohort.folder import save_cohort
from core.text import text
from core.training_run import Request, Runner
from core.training_run.told import Teller
from pages.parts import training_runs
from pages.parts.training_permission import SETTING

PAGE = str(Path(__file__).parents[2] / "pages" / "6_training.py")
WAIT_S = 120
LONG = {"ehr": {"n_folds": 10, "most_rounds": 2000, "n_trees": 300, "fold_trees": 100}}


@pytest.fixture
def models(trained, tmp_path, monkeypatch):
    """Models in use that a test may replace; training is allowed, and its runs end with the test."""
    root = tmp_path / "used"
    shutil.copytree(trained, root)
    monkeypatch.setenv("PE_ARTIFACTS", str(root))
    monkeypatch.setenv(SETTING, "1")
    training_runs._runner.clear()
    yield root
    training_runs.runner().close()
    training_runs._runner.clear()


def opened(language: str = "en", **state: object) -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params["lang"] = language
    for key, value in state.items():
        app.session_state[key] = value
    return app.run()


def said(key: str, language: str = "en", **values: object) -> str:
    return text(language, f"pages_training.{key}", **values)


def shown(app: AppTest) -> str:
    groups = (app.markdown, app.caption, app.info, app.success, app.warning, app.header)
    return "\n".join(each.value for group in groups for each in group)


def labels(app: AppTest) -> set[str]:
    return {button.label for button in app.button}


def finished(request: Request, upload: bytes = b"") -> str:
    """Run to the end in the server, and return the key under which any visitor finds it."""
    run = training_runs.runner().start(request, "test", upload)
    assert run.wait(WAIT_S)
    assert run.state == "done", run.error
    return request.key


def zipped(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
    return buffer.getvalue()


def changes() -> dict[str, dict[str, int]]:
    return {"ehr": {"n_folds": 2, "most_rounds": 15, "n_trees": 5, "fold_trees": 3}}


@pytest.fixture(scope="module")
def same_patients(tiny, tmp_path_factory):
    """A finished run on an upload of the cohort that the models in use were trained on."""
    folder = tmp_path_factory.mktemp("runs")
    save_cohort(tiny, folder / "cohort")
    runner = Runner(folder / "used", folder / "runs")
    request = Request("outcome", "ehr", "upload", upload="0" * 64, changes=changes())
    run = runner.start(request, "test", zipped(folder / "cohort"))
    assert run.wait(WAIT_S)
    assert run.state == "done", run.error
    yield run
    runner.close()


@pytest.fixture
def of_the_same_patients(models, same_patients):
    runs = training_runs.runner()._runs
    runs[same_patients.request.key] = same_patients
    yield same_patients.request.key
    runs.pop(same_patients.request.key, None)  # the folder is the module's


@pytest.mark.parametrize("language", ["zh", "en"])
def test_where_training_is_off_the_page_says_so_and_how_to_switch_it_on(models, monkeypatch, language):
    monkeypatch.setenv(SETTING, "0")
    app = opened(language)
    assert not app.exception
    assert said("not_allowed", language) in shown(app)
    assert SETTING in shown(app)
    assert said("in_use.title", language) in shown(app)
    assert not app.button


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("modality", ["ehr", "ecg", "fusion"])
@pytest.mark.parametrize("effort", ["full", "quick"])
def test_the_form_draws_for_every_modality(models, language, modality, effort):
    app = opened(language, training_modality=modality, training_effort=effort)
    assert not app.exception
    assert not app.error
    assert said("form.start", language) in labels(app)


def test_a_run_is_started_followed_and_cancelled(models):
    app = opened(training_task="diagnosis")
    app.select_slider(key="training_patients").set_value(400)
    app.number_input(key="training_full_ehr_n_trees").set_value(300)
    app.button(key="training_start").click().run()
    assert not app.exception
    run = training_runs.runner().current()
    assert run.request.patients == 400
    assert run.request.changes == {"ehr": {"n_trees": 300}}
    assert app.query_params["run"] == run.request.key
    assert said("progress.title") in shown(app)
    assert app.button(key="training_cancel")
    other = opened()  # somebody else, who asked for nothing
    assert any(
        text("en", "pages_training.progress.others", share="0", left="")[:40] in i.value for i in other.info
    )
    app.button(key="training_cancel").click().run()
    assert not app.exception
    assert run.state == "cancelled"
    assert said("result.cancelled") in shown(app)
    folder = run.folder
    app.button(key="training_discard").click().run()
    assert said("form.title") in shown(app)
    assert not folder.exists()


def test_two_visitors_share_a_run_and_it_ends_with_the_last(models):
    request = Request("diagnosis", "ehr", "synthetic", "mixed-registry", 400, changes=LONG)
    run = training_runs.runner().start(request, "test")
    run.leave("nobody")
    first, second = (opened(training_followed=request.key) for _ in range(2))
    run._followers.pop("test", None)
    first.button(key="training_cancel").click().run()
    assert run.state == "running"
    assert said("form.title") in shown(first)
    second.button(key="training_cancel").click().run()
    assert run.state == "cancelled"


def test_another_request_meanwhile_is_one_sentence(models):
    request = Request("diagnosis", "ehr", "synthetic", "mixed-registry", 400, changes=LONG)
    training_runs.runner().start(request, "test")
    app = opened()
    app.button(key="training_start").click().run()
    assert not app.exception
    assert [error.value for error in app.error] != []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_the_same_patients_the_comparison_is_paired(of_the_same_patients, language):
    app = opened(language, training_followed=of_the_same_patients)
    assert not app.exception
    assert not app.error
    table = app.table[0].value
    assert list(table[said("result.class", language)]) == [
        word(language, "classes", name) for name in ("none", "death", "bleeding", "macro")
    ]
    assert said("result.difference", language) in table
    n_test = load_artifact(training_runs.runner().in_use / "outcome-ehr").manifest["n_test"]
    assert said("result.paired", language, n=n_test) in shown(app)


def test_a_model_is_adopted_by_decision_alone_and_goes_back(of_the_same_patients, models):
    before = load_artifact(models / "outcome-ehr")
    app = opened(training_followed=of_the_same_patients)
    assert load_artifact(models / "outcome-ehr").digest == before.digest
    app.button(key="training_adopt").click().run()
    assert not app.exception
    after = load_artifact(models / "outcome-ehr")
    assert after.digest != before.digest
    assert said("result.in_use") in shown(app)
    assert said("result.adopt") not in labels(app)
    app.button(key="training_back").click().run()
    assert not app.exception
    assert load_artifact(models / "outcome-ehr").digest == before.digest
    assert said("result.adopt") in labels(app)


def test_what_the_trainers_tell_is_drawn_model_by_model(of_the_same_patients, same_patients):
    from core.ecg.network_training import Epoch

    teller = Teller(same_patients.folder)
    teller.model = "outcome-ecg"
    for number in (1, 2):
        teller.figures("epoch", {"fold": 0, **asdict(Epoch(number, 0.7, 0.6 / number))})
    drawn = [chart.proto.alt for chart in opened(training_followed=of_the_same_patients).get("plotly_chart")]
    assert len(drawn) == 2
    assert any("2 epochs, least held-out loss 0.300" in alt for alt in drawn)


def test_adopting_into_a_folder_that_cannot_be_written_is_one_sentence(
    of_the_same_patients, models, monkeypatch
):
    before = load_artifact(models / "outcome-ehr").digest
    app = opened(training_followed=of_the_same_patients)

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("core.adoption.stage", refuse)
    app.button(key="training_adopt").click().run()
    assert not app.exception
    assert ["Read" in error.value for error in app.error] == [True]
    assert load_artifact(models / "outcome-ehr").digest == before


def test_on_other_patients_the_models_stand_side_by_side_and_it_is_said(models):
    request = Request("diagnosis", "ehr", "synthetic", "mixed-registry", 200, changes=changes())
    app = opened(training_followed=finished(request))
    assert not app.exception
    assert said("result.unpaired") in shown(app)
    assert said("result.difference") not in app.table[0].value


def test_a_real_cohorts_model_is_adopted_only_by_who_knows_what_it_holds(models, tiny, tmp_path):
    real = replace(tiny, about=replace(tiny.about, synthetic=False, name="a *clinic*"), oracle=None)
    save_cohort(real, tmp_path / "cohort")
    request = Request("diagnosis", "ehr", "upload", upload="1" * 64, changes=changes())
    app = opened(training_followed=finished(request, zipped(tmp_path / "cohort")))
    assert not app.exception
    assert r"a \*clinic\*" in shown(app)
    assert app.button(key="training_adopt").disabled
    app.checkbox(key="training_real_agreed").check().run()
    assert not app.button(key="training_adopt").disabled


def test_a_single_model_that_a_fusion_rests_on_is_replaced_knowingly(of_the_same_patients, models):
    bases = {"ehr": {"digest": load_artifact(models / "outcome-ehr").digest}}
    manifest = {"task": "outcome", "modality": "fusion", "bases": bases}
    fusion = save_artifact(models, "outcome-fusion", {}, manifest, {})
    app = opened(training_followed=of_the_same_patients)
    assert said("result.fusion_rests", version=fusion.version) in shown(app)


def test_a_library_that_is_not_installed_is_named(models, monkeypatch):
    monkeypatch.setattr("pages.parts.training_form.missing_libraries", lambda _: ["torch"])
    app = opened()
    assert not app.exception
    assert any("torch" in warning.value for warning in app.warning)
    assert app.button(key="training_start").disabled


def test_a_run_that_is_no_more_leads_to_the_form(models):
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params["run"] = "0" * 32
    app.run()
    assert not app.exception
    assert "run" not in app.query_params


def test_without_any_model_the_page_says_so(models):
    for folder in models.iterdir():
        shutil.rmtree(folder)
    app = opened()
    assert not app.exception
    assert said("in_use.none") in shown(app)
