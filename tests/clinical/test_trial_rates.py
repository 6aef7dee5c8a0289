from __future__ import annotations

import pytest

from core.clinical.trial_rates import trial_rates


# Meyer 2014: 13 of 506 against 28 of 499, 32 against 6, 12 against 1
@pytest.mark.parametrize(
    ("name", "lysis", "anticoagulation"),
    [
        ("peitho_death_or_collapse", 13, 28),
        ("peitho_extracranial", 32, 6),
        ("peitho_stroke", 12, 1),
    ],
)
def test_printed_shares_are_those_of_whole_patients(name, lysis, anticoagulation):
    found = trial_rates()[name]
    assert found.lysis == pytest.approx(lysis / 506, abs=5e-4)
    assert found.anticoagulation == pytest.approx(anticoagulation / 499, abs=5e-4)


def test_every_rate_tells_its_source_and_how_far_it_was_checked():
    assert trial_rates()
    for one in trial_rates().values():
        assert one.source
        assert one.status in ("verified", "secondary", "unverified")
