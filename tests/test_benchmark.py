from __future__ import annotations

import json

import pytest

from core.benchmark import GROUPS, Scale, benchmark, figure
from core.errors import InputError

TINY = Scale(
    imputer_rows=60,
    imputer_columns=6,
    stored_rows=60,
    stored_columns=6,
    patients=400,
    test_patients=400,
    most_rounds=5,
    repeats=1,
    hospital_rows=200,
    hospital_columns=14,
    attributions=2,
    fresh_recordings=40,
    evaluated=120,
    resamples=20,
)
KEYS = ["name", "value", "unit", "target", "met", "detail"]


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    # scikit-learn's worker threads swap the process's warning filters under each other, and under pytest's
    from core.ehr.missforest_benchmark import sklearn_missforest

    monkeypatch.setitem(sklearn_missforest.__kwdefaults__, "n_jobs", 1)


@pytest.mark.parametrize(
    ("value", "target", "met"),
    [
        (30.0, {"at_least": 25}, True),
        (20.0, {"at_least": 25}, False),
        (4.0, {"at_most": 5}, True),
        (6.0, {"at_most": 5}, False),
        (0.0, {"at_most": 0}, True),
        (None, {"at_most": 5}, None),
        (float("nan"), {"at_most": 5}, None),
        (3.0, {}, None),
    ],
)
def test_a_figure_is_held_against_its_target(value, target, met):
    assert figure("a", value, "ratio", **target).met is met


def test_a_figure_that_could_not_be_measured_is_null_with_its_reason():
    one = figure("a", None, "ratio", "not installed", at_least=40).to_json()
    assert one == {
        "name": "a",
        "value": None,
        "unit": "ratio",
        "target": ">= 40",
        "met": None,
        "detail": "not installed",
    }
    assert "not installed" in figure("a", None, "ratio", "not installed").line()


@pytest.mark.parametrize(
    "group",
    [
        name
        for name in GROUPS
        if name not in {"hospital-table", "resampling", "claims", "mimic", "kills", "uploads"}
        # these serve the app itself: tests/test_benchmark_app.py
        and not name.startswith("app-")
    ],
)
def test_each_group_gives_tidy_figures_that_json_can_hold(group, tmp_path):
    figures = [one.to_json() for one in benchmark(group, scale=TINY, root=tmp_path)]
    assert figures
    assert all(list(one) == KEYS for one in figures)
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures


def test_resampling_is_measured_by_neighbours_and_strength():
    names = [one.name for one in benchmark("resampling", scale=TINY)]
    assert names == [
        "fraction_of_oracle_as_is",
        "fraction_of_oracle_k1_strength_0.1",
        "fraction_of_oracle_k1_strength_1",
        "fraction_of_oracle_k5_strength_0.1",
        "fraction_of_oracle_k5_strength_1",
    ]


def test_without_a_saved_model_its_figures_are_null(tmp_path):
    figures = benchmark("one-patient", scale=TINY, root=tmp_path)
    assert {one.value for one in figures} == {None}
    assert all("python -m core train" in one.detail for one in figures)


def test_an_unknown_group_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match="hospital-table"):
        benchmark("speed")


def test_progress_ends_at_the_whole(tmp_path):
    shares = []
    benchmark("artifacts", root=tmp_path, progress=lambda _, share: shares.append(share))
    assert shares == [0.0, 1.0]


def test_the_hospital_table_has_none_of_our_names_and_every_kind_of_column(tmp_path):
    from core.benchmark.hospital import write_hospital_cohort
    from core.cohort.folder import load_cohort

    write_hospital_cohort(tmp_path / "cohort", n=300, p=40)
    cohort = load_cohort(tmp_path / "cohort")
    columns = cohort.table.columns
    assert not any(column.known for column in columns)
    assert {column.kind for column in columns} == {"numeric", "binary", "categorical"}
    assert {note.column for note in cohort.table.report.of("left_out")} >= {"就诊流水号", "登记日期"}
    assert set(cohort.labels["outcome"]) == {"none", "death", "bleeding"}


def test_a_child_that_fails_gives_null_figures_with_its_last_words(tmp_path, monkeypatch):
    from core.benchmark import hospital

    failed = hospital._Child(1.0, None, None, 2, "", "no room on the disk")
    monkeypatch.setattr(hospital, "_run", lambda *_: failed)
    figures = benchmark("hospital-table", scale=TINY)
    assert {one.value for one in figures} == {None}
    assert all("no room on the disk" in one.detail for one in figures)


def test_a_childs_output_seconds_and_memory_are_told():
    import sys

    from core.benchmark.hospital import _run

    child = _run([sys.executable, "-c", "import sys; print('done'); print('warned', file=sys.stderr)"], 60)
    assert (child.code, child.said.strip(), child.complaint) == (0, "done", "warned")
    assert child.seconds > 0
    assert child.peak is None or child.peak > 0


def test_a_child_that_succeeds_gives_time_and_memory(monkeypatch):
    from core.benchmark import hospital

    said = json.dumps([{"n_train": 160, "metrics": {"macro_auroc": 0.7}}])
    done = hospital._Child(1000.0, 1500.0, 3.0, 0, said, "")
    monkeypatch.setattr(hospital, "_run", lambda *_: done)
    figures = {one.name: one.met for one in benchmark("hospital-table", scale=TINY)}
    assert figures == {
        "hospital_seconds": False,
        "hospital_processor_seconds": None,
        "hospital_memory": True,
    }


def test_the_claims_are_measured_on_models_trained_for_them():
    from core.benchmark.claims import Spending, claims
    from tests.conftest import SMALL
    from tests.test_training_ecg import TINY as NETWORK

    shares = []
    scale = Scale(claim_patients=120, claim_large=120, claim_fresh=200)
    spending = Spending(SMALL, NETWORK)
    found = claims(scale, spending, lambda _, share: shares.append(share), tasks=("diagnosis",))
    by_name = {one.name: one for one in found}
    for single in ("ehr", "ecg"):
        gap = by_name[f"claim_diagnosis_fusion_minus_{single}"]
        assert " to " in gap.detail
        assert gap.target is None
    for modality in ("ehr", "ecg", "fusion"):
        assert by_name[f"claim_diagnosis_{modality}_coverage"].target == "<= 3"
        assert by_name[f"claim_diagnosis_{modality}_slopes_without_1"].target == "<= 0"
    assert by_name["claim_diagnosis_large_slope_fresh"].target == "<= 0.1"
    assert "n = 200" in by_name["claim_diagnosis_large_slope_fresh"].detail
    assert shares == sorted(shares)
