"""How likely an embolism is before imaging: scores, D-dimer rules, what the ECG adds, and what that means for CT."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from core.charts.words import of_100, risk
from core.clinical.citations import cited
from core.clinical.d_dimer_rules import accepted_failure
from core.post_test import after_ecg
from core.report.blocks import Answer, Block, Grid, Lines, State, joined, sentences
from core.report.score_words import class_words, points_words, score_row, share_of
from core.report.severity import score_header
from core.report.value_words import label_of
from core.text import text

if TYPE_CHECKING:
    from core.clinical.d_dimer_rules import DDimerRule
    from core.evaluation import Interval
    from core.post_test import PostTest, PreTest
    from core.report.inputs import ReportInputs

PRETEST = ("wells", "geneva", "simplified_geneva", "perc")
D_DIMER = ("years", "age_adjusted_d_dimer")


def suspicion_answer(inputs: ReportInputs, language: str) -> Answer:
    """Wells class, what the D-dimer rule says, and the probability before and after the ECG, in one line."""
    wells, years = inputs.scores["wells"], inputs.scores["years"]
    said = [
        text(
            language,
            "report.suspicion.wells",
            points=points_words(wells, language),
            name=class_words(wells, language),
        ),
        text(language, "report.suspicion.years", name=class_words(years, language)),
    ]
    found = post_tests(inputs)
    if found:
        before, after = (
            probability_words(found[0].pre.probability, language),
            probability_words(found[0].by_model, language),
        )
        said.append(text(language, "report.suspicion.moved", before=before, after=after))
    elif years.class_name is None and years.settled_by:
        said.append(text(language, "report.needs", name=label_of(years.settled_by[0], language)))
    state: State = "answered" if wells.class_name and years.class_name else "open"
    return Answer(state, text(language, "report.clause").join(said))


def suspicion_blocks(inputs: ReportInputs, language: str) -> tuple[Block, ...]:
    """Return what decides first: the way to CT, the probabilities, then the rules behind them."""
    return (*ct_blocks(inputs, language), *rule_blocks(inputs, language))


def ct_blocks(inputs: ReportInputs, language: str) -> tuple[Block, ...]:
    """How the decision on CT moves, and probabilities before and after the ECG."""
    lines = Lines(text(language, "report.suspicion.ct.title"), ct_lines(inputs, language))
    return (lines, *_probabilities(inputs, language))


def rule_blocks(inputs: ReportInputs, language: str) -> tuple[Block, ...]:
    """Pre-test scores and D-dimer rules."""
    rows = tuple(score_row(inputs.scores[name], language) for name in (*PRETEST, *D_DIMER))
    return (Grid(text(language, "report.suspicion.rules"), score_header(language), rows, wordy=True),)


def post_tests(inputs: ReportInputs) -> tuple[PostTest, ...]:
    """Return the probabilities after the ECG, one a starting point; none without a usable ECG."""
    evidence = inputs.evidence
    return () if evidence is None else tuple(after_ecg(one, evidence) for one in inputs.pre)


def probability_words(share: Interval, language: str) -> str:
    """Return a probability with its limits, as patients in a hundred.

    Returns
    -------
    str
        ``28 of 100``; ``37–56 of 100`` where only a range is known; ``72 of 100 (60–83)``.
    """
    low, high = of_100(share.low), of_100(share.high)
    if math.isnan(share.value):
        return "–" if math.isnan(share.low) else text(language, "charts.risk", x=f"{low}–{high}")
    said = risk(language, share.value)
    alone = math.isnan(share.low) or share.low == share.high
    return said if alone else f"{said} ({low}–{high})"


def pre_words(pre: PreTest, language: str) -> str:
    """Return where a probability before the ECG comes from: ``Wells score, two tiers: likely``."""
    name = text(language, f"post_test.pre_test.{pre.name}")
    if not pre.class_name:
        return name
    label = text(language, f"scores.classes.{pre.class_name}")
    return text(language, "report.suspicion.pre", score=name, name=label)


def ct_lines(inputs: ReportInputs, language: str) -> tuple[str, ...]:
    """Return what the rules say of CT, what the ECG moves, and whether that changes the decision."""
    said = [_rule(one, language) for one in inputs.d_dimer]
    found = post_tests(inputs)
    if not found:
        missing = "no_score" if inputs.evidence is not None else "no_ecg" if inputs.pre else "neither"
        return (*said, text(language, f"report.suspicion.ct.{missing}"))
    first = found[0]
    facts = {
        "start": pre_words(first.pre, language),
        "before": probability_words(first.pre.probability, language),
        "model": probability_words(first.by_model, language),
        "observed": probability_words(first.by_observed, language),
    }
    said.append(text(language, "report.suspicion.ct.moves", **facts))
    said.append(_decision(inputs, first, language))
    return tuple(said)


def _rule(rule: DDimerRule, language: str) -> str:
    name = text(language, f"post_test.d_dimer.{rule.name}")
    low, high = rule.limit
    limit = f"{low:g}" if low == high else f"{low:g}–{high:g}"
    failures = joined(language, (share_of(one) for one in rule.failures))
    if rule.outcome == "open":
        names = joined(language, (label_of(one, language) for one in rule.missing))
        return text(language, "report.suspicion.ct.open", rule=name, limit=limit, names=names)
    key = rule.outcome if rule.fits is not False or rule.outcome == "imaging" else "not_for"
    values = {"rule": name, "limit": limit, "d_dimer": f"{rule.d_dimer:g}", "failures": failures or "–"}
    return text(language, f"report.suspicion.ct.{key}", **values)


def _decision(inputs: ReportInputs, first: PostTest, language: str) -> str:
    """Whether the ECG changes what the first D-dimer rule says."""
    accepted = accepted_failure()
    least = min(_least(first.by_model), _least(first.by_observed))
    raised = inputs.evidence is not None and inputs.evidence.ratio > 1
    outcome = inputs.d_dimer[0].outcome if inputs.d_dimer else "open"
    if outcome == "imaging":
        key = "stays" if accepted.share is None or least > accepted.share else "stays_low"
    elif outcome == "excluded":
        key = "disagrees" if raised else "agrees"
    else:
        key = "undecided"
    return text(language, f"report.suspicion.ct.{key}", accepted=share_of(accepted))


def post_test_frame(inputs: ReportInputs, language: str) -> pd.DataFrame:
    """Return every probability before and after the ECG as the chart ``post_test_steps`` takes them."""
    rows = []
    after = {one.pre: one for one in post_tests(inputs)}
    for pre in inputs.pre:
        stages = {"before": pre.probability}
        if pre in after:
            stages |= {"model": after[pre].by_model, "observed": after[pre].by_observed}
        rows += [
            (pre_words(pre, language), stage, one.value, one.low, one.high, probability_words(one, language))
            for stage, one in stages.items()
        ]
    return pd.DataFrame(rows, columns=["class", "stage", "value", "low", "high", "words"])


def _least(share: Interval) -> float:
    known = [one for one in (share.value, share.low) if not math.isnan(one)]
    return min(known, default=math.inf)


def _probabilities(inputs: ReportInputs, language: str) -> tuple[Block, ...]:
    found = post_tests(inputs)
    keys = ("start", "before", "model", "observed") if found else ("start", "before")
    header = tuple(text(language, f"report.suspicion.after.{key}") for key in keys)
    rows: list[tuple[str, ...]]
    if found:
        rows = [
            (
                pre_words(one.pre, language),
                probability_words(one.pre.probability, language),
                probability_words(one.by_model, language),
                probability_words(one.by_observed, language),
            )
            for one in found
        ]
    else:
        rows = [
            (pre_words(one, language), probability_words(one.probability, language)) for one in inputs.pre
        ]
    if not rows:
        return ()
    notes = [_source(one, language) for one in inputs.pre if one.source]
    evidence = inputs.evidence
    if evidence is not None:
        facts = {"ratio": f"{evidence.ratio:.2g}", "n": evidence.n_pe + evidence.n_other, "pe": evidence.n_pe}
        notes += [
            text(language, "report.suspicion.after.note", **facts),
            text(language, "post_test.shared_heart_rate"),
            text(language, "post_test.mix"),
        ]
    title = text(language, "report.suspicion.after.title")
    return (Grid(title, header, tuple(rows), sentences(language, notes)),)


def _source(pre: PreTest, language: str) -> str:
    status = text(language, f"scores.statuses.{pre.status}")
    name = pre_words(pre, language)
    source = cited(pre.source, language)
    return text(language, "report.suspicion.after.source", start=name, source=source, status=status)
