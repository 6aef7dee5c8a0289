"""One bleed under four definitions: every limit, and what is not told keeps several grades open."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from core.clinical.bleeding_definitions import (
    definition_effect,
    definition_named,
    definitions,
    facts,
    grades,
)
from core.errors import InputError
from core.text import has_text

NOTHING = dict.fromkeys(facts(), 0.0)


def graded(**bleed: float) -> dict[str, str | None]:
    return {name: one.grade for name, one in grades({**NOTHING, **bleed}).items()}


@pytest.mark.parametrize(
    ("bleed", "isth", "gusto", "barc", "timi"),
    [
        ({}, "minor", "mild", "1", "minimal"),
        ({"medical_attention": 1}, "clinically_relevant", "mild", "2", "minimal"),
        ({"hb_fall": 1.9}, "minor", "mild", "1", "minimal"),
        ({"hb_fall": 2.0}, "major", "mild", "1", "minimal"),
        ({"hb_fall": 3.0}, "major", "mild", "3a", "minor"),
        ({"hb_fall": 4.9}, "major", "mild", "3a", "minor"),
        ({"hb_fall": 5.0}, "major", "mild", "3b", "major"),
        ({"red_cell_units": 1, "transfusion": 1}, "minor", "moderate", "3a", "minimal"),
        ({"red_cell_units": 2, "transfusion": 1}, "major", "moderate", "3a", "minimal"),
        ({"intracranial": 1, "symptomatic": 1}, "major", "severe", "3c", "major"),
        ({"intracranial": 1}, "minor", "severe", "3c", "major"),
        ({"intraocular": 1, "symptomatic": 1}, "major", "mild", "3c", "minimal"),
        ({"retroperitoneal": 1, "symptomatic": 1}, "major", "mild", "1", "minimal"),
        ({"tamponade": 1, "pericardial": 1, "symptomatic": 1}, "major", "mild", "3b", "minimal"),
        ({"haemodynamic_compromise": 1, "intervention": 1}, "clinically_relevant", "severe", "2", "minimal"),
        ({"surgery": 1}, "clinically_relevant", "mild", "3b", "minimal"),
        ({"vasoactive_drugs": 1}, "minor", "mild", "3b", "minimal"),
        ({"cabg_related": 1}, "minor", "mild", "4", "minimal"),
        ({"fatal": 1}, "major", "severe", "5a", "major"),
        ({"fatal": 1, "fatal_confirmed": 1}, "major", "severe", "5b", "major"),
    ],
)
def test_one_bleed_four_grades(bleed, isth, gusto, barc, timi):
    assert graded(**bleed) == {"isth": isth, "gusto": gusto, "barc": barc, "timi": timi}


def test_nothing_told_leaves_every_grade_open_and_names_what_would_tell():
    for name, one in grades({}).items():
        assert one.grade is None
        assert one.major is None
        # bypass surgery counts as absent unless it is told
        assert set(one.possible) == set(definitions()[name].grades) - {"4"}
        assert "intracranial" in one.missing or name == "isth"
    assert grades({})["barc"].counted_absent == ("cabg_related",)


def test_a_single_fact_can_settle_a_definition():
    found = grades({"intracranial": 1})
    assert found["gusto"].grade == "severe"
    assert found["gusto"].missing == ()
    assert found["timi"].major is True
    assert found["isth"].grade is None
    assert "symptomatic" in found["isth"].missing
    # fatal or not, it is at least 3c: major either way
    assert found["barc"].major is True
    assert found["barc"].possible == ("5b", "5a", "3c")


def test_what_is_masked_never_leaves_the_possible_grades():
    rng = random.Random(3)
    order = {name: one.grades for name, one in definitions().items()}
    for _ in range(300):
        full = {name: float(rng.random() < 0.3) for name in facts()}
        full |= {"hb_fall": rng.choice([0, 1.9, 2, 3, 5]), "red_cell_units": float(rng.randint(0, 3))}
        some = {name: value for name, value in full.items() if rng.random() < 0.6 or name == "cabg_related"}
        for name, one in grades(some).items():
            true = grades(full)[name].grade
            assert true in one.possible
            assert one.grade in (None, true)
            assert list(one.possible) == [g for g in order[name] if g in one.possible]


def test_what_this_project_read_into_a_definition_is_marked():
    assert grades({**NOTHING, "fatal": 1})["gusto"].status == "computed"
    assert grades({**NOTHING, "intracranial": 1})["gusto"].status == "verified"


@pytest.mark.parametrize("bleed", [{"hb_fall": -1}, {"red_cell_units": math.inf}, {"fatal": 2}])
def test_what_cannot_be_is_one_sentence(bleed):
    with pytest.raises(InputError, match="cannot be used"):
        grades(bleed)


def test_none_and_nan_are_not_told():
    assert grades({"fatal": None, "hb_fall": math.nan}) == grades({})
    assert grades(dict.fromkeys(facts())) == grades({})


def test_the_definition_alone_moved_the_rate_from_3_to_43_percent():
    found = definition_effect()
    assert (found.low, found.high, found.patients, found.definitions) == (0.03, 0.43, 132, 5)
    assert found.status == "verified"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("ISTH major bleeding", "isth"),
        ("BARC 3-5", "barc"),
        ("death, else bleeding", None),
        ("GUSTO or TIMI", None),
    ],
)
def test_a_cohort_names_its_definition(words, name):
    assert definition_named(words) == name


def test_every_fact_and_grade_has_words():
    keys = [f"bleeding.facts.{name}" for name in facts()]
    keys += [f"bleeding.definitions.{name}" for name in definitions()]
    keys += [
        f"bleeding.grades.{name}.{grade}"
        for name, grade in itertools.chain(
            *([(n, g) for g in one.grades] for n, one in definitions().items())
        )
    ]
    assert all(has_text(key) for key in keys)
