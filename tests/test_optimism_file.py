"""The measurement of the orders on disk: what was saved is read back, and nothing else is."""

from __future__ import annotations

import json

import pytest

from core.charts import order_optimism
from core.errors import ArtifactError, InputError
from core.optimism import ORDERS, PARTS, Plan, load_optimism, save_optimism
from tests.optimism_example import SPLITS, document


@pytest.fixture
def path(tmp_path):
    save_optimism(document(), tmp_path / "optimism.json")
    return tmp_path / "optimism.json"


def test_what_was_saved_can_be_drawn(path):
    found = load_optimism(path)
    splits, means = found.chart_frames("shuffled", "macro")
    assert len(splits) == len(ORDERS) * len(PARTS) * SPLITS
    assert len(means) == len(ORDERS) * len(PARTS)
    assert found.about == document()["about"]
    assert found.plan == Plan(splits=SPLITS)
    assert order_optimism(
        splits, means, measure="AUROC", chance=0.5, language="zh", synthetic=True
    ).figure.data


def test_nothing_but_the_file_is_left_behind(path):
    assert [one.name for one in path.parent.iterdir()] == ["optimism.json"]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"optimism\.json"):
        save_optimism(document(), tmp_path / "file" / "optimism.json")


def test_a_missing_measurement_says_how_to_make_one(tmp_path):
    with pytest.raises(ArtifactError, match="python -m core optimism"):
        load_optimism(tmp_path / "none.json")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("rows"),
        lambda d: d["rows"].pop(),
        lambda d: d["rows"].append(d["rows"][0]),
        lambda d: d["rows"][0].update({"macro": 1.2}),
        lambda d: d["rows"][0].update({"accuracy": None}),
        lambda d: d["rows"][0].update({"n": "300"}),
        lambda d: d["rows"][0].update({"seed": True}),
        lambda d: d["rows"][0].update({"order": "<b>both</b>"}),
        lambda d: d["single"].pop("death"),
        lambda d: d["single"]["macro"].update({"low": 0.99, "high": 0.1}),
        lambda d: d["plan"].update({"splits": 4}),
        lambda d: d["plan"].update({"test_share": 1.0}),
        lambda d: d["plan"].update({"depth": "three"}),
        lambda d: d["about"].update({"synthetic": "yes"}),
        lambda d: d["about"].update({"task": "other"}),
        lambda d: d["about"].update({"untouched": "train"}),
    ],
)
def test_an_altered_measurement_is_refused(path, spoil):
    stored = document()
    spoil(stored)
    path.write_text(json.dumps(stored), encoding="utf-8")
    with pytest.raises(ArtifactError, match=r"optimism\.json"):
        load_optimism(path)


@pytest.mark.parametrize("content", ["", "[]", "null", "{", "[" * 100_000, '{"about": 1}'])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    (tmp_path / "optimism.json").write_text(content, encoding="utf-8")
    with pytest.raises(ArtifactError):
        load_optimism(tmp_path / "optimism.json")


def test_the_shipped_measurement_is_whole_and_synthetic():
    found = load_optimism()
    assert found.synthetic
    assert found.plan.splits >= 20
    assert set(found.single) <= set(found.metrics)
