"""What judges each rule, and running all of them on one saved model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.checks import (
    _data,
    _expensive,
    _near,
    _out_of_fold,
    _performance,
    _record,
    _time,
    _training_rows,
    _use,
)
from core.checks._evidence import Evidence
from core.checks._verdict import Check, Verdict, limits, rules, unchecked
from core.errors import InputError
from core.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.cohort.folder import Cohort
    from core.ecg.network_settings import NetworkSettings
    from core.ehr.tuning import Settings
    from core.results import Results

    Judge = Callable[[Evidence], Verdict]

RULES: dict[str, Judge] = {
    "persons_apart": _data.persons_apart,
    "no_duplicates": _data.no_duplicates,
    "natural_prevalence": _data.natural_prevalence,
    "predictors_in_time": _data.predictors_in_time,
    "encoder_from_training": _training_rows.encoder_from_training,
    "imputer_from_training": _training_rows.imputer_from_training,
    "resampler_from_training": _training_rows.resampler_from_training,
    "recalibration_out_of_fold": _out_of_fold.recalibration_out_of_fold,
    "decisions_out_of_fold": _out_of_fold.decisions_out_of_fold,
    "label_shuffle": _expensive.label_shuffle,
    "metrics_follow": _performance.metrics_follow,
    "oracle_bound": _performance.oracle_bound,
    "test_against_out_of_fold": _performance.test_against_out_of_fold,
    "better_than_shares": _performance.better_than_shares,
    "intervals_given": _performance.intervals_given,
    "events_per_parameter": _performance.events_per_parameter,
    "calibration_slope": _use.calibration_slope,
    "calibration_intercept": _use.calibration_intercept,
    "coverage": _use.set_coverage,
    "additivity": _use.additivity,
    "explained_patients": _use.explained_patients,
    "files_intact": _record.files_intact,
    "same_cohort": _record.same_cohort,
    "versions_recorded": _record.versions_recorded,
    "seed_repeatable": _expensive.seed_repeatable,
    "near_rows": _near.near_rows,
    "near_recordings": _near.near_recordings,
    "recordings_in_time": _time.recordings_in_time,
}
EXPENSIVE = {"label_shuffle": _expensive.label_shuffle, "seed_repeatable": _expensive.seed_repeatable}


def run_checks(
    found: Results,
    cohort: Cohort | None = None,
    *,
    digest: str | None = None,
    run_expensive: bool = False,
    settings: Settings | NetworkSettings | None = None,
    progress: Progress = silent,
) -> tuple[Check, ...]:
    """Check one saved model by every rule.

    Parameters
    ----------
    found
        The model's stored results.
    cohort
        The cohort it was trained on, where it is at hand (see ``cohort_again``); rules that need it are otherwise
        not checkable. Another cohort is recognised by its digest and proves nothing.
    digest
        The cohort's, where it is known already; to work it out takes as long as most rules together.
    run_expensive
        Whether to train anew for the rules of ``EXPENSIVE``; minutes, on the stored settings.
    settings
        What these trainings may spend; None for what the model itself was trained with.
    progress
        Told the share done.

    Returns
    -------
    tuple of Check
        In the order of their numbers.
    """
    if cohort is not None and digest is None:
        digest = cohort.digest()
    evidence = Evidence(found, cohort, digest or "")
    done = []
    for rule in rules():
        progress("evaluate", (rule.number - 1) / len(RULES))
        if rule.key not in EXPENSIVE or evidence.is_fusion:
            verdict = _judged(RULES[rule.key], evidence)
        elif run_expensive:
            verdict = EXPENSIVE[rule.key](evidence, settings)
        else:
            verdict = unchecked("expensive", name=found.artifact.folder.name)
        entry = limits()[rule.key]
        figures = {name: value for name, value in entry.items() if isinstance(value, int | float)}
        done.append(
            Check(
                rule.number,
                rule.key,
                rule.section,
                verdict.level,
                verdict.measured,
                figures,
                str(entry["source"]),
                str(entry["status"]),
            )
        )
    progress("evaluate", 1.0)
    return tuple(done)


def _judged(judge: Judge, evidence: Evidence) -> Verdict:
    """Apply a rule; stored figures that cannot be read are not checkable, and files_intact says which file it is."""
    try:
        return judge(evidence)
    except InputError as error:
        part = error.values.get("file") or error.values.get("part") or error.key
        return unchecked("unreadable", problem=str(part))
    except KeyError as error:
        return unchecked("not_stored", name=str(error.args[0])[:40] if error.args else "–")
    except (TypeError, ValueError, IndexError, AttributeError) as error:
        return unchecked("unreadable", problem=type(error).__name__)
