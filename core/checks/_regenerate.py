"""The cohort behind a saved model, made again where that is possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.cohort.folder import synthetic_cohort
from core.cohort.naming import GENERATOR
from core.cohort.synthetic import assumptions, generate, presets

if TYPE_CHECKING:
    from core.cohort.folder import Cohort

_MOST_PATIENTS = 60_000


def cohort_again(manifest: dict[str, Any]) -> Cohort | None:
    """Make a generated cohort again from what the manifest says of the generator.

    The number of patients is not stored: it follows from the number of those with a label, and the digest tells which
    of the few candidates it is.

    Returns
    -------
    Cohort or None
        None for a cohort that was not generated, or that this version of the generator makes differently.
    """
    about = manifest.get("cohort")
    if not isinstance(about, dict) or about.get("synthetic") is not True:
        return None
    made = GENERATOR.fullmatch(str(about.get("generator", "")))
    if made is None or made[1] not in presets():
        return None
    for n in _candidates(manifest):
        cohort = synthetic_cohort(generate(n, int(made[2]), made[1], float(made[3])))
        if cohort.digest() == manifest.get("cohort_digest"):
            return cohort
    return None


def _candidates(manifest: dict[str, Any]) -> list[int]:
    """Numbers of patients with as many labels as the model was trained and tested on."""
    labelled = manifest.get("recordings", {}).get("n") or manifest["n_train"] + manifest["n_test"]
    if manifest["task"] == "diagnosis":
        found = [labelled]
    else:
        share = assumptions()["population"]["pe_share"]
        middle = round(labelled / share)
        found = [n for n in range(middle - 3, middle + 4) if round(n * share) == labelled]
        # round numbers first: people ask for these
        found.sort(key=lambda n: len(str(n).rstrip("0")))
    return [n for n in found if 20 <= n <= _MOST_PATIENTS]
