from __future__ import annotations

import pytest

from core.cohort.examples import examples
from core.cohort.variables import variables


def test_there_is_one_example_for_each_situation():
    assert list(examples()) == [
        "low_risk",
        "intermediate_high",
        "high_risk",
        "contraindicated",
        "much_missing",
        "outside",
    ]


@pytest.mark.parametrize("name", examples())
def test_every_value_is_one_that_the_catalogue_allows(name):
    for key, value in examples()[name].values.items():
        variable = variables()[key]
        if variable.kind == "numeric":
            low, high = variable.plausible
            assert low <= value <= high
        elif variable.kind == "binary":
            assert value in (0.0, 1.0)
        else:
            assert value in [level.name for level in variable.levels]


@pytest.mark.parametrize("name", examples())
def test_answers_beyond_the_catalogue_are_yes_or_no(name):
    extra = examples()[name].extra
    assert set(extra.values()) <= {0.0, 1.0}
    assert set(extra).isdisjoint(variables())


@pytest.mark.parametrize("name", examples())
def test_an_example_is_a_row_as_tables_have_it(name):
    example = examples()[name]
    frame = example.frame()
    assert frame.index.name == "patient_id"
    assert dict(frame.iloc[0]) == {**example.values, **example.extra}
    assert {str(frame[key].dtype) for key in frame if key not in ("sex", "smoking", "thrombolytic")} == {
        "float64"
    }


def test_titles_and_descriptions_differ_from_example_to_example():
    for language in ("zh", "en"):
        assert len({one.titles[language] for one in examples().values()}) == len(examples())
        assert len({one.descriptions[language] for one in examples().values()}) == len(examples())


def test_little_is_known_of_the_patient_with_much_missing():
    counts = {name: len(one.values) for name, one in examples().items()}
    assert counts["much_missing"] < min(n for name, n in counts.items() if name != "much_missing") / 2
    assert examples()["much_missing"].recording is None
