"""Rules on data and leakage that look at patients and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.checks._verdict import Phrase, Verdict, by_class, limit, limits, small, unchecked
from core.cohort.folder import known_in_time
from core.cohort.variables import header_key, word_list

if TYPE_CHECKING:
    from core.checks._evidence import Evidence
    from core.checks._verdict import Level
    from core.cohort.columns import Column


def persons_apart(evidence: Evidence) -> Verdict:
    """No patient, and no person, stands in both parts."""
    test, train = (set(part.frame["patient_id"]) for part in (evidence.test, evidence.train))
    twice = int(evidence.predictions["patient_id"].duplicated().sum())
    counts = {"n_test": len(test), "n_train": len(train), "both": len(test & train), "twice": twice}
    if evidence.cohort is not None:
        person = evidence.cohort.groups()
        shared = set(person.reindex(list(test)).dropna()) & set(person.reindex(list(train)).dropna())
    else:
        shared = set()
    counts["persons"] = len(shared)
    if counts["both"] or twice or shared:
        return Verdict("red", Phrase("checks.persons_apart.measured", counts))
    is_each_a_person = evidence.manifest.get("n_persons") == len(test) + len(train)
    if evidence.cohort is None and not is_each_a_person:
        return Verdict("amber", Phrase("checks.persons_apart.unknown_persons", counts))
    return Verdict("green", Phrase("checks.persons_apart.measured", counts))


def no_duplicates(evidence: Evidence) -> Verdict:
    """No row of the test part stands in the training part under another name."""
    if evidence.table is None:
        return unchecked("no_cohort")
    numbers = [column.name for column in evidence.table.columns if column.kind == "numeric"]
    found = {}
    thin = 0
    for name, part in (("test", evidence.test), ("train", evidence.train)):
        frame = evidence.rows(part).frame
        enough = (frame[numbers].notna().sum(axis=1) >= limit("no_duplicates", "least_numbers")).to_numpy()
        thin += int((~enough).sum())
        found[name] = pd.util.hash_pandas_object(frame, index=False)[enough]
    if found["test"].empty or found["train"].empty:
        return unchecked("too_few_values")
    same = int(found["test"].isin(found["train"]).sum())
    values = {"same": same, "compared": len(found["test"]), "rows": len(found["train"]), "thin": thin}
    return Verdict("red" if same else "green", Phrase("checks.no_duplicates.measured", values))


def natural_prevalence(evidence: Evidence) -> Verdict:
    """The class shares of the test part are those of all patients, within chance."""
    from scipy.special import chdtrc  # the same function, without all of scipy.stats

    stored = evidence.manifest["class_counts"]
    counts = {
        part: np.array([stored[part][name] for name in evidence.classes]) for part in ("all", "train", "test")
    }
    own = np.array([(evidence.test.truth == code).sum() for code in range(len(evidence.classes))])
    total, n_test = counts["all"].sum(), own.sum()
    expected = counts["all"] / total * n_test
    # a test part is drawn without replacement: its counts vary less than those of independent patients
    varied = max((total - n_test) / max(total - 1, 1), 1e-9)
    statistic = float((((own - expected) ** 2) / np.maximum(expected, 1e-9)).sum() / varied)
    p = float(chdtrc(len(own) - 1, statistic))
    shares = {
        name: f"{a:.1%} / {b:.1%}"
        for name, a, b in zip(evidence.classes, own / max(n_test, 1), counts["all"] / total, strict=True)
    }
    values: dict[str, object] = {"shares": by_class(shares), "p": small(p)}
    adds_up = (counts["train"] + counts["test"] == counts["all"]).all() and (own == counts["test"]).all()
    if not adds_up:
        return Verdict("red", Phrase("checks.natural_prevalence.counts", values))
    rule = "natural_prevalence"
    level: Level = "red" if p < limit(rule, "red") else "amber" if p < limit(rule, "amber") else "green"
    return Verdict(level, Phrase("checks.natural_prevalence.measured", values))


def predictors_in_time(evidence: Evidence) -> Verdict:
    """No predictor is known only after the time at which the model is to be used."""
    if not evidence.is_ehr:
        return evidence.not_a_table("no_columns")
    columns = [feature.column for feature in evidence.found.encoder.features]
    late = tuple(one.name for one in columns if _is_late(one, evidence.found.task))
    unknown = tuple(one.name for one in columns if not one.known and one.name not in late)
    values: dict[str, object] = {"n": len(columns), "late": len(late), "unknown": len(unknown)}
    if late:
        return Verdict("red", Phrase("checks.predictors_in_time.late", values | {"names": late[:8]}))
    if unknown:
        return Verdict("amber", Phrase("checks.predictors_in_time.strange", values | {"names": unknown[:8]}))
    return Verdict("green", Phrase("checks.predictors_in_time.measured", values))


def _is_late(column: Column, task: str) -> bool:
    if column.known:
        return not known_in_time(column, task)
    key = header_key(column.name)
    marks = [header_key(one) for one in limits()["predictors_in_time"]["after_t0"]]
    return key in word_list("outcome_headers") or any(mark in key for mark in marks)
