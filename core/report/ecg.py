"""What the ECG shows: whether it can be read, signs, scores, and what the model makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.charts.words import risk, word
from core.ecg.doubts import doubt_words, find_doubts
from core.report.blocks import Answer, Block, Grid, Lines, joined
from core.report.risk import shown
from core.text import text

if TYPE_CHECKING:
    from core.ecg.interpretation import Reading
    from core.report.inputs import ReportInputs

_MEASURED = ("heart_rate_bpm", "pr_ms", "qrs_ms", "qtc_ms", "axis_deg")
_PART_OF = {
    "s_in_i": "s1q3t3",
    "q_in_iii": "s1q3t3",
    "t_inversion_iii": "s1q3t3",
    "t_inversion_v1_v2": "t_inversion_v1_v3",
    "t_inversion_v1_v3": "t_inversion_v1_v4",
}
_HIGHEST = {"daniel": 21, "twist": 10}


def ecg_answer(inputs: ReportInputs, language: str) -> Answer:
    """Signs and probability in one line."""
    if inputs.reading is None:
        return Answer("none", text(language, "report.ecg.none"))
    if not inputs.reading.quality.usable:
        return Answer("attention", text(language, "report.ecg.unusable"))
    said = [
        joined(language, sign_names(inputs.reading, language, _PART_OF))
        or text(language, "report.ecg.no_signs")
    ]
    found = inputs.diagnosis.get("ecg")
    if found is not None and shown(found):
        said.append(
            text(
                language,
                "report.ecg.model",
                name=word(language, "classes", "pe"),
                risk=risk(language, found.probabilities["pe"]),
            )
        )
    return Answer("answered", text(language, "report.clause").join(said))


def sign_names(reading: Reading, language: str, part_of: dict[str, str] | None = None) -> list[str]:
    """Return the signs that are present, in words; without those that a larger one of them says already."""
    present = [sign.name for sign in reading.signs.values() if sign.present]
    kept = [name for name in present if (part_of or {}).get(name) not in present]
    return [text(language, f"signs.{name}.label") for name in kept]


def ecg_blocks(inputs: ReportInputs, language: str) -> tuple[Block, ...]:
    """Measurements and scores; signs that are present and that could not be judged."""
    reading = inputs.reading
    if reading is None or not reading.quality.usable:
        return ()
    values = reading.to_json()
    header = (text(language, "pages_ecg.measurements.name"), text(language, "pages_ecg.measurements.value"))
    rows = [
        (text(language, f"pages_ecg.measurements.{name}"), _number(name, values[name], language))
        for name in _MEASURED
    ]
    for name, score in reading.scores.items():
        points = f"{score.low}" if score.low == score.high else f"{score.low}–{score.high}"
        rows.append((text(language, f"report.ecg.{name}"), f"{points} / {_HIGHEST[name]}"))
    signs = sign_names(reading, language) or [text(language, "report.ecg.no_signs")]
    open_ = [text(language, f"signs.{s.name}.label") for s in reading.signs.values() if s.present is None]
    note = text(language, "report.ecg.open", names=joined(language, open_)) if open_ else ""
    doubts = [doubt_words(language, one) for one in find_doubts(reading.measurements, inputs.stated)]
    doubtful = (Lines(text(language, "report.ecg.doubts"), tuple(doubts), kind="open"),) if doubts else ()
    return (
        Lines(text(language, "report.ecg.signs"), (joined(language, signs),), note),
        Grid(text(language, "report.ecg.measured"), header, tuple(rows)),
        *doubtful,
    )


def _number(name: str, value: object, language: str) -> str:
    if not isinstance(value, int | float):
        return "–"
    if name.endswith("_deg"):
        return f"{value:.0f}°".replace("-", "−")
    unit = text(language, "pages_ecg.measurements.per_minute") if name.endswith("_bpm") else "ms"
    return f"{value:.0f} {unit}"
