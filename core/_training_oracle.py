"""The ideal reader of record and recording together: the best that any fusion of synthetic patients can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from core._training_results import oracle_probabilities
from core.cohort.folder import CLASSES
from core.cohort.synthetic import assumptions
from core.cohort.synthetic_severity import band_evidence
from core.ecg.simulator import Settings, draw_truth, sign_likelihoods
from core.evaluation import evaluate

if TYPE_CHECKING:
    import pandas as pd

    from core.cohort.folder import Cohort
    from core.evaluation.arrays import Codes, Floats

# the oracle's own probabilities are stored with six decimals
_SAME = 1e-5


def fusion_oracle(cohort: Cohort, patients: pd.Index, task: str) -> Floats | None:
    """Class probabilities of some patients given all that record and recording can tell.

    Diagnosis: given the class, record and recording are **not** independent, since both depend on how severe the
    embolism is; adding the log-odds of the two ideal readers would count that twice. But the simulator draws the signs
    of a recording from one of three bands alone (no embolism, mild, severe), apart from the record, and the waveform
    from signs, sex and age. So given the band, record and recording are independent, and with bands b of embolism

        odds = share / (1 - share) x
               sum_b p(record, b | embolism) p(signs | b) / (p(record | control) p(signs | control))

    holds exactly, the record as it was before rounding and before values went missing.

    Outcome: drawn from the record's values alone, so the recording adds nothing to the generator's own probabilities.
    (It can tell a model something that the record lacks where values are missing; the bound stands.)

    Parameters
    ----------
    patients
        Some of the cohort's.
    task
        ``diagnosis`` or ``outcome``.

    Returns
    -------
    ndarray of shape (n, k) or None
        None for a cohort that was not generated, of which only some patients are at hand, or that this version of the
        generator makes differently.
    """
    known = cohort.oracle
    if known is None or not cohort.about.synthetic or not patients.isin(known.index).all():
        return None
    if task != "diagnosis":
        found = oracle_probabilities(known.loc[patients], task)
        return None if np.isnan(found).any() else found
    seed = cohort.about.seed
    if seed is None or not (known.index == [f"S{number:06d}" for number in range(1, len(known) + 1)]).all():
        return None
    settings = Settings()
    places = known.index.get_indexer(patients)
    record = _record_evidence(cohort, seed, settings.severe_share)
    if record is None:
        return None
    rows = known.loc[patients, ["stratum", "severity"]].itertuples(index=False)
    signs = [
        sign_likelihoods(
            draw_truth(seed, int(place) + 1, stratum=stratum, severity=float(severity), settings=settings)[0]
        )
        for place, (stratum, severity) in zip(places, rows, strict=True)
    ]
    p = _posterior(record[places] + np.log(np.array(signs).reshape(-1, 3)))
    return np.column_stack([1 - p, p])


def fusion_oracle_metrics(
    cohort: Cohort, patients: pd.Index, task: str, truth: Codes, seed: int
) -> dict[str, Any] | None:
    """Evaluate the ideal reader of both on test patients, as ``oracle_metrics`` of a fusion's manifest holds it."""
    p = fusion_oracle(cohort, patients, task)
    return None if p is None else evaluate(truth, p, p.argmax(axis=1), CLASSES[task], seed).to_json()


def _posterior(joint: Floats) -> Floats:
    """Probability of embolism from the log density of everything seen, joined with each band."""
    share = float(assumptions()["population"]["pe_share"])
    embolism = np.logaddexp(joint[:, 1], joint[:, 2])
    return np.asarray(special.expit(special.logit(share) + embolism - joint[:, 0]), dtype=np.float64)


def _record_evidence(cohort: Cohort, seed: int, severe_share: float) -> Floats | None:
    """Evidence of every record, drawn again; None where that does not give the probabilities that the cohort states."""
    if cohort.oracle is None:
        return None
    evidence = band_evidence(len(cohort.oracle), seed, severe_share)
    same = np.abs(_posterior(evidence) - cohort.oracle["p_pe"].to_numpy(dtype=np.float64)).max() < _SAME
    return evidence if same else None
