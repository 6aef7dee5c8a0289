"""Doses: as published, by weight, capped where the source caps them, a range where the weight is not known."""

from __future__ import annotations

import math

import pytest

from core.clinical.notes import STATUSES
from core.clinical.regimen_words import dose_lines
from core.clinical.regimens import COUNTRIES, dose, in_windows, notes, notes_of, regimens, windows
from core.errors import InputError
from core.text import LANGUAGES, text

BY_NAME = {one.name: one for one in regimens()}


# clinical reference 1.11: the same whatever the weight
@pytest.mark.parametrize(
    ("name", "total", "unit"),
    [
        ("alteplase_100mg_2h", (100, 100), "mg"),
        ("alteplase_50mg_2h", (50, 50), "mg"),
        ("urokinase_3miu_2h", (3e6, 3e6), "IU"),
        ("streptokinase_1_5miu_2h", (1.5e6, 1.5e6), "IU"),
        # 250 000 and then 100 000 an hour for 12 to 24 hours
        ("streptokinase_12_24h", (1_450_000, 2_650_000), "IU"),
        ("reteplase_10_10", (20, 20), "U"),
        ("catheter_alteplase", (10, 24), "mg"),
    ],
)
@pytest.mark.parametrize("weight", [45, 80, None])
def test_doses_that_no_weight_changes(name, total, unit, weight):
    found = dose(name, weight)
    assert (found.total, found.unit) == (total, unit)
    assert found.assumed_weights is None


@pytest.mark.parametrize(
    ("weight", "milligrams"),
    [
        (40, 30),
        (59.9, 30),
        (60, 35),
        (69.9, 35),
        (70, 40),
        (79.9, 40),
        (80, 45),
        (89.9, 45),
        (90, 50),
        (200, 50),
    ],
)
def test_tenecteplase_tiers_begin_at_their_limit(weight, milligrams):
    found = dose("tenecteplase_by_weight", weight)
    assert found.total == (milligrams, milligrams)
    assert found.tier is not None
    assert found.tier[0] <= weight < found.tier[1]


@pytest.mark.parametrize(
    ("weight", "milligrams", "capped"),
    [(50, 30.0, False), (73, 43.8, False), (83.3, 49.98, False), (84, 50, True)],
)
def test_alteplase_in_arrest_is_cut_at_50_mg(weight, milligrams, capped):
    found = dose("alteplase_0_6mg_kg_15min", weight)
    assert found.total == (milligrams, milligrams)
    assert found.capped is capped
    assert found.cap == 50


def test_urokinase_by_weight():
    assert dose("urokinase_20000_2h", 70).total == (1_400_000, 1_400_000)
    long = dose("urokinase_4400_12_24h", 70)
    # 4 400 IU/kg at once, then 4 400 IU/kg an hour for 12 to 24 hours
    assert long.steps[0].amount == (308_000, 308_000)
    assert long.steps[1].per_hour == (308_000, 308_000)
    assert long.steps[1].over_minutes == (720, 1440)
    assert long.total == (308_000 * 13, 308_000 * 25)


@pytest.mark.parametrize("name", [one.name for one in regimens() if one.needs_weight])
@pytest.mark.parametrize("missing", [None, math.nan])
def test_without_a_weight_the_dose_is_a_range_and_says_so(name, missing):
    found = dose(name, missing)
    low, high = found.assumed_weights
    assert not found.settled
    assert found.total[0] == dose(name, low).total[0]
    assert found.total[1] == dose(name, high).total[1]
    words = text("en", "regimens.steps.weight_unknown", low=f"{low:g}", high=f"{high:g}")
    assert words in dose_lines(found, "en")


@pytest.mark.parametrize("weight", [0, -70, 19.9, 351, math.inf])
def test_a_weight_that_no_adult_has_is_one_sentence(weight):
    with pytest.raises(InputError, match="is not between 20 and 350 kg"):
        dose("alteplase_100mg_2h", weight)


def test_the_label_limit_is_told_and_changes_no_dose():
    light = dose("alteplase_100mg_2h", 50)
    assert light.label_limit == 75
    assert light.total == (100, 100)
    assert any("75 mg" in line for line in dose_lines(light, "en"))
    assert dose("alteplase_100mg_2h", 65).label_limit is None
    assert dose("alteplase_100mg_2h", None).label_limit is None


def test_each_country_has_its_own_regimens():
    china = {one.name for one in regimens("china")}
    abroad = {one.name for one in regimens("international")}
    assert {"alteplase_50mg_2h", "urokinase_20000_2h"} <= china - abroad
    assert {"tenecteplase_by_weight", "streptokinase_12_24h"} <= abroad - china
    assert china | abroad == set(BY_NAME)
    with pytest.raises(KeyError):
        regimens("atlantis")


def test_what_was_read_at_second_hand_is_marked_so():
    assert BY_NAME["tenecteplase_by_weight"].status == "secondary"
    assert BY_NAME["reteplase_10_10"].status == "secondary"
    assert BY_NAME["alteplase_100mg_2h"].status == "verified"
    assert {one.name: one.status for one in windows()} == {"usual": "secondary", "best": "unverified"}


@pytest.mark.parametrize(
    ("days", "usual", "best"),
    [(2, True, True), (2.1, True, False), (14, True, False), (15, False, False), (None, None, None)],
)
def test_windows_of_time(days, usual, best):
    assert in_windows(days) == {"usual": usual, "best": best}
    assert in_windows(math.nan) == {"usual": None, "best": None}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", BY_NAME)
def test_every_regimen_can_be_said(name, language):
    regimen = BY_NAME[name]
    assert regimen.source
    assert regimen.status in STATUSES
    assert regimen.label(language)
    assert regimen.drug_label(language) != regimen.drug
    assert text(language, f"regimens.uses.{regimen.use}")
    assert all(note.say(language) for note in notes_of(regimen))
    for weight in (55, 95, None):
        assert all(dose_lines(dose(name, weight), language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_remarks_windows_and_countries_have_words(language):
    assert all(note.say(language) for note in notes().values())
    assert all(text(language, f"regimens.windows.{one.name}") for one in windows())
    assert all(text(language, f"regimens.countries.{one}") for one in COUNTRIES)


def test_two_steps_are_told_one_after_the_other():
    assert dose_lines(dose("reteplase_10_10", 70), "en") == (
        "10 U as an intravenous bolus; after 30 min, 10 U as an intravenous bolus",
        "20 U in total",
    )
