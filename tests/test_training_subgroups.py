from __future__ import annotations

import io
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core._training_results import oracle_probabilities
from core._training_subgroups import FILE, subgroup_table
from core.clinical.scores import results
from core.cohort.folder import CLASSES, synthetic_cohort
from core.cohort.synthetic import generate
from core.evaluation import FEWEST_EVENTS, auroc_interval, observed_to_expected
from core.results import load_results

OUTCOME = CLASSES["outcome"]


@pytest.fixture(scope="module")
def cohort():
    return synthetic_cohort(generate(1500, seed=4))


def judged(cohort, task):
    codes = cohort.labelled(task)
    p = oracle_probabilities(cohort.oracle.loc[codes.index], task)
    return subgroup_table(cohort, codes.index, codes.to_numpy(), p, CLASSES[task]), codes, p


def test_each_figure_is_that_of_the_groups_own_patients(cohort):
    table, codes, p = judged(cohort, "outcome")
    women = (cohort.table.frame.loc[codes.index, "sex"] == "female").to_numpy()
    event = codes.to_numpy() == OUTCOME.index("death")
    row = table.set_index(["variable", "group", "class"]).loc[("sex", "female", "death")]
    area, ratio = (
        auroc_interval(event[women], p[women, 1]).interval,
        observed_to_expected(event[women], p[women, 1]),
    )
    assert (row["auroc"], row["low"], row["high"]) == (area.value, area.low, area.high)
    assert (row["oe"], row["oe_low"], row["oe_high"]) == (ratio.value, ratio.low, ratio.high)
    assert (row["n"], row["events"]) == (women.sum(), (event & women).sum())


def test_the_groups_of_a_variable_share_out_all_patients_the_unrecorded_among_them(cohort):
    table, codes, _ = judged(cohort, "outcome")
    sums = table[table["class"] == "none"].groupby("variable")[["n", "events"]].sum()
    assert set(sums.index) == {"all", "sex", "age", "weight", "cancer", "egfr", "esc_2019"}
    assert (sums["n"] == len(codes)).all()
    assert (sums["events"] == (codes == 0).sum()).all()
    weight = table[(table["variable"] == "weight") & (table["class"] == "none")].set_index("group")["n"]
    assert weight["not_recorded"] == cohort.table.frame.loc[codes.index, "weight"].isna().sum()


def test_borders_of_age_and_weight_are_those_of_the_checklist(cohort):
    frame = cohort.table.frame.iloc[:6].assign(
        age=[64.0, 65.0, 75.0, 76.0, 20.0, 90.0], weight=[59.9, 60.0] * 3
    )
    small = replace(cohort, table=replace(cohort.table, frame=frame))
    p = np.tile([0.6, 0.2, 0.2], (6, 1))
    table = subgroup_table(small, frame.index, np.array([0, 1, 2, 0, 1, 2]), p, OUTCOME)
    n = table[table["class"] == "death"].set_index(["variable", "group"])["n"]
    assert [n["age", name] for name in ("under_65", "65_to_75", "over_75")] == [2, 2, 2]
    assert [n["weight", name] for name in ("under_60", "from_60")] == [3, 3]


def test_few_events_or_few_others_are_marked(cohort):
    table, _, _ = judged(cohort, "outcome")
    others = table["n"] - table["events"]
    assert (table["few"] == (table[["events"]].assign(others=others).min(axis=1) < FEWEST_EVENTS)).all()
    assert table["few"].any()
    assert not table["few"].all()


def test_renal_function_is_computed_where_only_creatinine_is_known(cohort):
    frame = cohort.table.frame.assign(egfr=np.nan)
    columns = tuple(one for one in cohort.table.columns if one.name != "egfr")
    without = replace(cohort, table=replace(cohort.table, frame=frame.drop(columns="egfr"), columns=columns))
    given, computed = (
        judged(one, "outcome")[0].set_index(["variable", "class", "group"])["n"] for one in (cohort, without)
    )
    # creatinine is stored as a whole number: a patient at the border may change sides
    for name in ("under_60", "from_60"):
        assert computed["egfr", "none", name] == pytest.approx(given["egfr", "none", name], abs=8)


def test_the_esc_class_is_that_of_the_scores(cohort):
    table, codes, _ = judged(cohort, "outcome")
    found = [
        one["esc_2019"].class_name for one in results(cohort.table.frame.loc[codes.index], ("esc_2019",))
    ]
    n = table[table["class"] == "none"].set_index(["variable", "group"])["n"]["esc_2019"]
    assert n["high"] == found.count("high")
    assert n["not_recorded"] == found.count(None)


def test_for_the_diagnosis_each_esc_class_is_told_from_all_without_embolism_and_has_no_ratio(cohort):
    table, codes, _ = judged(cohort, "diagnosis")
    assert set(table["class"]) == {"pe"}
    esc = table[table["variable"] == "esc_2019"]
    assert (esc["n"] - esc["events"] == (codes == 0).sum()).all()
    assert esc["events"].sum() == (codes == 1).sum()
    assert esc["oe"].isna().all()
    assert table.loc[table["variable"] == "sex", "oe"].notna().all()


def test_a_column_of_the_hospitals_own_that_is_called_age_makes_no_group(cohort):
    columns = tuple(replace(one, known=False) for one in cohort.table.columns)
    own = replace(cohort, table=replace(cohort.table, columns=columns))
    table, _, _ = judged(own, "outcome")
    assert set(table["variable"]) == {"all"}


def test_without_a_table_there_are_no_groups(cohort):
    codes = cohort.labelled("outcome")
    p = np.full((len(codes), 3), 1 / 3)
    table = subgroup_table(replace(cohort, table=None), codes.index, codes.to_numpy(), p, OUTCOME)
    assert table.empty
    assert {"variable", "oe", "few"} <= set(table.columns)


def test_a_patient_without_a_row_is_not_recorded(cohort):
    patients = pd.Index([*cohort.table.frame.index[:20], "X1"])
    p = np.tile([0.5, 0.25, 0.25], (21, 1))
    table = subgroup_table(cohort, patients, np.arange(21) % 3, p, OUTCOME)
    n = table[table["class"] == "death"].set_index(["variable", "group"])["n"]
    assert n["sex", "not_recorded"] == 1
    assert math.isclose(n["all", "all"], 21)


@pytest.mark.parametrize("task", ["diagnosis", "outcome"])
def test_every_record_model_is_saved_with_its_groups(trained, task):
    found = load_results(trained, task, "ehr")
    table = pd.read_csv(io.BytesIO(found.artifact.read(FILE)))
    assert table.loc[table["variable"] == "all", "n"].unique().tolist() == [found.evaluation.n]
    assert {"sex", "age", "cancer"} <= set(table["variable"])
