from __future__ import annotations

import numpy as np
import pytest

from core.cohort.columns import Column
from core.cohort.variables import variables
from core.ehr.encoding import Encoder, Feature
from core.ehr.explanation_sentences import facts
from core.ehr.shapley import Explanation

NAMES = ("lactate", "creatinine", "haemoglobin", "cancer", "sex", "age", "ward_score")


def _feature(name):
    if name == "ward_score":
        return Feature(Column(name, "numeric"), (), 0.0, 9.0, 0.0, 3.0)
    column = variables()[name].column()
    levels = column.levels if column.kind == "categorical" else ()
    return Feature(column, levels, 0.0, 100.0, 0.0, 1.0)


ENCODER = Encoder(tuple(_feature(name) for name in NAMES), ())


def _explanation(contributions, observed=True):
    values = np.zeros((1, 3, len(NAMES)))
    values[0, 1] = contributions
    data = np.array([[4.8, 106.104, 98.0, 1.0, 1.0, 79.0, 3.14159]])
    seen = np.broadcast_to(np.asarray(observed), data.shape)
    return Explanation(values, np.zeros(3), data, seen, ("p1",))


SEVEN = _explanation([0.52, -0.08, 0.31, 0.9, -0.2, 0.004, -0.004])


def test_the_strongest_facts_of_each_side_come_first():
    found = facts(SEVEN, ENCODER, 0, 1, "en")
    assert [fact.name for fact in found.higher] == ["cancer", "lactate", "haemoglobin"]
    assert [fact.name for fact in found.lower] == ["sex", "creatinine"]


def test_no_more_facts_than_asked_for():
    found = facts(SEVEN, ENCODER, 0, 1, "en", most=1)
    assert [fact.name for fact in (*found.higher, *found.lower)] == ["cancer", "sex"]


def test_what_would_be_written_as_zero_is_no_fact():
    named = {
        fact.name for side in ("higher", "lower") for fact in getattr(facts(SEVEN, ENCODER, 0, 1, "en"), side)
    }
    assert named.isdisjoint({"age", "ward_score"})


@pytest.mark.parametrize(
    ("language", "first", "second", "lowered"),
    [
        (
            "en",
            "Cancer, yes: the model ties this to a higher risk (log-odds +0.90).",
            "Lactate, 4.8 mmol/L: the model ties this to a higher risk (log-odds +0.52).",
            "Sex, Male: the model ties this to a lower risk (log-odds −0.20).",
        ),
        (
            "zh",
            "恶性肿瘤（是）：模型将其与较高的风险相联系（对数优势 +0.90）。",
            "乳酸（4.8 mmol/L）：模型将其与较高的风险相联系（对数优势 +0.52）。",
            "性别（男）：模型将其与较低的风险相联系（对数优势 −0.20）。",
        ),
    ],
)
def test_a_fact_is_a_sentence_with_its_value(language, first, second, lowered):
    found = facts(SEVEN, ENCODER, 0, 1, language)
    assert [fact.sentence for fact in found.higher[:2]] == [first, second]
    assert found.lower[0].sentence == lowered


def test_an_imputed_value_is_never_shown_as_measured():
    found = facts(_explanation([0.5, 0, 0, 0.4, -0.3, 0, 0], observed=False), ENCODER, 0, 1, "en")
    assert [fact.sentence for fact in (*found.higher, *found.lower)] == [
        "Lactate was not measured: the model filled in 4.8 mmol/L and ties that to a higher risk (log-odds +0.50).",
        'Cancer is not known: the model assumed "yes" and ties that to a higher risk (log-odds +0.40).',
        'Sex is not known: the model assumed "Male" and ties that to a lower risk (log-odds −0.30).',
    ]
    assert not any(fact.observed for fact in found.higher)


def test_a_value_is_written_in_the_unit_that_the_reader_chose():
    found = facts(SEVEN, ENCODER, 0, 1, "en", units={"creatinine": "mg/dL", "haemoglobin": "g/dL"})
    values = {fact.name: fact.value for fact in (*found.higher, *found.lower)}
    assert values["creatinine"] == "1.20 mg/dL"
    assert values["haemoglobin"] == "9.8 g/dL"


def test_a_hospitals_own_column_is_named_as_it_is():
    found = facts(_explanation([0, 0, 0, 0, 0, 0, 0.7]), ENCODER, 0, 1, "zh", units={"ward_score": "mg/dL"})
    assert found.higher[0].sentence.startswith("ward_score（3.14）")


def test_where_nothing_counts_a_sentence_says_so():
    said = facts(_explanation(np.zeros(7)), ENCODER, 0, 1, "en").sentences("en")
    assert said["higher"] == ("Nothing known of this patient raises this risk noticeably in the model.",)
    assert said["lower"] == ("Nothing known of this patient lowers this risk noticeably in the model.",)


def test_every_list_says_that_it_is_association_and_not_cause():
    assert "not causes" in facts(SEVEN, ENCODER, 0, 1, "en").caution
    assert "不是因果" in facts(SEVEN, ENCODER, 0, 1, "zh").caution
