"""Method checks on models as they are saved: what passes, what cannot be checked, and how it is said."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from core.checks import EXPENSIVE, LEVELS, RULES, SECTIONS, cohort_again, run_checks
from core.checks._sample_size import events_needed, explained_variation
from core.checks._verdict import limits
from core.cohort.folder import synthetic_cohort
from core.cohort.synthetic import generate
from core.results import load_results
from tests.conftest import SMALL

# a model of 330 training rows: what depends on luck may be amber, what depends on the method may not
_METHOD = [
    "persons_apart",
    "no_duplicates",
    "natural_prevalence",
    "predictors_in_time",
    "encoder_from_training",
    "imputer_from_training",
    "resampler_from_training",
    "recalibration_out_of_fold",
    "decisions_out_of_fold",
    "metrics_follow",
    "additivity",
    "explained_patients",
    "files_intact",
    "same_cohort",
    "versions_recorded",
]


@pytest.fixture(scope="module", params=["diagnosis", "outcome"])
def found(request, trained):
    return load_results(trained, request.param, "ehr")


@pytest.fixture(scope="module")
def checks(found, tiny):
    return {one.key: one for one in run_checks(found, tiny)}


def test_an_honest_model_passes_every_check_of_method(checks):
    assert {key: checks[key].level for key in _METHOD} == dict.fromkeys(_METHOD, "green")
    assert "red" not in {one.level for one in checks.values()}


def test_checks_are_numbered_in_order_and_each_says_itself_in_both_languages(checks):
    assert [one.number for one in checks.values()] == list(range(1, len(RULES) + 1))
    for one in checks.values():
        assert one.section in SECTIONS
        assert one.level in LEVELS
        for language in ("zh", "en"):
            assert all((one.title(language), one.say(language), one.limit(language)))
        json.dumps(one.to_json())
    assert checks["no_duplicates"].say("zh") != checks["no_duplicates"].say("en")


def test_every_limit_has_a_source_or_says_that_it_is_set_here():
    assert limits().keys() == RULES.keys()
    known = {"verified", "secondary", "definition", "chosen"}
    assert all(one["status"] in known for one in limits().values())
    assert all(one["source"] for one in limits().values() if one["status"] in {"verified", "secondary"})


def test_expensive_checks_are_not_run_unless_asked_for(checks):
    assert {checks[key].level for key in EXPENSIVE} == {"unchecked"}
    assert "--expensive" in checks["label_shuffle"].say("en")


def test_without_the_cohort_the_manifest_still_tells_which_rows_were_seen(found):
    checks = {one.key: one for one in run_checks(found)}
    for key in ("no_duplicates", "same_cohort"):
        assert checks[key].level == "unchecked"
    for key in ("encoder_from_training", "imputer_from_training"):
        assert checks[key].level == "green"
        assert str(found.artifact.manifest["n_train"]) in checks[key].say("en")


def test_another_cohort_is_recognised_and_proves_nothing(found, tiny):
    other = replace(tiny, labels=tiny.labels.iloc[:-1])
    checks = {one.key: one for one in run_checks(found, other)}
    assert checks["same_cohort"].level == "red"
    assert checks["no_duplicates"].level == "unchecked"


def test_training_anew_repeats_the_model_and_shuffled_labels_teach_nothing(trained, tiny):
    found = load_results(trained, "diagnosis", "ehr")
    checks = {one.key: one for one in run_checks(found, tiny, run_expensive=True, settings=SMALL)}
    assert checks["seed_repeatable"].level == "green"
    assert checks["label_shuffle"].level in {"green", "amber"}
    shuffled = float(checks["label_shuffle"].say("en").rsplit("AUROC ")[1].split()[0])
    assert shuffled < found.evaluation.macro_auroc.value


def test_a_generated_cohort_is_made_again_from_the_manifest():
    for n, task in ((137, "diagnosis"), (150, "outcome")):
        cohort = synthetic_cohort(generate(n, seed=3, preset="unstable"))
        manifest = {
            "task": task,
            "cohort": vars(cohort.about),
            "cohort_digest": cohort.digest(),
            "n_train": len(cohort.labelled(task)) - 20,
            "n_test": 20,
        }
        again = cohort_again(manifest)
        assert again is not None
        assert again.digest() == cohort.digest()
        assert cohort_again({**manifest, "cohort_digest": "0" * 64}) is None
        assert cohort_again({**manifest, "cohort": {**vars(cohort.about), "synthetic": False}}) is None


@pytest.mark.parametrize(("auroc", "needed"), [(0.70, 18.4), (0.75, 11.3)])
def test_events_needed_follow_rileys_criterion(auroc, needed):
    # 18.4 and 11.1 (from an R² rounded to 0.070) by simulation at a prevalence of 9 %
    assert events_needed(auroc, 0.09) == pytest.approx(needed, abs=0.05)
    assert explained_variation(0.75, 0.09) == pytest.approx(0.070, abs=0.0015)


def test_a_model_that_knows_nothing_needs_ever_more_events():
    assert events_needed(0.55, 0.2) > events_needed(0.65, 0.2) > events_needed(0.8, 0.2)


def called(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "core.checks", *arguments]
    root = Path(__file__).parents[1]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=root, encoding="utf-8")


def test_the_command_line_prints_every_check_as_json(trained):
    done = called("diagnosis-ehr", "--artifacts", str(trained), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [one["key"] for one in told] == list(RULES)
    assert {one["level"] for one in told} <= set(LEVELS)


def test_the_command_line_says_in_one_line_that_there_is_no_such_model(trained):
    done = called("diagnosis-xray", "--artifacts", str(trained))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
