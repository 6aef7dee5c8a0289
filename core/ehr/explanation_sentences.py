"""An explanation in plain sentences: the few facts that speak for a higher and for a lower risk of one class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.cohort import display_units
from core.ehr.explanation_frames import value_text
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.ehr.encoding import Encoder, Feature
    from core.ehr.shapley import Explanation

# what would be written +0.00 is no fact worth naming
_LEAST = 0.005


@dataclass(frozen=True)
class Fact:
    """One variable and how it counts for one class.

    Attributes
    ----------
    name, label
        Of the variable, the label without its unit.
    value
        In words, with its unit.
    observed
        False where the model filled the value in.
    contribution
        SHAP value on the log-odds, above 0 for a higher risk.
    sentence
        All of it in one sentence.
    """

    name: str
    label: str
    value: str
    observed: bool
    contribution: float
    sentence: str


@dataclass(frozen=True)
class Facts:
    """What counts most for one class in one patient, the strongest first.

    Attributes
    ----------
    higher, lower
        Facts that raise, and that lower, the model's risk; fewer than asked for where there are no more.
    caution
        That these are associations and not causes; belongs beside every list of facts.
    """

    higher: tuple[Fact, ...]
    lower: tuple[Fact, ...]
    caution: str

    def sentences(self, language: str) -> dict[str, tuple[str, ...]]:
        """Return the sentences of both directions; one that says so where there is no fact."""
        sides = {"higher": self.higher, "lower": self.lower}
        return {
            side: tuple(fact.sentence for fact in found) or (text(language, f"explanation.none.{side}"),)
            for side, found in sides.items()
        }


def facts(
    explanation: Explanation,
    encoder: Encoder,
    row: int,
    code: int,
    language: str,
    *,
    units: Mapping[str, str] | None = None,
    most: int = 3,
) -> Facts:
    """Say what raises and what lowers one patient's risk of one class.

    Parameters
    ----------
    explanation, encoder
        Of the same model.
    row, code
        Which patient and which class.
    language
        ``"zh"`` or ``"en"``.
    units
        Variable to the unit that its value is written in (``core.cohort.display_units``); the catalogue's otherwise.
    most
        Facts a side.
    """
    contributions = explanation.values[row, code]
    order = np.argsort(-np.abs(contributions), kind="stable")

    def side(sign: int) -> tuple[Fact, ...]:
        kept = [int(j) for j in order if sign * contributions[j] >= _LEAST][:most]
        return tuple(_fact(explanation, encoder, (row, code, j), language, units or {}) for j in kept)

    return Facts(side(1), side(-1), text(language, "explanation.caution"))


def _fact(
    explanation: Explanation,
    encoder: Encoder,
    cell: tuple[int, int, int],
    language: str,
    units: Mapping[str, str],
) -> Fact:
    row, _, j = cell
    feature, contribution = encoder.features[j], float(explanation.values[cell])
    value = _value(feature, float(explanation.data[row, j]), language, units)
    observed = bool(explanation.observed[row, j])
    kind = "" if observed else "not_measured." if feature.column.kind == "numeric" else "not_known."
    direction = "higher" if contribution > 0 else "lower"
    label = feature.column.label(language, unit=False)
    amount = f"{contribution:+.2f}".replace("-", "−")
    sentence = text(language, f"explanation.{kind}{direction}", label=label, value=value, amount=amount)
    return Fact(feature.column.name, label, value, observed, contribution, sentence)


def _value(feature: Feature, value: float, language: str, units: Mapping[str, str]) -> str:
    unit = units.get(feature.column.name)
    if unit and feature.column.known and feature.column.kind == "numeric":
        return display_units.show(feature.column.name, value, unit, language)
    return value_text(feature, value, language)
