"""What a saved model says of new patients, with what should be known beside the number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.fusion.late import plain_sum
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.cohort.columns import Table
    from core.ecg.interpretation import Reading
    from core.ecg.model import EcgModel
    from core.ehr.familiarity import Standing
    from core.ehr.pipeline import EhrModel
    from core.fusion.features import PatientFeatures
    from core.fusion.model import FusionModel

_MANY_MISSING = 0.5


@dataclass(frozen=True)
class Warned:
    """One thing to know of a prediction, as data: ``say`` puts it into words."""

    key: str
    values: dict[str, object]

    def say(self, language: str) -> str:
        """Return the sentence in ``"zh"`` or ``"en"``."""
        return text(language, self.key, **self.values)


@dataclass(frozen=True)
class Prediction:
    """One patient, one task.

    Attributes
    ----------
    probabilities, raw_probabilities
        Class name to probability, recalibrated and as the model gave it; empty where there is none, because the
        recording is unusable or the patient too unlike those of the training.
    prediction_set
        Classes that cannot be left out at 90 % (class-conditional conformal); may be empty.
    decided
        The class decided for (see ``EhrModel.decide``); None without a probability.
    warnings
        What to know beside the number.
    withheld
        Whether there is no number because the patient is too unlike those that the model was trained on.
    each
        Of an ECG: what every network says by itself, recalibrated; ``probabilities`` is that of their mean.
    """

    patient_id: str
    task: str
    modality: str
    probabilities: dict[str, float]
    raw_probabilities: dict[str, float]
    prediction_set: tuple[str, ...]
    decided: str | None
    warnings: tuple[Warned, ...]
    withheld: bool = False
    each: tuple[dict[str, float], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``predict --json``."""
        return {
            "patient_id": self.patient_id,
            "task": self.task,
            "modality": self.modality,
            "probabilities": self.probabilities,
            "raw_probabilities": self.raw_probabilities,
            "prediction_set": list(self.prediction_set),
            "predicted": self.decided,
            "withheld": self.withheld,
            "warnings": [warning.say("en") for warning in self.warnings],
        }


def predict_ehr(model: EhrModel, table: Table, task: str) -> list[Prediction]:
    """Predict every row of a table; each row as it would be alone."""
    encoded = model.encoder.encode(table.frame)
    completed = model.imputer.transform(encoded)
    calibrated, raw = model.main.forecast(model.encoder.design(completed))
    sets = model.conformal.sets(calibrated)
    decided = model.decide(calibrated)
    outside = model.encoder.beyond(encoded)
    missing = np.isnan(encoded).mean(axis=1)
    found = []
    for row, standing in enumerate(model.standings(encoded)):
        unlike = _standing_warnings(standing, outside[row])
        one = Prediction(
            patient_id=str(table.frame.index[row]),
            task=task,
            modality="ehr",
            probabilities=_named(model.classes, calibrated[row]),
            raw_probabilities=_named(model.classes, raw[row]),
            prediction_set=tuple(np.array(model.classes)[sets[row]]),
            decided=model.classes[decided[row]],
            warnings=unlike + _warnings(outside[row], float(missing[row]), model),
        )
        found.append(_without_number(one) if standing.level == "outside" else one)
    return found


def _without_number(prediction: Prediction) -> Prediction:
    return replace(
        prediction, probabilities={}, raw_probabilities={}, prediction_set=(), decided=None, withheld=True
    )


def predict_ecg(model: EcgModel, readings: Sequence[tuple[str, Reading]], task: str) -> list[Prediction]:
    """Predict recordings that have been read; each as it would be alone.

    Parameters
    ----------
    readings
        Identifier and reading of each recording.

    Returns
    -------
    list of Prediction
        One a recording, in their order. An unusable recording gets no probability but says why.
    """
    from core.ecg.network_input import windows

    cut = [windows(r.recording, r.quality.untrusted) for _, r in readings if r.quality.usable]
    said = model.forecast_windows(cut)
    sets, decided = model.sets(said), model.decide(said.calibrated)
    found, row = [], 0
    for recording_id, reading in readings:
        if not reading.quality.usable:
            unusable = (Warned("quality.unusable", {}),)
            found.append(Prediction(recording_id, task, "ecg", {}, {}, (), None, unusable))
            continue
        found.append(
            Prediction(
                patient_id=recording_id,
                task=task,
                modality="ecg",
                probabilities=_named(model.classes, said.calibrated[row]),
                raw_probabilities=_named(model.classes, said.raw[row]),
                prediction_set=tuple(np.array(model.classes)[sets[row]]),
                decided=model.classes[decided[row]],
                warnings=_ecg_warnings(reading),
                each=tuple(_named(model.classes, one) for one in said.each[row]),
            )
        )
        row += 1
    return found


