from __future__ import annotations

from dataclasses import replace

import pytest

from core.charts.words import risk
from core.report.mortality import mortality_blocks
from core.text import text
from tests.report.patients import inputs_of


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_models_risk_of_death_stands_beside_the_published_ones_each_with_whom_it_speaks_of(language):
    inputs = inputs_of("high_risk")
    (grid,) = mortality_blocks(inputs, language)
    ours, *published = grid.rows
    assert ours[1] == risk(language, inputs.outcome["ehr"].probabilities["death"])
    assert text(language, "frame.source.synthetic").lower() in ours[2]
    assert published
    esc = [row for row in published if row[0].startswith(text(language, "scores.titles.esc_2019"))]
    assert all("%" in row[1] for row in published)
    assert len(esc) == 1


def test_there_is_nothing_to_put_beside_without_a_number_of_ours():
    inputs = inputs_of("high_risk")
    assert mortality_blocks(replace(inputs, outcome={}), "en") == ()
    withheld = replace(inputs.outcome["ehr"], withheld=True)
    assert mortality_blocks(replace(inputs, outcome={"ehr": withheld}), "en") == ()
