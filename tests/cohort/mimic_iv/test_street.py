from __future__ import annotations

from core.benchmark.mimic_copy import write_copy
from core.cohort.folder import load_cohort
from core.cohort.mimic_iv import build
from core.training import train, training_json


def test_a_cohort_large_enough_trains_and_is_evaluated_like_any_other(tmp_path, small):
    write_copy(tmp_path / "mimic", 60_000, 40_000, "csv.gz")
    build(tmp_path / "mimic", tmp_path / "cohort")
    cohort = load_cohort(tmp_path / "cohort")
    artifact = train(cohort, "diagnosis", "ehr", tmp_path / "models", small)
    result = training_json(artifact)
    assert not result["cohort"]["synthetic"]
    assert set(result["class_counts"]["test"]) == {"no_pe", "pe"}
    assert 0 <= result["metrics"]["classes"]["pe"]["auroc"]["value"] <= 1