def fusion_features(
    fusion: FusionModel, ehr: EhrModel, ecg: EcgModel, table: Table, readings: Sequence[tuple[str, Reading]]
) -> dict[str, PatientFeatures]:
    """What a fusion with a correction reads of the patients who have both a row and a usable recording.

    Parameters
    ----------
    table, readings
        As for ``predict_ehr`` and ``predict_ecg``; joined by identifier.

    Returns
    -------
    dict
        Patient to one row of features; empty for a fusion that adds up probabilities alone.
    """
    from core.ecg.measured_vector import measured_vector
    from core.ecg.network_input import windows
    from core.fusion.features import PatientFeatures

    if fusion.correction is None:
        return {}
    place = {str(patient_id): at for at, patient_id in enumerate(table.frame.index)}
    usable = [(key, reading) for key, reading in readings if reading.quality.usable and key in place]
    if not usable:
        return {}
    record = ehr.encoder.design(ehr.complete(table.frame.iloc[[place[key] for key, _ in usable]]))
    embedding = ecg.embed_windows([windows(one.recording, one.quality.untrusted) for _, one in usable])
    return {
        key: PatientFeatures(record[at : at + 1], embedding[at : at + 1], measured_vector(reading)[None])
        for at, (key, reading) in enumerate(usable)
    }


def predict_fusion(
    model: FusionModel,
    ehr: Prediction | None,
    ecg: Prediction | None,
    task: str,
    features: PatientFeatures | None = None,
) -> Prediction:
    """Join what the two single models say of one patient.

    Parameters
    ----------
    ehr, ecg
        Predictions of one patient; at least one of them. None, or one without a probability (an unusable recording),
        counts as missing.
    features
        Of this patient (see ``fusion_features``); needed where the model has a correction.

    Returns
    -------
    Prediction
        Of the modality ``fusion``; where one side is missing, the other's own with a warning that says so. Of a patient
        who is a stranger to the record's model there is no number at all: the recording alone cannot know that.
    """
    warnings = tuple(warning for one in (ehr, ecg) if one is not None for warning in one.warnings)
    if ehr is not None and ehr.withheld:
        return replace(ehr, warnings=(*warnings, Warned("warnings.fusion_withheld", {})))
    there = [one for one in (ehr, ecg) if one is not None and one.probabilities]
    if len(there) < 2:
        served = there[0] if there else ehr or ecg
        if served is None:
            raise ValueError("neither a record nor a recording")
        missing = "fusion_without_ecg" if served.modality == "ehr" else "fusion_without_ehr"
        return replace(served, warnings=(*warnings, Warned(f"warnings.{missing}", {})))
    p = {one.modality: np.array([[one.probabilities[name] for name in model.classes]]) for one in there}
    fused, summed = model.apply(p, features), plain_sum(np.array(model.fusion.shares)).apply(p)
    return Prediction(
        patient_id=there[0].patient_id,
        task=task,
        modality="fusion",
        probabilities=_named(model.classes, fused[0]),
        raw_probabilities=_named(model.classes, summed[0]),
        prediction_set=tuple(np.array(model.classes)[model.conformal.sets(fused)[0]]),
        decided=model.classes[int(model.decide(fused)[0])],
        warnings=warnings,
    )


def _ecg_warnings(reading: Reading) -> tuple[Warned, ...]:
    """Leads that are missing or not trusted: the network then sees them as flat."""
    from core.ecg.recording import LEADS

    present = set(reading.recording.present) - set(reading.quality.untrusted)
    absent = [lead for lead in LEADS if lead not in present]
    return (Warned("warnings.leads_absent", {"leads": ", ".join(absent)}),) if absent else ()


def _named(classes: tuple[str, ...], values: Any) -> dict[str, float]:
    return {name: float(value) for name, value in zip(classes, values, strict=True)}


def _warnings(outside: list[str], missing: float, model: EhrModel) -> tuple[Warned, ...]:
    found = []
    if missing == 1:
        found.append(Warned("warnings.all_missing", {}))
    elif missing > _MANY_MISSING:
        found.append(Warned("warnings.many_missing", {"percent": round(100 * missing)}))
    ranges = {feature.column.name: feature for feature in model.encoder.features}
    for name in outside:
        feature = ranges[name]
        found.append(
            Warned(
                "warnings.outside", {"variable": name, "low": f"{feature.low:g}", "high": f"{feature.high:g}"}
            )
        )
    return tuple(found)


def _standing_warnings(standing: Standing, named: list[str]) -> tuple[Warned, ...]:
    """Say that a patient is unusual, and by what; what lies outside the range of training is named already."""
    if standing.level not in ("edge", "outside"):
        return ()
    unlike = [
        Warned("warnings.unlike", {"variable": name}) for name in standing.variables if name not in named
    ]
    if standing.level == "edge" and not unlike:
        return ()
    return (Warned(f"warnings.{standing.level}_of_training", {}), *unlike)
