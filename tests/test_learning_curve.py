from __future__ import annotations

import json

import pytest

from core.ehr.tuning import Settings
from core.errors import ArtifactError, InputError, TrainingError
from core.learning_curve import (
    cohorts_of,
    lines,
    load_learning_curve,
    measure,
    parse_sizes,
    save_learning_curve,
)

CLASSES = {"none", "death", "bleeding", "macro"}
TINY = Settings(
    n_folds=2,
    depths=(1,),
    strengths=(0.1,),
    most_rounds=20,
    patience=5,
    n_trees=4,
    max_iterations=1,
    fold_trees=2,
    fold_iterations=1,
)


@pytest.fixture(scope="module", autouse=True)
def two_cohorts_a_size():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core._learning_curve_size.MOST_COHORTS", 2)
        yield


@pytest.fixture(scope="module")
def document():
    return measure(TINY, sizes=(400, 300), test_patients=1000, n_bootstrap=100)


@pytest.fixture
def path(document, tmp_path):
    save_learning_curve(document, tmp_path / "curve.json")
    return tmp_path / "curve.json"


def test_every_size_series_and_class_has_one_row(document):
    rows = document["rows"]
    assert {row["n_patients"] for row in rows} == {300, 400}
    assert len(rows) == 2 * 2 * 4
    assert {row["class"] for row in rows} == CLASSES
    assert {row["class"] for row in document["oracle"]} == CLASSES


def test_training_rows_are_the_thrombolysed_of_the_cohort(document):
    assert {(row["n_patients"], row["n_train"]) for row in document["rows"]} == {(300, 124), (400, 165)}
    assert document["about"]["n_test"] == 413


def test_the_test_cohort_is_of_another_seed(document):
    assert document["about"]["test_seed"] != document["about"]["seed"]
    assert document["about"]["synthetic"] is True


def test_fraction_is_the_share_of_the_oracles_area_beyond_chance(document):
    best = {row["class"]: row["auroc"] for row in document["oracle"]}
    for row in document["rows"]:
        expected = (row["auroc"] - 0.5) / (best[row["class"]] - 0.5)
        assert row["fraction"] == pytest.approx(expected, abs=1e-4)
        assert row["fraction_low"] <= row["fraction_high"]


def test_the_same_seed_measures_the_same_curve(document):
    again = measure(TINY, sizes=(300,), test_patients=1000, n_bootstrap=100)
    assert again["rows"] == [row for row in document["rows"] if row["n_patients"] == 300]


def test_small_cohorts_are_drawn_several_times_with_their_own_seeds(document):
    assert {row["cohorts"] for row in document["rows"]} == {2}
    seeds = [(fit["n_patients"], fit["seed"]) for fit in document["fits"]]
    assert len(set(seeds)) == 4
    assert (cohorts_of(20_000), cohorts_of(48_000)) == (1, 1)


def test_each_size_is_told_when_it_is_done():
    told = []
    measure(TINY, sizes=(300,), test_patients=300, n_bootstrap=50, told=told.append)
    assert [line.split()[0] for line in told] == ["300", "300"]


def test_lines_show_the_macro_mean_of_both_series(document):
    assert len(lines(document["rows"])) == 4


def test_what_was_saved_can_be_drawn(path, document):
    from core.charts import learning_curve

    curve = load_learning_curve(path)
    frame = curve.chart_frame("main")
    assert list(frame.columns) == ["n", "class", "auroc", "low", "high", "oracle"]
    assert set(frame["class"]) == CLASSES - {"macro"}
    assert set(curve.chart_frame("twin", macro=True)["class"]) == {"macro"}
    assert curve.about == document["about"]
    assert learning_curve(frame, language="zh", synthetic=True).figure.data


def test_nothing_but_the_file_is_left_behind(path):
    assert [one.name for one in path.parent.iterdir()] == ["curve.json"]


def test_a_missing_curve_says_how_to_measure_one(tmp_path):
    with pytest.raises(ArtifactError, match="python -m core learning-curve"):
        load_learning_curve(tmp_path / "none.json")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("rows"),
        lambda d: d["rows"].clear(),
        lambda d: d["rows"].append(d["rows"][0]),
        lambda d: d["rows"][0].update({"auroc": 1.2}),
        lambda d: d["rows"][0].update({"auroc": None}),
        lambda d: d["rows"][0].update({"n_patients": "300"}),
        lambda d: d["rows"][0].update({"series": "<b>main</b>"}),
        lambda d: d["oracle"].pop(),
        lambda d: d["about"].update({"synthetic": False}),
        lambda d: d["about"].update({"task": "other"}),
    ],
)
def test_an_altered_curve_is_refused(path, spoil):
    document = json.loads(path.read_text(encoding="utf-8"))
    spoil(document)
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(ArtifactError, match=r"curve\.json"):
        load_learning_curve(path)


@pytest.mark.parametrize("content", ["", "[]", "null", "{", "[" * 100_000])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    (tmp_path / "curve.json").write_text(content, encoding="utf-8")
    with pytest.raises(ArtifactError):
        load_learning_curve(tmp_path / "curve.json")


def test_too_small_a_cohort_is_refused():
    with pytest.raises(TrainingError, match="100"):
        measure(TINY, sizes=(100,), test_patients=1000)


def test_sizes_are_read_from_a_command_line():
    assert parse_sizes("1000, 2000") == (1000, 2000)
    assert parse_sizes("")[-1] == 48_000
    with pytest.raises(InputError, match="1e3"):
        parse_sizes("1e3")
