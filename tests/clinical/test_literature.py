from __future__ import annotations

import pytest

from core.clinical.literature import PREDICTS, READS, highest, published_models
from core.clinical.reported import STATUSES, published_ecg_models


def test_every_model_says_what_it_reads_and_predicts_and_how_far_it_was_checked():
    models = published_models()
    assert len({one.key for one in models}) == len(models)
    for one in models:
        assert one.reads in READS
        assert one.predicts in PREDICTS
        assert one.status in STATUSES
        assert 0.5 < one.auroc.value < 1
        assert one.source


def test_the_ecg_models_are_those_of_the_ecg_page():
    own = {one.key for one in published_models() if one.reads == "ecg"}
    assert own == {one.key for one in published_ecg_models()}


@pytest.mark.parametrize(
    ("reads", "predicts", "key"),
    [
        ("ecg", "strain", "wysokinski_strain"),
        ("ehr", "pe", "shanghai_2021"),
        ("ecg_ehr", "pe", "somani_fusion"),
        ("ct_ehr", "pe", "huang_2020"),
        ("ct_ehr", "death", "cahan_2023"),
        ("ehr", "death", "wang_2023"),  # 0.899 is of training patients
    ],
)
def test_the_highest_figure_is_marked_but_not_one_that_its_design_raises(reads, predicts, key):
    models = published_models()
    marked = [one for one in models if one.key in highest(models)]
    assert [one.key for one in marked if (one.reads, one.predicts) == (reads, predicts)] == [key]
    assert not any(one.optimistic for one in marked)
